/* SPDX-License-Identifier: MIT */
/* Knows which of the chip's lines end the run, and with which result. */
#include "monitor/verdict.h"

#include <inttypes.h>
#include <string.h>

#include "base/util.h"
#include "monitor/crash.h"

#define LOOP_TELL_US  60000000u /* between two reports of a boot loop to a user who watches */
#define PANIC_US      15000000u /* a crash may print a core dump, which takes its time */
#define PANIC_IDLE_US 3000000u  /* a chip that is silent for this long has printed all of it */
/*
 * A chip that can't boot starts again when its watchdog bites: after 9 s in ESP-IDF's
 * bootloader (CONFIG_BOOTLOADER_WDT_TIME_MS), sooner in a ROM. That is a loop.
 */
#define STUCK_IDLE_US 10000000u

bool verdict_open(struct verdict *v, const struct ef_monitor_ends *opts, struct ef_err *err)
{
	v->opts = opts;
	v->ends_on_panic = opts->on_panic == EF_ON_PANIC_EXIT ||
			   (opts->on_panic == EF_ON_PANIC_AUTO &&
			    (opts->until_count || opts->fail_count || opts->timeout_ms));
	return until_open(&v->until, opts, err) &&
	       patterns_compile(&v->fail, EF_HINT_FAIL, opts->fail, opts->fail_count, err);
}

void verdict_close(struct verdict *v)
{
	until_close(&v->until);
	patterns_release(&v->fail);
}

/* ---- one line ---- */

/* Report that one of the patterns was met. The others may still be missing. */
static void tell_met(struct verdict *v, const char *found, const char *plain)
{
	char text[EF_ERR_MSG_SIZE];

	if (until_is_met(&v->until)) {
		ending_set(v->ending, EF_OK, "'%s' was seen: %s", found, plain);
		return;
	}
	(void)ef_snprintf(text, sizeof(text), "'%s' was seen, %zu of %zu: %s", found,
			  v->until.met_count, v->until.patterns.count, plain);
	report_event(v->report, EF_MONITOR_NOTE, text);
}

/* A search that was given up has no result, so warn the user, once. */
static void tell_slow(struct verdict *v, struct patterns *p)
{
	char text[EF_ERR_MSG_SIZE];

	if (p->slow && !v->is_slow_told) {
		v->is_slow_told = true;
		(void)ef_snprintf(text, sizeof(text),
				  "'%s' takes too long on a line: whether it matches is not known; "
				  "write a simpler pattern",
				  p->slow);
		report_event(v->report, EF_MONITOR_NOTE, text);
	}
	p->slow = NULL;
}

void verdict_patterns(struct verdict *v, const char *plain, bool is_whole)
{
	const char *found = NULL;

	if (v->ending->is_done || v->ending->is_closed || v->is_ending)
		return;
	if (is_whole)
		found = patterns_find(&v->fail, plain, true);
	if (found) {
		ending_set(v->ending, EF_E_FAIL_SEEN, "'%s' was seen: %s", found, plain);
		return;
	}
	while (!until_is_met(&v->until) && (found = until_find(&v->until, plain, is_whole)))
		tell_met(v, found, plain);
	tell_slow(v, &v->fail);
	tell_slow(v, &v->until.patterns);
}

void verdict_message(struct verdict *v, const char *message)
{
	/* text of one message never counts twice for patterns in order */
	if (v->until.mode != EF_UNTIL_SEQ || !v->had_hit)
		verdict_patterns(v, message, true);
	until_next_line(&v->until);
}

void verdict_left(struct verdict *v)
{
	bool by_signal = v->ending->is_signalled;
	const char *how = by_signal ? "interrupted" : "the monitor was left";
	char missing[256];

	if (v->ending->err.code != EF_OK || v->ending->reason[0])
		return;
	until_missing(&v->until, missing, sizeof(missing));
	if (*missing)
		ef_fail(&v->ending->err, by_signal ? EF_E_INTR : EF_E_UNMET, "%s before %s %s seen",
			how, missing, until_were(&v->until));
	else if (v->opts->fail_count)
		ef_fail(&v->ending->err, by_signal ? EF_E_INTR : EF_E_UNMET,
			"%s before anything ended it", how);
}

bool verdict_is_crash(const struct verdict *v, const char *plain)
{
	struct ef_console_event e;

	if (v->in_panic)
		return true;
	ef_console_classify(plain, strlen(plain), &e);
	return is_panic(&e);
}

static void judge_panic(struct verdict *v, const char *plain, const struct ef_console_event *e)
{
	if (v->in_panic || !is_panic(e))
		return;
	v->in_panic = true;
	report_event(v->report, EF_MONITOR_PANIC, plain);
	if (!v->ends_on_panic || v->ending->is_done)
		return;
	v->is_ending = true;
	v->panic_us = v->clock->now_us;
	ending_announce(v->ending, EF_E_PANIC, "the firmware crashed: %s", plain);
}

