/* SPDX-License-Identifier: MIT */
/* The filter of the monitor, as a table: text in, harmless text out, however the bytes arrive. */
#include "ck_ef.h"

#include "monitor/filter.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))
#define BAD "\xef\xbf\xbd"

/* ---- filter ---- */

static const struct {
	const char *in, *want;
} texts[] = {
	{ "plain\ttext\r\n", "plain\ttext\r\n" },
	{ "a\nb", "a\nb" },
	/* UTF-8 */
	{ "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80",
	  "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80" },
	{ "\xff\xfe.", BAD BAD "." },
	{ "\xc3(", BAD "(" },
	{ "\xe2\x82(", BAD "(" },
	{ "\xe2\xc3\xbc", BAD "\xc3\xbc" },
	{ "\xc0\xaf", BAD BAD },                 /* overlong */
	{ "\xe0\x80\x80", BAD BAD BAD },         /* overlong */
	{ "\xed\xa0\x80", BAD BAD BAD },         /* surrogate */
	{ "\xf4\x90\x80\x80", BAD BAD BAD BAD }, /* beyond Unicode */
	{ "\xc2\x9b"
	  "31m",
	  BAD "31m" }, /* CSI as one character */
	{ "\xc2\xa0.", "\xc2\xa0." },
	/* control characters */
	{ "a\x07\x0e\x05\x7f"
	  "b",
	  "a" BAD BAD BAD BAD "b" },
	{ "a\b \b", "a\b \b" },
	/* escape sequences */
	{ "\x1b[0;32mI (29) boot\x1b[0m\n", "\x1b[0;32mI (29) boot\x1b[0m\n" },
	{ "\x1b[38;5;208mx\x1b[m", "\x1b[38;5;208mx\x1b[m" },
	{ "\x1b[2K\x1b[1A\x1b[6n", "\x1b[2K\x1b[1A" }, /* a report would be typed */
	{ "a\xe2\x80\xae"
	  "b\xe2\x81\xa9"
	  "c",
	  "a\xef\xbf\xbd"
	  "b\xef\xbf\xbd"
	  "c" }, /* RLO, PDI */
	{ "a\xe2\x80\xa8"
	  "b\xd8\x9c"
	  "c",
	  "a\xef\xbf\xbd"
	  "b\xef\xbf\xbd"
	  "c" }, /* LS, ALM */
	{ "\xe2\x80\x9c\xe2\x82\xac\xd7\x90", "\xe2\x80\x9c\xe2\x82\xac\xd7\x90" },
	{ "a\x1b[?25lb", "ab" },   /* hide the cursor */
	{ "a\x1b[?1049hb", "ab" }, /* another screen */
	{ "a\x1b[>0mb", "ab" },    /* key modes, not a colour */
	{ "a\x1b[0<mb", "ab" },    /* the same, late */
	{ "a\x1b[2 Ab", "ab" },    /* shift, not up */
	{ "a\x1b[1#Pb", "ab" },    /* xterm's colour stack, not delete */
	{ "a\x1b[0cb", "ab" },     /* who are you */
	{ "a\x1b[21tb", "ab" },    /* report the title as input */
	{ "a\x1b"
	  "cb",
	  "a" BAD "cb" }, /* full reset */
	{ "a\x1b]0;title\x07"
	  "b",
	  "a" BAD "]0;title" BAD "b" },
	{ "a\x1bP+q\x1b\\b", "a" BAD "P+q" BAD "\\b" },
	{ "\x1b\x1b[1m", BAD "\x1b[1m" },
	{ "\x1b[1\nx", BAD "[1\nx" },
	{ "\x1b[000000000000000000000000000000000000m.",
	  BAD "[000000000000000000000000000000000000m." },
};

/* However the bytes arrive. */
START_TEST(text_filter)
{
	const uint8_t *in = (const uint8_t *)texts[_i].in;
	size_t len = strlen(texts[_i].in);

	for (size_t cut = 0; cut <= len; cut++) {
		struct text_filter f = { .held_len = 0 };
		uint8_t room[512];
		struct ef_wr out = ef_wr_init(room, sizeof(room) - 1);

		filter_feed(&f, in, cut, &out);
		filter_feed(&f, in + cut, len - cut, &out);
		ck_assert_uint_eq(f.held_len, 0);
		ck_assert(!out.bad);
		room[out.len] = '\0';
		ck_assert_str_eq((char *)room, texts[_i].want);
	}
}
END_TEST

START_TEST(nul_bytes_vanish)
{
	struct text_filter f = { .held_len = 0 };
	uint8_t room[64];
	struct ef_wr out = ef_wr_init(room, sizeof(room));

	filter_feed(&f, (const uint8_t *)"a\0\0b", 4, &out);
	ck_assert_uint_eq(out.len, 2);
	ck_assert_mem_eq(room, "ab", 2);
}
END_TEST

START_TEST(halves_are_shown_at_the_end)
{
	struct text_filter f = { .held_len = 0 };
	uint8_t room[64];
	struct ef_wr out = ef_wr_init(room, sizeof(room));

	filter_feed(&f, (const uint8_t *)"\xe2\x82", 2, &out);
	ck_assert_uint_eq(out.len, 0);
	filter_flush(&f, &out);
	filter_flush(&f, &out);
	filter_feed(&f, (const uint8_t *)"\x1b[1", 3, &out);
	filter_flush(&f, &out);
	ck_assert_uint_eq(out.len, 8);
	ck_assert_mem_eq(room, BAD BAD "[1", 8);
}
END_TEST

START_TEST(room_is_enough)
{
	static const uint8_t worst[] = { 0x1b, 0x07, 0xff, '\n', 0xc3 };

	for (size_t n = 0; n < 40; n++) {
		struct text_filter f = { .held_len = 0 };
		uint8_t in[40], room[FILTER_ROOM(40)];
		struct ef_wr out = ef_wr_init(room, FILTER_ROOM(n));

		for (size_t i = 0; i < n; i++)
			in[i] = worst[(i * 7 + n) % sizeof(worst)];
		filter_feed(&f, in, n, &out);
		filter_flush(&f, &out);
		ck_assert(!out.bad);
	}
}
END_TEST

Suite *suite_monitor_filter(void);
Suite *suite_monitor_filter(void)
{
	Suite *s = suite_create("monitor_filter");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, text_filter, 0, LEN(texts));
	tcase_add_test(t, nul_bytes_vanish);
	tcase_add_test(t, halves_are_shown_at_the_end);
	tcase_add_test(t, room_is_enough);
	suite_add_tcase(s, t);
	return s;
}
