/* SPDX-License-Identifier: MIT */
/*
 * A chip that hangs with the very request to change its rate: while connecting, when a bad line
 * makes the session slower, and when a quiet line makes it faster again. Each time the session is
 * built anew and the work goes on.
 */
#include "flasher/baud.h"
#include "flasher/flasher_priv.h"
#include "rig/tap_port.h"
#include "work_rig.h"

#define ADDR 0x10000u
#define LEN  0x100000u
#define TOP  921600u
#define LOW  460800u

static struct {
	struct sim *sim;
	unsigned hangs_at; /* the request to change the rate that the chip does not survive */
	unsigned later;    /* so many requests after it */
	unsigned asked;
	uint32_t asked_hz[8];
} changes;

static bool hang_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		       struct ef_err *err)
{
	if (tap_is_request(data, len, EF_OP_CHANGE_BAUDRATE)) {
		struct sim_faults faults = { .hang_at_request = sim_requests(changes.sim, 0) + 1 +
								changes.later };

		if (changes.asked < EF_ARRAY_LEN(changes.asked_hz))
			changes.asked_hz[changes.asked] = tap_word(data, len, 0);
		if (++changes.asked == changes.hangs_at)
			sim_set_faults(changes.sim, &faults);
	}
	return tap_real->write(port, data, len, deadline_us, err);
}

/* The chip that hangs is reset at once: no SYNC can reach it. */
static void ck_reset_first(const struct ef_connect_report *report)
{
	ck_assert_uint_ge(report->evidence.attempts, 1);
	ck_assert_str_ne(report->evidence.attempt[0].strategy, "");
}

static void power(struct work *w, unsigned hangs_at, bool stub_running)
{
	const struct sim_opts board = { .chip = "esp32c3",
					.stub_running = stub_running,
					.is_paced = true };

	memset(w, 0, sizeof(*w));
	memset(&changes, 0, sizeof(changes));
	w->total = UINT64_MAX;
	rig_power(&w->rig, &board);
	w->rig.opts.event = work_event;
	w->rig.opts.event_user = w;
	w->rig.opts.rate_hz = TOP;
	changes.sim = w->rig.sim;
	changes.hangs_at = hangs_at;
	tap_open(w->rig.port)->write = hang_write;
}

/* ---- one step ---- */

/* A session at LOW with a stub, which chose its rate by itself. */
static void at_low(struct work *w)
{
	power(w, 0, true);
	w->rig.opts.rate_hz = LOW;
	w->rig.opts.speed.is_auto = w->rig.opts.speed.is_known = true;
	ck_ok(rig_connect(&w->rig), &w->rig.err);
	ck_assert_uint_eq(w->rig.port->rate_hz, LOW);
	ck_assert(!ef_flasher_auto_rate(w->rig.f).is_lowered);
}

START_TEST(slower_rate_is_the_one_to_remember)
{
	struct ef_auto_rate rate;
	bool ok = false;
	struct work w;

	at_low(&w);
	ck_ok(ef_baud_slower(w.rig.f, 230400, &ok, &w.rig.err), &w.rig.err);
	ck_assert(ok);
	ck_assert_uint_eq(w.rig.port->rate_hz, 230400);
	ck_assert_uint_eq(sim_rate_hz(w.rig.sim), 230400);
	rig_says(&w.rig, "the line is bad at 460800 baud: going on at 230400");
	rate = ef_flasher_auto_rate(w.rig.f);
	ck_assert_uint_eq(rate.rate_hz, 230400);
	ck_assert(rate.is_lowered);
	tap_close(w.rig.port);
	work_done(&w);
}
END_TEST

/* From so many SYNCs at TOP on, none arrives. The first one finds the chip, six more prove it. */
static unsigned syncs_left;

static bool lossy_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
			struct ef_err *err)
{
	if (port->rate_hz == TOP && tap_is_request(data, len, EF_OP_SYNC) && syncs_left-- == 0) {
		syncs_left = 0;
		return true;
	}
	return hang_write(port, data, len, deadline_us, err);
}

START_TEST(faster_rate_is_proved)
{
	bool works = _i == 7, ok = !works;
	struct work w;

	at_low(&w);
	tap_close(w.rig.port);
	tap_open(w.rig.port)->write = lossy_write;
	syncs_left = (unsigned)_i;
	ck_ok(ef_baud_faster(w.rig.f, TOP, &ok, &w.rig.err), &w.rig.err);
	tap_close(w.rig.port);
	ck_assert_int_eq(ok, works);
	/* where it fails, both sides are where they were; without the first SYNC, after a reset */
	ck_assert_uint_eq(w.rig.port->rate_hz, works ? TOP : LOW);
	ck_assert_uint_eq(sim_rate_hz(w.rig.sim), works ? TOP : LOW);
	ck_assert_uint_eq(w.rig.f->rate_hz, works ? TOP : LOW);
	ck_assert_uint_eq(sim_resets(w.rig.sim), _i == 0);
	work_done(&w);
}
END_TEST

/* The port refuses the rate: nothing is asked of the chip. */
static bool picky_set_baud(struct ef_port *port, uint32_t rate_hz, struct ef_err *err)
{
	if (rate_hz == TOP)
		return ef_fail(err, EF_E_PORT, "no such rate");
	return tap_real->set_baud(port, rate_hz, err);
}

