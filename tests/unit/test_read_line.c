/* SPDX-License-Identifier: MIT */
/*
 * Reading flash over lines of every quality, in virtual time: over a good one the wire never
 * idles, over a bad one it ends, with the right content, at a bounded cost.
 */
#include "ck_ef.h"

#include <stdlib.h>
#include <string.h>

#include "work_rig.h"

#define LEN_OF(a) (sizeof(a) / sizeof((a)[0]))
#define ADDR      0x10000u

struct sink {
	uint8_t *data;
	uint32_t len, cap;
};

static bool take(void *user, const uint8_t *data, size_t len, struct ef_err *err)
{
	struct sink *s = user;

	(void)err;
	ck_assert_uint_le(len, s->cap - s->len);
	memcpy(s->data + s->len, data, len);
	s->len += (uint32_t)len;
	return true;
}

struct cost {
	uint64_t ms;
	unsigned requests;
};

/* A connected board with content in its flash. */
static void start(struct work *w, const struct sim_opts *board, uint32_t rate_hz, bool is_auto,
		  bool no_stub)
{
	memset(w, 0, sizeof(*w));
	w->total = UINT64_MAX;
	rig_power(&w->rig, board);
	w->rig.opts.event = work_event;
	w->rig.opts.event_user = w;
	w->rig.opts.rate_hz = rate_hz;
	w->rig.opts.speed.is_auto = is_auto;
	w->rig.opts.no_stub = no_stub;
	ck_ok(rig_connect(&w->rig), &w->rig.err);
}

/* Reads len bytes of incompressible content, and compares each. */
static struct cost read_and_compare(struct work *w, uint32_t len)
{
	uint8_t *want = work_content(len, false);
	struct sink sink = { malloc(len), 0, len };
	uint64_t from_us = sim_now_us(w->rig.sim);
	unsigned from = sim_requests(w->rig.sim, 0);
	struct cost cost;

	ck_assert_ptr_nonnull(sink.data);
	memcpy(sim_flash_mut(w->rig.sim) + ADDR, want, len);
	if (ef_flasher_read(w->rig.f, ADDR, len, take, &sink, &w->rig.err)) {
		ck_assert_uint_eq(sink.len, len);
		ck_assert_msg(memcmp(sink.data, want, len) == 0, "the content differs");
	} else {
		/* the noise made one of the requests erase the flash */
		ck_fails(false, &w->rig.err, EF_E_VERIFY, "changed while it was read");
		ck_assert(memcmp(sim_flash(w->rig.sim, NULL) + ADDR, want, len) != 0);
	}
	cost.ms = (sim_now_us(w->rig.sim) - from_us) / 1000;
	cost.requests = sim_requests(w->rig.sim, 0) - from;
	free(sink.data);
	free(want);
	return cost;
}

/* ---- bad lines ---- */

static const unsigned noises[] = { 1000, 10000, 100000 };
static const unsigned kinds[] = { SIM_NOISE_FLIP, SIM_NOISE_LOSE, 0 };
static const struct line {
	const char *what;
	bool no_stub, is_auto;
	uint32_t rate_hz, len;
	/* the dearest of its runs, by noise: milliseconds and requests, 10 % more than measured */
	struct cost budget[LEN_OF(noises)];
} lines[] = {
	{ "stub, 460800",
	  false,
	  false,
	  460800,
	  0x40000,
	  { { 39000, 3166 }, { 13800, 323 }, { 7600, 61 } } },
	{ "stub, 921600",
	  false,
	  false,
	  921600,
	  0x40000,
	  { { 37900, 2870 }, { 7700, 314 }, { 4000, 61 } } },
	{ "stub, auto",
	  false,
	  true,
	  921600,
	  0x40000,
	  { { 96800, 2836 }, { 19900, 340 }, { 4400, 63 } } },
	{ "ROM, 115200", true, false, 0, 0x8000, { { 12500, 931 }, { 5600, 669 }, { 5100, 590 } } },
	{ "ROM, 460800",
	  true,
	  false,
	  460800,
	  0x8000,
	  { { 6900, 933 }, { 2600, 656 }, { 1400, 590 } } },
	{ "ROM, auto",
	  true,
	  true,
	  921600,
	  0x8000,
	  /* one of the runs is built anew */
	  { { 13400, 1050 }, { 4600, 644 }, { 2000, 594 } } },
};
#define SEEDS 3

