/* SPDX-License-Identifier: MIT */
/* Programs into RAM: block counts, words, order, and the stub's own RAM. */
#include "sim/parts.h"
#include "sim/sim.h"
#include "flasher/flasher_priv.h"
#include "rig/tap_port.h"
#include "work_rig.h"

#define IRAM      0x40390000u /* ESP32-C3, free of the stub */
#define STUB_TEXT 0x40380000u
#define STUB_BSS  0x3fc84000u

/* Sizes around a RAM block of 0x1800 (W-37), and how many blocks they make. */
static const struct {
	bool no_stub;
	uint32_t len;
	unsigned blocks;
} loads[] = {
	{ false, 1, 1 },     { false, 0x17ff, 1 }, { false, 0x1800, 1 }, { false, 0x1801, 2 },
	{ true, 0x1800, 1 }, { true, 0x3000, 2 },  { true, 0x3003, 3 },
};

START_TEST(loads_and_starts)
{
	const struct sim_opts sim = { .chip = "esp32c3" };
	uint32_t len = loads[_i].len;
	uint8_t *data = work_content(len, false), *there = malloc(len);
	const struct ef_region segments[] = {
		{ IRAM, data, len, ".text" },
		{ IRAM + 0x8000, data, 0, ".empty" },
		{ IRAM + 0x9000, data, 1, ".data" },
	};
	unsigned before, ends;
	struct work w;

	ck_assert_ptr_nonnull(there);
	work_start(&w, &sim, loads[_i].no_stub);
	before = sim_requests(w.rig.sim, EF_OP_MEM_DATA);
	ends = sim_requests(w.rig.sim, EF_OP_MEM_END);
	ck_ok(ef_flasher_load_ram(w.rig.f, segments, 3, IRAM, &w.rig.err), &w.rig.err);
	ck_assert_uint_eq(sim_requests(w.rig.sim, EF_OP_MEM_DATA) - before, loads[_i].blocks + 1);
	sim_mem_read(w.rig.sim, IRAM, there, len);
	ck_assert_mem_eq(there, data, len);
	ck_assert_uint_eq(sim_requests(w.rig.sim, EF_OP_MEM_END) - ends, 1);
	/* the board takes any start for the stub's as long as the stub is in its RAM */
	if (loads[_i].no_stub)
		ck_assert(sim_is_running(w.rig.sim));
	ck_assert_uint_eq(w.finished[EF_STAGE_RAM], 2);
	work_done(&w);
	free(data);
	free(there);
}
END_TEST

static const struct {
	struct ef_region segment;
	const char *text;
} overlaps[] = {
	{ { STUB_TEXT, NULL, 4, "a" },
	  "'a' (4 bytes at 0x40380000) would overwrite the running stub" },
	{ { STUB_TEXT - 4, NULL, 8, "a" }, "would overwrite the running stub" },
	{ { STUB_BSS + 0x100, NULL, 4, "a" }, "would overwrite the running stub" },
	{ { 0xfffffff0, NULL, 0x20, "a" }, "passes the end of memory" },
};

START_TEST(keeps_off_the_stub)
{
	const struct sim_opts sim = { .chip = "esp32c3" };
	static const uint8_t data[0x20];
	struct ef_region r = overlaps[_i].segment;
	unsigned requests;
	struct work w;

	r.data = data;
	work_start(&w, &sim, false);
	ck_assert_uint_eq(ef_flasher_device(w.rig.f)->is_stub, 1);
	requests = sim_requests(w.rig.sim, 0);
	ck_assert(!ef_flasher_load_ram(w.rig.f, &r, 1, r.addr, &w.rig.err));
	ck_assert_ptr_nonnull(strstr(w.rig.err.msg, overlaps[_i].text));
	if (_i < 3)
		ck_assert_ptr_nonnull(strstr(ck_hint(&w.rig.err), "--no-stub"));
	ck_assert_uint_eq(sim_requests(w.rig.sim, 0), requests);
	work_done(&w);
}
END_TEST

START_TEST(without_a_stub_its_ram_is_free)
{
	const struct sim_opts sim = { .chip = "esp32c3" };
	static const uint8_t data[64];
	const struct ef_region r = { STUB_TEXT, data, sizeof(data), ".text" };
	struct work w;

	work_start(&w, &sim, true);
	ck_ok(ef_flasher_load_ram(w.rig.f, &r, 1, STUB_TEXT, &w.rig.err), &w.rig.err);
	ck_assert(sim_is_running(w.rig.sim));
	work_done(&w);
}
END_TEST

/* The stub is gone: a ROM that answers after a reset uses none of its RAM. */
START_TEST(ram_of_a_lost_stub_is_free)
{
	const struct sim_opts sim = { .chip = "esp32c3" };
	static const uint8_t data[64];
	const struct ef_region r = { STUB_TEXT, data, sizeof(data), ".text" };
	unsigned requests;
	struct work w;

	work_start(&w, &sim, false);
	w.rig.f->rom.loader = EF_LOADER_ROM;
	requests = sim_requests(w.rig.sim, EF_OP_MEM_BEGIN);
	(void)!ef_flasher_load_ram(w.rig.f, &r, 1, STUB_TEXT, &w.rig.err);
	ck_assert_uint_gt(sim_requests(w.rig.sim, EF_OP_MEM_BEGIN), requests);
	w.total = UINT64_MAX;
	work_done(&w);
}
END_TEST

