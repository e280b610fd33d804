/* SPDX-License-Identifier: MIT */
/* The words for the library's hints. */
#ifndef EF_CLI_HINT_WORDS_H
#define EF_CLI_HINT_WORDS_H

#include <espflash/hint.h>

/* How the hint of a refusal ends where '--force' is a way round it. */
#define HINT_FORCED     "; '--force' writes it all the same"
#define HINT_WORDS_SIZE 640

/*
 * Write the words for a hint; "" when there is none. program is the name by
 * which the program was called; its own name is replaced when that one is shorter.
 */
void hint_words(const struct ef_hint *hint, const char *program, char ret[HINT_WORDS_SIZE]);

/* The words that follow an event's text; "" when there are none. */
const char *hint_event_words(enum ef_hint_id id);

#endif
