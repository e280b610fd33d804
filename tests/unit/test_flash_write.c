/* SPDX-License-Identifier: MIT */
/* Writes to the virtual board: content, number of requests, verification, failures. */
#include "flasher/deflate_all.h"
#include "flasher/flasher_priv.h"
#include "work_rig.h"

#define ADDR 0x10000u

static const struct {
	const char *chip;
	bool no_stub;
	uint32_t len;
	bool compressible;
} writes[] = {
	{ "esp32c3", false, 1, false },      { "esp32c3", false, 4095, true },
	{ "esp32c3", false, 4096, false },   { "esp32c3", false, 4097, false },
	{ "esp32c3", false, 300000, true },  { "esp32c3", false, 300001, false },
	{ "esp32", false, 100000, true },    { "esp32p4", false, 70000, true },
	{ "esp32s31", false, 70000, false }, { "esp32", true, 1, false },
	{ "esp32", true, 1024, false },      { "esp32", true, 5000, true },
	{ "esp32s2", true, 4097, false },    { "esp32c3", true, 30000, true },
};

/* How often the chip is asked until it is clear that the flash holds nothing of the content. */
static unsigned questions(uint32_t len)
{
	uint32_t sectors = ef_div_up(len, EF_SECTOR);

	return sectors <= 4 ? 1 : sectors <= 16 ? 2 : 6;
}

/*
 * A stub gets 16 KiB at once. Where the whole stream of several blocks is compressed before, the
 * last one is of 4 KiB at most.
 */
static unsigned blocks(uint32_t wire, uint32_t len)
{
	uint32_t n = ef_div_up(wire, 0x4000);
	uint32_t last = wire - (n - 1) * 0x4000;

	return n > 1 && last > 0x1000 && ef_deflate_all_can(len) ? n + 1 : n;
}

START_TEST(writes_and_proves)
{
	const struct sim_opts sim = { .chip = writes[_i].chip };
	uint32_t len = writes[_i].len;
	uint8_t *data = work_content(len, writes[_i].compressible);
	const struct ef_region region = { ADDR, data, len, "app" };
	const struct ef_write_opts opts = { 0 };
	struct ef_write_stats stats;
	bool is_stub = !writes[_i].no_stub;
	struct work w;

	work_start(&w, &sim, writes[_i].no_stub);
	ck_ok(plain_write(w.rig.f, &region, 1, &opts, &stats, &w.rig.err), &w.rig.err);
	work_check(&w, ADDR, data, len);
	ck_assert_uint_eq(w.verified, 1);
	ck_assert_uint_eq(w.skipped + w.written, 0);
	ck_assert_uint_eq(w.finished[EF_STAGE_WRITE], 1);
	ck_assert_uint_eq(w.finished[EF_STAGE_VERIFY], 1);
	ck_assert_uint_eq(stats.bytes, len);
	ck_assert_uint_eq(stats.skipped, 0);
	/* incompressible content grows by a few bytes per block */
	ck_assert_uint_le(stats.wire_bytes, len + len / 1000 + 16);
	/* questions about a few sectors, BEGIN, the blocks, END (a stub only), MD5 */
	ck_assert_uint_eq(sim_requests(w.rig.sim, EF_OP_SPI_FLASH_MD5), questions(len) + 1);
	ck_assert_uint_eq(sim_requests(w.rig.sim, EF_OP_FLASH_BEGIN) +
				  sim_requests(w.rig.sim, EF_OP_FLASH_DEFL_BEGIN),
			  1);
	ck_assert_uint_eq(sim_requests(w.rig.sim, EF_OP_FLASH_DATA) +
				  sim_requests(w.rig.sim, EF_OP_FLASH_DEFL_DATA),
			  is_stub ? blocks((uint32_t)stats.wire_bytes, len)
				  : ef_div_up((uint32_t)stats.wire_bytes, 0x400));
	ck_assert_uint_eq(sim_requests(w.rig.sim, EF_OP_FLASH_END) +
				  sim_requests(w.rig.sim, EF_OP_FLASH_DEFL_END),
			  is_stub ? 1 : 0);
	if (is_stub && writes[_i].compressible)
		ck_assert_uint_lt(stats.wire_bytes, len / 20);
	work_done(&w);
	free(data);
}
END_TEST

