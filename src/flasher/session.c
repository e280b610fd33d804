/* SPDX-License-Identifier: MIT */
/*
 * Has the primitives of a session: registers, the form of the loader's commands, finding a loader
 * that is out of step, and waiting for a port that went away.
 */
#include <espflash/log.h>

#include "flasher/session.h"

/* ---- registers for the chip layer ---- */

static bool regs_read(void *ctx, uint32_t addr, uint32_t *ret, struct ef_err *err)
{
	struct ef_flasher *f = ctx;

	if (f->dev.is_secure_download)
		return ef_fail(err, EF_E_UNSUPP, "no register reads in secure download mode");
	return ef_rom_read_reg(&f->rom, addr, ret, err);
}

static bool regs_write(void *ctx, uint32_t addr, uint32_t value, uint32_t mask, struct ef_err *err)
{
	struct ef_flasher *f = ctx;

	if (f->dev.is_secure_download)
		return ef_fail(err, EF_E_UNSUPP, "no register writes in secure download mode");
	return ef_rom_write_reg(&f->rom, addr, value, mask, 0, err);
}

static bool regs_delay_us(void *ctx, uint32_t us, struct ef_err *err)
{
	const struct ef_flasher *f = ctx;

	return ef_port_sleep_us(f->port, us, err);
}

/*
 * A mask ROM reads requests from the UART's receive FIFO of 128 bytes (ESP32 TRM, "UART RAM").
 * Over USB-Serial/JTAG the chip holds off the host while its 64 bytes are full (ESP32-C3 TRM,
 * "USB Serial/JTAG Controller"). The ROM on USB-OTG loses what it has no room for. A stub
 * can't be asked ahead: docs/protocol.md, section 2.
 */
#define UART_FIFO     128u
#define USB_JTAG_FIFO 64u

static size_t read_ahead(const struct ef_flasher *f)
{
	const struct ef_chip *chip = f->dev.chip;
	/* a remote port hides the USB ids, but some ROMs tell their console (device.c) */
	bool has_no_flow_control = f->dev.is_usb_otg ||
				   (f->port->info.vid == 0 && chip->rom.otg_pid &&
				    !chip->rom.console_reg);

	if (f->rom.loader != EF_LOADER_ROM || f->recovery.damages || has_no_flow_control)
		return 0;
	return f->dev.is_usb_jtag ? USB_JTAG_FIFO : UART_FIFO;
}

/* The answers may be shifted against the requests now: find the loader before the next one. */
static bool leave_ahead(struct ef_flasher *f, struct ef_err *err)
{
	const struct ef_err cause = *err;
	bool answers;

	ef_log(EF_LOG_DEBUG, "%s: asking for one register at a time", err->msg);
	f->recovery.damages++;
	ef_err_clear(err); /* the error counts only if no loader is found */
	if (!ef_session_resync(f, &ef_budgets.resync.ahead, &answers, err))
		return false;
	if (answers)
		return true;
	*err = cause;
	return ef_fault_gone(err);
}

static struct ef_read_ahead ahead_of(const struct ef_flasher *f)
{
	return (struct ef_read_ahead){
		.room = read_ahead(f),
		.timeout_ms = f->recovery.patience_ms,
	};
}

bool ef_session_read_regs(struct ef_flasher *f, const uint32_t *addrs, size_t count, uint32_t *ret,
			  struct ef_err *err)
{
	size_t done = 0, n;

	while (count - done > 1 && read_ahead(f)) {
		const struct ef_read_ahead ahead = ahead_of(f);

		if (ef_rom_read_regs(&f->rom, addrs + done, count - done, &ahead, ret + done, &n,
				     err))
			done += n;
		else if (!ef_is_exchange_fault(err) || !leave_ahead(f, err))
			return false;
	}
	for (; done < count; done++)
		if (!regs_read(f, addrs[done], &ret[done], err))
			return false;
	return true;
}

bool ef_session_write_regs(struct ef_flasher *f, const struct ef_reg_write *writes, size_t count,
			   struct ef_err *err)
{
	size_t done = 0, n;

	/* a stub takes all of them by one request */
	if (f->rom.loader == EF_LOADER_STUB)
		return ef_rom_write_regs(&f->rom, writes, count, err);
	while (count - done > 1 && read_ahead(f)) {
		const struct ef_read_ahead ahead = ahead_of(f);

		if (ef_rom_write_regs_ahead(&f->rom, writes + done, count - done, &ahead, &n, err))
			done += n;
		else if (!ef_is_exchange_fault(err) || !leave_ahead(f, err))
			return false;
	}
	for (; done < count; done++)
		if (!ef_rom_write_reg(&f->rom, writes[done].addr, writes[done].value, UINT32_MAX, 0,
				      err))
			return false;
	return true;
}

