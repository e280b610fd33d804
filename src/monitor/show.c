/* SPDX-License-Identifier: MIT */
/*
 * Knows what becomes of a line: events, verdicts, the picture on the screen
 * (times, colours, filter) and the copy in the log file.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/util.h"
#include "monitor/monitor_priv.h"

#define CHUNK        1024u
#define LOOP_TELL_US 60000000u
#define STALL_MS     50
#define LINE_ROOM    (LINE_SIZE + 128u)

/* ---- sinks ---- */

void show_put(struct ef_monitor *m, const void *data, size_t len)
{
	struct ef_err err = EF_ERR_INIT;

	while (len > out_room(&m->out) && !m->out.is_gone && m->out.fd >= 0) {
		if (!out_wait(&m->out, STALL_MS, &err)) {
			monitor_end(m, err.code, "%s", err.msg);
			return;
		}
		monitor_check(m);
		if (!m->is_done && !typed_read(m, &err))
			ef_err_clear(&err); /* the port: the main loop sees that, too */
		if (m->is_done)
			return;
	}
	out_add(&m->out, data, len);
}

void show_copy_flush(struct ef_monitor *m)
{
	size_t done = 0;

	while (done < m->copy_len) {
		ssize_t n = write(m->opts->log_fd, m->copy + done, m->copy_len - done);

		if (n > 0) {
			done += (size_t)n;
		} else if (n < 0 && errno != EINTR) {
			/* also at the end of all, and whatever ended it but an error */
			if (m->end.code == EF_OK)
				ef_fail(&m->end, EF_E_IO, "cannot write the log file: %s",
					strerror(errno));
			m->is_done = true;
			break;
		}
	}
	m->copy_len = 0;
}

void show_copy(struct ef_monitor *m, const void *data, size_t len)
{
	const uint8_t *p = data;

	while (m->opts->log_fd >= 0 && len > 0) {
		size_t room = sizeof(m->copy) - m->copy_len;
		size_t n = len < room ? len : room;

		memcpy(m->copy + m->copy_len, p, n);
		m->copy_len += n;
		p += n;
		len -= n;
		if (m->copy_len == sizeof(m->copy))
			show_copy_flush(m);
	}
}

/* ---- times ---- */

static uint64_t system_wall_us(void)
{
	struct timespec ts = { 0, 0 };

	(void)clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000000u + (uint64_t)ts.tv_nsec / 1000u;
}

static void wall_stamp(struct ef_monitor *m, uint64_t ago_us, char *ret, size_t cap)
{
	uint64_t us = (m->opts->wall_us ? m->opts->wall_us() : system_wall_us()) - ago_us;
	time_t seconds = (time_t)(us / 1000000u);
	char text[32] = "";
	struct tm tm;

	if (localtime_r(&seconds, &tm))
		(void)strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm);
	(void)ef_snprintf(ret, cap, "%s.%03u ", text, (unsigned)(us / 1000u % 1000u));
}

/* What stands before a line that began at since_us. Returns the length. */
static size_t stamp(struct ef_monitor *m, uint64_t since_us, char *ret, size_t cap)
{
	uint64_t us = since_us - m->started_us;

	ret[0] = '\0';
	if (m->opts->stamp == EF_STAMP_WALL) {
		wall_stamp(m, m->now_us - since_us, ret, cap);
	} else if (m->opts->stamp != EF_STAMP_NONE) {
		const char *sign = "";

		if (m->opts->stamp == EF_STAMP_DELTA) {
			us = m->stamped_us ? since_us - m->stamped_us : us;
			sign = "+";
		}
		(void)ef_snprintf(ret, cap, "[%s%*" PRIu64 ".%03u] ", sign,
				  m->opts->stamp == EF_STAMP_DELTA ? 3 : 5, us / 1000000u,
				  (unsigned)(us / 1000u % 1000u));
	}
	return strlen(ret);
}

/* ---- the screen ---- */

/* Whether what comes next has the chip's colours: a reset may come in another shape, too. */
static bool leaves_style(const char *text, size_t len, bool is_styled)
{
	for (const char *at = text; (at = memchr(at, '\x1b', len - (size_t)(at - text))); at++) {
		size_t left = len - (size_t)(at - text);

		is_styled = !(left >= 3 && memcmp(at, "\x1b[m", 3) == 0) &&
			    !(left >= 4 && memcmp(at, "\x1b[0m", 4) == 0);
	}
	return is_styled;
}

static void end_style(struct ef_monitor *m)
{
	if (m->is_screen && m->is_styled)
		show_put(m, LOG_COLOR_END, sizeof(LOG_COLOR_END) - 1);
	m->is_styled = false;
}