START_TEST(wants_an_entry)
{
	const struct sim_opts sim = { .chip = "esp32c3" };
	const struct ef_region r = { IRAM, (const uint8_t *)"1234", 4, ".text" };
	struct work w;

	work_start(&w, &sim, true);
	ck_fails(ef_flasher_load_ram(w.rig.f, &r, 1, 0, &w.rig.err), &w.rig.err, EF_E_INPUT,
		 "no entry point");
	work_done(&w);
}
END_TEST

/* ---- the words of MEM_BEGIN, and what is sent behind the content ---- */

static uint32_t begun[4]; /* size, number of blocks, block size, address */

static bool note_begin(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		       struct ef_err *err)
{
	for (size_t i = 0; i < 4 && tap_is_request(data, len, EF_OP_MEM_BEGIN); i++)
		begun[i] = tap_word(data, len, i);
	return tap_real->write(port, data, len, deadline_us, err);
}

static uint64_t shown[8];
static unsigned shown_count;

static void note_progress(void *user, const struct ef_event *e)
{
	work_event(user, e);
	if (e->kind == EF_EVENT_PROGRESS && shown_count < EF_ARRAY_LEN(shown))
		shown[shown_count++] = e->done;
}

static const struct {
	uint32_t len, size, blocks;
} sizes[] = {
	{ 1, 4, 1 },           { 4, 4, 1 },           { 5, 8, 1 },           { 0x17fd, 0x1800, 1 },
	{ 0x1800, 0x1800, 1 }, { 0x1801, 0x1804, 2 }, { 0x3002, 0x3004, 3 },
};

/* Whole words: zeros fill the last one, and nothing is written behind it. */
START_TEST(last_word_is_filled_with_zeros)
{
	const struct sim_opts sim = { .chip = "esp32c3" };
	uint32_t len = sizes[_i].len, size = sizes[_i].size;
	uint8_t *data = work_content(len, false), there[0x3008], old[0x3008];
	const struct ef_region r = { IRAM, data, len, ".text" };
	struct work w;

	memset(old, 0x55, sizeof(old));
	work_start(&w, &sim, true);
	ck_assert(sim_mem_write(w.rig.sim, IRAM, old, sizeof(old)));
	w.rig.f->opts.event = note_progress;
	shown_count = 0;
	tap_open(w.rig.port)->write = note_begin;
	ck_ok(ef_flasher_load_ram(w.rig.f, &r, 1, IRAM, &w.rig.err), &w.rig.err);
	tap_close(w.rig.port);
	ck_assert_uint_eq(begun[0], size);
	ck_assert_uint_eq(begun[1], sizes[_i].blocks);
	ck_assert_uint_eq(begun[2], 0x1800);
	ck_assert_uint_eq(begun[3], IRAM);
	sim_mem_read(w.rig.sim, IRAM, there, sizeof(there));
	memcpy(old, data, len);
	memset(old + len, 0, size - len);
	ck_assert_mem_eq(there, old, sizeof(old));
	/* the progress counts content, not zeros */
	ck_assert_uint_eq(shown_count, sizes[_i].blocks + 1);
	for (unsigned i = 0; i < shown_count; i++)
		ck_assert_uint_eq(shown[i], i * 0x1800 < len ? i * 0x1800 : len);
	work_done(&w);
	free(data);
}
END_TEST

/* A segment without content takes no room, and one may end with the last byte of memory. */
START_TEST(segments_at_the_edges)
{
	const struct sim_opts sim = { .chip = "esp32c3" };
	static const uint8_t data[16];
	const struct ef_region empty[] = { { STUB_TEXT + 4, data, 0, "a" },
					   { IRAM, data, 4, "b" } };
	const struct ef_region last = { 0xfffffff0, data, 15, "c" };
	struct work w;

	work_start(&w, &sim, false);
	ck_ok(ef_flasher_load_ram(w.rig.f, empty, 2, IRAM, &w.rig.err), &w.rig.err);
	work_done(&w);
	work_start(&w, &sim, true);
	(void)!ef_flasher_load_ram(w.rig.f, &last, 1, 0xfffffff0, &w.rig.err);
	ck_assert_ptr_null(strstr(w.rig.err.msg, "passes the end"));
	w.total = UINT64_MAX;
	work_done(&w);
}
END_TEST

Suite *suite_ram(void);

Suite *suite_ram(void)
{
	Suite *s = suite_create("ram");
	TCase *t = tcase_create("ram");

	tcase_add_loop_test(t, loads_and_starts, 0, (int)EF_ARRAY_LEN(loads));
	tcase_add_loop_test(t, keeps_off_the_stub, 0, (int)EF_ARRAY_LEN(overlaps));
	tcase_add_test(t, without_a_stub_its_ram_is_free);
	tcase_add_test(t, ram_of_a_lost_stub_is_free);
	tcase_add_test(t, wants_an_entry);
	tcase_add_loop_test(t, last_word_is_filled_with_zeros, 0, (int)EF_ARRAY_LEN(sizes));
	tcase_add_test(t, segments_at_the_edges);
	suite_add_tcase(s, t);
	return s;
}
