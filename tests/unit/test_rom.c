/* SPDX-License-Identifier: MIT */
/*
 * The exchange: the bytes sent, which answer counts, and when the wait ends. Byte values come
 * from esptool's documentation of the serial protocol and its traces, not from our encoder.
 */
#include "rom/rom_priv.h"
#include "rig/script_port.h"

#define SYNC                                                                                       \
	"> c000082400000000000707122055555555555555555555555555555555555555555555"                 \
	"55555555555555555555c0\n"
#define READ_REG "> c0000a04000000000000100040c0\n"

static struct script_port port;
static struct ef_rom rom;
static struct ef_rx_log rx_log;

static void start(const char *script)
{
	struct ef_err err = EF_ERR_INIT;

	memset(&rx_log, 0, sizeof(rx_log));
	script_init(&port, script);
	ck_ok(ef_rom_init(&rom, &port.base, &err), &err);
	rom.rx_log = &rx_log;
}

static void finish(void)
{
	ef_rom_release(&rom);
	script_done(&port);
}

static bool rx_log_has(const char *text)
{
	size_t len = strlen(text);

	for (size_t i = 0; i + len <= rx_log.len; i++)
		if (memcmp(rx_log.data + i, text, len) == 0)
			return true;
	return false;
}

/* ---- READ_REG: answers that count and answers that don't ---- */

static const struct {
	const char *what, *script;
	enum ef_loader loader;
	bool ok;
	uint32_t value;
	enum ef_code code;
	const char *text;
	uint64_t elapsed_ms;
	enum ef_fault_kind fault;
} reads[] = {
	{ "a ROM's answer, four status bytes", "< c0010a0400831df00000000000c0\n", EF_LOADER_ROM,
	  true, 0x00f01d83, EF_OK, "", 0, EF_FAULT_NONE },
	{ "a stub's, two", "< c0010a0200831df0000000c0\n", EF_LOADER_STUB, true, 0x00f01d83, EF_OK,
	  "", 0, EF_FAULT_NONE },
	{ "text before it", "< 0d0a68656c6c6fc0010a0400831df00000000000c0\n", EF_LOADER_ROM, true,
	  0x00f01d83, EF_OK, "", 0, EF_FAULT_NONE },
	{ "text with a C0 in it", "< 68c06c6fc0010a0400831df00000000000c0\n", EF_LOADER_ROM, true,
	  0x00f01d83, EF_OK, "", 0, EF_FAULT_NONE },
	{ "in single bytes, with pauses",
	  "< c0\n~ 100\n< 01\n~ 1000\n< 0a0400831df00000\n~ 100\n< 000000c0\n", EF_LOADER_ROM, true,
	  0x00f01d83, EF_OK, "", 1200, EF_FAULT_NONE },
	{ "a stale SYNC answer first",
	  "< c0010804000712205500000000c0\n"
	  "< c0010804000712205500000000c0c0010a0400831df00000000000c0\n",
	  EF_LOADER_ROM, true, 0x00f01d83, EF_OK, "", 0, EF_FAULT_NONE },
	{ "our own echo first", "< c0000a04000000000000100040c0c0010a0400831df00000000000c0\n",
	  EF_LOADER_ROM, true, 0x00f01d83, EF_OK, "", 0, EF_FAULT_NONE },
	{ "a wrong length field first",
	  "< c0010a0500831df00000000000c0c0010a0400831df00000000000c0\n", EF_LOADER_ROM, true,
	  0x00f01d83, EF_OK, "", 0, EF_FAULT_NONE },
	{ "a short frame first", "< c0010a04c0c0010a0400831df00000000000c0\n", EF_LOADER_ROM, true,
	  0x00f01d83, EF_OK, "", 0, EF_FAULT_NONE },
	{ "silence", "", EF_LOADER_ROM, false, 0, EF_E_TIMEOUT,
	  "no answer to READ_REG within 3000 ms", 3001, EF_FAULT_LOST },
	{ "half an answer", "< c0010a0400831d\n", EF_LOADER_ROM, false, 0, EF_E_TIMEOUT,
	  "no answer to READ_REG", 3001, EF_FAULT_LOST },
	{ "stub: SPI operation failed", "< c0010a020000000000c400c0\n", EF_LOADER_STUB, false, 0,
	  EF_E_PROTOCOL, "the chip refused READ_REG: flash operation failed (status c4 00)", 0,
	  EF_FAULT_REFUSED },
	{ "ROM: status 1, reason 6", "< c0010a04000000000001060000c0\n", EF_LOADER_ROM, false, 0,
	  EF_E_PROTOCOL,
	  "the chip refused READ_REG: command understood, but it failed (status 01 06)", 0,
	  EF_FAULT_REFUSED },
};