/* Where there are no colours the chip's have no place either; moves need a screen. */
static bool is_unwanted(const struct ef_monitor *m, char final)
{
	return !m->opts->has_color && (!m->is_screen || final == 'm');
}

/* Text, where the screen may be one that knows nothing but ASCII. */
static void put_text(struct ef_monitor *m, const char *text, size_t len)
{
	bool is_ascii = m->is_screen && m->opts->is_ascii;
	size_t from = 0, i = 0;

	while (i < len) {
		unsigned char c = (unsigned char)text[i];
		size_t n = 1;

		if (c == '\x1b') {
			n = line_sequence_len(text + i, len - i);
			if (!is_unwanted(m, text[i + n - 1])) {
				i += n;
				continue;
			}
		} else if (!is_ascii || c < 0x80) {
			i++;
			continue;
		}
		show_put(m, text + from, i - from);
		if (c >= 0xc0) /* one mark for a character */
			show_put(m, "?", 1);
		from = i += n;
	}
	show_put(m, text + from, len - from);
}

void show_notice(struct ef_monitor *m)
{
	end_style(m);
	if (m->is_midline)
		show_put(m, "\n", 1);
	m->is_midline = false;
}

void show_echo(struct ef_monitor *m, uint8_t c)
{
	bool is_end = c == '\r' || c == '\n';
	const char shown = is_end ? '\n' : (char)c;

	if (is_end || (c >= 0x20 && c != 0x7f))
		put_text(m, &shown, 1);
	m->is_midline = !is_end;
}

/* Whether this, the beginning of a line, could be a log line that a filter hides. */
static bool may_be_log(const char *plain, size_t len)
{
	static const char *const words[] = { "ERROR", "WARN", "INFO", "DEBUG", "TRACE" };

	for (size_t i = 0; i < EF_ARRAY_LEN(words); i++)
		if (len > 0 && strncmp(plain, words[i], strlen(words[i])) == 0)
			return true;
	return len > 0 && strchr("EWIDV", plain[0]) && (len == 1 || plain[1] == ' ');
}

/* A crash is never hidden. */
static bool is_filtered(const struct ef_monitor *m, const char *plain, const struct log_line *log)
{
	return m->opts->filter && !m->in_panic && !is_panic(plain) &&
	       !tag_filter_passes(&m->tags, log);
}

/* The first bytes of a line: when it was, and its colour. */
static void begin_line(struct ef_monitor *m, const struct log_line *log, const char *mark)
{
	bool has_own = memchr(m->line.text, '\x1b', m->line.len) != NULL;
	const char *color = m->opts->has_color && !has_own ? log_line_color(log->level) : "";

	show_put(m, mark, strlen(mark));
	m->is_painted = *color != '\0';
	show_put(m, color, strlen(color));
}

/* What of the current line isn't on the screen yet. */
static void show_rest(struct ef_monitor *m, const struct log_line *log, const char *mark,
		      bool is_end)
{
	struct line *l = &m->line;

	if (m->is_hidden)
		return;
	if (l->shown == 0 && l->is_new)
		begin_line(m, log, mark);
	put_text(m, l->text + l->shown, l->len - l->shown);
	m->is_styled = m->opts->has_color &&
		       leaves_style(l->text + l->shown, l->len - l->shown, m->is_styled);
	l->shown = l->len;
	m->is_midline = true;
	if (!is_end)
		return;
	if (m->is_painted)
		show_put(m, LOG_COLOR_END, sizeof(LOG_COLOR_END) - 1);
	show_put(m, "\n", 1);
	m->is_painted = m->is_midline = false;
}

/* A line that is not the chip's. */
static void show_extra(struct ef_monitor *m, const char *text, const char *color)
{
	show_notice(m);
	if (m->opts->has_color && *color)
		show_put(m, color, strlen(color));
	put_text(m, text, strlen(text));
	if (m->opts->has_color && *color)
		show_put(m, LOG_COLOR_END, sizeof(LOG_COLOR_END) - 1);
	show_put(m, "\n", 1);
	if (!m->opts->is_log_raw) {
		show_copy(m, text, strlen(text));
		show_copy(m, "\n", 1);
	}
}

void show_decoded(void *user, const char *line)
{
	struct ef_monitor *m = user;

	monitor_event(m, EF_MONITOR_DECODED, line);
	show_extra(m, line, "\x1b[0;33m");
}

/* ---- verdicts ---- */

static void judge_panic(struct ef_monitor *m, const char *plain)
{
	if (m->in_panic || !is_panic(plain))
		return;
	m->in_panic = true;
	monitor_event(m, EF_MONITOR_PANIC, plain);
	if (!m->ends_on_panic || m->is_done)
		return;
	m->is_ending = true;
	m->panic_us = m->now_us;
	ef_fail(&m->end, EF_E_PANIC, "the firmware crashed: %s", plain);
}

