/* SPDX-License-Identifier: MIT */
/*
 * How often the flasher asks while it builds a session, and how long it waits: a count or a
 * time for each budget. A chip that gives as many wrong answers as the budget allows is
 * connected to; one wrong answer more, and the session fails.
 */
#include "flasher/flasher_priv.h"
#include "rig/tap_port.h"
#include "work_rig.h"

/* The low word of the MAC address (esptool esp32c3.py: EFUSE_BASE + 0x44); its low byte is mac[5]
 */
#define C3_MAC_REG 0x60008844u
#define MAGIC_REG  0x40001000u /* esptool loader.py: CHIP_DETECT_MAGIC_REG_ADDR */

/* ---- a chip that gives wrong answers ---- */

static struct {
	uint8_t op;         /* to this request, */
	uint32_t reg;       /* ... of this register, if it is READ_REG */
	size_t at;          /* the byte of the answer's frame that is wrong */
	unsigned from;      /* the first wrong answer, from 1 on; 0: none is wrong */
	unsigned count;     /* so many answers are wrong */
	uint8_t value;      /* the wrong byte; 0: another one each time */
	unsigned asked;     /* such requests */
	bool is_next;       /* the next answer belongs to one */
	uint64_t at_us[16]; /* when they were sent */
} liar;

static bool liar_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		       struct ef_err *err)
{
	if (tap_is_request(data, len, liar.op) &&
	    (liar.op != EF_OP_READ_REG || tap_word(data, len, 0) == liar.reg)) {
		if (liar.asked < EF_ARRAY_LEN(liar.at_us))
			liar.at_us[liar.asked] = tap_real->now_us(port);
		liar.asked++;
		liar.is_next = true;
	}
	return tap_real->write(port, data, len, deadline_us, err);
}

static bool liar_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
		      size_t *ret_len, struct ef_err *err)
{
	if (!tap_real->read(port, buf, cap, deadline_us, ret_len, err))
		return false;
	if (!liar.is_next || *ret_len <= liar.at || buf[0] != 0xc0 || buf[2] != liar.op)
		return true;
	liar.is_next = false;
	if (liar.from && liar.asked >= liar.from && liar.asked < liar.from + liar.count)
		buf[liar.at] = liar.value ? liar.value
					  : (uint8_t)(1 + 2 * (liar.asked - liar.from));
	return true;
}

/* Connects to a board that gives so many wrong answers. */
static bool connect_to_liar(struct rig *r, const struct sim_opts *board, unsigned count)
{
	struct ef_port_ops *ops;
	bool ok;

	rig_power(r, board);
	r->opts.no_stub = !board->stub_running;
	liar.asked = 0;
	liar.is_next = false;
	liar.from = 1;
	liar.count = count;
	ops = tap_open(r->port);
	ops->read = liar_read;
	ops->write = liar_write;
	ok = rig_connect(r);
	tap_close(r->port);
	return ok;
}

static const struct sim_opts c3 = { .chip = "esp32c3" };

static void lie_about(uint8_t op, uint32_t reg, size_t at)
{
	memset(&liar, 0, sizeof(liar));
	liar.op = op;
	liar.reg = reg;
	liar.at = at;
}

/* GET_SECURITY_INFO is asked six times at most; after that the chip is reset. */
START_TEST(security_that_differs)
{
	static const struct {
		unsigned lies, asked, resets;
	} cases[] = {
		{ 0, 1 + 1, 1 },
		{ 2, 3 + 1, 1 },
		/* a line that damaged three answers: the facts have to agree twice */
		{ 3, 4 + 2, 1 },
		{ 5, 6 + 2, 1 },
		{ 6, 6 + 1 + 2, 2 },
	};
	struct rig r;

	lie_about(EF_OP_GET_SECURITY_INFO, 0, 9); /* the low byte of the flags: secure boot on */
	ck_assert_msg(connect_to_liar(&r, &c3, cases[_i].lies), "%s", r.err.msg);
	ck_assert_uint_eq(liar.asked, cases[_i].asked);
	ck_assert_uint_eq(sim_resets(r.sim), cases[_i].resets);
	ck_assert(!rig_device(&r)->is_secure_boot);
	rig_done(&r);
}
END_TEST

