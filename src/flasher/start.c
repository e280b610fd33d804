/* SPDX-License-Identifier: MIT */
/*
 * Builds a session. Knows the order of the steps from the chip's first answer to a
 * loader that is ready at the wanted rate, and repeats them when recovery has to
 * reset the chip.
 */
#include <espflash/log.h>

#include "flasher/agree.h"
#include "flasher/baud.h"
#include "flasher/connect.h"
#include "flasher/connect_priv.h"
#include "flasher/device.h"
#include "flasher/session.h"
#include "flasher/spi_flash.h"
#include "flasher/start.h"
#include "flasher/stub.h"
#include "flasher/work_log.h"

/* ---- getting the loader ready ---- */

static bool power_up_flash(struct ef_flasher *f, struct ef_err *err)
{
	const struct ef_chip *chip = f->dev.chip;
	const struct ef_regs regs = ef_flasher_regs(f);

	if (!chip->hooks.flash_power_up || f->dev.is_secure_download)
		return true;
	return chip->hooks.flash_power_up(chip, &regs, f->dev.revision, err);
}

/* Read the id of the flash once more. *ret: it is the same. */
static bool confirm_flash(struct ef_flasher *f, bool *ret, struct ef_err *err)
{
	uint32_t id;

	*ret = true;
	if (f->opts.skip_flash)
		return true;
	if (!ef_spi_flash_id(f, &id, err))
		return false;
	*ret = id == f->dev.flash_id;
	return *ret || ef_spi_flash_open(f, err);
}

/* The SYNC flushes late answers, which would otherwise pass for new ones. */
static bool flush_answers(struct ef_flasher *f, struct ef_err *err)
{
	bool answers = false;

	if (!ef_session_resync(f, &ef_budgets.resync.work, &answers, err))
		return false;
	return answers || ef_fail(err, EF_E_TIMEOUT, "the chip stopped answering");
}

/*
 * Compare the facts with the registers. *ret: they agree; if not, they were read again. The upload
 * of a stub without damage shows that the line is good: then once more is enough, and the flash,
 * which takes a dozen registers, was read through that stub.
 */
static bool confirm_once(void *ctx, unsigned nth, bool *ret, struct ef_err *err)
{
	struct ef_flasher *f = ctx;
	bool is_line_proved = nth == 0 && f->dev.is_stub && !f->is_stub_reused &&
			      !f->recovery.damages;
	bool is_same_flash = true;

	if (!is_line_proved && !flush_answers(f, err))
		return false;
	if (!ef_device_confirm(f, ret, err))
		return false;
	if (!*ret && (!flush_answers(f, err) || !ef_device_facts(f, err)))
		return false;
	if (!is_line_proved && !confirm_flash(f, &is_same_flash, err))
		return false;
	*ret = *ret && is_same_flash;
	return true;
}

/*
 * How many readings must agree with the first. A damaged request reads another register, and
 * most of them are zero: if the line damages one byte in 100, one reading in 25 is such a zero.
 */
static unsigned readings_wanted(const struct ef_flasher *f)
{
	return f->recovery.damages >= ef_budgets.reread.confirm_bad_line.tries ? 2 : 1;
}

/*
 * Answers with a register's value have no checksum, and a wrong flash size would end
 * up in the bootloader's header. So read the facts until enough readings agree.
 */
static bool confirm_facts(struct ef_flasher *f, struct ef_err *err)
{
	const struct ef_agree a = { .again = confirm_once,
				    .wanted = readings_wanted,
				    .ctx = f,
				    .budget = &ef_budgets.reread.confirm };
	bool is_sure = f->dev.is_secure_download;

	if (!is_sure && !ef_agree(f, &a, &is_sure, err))
		return false;
	if (!is_sure)
		return ef_fail(err, EF_E_TIMEOUT,
			       "the chip's answers differ from one time to the next");
	if (f->dev.no_flash && !ef_spi_flash_is_sure(f))
		return ef_fail(err, EF_E_TIMEOUT,
			       "the line damages requests, so it is not known whether the flash "
			       "chip answers");
	if (!f->dev.has_mac && !f->dev.is_secure_download)
		ef_event_warn(f,
			      "the MAC address in the chip's eFuses is not valid: it is not shown");
	return true;
}