static void judge_loop(struct ef_monitor *m, const char *reason)
{
	const struct ef_monitor_opts *o = m->opts;
	char text[160];

	if (is_wake_up(reason) || /* that is how it should be */
	    !boot_loop_reset(&m->loop, m->now_us, o->loop_resets, o->loop_time_ms * 1000ull))
		return;
	(void)ef_snprintf(text, sizeof(text),
			  "the chip restarts again and again: %" PRIu32 " resets in %" PRIu32
			  " s, the last one by %s",
			  o->loop_resets, o->loop_time_ms / 1000u, reason);
	/* once a minute is enough for somebody who watches */
	if (m->loop_told_us && m->now_us - m->loop_told_us < LOOP_TELL_US)
		return;
	m->loop_told_us = m->now_us;
	monitor_tell(m, EF_MONITOR_BOOT_LOOP, text, m->ends_on_panic ? EF_E_BOOT_LOOP : EF_OK);
	if (m->ends_on_panic)
		monitor_end(m, EF_E_BOOT_LOOP, "%s", text);
}

static void judge_reset(struct ef_monitor *m, const char *plain)
{
	char reason[48];
	const char *crash;

	if (!reset_reason(plain, reason, sizeof(reason)))
		return;
	crash = reset_crash(reason);
	monitor_event(m, EF_MONITOR_RESET, reason);
	m->in_panic = m->is_ending;
	if (m->has_said && crash) {
		monitor_event(m, EF_MONITOR_PANIC, plain);
		if (m->ends_on_panic)
			monitor_end(m, EF_E_PANIC, "%s: %s", crash, reason);
	}
	judge_loop(m, reason);
}

/* Patterns, on text without colours. The line of the pattern is shown before the end. */
static void judge_patterns(struct ef_monitor *m, const char *plain, bool is_whole)
{
	const char *found = NULL;

	if (m->is_done || m->is_ending)
		return;
	if (is_whole)
		found = patterns_find(&m->fail, plain, true);
	if (found) {
		monitor_end(m, EF_E_FAIL_SEEN, "'%s' was seen: %s", found, plain);
		return;
	}
	found = patterns_find(&m->until, plain, is_whole);
	if (found)
		monitor_end(m, EF_OK, "'%s' was seen: %s", found, plain);
}

static void judge(struct ef_monitor *m, const char *plain)
{
	if (m->is_over)
		return;
	judge_patterns(m, plain, true);
	judge_panic(m, plain);
	judge_reset(m, plain);
	if (m->is_ending && is_panic_end(plain))
		m->is_done = true;
	else if (m->in_panic && !m->is_ending && is_panic_end(plain))
		m->in_panic = false;
	m->has_said = true;
}

/* ---- lines ---- */

static void tell_line(struct ef_monitor *m, const char *plain, const struct log_line *log)
{
	char tag[TAG_SIZE] = "";
	struct ef_monitor_event event = {
		.kind = EF_MONITOR_TEXT,
		.time_us = m->line.since_us - m->started_us,
		.text = plain,
		.level = log->level,
		.tag = tag,
	};

	if (!m->opts->event)
		return;
	if (log->tag_len < sizeof(tag))
		memcpy(tag, log->tag, log->tag_len);
	m->opts->event(m->opts->user, &event);
}

/* A dump of the whole stack in one line is longer than lines are. */
static void decode(struct ef_monitor *m, const char *plain, size_t len, bool is_cut)
{
	struct ef_err err = EF_ERR_INIT;

	if (!m->decoder)
		return;
	if ((is_cut || m->long_line.len > 0) && !ef_buf_add(&m->long_line, plain, len, &err))
		ef_err_clear(&err); /* what is too long is decoded as far as it was kept */
	if (is_cut)
		return;
	if (m->long_line.len > 0)
		ef_decoder_line(m->decoder, (const char *)m->long_line.data, m->long_line.len);
	else
		ef_decoder_line(m->decoder, plain, len);
	m->long_line.len = 0;
}

