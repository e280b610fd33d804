/* SPDX-License-Identifier: MIT */
/*
 * Whatever a device sends, the terminal gets valid UTF-8, no control
 * character but tab, line ends and backspace, and ESC only before '['.
 */
#include <stdlib.h>

#include "base/util.h"
#include "monitor/filter.h"
#include "rig/fuzz_check.h"

/* Blank what is allowed; what is left must survive the base layer's cleaning. */
static void check_text(char *text, size_t len)
{
	char *copy = malloc(len + 1);

	CHECK(copy);
	for (size_t i = 0; i < len; i++) {
		if (text[i] == 0x1b) {
			CHECK(text[i + 1] == '[');
			text[i] = ' ';
		}
		CHECK(text[i] != '\0' && text[i] != 0x7f);
		if (strchr("\t\r\n\b", text[i]))
			text[i] = ' ';
	}
	memcpy(copy, text, len + 1);
	ef_clean_text(copy);
	CHECK(strcmp(copy, text) == 0);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text_filter f = { .held_len = 0 };
	struct ef_wr out;
	char *room;
	size_t cut;

	if (size < 2)
		return 0;
	cut = data[1] % (size - 1);
	data += 2;
	size -= 2;
	if (cut > size)
		cut = size;
	room = malloc(FILTER_ROOM(size) + 1);
	CHECK(room);
	out = ef_wr_init(room, FILTER_ROOM(size));
	filter_feed(&f, data, cut, &out);
	filter_feed(&f, data + cut, size - cut, &out);
	filter_flush(&f, &out);
	CHECK(!out.bad && f.held_len == 0);
	room[out.len] = '\0';
	check_text(room, out.len);
	free(room);
	return 0;
}
