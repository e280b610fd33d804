/* SPDX-License-Identifier: MIT */
/* Knows when a line is shown, and in which order the later stages get it. */
#include "monitor/show.h"

#include <string.h>

#include "base/util.h"

#define CHUNK 1024u

/* ---- the filter ---- */

/* Return whether the beginning of a line could be that of a log line, which the filter may hide. */
static bool may_be_log(const char *plain, size_t len)
{
	static const char *const words[] = { "ERROR", "WARN", "INFO", "DEBUG", "TRACE" };

	for (size_t i = 0; i < EF_ARRAY_LEN(words); i++)
		if (len > 0 && strncmp(plain, words[i], strlen(words[i])) == 0)
			return true;
	return len > 0 && strchr("EWIDV", plain[0]) && (len == 1 || plain[1] == ' ');
}

static bool is_filtered(const struct show *s, const char *plain, const struct log_line *log)
{
	return s->has_filter && !verdict_is_crash(s->verdict, plain) &&
	       !tag_filter_passes(&s->tags, log);
}

/* ---- one line ---- */

/* Return whether nothing of the line is on the screen yet. */
static bool is_fresh(const struct show *s)
{
	return s->line.shown == 0 && s->line.is_new;
}

/* Show the part of the line that is not on the screen yet. */
static void show_rest(struct show *s, const struct log_line *log, const char *mark)
{
	struct line *l = &s->line;
	bool has_color = memchr(l->text, '\x1b', l->len) != NULL;

	if (is_fresh(s))
		screen_begin_line(s->screen, mark, has_color ? '\0' : log->level);
	screen_line(s->screen, l->text + l->shown, l->len - l->shown);
	l->shown = l->len;
}

static void copy_line(struct show *s, const char *mark, const char *plain, size_t len, bool is_cut)
{
	if (s->line.is_new)
		log_copy_text(s->copy, mark, strlen(mark));
	log_copy_text(s->copy, plain, len);
	if (!is_cut)
		log_copy_text(s->copy, "\n", 1);
}

/*
 * Handle a line that is complete, or as long as a line can be. record: the defmt message; NULL for
 * text.
 */
static void end_line(struct show *s, bool is_cut, const struct log_line *record)
{
	char plain[LINE_SIZE], mark[STAMP_SIZE];
	size_t len = line_plain(s->line.text, s->line.len, plain);
	struct log_line log;

	log_line_parse(plain, s->line.is_new ? len : 0, &log);
	if (record)
		log = *record;
	else
		report_text(s->report, plain, &log, s->line.since_us);
	stamp_write(&s->stamp, s->line.since_us, mark);
	if (is_fresh(s))
		s->is_hidden = is_filtered(s, plain, &log);
	if (!s->is_hidden) {
		show_rest(s, &log, mark);
		if (!is_cut)
			screen_end_line(s->screen);
	}
	copy_line(s, mark, plain, len, is_cut);
	if (s->line.is_new)
		s->stamp.before_us = s->line.since_us;
	verdict_line(s->verdict, plain);
	explain_line(s->explain, plain, len, is_cut);
	if (!is_cut)
		s->is_hidden = false;
	s->prompt_len = 0;
	line_next(&s->line, is_cut);
}

/* ---- text ---- */

static void take_clean(struct show *s, const uint8_t *data, size_t len, uint64_t at_us)
{
	while (len > 0 && ending_takes_text(s->ending)) {
		bool is_end, is_cut;
		size_t n = line_feed(&s->line, data, len, at_us, &is_end, &is_cut);

		data += n;
		len -= n;
		if (is_end)
			end_line(s, is_cut, NULL);
	}
}

void show_text(struct show *s, const uint8_t *data, size_t len, uint64_t at_us)
{
	uint8_t room[FILTER_ROOM(CHUNK)];

	while (len > 0) {
		size_t n = len < CHUNK ? len : CHUNK;
		struct ef_wr out = ef_wr_init(room, sizeof(room));

		filter_feed(&s->text, data, n, &out);
		take_clean(s, room, out.len, at_us);
		data += n;
		len -= n;
	}
}

void show_record(struct show *s, const struct ef_defmt_record *record,
		 const struct ef_defmt_format *format, uint64_t at_us)
{
	static const char levels[] = { '\0', 'V', 'D', 'I', 'W', 'E' };
	struct log_line log = { levels[record->level], record->crate, strlen(record->crate) };
	char text[LINE_SIZE];
	const char *at = text;

	if (s->line.len > 0)
		end_line(s, false, NULL);
	report_record(s->report, record, &log);
	(void)ef_defmt_format_write(format, record, s->screen->opts->has_color, text, sizeof(text));
	while (at && ending_takes_text(s->ending)) {
		const char *next = strchr(at, '\n');
		size_t len = next ? (size_t)(next - at) : strlen(at);

		memcpy(s->line.text, at, len);
		s->line.len = len;
		s->line.since_us = at_us;
		end_line(s, false, &log);
		at = next ? next + 1 : NULL;
	}
	/* The format may put text around the message. Try the patterns on the bare message, too. */
	verdict_message(s->verdict, record->message);
}

/* ---- pauses ---- */

bool show_is_late(const struct show *s, uint64_t now_us, uint64_t us)
{
	return s->line.len > s->line.shown && now_us - s->line.since_us > us;
}

void show_pause(struct show *s)
{
	char plain[LINE_SIZE], mark[STAMP_SIZE];
	struct log_line log;
	size_t len;

	if (s->line.len == s->line.shown)
		return;
	len = line_plain(s->line.text, s->line.len, plain);
	if (s->line.shown == 0 && s->has_filter && may_be_log(plain, len))
		return;
	log_line_parse(plain, len, &log);
	if (is_fresh(s))
		s->is_hidden = is_filtered(s, plain, &log);
	stamp_write(&s->stamp, s->line.since_us, mark);
	if (!s->is_hidden)
		show_rest(s, &log, mark);
	verdict_patterns(s->verdict, plain, false);
}

void show_prompt(struct show *s)
{
	char plain[LINE_SIZE];

	if (s->line.len == 0 || s->line.len == s->prompt_len)
		return;
	s->prompt_len = s->line.len;
	(void)line_plain(s->line.text, s->line.len, plain);
	verdict_patterns(s->verdict, plain, true);
}

void show_end(struct show *s, bool is_raw)
{
	uint8_t room[FILTER_ROOM(2)];
	struct ef_wr out = ef_wr_init(room, sizeof(room));

	filter_flush(&s->text, &out);
	take_clean(s, room, out.len, s->stamp.clock->now_us);
	/* in a file an unfinished line stays unfinished */
	if (s->line.len > 0)
		end_line(s, !is_raw, NULL);
	screen_end(s->screen, is_raw);
}
