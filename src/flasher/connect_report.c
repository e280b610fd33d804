/* SPDX-License-Identifier: MIT */
/*
 * What the connect loop reports at its end, or later, when a chip that had answered has fallen
 * silent: the verdict with its evidence, and how the lines are polarised.
 */
#include "flasher/connect.h"
#include "flasher/connect_priv.h"

/* The name without the polarity, which is a field of its own. */
static const char *strategy_of(const struct ef_attempt *a)
{
	static const char prefix[] = CONNECT_INVERTED;
	size_t len = sizeof(prefix) - 1;

	return strncmp(a->strategy, prefix, len) == 0 ? a->strategy + len : a->strategy;
}

void connect_report(struct ef_flasher *f, bool is_connected, bool is_whole)
{
	struct ef_connect_report *r = f->opts.report;
	const struct ef_evidence *ev = &f->record.evidence;
	unsigned last = ev->attempts < EF_ATTEMPTS_MAX ? ev->attempts : EF_ATTEMPTS_MAX;

	if (!r)
		return;
	*r = (struct ef_connect_report){ .verdict = EF_VERDICT_NONE };
	r->evidence = *ev;
	if (!is_connected)
		r->verdict = is_whole ? ef_diagnose(ev) : EF_VERDICT_NONE;
	else if (last)
		(void)ef_strlcpy(r->strategy, sizeof(r->strategy),
				 strategy_of(&ev->attempt[last - 1]));
	r->is_inverted = f->port->inverted != 0;
}

void connect_tell_polarity(struct ef_flasher *f, unsigned expected)
{
	if (f->port->inverted == expected)
		return;
	if (expected)
		ef_event_advise(f, EF_HINT_LINES_NOT_INVERTED,
				"this board does not invert DTR and RTS, contrary to the setting, "
				"or to what was remembered");
	else
		ef_event_advise(f, EF_HINT_LINES_INVERTED,
				"this board inverts DTR and RTS, or their wires are swapped");
}

/* ---- a chip that answered and fell silent ---- */

void ef_connect_lost(struct ef_flasher *f)
{
	/* rx holds only what came after the SYNC was answered: older resets have other causes */
	ef_boot_count(f->record.rx.data, f->record.rx.len, &f->record.lost_boots);
	if (f->record.rx.len)
		f->record.lost_rx = f->record.rx;
}

bool ef_connect_lost_fail(struct ef_flasher *f, struct ef_err *err)
{
	struct ef_evidence *ev = &f->record.evidence;

	ev->was_answered = true;
	ev->boots = f->record.lost_boots;
	ev->rx = f->record.lost_rx;
	if (ef_diagnose(ev) == EF_VERDICT_NONE)
		return false;
	if (f->opts.report) {
		f->opts.report->verdict = ef_diagnose(ev);
		f->opts.report->evidence = *ev;
	}
	ef_err_clear(err);
	return ef_diagnose_fail(ev, f->port->info.name, err);
}
