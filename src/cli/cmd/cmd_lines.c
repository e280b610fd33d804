/* SPDX-License-Identifier: MIT */
/* reset and hold-in-reset: they move the control lines and need no answer from the chip. */
#include "cli/cmd/cmd.h"

#include "cli/board/session.h"
#include "cli/ui/json_out.h"
#include "cli/ui/ui.h"
#include "base/util.h"
#include <espflash/flasher.h>
#include <espflash/reset.h>

static bool no_lines(struct ef_err *err)
{
	ef_fail(err, EF_E_UNSUPP, "this port has no DTR and RTS: it can't reset the chip");
	return ef_hint_own(err, "press the board's RESET button");
}

/* ---- reset ---- */

static const char *const after_name[] = {
	[EF_AFTER_HARD_RESET] = "hard-reset",
	[EF_AFTER_NO_RESET] = "no-reset",
	[EF_AFTER_NO_RESET_NO_STUB] = "no-reset-no-stub",
	[EF_AFTER_WATCHDOG_RESET] = "watchdog-reset",
};

/* Build the JSON result. chip NULL: the chip was not asked. */
static bool reset_json(struct cli *cli, int after, const struct ef_chip *chip, struct ef_err *err)
{
	struct json_out *j;

	if (!cli->is_json)
		return true;
	j = json_new(cli->command);
	json_text(j, "after", after_name[after]);
	json_text(j, "method",
		  after == EF_AFTER_HARD_RESET       ? "lines"
		  : after == EF_AFTER_WATCHDOG_RESET ? "watchdog"
						     : "loader");
	json_text(j, "chip", chip ? chip->name : NULL);
	return ui_result(cli, j, err);
}

static bool fail_unproven(const struct ef_reset_proof *p, struct ef_err *err)
{
	const char *open = p->line[0] ? ": '" : "", *close = p->line[0] ? "'" : "";

	if (p->is_by_itself)
		ef_fail(err, EF_E_UNPROVEN,
			"the chip starts by itself, and nothing proves that it was reset%s%s%s",
			open, p->line, close);
	else if (p->is_talking)
		ef_fail(err, EF_E_UNPROVEN,
			"the chip printed during the reset, and nothing proves that it was "
			"reset%s%s%s",
			open, p->line, close);
	else if (p->has_words)
		ef_fail(err, EF_E_UNPROVEN,
			"the chip printed something, but nothing that proves a reset%s%s%s", open,
			p->line, close);
	else
		ef_fail(err, EF_E_UNPROVEN, "the chip printed nothing that proves a reset");
	return ef_hint_own(err, "see the chip's output: espflash-c monitor; it can't prove a reset "
				"if an eFuse silences the ROM");
}

/* The chip's output must prove that it was reset, and that its application starts. */
static bool judge(const struct ef_reset_proof *p, struct ef_err *err)
{
	if (p->has_no_wires)
		return true;
	if (p->is_in_vain)
		return ef_reset_fail(err);
	if (p->is_download) {
		ef_fail(err, EF_E_NOT_STARTED, "the chip is in download mode after the reset: '%s'",
			p->line);
		return ef_hint_own(err, "release BOOT and press RESET; IO0 must be high then");
	}
	return p->is_proved || fail_unproven(p, err);
}

/* A loader of an earlier session may still run. The reset must end it. */
static bool pulse_and_look(struct cli *cli, struct ef_port *port, const struct ef_reset *reset,
			   struct ef_err *err)
{
	const struct ef_reset_try how = { .reset = reset,
					  .loader_hz = EF_RATE_ROM,
					  .hear_hz = EF_RATE_ROM };
	unsigned inverted = port->inverted;
	struct ef_reset_proof proof;
	struct ef_rom rom;
	bool ok;

	if (!ef_rom_init(&rom, port, err))
		return false;
	ok = ef_reset_prove(&how, &rom, &proof, err);
	ef_rom_release(&rom);
	if (!ok || !judge(&proof, err))
		return false;
	if (port->inverted != inverted)
		ui_log(cli, EF_LOG_WARN,
		       "only the other polarity of DTR and RTS resets this board: it inverts "
		       "them, or their wires are swapped");
	return true;
}

