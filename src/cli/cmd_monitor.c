/* SPDX-License-Identifier: MIT */
/*
 * The monitor, after flashing or attached to a board that runs: knows at
 * which rate, and whether the chip is reset for it.
 */
#include <unistd.h>

#include "cli/cli.h"
#include <espflash/monitor.h>
#include <espflash/reset.h>

static bool run(struct cli *cli, struct ef_port *port, bool non_interactive, struct ef_err *err)
{
	bool has_keys = !non_interactive || isatty(STDIN_FILENO);
	const struct ef_monitor_opts opts = {
		.in_fd = has_keys ? STDIN_FILENO : -1,
		.out_fd = STDOUT_FILENO,
		.interrupt = cli->interrupt,
		.is_quiet = cli->global.quiet || non_interactive,
	};

	fflush(cli->out);
	return ef_monitor_run(port, &opts, err);
}

/* ---- after another command ---- */

static uint32_t rate_for(const struct opt_u32 *baud, const struct ef_device *dev)
{
	/* The ROM and an app that believe in 40 MHz run the UART slower on a smaller crystal. */
	if (!baud->is_set && (dev->chip->flags & EF_CHIP_ROM_BAUD_ASSUMES_40M) && dev->xtal_mhz)
		return (uint32_t)((uint64_t)baud->value * dev->xtal_mhz / 40u);
	return baud->value;
}

bool monitor_after(struct cli *cli, struct session *s, const struct connect_args *connect,
		   const struct monitor_args *mon, bool is_running, struct ef_err *err)
{
	struct ef_port *port = s->port;

	if (!ef_port_set_baud(port, rate_for(&mon->baud, ef_flasher_device(s->flasher)), err))
		return false;
	/* finish() started the app already, unless --after said otherwise. */
	if (connect->non_interactive && !mon->no_reset && !is_running &&
	    connect->after != EF_AFTER_HARD_RESET && connect->after != EF_AFTER_WATCHDOG_RESET &&
	    !ef_reset_run(ef_reset_hard(port), port, err))
		return false;
	return run(cli, port, connect->non_interactive, err);
}

/* ---- attached ---- */

static bool wants_reset(const struct attach_args *a)
{
	return !a->mon.no_reset && a->connect.before != EF_BEFORE_NO_RESET &&
	       a->connect.before != EF_BEFORE_NO_RESET_NO_SYNC;
}

static bool start_app(struct cli *cli, const struct attach_args *a, struct ef_port *port,
		      struct ef_err *err)
{
	const struct ef_reset *reset = a->connect.before == EF_BEFORE_USB_RESET
					       ? ef_reset_by_name("usb-jtag-hard")
					       : ef_reset_hard(port);

	if (!ef_reset_run(reset, port, err))
		return false;
	if (!(port->caps & EF_PORT_HAS_LINES))
		ui_log(cli, EF_LOG_WARN,
		       "no reset possible: this port has no DTR and RTS; press "
		       "RESET to see the start of the app");
	return true;
}

bool cmd_monitor(struct cli *cli, const void *args, struct ef_err *err)
{
	const struct attach_args *a = args;
	struct session s = SESSION_INIT;
	bool resets = wants_reset(a), ok;

	ok = session_open_port(cli, &a->connect, a->mon.baud.value, !resets, &s, err) &&
	     (!resets || start_app(cli, a, s.port, err)) &&
	     run(cli, s.port, a->connect.non_interactive, err);
	session_close(&s);
	return ok;
}
