/* SPDX-License-Identifier: MIT */
/*
 * Decides what the chip's lines mean for the run: patterns that the user waits for, resets,
 * crashes, boot loops. Reports them and asks for the end.
 */
#ifndef EF_MONITOR_VERDICT_H
#define EF_MONITOR_VERDICT_H

#include "monitor/boot_loop.h"
#include "monitor/ending.h"
#include "monitor/patterns.h"
#include "monitor/report.h"
#include "monitor/stuck.h"
#include "monitor/until.h"

struct verdict {
	const struct ef_monitor_ends *opts;
	const struct run_clock *clock;
	struct report *report;
	struct ending *ending;
	struct until until;
	struct patterns fail;
	struct boot_loop loop;
	struct stuck stuck;
	uint64_t loop_told_us; /* when a boot loop was reported */
	bool is_loop_told;
	bool is_slow_told;  /* the user was warned that a search was given up */
	bool had_hit;       /* the last line met a pattern in order */
	bool has_said;      /* the chip has printed something since its reset for this run */
	bool in_panic;      /* lines of a crash are coming */
	bool ends_on_panic; /* a crash, a boot loop or a failed boot ends the run */
	bool is_ending;     /* one of these ended it; its remaining text is still shown */
	uint64_t panic_us;
};

/* Compile the patterns. opts must outlive the verdict. Errors: USAGE, IO. */
bool verdict_open(struct verdict *v, const struct ef_monitor_ends *opts,
		  struct ef_err *err) EF_MUST_CHECK;
/* Accepts one that was never opened. */
void verdict_close(struct verdict *v);

/* Take a complete line without escape sequences. */
void verdict_line(struct verdict *v, const char *plain);
/* Compare text with the patterns only. Not whole: more of the line may follow. */
void verdict_patterns(struct verdict *v, const char *plain, bool is_whole);
/* Compare the bare message of the last line, without the text that the format put around it. */
void verdict_message(struct verdict *v, const char *message);
/* Judge a run that the user, the reader or a signal ended: was that the requested end? */
void verdict_left(struct verdict *v);
/* Return whether a line belongs to a crash, which no filter hides. */
bool verdict_is_crash(const struct verdict *v, const char *plain);
/*
 * Check the time limit, and whether a crash or a failed boot was shown to its end. heard_us: the
 * time of the chip's last byte.
 */
void verdict_times(struct verdict *v, uint64_t heard_us);
/*
 * Note that the user resets the chip, so that this reset is not taken for a crash or a boot loop.
 */
void verdict_user_reset(struct verdict *v);
/* Note that text was lost: the end of a crash may be missing. */
void verdict_gap(struct verdict *v);

#endif