/*
 * The fastest rate for the ROM, which takes each byte in an interrupt. Under emulation the ESP32's
 * lost bytes of most uploads at 2 Mbaud, which would save 40 ms (own observation).
 */
#define ROM_RATE_MAX 921600u

/*
 * The ROM changes to a faster rate before it gets the stub, which at 115200 baud takes
 * longer than all other steps together. If anything fails afterwards, the next try stays
 * at the ROM's rate, and the stub changes it later. That needs a reset.
 */
static bool change_rate_early(struct ef_flasher *f, struct ef_err *err)
{
	enum ef_baud_result result = EF_BAUD_KEPT;
	uint32_t rate_hz = f->plan.early_hz < ROM_RATE_MAX ? f->plan.early_hz : ROM_RATE_MAX;

	if (rate_hz <= f->rate_hz || f->rom.loader != EF_LOADER_ROM || !connect_may_reset(f))
		return true;
	if (f->plan.is_auto ? !ef_baud_raise(f, &result, err)
			    : !ef_baud_change(f, rate_hz, false, &result, err))
		return false;
	if (result != EF_BAUD_LOST)
		return true;
	ef_fail(err, EF_E_TIMEOUT, "no answer at %u baud", rate_hz);
	return ef_fault_gone(err);
}

static bool prepare_steps(struct ef_flasher *f, struct ef_err *err)
{
	f->recovery.damages_before = f->recovery.damages;
	if (!ef_device_detect(f, err))
		return false;
	f->is_stub_reused = f->rom.loader == EF_LOADER_STUB;
	if (!ef_device_console(f, err) || !change_rate_early(f, err) || !ef_device_facts(f, err))
		return false;
	if (!f->opts.skip_flash && !power_up_flash(f, err))
		return false;
	return ef_stub_start(f, err) && (f->opts.skip_flash || ef_spi_flash_open(f, err)) &&
	       confirm_facts(f, err);
}

/* The step that gets the loader ready. It does not change the rate. */
static bool prepare(void *ctx, struct ef_err *err)
{
	struct ef_flasher *f = ctx;
	bool ok = prepare_steps(f, err);

	f->rom.rx_log = NULL;
	if (ok)
		ef_work_log_start(f);
	return ok;
}

/* Something failed, perhaps because of the early rate: the next try has a slower one, or none. */
static void prepare_slower(struct ef_flasher *f)
{
	if (!f->plan.is_auto) {
		f->plan.early_hz = 0;
		return;
	}
	if (!f->plan.is_falling && f->rate_hz <= f->rom_rate_hz)
		return; /* it failed at the first rate */
	if (!f->plan.is_falling)
		ef_baud_lower(f);
	f->plan.early_hz = f->plan.wanted_hz;
	/* the ladder of rates ends by itself, so these tries do not count */
	ef_recover_progress(f, EF_WORK_PREPARE);
}

/*
 * The chip answered, then fell silent: a byte got lost, or a watchdog or a brownout reset
 * the chip. Keep its boot log, which tells these apart.
 */
static void prepare_failed(void *ctx, const struct ef_err *cause)
{
	struct ef_flasher *f = ctx;

	ef_connect_lost(f);
	prepare_slower(f);
	if (ef_is_refusal(cause))
		ef_recover_suspect(f, cause);
}

/* ---- the limit ---- */

/* A stub's code and data, in base64 less; esp-flasher-stub's are below 12 KiB. */
#define STUB_BITS (16u * EF_KIB * 10u)

/*
 * Without a timeout of the user there is no limit: on a bad line recovery may take its time,
 * and it has budgets.
 */
void ef_session_set_limit(struct ef_flasher *f)
{
	uint64_t us = f->opts.timeout_ms * UINT64_C(1000) + EF_LIMIT_SLACK_US;

	if (!f->opts.timeout_ms)
		return;
	/* at a slow rate the upload of the stub alone may take longer than the user expects */
	if (f->rom_rate_hz < EF_RATE_ROM && !f->opts.no_stub)
		us += STUB_BITS * UINT64_C(1000000) / f->rom_rate_hz;
	ef_port_set_limit(f->port, ef_port_now_us(f->port) + us);
}

void ef_session_clear_limit(struct ef_flasher *f)
{
	ef_port_set_limit(f->port, 0);
}

/* The chip has to start over: reset it. Whatever ran before, the ROM will answer. */
static void start_over(struct ef_flasher *f)
{
	f->must_reset = true;
	f->rom.loader = EF_LOADER_ROM;
}

