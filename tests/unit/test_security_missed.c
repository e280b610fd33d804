/* SPDX-License-Identifier: MIT */
/*
 * The line damages the request for the security information, and the ROM refuses what came. A chip
 * that has such information is not shown without it, nor taken for a chip that has none.
 */
#include "flasher_rig.h"
#include "rig/tap_port.h"

static struct {
	struct sim *sim;
	unsigned refused, count;
} miss;

static bool damaging_write(struct ef_port *port, const uint8_t *data, size_t len,
			   uint64_t deadline_us, struct ef_err *err)
{
	bool is_damaged = tap_is_request(data, len, EF_OP_GET_SECURITY_INFO) &&
			  ++miss.count <= miss.refused;
	const struct sim_faults faults = { .lies.refuse_from = is_damaged };

	sim_set_faults(miss.sim, &faults);
	return tap_real->write(port, data, len, deadline_us, err);
}

static void connect_with(const char *chip, unsigned refused, struct rig *r)
{
	/* an ESP32 is asked only if it does not say what it is */
	const struct sim_opts board = { .chip = chip, .trouble = SIM_TROUBLE_MUTE_ROM };
	struct ef_port_ops *ops;

	rig_power(r, &board);
	r->opts.no_stub = true;
	miss.sim = r->sim;
	miss.refused = refused;
	miss.count = 0;
	ops = tap_open(r->port);
	ops->write = damaging_write;
	ck_ok(rig_connect(r), &r->err);
	tap_close(r->port);
}

static const char *const chips[] = { "esp32c3", "esp32s2", "esp32s3" };

START_TEST(a_damaged_request_hides_no_security)
{
	struct rig r;

	connect_with(chips[_i % 3], 1 + (unsigned)_i / 3, &r);
	ck_assert_str_eq(rig_device(&r)->chip->name, chips[_i % 3]);
	ck_assert(rig_device(&r)->has_security);
	rig_done(&r);
}
END_TEST

/* A loader that does not know the request refuses it each time. */
START_TEST(a_loader_that_does_not_know_it_is_not_asked_for_ever)
{
	struct rig r;

	connect_with("esp32c3", UINT32_MAX, &r);
	ck_assert_str_eq(rig_device(&r)->chip->name, "esp32c3");
	ck_assert(!rig_device(&r)->has_security);
	ck_assert_uint_le(miss.count, 8);
	rig_done(&r);
}
END_TEST

START_TEST(an_esp32_is_not_asked_again)
{
	struct rig r;

	connect_with("esp32", 0, &r);
	ck_assert_str_eq(rig_device(&r)->chip->name, "esp32");
	ck_assert_uint_eq(miss.count, 1);
	rig_done(&r);
}
END_TEST

Suite *suite_security_missed(void);
Suite *suite_security_missed(void)
{
	Suite *s = suite_create("security_missed");
	TCase *t = tcase_create("security_missed");

	tcase_add_loop_test(t, a_damaged_request_hides_no_security, 0, 9);
	tcase_add_test(t, a_loader_that_does_not_know_it_is_not_asked_for_ever);
	tcase_add_test(t, an_esp32_is_not_asked_again);
	suite_add_tcase(s, t);
	return s;
}
