/* SPDX-License-Identifier: MIT */
/*
 * The last reset of a board that starts late interrupts the stub while it sends: that is evidence
 * which needs no wait. It must not be found where the chip was not reset.
 */
#include "flasher_rig.h"
#include "flasher/flasher_priv.h"
#include "rig/tap_port.h"

/* EN rises 300 ms after each pulse, so the ROM speaks too late to be heard. */
static struct sim_opts late_board(const char *chip)
{
	return (struct sim_opts){
		.chip = chip,
		.is_paced = true,
		.chatty_app = true,
		.en_rise_us = 300000,
		/* with its usual crystal, the text of a C2 is not readable */
		.xtal_mhz = strcmp(chip, "esp32c2") == 0 ? 40 : 0,
	};
}

#define READ_FLASH 0xd2u /* esptool: ESP_READ_FLASH */
#define SYNC       0x08u

static const uint32_t rates[] = { 460800, 921600, 2000000 };
#define RATES ((int)(sizeof(rates) / sizeof(rates[0])))

static void power_late(struct rig *r, const struct sim_opts *board, uint32_t rate_hz)
{
	rig_power(r, board);
	r->opts.rate_hz = rate_hz;
	/* the user knows the board: a short pulse is enough for it */
	r->opts.reset_delay.is_set = true;
	r->opts.reset_delay.ms = 400;
}

static void connect_late(struct rig *r, const struct sim_opts *board, uint32_t rate_hz)
{
	power_late(r, board, rate_hz);
	ck_ok(rig_connect(r), &r->err);
}

/* ---- a reset that works ---- */

/* two SYNCs of 50 ms and the pulse of 10 ms, which this replaces, take longer */
#define MAX_US 109000u

START_TEST(stream_that_breaks_off_is_proof)
{
	const struct sim_opts board = late_board(rig_chips[_i % RIG_CHIPS]);
	struct rig r;
	uint64_t start_us;
	unsigned reads, syncs;

	connect_late(&r, &board, rates[_i / RIG_CHIPS]);
	reads = sim_requests(r.sim, READ_FLASH);
	syncs = sim_requests(r.sim, SYNC);
	start_us = sim_now_us(r.sim);
	ck_ok(ef_flasher_finish(r.f, EF_AFTER_HARD_RESET, &r.err), &r.err);
	ck_assert_uint_eq(sim_requests(r.sim, READ_FLASH), reads + 1);
	ck_assert_uint_eq(sim_requests(r.sim, SYNC), syncs);
	ck_assert_uint_le(sim_now_us(r.sim) - start_us, MAX_US);
	ck_assert_uint_eq(r.port->rate_hz, 115200);
	ck_ok(ef_port_sleep_us(r.port, 700000, &r.err), &r.err);
	ck_assert(sim_is_running(r.sim));
	ck_assert_ptr_null(strstr(r.said, "warn"));
	rig_done(&r);
}
END_TEST

/* A bridge holds bytes back for 16 ms, or answers are later than that: the loader is asked. */
START_TEST(slow_links_are_no_trouble)
{
	struct sim_opts board = late_board(rig_chips[_i % RIG_CHIPS]);
	const struct sim_faults late = { .lies.late_from = 1, .delay_ms = 90 };
	struct rig r;
	unsigned reads;

	board.bridge.latency_us = 16000;
	connect_late(&r, &board, 921600);
	if (_i / RIG_CHIPS)
		sim_set_faults(r.sim, &late);
	reads = sim_requests(r.sim, READ_FLASH);
	ck_ok(ef_flasher_finish(r.f, EF_AFTER_HARD_RESET, &r.err), &r.err);
	ck_assert_uint_eq(sim_requests(r.sim, READ_FLASH), reads);
	ck_ok(ef_port_sleep_us(r.port, 700000, &r.err), &r.err);
	ck_assert(sim_is_running(r.sim));
	ck_assert_ptr_null(strstr(r.said, "warn"));
	rig_done(&r);
}
END_TEST

/* ---- lines that died ---- */

