/* SPDX-License-Identifier: MIT */
/*
 * Changes the baud rate without losing the link. Knows that the chip answers
 * the request at the old rate, that some ROMs derive the rate from a wrong
 * clock, and that only an exchange at the new rate proves that it works.
 */
#include <stdarg.h>
#include <stdio.h>

#include <espflash/log.h>

#include "flasher/baud.h"
#include "flasher/device.h"
#include "flasher/session.h"
#include "flasher/words.h"

/*
 * The chip answers at the old rate and then switches. A ROM does so once its answer has
 * left. A stub waits 5 ms before and after (esp-stub-lib uart.c, rominit_set_baudrate).
 * A SYNC that comes too early only gets lost: the next one follows (ef_budgets.baud). This
 * begins when the host has its new rate: the driver's call sets a USB bridge before it returns,
 * and a server confirms the rate that it has set (RFC 2217, section 3, SET-BAUDRATE).
 */
#define SETTLE_ROM_US  3000u
#define SETTLE_STUB_US 12000u

bool ef_baud_has_rate(const struct ef_flasher *f)
{
	return (f->port->caps & EF_PORT_HAS_BAUD) && !f->dev.is_usb_jtag && !f->dev.is_usb_otg;
}

/*
 * Report why both sides stay at their rate. Without warns, only the log gets it, because another
 * try follows.
 */
static void EF_PRINTF(3, 4) kept(struct ef_flasher *f, bool warns, const char *fmt, ...)
{
	char why[128];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	if (warns)
		ef_event_warn(f, "%s: staying at %u", why, f->rate_hz);
	else
		ef_log(EF_LOG_DEBUG, "%s: staying at %u for now", why, f->rate_hz);
}

/*
 * Probe the host's port first: if the chip switched to a rate that the host
 * can't set, the link would be lost. *ret false: the port refused the rate.
 */
static bool host_can(struct ef_flasher *f, uint32_t rate_hz, bool warns, bool *ret,
		     struct ef_err *err)
{
	*ret = ef_port_set_baud(f->port, rate_hz, err);
	if (!*ret) {
		if (err->code == EF_E_INTR)
			return false;
		kept(f, warns, "this port can't do %u baud (%s)", rate_hz, err->msg);
		ef_err_clear(err);
	}
	return ef_port_set_baud(f->port, f->rate_hz, err);
}

/* A ROM with a wrong idea of its clock must be asked for another rate to run at rate_hz. */
static bool rate_to_ask(struct ef_flasher *f, uint32_t rate_hz, uint32_t *ret, struct ef_err *err)
{
	const struct ef_chip *chip = f->dev.chip;
	const struct ef_regs regs = ef_words_regs(f); /* eFuses, and what the ROM left behind */

	*ret = rate_hz;
	if (f->rom.loader != EF_LOADER_ROM || !chip->hooks.rom_baud || f->dev.is_secure_download)
		return true;
	if (f->dev.xtal_mhz == 0 && !ef_device_xtal(f, err))
		return false;
	return chip->hooks.rom_baud(chip, &regs, f->dev.xtal_mhz, rate_hz, ret, err);
}

/*
 * *ret: the chip answers at the host's present rate. Garbage counts as no answer, not as an error.
 */
static bool answers(struct ef_flasher *f, bool *ret, struct ef_err *err)
{
	enum ef_sync_result who;

	if (!ef_session_who(f, &ef_budgets.baud, &who, err))
		return false;
	*ret = who != EF_SYNC_NONE;
	return true;
}

static uint32_t settle_us(const struct ef_flasher *f)
{
	return f->rom.loader == EF_LOADER_STUB ? SETTLE_STUB_US : SETTLE_ROM_US;
}

static bool switch_host(struct ef_flasher *f, uint32_t rate_hz, struct ef_err *err)
{
	return ef_port_set_baud(f->port, rate_hz, err) &&
	       ef_port_sleep_us(f->port, settle_us(f), err) && ef_rom_discard(&f->rom, err);
}

/*
 * *ret false: the chip refused and keeps its rate. A missing answer proves nothing:
 * the chip may have switched, so *ret is true and the caller tries both rates.
 */
static bool ask_chip(struct ef_flasher *f, uint32_t rate_hz, bool warns, bool *ret,
		     struct ef_err *err)
{
	uint32_t asked;

