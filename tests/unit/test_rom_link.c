/* SPDX-License-Identifier: MIT */
/*
 * The link below the exchange: what it logs and when that came, how long it reads after a
 * deadline, and the bursts of answers to a SYNC (eight; esptool loader.py, sync()).
 */
#include "rig/fake_port.h"
#include "rig/script_port.h"
#include "rom/link.h"
#include "rom/rom_priv.h"

static struct ef_rom rom;
static struct ef_rx_log rx_log;
static struct ef_err err;

static void start(struct ef_port *port)
{
	memset(&rx_log, 0, sizeof(rx_log));
	err = (struct ef_err)EF_ERR_INIT;
	ck_ok(ef_rom_init(&rom, port, &err), &err);
	rom.rx_log = &rx_log;
}

static void read_on(uint64_t deadline_us)
{
	bool found;

	ck_ok(link_next_frame(&rom, deadline_us, &found, &err), &err);
	ck_assert(!found);
}

/* ---- the log's times ---- */

static struct fake_port fake;

static void start_fake(void)
{
	fake_init(&fake, EF_PORT_HAS_BAUD);
	start(&fake.base);
}

static void hear(const char *text, uint64_t at_us)
{
	fake.now_us = at_us;
	fake.in = (const uint8_t *)text;
	fake.in_len = strlen(text);
	read_on(at_us);
}

/* Bytes within a millisecond share a mark, which tells when the first of them came. */
START_TEST(runs_of_bytes_have_marks)
{
	start_fake();
	hear("ab", 5000);
	hear("c", 5999);
	hear("d", 6000);
	hear("ef", 9000);
	ck_assert_uint_eq(rx_log.marks, 3);
	ck_assert_uint_eq(rx_log.mark[0].at_us, 5000);
	ck_assert_uint_eq(rx_log.mark[0].from, 0);
	ck_assert_uint_eq(rx_log.mark[1].at_us, 6000);
	ck_assert_uint_eq(rx_log.mark[1].from, 3);
	ck_assert_uint_eq(rx_log.mark[2].at_us, 9000);
	ck_assert_uint_eq(rx_log.mark[2].from, 4);
	ck_assert_uint_eq(rx_log.total, 6);
	ef_rom_release(&rom);
}
END_TEST

/* There are 64 marks; the oldest ones go. */
START_TEST(newest_marks_are_kept)
{
	start_fake();
	for (unsigned i = 0; i < 70; i++)
		hear("x", 1000000 + 2000 * i);
	ck_assert_uint_eq(rx_log.marks, 64);
	for (unsigned i = 0; i < 64; i++) {
		ck_assert_uint_eq(rx_log.mark[i].from, i + 6);
		ck_assert_uint_eq(rx_log.mark[i].at_us, 1000000 + 2000 * (i + 6));
	}
	ef_rom_release(&rom);
}
END_TEST

/* A log that keeps the first bytes counts the others. */
START_TEST(a_full_log_keeps_the_first)
{
	static char text[3001];

	for (unsigned i = 0; i < 3000; i++)
		text[i] = (char)('a' + i % 26);
	start_fake();
	rx_log.keeps_first = true;
	hear(text + 1000, 1000); /* 2000 bytes */
	hear(text, 5000);
	hear("z", 9000);
	ck_assert_uint_eq(rx_log.len, 2048);
	ck_assert_uint_eq(rx_log.total, 5001);
	ck_assert_mem_eq(rx_log.data, text + 1000, 2000);
	ck_assert_mem_eq(rx_log.data + 2000, text, 48);
	ef_rom_release(&rom);
}
END_TEST

/* ---- past the deadline ---- */

/* How often the port is read until the link says that the time is over. */
static unsigned reads_past_deadline(void)
{
	unsigned before = fake.reads;

	for (unsigned i = 0; i < 10; i++) {
		hear("noise", 5000); /* more arrives in the meantime */
		fake.in_len = 0;
	}
	return fake.reads - before;
}

