/* SPDX-License-Identifier: MIT */
/*
 * What recovery costs, summed over a matrix of faults: each kind of fault, at
 * each place of a session and of each kind of work. A budget bounds the requests
 * that reach the chip, the virtual time and the runs that fail. A change of
 * the recovery policy that makes any group of the matrix dearer fails here.
 * Budgets are what was measured plus 1 %; with noise, which hits other bytes
 * after any change of the requests, plus 8 %. Since each session reads the facts twice, in two
 * orders, and a third time over a line that damages bytes, connecting takes some requests more.
 *
 * Print the sums with FAULT_MATRIX=1 in the environment.
 */
#include "ck_ef.h"

#include <stdlib.h>
#include <string.h>

#include <espflash/memory.h>

#include "work_rig.h"

#define ADDR      0x10000u
#define LEN       0xc000u
#define LEN_OF(a) (sizeof(a) / sizeof((a)[0]))

/* ---- the sums ---- */

struct sums {
	uint64_t requests, ms;
	unsigned runs, failures;
};

static void add(struct sums *sums, struct sim *sim, uint64_t from_us, unsigned from, bool ok)
{
	sums->runs++;
	sums->failures += !ok;
	sums->requests += sim_requests(sim, 0) - from;
	sums->ms += (sim_now_us(sim) - from_us) / 1000;
}

static void check(const char *what, const struct sums *got, const struct sums *budget)
{
	if (getenv("FAULT_MATRIX"))
		(void)fprintf(stderr, "%-28s { %llu, %llu, %u, %u }\n", what,
			      (unsigned long long)got->requests, (unsigned long long)got->ms,
			      got->runs, got->failures);
	ck_assert_uint_eq(got->runs, budget->runs);
	ck_assert_msg(got->failures <= budget->failures, "%s: %u of %u runs fail", what,
		      got->failures, got->runs);
	ck_assert_msg(got->requests <= budget->requests, "%s: %llu requests", what,
		      (unsigned long long)got->requests);
	ck_assert_msg(got->ms <= budget->ms, "%s: %llu ms", what, (unsigned long long)got->ms);
}

/* ---- single faults ---- */

static const struct fault {
	const char *what;
	struct sim_faults faults; /* what happens at request 1; see at() */
} singles[] = {
	{ "nothing", { 0 } },
	{ "a reply lost", { .drop_reply = 1 } },
	{ "a reply damaged", { .flip_reply = 1 } },
	{ "a reply late", { .delay_reply = 1, .delay_ms = 1200 } },
	{ "a reset", { .reset_at_request = 1 } },
	{ "a chip that hangs", { .hang_at_request = 1 } },
	{ "unplugged", { .unplug_at_request = 1, .unplug_ms = 1000 } },
	{ "a cut link", { .unplug_at_request = 1, .unplug_ms = 1000, .unplug_keeps_power = true } },
};

/* The same fault at another request. */
static struct sim_faults at(const struct sim_faults *faults, unsigned n)
{
	struct sim_faults ret = *faults;

	ret.drop_reply *= n;
	ret.flip_reply *= n;
	ret.delay_reply *= n;
	ret.reset_at_request *= n;
	ret.hang_at_request *= n;
	ret.unplug_at_request *= n;
	return ret;
}

/* ---- connecting ---- */

static const struct how {
	const char *chip;
	bool no_stub;
	uint32_t rate_hz;
} hows[] = {
	{ "esp32", false, 921600 },  { "esp32", true, 0 },         { "esp32c3", false, 0 },
	{ "esp32c3", true, 460800 }, { "esp32s3", false, 460800 },
};

static void connect_once(const struct how *how, const struct sim_faults *faults, struct sums *sums)
{
	const struct sim_opts board = { .chip = how->chip, .is_paced = true, .faults = *faults };
	struct rig r;
	bool ok;

	rig_power(&r, &board);
	r.opts.no_stub = how->no_stub;
	r.opts.rate_hz = how->rate_hz;
	ok = rig_connect(&r);
	add(sums, r.sim, 0, 0, ok);
	rig_done(&r);
}

