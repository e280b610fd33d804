/* SPDX-License-Identifier: MIT */
/* What each attempt of the connect loop tries: sequence, rate and polarity. The rules alone. */
#include <stdio.h>

#include "flasher/connect_priv.h"
#include "ck_ef.h"
#include "rig/fake_port.h"

#define BRIDGE (EF_PORT_HAS_LINES | EF_PORT_HAS_BAUD)

static struct fake_port port;
static struct ef_flasher f;
static struct connecting c;
static struct ef_err err;

static void begin(unsigned caps)
{
	fake_init(&port, caps);
	port.base.info.vid = 0x10c4;
	port.base.info.pid = 0xea60;
	port.base.rate_hz = 115200;
	f = (struct ef_flasher){ .port = &port.base, .rate_hz = 115200, .rom_rate_hz = 115200 };
	c = (struct connecting){ .f = &f, .attempts = 7 };
	err = (struct ef_err)EF_ERR_INIT;
}

/* ---- sequences ---- */

static void expect_order(const char *want)
{
	char got[256] = "";
	size_t len = 0;

	connect_choose_strategies(&c);
	for (size_t i = 0; i < c.count && len < sizeof(got); i++)
		len += (size_t)snprintf(got + len, sizeof(got) - len, "%s%s", i ? " " : "",
					c.order[i]->name);
	ck_assert_str_eq(got, want);
}

START_TEST(order_of_the_sequences)
{
	static const struct ef_reset own = { .name = "own" };

	begin(BRIDGE);
	expect_order("classic-quick classic-long classic classic-extra");
	/* what worked last time comes first, and once only */
	f.opts.first_strategy = "classic";
	expect_order("classic classic-quick classic-long classic-extra");
	f.opts.first_strategy = "nobody knows it";
	expect_order("classic-quick classic-long classic classic-extra");
	/* without USB ids it may be a USB-Serial/JTAG */
	port.base.info.vid = 0;
	expect_order("classic-quick classic-long classic classic-extra usb-jtag-serial");
	f.opts.first_strategy = "usb-jtag-serial";
	f.opts.before = EF_BEFORE_USB_RESET;
	expect_order("usb-jtag-serial");
	f.opts.reset = &own;
	expect_order("own");
}
END_TEST

/* A quick pulse proves nothing. */
START_TEST(sure_reset_is_not_quick)
{
	begin(BRIDGE);
	connect_choose_strategies(&c);
	ck_assert_str_eq(connect_sure_reset(&c)->name, "classic-long");
	c.count = 1;
	ck_assert_str_eq(connect_sure_reset(&c)->name, "classic-quick");
}
END_TEST

/* Words that come 200 ms after the end of a sequence show that EN rises slowly. */
START_TEST(slow_board_gets_the_longest_sequence)
{
	const struct ef_reset *classic = ef_reset_by_name("classic");
	uint64_t us = 200000;

	for (size_t i = 0; i < classic->step_count; i++)
		us += classic->step[i].wait_ms * 1000u;
	begin(BRIDGE);
	connect_choose_strategies(&c);
	f.record.evidence.attempts = 2;
	f.record.evidence.attempt[0] = (struct ef_attempt){ .first_us = 9000000 }; /* no reset */
	f.record.evidence.attempt[1] = (struct ef_attempt){ .strategy = "classic", .first_us = us };
	ck_assert_str_eq(connect_inverted_reset(&c)->name, "classic-long");
	f.record.evidence.attempt[1].first_us = us + 1;
	ck_assert_str_eq(connect_inverted_reset(&c)->name, "classic-extra");
	f.record.evidence.attempts = 1;
	ck_assert_str_eq(connect_inverted_reset(&c)->name, "classic-long");
	f.record.evidence.attempts = 2;
	c.count = 2; /* no longer one */
	ck_assert_str_eq(connect_inverted_reset(&c)->name, "classic-long");
}
END_TEST

/* ---- polarity ---- */

