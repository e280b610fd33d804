/* SPDX-License-Identifier: MIT */
/*
 * Raw frames, as a stub sends them while flash is read: which of them count, what they
 * contain, and what the log keeps of those that do not.
 */
#include "rig/fake_port.h"
#include "rig/script_port.h"
#include "rom/link.h"
#include "rom/rom_priv.h"

static struct ef_rom rom;
static struct ef_rx_log rx_log;
static struct ef_err err;
static struct script_port script;
static uint8_t buf[8];
static size_t len;
static bool flag;

static void start_on(struct ef_port *port)
{
	memset(&rx_log, 0, sizeof(rx_log));
	memset(buf, 0xa5, sizeof(buf));
	err = (struct ef_err)EF_ERR_INIT;
	ck_ok(ef_rom_init(&rom, port, &err), &err);
	rom.rx_log = &rx_log;
}

static void start(const char *text)
{
	script_init(&script, text);
	start_on(&script.base);
}

static void finish(void)
{
	ef_rom_release(&rom);
	ck_assert_ptr_null(rom.link); /* so that a second release does no harm */
	ef_rom_release(&rom);
	script_done(&script);
}

static void log_is(const char *text)
{
	size_t n = strlen(text);

	ck_assert_uint_eq(rx_log.len, n);
	ck_assert_uint_eq(rx_log.total, n);
	ck_assert_mem_eq(rx_log.data, text, n);
}

/* ---- packets ---- */

static const struct {
	const char *what, *script;
	size_t cap, len;
	bool is_whole;
	const char *content;
} packets[] = {
	{ "one byte", "< c041c0\n", 8, 1, true, "A" },
	{ "exactly as long as the buffer", "< c04142434445464748c0\n", 8, 8, true, "ABCDEFGH" },
	{ "one byte longer", "< c0414243444546474849c0\n", 8, 9, false, "" },
	{ "a bad escape", "< c04142db41c0\n", 8, 2, false, "" },
	{ "nothing", "", 8, 0, false, "" },
	{ "no end", "< c0414243\n", 8, 0, false, "" },
	{ "text, then a packet", "< 616263c041c0\n", 8, 1, true, "A" },
};

START_TEST(a_packet_is_whole_or_not)
{
	size_t n = strlen(packets[_i].content);

	start(packets[_i].script);
	ck_ok(ef_rom_read_packet(&rom, buf, packets[_i].cap, 100000, &len, &flag, &err), &err);
	ck_assert_msg(len == packets[_i].len, "%s: %zu", packets[_i].what, len);
	ck_assert_int_eq(flag, packets[_i].is_whole);
	ck_assert_mem_eq(buf, packets[_i].content, n);
	for (size_t i = n; i < sizeof(buf); i++)
		ck_assert_uint_eq(buf[i], 0xa5);
	/* a packet is read once */
	ck_ok(ef_rom_read_packet(&rom, buf, sizeof(buf), 200000, &len, &flag, &err), &err);
	ck_assert_uint_eq(len, 0);
	ck_assert(!flag);
	finish();
}
END_TEST

/* Damage belongs to one packet. */
START_TEST(a_whole_packet_behind_a_damaged_one)
{
	start("< c04142db41c0c04344c0\n");
	ck_ok(ef_rom_read_packet(&rom, buf, 8, 100000, &len, &flag, &err), &err);
	ck_assert(len == 2 && !flag);
	ck_ok(ef_rom_read_packet(&rom, buf, 8, 100000, &len, &flag, &err), &err);
	ck_assert(len == 2 && flag);
	ck_assert_mem_eq(buf, "CD", 2);
	finish();
}
END_TEST

/* ---- waiting for the beginning of a frame ---- */

static const struct {
	const char *script;
	bool is_there;
	uint64_t us;
} begun[] = {
	{ "< c04142\n", false, 100000 },
	{ "< c0414243\n", true, 0 },
	{ "< c0414243c0\n", true, 0 },
	{ "< c04142c0\n", false, 100000 },     /* too short */
	{ "< c0414243db41c0\n", true, 0 },     /* damaged, but long enough */
	{ "< c04142db41c0\n", false, 100000 }, /* damaged, and too short */
	{ "< 61626364\n", false, 100000 },     /* no frame */
	{ "< c0\n~ 5\n< 4142\n~ 5\n< 43\n", true, 10000 },
};

START_TEST(three_bytes_are_awaited)
{
	start(begun[_i].script);
	ck_ok(ef_rom_await_frame(&rom, 3, 100000, &flag, &err), &err);
	ck_assert_int_eq(flag, begun[_i].is_there);
	ck_assert_uint_eq(script.now_us, begun[_i].us);
	finish();
}
END_TEST

/* A damaged frame that was awaited is none for a reader of whole ones. */
START_TEST(a_damaged_frame_is_not_read)
{
	start("< c0414243db41c0c04445c0\n");
	ck_ok(ef_rom_await_frame(&rom, 3, 100000, &flag, &err), &err);
	ck_assert(flag);
	ck_ok(ef_rom_read_frame(&rom, buf, sizeof(buf), 100000, &len, &err), &err);
	ck_assert_uint_eq(len, 2);
	ck_assert_mem_eq(buf, "DE", 2);
	finish();
}
END_TEST

/* ---- the log ---- */

#define READ_REG "> c0000a04000000000000100040c0\n"

