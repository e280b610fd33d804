/* SPDX-License-Identifier: MIT */
/*
 * Every fault of a line, a chip or a cable, during every kind of work, in
 * virtual time. In the end either the content is right, or the error describes
 * the flash truthfully.
 */
#include "ck_ef.h"

#include <stdlib.h>
#include <string.h>

#include "flasher/flasher_priv.h"
#include "work_rig.h"

#define ADDR      0x10000u
#define LEN       0x30000u
#define LEN_OF(a) ((int)(sizeof(a) / sizeof((a)[0])))

enum work_kind { WRITE_STUB, WRITE_ROM, WRITE_SPARSE, READ, ERASE, ERASE_ALL, KINDS };

static const char *const kind_name[KINDS] = { "write", "write by the ROM", "write sparse", "read",
					      "erase", "erase all" };

/* after: requests of the work before the fault; 0: it is there from the start. */
static const struct trouble {
	const char *what;
	struct sim_faults faults;
	unsigned after;
	uint32_t rate_hz;
	const char *says; /* NULL: anything */
} troubles[] = {
	{ .what = "one byte in 10^5 suffers", .faults = { .noise_every = 100000 } },
	{ .what = "one byte in 10^4 suffers", .faults = { .noise_every = 10000, .noise_seed = 1 } },
	{ .what = "one byte in 10^4 is lost",
	  .faults = { .noise_every = 10000, .noise_kinds = SIM_NOISE_LOSE } },
	{ .what = "one byte in 10^4 flips",
	  .faults = { .noise_every = 10000, .noise_kinds = SIM_NOISE_FLIP } },
	{ .what = "one byte in 10^4 is doubled",
	  .faults = { .noise_every = 10000, .noise_kinds = SIM_NOISE_DOUBLE } },
	{ .what = "one byte too much in 10^4",
	  .faults = { .noise_every = 10000, .noise_kinds = SIM_NOISE_ADD } },
	{ .what = "a rate that the line does not carry well",
	  .faults = { .noise_every = 500, .noise_above_hz = 460800 },
	  .rate_hz = 921600 },
	{ .what = "a reply lost", .faults = { .drop_reply = 1 }, .after = 3 },
	{ .what = "a reply damaged", .faults = { .flip_reply = 1 }, .after = 3 },
	{ .what = "a reply late", .faults = { .delay_reply = 1, .delay_ms = 3500 }, .after = 3 },
	{ .what = "a chip that hangs", .faults = { .hang_at_request = 1 }, .after = 3 },
	{ .what = "a chip that hangs at a higher rate",
	  .faults = { .hang_at_request = 1 },
	  .after = 4,
	  .rate_hz = 921600,
	  .says = "connecting again" },
	{ .what = "a reset", .faults = { .reset_at_request = 1 }, .after = 3 },
	{ .what = "a reset at a higher rate",
	  .faults = { .reset_at_request = 1 },
	  .after = 4,
	  .rate_hz = 921600,
	  .says = "connecting again" },
	{ .what = "unplugged for 2 s",
	  .faults = { .unplug_at_request = 1, .unplug_ms = 2000 },
	  .after = 3,
	  .says = "is back" },
	{ .what = "unplugged at a higher rate",
	  .faults = { .unplug_at_request = 1, .unplug_ms = 500 },
	  .after = 4,
	  .rate_hz = 460800,
	  .says = "is back" },
	{ .what = "a cut link",
	  .faults = { .unplug_at_request = 1, .unplug_ms = 500, .unplug_keeps_power = true },
	  .after = 3,
	  .says = "is back" },
};

