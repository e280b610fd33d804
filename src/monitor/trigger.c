/* SPDX-License-Identifier: MIT */
/*
 * Knows by which words a crash is recognised (ESP-IDF: panic.c,
 * panic_handler.c, brownout.c, stack_check.c; Rust: core's panic message and
 * esp-backtrace) and how the ROM says why it starts.
 */
#include "monitor/trigger.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

bool patterns_compile(struct patterns *p, const char *what, const char *const *text, size_t count,
		      struct ef_err *err)
{
	*p = (struct patterns){ .text = text };
	if (count == 0)
		return true;
	p->re = calloc(count, sizeof(*p->re));
	if (!p->re)
		return ef_fail(err, EF_E_IO, "out of memory");
	for (; p->count < count; p->count++) {
		char why[128];
		int code = regcomp(&p->re[p->count], text[p->count], REG_EXTENDED | REG_NOSUB);

		if (code == 0)
			continue;
		(void)regerror(code, &p->re[p->count], why, sizeof(why));
		ef_fail(err, EF_E_USAGE, "%s: '%s' is no regular expression: %s", what,
			text[p->count], why);
		patterns_release(p);
		return ef_hint(err, "write a backslash before a character that is meant as it is: "
				    "\\( \\[ \\*");
	}
	return true;
}

void patterns_release(struct patterns *p)
{
	for (size_t i = 0; i < p->count; i++)
		regfree(&p->re[i]);
	free(p->re);
	*p = (struct patterns){ .re = NULL };
}

const char *patterns_find(const struct patterns *p, const char *line)
{
	for (size_t i = 0; i < p->count; i++)
		if (regexec(&p->re[i], line, 0, NULL, 0) == 0)
			return p->text[i];
	return NULL;
}

/* ---- crashes ---- */

bool is_panic(const char *line)
{
	static const char *const marks[] = {
		"Guru Meditation Error:",
		"abort() was called at PC",
		"assert failed: ",
		"panicked at ",
		"!! A panic occured", /* esp-backtrace spells it so; newer ones don't */
		"!! A panic occurred",
		"====================== PANIC ======================",
		"***ERROR*** A stack overflow in task",
		"Stack smashing protect failure!",
		"Stack smashing detected",
		"Brownout detector was triggered",
		"Interrupt wdt timeout on CPU",
		"Exception occurred on ",
		"Detected a stack overflow on ",
		"CORRUPT HEAP: ",
	};

	for (size_t i = 0; i < EF_ARRAY_LEN(marks); i++)
		if (strstr(line, marks[i]))
			return true;
	return false;
}

bool is_panic_end(const char *line)
{
	return strcmp(line, "Rebooting...") == 0 || strncmp(line, "CPU halted", 10) == 0 ||
	       strncmp(line, "rst:0x", 6) == 0 || strncmp(line, "Entering gdb stub now", 21) == 0;
}

bool reset_reason(const char *line, char *ret, size_t cap)
{
	const char *open = NULL;
	size_t len;

	/* a line can begin with noise: the rate was another one a moment ago */
	line = strstr(line, "rst:0x");
	if (!line)
		return false;
	open = line + strcspn(line, "(,");
	if (*open != '(')
		return false;
	len = strcspn(++open, ")");
	if (open[len] != ')' || len == 0 || len >= cap)
		return false;
	memcpy(ret, open, len);
	ret[len] = '\0';
	return true;
}

/* RTC watchdog resets are also how tools start the app of chips without a reset line. */
bool is_watchdog_reason(const char *reason)
{
	return strstr(reason, "WDT") && strncmp(reason, "RTCWDT", 6) != 0 &&
	       strncmp(reason, "RTC_WDT", 7) != 0 && strncmp(reason, "LP_WDT", 6) != 0;
}

bool boot_loop_reset(struct boot_loop *b, uint64_t now_us, unsigned resets, uint64_t time_us)
{
	if (resets == 0)
		return false;
	if (resets > LOOP_MAX)
		resets = LOOP_MAX;
	b->at_us[b->count++ % LOOP_MAX] = now_us;
	if (b->count < resets || now_us - b->at_us[(b->count - resets) % LOOP_MAX] > time_us)
		return false;
	b->count = 0;
	return true;
}