/* What the system held back counts, but not what comes without end: four reads. */
START_TEST(few_reads_after_the_deadline)
{
	start_fake();
	ck_assert_uint_eq(reads_past_deadline(), 4);
	ck_assert_uint_eq(reads_past_deadline(), 0);
	/* a new request has a new deadline */
	ck_ok(ef_rom_send_sync(&rom, &err), &err);
	ck_assert_uint_eq(reads_past_deadline(), 4);
	ck_ok(ef_rom_discard(&rom, &err), &err);
	ck_assert_uint_eq(reads_past_deadline(), 4);
	fake.now_us = 5000;
	fake.in = (const uint8_t *)"more";
	fake.in_len = 4;
	read_on(4000); /* another deadline that has passed */
	ck_assert_uint_eq(fake.in_len, 0);
	ef_rom_release(&rom);
}
END_TEST

/* ---- SYNC's burst ---- */

#define SYNC                                                                                       \
	"> c000082400000000000707122055555555555555555555555555555555555555555555"                 \
	"55555555555555555555c0\n"
#define ROM_1         "< c0010804000712205500000000c0\n"
#define STUB_1        "< c001080200000000000000c0\n"
#define TIMES_7(text) text text text text text text text

static struct script_port script;

static void start_script(const char *text)
{
	script_init(&script, text);
	start(&script.base);
}

static void finish_script(void)
{
	ef_rom_release(&rom);
	script_done(&script);
}

static const struct {
	const char *what, *answers;
	bool is_whole;
} echoes[] = {
	{ "eight of a ROM", TIMES_7(ROM_1) ROM_1, true },
	{ "eight of a stub", TIMES_7(STUB_1) STUB_1, true },
	{ "seven", TIMES_7(ROM_1), false },
	{ "none", "", false },
	/* each answer gets 50 ms of its own, whatever the first one was given */
	{ "eight of a slow chip", TIMES_7("~ 45\n" ROM_1) "~ 45\n" ROM_1, true },
	{ "eight of a chip that is too slow", "~ 45\n" ROM_1 "~ 55\n" TIMES_7(ROM_1), false },
	{ "another value", TIMES_7(ROM_1) "< c0010804000712205400000000c0\n", false },
	{ "another opcode", TIMES_7(ROM_1) "< c0010a04000712205500000000c0\n", false },
	{ "a status", TIMES_7(ROM_1) "< c0010804000712205501000000c0\n", false },
	{ "a reason", TIMES_7(ROM_1) "< c0010804000712205500010000c0\n", false },
	{ "the first differs", "< c0010804000712205400000000c0\n" TIMES_7(ROM_1), false },
};

START_TEST(an_echo_is_whole_or_not)
{
	char text[1024];
	bool ok = !echoes[_i].is_whole;

	(void)snprintf(text, sizeof(text), "%s%s", SYNC, echoes[_i].answers);
	start_script(text);
	ck_ok(ef_rom_echo(&rom, 100, &ok, &err), &err);
	ck_assert_msg(ok == echoes[_i].is_whole, "%s", echoes[_i].what);
	ef_rom_release(&rom);
}
END_TEST

/* A port that fails is an error, not a line that damages bytes. */
START_TEST(echo_needs_a_port)
{
	bool ok = true;

	start_fake();
	if (_i)
		fake.fails.read = EF_E_PORT;
	else
		fake.fails.write = EF_E_PORT;
	ck_fails(ef_rom_echo(&rom, 100, &ok, &err), &err, EF_E_PORT, "the fake port fails");
	ck_assert(!ok);
	ef_rom_release(&rom);
}
END_TEST

/* A ROM refuses an unknown command eight times. Ctrl-C while they arrive is told as such. */
START_TEST(interrupted_while_refusals_arrive)
{
	static const uint8_t refusal[] = {
		0xc0, 0x01, 0x0a, 0x04, 0, 0, 0, 0, 0, 1, 5, 0, 0, 0xc0
	};
	static const uint8_t head[] = { 0x00, 0x10, 0x00, 0x40 };
	const struct ef_request req = {
		.op = EF_OP_READ_REG, .head = head, .head_len = 4, .timeout_ms = 100
	};
	struct ef_reply reply;

	start_fake();
	fake.in = refusal;
	fake.in_len = sizeof(refusal);
	fake.fails.read = _i ? EF_E_INTR : EF_OK;
	ck_fails(ef_rom_command(&rom, &req, &reply, &err), &err, _i ? EF_E_INTR : EF_E_PROTOCOL,
		 _i ? "the fake port fails" : "the chip refused");
	ef_rom_release(&rom);
}
END_TEST

