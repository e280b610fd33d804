/* SPDX-License-Identifier: MIT */
/* Knows which escape sequences and characters of a line the output gets to see. */
#include "monitor/screen.h"

#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "monitor/logline.h"

#define EXPLAIN_COLOR "\x1b[0;33m"
#define NO_ROOM       "    (some output is left out here, because its reader is too slow)\n"

bool screen_open(struct screen *s, const struct ef_monitor_output *opts, struct ef_err *err)
{
	*s = (struct screen){ .opts = opts, .is_tty = opts->fd >= 0 && isatty(opts->fd) };
	return out_open(&s->out, opts->fd, err);
}

void screen_close(struct screen *s)
{
	out_close(&s->out);
}

static void put(struct screen *s, const char *text)
{
	out_add(&s->out, text, strlen(text));
}

/* ---- colours and characters ---- */

/*
 * Return whether a style is on after this text. A reset in another shape than these two counts as
 * one.
 */
static bool leaves_style(const char *text, size_t len, bool is_styled)
{
	for (const char *at = text; (at = memchr(at, '\x1b', len - (size_t)(at - text))); at++) {
		size_t left = len - (size_t)(at - text);

		is_styled = !(left >= 3 && memcmp(at, "\x1b[m", 3) == 0) &&
			    !(left >= 4 && memcmp(at, "\x1b[0m", 4) == 0);
	}
	return is_styled;
}

static void end_style(struct screen *s)
{
	if (s->is_tty && s->is_styled)
		put(s, LOG_COLOR_END);
	s->is_styled = false;
}

/* If the user wants no colours, drop the chip's, too. Cursor movement needs a terminal. */
static bool is_unwanted(const struct screen *s, char final)
{
	return !s->opts->has_color && (!s->is_tty || final == 'm');
}

/* Append text; on a terminal that shows only ASCII each other character becomes '?'. */
static void put_text(struct screen *s, const char *text, size_t len)
{
	bool is_ascii = s->is_tty && s->opts->is_ascii;
	size_t from = 0, i = 0;

	while (i < len) {
		unsigned char c = (unsigned char)text[i];
		size_t n = 1;

		if (c == '\x1b') {
			n = ef_escape_len(text + i, len - i);
			if (!is_unwanted(s, text[i + n - 1])) {
				i += n;
				continue;
			}
		} else if (!is_ascii || c < 0x80) {
			i++;
			continue;
		}
		out_add(&s->out, text + from, i - from);
		if (c >= 0xc0) /* the first byte of a character stands for all of it */
			put(s, "?");
		from = i += n;
	}
	out_add(&s->out, text + from, len - from);
}

/* ---- lines of the chip ---- */

void screen_begin_line(struct screen *s, const char *mark, char level)
{
	const char *color = s->opts->has_color ? log_line_color(level) : "";

	s->is_cut = false;
	s->is_painted = *color != '\0';
	put(s, mark);
	put(s, color);
}

void screen_line(struct screen *s, const char *text, size_t len)
{
	put_text(s, text, len);
	s->is_styled = s->opts->has_color && leaves_style(text, len, s->is_styled);
	s->is_midline = true;
}

void screen_end_line(struct screen *s)
{
	if (s->is_painted)
		put(s, LOG_COLOR_END);
	put(s, "\n");
	s->is_painted = s->is_midline = false;
}

/* ---- other text ---- */

void screen_notice(struct screen *s)
{
	end_style(s);
	if (s->is_midline)
		put(s, "\n");
	s->is_midline = false;
}

void screen_say(struct screen *s, const char *text)
{
	if (out_room(&s->out) > OUT_TEXT + OUT_SPARE)
		put(s, text);
}

/* Explanations of one line can be of any length, but the ring has a fixed size. */
void screen_explain(struct screen *s, const char *text)
{
	bool is_colored = s->opts->has_color;

	if (s->is_cut)
		return;
	screen_notice(s);
	s->is_cut = s->opts->fd >= 0 && out_room(&s->out) < OUT_TEXT + OUT_SPARE;
	if (s->is_cut) {
		put(s, NO_ROOM);
		return;
	}
	if (is_colored)
		put(s, EXPLAIN_COLOR);
	put_text(s, text, strlen(text));
	if (is_colored)
		put(s, LOG_COLOR_END);
	put(s, "\n");
}

void screen_echo(struct screen *s, uint8_t c)
{
	bool is_end = c == '\r' || c == '\n';
	const char shown = is_end ? '\n' : (char)c;

	if (out_room(&s->out) < OUT_TEXT + OUT_SPARE)
		return;
	if (is_end || (c >= 0x20 && c != 0x7f))
		put_text(s, &shown, 1);
	s->is_midline = !is_end;
}

void screen_end(struct screen *s, bool begins_line)
{
	if (begins_line && s->is_midline)
		put(s, "\n");
	end_style(s);
}
