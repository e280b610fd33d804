/* SPDX-License-Identifier: MIT */
/* The limits of recovery: what is tried again is in recover.c, how often and how long is here. */
#ifndef EF_FLASHER_BUDGETS_H
#define EF_FLASHER_BUDGETS_H

#include <stdint.h>

/* Kinds of work that ef_try knows. The table in recover.c has rows for each. */
enum ef_work {
	EF_WORK_QUERY,   /* one exchange that is idempotent */
	EF_WORK_BEGIN,   /* announcing a stream of data blocks */
	EF_WORK_BLOCK,   /* one data block within a stream */
	EF_WORK_UPLOAD,  /* loading the stub into RAM */
	EF_WORK_JUMP,    /* starting the stub */
	EF_WORK_MEMORY,  /* reading a window of memory, register by register */
	EF_WORK_PREPARE, /* getting the loader ready after its first answer */
	EF_WORK_CONNECT, /* connecting as a whole, including PREPARE */
	EF_WORK_WRITE,   /* writing a region of flash */
	EF_WORK_COMPARE, /* finding out by MD5 which parts of a region are in flash already */
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
	unsigned failures; /* how many tries may fail in a session */
	uint32_t cost_ms;  /* the highest cost of a try; it must save more than that */
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
	struct ef_budget ahead;   /* after several registers were requested at once */
};

/* How often values are read again. */
struct ef_reread_budgets {
	struct ef_budget identity;         /* a MAC that differs after a rebuild */
	struct ef_budget confirm;          /* the board's facts, until enough readings agree */
	struct ef_budget confirm_bad_line; /* damaged exchanges after which more must agree */
	struct ef_budget security;         /* the security info, until two readings agree */
	struct ef_budget magic;            /* a chip's magic word; ms between the readings */
	struct ef_budget registers;        /* until the flash controller's registers hold a write */
};

/* When a rate is too fast. */
struct ef_rate_budget {
	unsigned faults; /* this many damaged exchanges ... */
	uint32_t bytes;  /* ... each within this much content of the last one */
	unsigned echoes; /* SYNCs that prove a rate of our own choice */
};

/* SYNCs behind a request that isn't answered. Times are multiples of the patience. */
struct ef_nudge_budget {
	unsigned count;
	unsigned second_prompt; /* when the second one is sent, if the work is short */
	unsigned second;        /* ... and if it may be long: late, so that it ends before */
	unsigned unnudged;      /* how long to wait for short work if no SYNC may follow it */
	unsigned gap_part; /* the silence that ends late answers is this part of the patience */
	/* more answers than all our SYNCs can cause: the chip sends without end */
	unsigned late_answers;
	unsigned in_step; /* SYNCs to bring the chip's decoder into step */
};

/* A stub's stream of packets. */
struct ef_stream_budget {
	uint32_t frame_ms;     /* wait for a packet whose time on the wire is not known */
	uint32_t soon_ms;      /* ... beyond its time on the wire */
	uint32_t bad_line_ms;  /* ... on a bad line */
	unsigned damaged_many; /* this many damaged packets end a stream if most are damaged */
	unsigned end_tries;    /* how often a stub is asked to end its stream */
};

/* How pieces get shorter on a bad line, and longer again. */
struct ef_piece_budgets {
	unsigned shrink, grow; /* divide after a failure, multiply after a success */
	uint32_t least;        /* length of a block to a stub, and of a packet from it */
	uint32_t ram_least;    /* length of a block when a stub is uploaded */
	uint32_t ram_bad_line; /* ... after ram_failures in a row at that size */
	unsigned ram_failures;
	uint32_t window_first;     /* content for one stream, after one without progress */
	uint32_t window_encrypted; /* ... at most, if the loader encrypts it */
};

/*
 * All limits of recovery. When connecting and listening end is not recovery: connect.c and
 * listen.c say that. budgets.c gives the reason or source beside each value.
 */
struct ef_budgets {
	struct ef_budget work[EF_WORKS];
	struct ef_budget prepare_bad_line; /* replaces work[PREPARE] if the line damages bytes */
	struct ef_budget query_at_work;    /* replaces work[QUERY] once the session is built */
	/* limits of the rungs and of repeated readings */
	struct ef_resync_budgets resync;
	struct ef_budget baud;     /* SYNCs at a new rate */
	struct ef_budget greeting; /* frames until a started stub's greeting, and the wait */
	struct ef_reread_budgets reread;
	struct ef_budget refusal; /* the same refusal of a request without checksum */
	uint32_t repeat_ms;       /* longest timeout of a repeated idempotent exchange */
	uint32_t reopen_ms;       /* wait for a port that went away, as if unplugged */
	uint32_t enumerate_ms;    /* ... because of a reset */
	struct ef_budget misses;  /* erases or writes that change nothing, until the flash
				   * is to blame */
	struct ef_rate_budget rate;
	struct ef_climb_budget climb;
	struct ef_nudge_budget nudge;
	struct ef_patience patience;
	struct ef_stream_budget stream;
	struct ef_piece_budgets pieces;
};
extern const struct ef_budgets ef_budgets;

#endif