	if (!rate_to_ask(f, rate_hz, &asked, err))
		return false;
	*ret = ef_rom_change_baud(&f->rom, asked, f->rate_hz, err);
	if (*ret)
		return true;
	if (ef_is_refusal(err)) {
		kept(f, warns, "the chip refuses %u baud", rate_hz);
		ef_err_clear(err);
		return true;
	}
	if (!ef_is_line_fault(f, err))
		return false;
	ef_err_clear(err);
	*ret = true;
	return true;
}

bool ef_baud_attempt(const struct ef_flasher *f, bool ok, enum ef_baud_result *ret,
		     struct ef_err *err)
{
	if (ok)
		return true;
	if (!ef_is_line_fault(f, err))
		return false;
	ef_err_clear(err); /* the caller finds the chip again at another rate */
	*ret = EF_BAUD_LOST;
	return true;
}

bool ef_baud_change(struct ef_flasher *f, uint32_t rate_hz, bool warns, enum ef_baud_result *ret,
		    struct ef_err *err)
{
	bool ok;

	*ret = EF_BAUD_OK;
	if (rate_hz == f->rate_hz || !ef_baud_has_rate(f))
		return true;
	*ret = EF_BAUD_KEPT;
	if (f->dev.is_secure_download && (f->dev.chip->flags & EF_CHIP_SDM_NO_BAUD)) {
		kept(f, warns, "this chip can't change its rate in secure download mode");
		return true;
	}
	if (!host_can(f, rate_hz, warns, &ok, err) ||
	    (ok && !ask_chip(f, rate_hz, warns, &ok, err)))
		return false;
	if (!ok)
		return true;
	if (!switch_host(f, rate_hz, err) || !answers(f, &ok, err))
		return false;
	if (ok) {
		f->rate_hz = rate_hz;
		ef_log(EF_LOG_DEBUG, "both sides at %u baud", rate_hz);
		*ret = EF_BAUD_OK;
		return true;
	}
	if (!switch_host(f, f->rate_hz, err) || !answers(f, &ok, err))
		return false;
	if (ok)
		kept(f, warns, "no answer at %u baud", rate_hz);
	else
		*ret = EF_BAUD_LOST;
	return true;
}

/* ---- a rate of our own choice ---- */

static const uint32_t ladder[] = { 921600, 460800, 230400, EF_RATE_ROM };

static uint32_t next_below(const struct ef_flasher *f, uint32_t rate_hz)
{
	for (size_t i = 0; i < EF_ARRAY_LEN(ladder); i++)
		if (ladder[i] < rate_hz && ladder[i] >= f->rom_rate_hz)
			return ladder[i];
	return 0;
}

bool ef_baud_prove(struct ef_flasher *f, bool *ret, struct ef_err *err)
{
	*ret = true;
	for (unsigned i = 0; i < ef_budgets.rate.echoes && *ret; i++)
		if (!ef_rom_echo(&f->rom, ef_budgets.baud.ms, ret, err))
			return false;
	return ef_rom_discard(&f->rom, err);
}

void ef_baud_lower(struct ef_flasher *f)
{
	uint32_t next = next_below(f, f->plan.wanted_hz);

	f->plan.wanted_hz = next ? next : f->rom_rate_hz;
	f->plan.is_lowered = true;
}

void ef_baud_cap(struct ef_flasher *f, uint32_t rate_hz)
{
	if (!f->plan.is_auto || !rate_hz || rate_hz >= f->plan.wanted_hz)
		return;
	f->plan.wanted_hz = rate_hz;
	f->plan.is_lowered = true;
}

/* A ROM's greeting is longer than this: the shortest, of the ESP32, has over 80 bytes. */
#define GREETING_MIN 20u

/*
 * If the chip can't be heard at the new rate, only a reset helps. So the session must have seen a
 * reset work: the ROM greeted after it. An answer of the ROM proves nothing, because it may have
 * needed the first SYNC to measure the rate. It also suffices that this board reached a rate
 * earlier.
 */
static bool can_undo(const struct ef_flasher *f)
{
	const struct ef_evidence *ev = &f->record.evidence;
	unsigned last = ev->attempts < EF_ATTEMPTS_MAX ? ev->attempts : EF_ATTEMPTS_MAX;

	if (f->opts.before == EF_BEFORE_NO_RESET || !(f->port->caps & EF_PORT_HAS_LINES))
		return false;
	return f->opts.speed.is_known || (last && ev->attempt[last - 1].strategy[0] &&
					  ev->attempt[last - 1].bytes >= GREETING_MIN);
}