START_TEST(last_attempt_inverts_the_lines)
{
	static const char other_mode[] = "ets Jun  8 2016 00:22:57\r\n\r\n"
					 "rst:0x1 (POWERON_RESET),boot:0x12 (HSPI_FLASH_BOOT)\r\n";
	static const struct ef_reset own = { .name = "own" };

	begin(BRIDGE);
	ck_assert(connect_tries_inverted(&c, 6));
	ck_assert(!connect_tries_inverted(&c, 5));
	ck_assert(!connect_tries_inverted(&c, 7));
	c.attempts = 6; /* the user wants fewer */
	ck_assert(!connect_tries_inverted(&c, 5));
	c.attempts = 8;
	ck_assert(connect_tries_inverted(&c, 7));
	c.attempts = 7;
	f.opts.reset = &own;
	ck_assert(!connect_tries_inverted(&c, 6));
	f.opts.reset = NULL;
	f.opts.before = EF_BEFORE_USB_RESET;
	ck_assert(!connect_tries_inverted(&c, 6));
	f.opts.before = EF_BEFORE_NO_RESET;
	ck_assert(!connect_tries_inverted(&c, 6));
	f.opts.before = EF_BEFORE_DEFAULT_RESET;
	f.record.evidence.is_native_usb = true;
	ck_assert(!connect_tries_inverted(&c, 6));
	f.record.evidence.is_native_usb = false;
	port.base.caps = EF_PORT_HAS_BAUD;
	ck_assert(!connect_tries_inverted(&c, 6));
	/* nor if the reset worked, and the straps chose another mode: rank 2 of connect_log */
	port.base.caps = BRIDGE;
	memcpy(f.record.evidence.rx.data, other_mode, sizeof(other_mode) - 1);
	f.record.evidence.rx.len = f.record.evidence.rx.total = sizeof(other_mode) - 1;
	ck_assert(!connect_tries_inverted(&c, 6));
}
END_TEST

/* ---- rates ---- */

static uint32_t rate_at(unsigned attempt_no)
{
	ck_ok(connect_choose_rate(&f, attempt_no, c.attempts, &err), &err);
	ck_assert_uint_eq(port.base.rate_hz, f.rate_hz);
	return f.rate_hz;
}

/* A stub of a session that was killed may still run at the final rate: the fifth attempt. */
START_TEST(fifth_attempt_takes_the_users_rate)
{
	begin(BRIDGE);
	f.opts.rate_hz = 921600;
	for (unsigned i = 0; i < 7; i++)
		ck_assert_uint_eq(rate_at(i), i == 4 ? 921600 : 115200);
	f.opts.rate_hz = 0;
	for (unsigned i = 0; i < 7; i++)
		ck_assert_uint_eq(rate_at(i), 115200);
}
END_TEST

/* Where nothing resets the chip, the second half takes both in turn. */
START_TEST(rates_take_turns_without_a_reset)
{
	static const uint32_t want[] = { 115200, 115200, 115200, 921600, 115200, 921600, 115200 };

	begin(EF_PORT_HAS_BAUD);
	f.opts.rate_hz = 921600;
	for (unsigned i = 0; i < 7; i++)
		ck_assert_uint_eq(rate_at(i), want[i]);
}
END_TEST

/* An attempt at the other crystal's rate is followed by one at the usual rate. */
START_TEST(rate_of_the_other_crystal_is_left)
{
	begin(BRIDGE);
	f.rate_hz = port.base.rate_hz = 74880;
	ck_assert_uint_eq(rate_at(3), 115200);
	/* unless it is the rate at which the session is to connect */
	f.rate_hz = f.rom_rate_hz = port.base.rate_hz = 74880;
	ck_assert_uint_eq(rate_at(3), 74880);
}
END_TEST

static bool refuse_rate(struct ef_port *base, uint32_t rate_hz, struct ef_err *ret)
{
	(void)base;
	(void)rate_hz;
	return ef_fail(ret, EF_E_PORT, "the fake port fails");
}

/* A driver that refuses a rate ends the attempt. */
START_TEST(rate_that_is_refused)
{
	begin(_i == 2 ? EF_PORT_HAS_BAUD : BRIDGE);
	port.ops.set_baud = refuse_rate;
	f.record.evidence.has_lines = true;
	if (_i == 0)
		f.record.evidence.text_rate_hz = 74880; /* a board with the other crystal */
	else if (_i == 1)
		f.rate_hz = port.base.rate_hz = 74880; /* ... that was tried without success */
	else
		f.opts.rate_hz = 921600;
	ck_fails(connect_choose_rate(&f, 4, 7, &err), &err, EF_E_PORT, "fails");
}
END_TEST

Suite *suite_connect_choose(void);
Suite *suite_connect_choose(void)
{
	Suite *s = suite_create("connect_choose");
	TCase *t = tcase_create("connect_choose");

	tcase_add_test(t, order_of_the_sequences);
	tcase_add_test(t, sure_reset_is_not_quick);
	tcase_add_test(t, slow_board_gets_the_longest_sequence);
	tcase_add_test(t, last_attempt_inverts_the_lines);
	tcase_add_test(t, fifth_attempt_takes_the_users_rate);
	tcase_add_test(t, rates_take_turns_without_a_reset);
	tcase_add_test(t, rate_of_the_other_crystal_is_left);
	tcase_add_loop_test(t, rate_that_is_refused, 0, 4);
	suite_add_tcase(s, t);
	return s;
}