static bool reconnect(struct ef_flasher *f, const struct ef_err *cause, struct ef_err *err)
{
	/* the user did not ask for this rate, so its failure is not a warning */
	if (f->plan.is_falling)
		ef_log(EF_LOG_DEBUG, "%s: connecting again", cause->msg);
	else
		ef_event_warn(f, "%s: connecting again", cause->msg);
	start_over(f);
	f->rate_hz = f->rom_rate_hz;
	return ef_port_set_baud(f->port, f->rate_hz, err) && ef_rom_discard(&f->rom, err) &&
	       ef_connect_loop(f, err);
}

/* rate_hz: see early_hz in struct ef_rate_plan. */
static bool start_session(struct ef_flasher *f, uint32_t rate_hz, struct ef_err *err)
{
	struct ef_try t = {
		.work = EF_WORK_PREPARE,
		.step = prepare,
		.failed = prepare_failed,
		.ctx = f,
		.start_us = ef_port_now_us(f->port),
	};

	f->rate_hz = f->rom_rate_hz;
	f->plan.early_hz = rate_hz;
	f->plan.is_falling = false;
	f->record.lost_boots = (struct ef_boot_counts){ 0 };
	f->record.lost_rx.len = 0;
	if (!ef_port_set_baud(f->port, f->rom_rate_hz, err) || !ef_connect_loop(f, err))
		return false;
	f->was_met = true;
	ef_baud_plan(f);
	/* the user's timeout does not cover the time until the board answered */
	if (f->opts.wait_ms)
		ef_session_set_limit(f);
	if (ef_try(f, &t, err))
		return true;
	return t.is_exhausted || ef_port_is_late(f->port) ? ef_connect_lost_fail(f, err) : false;
}

/* ---- the rate ---- */

/*
 * The chip answers at neither rate: it has switched to one that the line can't carry.
 * Reset it, and go on at the rate at which connecting starts.
 */
static bool recover_from_rate(struct ef_flasher *f, uint32_t rate_hz, struct ef_err *err)
{
	ef_event_warn(f, "no answer at %u baud: connecting again, staying at %u", rate_hz,
		      f->rom_rate_hz);
	start_over(f);
	if (start_session(f, 0, err))
		return true;
	if (ef_is_no_answer(err))
		return ef_hint_numbers(err, EF_HINT_RATE_TOO_HIGH, rate_hz, f->rom_rate_hz);
	return false;
}

/* Bytes got lost already at a rate of our own choice: take the next lower one. */
static bool leave_bad_rate(struct ef_flasher *f, enum ef_baud_result *ret, struct ef_err *err)
{
	uint32_t next = ef_baud_next(f);
	bool answers = true;

	if (f->recovery.damages == f->plan.damages_before || !next || f->plan.is_stuck)
		return true;
	f->plan.damages_before = f->recovery.damages;
	ef_baud_cap(f, next);
	if (!ef_baud_slower(f, next, &answers, err))
		return false;
	*ret = answers ? *ret : EF_BAUD_LOST;
	return true;
}

/* Each lost round lowers the plan's rate, so this loop ends. */
static bool change_rate_auto(struct ef_flasher *f, struct ef_err *err)
{
	for (;;) {
		enum ef_baud_result result;
		bool ok = ef_baud_raise(f, &result, err) && leave_bad_rate(f, &result, err);

		if (!ok && f->plan.wanted_hz <= f->rom_rate_hz)
			return false;
		if (!ef_baud_attempt(f, ok, &result, err))
			return false;
		if (!ok)
			ef_baud_lower(f);
		if (result != EF_BAUD_LOST)
			return true;
		start_over(f);
		if (!start_session(f, f->plan.wanted_hz, err))
			return false;
	}
}

static bool change_rate(struct ef_flasher *f, uint32_t rate_hz, struct ef_err *err)
{
	enum ef_baud_result result;

	if (f->plan.is_auto)
		return change_rate_auto(f, err);
	if (!rate_hz)
		return true;
	/* the chip may have fallen silent even before the request */
	if (!ef_baud_attempt(f, ef_baud_change(f, rate_hz, true, &result, err), &result, err))
		return false;
	return result != EF_BAUD_LOST || recover_from_rate(f, rate_hz, err);
}

/* ---- rebuilding the session after a reset ---- */

