/* SPDX-License-Identifier: MIT */
/*
 * Knows the stages of the monitor and their order, and the life of a run:
 *
 *     port -> source -> feed (processors) -> demux (defmt) -> show (lines)
 *          -> verdict, report, screen -> out, log_copy, explain
 *     keyboard -> typed -> port
 *
 * The loop gives each stage its turn. A stage calls those behind it, never
 * this file and never one before it.
 */
#include <poll.h>
#include <stdlib.h>

#include "base/util.h"
#include "monitor/feed.h"
#include "monitor/rate_watch.h"
#include "monitor/source.h"
#include "monitor/typed.h"
#include <espflash/reset.h>

#define TURN_MS   20 /* length of a turn without a port */
#define STALL_MS  50 /* how long a turn waits for a reader that takes nothing */
#define FLUSH_US  100000u
#define PROMPT_US 500000u
#define DUMP_US   1000000u /* a dump that goes on after this pause is unwound twice */

struct ef_monitor {
	const struct ef_monitor_opts *opts;
	struct run_clock clock;
	struct ending ending;
	struct source source;
	struct rate_watch rate;
	struct feed feed;
	struct demux demux;
	struct show show;
	struct verdict verdict;
	struct explain explain;
	struct report report;
	struct log_copy copy;
	struct screen screen;
	struct typed typed;
};

/* Check for an interrupt, or a signal that must end the program. */
static void check_signals(struct ef_monitor *m)
{
	if ((m->opts->interrupt && *m->opts->interrupt) || term_check(&m->typed.term) != 0)
		ending_signal(&m->ending);
}

/* ---- what the chip says ---- */

static void pause_text(struct ef_monitor *m)
{
	uint64_t silent_us = m->clock.now_us - m->source.heard_us;

	if (silent_us > FLUSH_US)
		demux_flush(&m->demux, m->source.heard_us);
	show_pause(&m->show);
	if (silent_us > PROMPT_US)
		show_prompt(&m->show);
	/* in the middle of a line, the rest of it is still to come */
	if (m->show.line.len == 0 && silent_us > DUMP_US)
		explain_flush(&m->explain);
}

/* ---- another rate ---- */

/* There is no sign that the firmware's log is anything but text. */
static bool expects_text(const struct ef_monitor *m)
{
	return !m->demux.defmt && !m->demux.frames.is_told &&
	       (m->source.port->caps & EF_PORT_HAS_BAUD);
}

static bool look_for_rate(struct ef_monitor *m, struct ef_err *err)
{
	bool resets = false;

	if (!expects_text(m) ||
	    !rate_watch_wants_probe(&m->rate, m->clock.now_us, m->source.heard_us, &resets))
		return true;
	show_pause(&m->show);
	if (!rate_watch_begin(&m->rate, err))
		return false;
	if (!resets)
		return true;
	verdict_user_reset(&m->verdict);
	return !source_has_lines(&m->source) ||
	       ef_reset_run(ef_reset_hard(m->source.port), m->source.port, err);
}

static bool listen(struct ef_monitor *m, struct ef_err *err)
{
	size_t len;

	if (m->rate.is_probing)
		return rate_watch_hear(&m->rate, err);

	/* the reader stalls: let the system's buffers fill, not ours */
	if (!out_is_ready(&m->screen.out)) {
		source_not_heard(&m->source);
		return out_wait(&m->screen.out, STALL_MS, err);
	}
	if (!feed_is_empty(&m->feed))
		return true;
	if (!feed_has_room(&m->feed, READ_SIZE))
		return source_rest(&m->source, err);
	if (!source_read(&m->source, &len, err))
		return false;
	if (len > 0) {
		log_copy_raw(&m->copy, m->source.data, len);
		rate_watch_feed(&m->rate, m->source.data, len, m->clock.now_us);
		feed_take(&m->feed, m->source.data, len);
	}
	if (!feed_run(&m->feed, err))
		return false;
	if (feed_is_empty(&m->feed) &&
	    (len == 0 || show_is_late(&m->show, m->clock.now_us, FLUSH_US)))
		pause_text(m);
	return look_for_rate(m, err);
}

