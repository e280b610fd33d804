/* SPDX-License-Identifier: MIT */
/*
 * A session from the first SYNC to the last: the order of the steps between
 * connecting and being ready to work, and the way back when a faster rate
 * turns out to be one too many.
 */
#include <stdlib.h>

#include <espflash/log.h>

#include "flasher/flasher_priv.h"

static bool power_up_flash(struct ef_flasher *f, struct ef_err *err)
{
	const struct ef_chip *chip = f->dev.chip;
	const struct ef_regs regs = ef_flasher_regs(f);

	if (!chip->hooks.flash_power_up || f->dev.is_secure_download)
		return true;
	return chip->hooks.flash_power_up(chip, &regs, f->dev.revision, err);
}

/* What the board says of itself comes without a checksum. */
#define CONFIRMATIONS 5u

static bool is_same_board(const struct ef_device *a, const struct ef_device *b)
{
	return a->revision == b->revision && memcmp(a->mac, b->mac, sizeof(a->mac)) == 0 &&
	       a->flash_id == b->flash_id && a->flash_size == b->flash_size &&
	       a->is_secure_boot == b->is_secure_boot;
}

static bool confirm_flash(struct ef_flasher *f, struct ef_err *err)
{
	uint32_t id;

	if (f->opts.skip_flash)
		return true;
	if (!ef_spi_flash_id(f, &id, err))
		return false;
	return id == f->dev.flash_id || ef_spi_flash_open(f, err);
}

/*
 * Where bytes got lost or damaged meanwhile, or no upload has shown that they don't,
 * it is asked again until two answers agree: a wrong flash size would end up in the
 * bootloader's header. The SYNC before it takes answers off the line that came too late.
 */
static bool confirm_facts(struct ef_flasher *f, struct ef_err *err)
{
	bool answers = false;

	bool was_proved = f->dev.is_stub && !f->is_stub_reused && !f->rom.damages;

	if (was_proved || f->dev.is_secure_download)
		return true;
	for (unsigned i = 0; i < CONFIRMATIONS; i++) {
		const struct ef_device was = f->dev;

		if (!ef_resync(f, &answers, err))
			return false;
		if (!answers)
			return ef_fail(err, EF_E_TIMEOUT, "the chip stopped answering");
		if (!ef_device_facts(f, err) || !confirm_flash(f, err))
			return false;
		/* a stub may have raised the clock that tells it */
		if (f->dev.xtal_mhz == 0)
			f->dev.xtal_mhz = was.xtal_mhz;
		if (is_same_board(&was, &f->dev))
			return true;
	}
	return ef_fail(err, EF_E_TIMEOUT, "the chip's answers differ from one time to the next");
}

static bool prepare_steps(struct ef_flasher *f, struct ef_err *err)
{
	if (!ef_device_detect(f, err))
		return false;
	f->is_stub_reused = f->rom.loader == EF_LOADER_STUB;
	if (!ef_device_console(f, err) || !ef_device_facts(f, err))
		return false;
	if (!f->opts.skip_flash && !power_up_flash(f, err))
		return false;
	return ef_stub_start(f, err) && (f->opts.skip_flash || ef_spi_flash_open(f, err)) &&
	       confirm_facts(f, err);
}

/* From the first answer to a loader that is ready, at the rate that connecting starts with. */
static bool prepare(struct ef_flasher *f, struct ef_err *err)
{
	bool ok = prepare_steps(f, err);

	f->rom.rx_log = NULL;
	return ok;
}

/*
 * A chip that answered SYNC and then falls silent lost a byte, or a watchdog
 * took it: again, from a reset. esptool reconnects once; a bad line may take
 * more.
 */
#define PREPARE_RETRIES 3u
/* ... after so long it isn't tried again */
#define PREPARE_MS 10000u
/* ... one that answers, only that the line damages it, is worth more */
#define PREPARE_BAD_LINE_RETRIES 6u
#define PREPARE_BAD_LINE_MS      40000u
/* ... before that a question is repeated */
#define REPEATS 3u
/* How often a port may leave between the first answer and a session */
#define REPLUGS 2u
/* A chip that isn't busy answers within ms; USB bridges, hubs and hosts add some tens. */
#define PATIENCE_MS        400u
#define PATIENCE_REMOTE_MS 1500u

static bool may_prepare_again(const struct ef_flasher *f, unsigned retries, uint64_t start_us)
{
	bool is_bad_line = f->rom.damages > 1;
	uint64_t spent_us = ef_port_now_us(f->port) - start_us;

	return retries < (is_bad_line ? PREPARE_BAD_LINE_RETRIES : PREPARE_RETRIES) &&
	       spent_us < (is_bad_line ? PREPARE_BAD_LINE_MS : PREPARE_MS) * UINT64_C(1000);
}

static bool start_session(struct ef_flasher *f, struct ef_err *err)
{
	uint64_t start_us = ef_port_now_us(f->port);

	f->rate_hz = f->rom_rate_hz;
	f->lost_boots = (struct ef_boot_counts){ 0 };
	f->lost_rx.len = 0;
	if (!ef_port_set_baud(f->port, f->rom_rate_hz, err) || !ef_connect_loop(f, err))
		return false;
	f->was_met = true;
	for (unsigned i = 0; !prepare(f, err); i++) {
		if (!ef_is_line_fault(f, err))
			return false;
		ef_connect_lost(f);
		if (!may_prepare_again(f, i, start_us))
			return ef_connect_lost_fail(f, err);
		ef_event_warn(f, "%s: connecting again", err->msg);
		f->rom.damages += f->rom.was_refused; /* it was meant for another request */
		ef_err_clear(err);
		f->must_reset = true;
		f->rom.loader = EF_LOADER_ROM;
		if (!ef_rom_discard(&f->rom, err) || !ef_connect_loop(f, err))
			return false;
	}
	return true;
}

