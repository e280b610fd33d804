/* SPDX-License-Identifier: MIT */
/*
 * The monitor, after flashing or attached to a board that runs: knows at
 * which rate, and whether the chip is reset for it.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/board/lend.h"
#include "cli/monitor/monitor_setup.h"
#include "cli/table/options.h"
#include "cli/ui/term_guard.h"
#include <espflash/reset.h>

struct run {
	struct monitor_setup setup;
	struct lender lender;
};

static void on_idle(void *user, struct ef_monitor *m)
{
	struct monitor_setup *s = user;

	lend_idle(s->lender, m);
	monitor_setup_idle(s, m);
}

static bool run(struct cli *cli, struct run *r, struct session *s, bool non_interactive,
		const struct monitor_args *mon, struct ef_err *err)
{
	struct ef_monitor_opts *o = &r->setup.opts;
	bool ok;

	/* without --non-interactive a pipe types, too */
	o->input.fd = !non_interactive || isatty(STDIN_FILENO) ? STDIN_FILENO : -1;
	o->input.is_quiet = cli->global.quiet || non_interactive;
	lend_open(&r->lender, cli, s, s->port->rate_hz, !mon->no_reset);
	r->setup.lender = &r->lender;
	o->idle = on_idle;
	cli_stream(cli);
	term_guard(STDIN_FILENO);
	ok = ef_monitor_run(s->port, o, err);
	lend_close(&r->lender);
	return ok;
}

static struct run *run_new(struct cli *cli, const struct monitor_args *mon, const char *elf,
			   struct ef_err *err)
{
	struct run *r = calloc(1, sizeof(*r));

	if (!r) {
		ef_fail(err, EF_E_IO, "out of memory");
		return NULL;
	}
	if (monitor_setup_open(&r->setup, cli, mon, elf, err))
		return r;
	monitor_setup_close(&r->setup);
	free(r);
	return NULL;
}

static void run_free(struct run *r)
{
	if (r)
		monitor_setup_close(&r->setup);
	free(r);
}

/* ---- after another command ---- */

/* Options that only a monitor needs, given without one: not those of the environment. */
static void warn_unused(struct cli *cli)
{
	for (const struct opt *o = opts_monitor.opts; o->name; o++) {
		if (opt_from(cli->program, cli->parsed, o->name) != OPT_FROM_ARGS)
			continue;
		ui_log(cli, EF_LOG_WARN, "'--%s' has no effect without '--monitor'", o->name);
		return;
	}
}

bool monitor_early(struct cli *cli, const struct monitor_args *mon, const char *elf, bool is_wanted,
		   struct ef_err *err)
{
	struct run *r;

	if (!is_wanted) {
		warn_unused(cli);
		return true;
	}
	r = run_new(cli, mon, elf, err);
	run_free(r);
	return r != NULL;
}

static uint32_t rate_for(const struct opt_u32 *baud, const struct ef_device *dev)
{
	/* The ROM and an app that believe in 40 MHz run the UART slower on a smaller crystal. */
	if (!baud->is_set && (dev->chip->flags & EF_CHIP_ROM_BAUD_ASSUMES_40M) && dev->xtal_mhz)
		return (uint32_t)((uint64_t)baud->value * dev->xtal_mhz / 40u);
	return baud->value;
}

bool monitor_after(struct cli *cli, struct session *s, const struct connect_args *connect,
		   const struct monitor_args *mon, const char *elf, bool is_running,
		   struct ef_err *err)
{
	struct ef_port *port = s->port;
	struct run *r;
	bool ok;

	if (!ef_port_set_baud(port, rate_for(&mon->baud, ef_flasher_device(s->flasher)), err))
		return false;
	/* finish() started the app already, unless --after said otherwise. */
	if (connect->non_interactive && !mon->no_reset && !is_running &&
	    connect->after != EF_AFTER_HARD_RESET && connect->after != EF_AFTER_WATCHDOG_RESET &&
	    !ef_reset_run(ef_reset_hard(port), port, err))
		return false;
	r = run_new(cli, mon, elf, err);
	ok = r && run(cli, r, s, connect->non_interactive, mon, err);
	run_free(r);
	return ok;
}

/* ---- attached ---- */

static bool wants_reset(const struct attach_args *a)
{
	return !a->mon.no_reset && a->connect.before != EF_BEFORE_NO_RESET &&
	       a->connect.before != EF_BEFORE_NO_RESET_NO_SYNC;
}

/* After so many steps the old app is silent, and the new one didn't begin yet. */
static uint8_t quiet_after(const struct ef_reset *reset)
{
	uint8_t at = 0;

	if (reset->needs == 0)
		return (uint8_t)(reset->step_count - 1); /* held in reset until the last one */
	/* the chip's own USB port resets it as soon as RTS is on */
	while (at < reset->step_count && !(reset->step[at].value & EF_RTS))
		at++;
	return at;
}

/* What the app said before isn't what was asked for, nor is it to match --until. */
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
		ef_err_clear(&gone); /* a port that left with the reset: the monitor sees to it */
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

bool cmd_monitor(struct cli *cli, const void *args, struct ef_err *err)
{
	const struct attach_args *a = args;
	struct session s = SESSION_INIT;
	bool resets = wants_reset(a), ok;
	struct run *r = run_new(cli, &a->mon, NULL, err);

	ok = r && session_open_port(cli, &a->connect, a->mon.baud.value, !resets, &s, err) &&
	     (!resets || start_app(cli, a, s.port, err)) &&
	     run(cli, r, &s, a->connect.non_interactive, &a->mon, err);
	session_close(&s);
	run_free(r);
	return ok;
}
