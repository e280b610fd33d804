/* SPDX-License-Identifier: MIT */
/*
 * Separates the frames from the text in a stream, and decides what to report
 * when a frame can't be decoded. The framing is esp-println's, as espflash reads
 * it: FF 00, a frame, 00; everything else is text.
 *
 * If the chip resets within a frame, the end of the frame is missing. Text that
 * was taken for the rest of the frame is then shown as text. If a frame can't
 * be decoded and ends with FF 00, that FF 00 starts the next frame.
 *
 * Sources: espflash src/cli/monitor/parser/esp_defmt.rs (framing), the rzcobs
 * crate's description and decoder/src/stream/rzcobs.rs of knurling-rs/defmt.
 */
#include <stdlib.h>

#include "defmt/show.h"
#include <espflash/defmt.h>

#define FRAME_MARK 0xff

#define FRAME_MAX   (64u * EF_KIB) /* bytes of one frame */
#define MESSAGE_MAX (64u * EF_KIB) /* bytes of text that one frame makes */

/* After this many good frames a damaged one is reported again. */
#define GOOD_ENOUGH 8

enum place { IN_TEXT, AFTER_MARK, IN_FRAME };

struct ef_defmt {
	struct defmt_table table;
	struct defmt_frame frame;
	enum place place;
	uint8_t *held; /* bytes of the current frame, as received */
	size_t held_len;
	bool is_skipping;   /* the frame is too long */
	bool is_lost;       /* raw: bytes belong to a damaged frame until the next FF 00 */
	bool mark_is_given; /* a pause already passed the FF on as text */
	uint8_t *plain;     /* the frame without its encoding */
	char *message, *timestamp;
	size_t good, bad, good_since;
	bool said_wrong_elf;
};

/* A byte of rzcobs stands for at most seven bytes. */
#define PLAIN_MAX     (7u * FRAME_MAX)
#define TIMESTAMP_MAX 256u

static bool has_buffers(struct ef_defmt *d)
{
	d->held = malloc(FRAME_MAX);
	d->plain = malloc(PLAIN_MAX);
	d->message = malloc(MESSAGE_MAX);
	d->timestamp = malloc(TIMESTAMP_MAX);
	return d->held && d->plain && d->message && d->timestamp;
}

static bool read_elf(struct ef_defmt *d, const uint8_t *data, size_t len, struct ef_err *err)
{
	struct ef_elf elf;
	bool ok;

	if (!ef_elf_open(&elf, data, len, err))
		return false;
	ok = defmt_table_read(&elf, &d->table, err);
	if (ok)
		defmt_locate(&d->table, &elf);
	ef_elf_release(&elf);
	return ok;
}

bool ef_defmt_open(const uint8_t *elf, size_t len, struct ef_defmt **ret, struct ef_err *err)
{
	struct ef_defmt *d = calloc(1, sizeof(*d));

	if (d == NULL || !has_buffers(d)) {
		ef_defmt_close(d);
		return ef_fail(err, EF_E_IO, "out of memory for the defmt decoder");
	}
	if (!read_elf(d, elf, len, err)) {
		ef_defmt_close(d);
		return false;
	}
	*ret = d;
	return true;
}

void ef_defmt_close(struct ef_defmt *d)
{
	if (d == NULL)
		return;
	defmt_table_release(&d->table);
	defmt_frame_release(&d->frame);
	free(d->held);
	free(d->plain);
	free(d->message);
	free(d->timestamp);
	free(d);
}

/* ---- rzcobs ---- */

/*
 * rzcobs is decoded from the end. A byte 01..7f describes seven bytes: a set bit
 * is a zero that was left out. 80 + n up to fe means n + 7 bytes and a zero after
 * them, ff means 134 bytes.
 */
static bool rzcobs_decode(const uint8_t *in, size_t len, uint8_t *out, size_t cap,
			  const uint8_t **ret, size_t *ret_len)
{
	size_t at = cap; /* filled from its end */

	while (len) {
		uint8_t code = in[--len];
		size_t n = code == 0xff ? 134 : code >= 0x80 ? (code & 0x7fu) + 7 : 7;

		if (code == 0 || at < n + 1)
			return false;
		if (code < 0x80) {
			for (unsigned bit = 7; bit-- > 0;) {
				if ((code >> bit & 1) == 0 && len == 0)
					return false;
				out[--at] = code >> bit & 1 ? 0 : in[--len];
			}
			continue;
		}
		if (code != 0xff)
			out[--at] = 0;
		if (n > len)
			return false;
		len -= n;
		at -= n;
		memcpy(out + at, in + len, n);
	}
	*ret = out + at;
	*ret_len = cap - at;
	return true;
}

