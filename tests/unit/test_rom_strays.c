/* SPDX-License-Identifier: MIT */
/* What becomes of whole frames that nobody asked for: they are counted, or kept in the log. */
#include "rig/script_port.h"
#include "rom/link.h"
#include "rom/rom_priv.h"

static struct ef_rom rom;
static struct ef_rx_log rx_log;
static struct ef_err err;
static struct script_port script;

static void start(const char *text)
{
	script_init(&script, text);
	memset(&rx_log, 0, sizeof(rx_log));
	err = (struct ef_err)EF_ERR_INIT;
	ck_ok(ef_rom_init(&rom, &script.base, &err), &err);
	rom.rx_log = &rx_log;
}

static void finish(void)
{
	ef_rom_release(&rom);
	script_done(&script);
}

#define SYNC_OK "< c0010804000712205500000000c0\n"
#define READ_OK "< c0010a04000712205500000000c0\n" /* an answer to READ_REG: 12 bytes */
#define LATE    "< c0010804000712205501050000c0\n" /* a stub's older error: 12 bytes */

static const struct {
	const char *answers;
	enum ef_sync_result result;
	uint64_t skipped;
} syncs[] = {
	{ SYNC_OK SYNC_OK, EF_SYNC_ROM, 0 },
	{ READ_OK SYNC_OK, EF_SYNC_ROM, 12 },
	{ LATE READ_OK SYNC_OK, EF_SYNC_ROM, 24 },
	{ LATE, EF_SYNC_NONE, 12 },
	{ "", EF_SYNC_NONE, 0 },
};

START_TEST(answers_to_others_are_counted)
{
	enum ef_sync_result got;
	char text[512];

	(void)snprintf(text, sizeof(text), "> *\n%s", syncs[_i].answers);
	start(text);
	ck_ok(ef_rom_sync(&rom, 100, &got, &err), &err);
	ck_assert_int_eq(got, syncs[_i].result);
	ck_assert_uint_eq(rom.skipped, syncs[_i].skipped);
	finish();
}
END_TEST

/* A frame that is longer than the reader expects is no answer, but perhaps a boot log. */
START_TEST(frames_that_do_not_fit_are_logged)
{
	uint8_t buf[4];
	size_t len;

	start("< c04142434445c0\n< c0616263c0\n");
	ck_ok(ef_rom_read_frame(&rom, buf, sizeof(buf), 1000000, &len, &err), &err);
	ck_assert_uint_eq(len, 3);
	ck_assert_mem_eq(buf, "abc", 3);
	ck_assert_uint_eq(rx_log.total, 5);
	ck_assert_mem_eq(rx_log.data, "ABCDE", 5);
	/* nothing else comes */
	ck_ok(ef_rom_read_frame(&rom, buf, sizeof(buf), 1000000, &len, &err), &err);
	ck_assert_uint_eq(len, 0);
	ck_assert_uint_eq(rx_log.total, 5);
	finish();
}
END_TEST

/* A frame that was read is not awaited again. */
START_TEST(frame_is_there_once)
{
	uint8_t buf[8];
	bool is_there;
	size_t len;

	start("< c04142434445c0\n");
	for (unsigned i = 0; i < 3; i++) {
		ck_ok(ef_rom_await_frame(&rom, 3, 1000000, &is_there, &err), &err);
		ck_assert_int_eq(is_there, i == 0);
		ck_ok(ef_rom_read_frame(&rom, buf, sizeof(buf), 1000000, &len, &err), &err);
		ck_assert_uint_eq(len, i == 0 ? 5 : 0);
	}
	finish();
}
END_TEST

/* More than 64 bytes of text are a boot log: nobody will answer a SYNC any more. */
START_TEST(text_ends_the_wait_for_a_sync)
{
	char text[512] = "> *\n< ";
	size_t at = strlen(text), bytes = _i == 0 ? 64 : 65;
	enum ef_sync_result got;
	bool is_text;

	for (size_t i = 0; i < bytes; i++, at += 2)
		memcpy(text + at, "41", 3);
	memcpy(text + at, "\n", 2);
	start(text);
	ck_ok(ef_rom_sync_or_text(&rom, 300, &got, &is_text, &err), &err);
	ck_assert_int_eq(got, EF_SYNC_NONE);
	ck_assert_int_eq(is_text, _i == 1);
	ck_assert_int_eq(script.now_us < 300000, _i == 1);
	finish();
}
END_TEST

Suite *suite_rom_strays(void);
Suite *suite_rom_strays(void)
{
	Suite *s = suite_create("rom_strays");
	TCase *t = tcase_create("rom_strays");

	tcase_add_loop_test(t, answers_to_others_are_counted, 0, EF_ARRAY_LEN(syncs));
	tcase_add_loop_test(t, text_ends_the_wait_for_a_sync, 0, 2);
	tcase_add_test(t, frame_is_there_once);
	tcase_add_test(t, frames_that_do_not_fit_are_logged);
	suite_add_tcase(s, t);
	return s;
}
