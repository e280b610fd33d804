/* SPDX-License-Identifier: MIT */
/*
 * The story of a session as text: each operation on the port with its time, what the user was told,
 * what is on record of the connection, and the end. It is compared with a file that was recorded
 * earlier. If a change was meant, run the suite with STORY_RECORD=1 in the environment, and read
 * the difference of the files before you commit it.
 *
 * A line that is the same as the one before, but for its time, becomes a count and the last time.
 */
#ifndef STORY_H
#define STORY_H

#include "elf_maker.h"
#include "rig/tap_port.h"
#include "story_facts.h"

static struct {
	struct ef_port *port;
	uint64_t begin_us, from_us, to_us;
	char line[320]; /* that is not in the text yet, as more like it may follow */
	unsigned count;
} timeline;

static inline void story_flush(void)
{
	if (!timeline.count)
		return;
	tell("%9.3f  %s", (double)timeline.from_us / 1000.0, timeline.line);
	if (timeline.count > 1)
		tell("  *%u, until %.3f", timeline.count, (double)timeline.to_us / 1000.0);
	tell("\n");
	timeline.count = 0;
}

/* Something happens now. */
static inline void EF_PRINTF(1, 2) story_tell(const char *fmt, ...)
{
	uint64_t now_us = tap_real->now_us(timeline.port) - timeline.begin_us;
	char line[sizeof(timeline.line)];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (timeline.count && strcmp(line, timeline.line) != 0)
		story_flush();
	if (!timeline.count)
		timeline.from_us = now_us;
	(void)snprintf(timeline.line, sizeof(timeline.line), "%s", line);
	timeline.to_us = now_us;
	timeline.count++;
}

/* ---- the port ---- */

static inline void story_result(bool ok, const struct ef_err *err, const char *what)
{
	if (!ok)
		story_tell("%s fails: %s", what, ef_code_name(err->code));
}

/* How many words of a request are told: a SYNC's are always the same, content's make it long. */
static inline size_t story_words(uint8_t op)
{
	return op == EF_OP_SYNC ? 0 : op == EF_OP_FLASH_DATA || op == EF_OP_FLASH_DEFL_DATA ? 1 : 6;
}

static inline bool story_write(struct ef_port *port, const uint8_t *data, size_t len,
			       uint64_t deadline_us, struct ef_err *err)
{
	char words[80] = "";
	bool ok;

	if (len >= 10 && data[0] == 0xc0 && data[1] == 0x00 && ef_op_name(data[2])) {
		for (size_t i = 0; i < story_words(data[2]); i++)
			if (tap_word(data, len, i) != UINT32_MAX)
				(void)snprintf(words + strlen(words), sizeof(words) - strlen(words),
					       " %x", (unsigned)tap_word(data, len, i));
		story_tell("%s%s", ef_op_name(data[2]), words);
	} else {
		story_tell("%zu bytes: %02x", len, data[0]);
	}
	ok = tap_real->write(port, data, len, deadline_us, err);
	story_result(ok, err, "the write");
	return ok;
}

static inline bool story_set_lines(struct ef_port *port, unsigned mask, unsigned value,
				   struct ef_err *err)
{
	bool ok;

	story_tell("lines%s%s", mask & EF_DTR ? (value & EF_DTR ? " DTR" : " dtr") : "",
		   mask & EF_RTS ? (value & EF_RTS ? " RTS" : " rts") : "");
	ok = tap_real->set_lines(port, mask, value, err);
	story_result(ok, err, "the change of lines");
	return ok;
}

static inline bool story_set_baud(struct ef_port *port, uint32_t rate_hz, struct ef_err *err)
{
	bool ok;

	story_tell("rate %u", (unsigned)rate_hz);
	ok = tap_real->set_baud(port, rate_hz, err);
	story_result(ok, err, "the rate");
	return ok;
}

static inline bool story_discard(struct ef_port *port, struct ef_err *err)
{
	bool ok = tap_real->discard(port, err);

	story_tell("discard");
	story_result(ok, err, "the discard");
	return ok;
}

static inline bool story_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
			      size_t *ret_len, struct ef_err *err)
{
	bool ok = tap_real->read(port, buf, cap, deadline_us, ret_len, err);

	story_result(ok, err, "a read");
	return ok;
}

static inline bool story_reopen(struct ef_port *port, uint64_t deadline_us, struct ef_err *err)
{
	bool ok;

	story_tell("reopen until %.3f", (double)(deadline_us - timeline.begin_us) / 1000.0);
	ok = tap_real->reopen(port, deadline_us, err);
	story_tell(ok ? "the port is back" : "the port stays away");
	return ok;
}

/* An ef_event_fn. What is told before a story begins is no part of it. */
static inline void story_event(void *user, const struct ef_event *event)
{
	(void)user;
	if (event->kind == EF_EVENT_PROGRESS || !timeline.port)
		return;
	story_tell("%s%s: %s",
		   event->kind == EF_EVENT_WARN ? "warning"
		   : *event->label              ? event->label
						: "info",
		   event->hint ? " with a hint" : "", event->text);
}

/* The port of a session from here on; returns its operations for a test that replaces more. */
static inline struct ef_port_ops *story_begin(struct ef_port *port)
{
	struct ef_port_ops *ops = tap_open(port);

	story.len = 0;
	memset(&timeline, 0, sizeof(timeline));
	timeline.port = port;
	timeline.begin_us = tap_real->now_us(port);
	ops->read = story_read;
	ops->write = story_write;
	ops->set_lines = story_set_lines;
	ops->set_baud = story_set_baud;
	ops->discard = story_discard;
	if (ops->reopen)
		ops->reopen = story_reopen;
	return ops;
}

/* ---- comparing ---- */

static inline void story_record(const char *path)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(story.text, 1, story.len, f), story.len);
	ck_assert_int_eq(fclose(f), 0);
}

/* Names the first line that differs. */
static inline void story_compare(const char *name, const char *want)
{
	const char *p = story.text;

	for (unsigned line = 1; *p || *want; line++) {
		int n = (int)strcspn(p, "\n"), m = (int)strcspn(want, "\n");

		ck_assert_msg(n == m && memcmp(p, want, (size_t)n) == 0,
			      "%s, line %u is\n%.*s\nand not\n%.*s", name, line, n, p, m, want);
		p += n + (p[n] == '\n');
		want += m + (want[m] == '\n');
	}
}

/* The story is the one in this file of tests/golden/story. */
static inline void story_end(const char *name)
{
	char path[512], file[64], *text;
	struct made want;

	story_flush();
	tap_close(timeline.port);
	timeline.port = NULL;
	(void)snprintf(file, sizeof(file), "%s.txt", name);
	(void)snprintf(path, sizeof(path), "%s/tests/golden/story/%s", EF_SOURCE_DIR, file);
	if (getenv("STORY_RECORD"))
		story_record(path);
	ck_assert_msg(load_file(EF_SOURCE_DIR "/tests/golden/story", file, &want), "no %s", path);
	text = malloc(want.len + 1);
	ck_assert_ptr_nonnull(text);
	memcpy(text, want.data, want.len);
	text[want.len] = '\0';
	story_compare(name, text);
	free(text);
	free(want.data);
}

#endif
