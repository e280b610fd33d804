/* SPDX-License-Identifier: MIT */
/*
 * The SYNCs after the last reset. Where the line damages them, a loader that was not reset must be
 * found all the same; and an answer from before the reset is no loader.
 */
#include "flasher_rig.h"
#include "rig/tap_port.h"

#define SYNC 0x08u

/* ---- boards ---- */

static const struct {
	enum sim_circuit circuit;
	uint32_t en_rise_us;
} circuits[] = {
	{ SIM_CIRCUIT_AUTO, 0 },
	{ SIM_CIRCUIT_AUTO, 300000 },
	{ SIM_CIRCUIT_INVERTED, 0 },
	{ SIM_CIRCUIT_FAST_EN, 0 },
};
#define CIRCUITS ((unsigned)(sizeof(circuits) / sizeof(circuits[0])))
/* circuits, latency of 1 and 16 ms, stub and ROM */
#define BOARDS (CIRCUITS * 4)

static void connect_nth(struct rig *r, const char *chip, unsigned nth)
{
	const struct sim_opts board = {
		.chip = chip,
		.circuit = circuits[nth % CIRCUITS].circuit,
		.en_rise_us = circuits[nth % CIRCUITS].en_rise_us,
		.bridge.latency_us = nth / CIRCUITS % 2 ? 16000 : 1000,
		.is_paced = true,
		.chatty_app = true,
	};

	rig_power(r, &board);
	r->opts.no_stub = nth / CIRCUITS / 2;
	r->opts.reset_delay.is_set = board.en_rise_us > 0;
	r->opts.reset_delay.ms = 400;
	ck_assert_msg(rig_connect(r), "%s, board %u: %s", chip, nth, r->err.msg);
}

/* ---- a line that damages SYNCs ---- */

static const struct damage {
	const char *what;
	unsigned lost;     /* bit n: SYNC n is lost */
	unsigned no_start; /* bit n: it loses its first delimiter */
	bool is_shorter;   /* each loses a byte of its content, so the loader refuses it */
} damages[] = {
	{ "each SYNC refused", .is_shorter = true },
	{ "the first lost", .lost = 1u << 0 },
	{ "the two after the second pulse lost", .lost = 3u << 1 },
	{ "the three after the second pulse lost", .lost = 7u << 1 },
	{ "the first without its start", .no_start = 1u << 0 },
	{ "the second without its start", .no_start = 1u << 1 },
	{ "the second without its start, one more lost", .lost = 1u << 2, .no_start = 1u << 1 },
	{ "the second without its start, two more lost", .lost = 3u << 2, .no_start = 1u << 1 },
};
#define DAMAGES ((int)(sizeof(damages) / sizeof(damages[0])))

static const struct damage *damage;
static unsigned syncs;

/* Copy frames without the last byte of each. */
static size_t shorten(uint8_t *ret, const uint8_t *data, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		if (i == 0 || i + 1 == len || data[i + 1] != 0xc0)
			ret[n++] = data[i];
	return n;
}

static bool damage_syncs(struct ef_port *port, const uint8_t *data, size_t len,
			 uint64_t deadline_us, struct ef_err *err)
{
	uint8_t copy[128];
	unsigned bit;

	if (!tap_is_request(data, len, SYNC))
		return tap_real->write(port, data, len, deadline_us, err);
	ck_assert_uint_le(len, sizeof(copy));
	bit = 1u << syncs++;
	if (damage->lost & bit)
		return true;
	if (damage->no_start & bit)
		return tap_real->write(port, data + 1, len - 1, deadline_us, err);
	if (damage->is_shorter) {
		len = shorten(copy, data, len);
		data = copy;
	}
	return tap_real->write(port, data, len, deadline_us, err);
}

START_TEST(loader_is_found)
{
	const char *chip = rig_chips[_i % RIG_CHIPS];

	damage = &damages[_i / RIG_CHIPS];
	for (unsigned nth = 0; nth < BOARDS; nth++) {
		struct ef_port_ops *ops;
		unsigned inverted;
		struct rig r;

		connect_nth(&r, chip, nth);
		inverted = r.port->inverted;
		syncs = 0;
		ops = tap_open(r.port);
		ops->set_lines = tap_lost_lines;
		ops->write = damage_syncs;
		/* a warning, if no words ever showed that a reset worked */
		ck_assert_msg(!ef_flasher_finish(r.f, EF_AFTER_HARD_RESET, &r.err) ||
				      strstr(r.said, "warn: the reset had no effect"),
			      "%s, board %u, %s: %s", chip, nth, damage->what, r.said);
		ck_assert(r.err.code == EF_OK || r.err.hint.id == EF_HINT_RESET_IN_VAIN);
		ck_assert(sim_is_download(r.sim));
		ck_assert_uint_eq(r.port->inverted, inverted);
		tap_close(r.port);
		rig_done(&r);
	}
}
END_TEST

/* ---- an answer from before the reset ---- */

/* It is owed until it was read, and due from some moment on. */
static struct {
	const uint8_t *answer;
	size_t len;
	bool is_due;
} owed;

