/* SPDX-License-Identifier: MIT */
/*
 * Reads the properties of a known chip from its eFuses and registers. Knows in which order to ask
 * so that no request crashes a ROM, and which requests secure download mode forbids.
 */
#include <espflash/log.h>

#include "flasher/agree.h"
#include "flasher/device.h"
#include "flasher/session.h"
#include "flasher/words.h"

/* ---- the console it talks through ---- */

/*
 * A remote port hides the USB ids, so read the ROM's variable that holds the number
 * of its console. esptool v5.2.0 did this in _get_uart_no; later versions rely on
 * the ids alone.
 */
static bool ask_rom_for_console(struct ef_flasher *f, struct ef_err *err)
{
	const struct ef_chip *chip = f->dev.chip;
	uint32_t addr = chip->rom.console_reg, number;
	uint16_t revision;

	if (!addr || f->dev.is_secure_download || f->rom.loader != EF_LOADER_ROM)
		return true;
	if (chip->rom.console_new_reg) {
		const struct ef_regs regs = ef_words_regs(f);

		if (!ef_chip_revision(chip, &regs, &revision, err))
			return false;
		if (revision >= chip->rom.console_new_rev)
			addr = chip->rom.console_new_reg;
	}
	if (!ef_rom_read_reg(&f->rom, addr, &number, err))
		return false;
	number &= 0xff;
	f->dev.is_usb_jtag = chip->rom.console_jtag && number == chip->rom.console_jtag;
	f->dev.is_usb_otg = chip->rom.console_otg && number == chip->rom.console_otg;
	return true;
}

/* A reset over USB-Serial/JTAG leaves the watchdogs running (esptool disable_watchdogs). */
static bool disable_watchdogs(struct ef_flasher *f, struct ef_err *err)
{
	const struct ef_wdt *w = &f->dev.chip->wdt;
	const struct ef_regs r = ef_flasher_regs(f);

	if (!r.write(r.ctx, w->wprotect, w->key, UINT32_MAX, err) ||
	    !r.write(r.ctx, w->config0, 0, UINT32_MAX, err) ||
	    !r.write(r.ctx, w->wprotect, 0, UINT32_MAX, err))
		return false;
	return r.write(r.ctx, w->swd_wprotect, w->swd_key, UINT32_MAX, err) &&
	       r.write(r.ctx, w->swd_conf, w->swd_auto_feed, w->swd_auto_feed, err) &&
	       r.write(r.ctx, w->swd_wprotect, 0, UINT32_MAX, err);
}

bool ef_device_console(struct ef_flasher *f, struct ef_err *err)
{
	const struct ef_port_info *info = &f->port->info;
	const struct ef_chip *chip = f->dev.chip;

	f->dev.is_usb_jtag = info->vid == EF_VID_ESPRESSIF && info->pid == EF_PID_USB_JTAG;
	f->dev.is_usb_otg = info->vid == EF_VID_ESPRESSIF && chip->rom.otg_pid &&
			    info->pid == chip->rom.otg_pid;
	if (info->vid == 0 && !ask_rom_for_console(f, err))
		return false;
	ef_session_use_loader(f, f->rom.loader); /* block sizes depend on the console */
	if (!f->dev.is_usb_jtag || !chip->wdt.disable_on_usb || f->dev.is_secure_download ||
	    f->rom.loader == EF_LOADER_STUB)
		return true;
	return disable_watchdogs(f, err);
}

/* ---- facts ---- */

/*
 * The estimate assumes that the UART's clock is the crystal's. Some stubs raise that
 * clock (the ESP32's to 80 MHz), which hides the crystal's frequency. Since no chip
 * has a crystal above 48 MHz, a higher result means that the clock was raised.
 */
#define XTAL_MAX_HZ 52000000u

static bool is_clock_raised(struct ef_flasher *f, const struct ef_regs *regs, bool *ret,
			    struct ef_err *err)
{
	const struct ef_chip *chip = f->dev.chip;
	uint32_t divider;

	*ret = false;
	if (f->rom.loader != EF_LOADER_STUB || !chip->xtal.mhz[1])
		return true;
	if (!regs->read(regs->ctx, chip->xtal.clkdiv_reg, &divider, err))
		return false;
	*ret = (uint64_t)(divider & chip->xtal.clkdiv_mask) * f->rate_hz > XTAL_MAX_HZ;
	return true;
}

/* The estimate has two or three results, so two wrong dividers may give the same: compare them. */
static bool read_and_mix(void *ctx, uint32_t addr, uint32_t *ret, struct ef_err *err)
{
	struct ef_flasher *f = ctx;
	const struct ef_regs regs = ef_flasher_regs(f);

	if (!regs.read(regs.ctx, addr, ret, err))
		return false;
	/* with the address: a zero before another register's value must not mix like that value */
	f->record.words.xtal_mix = f->record.words.xtal_mix * 31u + (*ret ? *ret ^ addr : 0);
	return true;
}

bool ef_device_xtal(struct ef_flasher *f, struct ef_err *err)
{
	const struct ef_regs regs = { .ctx = f, .read = read_and_mix };
	bool is_raised;

	f->record.words.xtal_mix = 0;

	if (!is_clock_raised(f, &regs, &is_raised, err))
		return false;
	f->dev.xtal_mhz = 0;
	return is_raised || ef_chip_xtal_mhz(f->dev.chip, &regs, f->rate_hz, &f->dev.xtal_mhz, err);
}

/*
 * If the chip gave no security info, read secure boot from its eFuses: bit 0 enables
 * version 1, bit 1 version 2. Chips before v3.0 have no version 2 (esptool esp32.py
 * get_secure_boot_enabled).
 */
