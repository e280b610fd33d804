/* SPDX-License-Identifier: MIT */
/*
 * Knows which control sequences are safe on a terminal: CSI sequences (ECMA-48)
 * that set colours, move the cursor or erase. Log libraries and line editors
 * use these. Sequences that set modes, ask for reports or reprogram the terminal
 * are dropped; other control characters become U+FFFD.
 */
#include "monitor/filter.h"

#include "base/text.h"

#define ESC 0x1b
#define DEL 0x7f

/*
 * Colour, movement, erase, scroll, insert, delete. Not n: the terminal answers it on its
 * keyboard side (ECMA-48 8.3.35, DSR), and the answer is typed to the shell or the chip.
 */
static const char csi_finals[] = "mABCDEFGHJKLMPSTXdfsu";

static void put_bad(struct ef_wr *out)
{
	static const uint8_t replacement[] = { 0xef, 0xbf, 0xbd }; /* U+FFFD */

	ef_wr_bytes(out, replacement, sizeof(replacement));
}

/* Put a complete character below 0x80, not ESC. */
static void put_ascii(uint8_t c, struct ef_wr *out)
{
	if (c == '\0')
		return; /* a serial line that idles low reads as NUL */
	if ((c >= 0x20 && c != DEL) || c == '\n' || c == '\r' || c == '\t' || c == '\b')
		ef_wr_u8(out, c);
	else
		put_bad(out);
}

/*
 * Return whether c may be the second byte of a character that is shown. Only the second byte can
 * make a character overlong, a surrogate, too large, or a control character (U+0080..U+009F), so
 * any continuation bytes will do for the rest. Characters that only reorder or break text are found
 * when they are complete.
 */
static bool is_second(uint8_t head, uint8_t c)
{
	const uint8_t text[4] = { head, c, 0x80, 0x80 };
	uint32_t value;

	return ef_utf8_get(text, ef_utf8_len(head), &value) > 0 && value > 0x9f;
}

static void put_character(const uint8_t *text, size_t len, struct ef_wr *out)
{
	uint32_t value;

	if (ef_utf8_get(text, len, &value) > 0 && ef_is_deceptive(value))
		put_bad(out);
	else
		ef_wr_bytes(out, text, len);
}

/* Returns whether c was used. Otherwise c begins something new, and held has been written out. */
static bool feed_utf8(struct text_filter *f, uint8_t c, struct ef_wr *out)
{
	bool fits = f->held_len == 1 ? is_second(f->held[0], c) : (c & 0xc0) == 0x80;

	if (!fits) {
		/* a C1 control character (C2 80..9F) is replaced as one */
		bool is_used = f->held[0] == 0xc2 && f->held_len == 1 && (c & 0xe0) == 0x80;

		f->held_len = 0;
		put_bad(out);
		return is_used;
	}
	f->held[f->held_len++] = c;
	if (f->held_len == ef_utf8_len(f->held[0])) {
		put_character(f->held, f->held_len, out);
		f->held_len = 0;
	}
	return true;
}

/* The sequence is unknown: replace the ESC, and show the rest as text. */
static void give_up_escape(struct text_filter *f, struct ef_wr *out)
{
	size_t len = f->held_len;

	f->held_len = 0;
	f->in_escape = false;
	put_bad(out);
	for (size_t i = 1; i < len; i++)
		put_ascii(f->held[i], out);
}

/*
 * Return whether the parameters are only digits and separators. A private marker (ESC [ ? ...) or
 * an intermediate byte (ESC [ 2 SP ...) changes the meaning of the final byte.
 */
static bool has_plain_parameters(const struct text_filter *f)
{
	for (size_t i = 2; i < f->held_len; i++)
		if (f->held[i] < '0' || f->held[i] > ';')
			return false;
	return true;
}

static bool feed_escape(struct text_filter *f, uint8_t c, struct ef_wr *out)
{
	bool is_parameter = c >= 0x20 && c <= 0x3f; /* and intermediate bytes */
	bool is_final = c >= 0x40 && c <= 0x7e;

	if (f->held_len == 1 ? c != '[' : !is_parameter && !is_final) {
		give_up_escape(f, out);
		return false;
	}
	if (f->held_len == 1 || is_parameter) {
		if (f->held_len == sizeof(f->held)) {
			give_up_escape(f, out);
			return false;
		}
		f->held[f->held_len++] = c;
		return true;
	}
	if (memchr(csi_finals, c, sizeof(csi_finals) - 1) && has_plain_parameters(f)) {
		ef_wr_bytes(out, f->held, f->held_len);
		ef_wr_u8(out, c);
	}
	f->held_len = 0;
	f->in_escape = false;
	return true;
}

static void feed_fresh(struct text_filter *f, uint8_t c, struct ef_wr *out)
{
	if (c == ESC || ef_utf8_len(c) > 1) {
		f->in_escape = c == ESC;
		f->held[0] = c;
		f->held_len = 1;
	} else if (c < 0x80) {
		put_ascii(c, out);
	} else {
		put_bad(out);
	}
}

void filter_feed(struct text_filter *f, const uint8_t *in, size_t len, struct ef_wr *out)
{
	for (size_t i = 0; i < len; i++) {
		bool is_used = false;

		if (f->held_len > 0)
			is_used = f->in_escape ? feed_escape(f, in[i], out)
					       : feed_utf8(f, in[i], out);
		if (!is_used)
			feed_fresh(f, in[i], out);
	}
}

void filter_flush(struct text_filter *f, struct ef_wr *out)
{
	if (f->held_len > 0 && f->in_escape)
		give_up_escape(f, out);
	else if (f->held_len > 0)
		put_bad(out);
	f->held_len = 0;
}
