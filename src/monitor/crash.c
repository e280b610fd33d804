/* SPDX-License-Identifier: MIT */
/* Knows what the events of the console mean for a run: crashes, their ends, and resets. */
#include "monitor/crash.h"

#include "base/util.h"

bool is_panic(const struct ef_console_event *e)
{
	return e->kind == EF_CONSOLE_CRASH;
}

bool is_panic_end(const struct ef_console_event *e)
{
	return e->kind == EF_CONSOLE_CRASH_END || (e->kind == EF_CONSOLE_RESET && e->has_reset);
}

bool read_reset(const struct ef_console_event *e, struct reset *ret)
{
	static const char *const crash[] = {
		[EF_CONSOLE_CAUSE_BROWNOUT] =
			"the chip's supply voltage dropped too low (brown-out)",
		[EF_CONSOLE_CAUSE_LOCKUP] = "the processor locked up",
		[EF_CONSOLE_CAUSE_WATCHDOG] = "a watchdog restarted the chip",
		[EF_CONSOLE_CAUSE_WAKE_UP] = NULL,
	};

	if (e->kind != EF_CONSOLE_RESET || !e->has_reset || !e->text[0])
		return false;
	(void)ef_strlcpy(ret->reason, sizeof(ret->reason), e->text);
	ret->crash = crash[e->cause];
	ret->is_wake_up = e->cause == EF_CONSOLE_CAUSE_WAKE_UP;
	return true;
}