/* Returns whether the work reports success, and checks that the flash agrees. */
static bool do_work(struct work *w, enum work_kind kind, const uint8_t *data)
{
	const struct ef_region r = { ADDR, data, LEN, "app" };
	const struct ef_write_opts opts = { .no_skip = true };
	struct ef_flasher *f = w->rig.f;
	struct ef_err *err = &w->rig.err;
	uint8_t *copy = malloc(LEN);
	struct ef_wr out = ef_wr_init(copy, LEN);
	bool ok = false;

	ck_assert_ptr_nonnull(copy);
	if (kind <= WRITE_SPARSE) {
		ok = plain_write(f, &r, 1, &opts, NULL, err);
		if (ok)
			work_check(w, ADDR, data, LEN);
	} else if (kind == READ) {
		memcpy(sim_flash_mut(w->rig.sim) + ADDR, data, LEN);
		ok = ef_flasher_read(f, ADDR, LEN, rig_collect, &out, err);
		if (ok)
			ck_assert_mem_eq(copy, data, LEN);
	} else if (kind == ERASE) {
		ok = plain_erase_region(f, ADDR, LEN, NULL, err);
		if (ok)
			ck_assert(ef_is_blank(sim_flash(w->rig.sim, NULL) + ADDR, LEN));
	} else {
		ok = plain_erase_all(f, err);
		if (ok)
			ck_assert(ef_is_blank(sim_flash(w->rig.sim, NULL), WORK_FLASH));
	}
	free(copy);
	return ok;
}

/* Starts a session without faults; they begin with the work. */
static void start(struct work *w, const struct trouble *t, enum work_kind kind)
{
	const struct sim_opts sim = { .chip = "esp32c3", .is_paced = true };

	memset(w, 0, sizeof(*w));
	w->total = UINT64_MAX;
	rig_power(&w->rig, &sim);
	w->rig.opts.event = work_event;
	w->rig.opts.event_user = w;
	w->rig.opts.no_stub = kind == WRITE_ROM;
	w->rig.opts.rate_hz = t->rate_hz;
	ck_ok(rig_connect(&w->rig), &w->rig.err);
	memset(sim_flash_mut(w->rig.sim), 0x5a, WORK_FLASH);
	w->before = malloc(WORK_FLASH);
	ck_assert_ptr_nonnull(w->before);
	memcpy(w->before, sim_flash(w->rig.sim, NULL), WORK_FLASH);
}

static void begin_trouble(struct work *w, const struct trouble *t)
{
	struct sim_faults faults = t->faults;
	unsigned at = sim_requests(w->rig.sim, 0) + t->after;

	faults.drop_reply = faults.drop_reply ? at : 0;
	faults.flip_reply = faults.flip_reply ? at : 0;
	faults.delay_reply = faults.delay_reply ? at : 0;
	faults.reset_at_request = faults.reset_at_request ? at : 0;
	faults.hang_at_request = faults.hang_at_request ? at : 0;
	faults.unplug_at_request = faults.unplug_at_request ? at : 0;
	sim_set_faults(w->rig.sim, &faults);
}

START_TEST(whatever_happens_the_work_gets_done)
{
	const struct trouble *t = &troubles[_i / KINDS];
	enum work_kind kind = (enum work_kind)(_i % KINDS);
	uint8_t *data = work_content(LEN, kind == WRITE_SPARSE);
	struct work w;
	unsigned requests;
	bool ok;

	start(&w, t, kind);
	begin_trouble(&w, t);
	requests = sim_requests(w.rig.sim, 0);
	ok = do_work(&w, kind, data);
	ck_assert_msg(ok, "%s, %s: %s; said:\n%s", t->what, kind_name[kind], w.rig.err.msg,
		      w.rig.said);
	if (t->says && sim_requests(w.rig.sim, 0) > requests + t->after)
		rig_says(&w.rig, t->says);
	work_done(&w);
	free(data);
}
END_TEST

/* Few tools survive one fault in 10^3 bytes. Whatever the result, it has to be true. */
START_TEST(what_is_said_about_a_terrible_line_is_true)
{
	const struct trouble t = { .faults = { .noise_every = 1000,
					       .noise_seed = (unsigned)_i * 77 } };
	enum work_kind kind = (enum work_kind)(_i % KINDS);
	uint8_t *data = work_content(LEN, kind == WRITE_SPARSE);
	const char *upto;
	struct work w;

	start(&w, &t, kind);
	begin_trouble(&w, &t);
	if (!do_work(&w, kind, data)) {
		ck_assert_str_ne(w.rig.err.msg, "");
		upto = strstr(w.rig.err.msg, "up to 0x");
		if (upto) {
			char number[11] = "";
			uint32_t end = 0;

			memcpy(number, upto + 6, 10);
			ck_assert(ef_parse_u32(number, UINT32_MAX, &end));
			ck_assert_uint_gt(end, ADDR);
			ck_assert_msg(memcmp(sim_flash(w.rig.sim, NULL) + ADDR, data, end - ADDR) ==
					      0,
				      "%s", w.rig.err.msg);
		}
		w.total = UINT64_MAX;
	}
	work_done(&w);
	free(data);
}
END_TEST

