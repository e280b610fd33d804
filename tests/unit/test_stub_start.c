/* SPDX-License-Identifier: MIT */
/*
 * What precedes the start of a stub: some stubs set the rate that the ROM has noted, so the
 * session notes it. Addresses: the ROMs' UART device (esptool, UARTDEV_BUF_NO and its neighbours,
 * as src/sim/sim_chips.c has them).
 */
#include "flasher_rig.h"
#include "rig/tap_port.h"

static const struct note {
	const char *chip;
	uint16_t revision;
	uint32_t rate_hz;
	const char *note, *never; /* a write that must be there, and one that must not */
} notes[] = {
	{ "esp32", 300, 460800, "3ffe019c=00070800/ffffffff", "00000000=" },
	{ "esp32s2", 100, 460800, "3ffffcfc=00070800/ffffffff", "00000000=" },
	{ "esp32p4", 103, 460800, "4ff3feb0=00070800/ffffffff", "4ffbfeb0=" },
	{ "esp32p4", 300, 460800, "4ffbfeb0=00070800/ffffffff", "4ff3feb0=" },
	{ "esp32p4", 301, 460800, "4ffbfeb0=00070800/ffffffff", "4ff3feb0=" },
	/* chips whose stub needs no note */
	{ "esp32c3", 4, 460800, "", "00000000=" },
	/* a ROM that kept its rate has noted it */
	{ "esp32", 300, 115200, "", "3ffe019c=" },
	{ "esp32c3", 4, 115200, "", "00000000=" },
};

START_TEST(rate_is_noted_for_the_stub)
{
	const struct note *n = &notes[_i];
	const struct sim_opts board = { .chip = n->chip, .revision = n->revision };
	struct rig r;

	rig_power(&r, &board);
	r.opts.rate_hz = n->rate_hz;
	rig_trace(&r);
	ck_ok(rig_connect(&r), &r.err);
	ck_assert(rig_device(&r)->is_stub);
	ck_assert_uint_eq(r.port->rate_hz, n->rate_hz);
	rig_writes(&r, n->note);
	ck_assert_msg(strstr(r.writes, n->never) == NULL, "%s", r.writes);
	rig_done(&r);
}
END_TEST

/* ---- the greeting ---- */

static struct {
	uint64_t jump_us; /* when MEM_END was sent */
	uint64_t next_us; /* ... and the request after it */
	bool was_asked;   /* by SYNC */
} after;

static bool watch(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		  struct ef_err *err)
{
	if (after.jump_us && !after.next_us) {
		after.next_us = ef_port_now_us(port);
		after.was_asked = tap_is_request(data, len, EF_OP_SYNC);
	}
	if (tap_is_request(data, len, EF_OP_MEM_END))
		after.jump_us = ef_port_now_us(port);
	/* address, value, mask, and microseconds to wait before: there is no reason to */
	if (tap_is_request(data, len, EF_OP_WRITE_REG))
		ck_assert_uint_eq(tap_word(data, len, 3), 0);
	return tap_real->write(port, data, len, deadline_us, err);
}

/* A stub that sends OHAI runs: the session neither waits longer nor asks by SYNC. */
START_TEST(greeting_is_enough)
{
	const struct sim_opts board = { .chip = rig_chips[_i], .is_paced = true };
	struct rig r;

	rig_power(&r, &board);
	r.opts.rate_hz = 460800;
	memset(&after, 0, sizeof(after));
	tap_open(r.port)->write = watch;
	ck_ok(rig_connect(&r), &r.err);
	tap_close(r.port);
	if (rig_device(&r)->is_stub) {
		ck_assert(after.next_us && !after.was_asked);
		ck_assert_uint_lt(after.next_us - after.jump_us, 100000);
	}
	rig_done(&r);
}
END_TEST

static unsigned jumps, syncs; /* syncs: since the last jump */

static bool count_syncs(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
			struct ef_err *err)
{
	jumps += tap_is_request(data, len, EF_OP_MEM_END);
	syncs += jumps && tap_is_request(data, len, EF_OP_SYNC);
	return tap_real->write(port, data, len, deadline_us, err);
}

/* Nothing passes between the jump and the third SYNC. */
static bool lose_answers(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
			 size_t *ret_len, struct ef_err *err)
{
	do {
		if (!tap_real->read(port, buf, cap, deadline_us, ret_len, err))
			return false;
	} while (*ret_len && jumps && syncs < 3);
	return true;
}

static unsigned interruptions;
static bool is_in_greeting; /* its first letter has come */

static bool interrupt_once(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
			   size_t *ret_len, struct ef_err *err)
{
	if (is_in_greeting && !interruptions) {
		interruptions++;
		return ef_fail(err, EF_E_INTR, "interrupted");
	}
	if (!tap_real->read(port, buf, cap, deadline_us, ret_len, err))
		return false;
	is_in_greeting = jumps && *ret_len == 1 && buf[0] == 'O';
	return true;
}

/* Connects while SYNCs are counted, and the port reads by this function. */
static bool connect_reading(struct rig *r,
			    bool (*read)(struct ef_port *port, uint8_t *buf, size_t cap,
					 uint64_t deadline_us, size_t *ret_len, struct ef_err *err))
{
	const struct sim_opts board = { .chip = "esp32c3", .is_paced = true };
	struct ef_port_ops *ops;
	bool ok;

	jumps = syncs = interruptions = 0;
	is_in_greeting = false;
	rig_power(r, &board);
	ops = tap_open(r->port);
	ops->write = count_syncs;
	ops->read = read;
	ok = rig_connect(r);
	tap_close(r->port);
	ck_assert_uint_eq(jumps, 1);
	return ok;
}

/* The greeting got lost, and answers to SYNC, too: the session goes on asking for three seconds. */
START_TEST(stub_without_a_greeting_is_found)
{
	struct rig r;

	ck_ok(connect_reading(&r, lose_answers), &r.err);
	ck_assert_uint_ge(syncs, 3);
	rig_done(&r);
}
END_TEST

/* Ctrl-C while the greeting is awaited: nothing more is asked, though the port would answer. */
START_TEST(interrupted_wait_for_the_greeting)
{
	struct rig r;

	ck_assert(!connect_reading(&r, interrupt_once));
	ck_assert_int_eq(r.err.code, EF_E_INTR);
	ck_assert_uint_eq(interruptions, 1);
	ck_assert_uint_eq(syncs, 0);
	rig_done(&r);
}
END_TEST

Suite *suite_stub_start(void);
Suite *suite_stub_start(void)
{
	Suite *s = suite_create("stub_start");
	TCase *t = tcase_create("stub_start");

	tcase_add_loop_test(t, rate_is_noted_for_the_stub, 0, EF_ARRAY_LEN(notes));
	tcase_add_loop_test(t, greeting_is_enough, 0, RIG_CHIPS);
	tcase_add_test(t, interrupted_wait_for_the_greeting);
	tcase_add_test(t, stub_without_a_greeting_is_found);
	suite_add_tcase(s, t);
	return s;
}
