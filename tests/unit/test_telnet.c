/* SPDX-License-Identifier: MIT */
/* The telnet codec against bytes written down from RFC 854 and RFC 2217. */
#include "ck_ef.h"

#include <stdio.h>

#include "port/telnet.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

/* ---- codec ---- */

START_TEST(client_begins)
{
	/* WILL/DO BINARY, WILL/DO SGA, WILL COM-PORT-OPTION */
	static const uint8_t want[] = { 255, 251, 0, 255, 253, 0, 255, 251, 3, 255, 253, 3,
					255, 251, 44 };
	uint8_t room[16];
	struct ef_wr out = ef_wr_init(room, sizeof(room));
	struct telnet t;

	telnet_start(&t, &out);
	ck_assert(!out.bad);
	ck_assert_uint_eq(out.len, sizeof(want));
	ck_assert_mem_eq(room, want, sizeof(want));
	ck_assert(!telnet_has_com_port(&t));
	ck_assert(!telnet_refused_com_port(&t));
}
END_TEST

static const struct {
	uint8_t cmd;
	uint32_t value;
	size_t len;
	uint8_t want[14];
} puts_[] = {
	{ 1, 115200, 10, { 255, 250, 44, 1, 0x00, 0x01, 0xc2, 0x00, 255, 240 } },
	{ 1, 0xffffffff, 14,
	  { 255, 250, 44, 1, 255, 255, 255, 255, 255, 255, 255, 255, 255, 240 } },
	{ 101, 9600, 10, { 255, 250, 44, 101, 0, 0, 0x25, 0x80, 255, 240 } },
	{ 5, 8, 7, { 255, 250, 44, 5, 8, 255, 240 } },
	{ 12, 1, 7, { 255, 250, 44, 12, 1, 255, 240 } },
	{ 107, 0xff, 8, { 255, 250, 44, 107, 255, 255, 255, 240 } },
};

START_TEST(commands_as_bytes)
{
	uint8_t room[RFC2217_PUT_MAX];
	struct ef_wr out = ef_wr_init(room, sizeof(room));

	rfc2217_put(&out, puts_[_i].cmd, puts_[_i].value);
	ck_assert(!out.bad);
	ck_assert_uint_eq(out.len, puts_[_i].len);
	ck_assert_mem_eq(room, puts_[_i].want, out.len);
}
END_TEST

/* All events and the payload as one text. */
static void describe(const uint8_t *in, size_t len, size_t first, char *text, size_t cap)
{
	size_t parts[2] = { first, len - first }, at = 0;
	struct telnet t;
	uint8_t none[16], data[512];
	struct ef_wr out = ef_wr_init(none, sizeof(none));

	telnet_start(&t, &out);
	text[0] = '\0';
	for (size_t p = 0; p < 2; p++) {
		while (parts[p] > 0) {
			struct telnet_event ev;
			size_t data_len, n = telnet_decode(&t, in, parts[p], data, &data_len, &ev);

			ck_assert_uint_ge(n, 1);
			ck_assert_uint_le(n, parts[p]);
			in += n;
			parts[p] -= n;
			for (size_t i = 0; i < data_len; i++)
				at += (size_t)snprintf(text + at, cap - at, "%02x ", data[i]);
			if (ev.kind == TELNET_EV_OPTION)
				at += (size_t)snprintf(text + at, cap - at, "O%u,%u ", ev.verb,
						       ev.option);
			if (ev.kind == TELNET_EV_COM)
				at += (size_t)snprintf(text + at, cap - at, "C%u=%u/%zu ", ev.cmd,
						       (unsigned)ev.value, ev.len);
		}
	}
}

static const struct {
	size_t len;
	uint8_t in[24];
	const char *want;
} streams[] = {
	{ 3, { 'a', 'b', 'c' }, "61 62 63 " },
	{ 4, { 'a', 255, 255, 'b' }, "61 ff 62 " },
	{ 5, { 'a', 255, 253, 44, 'b' }, "61 O253,44 62 " },
	{ 5, { 'a', 255, 241, 'b', 'c' }, "61 62 63 " }, /* NOP */
	{ 10, { 255, 250, 44, 101, 0, 1, 0xc2, 0, 255, 240 }, "C101=115200/4 " },
	{ 11, { 255, 250, 44, 101, 0, 1, 255, 255, 0, 255, 240 }, "C101=130816/4 " },
	{ 7, { 255, 250, 44, 105, 8, 255, 240 }, "C105=8/1 " },
	{ 6, { 255, 250, 44, 100, 255, 240 }, "C100=0/0 " },
	{ 8, { 255, 250, 24, 1, 255, 240, 'x', 'y' }, "78 79 " }, /* another option's */
	{ 5, { 255, 250, 255, 240, 'x' }, "78 " },		  /* empty */
	{ 6, { 255, 250, 44, 255, 240, 'x' }, "78 " },		  /* too short */
	{ 9, { 255, 250, 44, 101, 255, 253, 1, 'x', 'y' }, "O253,1 78 79 " }, /* SE lost */
	{ 10, { 'a', 255, 250, 44, 107, 16, 255, 240, 'b', 'c' }, "61 C107=16/1 62 63 " },
};

