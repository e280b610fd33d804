/* SPDX-License-Identifier: MIT */
/*
 * Knows what the monitor has to know before it begins: ELFs and what is in
 * them, how the chip's log is encoded, keys, the log file; and how events of
 * the monitor are told to people and to programs.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/monitor_setup.h"
#include "base/hash.h"
#include <espflash/image.h>

#define LOOP_TIME_MS 30000u

/* ---- events ---- */

static void put_record(struct json_out *j, const struct ef_defmt_record *r)
{
	json_text(j, "timestamp", *r->timestamp ? r->timestamp : NULL);
	json_text(j, "crate", *r->crate ? r->crate : NULL);
	json_text(j, "module", *r->module ? r->module : NULL);
	json_text(j, "file", *r->file ? r->file : NULL);
	if (r->line)
		json_number(j, "line", r->line);
	else
		json_null(j, "line");
}

static void print_json(struct cli *cli, const struct ef_monitor_event *e)
{
	struct json_out *j = json_new(cli->command);
	struct ef_err err = EF_ERR_INIT;
	const char level[2] = { e->level, '\0' };
	uint64_t time_ms = e->time_us / 1000u;

	json_text(j, "event", ef_monitor_event_name(e->kind));
	json_real(j, "time", (double)time_ms / 1000.0);
	json_text(j, "text", e->text);
	if (e->kind == EF_MONITOR_TEXT || e->kind == EF_MONITOR_RECORD) {
		json_text(j, "level", e->level ? level : NULL);
		json_text(j, "tag", *e->tag ? e->tag : NULL);
	}
	if (e->record)
		put_record(j, e->record);
	if (e->kind == EF_MONITOR_END)
		json_number(j, "status", (uint64_t)ef_code_exit_status(e->code));
	if (!json_print_line(j, cli->out, &err))
		ui_log(cli, EF_LOG_WARN, "%s", err.msg);
	fflush(cli->out);
}

static void print_notice(struct cli *cli, const struct ef_monitor_event *e)
{
	switch (e->kind) {
	case EF_MONITOR_DISCONNECT:
		ui_log(cli, EF_LOG_WARN, "%s; waiting for it to come back", e->text);
		break;
	case EF_MONITOR_BOOT_LOOP:
	case EF_MONITOR_PROBLEM:
		if (e->code == EF_OK) /* else the error says it */
			ui_log(cli, EF_LOG_WARN, "%s", e->text);
		break;
	case EF_MONITOR_RECONNECT:
	case EF_MONITOR_NOTE:
		ui_log(cli, EF_LOG_INFO, "%s", e->text);
		break;
	case EF_MONITOR_LENT:
		ui_log(cli, EF_LOG_INFO, "another command uses the port now; waiting for its end");
		break;
	case EF_MONITOR_RETURNED:
		ui_log(cli, EF_LOG_INFO, "the monitor goes on");
		break;
	case EF_MONITOR_END:
		if (e->code == EF_OK && *e->text)
			ui_log(cli, EF_LOG_INFO, "%s", e->text);
		break;
	default:
		break; /* they are in the text */
	}
}

static void on_event(void *user, const struct ef_monitor_event *event)
{
	struct monitor_setup *s = user;

	if (s->is_json)
		print_json(s->cli, event);
	else
		print_notice(s->cli, event);
}

/* ---- ELFs ---- */

static bool is_elf(const struct ef_map *map)
{
	return map->len >= 4 && memcmp(map->data,
				       "\x7f"
				       "ELF",
				       4) == 0;
}

static bool add_elf(struct monitor_setup *s, const char *path, bool is_rom, struct ef_err *err)
{
	struct ef_map *map = &s->map[s->elf_count];

	if (s->elf_count == SETUP_ELVES_MAX)
		return ef_fail(err, EF_E_USAGE, "at most %d ELF files", SETUP_ELVES_MAX);
	if (!ef_map_open(map, path, EF_MAX_ELF, err))
		return false;
	s->elf[s->elf_count++] = (struct ef_symbols_elf){
		.data = map->data, .len = map->len, .name = path, .is_rom = is_rom
	};
	return is_elf(map) || ef_fail(err, EF_E_INPUT, "'%s' is no ELF file", path);
}

/* What is being flashed may be something without symbols. */
static bool add_app(struct monitor_setup *s, const char *path, struct ef_err *err)
{
	struct ef_map map = { NULL, 0, NULL };
	bool is_one;

	if (!ef_file_exists(path))
		return true;
	if (!ef_map_open(&map, path, EF_MAX_ELF, err))
		return false;
	is_one = is_elf(&map);
	ef_map_release(&map);
	return !is_one || add_elf(s, path, false, err);
}

static bool add_elves(struct monitor_setup *s, const struct monitor_args *args, const char *app_elf,
		      struct ef_err *err)
{
	if (args->elf.count == 0 && app_elf && !add_app(s, app_elf, err))
		return false;
	for (size_t i = 0; i < args->elf.count; i++)
		if (!add_elf(s, args->elf.item[i], false, err))
			return false;
	for (size_t i = 0; i < args->rom_elf.count; i++)
		if (!add_elf(s, args->rom_elf.item[i], true, err))
			return false;
	return true;
}

static const struct ef_symbols_elf *app_of(const struct monitor_setup *s)
{
	return s->elf_count > 0 && !s->elf[0].is_rom ? &s->elf[0] : NULL;
}

static bool open_decoder(struct monitor_setup *s, const struct monitor_args *args,
			 struct ef_err *err)
{
	const struct ef_symbols_elf *app = app_of(s);

