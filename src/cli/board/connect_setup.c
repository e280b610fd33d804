/* SPDX-License-Identifier: MIT */
/*
 * Translates the connection options for the flasher: which reset sequence to use,
 * how long to try and to wait, and what to remember.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/board/connect_setup.h"
#include "cli/config/esptool_cfg.h"
#include "cli/config/remember.h"
#include "cli/ui/ui.h"
#include "base/util.h"

/* --wait looks for the port at this interval: a person plugs it in. */
#define WAIT_STEP_MS 200u

/* ---- sequences ---- */

/*
 * RTS alone pulls EN low. A sequence that ends like that leaves the board in
 * reset, and the verdict would mislead the user.
 */
static void check_sequence(struct cli *cli, const struct ef_reset *reset)
{
	uint8_t lines = 0;

	for (size_t i = 0; i < reset->step_count; i++)
		lines = (uint8_t)((lines & ~reset->step[i].mask) |
				  (reset->step[i].value & reset->step[i].mask));
	if (lines == EF_RTS)
		ui_log(cli, EF_LOG_WARN,
		       "the reset sequence ends with RTS set and DTR not: that keeps most boards "
		       "in reset (add 'R0')");
}

/* Use the user's sequence, else esptool's. esptool's applies only if --before asks for a reset. */
static bool choose_sequence(struct cli *cli, const struct connect_args *args,
			    struct connect_plan *plan, struct ef_connect_opts *opts,
			    struct ef_err *err)
{
	const struct esptool_cfg_query query = { getenv("ESPTOOL_CFGFILE"),
						 getenv("XDG_CONFIG_HOME"), getenv("HOME"),
						 getenv("SUDO_UID") };
	char text[256], path[1024];

	if (args->reset_sequence) {
		if (!ef_reset_parse(args->reset_sequence, &plan->reset, err))
			return ef_context(err, "--reset-sequence");
		check_sequence(cli, &plan->reset);
		opts->reset = &plan->reset;
		return true;
	}
	if (args->before != EF_BEFORE_DEFAULT_RESET)
		return true;
	esptool_cfg_sequence(&query, text, sizeof(text), path, sizeof(path));
	if (!text[0])
		return true;
	if (!ef_reset_parse(text, &plan->reset, err))
		return ef_context(err, "custom_reset_sequence in '%s'", path);
	ui_log(cli, EF_LOG_INFO, "Using the reset sequence of '%s'", path);
	check_sequence(cli, &plan->reset);
	opts->reset = &plan->reset;
	return true;
}

bool connect_state_path(const struct connect_args *args, char *ret, size_t cap)
{
	return !args->no_remember &&
	       remember_path(ret, cap, getenv("XDG_STATE_HOME"), getenv("HOME"));
}

static void choose_first(const struct connect_args *args, const struct ef_port *port,
			 struct connect_plan *plan, struct ef_connect_opts *opts)
{
	char path[1024];

	if (opts->reset || args->before != EF_BEFORE_DEFAULT_RESET || !port->info.serial[0] ||
	    !connect_state_path(args, path, sizeof(path)))
		return;
	remember_get(path, &port->info, &plan->known);
	if (plan->known.strategy[0])
		opts->first_strategy = plan->known.strategy;
}

unsigned connect_polarity(const struct connect_args *args, const struct ef_port *port)
{
	unsigned inverted = (args->invert_dtr ? EF_DTR : 0u) | (args->invert_rts ? EF_RTS : 0u);
	struct remembered known = { .rate_hz = 0 };
	char path[1024];

	if (inverted || args->reset_sequence || !port->info.serial[0] ||
	    !connect_state_path(args, path, sizeof(path)))
		return inverted;
	remember_get(path, &port->info, &known);
	return known.is_inverted ? EF_DTR | EF_RTS : 0u;
}

/* ---- bounds ---- */

