/* SPDX-License-Identifier: MIT */
/*
 * What the link keeps from one exchange to the next, and what it forgets: late answers, frames
 * that were held back, counts, and bytes that are in the log already. And each function passes
 * on the error of a port that fails.
 */
#include "rig/fake_port.h"
#include "rig/script_port.h"
#include "rom/link.h"
#include "rom/rom_priv.h"

static struct ef_rom rom;
static struct ef_rx_log rx_log;
static struct ef_err err;
static struct fake_port fake;
static struct script_port script;

static const uint8_t head[] = { 0x00, 0x10, 0x00, 0x40 };
static const struct ef_request req = {
	.op = EF_OP_READ_REG, .head = head, .head_len = 4, .timeout_ms = 100
};
static struct ef_reply reply;
static uint8_t buf[64];
static size_t len;
static bool flag;

#define READ_REG "> c0000a04000000000000100040c0\n"
#define ANSWER   "< c0010a0400831df00000000000c0\n"
#define SYNC     "> *\n"
#define SYNCED   "< c0010804000712205500000000c0\n"
#define A16      "61616161616161616161616161616161"

static void start(struct ef_port *port)
{
	memset(&rx_log, 0, sizeof(rx_log));
	err = (struct ef_err)EF_ERR_INIT;
	ck_ok(ef_rom_init(&rom, port, &err), &err);
	rom.rx_log = &rx_log;
}

static void start_script(const char *text)
{
	script_init(&script, text);
	start(&script.base);
}

static void finish(void)
{
	ef_rom_release(&rom);
	script_done(&script);
}

/* ---- a port that fails ---- */

static bool send(struct ef_err *e)
{
	return ef_rom_send(&rom, &req, e);
}

static bool send_owed(struct ef_err *e)
{
	struct ef_err ignored = EF_ERR_INIT;

	(void)ef_rom_no_answer(&rom, &req, 0, &ignored);
	return ef_rom_send(&rom, &req, e);
}

static bool receive(struct ef_err *e)
{
	return ef_rom_receive(&rom, &req, &reply, e);
}

static bool wait_answer(struct ef_err *e)
{
	const struct ef_wait w = { .until_us = 1000 };
	enum ef_waited waited;

	return ef_rom_wait(&rom, &req, &w, &waited, &reply, e);
}

static bool read_frame(struct ef_err *e)
{
	return ef_rom_read_frame(&rom, buf, sizeof(buf), 1000, &len, e);
}

static bool read_packet(struct ef_err *e)
{
	return ef_rom_read_packet(&rom, buf, sizeof(buf), 1000, &len, &flag, e);
}

static bool await_frame(struct ef_err *e)
{
	return ef_rom_await_frame(&rom, 1, 1000, &flag, e);
}

static bool await_sync(struct ef_err *e)
{
	return ef_rom_await_sync(&rom, 1, &flag, buf, e);
}

static bool sync_up(struct ef_err *e)
{
	enum ef_sync_result result;

	return ef_rom_sync_or_text(&rom, 1, &result, &flag, e);
}

static bool drain_burst(struct ef_err *e)
{
	return ef_rom_drain_burst(&rom, e);
}

static bool mem_end(struct ef_err *e)
{
	return ef_rom_mem_end(&rom, 0x40080000, e);
}

static bool read_regs(struct ef_err *e)
{
	static const uint32_t addrs[] = { 1, 2 };
	const struct ef_read_ahead ahead = { 128, 10 };
	uint32_t values[2];

	return ef_rom_read_regs(&rom, addrs, 2, &ahead, values, &len, e);
}

static bool read_regs_owed(struct ef_err *e)
{
	struct ef_err ignored = EF_ERR_INIT;

	(void)ef_rom_no_answer(&rom, &req, 0, &ignored);
	return read_regs(e);
}

static bool write_regs(struct ef_err *e)
{
	static const struct ef_reg_write writes[] = { { 1, 2 } };
	const struct ef_read_ahead ahead = { 128, 10 };

	return ef_rom_write_regs_ahead(&rom, writes, 1, &ahead, &len, e);
}

static bool write_frame(struct ef_err *e)
{
	return ef_rom_write_frame(&rom, "abc", 3, e);
}

static bool shift_frame(struct ef_err *e)
{
	return ef_rom_shift_frame(&rom, e);
}

static bool next_reply(struct ef_err *e)
{
	struct ef_rom_frame frame;

	return link_next_reply(&rom, 1000, &frame, &flag, e);
}