struct ef_regs ef_flasher_regs(struct ef_flasher *f)
{
	return (struct ef_regs){
		.ctx = f, .read = regs_read, .write = regs_write, .delay_us = regs_delay_us
	};
}

/* ---- the loader ---- */

/*
 * A remote port hides the USB ids, and the ROM on USB-OTG loses longer blocks. Like
 * esptool since 5.5.0, upload in short ones where the console may be USB-OTG.
 */
static bool needs_short_blocks(const struct ef_flasher *f)
{
	const struct ef_chip *chip = f->dev.chip;

	return f->dev.is_usb_otg ||
	       (f->port->info.vid == 0 && chip && chip->rom.otg_pid && !f->dev.is_usb_jtag);
}

void ef_session_use_loader(struct ef_flasher *f, enum ef_loader loader)
{
	const struct ef_chip *chip = f->dev.chip;
	bool is_stub = loader == EF_LOADER_STUB;

	f->rom.loader = loader;
	f->dev.is_stub = is_stub;
	f->form.ram_block = needs_short_blocks(f) ? EF_BLOCK_USB_OTG : EF_BLOCK_RAM;
	if (is_stub)
		f->form.flash_block = f->dev.is_usb_otg ? EF_BLOCK_USB_OTG : EF_BLOCK_STUB;
	else
		f->form.flash_block = EF_BLOCK_ROM;
	f->form.has_encrypt_word = !is_stub && chip && (chip->flags & EF_CHIP_ROM_ENCRYPT_WORD);
}

bool ef_session_encrypts(const struct ef_flasher *f)
{
	return f->rom.loader == EF_LOADER_STUB || f->form.has_encrypt_word;
}

/* One SYNC. *ret remains EF_SYNC_NONE without an answer. *ret_is_text: a boot log came instead. */
static bool ask(struct ef_flasher *f, uint32_t timeout_ms, enum ef_sync_result *ret,
		bool *ret_is_text, struct ef_err *err)
{
	bool ok = ret_is_text ? ef_rom_sync_or_text(&f->rom, timeout_ms, ret, ret_is_text, err)
			      : ef_rom_sync(&f->rom, timeout_ms, ret, err);

	if (ok)
		return true;
	if (!ef_is_exchange_fault(err))
		return false;
	ef_err_clear(err); /* a missing answer is a result, not an error */
	return true;
}

bool ef_session_who(struct ef_flasher *f, const struct ef_budget *budget, enum ef_sync_result *ret,
		    struct ef_err *err)
{
	*ret = EF_SYNC_NONE;
	for (unsigned i = 0; i < budget->tries && *ret == EF_SYNC_NONE; i++)
		if (!ef_recover_shift(f, i, err) || !ask(f, budget->ms, ret, NULL, err))
			return false;
	return true;
}

bool ef_session_resync(struct ef_flasher *f, const struct ef_budget *budget, bool *ret,
		       struct ef_err *err)
{
	enum ef_sync_result want = f->rom.loader == EF_LOADER_STUB ? EF_SYNC_STUB : EF_SYNC_ROM;
	enum ef_sync_result sync = EF_SYNC_NONE;
	bool is_text = false;

	if (!ef_rom_discard(&f->rom, err))
		return false;
	/* a boot log means that the loader is gone: stop asking */
	for (unsigned i = 0; i < budget->tries && sync == EF_SYNC_NONE && !is_text; i++)
		if (!ef_recover_shift(f, i, err) || !ask(f, budget->ms, &sync, &is_text, err))
			return false;
	*ret = sync == want;
	return true;
}

/* ---- the port ---- */

bool ef_session_reopen(struct ef_flasher *f, const struct ef_err *cause, struct ef_err *err)
{
	uint64_t until_us = ef_port_deadline(f->port, ef_budgets.reopen_ms);

	ef_event_warn(f, "%s: waiting up to %u s for it to come back", cause->msg,
		      (unsigned)(ef_budgets.reopen_ms / 1000u));
	if (!ef_port_reopen(f->port, until_us, err))
		return false;
	ef_event_info(f, "'%s' is back", f->port->info.name);
	return ef_port_set_baud(f->port, f->rate_hz, err);
}

bool ef_session_verdict(const struct ef_flasher *f, enum ef_verdict verdict, struct ef_err *err)
{
	if (f->opts.report)
		f->opts.report->verdict = verdict;
	return err->hint.id ? false : ef_hint_numbers(err, EF_HINT_VERDICT, verdict, 0);
}
