/* SPDX-License-Identifier: MIT */
/*
 * The one recovery policy. Work that can fail on the line is a step; ef_try
 * repeats it as long as the table in recover.c and the budgets allow, and
 * climbs the rungs between two tries: repeat, resynchronise, smaller pieces, a
 * slower rate, open the port again, reset the chip and rebuild the session.
 */
#ifndef EF_FLASHER_RECOVER_H
#define EF_FLASHER_RECOVER_H

#include <espflash/err.h>

#include "flasher/blame.h"
#include "flasher/budgets.h"

struct ef_flasher;

/* The way back to a rate that was left because of faults. */
struct ef_climb {
	uint32_t top_hz;   /* the rate before the first step down; 0: there was none */
	uint32_t quiet;    /* bytes of content since the last fault, or since a try began */
	unsigned failures; /* tries that failed */
	bool is_trial;     /* the present rate is a try: not enough bytes have passed yet */
	bool has_returned; /* slower rates did not help, so the work went up as far as it could */
	bool was_lowered;  /* plan.is_lowered before the first step down */
};

/* What recovery remembers of a session. */
struct ef_recovery {
	unsigned failures[EF_WORKS]; /* in a row, without progress */
	unsigned damages;            /* exchanges so far in which bytes got lost or damaged */
	unsigned damages_before;     /* those before the chip's last reset */
	unsigned faults;             /* damaged exchanges in a row at the present rate */
	uint32_t since_fault;        /* bytes of content since the last damaged exchange */
	uint32_t rate_hz;            /* rate that the session stepped down to; 0: none */
	struct ef_climb climb;
	struct ef_blame blame;
	uint32_t piece;       /* longest piece of a block to write at once; 0: no limit */
	uint32_t part;        /* longest packet to read at once; 0: no limit */
	uint32_t patience_ms; /* silence after which to send a SYNC */
	bool is_connecting;   /* the session is being built: repeat single exchanges */
	bool is_bad_line;     /* the line damages bytes, so it may damage requests, too */
	bool is_other_board;  /* another board answered after a reset */
};

/* Facts about the bytes that came in place of an answer. */
enum ef_heard {
	EF_HEARD_NOBODY,  /* no loader answered */
	EF_HEARD_LOADER,  /* a loader answered, perhaps after a boot log */
	EF_HEARD_CONTENT, /* ... and content of the flash may be among its bytes */
};

/*
 * The rungs, which the session provides. cause is the error that led to the rung. A
 * rung fails, with an error of its own, only if no further rung can help.
 */
struct ef_rungs {
	/* Send SYNCs within the budget. *ret: the same loader as before answers. */
	bool (*resync)(struct ef_flasher *f, const struct ef_budget *budget, bool *ret,
		       struct ef_err *err);
	/* Wait until the port is back and open it. */
	bool (*reopen)(struct ef_flasher *f, const struct ef_err *cause, struct ef_err *err);
	/* Return the next slower rate that both sides support; 0: there is none. */
	uint32_t (*next_rate)(const struct ef_flasher *f);
	/* Switch both sides to this rate. *ret: the loader answers there. */
	bool (*slower)(struct ef_flasher *f, uint32_t rate_hz, bool *ret, struct ef_err *err);
	/*
	 * Return the next faster rate up to the one before the first step down; 0: none may be
	 * tried.
	 */
	uint32_t (*faster_rate)(const struct ef_flasher *f);
	/* Switch both sides to it and prove it. *ret false: they are at the old rate again. */
	bool (*faster)(struct ef_flasher *f, uint32_t rate_hz, bool *ret, struct ef_err *err);
	/* Reset the chip until its ROM answers. */
	bool (*reconnect)(struct ef_flasher *f, const struct ef_err *cause, struct ef_err *err);
	/* Reset the chip and build the session anew at this rate (0: the user's rate). */
	bool (*rebuild)(struct ef_flasher *f, uint32_t rate_hz, struct ef_err *err);
	/*
	 * An exchange of the work failed. The rungs would drop the chip's output. *ret_was_reset:
	 * it proves a reset.
	 */
	bool (*hear)(struct ef_flasher *f, enum ef_heard heard, bool *ret_was_reset,
		     struct ef_err *err);
	/* The work failed with *err: replace it if the chip's output has the reason. */
	void (*explain)(struct ef_flasher *f, struct ef_err *err);
};

