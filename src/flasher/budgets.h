/* SPDX-License-Identifier: MIT */
/* The limits of recovery: what is tried again is in recover.c, how often and how long is here. */
#ifndef EF_FLASHER_BUDGETS_H
#define EF_FLASHER_BUDGETS_H

#include <stdint.h>

/* Kinds of work that ef_try knows. The table in recover.c has rows for each. */
enum ef_work {
	EF_WORK_QUERY,   /* one exchange that is idempotent */
	EF_WORK_BLOCK,   /* one data block within a stream */
	EF_WORK_UPLOAD,  /* loading the stub into RAM */
	EF_WORK_JUMP,    /* starting the stub */
	EF_WORK_MEMORY,  /* reading a window of memory, register by register */
	EF_WORK_PREPARE, /* getting the loader ready after its first answer */
	EF_WORK_CONNECT, /* connecting as a whole, including PREPARE */
	EF_WORK_WRITE,   /* writing a region of flash */
	EF_WORK_READ,    /* reading a part of a region, or its MD5 */
	EF_WORK_ERASE,   /* erasing a range */
	EF_WORKS
};

/* Limits for one kind of work, or for one rung. */
struct ef_budget {
	unsigned tries; /* retries after the first try; progress starts the count again */
	uint32_t ms; /* work: no retry after this time; rung: timeout of an answer. 0: no limit */
};

/* When a rate that recovery lowered is raised again. */
struct ef_climb_budget {
	uint32_t bytes;    /* content without a fault before the first try, and to confirm it */
	unsigned growth;   /* each try that failed multiplies that by this */
	unsigned failures; /* so many tries may fail in a session */
	uint32_t cost_ms;  /* what one costs at most; it must save more than that */
};

/* The silence before the first SYNC. */
struct ef_patience {
	uint32_t ms, remote_ms; /* on a local port, and on one behind a network */
	uint32_t reading_ms;    /* local, in reading over a line that has damaged something */
};

/* SYNCs until one is answered. */
struct ef_resync_budgets {
	struct ef_budget work;    /* after work on flash and uploads */
	struct ef_budget quick;   /* after register access, which keeps no chip busy */
	struct ef_budget reading; /* before work, where the chip mostly isn't busy */
	struct ef_budget ahead;   /* after registers that were asked for at once */
};

/* All limits of recovery. budgets.c gives the reason or source beside each value. */
struct ef_budgets {
	struct ef_budget work[EF_WORKS];
	struct ef_budget prepare_bad_line; /* replaces work[PREPARE] if the line damages bytes */
	struct ef_budget query_at_work;    /* replaces work[QUERY] once the session is built */
	/* limits of the rungs and of repeated readings */
	struct ef_resync_budgets resync;
	struct ef_budget baud;             /* SYNCs at a new rate */
	struct ef_budget greeting;         /* wait for a started stub's greeting */
	struct ef_budget identity;         /* readings of a MAC that differs after a rebuild */
	struct ef_budget confirm;          /* readings of the board's facts until enough agree */
	struct ef_budget confirm_bad_line; /* damaged exchanges after which more must agree */
	struct ef_budget security;         /* readings of the security info until two agree */
	struct ef_budget magic;            /* readings of a chip's magic word; ms between them */
	struct ef_budget refusal;          /* the same refusal of a request without checksum */
	uint32_t repeat_ms;                /* longest timeout of a repeated idempotent exchange */
	uint32_t reopen_ms;                /* wait for a port that went away */
	/* rate_faults damaged exchanges, each within rate_bytes of the last, mean "too fast" */
	unsigned rate_faults;
	uint32_t rate_bytes;
	struct ef_climb_budget climb;
	/* number of SYNCs to send after an unanswered request, and the silence before the first */
	unsigned nudges;
	struct ef_patience patience;
};
extern const struct ef_budgets ef_budgets;

#endif