static const struct sums connect_budgets[LEN_OF(singles)] = {
	{ 1790, 14910, 50, 0 }, /* nothing */
	{ 2382, 31600, 50, 0 }, /* a reply lost */
	{ 1790, 14910, 50, 0 }, /* a reply damaged */
	{ 2965, 78580, 50, 0 }, /* a reply late */
	{ 2763, 40590, 50, 0 }, /* a reset */
	{ 2763, 83200, 50, 0 }, /* a chip that hangs */
	{ 2571, 67360, 50, 0 }, /* unplugged */
	{ 2571, 67360, 50, 0 }, /* a cut link */
};

START_TEST(connecting_with_one_fault)
{
	struct sums sums = { 0 };

	for (size_t h = 0; h < LEN_OF(hows); h++) {
		for (unsigned n = 1; n <= 40; n += 4) {
			const struct sim_faults faults = at(&singles[_i].faults, n);

			connect_once(&hows[h], &faults, &sums);
		}
	}
	check(singles[_i].what, &sums, &connect_budgets[_i]);
}
END_TEST

/* ---- noise ---- */

static const struct noise {
	const char *what;
	unsigned kinds;
} noises[] = {
	{ "any noise", 0 },
	{ "bytes flip", SIM_NOISE_FLIP },
	{ "bytes get lost", SIM_NOISE_LOSE },
	{ "bytes are doubled", SIM_NOISE_DOUBLE },
	{ "bytes are added", SIM_NOISE_ADD },
};
static const unsigned rates[] = { 1000, 3000, 10000 };

/*
 * Each sum is of 45 runs, and any change of what is sent shifts where the noise falls: by chance
 * a sum moves by some 7 %. To compare two versions, take 600 runs: then it moves by 1 to 2 %.
 */
static const struct sums noisy_connect_budgets[LEN_OF(noises)] = {
	{ 3453, 37700, 45, 0 }, /* any noise */
	{ 3742, 41500, 45, 0 }, /* bytes flip */
	{ 3518, 40200, 45, 0 }, /* bytes get lost */
	{ 3480, 33600, 45, 0 }, /* bytes are doubled */
	{ 3674, 35800, 45, 0 }, /* bytes are added */
};

START_TEST(connecting_over_a_noisy_line)
{
	struct sums sums = { 0 };

	for (size_t h = 0; h < LEN_OF(hows); h++) {
		for (unsigned n = 0; n < 3 * LEN_OF(rates); n++) {
			const struct sim_faults faults = { .noise_every = rates[n % LEN_OF(rates)],
							   .noise_kinds = noises[_i].kinds,
							   .noise_seed = n };

			connect_once(&hows[h], &faults, &sums);
		}
	}
	check(noises[_i].what, &sums, &noisy_connect_budgets[_i]);
}
END_TEST

/* ---- work ---- */

enum work_kind { WRITE, READ, ERASE, MD5, MEM, KINDS };

static const char *const kind_name[2][KINDS] = {
	{ "stub: write", "stub: read", "stub: erase", "stub: MD5", "stub: memory" },
	{ "ROM: write", "ROM: read", "ROM: erase", "ROM: MD5", "ROM: memory" },
};

/* A success that isn't one fails the test. */
static bool do_work(struct work *w, enum work_kind kind, const uint8_t *data, uint8_t *copy)
{
	const struct ef_region region = { ADDR, data, LEN, "app" };
	const struct ef_write_opts opts = { 0 };
	struct ef_wr out = ef_wr_init(copy, LEN);
	struct ef_flasher *f = w->rig.f;
	struct ef_err *err = &w->rig.err;
	uint8_t md5[16];
	bool ok = true;

	switch (kind) {
	case WRITE:
		ok = plain_write(f, &region, 1, &opts, NULL, err);
		if (ok)
			work_check(w, ADDR, data, LEN);
		return ok;
	case READ:
		memcpy(sim_flash_mut(w->rig.sim) + ADDR, data, LEN);
		ok = ef_flasher_read(f, ADDR, LEN, rig_collect, &out, err);
		if (ok)
			ck_assert_mem_eq(copy, data, LEN);
		return ok;
	case ERASE:
		ok = plain_erase_region(f, 0, 0x200000, NULL, err);
		if (ok)
			ck_assert(ef_is_blank(sim_flash(w->rig.sim, NULL), 0x200000));
		return ok;
	case MD5:
		for (unsigned i = 0; ok && i < 12; i++)
			ok = ef_flasher_md5(f, 0, 0x20000, md5, err);
		return ok;
	default:
		return ef_flasher_read_mem(f, 0x40000000, 256, rig_collect, &out, err);
	}
}

