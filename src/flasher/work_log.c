/* SPDX-License-Identifier: MIT */
/*
 * A chip that resets during work prints the reason. Recovery continues as after any loss, so
 * this file keeps the boot logs. The user learns of a brown-out even if the work succeeds, and
 * if the work fails, the error names the reason of the resets.
 */
#include "flasher/work_log.h"

#include <espflash/diagnose.h>

#include "flasher/boot_log.h"
#include "flasher/connect_priv.h"

/* A ROM's greeting takes 20 ms at 115200 baud. It comes within this time, or it was not sent. */
#define HEAR_MS 60u

/* A chip without a valid app restarts forever. The first of its boots has the reason. */
void ef_work_log_start(struct ef_flasher *f)
{
	connect_log_clear(&f->record.rx);
	f->record.rx.keeps_first = true;
	f->rom.rx_log = &f->record.rx;
}

/* Return whether the chip was reset. */
static bool count(struct ef_flasher *f)
{
	struct ef_boot_counts now = { 0 }, *all = &f->record.work_boots;

	ef_boot_count(f->record.rx.data, f->record.rx.len, &now);
	if (!now.power && !now.watchdog)
		return now.starts || now.software;
	/* a chip that can't boot is restarted by its watchdog: one loss counts once */
	all->power += now.power > 0;
	all->watchdog += now.watchdog > 0 && !now.power;
	if (now.power || !all->power)
		f->record.work_rx = f->record.rx;
	if (now.power)
		ef_event_warn(f, "the chip was reset by brown-out: its supply is too weak");
	return true;
}

bool ef_work_log_heard(struct ef_flasher *f, enum ef_heard heard, bool *ret_was_reset,
		       struct ef_err *err)
{
	*ret_was_reset = false;
	if (!f->rom.rx_log || !f->record.rx.len)
		return true;
	if (heard == EF_HEARD_NOBODY && !connect_hear(f, HEAR_MS, err))
		return false;
	if (heard != EF_HEARD_CONTENT)
		*ret_was_reset = count(f);
	ef_work_log_start(f); /* bytes of a damaged answer are not a boot log */
	return true;
}

void ef_work_log_explain(struct ef_flasher *f, struct ef_err *err)
{
	struct ef_evidence *ev = &f->record.evidence;
	const struct ef_verdict_info *v;
	char quote[EF_QUOTE_SIZE], meaning[EF_MEANING_SIZE];

	/* one watchdog reset is a fault like others; it explains a failure if it comes again */
	if (!f->record.work_boots.power && f->record.work_boots.watchdog < 2)
		return;
	ev->was_answered = true;
	ev->boots = f->record.work_boots;
	ev->rx = f->record.work_rx;
	v = ef_verdict_info(ef_diagnose(ev));
	if (f->opts.report) {
		f->opts.report->verdict = v->verdict;
		f->opts.report->evidence = *ev;
	}
	ef_diagnose_quote(ev, quote, meaning);
	ef_err_clear(err);
	ef_fail(err, v->code, "%s%s%s%s%s%s",
		v->verdict == EF_VERDICT_BROWNOUT ? v->what
						  : "a watchdog resets the chip again and again",
		quote[0] ? "; it printed '" : "", quote, quote[0] ? "'" : "",
		meaning[0] ? ": " : "", meaning);
	ef_hint_text(err, EF_HINT_VERDICT, f->port->info.name);
	err->hint.number[0] = v->verdict;
	err->hint.number[1] = ev->has_lines ? 0 : EF_HINT_NO_LINES;
}