START_TEST(read_reg)
{
	struct ef_err err = EF_ERR_INIT;
	char script[512];
	uint32_t value = 0x5a5a5a5a;
	bool ok;

	snprintf(script, sizeof(script), "%s%s", READ_REG, reads[_i].script);
	start(script);
	rom.loader = reads[_i].loader;
	ok = ef_rom_read_reg(&rom, 0x40001000, &value, &err);
	ck_assert_msg(ok == reads[_i].ok, "%s: %s", reads[_i].what, err.msg);
	ck_assert_uint_eq(value, ok ? reads[_i].value : 0x5a5a5a5a);
	ck_assert_int_eq(err.code, reads[_i].code);
	ck_assert_msg(strstr(err.msg, reads[_i].text) != NULL, "%s", err.msg);
	ck_assert_uint_eq(port.now_us / 1000, reads[_i].elapsed_ms);
	ck_assert_int_eq(err.fault.kind, reads[_i].fault);
	ck_assert_uint_eq(rom.requests, 1);
	ck_assert_uint_eq(port.writes, 1);
	finish();
}
END_TEST

/* ESP32's ROM to GET_SECURITY_INFO: eight answers; they cost no waiting and don't hit the next one.
 */
#define UNSUPPORTED "< c0011404000000000001050000c0\n"
START_TEST(unsupported_is_drained)
{
	struct ef_err err = EF_ERR_INIT;
	struct ef_security_info info;
	uint32_t value;

	start("> c00014000000000000c0\n" UNSUPPORTED UNSUPPORTED UNSUPPORTED UNSUPPORTED UNSUPPORTED
		      UNSUPPORTED "~ 3\n" UNSUPPORTED "~ 3\n" UNSUPPORTED READ_REG
	      "< c0010a0400831df00000000000c0\n");
	ck_assert(!ef_rom_security_info(&rom, &info, &err));
	ck_assert_int_eq(err.fault.kind, EF_FAULT_REFUSED);
	ck_assert_int_eq(err.fault.refusal, EF_REFUSAL_UNSUPPORTED);
	ck_assert_uint_eq(err.fault.status, 1);
	ck_assert_uint_eq(err.fault.reason, 5);
	ck_fails(false, &err, EF_E_PROTOCOL,
		 "the chip refused GET_SECURITY_INFO: unknown or malformed command (status 01 05)");
	ck_assert_uint_eq(port.now_us / 1000, 6);
	ck_ok(ef_rom_read_reg(&rom, 0x40001000, &value, &err), &err);
	ck_assert_uint_eq(value, 0x00f01d83);
	finish();
}
END_TEST

/* The rejection may carry another opcode (esptool loader.py, command()). One alone costs one gap.
 */
START_TEST(unsupported_with_another_opcode)
{
	struct ef_err err = EF_ERR_INIT;
	uint32_t value;

	start(READ_REG "< c001ff04000000000001050000c0\n");
	ck_fails(ef_rom_read_reg(&rom, 0x40001000, &value, &err), &err, EF_E_PROTOCOL,
		 "the chip refused READ_REG: unknown or malformed command");
	ck_assert_uint_eq(port.now_us / 1000, 50);
	finish();
}
END_TEST

START_TEST(late_answer_is_not_the_next_ones)
{
	struct ef_err err = EF_ERR_INIT;
	uint32_t value;

	start(READ_REG "~ 3500\n< c0010a04001111111100000000c0\n" READ_REG
		       "< c0010a04002222222200000000c0\n");
	ck_fails(ef_rom_read_reg(&rom, 0x40001000, &value, &err), &err, EF_E_TIMEOUT, "READ_REG");
	port.now_us += 1000000;
	ck_ok(ef_rom_read_reg(&rom, 0x40001000, &value, &err), &err);
	ck_assert_uint_eq(value, 0x22222222);
	finish();
}
END_TEST