START_TEST(rate_that_the_port_lacks)
{
	enum ef_baud_result result = EF_BAUD_OK;
	struct work w;

	at_low(&w);
	tap_close(w.rig.port);
	tap_open(w.rig.port)->set_baud = picky_set_baud;
	changes.asked = 0;
	ck_ok(ef_baud_change(w.rig.f, TOP, _i, &result, &w.rig.err), &w.rig.err);
	tap_close(w.rig.port);
	ck_assert_int_eq(result, EF_BAUD_KEPT);
	ck_assert_uint_eq(changes.asked, 0);
	ck_assert_uint_eq(w.rig.port->rate_hz, LOW);
	ck_assert_int_eq(strstr(w.rig.said, "this port can't do 921600 baud (no such rate): "
					    "staying at 460800") != NULL,
			 _i);
	work_done(&w);
}
END_TEST

/* ---- a session ---- */

/* The ROM takes 921600 baud at most, so a faster rate is asked of the stub. */
START_TEST(while_connecting)
{
	struct ef_connect_report report = { 0 };
	struct work w;

	power(&w, (unsigned)_i + 1, false);
	w.rig.opts.rate_hz = _i == 0 ? TOP : 1500000;
	w.rig.opts.report = &report;
	ck_ok(rig_connect(&w.rig), &w.rig.err);
	tap_close(w.rig.port);
	ck_reset_first(&report);
	ck_assert_uint_eq(changes.asked_hz[0], TOP);
	if (_i == 0) {
		rig_says(&w.rig, "no answer at 921600 baud: connecting again");
		ck_assert_uint_eq(w.rig.port->rate_hz, TOP);
	} else {
		rig_says(&w.rig, "no answer at 1500000 baud: connecting again, staying at 115200");
		ck_assert_uint_eq(changes.asked_hz[1], 1500000);
		ck_assert_uint_eq(w.rig.port->rate_hz, 115200);
	}
	ck_assert(rig_device(&w.rig)->is_stub);
	ck_assert_uint_eq(sim_resets(w.rig.sim), 2);
	work_done(&w);
}
END_TEST

/*
 * The same where the session chose the rate by itself: the next lower one is tried. The ROM or a
 * stub that runs already is asked.
 */
START_TEST(while_looking_for_a_rate)
{
	struct ef_connect_report report = { 0 };
	struct work w;

	power(&w, 1, _i > 0);
	w.rig.opts.report = &report;
	changes.later = _i == 2 ? 2 : 0; /* SYNC, and a question that proves the rate */
	w.rig.opts.speed.is_auto = true;
	w.rig.opts.speed.is_known = _i > 0; /* only then a running stub is asked */
	ck_ok(rig_connect(&w.rig), &w.rig.err);
	tap_close(w.rig.port);
	ck_assert_uint_eq(changes.asked_hz[0], TOP);
	ck_assert_uint_lt(w.rig.port->rate_hz, TOP);
	ck_assert_uint_gt(w.rig.port->rate_hz, 115200);
	ck_reset_first(&report);
	ck_assert_uint_eq(sim_resets(w.rig.sim), _i == 0 ? 2 : 1);
	work_done(&w);
}
END_TEST

static struct work *working;
static const struct sim_faults quiet;

/* The line is bad above LOW until the session has noticed that, and then it is quiet. */
static void on_event(void *user, const struct ef_event *e)
{
	work_event(user, e);
	if (e->kind == EF_EVENT_WARN && strstr(e->text, "the line is bad at") &&
	    changes.hangs_at != 2)
		sim_set_faults(working->rig.sim, &quiet);
}

/* The second change makes the session slower, the third one makes it faster again. */
START_TEST(at_work)
{
	static const struct sim_faults noise = { .noise_every = 3000, .noise_above_hz = LOW };
	uint8_t *data = work_content(LEN, false);
	const struct ef_region region = { ADDR, data, LEN, "app" };
	const struct ef_write_opts opts = { .no_skip = true };
	struct work w;

	working = &w;
	power(&w, (unsigned)_i, false);
	w.rig.opts.event = on_event;
	ck_ok(rig_connect(&w.rig), &w.rig.err);
	sim_set_faults(w.rig.sim, &noise);
	ck_ok(plain_write(w.rig.f, &region, 1, &opts, NULL, &w.rig.err), &w.rig.err);
	tap_close(w.rig.port);
	ck_assert(memcmp(sim_flash(w.rig.sim, NULL) + ADDR, data, LEN) == 0);
	rig_says(&w.rig, "the line is bad at 921600 baud: going on at");
	ck_assert_uint_eq(changes.asked_hz[0], TOP);
	ck_assert_uint_eq(changes.asked_hz[1], LOW);
	ck_assert_uint_gt(changes.asked_hz[2], 0);
	if (_i == 3)
		ck_assert_uint_eq(changes.asked_hz[2], TOP);
	ck_assert_uint_eq(sim_resets(w.rig.sim), 2);
	ck_assert_uint_ge(w.rig.port->rate_hz, LOW);
	work_done(&w);
	free(data);
}
END_TEST

Suite *suite_rate_lost(void);
Suite *suite_rate_lost(void)
{
	Suite *s = suite_create("rate_lost");
	TCase *t = tcase_create("rate_lost");

	tcase_add_test(t, slower_rate_is_the_one_to_remember);
	tcase_add_loop_test(t, faster_rate_is_proved, 0, 8);
	tcase_add_loop_test(t, rate_that_the_port_lacks, 0, 2);
	tcase_add_loop_test(t, while_connecting, 0, 2);
	tcase_add_loop_test(t, while_looking_for_a_rate, 0, 3);
	tcase_add_loop_test(t, at_work, 2, 4);
	suite_add_tcase(s, t);
	return s;
}
