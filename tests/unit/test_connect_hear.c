/* SPDX-License-Identifier: MIT */
/*
 * How much must be heard: 16 bytes are a greeting, which is over after 4 ms of silence, and a
 * quarter of an attempt's first bytes, but of eight at least, are garbage. How long is listened at
 * other rates, and while the chip is held in reset.
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
START_TEST(answers_to_a_sync_end_the_wait_for_anything)
{
#define ANSWER 0xc0, 1, 8, 4, 0, 7, 7, 0x12, 0x20, 0, 0, 0, 0, 0xc0
	static const uint8_t eight[] = { ANSWER, ANSWER, ANSWER, ANSWER,
					 ANSWER, ANSWER, ANSWER, ANSWER };
	enum ef_sync_result sync;
	uint64_t from_us;

	for (unsigned any = 0; any < 2; any++) {
		start();
		port.in = eight;
		port.in_len = sizeof(eight);
		port.in_step = sizeof(eight) / 8;
		from_us = port.now_us;
		ck_ok(any ? connect_hear_anything(&f, 100, &sync, &err)
			  : connect_hear(&f, 100, &err),
		      &err);
		ck_assert_uint_eq((port.now_us - from_us) / 1000, any ? 0 : 100);
		ck_assert(!any || sync == EF_SYNC_ROM);
		ck_assert_uint_eq(f.rom.short_syncs, 0);
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

/* ---- other rates ---- */

static const char words[] = "an application that prints text of its own\r\n";
static uint32_t text_hz;
static unsigned said;

/* Once after each change of the rate: garbage, but for one rate. */
static void chatter(struct fake_port *p)
{
	static uint32_t last_hz;

	if (said && p->base.rate_hz == last_hz)
		return;
	last_hz = p->base.rate_hz;
	said++;
	p->in = (const uint8_t *)(last_hz == text_hz ? words : "\x81\x82\x83\x84");
	p->in_len = last_hz == text_hz ? sizeof(words) - 1 : 4;
}

static void listen_for_text(uint32_t hz)
{
	start();
	f.rom_rate_hz = port.base.rate_hz = 115200;
	ev->has_lines = true;
	text_hz = hz;
	said = 0;
	port.on_read = chatter;
}

static void listens(const struct ef_reset *reset, uint64_t deadline_us)
{
	ck_ok(connect_listen(&f, reset, deadline_us, &err), &err);
	ef_rom_release(&f.rom);
}

/* 300 ms at each rate but the usual one, until there is text. Then the usual rate returns. */
START_TEST(rates_are_tried_in_turn)
{
	listen_for_text(9600);
	f.record.counted = f.record.echoed = 99; /* of the log before */
	listens(NULL, UINT64_MAX);
	ck_assert_str_eq(port.log, "1000 @74880\n1300 @9600\n1600 @115200\n");
	ck_assert_uint_eq(ev->text_rate_hz, 9600);
	ck_assert_uint_eq(ev->resets, 0);
	ck_assert_uint_eq(ev->attempts, 2);
	ck_assert_uint_eq(ev->attempt[0].took_us, 300000);
	ck_assert_uint_eq(ev->attempt[0].rate_hz, 74880);
	ck_assert_uint_eq(ev->attempt[0].bytes, 4);
	ck_assert_uint_eq(ev->attempt[0].head_len, 4);
	ck_assert_uint_eq(ev->attempt[1].bytes, sizeof(words) - 1);
	ck_assert_str_eq(ev->attempt[1].strategy, "");
	ck_assert_uint_eq(ev->rx.len, sizeof(words) - 1);
	ck_assert_uint_eq(f.record.counted, sizeof(words) - 1);
}
END_TEST

/* A board that its supply started. */
static void boot_once(struct fake_port *p)
{
	static const char line[] = "rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n";

	if (p->base.rate_hz == 74880 && said++ == 0) {
		p->in = (const uint8_t *)line;
		p->in_len = sizeof(line) - 1;
	}
}

/* The first byte at another rate counts, whatever was counted at the rate before. */
START_TEST(boot_line_at_another_rate)
{
	listen_for_text(74880);
	port.on_read = boot_once;
	f.record.counted = f.record.echoed = 99;
	listens(NULL, UINT64_MAX);
	ck_assert_uint_eq(ev->text_rate_hz, 74880);
	ck_assert_uint_eq(ev->boots.starts, 1);
}
END_TEST

/* Each rate begins with a reset, which counts. Nothing can be read at any of them. */
START_TEST(each_rate_begins_with_a_reset)
{
	static const struct ef_reset reset = { .name = "own",
					       .step_count = 1,
					       .step = { { .wait_ms = 7 } } };

	listen_for_text(1);
	listens(&reset, UINT64_MAX);
	ck_assert_uint_eq(ev->text_rate_hz, 0);
	ck_assert_uint_eq(ev->resets, 7);
	ck_assert_uint_eq(ev->attempts, 7);
	ck_assert_uint_eq(ev->attempt[0].took_us, 307000);
	ck_assert_uint_eq(ev->rx.len, 0);
	ck_assert_uint_eq(port.base.rate_hz, 115200);
}
END_TEST

