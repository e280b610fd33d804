/* SPDX-License-Identifier: MIT */
/*
 * Reads the monitor's ELFs, finds out from them how the chip's log is encoded, and
 * notices when one was built again.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/monitor/monitor_elf.h"
#include "cli/ui/ui.h"
#include "base/hash.h"
#include <espflash/image.h>

/* ---- files ---- */

static bool is_same(const struct ef_file_stamp *a, const struct ef_file_stamp *b)
{
	return a->device == b->device && a->inode == b->inode && a->size == b->size &&
	       a->seconds == b->seconds && a->nanoseconds == b->nanoseconds;
}

/* Take the stamp before reading: a change during the read must make the file old. */
static bool read_elf(const char *path, const struct ef_map *opened, struct ef_buf *file,
		     struct ef_file_stamp *stamp, struct ef_err *err)
{
	if (opened) {
		*stamp = opened->stamp;
		return ef_buf_add(file, opened->data, opened->len, err);
	}
	if (!ef_file_stamp(path, stamp))
		*stamp = (struct ef_file_stamp){ .size = 0 };
	return ef_file_read(path, file, err);
}

/*
 * opened: the file's content, if it was opened already; NULL. must_be: a file that is not an ELF is
 * an error; otherwise it is ignored.
 */
static bool add_elf(struct monitor_elves *e, const char *path, const struct ef_map *opened,
		    bool is_rom, bool must_be, struct ef_err *err)
{
	struct ef_buf *file = &e->file[e->count];

	if (e->count == MONITOR_ELVES_MAX)
		return ef_fail(err, EF_E_USAGE, "at most %d ELF files", MONITOR_ELVES_MAX);
	*file = (struct ef_buf)EF_BUF_INIT(EF_MAX_ELF);
	if (!read_elf(path, opened, file, &e->stamp[e->count], err)) {
		ef_buf_release(file);
		return false;
	}
	if (!ef_is_elf(file->data, file->len)) {
		ef_buf_release(file);
		return !must_be || ef_fail(err, EF_E_INPUT, "'%s' is not an ELF file", path);
	}
	e->elf[e->count] = (struct ef_symbols_elf){
		.data = file->data, .len = file->len, .name = path, .is_rom = is_rom
	};
	if (!is_rom)
		ef_sha256(file->data, file->len, e->sha256[e->app_count++]);
	e->count++;
	return true;
}

static bool add_elves(struct monitor_elves *e, const struct monitor_args *args, const char *app_elf,
		      const struct ef_map *opened, const char *rom_elf, struct ef_err *err)
{
	/* the file that is being flashed need not be an ELF */
	if (args->decode.elf.count == 0 && app_elf && (opened || ef_file_exists(app_elf)) &&
	    !add_elf(e, app_elf, opened, false, false, err))
		return false;
	for (size_t i = 0; i < args->decode.elf.count; i++)
		if (!add_elf(e, args->decode.elf.item[i], NULL, false, true, err))
			return false;
	for (size_t i = 0; i < args->decode.rom_elf.count; i++)
		if (!add_elf(e, args->decode.rom_elf.item[i], NULL, true, true, err))
			return false;
	return args->decode.rom_elf.count > 0 || !rom_elf || e->count == MONITOR_ELVES_MAX ||
	       add_elf(e, rom_elf, NULL, true, false, err);
}

const struct ef_symbols_elf *monitor_elves_app(const struct monitor_elves *e)
{
	return e->app_count > 0 ? &e->elf[0] : NULL;
}

bool monitor_elves_are_old(const struct monitor_elves *e)
{
	struct ef_file_stamp now;

	for (size_t i = 0; i < e->count; i++)
		if (ef_file_stamp(e->elf[i].name, &now) && !is_same(&now, &e->stamp[i]))
			return true;
	return false;
}

/* ---- addresses ---- */

static bool open_decoder(struct monitor_elves *e, const struct monitor_args *args,
			 struct ef_err *err)
{
	if (e->count > 0 && !args->decode.no_addresses &&
	    !ef_symbols_open(e->elf, e->count, &e->symbols, err))
		return false;
	e->decoder = (struct ef_decoder_opts){
		.symbols = e->symbols,
		.all_addresses = args->decode.all_addresses,
		.no_addresses = args->decode.no_addresses,
		.elf_sha256 = e->app_count > 0 ? e->sha256[0] : NULL,
		.elf_sha256_count = e->app_count,
	};
	return true;
}

const struct ef_decoder_opts *monitor_elves_decoder(const struct monitor_elves *e)
{
	return e->count > 0 ? &e->decoder : NULL;
}

/* ---- the encoding of the log ---- */

/*
 * Return whether the app's ELF says that its log is defmt. esp-println writes that into the ELF.
 */
static bool says_defmt(struct cli *cli, const struct ef_symbols_elf *app)
{
	struct ef_err ignored = EF_ERR_INIT;
	struct ef_elf elf;
	bool is_defmt;

	if (!app || !ef_elf_open(&elf, app->data, app->len, &ignored))
		return false;
	is_defmt = strcmp(elf.log_format, "defmt-espflash") == 0;
	if (!is_defmt && elf.log_format[0] && strcmp(elf.log_format, "serial") != 0)
		ui_log(cli, EF_LOG_WARN,
		       "'%s' asks for the unknown log format '%s'; the log is shown as plain text",
		       app->name, elf.log_format);
	ef_elf_release(&elf);
	return is_defmt;
}

static bool open_defmt(struct cli *cli, struct monitor_elves *e, const struct monitor_args *args,
		       struct ef_err *err)
{
	const struct ef_symbols_elf *app = monitor_elves_app(e);
	bool is_defmt = args->decode.log_format == LOG_FORMAT_DEFMT ||
			(!args->decode.log_format && says_defmt(cli, app));

	if (!is_defmt && cli_is_given(cli, "output-format"))
		ui_log(cli, EF_LOG_WARN, "'--output-format' has an effect only on a log of defmt");
	if (!is_defmt)
		return true;
	if (!app) {
		ef_fail(err, EF_E_USAGE, "'--log-format defmt' needs the app's ELF");
		return ef_hint_own(err, "add '--elf FILE': the texts of the messages are in it");
	}
	return ef_defmt_format_parse(args->decode.output_format, &e->format, err) &&
	       ef_defmt_open(app->data, app->len, &e->defmt, err);
}

/* ---- all together ---- */

struct monitor_elves *monitor_elves_open(struct cli *cli, const struct monitor_args *args,
					 const char *app_elf, const struct ef_map *opened,
					 const char *rom_elf, struct ef_err *err)
{
	struct monitor_elves *e = calloc(1, sizeof(*e));

	if (!e) {
		ef_fail(err, EF_E_IO, "out of memory");
		return NULL;
	}
	if (add_elves(e, args, app_elf, opened, rom_elf, err) && open_decoder(e, args, err) &&
	    open_defmt(cli, e, args, err))
		return e;
	monitor_elves_close(e);
	return NULL;
}

void monitor_elves_close(struct monitor_elves *e)
{
	if (!e)
		return;
	ef_symbols_close(e->symbols);
	ef_defmt_close(e->defmt);
	ef_defmt_format_free(e->format);
	for (size_t i = 0; i < e->count; i++)
		ef_buf_release(&e->file[i]);
	free(e);
}