static void fails_in_vain(struct rig *r)
{
	unsigned inverted = r->port->inverted;

	ck_assert_msg(!ef_flasher_finish(r->f, EF_AFTER_HARD_RESET, &r->err), "%s", r->said);
	ck_assert_int_eq(r->err.hint.id, EF_HINT_RESET_IN_VAIN);
	ck_assert(sim_is_download(r->sim));
	ck_assert_uint_eq(r->port->inverted, inverted);
}

START_TEST(packet_that_comes_whole_is_no_proof)
{
	struct sim_opts board = late_board(rig_chips[_i % RIG_CHIPS]);
	bool is_slow = _i / RIG_CHIPS / RATES;
	struct rig r;
	unsigned reads;

	board.bridge.latency_us = is_slow ? 16000 : 1000;
	connect_late(&r, &board, rates[_i / RIG_CHIPS % RATES]);
	reads = sim_requests(r.sim, READ_FLASH);
	tap_open(r.port)->set_lines = tap_lost_lines;
	fails_in_vain(&r);
	/* the resets that follow are judged by SYNCs */
	ck_assert_uint_eq(sim_requests(r.sim, READ_FLASH), reads + !is_slow);
	tap_close(r.port);
	rig_done(&r);
}
END_TEST

/* ---- bytes that are lost, held back or not the stub's ---- */

static struct {
	uint64_t count;       /* bytes that came */
	uint64_t from, until; /* of these, the ones that are lost */
} loss;

static bool lossy_read(struct ef_port *port, uint8_t *buf, size_t size, uint64_t deadline_us,
		       size_t *ret, struct ef_err *err)
{
	size_t got;

	*ret = 0;
	do {
		if (!tap_real->read(port, buf, size, deadline_us, &got, err))
			return false;
		for (size_t i = 0; i < got; i++, loss.count++)
			if (loss.count < loss.from || loss.count >= loss.until)
				buf[(*ret)++] = buf[i];
	} while (got && !*ret);
	return true;
}

/* A USB packet or several of them are lost in the middle of the stub's. */
START_TEST(packet_with_a_hole_is_no_proof)
{
	struct sim_opts board = late_board(rig_chips[_i % RIG_CHIPS]);
	struct ef_port_ops *ops;
	struct rig r;

	connect_late(&r, &board, 921600);
	loss.count = 0;
	loss.from = 1000;
	loss.until = 1000 + 62u * (_i / RIG_CHIPS ? 8u : 1u);
	ops = tap_open(r.port);
	ops->set_lines = tap_lost_lines;
	ops->read = lossy_read;
	fails_in_vain(&r);
	ck_assert_uint_gt(loss.count, 4096);
	tap_close(r.port);
	rig_done(&r);
}
END_TEST

static struct {
	uint64_t count, at; /* bytes that came, and after which no more come for a while */
	uint64_t us, until_us;
} stall;

static bool stalled_read(struct ef_port *port, uint8_t *buf, size_t size, uint64_t deadline_us,
			 size_t *ret, struct ef_err *err)
{
	uint64_t now_us = ef_port_now_us(port);

	*ret = 0;
	if (stall.count >= stall.at && !stall.until_us)
		stall.until_us = now_us + stall.us;
	if (deadline_us < stall.until_us)
		return deadline_us <= now_us || tap_real->sleep_us(port, deadline_us - now_us, err);
	if (now_us < stall.until_us && !tap_real->sleep_us(port, stall.until_us - now_us, err))
		return false;
	if (stall.count < stall.at && size > stall.at - stall.count)
		size = stall.at - stall.count;
	if (!tap_real->read(port, buf, size, deadline_us, ret, err))
		return false;
	stall.count += *ret;
	return true;
}

/* The host's USB stands still: behind the stub's answer, in its packet, or in both. */
static const struct {
	unsigned at, ms;
	uint32_t rate_hz;
} stalls[] = {
	{ 13, 60, 921600 },    { 13, 150, 921600 },  { 13, 150, 460800 },   { 1500, 25, 460800 },
	{ 1500, 40, 460800 },  { 600, 30, 921600 },  { 600, 60, 921600 },   { 600, 25, 2000000 },
	{ 600, 100, 460800 },  { 600, 100, 921600 }, { 600, 100, 2000000 }, { 40, 100, 921600 },
	{ 1500, 100, 921600 },
};
#define STALLS ((int)(sizeof(stalls) / sizeof(stalls[0])))