	if (s->elf_count > 0 && !args->no_addresses &&
	    !ef_symbols_open(s->elf, s->elf_count, &s->symbols, err))
		return false;
	s->decoder.symbols = s->symbols;
	s->decoder.all_addresses = args->all_addresses;
	s->decoder.no_addresses = args->no_addresses;
	if (app) {
		ef_sha256(app->data, app->len, s->sha256);
		s->decoder.elf_sha256 = s->sha256;
	}
	s->opts.decoder = s->elf_count > 0 ? &s->decoder : NULL;
	return true;
}

/* ---- the encoding of the log ---- */

/* What the app says of itself (esp-println writes it); a ROM ELF isn't asked. */
static bool says_defmt(struct monitor_setup *s, const struct ef_symbols_elf *app)
{
	struct ef_err ignored = EF_ERR_INIT;
	struct ef_elf elf;
	bool is_defmt;

	if (!app || !ef_elf_open(&elf, app->data, app->len, &ignored))
		return false;
	is_defmt = strcmp(elf.log_format, "defmt-espflash") == 0;
	if (!is_defmt && elf.log_format[0] && strcmp(elf.log_format, "serial") != 0)
		ui_log(s->cli, EF_LOG_WARN,
		       "'%s' wants the log format '%s', which is unknown; taken as plain text",
		       app->name, elf.log_format);
	ef_elf_release(&elf);
	return is_defmt;
}

static bool open_defmt(struct monitor_setup *s, const struct monitor_args *args, struct ef_err *err)
{
	const struct ef_symbols_elf *app = app_of(s);
	bool is_defmt = args->log_format == LOG_FORMAT_DEFMT ||
			(!args->log_format && says_defmt(s, app));

	if (!is_defmt && cli_is_given(s->cli, "output-format"))
		ui_log(s->cli, EF_LOG_WARN,
		       "'--output-format' has an effect only on a log of defmt");
	if (!is_defmt)
		return true;
	if (!app) {
		ef_fail(err, EF_E_USAGE, "'--log-format defmt' needs the app's ELF");
		return ef_hint(err, "add '--elf FILE': the texts of the messages are in it");
	}
	if (!ef_defmt_format_parse(args->output_format, &s->format, err) ||
	    !ef_defmt_open(app->data, app->len, &s->defmt, err))
		return false;
	s->opts.defmt = s->defmt;
	s->opts.defmt_format = s->format;
	return true;
}

/* ---- the rest ---- */

static bool parse_keys(struct monitor_setup *s, const struct monitor_args *args, struct ef_err *err)
{
	const struct {
		const char *text;
		char *ret;
		const char *option;
	} keys[] = {
		{ args->exit_key, s->keys.exit, "--exit-key" },
		{ args->reset_key, s->keys.reset, "--reset-key" },
		{ args->loader_key, s->keys.loader, "--loader-key" },
		{ args->menu_key, s->keys.menu, "--menu-key" },
	};

	for (size_t i = 0; i < EF_ARRAY_LEN(keys); i++)
		if (!ef_monitor_keys_parse(keys[i].text, keys[i].ret, err))
			return ef_context(err, "option '%s'", keys[i].option);
	s->opts.keys = &s->keys;
	return true;
}

static bool open_log(struct monitor_setup *s, const struct monitor_args *args, struct ef_err *err)
{
	if (!args->log_file)
		return true;
	s->log_fd = open(args->log_file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY,
			 0666);
	s->opts.log_fd = s->log_fd;
	s->opts.is_log_raw = args->log_raw;
	return s->log_fd >= 0 || ef_fail(err, EF_E_IO, "cannot write the log file '%s': %s",
					 args->log_file, strerror(errno));
}

static void fill(struct monitor_setup *s, const struct monitor_args *args)
{
	struct ef_monitor_opts *o = &s->opts;

	o->out_fd = s->is_json ? -1 : STDOUT_FILENO;
	o->interrupt = s->cli->interrupt;
	o->has_color = s->cli->is_out_color;
	o->stamp = (enum ef_stamp)args->stamp;
	o->filter = args->filter;
	o->until = args->until.item;
	o->until_count = args->until.count;
	o->fail = args->fail.item;
	o->fail_count = args->fail.count;
	o->timeout_ms = args->timeout.is_set ? args->timeout.value * 1000u : 0;
	o->on_panic = (enum ef_on_panic)args->on_panic;
	o->loop_resets = args->boot_loop.value;
	o->loop_time_ms = LOOP_TIME_MS;
	o->eol = (enum ef_eol)args->eol;
	o->has_echo = args->echo;
	o->no_reconnect = args->no_reconnect;
	o->processors = args->processors.item;
	o->processor_count = args->processors.count;
	o->processor_arg = app_of(s) ? app_of(s)->name : NULL;
	o->event = on_event;
	o->user = s;
}

bool monitor_setup_open(struct monitor_setup *s, struct cli *cli, const struct monitor_args *args,
			const char *app_elf, struct ef_err *err)
{
	*s = (struct monitor_setup){
		.cli = cli, .opts = EF_MONITOR_OPTS_INIT, .log_fd = -1, .is_json = cli->is_json
	};
	cli->is_json_lines = cli->is_json;
	if (!add_elves(s, args, app_elf, err))
		return false;
	fill(s, args);
	return parse_keys(s, args, err) && ef_monitor_check(&s->opts, err) &&
	       open_decoder(s, args, err) && open_defmt(s, args, err) && open_log(s, args, err);
}

void monitor_setup_close(struct monitor_setup *s)
{
	if (!s->cli)
		return;
	ef_symbols_close(s->symbols);
	ef_defmt_close(s->defmt);
	ef_defmt_format_free(s->format);
	for (size_t i = 0; i < s->elf_count; i++)
		ef_map_release(&s->map[i]);
	if (s->log_fd >= 0)
		(void)close(s->log_fd);
	*s = (struct monitor_setup){ .cli = NULL };
}