/* ---- reports ---- */

static void say(const struct ef_defmt_sink *sink, const char *what)
{
	if (sink->problem)
		sink->problem(sink->user, what);
}

static void take_blame(struct ef_defmt *d, const char *why, const struct ef_defmt_sink *sink)
{
	char text[256];

	d->bad++;
	if (d->bad > d->good) {
		if (d->said_wrong_elf)
			return;
		d->said_wrong_elf = true;
		(void)ef_snprintf(text, sizeof(text),
				  "a defmt frame can't be decoded (%s): this is probably not the "
				  "ELF of the running program; further bad frames are dropped "
				  "without a message",
				  why);
	} else {
		if (d->good_since < GOOD_ENOUGH && d->bad > 1)
			return;
		(void)ef_snprintf(text, sizeof(text), "a defmt frame was damaged: %s", why);
	}
	d->good_since = 0;
	say(sink, text);
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static void emit(struct ef_defmt *d, const struct ef_defmt_sink *sink)
{
	const struct defmt_entry *e = d->frame.entry;
	struct defmt_out message = { .p = d->message, .cap = MESSAGE_MAX };
	struct defmt_out timestamp = { .p = d->timestamp, .cap = TIMESTAMP_MAX };
	struct ef_defmt_record record = {
		.level = (enum ef_defmt_level)((int)e->tag - DEFMT_TAG_PRINTLN + EF_DEFMT_PRINT),
		.timestamp = "",
		.message = d->message,
		.crate = e->crate,
		.module = or_empty(e->module),
		.file = or_empty(e->file),
		.line = e->line,
	};

	d->good++;
	d->good_since++;
	defmt_show(&d->frame, d->frame.message, &message);
	if (d->frame.timestamp) {
		defmt_show(&d->frame, d->frame.timestamp, &timestamp);
		record.timestamp = d->timestamp;
	}
	if (sink->record)
		sink->record(sink->user, &record);
}

static void give_text(const struct ef_defmt_sink *sink, const uint8_t *data, size_t len)
{
	if (len && sink->text)
		sink->text(sink->user, data, len);
}

/* ---- frames ---- */

/*
 * Return whether the bytes are more likely text than a frame: mostly printable, with a line ending.
 */
static bool looks_like_text(const uint8_t *p, size_t len)
{
	size_t odd = 0, lines = 0;

	for (size_t i = 0; i < len; i++) {
		bool is_control = p[i] < 0x20 && p[i] != '\n' && p[i] != '\r' && p[i] != '\t' &&
				  p[i] != '\033';

		lines += p[i] == '\n';
		odd += p[i] >= 0x7f || is_control;
	}
	return lines && odd <= len / 8;
}

/* Give up the held bytes as a frame: its end was lost, or there never was one. */
static void spoil_frame(struct ef_defmt *d, const char *why, const struct ef_defmt_sink *sink)
{
	size_t len = d->held_len;

	d->held_len = 0;
	if (len && d->held[len - 1] == FRAME_MARK) {
		len--;
		d->place = IN_FRAME; /* the FF 00 at its end starts the next frame */
	}
	if (looks_like_text(d->held, len))
		give_text(sink, d->held, len);
	else
		take_blame(d, why, sink);
}

static void end_rzcobs(struct ef_defmt *d, const struct ef_defmt_sink *sink)
{
	const uint8_t *plain;
	size_t len;

	d->place = IN_TEXT;
	if (d->is_skipping) {
		d->is_skipping = false;
		spoil_frame(d, "it is too long", sink);
	} else if (!rzcobs_decode(d->held, d->held_len, d->plain, PLAIN_MAX, &plain, &len)) {
		spoil_frame(d, "its encoding is broken", sink);
	} else if (!defmt_decode(&d->frame, &d->table, plain, len)) {
		spoil_frame(d, d->frame.bad, sink);
	} else {
		d->held_len = 0;
		emit(d, sink);
	}
}

/* Returns how many bytes it used. */
static size_t feed_rzcobs(struct ef_defmt *d, const uint8_t *data, size_t len,
			  const struct ef_defmt_sink *sink)
{
	const uint8_t *end = memchr(data, 0, len);
	size_t n = end ? (size_t)(end - data) : len;

	if (n > FRAME_MAX - d->held_len) {
		d->is_skipping = true;
		/* Keep the last bytes: an FF at their end starts the next frame. */
		d->held_len = 0;
		if (n > FRAME_MAX) {
			data += n - FRAME_MAX;
			memcpy(d->held, data, FRAME_MAX);
			d->held_len = FRAME_MAX;
			data -= n - FRAME_MAX;
		}
	}
	if (n <= FRAME_MAX - d->held_len) {
		memcpy(d->held + d->held_len, data, n);
		d->held_len += n;
	}
	if (end == NULL)
		return n;
	/* Skip zeros before a frame. */
	if (d->held_len || d->is_skipping)
		end_rzcobs(d, sink);
	return n + 1;
}

/*
 * Without an encoding, a frame ends where its last argument ends. Each call tries
 * again with the bytes so far. Damage looks like data, so after a damaged frame all
 * bytes are dropped until the next FF 00.
 */
static size_t feed_raw(struct ef_defmt *d, const uint8_t *data, size_t len,
		       const struct ef_defmt_sink *sink)
{
	size_t old = d->held_len, n = FRAME_MAX - old < len ? FRAME_MAX - old : len;
	size_t used;

	memcpy(d->held + old, data, n);
	d->held_len += n;
	if (defmt_decode(&d->frame, &d->table, d->held, d->held_len)) {
		used = d->held_len - d->frame.rd.left - old;
		d->held_len = 0;
		d->place = IN_TEXT;
		emit(d, sink);
		return used;
	}
	if (d->frame.is_short && d->held_len < FRAME_MAX)
		return n;
	d->held_len = 0;
	d->place = IN_TEXT;
	d->is_lost = true;
	take_blame(d, d->frame.bad, sink);
	return 0;
}

/* ---- the stream ---- */

static size_t feed_text(struct ef_defmt *d, const uint8_t *data, size_t len,
			const struct ef_defmt_sink *sink)
{
	const uint8_t *mark = memchr(data, FRAME_MARK, len);
	size_t n = mark ? (size_t)(mark - data) : len;

	if (!d->is_lost)
		give_text(sink, data, n);
	if (mark == NULL)
		return n;
	d->place = AFTER_MARK;
	d->mark_is_given = d->is_lost;
	return n + 1;
}

static size_t feed_after_mark(struct ef_defmt *d, uint8_t c, const struct ef_defmt_sink *sink)
{
	static const uint8_t mark = FRAME_MARK;

	if (c == 0) {
		d->place = IN_FRAME;
		d->held_len = 0;
		d->is_lost = false;
		return 1;
	}
	if (!d->mark_is_given)
		give_text(sink, &mark, 1);
	d->place = IN_TEXT;
	return 0;
}

void ef_defmt_feed(struct ef_defmt *d, const uint8_t *data, size_t len,
		   const struct ef_defmt_sink *sink)
{
	while (len) {
		size_t n;

		if (d->place == IN_TEXT)
			n = feed_text(d, data, len, sink);
		else if (d->place == AFTER_MARK)
			n = feed_after_mark(d, *data, sink);
		else if (d->table.is_raw)
			n = feed_raw(d, data, len, sink);
		else
			n = feed_rzcobs(d, data, len, sink);
		data += n;
		len -= n;
	}
}

static bool holds(const struct ef_defmt *d, const char *text)
{
	return ef_find_text(d->held, d->held_len, text) != NULL;
}

void ef_defmt_flush(struct ef_defmt *d, const struct ef_defmt_sink *sink)
{
	static const uint8_t mark = FRAME_MARK;

	if (d->place == AFTER_MARK && !d->mark_is_given) {
		d->mark_is_given = true; /* a 00 after the pause still starts a frame */
		give_text(sink, &mark, 1);
	}
	/* The chip was reset within a frame and now waits: show what its ROM printed. */
	if (d->place == IN_FRAME && (holds(d, "ESP-ROM:") || holds(d, "rst:0x")) &&
	    looks_like_text(d->held, d->held_len)) {
		give_text(sink, d->held, d->held_len);
		d->held_len = 0;
		d->place = IN_TEXT;
	}
}
