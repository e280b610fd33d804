/* SPDX-License-Identifier: MIT */
/* bootloaders: lists those on this machine, takes files into the collection, writes one out. */
#include "cli/cmd/cmd.h"

#include <stdlib.h>
#include <string.h>

#include "cli/cmd/cmd_bootloaders.h"
#include "cli/bootloader/boot_find.h"
#include "cli/firmware/boot_import.h"
#include "cli/ui/ui.h"

static struct find_query query_for(const struct bootloaders_args *a)
{
	struct find_query q = { .kind = FIND_BOOTLOADER,
				.chip = a->chip,
				.revision = (uint16_t)a->revision.value,
				.xtal_mhz = (uint32_t)a->xtal_mhz };

	find_query_env(&q);
	return q;
}

/* Return whether revision and crystal, where they are given, allow it. */
static bool is_wanted(const struct boot_found *b, const struct bootloaders_args *a)
{
	const struct boot_want want = { .mode = b->variant.mode };
	struct find_query q = query_for(a);
	char ignored[FIND_ORIGIN_SIZE];

	if (a->chip && b->boot.chip != a->chip)
		return false;
	q.chip = b->boot.chip;
	return (!a->revision.is_set && !a->xtal_mhz) || boot_fits(b, &q, &want, ignored);
}

/* ---- list ---- */

/* List the bootloaders of one chip, in the order of the search. Returns how many there are. */
static size_t list_chip(struct cli *cli, const struct bootloaders_args *a,
			const struct boot_list *l, const struct ef_chip *chip, struct json_out *j)
{
	size_t shown = 0;

	for (size_t i = 0; i < l->count; i++) {
		if (l->item[i].boot.chip != chip || !is_wanted(&l->item[i], a))
			continue;
		shown++;
		if (cli->is_json)
			bootloader_json(j, &l->item[i], NULL);
		else
			bootloader_print(cli, &l->item[i]);
	}
	return shown;
}

static bool list_all(struct cli *cli, const struct bootloaders_args *a, struct boot_list *l,
		     struct ef_err *err)
{
	const struct find_query q = query_for(a);
	struct json_out *j = cli->is_json ? json_new(cli->command) : NULL;
	char refused[FIND_ORIGIN_SIZE];
	size_t shown = 0;

	boot_find_all(&q, l, refused, sizeof(refused));
	json_begin_array(j, "bootloaders");
	for (size_t i = 0; ef_chips[i]; i++)
		shown += list_chip(cli, a, l, ef_chips[i], j);
	json_end(j);
	if (*refused)
		ui_log(cli, EF_LOG_WARN, "not used: %s", refused);
	if (!shown)
		ui_log(cli, EF_LOG_INFO,
		       "No bootloader was found: 'espflash-c bootloaders import FILE' adds one");
	return !cli->is_json || ui_result(cli, j, err);
}

/* ---- import ---- */

static void say_stored(struct cli *cli, const struct boot_found *b, const char *path, bool is_new)
{
	ui_log(cli, EF_LOG_INFO, "%s %s: '%s'", b->boot.chip->label,
	       is_new ? "imported" : "was there already", path);
}

static bool import_one(struct cli *cli, const struct boot_found *b, struct json_out *j,
		       size_t *count, struct ef_err *err)
{
	const char *refusal = boot_import_refusal(b);
	char path[FIND_PATH_SIZE], origin[FIND_ORIGIN_SIZE];
	bool is_new;

	if (refusal) {
		boot_origin(b, origin, sizeof(origin));
		ui_log(cli, EF_LOG_WARN, "not imported: '%s' (%s): %s", b->path, origin, refusal);
		bootloader_json(j, b, NULL);
		return true;
	}
	if (!boot_import_store(b, path, &is_new, err))
		return false;
	say_stored(cli, b, path, is_new);
	bootloader_json(j, b, path);
	++*count;
	return true;
}

