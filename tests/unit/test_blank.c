/* SPDX-License-Identifier: MIT */
/*
 * Content of 0xff, and flash that is erased: what need not be asked or sent is not, and the
 * flash holds the whole content all the same. Counts follow from the content's layout.
 */
#include "flasher/flasher_priv.h"
#include "flasher/transfer.h"
#include "rig/plain_plan.h"
#include "rig/tap_port.h"
#include "work_rig.h"

#define ADDR 0x20000u
#define LEN  0x43000u
/* Erased content: a gap, and the end from this offset on. */
#define GAP     0x10000u
#define GAP_LEN 0x20000u
#define TAIL    0x40300u

static struct {
	uint32_t begins[8][2]; /* size and address that a BEGIN announced */
	unsigned count, data;
} seen;

static bool watch(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		  struct ef_err *err)
{
	bool is_begin = tap_is_request(data, len, EF_OP_FLASH_DEFL_BEGIN) ||
			tap_is_request(data, len, EF_OP_FLASH_BEGIN);

	if (is_begin && seen.count < EF_ARRAY_LEN(seen.begins)) {
		seen.begins[seen.count][0] = tap_word(data, len, 0);
		seen.begins[seen.count++][1] = tap_word(data, len, 3);
	}
	seen.data += tap_is_request(data, len, EF_OP_FLASH_DATA);
	return tap_real->write(port, data, len, deadline_us, err);
}

/* How the flash is before. */
enum before { ERASED, OTHER, GAP_ERASED };

static uint8_t *holey_content(void)
{
	uint8_t *data = work_content(LEN, false);

	memset(data + GAP, 0xff, GAP_LEN);
	memset(data + TAIL, 0xff, LEN - TAIL);
	return data;
}

static void write_seen(struct work *w, enum before before, bool no_stub, const uint8_t *data,
		       const struct ef_write_opts *opts)
{
	const struct sim_opts sim = { .chip = "esp32c3", .is_paced = true };
	const struct ef_region r = { ADDR, data, LEN, "app" };

	memset(&seen, 0, sizeof(seen));
	work_start(w, &sim, no_stub);
	if (before == ERASED)
		memset(sim_flash_mut(w->rig.sim), 0xff, WORK_FLASH);
	if (before == GAP_ERASED)
		memset(sim_flash_mut(w->rig.sim) + ADDR + GAP, 0xff, GAP_LEN);
	memcpy(w->before, sim_flash(w->rig.sim, NULL), WORK_FLASH);
	tap_open(w->rig.port)->write = watch;
	ck_ok(plain_write(w->rig.f, &r, 1, opts, NULL, &w->rig.err), &w->rig.err);
	tap_close(w->rig.port);
	work_check(w, ADDR, data, LEN);
}

/*
 * One question finds that the board is fresh, one that the flash has the gap, and the last one
 * proves the whole region. The tail is too short for a question.
 */
START_TEST(fresh_board)
{
	uint8_t *data = holey_content();
	const struct ef_write_opts opts = { 0 };
	struct work w;

	write_seen(&w, ERASED, false, data, &opts);
	ck_assert_uint_eq(sim_requests(w.rig.sim, EF_OP_SPI_FLASH_MD5), 3);
	ck_assert_uint_eq(sim_requests(w.rig.sim, EF_OP_ERASE_REGION), 0);
	ck_assert_uint_eq(seen.count, 2);
	ck_assert_uint_eq(seen.begins[0][0], GAP);
	ck_assert_uint_eq(seen.begins[1][1], ADDR + GAP + GAP_LEN);
	ck_assert_uint_eq(seen.begins[1][0], LEN - GAP - GAP_LEN - 0xffc);
	work_done(&w);
	free(data);
}
END_TEST

/* Other content was there: the gap is erased where it has to be, and not written. */
START_TEST(gap_is_erased_only_if_it_must_be)
{
	uint8_t *data = holey_content();
	const struct ef_write_opts opts = { 0 };
	struct work w;

	write_seen(&w, _i ? GAP_ERASED : OTHER, false, data, &opts);
	ck_assert_uint_eq(sim_requests(w.rig.sim, EF_OP_ERASE_REGION), _i ? 0 : 1);
	ck_assert_uint_eq(seen.count, 2);
	ck_assert_uint_eq(seen.begins[0][0], GAP);
	ck_assert_uint_eq(seen.begins[1][0], LEN - GAP - GAP_LEN - 0xffc);
	work_done(&w);
	free(data);
}
END_TEST