void ef_baud_plan(struct ef_flasher *f)
{
	f->plan.is_stuck = f->plan.is_auto && !can_undo(f);
}

bool ef_baud_raise(struct ef_flasher *f, enum ef_baud_result *ret, struct ef_err *err)
{
	uint32_t least_hz = f->rate_hz < f->rom_rate_hz ? f->rom_rate_hz : f->rate_hz;

	*ret = EF_BAUD_KEPT;
	f->plan.is_falling = false;
	/* a session that connected at the rate of a wrong crystal goes on at the usual one */
	if (f->plan.is_stuck)
		return ef_baud_change(f, least_hz, true, ret, err);
	while (ef_baud_has_rate(f) && f->plan.wanted_hz > f->rate_hz) {
		bool is_proved = true;

		if (!ef_baud_change(f, f->plan.wanted_hz, false, ret, err))
			return false;
		if (*ret == EF_BAUD_OK && !ef_baud_prove(f, &is_proved, err))
			return false;
		if (*ret == EF_BAUD_OK && is_proved) {
			f->plan.damages_before = f->recovery.damages;
			return true;
		}
		if (!is_proved)
			*ret = EF_BAUD_LOST;
		ef_log(EF_LOG_DEBUG, "%u baud does not work here", f->plan.wanted_hz);
		ef_baud_lower(f);
		f->plan.is_falling = true;
		if (*ret == EF_BAUD_LOST)
			return true;
	}
	return true;
}

struct ef_auto_rate ef_flasher_auto_rate(const struct ef_flasher *f)
{
	if (!f->plan.is_auto || !ef_baud_has_rate(f))
		return (struct ef_auto_rate){ 0 };
	return (struct ef_auto_rate){
		.rate_hz = f->plan.is_stuck || f->plan.wanted_hz < f->rom_rate_hz
				   ? f->rom_rate_hz
				   : f->plan.wanted_hz,
		.is_lowered = f->plan.is_lowered,
		.is_stuck = f->plan.is_stuck,
	};
}

/* ---- recovery rungs ---- */

uint32_t ef_baud_next(const struct ef_flasher *f)
{
	return ef_baud_has_rate(f) ? next_below(f, f->rate_hz) : 0;
}

bool ef_baud_slower(struct ef_flasher *f, uint32_t rate_hz, bool *ret, struct ef_err *err)
{
	enum ef_baud_result result;

	ef_event_warn(f, "the line is bad at %u baud: going on at %u", f->rate_hz, rate_hz);
	ef_baud_cap(f, rate_hz);
	if (!ef_baud_attempt(f, ef_baud_change(f, rate_hz, true, &result, err), &result, err))
		return false;
	*ret = result != EF_BAUD_LOST;
	return true;
}

/* If the chip can't be heard at the faster rate, only a reset helps. */
uint32_t ef_baud_next_faster(const struct ef_flasher *f)
{
	uint32_t next = f->recovery.climb.top_hz;

	if (!ef_baud_has_rate(f) || !can_undo(f) || f->rate_hz >= next)
		return 0;
	for (size_t i = 0; i < EF_ARRAY_LEN(ladder); i++)
		if (ladder[i] > f->rate_hz && ladder[i] < next)
			next = ladder[i];
	return next;
}

/* Change and prove. */
static bool try_faster(struct ef_flasher *f, uint32_t rate_hz, enum ef_baud_result *ret,
		       struct ef_err *err)
{
	uint32_t was_hz = f->rate_hz;
	bool is_proved = true;

	if (!ef_baud_change(f, rate_hz, false, ret, err))
		return false;
	if (*ret == EF_BAUD_OK && !ef_baud_prove(f, &is_proved, err))
		return false;
	if (is_proved)
		return true;
	if (!ef_baud_change(f, was_hz, false, ret, err))
		return false;
	/* it answers, but not well: the way back is a request at the rate that failed */
	*ret = *ret == EF_BAUD_OK ? EF_BAUD_KEPT : EF_BAUD_LOST;
	return true;
}

bool ef_baud_faster(struct ef_flasher *f, uint32_t rate_hz, bool *ret, struct ef_err *err)
{
	enum ef_baud_result result;
	uint32_t was_hz = f->rate_hz;

	if (!ef_baud_attempt(f, try_faster(f, rate_hz, &result, err), &result, err))
		return false;
	*ret = result == EF_BAUD_OK;
	return result != EF_BAUD_LOST || f->rungs->rebuild(f, was_hz, err);
}
