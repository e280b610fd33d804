/* SPDX-License-Identifier: MIT */
/*
 * How much must be heard: 16 bytes are a greeting, which is over after 4 ms of silence, and a
 * quarter of an attempt's first bytes, but of eight at least, are garbage.
 */
#include "ck_ef.h"
#include "flasher/connect_priv.h"
#include "rig/fake_port.h"

static struct ef_flasher f;
static struct fake_port port;
static struct ef_err err;
static struct ef_evidence *const ev = &f.record.evidence;

static void start(void)
{
	memset(&f, 0, sizeof(f));
	fake_init(&port, FAKE_SERIAL);
	port.now_us = 1000000;
	err = (struct ef_err)EF_ERR_INIT;
	f.port = &port.base;
	ck_ok(ef_rom_init(&f.rom, &port.base, &err), &err);
	f.rom.rx_log = &f.record.rx;
}

/* ---- a greeting ---- */

static const struct {
	const char *say[3];
	unsigned took_ms; /* 4 ms in which the bytes come, and 4 ms of silence */
} greetings[] = {
	{ { "" }, 100 },
	{ { "123456789012345" }, 100 },
	{ { "1234567890123456" }, 8 },
	{ { "1", "2345678901234567" }, 8 },
	{ { "12345678", "12345678", "12345678" }, 8 },
};

START_TEST(greeting_is_heard_to_its_end)
{
	uint64_t from_us;

	start();
	for (unsigned i = 0; i < 3 && greetings[_i].say[i]; i++)
		port.say[port.say_count++] = greetings[_i].say[i];
	from_us = port.now_us;
	ck_ok(connect_hear(&f, 100, &err), &err);
	ck_assert_uint_eq((port.now_us - from_us) / 1000, greetings[_i].took_ms);
	ef_rom_release(&f.rom);
}
END_TEST

/* An answer to an earlier SYNC is shorter than a greeting.  */
START_TEST(frame_ends_the_wait_for_anything)
{
	uint64_t from_us;

	for (unsigned any = 0; any < 2; any++) {
		start();
		port.say[port.say_count++] = "\xc0"
					     "answer"
					     "\xc0";
		from_us = port.now_us;
		ck_ok(any ? connect_hear_anything(&f, 100, &err) : connect_hear(&f, 100, &err),
		      &err);
		ck_assert_uint_eq((port.now_us - from_us) / 1000, any ? 0 : 100);
		ef_rom_release(&f.rom);
	}
}
END_TEST

/* What came before counts for nothing: the greeting has to come now. */
START_TEST(earlier_bytes_are_no_greeting)
{
	uint64_t from_us;

	start();
	f.record.rx.len = f.record.rx.total = 100;
	port.say[port.say_count++] = "123456789012345";
	from_us = port.now_us;
	ck_ok(connect_hear(&f, 50, &err), &err);
	ck_assert_uint_eq((port.now_us - from_us) / 1000, 50);
	ck_assert_uint_eq(f.record.rx.total, 115);
	port.fails.read = EF_E_PORT;
	ck_fails(connect_hear(&f, 50, &err), &err, EF_E_PORT, "fails");
	ef_rom_release(&f.rom);
}
END_TEST

/* ---- bytes that no attempt caused ---- */

START_TEST(strays_are_evidence_if_there_is_no_other)
{
	static const struct {
		const char *say;
		bool is_there, is_kept; /* other evidence; the strays become it */
	} strays[] = { { "", false, false },
		       { "123456789012345", false, false },
		       { "1234567890123456", false, true },
		       { "1234567890123456", true, false } };
	const size_t len = strlen(strays[_i].say);

	start();
	port.say[port.say_count++] = strays[_i].say;
	ev->rx.len = ev->rx.total = strays[_i].is_there ? 3 : 0;
	ev->reactions.stray_bytes = 5;
	f.record.counted = f.record.echoed = 9;
	f.record.rx.len = f.record.rx.total = 7; /* of the attempt before */
	ck_ok(connect_log_strays(&f, &err), &err);
	ck_assert_uint_eq(ev->reactions.stray_bytes, 5 + len);
	ck_assert_int_eq(f.record.is_kept_stray, strays[_i].is_kept);
	ck_assert_uint_eq(ev->rx.len, strays[_i].is_kept ? len : strays[_i].is_there ? 3 : 0);
	ck_assert_uint_eq(f.record.rx.len + f.record.rx.total, 0);
	ck_assert_uint_eq(f.record.counted + f.record.echoed, 0);
	port.fails.read = EF_E_PORT;
	ck_fails(connect_log_strays(&f, &err), &err, EF_E_PORT, "fails");
	ef_rom_release(&f.rom);
}
END_TEST