static const struct {
	const char *what;
	bool (*run)(struct ef_err *e);
	bool reads, writes;
} calls[] = {
	{ "send", send, false, true },
	{ "send after an unanswered request", send_owed, true, true },
	{ "receive", receive, true, false },
	{ "wait", wait_answer, true, false },
	{ "next reply", next_reply, true, false },
	{ "read a frame", read_frame, true, false },
	{ "read a packet", read_packet, true, false },
	{ "await a frame", await_frame, true, false },
	{ "await a SYNC", await_sync, true, false },
	{ "SYNC", sync_up, true, true },
	{ "drain", drain_burst, true, false },
	{ "end", mem_end, true, true },
	{ "read registers", read_regs, true, true },
	{ "read them after an unanswered request", read_regs_owed, true, true },
	{ "write registers", write_regs, true, true },
	{ "write a frame", write_frame, false, true },
	{ "end a frame", shift_frame, false, true },
};

static void fails_with(size_t i, enum ef_code read, enum ef_code write)
{
	fake_init(&fake, EF_PORT_HAS_BAUD);
	fake.fails.read = read;
	fake.fails.write = write;
	start(&fake.base);
	ck_assert_msg(!calls[i].run(&err), "%s", calls[i].what);
	ck_fails(false, &err, read ? read : write, "the fake port fails");
	ef_rom_release(&rom);
}

START_TEST(failures_of_the_port_pass)
{
	if (calls[_i].reads) {
		fails_with((size_t)_i, EF_E_PORT, EF_OK);
		fails_with((size_t)_i, EF_E_INTR, EF_OK);
	}
	if (calls[_i].writes)
		fails_with((size_t)_i, EF_OK, EF_E_PORT);
}
END_TEST

/* ---- what is sent, and by when ---- */

static struct {
	uint64_t deadline_us;
	size_t len;
} written;

static bool note_write(struct ef_port *port, const uint8_t *data, size_t n, uint64_t deadline_us,
		       struct ef_err *e)
{
	(void)port;
	(void)data;
	(void)e;
	written.deadline_us = deadline_us;
	written.len = n;
	return true;
}

/*
 * Ten bits a byte: the 46 bytes of a SYNC take 1533333 us at 300 Baud. A write has 10 s, and
 * twice the wire's time, since the driver may hold as much. Without a rate there is no wire.
 */
START_TEST(a_write_has_its_time)
{
	fake_init(&fake, EF_PORT_HAS_BAUD);
	fake.ops.write = note_write;
	fake.base.rate_hz = 300;
	start(&fake.base);
	fake.now_us = 5000;
	ck_ok(ef_rom_send_sync(&rom, &err), &err);
	ck_assert_uint_eq(written.len, 46);
	ck_assert_uint_eq(ef_rom_sent_us(&rom), 5000 + 1533333);
	ck_assert_uint_eq(written.deadline_us, 5000 + 10000000 + 2 * 1533333);
	fake.base.rate_hz = 0;
	ck_ok(ef_rom_send_sync(&rom, &err), &err);
	ck_assert_uint_eq(ef_rom_sent_us(&rom), 5000);
	ck_assert_uint_eq(written.deadline_us, 5000 + 10000000);
	ef_rom_release(&rom);
}
END_TEST

/* The longest request that fits is a stub's block of which each byte is escaped. */
START_TEST(frames_have_a_greatest_length)
{
	static uint8_t data[0x10000];
	struct ef_request big = { .op = EF_OP_FLASH_DATA,
				  .head = head,
				  .head_len = 4,
				  .data = data,
				  .data_len = EF_BLOCK_STUB + 12 };

	fake_init(&fake, 0);
	fake.ops.write = note_write;
	start(&fake.base);
	memset(data, 0xc0, sizeof(data));
	ck_ok(ef_rom_write_frame(&rom, data, EF_BLOCK_STUB + 24, &err), &err);
	ck_assert_uint_eq(written.len, 2 * (EF_BLOCK_STUB + 24) + 2);
	ck_fails(ef_rom_write_frame(&rom, data, EF_BLOCK_STUB + 25, &err), &err, EF_E_USAGE,
		 "a frame of 16409 bytes is too long");
	ck_ok(ef_rom_send(&rom, &big, &err), &err);
	ck_assert_uint_eq(rom.requests, 2);
	big.data_len = 0xfff0;
	big.pad_len = 12;
	ck_fails(ef_rom_send(&rom, &big, &err), &err, EF_E_USAGE,
		 "a request of 65536 bytes is too long");
	ck_assert_uint_eq(rom.requests, 2);
	ef_rom_release(&rom);
}
END_TEST