/* Without questions the gap is written like all content, but not the end of the last sector. */
START_TEST(no_skip_asks_nothing)
{
	uint8_t *data = holey_content();
	const struct ef_write_opts opts = { .no_skip = true };
	struct work w;

	write_seen(&w, _i ? ERASED : OTHER, false, data, &opts);
	ck_assert_uint_eq(sim_requests(w.rig.sim, EF_OP_SPI_FLASH_MD5), 1);
	ck_assert_uint_eq(seen.count, 1);
	ck_assert_uint_eq(seen.begins[0][0], LEN - 0xffc);
	work_done(&w);
	free(data);
}
END_TEST

/* A ROM erases all that BEGIN announces, and gets blocks up to the last one with content. */
START_TEST(rom_gets_no_tail)
{
	uint8_t *data = holey_content();
	const struct ef_write_opts opts = { .no_skip = true, .no_verify = true };
	struct work w;

	write_seen(&w, OTHER, true, data, &opts);
	ck_assert_uint_eq(seen.count, 1);
	ck_assert_uint_eq(seen.begins[0][0], LEN);
	ck_assert_uint_eq(seen.data, (TAIL + 0x3ff) / 0x400);
	work_done(&w);
	free(data);
}
END_TEST

/* Nothing but 0xff, over other content and over a line that damages bytes. */
START_TEST(empty_content)
{
	const struct sim_opts sim = { .chip = "esp32c3", .is_paced = true };
	const struct ef_write_opts opts = { 0 };
	uint8_t *data = malloc(LEN);
	const struct ef_region r = { ADDR, data, LEN, "empty" };
	struct sim_faults faults = { .noise_every = _i ? 500 : 0, .noise_seed = 3 };
	struct work w;

	ck_assert_ptr_nonnull(data);
	memset(data, 0xff, LEN);
	work_start(&w, &sim, false);
	sim_set_faults(w.rig.sim, &faults);
	ck_ok(plain_write(w.rig.f, &r, 1, &opts, NULL, &w.rig.err), &w.rig.err);
	work_check(&w, ADDR, data, LEN);
	if (!_i)
		ck_assert_uint_eq(sim_requests(w.rig.sim, EF_OP_FLASH_DEFL_DATA), 0);
	work_done(&w);
	free(data);
}
END_TEST

static uint32_t erases[8][2]; /* address and size */
static unsigned erase_count;

static bool watch_erases(struct ef_port *port, const uint8_t *data, size_t len,
			 uint64_t deadline_us, struct ef_err *err)
{
	bool by_stub = tap_is_request(data, len, EF_OP_ERASE_REGION);

	if (by_stub || tap_is_request(data, len, EF_OP_FLASH_BEGIN)) {
		ck_assert_uint_lt(erase_count, EF_ARRAY_LEN(erases));
		erases[erase_count][0] = tap_word(data, len, by_stub ? 0 : 3);
		erases[erase_count++][1] = tap_word(data, len, by_stub ? 1 : 0);
	}
	return tap_real->write(port, data, len, deadline_us, err);
}

static unsigned steps_shown;

static void on_step(void *user, const struct ef_event *e)
{
	work_event(user, e);
	if (e->kind == EF_EVENT_PROGRESS && e->stage == EF_STAGE_WRITE)
		steps_shown += e->done == 0xe0000 || e->done == 0x1e0000;
}

