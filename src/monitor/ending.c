/* SPDX-License-Identifier: MIT */
/* Knows which of several reasons for the end counts. */
#include "monitor/ending.h"

#include <stdio.h>

#include "base/util.h"

void ending_set(struct ending *e, enum ef_code code, const char *fmt, ...)
{
	va_list ap;

	if (e->is_done || e->is_closed)
		return;
	e->is_done = true;
	if (e->err.code != EF_OK)
		return; /* announced before */
	va_start(ap, fmt);
	if (code == EF_OK) {
		(void)vsnprintf(e->reason, sizeof(e->reason), fmt, ap);
		ef_clean_text(e->reason);
	} else {
		ef_vfail(&e->err, code, fmt, ap);
	}
	va_end(ap);
}

void ending_announce(struct ending *e, enum ef_code code, const char *fmt, ...)
{
	va_list ap;

	if (e->is_done || e->is_closed || e->err.code != EF_OK)
		return;
	va_start(ap, fmt);
	ef_vfail(&e->err, code, fmt, ap);
	va_end(ap);
}

void ending_fail(struct ending *e, const struct ef_err *err)
{
	if (err->code == EF_E_INTR)
		e->is_left = true;
	else if (e->err.code == EF_OK && !e->is_done)
		e->err = *err;
	e->is_done = true;
}

void ending_leave(struct ending *e)
{
	e->is_done = e->is_left = true;
}

bool ending_takes_text(const struct ending *e)
{
	return !e->is_done || e->is_closed;
}

bool ending_wants_rest(const struct ending *e)
{
	/* the user does not expect output after the line that ended the run */
	return !e->is_left && !e->reason[0] && e->err.code != EF_E_FAIL_SEEN &&
	       e->err.code != EF_E_PANIC && e->err.code != EF_E_BOOT_LOOP;
}