/* The line is complete (or as long as one can be). record: it is a message of defmt. */
static void end_line(struct ef_monitor *m, bool is_cut, const struct log_line *record)
{
	char plain[LINE_SIZE], mark[64];
	size_t len = line_plain(m->line.text, m->line.len, plain);
	struct log_line log;

	log_line_parse(plain, m->line.is_new ? len : 0, &log);
	if (record)
		log = *record;
	(void)stamp(m, m->line.since_us, mark, sizeof(mark));
	if (m->line.shown == 0 && m->line.is_new) {
		m->is_hidden = is_filtered(m, plain, &log);
		m->stamped_us = m->line.since_us;
	}
	if (!record)
		tell_line(m, plain, &log);
	show_rest(m, &log, mark, !is_cut);
	if (m->opts->log_fd >= 0 && !m->opts->is_log_raw) {
		if (m->line.is_new)
			show_copy(m, mark, strlen(mark));
		show_copy(m, plain, len);
		if (!is_cut)
			show_copy(m, "\n", 1);
	}
	judge(m, plain);
	decode(m, plain, len, is_cut);
	if (!is_cut)
		m->is_hidden = false;
	m->prompt_len = 0;
	line_next(&m->line, is_cut);
}

static void take_clean(struct ef_monitor *m, const uint8_t *data, size_t len)
{
	while (len > 0 && !m->is_done) {
		bool is_end, is_cut;
		size_t n = line_feed(&m->line, data, len, m->now_us, &is_end, &is_cut);

		data += n;
		len -= n;
		if (is_end)
			end_line(m, is_cut, NULL);
	}
}

void show_text(struct ef_monitor *m, const uint8_t *data, size_t len)
{
	uint8_t room[FILTER_ROOM(CHUNK)];

	while (len > 0) {
		size_t n = len < CHUNK ? len : CHUNK;
		struct ef_wr out = ef_wr_init(room, sizeof(room));

		filter_feed(&m->text, data, n, &out);
		take_clean(m, room, out.len);
		data += n;
		len -= n;
	}
}

void show_pause(struct ef_monitor *m)
{
	char plain[LINE_SIZE], mark[64];
	struct log_line log;
	size_t len;

	if (m->line.len == m->line.shown)
		return;
	len = line_plain(m->line.text, m->line.len, plain);
	if (m->line.shown == 0 && m->opts->filter && may_be_log(plain, len))
		return;
	log_line_parse(plain, len, &log);
	if (m->line.shown == 0 && m->line.is_new)
		m->is_hidden = is_filtered(m, plain, &log);
	(void)stamp(m, m->line.since_us, mark, sizeof(mark));
	if (m->line.shown == 0 && m->line.is_new)
		m->stamped_us = m->line.since_us;
	show_rest(m, &log, mark, false);
	judge_patterns(m, plain, false);
}

void show_prompt(struct ef_monitor *m)
{
	char plain[LINE_SIZE];

	if (m->line.len == 0 || m->line.len == m->prompt_len)
		return;
	m->prompt_len = m->line.len;
	(void)line_plain(m->line.text, m->line.len, plain);
	judge_patterns(m, plain, true);
}

void show_end(struct ef_monitor *m)
{
	uint8_t room[FILTER_ROOM(2)];
	struct ef_wr out = ef_wr_init(room, sizeof(room));

	m->is_done = false;
	m->is_over = true;
	filter_flush(&m->text, &out);
	take_clean(m, room, out.len);
	/* an unfinished line stays one in a file; on a terminal the prompt comes next */
	if (m->line.len > 0)
		end_line(m, !m->term.is_raw, NULL);
	else if (m->is_midline && m->term.is_raw)
		show_put(m, "\n", 1);
	end_style(m);
	m->is_done = true;
}

/* ---- defmt ---- */

static void tell_record(struct ef_monitor *m, const struct ef_defmt_record *record,
			const struct log_line *log)
{
	struct ef_monitor_event event = {
		.kind = EF_MONITOR_RECORD,
		.time_us = m->now_us - m->started_us,
		.text = record->message,
		.level = log->level,
		.tag = log->tag,
		.record = record,
	};

	if (m->opts->event)
		m->opts->event(m->opts->user, &event);
}

void show_record(struct ef_monitor *m, const struct ef_defmt_record *record)
{
	static const char levels[] = { '\0', 'V', 'D', 'I', 'W', 'E' };
	struct log_line log = { levels[record->level], record->crate, strlen(record->crate) };
	char text[LINE_SIZE];
	const char *at = text;

	if (m->line.len > 0)
		end_line(m, false, NULL);
	tell_record(m, record, &log);
	(void)ef_defmt_format_write(m->defmt_format, record, m->opts->has_color, text,
				    sizeof(text));
	while (at && !m->is_done) {
		const char *next = strchr(at, '\n');
		size_t len = next ? (size_t)(next - at) : strlen(at);

		memcpy(m->line.text, at, len);
		m->line.len = len;
		m->line.since_us = m->now_us;
		end_line(m, false, &log);
		at = next ? next + 1 : NULL;
	}
	/* whatever the format puts around it */
	if (!m->is_over)
		judge_patterns(m, record->message, true);
}
