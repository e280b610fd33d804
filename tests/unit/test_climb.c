/* SPDX-License-Identifier: MIT */
/*
 * A rate that recovery lowered is raised again after a quiet stretch, at a bounded cost: for
 * reading and writing, at a rate of the user's and one of our own choice.
 */
#include "ck_ef.h"

#include <stdlib.h>
#include <string.h>

#include "work_rig.h"

#define ADDR 0x10000u
#define LEN  0x200000u
#define TOP  921600u
#define LOW  460800u

struct story {
	struct work work;
	struct sim_faults first, then; /* the second set from a point of the work on */
	uint32_t then_at;
	bool is_changed;
	unsigned tries; /* of a faster rate */
};

static void on_event(void *user, const struct ef_event *e)
{
	struct story *s = user;

	work_event(&s->work, e);
	s->tries += e->kind == EF_EVENT_INFO && strstr(e->text, "trying") != NULL;
	if (e->kind != EF_EVENT_PROGRESS || e->done < s->then_at || s->is_changed)
		return;
	s->is_changed = true;
	sim_set_faults(s->work.rig.sim, &s->then);
}

/* Reads or writes LEN bytes, compares them, and returns the time that took. */
static uint64_t play(struct story *s, bool is_write, bool is_auto)
{
	const struct sim_opts board = { .chip = "esp32c3", .is_paced = true };
	uint8_t *data = work_content(LEN, false), *copy = malloc(LEN);
	const struct ef_region region = { ADDR, data, LEN, "app" };
	const struct ef_write_opts opts = { 0 };
	struct ef_wr out = ef_wr_init(copy, LEN);
	struct rig *r = &s->work.rig;
	uint64_t from_us;

	ck_assert_ptr_nonnull(copy);
	s->work.total = UINT64_MAX;
	rig_power(r, &board);
	r->opts.event = on_event;
	r->opts.event_user = s;
	r->opts.rate_hz = TOP;
	r->opts.speed.is_auto = is_auto;
	ck_ok(rig_connect(r), &r->err);
	if (!is_write)
		memcpy(sim_flash_mut(r->sim) + ADDR, data, LEN);
	sim_set_faults(r->sim, &s->first);
	from_us = sim_now_us(r->sim);
	if (is_write) {
		ck_ok(plain_write(r->f, &region, 1, &opts, NULL, &r->err), &r->err);
		memcpy(copy, sim_flash(r->sim, NULL) + ADDR, LEN);
	} else {
		ck_ok(ef_flasher_read(r->f, ADDR, LEN, rig_collect, &out, &r->err), &r->err);
	}
	ck_assert_msg(memcmp(copy, data, LEN) == 0, "the content differs");
	free(copy);
	free(data);
	return (sim_now_us(r->sim) - from_us) / 1000;
}

/* How long the content takes on the wire. */
static uint64_t wire_ms(uint32_t rate_hz)
{
	return (uint64_t)LEN * 10u * 1000u / rate_hz;
}

#define IS_WRITE(i) ((i)&1)
#define IS_AUTO(i)  (((i)&2) != 0)

/* Something disturbed the line for a while: the rate comes back, and that is remembered. */
START_TEST(rate_comes_back)
{
	struct story s = { .first = { .noise_every = 4000, .noise_above_hz = LOW },
			   .then_at = 0x20000 };
	uint64_t ms = play(&s, IS_WRITE(_i), IS_AUTO(_i));

	if (getenv("CLIMB"))
		(void)fprintf(stderr, "%d: %llu ms\n%s", _i, (unsigned long long)ms,
			      s.work.rig.said);
	ck_assert_uint_eq(s.work.rig.port->rate_hz, TOP);
	ck_assert_uint_eq(s.tries, 1);
	ck_assert_uint_le(ms, wire_ms(LOW));
	if (IS_AUTO(_i)) {
		ck_assert_uint_eq(ef_flasher_auto_rate(s.work.rig.f).rate_hz, TOP);
		ck_assert(!ef_flasher_auto_rate(s.work.rig.f).is_lowered);
	}
	work_done(&s.work);
}
END_TEST

/* The line goes on losing bytes at the fast rate: two tries, and no more. */
START_TEST(tries_are_bounded)
{
	struct story s = {
		.first = { .noise_every = 20000, .noise_above_hz = LOW, .noise_seed = 3 },
		.then_at = UINT32_MAX
	};
	uint64_t ms = play(&s, IS_WRITE(_i), IS_AUTO(_i));

	if (getenv("CLIMB"))
		(void)fprintf(stderr, "%d: %llu ms\n%s", _i, (unsigned long long)ms,
			      s.work.rig.said);
	ck_assert_uint_eq(s.work.rig.port->rate_hz, LOW);
	ck_assert_uint_le(s.tries, 2);
	ck_assert_uint_le(ms, wire_ms(LOW) * 106 / 100 + 3000);
	if (IS_AUTO(_i)) {
		ck_assert_uint_eq(ef_flasher_auto_rate(s.work.rig.f).rate_hz, LOW);
		ck_assert(ef_flasher_auto_rate(s.work.rig.f).is_lowered);
	}
	work_done(&s.work);
}
END_TEST

