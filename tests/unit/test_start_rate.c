/* SPDX-License-Identifier: MIT */
/*
 * When a session changes the rate, and by which words. A ROM changes before it gets the stub, but
 * to no more than 921600 baud; the stub does the rest. A chip that may not be reset changes late,
 * since only a reset helps if its ROM is lost at another rate. Words of CHANGE_BAUDRATE: the new
 * rate, and to a stub the old one (esptool, loader.py, change_baud).
 */
#include "flasher/flasher_priv.h"
#include "flasher_rig.h"
#include "rig/tap_port.h"

#define CHANGES 2u

struct rate_change {
	uint32_t rate_hz, old_hz;
	bool is_late; /* the session works on the flash already */
};

static struct rate_change seen[CHANGES];
static unsigned count;
static bool has_flash;

static bool watch(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		  struct ef_err *err)
{
	has_flash |= tap_is_request(data, len, EF_OP_SPI_ATTACH);
	if (tap_is_request(data, len, EF_OP_CHANGE_BAUDRATE)) {
		ck_assert_uint_lt(count, CHANGES);
		seen[count++] = (struct rate_change){ tap_word(data, len, 0),
						      tap_word(data, len, 1), has_flash };
	}
	return tap_real->write(port, data, len, deadline_us, err);
}

static const struct {
	uint32_t rate_hz;
	bool no_stub, may_not_reset, is_running;
	unsigned count;
	struct rate_change want[CHANGES];
} cases[] = {
	{ 0, false, false, false, 0, { { 0, 0, false } } },
	{ 115200, false, false, false, 0, { { 0, 0, false } } },
	{ 115201, false, false, false, 1, { { 115201, 0, false } } },
	{ 460800, false, false, false, 1, { { 460800, 0, false } } },
	{ 460800, true, false, false, 1, { { 460800, 0, false } } },
	{ 921600, false, false, false, 1, { { 921600, 0, false } } },
	{ 921601, false, false, false, 2, { { 921600, 0, false }, { 921601, 921600, true } } },
	{ 1500000, false, false, false, 2, { { 921600, 0, false }, { 1500000, 921600, true } } },
	/* the ROM measures a slower one from the first SYNC on */
	{ 57600, false, false, false, 0, { { 0, 0, false } } },
	/* put into download mode by hand */
	{ 460800, false, true, false, 1, { { 460800, 115200, true } } },
	{ 460800, true, true, false, 1, { { 460800, 0, true } } },
	{ 115200, true, true, false, 0, { { 0, 0, false } } },
	/* another session's stub */
	{ 460800, false, true, true, 1, { { 460800, 115200, true } } },
	{ 115200, false, true, true, 0, { { 0, 0, false } } },
};

START_TEST(words_of_a_change)
{
	const struct sim_opts board = { .chip = "esp32c3",
					.circuit = cases[_i].may_not_reset
							   ? SIM_CIRCUIT_NONE_DOWNLOAD
							   : SIM_CIRCUIT_AUTO,
					.stub_running = cases[_i].is_running,
					.is_paced = true };
	struct rig r;

	rig_power(&r, &board);
	r.opts.rate_hz = cases[_i].rate_hz;
	r.opts.no_stub = cases[_i].no_stub;
	if (cases[_i].may_not_reset)
		r.opts.before = EF_BEFORE_NO_RESET;
	count = 0;
	has_flash = false;
	tap_open(r.port)->write = watch;
	ck_ok(rig_connect(&r), &r.err);
	tap_close(r.port);
	ck_assert_uint_eq(count, cases[_i].count);
	for (unsigned i = 0; i < count; i++) {
		ck_assert_uint_eq(seen[i].rate_hz, cases[_i].want[i].rate_hz);
		ck_assert_uint_eq(seen[i].old_hz, cases[_i].want[i].old_hz);
		ck_assert_int_eq(seen[i].is_late, cases[_i].want[i].is_late);
	}
	ck_assert_uint_eq(r.port->rate_hz, cases[_i].rate_hz ? cases[_i].rate_hz : 115200);
	rig_done(&r);
}
END_TEST

Suite *suite_start_rate(void);
Suite *suite_start_rate(void)
{
	Suite *s = suite_create("start_rate");
	TCase *t = tcase_create("start_rate");

	tcase_add_loop_test(t, words_of_a_change, 0, EF_ARRAY_LEN(cases));
	suite_add_tcase(s, t);
	return s;
}
