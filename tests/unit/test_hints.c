/* SPDX-License-Identifier: MIT */
/* Advice about hosts that are known for hiding ports. */
#include "ck_ef.h"

#include "cli/board/port_missing.h"

static const struct {
	struct ef_host_facts host;
	bool is_on_host;
	const char *hint; /* a part of it */
} hosts[] = {
	{ { .is_container = true }, true, "'--device /dev/ttyUSB0'" },
	{ { .is_container = true }, false, "plug it in" },
	{ { .is_wsl = true }, false, "usbipd attach --wsl" },
	{ { .has_brltty = true }, false, "apt remove brltty" },
	/* opens ports for a while, hides none */
	{ { .has_modem_manager = true }, true, "plug it in" },
};

START_TEST(who_hides_a_port)
{
	struct ef_err err = EF_ERR_INIT;

	ef_fail(&err, EF_E_PORT, "no such port");
	ef_hint(&err, "plug it in");
	port_missing_hint(&hosts[_i].host, "/dev/ttyUSB0", hosts[_i].is_on_host, &err);
	ck_assert_msg(strstr(err.hint, hosts[_i].hint) != NULL, "'%s'", err.hint);
}
END_TEST

Suite *suite_hints(void);
Suite *suite_hints(void)
{
	Suite *s = suite_create("hints");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, who_hides_a_port, 0, (int)(sizeof(hosts) / sizeof(hosts[0])));
	suite_add_tcase(s, t);
	return s;
}
