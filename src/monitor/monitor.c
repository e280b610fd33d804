/* SPDX-License-Identifier: MIT */
/*
 * Knows the life of a monitor: what is looked for in which order, what waits
 * for what, the port that goes away and comes back, and the end.
 */
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/util.h"
#include "monitor/monitor_priv.h"

#define READ_MS       20u /* how long the keyboard waits for the chip at most */
#define REOPEN_MS     200u
#define STALL_MS      50
#define CHUNK         4096u
#define GATHER_US     2000u /* a chip that talks on: fewer and larger reads */
#define FLUSH_US      100000u
#define PROMPT_US     500000u
#define DUMP_US       1000000u  /* a dump that goes on after this is unwound twice */
#define PANIC_US      15000000u /* a core dump takes its time */
#define PANIC_IDLE_US 3000000u

const char *ef_monitor_event_name(enum ef_monitor_event_kind kind)
{
	static const char *const names[] = {
		[EF_MONITOR_TEXT] = "text",
		[EF_MONITOR_RECORD] = "record",
		[EF_MONITOR_DECODED] = "decoded",
		[EF_MONITOR_PROBLEM] = "problem",
		[EF_MONITOR_RESET] = "reset",
		[EF_MONITOR_PANIC] = "panic",
		[EF_MONITOR_BOOT_LOOP] = "boot-loop",
		[EF_MONITOR_DISCONNECT] = "disconnect",
		[EF_MONITOR_RECONNECT] = "reconnect",
		[EF_MONITOR_LENT] = "lent",
		[EF_MONITOR_RETURNED] = "returned",
		[EF_MONITOR_NOTE] = "note",
		[EF_MONITOR_END] = "end",
	};

	return (size_t)kind < EF_ARRAY_LEN(names) ? names[kind] : "unknown";
}

/* ---- time ---- */