uint64_t connect_clock_us(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

void connect_spend(struct ef_connect_opts *opts, uint64_t begin_us)
{
	uint64_t spent_ms = (connect_clock_us() - begin_us) / 1000u;

	/*
	 * a wait for the board is the user's decision; without a timeout, opening has its own
	 * limits
	 */
	if (opts->timeout_ms && !opts->wait_ms)
		opts->timeout_ms = spent_ms < opts->timeout_ms
					   ? opts->timeout_ms - (uint32_t)spent_ms
					   : 1u;
}

static void choose_bounds(const struct connect_args *args, struct ef_connect_opts *opts)
{
	opts->attempts = args->connect_attempts.is_set ? args->connect_attempts.value : 0;
	if (args->connect_timeout.is_set)
		opts->timeout_ms = args->connect_timeout.value * 1000u;
	else if (args->connect_attempts.is_set) /* the time must be long enough for the attempts
						   that the user asked for */
		opts->timeout_ms = 10000u + args->connect_attempts.value * 2000u;
	if (args->wait.is_set)
		opts->wait_ms = args->wait.value ? args->wait.value * 1000u : UINT32_MAX;
	opts->has_hands = !args->non_interactive && isatty(STDERR_FILENO) && isatty(STDIN_FILENO);
	opts->reset_delay.is_set = args->reset_delay.is_set;
	opts->reset_delay.ms = (uint16_t)args->reset_delay.value;
}

bool connect_setup(struct cli *cli, const struct connect_args *args, struct ef_port *port,
		   struct connect_plan *plan, struct ef_connect_opts *opts, struct ef_err *err)
{
	unsigned inverted = connect_polarity(args, port);

	*plan = (struct connect_plan){ .known = { .rate_hz = 0 } };
	if (!cli->connected)
		cli->connected = calloc(1, sizeof(*cli->connected));
	if (!cli->connected)
		return ef_fail(err, EF_E_IO, "out of memory");
	opts->report = cli->connected;
	if (!choose_sequence(cli, args, plan, opts, err))
		return false;
	choose_first(args, port, plan, opts);
	choose_bounds(args, opts);
	return !inverted || ef_port_invert_lines(port, inverted, err);
}

void connect_learn(struct cli *cli, const struct connect_args *args, const struct ef_port *port)
{
	const struct ef_connect_report *r = cli->connected;
	struct remembered what = { .rate_hz = 0 };
	struct ef_err ignored = EF_ERR_INIT;
	char path[1024];

	/* remember only a sequence that has the same meaning next time: no custom one */
	if (!r || !ef_reset_by_name(r->strategy) || !port->info.serial[0] ||
	    !connect_state_path(args, path, sizeof(path)))
		return;
	(void)ef_strlcpy(what.strategy, sizeof(what.strategy), r->strategy);
	/* a single inverted line is a setting that the user gives with each command */
	what.is_inverted = port->inverted == (EF_DTR | EF_RTS);
	if (!remember_put(path, &port->info, &what, &ignored))
		ui_log(cli, EF_LOG_DEBUG, "not remembered: %s", ignored.msg);
}

/* ---- a port that comes later ---- */

/* Log each cause once: a port that has appeared may be busy, or not permitted. */
static void tell_waiting(struct cli *cli, struct connect_waiting *w, uint64_t now_us,
			 const char *why)
{
	if (now_us >= w->until_us || strncmp(w->said, why, sizeof(w->said) - 1) == 0)
		return;
	(void)ef_strlcpy(w->said, sizeof(w->said), why);
	if (w->until_us == UINT64_MAX)
		ui_log(cli, EF_LOG_INFO, "%s: trying again until Ctrl-C", why);
	else
		ui_log(cli, EF_LOG_INFO, "%s: trying again for %u s", why,
		       (unsigned)((w->until_us - now_us + 999999u) / 1000000u));
}

bool connect_may_wait(struct cli *cli, const struct connect_args *args, struct connect_waiting *w,
		      struct ef_err *err)
{
	const struct timespec step = { .tv_nsec = (long)WAIT_STEP_MS * 1000000 };
	uint64_t now_us = connect_clock_us();

	if (!args->wait.is_set || err->code != EF_E_PORT)
		return false;
	if (!w->until_us)
		w->until_us = args->wait.value ? now_us + args->wait.value * 1000000ull
					       : UINT64_MAX;
	tell_waiting(cli, w, now_us, err->msg);
	if (now_us >= w->until_us)
		return false;
	(void)nanosleep(&step, NULL);
	if (*cli->interrupt) {
		ef_err_clear(err);
		return ef_fail(err, EF_E_INTR, "interrupted");
	}
	/* the next try reports its own error */
	ef_err_clear(err);
	return true;
}