/* Over a bad line each exchange is another chance for damage: no shorter block comes at the end. */
START_TEST(bad_line_gets_no_extra_block)
{
	const struct sim_opts sim = { .chip = "esp32c3", .is_paced = true };
	const uint32_t len = 70000; /* four blocks of 16 KiB, and more than 4 KiB */
	uint8_t *data = work_content(len, false);
	const struct ef_region region = { ADDR, data, len, "app" };
	const struct ef_write_opts opts = { 0 };
	struct ef_write_stats stats;
	uint64_t from_us;
	struct work w;

	work_start(&w, &sim, false);
	w.rig.f->recovery.damages = (unsigned)_i;
	from_us = sim_now_us(w.rig.sim);
	ck_ok(plain_write(w.rig.f, &region, 1, &opts, &stats, &w.rig.err), &w.rig.err);
	work_check(&w, ADDR, data, len);
	/* ten bits a byte, at 115200 baud */
	ck_assert_uint_ge(stats.elapsed_us, len * 10000000ull / 115200);
	ck_assert_uint_le(stats.elapsed_us, sim_now_us(w.rig.sim) - from_us);
	ck_assert_uint_eq(sim_requests(w.rig.sim, EF_OP_FLASH_DEFL_DATA),
			  !_i && ef_deflate_all_can(len) ? 6 : 5);
	work_done(&w);
	free(data);
}
END_TEST

START_TEST(what_is_there_is_skipped)
{
	const struct sim_opts sim = { .chip = "esp32c3" };
	uint8_t *data = work_content(20000, true);
	const struct ef_region regions[] = {
		{ 0, data, 20000, "bootloader" },
		{ 0x8000, data, 0xc00, "table" },
		{ 0x10000, data, 0, "nothing" },
		{ 0x20000, data, 12345, "app" },
	};
	struct ef_write_opts opts = { 0 };
	struct ef_write_stats stats;
	struct work w;

	work_start(&w, &sim, false);
	memcpy(sim_flash_mut(w.rig.sim), data, 20000);
	memcpy(sim_flash_mut(w.rig.sim) + 0x20000, data, 12345);
	ck_ok(plain_write(w.rig.f, regions, 4, &opts, &stats, &w.rig.err), &w.rig.err);
	ck_assert_uint_eq(w.skipped, 2);
	ck_assert_uint_eq(w.verified, 1);
	ck_assert_uint_eq(stats.bytes, 0xc00);
	ck_assert_uint_eq(stats.skipped, 32345);
	ck_assert_uint_eq(sim_requests(w.rig.sim, EF_OP_FLASH_DEFL_BEGIN), 1);
	ck_assert_uint_eq(sim_requests(w.rig.sim, EF_OP_SPI_FLASH_MD5), 5);
	opts.no_skip = true;
	opts.no_verify = true;
	ck_ok(plain_write(w.rig.f, regions, 4, &opts, NULL, &w.rig.err), &w.rig.err);
	ck_assert_uint_eq(w.skipped, 2);
	ck_assert_uint_eq(w.written, 3);
	ck_assert_uint_eq(sim_requests(w.rig.sim, EF_OP_SPI_FLASH_MD5), 5);
	ck_assert_uint_eq(sim_requests(w.rig.sim, EF_OP_FLASH_DEFL_END), 4);
	work_done(&w);
	free(data);
}
END_TEST

static const struct {
	bool no_stub;
	struct ef_region r[2];
	enum ef_code code;
	const char *text;
} refusals[] = {
	{ false,
	  { { 0x1234, NULL, 5, "a" }, { 0, NULL, 0, "b" } },
	  EF_E_INPUT,
	  "'a' would start at 0x00001234, which is not a multiple of 0x1000" },
	{ false,
	  { { 0x3ff000, NULL, 0x1001, "a" }, { 0, NULL, 0, "b" } },
	  EF_E_INPUT,
	  "'a' (4097 bytes at 0x003ff000) passes the end of the flash at 0x00400000" },
	{ false,
	  { { 0xfffff000, NULL, 0x1001, "a" }, { 0, NULL, 0, "b" } },
	  EF_E_INPUT,
	  "passes the end" },
	{ false,
	  { { 0, NULL, 0x1001, "a" }, { 0x1000, NULL, 1, "b" } },
	  EF_E_INPUT,
	  "'a' (4097 bytes at 0x00000000) and 'b' (1 bytes at 0x00001000) overlap" },
	{ false, { { 0x1000, NULL, 1, "a" }, { 0, NULL, 0x1001, "b" } }, EF_E_INPUT, "overlap" },
};

