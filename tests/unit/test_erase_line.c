/* SPDX-License-Identifier: MIT */
/*
 * Erases over a line that damages bytes. A request to erase has no checksum, so the line may
 * change its address, or have it refused; and the answer to the proof may get lost. None of
 * these ends the erase. Nor does a damaged question for an MD5 end a write.
 */
#include "ck_ef.h"

#include <stdlib.h>
#include <string.h>

#include "work_rig.h"

#define ADDR 0x10000u
#define LEN  0x3e0000u

/* A sanitizer makes each run several times as long. */
#if defined(__SANITIZE_ADDRESS__)
#define SEEDS 10
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SEEDS 10
#endif
#endif
#ifndef SEEDS
#define SEEDS 50
#endif

/* One byte in so many suffers. */
static const unsigned every[] = { 1000, 500, 300 };

static void power(struct work *w, const char *chip, bool no_stub)
{
	const struct sim_opts board = { .chip = chip, .is_paced = true };

	memset(w, 0, sizeof(*w));
	w->total = UINT64_MAX;
	rig_power(&w->rig, &board);
	w->rig.opts.event = work_event;
	w->rig.opts.event_user = w;
	w->rig.opts.no_stub = no_stub;
	w->rig.opts.rate_hz = 460800;
	ck_ok(rig_connect(&w->rig), &w->rig.err);
}

START_TEST(a_bad_line_does_not_end_an_erase)
{
	bool no_stub = _i % 2;
	unsigned n = (unsigned)_i / 2;
	const struct sim_faults faults = { .noise_every = every[n % EF_ARRAY_LEN(every)],
					   .noise_seed = n + 1 };
	struct work w;

	power(&w, "esp32c3", no_stub);
	memset(sim_flash_mut(w.rig.sim) + ADDR, 0x5a, LEN);
	sim_set_faults(w.rig.sim, &faults);
	ck_assert_msg(plain_erase_region(w.rig.f, ADDR, LEN, "x", &w.rig.err),
		      "one byte in %u, seed %u: %s\n%s", faults.noise_every, faults.noise_seed,
		      w.rig.err.msg, w.rig.said);
	ck_assert(ef_is_blank(sim_flash(w.rig.sim, NULL) + ADDR, LEN));
	work_done(&w);
}
END_TEST

/*
 * A ROM refuses the first question for what is in flash, because the line damaged it: one byte in
 * 500 or 300 suffers, and these are the seeds. Other requests may fail later; this one may not end
 * the write.
 */
START_TEST(a_damaged_question_does_not_end_a_write)
{
	static const struct {
		unsigned every, seed;
	} seeds[] = { { 300, 191 }, { 500, 293 }, { 300, 583 }, { 500, 717 }, { 500, 853 } };
	const struct sim_faults faults = { .noise_every = seeds[_i].every,
					   .noise_seed = seeds[_i].seed };
	const struct ef_write_opts opts = { 0 };
	uint8_t *data = work_content(0x6000, seeds[_i].seed % 3);
	const struct ef_region region = { ADDR, data, 0x6000, "app" };
	struct work w;

	power(&w, "esp32c3", true);
	memset(sim_flash_mut(w.rig.sim), 0x5a, WORK_FLASH);
	sim_set_faults(w.rig.sim, &faults);
	if (!plain_write(w.rig.f, &region, 1, &opts, NULL, &w.rig.err))
		ck_assert_ptr_null(strstr(w.rig.err.msg, "nothing was changed"));
	rig_says(&w.rig, "the chip refused SPI_FLASH_MD5");
	w.total = UINT64_MAX;
	ef_err_clear(&w.rig.err);
	work_done(&w);
	free(data);
}
END_TEST

/*
 * What the chip refuses each time is refused, and the line is not to blame: that is known at once.
 * A ROM refuses all, a stub what is not in its flash.
 */
START_TEST(a_chip_that_refuses_is_believed)
{
	bool no_stub = _i > 0, is_read = _i > 1;
	uint32_t addr = no_stub ? ADDR : 5u << 20;
	struct sim_faults faults = { 0 };
	uint8_t copy[0x1000];
	struct ef_wr out = ef_wr_init(copy, sizeof(copy));
	struct work w;
	uint64_t from_us;
	unsigned from;
	bool ok;

	power(&w, "esp32c3", no_stub);
	if (!no_stub)
		ck_ok(ef_flasher_set_flash_size(w.rig.f, 8u << 20, &w.rig.err), &w.rig.err);
	from = sim_requests(w.rig.sim, 0);
	from_us = sim_now_us(w.rig.sim);
	faults.lies.refuse_from = no_stub ? from + 1 : 0;
	sim_set_faults(w.rig.sim, &faults);
	ok = is_read ? ef_flasher_read(w.rig.f, addr, sizeof(copy), rig_collect, &out, &w.rig.err)
		     : plain_erase_region(w.rig.f, addr, sizeof(copy), "x", &w.rig.err);
	ck_assert(!ok);
	ck_assert_int_eq(w.rig.err.code, EF_E_PROTOCOL);
	ck_assert_ptr_nonnull(strstr(w.rig.err.msg, "the chip refused"));
	rig_does_not_say(&w.rig, "the line");
	ck_assert_uint_le(sim_now_us(w.rig.sim) - from_us, 500000);
	ck_assert_uint_le(sim_requests(w.rig.sim, 0) - from, 12);
	ck_assert_uint_ge(sim_requests(w.rig.sim, 0) - from, 4);
	w.total = UINT64_MAX;
	ef_err_clear(&w.rig.err);
	work_done(&w);
}
END_TEST

Suite *suite_erase_line(void);
Suite *suite_erase_line(void)
{
	Suite *s = suite_create("erase_line");
	TCase *t = tcase_create("erase_line");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, a_bad_line_does_not_end_an_erase, 0,
			    2 * SEEDS * (int)EF_ARRAY_LEN(every));
	tcase_add_loop_test(t, a_damaged_question_does_not_end_a_write, 0, 5);
	tcase_add_loop_test(t, a_chip_that_refuses_is_believed, 0, 3);
	suite_add_tcase(s, t);
	return s;
}
