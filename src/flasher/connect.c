/* SPDX-License-Identifier: MIT */
/*
 * The connect loop: one SYNC before anything is touched, then resets in turn,
 * each followed by a few SYNCs. Knows how long to insist, when a stub that
 * answers is good enough, and which part of what came back to keep for the
 * diagnosis.
 */
#include <espflash/log.h>

#include "flasher/flasher_priv.h"

/* espflash: MAX_CONNECT_ATTEMPTS and MAX_SYNC_ATTEMPTS, 100 ms a SYNC */
#define ATTEMPTS          7u
#define SYNCS_PER_ATTEMPT 5u
#define SYNC_TIMEOUT_MS   100u
/* A board that has said nothing at all by then may just take its time to come up. */
#define PATIENT_FROM       5u
#define PATIENT_TIMEOUT_MS 300u
/* The attempt that also tries the rate at which a killed session may have left a stub. */
#define OTHER_RATE_AT 4u

#define STRATEGIES_MAX (EF_RESET_ORDER_MAX + 1)

static bool may_reset(const struct ef_flasher *f)
{
	return f->opts.before != EF_BEFORE_NO_RESET && (f->port->caps & EF_PORT_HAS_LINES);
}

static void clear_log(struct ef_rx_log *rx)
{
	rx->len = 0;
	rx->total = 0;
}

/* How telling a log is: 2 "waiting for download", 1 any boot line, 0 neither. */
static int log_rank(const struct ef_rx_log *rx)
{
	const struct ef_evidence ev = { .rx = *rx, .syncs = 1 };

	switch (ef_diagnose(&ev)) {
	case EF_VERDICT_NO_SYNC_REPLY:
		return 2;
	case EF_VERDICT_FLASH_BOOT:
	case EF_VERDICT_BOOT_MODE:
		return 1;
	default:
		return 0;
	}
}

/*
 * The log holds the newest 2 KiB only, and an application soon fills that. So
 * the best log so far is put aside while its boot line is still in it.
 */
static void keep_evidence(struct ef_flasher *f)
{
	int now = log_rank(&f->rx), kept = log_rank(&f->evidence.rx);

	if (now >= kept && f->rx.len)
		f->evidence.rx = f->rx;
	f->evidence.has_lines = may_reset(f);
}

/* One SYNC. A line that answers nonsense is as good as silent; a broken port is an error. */
static bool try_sync(struct ef_flasher *f, uint32_t timeout_ms, enum ef_sync_result *ret,
		     struct ef_err *err)
{
	*ret = EF_SYNC_NONE;
	f->evidence.syncs++;
	if (!ef_rom_sync(&f->rom, timeout_ms, ret, err)) {
		if (err->code != EF_E_PROTOCOL && err->code != EF_E_TIMEOUT)
			return false;
		/* the loop is the remedy, and its end tells why */
		ef_err_clear(err);
	}
	if (*ret == EF_SYNC_NONE)
		keep_evidence(f);
	return true;
}

/* Whether who answered may stay: a stub may not where the ROM or another stub was asked for. */
static bool is_welcome(const struct ef_flasher *f, enum ef_sync_result sync)
{
	if (sync == EF_SYNC_STUB && (f->opts.no_stub || f->opts.stub_json))
		return !may_reset(f);
	return sync != EF_SYNC_NONE;
}

static void accept_loader(struct ef_flasher *f, enum ef_sync_result sync)
{
	ef_session_use_loader(f, sync == EF_SYNC_STUB ? EF_LOADER_STUB : EF_LOADER_ROM);
	if (sync == EF_SYNC_STUB && (f->opts.no_stub || f->opts.stub_json))
		ef_event_warn(f, "a stub is running and no reset is possible: using it");
}

static bool enter_download_mode(struct ef_flasher *f, const struct ef_reset *reset,
				struct ef_err *err)
{
	if (!ef_rom_discard(&f->rom, err))
		return false;
	/* what was said before this reset is no evidence of what it did */
	clear_log(&f->rx);
	if (f->evidence.resets == 0)
		clear_log(&f->evidence.rx);
	if (!ef_reset_run(reset, f->port, err))
		return false;
	/* a backend may find out only now that its lines lead nowhere */
	if (f->port->caps & EF_PORT_HAS_LINES)
		f->evidence.resets++;
	return true;
}

