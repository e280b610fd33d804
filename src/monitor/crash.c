/* SPDX-License-Identifier: MIT */
/*
 * Knows the words that firmware prints when it crashes (ESP-IDF: panic.c,
 * panic_handler.c, brownout.c, stack_check.c, task_wdt.c, ubsan.c; Rust: core's
 * panic message and esp-backtrace; Zephyr's kernel/fatal.c), and those by which
 * the ROM says why it starts (the strings in Espressif's ROM ELFs of all chips).
 */
#include "monitor/crash.h"

#include <string.h>

#include "base/util.h"
#include "monitor/logline.h"

/* The first line of a crash has text, and then, if any, somewhere behind it. */
static const struct mark {
	const char *text, *then;
} marks[] = {
	{ "Guru Meditation Error: Core ", NULL },
	{ "Panic handler entered multiple times", NULL },
	{ "abort() was called at PC 0x", NULL },
	{ "assert failed: ", ":" },
	{ "assertion \"", "failed: file \"" }, /* ESP-IDF before 5 */
	{ "***ERROR*** A stack overflow in task", NULL },
	{ "Stack smashing protect failure!", NULL },
	{ "Stack smashing detected", NULL },
	{ "Detected a stack overflow on ", NULL },
	{ "Stack overflow detected at 0x", NULL },
	{ "Brownout detector was triggered", NULL },
	{ "CORRUPT HEAP: ", "0x" },
	{ "task_wdt: Aborting.", NULL }, /* since ESP-IDF 5 the only line */
	{ "Undefined behavior of type ", NULL },
	{ "!! A panic occured", NULL }, /* sic: older versions of esp-backtrace */
	{ "!! A panic occurred", NULL },
	{ "====================== PANIC ======================", NULL },
	{ "Exception occured '", NULL },
	{ "Exception occurred on ", NULL },
	{ "Exception '", "mepc=0x" },
	{ ">>> ZEPHYR FATAL ERROR ", NULL },
	{ "** FATAL EXCEPTION", NULL }, /* Zephyr on Xtensa; before 2.0 its only message */
};

/*
 * Whether a line only mentions a crash. A log line that is no error may quote an earlier crash;
 * but a crash can also interrupt a log line in the middle of a word.
 */
static bool is_mention(const char *line, const char *at)
{
	struct log_line log;

	if (at == line)
		return false;
	log_line_parse(line, strlen(line), &log);
	return log.level && log.level != 'E' && strchr(" \"'(:", at[-1]);
}

/* "panicked at src/main.rs:1:2:", "thread 'main' panicked at 'text', src/main.rs:1:2" */
static bool is_rust_panic(const char *line)
{
	static const char words[] = "panicked at ";
	const char *at = strstr(line, words);
	struct log_line log;

	if (!at)
		return false;
	log_line_parse(line, strlen(line), &log);
	if (at != line && log.level != 'E' && !strstr(line, "ERROR") &&
	    !(strncmp(line, "thread ", 7) == 0 && at[-1] == ' '))
		return false;
	at += sizeof(words) - 1;
	return *at == '\'' || *at == '"' || strstr(at, ".rs:");
}

bool is_panic(const char *line)
{
	line += strspn(line, " \t\r");
	/* even esp_system_abort() with a text of its own prints this; in the boot log it has a tag
	 */
	if (strncmp(line, "ELF file SHA256: ", 17) == 0)
		return true;
	for (size_t i = 0; i < EF_ARRAY_LEN(marks); i++) {
		const char *at = strstr(line, marks[i].text);

		if (at && (!marks[i].then || strstr(at + strlen(marks[i].text), marks[i].then)) &&
		    !is_mention(line, at))
			return true;
	}
	return is_rust_panic(line);
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

	/* noise may come first: the baud rate was another one a moment ago */
	line = strstr(line, "rst:0x");
	if (!line)
		return false;
	open = line + 6 + strspn(line + 6, "0123456789abcdef");
	if (open == line + 6)
		return false;
	open += strspn(open, " ");
	if (*open != '(')
		return false;
	len = strcspn(++open, ")");
	if (strncmp(open + len, "),b", 3) != 0 || len == 0 || len >= cap)
		return false;
	memcpy(ret, open, len);
	ret[len] = '\0';
	return true;
}

const char *reset_crash(const char *reason)
{
	/* "RTCWDT_BROWN_OUT_RESET", "BROWNOUT_RST", "LP_BOD_SYS" */
	if (strstr(reason, "BROWN") || strstr(reason, "_BOD_"))
		return "the supply of the chip broke down";
	if (strstr(reason, "LOCKUP"))
		return "the processor locked up";
	/* tools use an RTC watchdog to start the app of chips without a reset line */
	if (!strstr(reason, "WDT") || strstr(reason, "RTCWDT") || strstr(reason, "RTC_WDT") ||
	    strstr(reason, "LP_WDT"))
		return NULL;
	return "a watchdog restarted the chip";
}

bool is_wake_up(const char *reason)
{
	/* "DEEPSLEEP_RESET", "DSLEEP", "SLEEP_WAKEUP"; P4, S31: "PMU_SYS_PWR_DOWN_RESET" */
	return strstr(reason, "SLEEP") || strstr(reason, "PWR_DOWN");
}