START_TEST(a_line_that_never_stops_talking)
{
	struct ef_err err = EF_ERR_INIT;
	static char script[64 * 1024];
	char *p = script + snprintf(script, sizeof(script), "%s", READ_REG);
	uint32_t value;

	for (unsigned i = 0; i < 1000; i++)
		p += snprintf(p, 64, "~ 10\n< 68656c6c6fc0776f726c640d0a\n");
	start(script);
	ck_fails(ef_rom_read_reg(&rom, 0x40001000, &value, &err), &err, EF_E_TIMEOUT, "READ_REG");
	ck_assert_uint_le(port.now_us / 1000, 3020);
	ck_assert(rx_log_has("hello"));
	ck_assert_uint_eq(rx_log.len, sizeof(rx_log.data));
	ef_rom_release(&rom);
}
END_TEST

START_TEST(interrupt_passes)
{
	struct ef_err err = EF_ERR_INIT;
	uint32_t value;

	start(READ_REG);
	port.interrupted = true;
	ck_fails(ef_rom_read_reg(&rom, 0x40001000, &value, &err), &err, EF_E_INTR, "interrupted");
	finish();
}
END_TEST

/* ---- SYNC ---- */

#define R1 "< c0010804000712205500000000c0\n"
#define S1 "< c001080200000000000000c0\n"

static const struct {
	const char *what, *script;
	enum ef_sync_result want;
	uint64_t elapsed_ms;
} syncs[] = {
	{ "ROM, eight answers", R1 R1 R1 R1 R1 R1 R1 R1, EF_SYNC_ROM, 0 },
	{ "ROM, only three came", R1 R1 R1, EF_SYNC_ROM, 50 },
	{ "boot text before", "< 657473204a756e0d0a\n~ 20\n" R1 R1 R1 R1 R1 R1 R1 R1, EF_SYNC_ROM,
	  20 },
	{ "a stub, eight zeros", S1 S1 S1 S1 S1 S1 S1 S1, EF_SYNC_STUB, 0 },
	{ "silence", "", EF_SYNC_NONE, 104 },
	{ "echo",
	  "< c000082400000000000707122055555555555555555555555555555555555555555555"
	  "55555555555555555555c0\n",
	  EF_SYNC_NONE, 104 },
	{ "a stub with an error to tell", "< c00108020000000000c400c0\n", EF_SYNC_NONE, 104 },
	{ "too late", "~ 200\n" R1, EF_SYNC_NONE, 104 },
};

START_TEST(sync)
{
	struct ef_err err = EF_ERR_INIT;
	enum ef_sync_result result;
	char script[1024];

	snprintf(script, sizeof(script), "%s%s", SYNC, syncs[_i].script);
	start(script);
	ck_ok(ef_rom_sync(&rom, 100, &result, &err), &err);
	ck_assert_msg(result == syncs[_i].want, "%s: %d", syncs[_i].what, (int)result);
	/* 46 bytes of request take 4 ms at 115200 before the answer can be due */
	ck_assert_uint_le(port.now_us / 1000, syncs[_i].elapsed_ms);
	ck_assert_uint_ge(port.now_us / 1000 + 1, syncs[_i].elapsed_ms);
	ck_assert(!port.mismatch);
	ef_rom_release(&rom);
}
END_TEST

START_TEST(rx_log_keeps_what_was_no_answer)
{
	struct ef_err err = EF_ERR_INIT;
	enum ef_sync_result result;
	uint32_t value;

	/* "boot:0x13", then a C0 and text that no C0 ends */
	start(SYNC "< 626f6f743a307831330d0ac077616974696e67\n" SYNC);
	ck_ok(ef_rom_sync(&rom, 100, &result, &err), &err);
	ck_assert(rx_log_has("boot:0x13\r\n"));
	ck_assert(rx_log_has("waiting"));
	ck_assert_uint_eq(rx_log.len, 18);
	ck_ok(ef_rom_sync(&rom, 100, &result, &err), &err);
	ck_ok(ef_rom_discard(&rom, &err), &err);
	ck_assert_uint_eq(rx_log.len, 18);
	finish();
	/* an answer that counted isn't in it */
	start(READ_REG "< c0010a0400831df00000000000c0\n" SYNC);
	ck_ok(ef_rom_read_reg(&rom, 0x40001000, &value, &err), &err);
	ck_ok(ef_rom_sync(&rom, 100, &result, &err), &err);
	ck_ok(ef_rom_discard(&rom, &err), &err);
	ck_assert_uint_eq(rx_log.len, 0);
	finish();
}
END_TEST

/* ---- a frame that waits to be read ---- */