/* The packet's text, which comes late then, is not the chip's. */
START_TEST(stall_is_no_proof)
{
	struct sim_opts board = late_board(rig_chips[_i % RIG_CHIPS]);
	struct ef_port_ops *ops;
	struct rig r;

	stall.at = stalls[_i / RIG_CHIPS].at;
	stall.us = 1000u * stalls[_i / RIG_CHIPS].ms;
	stall.count = stall.until_us = 0;
	connect_late(&r, &board, stalls[_i / RIG_CHIPS].rate_hz);
	memset(sim_flash_mut(r.sim), 'x', 0x1000);
	ops = tap_open(r.port);
	ops->set_lines = tap_lost_lines;
	ops->read = stalled_read;
	fails_in_vain(&r);
	tap_close(r.port);
	rig_done(&r);
}
END_TEST

/* One slow answer, and an application that talks without end: the session ends all the same. */
START_TEST(talk_has_an_end)
{
	struct sim_opts board = late_board(rig_chips[_i % RIG_CHIPS]);
	struct sim_faults f = { .delay_ms = _i / RIG_CHIPS ? 110 : 400 };
	struct rig r;
	uint64_t start_us;
	uint32_t value;

	board.en_rise_us = 200000;
	connect_late(&r, &board, 921600);
	f.delay_reply = 1 + sim_requests(r.sim, 0);
	sim_set_faults(r.sim, &f);
	ck_ok(ef_rom_read_reg(ef_flasher_rom(r.f), 0x60000000, &value, &r.err), &r.err);
	start_us = sim_now_us(r.sim);
	ck_ok(ef_flasher_finish(r.f, EF_AFTER_HARD_RESET, &r.err), &r.err);
	ck_assert_uint_le(sim_now_us(r.sim) - start_us, 2 * 2 * 400000 + 100000);
	rig_done(&r);
}
END_TEST

#define BURST_US 50000u

/* The bridge hands bytes over in bursts. */
static bool burst_read(struct ef_port *port, uint8_t *buf, size_t size, uint64_t deadline_us,
		       size_t *ret, struct ef_err *err)
{
	for (;;) {
		uint64_t now_us = ef_port_now_us(port), left_us = BURST_US - now_us % BURST_US;

		*ret = 0;
		/* a call takes some us here */
		if (left_us > BURST_US - 1000 && !tap_real->read(port, buf, size, now_us, ret, err))
			return false;
		if (*ret || now_us >= deadline_us)
			return true;
		if (left_us > deadline_us - now_us)
			left_us = deadline_us - now_us;
		if (!tap_real->sleep_us(port, left_us, err))
			return false;
	}
}

/* The session has measured such waits, so they do not pass for the end of a packet. */
START_TEST(pause_between_bursts_is_no_proof)
{
	struct sim_opts board = late_board(rig_chips[_i]);
	struct ef_port_ops *ops;
	struct rig r;

	connect_late(&r, &board, 460800);
	ops = tap_open(r.port);
	ops->read = burst_read;
	for (unsigned i = 0; i < 3; i++) {
		uint32_t value;

		ck_ok(ef_rom_read_reg(ef_flasher_rom(r.f), 0x60000000, &value, &r.err), &r.err);
	}
	ops->set_lines = tap_lost_lines;
	fails_in_vain(&r);
	tap_close(r.port);
	rig_done(&r);
}
END_TEST

static bool is_noisy;

static bool lines_of_noise(struct ef_port *port, unsigned mask, unsigned value, struct ef_err *err)
{
	is_noisy = true;
	return tap_real->set_lines(port, mask, value, err);
}

