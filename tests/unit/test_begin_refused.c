/* SPDX-License-Identifier: MIT */
/*
 * A BEGIN whose address was damaged on the way lies where the chip has no flash, and is refused. It
 * has no checksum, so the refusal looks meant; only asking again shows what it is worth.
 */
#include "rig/tap_port.h"
#include "work_rig.h"

#define ADDR 0x10000u
#define LEN  0x3000u

static struct {
	unsigned left, seen;
	uint8_t op;
} damage;

/* The top byte of the fourth word, if no byte before is escaped: the address is beyond 1 GiB. */
static bool damages(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		    struct ef_err *err)
{
	uint8_t copy[64];

	if (!tap_is_request(data, len, damage.op))
		return tap_real->write(port, data, len, deadline_us, err);
	damage.seen++;
	if (!damage.left)
		return tap_real->write(port, data, len, deadline_us, err);
	damage.left--;
	ck_assert_uint_le(len, sizeof(copy));
	memcpy(copy, data, len);
	copy[24] ^= 0x40;
	return tap_real->write(port, copy, len, deadline_us, err);
}

static void write_with(struct work *w, unsigned damaged, bool no_stub, bool wants_ok)
{
	const struct sim_opts sim = { .chip = "esp32c3" };
	uint8_t *data = work_content(LEN, false);
	const struct ef_region region = { ADDR, data, LEN, "app" };
	const struct ef_write_opts opts = { 0 };
	bool ok;

	work_start(w, &sim, no_stub);
	damage.op = no_stub ? EF_OP_FLASH_BEGIN : EF_OP_FLASH_DEFL_BEGIN;
	damage.left = damaged;
	damage.seen = 0;
	tap_open(w->rig.port)->write = damages;
	ok = plain_write(w->rig.f, &region, 1, &opts, NULL, &w->rig.err);
	tap_close(w->rig.port);
	ck_assert_msg(ok == wants_ok, "%s", w->rig.err.msg);
	if (ok)
		work_check(w, ADDR, data, LEN);
	free(data);
}

START_TEST(one_refusal_is_asked_again)
{
	struct work w;

	write_with(&w, (unsigned)_i / 2 + 1, _i % 2, true);
	ck_assert_uint_eq(damage.left, 0);
	work_done(&w);
}
END_TEST

/* A chip that means it refuses each time, and soon that is believed. */
START_TEST(a_refusal_that_repeats_is_meant)
{
	struct work w;

	write_with(&w, 1000, false, false);
	ck_assert_int_eq(w.rig.err.code, EF_E_PROTOCOL);
	ck_assert_ptr_nonnull(strstr(w.rig.err.msg, "the chip refused FLASH_DEFL_BEGIN"));
	ck_assert_uint_eq(damage.seen, 4);
	work_done(&w);
}
END_TEST

Suite *suite_begin_refused(void);
Suite *suite_begin_refused(void)
{
	Suite *s = suite_create("begin_refused");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, one_refusal_is_asked_again, 0, 4);
	tcase_add_test(t, a_refusal_that_repeats_is_meant);
	suite_add_tcase(s, t);
	return s;
}
