/* SPDX-License-Identifier: MIT */
/*
 * Runs the connect loop: one SYNC before any reset, then the reset sequences in turn, each followed
 * by a few SYNCs. Knows how long to keep trying, when a running stub may stay, what to try when the
 * usual resets fail (inverted lines, other rates, a user who presses BOOT and RESET), and that a
 * port may vanish at any time. connect_log.c records what each attempt received.
 */
#include <espflash/log.h>

#include "flasher/boot_log.h"
#include "flasher/connect.h"
#include "flasher/connect_priv.h"
#include "flasher/session.h"

#define TIMEOUT_MS 10000u
/* The test with EN held low may exceed the deadline by the time of about one attempt. */
#define HOLD_MORE_US 1700000u
/* The time that the test needs besides the hold */
#define HOLD_REST_US 100000u

/* Time for a user to find and press the buttons. */
#define HANDS_MS 60000u
/* Send SYNCs at this interval meanwhile: a user presses buttons no faster. */
#define HANDS_SYNC_MS 100u

static bool is_over(struct ef_flasher *f, uint64_t deadline_us)
{
	return ef_port_now_us(f->port) >= deadline_us;
}

typedef bool sync_fn(struct ef_flasher *f, uint32_t timeout_ms, enum ef_sync_result *ret,
		     struct ef_err *err);

static bool ask(struct ef_flasher *f, uint32_t timeout_ms, enum ef_sync_result *ret,
		struct ef_err *err)
{
	f->record.evidence.syncs++;
	return ef_rom_sync(&f->rom, timeout_ms, ret, err);
}

/* Garbage counts as no answer; only a port that fails is an error. */
static bool await_answer(struct connecting *c, sync_fn *sync, uint32_t timeout_ms,
			 enum ef_sync_result *ret, struct ef_err *err)
{
	struct ef_flasher *f = c->f;
	struct ef_reactions *r = &f->record.evidence.reactions;
	unsigned echoes = r->echoes;
	uint64_t skipped = f->rom.skipped;
	bool ok;

	*ret = EF_SYNC_NONE;
	ok = sync(f, timeout_ms, ret, err);
	f->record.evidence.reactions.stray_bytes += f->rom.skipped - skipped;
	connect_log_bytes(f);
	/*
	 * A chip that hears what we hear takes its own answers for requests and answers those.
	 * No session is possible on such a wire.
	 */
	if (ok && *ret != EF_SYNC_NONE && r->echoes > echoes) {
		r->is_joined = c->is_joined = true;
		*ret = EF_SYNC_NONE;
	}
	if (!ok) {
		if (!ef_is_exchange_fault(err))
			return false;
		/*
		 * a SYNC without an answer is not an error, so LOST means that the driver can't
		 * send
		 */
		f->record.evidence.write_stalls += err->fault.kind == EF_FAULT_LOST;
		/* the loop tries again; the diagnosis at its end reports the cause */
		ef_err_clear(err);
	}
	c->was_seen = true;
	if (*ret == EF_SYNC_NONE)
		connect_log_keep(f);
	return true;
}

/* Send one SYNC. */
static bool try_sync(struct connecting *c, uint32_t timeout_ms, enum ef_sync_result *ret,
		     struct ef_err *err)
{
	return await_answer(c, ask, timeout_ms, ret, err);
}

/* A running stub may stay unless the user wants another loader and a reset is possible. */
static bool is_welcome(const struct ef_flasher *f, enum ef_sync_result sync)
{
	if (sync == EF_SYNC_STUB && (f->opts.no_stub || f->opts.stub_json))
		return !connect_may_reset(f);
	return sync != EF_SYNC_NONE;
}

static void accept_loader(struct ef_flasher *f, enum ef_sync_result sync)
{
	ef_session_use_loader(f, sync == EF_SYNC_STUB ? EF_LOADER_STUB : EF_LOADER_ROM);
	if (sync == EF_SYNC_STUB && (f->opts.no_stub || f->opts.stub_json))
		ef_event_warn(f, "a stub is running and no reset is possible: using it");
}