/*
 * At the end everything is read again. If the security information is another one then, nothing
 * that was learnt counts. The answer is flags (4 bytes), a count, key purposes (7) and the chip's
 * id (esptool, loader.py, get_security_info).
 */
START_TEST(security_that_differs_at_the_end)
{
	struct ef_port_ops *ops;
	struct rig r;

	lie_about(EF_OP_GET_SECURITY_INFO, 0, _i == 0 ? 9 : 9 + 12);
	rig_power(&r, &c3);
	r.opts.no_stub = true;
	liar.from = 2;
	liar.count = 1;
	liar.value = _i == 0 ? 1 : 9; /* secure boot is on; an ESP32-S3 */
	ops = tap_open(r.port);
	ops->read = liar_read;
	ops->write = liar_write;
	ck_ok(rig_connect(&r), &r.err);
	tap_close(r.port);
	ck_assert_str_eq(rig_device(&r)->chip->name, "esp32c3");
	ck_assert(!rig_device(&r)->is_secure_boot);
	ck_assert_uint_eq(sim_resets(r.sim), 2);
	rig_says(&r, "security information differs between two readings");
	rig_done(&r);
}
END_TEST

static bool is_damaged;

/* The first answer to READ_REG arrives as another answer. */
static bool liar_damages(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
			 size_t *ret_len, struct ef_err *err)
{
	if (!liar_read(port, buf, cap, deadline_us, ret_len, err))
		return false;
	if (!is_damaged && *ret_len > 2 && buf[2] == EF_OP_READ_REG) {
		is_damaged = true;
		buf[2] ^= 0x40;
	}
	return true;
}

/*
 * The ESP32's UART divider says which crystal it has: 0x15b is 40 MHz, 0x101 is 26 MHz (esptool,
 * esp32.py, get_crystal_freq). Two readings that agree are enough, but not on a line that damaged
 * bytes before.
 */
START_TEST(crystal_is_measured_more_often_on_a_bad_line)
{
	const struct sim_opts board = { .chip = "esp32" };
	struct ef_port_ops *ops;
	struct rig r;

	lie_about(EF_OP_READ_REG, 0x3ff40014, 5);
	rig_power(&r, &board);
	r.opts.no_stub = true;
	liar.from = 1;
	liar.count = 2;
	liar.value = 0x01;
	ops = tap_open(r.port);
	ops->read = _i == 1 ? liar_damages : liar_read;
	ops->write = liar_write;
	is_damaged = false;
	ck_ok(rig_connect(&r), &r.err);
	tap_close(r.port);
	ck_assert_uint_eq(rig_device(&r)->xtal_mhz, _i == 1 ? 40 : 26);
	ck_assert_uint_eq(liar.asked, _i == 1 ? 2 + 3 : 2);
	rig_done(&r);
}
END_TEST

/*
 * The ROM's words named an ESP32. If its magic word is another's, then the chip is asked what it
 * is, and an unknown magic word is read twice more, after 100 ms each.
 */
START_TEST(magic_word_that_is_unknown)
{
	const struct sim_opts board = { .chip = "esp32" };
	struct rig r;

	lie_about(EF_OP_READ_REG, MAGIC_REG, 5);
	ck_assert_int_eq(connect_to_liar(&r, &board, (unsigned)_i), _i < 4);
	if (_i == 4)
		ck_fails(false, &r.err, EF_E_UNSUPP, "unknown chip: its magic word is 0x00f01d07");
	ck_assert_uint_eq(liar.asked, _i < 4 ? (unsigned)_i + 1 : 4);
	for (unsigned i = 2; i < liar.asked; i++)
		ck_assert_uint_eq((liar.at_us[i] - liar.at_us[i - 1]) / 1000, 100);
	rig_done(&r);
}
END_TEST

/* A running stub that gives another MAC address each time: eight comparisons, then a reset. */
START_TEST(facts_that_never_agree)
{
	const struct sim_opts board = { .chip = "esp32c3", .stub_running = true };
	struct rig r;

	lie_about(EF_OP_READ_REG, C3_MAC_REG, 5);
	ck_assert_msg(connect_to_liar(&r, &board, 1 + 2 * 7), "%s", r.err.msg);
	ck_assert_uint_eq(liar.asked, 1 + 2 * 8);
	ck_assert_uint_eq(sim_resets(r.sim), 1);
	rig_done(&r);
	ck_assert_msg(connect_to_liar(&r, &board, 1 + 2 * 7 - 1), "%s", r.err.msg);
	ck_assert_uint_eq(sim_resets(r.sim), 0);
	rig_done(&r);
}
END_TEST

