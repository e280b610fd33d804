/* SPDX-License-Identifier: MIT */
/*
 * How long the flasher waits, in virtual time: for a chip that changes its rate, for the packets
 * of a read, for a watchdog, for hands, and until the limit of a connection.
 */
#include "flasher/flasher_priv.h"
#include "flasher/read_part.h"
#include "rig/tap_port.h"
#include "work_rig.h"

/* ---- a new rate ---- */

static struct {
	uint32_t rate_hz;
	uint64_t set_us, sync_us; /* when the host took the rate, and sent its first SYNC there */
} settle;

static bool settle_set_baud(struct ef_port *port, uint32_t rate_hz, struct ef_err *err)
{
	bool ok = tap_real->set_baud(port, rate_hz, err);

	if (rate_hz == settle.rate_hz && !settle.sync_us)
		settle.set_us = tap_real->now_us(port);
	return ok;
}

static bool settle_write(struct ef_port *port, const uint8_t *data, size_t len,
			 uint64_t deadline_us, struct ef_err *err)
{
	if (port->rate_hz == settle.rate_hz && !settle.sync_us)
		settle.sync_us = tap_real->now_us(port);
	return tap_real->write(port, data, len, deadline_us, err);
}

/*
 * esp-stub-lib uart.c: a stub waits 5 ms before and after. A server has set its rate when it
 * confirms it (RFC 2217, 3), so it needs no time of its own.
 */
START_TEST(chip_settles_at_a_new_rate)
{
	static const struct {
		bool is_stub, is_remote;
		uint64_t us;
	} cases[] = { { false, false, 3000 }, { true, false, 12000 }, { false, true, 3000 } };
	const struct sim_opts board = { .chip = "esp32c3", .stub_running = cases[_i].is_stub };
	struct ef_port_ops *ops;
	struct rig r;

	rig_power(&r, &board);
	r.opts.no_stub = !cases[_i].is_stub;
	r.opts.rate_hz = 460800;
	if (cases[_i].is_remote)
		r.port->caps |= EF_PORT_REMOTE;
	memset(&settle, 0, sizeof(settle));
	settle.rate_hz = 460800;
	ops = tap_open(r.port);
	ops->set_baud = settle_set_baud;
	ops->write = settle_write;
	ck_ok(rig_connect(&r), &r.err);
	tap_close(r.port);
	ck_assert_uint_eq(r.port->rate_hz, 460800);
	ck_assert_uint_ge(settle.sync_us - settle.set_us, cases[_i].us);
	ck_assert_uint_le(settle.sync_us - settle.set_us, cases[_i].us + 500);
	rig_done(&r);
}
END_TEST

/* ---- the packets of a read ---- */

static struct {
	bool is_acked; /* the packet began to arrive, and was acknowledged */
	uint64_t ms;   /* the longest that a read may take after that */
} packet;

static bool packet_write(struct ef_port *port, const uint8_t *data, size_t len,
			 uint64_t deadline_us, struct ef_err *err)
{
	packet.is_acked = !tap_is_request(data, len, EF_OP_READ_FLASH);
	return tap_real->write(port, data, len, deadline_us, err);
}

static bool packet_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
			size_t *ret_len, struct ef_err *err)
{
	uint64_t now_us = tap_real->now_us(port);
	uint64_t ms = deadline_us > now_us ? (deadline_us - now_us + 999) / 1000 : 0;

	if (packet.is_acked && ms > packet.ms)
		packet.ms = ms;
	return tap_real->read(port, buf, cap, deadline_us, ret_len, err);
}

static void ignore(void *ctx, uint32_t from, uint32_t to)
{
	(void)ctx;
	(void)from;
	(void)to;
}

/* 600 ms, 200 ms on a bad line, and twice the packet's time on the wire; 3 s behind a network. */
START_TEST(packet_has_its_time)
{
	static const struct {
		bool is_bad, is_remote;
		uint64_t ms;
	} cases[] = { { false, false, 600 + 711 },
		      { true, false, 200 + 711 },
		      { false, true, 3000 } };
	const struct sim_opts board = { .chip = "esp32c3", .is_paced = true };
	uint8_t buf[0x1000];
	struct read_part p = { .len = 0x1000, .packet = 0x1000, .buf = buf, .arrived = ignore };
	struct ef_port_ops *ops;
	struct rig r;

	rig_power(&r, &board);
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_uint_eq(r.port->rate_hz, 115200);
	r.f->recovery.is_bad_line = cases[_i].is_bad;
	if (cases[_i].is_remote)
		r.port->caps |= EF_PORT_REMOTE;
	memset(&packet, 0, sizeof(packet));
	ops = tap_open(r.port);
	ops->read = packet_read;
	ops->write = packet_write;
	ck_ok(read_part_stub(r.f, &p, &r.err), &r.err);
	tap_close(r.port);
	ck_assert_uint_eq(packet.ms, cases[_i].ms);
	rig_done(&r);
}
END_TEST

/* ---- the watchdog ---- */

/* espflash (rtc_wdt_reset) gives it 50 ms. */
START_TEST(watchdog_has_its_time)
{
	const struct sim_opts board = { .chip = "esp32s3" };
	uint64_t from_us;
	struct rig r;

	rig_power(&r, &board);
	ck_ok(rig_connect(&r), &r.err);
	from_us = sim_now_us(r.sim);
	ck_ok(ef_flasher_finish(r.f, EF_AFTER_WATCHDOG_RESET, &r.err), &r.err);
	ck_assert_uint_ge(sim_now_us(r.sim) - from_us, 50000);
	ck_assert_uint_le(sim_now_us(r.sim) - from_us, 60000);
	rig_done(&r);
}
END_TEST