static bool read_secure_boot(struct ef_flasher *f, const struct ef_regs *regs, struct ef_err *err)
{
	uint32_t bits;

	if (f->dev.has_security)
		return true;
	if (!ef_efuse_read(&f->dev.chip->efuse.secure_boot, regs, &bits, err))
		return false;
	f->dev.is_secure_boot = (bits & 1u) || ((bits & 2u) && f->dev.revision >= 300);
	return true;
}

static bool xtal_again(void *ctx, unsigned nth, bool *ret, struct ef_err *err)
{
	struct ef_flasher *f = ctx;
	uint32_t was = f->record.words.xtal_mix;

	(void)nth;
	if (!ef_device_xtal(f, err))
		return false;
	/* a damaged request reads another register, which is mostly zero; a divider never is */
	*ret = f->record.words.xtal_mix == was && was;
	f->recovery.damages += !*ret;
	return true;
}

/* Over a line that damages bytes, two may agree by chance. */
static unsigned xtals_wanted(const struct ef_flasher *f)
{
	return f->recovery.damages ? 2 : 1;
}

/*
 * The stub may hide the crystal's frequency, so confirm it while the ROM answers. The last
 * reading came before other registers, so that an answer to one of these differs from it.
 */
static bool confirm_xtal(struct ef_flasher *f, struct ef_err *err)
{
	const struct ef_agree a = { .again = xtal_again,
				    .wanted = xtals_wanted,
				    .ctx = f,
				    .budget = &ef_budgets.reread.confirm };
	bool is_sure;

	if (f->rom.loader != EF_LOADER_ROM || !f->dev.chip->xtal.mhz[1])
		return true;
	if (!ef_agree(f, &a, &is_sure, err))
		return false;
	return is_sure ||
	       ef_fail(err, EF_E_TIMEOUT, "the chip's clock differs between two measurements");
}

static bool is_same_security(const struct ef_security_info *a, const struct ef_security_info *b)
{
	return a->flags == b->flags && a->crypt_cnt == b->crypt_cnt &&
	       memcmp(a->key_purposes, b->key_purposes, sizeof(a->key_purposes)) == 0 &&
	       a->chip_id == b->chip_id && a->api_version == b->api_version;
}

/* If the chip id was wrong, everything derived from it is wrong: start over. */
static bool confirm_security(struct ef_flasher *f, struct ef_err *err)
{
	struct ef_security_info now;

	if (!ef_rom_security_info(&f->rom, &now, err))
		return false;
	if (is_same_security(&now, &f->dev.security))
		return true;
	f->recovery.damages++;
	return ef_fail(err, EF_E_TIMEOUT,
		       "the chip's security information differs between two readings");
}

/*
 * The words were read twice from the ROM, and a stub was uploaded since without damage: that
 * is all that another reading through the stub could show.
 */
static bool is_proved(const struct ef_flasher *f)
{
	const struct ef_words *w = &f->record.words;

	return w->is_confirmed && f->dev.is_stub && !f->is_stub_reused && !f->recovery.damages;
}

bool ef_device_confirm(struct ef_flasher *f, bool *ret, struct ef_err *err)
{
	*ret = true;
	if (f->dev.has_security && !confirm_security(f, err))
		return false;
	return is_proved(f) || ef_words_confirm(f, ret, err);
}

static bool read_mac(struct ef_flasher *f, const struct ef_regs *regs, struct ef_err *err)
{
	struct ef_device *d = &f->dev;

	return ef_chip_mac(d->chip, regs, d->mac, err) &&
	       ef_chip_mac_check(d->chip, regs, d->mac, &d->has_mac, err);
}

/* An ef_facts_fn: everything but the crystal, whose register is not a constant. */
static bool read_facts(struct ef_flasher *f, const struct ef_regs *regs, struct ef_err *err)
{
	struct ef_device *d = &f->dev;

	if (f->opts.speed.is_brief)
		return read_mac(f, regs, err);
	if (!ef_chip_revision(d->chip, regs, &d->revision, err))
		return false;
	d->has_revision = true;
	if (!read_secure_boot(f, regs, err) || !read_mac(f, regs, err))
		return false;
	d->has_features = ef_chip_read_features(d->chip, regs, d->revision, &d->features, err);
	return d->has_features;
}

/*
 * A ROM answers two readings of all words in two round trips, where a stub takes one for each
 * word. So the second reading comes now if a stub is to be started.
 */
static bool confirm_early(struct ef_flasher *f, struct ef_err *err)
{
	bool is_same;

	if (f->rom.loader != EF_LOADER_ROM || f->opts.no_stub || f->opts.speed.is_brief ||
	    f->opts.speed.is_for_facts || f->recovery.damages)
		return true;
	if (!ef_words_confirm(f, &is_same, err))
		return false;
	if (is_same)
		return true;
	f->recovery.damages++;
	return ef_words_fetch(f, read_facts, err);
}

bool ef_device_facts(struct ef_flasher *f, struct ef_err *err)
{
	const struct ef_regs regs = ef_words_regs(f);
	bool asks_xtal = f->dev.xtal_mhz == 0 && !f->opts.speed.is_brief;

	if (f->dev.is_secure_download)
		return true;
	if (asks_xtal && !ef_device_xtal(f, err))
		return false;
	if (!ef_words_fetch(f, read_facts, err) || !confirm_early(f, err) ||
	    !read_facts(f, &regs, err))
		return false;
	return !asks_xtal || confirm_xtal(f, err);
}