static void warn_about_lines(struct ef_flasher *f)
{
	if (may_reset(f) || f->warned_no_lines)
		return;
	f->warned_no_lines = true;
	if (f->opts.before == EF_BEFORE_NO_RESET)
		ef_event_warn(f, "Pre-connection option \"no-reset\" was selected. Connection "
				 "may fail if the chip is not in bootloader or flasher stub mode.");
	else if (!(f->port->caps & EF_PORT_HAS_LINES))
		ef_event_warn(f, "no reset possible: this port has no DTR and RTS; put the chip "
				 "into download mode by hand");
}

static bool attempt(struct ef_flasher *f, unsigned attempt_no, const struct ef_reset *reset,
		    enum ef_sync_result *ret, struct ef_err *err)
{
	if (reset && may_reset(f) && !enter_download_mode(f, reset, err))
		return false;
	warn_about_lines(f);
	for (unsigned i = 0; i < SYNCS_PER_ATTEMPT; i++) {
		bool is_patient = attempt_no >= PATIENT_FROM && may_reset(f) && !f->rx.total;

		/* the last one: a stub may be out of step since a session was killed in a frame */
		if (i == SYNCS_PER_ATTEMPT - 1 && !ef_rom_shift_frame(&f->rom, err))
			return false;
		if (!try_sync(f, is_patient ? PATIENT_TIMEOUT_MS : SYNC_TIMEOUT_MS, ret, err))
			return false;
		if (is_welcome(f, *ret))
			return true;
	}
	return true;
}

/*
 * The port's strategies; behind a port without USB ids (remote, in a
 * container) a USB-Serial/JTAG may be hiding, so its sequence is tried, too.
 */
static size_t strategies(const struct ef_flasher *f, const struct ef_reset *ret[STRATEGIES_MAX])
{
	bool usb_only = f->opts.before == EF_BEFORE_USB_RESET;
	size_t count = ef_reset_order(f->port, usb_only, ret);

	if (!usb_only && f->port->info.vid == 0)
		ret[count++] = ef_reset_by_name("usb-jtag-serial");
	return count;
}

/*
 * Who can't be reset may sit at the rate that an earlier session went on to.
 * That one is tried late: a fresh ROM measures the rate of the first SYNC.
 * Lines that exist may lead nowhere: so one attempt tries it there, too.
 */
static bool choose_rate(struct ef_flasher *f, unsigned attempt_no, unsigned attempts,
			struct ef_err *err)
{
	unsigned late = attempts / 2;

	if (!f->opts.rate_hz || f->opts.rate_hz == f->rom_rate_hz)
		return true;
	if (may_reset(f)) {
		f->rate_hz = attempt_no == OTHER_RATE_AT && log_rank(&f->evidence.rx) == 0
				     ? f->opts.rate_hz
				     : f->rom_rate_hz;
		return f->rate_hz == f->port->rate_hz || ef_port_set_baud(f->port, f->rate_hz, err);
	}
	if (attempt_no < late)
		return true;
	f->rate_hz = (attempt_no - late) % 2 ? f->rom_rate_hz : f->opts.rate_hz;
	return ef_port_set_baud(f->port, f->rate_hz, err);
}

bool ef_connect_loop(struct ef_flasher *f, struct ef_err *err)
{
	const struct ef_reset *order[STRATEGIES_MAX];
	size_t count = strategies(f, order);
	unsigned attempts = f->opts.attempts ? f->opts.attempts : ATTEMPTS;
	enum ef_sync_result sync = EF_SYNC_NONE;

	f->evidence = (struct ef_evidence){ .has_lines = may_reset(f) };
	clear_log(&f->rx);
	f->rom.rx_log = &f->rx;
	/* A board that is in download mode already, or whose lines lead nowhere. */
	if (!(f->must_reset && may_reset(f)) && !try_sync(f, SYNC_TIMEOUT_MS, &sync, err))
		return false;
	for (unsigned i = 0; !is_welcome(f, sync) && i < attempts; i++)
		if (!choose_rate(f, i, attempts, err) ||
		    !attempt(f, i, count ? order[i % count] : NULL, &sync, err))
			return false;
	f->rom.rx_log = NULL;
	if (!is_welcome(f, sync))
		return ef_diagnose_fail(&f->evidence, f->port->info.name, err);
	ef_log(EF_LOG_DEBUG, "%s answers after %u resets and %u SYNCs",
	       sync == EF_SYNC_STUB ? "a stub" : "the ROM", f->evidence.resets, f->evidence.syncs);
	accept_loader(f, sync);
	return true;
}
