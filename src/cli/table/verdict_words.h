/* SPDX-License-Identifier: MIT */
/* The program's words for the library's verdicts. */
#ifndef EF_CLI_VERDICT_WORDS_H
#define EF_CLI_VERDICT_WORDS_H

#include <espflash/diagnose.h>

struct verdict_words {
	enum ef_verdict verdict;
	const char *title;         /* a heading */
	const char *signature;     /* the symptoms that lead to this verdict */
	const char *next;          /* the remedy, imperative */
	const char *next_no_lines; /* where the port has no DTR and RTS; NULL: the same */
	const char *options;       /* options for the next try; NULL: none */
	const char *doc;           /* more, for the page; may be NULL */
	const char *picture;       /* file in docs/img; NULL: none */
};
/* Never NULL. */
const struct verdict_words *verdict_words(enum ef_verdict verdict);

#endif
