/* SPDX-License-Identifier: MIT */
/* Has the public functions that open, query and close a session. */
#include <stdlib.h>

#include <espflash/log.h>

#include "flasher/ahead.h"
#include "flasher/check.h"
#include "flasher/connect.h"
#include "flasher/device.h"
#include "flasher/session.h"
#include "flasher/spi_flash.h"
#include "flasher/start.h"
#include "flasher/words.h"

/* Send nothing and rely on the caller's facts instead. */
static bool trust_user(struct ef_flasher *f, struct ef_err *err)
{
	if (!f->opts.chip) {
		ef_fail(err, EF_E_USAGE,
			"a session that sends the chip nothing cannot identify it");
		return ef_hint_set(err, EF_HINT_CHIP_NEEDED);
	}
	ef_event_advise(f, EF_HINT_NOT_ASKED,
			"the chip is neither reset nor asked for its loader, as demanded: the "
			"connection fails if the chip is not in bootloader or flasher stub mode");
	f->dev.chip = f->opts.chip;
	/* like espflash, assume that a stub still runs, unless the user says otherwise */
	ef_session_use_loader(f, f->opts.no_stub ? EF_LOADER_ROM : EF_LOADER_STUB);
	f->is_stub_reused = !f->opts.no_stub;
	/* like esptool, open at the final rate: this mode never asks the chip to change it */
	f->rate_hz = f->opts.rate_hz && !f->plan.is_auto ? f->opts.rate_hz : EF_RATE_ROM;
	f->plan.is_stuck = true;
	return ef_port_set_baud(f->port, f->rate_hz, err);
}

/*
 * While a session is being built, recovery repeats single exchanges. Later it repeats the
 * step of the work that contains them.
 */
static bool while_connecting(struct ef_flasher *f,
			     bool (*what)(struct ef_flasher *f, struct ef_err *err),
			     struct ef_err *err)
{
	bool ok;

	f->recovery.is_connecting = true;
	if (!f->opts.wait_ms)
		ef_session_set_limit(f);
	ok = what(f, err);
	ef_session_clear_limit(f);
	f->recovery.is_connecting = false;
	return ok;
}

static bool learn(struct ef_flasher *f, struct ef_err *err)
{
	return ef_device_detect(f, err) && ef_device_console(f, err) && ef_device_facts(f, err) &&
	       (f->opts.skip_flash || ef_spi_flash_open(f, err));
}

bool ef_flasher_learn(struct ef_flasher *f, struct ef_err *err)
{
	if (while_connecting(f, learn, err))
		return true;
	return ef_is_no_answer(err) ? ef_hint_numbers(err, EF_HINT_NO_LOADER_AT_RATE, f->rate_hz, 0)
				    : false;
}

static bool connect_to(struct ef_flasher *f, struct ef_err *err)
{
	if (f->opts.before == EF_BEFORE_NO_RESET_NO_SYNC)
		return trust_user(f, err);
	return ef_session_start(f, err);
}

static bool init(struct ef_flasher *f, struct ef_port *port, const struct ef_connect_opts *opts,
		 struct ef_err *err)
{
	f->port = port;
	f->opts = *opts;
	f->rungs = &ef_session_rungs;
	/* like esptool, connect at the user's rate if it is below the ROM's default */
	f->plan = (struct ef_rate_plan){ .is_auto = opts->speed.is_auto };
	if (opts->speed.is_auto)
		f->plan.wanted_hz = opts->rate_hz;
	f->rom_rate_hz = opts->rate_hz && opts->rate_hz < EF_RATE_ROM ? opts->rate_hz : EF_RATE_ROM;
	f->recovery.patience_ms = port->caps & EF_PORT_REMOTE ? ef_budgets.patience.remote_ms
							      : ef_budgets.patience.ms;
	if (!ef_rom_init(&f->rom, port, err))
		return false;
	f->rom.exchange = ef_exchange;
	f->rom.exchange_ctx = f;
	return true;
}

bool ef_flasher_connect(struct ef_port *port, const struct ef_connect_opts *opts,
			struct ef_flasher **ret, struct ef_err *err)
{
	struct ef_flasher *f = calloc(1, sizeof(*f));
	uint64_t start_us;

	if (!f)
		return ef_fail(err, EF_E_IO, "out of memory");
	start_us = ef_port_now_us(port);
	f->to_write.ahead = ef_ahead_start(opts->speed.likely);
	if (!init(f, port, opts, err) || !while_connecting(f, connect_to, err)) {
		ef_flasher_close(f);
		return false;
	}
	ef_log(EF_LOG_DEBUG, "connected in %u ms: %s, %s, %u baud, flash %u KiB (id 0x%06x)",
	       (unsigned)((ef_port_now_us(port) - start_us) / 1000), f->dev.chip->label,
	       f->rom.loader == EF_LOADER_STUB ? "stub" : "ROM loader", port->rate_hz,
	       f->dev.flash_size / EF_KIB, f->dev.flash_id);
	*ret = f;
	return true;
}

void ef_flasher_close(struct ef_flasher *f)
{
	if (!f)
		return;
	ef_rom_release(&f->rom);
	ef_checked_free(f->to_write.checked);
	ef_ahead_free(f->to_write.ahead);
	free(f);
}

const struct ef_device *ef_flasher_device(const struct ef_flasher *f)
{
	return &f->dev;
}

struct ef_rom *ef_flasher_rom(struct ef_flasher *f)
{
	return &f->rom;
}

bool ef_flasher_line_damages(const struct ef_flasher *f)
{
	return ef_words_are_doubtful(f);
}