/* ---- late answers ---- */

/* One request forgets the late answers to the one before it; the next one reads nothing. */
START_TEST(late_answers_are_forgotten_once)
{
	unsigned reads;

	start_script(READ_REG "~ 200\n" ANSWER READ_REG READ_REG);
	ck_fails(ef_rom_command(&rom, &req, &reply, &err), &err, EF_E_TIMEOUT,
		 "no answer to READ_REG within 100 ms");
	script.now_us += 200000;
	ck_ok(send(&err), &err);
	reads = script.reads;
	ck_assert_uint_ge(reads, 2);
	ck_ok(send(&err), &err);
	ck_assert_uint_eq(script.reads, reads);
	finish();
}
END_TEST

START_TEST(how_long_was_waited)
{
	start_script("");
	ck_fails(ef_rom_no_answer(&rom, &req, 1000, &err), &err, EF_E_TIMEOUT,
		 "no answer to READ_REG within 1 ms");
	ck_fails(ef_rom_no_answer(&rom, &req, 999, &err), &err, EF_E_TIMEOUT,
		 "no time was left for an answer to READ_REG");
	finish();
}
END_TEST

/* ---- answers ---- */

/* "Unsupported" may have another opcode, but a success with another opcode is no answer. */
START_TEST(success_needs_its_opcode)
{
	start_script(READ_REG "< c001ff04001111111100050000c0\n" ANSWER);
	ck_ok(ef_rom_command(&rom, &req, &reply, &err), &err);
	ck_assert_uint_eq(reply.value, 0x00f01d83);
	finish();
}
END_TEST

/* A request that promises data gets exactly that, and an error if there is less. */
START_TEST(promised_data_is_there)
{
	const struct ef_request two = { .op = EF_OP_READ_REG,
					.head = head,
					.head_len = 4,
					.reply_len = 4,
					.reply_short = _i ? 2 : 0,
					.timeout_ms = 100 };

	start_script(READ_REG "< c0010a040000000000aabb0000c0\n");
	if (_i) {
		ck_ok(ef_rom_command(&rom, &two, &reply, &err), &err);
		ck_assert_uint_eq(reply.len, 2);
		ck_assert_mem_eq(reply.data, "\xaa\xbb", 2);
	} else {
		/* its first bytes are then a status, which no ROM has */
		ck_fails(ef_rom_command(&rom, &two, &reply, &err), &err, EF_E_PROTOCOL,
			 "(status aa bb)");
	}
	finish();
}
END_TEST

START_TEST(short_success_is_an_error)
{
	const struct ef_request four = {
		.op = EF_OP_READ_REG, .head = head, .head_len = 4, .reply_len = 4, .timeout_ms = 100
	};
	const struct ef_request much = { .op = EF_OP_READ_REG,
					 .head = head,
					 .head_len = 4,
					 .reply_len = 65,
					 .timeout_ms = 100 };

	start_script(READ_REG "< c0010a04000000000000000000c0\n" READ_REG
			      "< c0010a04000000000000000000c0\n");
	ck_fails(ef_rom_command(&rom, &four, &reply, &err), &err, EF_E_PROTOCOL,
		 "the answer to READ_REG has 4 bytes instead of 6");
	ck_fails(ef_rom_command(&rom, &much, &reply, &err), &err, EF_E_PROTOCOL,
		 "the answer to READ_REG has 4 bytes instead of 67");
	finish();
}
END_TEST

/* ---- waits do not remember what ended the one before ---- */

START_TEST(a_wait_begins_anew)
{
	const struct ef_wait w = { .until_us = 400000,
				   .stops_at_text = true,
				   .stops_at_junk = true };
	enum ef_waited waited;

	start_script("< " A16 A16 A16 A16 "61\n< 61\n< c0050a04007856341200000000c0\n");
	ck_ok(ef_rom_wait(&rom, &req, &w, &waited, &reply, &err), &err);
	ck_assert_int_eq(waited, EF_WAITED_TEXT);
	ck_ok(ef_rom_wait(&rom, &req, &w, &waited, &reply, &err), &err);
	ck_assert_int_eq(waited, EF_WAITED_JUNK);
	ck_ok(ef_rom_wait(&rom, &req, &w, &waited, &reply, &err), &err);
	ck_assert_int_eq(waited, EF_WAITED_TIME);
	ck_assert_uint_eq(script.now_us, 400000);
	finish();
}
END_TEST