/* 100 bytes in a ms that are neither words nor a frame */
static bool noisy_read(struct ef_port *port, uint8_t *buf, size_t size, uint64_t deadline_us,
		       size_t *ret, struct ef_err *err)
{
	if (!is_noisy)
		return tap_real->read(port, buf, size, deadline_us, ret, err);
	*ret = size < 100 ? size : 100;
	memset(buf, 0xff, *ret);
	return tap_real->sleep_us(port, 1000, err);
}

START_TEST(endless_noise_is_left)
{
	struct sim_opts board = late_board(rig_chips[_i]);
	struct ef_port_ops *ops;
	struct rig r;
	uint64_t start_us;

	connect_late(&r, &board, 921600);
	is_noisy = false;
	ops = tap_open(r.port);
	ops->set_lines = lines_of_noise;
	ops->read = noisy_read;
	start_us = sim_now_us(r.sim);
	ck_ok(ef_flasher_finish(r.f, EF_AFTER_HARD_RESET, &r.err), &r.err);
	/* all that may come late, the wait for the MD5, and four SYNCs of 250 ms */
	ck_assert_uint_le(sim_now_us(r.sim) - start_us, 123000 + 100000 + 1000000 + 200000);
	tap_close(r.port);
	rig_done(&r);
}
END_TEST

static const unsigned sleeps_ms[] = { 50, 150, 200, 500 };
#define SLEEPS ((int)(sizeof(sleeps_ms) / sizeof(sleeps_ms[0])))
/* where: while EN is pulled low, when it is released, in the read after that */
#define WHERES 3

static struct {
	unsigned ms, where;
	unsigned edges; /* of RTS */
	bool is_over;
} nap;

/* The host does not run for a while; then all bytes are there at once. */
static bool nap_once(struct ef_port *port, unsigned where, struct ef_err *err)
{
	if (nap.is_over || nap.where != where)
		return true;
	nap.is_over = true;
	return tap_real->sleep_us(port, UINT64_C(1000) * nap.ms, err);
}

static bool lines_of_a_busy_host(struct ef_port *port, unsigned mask, unsigned value,
				 struct ef_err *err)
{
	(void)value;
	return !(mask & EF_RTS) || nap_once(port, nap.edges++, err);
}

static bool read_of_a_busy_host(struct ef_port *port, uint8_t *buf, size_t size,
				uint64_t deadline_us, size_t *ret, struct ef_err *err)
{
	return (nap.edges < 2 || nap_once(port, 2, err)) &&
	       tap_real->read(port, buf, size, deadline_us, ret, err);
}

START_TEST(host_that_does_not_run_is_no_proof)
{
	struct sim_opts board = late_board(rig_chips[_i % RIG_CHIPS]);

	for (int i = 0; i < 2 * SLEEPS * WHERES; i++) {
		struct ef_port_ops *ops;
		struct rig r;

		/* both polarities */
		board.circuit = i % 2 ? SIM_CIRCUIT_INVERTED : SIM_CIRCUIT_AUTO;
		connect_late(&r, &board, rates[_i / RIG_CHIPS]);
		ck_assert_int_eq(r.port->inverted != 0, i % 2);
		memset(&nap, 0, sizeof(nap));
		nap.ms = sleeps_ms[i / 2 % SLEEPS];
		nap.where = (unsigned)(i / 2 / SLEEPS);
		ops = tap_open(r.port);
		ops->set_lines = lines_of_a_busy_host;
		ops->read = read_of_a_busy_host;
		fails_in_vain(&r);
		ck_assert(nap.is_over);
		tap_close(r.port);
		rig_done(&r);
	}
}
END_TEST

static const struct sim_faults faults[] = {
	{ .flip_reply = 1 },
	{ .drop_reply = 1 },
	{ .every.drop = 170 },
	{ .every.flip = 170 },
	{ .noise_every = 900, .noise_seed = 1 },
	{ .noise_every = 300, .noise_seed = 2, .noise_kinds = SIM_NOISE_LOSE },
	{ .lies.refuse_from = 1 },
	{ .lies.late_from = 1, .delay_ms = 90 },
	{ .lies.late_from = 1, .delay_ms = 400 },
};
#define FAULTS ((int)(sizeof(faults) / sizeof(faults[0])))