START_TEST(bad_lines_cost_no_more)
{
	const struct line *l = &lines[_i / (int)LEN_OF(noises)];
	size_t n = (size_t)_i % LEN_OF(noises);
	const struct sim_opts board = { .chip = "esp32c3", .is_paced = true };
	struct cost worst = { 0 }, cost;

	for (unsigned k = 0; k < LEN_OF(kinds) * SEEDS; k++) {
		const struct sim_faults faults = { .noise_every = noises[n],
						   .noise_kinds = kinds[k % LEN_OF(kinds)],
						   .noise_seed = 100 + k };
		struct work w;

		start(&w, &board, l->rate_hz, l->is_auto, l->no_stub);
		sim_set_faults(w.rig.sim, &faults);
		cost = read_and_compare(&w, l->len);
		if (getenv("READ_LINE"))
			(void)fprintf(
				stderr, "%-14s 1/%-6u kinds %2u: %6llu ms, %5u requests, at %u\n",
				l->what, noises[n], faults.noise_kinds, (unsigned long long)cost.ms,
				cost.requests, w.rig.port->rate_hz);
		worst.ms = cost.ms > worst.ms ? cost.ms : worst.ms;
		worst.requests = cost.requests > worst.requests ? cost.requests : worst.requests;
		work_done(&w);
	}
	if (getenv("READ_LINE"))
		(void)fprintf(stderr, "%s 1/%u: { %llu, %u }\n", l->what, noises[n],
			      (unsigned long long)worst.ms, worst.requests);
	ck_assert_uint_le(worst.ms, l->budget[n].ms);
	ck_assert_uint_le(worst.requests, l->budget[n].requests);
}
END_TEST

/* ---- good lines ---- */

static const struct pace {
	uint32_t rate_hz, latency_us;
} paces[] = {
	{ 115200, 0 },  { 115200, 1000 },  { 115200, 16000 },
	{ 921600, 0 },  { 921600, 1000 },  { 921600, 16000 },
	{ 2000000, 0 }, { 2000000, 1000 }, { 2000000, 16000 },
};

/* 95 % of what the wire carries in the time, with SLIP's escapes, acknowledgements and MD5. */
START_TEST(the_wire_never_idles)
{
	const struct pace *p = &paces[_i];
	const struct sim_opts board = { .chip = "esp32c3",
					.is_paced = true,
					.bridge.latency_us = p->latency_us };
	uint32_t len = 0x100000;
	struct work w;
	struct cost cost;
	double share;

	start(&w, &board, p->rate_hz, false, false);
	cost = read_and_compare(&w, len);
	share = (double)len * 10.0 * 1000.0 / p->rate_hz / (double)cost.ms;
	if (getenv("READ_LINE"))
		(void)fprintf(stderr, "%u baud, %u us: %llu ms, %.1f %%\n", p->rate_hz,
			      p->latency_us, (unsigned long long)cost.ms, share * 100);
	ck_assert_msg(share >= 0.95, "%.1f %% of the wire's rate", share * 100);
	rig_does_not_say(&w.rig, "warn:");
	work_done(&w);
}
END_TEST

Suite *suite_read_line(void);
Suite *suite_read_line(void)
{
	Suite *s = suite_create("read_line");
	TCase *t = tcase_create("bad");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, bad_lines_cost_no_more, 0, (int)(LEN_OF(lines) * LEN_OF(noises)));
	suite_add_tcase(s, t);
	t = tcase_create("good");
	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, the_wire_never_idles, 0, (int)LEN_OF(paces));
	suite_add_tcase(s, t);
	return s;
}