START_TEST(refused_before_anything_happens)
{
	const struct sim_opts sim = { .chip = "esp32c3" };
	static const uint8_t data[0x2000];
	const struct ef_write_opts opts = { 0 };
	struct ef_region r[2] = { refusals[_i].r[0], refusals[_i].r[1] };
	unsigned requests;
	struct work w;

	work_start(&w, &sim, refusals[_i].no_stub);
	requests = sim_requests(w.rig.sim, 0);
	r[0].data = r[1].data = data;
	ck_fails(plain_write(w.rig.f, r, 2, &opts, NULL, &w.rig.err), &w.rig.err, refusals[_i].code,
		 refusals[_i].text);
	ck_assert_uint_eq(sim_requests(w.rig.sim, 0), requests);
	work_done(&w);
}
END_TEST

/* Neighbours don't overlap, in whatever order they are given. */
START_TEST(adjacent_regions_are_written)
{
	const struct sim_opts sim = { .chip = "esp32c3" };
	uint8_t *data = work_content(0x2000, false);
	const struct ef_region falling[] = { { ADDR + 0x1000, data + 0x1000, 0x1000, "b" },
					     { ADDR, data, 0x1000, "a" } };
	const struct ef_region rising[] = { falling[1], falling[0] };
	const struct ef_write_opts opts = { 0 };
	struct work w;

	work_start(&w, &sim, false);
	ck_ok(plain_write(w.rig.f, _i ? rising : falling, 2, &opts, NULL, &w.rig.err), &w.rig.err);
	work_check(&w, ADDR, data, 0x2000);
	work_done(&w);
	free(data);
}
END_TEST

START_TEST(rom_does_not_reach_past_16_mib)
{
	const struct sim_opts sim = { .chip = "esp32s3", .flash_size = 32u << 20 };
	const struct ef_region r = { 16u << 20, (const uint8_t *)"x", 1, "app" };
	const struct ef_write_opts opts = { 0 };
	struct work w;

	work_start(&w, &sim, true);
	ck_fails(plain_write(w.rig.f, &r, 1, &opts, NULL, &w.rig.err), &w.rig.err, EF_E_UNSUPP,
		 "can address only 16 MiB");
	work_done(&w);
}
END_TEST

/* ---- failures ---- */

/* A stub acknowledges the block before it fails to write it; a later command reports it. */
START_TEST(a_late_error_is_an_error)
{
	/* pages before the failure: within the stream, and in the last block (END tells) */
	static const unsigned pages[] = { 100, 256 };
	struct sim_opts sim = { .chip = "esp32c3" };
	uint8_t *data = work_content(0x10000, false);
	const struct ef_region r = { ADDR, data, 0x10000, "app" };
	const struct ef_write_opts opts = { .no_verify = true, .no_skip = true };
	struct work w;

	sim.faults.fail_program_at = pages[_i];
	work_start(&w, &sim, false);
	ck_assert(!plain_write(w.rig.f, &r, 1, &opts, NULL, &w.rig.err));
	ck_assert_int_eq(w.rig.err.code, EF_E_PROTOCOL);
	ck_assert_ptr_nonnull(strstr(w.rig.err.msg,
				     "cannot write 'app' (0x00010000 to 0x0001ffff is "
				     "now partly erased or written): the chip refused"));
	ck_assert_ptr_nonnull(strstr(w.rig.err.msg, "flash operation failed (status c4 00)"));
	ck_assert_ptr_nonnull(strstr(ck_hint(&w.rig.err), "run the command again"));
	ck_assert_uint_eq(w.verified + w.written, 0);
	work_done(&w);
	free(data);
}
END_TEST

START_TEST(a_silent_corruption_is_found)
{
	struct sim_opts sim = { .chip = "esp32c3" };
	uint8_t *data = work_content(50000, true);
	const struct ef_region r = { ADDR, data, 50000, "app" };
	const struct ef_write_opts opts = { 0 };
	struct work w;

	sim.faults.corrupt_flash = 1000000;
	work_start(&w, &sim, _i == 1);
	ck_assert(!plain_write(w.rig.f, &r, 1, &opts, NULL, &w.rig.err));
	ck_assert_int_eq(w.rig.err.code, EF_E_VERIFY);
	ck_assert_ptr_nonnull(strstr(w.rig.err.msg, "MD5 is not that of what was written"));
	ck_assert_uint_eq(w.verified, 0);
	work_done(&w);
	free(data);
}
END_TEST