/* ---- another board ---- */

/*
 * Write, with a reset on the way. The session believes that the board had the MAC address in
 * f->dev, and the new session's readings say something else, up to the one numbered truth.
 */
static bool write_after_reset(bool is_other, unsigned truth, unsigned *ret_asked)
{
	static uint8_t data[0x8000];
	const struct ef_region region = { 0x10000, data, sizeof(data), "app" };
	const struct ef_write_opts opts = { .no_skip = true };
	struct sim_faults faults = { 0 };
	struct ef_port_ops *ops;
	struct work w;
	bool ok;

	work_start(&w, &c3, false);
	lie_about(EF_OP_READ_REG, C3_MAC_REG, 5);
	w.rig.f->dev.mac[5] ^= is_other;
	liar.value = w.rig.f->dev.mac[5];
	liar.from = truth;
	liar.count = 1;
	ops = tap_open(w.rig.port);
	ops->read = liar_read;
	ops->write = liar_write;
	faults.reset_at_request = sim_requests(w.rig.sim, 0) + 3;
	sim_set_faults(w.rig.sim, &faults);
	ok = plain_write(w.rig.f, &region, 1, &opts, NULL, &w.rig.err);
	tap_close(w.rig.port);
	if (!ok)
		ck_fails(ok, &w.rig.err, EF_E_PORT, "another board answers now");
	*ret_asked = liar.asked;
	w.total = UINT64_MAX;
	work_done(&w);
	return ok;
}

/*
 * A MAC address that differs is read twice more, since a register comes without a checksum. The
 * new session itself reads it from the ROM, in one write with other registers.
 */
START_TEST(mac_that_differs)
{
	unsigned asked;

	ck_assert(write_after_reset(false, 0, &asked));
	ck_assert_uint_eq(asked, 0);
	ck_assert(!write_after_reset(true, 0, &asked));
	ck_assert_uint_eq(asked, 2);
	ck_assert(write_after_reset(true, 1, &asked));
	ck_assert_uint_eq(asked, 1);
	ck_assert(write_after_reset(true, 2, &asked));
	ck_assert_uint_eq(asked, 2);
}
END_TEST

/* ---- the stub's greeting ---- */

/* Four bytes that the chip jumps to, after which it is silent */
static const char no_stub[] =
	"{\"entry\":1077411840,\"text\":\"EzUAAA==\",\"text_start\":1077411840,"
	"\"data\":\"AAAAAA==\",\"data_start\":1070165352,\"bss_start\":1070165352}";

static uint64_t jump_us, reset_us; /* MEM_END, and the first change of a line behind it */
static unsigned jumps;

static bool jump_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		       struct ef_err *err)
{
	if (tap_is_request(data, len, EF_OP_MEM_END) && jumps++ == 0)
		jump_us = tap_real->now_us(port);
	return tap_real->write(port, data, len, deadline_us, err);
}

static bool jump_lines(struct ef_port *port, unsigned mask, unsigned value, struct ef_err *err)
{
	if (jumps && !reset_us)
		reset_us = tap_real->now_us(port);
	return tap_real->set_lines(port, mask, value, err);
}

/* esptool waits 3 s for it (loader.py run_stub: read with the default timeout). */
START_TEST(stub_that_never_greets)
{
	struct ef_port_ops *ops;
	struct rig r;

	jump_us = reset_us = jumps = 0;
	rig_power(&r, &c3);
	r.opts.stub_json = (const uint8_t *)no_stub;
	r.opts.stub_json_len = strlen(no_stub);
	ops = tap_open(r.port);
	ops->write = jump_write;
	ops->set_lines = jump_lines;
	ck_assert(!rig_connect(&r));
	tap_close(r.port);
	ck_assert_uint_gt(reset_us, jump_us);
	/* 0.2 s for the answer to MEM_END; the last SYNC may end after the time */
	ck_assert_uint_ge(reset_us - jump_us, 3000000);
	ck_assert_uint_le(reset_us - jump_us, 3000000 + 200000 + 500000);
	rig_done(&r);
}
END_TEST

