/* SPDX-License-Identifier: MIT */
/* Turns "not known" into a failure, if the user asked for that. */
#include "cli/board/start_require.h"

bool start_require(const struct ef_start *start, struct ef_err *err)
{
	if (start->state == EF_START_RUNNING && start->is_known)
		return true;
	if (start->state == EF_START_RUNNING)
		ef_fail(err, EF_E_NOT_STARTED, "nothing proves that this app is the one that runs");
	else if (start->state == EF_START_SILENT)
		ef_fail(err, EF_E_NOT_STARTED, "nothing proves that the app runs%s%s%s",
			start->line[0] ? ": '" : "", start->line, start->line[0] ? "'" : "");
	else
		ef_fail(err, EF_E_NOT_STARTED, "the app was started, but does not run: '%s'",
			start->line);
	return ef_hint_own(err,
			   "'--require-start' asks for proof: an app that prints nothing at 115200 "
			   "baud can't give it; 'espflash-c monitor' shows the chip's output");
}