static void work_once(bool no_stub, enum work_kind kind, const struct sim_faults *faults,
		      uint32_t rate_hz, bool is_auto, struct sums *sums)
{
	const struct sim_opts board = { .chip = "esp32c3", .is_paced = true };
	uint8_t *data = work_content(LEN, false), *copy = malloc(LEN);
	struct sim_faults shifted;
	uint64_t from_us;
	struct work w;
	unsigned from;
	bool ok;

	ck_assert_ptr_nonnull(copy);
	memset(&w, 0, sizeof(w));
	w.total = UINT64_MAX;
	rig_power(&w.rig, &board);
	w.rig.opts.event = work_event;
	w.rig.opts.event_user = &w;
	w.rig.opts.no_stub = no_stub;
	w.rig.opts.rate_hz = rate_hz;
	w.rig.opts.speed.is_auto = is_auto;
	ck_ok(rig_connect(&w.rig), &w.rig.err);
	memset(sim_flash_mut(w.rig.sim), 0x5a, WORK_FLASH);
	w.before = malloc(WORK_FLASH);
	ck_assert_ptr_nonnull(w.before);
	memcpy(w.before, sim_flash(w.rig.sim, NULL), WORK_FLASH);
	from = sim_requests(w.rig.sim, 0);
	from_us = sim_now_us(w.rig.sim);
	shifted = *faults;
	if (shifted.noise_every == 0) {
		shifted.drop_reply += shifted.drop_reply ? from : 0;
		shifted.flip_reply += shifted.flip_reply ? from : 0;
		shifted.delay_reply += shifted.delay_reply ? from : 0;
		shifted.reset_at_request += shifted.reset_at_request ? from : 0;
		shifted.hang_at_request += shifted.hang_at_request ? from : 0;
		shifted.unplug_at_request += shifted.unplug_at_request ? from : 0;
	}
	sim_set_faults(w.rig.sim, &shifted);
	ok = do_work(&w, kind, data, copy);
	if (!ok)
		w.total = UINT64_MAX;
	add(sums, w.rig.sim, from_us, from, ok);
	work_done(&w);
	free(data);
	free(copy);
}

static const struct sums work_budgets[2 * KINDS] = {
	{ 743, 146000, 32, 0 },   /* stub: write; two questions for sectors that are the same */
	{ 345, 107800, 32, 0 },   /* stub: read; a fault is found by halves */
	{ 530, 373700, 32, 0 },   /* stub: erase */
	{ 812, 54000, 32, 0 },    /* stub: MD5 */
	{ 1151, 17300, 32, 16 },  /* stub: memory */
	{ 2283, 155200, 32, 0 },  /* ROM: write */
	{ 28643, 188400, 32, 0 }, /* ROM: read */
	{ 705, 357900, 32, 0 },   /* ROM: erase */
	{ 957, 50700, 32, 0 },    /* ROM: MD5 */
	{ 1151, 14200, 32, 16 },  /* ROM: memory */
};

START_TEST(work_with_one_fault)
{
	static const unsigned places[] = { 1, 2, 4, 9 };
	struct sums sums = { 0 };

	for (size_t k = 0; k < LEN_OF(singles); k++) {
		for (size_t n = 0; n < LEN_OF(places); n++) {
			const struct sim_faults faults = at(&singles[k].faults, places[n]);

			work_once(_i / KINDS, (enum work_kind)(_i % KINDS), &faults,
				  n % 2 ? 0 : 460800, false, &sums);
		}
	}
	check(kind_name[_i / KINDS][_i % KINDS], &sums, &work_budgets[_i]);
}
END_TEST