START_TEST(the_rate_steps_down)
{
	const struct trouble t = { .faults = { .noise_every = 300, .noise_above_hz = 230400 },
				   .rate_hz = 921600 };
	uint8_t *data = work_content(LEN, false);
	struct work w;

	start(&w, &t, WRITE_STUB);
	begin_trouble(&w, &t);
	ck_assert_msg(do_work(&w, WRITE_STUB, data), "%s\n%s", w.rig.err.msg, w.rig.said);
	rig_says(&w.rig, "the line is bad at 921600 baud: going on at 460800");
	rig_says(&w.rig, "the line is bad at 460800 baud: going on at 230400");
	rig_does_not_say(&w.rig, "bad at 230400");
	ck_assert_uint_eq(sim_rate_hz(w.rig.sim), 230400);
	work_done(&w);
	free(data);
}
END_TEST

/* ---- the cost of a recovery ---- */

/* A fault at this request of the work. ms: its cost, without the repeated content. */
static const struct cost {
	const char *what;
	struct sim_faults faults;
	uint32_t ms[2]; /* of a write by the stub, and of a read */
} costs[] = {
	{ "a reply lost", { .drop_reply = 1 }, { 1000, 1900 } },
	{ "a reply damaged", { .flip_reply = 1 }, { 1000, 1900 } },
	{ "a reply late", { .delay_reply = 1, .delay_ms = 2500 }, { 2600, 4000 } },
	{ "a reset", { .reset_at_request = 1 }, { 6500, 6500 } },
	/* the chip may be busy for the longest erase */
	{ "a chip that hangs", { .hang_at_request = 1 }, { 8500, 6500 } },
	{ "unplugged", { .unplug_at_request = 1, .unplug_ms = 1000 }, { 6000, 6000 } },
	{ "a cut link",
	  { .unplug_at_request = 1, .unplug_ms = 1000, .unplug_keeps_power = true },
	  { 2500, 4500 } },
};

/* The virtual time of the work in ms, and its statistics. */
static uint64_t timed_work(const struct cost *c, unsigned after, bool is_read,
			   struct ef_write_stats *ret)
{
	const struct trouble t = { .what = c ? c->what : "nothing",
				   .faults = c ? c->faults : (struct sim_faults){ 0 },
				   .after = after,
				   .rate_hz = 921600 };
	uint8_t *data = work_content(LEN, false), *copy = malloc(LEN);
	struct ef_wr out = ef_wr_init(copy, LEN);
	const struct ef_region r = { ADDR, data, LEN, "app" };
	const struct ef_write_opts opts = { .no_skip = true };
	struct work w;
	uint64_t before;
	bool ok;

	ck_assert_ptr_nonnull(copy);
	start(&w, &t, is_read ? READ : WRITE_STUB);
	if (is_read)
		memcpy(sim_flash_mut(w.rig.sim) + ADDR, data, LEN);
	begin_trouble(&w, &t);
	before = sim_now_us(w.rig.sim);
	*ret = (struct ef_write_stats){ 0 };
	ok = is_read ? ef_flasher_read(w.rig.f, ADDR, LEN, rig_collect, &out, &w.rig.err)
		     : plain_write(w.rig.f, &r, 1, &opts, ret, &w.rig.err);
	ck_assert_msg(ok, "%s: %s", t.what, w.rig.err.msg);
	if (is_read)
		ck_assert_mem_eq(copy, data, LEN);
	else
		work_check(&w, ADDR, data, LEN);
	before = sim_now_us(w.rig.sim) - before;
	work_done(&w);
	free(data);
	free(copy);
	return before / 1000;
}