/* ---- the last reset ---- */

static uint64_t reset_us(unsigned caps)
{
	const struct sim_opts board = { .chip = "esp32", .trouble = SIM_TROUBLE_MUTE_ROM };
	uint64_t from_us;
	struct rig r;

	rig_power(&r, &board);
	r.opts.no_stub = true;
	ck_ok(rig_connect(&r), &r.err);
	r.port->caps |= caps;
	from_us = sim_now_us(r.sim);
	ck_ok(ef_flasher_finish(r.f, EF_AFTER_HARD_RESET, &r.err), &r.err);
	from_us = sim_now_us(r.sim) - from_us;
	rig_done(&r);
	return from_us;
}

/* Silence is heard for 40 ms, behind a network for 300 ms; then come two SYNCs of 50 or 100 ms. */
START_TEST(silent_chip_is_heard_for_longer_behind_a_network)
{
	uint64_t more_us = reset_us(EF_PORT_REMOTE) - reset_us(0);

	ck_assert_uint_ge(more_us, 359900);
	ck_assert_uint_le(more_us, 360100);
}
END_TEST

/* ---- the limit of a connection ---- */

static uint64_t limit_us;

static bool limit_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
		       size_t *ret_len, struct ef_err *err)
{
	limit_us = port->limit_us;
	return tap_real->read(port, buf, cap, deadline_us, ret_len, err);
}

/*
 * The user's time, and 300 ms for the verdict. At a slower rate, also the time of a stub of 16
 * KiB: 17 s at 9600 baud.
 */
START_TEST(limit_of_a_connection)
{
	static const struct {
		uint32_t rate_hz;
		bool no_stub;
		uint64_t ms;
	} cases[] = { { 0, false, 2300 },
		      { 115200, false, 2300 },
		      { 9600, true, 2300 },
		      { 9600, false, 2300 + 17066 } };
	const struct sim_opts board = { .chip = "esp32c3", .circuit = SIM_CIRCUIT_NO_RX };
	uint64_t from_us;
	struct rig r;

	rig_power(&r, &board);
	r.opts.timeout_ms = 2000;
	r.opts.rate_hz = cases[_i].rate_hz;
	r.opts.no_stub = cases[_i].no_stub;
	limit_us = 0;
	tap_open(r.port)->read = limit_read;
	from_us = ef_port_now_us(r.port);
	ck_assert(!rig_connect(&r));
	tap_close(r.port);
	ck_assert_uint_eq((limit_us - from_us) / 1000, cases[_i].ms);
	ck_assert_uint_eq(r.port->limit_us, 0);
	rig_done(&r);
}
END_TEST

/* ---- hands ---- */

/* A user at a terminal has a minute to find the buttons. */
static uint64_t limited_from_us;
static bool was_unlimited;

static bool late_limit_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
			    size_t *ret_len, struct ef_err *err)
{
	if (!limit_us && !port->limit_us)
		was_unlimited = true;
	if (!limit_us && port->limit_us) {
		limit_us = port->limit_us;
		limited_from_us = tap_real->now_us(port);
	}
	return tap_real->read(port, buf, cap, deadline_us, ret_len, err);
}

/* Who waits for a board gives the time until it answers; its session then has the usual limit. */
START_TEST(limit_begins_when_the_awaited_board_answers)
{
	const struct sim_opts board = { .chip = "esp32c3", .is_paced = true };
	struct rig r;

	rig_power(&r, &board);
	r.opts.timeout_ms = 2000;
	r.opts.wait_ms = 60000;
	limit_us = 0;
	was_unlimited = false;
	tap_open(r.port)->read = late_limit_read;
	ck_ok(rig_connect(&r), &r.err);
	tap_close(r.port);
	ck_assert(was_unlimited);
	ck_assert_uint_gt(limit_us, limited_from_us);
	ck_assert_uint_le(limit_us - limited_from_us, 2300000);
	ck_assert_uint_ge(limit_us - limited_from_us, 2290000);
	ck_assert_uint_eq(r.port->limit_us, 0);
	rig_done(&r);
}
END_TEST

START_TEST(hands_have_a_minute)
{
	const struct sim_opts board = { .chip = "esp32", .circuit = SIM_CIRCUIT_NO_BOOT };
	uint64_t without_us, from_us;
	struct rig r;

	rig_power(&r, &board);
	ck_assert(!rig_connect(&r));
	without_us = sim_now_us(r.sim);
	rig_done(&r);
	rig_power(&r, &board);
	r.opts.has_hands = true;
	from_us = sim_now_us(r.sim);
	ck_assert(!rig_connect(&r));
	rig_says(&r, "waiting for that, 60 s at most");
	ck_assert_uint_ge(sim_now_us(r.sim) - from_us, 60000000);
	ck_assert_uint_le(sim_now_us(r.sim) - from_us, without_us + 60200000);
	rig_done(&r);
}
END_TEST

Suite *suite_waits(void);
Suite *suite_waits(void)
{
	Suite *s = suite_create("waits");
	TCase *t = tcase_create("waits");

	tcase_add_loop_test(t, chip_settles_at_a_new_rate, 0, 3);
	tcase_add_loop_test(t, packet_has_its_time, 0, 3);
	tcase_add_test(t, watchdog_has_its_time);
	tcase_add_test(t, silent_chip_is_heard_for_longer_behind_a_network);
	tcase_add_loop_test(t, limit_of_a_connection, 0, 4);
	tcase_add_test(t, limit_begins_when_the_awaited_board_answers);
	tcase_add_test(t, hands_have_a_minute);
	suite_add_tcase(s, t);
	return s;
}