static const struct sums noisy_work_budgets[2 * KINDS] = {
	{ 7800, 190000, 30, 0 },  /* stub: write */
	{ 2700, 110000, 30, 0 },  /* stub: read */
	{ 230, 187700, 30, 0 },   /* stub: erase */
	{ 400, 13300, 30, 0 },    /* stub: MD5 */
	{ 2650, 5200, 30, 6 },    /* stub: memory */
	{ 4030, 295900, 30, 12 }, /* ROM: write */
	{ 30140, 207300, 30, 0 }, /* ROM: read */
	{ 260, 165300, 30, 0 },   /* ROM: erase */
	{ 420, 13800, 30, 0 },    /* ROM: MD5 */
	{ 2580, 2000, 30, 6 },    /* ROM: memory */
};

START_TEST(work_over_a_noisy_line)
{
	struct sums sums = { 0 };

	for (size_t k = 0; k < LEN_OF(noises); k++) {
		for (unsigned n = 0; n < 2 * LEN_OF(rates); n++) {
			const struct sim_faults faults = { .noise_every = rates[n % LEN_OF(rates)],
							   .noise_kinds = noises[k].kinds,
							   .noise_seed = n };

			work_once(_i / KINDS, (enum work_kind)(_i % KINDS), &faults, 460800, false,
				  &sums);
		}
	}
	check(kind_name[_i / KINDS][_i % KINDS], &sums, &noisy_work_budgets[_i]);
}
END_TEST

/* ---- a rate of the session's own choice ---- */

/* The sums of single faults and noise, as --baud auto meets them. */
static const struct sums auto_budgets[2 * KINDS] = {
	{ 7900, 200000, 62, 0 },  /* stub: write */
	{ 3120, 193028, 62, 0 },  /* stub: read */
	{ 844, 532401, 62, 0 },   /* stub: erase */
	{ 1759, 75136, 62, 0 },   /* stub: MD5 */
	{ 3879, 21245, 62, 20 },  /* stub: memory */
	{ 6948, 432065, 62, 10 }, /* ROM: write */
	{ 57696, 298998, 62, 0 }, /* ROM: read */
	{ 1027, 546442, 62, 0 },  /* ROM: erase */
	{ 1490, 65573, 62, 0 },   /* ROM: MD5 */
	{ 3801, 14638, 62, 20 },  /* ROM: memory */
};

START_TEST(work_at_a_rate_of_our_own)
{
	static const unsigned places[] = { 1, 2, 4, 9 };
	bool no_stub = _i / KINDS;
	enum work_kind kind = (enum work_kind)(_i % KINDS);
	struct sums sums = { 0 };

	for (size_t k = 0; k < LEN_OF(singles); k++) {
		for (size_t n = 0; n < LEN_OF(places); n++) {
			const struct sim_faults faults = at(&singles[k].faults, places[n]);

			work_once(no_stub, kind, &faults, 921600, true, &sums);
		}
	}
	for (size_t k = 0; k < LEN_OF(noises); k++) {
		for (unsigned n = 0; n < 2 * LEN_OF(rates); n++) {
			const struct sim_faults faults = { .noise_every = rates[n % LEN_OF(rates)],
							   .noise_kinds = noises[k].kinds,
							   .noise_seed = n };

			work_once(no_stub, kind, &faults, 921600, true, &sums);
		}
	}
	check(kind_name[no_stub][kind], &sums, &auto_budgets[_i]);
}
END_TEST

Suite *suite_fault_matrix(void);
Suite *suite_fault_matrix(void)
{
	Suite *s = suite_create("fault_matrix");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, connecting_with_one_fault, 0, (int)LEN_OF(singles));
	tcase_add_loop_test(t, connecting_over_a_noisy_line, 0, (int)LEN_OF(noises));
	tcase_add_loop_test(t, work_with_one_fault, 0, 2 * KINDS);
	tcase_add_loop_test(t, work_over_a_noisy_line, 0, 2 * KINDS);
	suite_add_tcase(s, t);
	t = tcase_create("auto");
	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, work_at_a_rate_of_our_own, 0, 2 * KINDS);
	suite_add_tcase(s, t);
	return s;
}