/*
 * The flasher continues at the last verified point. It repeats only what the stub had in
 * its buffers, and loses time only for that and for finding the loader again.
 */
START_TEST(one_fault_costs_little)
{
	const struct cost *c = &costs[_i % LEN_OF(costs)];
	bool is_read = _i / LEN_OF(costs);
	struct ef_write_stats clean, stats;
	uint64_t ms = timed_work(NULL, 0, is_read, &clean);
	/* the eleventh request of a write; a read has one for its only window */
	uint64_t more_ms = timed_work(c, is_read ? 1 : 11, is_read, &stats) - ms;
	/* reading the window of 192 KiB again takes 2.1 s */
	uint64_t again_ms = is_read ? 2200 : 600;

	ck_assert_msg(more_ms < c->ms[is_read] + again_ms, "%s costs %llu ms", c->what,
		      (unsigned long long)more_ms);
	if (!is_read)
		ck_assert_msg(stats.wire_bytes < clean.wire_bytes + 2 * 0x8000, "%s: %llu bytes",
			      c->what, (unsigned long long)stats.wire_bytes);
}
END_TEST

/* The flasher repeats no erase that the chip has done. */
START_TEST(one_fault_erases_little_twice)
{
	const struct cost *c = &costs[_i];
	const struct trouble t = { .what = c->what, .faults = c->faults, .after = 2 };
	struct work w;

	start(&w, &t, ERASE);
	begin_trouble(&w, &t);
	ck_ok(plain_erase_region(w.rig.f, 0, 3 << 20, NULL, &w.rig.err), &w.rig.err);
	ck_assert(ef_is_blank(sim_flash(w.rig.sim, NULL), 3 << 20));
	ck_assert_uint_le(sim_erased_bytes(w.rig.sim), 4 << 20);
	work_done(&w);
}
END_TEST

/* The flasher waits for a late answer and repeats nothing. */
START_TEST(a_busy_chip_is_waited_for)
{
	const struct trouble t = { .faults = { .delay_reply = 1, .delay_ms = 2900 }, .after = 6 };
	uint8_t *data = work_content(LEN, false);
	struct work w;

	start(&w, &t, WRITE_STUB);
	begin_trouble(&w, &t);
	ck_assert_msg(do_work(&w, WRITE_STUB, data), "%s", w.rig.err.msg);
	rig_does_not_say(&w.rig, "again");
	ck_assert_uint_eq(sim_requests(w.rig.sim, EF_OP_FLASH_DEFL_BEGIN), 1);
	work_done(&w);
	free(data);
}
END_TEST

/* The flasher continues at the last verified point. */
START_TEST(a_reset_costs_little)
{
	const struct trouble t = { .faults = { .reset_at_request = 1 }, .after = 11 };
	uint8_t *data = work_content(LEN, false);
	struct ef_write_stats stats = { 0 };
	const struct ef_region r = { ADDR, data, LEN, "app" };
	const struct ef_write_opts opts = { .no_skip = true };
	struct work w;

	start(&w, &t, WRITE_STUB);
	begin_trouble(&w, &t);
	ck_ok(plain_write(w.rig.f, &r, 1, &opts, &stats, &w.rig.err), &w.rig.err);
	work_check(&w, ADDR, data, LEN);
	rig_says(&w.rig, "writing 'app' again from 0x0003");
	ck_assert_uint_eq(sim_requests(w.rig.sim, EF_OP_FLASH_DEFL_BEGIN), 2);
	/* it repeats no more than the stub had in its buffers */
	ck_assert_uint_lt(stats.wire_bytes, LEN + 2 * 0x8000);
	work_done(&w);
	free(data);
}
END_TEST

