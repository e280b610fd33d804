/* SPDX-License-Identifier: MIT */
/* Describes bootloaders, for people and as JSON. */
#include "cli/cmd/cmd_bootloaders.h"

#include "cli/bootloader/boot_find.h"
#include "cli/ui/json_out.h"
#include "base/hash.h"

static void revisions(const struct ef_boot *b, char ret[40])
{
	if (b->max_rev == EF_BOOT_ANY_REV)
		(void)ef_snprintf(ret, 40, "v%u.%u and later", b->min_rev / 100u,
				  b->min_rev % 100u);
	else
		(void)ef_snprintf(ret, 40, "v%u.%u to v%u.%u", b->min_rev / 100u, b->min_rev % 100u,
				  b->max_rev / 100u, b->max_rev % 100u);
}

void bootloader_print(struct cli *cli, const struct boot_found *b)
{
	char revs[40], origin[FIND_ORIGIN_SIZE], path[FIND_PATH_SIZE], xtal[16] = "";

	revisions(&b->boot, revs);
	boot_origin(b, origin, sizeof(origin));
	(void)ef_strlcpy(path, sizeof(path), b->path);
	ef_clean_text(path);
	if (b->boot.xtal_mhz)
		(void)ef_snprintf(xtal, sizeof(xtal), ", %u MHz", b->boot.xtal_mhz);
	fprintf(cli->out, "%-8s  %s, %s%s%s%s\n", b->boot.chip->name,
		*b->boot.idf_version ? b->boot.idf_version : "unknown version", revs, xtal,
		*b->boot.date ? ", " : "", b->boot.date);
	fprintf(cli->out, "          '%s' (%s)\n", path, origin);
	if (b->boot.burns_efuses)
		fprintf(cli->out, "          never chosen: it switches on secure boot or flash "
				  "encryption\n");
}

static void optional_number(struct json_out *j, const char *key, uint64_t value, bool is_known)
{
	if (is_known)
		json_number(j, key, value);
	else
		json_null(j, key);
}

void bootloader_json(struct json_out *j, const struct boot_found *b, const char *imported)
{
	const struct ef_boot *boot = &b->boot;
	uint16_t mhz = ef_chip_freq_mhz(boot->chip, boot->info.freq_code);
	char digest[2 * EF_SHA256_LEN + 1];
	uint8_t sum[EF_SHA256_LEN];

	ef_sha256(b->content, boot->len, sum);
	ef_hex(digest, sum, sizeof(sum));
	json_begin_object(j, NULL);
	json_text(j, "chip", boot->chip->name);
	json_text(j, "idf_version", *boot->idf_version ? boot->idf_version : NULL);
	json_text(j, "date", *boot->date ? boot->date : NULL);
	optional_number(j, "crystal_mhz", boot->xtal_mhz, boot->xtal_mhz != 0);
	json_number(j, "min_revision", boot->min_rev);
	optional_number(j, "max_revision", boot->max_rev, boot->max_rev != EF_BOOT_ANY_REV);
	json_text(j, "flash_mode", ef_flash_mode_name((enum ef_flash_mode)boot->info.mode));
	optional_number(j, "flash_frequency_mhz", mhz, mhz != 0);
	json_number(j, "flash_size", ef_flash_size_bytes(boot->info.size_code));
	json_number(j, "size", boot->len);
	json_text(j, "origin", b->place);
	json_text(j, "file", b->path);
	json_text(j, "entry", *b->inside ? b->inside : NULL);
	optional_number(j, "offset", boot->off, b->is_offset);
	json_bool(j, "burns_efuses", boot->burns_efuses);
	json_text(j, "imported", imported);
	json_text(j, "sha256", digest);
	json_end(j);
}
