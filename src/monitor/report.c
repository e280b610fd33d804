/* SPDX-License-Identifier: MIT */
/* Knows what an event consists of, and which events the caller shows to the user at once. */
#include "monitor/report.h"

#include <string.h>

#include "base/util.h"

const char *ef_monitor_event_name(enum ef_monitor_event_kind kind)
{
	static const char *const names[] = {
		[EF_MONITOR_TEXT] = "text",
		[EF_MONITOR_RECORD] = "record",
		[EF_MONITOR_DECODED] = "decoded",
		[EF_MONITOR_PROBLEM] = "problem",
		[EF_MONITOR_RESET] = "reset",
		[EF_MONITOR_PANIC] = "panic",
		[EF_MONITOR_BOOT_LOOP] = "boot-loop",
		[EF_MONITOR_DISCONNECT] = "disconnect",
		[EF_MONITOR_RECONNECT] = "reconnect",
		[EF_MONITOR_LENT] = "lent",
		[EF_MONITOR_RETURNED] = "returned",
		[EF_MONITOR_NOTE] = "note",
		[EF_MONITOR_END] = "end",
	};

	return (size_t)kind < EF_ARRAY_LEN(names) ? names[kind] : "unknown";
}

static void tell(struct report *r, const struct ef_monitor_event *event)
{
	if (r->event)
		r->event(r->user, event);
}

/* The caller prints a notice to the terminal that shows the chip's text, so show that first. */
static void make_place(struct screen *s)
{
	struct ef_err ignored = EF_ERR_INIT;

	screen_notice(s);
	if (!out_flush(&s->out, &ignored))
		ef_err_clear(&ignored); /* the loop's own flush fails, too, and ends the run */
}

static void tell_code(struct report *r, enum ef_monitor_event_kind kind, const char *text,
		      enum ef_code code, const bool *met)
{
	const struct ef_monitor_event event = {
		.kind = kind,
		.time_us = r->clock->now_us - r->clock->started_us,
		.text = text,
		.tag = "",
		.code = code,
		.met = met,
	};

	if (kind >= EF_MONITOR_BOOT_LOOP && r->event && r->screen->is_tty)
		make_place(r->screen);
	tell(r, &event);
}

void report_code(struct report *r, enum ef_monitor_event_kind kind, const char *text,
		 enum ef_code code)
{
	tell_code(r, kind, text, code, NULL);
}

void report_end(struct report *r, const char *text, enum ef_code code, const bool *met)
{
	tell_code(r, EF_MONITOR_END, text, code, met);
}

void report_event(struct report *r, enum ef_monitor_event_kind kind, const char *text)
{
	report_code(r, kind, text, EF_OK);
}

void report_advice(struct report *r, enum ef_hint_id hint, const char *text)
{
	const struct ef_monitor_event event = {
		.kind = EF_MONITOR_PROBLEM,
		.time_us = r->clock->now_us - r->clock->started_us,
		.text = text,
		.tag = "",
		.hint = hint,
	};

	tell(r, &event);
}

void report_text(struct report *r, const char *plain, const struct log_line *log, uint64_t since_us)
{
	char tag[TAG_SIZE] = "";
	struct ef_monitor_event event = {
		.kind = EF_MONITOR_TEXT,
		.time_us = since_us - r->clock->started_us,
		.text = plain,
		.level = log->level,
		.tag = tag,
	};

	if (log->tag_len < sizeof(tag))
		memcpy(tag, log->tag, log->tag_len);
	tell(r, &event);
}

void report_record(struct report *r, const struct ef_defmt_record *record,
		   const struct log_line *log)
{
	const struct ef_monitor_event event = {
		.kind = EF_MONITOR_RECORD,
		.time_us = r->clock->now_us - r->clock->started_us,
		.text = record->message,
		.level = log->level,
		.tag = log->tag,
		.record = record,
	};

	tell(r, &event);
}