static bool enter_download_mode(struct connecting *c, const struct ef_reset *reset,
				struct ef_err *err)
{
	struct ef_flasher *f = c->f;
	const struct ef_reset_ear ear = { .release = connect_hear_release,
					  .wait = connect_hear_reset,
					  .ctx = f };
	struct ef_reset own = *reset;

	connect_log_reset(f);
	if (!connect_log_strays(f, err))
		return false;
	if (f->opts.reset_delay.is_set && !f->opts.reset)
		ef_reset_set_delay(&own, f->opts.reset_delay.ms);
	c->was_seen = false;
	if (!ef_reset_run_by_ear(&own, f->port, &ear, err))
		return false;
	/* some backends find out only during a reset that they have no DTR and RTS */
	if (f->port->caps & EF_PORT_HAS_LINES)
		f->record.evidence.resets++;
	return true;
}

static void warn_about_lines(struct ef_flasher *f)
{
	if (connect_may_reset(f))
		return;
	if (f->opts.before == EF_BEFORE_NO_RESET)
		ef_event_advise(f, EF_HINT_NOT_RESET,
				"the chip is not reset, as demanded: the connection fails if the "
				"chip is not in bootloader or flasher stub mode");
	else if (!(f->port->caps & EF_PORT_HAS_LINES))
		ef_event_warn(f, "no reset possible: this port has no DTR and RTS; put the chip "
				 "into download mode by hand");
}

/*
 * If an earlier session was killed within a frame, a stub takes our first delimiter for that
 * frame's end. An extra one before an attempt's last SYNC corrects that.
 */
static bool shift(struct ef_flasher *f, struct ef_err *err)
{
	if (ef_rom_shift_frame(&f->rom, err))
		return true;
	if (!ef_is_exchange_fault(err))
		return false;
	/* a driver that can't send: the SYNC that follows counts it */
	ef_err_clear(err);
	return true;
}

static bool insist(struct connecting *c, unsigned attempt_no, enum ef_sync_result *ret,
		   struct ef_err *err)
{
	struct ef_flasher *f = c->f;
	uint32_t ms = connect_sync_ms(f), spent_ms = 0;

	for (unsigned i = 1; !is_over(f, c->deadline_us) && !c->is_joined; i++) {
		uint32_t wait_ms = connect_pause_ms(f, i);
		bool is_last;

		/* a ROM that started late answers the SYNCs that came meanwhile */
		if (wait_ms && !await_answer(c, connect_hear_anything, wait_ms, ret, err))
			return false;
		if (is_welcome(f, *ret))
			return true;
		spent_ms += wait_ms + ms;
		is_last = spent_ms >= connect_attempt_ms(c, attempt_no);
		if (is_last && !shift(f, err))
			return false;
		if (!try_sync(c, ms, ret, err))
			return false;
		if (is_last || is_welcome(f, *ret))
			return true;
	}
	return true;
}

static bool attempt(struct connecting *c, unsigned attempt_no, const struct ef_reset *reset,
		    enum ef_sync_result *ret, struct ef_err *err)
{
	struct ef_flasher *f = c->f;
	bool does_reset = reset && connect_may_reset(f), ok;
	unsigned deaf = f->record.evidence.reactions.deaf_attempts;

	f->resets_quickly = does_reset && reset->is_quick;
	connect_log_begin(f, does_reset ? reset->name : "", f->port->inverted != 0);
	ok = !does_reset || enter_download_mode(c, reset, err);
	if (ok) {
		warn_about_lines(f);
		ok = insist(c, attempt_no, ret, err);
	}
	connect_log_end(f);
	if (f->record.evidence.reactions.deaf_attempts > deaf) {
		c->deaf_reset = does_reset ? reset : NULL;
		c->deaf_inverted = f->port->inverted;
	}
	return ok;
}

/* Make an attempt with these lines inverted. If it fails, restore them. */
static bool attempt_inverted(struct connecting *c, unsigned inverted, unsigned attempt_no,
			     const struct ef_reset *reset, enum ef_sync_result *ret,
			     struct ef_err *err)
{
	struct ef_flasher *f = c->f;
	unsigned was = f->port->inverted;
	bool ok = ef_port_invert_lines(f->port, inverted, err) &&
		  attempt(c, attempt_no, reset, ret, err);