static void times_out(void)
{
	uint32_t value;

	ck_fails(ef_rom_read_reg(&rom, 0x40001000, &value, &err), &err, EF_E_TIMEOUT, "READ_REG");
}

/* The beginning of a frame is logged when the wait ends, its rest when it comes. */
START_TEST(an_unfinished_frame_is_logged_once)
{
	struct ef_rom_frame frame;

	start(READ_REG "< c0414243\n~ 3500\n< 444546c0474849c0\n");
	times_out();
	log_is("ABC");
	ck_ok(link_next_reply(&rom, 5000000, &frame, &flag, &err), &err);
	ck_assert(!flag);
	log_is("ABCDEFGHI");
	ck_ok(ef_rom_discard(&rom, &err), &err);
	log_is("ABCDEFGHI");
	finish();
}
END_TEST

/* A frame that was taken frees the log's memory of it: the next one is logged in full. */
START_TEST(the_next_frame_is_logged_in_full)
{
	struct ef_rom_frame frame;

	start(READ_REG "< c0010a04\n~ 3500\n< 00831df00000000000c0\n< c041424344\n");
	times_out();
	ck_assert_uint_eq(rx_log.total, 3);
	if (_i == 0) {
		ck_ok(link_next_reply(&rom, 4000000, &frame, &flag, &err), &err);
		ck_assert(flag);
	} else {
		uint8_t whole[16];

		if (_i == 1)
			ck_ok(ef_rom_read_frame(&rom, whole, 16, 4000000, &len, &err), &err);
		else
			ck_ok(ef_rom_read_packet(&rom, whole, 16, 4000000, &len, &flag, &err),
			      &err);
		ck_assert_uint_eq(len, 12);
	}
	ck_ok(ef_rom_read_frame(&rom, buf, sizeof(buf), 4100000, &len, &err), &err);
	ck_assert_uint_eq(len, 0);
	ck_ok(ef_rom_discard(&rom, &err), &err);
	ck_assert_uint_eq(rx_log.total, 7);
	ck_assert_mem_eq(rx_log.data + 3, "ABCD", 4);
	finish();
}
END_TEST

/* Discarded bytes are logged: the beginning of a frame, and what was read behind a frame. */
START_TEST(discarded_bytes_are_logged)
{
	start("< c0414243\n");
	ck_ok(ef_rom_read_frame(&rom, buf, sizeof(buf), 1000, &len, &err), &err);
	log_is("");
	ck_ok(ef_rom_discard(&rom, &err), &err);
	log_is("ABC");
	finish();
	start("< c0414243c0c04445\n");
	ck_ok(ef_rom_read_frame(&rom, buf, sizeof(buf), 1000, &len, &err), &err);
	ck_assert_uint_eq(len, 3);
	ck_ok(ef_rom_discard(&rom, &err), &err);
	log_is("\xc0"
	       "DE");
	/* after a discard nothing is left of either */
	ck_ok(ef_rom_discard(&rom, &err), &err);
	log_is("\xc0"
	       "DE");
	finish();
}
END_TEST

/* What a frame had before it was damaged is logged. */
START_TEST(damaged_frames_are_logged)
{
	start("< c04142db41c0\n< c04344db\n");
	ck_ok(link_next_frame(&rom, 100000, &flag, &err), &err);
	ck_assert(!flag);
	log_is("AB");
	link_log_partial(&rom);
	log_is("ABCD");
	finish();
}
END_TEST

/* The log keeps the newest 2048 bytes, however they arrived. */
START_TEST(the_log_moves_on)
{
	static struct fake_port fake;
	uint8_t piece[100];

	fake_init(&fake, 0);
	start_on(&fake.base);
	for (unsigned i = 0; i < 30; i++) {
		for (unsigned k = 0; k < 100; k++)
			piece[k] = (uint8_t)('!' + (i * 100 + k) % 90);
		fake.in = piece;
		fake.in_len = 100;
		ck_ok(link_next_frame(&rom, fake.now_us + 1, &flag, &err), &err);
		ck_assert_uint_eq(rx_log.total, 100 * (i + 1));
		ck_assert_uint_eq(rx_log.len, i < 20 ? 100 * (i + 1) : 2048);
		for (size_t k = 0; k < rx_log.len; k++)
			ck_assert_uint_eq(rx_log.data[k],
					  '!' + (rx_log.total - rx_log.len + k) % 90);
	}
	ef_rom_release(&rom);
}
END_TEST

Suite *suite_rom_frames(void);
Suite *suite_rom_frames(void)
{
	Suite *s = suite_create("rom_frames");
	TCase *t = tcase_create("rom_frames");

	tcase_add_loop_test(t, a_packet_is_whole_or_not, 0, (int)EF_ARRAY_LEN(packets));
	tcase_add_test(t, a_whole_packet_behind_a_damaged_one);
	tcase_add_loop_test(t, three_bytes_are_awaited, 0, (int)EF_ARRAY_LEN(begun));
	tcase_add_test(t, a_damaged_frame_is_not_read);
	tcase_add_test(t, an_unfinished_frame_is_logged_once);
	tcase_add_loop_test(t, the_next_frame_is_logged_in_full, 0, 3);
	tcase_add_test(t, discarded_bytes_are_logged);
	tcase_add_test(t, damaged_frames_are_logged);
	tcase_add_test(t, the_log_moves_on);
	suite_add_tcase(s, t);
	return s;
}
