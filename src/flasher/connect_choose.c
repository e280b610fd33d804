/* SPDX-License-Identifier: MIT */
/*
 * Chooses what each attempt of the connect loop tries: the reset sequence, the
 * rate, and whether to invert the lines.
 */
#include "flasher/connect_priv.h"

/* This attempt uses the final rate: a killed session may have left a stub running there. */
#define OTHER_RATE_AT 4u

bool connect_may_reset(const struct ef_flasher *f)
{
	return f->opts.before != EF_BEFORE_NO_RESET && (f->port->caps & EF_PORT_HAS_LINES);
}

/*
 * Start with the sequence that worked last time, then try those for this kind of
 * port. If the port has no USB ids (remote, or in a container), it may be a
 * USB-Serial/JTAG, so try that sequence as well. A sequence that the user wrote
 * replaces all of these.
 */
void connect_choose_strategies(struct connecting *c)
{
	const struct ef_flasher *f = c->f;
	const struct ef_reset *order[EF_RESET_ORDER_MAX], *first = NULL;
	bool usb_only = f->opts.before == EF_BEFORE_USB_RESET;
	size_t n = ef_reset_order(f->port, usb_only, order);

	c->count = 0;
	if (f->opts.reset) {
		c->order[c->count++] = f->opts.reset;
		return;
	}
	if (f->opts.first_strategy)
		first = ef_reset_by_name(f->opts.first_strategy);
	if (first && !usb_only)
		c->order[c->count++] = first;
	for (size_t i = 0; i < n; i++)
		if (order[i] != first || usb_only)
			c->order[c->count++] = order[i];
	if (!usb_only && f->port->info.vid == 0)
		c->order[c->count++] = ef_reset_by_name("usb-jtag-serial");
}

/*
 * A chip that we can't reset may still run at the rate of an earlier session. Try
 * that rate only in the second half of the attempts: a ROM that has just started
 * takes over the rate of the first SYNC it sees. If the port has DTR and RTS, one
 * attempt tries that rate as well, since the lines may not be wired to the chip.
 */
bool connect_choose_rate(struct ef_flasher *f, unsigned attempt_no, unsigned attempts,
			 struct ef_err *err)
{
	unsigned late = attempts / 2;

	if (connect_log_wants_other_rate(f, attempt_no)) {
		f->rate_hz = CONNECT_OTHER_RATE;
		return ef_port_set_baud(f->port, f->rate_hz, err);
	}
	if (f->rate_hz == CONNECT_OTHER_RATE && f->rom_rate_hz != CONNECT_OTHER_RATE) {
		f->rate_hz = f->rom_rate_hz;
		if (!ef_port_set_baud(f->port, f->rate_hz, err))
			return false;
	}
	if (!f->opts.rate_hz || f->opts.rate_hz == f->rom_rate_hz)
		return true;
	if (connect_may_reset(f)) {
		f->rate_hz = attempt_no == OTHER_RATE_AT &&
					     connect_log_rank(&f->record.evidence.rx) == 0
				     ? f->opts.rate_hz
				     : f->rom_rate_hz;
		return f->rate_hz == f->port->rate_hz || ef_port_set_baud(f->port, f->rate_hz, err);
	}
	if (attempt_no < late)
		return true;
	f->rate_hz = (attempt_no - late) % 2 ? f->rom_rate_hz : f->opts.rate_hz;
	return ef_port_set_baud(f->port, f->rate_hz, err);
}

const struct ef_reset *connect_sure_reset(const struct connecting *c)
{
	for (size_t i = 0; i < c->count; i++)
		if (!c->order[i]->is_quick)
			return c->order[i];
	return c->order[0];
}

/*
 * If no sequence led to download mode, the last attempt inverts the lines: the board
 * may have inverters that the user didn't mention, or lack those that the user did.
 */
bool connect_tries_inverted(const struct connecting *c, unsigned attempt_no)
{
	const struct ef_flasher *f = c->f;

	return attempt_no + 1 == c->attempts && c->attempts >= CONNECT_ATTEMPTS &&
	       connect_may_reset(f) && !f->opts.reset && f->opts.before != EF_BEFORE_USB_RESET &&
	       !f->record.evidence.is_native_usb && !diagnose_is_deaf(&f->record.evidence) &&
	       connect_log_rank(&f->record.evidence.rx) != 2;
}

/* How long after the end of its sequence a board with a slow EN starts to print */
#define SLOW_EN_US 200000u

static bool seems_slow(const struct ef_attempt *a)
{
	const struct ef_reset *reset = ef_reset_by_name(a->strategy);
	uint64_t us = SLOW_EN_US;

	for (size_t i = 0; reset && i < reset->step_count; i++)
		us += reset->step[i].wait_ms * UINT64_C(1000);
	return reset && a->first_us > us;
}

const struct ef_reset *connect_inverted_reset(const struct connecting *c)
{
	const struct ef_evidence *ev = &c->f->record.evidence;
	const struct ef_reset *longest = NULL;
	bool is_slow = false;

	for (unsigned i = 0; i < ev->attempts; i++)
		is_slow |= seems_slow(&ev->attempt[i]);
	for (size_t i = 0; i < c->count; i++)
		if (strstr(c->order[i]->name, "-extra"))
			longest = c->order[i];
	return is_slow && longest ? longest : connect_sure_reset(c);
}