	if (ok && is_welcome(f, *ret))
		return true;
	if (!ok) /* the port may be gone, and reopening it will leave the lines idle */
		f->port->inverted = was;
	return ok && ef_port_invert_lines(f->port, was, err);
}

/*
 * One attempt of many in which the chip was deaf in download mode may be chance: perhaps its EN
 * rises so slowly, or the lines are inverted, that the sequence itself ended the mode. Repeat it.
 */
static bool confirm_deaf(struct connecting *c, enum ef_sync_result *ret, struct ef_err *err)
{
	struct ef_flasher *f = c->f;

	if (f->record.evidence.reactions.deaf_attempts != 1 || !c->deaf_reset ||
	    is_welcome(f, *ret) || is_over(f, c->deadline_us))
		return true;
	return attempt_inverted(c, c->deaf_inverted, c->attempts, c->deaf_reset, ret, err);
}

/* ---- a port that goes away ---- */

/* Wait for a port that went away. False: err is another error, or the port stayed away. */
static bool follow_port(struct connecting *c, struct ef_err *err)
{
	struct ef_flasher *f = c->f;
	struct ef_err lost = *err;
	uint64_t until_us = ef_port_deadline(f->port, ef_budgets.enumerate_ms);

	if (!ef_is_port_gone(err) || !f->port->ops->reopen)
		return false;
	f->record.evidence.port_losses++;
	f->record.evidence.port_flaps += c->was_seen;
	c->was_seen = false;
	ef_log(EF_LOG_DEBUG, "the port is gone: %s", err->msg);
	ef_err_clear(err);
	if (until_us < c->end_us)
		until_us = c->end_us;
	if (ef_port_reopen(f->port, until_us, err) && ef_rom_discard(&f->rom, err))
		return true;
	/* the error that the port reported when it went away is the better explanation */
	if (err->code != EF_E_INTR)
		*err = lost;
	return false;
}

static bool first_sync(struct connecting *c, enum ef_sync_result *ret, struct ef_err *err)
{
	struct ef_flasher *f = c->f;
	bool ok;

	/* The board may be in download mode already, perhaps because its lines are not wired. */
	if ((f->must_reset || f->opts.reset_first) && connect_may_reset(f))
		return true;
	connect_log_begin(f, "", false);
	ok = try_sync(c, connect_first_sync_ms(f), ret, err);
	connect_log_end(f);
	return ok || follow_port(c, err);
}

/*
 * A chip's own USB port may vanish during a reset or shortly after it. When it is
 * back, the chip is in download mode: send SYNCs, since another reset could end that.
 */
static bool ask_who_is_back(struct connecting *c, unsigned attempt_no, const struct ef_reset *reset,
			    enum ef_sync_result *ret, struct ef_err *err)
{
	struct ef_flasher *f = c->f;
	bool ok;

	if (!f->record.evidence.is_native_usb || !reset || !connect_may_reset(f))
		return true;
	connect_log_begin(f, reset->name, f->port->inverted != 0);
	ok = insist(c, attempt_no, ret, err);
	connect_log_end(f);
	return ok || follow_port(c, err);
}

static bool run_round(struct connecting *c, enum ef_sync_result *ret, struct ef_err *err)
{
	struct ef_flasher *f = c->f;

	c->is_joined = false;
	if (!first_sync(c, ret, err))
		return false;
	for (unsigned i = 0; i < c->attempts && !c->is_joined; i++) {
		const struct ef_reset *reset = c->count ? c->order[i % c->count] : NULL;
		bool ok;

		if (is_welcome(f, *ret) || is_over(f, c->deadline_us))
			break;
		ok = connect_choose_rate(f, i, c->attempts, err) &&
		     (connect_tries_inverted(c, i)
			      ? attempt_inverted(c, c->inverted ^ (EF_DTR | EF_RTS), i,
						 connect_inverted_reset(c), ret, err)
			      : attempt(c, i, reset, ret, err));
		if (!ok && (!follow_port(c, err) || !ask_who_is_back(c, i, reset, ret, err)))
			return false;
		connect_log_note_rate(f);
	}
	return confirm_deaf(c, ret, err) || follow_port(c, err);
}