/* ---- the end of the time ---- */

/*
 * The loop ends the run when the time is up. The port's limit is for a port that blocks the loop.
 */
static void limit_port(const struct ef_monitor *m, struct ef_port *port)
{
	if (port && m->opts->ends.timeout_ms)
		ef_port_set_limit(port, ef_port_now_us(port) +
						run_clock_left_us(&m->clock, &m->opts->ends));
}

/* ---- the port goes away ---- */

static void lose(struct ef_monitor *m, const struct ef_err *err)
{
	/* the time is up, which will end the run */
	if (err->code == EF_E_TIMEOUT && source_is_open(&m->source) &&
	    ef_port_is_late(m->source.port))
		return;
	if (err->code != EF_E_PORT || m->opts->no_reconnect || !m->source.port->ops->reopen ||
	    m->ending.is_done) {
		ending_fail(&m->ending, err);
		return;
	}
	source_lose(&m->source);
	typed_drop(&m->typed);
	show_pause(&m->show);
	report_event(&m->report, EF_MONITOR_DISCONNECT, err->msg);
}

static void find_again(struct ef_monitor *m)
{
	struct ef_err err = EF_ERR_INIT;
	bool is_back;
	char text[320];

	if (!source_reopen(&m->source, &is_back, &err)) {
		ending_fail(&m->ending, &err);
		return;
	}
	if (!is_back)
		return;
	rate_watch_stop(&m->rate, m->source.port);
	verdict_gap(&m->verdict);
	(void)ef_snprintf(text, sizeof(text), "'%s' is back", m->source.port->info.name);
	report_event(&m->report, EF_MONITOR_RECONNECT, text);
}

void ef_monitor_set_port(struct ef_monitor *m, struct ef_port *port)
{
	bool was_lent = !m->source.port;

	rate_watch_stop(&m->rate, source_is_open(&m->source) ? m->source.port : NULL);
	source_switch(&m->source, port);
	limit_port(m, port);
	typed_drop(&m->typed);
	verdict_user_reset(&m->verdict);
	verdict_gap(&m->verdict);
	if (!port)
		show_pause(&m->show);
	if (!port || was_lent)
		report_event(&m->report, port ? EF_MONITOR_RETURNED : EF_MONITOR_LENT, "");
}

void ef_monitor_leave(struct ef_monitor *m)
{
	ending_leave(&m->ending);
}

bool ef_monitor_set_decoding(struct ef_monitor *m, const struct ef_monitor_decoding *decoding,
			     struct ef_err *err)
{
	if (!explain_use(&m->explain, decoding->decoder, err))
		return false;
	m->demux.defmt = decoding->defmt;
	m->demux.format = decoding->format;
	return true;
}

/* ---- keys ---- */

static void show_help(struct ef_monitor *m)
{
	char text[1024];

	(void)keys_help(&m->typed.keys.set, source_has_lines(&m->source), text, sizeof(text));
	screen_notice(&m->screen);
	screen_say(&m->screen, text);
}

static bool reset(struct ef_monitor *m, const struct ef_reset *how, const char *what,
		  struct ef_err *err)
{
	if (!source_has_lines(&m->source)) {
		report_event(&m->report, EF_MONITOR_NOTE,
			     "no reset is possible: this port has no DTR and RTS");
		return true;
	}
	verdict_user_reset(&m->verdict);
	if (!m->opts->input.is_quiet)
		report_event(&m->report, EF_MONITOR_NOTE, what);
	return ef_reset_run(how, m->source.port, err);
}

static bool run_command(struct ef_monitor *m, enum key_action action, struct ef_err *err)
{
	const struct ef_reset *order[EF_RESET_ORDER_MAX];
	struct ef_port *port = source_is_open(&m->source) ? m->source.port : NULL;

	if (action == KEY_EXIT)
		ending_leave(&m->ending);
	else if (action == KEY_HELP)
		show_help(m);
	else if (action == KEY_RESET && port)
		return reset(m, ef_reset_hard(port), "the chip is reset", err);
	else if (action == KEY_LOADER && port && ef_reset_order(port, false, order) > 0)
		return reset(m, order[0], "the chip is reset into download mode", err);
	return true;
}

