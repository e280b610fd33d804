/* SPDX-License-Identifier: MIT */
/* Sets the monitor up: options, keys, ELFs, log file. Reports its events to the user or as JSON. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/monitor/monitor_setup.h"
#include "cli/table/hint_words.h"
#include "cli/ui/json_out.h"
#include "cli/ui/side_file.h"
#include "cli/ui/ui.h"
#include "base/util.h"
#include <espflash/content.h>

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

/* Add the patterns that were seen, of those that end the run. */
static void put_until(struct json_out *j, const struct ef_monitor_ends *ends, const bool *met)
{
	json_begin_array(j, "until");
	for (size_t i = 0; i < ends->until_count; i++) {
		json_begin_object(j, NULL);
		json_text(j, "pattern", ends->until[i]);
		json_bool(j, "met", met[i]);
		json_end(j);
	}
	json_end(j);
}

static void print_json(struct monitor_setup *s, const struct ef_monitor_event *e)
{
	struct cli *cli = s->cli;
	struct json_out *j = json_new(cli->command);
	struct ef_err err = EF_ERR_INIT;
	const char level[2] = { e->level, '\0' };
	const char *advice = hint_event_words(e->hint);
	uint64_t time_ms = e->time_us / 1000u;
	char text[256];

	json_text(j, "event", ef_monitor_event_name(e->kind));
	json_real(j, "time", (double)time_ms / 1000.0);
	(void)ef_snprintf(text, sizeof(text), "%s%s", e->text, advice);
	json_text(j, "text", *advice ? text : e->text);
	if (e->kind == EF_MONITOR_TEXT || e->kind == EF_MONITOR_RECORD) {
		json_text(j, "level", e->level ? level : NULL);
		json_text(j, "tag", *e->tag ? e->tag : NULL);
	}
	if (e->record)
		put_record(j, e->record);
	if (e->kind == EF_MONITOR_END) {
		json_number(j, "status", (uint64_t)ui_code_status(cli, e->code));
		put_until(j, &s->opts.ends, e->met);
	}
	if (!json_print_line(j, cli->out, &err))
		ui_log(cli, EF_LOG_WARN, "%s", err.msg);
	s->is_out_lost = fflush(cli->out) != 0 || ferror(cli->out);
}

static void print_notice(struct cli *cli, const struct ef_monitor_event *e)
{
	switch (e->kind) {
	case EF_MONITOR_DISCONNECT:
		ui_log(cli, EF_LOG_WARN, "%s; waiting for it to come back", e->text);
		break;
	case EF_MONITOR_BOOT_LOOP:
	case EF_MONITOR_PROBLEM:
		if (e->code == EF_OK) /* otherwise the error has the same text */
			ui_log(cli, EF_LOG_WARN, "%s%s", e->text, hint_event_words(e->hint));
		break;
	case EF_MONITOR_RECONNECT:
	case EF_MONITOR_NOTE:
		ui_log(cli, EF_LOG_INFO, "%s", e->text);
		break;
	case EF_MONITOR_LENT:
		ui_log(cli, EF_LOG_INFO,
		       "another command is using the port; waiting until it ends");
		break;
	case EF_MONITOR_RETURNED:
		ui_log(cli, EF_LOG_INFO, "the monitor continues");
		break;
	case EF_MONITOR_END:
		if (e->code == EF_OK && *e->text)
			ui_log(cli, EF_LOG_INFO, "%s", e->text);
		break;
	default:
		break; /* the other events are part of the text */
	}
}

/* A ROM ELF that the user named stays. */
static void meet_rom(struct monitor_setup *s, const char *line)
{
	struct rom_elf met = { .chip = NULL };

	if (s->args->decode.no_addresses || s->args->decode.rom_elf.count > 0 ||
	    !rom_elf_greets(line, &met) || strcmp(met.word, s->rom.word) == 0)
		return;
	s->rom = met;
	s->is_rom_new = true;
}

