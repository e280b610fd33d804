/* SPDX-License-Identifier: MIT */
/* Reports events to the caller of the monitor, one after the other. */
#ifndef EF_MONITOR_REPORT_H
#define EF_MONITOR_REPORT_H

#include "monitor/logline.h"
#include "monitor/run_clock.h"
#include "monitor/screen.h"
#include <espflash/monitor.h>

struct report {
	const struct run_clock *clock;
	struct screen *screen; /* the caller may print to the same terminal */
	void (*event)(void *user,
		      const struct ef_monitor_event *event); /* NULL: events are dropped */
	void *user;
};

/* Report the last event. met: one flag for each pattern. */
void report_end(struct report *r, const char *text, enum ef_code code, const bool *met);
void report_event(struct report *r, enum ef_monitor_event_kind kind, const char *text);
/* Report an event that has a code. */
void report_code(struct report *r, enum ef_monitor_event_kind kind, const char *text,
		 enum ef_code code);
/* Report a problem, with its remedy. */
void report_advice(struct report *r, enum ef_hint_id hint, const char *text);
/* Report a complete line of plain text, which began at since_us. */
void report_text(struct report *r, const char *plain, const struct log_line *log,
		 uint64_t since_us);
void report_record(struct report *r, const struct ef_defmt_record *record,
		   const struct log_line *log);

#endif
