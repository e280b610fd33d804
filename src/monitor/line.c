/* SPDX-License-Identifier: MIT */
/* Knows where a line begins and ends, and which bytes of it are not text. */
#include "monitor/line.h"

#include "base/text.h"

#include <string.h>

size_t line_feed(struct line *l, const uint8_t *data, size_t len, uint64_t now_us, bool *ret_end,
		 bool *ret_is_cut)
{
	size_t room = LINE_SIZE - 1 - l->len;
	const uint8_t *end = memchr(data, '\n', len);
	size_t n = end ? (size_t)(end - data) : len;

	if (l->len == 0 && len > 0)
		l->since_us = now_us;
	*ret_is_cut = n > room;
	*ret_end = end || *ret_is_cut;
	if (*ret_is_cut)
		n = room;
	memcpy(l->text + l->len, data, n);
	l->len += n;
	return n + (end && !*ret_is_cut);
}

void line_next(struct line *l, bool is_cut)
{
	l->len = l->shown = 0;
	l->is_new = !is_cut;
}

size_t line_plain(const char *text, size_t len, char *ret)
{
	size_t n = ef_strip_escapes(ret, LINE_SIZE, text, len), start;

	while (n > 0 && ret[n - 1] == '\r')
		n--;
	/* some programs end their lines with LF CR */
	start = 0;
	while (start < n && ret[start] == '\r')
		start++;
	n -= start;
	memmove(ret, ret + start, n);
	ret[n] = '\0';
	return n;
}
