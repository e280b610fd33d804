/* SPDX-License-Identifier: MIT */
/*
 * Ends a session: resets the chip, or leaves it in its loader. Knows which consoles
 * ignore DTR and RTS, what keeps a chip in download mode across a reset, and that
 * a stub can't return to the ROM.
 */
#include <espflash/log.h>

#include "flasher/baud.h"
#include "flasher/connect_priv.h"
#include "flasher/session.h"

/*
 * RTC watchdog: enable it, let stage 0 reset the system and the RTC, set the pulse
 * lengths (esptool esp32s3.py watchdog_reset: bit 31, 5 << 28, bit 8, 2). It fires
 * after 2000 ticks of the slow clock (15 ms).
 */
#define WDT_CONFIG0 (1u << 31 | 5u << 28 | 1u << 8 | 2u)
#define WDT_CONFIG1 2000u
/* espflash (rtc_wdt_reset) gives the reset this much time, too */
#define WDT_WAIT_US 50000u

/* ---- watchdog ---- */

static bool watchdog_reset(struct ef_flasher *f, struct ef_err *err)
{
	const struct ef_wdt *w = &f->dev.chip->wdt;
	const struct ef_regs r = ef_flasher_regs(f);

	ef_event_info(f, "Resetting device with watchdog");
	if (!r.write(r.ctx, w->wprotect, w->key, UINT32_MAX, err) ||
	    !r.write(r.ctx, w->config1, WDT_CONFIG1, UINT32_MAX, err) ||
	    !r.write(r.ctx, w->config0, WDT_CONFIG0, UINT32_MAX, err))
		return false;
	/*
	 * The chip's first output comes at the ROM's rate, so switch now. The registers need
	 * no locking: the reset does that.
	 */
	if (f->is_listened_to)
		return ef_port_set_baud(f->port, EF_RATE_ROM, err) && ef_rom_discard(&f->rom, err);
	if (!r.write(r.ctx, w->wprotect, 0, UINT32_MAX, err)) {
		if (!ef_is_no_answer(err) && !ef_is_port_gone(err))
			return false;
		/* the reset came before the answer, or removed the USB device */
		ef_err_clear(err);
		return true;
	}
	return ef_port_sleep_us(f->port, WDT_WAIT_US, err);
}

static bool check_watchdog(const struct ef_flasher *f, struct ef_err *err)
{
	const struct ef_chip *chip = f->dev.chip;

	if (f->dev.is_secure_download) {
		ef_fail(err, EF_E_UNSUPP, "no watchdog reset in secure download mode");
		return ef_hint_set(err, EF_HINT_USE_HARD_RESET);
	}
	if (chip->wdt.can_reset)
		return true;
	ef_fail(err, EF_E_UNSUPP, "the %s can't be reset by its watchdog", chip->label);
	return ef_hint_set(err, EF_HINT_USE_HARD_RESET);
}

/* ---- hard reset ---- */

/*
 * Firmware sets this bit to reboot into download mode. On the S3 the bit survives
 * resets (arduino-esp32 #6762), so esptool always clears it there. On other chips
 * EN clears it, so only ports that can't pull EN need this.
 */
static bool clear_force_download(struct ef_flasher *f, struct ef_err *err)
{
	const struct ef_strap *s = &f->dev.chip->strap;
	const struct ef_regs r = ef_flasher_regs(f);

	if (f->dev.is_secure_download || !s->force_download_reg ||
	    !(f->dev.chip->flags & EF_CHIP_CLEAR_FORCE_DOWNLOAD || f->dev.is_usb_otg))
		return true;
	if (r.write(r.ctx, s->force_download_reg, 0, s->force_download_mask, err))
		return true;
	if (err->code == EF_E_INTR || ef_is_port_gone(err))
		return false;
	/* esptool resets the chip even if it doesn't answer */
	ef_err_clear(err);
	return true;
}

/*
 * On USB-OTG, DTR and RTS reach the chip only as USB messages. Such a reset can't
 * leave download mode while the boot pin is held low (esptool esp32s3.py
 * hard_reset). For chips whose strapping pins esptool doesn't read, it always uses
 * the watchdog.
 */
static bool needs_watchdog(struct ef_flasher *f, bool *ret, struct ef_err *err)
{
	const struct ef_strap *s = &f->dev.chip->strap;
	const struct ef_regs r = ef_flasher_regs(f);
	uint32_t strap, force;

	*ret = f->dev.is_usb_otg && !f->dev.is_secure_download && f->dev.chip->wdt.can_reset &&
	       (f->dev.chip->flags & EF_CHIP_OTG_RESET_BY_WATCHDOG);
	if (!*ret || !s->boot_mask)
		return true;
	if (!r.read(r.ctx, s->reg, &strap, err) ||
	    !r.read(r.ctx, s->force_download_reg, &force, err))
		return false;
	*ret = !(strap & s->boot_mask) && !(force & s->force_download_mask);
	return true;
}

/* The rate of the ROM's output, which comes first. A listener may have chosen another one. */
static uint32_t text_rate(const struct ef_flasher *f)
{
	bool is_slow = !f->is_listened_to && f->dev.xtal_mhz &&
		       (f->dev.chip->flags & EF_CHIP_ROM_BAUD_ASSUMES_40M);

	return is_slow ? (uint32_t)((uint64_t)EF_RATE_ROM * f->dev.xtal_mhz / 40u) : EF_RATE_ROM;
}

/*
 * The reset had no effect. Where no earlier one surely had, the lines may not be wired at all, and
 * somebody pressed the buttons.
 */
static bool in_vain(struct ef_flasher *f, struct ef_err *err)
{
	if (f->record.has_reset)
		return ef_reset_fail(err);
	ef_event_warn(f, "the reset had no effect: the loader still answers. DTR and RTS don't "
			 "reach the chip; press RESET to start the application");
	return true;
}