/* ---- a user who presses the buttons ---- */

/* Return whether a user who presses BOOT and RESET could solve this. */
static bool hands_help(enum ef_verdict verdict)
{
	switch (verdict) {
	case EF_VERDICT_APP_UNAFFECTED:
	case EF_VERDICT_FLASH_BOOT:
	case EF_VERDICT_EMPTY_FLASH:
	case EF_VERDICT_OTHER_STARTS:
	case EF_VERDICT_WATCHDOG:
	case EF_VERDICT_USB_BUSY:
	case EF_VERDICT_SILENT: /* perhaps a sleeping application, and lines that are not wired */
		return true;
	default:
		return false;
	}
}

/*
 * A user needs time to read the message and to press the buttons:
 * extend the deadline, unless the user has set one. A silent board gets no
 * extension, since the cause may as well be the cable or the supply.
 */
static void extend_for_hands(struct connecting *c, enum ef_verdict verdict)
{
	const struct ef_connect_opts *o = &c->f->opts;
	uint64_t until_us = ef_port_deadline(c->f->port, HANDS_MS);

	if (o->has_hands && !o->wait_ms && !o->timeout_ms && verdict != EF_VERDICT_SILENT &&
	    until_us > c->end_us)
		c->end_us = until_us;
}

/*
 * Report how long the wait lasts, so that the user knows whether there is time to find the button.
 */
static void tell_wait(struct ef_flasher *f, uint64_t end_us, const char *what)
{
	uint64_t now_us = ef_port_now_us(f->port);
	char how_long[24] = "";

	if (end_us != UINT64_MAX)
		(void)ef_snprintf(how_long, sizeof(how_long), ", %u s at most",
				  (unsigned)((end_us - now_us + 999999u) / 1000000u));
	ef_event_advise(f, EF_HINT_AWAITS_HANDS,
			"%s. Now hold BOOT, press RESET, release both: waiting for that%s", what,
			how_long);
}

/* Only send SYNCs: a reset would take the chip out of the mode that the user selected. */
static bool await_hands(struct connecting *c, enum ef_sync_result *ret, struct ef_err *err)
{
	struct ef_flasher *f = c->f;
	const struct ef_verdict_info *v = ef_verdict_info(ef_diagnose(&f->record.evidence));
	char what[DIAGNOSE_WHAT_SIZE];
	bool ok = true;

	if (!f->opts.has_hands && !f->opts.wait_ms)
		return true;
	if (!hands_help(v->verdict))
		return true;
	extend_for_hands(c, v->verdict);
	if (is_over(f, c->end_us))
		return true;
	f->rate_hz = f->rom_rate_hz;
	if (f->port->rate_hz != f->rate_hz && !ef_port_set_baud(f->port, f->rate_hz, err))
		return false;
	diagnose_what(&f->record.evidence, what);
	tell_wait(f, c->end_us, what);
	connect_log_begin(f, "", false);
	while (ok && !is_welcome(f, *ret) && !is_over(f, c->end_us))
		ok = try_sync(c, HANDS_SYNC_MS, ret, err) || follow_port(c, err);
	connect_log_end(f);
	return ok;
}

/* The test with EN held low begins only if it ends in time. */
static uint64_t hold_deadline(const struct connecting *c)
{
	uint64_t limit_us = c->f->port->limit_us, until_us = c->deadline_us + HOLD_MORE_US;

	return limit_us && limit_us < until_us ? limit_us - HOLD_REST_US : until_us;
}

