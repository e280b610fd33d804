/* SPDX-License-Identifier: MIT */
/* Prints the facts of one ESP image as text and as JSON. */
#include "cli/firmware/image_facts.h"

#include <inttypes.h>
#include <string.h>

#include "base/util.h"
#include <espflash/boot.h>

#define NO_WP_PIN 0xeeu

bool image_facts_read(const uint8_t *data, size_t len, struct image_facts *ret, struct ef_err *err)
{
	size_t used;

	*ret = (struct image_facts){ .chip = NULL };
	if (!ef_image_parse(data, len, &ret->image, err))
		return false;
	ret->chip = ef_chip_by_image_id(ret->image.chip_id);
	ret->has_app = ef_image_app_desc(data, len, &ret->app);
	ret->has_bootloader = ef_image_bootloader_desc(data, len, &ret->bootloader);
	ret->has_signature = ef_image_signature(data, len, &ret->image, &ret->signature);
	used = ret->has_signature ? ret->signature.off + EF_SECTOR : ret->image.len;
	ret->behind = used < len ? len - used : 0;
	return true;
}

bool image_facts_read_start(const uint8_t *data, size_t len, struct image_facts *ret)
{
	*ret = (struct image_facts){ .is_cut = true };
	if (!ef_image_parse_start(data, len, &ret->image))
		return false;
	ret->chip = ef_chip_by_image_id(ret->image.chip_id);
	return true;
}

static bool is_mapped(const struct image_facts *f)
{
	for (unsigned n = 0; f->chip && n < f->image.segment_count; n++)
		if (ef_chip_is_flash_addr(f->chip, f->image.segment[n].addr))
			return true;
	return false;
}

const char *image_facts_kind(const struct image_facts *f)
{
	if (f->has_bootloader)
		return "bootloader";
	return f->has_app || is_mapped(f) ? "app" : "ram";
}

static bool checksum_ok(const struct image_facts *f)
{
	return f->image.checksum_stored == f->image.checksum_computed;
}

static const char *memory_name(const struct image_facts *f, uint32_t addr)
{
	const struct ef_mem *mem = f->chip ? ef_chip_mem(f->chip, addr) : NULL;

	/* A segment that only pads the flash has the address 0. */
	if (addr == 0)
		return "padding";
	return mem ? mem->name : NULL;
}

/*
 * Write "40", or "40 or 80" for a code with two meanings (ESP32-C6). Returns the
 * number of meanings.
 */
static unsigned frequencies(const struct image_facts *f, char *dst, size_t cap)
{
	unsigned count = 0;

	dst[0] = '\0';
	for (const struct ef_flash_freq *q = f->chip ? f->chip->image.freqs : NULL; q && q->mhz;
	     q++) {
		size_t len = strlen(dst);

		if (q->code == f->image.freq_code)
			(void)ef_snprintf(dst + len, cap - len, "%s%u", count++ ? " or " : "",
					  q->mhz);
	}
	return count;
}

/* ---- text ---- */

static void print_flash(FILE *out, const struct image_facts *f)
{
	const struct ef_image_info *i = &f->image;
	char mhz[32];

	fprintf(out, "Flash mode:        %s\n", ef_flash_mode_name((enum ef_flash_mode)i->mode));
	if (frequencies(f, mhz, sizeof(mhz)))
		fprintf(out, "Flash frequency:   %s MHz\n", mhz);
	else
		fprintf(out, "Flash frequency:   unknown (code 0x%x)\n", i->freq_code);
	fprintf(out, "Flash size:        %s\n",
		ef_flash_size_name(ef_flash_size_bytes(i->size_code)));
	if (i->wp_pin != NO_WP_PIN)
		fprintf(out, "Flash WP pin:      GPIO%u\n", i->wp_pin);
}

static void print_revisions(FILE *out, const struct ef_image_info *i)
{
	fprintf(out, "Minimum revision:  v%u.%u\n", i->min_rev / 100u, i->min_rev % 100u);
	/* 0: the image is older than this field */
	if (i->max_rev != 0 && i->max_rev != EF_BOOT_ANY_REV)
		fprintf(out, "Maximum revision:  v%u.%u\n", i->max_rev / 100u, i->max_rev % 100u);
}

static void print_sums(FILE *out, const struct image_facts *f)
{
	const struct ef_image_info *i = &f->image;

	fprintf(out, "Checksum:          0x%02x (%s)\n", i->checksum_stored,
		checksum_ok(f) ? "valid" : "WRONG");
	fprintf(out, "SHA-256 digest:    %s\n",
		!i->has_digest       ? "none"
		: i->is_digest_valid ? "valid"
				     : "WRONG");
	if (f->has_signature)
		fprintf(out,
			"Signature sector:  at 0x%" PRIx32 ", %u block%s for secure boot V2 (%s), "
			"%s\n",
			f->signature.off, f->signature.blocks, f->signature.blocks == 1 ? "" : "s",
			f->signature.version == 2   ? "RSA"
			: f->signature.version == 3 ? "ECDSA"
						    : "unknown scheme",
			f->signature.is_digest_valid ? "of this image" : "NOT of this image");
}

static void print_app(FILE *out, const struct ef_app_desc *app)
{
	char hash[2 * sizeof(app->elf_sha256) + 1];

	ef_hex(hash, app->elf_sha256, sizeof(app->elf_sha256));
	fprintf(out, "Project:           %s %s\n", app->project, app->version);
	fprintf(out, "Built:             %s %s, %s\n", app->date, app->time, app->idf_version);
	fprintf(out, "ELF SHA-256:       %s\n", hash);
	if (app->secure_version)
		fprintf(out, "Secure version:    %" PRIu32 "\n", app->secure_version);
	if (app->min_efuse_blk_rev)
		fprintf(out, "eFuse block:       v%u.%u or later\n", app->min_efuse_blk_rev / 100u,
			app->min_efuse_blk_rev % 100u);
	if (app->mmu_page_log2 && app->mmu_page_log2 < 32)
		fprintf(out, "MMU page size:     %" PRIu32 " KiB\n",
			(UINT32_C(1) << app->mmu_page_log2) / 1024u);
}