static uint64_t host_us(void)
{
	struct timespec ts = { 0, 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000u + (uint64_t)ts.tv_nsec / 1000u;
}

static uint64_t port_or_host_us(const struct ef_monitor *m)
{
	return m->port ? ef_port_now_us(m->port) : host_us();
}

static void look_at_clock(struct ef_monitor *m)
{
	m->now_us = port_or_host_us(m) + m->shift_us; /* wraps as it should */
}

/* ---- events and the end ---- */

static bool is_notice(enum ef_monitor_event_kind kind)
{
	return kind >= EF_MONITOR_BOOT_LOOP;
}

void monitor_tell(struct ef_monitor *m, enum ef_monitor_event_kind kind, const char *text,
		  enum ef_code code)
{
	const struct ef_monitor_event event = {
		.kind = kind,
		.time_us = m->now_us - m->started_us,
		.text = text,
		.tag = "",
		.code = code,
	};
	struct ef_err ignored = EF_ERR_INIT;

	if (!m->opts->event)
		return;
	/* others write to the same terminal */
	if (is_notice(kind) && m->is_screen) {
		show_notice(m);
		if (!out_flush(&m->out, &ignored))
			ef_err_clear(&ignored); /* the loop sees it, too */
	}
	m->opts->event(m->opts->user, &event);
}

void monitor_event(struct ef_monitor *m, enum ef_monitor_event_kind kind, const char *text)
{
	monitor_tell(m, kind, text, EF_OK);
}

void monitor_end(struct ef_monitor *m, enum ef_code code, const char *fmt, ...)
{
	va_list ap;

	if (m->is_done || m->is_over)
		return;
	m->is_done = true;
	if (m->end.code != EF_OK)
		return; /* a crash was being shown */
	va_start(ap, fmt);
	if (code == EF_OK) {
		(void)vsnprintf(m->reason, sizeof(m->reason), fmt, ap);
		ef_clean_text(m->reason);
	} else {
		ef_vfail(&m->end, code, fmt, ap);
	}
	va_end(ap);
}

void monitor_check(struct ef_monitor *m)
{
	if ((m->opts->interrupt && *m->opts->interrupt) || term_check(&m->term) != 0)
		m->is_done = m->is_left = true;
}

/* An error that ends it, with its hint. To be interrupted is how a monitor ends. */
static void fail(struct ef_monitor *m, struct ef_err *err)
{
	if (err->code == EF_E_INTR)
		m->is_left = true;
	else if (m->end.code == EF_OK && !m->is_done)
		m->end = *err;
	m->is_done = true;
}

/* ---- what the chip says ---- */

static void on_text(void *user, const uint8_t *data, size_t len)
{
	show_text(user, data, len);
}

static void on_record(void *user, const struct ef_defmt_record *record)
{
	show_record(user, record);
}

static void on_problem(void *user, const char *what)
{
	monitor_event(user, EF_MONITOR_PROBLEM, what);
}

static void demux(struct ef_monitor *m, const uint8_t *data, size_t len)
{
	const struct ef_defmt_sink sink = { on_record, on_text, on_problem, m };

	if (m->defmt) {
		ef_defmt_feed(m->defmt, data, len, &sink);
		return;
	}
	if (looks_like_defmt(&m->frames, data, len))
		monitor_event(m, EF_MONITOR_PROBLEM,
			      "this looks like defmt, which needs the app's ELF: give it with "
			      "'--elf', and no '-L serial'");
	show_text(m, data, len);
}

static void pause_text(struct ef_monitor *m)
{
	const struct ef_defmt_sink sink = { on_record, on_text, on_problem, m };

	if (m->defmt && m->now_us - m->heard_us > FLUSH_US)
		ef_defmt_flush(m->defmt, &sink);
	show_pause(m);
	if (m->now_us - m->heard_us > PROMPT_US)
		show_prompt(m);
	/* in the middle of a line there is more to come */
	if (m->decoder && m->line.len == 0 && m->now_us - m->heard_us > DUMP_US)
		ef_decoder_flush(m->decoder);
}

static void take(struct ef_monitor *m, const uint8_t *data, size_t len)
{
	m->heard_us = m->now_us;
	if (m->opts->is_log_raw)
		show_copy(m, data, len);
	if (m->procs.count)
		procs_feed(&m->procs, data, len);
	else
		demux(m, data, len);
}

static void pump_processors(struct ef_monitor *m)
{
	struct ef_err err = EF_ERR_INIT;
	size_t len = 1;

	for (unsigned i = 0; m->procs.count && i < 16 && len > 0 && !m->is_done; i++) {
		if (!procs_pump(&m->procs, m->made, sizeof(m->made), &len, &err)) {
			fail(m, &err);
			return;
		}
		demux(m, m->made, len);
	}
}

/* A line that goes on for long without an end is shown, too. */
static bool is_late(const struct ef_monitor *m)
{
	return m->line.len > m->line.shown && m->now_us - m->line.since_us > FLUSH_US;
}

static bool read_chip(struct ef_monitor *m, struct ef_err *err)
{
	size_t len = 0;

	/* the reader stalls: the system's buffers are the ones that fill now */
	if (m->out.fd >= 0 && !m->out.is_gone && out_room(&m->out) < OUT_SIZE / 2)
		return out_wait(&m->out, STALL_MS, err);
	if (procs_room(&m->procs) < sizeof(m->got))
		return ef_port_sleep_us(m->port, GATHER_US, err);
	if (m->is_talking && !ef_port_sleep_us(m->port, GATHER_US, err))
		return false;
	if (!ef_port_read(m->port, m->got, sizeof(m->got), ef_port_deadline(m->port, READ_MS), &len,
			  err))
		return false;
	look_at_clock(m);
	m->is_talking = len > 0 && len < sizeof(m->got) / 2 && m->has_read;
	m->has_read = len > 0;
	if (len > 0)
		take(m, m->got, len);
	pump_processors(m);
	if (len == 0 || is_late(m))
		pause_text(m);
	return true;
}

/* ---- the port goes away ---- */

static void lose(struct ef_monitor *m, struct ef_err *err)
{
	const struct ef_monitor_opts *o = m->opts;

	if (err->code != EF_E_PORT || o->no_reconnect || !m->port->ops->reopen || m->is_done) {
		fail(m, err);
		return;
	}
	m->is_lost = true;
	m->is_talking = m->has_read = false;
	m->typed.pos = m->typed.len = 0;
	show_pause(m);
	monitor_event(m, EF_MONITOR_DISCONNECT, err->msg);
}

static void find_again(struct ef_monitor *m)
{
	struct ef_err err = EF_ERR_INIT;
	uint64_t before = host_us();
	char text[320];

	if (ef_port_reopen(m->port, ef_port_deadline(m->port, REOPEN_MS), &err)) {
		look_at_clock(m);
		m->is_lost = false;
		m->in_panic = m->is_ending;
		(void)ef_snprintf(text, sizeof(text), "'%s' is back", m->port->info.name);
		monitor_event(m, EF_MONITOR_RECONNECT, text);
		return;
	}
	look_at_clock(m);
	if (err.code != EF_E_PORT && err.code != EF_E_TIMEOUT) {
		fail(m, &err);
		return;
	}
	/* a backend that does not wait itself */
	if (host_us() - before < REOPEN_MS * 500u)
		(void)poll(NULL, 0, (int)REOPEN_MS / 4);
}

void ef_monitor_set_port(struct ef_monitor *m, struct ef_port *port)
{
	bool was_lent = !m->port;

	look_at_clock(m);
	m->port = port;
	m->shift_us = m->now_us - port_or_host_us(m);
	m->is_lost = m->is_talking = m->has_read = false;
	m->typed.pos = m->typed.len = 0;
	m->loop.count = 0;
	m->has_said = m->in_panic = false;
	if (!port)
		show_pause(m);
	if (!port || was_lent)
		monitor_event(m, port ? EF_MONITOR_RETURNED : EF_MONITOR_LENT, "");
}

void ef_monitor_leave(struct ef_monitor *m)
{
	m->is_done = m->is_left = true;
}

bool ef_monitor_set_decoding(struct ef_monitor *m, const struct ef_decoder_opts *opts,
			     struct ef_defmt *defmt, const struct ef_defmt_format *format,
			     struct ef_err *err)
{
	struct ef_decoder *decoder = NULL;

	if (opts && !ef_decoder_open(opts, show_decoded, m, &decoder, err))
		return false;
	if (m->decoder)
		ef_decoder_flush(m->decoder);
	ef_decoder_close(m->decoder);
	m->decoder = decoder;
	m->defmt = defmt;
	m->defmt_format = format;
	return true;
}

/* ---- the loop ---- */

static void check_times(struct ef_monitor *m)
{
	uint64_t limit_us = (uint64_t)m->opts->timeout_ms * 1000u;

	look_at_clock(m);
	if (m->is_ending &&
	    (m->now_us - m->panic_us > PANIC_US || m->now_us - m->heard_us > PANIC_IDLE_US))
		m->is_done = true;
	if (limit_us && m->now_us - m->started_us >= limit_us)
		monitor_end(m, EF_E_TIME_UP, "nothing ended the monitor within %u.%u s",
			    (unsigned)(m->opts->timeout_ms / 1000u),
			    (unsigned)(m->opts->timeout_ms / 100u % 10u));
}

static void turn(struct ef_monitor *m)
{
	struct ef_err err = EF_ERR_INIT;
	bool ok = true;

	if (m->opts->idle)
		m->opts->idle(m->opts->user, m);
	if (!m->port)
		(void)poll(NULL, 0, (int)READ_MS);
	else if (m->is_lost)
		find_again(m);
	else
		ok = read_chip(m, &err);
	if (ok && !m->is_done)
		ok = typed_read(m, &err);
	/* also what was typed before the key that leaves */
	if (ok && m->end.code == EF_OK && m->port && !m->is_lost)
		ok = typed_send(m, &err);
	if (!ok)
		lose(m, &err);
	ef_err_clear(&err); /* it is in m->end, or the port is lost */
	if (!out_flush(&m->out, &err))
		fail(m, &err);
	if (m->out.is_gone)
		m->is_done = m->is_left = true;
	show_copy_flush(m);
	check_times(m);
	monitor_check(m);
}

/* ---- begin and end ---- */

static bool prepare(struct ef_monitor *m, struct ef_err *err)
{
	const struct ef_monitor_opts *o = m->opts;

	m->line.is_new = true;
	m->long_line.max = LONG_LINE;
	m->keys.set = o->keys ? *o->keys : keys_default;
	m->ends_on_panic = o->on_panic == EF_ON_PANIC_EXIT ||
			   (o->on_panic == EF_ON_PANIC_AUTO &&
			    (o->until_count || o->fail_count || o->timeout_ms));
	if (!tag_filter_parse(o->filter ? o->filter : "", &m->tags, err) ||
	    !patterns_compile(&m->until, "--until", o->until, o->until_count, err) ||
	    !patterns_compile(&m->fail, "--fail", o->fail, o->fail_count, err))
		return false;
	m->typed.data = malloc(TYPED_SIZE);
	if (!m->typed.data)
		return ef_fail(err, EF_E_IO, "out of memory");
	return true;
}

static bool start(struct ef_monitor *m, struct ef_err *err)
{
	const struct ef_monitor_opts *o = m->opts;

	m->is_screen = o->out_fd >= 0 && isatty(o->out_fd);
	return out_open(&m->out, o->out_fd, err) &&
	       ef_monitor_set_decoding(m, o->decoder, o->defmt, o->defmt_format, err) &&
	       procs_start(&m->procs, o->processors, o->processor_count, o->processor_arg, err);
}

static void greet(struct ef_monitor *m)
{
	char name[64], text[128];

	if (!m->term.is_raw || m->opts->is_quiet)
		return;
	if (m->is_screen) {
		typed_help(m);
		return;
	}
	keys_name(m->keys.set.exit, name, sizeof(name));
	(void)ef_snprintf(text, sizeof(text), "%s leaves the monitor", name);
	if (name[0])
		monitor_event(m, EF_MONITOR_NOTE, text);
}

static void finish_processors(struct ef_monitor *m)
{
	size_t len = 1;

	/* what comes after the line that ended it was not asked for */
	m->is_done = m->is_left || m->reason[0] ||
		     (m->end.code != EF_OK && m->end.code != EF_E_TIME_UP);
	m->is_over = true;
	while (m->procs.count && len > 0 && !m->is_done) {
		procs_finish(&m->procs, m->made, sizeof(m->made), &len);
		demux(m, m->made, len);
		monitor_check(m);
	}
}

/* What still waits goes out, but not for ever to a reader that the user left. */
static void finish_output(struct ef_monitor *m)
{
	struct ef_err err = EF_ERR_INIT;
	size_t room = out_room(&m->out);

	finish_processors(m);
	if (m->decoder && !m->is_left)
		ef_decoder_flush(m->decoder);
	show_end(m);
	show_copy_flush(m);
	while (m->out.pos < m->out.len && !m->out.is_gone) {
		if (!out_wait(&m->out, STALL_MS, &err))
			break;
		monitor_check(m);
		if (m->is_left && out_room(&m->out) == room)
			break;
		room = out_room(&m->out);
	}
}

static void release(struct ef_monitor *m)
{
	procs_stop(&m->procs);
	ef_decoder_close(m->decoder);
	patterns_release(&m->until);
	patterns_release(&m->fail);
	out_close(&m->out);
	ef_buf_release(&m->long_line);
	free(m->typed.data);
	free(m);
}

static struct ef_monitor *new_monitor(const struct ef_monitor_opts *opts, struct ef_err *err)
{
	struct ef_monitor *m = calloc(1, sizeof(*m));

	if (!m) {
		ef_fail(err, EF_E_IO, "out of memory");
		return NULL;
	}
	m->opts = opts;
	m->procs.in = m->procs.out = -1;
	if (prepare(m, err))
		return m;
	release(m);
	return NULL;
}

bool ef_monitor_check(const struct ef_monitor_opts *opts, struct ef_err *err)
{
	struct ef_monitor *m = new_monitor(opts, err);

	if (!m)
		return false;
	release(m);
	return opts->processor_count <= PROCS_MAX ||
	       ef_fail(err, EF_E_USAGE, "at most %u log processors", PROCS_MAX);
}

bool ef_monitor_run(struct ef_port *port, const struct ef_monitor_opts *opts, struct ef_err *err)
{
	struct ef_monitor *m = new_monitor(opts, err);
	bool ok;

	if (!m)
		return false;
	m->port = port;
	look_at_clock(m);
	m->started_us = m->heard_us = m->now_us;
	if (!start(m, err)) {
		release(m);
		return false;
	}
	term_open(&m->term, opts->in_fd);
	greet(m);
	while (!m->is_done)
		turn(m);
	finish_output(m);
	monitor_tell(m, EF_MONITOR_END, m->end.code ? m->end.msg : m->reason, m->end.code);
	ok = m->end.code == EF_OK;
	if (!ok)
		*err = m->end;
	procs_stop(&m->procs);
	term_close(&m->term); /* may be the end of the process */
	release(m);
	return ok;
}
