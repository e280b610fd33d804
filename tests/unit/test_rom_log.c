/* SPDX-License-Identifier: MIT */
/*
 * What the log says of requests and answers, at level TRACE. Names and words are esptool's
 * (loader.py: ESP_CMDS and the struct.pack() of each command); lengths are counted by hand.
 */
#include <espflash/log.h>

#include "rom/rom_log.h"
#include "work_rig.h"

static char lines[1 << 18];

static void keep(void *user, enum ef_log_level level, const char *line)
{
	size_t len = strlen(lines);

	(void)user;
	if (level == EF_LOG_TRACE)
		(void)snprintf(lines + len, sizeof(lines) - len, "%s\n", line);
}

/* A write by a ROM, then one by a stub. Blocks have 0x400 and 0x4000 bytes; a head has 16 more. */
static const struct {
	bool no_stub;
	const char *line;
} said[] = {
	{ true, "> SYNC, 36 bytes\n" },
	{ true, "< SYNC: 0 answers\n" }, /* the application still runs */
	{ true, "< SYNC: 8 answers\n" },
	{ true, "> GET_SECURITY_INFO, 0 bytes\n" },
	/* 20 bytes, of which 16 are shown; the ESP32-C3's id is 5 */
	{ true, " data=00000000000000000000000005000000...: success (00 00) after 0 ms\n" },
	{ true, "> READ_REG address=0x60008844, 4 bytes\n" },
	{ true, "> SPI_ATTACH pins=0x0 legacy=0x0, 8 bytes\n" },
	{ true, "> WRITE_REG address=0x60002028 value=0x17 mask=0xffffffff delay=0x0, 16 bytes\n" },
	{ true, "> SPI_SET_PARAMS id=0x0 size=0x400000 block=0x10000 sector=0x1000 page=0x100 "
		"status=0xffff, 24 bytes\n" },
	{ true, "> SPI_FLASH_MD5 address=0x10000 size=0x3000, 16 bytes\n" },
	{ true, "> FLASH_BEGIN size=0x3000 blocks=0xc block=0x400 address=0x10000 encrypt=0x0, "
		"20 bytes\n" },
	{ true, "> FLASH_DATA len=0x400 number=0xb, 1040 bytes\n" },
	{ false, " blocks=0x1 block=0x1800 address=0x40380000, 16 bytes\n" }, /* the stub's text */
	{ false, "> SPI_ATTACH pins=0x0, 4 bytes\n" },
	{ false, "> FLASH_DEFL_BEGIN size=0x3000 blocks=0x1 block=0x4000 address=0x10000, "
		 "16 bytes\n" },
	/* random content does not shrink: zlib adds 11 bytes */
	{ false, "> FLASH_DEFL_DATA len=0x300b number=0x0, 12315 bytes\n" },
	{ false, "< FLASH_DEFL_DATA value=0x0: success (00 00) after 0 ms\n" },
	{ false, "> FLASH_DEFL_END stay=0x1, 4 bytes\n" },
};

static void log_a_write(bool no_stub)
{
	const struct sim_opts board = { .chip = "esp32c3" };
	uint8_t *data = work_content(0x3000, false);
	const struct ef_region r = { 0x10000, data, 0x3000, "app" };
	const struct ef_write_opts opts = { 0 };
	struct work w;

	lines[0] = '\0';
	ef_log_set_sink(keep, NULL, EF_LOG_TRACE);
	work_start(&w, &board, no_stub);
	ck_ok(plain_write(w.rig.f, &r, 1, &opts, NULL, &w.rig.err), &w.rig.err);
	ef_log_set_sink(NULL, NULL, EF_LOG_WARN);
	work_done(&w);
	free(data);
}

START_TEST(requests_and_answers_in_words)
{
	log_a_write(_i == 0);
	for (size_t i = 0; i < EF_ARRAY_LEN(said); i++)
		ck_assert_msg(said[i].no_stub != (_i == 0) || strstr(lines, said[i].line),
			      "not said: %s", said[i].line);
}
END_TEST

/* ---- single exchanges ---- */

static struct ef_rom_frame answer(uint8_t op, const void *data, size_t len)
{
	return (struct ef_rom_frame){ .op = op, .value = 0xabc, .data = data, .len = len };
}

static void start(void)
{
	lines[0] = '\0';
	ef_log_set_sink(keep, NULL, EF_LOG_TRACE);
}

static void stop(void)
{
	ef_log_set_sink(NULL, NULL, EF_LOG_WARN);
}

static void says(const char *want)
{
	ck_assert_str_eq(lines, want);
	lines[0] = '\0';
}

START_TEST(answers_of_all_kinds)
{
	static const uint8_t data[20] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 };
	struct ef_rom_frame f;

	f = answer(EF_OP_SPI_FLASH_MD5, data, 18);
	ef_rom_log_reply(EF_LOADER_STUB, &f, 16, 1999);
	says("< SPI_FLASH_MD5 value=0xabc data=0102030405060708090a0b0c0d0e0f10: success (00 00) "
	     "after 1 ms\n");
	f = answer(EF_OP_SPI_FLASH_MD5, data, 20);
	ef_rom_log_reply(EF_LOADER_STUB, &f, 17, 2000);
	says("< SPI_FLASH_MD5 value=0xabc data=0102030405060708090a0b0c0d0e0f10...: success (00 "
	     "00) "
	     "after 2 ms\n");
	/* a refusal sends no data, and its status comes first */
	f = answer(EF_OP_SPI_FLASH_MD5, "\1\7\0\0", 4);
	ef_rom_log_reply(EF_LOADER_ROM, &f, 32, 0);
	ck_assert_msg(strncmp(lines, "< SPI_FLASH_MD5 value=0xabc: ", 29) == 0, "%s", lines);
	ck_assert_ptr_nonnull(strstr(lines, " (01 07) after 0 ms\n"));
	lines[0] = '\0';
	/* a command that nobody knows */
	f = answer(0x7f, "\0\0\0\0", 4);
	ef_rom_log_reply(EF_LOADER_ROM, &f, 0, 0);
	says("< command 0x7f value=0xabc: success (00 00) after 0 ms\n");
}
END_TEST

START_TEST(requests_of_all_kinds)
{
	static const uint8_t words[8] = { 1, 0, 0, 0, 2, 0, 0, 0 };
	struct ef_request req = { .op = EF_OP_MEM_END, .head = words, .head_len = 8 };

	ef_rom_log_request(&req);
	says("> MEM_END stay=0x1 entry=0x2, 8 bytes\n");
	/* words that are not all there are not invented */
	req.head_len = 7;
	ef_rom_log_request(&req);
	says("> MEM_END stay=0x1, 7 bytes\n");
	req = (struct ef_request){ .op = 0x7f, .head = words, .head_len = 4 };
	ef_rom_log_request(&req);
	says("> command 0x7f, 4 bytes\n");
	/* at a lower level nothing is said */
	ef_log_set_sink(keep, NULL, EF_LOG_DEBUG);
	ef_rom_log_request(&req);
	says("");
}
END_TEST

Suite *suite_rom_log(void);
Suite *suite_rom_log(void)
{
	Suite *s = suite_create("rom_log");
	TCase *t = tcase_create("sessions");
	TCase *single = tcase_create("single exchanges");

	tcase_add_loop_test(t, requests_and_answers_in_words, 0, 2);
	suite_add_tcase(s, t);
	tcase_add_checked_fixture(single, start, stop);
	tcase_add_test(single, answers_of_all_kinds);
	tcase_add_test(single, requests_of_all_kinds);
	suite_add_tcase(s, single);
	return s;
}