static void on_event(void *user, const struct ef_monitor_event *event)
{
	struct monitor_setup *s = user;

	if (event->kind == EF_MONITOR_RECONNECT || event->kind == EF_MONITOR_RETURNED)
		s->is_refresh_due = true;
	if (event->kind == EF_MONITOR_TEXT)
		meet_rom(s, event->text);
	if (event->kind == EF_MONITOR_TEXT || event->kind == EF_MONITOR_RECORD ||
	    event->kind == EF_MONITOR_DECODED)
		log_file_line(s->cli, "CHIP", event->text);
	if (s->is_json)
		print_json(s, event);
	else
		print_notice(s->cli, event);
}

/* ---- ELFs ---- */

static struct ef_monitor_decoding decoding_of(const struct monitor_elves *e)
{
	return (struct ef_monitor_decoding){ .decoder = monitor_elves_decoder(e),
					     .defmt = e->defmt,
					     .format = e->format };
}

/* Read all ELFs again. On failure the old ones stay in use. */
static bool reopen(struct monitor_setup *s, struct ef_monitor *m, struct ef_err *err)
{
	struct monitor_elves *now, *old = s->elves;
	struct ef_monitor_decoding decoding;

	now = monitor_elves_open(s->cli, s->args, s->app_elf, NULL,
				 *s->rom.path ? s->rom.path : NULL, err);
	if (now)
		decoding = decoding_of(now);
	if (!now || !ef_monitor_set_decoding(m, &decoding, err)) {
		monitor_elves_close(now);
		return false;
	}
	s->elves = now;
	monitor_elves_close(old);
	return true;
}

static void refresh(struct monitor_setup *s, struct ef_monitor *m)
{
	struct ef_err err = EF_ERR_INIT;

	s->is_refresh_due = false;
	if (!monitor_elves_are_old(s->elves))
		return;
	if (reopen(s, m, &err))
		ui_log(s->cli, EF_LOG_INFO, "the ELF was rebuilt; it was read again");
	else
		ui_log(s->cli, EF_LOG_WARN,
		       "the ELF changed, but can't be used: %s; keeping the old one", err.msg);
}

/* Look for the ELF of the ROM that has introduced itself. */
static void add_rom(struct monitor_setup *s, struct ef_monitor *m)
{
	struct find_query q = { .kind = FIND_BOOTLOADER };
	struct ef_err err = EF_ERR_INIT;
	bool had_one = s->has_rom;

	s->is_rom_new = false;
	find_query_env(&q);
	s->has_rom = rom_elf_find(&q, &s->rom);
	if (!s->has_rom && !had_one)
		return;
	if (!reopen(s, m, &err))
		ui_log(s->cli, EF_LOG_WARN, "the ELF of the ROM can't be used: %s", err.msg);
	else if (s->has_rom)
		ui_log(s->cli, EF_LOG_INFO, "ROM: '%s' (%s)", s->rom.path, s->rom.origin);
}

void monitor_setup_idle(struct monitor_setup *s, struct ef_monitor *m)
{
	struct pollfd out = { .fd = STDOUT_FILENO };

	/*
	 * a failed write shows that the reader has left; poll for that, because a
	 * silent chip causes no write
	 */
	if (s->is_json && poll(&out, 1, 0) > 0 && (out.revents & POLLERR))
		s->is_out_lost = true;
	if (s->is_out_lost) /* finish() in program.c decides whether that is an error */
		ef_monitor_leave(m);
	else if (s->is_rom_new)
		add_rom(s, m);
	else if (s->is_refresh_due)
		refresh(s, m);
}

/* ---- options ---- */

struct key_option {
	const char *text;
	char *ret;
	const char *option;
};

static bool share_a_key(const char *a, const char *b)
{
	for (size_t i = 0; i < EF_MONITOR_KEYS_MAX && a[i]; i++)
		if (memchr(b, a[i], EF_MONITOR_KEYS_MAX))
			return true;
	return false;
}

/*
 * Without a key that leaves, or with a key that has two meanings, only a kill
 * would end the monitor.
 */
