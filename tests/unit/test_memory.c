/* SPDX-License-Identifier: MIT */
/* Memory of a connected chip: words, ranges, lost answers, and from the loader to the app. */
#include <espflash/memory.h>

#include "base/util.h"
#include "sim/parts.h"
#include "sim/sim.h"
#include "rig/tap_port.h"
#include "work_rig.h"

#define RAM 0x3fc90000u /* ESP32-C3, free of the stub */
#define LEN 0x1000u

static const struct {
	bool no_stub;
	uint32_t addr, len;
	unsigned words;
} ranges[] = {
	{ false, RAM, 4, 1 },          { false, RAM + 3, 1, 1 }, { false, RAM + 3, 2, 2 },
	{ true, RAM + 1, 7, 2 },       { true, RAM + 2, 7, 3 },  { false, RAM + 1, 1023, 256 },
	{ false, RAM + 1, 1024, 257 }, { true, RAM, 2048, 512 },
};

static bool collect(void *user, const uint8_t *data, size_t len, struct ef_err *err)
{
	return ef_buf_add(user, data, len, err);
}

static void expect(struct work *w, uint32_t addr, uint32_t len, const uint8_t *content)
{
	struct ef_buf got = EF_BUF_INIT(LEN);

	ck_ok(ef_flasher_read_mem(w->rig.f, addr, len, collect, &got, &w->rig.err), &w->rig.err);
	ck_assert_uint_eq(got.len, len);
	ck_assert_mem_eq(got.data, content + (addr - RAM), len);
	ef_buf_release(&got);
}

START_TEST(reads_any_range)
{
	const struct sim_opts sim = { .chip = "esp32c3" };
	uint8_t *content = work_content(LEN, false);
	unsigned before;
	struct work w;

	work_start(&w, &sim, ranges[_i].no_stub);
	ck_assert(sim_mem_write(w.rig.sim, RAM, content, LEN));
	before = sim_requests(w.rig.sim, EF_OP_READ_REG);
	expect(&w, ranges[_i].addr, ranges[_i].len, content);
	ck_assert_uint_eq(sim_requests(w.rig.sim, EF_OP_READ_REG) - before, ranges[_i].words);
	ck_assert_uint_eq(w.finished[EF_STAGE_READ], 1);
	work_done(&w);
	free(content);
}
END_TEST

/* A missing answer must not shift the others by a word. */
START_TEST(survives_a_lost_answer)
{
	struct sim_opts sim = { .chip = "esp32c3" };
	uint8_t *content = work_content(LEN, false);
	bool no_stub = _i % 2;
	struct work w;

	work_start(&w, &sim, no_stub);
	sim.faults.drop_reply = sim_requests(w.rig.sim, 0) + 1 + 100 * ((unsigned)_i / 2);
	work_done(&w);
	work_start(&w, &sim, no_stub);
	ck_assert(sim_mem_write(w.rig.sim, RAM, content, LEN));
	expect(&w, RAM + 2, 2000, content);
	rig_says(&w.rig, "reading 0x3fc9");
	work_done(&w);
	free(content);
}
END_TEST

START_TEST(gives_up_on_a_dead_chip)
{
	struct sim_opts sim = { .chip = "esp32c3" };
	struct ef_buf got = EF_BUF_INIT(LEN);
	struct work w;

	work_start(&w, &sim, false);
	sim.faults.stall_reply = sim_requests(w.rig.sim, 0) + 10;
	work_done(&w);
	work_start(&w, &sim, false);
	ck_assert(!ef_flasher_read_mem(w.rig.f, RAM, 100, collect, &got, &w.rig.err));
	ck_assert_int_eq(w.rig.err.code, EF_E_TIMEOUT);
	ck_assert_ptr_nonnull(strstr(w.rig.err.msg, "0x3fc90000"));
	ck_assert_ptr_nonnull(strstr(ck_hint(&w.rig.err), "no memory"));
	ck_assert_uint_eq(got.len, 0);
	work_done(&w);
	ef_buf_release(&got);
}
END_TEST

/* Address, value, mask, and microseconds to wait before the write: there is no reason to. */
static bool waits_for_nothing(struct ef_port *port, const uint8_t *data, size_t len,
			      uint64_t deadline_us, struct ef_err *err)
{
	if (tap_is_request(data, len, EF_OP_WRITE_REG))
		ck_assert_uint_eq(tap_word(data, len, 3), 0);
	return tap_real->write(port, data, len, deadline_us, err);
}

START_TEST(words)
{
	const struct sim_opts sim = { .chip = "esp32c3" };
	struct work w;
	uint32_t value;

	work_start(&w, &sim, _i);
	tap_open(w.rig.port)->write = waits_for_nothing;
	ck_ok(ef_flasher_write_word(w.rig.f, RAM, 0x12345678, UINT32_MAX, &w.rig.err), &w.rig.err);
	ck_ok(ef_flasher_write_word(w.rig.f, RAM, 0xffff0000, 0x00ff00ff, &w.rig.err), &w.rig.err);
	ck_ok(ef_flasher_read_word(w.rig.f, RAM, &value, &w.rig.err), &w.rig.err);
	/* a real ESP32-C3's ROM loader and stub gave the same */
	ck_assert_uint_eq(value, 0x12ff5600);
	ck_fails(ef_flasher_read_word(w.rig.f, RAM + 2, &value, &w.rig.err), &w.rig.err, EF_E_INPUT,
		 "0x");
	ck_fails(ef_flasher_write_word(w.rig.f, RAM + 1, 0, 1, &w.rig.err), &w.rig.err, EF_E_INPUT,
		 "0x");
	tap_close(w.rig.port);
	work_done(&w);
}
END_TEST

