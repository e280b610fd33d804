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

#include <stdint.h>

struct ef_flasher;

/* What is tried. The table has rows for each. */
enum ef_work {
	EF_WORK_QUERY,   /* one exchange that is idempotent */
	EF_WORK_BLOCK,   /* one data block within a stream */
	EF_WORK_UPLOAD,  /* the stub's way into RAM */
	EF_WORK_JUMP,    /* the stub's start */
	EF_WORK_MEMORY,  /* a window of memory, register by register */
	EF_WORK_PREPARE, /* from the first answer to a loader that is ready */
	EF_WORK_CONNECT, /* all of connecting */
	EF_WORK_WRITE,   /* a region of flash */
	EF_WORK_READ,    /* a part of a region, or the chip's MD5 of one */
	EF_WORK_ERASE,   /* a range */
	EF_WORKS
};

/* How often and how long: of one kind of work, or of one rung. */
struct ef_budget {
	unsigned tries; /* more tries after the first, without progress in between */
	uint32_t ms;    /* no further try after so long; of a rung: for one answer. 0: no bound */
};

/* Every bound of recovery. Sources and reasons are beside the values in recover.c. */
struct ef_budgets {
	struct ef_budget work[EF_WORKS];
	struct ef_budget prepare_bad_line; /* replaces work[PREPARE] where the line damages bytes */
	struct ef_budget query_at_work;    /* replaces work[QUERY] once the session is built */
	/* rungs */
	struct ef_budget resync;       /* after work on flash and uploads */
	struct ef_budget resync_quick; /* after registers, which keep no chip busy */
	struct ef_budget baud;         /* SYNCs at a new rate */
	struct ef_budget greeting;     /* of a stub that was started */
	struct ef_budget identity;     /* readings of a MAC that differs after a rebuild */
	struct ef_budget confirm;      /* readings of the board's facts until two agree */
	struct ef_budget security;     /* the same of the security info */
	struct ef_budget magic;        /* readings of a chip's magic word; ms between them */
	uint32_t repeat_ms;            /* an idempotent exchange gets so long when it is repeated */
	uint32_t reopen_ms;            /* for a port that went away */
	/* damaged exchanges within so much content make a rate too fast */
	unsigned rate_faults;
	uint32_t rate_bytes;
	/* SYNCs behind a request whose answer does not come, and the time before the first */
	unsigned nudges;
	uint32_t patience_ms, patience_remote_ms;
};
extern const struct ef_budgets ef_budgets;

/* What recovery remembers of a session. */
struct ef_recovery {
	unsigned failures[EF_WORKS]; /* in a row, without progress */
	unsigned damages;            /* exchanges in which bytes got lost or damaged, so far */
	unsigned faults;             /* the same at the present rate, in a row */
	uint32_t since_fault;        /* content that passed since the last one */
	uint32_t rate_hz;            /* the rate that the session stepped down to; 0: never */
	uint32_t piece;              /* bytes of a data block that the line carries; 0: any */
	uint32_t part;               /* the same of what is read at once */
	uint32_t patience_ms;        /* silence after which a SYNC asks for the chip; 0: never */
	bool is_connecting;          /* the session is being built: exchanges are repeated */
	bool is_bad_line;            /* bytes got lost or damaged: requests may have been, too */
	bool is_other_board;         /* another board answered after a reset */
};

/*
 * The rungs, as the session provides them. All are given the error that led to
 * them; they return false with an error of their own only where nothing more helps.
 */
struct ef_rungs {
	/* *ret: the loader that was there answers a SYNC within this budget. */
	bool (*resync)(struct ef_flasher *f, const struct ef_budget *budget, bool *ret,
		       struct ef_err *err);
	/* Wait for the port and open it. */
	bool (*reopen)(struct ef_flasher *f, const struct ef_err *cause, struct ef_err *err);
	/* The next slower rate of both sides; 0: there is none. */
	uint32_t (*next_rate)(const struct ef_flasher *f);
	/* *ret: the loader answers at this rate. */
	bool (*slower)(struct ef_flasher *f, uint32_t rate_hz, bool *ret, struct ef_err *err);
	/* Reset until a ROM answers. */
	bool (*reconnect)(struct ef_flasher *f, const struct ef_err *cause, struct ef_err *err);
	/* Reset, SYNC, stub, this rate (0: the one that the user chose). */
	bool (*rebuild)(struct ef_flasher *f, uint32_t rate_hz, struct ef_err *err);
};

struct ef_try {
	enum ef_work work;
	bool (*step)(void *ctx, struct ef_err *err);
	/* After a failure that is worth another try, before any rung. NULL: nothing to do. */
	void (*failed)(void *ctx, const struct ef_err *cause);
	/* After the rungs, before the next try: take smaller pieces, tell the user. NULL. */
	void (*again)(void *ctx, const struct ef_err *cause);
	void *ctx;
	uint64_t start_us; /* from when on a budget of time counts; 0: from the call on */
	bool is_exhausted; /* out: it failed because a budget was used up */
};

/* True when the step succeeded in the end. On failure *err says why it is not tried again. */
bool ef_try(struct ef_flasher *f, struct ef_try *t, struct ef_err *err) EF_MUST_CHECK;

/* Something was proved to be done: patience with this kind of work begins anew. */
void ef_recover_progress(struct ef_flasher *f, enum ef_work work);
/* So much content passed without damage: the rate may be good after all. */
void ef_recover_passed(struct ef_flasher *f, uint32_t content);
/* An exchange failed: what that says of the line is remembered. */
void ef_recover_note(struct ef_flasher *f, const struct ef_err *err);

/* Whether nobody answered: silence, lost bytes, or a verdict on why. */
bool ef_is_no_answer(const struct ef_err *err);
/* Whether an exchange failed, and not the port, a signal or memory. */
bool ef_is_exchange_fault(const struct ef_err *err);
/* Whether an answer with a failure status came; it may be damaged. */
bool ef_is_refusal(const struct ef_err *err);
/* Whether another try of the same exchange could succeed, as the line has it. */
bool ef_is_line_fault(const struct ef_flasher *f, const struct ef_err *err);

#endif