/* However the network cuts it. */
START_TEST(streams_decode_the_same_when_cut)
{
	char text[512];

	for (size_t cut = 0; cut <= streams[_i].len; cut++) {
		describe(streams[_i].in, streams[_i].len, cut, text, sizeof(text));
		ck_assert_str_eq(text, streams[_i].want);
	}
}
END_TEST

START_TEST(endless_subnegotiation_is_dropped)
{
	uint8_t in[300], data[300];
	struct telnet_event ev;
	struct telnet t;
	size_t len;

	memset(&t, 0, sizeof(t));
	memset(in, 'x', sizeof(in));
	memcpy(in, "\xff\xfa\x2c\x65", 4);
	memcpy(in + 290, "\xff\xf0", 2);
	ck_assert_uint_eq(telnet_decode(&t, in, sizeof(in), data, &len, &ev), sizeof(in));
	ck_assert_int_eq(ev.kind, TELNET_EV_NONE);
	ck_assert_uint_eq(len, 8);
}
END_TEST

/* What the peer sends and what we answer: each option is answered only once. */
static const struct {
	uint8_t verb, option;
	uint8_t answer; /* 0: none */
	bool has, refused;
} talks[] = {
	{ TELNET_DO, TELNET_COM_PORT, 0, true, false },	    /* agrees to our WILL */
	{ TELNET_DONT, TELNET_COM_PORT, 0, false, true },   /* refuses it */
	{ TELNET_WILL, TELNET_COM_PORT, TELNET_DO, true, false }, /* offers it the other way */
	{ TELNET_DO, TELNET_BINARY, 0, false, false },
	{ TELNET_WILL, TELNET_SGA, 0, false, false },
	{ TELNET_WILL, TELNET_ECHO, TELNET_DONT, false, false },
	{ TELNET_DO, TELNET_ECHO, TELNET_WONT, false, false },
	{ TELNET_WONT, TELNET_ECHO, 0, false, false },
	{ TELNET_DO, 31, TELNET_WONT, false, false },
};

START_TEST(negotiation_answers_once)
{
	struct telnet_event ev = { .kind = TELNET_EV_OPTION };
	uint8_t room[16];
	struct ef_wr out = ef_wr_init(room, sizeof(room));
	struct telnet t;

	telnet_start(&t, &out);
	out = ef_wr_init(room, sizeof(room));
	ev.verb = talks[_i].verb;
	ev.option = talks[_i].option;
	telnet_negotiate(&t, &ev, &out);
	ck_assert_uint_eq(out.len, talks[_i].answer ? 3 : 0);
	if (talks[_i].answer) {
		ck_assert_uint_eq(room[0], 255);
		ck_assert_uint_eq(room[1], talks[_i].answer);
		ck_assert_uint_eq(room[2], talks[_i].option);
	}
	ck_assert_int_eq(telnet_has_com_port(&t), talks[_i].has);
	ck_assert_int_eq(telnet_refused_com_port(&t), talks[_i].refused);
	if (talks[_i].option != TELNET_COM_PORT)
		return;
	out = ef_wr_init(room, sizeof(room));
	telnet_negotiate(&t, &ev, &out);
	ck_assert_uint_eq(out.len, 0); /* no loop */
}
END_TEST

Suite *suite_telnet(void);
Suite *suite_telnet(void)
{
	Suite *s = suite_create("telnet");
	TCase *t = tcase_create("codec");

	tcase_add_test(t, client_begins);
	tcase_add_loop_test(t, commands_as_bytes, 0, LEN(puts_));
	tcase_add_loop_test(t, streams_decode_the_same_when_cut, 0, LEN(streams));
	tcase_add_test(t, endless_subnegotiation_is_dropped);
	tcase_add_loop_test(t, negotiation_answers_once, 0, LEN(talks));
	suite_add_tcase(s, t);
	return s;
}