/* All values of a stub's answers are zero; one of a ROM's may be damaged to that. */
START_TEST(who_answers_a_sync)
{
	enum ef_sync_result result;

	start_script(SYNC TIMES_7(STUB_1) ROM_1);
	ck_ok(ef_rom_sync(&rom, 100, &result, &err), &err);
	ck_assert_int_eq(result, EF_SYNC_ROM);
	finish_script();
	start_script(SYNC ROM_1 TIMES_7(STUB_1));
	ck_ok(ef_rom_sync(&rom, 100, &result, &err), &err);
	ck_assert_int_eq(result, EF_SYNC_ROM);
	finish_script();
}
END_TEST

/* A burst ends with its eighth answer, or 50 ms after the last one. */
START_TEST(a_burst_is_drained)
{
	start_script(ROM_1 TIMES_7(ROM_1));
	ck_ok(ef_rom_drain_burst(&rom, &err), &err); /* the seven behind a first one */
	ck_assert_uint_eq(script.now_us, 0);
	ck_ok(ef_rom_drain_burst(&rom, &err), &err);
	ck_assert_uint_eq(script.now_us, 50000);
	finish_script();
}
END_TEST

/* Answers to other commands don't count. The status is a stub's word on what came before. */
START_TEST(an_awaited_sync)
{
	uint8_t status[2] = { 9, 9 };
	bool found;

	start_script("< c0010a02001111111100000000c0\n< c00108020000000000c405c0\n~ 20\n");
	ck_ok(ef_rom_await_sync(&rom, 100, &found, status, &err), &err);
	ck_assert(found);
	ck_assert_uint_eq(status[0], 0xc4);
	ck_assert_uint_eq(status[1], 0x05);
	ck_ok(ef_rom_await_sync(&rom, 100, &found, status, &err), &err);
	ck_assert(!found);
	ck_assert_uint_eq(script.now_us, 100000);
	finish_script();
}
END_TEST

/* ---- boot logs ---- */

#define A16 "61616161616161616161616161616161"

/* More than 64 stray bytes since the last discard are a boot log. */
START_TEST(strays_are_counted_until_a_discard)
{
	enum ef_sync_result result;
	bool is_text;

	start_script(SYNC "< " A16 A16 "\n" SYNC "< " A16 A16 "\n" SYNC "< 61\n");
	ck_ok(ef_rom_sync_or_text(&rom, 100, &result, &is_text, &err), &err);
	ck_assert(!is_text && result == EF_SYNC_NONE);
	ck_ok(ef_rom_sync_or_text(&rom, 100, &result, &is_text, &err), &err);
	ck_assert(!is_text);
	ck_ok(ef_rom_sync_or_text(&rom, 100, &result, &is_text, &err), &err);
	ck_assert(is_text);
	finish_script();

	start_script(SYNC "< " A16 A16 A16 A16 "\n" SYNC "< 61\n");
	ck_ok(ef_rom_sync_or_text(&rom, 100, &result, &is_text, &err), &err);
	ck_ok(ef_rom_discard(&rom, &err), &err);
	ck_ok(ef_rom_sync_or_text(&rom, 100, &result, &is_text, &err), &err);
	ck_assert(!is_text);
	finish_script();

	/* an answer is not text, whatever came before it */
	start_script(SYNC "< " A16 A16 A16 A16 "\n" ROM_1 TIMES_7(ROM_1));
	ck_ok(ef_rom_sync_or_text(&rom, 100, &result, &is_text, &err), &err);
	ck_assert(!is_text && result == EF_SYNC_ROM);
	ef_rom_release(&rom);
}
END_TEST

/* A new request begins a new count, so that what came before it is not a boot log. */
START_TEST(strays_before_a_request_do_not_count)
{
	static const uint8_t head[] = { 0x00, 0x10, 0x00, 0x40 };
	const struct ef_request req = { .op = EF_OP_READ_REG, .head = head, .head_len = 4 };
	const struct ef_wait wait = { .until_us = 1000000, .stops_at_text = true };
	enum ef_sync_result result;
	enum ef_waited waited;
	struct ef_reply reply;

	start_script(SYNC "< " A16 A16 A16 A16 "\n> c0000a04000000000000100040c0\n< 61\n");
	ck_ok(ef_rom_sync(&rom, 100, &result, &err), &err);
	ck_ok(ef_rom_send(&rom, &req, &err), &err);
	ck_ok(ef_rom_wait(&rom, &req, &wait, &waited, &reply, &err), &err);
	ck_assert_int_eq(waited, EF_WAITED_TIME);
	finish_script();
}
END_TEST