/* The built-in stub can read flash. Another one may not, and a bad line loses bytes by itself. */
static bool can_interrupt(const struct ef_flasher *f)
{
	return f->rom.loader == EF_LOADER_STUB && !f->opts.stub_json && !ef_flasher_line_damages(f);
}

/*
 * A caller that listens reads the chip's output after the reset, and checks the reset itself
 * if the chip stays silent: see ef_flasher_listen. Otherwise check the reset now.
 */
static bool reset_by_lines(struct ef_flasher *f, const struct ef_reset *reset, struct ef_err *err)
{
	const struct ef_reset_try how = { .reset = reset,
					  .loader_hz = f->rate_hz,
					  .hear_hz = text_rate(f),
					  .is_late = connect_log_starts_late(f),
					  .may_interrupt = can_interrupt(f) };
	unsigned inverted = f->port->inverted;
	enum ef_reset_effect effect;

	if (f->is_listened_to) {
		/* the chip's first output comes at the ROM's rate, so switch before the reset */
		f->last_reset = reset->needs ? NULL : reset;
		return ef_port_set_baud(f->port, EF_RATE_ROM, err) &&
		       ef_rom_discard(&f->rom, err) && ef_reset_run(reset, f->port, err);
	}
	if (reset->needs)
		return ef_reset_run(reset, f->port, err);
	if (!ef_reset_try(&how, &f->rom, &effect, err))
		return false;
	connect_tell_polarity(f, inverted);
	return effect != EF_RESET_IN_VAIN || in_vain(f, err);
}

static bool hard_reset(struct ef_flasher *f, struct ef_err *err)
{
	const struct ef_reset *reset = f->dev.is_usb_jtag  ? ef_reset_by_name("usb-jtag-hard")
				       : f->dev.is_usb_otg ? ef_reset_by_name("usb-otg-hard")
				       : f->resets_quickly ? ef_reset_by_name("hard-quick")
							   : ef_reset_hard(f->port);
	bool by_watchdog;

	if (!clear_force_download(f, err) || !needs_watchdog(f, &by_watchdog, err))
		return false;
	if (by_watchdog)
		return watchdog_reset(f, err);
	if (!reset_by_lines(f, reset, err))
		return false;
	if (!(f->port->caps & EF_PORT_HAS_LINES))
		ef_event_warn(f, "no reset possible: this port has no DTR and RTS; press RESET to "
				 "start the application");
	return true;
}

/* ---- no reset ---- */

/* The next session starts at the ROM's rate and must find the loader that stays. */
static bool restore_rate(struct ef_flasher *f, struct ef_err *err)
{
	enum ef_baud_result result;

	if (!ef_baud_change(f, f->rom_rate_hz, true, &result, err))
		return false;
	if (result == EF_BAUD_LOST)
		ef_event_warn(f, "the chip does not answer any more");
	return true;
}

/*
 * espflash asks the stub to reboot into the ROM by FLASH_BEGIN(0) and
 * FLASH_END(reboot). Stubs of the first generation do; those of the second ignore
 * the request (esp-flasher-stub s_flash_end, a TODO). So SYNC afterwards, and warn
 * the user if a stub answers.
 */
static bool leave_stub(struct ef_flasher *f, struct ef_err *err)
{
	const struct ef_flash_begin nothing = { .block_size = EF_BLOCK_ROM };
	enum ef_sync_result sync;

	if (!ef_rom_flash_begin(&f->rom, &nothing, err) ||
	    !ef_rom_flash_end(&f->rom, false, true, err)) {
		if (!ef_is_exchange_fault(err))
			return false;
		/* a stub that reboots may not answer; the SYNC below finds out */
		ef_err_clear(err);
	}
	if (!ef_session_who(f, &ef_budgets.resync.quick, &sync, err))
		return false;
	if (sync == EF_SYNC_STUB)
		ef_event_advise(f, EF_HINT_STUB_STAYS,
				"the flasher stub keeps running, because it can't return to the "
				"ROM loader");
	else if (sync == EF_SYNC_ROM)
		ef_session_use_loader(f, EF_LOADER_ROM);
	return true;
}

static bool stay(struct ef_flasher *f, bool keep_stub, struct ef_err *err)
{
	bool is_stub = f->rom.loader == EF_LOADER_STUB;

	ef_event_info(f, "%s",
		      keep_stub && is_stub ? "Staying in flasher stub" : "Staying in bootloader");
	if (!restore_rate(f, err))
		return false;
	return keep_stub || !is_stub || leave_stub(f, err);
}

bool ef_flasher_finish(struct ef_flasher *f, enum ef_after after, struct ef_err *err)
{
	ef_log(EF_LOG_DEBUG, "done: %s",
	       after == EF_AFTER_NO_RESET           ? "back to the ROM loader"
	       : after == EF_AFTER_NO_RESET_NO_STUB ? "the loader keeps running"
	       : after == EF_AFTER_WATCHDOG_RESET   ? "reset by the watchdog"
						    : "reset by the lines");
	switch (after) {
	case EF_AFTER_NO_RESET:
		return stay(f, false, err);
	case EF_AFTER_NO_RESET_NO_STUB:
		return stay(f, true, err);
	case EF_AFTER_WATCHDOG_RESET:
		if (!check_watchdog(f, err) || !clear_force_download(f, err) ||
		    !watchdog_reset(f, err))
			return false;
		break;
	case EF_AFTER_HARD_RESET:
		if (!hard_reset(f, err))
			return false;
		break;
	}
	/* the reset ended the loader; a stub is gone from RAM */
	ef_session_use_loader(f, EF_LOADER_ROM);
	return true;
}