/* Steps end at multiples of 1 MiB, so that the user can interrupt, and the last at a sector. */
START_TEST(long_erase_has_steps)
{
	static const uint32_t want[][2] = { { 0x20000, 0xe0000 },
					    { 0x100000, 0x100000 },
					    { 0x200000, 0x41000 } };
	const struct sim_opts sim = { .chip = "esp32c3" };
	const uint32_t len = 0x220010;
	const struct ef_write_opts opts = { 0 };
	uint8_t *data = malloc(len);
	const struct ef_region r = { ADDR, data, len, "empty" };
	struct work w;

	ck_assert_ptr_nonnull(data);
	memset(data, 0xff, len);
	work_start(&w, &sim, _i);
	w.rig.f->opts.event = on_step;
	erase_count = steps_shown = 0;
	tap_open(w.rig.port)->write = watch_erases;
	ck_ok(plain_write(w.rig.f, &r, 1, &opts, NULL, &w.rig.err), &w.rig.err);
	tap_close(w.rig.port);
	work_check(&w, ADDR, data, len);
	ck_assert_uint_eq(erase_count, EF_ARRAY_LEN(want));
	ck_assert_mem_eq(erases, want, sizeof(want));
	ck_assert_uint_eq(steps_shown, 2);
	work_done(&w);
	free(data);
}
END_TEST

static bool erase_fails(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
			struct ef_err *err)
{
	bool is_erase = tap_is_request(data, len, EF_OP_ERASE_REGION) ||
			tap_is_request(data, len, EF_OP_FLASH_BEGIN);

	if (is_erase)
		return ef_fail(err, EF_E_IO, "the driver fails");
	return tap_real->write(port, data, len, deadline_us, err);
}

/* A request to erase may have reached the chip, so nobody is told that nothing was changed. */
START_TEST(erase_that_fails)
{
	const struct sim_opts sim = { .chip = "esp32c3" };
	const struct ef_write_opts opts = { 0 };
	uint8_t *data = malloc(LEN);
	const struct ef_region r = { ADDR, data, LEN, "empty" };
	struct work w;

	ck_assert_ptr_nonnull(data);
	memset(data, 0xff, LEN);
	work_start(&w, &sim, _i);
	tap_open(w.rig.port)->write = erase_fails;
	ck_fails(plain_write(w.rig.f, &r, 1, &opts, NULL, &w.rig.err), &w.rig.err, EF_E_IO,
		 "is now partly erased or written");
	tap_close(w.rig.port);
	w.total = UINT64_MAX;
	work_done(&w);
	free(data);
}
END_TEST

/*
 * How much of content that is all 0xff is announced. A stub erases up to the end of the sector in
 * which the announced content ends, so this must be the content's last sector; a ROM erases by a
 * size of its own. Flash is programmed in words.
 */
START_TEST(blank_content_ends_in_its_last_sector)
{
	static const struct {
		uint32_t len, stub, rom;
	} cases[] = {
		{ 1, 1, 1 },       { 4, 4, 4 },        { 5, 4, 4 },       { 4096, 4, 4 },
		{ 4097, 4097, 4 }, { 4100, 4100, 4 },  { 4101, 4100, 4 }, { 8192, 4100, 4 },
		{ 8193, 8193, 4 }, { 12287, 8196, 4 },
	};
	uint8_t *data = malloc(12288);

	ck_assert_ptr_nonnull(data);
	memset(data, 0xff, 12288);
	for (size_t i = 0; i < EF_ARRAY_LEN(cases); i++) {
		ck_assert_uint_eq(transfer_content_len(data, cases[i].len, true), cases[i].stub);
		ck_assert_uint_eq(transfer_content_len(data, cases[i].len, false), cases[i].rom);
	}
	/* content up to the first byte of a word, and up to its last */
	data[100] = 0;
	ck_assert_uint_eq(transfer_content_len(data, 4096, true), 104);
	data[103] = 0;
	ck_assert_uint_eq(transfer_content_len(data, 4096, true), 104);
	data[104] = 0;
	ck_assert_uint_eq(transfer_content_len(data, 4096, false), 108);
	free(data);
}
END_TEST

Suite *suite_blank(void);
Suite *suite_blank(void)
{
	Suite *s = suite_create("blank");
	TCase *t = tcase_create("blank");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, fresh_board);
	tcase_add_loop_test(t, gap_is_erased_only_if_it_must_be, 0, 2);
	tcase_add_loop_test(t, no_skip_asks_nothing, 0, 2);
	tcase_add_test(t, rom_gets_no_tail);
	tcase_add_loop_test(t, empty_content, 0, 2);
	tcase_add_loop_test(t, long_erase_has_steps, 0, 2);
	tcase_add_loop_test(t, erase_that_fails, 0, 2);
	tcase_add_test(t, blank_content_ends_in_its_last_sector);
	suite_add_tcase(s, t);
	return s;
}