START_TEST(a_corruption_that_happens_once_is_repaired)
{
	struct sim_opts sim = { .chip = "esp32c3", .faults.corrupt_flash = 1 };
	uint8_t *data = work_content(50000, true);
	const struct ef_region r = { ADDR, data, 50000, "app" };
	const struct ef_write_opts opts = { 0 };
	struct work w;

	work_start(&w, &sim, _i == 1);
	ck_ok(plain_write(w.rig.f, &r, 1, &opts, NULL, &w.rig.err), &w.rig.err);
	work_check(&w, ADDR, data, 50000);
	rig_says(&w.rig, "the chip's MD5 is not");
	rig_says(&w.rig, "writing 'app' again from 0x00010000");
	ck_assert_uint_eq(w.verified, 1);
	work_done(&w);
	free(data);
}
END_TEST

/* The chip is silent from the n-th answer on. The error names the state of the flash. */
static const struct {
	unsigned after;
	const char *text;
} silences[] = {
	{ 1, "cannot write 'app' at 0x00010000 (nothing was changed there): no answer to "
	     "SPI_FLASH_MD5" },
	/* after the questions about two sectors */
	{ 3, "partly erased or written): no answer to FLASH_DEFL_BEGIN within 3000 ms" },
	{ 5, "partly erased or written): no answer to FLASH_DEFL_DATA" },
	{ 9, "partly erased or written): no answer to FLASH_DEFL_END" },
	{ 10, "partly erased or written): no answer to SPI_FLASH_MD5" },
};

START_TEST(silence)
{
	struct sim_opts sim = { .chip = "esp32c3" };
	uint8_t *data = work_content(0x10000, false);
	const struct ef_region r = { ADDR, data, 0x10000, "app" };
	const struct ef_write_opts opts = { 0 };
	struct work probe, w;

	/* count the answers until the session is connected */
	work_start(&probe, &sim, false);
	sim.faults.stall_reply = sim_requests(probe.rig.sim, 0) + silences[_i].after;
	work_done(&probe);
	work_start(&w, &sim, false);
	ck_fails(plain_write(w.rig.f, &r, 1, &opts, NULL, &w.rig.err), &w.rig.err, EF_E_TIMEOUT,
		 silences[_i].text);
	w.total = UINT64_MAX;
	work_done(&w);
	free(data);
}
END_TEST

START_TEST(secure_download_mode)
{
	const struct sim_opts sim = { .chip = "esp32c3", .secure_download = true };
	uint8_t *data = work_content(5000, true);
	const struct ef_region r[] = { { ADDR, data, 5000, "app" }, { 0x20000, data, 10, "more" } };
	const struct ef_write_opts opts = { 0 };
	const char *warning;
	uint8_t md5[16];
	struct work w;

	work_start(&w, &sim, false);
	ck_ok(plain_write(w.rig.f, r, 2, &opts, NULL, &w.rig.err), &w.rig.err);
	ck_assert_mem_eq(sim_flash(w.rig.sim, NULL) + ADDR, data, 5000);
	ck_assert_mem_eq(sim_flash(w.rig.sim, NULL) + 0x20000, data, 10);
	ck_assert_uint_eq(w.written, 2);
	ck_assert_uint_eq(sim_requests(w.rig.sim, EF_OP_SPI_FLASH_MD5), 0);
	warning = strstr(w.rig.said, "can't be compared");
	ck_assert_ptr_nonnull(warning);
	ck_assert_ptr_null(strstr(warning + 1, "can't be compared"));
	ck_fails(ef_flasher_md5(w.rig.f, 0, 16, md5, &w.rig.err), &w.rig.err, EF_E_UNSUPP,
		 "secure download mode");
	work_done(&w);
	free(data);
}
END_TEST

START_TEST(an_answer_lost_on_the_line)
{
	/* one damaged answer: the write ends in an error or in the right content */
	struct sim_opts sim = { .chip = "esp32c3" };
	uint8_t *data = work_content(0x10000, false);
	const struct ef_region r = { ADDR, data, 0x10000, "app" };
	const struct ef_write_opts opts = { 0 };
	unsigned connecting;
	struct work w;

	work_start(&w, &sim, false);
	connecting = sim_requests(w.rig.sim, 0);
	work_done(&w);
	sim.faults.flip_reply = connecting + 1 + (unsigned)_i;
	work_start(&w, &sim, false);
	if (plain_write(w.rig.f, &r, 1, &opts, NULL, &w.rig.err))
		work_check(&w, ADDR, data, 0x10000);
	else
		ck_assert_ptr_nonnull(strstr(w.rig.err.msg, "cannot write 'app'"));
	work_done(&w);
	free(data);
}
END_TEST