static bool import_list(struct cli *cli, const struct bootloaders_args *a,
			const struct boot_list *l, struct ef_err *err)
{
	struct json_out *j = cli->is_json ? json_new(cli->command) : NULL;
	size_t count = 0;
	bool ok = true;

	json_begin_array(j, "bootloaders");
	for (size_t i = 0; ok && i < l->count; i++)
		if (is_wanted(&l->item[i], a))
			ok = import_one(cli, &l->item[i], j, &count, err);
	json_end(j);
	if (ok && count == 0) {
		ok = ef_fail(err, EF_E_INPUT, "none of the %zu bootloaders was imported", l->count);
		(void)ef_hint_own(
			err, "the warnings have the reasons; see 'espflash-c help bootloaders'");
	}
	if (cli->is_json && !ok) {
		struct ef_err ignored = EF_ERR_INIT; /* the first error is the one to report */

		if (!ui_result(cli, j, &ignored))
			ef_err_clear(&ignored); /* likewise */
		return false;
	}
	return ok && (!cli->is_json || ui_result(cli, j, err));
}

static bool import(struct cli *cli, const struct bootloaders_args *a, struct boot_list *l,
		   struct ef_err *err)
{
	l->only = a->chip;
	l->place = "imported";
	l->sudo_uid = query_for(a).sudo_uid;
	if (a->words.count == 0) {
		ef_fail(err, EF_E_USAGE, "'bootloaders import' needs a file or folder");
		return ef_hint_own(err, "as in: espflash-c bootloaders import "
					"~/.arduino15/packages/esp32");
	}
	for (size_t i = 0; i < a->words.count; i++)
		if (!boot_import_read(cli, l, a->words.item[i], err))
			return false;
	return import_list(cli, a, l, err);
}

/* ---- export ---- */

/* The user could lose a whole crate or archive for one of its files. */
static bool check_output(const struct boot_found *b, const char *file, struct ef_err *err)
{
	struct ef_file_stamp from, to;

	if (!ef_file_stamp(b->path, &from) || !ef_file_stamp(file, &to) ||
	    from.device != to.device || from.inode != to.inode)
		return true;
	ef_fail(err, EF_E_USAGE, "'%s' is an input and would be overwritten", file);
	return ef_hint_own(err, "give the output file another name");
}

static bool write_out(struct cli *cli, const struct boot_found *b, const char *file,
		      struct ef_err *err)
{
	char origin[FIND_ORIGIN_SIZE];
	struct json_out *j;

	if (!check_output(b, file, err))
		return false;
	boot_origin(b, origin, sizeof(origin));
	ui_log(cli, EF_LOG_INFO, "Bootloader: '%s' (%s)", b->path, origin);
	if (!ef_file_write(file, b->content, b->boot.len, err))
		return false;
	if (!cli->is_json)
		return true;
	j = json_new(cli->command);
	json_begin_array(j, "bootloaders");
	bootloader_json(j, b, NULL);
	json_end(j);
	return ui_result(cli, j, err);
}

static bool export(struct cli *cli, const struct bootloaders_args *a, struct ef_err *err)
{
	const struct boot_want want = { .mode = -1, .takes_any = true };
	const struct find_query q = query_for(a);
	char why[FIND_ORIGIN_SIZE];
	struct boot_found *b;
	bool ok;

	if (!a->chip || a->words.count != 1) {
		ef_fail(err, EF_E_USAGE, "'bootloaders export' needs a chip and one file to write");
		return ef_hint_own(err, "as in: espflash-c bootloaders export --chip esp32c3 "
					"bootloader.bin");
	}
	b = malloc(sizeof(*b));
	if (!b)
		return ef_fail(err, EF_E_IO, "out of memory");
	ok = ui_yield_stdout(cli, a->words.item[0], err);
	if (ok && !boot_choose(&q, &want, b, why)) {
		if (*why)
			ui_log(cli, EF_LOG_WARN, "not used: %s", why);
		ok = boot_none(a->chip, "", false, err);
	} else if (ok) {
		ok = write_out(cli, b, a->words.item[0], err);
		free(b->content);
	}
	free(b);
	return ok;
}

bool cmd_bootloaders(struct cli *cli, const void *args, struct ef_err *err)
{
	const struct bootloaders_args *a = args;
	struct boot_list l = BOOT_LIST_INIT;
	bool ok = false;

	switch ((enum boot_action)a->action) {
	case BOOT_LIST:
		ok = a->words.count
			     ? ef_fail(err, EF_E_USAGE, "'bootloaders list' takes no file: '%.40s'",
				       a->words.item[0])
			     : list_all(cli, a, &l, err);
		break;
	case BOOT_IMPORT:
		ok = import(cli, a, &l, err);
		break;
	case BOOT_EXPORT:
		ok = export(cli, a, err);
		break;
	}
	boot_list_release(&l);
	return ok;
}