START_TEST(a_port_that_stays_away)
{
	const struct trouble t = { .faults = { .unplug_at_request = 1, .unplug_ms = 1000000 },
				   .after = 9 };
	uint8_t *data = work_content(LEN, false);
	struct work w;

	start(&w, &t, WRITE_STUB);
	begin_trouble(&w, &t);
	ck_assert(!do_work(&w, WRITE_STUB, data));
	ck_assert_int_eq(w.rig.err.code, EF_E_PORT);
	ck_assert_ptr_nonnull(strstr(w.rig.err.msg, "partly erased or written"));
	ck_assert_uint_eq(w.verified + w.written, 0);
	w.total = UINT64_MAX;
	work_done(&w);
	free(data);
}
END_TEST

/* On a perfect line, recovery costs neither requests nor bytes: one stream per region. */
START_TEST(without_trouble_nothing_is_added)
{
	const struct trouble t = { 0 };
	uint8_t *data = work_content(LEN, false);
	unsigned before;
	struct work w;

	start(&w, &t, WRITE_STUB);
	before = sim_requests(w.rig.sim, 0);
	ck_assert(do_work(&w, WRITE_STUB, data));
	/* BEGIN, 13 blocks of 16 KiB (zlib's stored blocks), END, MD5 */
	ck_assert_uint_eq(sim_requests(w.rig.sim, 0) - before, 1 + 13 + 1 + 1);
	work_done(&w);
	free(data);
}
END_TEST

/*
 * The whole session, including the upload of the stub, over a line that damages one byte in
 * 2000.
 */
START_TEST(a_bad_line_from_the_first_byte_on)
{
	const struct sim_opts sim = { .chip = _i % 2 ? "esp32" : "esp32c3",
				      .is_paced = true,
				      .faults = { .noise_every = 2000,
						  .noise_seed = (unsigned)_i } };
	uint8_t *data = work_content(0x8000, false);
	const struct ef_region r = { ADDR, data, 0x8000, "app" };
	const struct ef_write_opts opts = { 0 };
	struct rig rig;

	rig_power(&rig, &sim);
	ck_ok(rig_connect(&rig), &rig.err);
	/* another command's refusal must not pass for an eFuse value */
	rig_does_not_say(&rig, "Secure Download");
	ck_assert_msg(plain_write(rig.f, &r, 1, &opts, NULL, &rig.err), "%s; said:\n%s",
		      rig.err.msg, rig.said);
	ck_assert_mem_eq(sim_flash(rig.sim, NULL) + ADDR, data, 0x8000);
	rig_done(&rig);
	free(data);
}
END_TEST

/* The flasher does not write to another board on the same port. */
START_TEST(another_board_is_noticed)
{
	const struct trouble t = { .faults = { .reset_at_request = 1 }, .after = 5 };
	uint8_t *data = work_content(LEN, false);
	struct work w;

	start(&w, &t, WRITE_STUB);
	begin_trouble(&w, &t);
	w.rig.f->dev.mac[5] ^= 1;
	ck_assert(!do_work(&w, WRITE_STUB, data));
	ck_assert_ptr_nonnull(strstr(w.rig.err.msg, "another board answers now"));
	w.total = UINT64_MAX;
	work_done(&w);
	free(data);
}
END_TEST

Suite *suite_recover(void);
Suite *suite_recover(void)
{
	Suite *s = suite_create("recover");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, whatever_happens_the_work_gets_done, 0, LEN_OF(troubles) * KINDS);
	tcase_add_loop_test(t, what_is_said_about_a_terrible_line_is_true, 0, 2 * KINDS);
	tcase_add_test(t, the_rate_steps_down);
	tcase_add_test(t, a_reset_costs_little);
	tcase_add_loop_test(t, one_fault_costs_little, 0, 2 * LEN_OF(costs));
	tcase_add_loop_test(t, one_fault_erases_little_twice, 0, LEN_OF(costs));
	tcase_add_test(t, a_busy_chip_is_waited_for);
	tcase_add_test(t, a_port_that_stays_away);
	tcase_add_test(t, without_trouble_nothing_is_added);
	tcase_add_test(t, another_board_is_noticed);
	tcase_add_loop_test(t, a_bad_line_from_the_first_byte_on, 0, 24);
	suite_add_tcase(s, t);
	return s;
}