/* What was there before a discard does not count afterwards. */
START_TEST(discard_drops_a_waiting_frame)
{
	struct ef_err err = EF_ERR_INIT;
	uint8_t frame[16];
	bool is_there, is_whole;
	size_t len;

	start("< c04f484149c0\n");
	ck_ok(ef_rom_await_frame(&rom, 4, 1000000, &is_there, &err), &err);
	ck_assert(is_there);
	if (_i)
		ck_ok(ef_rom_discard(&rom, &err), &err);
	ck_ok(ef_rom_read_packet(&rom, frame, sizeof(frame), port.now_us + 1000, &len, &is_whole,
				 &err),
	      &err);
	ck_assert_int_eq(is_whole, !_i);
	ck_assert_uint_eq(len, _i ? 0 : 4);
	finish();
}
END_TEST

/* ---- MEM_END and the greeting ---- */

#define MEM_END "> c000060800000000000000000000000840c0\n"
START_TEST(mem_end_of_a_rom)
{
	struct ef_err err = EF_ERR_INIT;
	uint8_t frame[16];
	size_t len;

	/* an answer, and the stub's greeting behind it */
	start(MEM_END "< c0010604000000000000000000c0\n");
	ef_rom_release(&rom);
	start(MEM_END "< c0010604000000000000000000c0\n< c04f484149c0\n");
	ck_ok(ef_rom_mem_end(&rom, 0x40080000, &err), &err);
	ck_ok(ef_rom_read_frame(&rom, frame, sizeof(frame), 1000000, &len, &err), &err);
	ck_assert_uint_eq(len, 4);
	ck_assert_mem_eq(frame, "OHAI", 4);
	finish();

	/* no answer, but the greeting: it isn't lost */
	start(MEM_END "< c04f484149c0\n");
	ck_ok(ef_rom_mem_end(&rom, 0x40080000, &err), &err);
	ck_ok(ef_rom_read_frame(&rom, frame, sizeof(frame), 1000000, &len, &err), &err);
	ck_assert_uint_eq(len, 4);
	ck_assert_mem_eq(frame, "OHAI", 4);
	finish();

	/* a late answer to another command, with an error, is not the answer */
	start(MEM_END "< c0010a04000000000001050000c0\n< c0010604000000000000000000c0\n"
		      "< c04f484149c0\n");
	ck_ok(ef_rom_mem_end(&rom, 0x40080000, &err), &err);
	ck_ok(ef_rom_read_frame(&rom, frame, sizeof(frame), 1000000, &len, &err), &err);
	ck_assert_uint_eq(len, 4);
	finish();

	/* nothing: fine after 200 ms */
	start(MEM_END);
	ck_ok(ef_rom_mem_end(&rom, 0x40080000, &err), &err);
	ck_assert_uint_eq(port.now_us / 1000, 201);
	finish();
}
END_TEST

START_TEST(long_raw_frames_are_dropped)
{
	struct ef_err err = EF_ERR_INIT;
	uint8_t frame[4];
	size_t len;

	start("< c06162636465c0c04f484149c0\n");
	ck_ok(ef_rom_read_frame(&rom, frame, sizeof(frame), 1000, &len, &err), &err);
	ck_assert_uint_eq(len, 4);
	ck_assert_mem_eq(frame, "OHAI", 4);
	ck_ok(ef_rom_read_frame(&rom, frame, sizeof(frame), 1000, &len, &err), &err);
	ck_assert_uint_eq(len, 0);
	finish();

	/* its last delimiter may have been lost, or be the first one of the next frame */
	start("< c06162636465c04f484149c0\n");
	ck_ok(ef_rom_read_frame(&rom, frame, sizeof(frame), 1000, &len, &err), &err);
	ck_assert_uint_eq(len, 4);
	ck_assert_mem_eq(frame, "OHAI", 4);
	finish();
}
END_TEST

START_TEST(discard_forgets_half_a_frame)
{
	struct ef_err err = EF_ERR_INIT;
	uint8_t frame[4];
	size_t len;

	start("< c06162\n~ 10\n< c04f484149c0\n");
	ck_ok(ef_rom_read_frame(&rom, frame, sizeof(frame), 1000, &len, &err), &err);
	ck_assert_uint_eq(len, 0);
	ck_ok(ef_rom_discard(&rom, &err), &err);
	ck_ok(ef_rom_read_frame(&rom, frame, sizeof(frame), 100000, &len, &err), &err);
	ck_assert_uint_eq(len, 4);
	ck_assert_mem_eq(frame, "OHAI", 4);
	finish();
}
END_TEST

/* ---- waiting in steps ---- */