/* Bytes or an answer get lost: the flasher repeats the region, and the content is right. */
static const struct {
	bool no_stub;
	unsigned drop_every, drop_reply; /* the reply counts from the connection on */
} losses[] = {
	{ false, 22000, 0 }, { false, 0, 2 }, { false, 0, 3 }, { false, 0, 4 },
	{ false, 0, 5 },     { true, 0, 2 },  { true, 0, 5 },  { true, 0, 17 },
};

START_TEST(what_the_line_lost_is_sent_again)
{
	struct sim_opts sim = { .chip = "esp32c3", .is_paced = true };
	uint8_t *data = work_content(0x4000, false);
	const struct ef_region r = { ADDR, data, 0x4000, "app" };
	const struct ef_write_opts opts = { 0 };
	struct work w;

	if (losses[_i].drop_reply) {
		work_start(&w, &sim, losses[_i].no_stub);
		sim.faults.drop_reply = sim_requests(w.rig.sim, 0) + losses[_i].drop_reply;
		work_done(&w);
	}
	sim.faults.every.drop = losses[_i].drop_every;
	work_start(&w, &sim, losses[_i].no_stub);
	ck_ok(plain_write(w.rig.f, &r, 1, &opts, NULL, &w.rig.err), &w.rig.err);
	work_check(&w, ADDR, data, 0x4000);
	if (losses[_i].drop_reply)
		rig_says(&w.rig, "writing 'app' again from 0x0001");
	else /* the flasher repeats a damaged block within the stream */
		ck_assert_uint_eq(sim_requests(w.rig.sim, EF_OP_FLASH_DEFL_BEGIN), 1);
	work_done(&w);
	free(data);
}
END_TEST

/* What is written is compressed before, or is other content than the caller thought. */
START_TEST(content_is_right_whatever_was_compressed_before)
{
	const struct sim_opts sim = { .chip = "esp32c3" };
	uint8_t *data = work_content(70001, true), *other = work_content(70001, true);
	const struct ef_region region = { ADDR, data, 70001, "app" };
	const struct ef_region likely = { 0, _i ? other : data, 70001, "app" };
	const struct ef_write_opts opts = { 0 };
	struct rig r;

	other[40000] ^= 1;
	rig_power(&r, &sim);
	r.opts.speed.likely = &likely;
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_ptr_nonnull(r.f->to_write.ahead); /* it is being compressed */
	ck_ok(plain_write(r.f, &region, 1, &opts, NULL, &r.err), &r.err);
	ck_assert_mem_eq(sim_flash(r.sim, NULL) + ADDR, data, 70001);
	rig_done(&r);
	free(data);
	free(other);
}
END_TEST

Suite *suite_flash_write(void);

Suite *suite_flash_write(void)
{
	Suite *s = suite_create("flash_write");
	TCase *t = tcase_create("flash_write");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, writes_and_proves, 0, (int)EF_ARRAY_LEN(writes));
	tcase_add_loop_test(t, bad_line_gets_no_extra_block, 0, 2);
	tcase_add_test(t, what_is_there_is_skipped);
	tcase_add_loop_test(t, refused_before_anything_happens, 0, (int)EF_ARRAY_LEN(refusals));
	tcase_add_loop_test(t, adjacent_regions_are_written, 0, 2);
	tcase_add_test(t, rom_does_not_reach_past_16_mib);
	tcase_add_loop_test(t, a_late_error_is_an_error, 0, 2);
	tcase_add_loop_test(t, a_silent_corruption_is_found, 0, 2);
	tcase_add_loop_test(t, a_corruption_that_happens_once_is_repaired, 0, 2);
	tcase_add_loop_test(t, silence, 0, (int)EF_ARRAY_LEN(silences));
	tcase_add_test(t, secure_download_mode);
	tcase_add_loop_test(t, what_the_line_lost_is_sent_again, 0, (int)EF_ARRAY_LEN(losses));
	tcase_add_loop_test(t, an_answer_lost_on_the_line, 0, 9);
	tcase_add_loop_test(t, content_is_right_whatever_was_compressed_before, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
