/* SPDX-License-Identifier: MIT */
/*
 * Runs the monitor, alone or after another command, with the keyboard, the lending of its port and
 * the guard of the terminal.
 */
#include "cli/monitor/monitor_run.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/board/connect_setup.h"
#include "cli/board/lend.h"
#include "cli/monitor/monitor_setup.h"
#include "cli/ui/term_guard.h"
#include "cli/ui/ui.h"
#include <espflash/reset.h>

struct monitor_run {
	struct monitor_setup setup;
	struct lender lender;
};

struct monitor_run *monitor_run_new(struct cli *cli, const struct monitor_args *mon,
				    const char *app_elf, const struct ef_map *opened,
				    struct ef_err *err)
{
	struct monitor_run *r = calloc(1, sizeof(*r));

	if (!r) {
		ef_fail(err, EF_E_IO, "out of memory");
		return NULL;
	}
	if (monitor_setup_open(&r->setup, cli, mon, app_elf, opened, err))
		return r;
	monitor_run_free(r);
	return NULL;
}

void monitor_run_free(struct monitor_run *r)
{
	if (r)
		monitor_setup_close(&r->setup);
	free(r);
}

const struct ef_symbols_elf *monitor_run_app(const struct monitor_run *r)
{
	return r && r->setup.args->decode.elf.count == 0 ? monitor_elves_app(r->setup.elves) : NULL;
}

static void on_idle(void *user, struct ef_monitor *m)
{
	struct monitor_setup *s = user;

	lend_idle(s->lender, m);
	monitor_setup_idle(s, m);
}

static bool run(struct monitor_run *r, struct session *s, bool non_interactive, struct ef_err *err)
{
	struct ef_monitor_opts *o = &r->setup.opts;
	struct cli *cli = r->setup.cli;
	bool ok;

	/* Without --non-interactive a pipe is read like a keyboard. */
	o->input.fd = !non_interactive || isatty(STDIN_FILENO) ? STDIN_FILENO : -1;
	o->input.is_quiet = cli->global.quiet || non_interactive;
	lend_open(&r->lender, cli, s, s->port->rate_hz, !r->setup.args->no_reset);
	r->setup.lender = &r->lender;
	o->idle = on_idle;
	ui_stream(cli);
	term_guard(STDIN_FILENO);
	ok = ef_monitor_run(s->port, o, err);
	lend_close(&r->lender);
	return ok;
}

bool monitor_run_timed(struct monitor_run *r, struct session *s, bool non_interactive,
		       struct ef_err *err)
{
	uint64_t spent_ms = (connect_clock_us() - s->begin_us) / 1000u;

	r->setup.opts.ends.spent_ms = spent_ms < UINT32_MAX ? (uint32_t)spent_ms : UINT32_MAX;
	return run(r, s, non_interactive, err);
}

void monitor_may_reset(struct monitor_run *r)
{
	r->setup.opts.may_reset = true;
}

/* ---- after another command ---- */

static uint32_t rate_for(const struct opt_u32 *baud, const struct ef_device *dev)
{
	/*
	 * A ROM and an app that assume a 40 MHz crystal run the UART slower on a
	 * smaller crystal.
	 */
	if (!baud->is_set && (dev->chip->flags & EF_CHIP_ROM_BAUD_ASSUMES_40M) && dev->xtal_mhz)
		return (uint32_t)((uint64_t)baud->value * dev->xtal_mhz / 40u);
	return baud->value;
}

bool monitor_after(struct monitor_run *r, struct session *s, const struct connect_args *connect,
		   bool is_running, struct ef_err *err)
{
	const struct monitor_args *mon = r->setup.args;
	struct ef_port *port = s->port;
	bool starts_app = connect->after == EF_AFTER_HARD_RESET ||
			  connect->after == EF_AFTER_WATCHDOG_RESET || is_running;

	/* the user may build again while the monitor runs */
	if (!ef_map_used(err) ||
	    !ef_port_set_baud(port, rate_for(&mon->baud, ef_flasher_device(s->flasher)), err))
		return false;
	/* ef_flasher_finish has started the app, unless --after said otherwise. */
	if (!starts_app && connect->non_interactive && !mon->no_reset) {
		if (!ef_reset_run(ef_reset_hard(port), port, err))
			return false;
	} else if (!starts_app) {
		ui_log(r->setup.cli, EF_LOG_WARN,
		       "The chip stays in its loader, as '--after' asks, so no app prints "
		       "anything: press RESET on the board to start it");
	}
	return run(r, s, connect->non_interactive, err);
}