static bool check_keys(const struct monitor_setup *s, const struct key_option *keys, size_t count,
		       struct ef_err *err)
{
	if (!s->keys.exit[0] && !s->keys.menu[0]) {
		ef_fail(err, EF_E_USAGE, "no key leaves the monitor");
		return ef_hint_own(err, "give '--exit-key' or '--menu-key' a key");
	}
	for (size_t i = 0; i < count * count; i++) {
		const struct key_option *a = &keys[i / count], *b = &keys[i % count];

		if (a < b && share_a_key(a->ret, b->ret)) {
			ef_fail(err, EF_E_USAGE, "a key is both '%s' and '%s'", a->option,
				b->option);
			return ef_hint_own(err, "give one of them another key, or 'none'");
		}
	}
	return true;
}

static bool parse_keys(struct monitor_setup *s, const struct monitor_args *args, struct ef_err *err)
{
	const struct key_option keys[] = {
		{ args->type.exit_key, s->keys.exit, "--exit-key" },
		{ args->type.reset_key, s->keys.reset, "--reset-key" },
		{ args->type.loader_key, s->keys.loader, "--loader-key" },
		{ args->type.menu_key, s->keys.menu, "--menu-key" },
	};

	for (size_t i = 0; i < EF_ARRAY_LEN(keys); i++)
		if (!ef_monitor_keys_parse(keys[i].text, keys[i].ret, err))
			return ef_context(err, "option '%s'", keys[i].option);
	s->opts.input.keys = &s->keys;
	return check_keys(s, keys, EF_ARRAY_LEN(keys), err);
}

/* Noise can start like an image header. A log does not continue like an image. */
static bool is_of_a_build(const struct ef_map *file)
{
	struct ef_err ignored = EF_ERR_INIT; /* if this fails, the file is not an image */
	struct ef_image_info info;

	switch (ef_content_of(file->data, file->len)) {
	case EF_CONTENT_UNKNOWN:
	case EF_CONTENT_BLANK:
	case EF_CONTENT_TEXT:
	case EF_CONTENT_JSON: /* what an app prints may look like these */
	case EF_CONTENT_CSV:
	case EF_CONTENT_HTML:
		return false;
	case EF_CONTENT_IMAGE:
		return ef_image_parse(file->data, file->len, &info, &ignored);
	default:
		return true;
	}
}

/*
 * The run appends to the log, with --save-raw even binary data, which would damage a firmware or an
 * archive.
 */
static bool check_log(const char *path, struct ef_err *err)
{
	struct ef_map file = { 0 };
	struct ef_err ignored = EF_ERR_INIT; /* a file that can't be read proves nothing */
	bool is_wrong = ef_file_exists(path) && ef_map_open(&file, path, SIZE_MAX, &ignored) &&
			is_of_a_build(&file);

	if (is_wrong) {
		ef_fail(err, EF_E_USAGE, "the log file '%s' is %s, and would be damaged", path,
			ef_content_name(ef_content_of(file.data, file.len)));
		ef_hint_own(err, "name a file that holds a log, or a new one");
	}
	ef_map_release(&file);
	return !is_wrong;
}

static bool open_log(struct monitor_setup *s, const struct monitor_args *args, struct ef_err *err)
{
	if (!args->show.log_file)
		return true;
	if (strcmp(args->show.log_file, "-") == 0) {
		ef_fail(err, EF_E_USAGE,
			"'--save-log' can't be standard output: the monitor's own "
			"output is there");
		return ef_hint_own(err, "name a file, or leave the option out and use a pipe: "
					"espflash-c monitor | tee FILE");
	}
	if (!check_log(args->show.log_file, err))
		return false;
	s->log_fd = ef_file_open_out(args->show.log_file, O_WRONLY | O_CREAT | O_APPEND);
	s->opts.log.fd = s->log_fd;
	s->opts.log.is_raw = args->show.log_raw;
	return (s->log_fd >= 0 && ef_fd_set_nonblocking(s->log_fd)) ||
	       ef_fail(err, errno == EINTR ? EF_E_INTR : EF_E_IO,
		       "cannot write the log file '%s': %s", args->show.log_file,
		       ef_file_words(errno));
}