static bool read_keys(struct ef_monitor *m, struct ef_err *err)
{
	bool ok = true;

	typed_read(&m->typed, source_is_open(&m->source));
	while (ok && !m->ending.is_done) {
		enum key_action action = typed_next(&m->typed, source_is_open(&m->source));

		if (action == KEY_NOTHING)
			break;
		ok = run_command(m, action, err);
	}
	return ok;
}

/* ---- the loop ---- */

static bool use_port(struct ef_monitor *m, struct ef_err *err)
{
	if (!feed_run(&m->feed, err))
		return false;
	if (!m->source.port)
		(void)poll(NULL, 0, TURN_MS);
	else if (m->source.is_lost)
		find_again(m);
	else
		return listen(m, err);
	return true;
}

static void write_outputs(struct ef_monitor *m)
{
	struct ef_err err = EF_ERR_INIT;

	if (!out_flush(&m->screen.out, &err))
		ending_fail(&m->ending, &err);
	if (m->screen.out.is_gone)
		ending_leave(&m->ending);
	ef_err_clear(&err); /* the ending has the error already */
	if (!log_copy_flush(&m->copy, &err))
		ending_fail(&m->ending, &err);
}

static void turn(struct ef_monitor *m)
{
	struct ef_err err = EF_ERR_INIT;
	bool ok;

	if (m->opts->idle)
		m->opts->idle(m->opts->user, m);
	ok = use_port(m, &err);
	if (ok && !m->ending.is_done)
		ok = read_keys(m, &err);
	/* also send the characters that the user typed before the exit key */
	if (ok && m->ending.err.code == EF_OK && source_is_open(&m->source))
		ok = typed_send(&m->typed, m->source.port, &err);
	if (!ok)
		lose(m, &err);
	write_outputs(m);
	run_clock_read(&m->clock, m->source.port);
	verdict_times(&m->verdict, m->source.heard_us);
	check_signals(m);
}

/* ---- begin and end ---- */

/* Each stage gets its options and the stages behind it. */
static void connect_stages(struct ef_monitor *m)
{
	const struct ef_monitor_opts *o = m->opts;

	m->report = (struct report){ &m->clock, &m->screen, o->event, o->user };
	m->copy.opts = o->log;
	explain_init(&m->explain, &m->report, &m->screen, &m->copy);
	m->verdict.clock = m->show.stamp.clock = m->feed.clock = m->source.clock = &m->clock;
	m->verdict.report = m->show.report = m->demux.report = &m->report;
	m->verdict.ending = &m->ending;
	m->show.ending = m->feed.ending = &m->ending;
	m->show.screen = &m->screen;
	m->show.copy = &m->copy;
	m->show.verdict = &m->verdict;
	m->show.explain = &m->explain;
	m->show.stamp.kind = o->output.stamp;
	m->show.stamp.wall_us = o->output.wall_us;
	m->rate.may_reset = o->may_reset;
	m->rate.source = &m->source;
	m->rate.report = &m->report;
	m->show.has_filter = o->output.filter != NULL;
	m->show.line.is_new = true;
	m->demux.show = &m->show;
	m->feed.demux = &m->demux;
	m->feed.out = &m->screen.out;
	m->feed.procs.in = m->feed.procs.out = -1;
}

static bool prepare(struct ef_monitor *m, struct ef_err *err)
{
	const struct ef_monitor_opts *o = m->opts;

	return tag_filter_parse(o->output.filter ? o->output.filter : "", &m->show.tags, err) &&
	       verdict_open(&m->verdict, &o->ends, err) &&
	       typed_init(&m->typed, &o->input, &m->report, &m->screen, err);
}