static void judge_loop(struct verdict *v, const struct reset *reset)
{
	const struct ef_monitor_ends *o = v->opts;
	uint64_t now_us = v->clock->now_us;
	char text[160];

	/* it is normal that a chip wakes from deep sleep again and again */
	if (reset->is_wake_up ||
	    !boot_loop_reset(&v->loop, now_us, o->loop_resets, o->loop_time_ms * 1000ull))
		return;
	if (v->is_loop_told && now_us - v->loop_told_us < LOOP_TELL_US)
		return;
	v->is_loop_told = true;
	v->loop_told_us = now_us;
	(void)ef_snprintf(text, sizeof(text),
			  "the chip restarts again and again: %" PRIu32 " resets in %" PRIu32
			  " s, the last one by %s",
			  o->loop_resets, o->loop_time_ms / 1000u, reset->reason);
	report_code(v->report, EF_MONITOR_BOOT_LOOP, text,
		    v->ends_on_panic ? EF_E_BOOT_LOOP : EF_OK);
	if (v->ends_on_panic)
		ending_set(v->ending, EF_E_BOOT_LOOP, "%s", text);
}

static void judge_reset(struct verdict *v, const char *plain, const struct ef_console_event *e)
{
	struct reset reset;

	if (!read_reset(e, &reset))
		return;
	report_event(v->report, EF_MONITOR_RESET, reset.reason);
	v->in_panic = v->is_ending;
	if (v->has_said && reset.crash) {
		report_event(v->report, EF_MONITOR_PANIC, plain);
		if (v->ends_on_panic)
			ending_set(v->ending, EF_E_PANIC, "%s: %s", reset.crash, reset.reason);
	}
	judge_loop(v, &reset);
}

void verdict_line(struct verdict *v, const char *plain)
{
	struct ef_console_event e;

	if (v->ending->is_closed)
		return;
	verdict_patterns(v, plain, true);
	v->had_hit = v->until.has_hit;
	until_next_line(&v->until);
	ef_console_classify(plain, strlen(plain), &e);
	stuck_line(&v->stuck, plain, &e);
	judge_panic(v, plain, &e);
	judge_reset(v, plain, &e);
	if (v->is_ending && is_panic_end(&e))
		v->ending->is_done = true;
	else if (v->in_panic && !v->is_ending && is_panic_end(&e))
		v->in_panic = false;
	v->has_said = true;
}

/* ---- between lines ---- */

static void time_is_up(struct verdict *v)
{
	unsigned s = (unsigned)(v->opts->timeout_ms / 1000u);
	unsigned tenths = (unsigned)(v->opts->timeout_ms / 100u % 10u);
	const struct stuck *stuck = &v->stuck;
	char missing[256], why[160] = "";

	until_missing(&v->until, missing, sizeof(missing));
	if (stuck->how != STUCK_NOT)
		(void)ef_snprintf(why, sizeof(why), "; %s: '%s'", stuck_text(stuck), stuck->line);
	if (*missing)
		ending_set(v->ending, EF_E_TIME_UP, "%s %s not seen within %u.%u s%s", missing,
			   until_were(&v->until), s, tenths, why);
	else
		ending_set(v->ending, EF_E_TIME_UP, "nothing ended the monitor within %u.%u s%s", s,
			   tenths, why);
}

/* No user is expected to press a button, so a chip that starts nothing remains stuck. */
static void judge_stuck(struct verdict *v, uint64_t heard_us)
{
	if (!v->ends_on_panic || v->stuck.how == STUCK_NOT ||
	    v->clock->now_us - heard_us <= STUCK_IDLE_US)
		return;
	ending_set(v->ending, EF_E_NOT_STARTED, "%s: '%s'", stuck_text(&v->stuck), v->stuck.line);
}

void verdict_times(struct verdict *v, uint64_t heard_us)
{
	uint64_t now_us = v->clock->now_us, limit_us = (uint64_t)v->opts->timeout_ms * 1000u;
	uint64_t spent_us = (uint64_t)v->opts->spent_ms * 1000u;

	if (v->is_ending && (now_us - v->panic_us > PANIC_US || now_us - heard_us > PANIC_IDLE_US))
		v->ending->is_done = true;
	judge_stuck(v, heard_us);
	if (limit_us && now_us - v->clock->started_us + spent_us >= limit_us)
		time_is_up(v);
}

void verdict_user_reset(struct verdict *v)
{
	v->loop.count = 0;
	v->has_said = false;
	stuck_forget(&v->stuck);
}

void verdict_gap(struct verdict *v)
{
	v->in_panic = v->is_ending;
	stuck_forget(&v->stuck);
}
