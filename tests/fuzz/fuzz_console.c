/* SPDX-License-Identifier: MIT */
/*
 * The reader of consoles: any bytes, in any pieces, are the same lines and the same events. The
 * first byte says how long the pieces are; half of its values say that there are none.
 */
#include <stdlib.h>
#include <string.h>

#include <espflash/console.h>

#include "rig/fuzz_check.h"

struct sum {
	uint32_t hash;
	size_t lines, bytes;
};

static void add(void *user, const char *line, size_t len, const struct ef_console_event *e)
{
	struct sum *s = user;
	struct ef_console_log log;

	CHECK(len < EF_CONSOLE_LINE_MAX);
	CHECK(memchr(line, '\n', len) == NULL && memchr(line, '\r', len) == NULL);
	CHECK(memchr(e->text, '\0', sizeof(e->text)) != NULL);
	CHECK(e->kind <= EF_CONSOLE_CRASH_END && e->stage <= EF_CONSOLE_APP && e->source);
	CHECK(!e->is_final || e->kind == EF_CONSOLE_FAILURE);
	ef_console_log_line(line, len, &log);
	CHECK(log.at <= len);
	CHECK(log.tag_len == 0 || (log.tag >= line && log.tag + log.tag_len <= line + len));
	s->hash = s->hash * 31 + (uint32_t)e->kind * 7 + (uint32_t)e->stage;
	s->lines++;
	s->bytes += len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ef_console whole = { .len = 0 }, pieces = { .len = 0 };
	struct sum a = { 0, 0, 0 }, b = { 0, 0, 0 };
	size_t step = size ? 1u + data[0] % 14u : 8;

	ef_console_feed(&whole, data, size, add, &a);
	CHECK(a.bytes <= size);
	if (step > 7)
		return 0;
	for (size_t at = 0; at < size; at += step)
		ef_console_feed(&pieces, data + at, size - at < step ? size - at : step, add, &b);
	CHECK(a.hash == b.hash && a.lines == b.lines && a.bytes == b.bytes);
	return 0;
}