static bool connect_rounds(struct connecting *c, enum ef_sync_result *sync, struct ef_err *err)
{
	struct ef_flasher *f = c->f;
	uint32_t timeout_ms = f->opts.timeout_ms ? f->opts.timeout_ms : TIMEOUT_MS;

	do {
		c->deadline_us = ef_port_deadline(f->port, timeout_ms);
		if (c->deadline_us > c->end_us)
			c->deadline_us = c->end_us;
		if (!run_round(c, sync, err))
			return false;
		if (is_welcome(f, *sync))
			return true;
		if (ef_diagnose(&f->record.evidence) == EF_VERDICT_GARBAGE &&
		    !connect_listen(f, connect_may_reset(f) ? connect_sure_reset(c) : NULL,
				    c->deadline_us, err) &&
		    !follow_port(c, err))
			return false;
		if (connect_may_reset(f) && !connect_hold(f, hold_deadline(c), err) &&
		    !follow_port(c, err))
			return false;
		if (!await_hands(c, sync, err))
			return false;
	} while (f->opts.wait_ms && !is_welcome(f, *sync) && !is_over(f, c->end_us));
	return true;
}

static void begin(struct connecting *c, struct ef_flasher *f)
{
	uint32_t timeout_ms = f->opts.timeout_ms ? f->opts.timeout_ms : TIMEOUT_MS;
	uint32_t total_ms = f->opts.wait_ms > timeout_ms ? f->opts.wait_ms : timeout_ms;

	*c = (struct connecting){ .f = f, .inverted = f->port->inverted };
	c->attempts = f->opts.attempts ? f->opts.attempts : CONNECT_ATTEMPTS;
	c->end_us = f->opts.wait_ms == UINT32_MAX ? UINT64_MAX
						  : ef_port_deadline(f->port, total_ms);
	connect_choose_strategies(c);
	f->record.evidence = (struct ef_evidence){
		.has_lines = connect_may_reset(f),
		.is_kept = f->opts.before == EF_BEFORE_NO_RESET &&
			   (f->port->caps & EF_PORT_HAS_LINES),
		.is_native_usb = ef_usb_is_chip(&f->port->info),
	};
	f->record.start_us = ef_port_now_us(f->port);
	connect_log_clear(&f->record.rx);
	f->rom.rx_log = &f->record.rx;
}

bool ef_connect_loop(struct ef_flasher *f, struct ef_err *err)
{
	struct connecting c;
	enum ef_sync_result sync = EF_SYNC_NONE;
	bool ok, flaps;

	begin(&c, f);
	ok = connect_rounds(&c, &sync, err);
	if (!ok && err->code == EF_E_TIMEOUT && ef_port_is_late(f->port)) {
		ef_err_clear(
			err); /* the user's time is over, and there is evidence for a verdict */
		ok = true;
	}
	f->record.spoke = boot_chip(&f->record.rx);
	/* the chip may reset right after its answer: start a fresh log for ef_connect_lost */
	connect_log_clear(&f->record.rx);
	f->record.counted = 0;
	f->record.evidence.has_lines = connect_may_reset(f);
	f->record.evidence.took_us = ef_port_now_us(f->port) - f->record.start_us;
	flaps = !ok && ef_is_port_gone(err) &&
		ef_diagnose(&f->record.evidence) == EF_VERDICT_PORT_FLAPS;
	connect_report(f, ok && is_welcome(f, sync), ok || flaps);
	if (flaps) {
		/* the verdict explains all the port's absences; err is only the last of them */
		ef_err_clear(err);
		return ef_diagnose_fail(&f->record.evidence, f->port->info.name, err);
	}
	if (!ok)
		return false;
	if (!is_welcome(f, sync))
		return ef_diagnose_fail(&f->record.evidence, f->port->info.name, err);
	ef_log(EF_LOG_DEBUG, "%s answers after %u resets and %u SYNCs",
	       sync == EF_SYNC_STUB ? "a stub" : "the ROM", f->record.evidence.resets,
	       f->record.evidence.syncs);
	connect_tell_polarity(f, c.inverted);
	f->record.has_reset |= connect_log_has_reset(f);
	/* only connecting needed the rate of the other crystal: go on at the usual one */
	if (f->rate_hz == CONNECT_OTHER_RATE && !f->opts.rate_hz)
		f->opts.rate_hz = f->rom_rate_hz;
	accept_loader(f, sync);
	return true;
}
