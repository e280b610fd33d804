/* SPDX-License-Identifier: MIT */
/* The SLIP codec: frames, noise, getting back in step, ceilings. */
#include "base/bytes.h"
#include "ck_ef.h"
#include "rom/slip.h"

/* Decode all of in, at most step bytes a push; write what happened as text. */
static void decode(const char *in, size_t len, size_t step, bool reopen, size_t cap, char *log)
{
	uint8_t frame[64];
	struct ef_slip s;
	char *out = log;
	char last = 0;

	ck_assert(cap <= sizeof(frame));
	ef_slip_init(&s, frame, cap);
	for (size_t pos = 0; pos < len;) {
		size_t n = len - pos < step ? len - pos : step;
		enum ef_slip_event event;
		size_t used = ef_slip_push(&s, (const uint8_t *)in + pos, n, &event);

		ck_assert_uint_ge(used, 1);
		ck_assert_uint_le(used, n);
		if (event == EF_SLIP_FRAME) {
			*out++ = '[';
			for (size_t i = 0; i < s.len; i++)
				*out++ = (char)s.buf[i];
			*out++ = ']';
			if (reopen && s.buf[0] != 'F')
				ef_slip_reopen(&s);
		} else if (event == EF_SLIP_DROPPED) {
			*out++ = '!';
		} else if (event == EF_SLIP_NOISE) {
			if (last != '.')
				*out++ = '.';
			last = '.';
			pos += used;
			continue;
		}
		if (event != EF_SLIP_MORE)
			last = 0;
		pos += used;
	}
	*out = '\0';
}

/* RFC 1055: END c0, ESC db, ESC_END dc, ESC_ESC dd. 'F...' is a frame that its judge accepts. */
static const struct {
	const char *what, *in;
	size_t cap;
	const char *want;
} streams[] = {
	{ "one frame", "\xc0" "Fab\xc0", 64, "[Fab]" },
	{ "escapes", "\xc0" "F\xdb\xdc\xdb\xdd\xc0", 64, "[F\xc0\xdb]" },
	{ "empty ones aren't frames", "\xc0\xc0\xc0" "F\xc0", 64, "[F]" },
	{ "two with two delimiters", "\xc0" "Fa\xc0\xc0" "Fb\xc0", 64, "[Fa][Fb]" },
	{ "text before", "boot\r\n\xc0" "Fa\xc0", 64, ".[Fa]" },
	{ "text between", "\xc0" "Fa\xc0text\xc0" "Fb\xc0", 64, "[Fa].[Fb]" },
	{ "an end inside noise", "no\xc0ise\xc0" "Fa\xc0\xc0" "Fb\xc0", 64, ".[ise][Fa][Fb]" },
	{ "the same later", "\xc0" "Fa\xc0no\xc0ise\xc0" "Fb\xc0", 64, "[Fa].[ise][Fb]" },
	{ "a damaged frame", "\xc0" "Xa\xc0\xc0" "Fb\xc0", 64, "[Xa][Fb]" },
	{ "its end lost", "\xc0" "Xa\xc0" "Fb\xc0\xc0" "Fc\xc0", 64, "[Xa][Fb][Fc]" },
	{ "a bad escape", "\xc0" "Fa\xdbxb\xc0\xc0" "Fb\xc0", 64, "![Fb]" },
	{ "a good escape after a bad one", "\xc0" "F\xdbx\xdc\xdd\xc0\xc0" "Fb\xc0", 64, "![Fb]" },
	{ "a plain byte like an escaped one", "\xc0" "F\xdc\xdd\xc0", 64, "[F\xdc\xdd]" },
	{ "an escape at the end", "\xc0" "Fa\xdb\xc0\xc0" "Fb\xc0", 64, "![Fb]" },
	{ "exactly full", "\xc0" "Fabc\xc0", 4, "[Fabc]" },
	{ "too long", "\xc0" "Fabcd\xc0\xc0" "Fb\xc0", 4, "![Fb]" },
	{ "too long noise, then a frame", "\xc0noise noise\xc0" "Fb\xc0", 4, "![Fb]" },
	{ "no end", "\xc0" "Fab", 64, "" },
};

START_TEST(decodes)
{
	const char *in = streams[_i].in;
	char log[128];

	for (size_t step = 1; step < 12; step++) {
		decode(in, strlen(in), step, true, streams[_i].cap, log);
		ck_assert_msg(strcmp(log, streams[_i].want) == 0, "%s, step %zu: '%s'",
			      streams[_i].what, step, log);
	}
}
END_TEST

/* Without the judge's word noise with a C0 in it puts the decoder out of step. */
START_TEST(reopen_is_needed)
{
	const char *in = "no\xc0ise\xc0" "Fa\xc0\xc0" "Fb\xc0";
	char log[128];

	decode(in, strlen(in), 64, false, 64, log);
	ck_assert_str_eq(log, ".[ise].[Fb]");
}
END_TEST

START_TEST(encodes)
{
	static const uint8_t in[] = { 0x01, 0xc0, 0xdb, 0x02 };
	static const uint8_t want[] = { 0xc0, 0x01, 0xdb, 0xdc, 0xdb, 0xdd,
					0x02, 0xdb, 0xdc, 0xdb, 0xdc, 0xc0 };
	uint8_t out[EF_SLIP_MAX(6)];
	struct ef_slip_out o = { .p = out, .cap = sizeof(out) };

	ef_slip_put_end(&o);
	ef_slip_put(&o, in, sizeof(in));
	ef_slip_put_fill(&o, 0xc0, 2);
	ef_slip_put_end(&o);
	ck_assert(!o.bad);
	ck_assert_mem_eq(out, want, sizeof(want));
	ck_assert_uint_eq(o.len, sizeof(want));
}
END_TEST

START_TEST(encoder_stops_at_its_end)
{
	uint8_t out[8] = { 0 };
	struct ef_slip_out o = { .p = out, .cap = 3 };

	ef_slip_put_end(&o);
	ef_slip_put_fill(&o, 0xdb, 2);
	ck_assert(o.bad);
	ck_assert_uint_eq(o.len, 3);
	ck_assert_uint_eq(out[3], 0);
}
END_TEST

Suite *suite_slip(void);

Suite *suite_slip(void)
{
	Suite *s = suite_create("slip");
	TCase *t = tcase_create("slip");

	tcase_add_loop_test(t, decodes, 0, (int)EF_ARRAY_LEN(streams));
	tcase_add_test(t, reopen_is_needed);
	tcase_add_test(t, encodes);
	tcase_add_test(t, encoder_stops_at_its_end);
	suite_add_tcase(s, t);
	return s;
}