/* The rules of several reads end with them: a SYNC passes over a frame that is no reply. */
START_TEST(a_request_begins_anew)
{
	static const uint32_t addr = 0x40001000;
	const struct ef_read_ahead ahead = { 128, 100 };
	uint32_t value;

	start_script(READ_REG ANSWER SYNC "< c0050a04007856341200000000c0\n" SYNCED);
	ck_ok(ef_rom_read_regs(&rom, &addr, 1, &ahead, &value, &len, &err), &err);
	ck_ok(ef_rom_send_sync(&rom, &err), &err);
	ck_ok(ef_rom_await_sync(&rom, 100, &flag, buf, &err), &err);
	ck_assert(flag);
	finish();
	/* and a frame that waited for a reader does not wait longer than the next request */
	start_script("< c04f484149c0\n" READ_REG "< c0414243c0\n");
	ck_ok(ef_rom_await_frame(&rom, 4, 1000, &flag, &err), &err);
	ck_assert(flag);
	ck_ok(send(&err), &err);
	ck_ok(ef_rom_read_frame(&rom, buf, sizeof(buf), 1000000, &len, &err), &err);
	ck_assert_uint_eq(len, 3);
	finish();
}
END_TEST

/* The count begins at 0: after a request, a discard and a wait, 64 bytes are no text yet. */
START_TEST(the_count_begins_at_zero)
{
	const struct ef_wait w = { .until_us = 400000, .stops_at_text = true };
	enum ef_waited waited;

	start_script("< " A16 A16 A16 A16 "61\n" READ_REG "< " A16 A16 A16 A16 "\n");
	ck_ok(ef_rom_wait(&rom, &req, &w, &waited, &reply, &err), &err);
	ck_assert_int_eq(waited, EF_WAITED_TEXT);
	if (_i == 0)
		ck_ok(send(&err), &err);
	else
		script_next_line(&script);
	if (_i == 1)
		ck_ok(ef_rom_discard(&rom, &err), &err);
	ck_ok(ef_rom_wait(&rom, &req, &w, &waited, &reply, &err), &err);
	ck_assert_int_eq(waited, EF_WAITED_TIME);
	finish();
}
END_TEST

/* Damaged replies of more than 64 bytes are text, too. */
START_TEST(frames_count_as_text)
{
	enum ef_sync_result result;

	start_script(SYNC "< c0" A16 A16 "c0c0" A16 A16 "c0\n" SYNC "< c061c0\n");
	ck_ok(ef_rom_sync_or_text(&rom, 100, &result, &flag, &err), &err);
	ck_assert(!flag);
	ck_ok(ef_rom_sync_or_text(&rom, 100, &result, &flag, &err), &err);
	ck_assert(flag);
	finish();
}
END_TEST

/* Bytes that were received in time count, although the deadline has passed meanwhile. */
START_TEST(a_frame_behind_noise_counts)
{
	start_script("< 6162c0010a0400831df00000000000c0\n");
	script.now_us = 9000;
	ck_ok(link_next_frame(&rom, 9000, &flag, &err), &err);
	ck_assert(flag);
	finish();
}
END_TEST

Suite *suite_rom_state(void);
Suite *suite_rom_state(void)
{
	Suite *s = suite_create("rom_state");
	TCase *t = tcase_create("rom_state");

	tcase_add_loop_test(t, failures_of_the_port_pass, 0, (int)EF_ARRAY_LEN(calls));
	tcase_add_test(t, a_write_has_its_time);
	tcase_add_test(t, frames_have_a_greatest_length);
	tcase_add_test(t, late_answers_are_forgotten_once);
	tcase_add_test(t, how_long_was_waited);
	tcase_add_test(t, success_needs_its_opcode);
	tcase_add_loop_test(t, promised_data_is_there, 0, 2);
	tcase_add_test(t, short_success_is_an_error);
	tcase_add_test(t, a_wait_begins_anew);
	tcase_add_test(t, a_request_begins_anew);
	tcase_add_loop_test(t, the_count_begins_at_zero, 0, 3);
	tcase_add_test(t, frames_count_as_text);
	tcase_add_test(t, a_frame_behind_noise_counts);
	suite_add_tcase(s, t);
	return s;
}
