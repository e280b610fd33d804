/* SPDX-License-Identifier: MIT */
/*
 * The monitor on chips whose own USB peripheral is the port: the port disappears at a reset
 * and in deep sleep, and returns under another name. Any board's cable can be unplugged.
 */
#include <signal.h>

#include "base/util.h"
#include "ck_ef.h"
#include "sim/parts.h"
#include "sim/sim.h"
#include <espflash/monitor.h>
#include <espflash/reset.h>

static const struct {
	const char *chip;
	enum sim_circuit circuit;
} ports[] = {
	{ "esp32c3", SIM_CIRCUIT_USB_JTAG },
	{ "esp32c6", SIM_CIRCUIT_USB_JTAG },
	{ "esp32p4", SIM_CIRCUIT_USB_JTAG },
	{ "esp32s3", SIM_CIRCUIT_USB_JTAG },
	/* a bridge, which stays when the chip resets */
	{ "esp32", SIM_CIRCUIT_AUTO },
};

enum leave { BY_RESET, BY_DEEP_SLEEP, FOR_GOOD };

struct watch {
	struct sim *sim;
	struct ef_port *port;
	enum leave how;
	volatile sig_atomic_t stop;
	unsigned turns, lines_before, lines_after, disconnects, reconnects;
	char name[64]; /* of the port that is back */
};

static void on_event(void *user, const struct ef_monitor_event *e)
{
	struct watch *w = user;

	if (e->kind == EF_MONITOR_DISCONNECT)
		w->disconnects++;
	if (e->kind == EF_MONITOR_RECONNECT) {
		w->reconnects++;
		ck_assert_ptr_nonnull(strstr(e->text, "is back"));
		(void)ef_strlcpy(w->name, sizeof(w->name), w->port->info.name);
	}
	if (e->kind != EF_MONITOR_TEXT)
		return;
	w->reconnects ? w->lines_after++ : w->lines_before++;
	if (w->lines_after == 3)
		w->stop = 1;
}

/* After some output, someone presses RESET or the application goes to sleep. */
static void on_idle(void *user, struct ef_monitor *m)
{
	struct watch *w = user;
	struct ef_err ignored = EF_ERR_INIT;

	(void)m;
	if (w->how == FOR_GOOD && w->disconnects && ++w->turns == 3)
		w->stop = 1;
	if (w->lines_before < 2 || w->disconnects || w->turns > 0)
		return;
	w->turns = w->how != FOR_GOOD;
	if (w->how == BY_RESET) {
		if (!ef_reset_run(ef_reset_hard(w->port), w->port, &ignored))
			ef_err_clear(&ignored);
		return;
	}
	w->sim->cable.is_unplugged = true;
	w->sim->cable.replug_at = w->how == FOR_GOOD ? UINT64_MAX : sim_now_us(w->sim) + 3000000;
}

static void go(int index, enum leave how, uint32_t timeout_ms, enum ef_code want, struct watch *w)
{
	const struct sim_opts board = { .chip = ports[index].chip,
					.circuit = ports[index].circuit,
					.revision = SIM_DEFAULT_REV,
					.usb.away_ms = 400,
					.usb.renames = true,
					.usb.app = SIM_USB_APP_SAME,
					.chatty_app = true,
					.is_paced = true };
	struct ef_monitor_opts opts = EF_MONITOR_OPTS_INIT;
	struct ef_err err = EF_ERR_INIT;

	*w = (struct watch){ .how = how, .sim = sim_new(&board) };
	ck_assert_ptr_nonnull(w->sim);
	ck_ok(sim_port_open(w->sim, &w->port, &err), &err);
	opts.event = on_event;
	opts.idle = on_idle;
	opts.user = w;
	opts.interrupt = &w->stop;
	opts.ends.timeout_ms = timeout_ms;
	ck_assert_msg(ef_monitor_run(w->port, &opts, &err) == (want == EF_OK),
		      "%s: %s; console: %s", board.chip, err.msg, sim_console(w->sim));
	ck_assert_int_eq(err.code, want);
	ck_assert_uint_eq(w->disconnects, 1);
	ef_port_close(w->port);
	sim_free(w->sim);
}

START_TEST(after_a_reset)
{
	struct watch w;

	go(_i, BY_RESET, 20000, EF_OK, &w);
	ck_assert_uint_eq(w.reconnects, 1);
	ck_assert_uint_eq(w.lines_after, 3);
}
END_TEST

START_TEST(after_deep_sleep)
{
	struct watch w;

	go(_i, BY_DEEP_SLEEP, 20000, EF_OK, &w);
	ck_assert_uint_eq(w.reconnects, 1);
	ck_assert_uint_eq(w.lines_after, 3);
	ck_assert_str_ne(w.name, "");
}
END_TEST

/* The port does not come back. Ctrl-C and --timeout work meanwhile. */
START_TEST(never_again)
{
	struct watch w;

	go(0, FOR_GOOD, 0, EF_OK, &w);
	ck_assert_uint_eq(w.reconnects, 0);
	go(0, FOR_GOOD, 600, EF_E_TIME_UP, &w);
}
END_TEST

Suite *suite_monitor_usb(void);
Suite *suite_monitor_usb(void)
{
	Suite *s = suite_create("monitor_usb");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 30);
	tcase_add_loop_test(t, after_a_reset, 0, EF_ARRAY_LEN(ports) - 1);
	tcase_add_loop_test(t, after_deep_sleep, 0, EF_ARRAY_LEN(ports));
	tcase_add_test(t, never_again);
	suite_add_tcase(s, t);
	return s;
}