/*
 * No answer at either rate: the chip sits at one that the line doesn't carry.
 * A reset brings it back, and the work goes on at the slower rate.
 */
static bool recover_from_rate(struct ef_flasher *f, uint32_t rate_hz, struct ef_err *err)
{
	ef_event_warn(f, "no answer at %u baud: connecting again, staying at %u", rate_hz,
		      f->rom_rate_hz);
	f->must_reset = true;
	if (start_session(f, err))
		return true;
	if (ef_is_no_answer(err))
		return ef_hint(err,
			       "the line does not carry %u baud: reset the board, then use "
			       "'--baud %u'",
			       rate_hz, f->rom_rate_hz);
	return false;
}

static bool change_rate(struct ef_flasher *f, uint32_t rate_hz, struct ef_err *err)
{
	enum ef_baud_result result;

	if (!rate_hz)
		return true;
	if (!ef_baud_change(f, rate_hz, &result, err)) {
		/* it may have fallen silent over the questions before */
		if (!ef_is_line_fault(f, err))
			return false;
		ef_err_clear(err);
		result = EF_BAUD_LOST;
	}
	return result != EF_BAUD_LOST || recover_from_rate(f, rate_hz, err);
}

bool ef_session_rebuild(struct ef_flasher *f, uint32_t rate_hz, struct ef_err *err)
{
	bool ok;

	f->must_reset = true;
	f->rom.retries = REPEATS;
	ok = start_session(f, err) && change_rate(f, rate_hz, err);
	f->rom.retries = 0;
	return ok;
}

bool ef_fail_past_flash(const char *label, uint32_t addr, uint32_t len, uint32_t flash_size,
			struct ef_err *err)
{
	if (label)
		ef_fail(err, EF_E_INPUT,
			"'%s' (%u bytes at 0x%08x) passes the end of the flash at 0x%08x", label,
			len, addr, flash_size);
	else
		ef_fail(err, EF_E_INPUT, "%u bytes at 0x%08x pass the end of the flash at 0x%08x",
			len, addr, flash_size);
	return ef_hint(err, "see how large the flash is: espflash-c flash-id");
}

/* Take the user's word for everything: nothing is sent. */
static bool trust_user(struct ef_flasher *f, struct ef_err *err)
{
	if (!f->opts.chip) {
		ef_fail(err, EF_E_USAGE, "'--before no-reset-no-sync' needs to know the chip");
		return ef_hint(err, "add '--chip CHIP'");
	}
	ef_event_warn(f, "Pre-connection option \"no-reset-no-sync\" was selected. Connection may "
			 "fail if the chip is not in bootloader or flasher stub mode.");
	f->dev.chip = f->opts.chip;
	/* as espflash: the stub is what an earlier session left, unless told otherwise */
	ef_session_use_loader(f, f->opts.no_stub ? EF_LOADER_ROM : EF_LOADER_STUB);
	f->is_stub_reused = !f->opts.no_stub;
	/* esptool opens at the final rate in this mode: nothing could change it later */
	f->rate_hz = f->opts.rate_hz ? f->opts.rate_hz : EF_RATE_ROM;
	return ef_port_set_baud(f->port, f->rate_hz, err);
}

bool ef_flasher_learn(struct ef_flasher *f, struct ef_err *err)
{
	bool ok;

	f->rom.retries = REPEATS;
	ok = ef_device_detect(f, err) && ef_device_console(f, err) && ef_device_facts(f, err) &&
	     ef_spi_flash_open(f, err);
	f->rom.retries = 0;
	if (!ok && ef_is_no_answer(err))
		return ef_hint(err, "no loader listens at %u baud: use '--before default-reset'",
			       f->rate_hz);
	return ok;
}

static bool connect_to(struct ef_flasher *f, struct ef_err *err)
{
	if (f->opts.before == EF_BEFORE_NO_RESET_NO_SYNC)
		return trust_user(f, err);
	for (unsigned i = 0; !start_session(f, err) || !change_rate(f, f->opts.rate_hz, err); i++) {
		const struct ef_err lost = *err;

		/* before a chip was met the loop itself has looked for the port */
		if (err->code != EF_E_PORT || !f->was_met || !f->port->ops->reopen || i == REPLUGS)
			return false;
		ef_err_clear(err);
		if (!ef_come_back(f, &lost, err))
			return false;
		f->must_reset = true;
		f->rom.loader = EF_LOADER_ROM;
	}
	return true;
}

static bool connect_patiently(struct ef_flasher *f, struct ef_err *err)
{
	bool ok;

	f->rom.retries = REPEATS;
	f->rom.patience_ms = f->port->caps & EF_PORT_REMOTE ? PATIENCE_REMOTE_MS : PATIENCE_MS;
	ok = connect_to(f, err);
	f->rom.retries = 0; /* work has its own ways */
	return ok;
}

bool ef_flasher_connect(struct ef_port *port, const struct ef_connect_opts *opts,
			struct ef_flasher **ret, struct ef_err *err)
{
	struct ef_flasher *f = calloc(1, sizeof(*f));
	uint64_t start_us;

	if (!f)
		return ef_fail(err, EF_E_IO, "out of memory");
	start_us = ef_port_now_us(port);
	f->port = port;
	f->opts = *opts;
	/* esptool: a line for which a user wants less than the default gets less from the start */
	f->rom_rate_hz = opts->rate_hz && opts->rate_hz < EF_RATE_ROM ? opts->rate_hz : EF_RATE_ROM;
	if (!ef_rom_init(&f->rom, port, err) || !connect_patiently(f, err)) {
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
