/* SPDX-License-Identifier: MIT */
/* Turns "not known" into a failure, for those who asked for that. */
#include "cli/board/start_require.h"

bool start_require_check(const struct connect_args *args, bool has_monitor, struct ef_err *err)
{
	enum ef_after after = (enum ef_after)args->after;

	if (has_monitor) {
		ef_fail(err, EF_E_USAGE, "'--require-start' and '--monitor' exclude each other");
		return ef_hint_own(err, "the monitor judges by '--until' and '--fail'");
	}
	if (after == EF_AFTER_HARD_RESET || after == EF_AFTER_WATCHDOG_RESET)
		return true;
	ef_fail(err, EF_E_USAGE, "'--require-start' needs a reset: this '--after' starts no app");
	return ef_hint_own(err, "leave '--after' out, or '--require-start'");
}

bool start_require(const struct ef_start *start, struct ef_err *err)
{
	if (start->state == EF_START_RUNNING)
		return true;
	if (start->state == EF_START_SILENT)
		ef_fail(err, EF_E_NOT_STARTED, "nothing proves that the app runs%s%s%s",
			start->line[0] ? ": '" : "", start->line, start->line[0] ? "'" : "");
	else
		ef_fail(err, EF_E_NOT_STARTED, "the app was started, but does not run: '%s'",
			start->line);
	return ef_hint_own(err, "'--require-start' asks for proof: an app that prints nothing at "
				"115200 baud can't give it; 'espflash-c monitor' shows what the "
				"chip says");
}