static bool read_owed(struct ef_port *port, uint8_t *buf, size_t size, uint64_t deadline_us,
		      size_t *ret, struct ef_err *err)
{
	if (!owed.answer || !owed.is_due || size < owed.len)
		return tap_real->read(port, buf, size, deadline_us, ret, err);
	memcpy(buf, owed.answer, owed.len);
	*ret = owed.len;
	owed.answer = NULL;
	return true;
}

static bool due_by_sync(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
			struct ef_err *err)
{
	owed.is_due |= tap_is_request(data, len, SYNC);
	return tap_real->write(port, data, len, deadline_us, err);
}

static bool due_by_reset(struct ef_port *port, unsigned mask, unsigned value, struct ef_err *err)
{
	owed.is_due |= (mask & EF_RTS) != 0;
	return tap_real->set_lines(port, mask, value, err);
}

/* Finishes the session on a tapped port, and checks that the board's program runs. */
static void finish_and_run(struct rig *r, const char *chip, unsigned nth)
{
	ck_ok(ef_flasher_finish(r->f, EF_AFTER_HARD_RESET, &r->err), &r->err);
	tap_close(r->port);
	ck_ok(ef_port_sleep_us(r->port, 700000, &r->err), &r->err);
	ck_assert_msg(sim_is_running(r->sim), "%s, board %u: %s", chip, nth, r->said);
}

/* An answer to READ_REG arrives when the loader was asked by SYNC. */
START_TEST(late_answer_to_another_request_is_no_loader)
{
	static const uint8_t answer[] = { 0xc0, 0x01, 0x0a, 0x04, 0x00, 0x07, 0x12,
					  0x20, 0x55, 0x00, 0x00, 0x00, 0x00, 0xc0 };

	for (unsigned nth = 0; nth < BOARDS; nth++) {
		struct ef_port_ops *ops;
		struct rig r;

		connect_nth(&r, rig_chips[_i], nth);
		owed.answer = answer;
		owed.len = sizeof(answer);
		owed.is_due = false;
		ops = tap_open(r.port);
		ops->write = due_by_sync;
		ops->read = read_owed;
		finish_and_run(&r, rig_chips[_i], nth);
		ck_assert_ptr_null(strstr(r.said, "no effect"));
		/* the late board was asked */
		ck_assert(!circuits[nth % CIRCUITS].en_rise_us || !owed.answer);
		rig_done(&r);
	}
}
END_TEST

/*
 * An answer to an older SYNC arrives behind the reset, before the loader is asked. If it counted,
 * the lines were inverted, which holds BOOT low: the chip would be in its loader.
 */
START_TEST(answer_before_the_question_is_no_loader)
{
	static const uint8_t answer[] = { 0xc0, 0x01, SYNC, 0x02, 0x00, 0x00,
					  0x00, 0x00, 0x00, 0x00, 0x00, 0xc0 };

	for (unsigned nth = 0; nth < BOARDS; nth++) {
		struct ef_port_ops *ops;
		unsigned inverted;
		struct rig r;

		connect_nth(&r, rig_chips[_i], nth);
		inverted = r.port->inverted;
		owed.answer = answer;
		owed.len = sizeof(answer);
		owed.is_due = false;
		ops = tap_open(r.port);
		ops->set_lines = due_by_reset;
		ops->read = read_owed;
		finish_and_run(&r, rig_chips[_i], nth);
		ck_assert_uint_eq(r.port->inverted, inverted);
		rig_done(&r);
	}
}
END_TEST

/* ---- listening ---- */

static bool has_noise;

/* One stray byte comes after the reset. */
static bool read_noise(struct ef_port *port, uint8_t *buf, size_t size, uint64_t deadline_us,
		       size_t *ret, struct ef_err *err)
{
	if (!has_noise || size == 0)
		return tap_real->read(port, buf, size, deadline_us, ret, err);
	has_noise = false;
	buf[0] = 0x80;
	*ret = 1;
	return true;
}

START_TEST(stray_byte_is_no_word)
{
	const struct ef_listen_opts listen = { .limit_ms = 200 };

	for (unsigned nth = 0; nth < BOARDS; nth++) {
		struct ef_port_ops *ops;
		struct ef_start start;
		struct rig r;

		connect_nth(&r, rig_chips[_i], nth);
		ops = tap_open(r.port);
		ops->set_lines = tap_lost_lines;
		ef_flasher_will_listen(r.f);
		ck_ok(ef_flasher_finish(r.f, EF_AFTER_HARD_RESET, &r.err), &r.err);
		ops->read = read_noise;
		has_noise = true;
		ck_ok(ef_flasher_listen(r.f, &listen, &start, &r.err), &r.err);
		ck_assert_msg(start.state == EF_START_DOWNLOAD, "%s, board %u", rig_chips[_i], nth);
		ck_assert(!has_noise);
		tap_close(r.port);
		rig_done(&r);
	}
}
END_TEST

Suite *suite_reset_asked(void);
Suite *suite_reset_asked(void)
{
	Suite *s = suite_create("reset_asked");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, loader_is_found, 0, DAMAGES * RIG_CHIPS);
	tcase_add_loop_test(t, late_answer_to_another_request_is_no_loader, 0, RIG_CHIPS);
	tcase_add_loop_test(t, answer_before_the_question_is_no_loader, 0, RIG_CHIPS);
	tcase_add_loop_test(t, stray_byte_is_no_word, 0, RIG_CHIPS);
	suite_add_tcase(s, t);
	return s;
}
