/* SPDX-License-Identifier: MIT */
/*
 * Writes the report of the connect loop: the verdict with its evidence and words, and the polarity
 * of the lines. The loop needs it at its end, or later if a chip that had answered falls silent.
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
	/* rx holds only bytes from after the answer to SYNC: older resets have other causes */
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

/* ---- the message ---- */

/* List the strategies without repetition: "unix-tight, classic". */
static void strategy_names(const struct ef_evidence *ev, char *ret, size_t cap)
{
	ret[0] = '\0';
	for (unsigned i = 0; i < ev->attempts; i++) {
		const char *name = ev->attempt[i].strategy;
		bool is_known = !name[0];
		size_t len = strlen(ret);

		for (unsigned k = 0; k < i && !is_known; k++)
			is_known = strcmp(ev->attempt[k].strategy, name) == 0;
		if (!is_known)
			(void)ef_snprintf(ret + len, cap - len, "%s%s", len ? ", " : "", name);
	}
}

static void tell_tried(const struct ef_evidence *ev, enum ef_code code, char *ret, size_t cap)
{
	char names[160];
	size_t len;

	if (ev->resets)
		(void)ef_snprintf(ret, cap, "%u resets, %u SYNCs", ev->resets, ev->syncs);
	else
		(void)ef_snprintf(ret, cap, "no reset, %u SYNCs", ev->syncs);
	len = strlen(ret);
	if (ef_diagnose(ev) == EF_VERDICT_OTHER_STARTS)
		(void)ef_snprintf(ret + len, cap - len, "; a start after %u of the resets",
				  ev->reactions.restarts);
	len = strlen(ret);
	strategy_names(ev, names, sizeof(names));
	if (code == EF_E_NOT_DOWNLOAD && names[0])
		(void)ef_snprintf(ret + len, cap - len, "; tried %s", names);
	len = strlen(ret);
	if (ev->text_rate_hz)
		(void)ef_snprintf(ret + len, cap - len, "; readable at %u baud", ev->text_rate_hz);
	len = strlen(ret);
	if (ev->port_losses)
		(void)ef_snprintf(ret + len, cap - len, "; the port went away %u times",
				  ev->port_losses);
}

void diagnose_what(const struct ef_evidence *ev, char ret[DIAGNOSE_WHAT_SIZE])
{
	static const char lack[] = "this port has no lines to";
	const struct ef_verdict_info *v = ef_verdict_info(ef_diagnose(ev));
	const char *what = !ev->has_lines && v->what_no_lines ? v->what_no_lines : v->what;
	const char *at = ev->is_kept ? strstr(what, lack) : NULL;

	if (at)
		(void)ef_snprintf(ret, DIAGNOSE_WHAT_SIZE, "%.*sthis session may not%s",
				  (int)(at - what), what, at + sizeof(lack) - 1);
	else
		(void)ef_strlcpy(ret, DIAGNOSE_WHAT_SIZE, what);
	if ((v->verdict == EF_VERDICT_SILENT || v->verdict == EF_VERDICT_NONE) && !ev->rx.len &&
	    ev->reactions.stray_bytes)
		(void)ef_snprintf(ret, DIAGNOSE_WHAT_SIZE, "%s, only %u stray bytes",
				  v->verdict == EF_VERDICT_SILENT ? "the chip is silent: no answer"
								  : "no reply to SYNC",
				  (unsigned)ev->reactions.stray_bytes);
}

bool ef_diagnose_fail(const struct ef_evidence *ev, const char *port_name, struct ef_err *err)
{
	const struct ef_verdict_info *v = ef_verdict_info(ef_diagnose(ev));
	char quote[EF_QUOTE_SIZE], meaning[EF_MEANING_SIZE], tried[320], what[DIAGNOSE_WHAT_SIZE];

	diagnose_what(ev, what);
	ef_diagnose_quote(ev, quote, meaning);
	tell_tried(ev, v->code, tried, sizeof(tried));
	if (v->seen && quote[0])
		ef_fail(err, v->code, "cannot connect on '%.96s': %s; %s '%s'%s%s (%s)", port_name,
			what, v->seen, quote, meaning[0] ? ": " : "", meaning, tried);
	else
		ef_fail(err, v->code, "cannot connect on '%.96s': %s (%s)", port_name, what, tried);
	ef_hint_text(err, EF_HINT_VERDICT, port_name);
	err->hint.number[0] = v->verdict;
	err->hint.number[1] = ev->has_lines ? 0 : EF_HINT_NO_LINES;
	return false;
}
