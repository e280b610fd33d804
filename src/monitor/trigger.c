/* SPDX-License-Identifier: MIT */
/*
 * Knows by which words a crash is recognised (ESP-IDF: panic.c,
 * panic_handler.c, brownout.c, stack_check.c, task_wdt.c, ubsan.c; Rust: core's
 * panic message and esp-backtrace; Zephyr's kernel/fatal.c) and how the ROM
 * says why it starts (the strings in Espressif's ROM ELFs of all chips).
 */
#include "monitor/trigger.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "monitor/logline.h"

/*
 * What other kinds of expressions mean something by, and POSIX takes for the
 * letter alone (\d) or leaves open: it would never match, and nobody knew why.
 * \w \W \s \S \b \B are known to the C libraries. NULL: none there.
 */
static const char *foreign_escape(const char *text)
{
	const char *set = NULL; /* what follows the [ of a list */

	for (const char *c = text; *c; c++) {
		bool is_letter = (c[0] == '\\') &&
				 ((c[1] >= 'a' && c[1] <= 'z') || (c[1] >= 'A' && c[1] <= 'Z'));

		if (is_letter && (set || !strchr("wWsSbB", c[1])))
			return c;
		if (set) {
			if (*c == ']' && c > set)
				set = NULL;
		} else if (c[0] == '\\' && c[1]) {
			c++;
		} else if (*c == '[') {
			set = c[1] == '^' ? c + 2 : c + 1;
		}
	}
	return NULL;
}

static bool check_escapes(const char *what, const char *text, struct ef_err *err)
{
	const char *at = foreign_escape(text);

	if (!at)
		return true;
	ef_fail(err, EF_E_USAGE,
		"%s: '%s' is no POSIX regular expression: '%.2s' means nothing in it", what, text,
		at);
	return ef_hint(err,
		       "write [0-9] for \\d, [[:space:]] for \\s in a list, and a character that "
		       "is meant as it is without the backslash");
}

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
		int code;

		if (!check_escapes(what, text[p->count], err)) {
			patterns_release(p);
			return false;
		}
		code = regcomp(&p->re[p->count], text[p->count], REG_EXTENDED | REG_NOSUB);
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

const char *patterns_find(const struct patterns *p, const char *line, bool is_whole)
{
	for (size_t i = 0; i < p->count; i++)
		if (regexec(&p->re[i], line, 0, NULL, is_whole ? 0 : REG_NOTEOL) == 0)
			return p->text[i];
	return NULL;
}

/* ---- crashes ---- */

/* What begins a crash; the first is found, and the second anywhere behind it. */
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
	{ "task_wdt: Aborting.", NULL }, /* since ESP-IDF 5 nothing else is said */
	{ "Undefined behavior of type ", NULL },
	{ "!! A panic occured", NULL }, /* esp-backtrace spells it so; newer ones don't */
	{ "!! A panic occurred", NULL },
	{ "====================== PANIC ======================", NULL },
	{ "Exception occured '", NULL },
	{ "Exception occurred on ", NULL },
	{ "Exception '", "mepc=0x" },
	{ ">>> ZEPHYR FATAL ERROR ", NULL },
	{ "** FATAL EXCEPTION", NULL }, /* Zephyr's on Xtensa, before 2.0 the only one */
};

/* Log lines that aren't errors can tell of an earlier crash; a print can also be cut by one. */
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
	/* every panic has it, also esp_system_abort() with words of its own; the boot log has a tag
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

	/* a line can begin with noise: the rate was another one a moment ago */
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
	/* an RTC watchdog is also how tools start the app of chips without a reset line */
	if (!strstr(reason, "WDT") || strstr(reason, "RTCWDT") || strstr(reason, "RTC_WDT") ||
	    strstr(reason, "LP_WDT"))
		return NULL;
	return "a watchdog restarted the chip";
}

bool is_wake_up(const char *reason)
{
	/* "DEEPSLEEP_RESET", "DSLEEP", "SLEEP_WAKEUP"; P4's and S31's is "PMU_SYS_PWR_DOWN_RESET"
	 */
	return strstr(reason, "SLEEP") || strstr(reason, "PWR_DOWN");
}

/* FF 00, some bytes that aren't 0, 00; three within so few bytes are no noise. */
#define FRAME_MAX   128u
#define FRAMES_NEAR 1024u

static bool is_third_frame(struct frame_watch *w)
{
	bool is_near = w->count >= 2 && w->at - w->seen[0] <= FRAMES_NEAR;

	w->seen[0] = w->seen[1];
	w->seen[1] = w->at;
	w->count += w->count < 2;
	return is_near;
}

bool looks_like_defmt(struct frame_watch *w, const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len && !w->is_told; i++, w->at++) {
		bool is_end = w->in_frame && data[i] == 0 && w->len > 0;

		if (w->in_frame && data[i] != 0 && ++w->len > FRAME_MAX)
			w->in_frame = false;
		if (is_end) {
			w->in_frame = false;
			w->is_told = is_third_frame(w);
		} else if (w->after_ff && data[i] == 0 && !w->in_frame) {
			w->in_frame = true;
			w->len = 0;
		}
		w->after_ff = data[i] == 0xff;
		if (w->is_told)
			return true;
	}
	return false;
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