static bool interrupted_write(struct ef_port *port, const uint8_t *data, size_t len,
			      uint64_t deadline_us, struct ef_err *err)
{
	if (jumps && tap_is_request(data, len, EF_OP_SYNC))
		return ef_fail(err, EF_E_INTR, "interrupted");
	return jump_write(port, data, len, deadline_us, err);
}

/* Ctrl-C ends the wait for the greeting at once. */
START_TEST(wait_for_a_greeting_is_interrupted)
{
	struct rig r;

	jump_us = reset_us = jumps = 0;
	rig_power(&r, &c3);
	r.opts.stub_json = (const uint8_t *)no_stub;
	r.opts.stub_json_len = strlen(no_stub);
	tap_open(r.port)->write = interrupted_write;
	ck_fails(rig_connect(&r), &r.err, EF_E_INTR, "interrupted");
	tap_close(r.port);
	ck_assert_uint_gt(jumps, 0);
	/* 0.2 s for MEM_END, 0.4 s for the greeting */
	ck_assert_uint_lt(ef_port_now_us(r.port) - jump_us, 1000000);
	rig_done(&r);
}
END_TEST

/* ---- a new rate ---- */

static struct {
	unsigned syncs[2]; /* at the new rate; then at the old one, before the next reset */
	uint64_t at_us[8];
	unsigned changes; /* of the rate: 1: there, 2: back */
} turn;

static bool turn_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		       struct ef_err *err)
{
	bool is_sync = tap_is_request(data, len, EF_OP_SYNC);

	if (tap_is_request(data, len, EF_OP_CHANGE_BAUDRATE) && !turn.changes)
		turn.changes = 1;
	else if (is_sync && turn.changes == 1 && port->rate_hz == 921600)
		turn.at_us[turn.syncs[0]++ % 8] = tap_real->now_us(port);
	else if (is_sync && turn.changes == 1 && turn.syncs[0])
		turn.syncs[1]++;
	return tap_real->write(port, data, len, deadline_us, err);
}

static bool turn_lines(struct ef_port *port, unsigned mask, unsigned value, struct ef_err *err)
{
	if (turn.syncs[1])
		turn.changes = 2;
	return tap_real->set_lines(port, mask, value, err);
}

/* The wire garbles the new rate: three SYNCs of 100 ms there, three at the old rate, a reset. */
START_TEST(rate_without_an_answer)
{
	const struct sim_opts board = { .chip = "esp32c3",
					.is_paced = true,
					.faults.max_rate_hz = 460800 };
	struct ef_port_ops *ops;
	struct rig r;

	memset(&turn, 0, sizeof(turn));
	rig_power(&r, &board);
	r.opts.rate_hz = 921600;
	ops = tap_open(r.port);
	ops->write = turn_write;
	ops->set_lines = turn_lines;
	ck_ok(rig_connect(&r), &r.err);
	tap_close(r.port);
	ck_assert_uint_eq(turn.syncs[0], 3);
	ck_assert_uint_eq(turn.syncs[1], 3);
	for (unsigned i = 1; i < 3; i++)
		ck_assert_uint_eq((turn.at_us[i] - turn.at_us[i - 1]) / 1000, 100);
	rig_done(&r);
}
END_TEST

Suite *suite_session_budgets(void);
Suite *suite_session_budgets(void)
{
	Suite *s = suite_create("session_budgets");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, security_that_differs, 0, 5);
	tcase_add_loop_test(t, security_that_differs_at_the_end, 0, 2);
	tcase_add_loop_test(t, crystal_is_measured_more_often_on_a_bad_line, 0, 2);
	tcase_add_loop_test(t, magic_word_that_is_unknown, 0, 5);
	tcase_add_test(t, facts_that_never_agree);
	tcase_add_test(t, mac_that_differs);
	tcase_add_test(t, stub_that_never_greets);
	tcase_add_test(t, wait_for_a_greeting_is_interrupted);
	tcase_add_test(t, rate_without_an_answer);
	suite_add_tcase(s, t);
	return s;
}