/* From some point on the line is garbage above 460800: each try costs a reset. */
START_TEST(garbage_costs_little)
{
	struct story s = { .then = { .max_rate_hz = 500000 }, .then_at = 0x10000 };
	uint64_t ms = play(&s, IS_WRITE(_i), IS_AUTO(_i));

	if (getenv("CLIMB"))
		(void)fprintf(stderr, "%d: %llu ms\n%s", _i, (unsigned long long)ms,
			      s.work.rig.said);
	ck_assert_uint_eq(s.work.rig.port->rate_hz, LOW);
	/* connecting, the loss, where the user's rate is tried again, and two tries at most */
	ck_assert_uint_le(sim_resets(s.work.rig.sim), 1 + 2 + 2);
	/* a rate of the user's falls back to 115200, and climbs from there */
	ck_assert_uint_le(ms, IS_AUTO(_i) ? wire_ms(LOW) * 106 / 100 + 3000 + 2 * 3000
					  : wire_ms(LOW) * 180 / 100);
	if (IS_AUTO(_i))
		ck_assert_uint_eq(ef_flasher_auto_rate(s.work.rig.f).rate_hz, LOW);
	work_done(&s.work);
}
END_TEST

/* A session that ends before the try is confirmed has not proved the fast rate. */
START_TEST(unconfirmed_try_is_not_remembered)
{
	struct story s = { .first = { .noise_every = 8000, .noise_above_hz = LOW },
			   .then_at = LEN - 0x70000 };
	struct ef_auto_rate got;

	(void)play(&s, IS_WRITE(_i), true);
	got = ef_flasher_auto_rate(s.work.rig.f);
	ck_assert(got.rate_hz <= LOW);
	ck_assert(got.is_lowered);
	work_done(&s.work);
}
END_TEST

/* ---- noise that does not depend on the rate ---- */

/* Slower rates lose as many bytes, so the work goes back to the fastest one. */
START_TEST(slower_rates_did_not_help)
{
	struct story s = { .first = { .noise_every = 20000, .noise_seed = 1 + (unsigned)_i / 4 },
			   .then_at = UINT32_MAX };
	uint64_t ms = play(&s, IS_WRITE(_i), IS_AUTO(_i));

	if (getenv("CLIMB"))
		(void)fprintf(stderr, "%d: %llu ms\n%s", _i, (unsigned long long)ms,
			      s.work.rig.said);
	ck_assert_uint_eq(s.work.rig.port->rate_hz, TOP);
	rig_says(&s.work.rig, "slower rates lose as much: going on at 921600 baud");
	ck_assert_uint_le(ms, wire_ms(TOP) * 3);
	if (IS_AUTO(_i))
		ck_assert_uint_eq(ef_flasher_auto_rate(s.work.rig.f).rate_hz, TOP);
	work_done(&s.work);
}
END_TEST

/* Where it is dense, too, a slow rate costs more than the faults. */
START_TEST(dense_noise_is_no_reason_either)
{
	static const struct {
		unsigned every;
		uint32_t as_at_hz; /* the wire would take about so long at this rate */
	} cases[] = { { 2000, 115200 }, { 4000, 230400 }, { 6000, 230400 } };
	unsigned n = (unsigned)_i / 4 % EF_ARRAY_LEN(cases);
	struct story s = { .first = { .noise_every = cases[n].every,
				      .noise_kinds = SIM_NOISE_LOSE,
				      .noise_seed = 2 },
			   .then_at = UINT32_MAX };
	uint64_t ms = play(&s, IS_WRITE(_i), IS_AUTO(_i));

	if (getenv("CLIMB"))
		(void)fprintf(stderr, "%d: %llu ms\n%s", _i, (unsigned long long)ms,
			      s.work.rig.said);
	ck_assert_msg(ms <= wire_ms(cases[n].as_at_hz) * 5 / 4, "1/%u: %llu ms", cases[n].every,
		      (unsigned long long)ms);
	work_done(&s.work);
}
END_TEST

/* Then the fast rate gets bad: that was the wrong conclusion, and it is not drawn again. */
START_TEST(fast_rate_is_left_again)
{
	struct story s = { .first = { .noise_every = 20000, .noise_seed = 1 },
			   .then = { .noise_every = 400, .noise_above_hz = LOW },
			   .then_at = LEN / 2 };

	(void)play(&s, IS_WRITE(_i), IS_AUTO(_i));
	ck_assert_uint_le(s.work.rig.port->rate_hz, LOW);
	work_done(&s.work);
}
END_TEST

/* ... and much worse: the work must end all the same, and in time. */
START_TEST(fast_rate_turns_bad)
{
	static const unsigned every[] = { 400, 300, 200, 100, 50 };
	struct story s = { .first = { .noise_every = 20000, .noise_seed = 1 },
			   .then = { .noise_every = every[_i / 4 % 5], .noise_above_hz = LOW },
			   .then_at = LEN / 2 };

	ck_assert_uint_le(play(&s, IS_WRITE(_i), IS_AUTO(_i)), wire_ms(LOW) * 3);
	ck_assert_uint_le(s.work.rig.port->rate_hz, LOW);
	work_done(&s.work);
}
END_TEST

Suite *suite_climb(void);
Suite *suite_climb(void)
{
	Suite *s = suite_create("climb");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, rate_comes_back, 0, 4);
	tcase_add_loop_test(t, tries_are_bounded, 0, 4);
	tcase_add_loop_test(t, garbage_costs_little, 0, 4);
	tcase_add_loop_test(t, unconfirmed_try_is_not_remembered, 0, 2);
	tcase_add_loop_test(t, slower_rates_did_not_help, 0, 4 * 5);
	tcase_add_loop_test(t, dense_noise_is_no_reason_either, 0, 4 * 3);
	tcase_add_loop_test(t, fast_rate_is_left_again, 0, 4);
	tcase_add_loop_test(t, fast_rate_turns_bad, 0, 4 * 5);
	suite_add_tcase(s, t);
	return s;
}