/*
 * A stub holds back a failure, and reports it in its answer to the next request: here a SYNC
 * (esp-flasher-stub, handle_command). The first of two status bytes says whether there is a failure
 * to report.
 */
static const struct {
	const char *status;
	bool passes;
} told[] = { { "0000", true }, { "c400", false }, { "0001", true } };

START_TEST(answer_to_a_sync_tells_what_failed)
{
	static const uint8_t head[] = { 0x00, 0x10, 0x00, 0x40 };
	const struct ef_request req = { .op = EF_OP_READ_REG, .head = head, .head_len = 4 };
	const struct ef_wait wait = { .until_us = 1000000, .takes_sync = true };
	char lines[128];
	enum ef_waited waited;
	struct ef_reply reply;
	bool ok;

	(void)snprintf(lines, sizeof(lines),
		       "> c0000a04000000000000100040c0\n< c00108020000000000%sc0\n",
		       told[_i].status);
	start_script(lines);
	rom.loader = EF_LOADER_STUB;
	ck_ok(ef_rom_send(&rom, &req, &err), &err);
	ok = ef_rom_wait(&rom, &req, &wait, &waited, &reply, &err);
	ck_assert_int_eq(ok, told[_i].passes);
	ck_assert_int_eq(waited, EF_WAITED_SYNC);
	if (!ok) {
		ck_assert_uint_eq(err.fault.status, 0xc4);
		ck_fails(ok, &err, EF_E_PROTOCOL, "flash operation failed (status c4 00)");
	}
	finish_script();
}
END_TEST

/* ---- sending ---- */

/* 46 bytes of ten bits take 3993 us at 115200 Baud; a USB port has no such rate. */
START_TEST(when_a_request_has_left)
{
	start_fake();
	fake.now_us = 7000;
	ck_ok(ef_rom_send_sync(&rom, &err), &err);
	ck_assert_uint_eq(ef_rom_sent_us(&rom), 7000 + 3993);
	ck_assert_uint_eq(rom.requests, 1);
	fake.base.caps = 0;
	ck_ok(ef_rom_send_sync(&rom, &err), &err);
	ck_assert_uint_eq(ef_rom_sent_us(&rom), 7000);
	ck_assert_uint_eq(rom.requests, 2);
	fake.sent_len = 0;
	ck_ok(ef_rom_shift_frame(&rom, &err), &err);
	ck_assert_uint_eq(fake.sent_len, 1);
	ck_assert_uint_eq(fake.sent[0], 0xc0);
	ef_rom_release(&rom);
}
END_TEST

Suite *suite_rom_link(void);

Suite *suite_rom_link(void)
{
	Suite *s = suite_create("rom_link");
	TCase *t = tcase_create("rom_link");

	tcase_add_test(t, runs_of_bytes_have_marks);
	tcase_add_test(t, newest_marks_are_kept);
	tcase_add_test(t, a_full_log_keeps_the_first);
	tcase_add_test(t, few_reads_after_the_deadline);
	tcase_add_loop_test(t, an_echo_is_whole_or_not, 0, (int)EF_ARRAY_LEN(echoes));
	tcase_add_loop_test(t, echo_needs_a_port, 0, 2);
	tcase_add_loop_test(t, interrupted_while_refusals_arrive, 0, 2);
	tcase_add_test(t, who_answers_a_sync);
	tcase_add_test(t, a_burst_is_drained);
	tcase_add_test(t, an_awaited_sync);
	tcase_add_test(t, strays_are_counted_until_a_discard);
	tcase_add_test(t, strays_before_a_request_do_not_count);
	tcase_add_loop_test(t, answer_to_a_sync_tells_what_failed, 0, 3);
	tcase_add_test(t, when_a_request_has_left);
	suite_add_tcase(s, t);
	return s;
}