#define A16 "61616161616161616161616161616161"

static const struct {
	const char *script;
	struct ef_wait wait;
	enum ef_waited want;
} waits[] = {
	{ "",
	  { .takes_sync = true, .stops_at_junk = true, .stops_at_text = true },
	  EF_WAITED_TIME },
	{ "< c0010a04007856341200000000c0\n", { 0 }, EF_WAITED_ANSWER },
	{ "< c0010804000000000000000000c0\n", { .takes_sync = true }, EF_WAITED_SYNC },
	{ "< c0010804000000000000000000c0\n", { .takes_sync = false }, EF_WAITED_TIME },
	{ "< c0050a04007856341200000000c0\n", { .stops_at_junk = true }, EF_WAITED_JUNK },
	{ "< c0050a04007856341200000000c0\n", { .stops_at_junk = false }, EF_WAITED_TIME },
	/* 64 stray bytes may be damaged answers, 65 are text */
	{ "< " A16 A16 A16 A16 "\n", { .stops_at_text = true }, EF_WAITED_TIME },
	{ "< " A16 A16 A16 A16 "61\n", { .stops_at_text = true }, EF_WAITED_TEXT },
	{ "< " A16 A16 A16 A16 "61\n", { .stops_at_text = false }, EF_WAITED_TIME },
};

START_TEST(wait_tells_what_ended_it)
{
	static const uint8_t head[] = { 0x00, 0x10, 0x00, 0x40 };
	const struct ef_request req = { .op = EF_OP_READ_REG, .head = head, .head_len = 4 };
	struct ef_wait wait = waits[_i].wait;
	struct ef_err err = EF_ERR_INIT;
	enum ef_waited waited;
	struct ef_reply reply;
	char script[512];

	(void)snprintf(script, sizeof(script), "%s%s", READ_REG, waits[_i].script);
	start(script);
	wait.until_us = 1000000;
	ck_ok(ef_rom_send(&rom, &req, &err), &err);
	ck_ok(ef_rom_wait(&rom, &req, &wait, &waited, &reply, &err), &err);
	ck_assert_int_eq(waited, waits[_i].want);
	finish();
}
END_TEST

/* The log has room for 2048 bytes, and keeps the newest. */
START_TEST(rx_log_keeps_the_end_of_a_long_text)
{
	struct ef_err err = EF_ERR_INIT;
	char script[2 + 2 * 3000 + 1] = "< ";
	uint8_t frame[4];
	size_t len;

	for (unsigned i = 0; i < 3000; i++)
		(void)snprintf(script + 2 + 2 * (size_t)i, 3, "%02x", 'a' + i % 26);
	start(script);
	ck_ok(ef_rom_read_frame(&rom, frame, sizeof(frame), 1000, &len, &err), &err);
	ck_assert_uint_eq(len, 0);
	ck_assert_uint_eq(rx_log.total, 3000);
	ck_assert_uint_eq(rx_log.len, sizeof(rx_log.data));
	for (unsigned i = 0; i < sizeof(rx_log.data); i++)
		ck_assert_uint_eq(rx_log.data[i], 'a' + (3000 - sizeof(rx_log.data) + i) % 26);
	finish();
}
END_TEST

Suite *suite_rom(void);

Suite *suite_rom(void)
{
	Suite *s = suite_create("rom");
	TCase *t = tcase_create("rom");

	tcase_add_loop_test(t, read_reg, 0, (int)EF_ARRAY_LEN(reads));
	tcase_add_test(t, unsupported_is_drained);
	tcase_add_test(t, unsupported_with_another_opcode);
	tcase_add_test(t, late_answer_is_not_the_next_ones);
	tcase_add_test(t, a_line_that_never_stops_talking);
	tcase_add_test(t, interrupt_passes);
	tcase_add_loop_test(t, sync, 0, (int)EF_ARRAY_LEN(syncs));
	tcase_add_test(t, rx_log_keeps_what_was_no_answer);
	tcase_add_loop_test(t, discard_drops_a_waiting_frame, 0, 2);
	tcase_add_test(t, mem_end_of_a_rom);
	tcase_add_test(t, discard_forgets_half_a_frame);
	tcase_add_loop_test(t, wait_tells_what_ended_it, 0, (int)EF_ARRAY_LEN(waits));
	tcase_add_test(t, rx_log_keeps_the_end_of_a_long_text);
	tcase_add_test(t, long_raw_frames_are_dropped);
	suite_add_tcase(s, t);
	return s;
}