static bool pulse(struct cli *cli, const struct connect_args *connect, struct ef_err *err)
{
	struct session s = SESSION_INIT;
	bool ok;

	if (!session_open_port(cli, connect, EF_RATE_ROM, false, &s, err))
		return false;
	ui_log(cli, EF_LOG_INFO, "Resetting target device");
	ok = pulse_and_look(cli, s.port,
			    connect->before == EF_BEFORE_USB_RESET
				    ? ef_reset_by_name("usb-jtag-hard")
				    : ef_reset_hard(s.port),
			    err) &&
	     ((s.port->caps & EF_PORT_HAS_LINES) || no_lines(err)) &&
	     reset_json(cli, EF_AFTER_HARD_RESET, NULL, err);
	session_close(&s);
	return ok;
}

/* Reset through the loader, for every kind of reset that the lines alone can't do. */
static bool by_loader(struct cli *cli, const struct connect_args *connect, struct ef_err *err)
{
	struct connect_args args = *connect;
	struct session s = SESSION_INIT;
	bool ok;

	if (args.after != EF_AFTER_NO_RESET_NO_STUB)
		args.no_stub = true;
	ok = session_open(cli, &args, &s, err);
	if (ok) {
		ui_log(cli, EF_LOG_INFO, "Resetting target device");
		ok = ef_flasher_finish(s.flasher, (enum ef_after)args.after, err) &&
		     reset_json(cli, args.after, ef_flasher_device(s.flasher)->chip, err);
	}
	session_close(&s);
	return ok;
}

bool cmd_reset(struct cli *cli, const void *args, struct ef_err *err)
{
	const struct lines_args *a = args;

	return a->connect.after == EF_AFTER_HARD_RESET ? pulse(cli, &a->connect, err)
						       : by_loader(cli, &a->connect, err);
}

/* ---- hold-in-reset ---- */

/* Wait for the time or an interrupt. Reading from the port notices when the port goes away. */
static bool wait_held(struct ef_port *port, const struct opt_u32 *seconds, bool *ret_interrupted,
		      struct ef_err *err)
{
	uint64_t end_us = ef_port_now_us(port) + (uint64_t)seconds->value * 1000000u;
	uint8_t ignored[256];
	size_t len;

	*ret_interrupted = false;
	while (!seconds->is_set || ef_port_now_us(port) < end_us) {
		uint64_t until_us = ef_port_deadline(port, 100);

		if (seconds->is_set && until_us > end_us)
			until_us = end_us;
		if (ef_port_read(port, ignored, sizeof(ignored), until_us, &len, err))
			continue;
		if (err->code != EF_E_INTR || seconds->is_set)
			return false;
		/* Without --for an interrupt is the normal end. */
		ef_err_clear(err);
		*ret_interrupted = true;
		return true;
	}
	return true;
}

static bool hold_json(struct cli *cli, uint64_t us, bool is_interrupted, struct ef_err *err)
{
	struct json_out *j;

	if (!cli->is_json)
		return true;
	j = json_new(cli->command);
	json_real(j, "seconds", (double)us / 1e6);
	json_bool(j, "interrupted", is_interrupted);
	return ui_result(cli, j, err);
}

/*
 * An interrupt can only cut the wait for a server's answer short: the lines are set by then. The
 * next wait notices the interrupt, too.
 */
static bool set_lines(struct ef_port *port, unsigned lines, struct ef_err *err)
{
	if (ef_port_set_lines(port, EF_DTR | EF_RTS, lines, err))
		return true;
	if (err->code != EF_E_INTR)
		return false;
	ef_err_clear(err);
	return true;
}

bool cmd_hold_in_reset(struct cli *cli, const void *args, struct ef_err *err)
{
	const struct hold_args *a = args;
	struct session s = SESSION_INIT;
	struct ef_err late = EF_ERR_INIT;
	bool ok = false, is_interrupted;
	uint64_t start_us;

	if (!session_open_port(cli, &a->connect, EF_RATE_ROM, false, &s, err))
		return false;
	/* On common boards RTS alone pulls EN low. */
	if (!set_lines(s.port, EF_RTS, err))
		goto out;
	if (!(s.port->caps & EF_PORT_HAS_LINES)) {
		no_lines(err);
		goto out;
	}
	ui_log(cli, EF_LOG_INFO, "Holding target device in reset%s",
	       a->seconds.is_set ? "" : "; Ctrl-C releases it");
	start_us = ef_port_now_us(s.port);
	ok = wait_held(s.port, &a->seconds, &is_interrupted, err);
	/* Keep the first error. */
	ok = set_lines(s.port, 0, ok ? err : &late) && ok;
	if (ok) {
		ui_log(cli, EF_LOG_INFO, "Released");
		ok = hold_json(cli, ef_port_now_us(s.port) - start_us, is_interrupted, err);
	}
out:
	session_close(&s);
	return ok;
}