START_TEST(listening_has_its_limits)
{
	listen_for_text(9600);
	listens(NULL, port.now_us + 300000);
	ck_assert_str_eq(port.log, "1000 @74880\n1300 @115200\n");
	ck_assert_uint_eq(ev->attempts, 1);
	listen_for_text(9600);
	listens(NULL, port.now_us + 300001);
	ck_assert_uint_eq(ev->attempts, 2);
	/* neither the chip's own USB port nor a raw socket has a rate */
	listen_for_text(9600);
	ev->is_native_usb = true;
	listens(NULL, UINT64_MAX);
	ck_assert_str_eq(port.log, "");
	listen_for_text(9600);
	port.base.caps = EF_PORT_HAS_LINES;
	listens(NULL, UINT64_MAX);
	ck_assert_uint_eq(ev->attempts, 0);
	/* a rate of the user's is not tried again, and an error ends it */
	listen_for_text(1);
	f.rom_rate_hz = port.base.rate_hz = 9600;
	listens(NULL, UINT64_MAX);
	ck_assert_ptr_null(strstr(port.log, "@9600\n1"));
	listen_for_text(1);
	port.fails.read = EF_E_PORT;
	ck_fails(connect_listen(&f, NULL, UINT64_MAX, &err), &err, EF_E_PORT, "fails");
	ef_rom_release(&f.rom);
	ck_assert_uint_eq(ev->attempts, 1);
}
END_TEST

/* ---- held in reset ---- */

/* After three resets the application began alike, as if they had restarted it. */
static void seem_restarted(uint64_t longest_us)
{
	static const char app[] = "I (100) main: start\r\nI (200) main: here I am\r\n";

	start();
	memcpy(ev->rx.data, app, sizeof(app) - 1);
	ev->rx.len = ev->rx.total = sizeof(app) - 1;
	ev->has_lines = true;
	ev->syncs = 100;
	ev->resets = ev->attempts = 3;
	for (unsigned i = 0; i < 4; i++) { /* the last one is beyond the record's end */
		struct ef_attempt *a = &ev->attempt[i];

		*a = (struct ef_attempt){ .strategy = "classic",
					  .seen = EF_VERDICT_APP_UNAFFECTED,
					  .took_us = i == 1   ? longest_us
						     : i == 3 ? 9000000
							      : 10 };
		a->head_len = sizeof(app) - 1;
		memcpy(a->head, app, a->head_len);
	}
}

static void holds(uint64_t deadline_us)
{
	ck_ok(connect_hold(&f, deadline_us, &err), &err);
	ef_rom_release(&f.rom);
}

/* What arrives at this time, in ms. */
static unsigned arrives_ms;

static void arrive(struct fake_port *p)
{
	if (p->now_us / 1000 >= arrives_ms && !said++) {
		p->in = (const uint8_t *)"abc";
		p->in_len = 3;
	}
}

/* 50 ms for what is under way, then 0.1 s longer than the longest attempt. */
START_TEST(chip_is_held_in_reset)
{
	static const struct {
		unsigned arrives_ms, bytes;
	} cases[] = { { 1000, 0 }, { 1050, 3 }, { 100000, 0 } };

	seem_restarted(700000);
	said = 0;
	arrives_ms = cases[_i].arrives_ms;
	port.on_read = arrive;
	holds(UINT64_MAX);
	ck_assert_str_eq(port.log, "1000 D0\n1000 R1\n1850 R0\n");
	ck_assert(ev->was_held);
	ck_assert_uint_eq(ev->held_bytes, cases[_i].bytes);
}
END_TEST

START_TEST(hold_ends_in_time_or_does_not_begin)
{
	seem_restarted(700000);
	holds(port.now_us + 800000);
	ck_assert(ev->was_held);
	seem_restarted(700000);
	holds(port.now_us + 799999);
	ck_assert(!ev->was_held);
	ck_assert_str_eq(port.log, "");
	seem_restarted(700000);
	ev->attempt[0].head[0] ^= 1; /* no reason to */
	holds(UINT64_MAX);
	ck_assert(!ev->was_held);
	ck_assert_str_eq(port.log, "");
	seem_restarted(700000);
	port.fails.read = EF_E_PORT;
	ck_fails(connect_hold(&f, UINT64_MAX, &err), &err, EF_E_PORT, "fails");
	ef_rom_release(&f.rom);
	ck_assert(!ev->was_held);
}
END_TEST

Suite *suite_connect_hear(void);
Suite *suite_connect_hear(void)
{
	Suite *s = suite_create("connect_hear");
	TCase *t = tcase_create("connect_hear");

	tcase_add_loop_test(t, greeting_is_heard_to_its_end, 0, 5);
	tcase_add_test(t, answers_to_a_sync_end_the_wait_for_anything);
	tcase_add_test(t, earlier_bytes_are_no_greeting);
	tcase_add_loop_test(t, strays_are_evidence_if_there_is_no_other, 0, 4);
	tcase_add_test(t, echo_at_the_beginning_of_a_log);
	tcase_add_test(t, text_at_another_rate);
	tcase_add_loop_test(t, share_of_garbage, 0, 14);
	tcase_add_test(t, rates_are_tried_in_turn);
	tcase_add_test(t, boot_line_at_another_rate);
	tcase_add_test(t, each_rate_begins_with_a_reset);
	tcase_add_test(t, listening_has_its_limits);
	tcase_add_loop_test(t, chip_is_held_in_reset, 0, 3);
	tcase_add_test(t, hold_ends_in_time_or_does_not_begin);
	suite_add_tcase(s, t);
	return s;
}
