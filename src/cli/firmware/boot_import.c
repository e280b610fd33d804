/* SPDX-License-Identifier: MIT */
/*
 * Takes bootloaders into the user's collection. A file's name consists of facts about the
 * bootloader and of its digest, so that no file replaces a different one.
 */
#include "cli/firmware/boot_import.h"

#include <stdlib.h>
#include <string.h>

#include "cli/bootloader/boot_places.h"
#include "cli/firmware/thing.h"
#include "cli/ui/ui.h"
#include "base/hash.h"

/* ---- reading ---- */

struct folder {
	struct cli *cli;
	struct boot_list *list;
};

static bool visit(void *user, const char *path)
{
	struct folder *f = user;
	struct ef_err why = EF_ERR_INIT;

	if (boot_name_fits(path) && !boot_read_file(f->list, path, &why))
		ui_log(f->cli, EF_LOG_WARN, "left out: %s", why.msg);
	return !f->list->is_full;
}

static void read_folder(struct cli *cli, struct boot_list *l, const char *path)
{
	struct folder f = { cli, l };
	char root[FIND_PATH_SIZE];
	size_t len;
	bool is_cut;

	if (!ef_strlcpy(root, sizeof(root), path))
		return;
	for (len = strlen(root); len > 1 && root[len - 1] == '/'; len--)
		root[len - 1] = '\0';
	(void)walk_all(root, visit, &f, &is_cut);
	if (is_cut || l->is_full)
		ui_log(cli, EF_LOG_WARN,
		       "'%s' is so large that not all of it was searched: name a folder in it",
		       path);
}

/* Look at the parts of a HEX or UF2 file, or of a Mongoose OS archive, that could be flashed. */
static void read_thing(struct boot_list *l, const char *path)
{
	struct ef_input_opts opts = { .allows_outside = false };
	struct ef_err ignored = EF_ERR_INIT; /* the caller reports that there are none */
	struct thing *t = calloc(1, sizeof(*t));

	if (!t)
		return;
	if (thing_open(t, path, &opts, &ignored))
		for (size_t i = 0; i < t->input.part_count; i++) {
			const struct ef_input_part *p = &t->input.parts[i];
			struct boot_file f = { path, p->name, p->data, p->len, 1 };
			struct ef_err damaged = EF_ERR_INIT;

			(void)boot_read_content(l, &f, &damaged);
		}
	thing_release(t);
	free(t);
}

bool boot_import_read(struct cli *cli, struct boot_list *l, const char *path, struct ef_err *err)
{
	size_t before = l->count;

	l->why[0] = '\0';
	if (ef_folder_exists(path))
		read_folder(cli, l, path);
	else if (!boot_read_file(l, path, err))
		return false;
	if (l->count == before && strcmp(path, "-") != 0 && thing_is_container(path))
		read_thing(l, path);
	if (l->count > before)
		return true;
	ef_fail(err, EF_E_INPUT, "'%s' has no bootloader%s%s%s%s", path, l->only ? " for " : "",
		l->only ? l->only->label : "", *l->why ? ": " : "", l->why);
	return ef_hint_own(err, "give an espflash crate or program, a build's folder, the core of "
				"Arduino, a merged image, or a file bootloader.bin");
}

/* ---- storing ---- */

const char *boot_import_refusal(const struct boot_found *b)
{
	if (!b->boot.info.is_digest_valid)
		return "its SHA-256 digest is wrong: it is damaged, or its header was changed";
	if (b->boot.burns_efuses)
		return "it switches on secure boot or flash encryption, which burns eFuses at its "
		       "first start: where that is wanted, name it with '--bootloader'";
	if (b->has_config && b->config.table_offset &&
	    b->config.table_offset != EF_PARTITION_TABLE_OFFSET)
		return "it looks for the partition table at another address than 0x8000: where "
		       "that "
		       "is wanted, name it with '--bootloader'";
	return b->variant.is_octal ? "it is for octal flash only: name it with '--bootloader'"
				   : NULL;
}

/* Keep the letters, digits, dots and dashes of a version. */
static void clean_version(const char *version, char ret[25])
{
	size_t len = 0;

	for (; *version && len < 24; version++)
		if ((*version >= '0' && *version <= '9') || (*version >= 'a' && *version <= 'z') ||
		    (*version >= 'A' && *version <= 'Z') || strchr(".-", *version))
			ret[len++] = *version;
	ret[len] = '\0';
}

static bool name_for(const struct boot_found *b, char ret[128])
{
	char xtal[8] = "", variant[24] = "", version[25], digest[9];
	uint8_t sum[EF_SHA256_LEN];

	ef_sha256(b->content, b->boot.len, sum);
	ef_hex(digest, sum, 4);
	clean_version(b->boot.idf_version, version);
	if (b->boot.xtal_mhz && b->boot.chip->xtal.mhz[1])
		(void)ef_snprintf(xtal, sizeof(xtal), "_%u", b->boot.xtal_mhz);
	if (b->variant.mode >= 0)
		(void)ef_snprintf(variant, sizeof(variant), "-%s_%um",
				  ef_flash_mode_name((enum ef_flash_mode)b->variant.mode),
				  b->variant.freq_mhz);
	return ef_snprintf(ret, 128, "%s%s%s%s%s-%s-bootloader.bin", b->boot.chip->name, xtal,
			   variant, *version ? "-" : "", version, digest);
}

bool boot_import_store(const struct boot_found *b, char ret_path[FIND_PATH_SIZE], bool *ret_is_new,
		       struct ef_err *err)
{
	struct find_query q = { .kind = FIND_BOOTLOADER };
	char folder[FIND_PATH_SIZE], name[128];

	find_query_env(&q);
	if (!place_own(&q, folder)) {
		ef_fail(err, EF_E_USAGE, "the location of your collection is unknown");
		return ef_hint_own(err, "set the variable HOME, or XDG_DATA_HOME");
	}
	if (!name_for(b, name) || !ef_snprintf(ret_path, FIND_PATH_SIZE, "%s/%s", folder, name))
		return ef_fail(err, EF_E_IO, "the path of your collection is too long");
	*ret_is_new = !ef_file_exists(ret_path);
	if (!*ret_is_new)
		return true;
	/* Ignore the umask: a file that everybody can write to would not be used. */
	return ef_make_folders_above(ret_path, 0755, err) &&
	       ef_file_write_mode(ret_path, 0644, b->content, b->boot.len, err);
}
