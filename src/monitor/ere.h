/* SPDX-License-Identifier: MIT */
/*
 * POSIX extended regular expressions without back-references, whose search time is bounded.
 *
 * C libraries give no such bound: glibc builds a deterministic automaton while it searches
 * ("(x|y)*x(x|y){20}z" takes seconds for one line of 4 KiB, and no limit holds its memory), others
 * backtrack. This one advances all states together (Thompson's construction), so that a search
 * takes at most ERE_STEPS_MAX visits for each byte.
 */
#ifndef EF_MONITOR_ERE_H
#define EF_MONITOR_ERE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ERE_LENGTH_MAX 4096u
#define ERE_DEPTH_MAX  64u
/* with all repeats written out */
#define ERE_STEPS_MAX 4000u

enum ere_op {
	ERE_BYTE,       /* this byte */
	ERE_ANY,        /* each byte */
	ERE_SET,        /* each byte of sets[arg] */
	ERE_FORK,       /* go on here, and arg steps from here */
	ERE_JUMP,       /* go on arg steps from here */
	ERE_BEGIN,      /* only where the text begins */
	ERE_END,        /* only where it ends */
	ERE_EDGE,       /* only at an edge of a word */
	ERE_INSIDE,     /* only where there is none */
	ERE_WORD_BEGIN, /* only where a word begins */
	ERE_WORD_END,   /* only where it ends */
	ERE_MATCH,
};

/* Jumps are relative, so that a part of a program can be moved and copied. */
struct ere_step {
	enum ere_op op;
	int32_t arg;
};

struct ere_set {
	uint8_t bits[32];
};

/* One state of a search: where in the program, and where in the text it began. */
struct ere_state {
	uint32_t step, begin;
};

struct ere {
	struct ere_step *steps;
	size_t count;
	struct ere_set *sets;
	size_t set_count;
	struct ere_set first; /* the bytes with which a match can begin */
	bool can_be_empty;    /* a match can begin anywhere */
	/* Of searches: two lists of states, a stack and marks, of `count` each. */
	struct ere_state *now, *next;
	uint32_t *stack, *mark;
	uint32_t round;  /* what a mark of this round is */
	uint64_t visits; /* by the last search, for tests */
};

enum ere_result { ERE_OK, ERE_WRONG, ERE_TOO_LARGE, ERE_NO_MEMORY };

/* Compile text. ERE_WRONG: *ret_why tells what is wrong, a static text. Release it in any case. */
enum ere_result ere_compile(struct ere *e, const char *text, const char **ret_why);
/* Accepts an empty one, and may be called twice. */
void ere_release(struct ere *e);
/*
 * Search text[0..len) for a match that begins at from or later: the leftmost, and the longest of
 * these. *ret_end is where it ends. has_end: the text ends at len; else more may follow.
 */
bool ere_search(struct ere *e, const char *text, size_t len, size_t from, bool has_end,
		size_t *ret_end);

#endif
