/* SPDX-License-Identifier: MIT */
/* monitor: resets the chip unless told otherwise, then runs the monitor. */
#include "cli/cmd/cmd.h"

#include <string.h>

#include "cli/monitor/monitor_run.h"
#include "cli/ui/ui.h"
#include <espflash/reset.h>

static bool wants_reset(const struct attach_args *a)
{
	return !a->mon.no_reset && a->connect.before != EF_BEFORE_NO_RESET &&
	       a->connect.before != EF_BEFORE_NO_RESET_NO_SYNC;
}

/*
 * Return how many steps of the sequence must pass until the old app is silent and the new one has
 * not yet started.
 */
static uint8_t quiet_after(const struct ef_reset *reset)
{
	uint8_t at = 0;

	if (reset->needs == 0)
		return (uint8_t)(reset->step_count - 1); /* the last step ends the reset */
	/* the chip's own USB port resets it as soon as RTS is set */
	while (at < reset->step_count && !(reset->step[at].value & EF_RTS))
		at++;
	return at;
}

/* Reset the chip and discard the app's earlier output: --until must not match it. */
static bool run_afresh(const struct ef_reset *reset, struct ef_port *port, struct ef_err *err)
{
	struct ef_reset begin = *reset, end = *reset;
	uint8_t split = quiet_after(reset);
	struct ef_err gone = EF_ERR_INIT;

	if (!(port->caps & EF_PORT_HAS_LINES))
		return true;
	begin.step_count = split;
	end.step_count = (uint8_t)(reset->step_count - split);
	memmove(end.step, end.step + split, end.step_count * sizeof(end.step[0]));
	if (!ef_reset_run(&begin, port, err))
		return false;
	if (!ef_port_discard(port, &gone))
		ef_err_clear(
			&gone); /* the port may go away with the reset: the monitor waits for it */
	return ef_reset_run(&end, port, err);
}

static bool start_app(struct cli *cli, const struct attach_args *a, struct ef_port *port,
		      struct ef_err *err)
{
	const struct ef_reset *reset = a->connect.before == EF_BEFORE_USB_RESET
					       ? ef_reset_by_name("usb-jtag-hard")
					       : ef_reset_hard(port);

	if (!run_afresh(reset, port, err))
		return false;
	if (!(port->caps & EF_PORT_HAS_LINES))
		ui_log(cli, EF_LOG_WARN,
		       "no reset possible: this port has no DTR and RTS; press "
		       "RESET to see the start of the app");
	return true;
}

/* The monitor's time includes the opening of its port. */
static struct connect_args bounded(const struct attach_args *a)
{
	struct connect_args ret = a->connect;

	if (a->mon.end.timeout.is_set &&
	    (!ret.connect_timeout.is_set || ret.connect_timeout.value > a->mon.end.timeout.value))
		ret.connect_timeout = a->mon.end.timeout;
	return ret;
}

bool cmd_monitor(struct cli *cli, const void *args, struct ef_err *err)
{
	const struct attach_args *a = args;
	const struct connect_args connect = bounded(a);
	struct session s = SESSION_INIT;
	bool resets = wants_reset(a), ok;
	struct monitor_run *r = monitor_run_new(cli, &a->mon, NULL, NULL, err);

	if (r && resets)
		monitor_may_reset(r);
	ok = r && session_open_port(cli, &connect, a->mon.baud.value, !resets, &s, err) &&
	     (!resets || start_app(cli, a, s.port, err)) &&
	     monitor_run_timed(r, &s, a->connect.non_interactive, err);
	session_close(&s);
	monitor_run_free(r);
	return ok;
}