/* A terminal with an 8-bit character set would take some bytes of UTF-8 as control characters. */
static bool is_locale_ascii(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	for (size_t i = 0; i < EF_ARRAY_LEN(names); i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return !strstr(value, "UTF-8") && !strstr(value, "utf8") &&
			       !strstr(value, "utf-8") && !strstr(value, "UTF8");
	}
	return false; /* no variable is set: assume UTF-8 */
}

/* Choose the list that was given; the table says that they exclude each other. */
static void fill_until(struct ef_monitor_ends *ends, const struct monitor_end_args *args)
{
	const struct opt_list *lists[] = { &args->until, &args->until_all, &args->until_seq };
	static const enum ef_until_mode modes[] = { EF_UNTIL_ANY, EF_UNTIL_ALL, EF_UNTIL_SEQ };

	for (size_t i = 0; i < EF_ARRAY_LEN(lists); i++) {
		if (lists[i]->count == 0)
			continue;
		ends->until = lists[i]->item;
		ends->until_count = lists[i]->count;
		ends->until_mode = modes[i];
	}
}

static void fill(struct monitor_setup *s, const struct monitor_args *args)
{
	const struct ef_symbols_elf *app = monitor_elves_app(s->elves);
	struct ef_monitor_opts *o = &s->opts;

	o->output.fd = s->is_json ? -1 : STDOUT_FILENO;
	o->interrupt = s->cli->interrupt;
	o->output.has_color = s->cli->is_out_color;
	o->output.is_ascii = is_locale_ascii();
	o->output.stamp = (enum ef_stamp)args->show.stamp;
	o->output.filter = args->show.filter;
	fill_until(&o->ends, &args->end);
	o->ends.fail = args->end.fail.item;
	o->ends.fail_count = args->end.fail.count;
	o->ends.timeout_ms = args->end.timeout.is_set ? args->end.timeout.value * 1000u : 0;
	o->ends.on_panic = (enum ef_on_panic)args->end.on_panic;
	o->ends.loop_resets = args->end.boot_loop.value;
	o->ends.loop_time_ms = LOOP_TIME_MS;
	o->input.eol = (enum ef_eol)args->type.eol;
	o->input.has_echo = args->type.echo;
	o->no_reconnect = args->no_reconnect;
	o->processors.command = args->show.processors.item;
	o->processors.count = args->show.processors.count;
	o->processors.arg = app ? app->name : NULL;
	o->event = on_event;
	o->user = s;
}

/* Name the option that has the invalid pattern. */
static bool check_options(const struct ef_monitor_opts *opts, struct ef_err *err)
{
	static const char *const names[] = {
		[EF_UNTIL_ANY] = "--until",
		[EF_UNTIL_ALL] = "--until-all",
		[EF_UNTIL_SEQ] = "--until-seq",
	};

	if (ef_monitor_check(opts, err))
		return true;
	if (err->hint.id == EF_HINT_REGEX_ESCAPE || err->hint.id == EF_HINT_REGEX_SYNTAX ||
	    err->hint.id == EF_HINT_REGEX_SIZE)
		ef_context(err, "%s",
			   err->hint.number[0] == EF_HINT_FAIL ? "--fail"
							       : names[opts->ends.until_mode]);
	return false;
}

bool monitor_setup_open(struct monitor_setup *s, struct cli *cli, const struct monitor_args *args,
			const char *app_elf, const struct ef_map *opened, struct ef_err *err)
{
	*s = (struct monitor_setup){ .cli = cli,
				     .opts = EF_MONITOR_OPTS_INIT,
				     .args = args,
				     .app_elf = app_elf,
				     .log_fd = -1,
				     .is_json = cli->is_json };
	cli->is_json_lines = cli->is_json;
	s->elves = monitor_elves_open(cli, args, app_elf, opened, NULL, err);
	if (!s->elves)
		return false;
	s->opts.decoding = decoding_of(s->elves);
	fill(s, args);
	return parse_keys(s, args, err) && check_options(&s->opts, err) && open_log(s, args, err);
}

void monitor_setup_close(struct monitor_setup *s)
{
	if (!s->cli)
		return;
	monitor_elves_close(s->elves);
	if (s->log_fd >= 0)
		(void)close(s->log_fd);
	*s = (struct monitor_setup){ .cli = NULL };
}
