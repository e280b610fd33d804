/* SPDX-License-Identifier: MIT */
/* What is text, what is garbage, and when the monitor looks for another rate. */
#include <espflash/console.h>

#include "ck_ef.h"

#include "monitor/rate_watch.h"

/* As a UART at 115200 baud reads "rst:0x1 (POWERON)" that is sent at 74880 (espsim, ESP32-C2). */
static const uint8_t garbled[] = {
	0x47, 0xe2, 0x97, 0x36, 0x73, 0x9f, 0xd3, 0x22, 0xf8, 0x7c, 0x97,
	0x5a, 0x44, 0xc7, 0xff, 0x37, 0x8d, 0xf0, 0xb3, 0xcc, 0x4d, 0x92,
	0x81, 0x79, 0xee, 0x2d, 0xa3, 0xbe, 0x83, 0x78, 0x56, 0xd6,
};

START_TEST(text_and_garbage)
{
	static const char utf8[] = "Gr\xc3\xbc\xc3\x9f Gott, 20 \xc2\xb0"
				   "C\r\n";
	static const char cut[] = "temperature 20 \xc2";

	ck_assert(ef_console_is_text("tick 1\r\ntick 2\r\n", 16));
	ck_assert(ef_console_is_text("\x1b[0;32mI (1) a: b\x1b[0m\n", 22));
	ck_assert(ef_console_is_text(utf8, sizeof(utf8) - 1));
	ck_assert(ef_console_is_text(cut, sizeof(cut) - 1));
	ck_assert(!ef_console_is_text("tick 1", 6));
	ck_assert(!ef_console_is_text(garbled, sizeof(garbled)));
	ck_assert(ef_console_is_garbage(garbled, sizeof(garbled)));
	ck_assert(!ef_console_is_garbage(garbled, 8));
	ck_assert(!ef_console_is_garbage(utf8, sizeof(utf8) - 1));
	/* an idle line */
	ck_assert(!ef_console_is_garbage("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20));
	ck_assert(!ef_console_is_text("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20));
}
END_TEST

static void feed(struct rate_watch *w, unsigned times, uint64_t now_us)
{
	while (times-- > 0)
		rate_watch_feed(w, garbled, sizeof(garbled), now_us);
}

START_TEST(when_to_look)
{
	struct rate_watch w = { .may_reset = true };
	bool resets;

	/* too little, then too short: noise at a reset */
	feed(&w, 3, 1000000);
	ck_assert(!rate_watch_wants_probe(&w, 1000000, 1000000, &resets));
	feed(&w, 2, 1100000);
	ck_assert(!rate_watch_wants_probe(&w, 1200000, 1100000, &resets));
	/* it goes on */
	feed(&w, 1, 2100000);
	ck_assert(rate_watch_wants_probe(&w, 2100000, 2100000, &resets));
	ck_assert(!resets);
	/* silent: only another reset makes it talk */
	ck_assert(rate_watch_wants_probe(&w, 2900000, 2100000, &resets));
	ck_assert(resets);
	w.may_reset = false;
	ck_assert(!rate_watch_wants_probe(&w, 2900000, 2100000, &resets));
	/* text at this rate */
	w.may_reset = true;
	rate_watch_feed(&w, (const uint8_t *)"I (1) app: this is a line of text", 32, 3000000);
	ck_assert(!rate_watch_wants_probe(&w, 3000000, 3000000, &resets));
	feed(&w, 8, 3100000);
	ck_assert(!rate_watch_wants_probe(&w, 3900000, 3100000, &resets));
}
END_TEST

Suite *suite_rate_watch(void);
Suite *suite_rate_watch(void)
{
	Suite *s = suite_create("rate_watch");
	TCase *t = tcase_create("all");

	tcase_add_test(t, text_and_garbage);
	tcase_add_test(t, when_to_look);
	suite_add_tcase(s, t);
	return s;
}