static bool is_same(const struct ef_device *a, const struct ef_device *b)
{
	return a->chip == b->chip && a->has_mac == b->has_mac &&
	       (!a->has_mac || memcmp(a->mac, b->mac, sizeof(a->mac)) == 0);
}

/* Context for reading a MAC again that differs from the earlier one. */
struct identity {
	struct ef_flasher *f;
	const struct ef_device *was;
};

static bool mac_again(void *ctx, unsigned nth, bool *ret, struct ef_err *err)
{
	const struct identity *id = ctx;
	struct ef_device *dev = &id->f->dev;
	const struct ef_regs regs = ef_flasher_regs(id->f);

	(void)nth;
	if (!ef_chip_mac(dev->chip, &regs, dev->mac, err))
		return false;
	*ret = is_same(id->was, dev);
	return true;
}

/* Refuse to go on if another board answers after the reset: half of the work would be on each. */
static bool check_identity(struct ef_flasher *f, const struct ef_device *was, struct ef_err *err)
{
	struct identity id = { f, was };
	const struct ef_agree a = { .again = mac_again,
				    .ctx = &id,
				    .budget = &ef_budgets.reread.identity };
	bool is_known = is_same(was, &f->dev);

	if (!is_known && f->dev.has_mac && was->chip == f->dev.chip &&
	    !ef_agree(f, &a, &is_known, err))
		return false;
	if (is_known)
		return true;
	f->recovery.is_other_board = true;
	ef_fail(err, EF_E_PORT, "another board answers now: the one that was worked on is gone");
	return ef_hint_set(err, EF_HINT_OTHER_BOARD);
}

static bool start_anew(struct ef_flasher *f, uint32_t rate_hz, struct ef_err *err)
{
	bool was_connecting = f->recovery.is_connecting, ok;

	f->recovery.is_connecting = true;
	start_over(f);
	ef_session_set_limit(f);
	ok = ef_rom_discard(&f->rom, err) && start_session(f, rate_hz, err) &&
	     change_rate(f, rate_hz, err);
	ef_session_clear_limit(f);
	f->recovery.is_connecting = was_connecting;
	return ok;
}

/* Recovery rung. Also restores the flash size, which the user may have set. */
static bool rebuild(struct ef_flasher *f, uint32_t rate_hz, struct ef_err *err)
{
	const struct ef_device was = f->dev;
	uint32_t was_hz = f->rate_hz;

	if (rate_hz && rate_hz < was_hz)
		ef_event_warn(f, "the line is bad at %u baud: going on at %u, connecting again",
			      was_hz, rate_hz);
	else
		ef_event_warn(f, "connecting again");
	ef_baud_cap(f, rate_hz);
	if (!start_anew(f, rate_hz ? rate_hz : f->opts.rate_hz, err) ||
	    !check_identity(f, &was, err)) {
		/* half of a new record describes no board; is_stub follows the loader */
		f->dev = was;
		ef_session_use_loader(f, f->rom.loader);
		return false;
	}
	ef_recover_slowed(f, was_hz);
	if (was.flash_size == f->dev.flash_size || f->opts.skip_flash)
		return true;
	return ef_flasher_set_flash_size(f, was.flash_size, err);
}

const struct ef_rungs ef_session_rungs = {
	.resync = ef_session_resync,
	.reopen = ef_session_reopen,
	.next_rate = ef_baud_next,
	.slower = ef_baud_slower,
	.faster_rate = ef_baud_next_faster,
	.faster = ef_baud_faster,
	.reconnect = reconnect,
	.rebuild = rebuild,
	.hear = ef_work_log_heard,
	.explain = ef_work_log_explain,
};

/* ---- connecting ---- */

static bool connect_once(void *ctx, struct ef_err *err)
{
	struct ef_flasher *f = ctx;

	return start_session(f, f->opts.rate_hz, err) && change_rate(f, f->opts.rate_hz, err);
}

/* When a port comes back, another board may be on it, or the board was powered down: reset it. */
static void connect_again(void *ctx, const struct ef_err *cause)
{
	(void)cause;
	start_over(ctx);
}

bool ef_session_start(struct ef_flasher *f, struct ef_err *err)
{
	struct ef_try t = {
		.work = EF_WORK_CONNECT, .step = connect_once, .again = connect_again, .ctx = f
	};

	return ef_try(f, &t, err);
}
