/* SPDX-License-Identifier: MIT */
/*
 * Decides how the run of a monitor ends. Any stage may ask for the end; the first one to ask
 * decides the result.
 */
#ifndef EF_MONITOR_ENDING_H
#define EF_MONITOR_ENDING_H

#include <espflash/err.h>

struct ending {
	bool is_done;                 /* the loop leaves after this turn */
	bool is_left;                 /* the user or the reader left: wait for nothing */
	bool is_signalled;            /* a signal made the user leave */
	bool is_closed;               /* the loop was left: the result is final */
	struct ef_err err;            /* the result; OK: success */
	char reason[EF_ERR_MSG_SIZE]; /* the reason for success; "": the user left */
};

/* Ask for the end. code OK: success, for the reason given. */
void ending_set(struct ending *e, enum ef_code code, const char *fmt, ...) EF_PRINTF(3, 4);
/* Fix the result now, but let the run go on: a crash is still being printed. */
void ending_announce(struct ending *e, enum ef_code code, const char *fmt, ...) EF_PRINTF(3, 4);
/* Ask for the end because of an error. INTR counts as ending_signal. */
void ending_fail(struct ending *e, const struct ef_err *err);
/* Note that the user or the reader leaves. */
void ending_leave(struct ending *e);
/* Note that a signal ends the run. */
void ending_signal(struct ending *e);
/* Return whether the chip's text is still processed; once closed, the rest of it is. */
bool ending_takes_text(const struct ending *e);
/* Return whether text that was received before the end must still be shown. */
bool ending_wants_rest(const struct ending *e);

#endif