void image_facts_print(FILE *out, const struct image_facts *f)
{
	const struct ef_image_info *i = &f->image;

	fprintf(out, "Chip type:         %s (id %u)\n", f->chip ? f->chip->name : "unknown",
		i->chip_id);
	print_revisions(out, i);
	fprintf(out, "Entry point:       0x%08" PRIx32 "\n", i->entry);
	print_flash(out, f);
	if (!f->is_cut) {
		fprintf(out, "Image size:        %" PRIu32 " bytes", i->len);
		if (f->behind)
			fprintf(out, ", followed by %zu", f->behind);
		fputc('\n', out);
		print_sums(out, f);
	}
	for (unsigned n = 0; n < i->segment_count; n++) {
		const struct ef_segment *seg = &i->segment[n];
		const char *memory = memory_name(f, seg->addr);

		fprintf(out, "Segment %-2u         0x%08" PRIx32 ", %" PRIu32 " bytes, %s\n", n,
			seg->addr, seg->len, memory ? memory : "unknown memory");
	}
	if (f->has_app)
		print_app(out, &f->app);
	if (f->has_bootloader)
		fprintf(out, "Bootloader:        version %" PRIu32 ", built %s, %s\n",
			f->bootloader.version, f->bootloader.date_time, f->bootloader.idf_version);
}

/* ---- JSON ---- */

static void app_json(struct json_out *j, const struct image_facts *f)
{
	char hash[2 * sizeof(f->app.elf_sha256) + 1];

	if (!f->has_app) {
		json_null(j, "app");
		return;
	}
	ef_hex(hash, f->app.elf_sha256, sizeof(f->app.elf_sha256));
	json_begin_object(j, "app");
	json_text(j, "project", f->app.project);
	json_text(j, "version", f->app.version);
	json_text(j, "idf_version", f->app.idf_version);
	json_text(j, "date", f->app.date);
	json_text(j, "time", f->app.time);
	json_text(j, "elf_sha256", hash);
	json_number(j, "secure_version", f->app.secure_version);
	json_number(j, "min_efuse_block_revision", f->app.min_efuse_blk_rev);
	json_number(j, "max_efuse_block_revision", f->app.max_efuse_blk_rev);
	json_end(j);
}

static void bootloader_json(struct json_out *j, const struct image_facts *f)
{
	if (!f->has_bootloader) {
		json_null(j, "bootloader");
		return;
	}
	json_begin_object(j, "bootloader");
	json_number(j, "version", f->bootloader.version);
	json_text(j, "idf_version", f->bootloader.idf_version);
	json_text(j, "date_time", f->bootloader.date_time);
	json_number(j, "secure_version", f->bootloader.secure_version);
	json_end(j);
}

static void signature_json(struct json_out *j, const struct image_facts *f)
{
	if (!f->has_signature) {
		json_null(j, "signature");
		return;
	}
	json_begin_object(j, "signature");
	json_number(j, "offset", f->signature.off);
	json_number(j, "blocks", f->signature.blocks);
	json_number(j, "version", f->signature.version);
	json_bool(j, "digest_valid", f->signature.is_digest_valid);
	json_end(j);
}

static void segments_json(struct json_out *j, const struct image_facts *f)
{
	const struct ef_image_info *i = &f->image;

	json_begin_array(j, "segments");
	for (unsigned n = 0; n < i->segment_count; n++) {
		json_begin_object(j, NULL);
		json_number(j, "address", i->segment[n].addr);
		json_number(j, "size", i->segment[n].len);
		json_number(j, "offset", i->segment[n].off);
		json_text(j, "memory", memory_name(f, i->segment[n].addr));
		json_end(j);
	}
	json_end(j);
}

/* none is the value that means "no number" */
static void json_known(struct json_out *j, const char *key, uint32_t value, uint32_t none)
{
	if (value != none)
		json_number(j, key, value);
	else
		json_null(j, key);
}

void image_facts_json(struct json_out *j, const struct image_facts *f)
{
	const struct ef_image_info *i = &f->image;
	char mhz[32];

	json_text(j, "chip", f->chip ? f->chip->name : NULL);
	json_number(j, "chip_id", i->chip_id);
	json_number(j, "entry", i->entry);
	json_text(j, "flash_mode", ef_flash_mode_name((enum ef_flash_mode)i->mode));
	json_known(j, "flash_frequency_mhz",
		   frequencies(f, mhz, sizeof(mhz)) == 1 ? ef_chip_freq_mhz(f->chip, i->freq_code)
							 : 0,
		   0);
	json_number(j, "flash_size", ef_flash_size_bytes(i->size_code));
	json_known(j, "flash_wp_pin", i->wp_pin, NO_WP_PIN);
	json_number(j, "min_revision", i->min_rev);
	json_known(j, "max_revision", i->max_rev ? i->max_rev : EF_BOOT_ANY_REV, EF_BOOT_ANY_REV);
	json_known(j, "size", i->len, 0);
	segments_json(j, f);
	json_bool(j, "checksum_valid", !f->is_cut && checksum_ok(f));
	if (i->has_digest)
		json_bool(j, "digest_valid", i->is_digest_valid);
	else
		json_null(j, "digest_valid");
	signature_json(j, f);
	app_json(j, f);
	bootloader_json(j, f);
}