struct ef_try {
	enum ef_work work;
	bool (*step)(void *ctx, struct ef_err *err);
	/* ef_try calls this after a failure that the table covers, before any rung. May be NULL. */
	void (*failed)(void *ctx, const struct ef_err *cause);
	/*
	 * ef_try calls this between the rungs and the next try, to shrink pieces or warn. May be
	 * NULL.
	 */
	void (*again)(void *ctx, const struct ef_err *cause);
	void *ctx;
	uint64_t start_us; /* start of the budget's time; 0: the call of ef_try */
	bool is_exhausted; /* out: ef_try failed because a budget was used up */
	/* the last refusal that may be the line's fault, and how often in a row it came */
	struct ef_fault refusal;
	unsigned refusals;
};

/*
 * Try until the step succeeds or recovery gives up; then *err is the reason. A caller may pass t
 * again after a success.
 */
bool ef_try(struct ef_flasher *f, struct ef_try *t, struct ef_err *err) EF_MUST_CHECK;

/* Work of this kind made progress, so count its failures from zero again. */
void ef_recover_progress(struct ef_flasher *f, enum ef_work work);
/* Report bytes of content that passed without damage, as evidence for the present rate. */
void ef_recover_passed(struct ef_flasher *f, uint32_t content);
/* The work goes on at a slower rate than was_hz, if the present one is. */
void ef_recover_slowed(struct ef_flasher *f, uint32_t was_hz);
/*
 * Between two pieces of work, with left bytes of content to come: raise the rate again after a
 * quiet stretch. Each failed try makes the next one rarer, and few may fail.
 */
bool ef_recover_climb(struct ef_flasher *f, uint32_t left, struct ef_err *err) EF_MUST_CHECK;
/*
 * Return the content to send before the next call of ef_recover_climb is worthwhile, in whole
 * sectors; left: all of it.
 */
uint32_t ef_recover_climb_in(const struct ef_flasher *f, uint32_t left);
/*
 * Before the nth attempt, counted from 0: the lost byte may have been a delimiter, so send an
 * extra one before every second attempt.
 */
bool ef_recover_shift(struct ef_flasher *f, unsigned nth, struct ef_err *err) EF_MUST_CHECK;
/* Remember what a failed exchange reveals about the line. */
void ef_recover_note(struct ef_flasher *f, const struct ef_err *err);
/*
 * Count a fault for which the line is the likely cause, even if it is a firm refusal: the line may
 * have damaged the request. Does nothing if ef_recover_note counted it.
 */
void ef_recover_suspect(struct ef_flasher *f, const struct ef_err *err);

/* A step knows more than the error says: no other try can help. Always false. */
bool ef_fault_final(struct ef_err *err);
/* ... or: there is no loader any more that another try could reach. Always false. */
bool ef_fault_gone(struct ef_err *err);

/* Return whether the port went away. */
bool ef_is_port_gone(const struct ef_err *err);
/* Return whether the loader refused data for its checksum, as when long writes lose bytes. */
bool ef_is_damaged(const struct ef_err *err);
/* Return whether the chip did not answer: it was silent, or bytes got lost. */
bool ef_is_no_answer(const struct ef_err *err);
/* Return whether the exchange failed, rather than the port, a signal or memory. */
bool ef_is_exchange_fault(const struct ef_err *err);
/* Return whether an answer with a failure status came. The answer may be damaged. */
bool ef_is_refusal(const struct ef_err *err);
/* Return whether the line can be the cause, so that the same exchange might succeed next time. */
bool ef_is_line_fault(const struct ef_flasher *f, const struct ef_err *err);

#endif