/* A log that was cleared is searched for echoes from its first byte on. */
START_TEST(echo_at_the_beginning_of_a_log)
{
	static const char sync[] = "\x00\x08\x24\x00\x00\x00\x00\x00\x07\x07\x12\x20UU";
	const size_t len = sizeof(sync) - 1;

	start();
	memcpy(f.record.rx.data, sync, len);
	f.record.rx.len = f.record.rx.total = len;
	f.record.echoed = 500; /* of the log before */
	connect_log_bytes(&f);
	ck_assert_uint_eq(ev->reactions.echoes, 1);
	ck_assert_uint_eq(f.record.echoed, len);
	connect_log_bytes(&f);
	ck_assert_uint_eq(ev->reactions.echoes, 1);
	ef_rom_release(&f.rom);
}
END_TEST

/* Sixteen bytes tell text from garbage. */
START_TEST(text_at_another_rate)
{
	static const char text[] = "sixteen bytes...";

	for (size_t len = 15; len <= 16; len++) {
		start();
		f.rom_rate_hz = 115200;
		f.port->rate_hz = 74880;
		memcpy(f.record.rx.data, text, len);
		f.record.rx.len = f.record.rx.total = len;
		connect_log_note_rate(&f);
		ck_assert_uint_eq(ev->text_rate_hz, len == 16 ? 74880 : 0);
		ef_rom_release(&f.rom);
	}
}
END_TEST

/* ---- garbage before text ---- */

static const struct {
	const char *head;
	bool is_garbage;
} heads[] = {
	{ "12345678", false },
	{ "\x80"
	  "2345678",
	  false },
	{ "\x80\x80"
	  "345678",
	  true },
	{ "\x80\x80\x80\x80\x80\x80\x80", false }, /* too few */
	{ "\x80\x80"
	  "345678901",
	  true },
	{ "\x80\x80"
	  "3456789012",
	  false },
	{ "\x7f\x7f"
	  "345678",
	  true },
	{ "\x7e\x7e"
	  "345678",
	  false },
	{ "\x1f\x1f"
	  "345678",
	  true },
	{ "  345678", false },
	{ "\r\r345678", false },
	{ "\n\n345678", false },
	{ "\x1b\x1b"
	  "345678",
	  false },
	{ "\t\t345678", true },
};

START_TEST(share_of_garbage)
{
	static const char text[] = "an application that prints text of its own\r\n";
	struct ef_attempt *a = &ev->attempt[1];

	start();
	memcpy(ev->rx.data, text, strlen(text));
	ev->rx.len = ev->rx.total = strlen(text);
	ev->has_lines = true;
	ev->resets = ev->attempts = 2;
	ev->syncs = 20;
	a->head_len = (uint8_t)strlen(heads[_i].head);
	memcpy(a->head, heads[_i].head, a->head_len);
	ck_assert_int_eq(connect_log_wants_other_rate(&f, 2), heads[_i].is_garbage);
	ev->has_lines = false; /* without a reset, a ROM says nothing */
	ck_assert(!connect_log_wants_other_rate(&f, 2));
	ef_rom_release(&f.rom);
}
END_TEST

Suite *suite_connect_hear(void);
Suite *suite_connect_hear(void)
{
	Suite *s = suite_create("connect_hear");
	TCase *t = tcase_create("connect_hear");

	tcase_add_loop_test(t, greeting_is_heard_to_its_end, 0, 5);
	tcase_add_test(t, frame_ends_the_wait_for_anything);
	tcase_add_test(t, earlier_bytes_are_no_greeting);
	tcase_add_loop_test(t, strays_are_evidence_if_there_is_no_other, 0, 4);
	tcase_add_test(t, echo_at_the_beginning_of_a_log);
	tcase_add_test(t, text_at_another_rate);
	tcase_add_loop_test(t, share_of_garbage, 0, 14);
	suite_add_tcase(s, t);
	return s;
}