/* An error of the driver says nothing about the address. */
START_TEST(driver_that_fails)
{
	const struct sim_opts sim = { .chip = "esp32c3" };
	struct ef_err *err;
	struct work w;
	uint32_t value;

	work_start(&w, &sim, true);
	err = &w.rig.err;
	tap_writes = 0;
	tap_fails_at = 1;
	tap_open(w.rig.port)->write = tap_bad_write;
	ck_assert(!(_i ? ef_flasher_write_word(w.rig.f, RAM, 1, UINT32_MAX, err)
		       : ef_flasher_read_word(w.rig.f, RAM, &value, err)));
	ck_assert_int_eq(err->code, EF_E_IO);
	ck_assert_str_eq(err->msg, _i ? "cannot write 0x3fc90000: the driver fails"
				      : "cannot read 0x3fc90000: the driver fails");
	ck_assert_int_ne(err->hint.id, EF_HINT_NO_MEMORY_THERE);
	tap_close(w.rig.port);
	work_done(&w);
}
END_TEST

START_TEST(refuses)
{
	const struct sim_opts sim = { .chip = "esp32c3", .secure_download = true };
	const struct sim_opts open = { .chip = "esp32c3" };
	unsigned requests;
	uint32_t value;
	struct work w;

	work_start(&w, &open, true);
	requests = sim_requests(w.rig.sim, 0);
	ck_fails(ef_flasher_read_mem(w.rig.f, 0xfffffff0, 17, collect, NULL, &w.rig.err),
		 &w.rig.err, EF_E_INPUT, "0x");
	ck_assert_uint_eq(sim_requests(w.rig.sim, 0), requests);
	work_done(&w);
	work_start(&w, &sim, true);
	requests = sim_requests(w.rig.sim, 0);
	ck_fails(ef_flasher_read_word(w.rig.f, RAM, &value, &w.rig.err), &w.rig.err, EF_E_UNSUPP,
		 "");
	ck_fails(ef_flasher_write_word(w.rig.f, RAM, 0, 1, &w.rig.err), &w.rig.err, EF_E_UNSUPP,
		 "");
	ck_fails(ef_flasher_read_mem(w.rig.f, RAM, 4, collect, NULL, &w.rig.err), &w.rig.err,
		 EF_E_UNSUPP, "");
	ck_assert_uint_eq(sim_requests(w.rig.sim, 0), requests);
	work_done(&w);
}
END_TEST

/*
 * The ESP32's mask ROM boots on FLASH_END(1), the ESP32-C3's panics: seen on
 * both under emulation. So only the first one is asked to.
 */
static const struct {
	const char *chip;
	bool may_reset, no_stub, runs;
	unsigned flash_ends;
} starts[] = {
	{ "esp32", true, true, true, 0 },     { "esp32", false, true, true, 1 },
	{ "esp32c3", true, false, true, 0 },  { "esp32c3", false, true, true, 0 },
	{ "esp32c3", false, false, true, 0 }, { "esp32", false, false, false, 0 },
	{ "esp32c6", false, true, false, 0 },
};

START_TEST(starts_the_app)
{
	const struct sim_opts sim = { .chip = starts[_i].chip };
	struct work w;

	work_start(&w, &sim, starts[_i].no_stub);
	if (starts[_i].runs) {
		ck_ok(ef_flasher_run(w.rig.f, starts[_i].may_reset, &w.rig.err), &w.rig.err);
		ck_ok(ef_port_sleep_us(w.rig.port, 500000, &w.rig.err), &w.rig.err);
		ck_assert(!sim_is_download(w.rig.sim));
	} else {
		ck_assert(!ef_flasher_run(w.rig.f, starts[_i].may_reset, &w.rig.err));
		ck_assert_int_eq(w.rig.err.code, EF_E_UNSUPP);
		ck_assert_ptr_nonnull(strstr(ck_hint(&w.rig.err), "press RESET"));
	}
	ck_assert_uint_eq(sim_requests(w.rig.sim, EF_OP_FLASH_END), starts[_i].flash_ends);
	work_done(&w);
}
END_TEST

Suite *suite_memory(void);

Suite *suite_memory(void)
{
	Suite *s = suite_create("memory");
	TCase *tc = tcase_create("memory");

	tcase_add_loop_test(tc, reads_any_range, 0, (int)EF_ARRAY_LEN(ranges));
	tcase_add_loop_test(tc, survives_a_lost_answer, 0, 6);
	tcase_add_test(tc, gives_up_on_a_dead_chip);
	tcase_add_loop_test(tc, words, 0, 2);
	tcase_add_loop_test(tc, driver_that_fails, 0, 2);
	tcase_add_test(tc, refuses);
	tcase_add_loop_test(tc, starts_the_app, 0, (int)EF_ARRAY_LEN(starts));
	suite_add_tcase(s, tc);
	return s;
}
