/* SPDX-License-Identifier: MIT */
/*
 * What in a log ends a monitor: patterns, crashes, boot loops. Pure: lines
 * and times in, verdicts out.
 */
#ifndef EF_MONITOR_TRIGGER_H
#define EF_MONITOR_TRIGGER_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <espflash/err.h>

/* ---- patterns ---- */

struct patterns {
	regex_t *re;
	const char *const *text;
	size_t count; /* compiled so far */
};

/* Compile extended regular expressions; what is the option's name. USAGE, IO. */
bool patterns_compile(struct patterns *p, const char *what, const char *const *text, size_t count,
		      struct ef_err *err) EF_MUST_CHECK;
/* Accepts an empty one, and may be called twice. */
void patterns_release(struct patterns *p);
/* The first that matches, or NULL. Not whole: more may follow, so that no $ matches at the end. */
const char *patterns_find(const struct patterns *p, const char *line, bool is_whole);

/* ---- crashes ---- */

/* Whether a line is the first of a crash. */
bool is_panic(const char *line);
/* Whether a line ends what a crash prints. */
bool is_panic_end(const char *line);
/* "rst:0x1 (POWERON),boot:0x8 (...)": the reason into ret, "POWERON". */
bool reset_reason(const char *line, char *ret, size_t cap);
/* What went wrong when the chip resets for this reason; NULL: nothing, or a tool asked for it. */
const char *reset_crash(const char *reason);
/* The chip comes back from deep sleep. */
bool is_wake_up(const char *reason);

/* ---- defmt that nobody decodes ---- */

struct frame_watch {
	uint32_t at;      /* bytes so far, wraps */
	uint32_t seen[2]; /* where the last two frames ended */
	unsigned count;
	uint32_t len; /* of the frame */
	bool after_ff, in_frame, is_told;
};

/* True, once: these bytes have frames of defmt in them, as esp-println sends them. */
bool looks_like_defmt(struct frame_watch *w, const uint8_t *data, size_t len);

/* ---- boot loops ---- */

#define LOOP_MAX 32

struct boot_loop {
	uint64_t at_us[LOOP_MAX]; /* the last resets, a ring */
	unsigned count;           /* counted since the last verdict */
};

/* Another reset. True when it is the resets-th within time_us. */
bool boot_loop_reset(struct boot_loop *b, uint64_t now_us, unsigned resets, uint64_t time_us);

#endif