/* A packet that the line damaged has not broken off. */
START_TEST(faults_are_no_proof)
{
	struct sim_opts board = late_board(rig_chips[_i % RIG_CHIPS]);
	struct sim_faults f = faults[_i / RIG_CHIPS];
	struct rig r;

	connect_late(&r, &board, 921600);
	f.flip_reply *= 1 + sim_requests(r.sim, 0);
	f.drop_reply *= 1 + sim_requests(r.sim, 0);
	sim_set_faults(r.sim, &f);
	tap_open(r.port)->set_lines = tap_lost_lines;
	fails_in_vain(&r);
	tap_close(r.port);
	rig_done(&r);
}
END_TEST

/* ---- where it is not tried ---- */

static const struct {
	const char *what;
	unsigned caps;
	bool no_stub, is_fast;
	uint32_t rate_hz;      /* 0: 921600 */
	bool is_damaged;       /* missing bytes prove nothing there */
	const char *stub_json; /* the user's stub may not read flash as ours does */
} others[] = {
	{ "behind a network", .caps = EF_PORT_REMOTE },
	{ "a ROM", .no_stub = true },
	{ "a board that speaks at once", .is_fast = true },
	{ "a slow rate", .rate_hz = 230400 },
	{ "a line that has damaged bytes", .is_damaged = true },
	{ "another stub", .stub_json = "{}" },
};
#define OTHERS ((int)(sizeof(others) / sizeof(others[0])))

START_TEST(others_are_asked)
{
	struct sim_opts board = late_board("esp32c3");
	struct rig r;
	unsigned reads;

	board.en_rise_us = others[_i].is_fast ? 0 : board.en_rise_us;
	power_late(&r, &board, others[_i].rate_hz ? others[_i].rate_hz : 921600);
	r.port->caps |= others[_i].caps;
	r.opts.no_stub = others[_i].no_stub;
	ck_assert_msg(rig_connect(&r), "%s: %s", others[_i].what, r.err.msg);
	r.f->recovery.damages += others[_i].is_damaged;
	ck_assert(ef_flasher_line_damages(r.f) == others[_i].is_damaged);
	r.f->opts.stub_json = (const uint8_t *)others[_i].stub_json;
	reads = sim_requests(r.sim, READ_FLASH);
	ck_ok(ef_flasher_finish(r.f, EF_AFTER_HARD_RESET, &r.err), &r.err);
	ck_assert_msg(sim_requests(r.sim, READ_FLASH) == reads, "%s", others[_i].what);
	ck_ok(ef_port_sleep_us(r.port, 700000, &r.err), &r.err);
	ck_assert(sim_is_running(r.sim));
	rig_done(&r);
}
END_TEST

Suite *suite_reset_stream(void);
Suite *suite_reset_stream(void)
{
	Suite *s = suite_create("reset_stream");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, stream_that_breaks_off_is_proof, 0, RATES * RIG_CHIPS);
	tcase_add_loop_test(t, slow_links_are_no_trouble, 0, 2 * RIG_CHIPS);
	tcase_add_loop_test(t, packet_that_comes_whole_is_no_proof, 0, 2 * RATES * RIG_CHIPS);
	tcase_add_loop_test(t, packet_with_a_hole_is_no_proof, 0, 2 * RIG_CHIPS);
	tcase_add_loop_test(t, pause_between_bursts_is_no_proof, 0, RIG_CHIPS);
	tcase_add_loop_test(t, endless_noise_is_left, 0, RIG_CHIPS);
	tcase_add_loop_test(t, faults_are_no_proof, 0, FAULTS * RIG_CHIPS);
	tcase_add_loop_test(t, others_are_asked, 0, OTHERS);
	tcase_add_loop_test(t, stall_is_no_proof, 0, STALLS * RIG_CHIPS);
	tcase_add_loop_test(t, host_that_does_not_run_is_no_proof, 0, RATES * RIG_CHIPS);
	tcase_add_loop_test(t, talk_has_an_end, 0, 2 * RIG_CHIPS);
	suite_add_tcase(s, t);
	return s;
}