static void release(struct ef_monitor *m)
{
	procs_stop(&m->feed.procs);
	explain_close(&m->explain);
	verdict_close(&m->verdict);
	screen_close(&m->screen);
	typed_release(&m->typed);
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
	connect_stages(m);
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
	return opts->processors.count <= PROCS_MAX ||
	       ef_fail(err, EF_E_USAGE, "at most %u log processors", PROCS_MAX);
}

static bool start(struct ef_monitor *m, struct ef_port *port, struct ef_err *err)
{
	const struct ef_monitor_processors *p = &m->opts->processors;

	m->source.port = port;
	run_clock_start(&m->clock, port);
	m->source.heard_us = m->clock.now_us;
	limit_port(m, port);
	return screen_open(&m->screen, &m->opts->output, err) &&
	       ef_monitor_set_decoding(m, &m->opts->decoding, err) &&
	       procs_start(&m->feed.procs, p->command, p->count, p->arg, err);
}

static void greet(struct ef_monitor *m)
{
	char name[64], text[128];

	if (!m->typed.term.is_raw || m->opts->input.is_quiet)
		return;
	if (m->screen.is_tty) {
		show_help(m);
		return;
	}
	keys_name(m->typed.keys.set.exit, name, sizeof(name));
	(void)ef_snprintf(text, sizeof(text), "%s leaves the monitor", name);
	if (name[0])
		report_event(&m->report, EF_MONITOR_NOTE, text);
}

/*
 * Wait for the reader of the output. Returns whether it took something. If the user leaves, or the
 * time is up, do not wait for a reader that takes nothing.
 */
static bool wait_for_reader(struct ef_monitor *m)
{
	struct ef_err err = EF_ERR_INIT;
	size_t room = out_room(&m->screen.out);
	bool is_late;

	if (m->screen.out.is_gone || !out_wait(&m->screen.out, STALL_MS, &err))
		return false;
	typed_read(&m->typed, false);
	if (typed_next(&m->typed, false) == KEY_EXIT)
		ending_leave(&m->ending);
	check_signals(m);
	run_clock_read(&m->clock, m->source.port);
	is_late = m->opts->ends.timeout_ms && !run_clock_left_us(&m->clock, &m->opts->ends);
	return out_room(&m->screen.out) != room || !(m->ending.is_left || is_late);
}

/* Show text that came before the end and is still on its way. It can't change the result. */
static void finish_text(struct ef_monitor *m)
{
	bool wants_rest = ending_wants_rest(&m->ending);

	m->ending.is_closed = true;
	while (wants_rest && !m->ending.is_left) {
		if (!out_is_ready(&m->screen.out)) {
			wants_rest = wait_for_reader(m);
			continue;
		}
		wants_rest = feed_finish(&m->feed);
		check_signals(m);
	}
	if (!m->ending.is_left)
		explain_flush(&m->explain);
	show_end(&m->show, m->typed.term.is_raw);
}

static void finish(struct ef_monitor *m)
{
	struct ef_err err = EF_ERR_INIT;

	finish_text(m);
	verdict_left(&m->verdict);
	if (!log_copy_flush(&m->copy, &err) && m->ending.err.code == EF_OK)
		m->ending.err = err;
	while (m->screen.out.len > 0 && wait_for_reader(m))
		;
	report_end(&m->report, m->ending.err.code ? m->ending.err.msg : m->ending.reason,
		   m->ending.err.code, m->verdict.until.met);
	procs_stop(&m->feed.procs);
	term_close(&m->typed.term); /* a signal that was held back may end the process here */
}

bool ef_monitor_run(struct ef_port *port, const struct ef_monitor_opts *opts, struct ef_err *err)
{
	struct ef_monitor *m = new_monitor(opts, err);
	bool ok;

	if (!m)
		return false;
	if (!start(m, port, err)) {
		release(m);
		return false;
	}
	term_open(&m->typed.term, opts->input.fd);
	greet(m);
	while (!m->ending.is_done)
		turn(m);
	finish(m);
	ok = m->ending.err.code == EF_OK;
	if (!ok)
		*err = m->ending.err;
	release(m);
	return ok;
}
