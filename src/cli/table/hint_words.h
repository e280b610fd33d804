/* SPDX-License-Identifier: MIT */
/* The words for the library's hints. */
#ifndef EF_CLI_HINT_WORDS_H
#define EF_CLI_HINT_WORDS_H

#include "cli/opt/opt.h"
#include <espflash/hint.h>

/* How the hint of a refusal ends where '--force' is a way round it. */
#define HINT_FORCED     "; '--force' does it all the same"
#define HINT_WORDS_SIZE 640

/*
 * Write the words for a hint; "" when there is none. program is the name by
 * which the program was called; its own name is replaced when that one is shorter.
 */
void hint_words(const struct ef_hint *hint, const char *program, char ret[HINT_WORDS_SIZE]);

/* Other words, for a command that lacks an option which those of hint_words name; "": none. */
void hint_words_without(const struct ef_hint *hint, const char *program, char ret[HINT_WORDS_SIZE]);

/* ---- hint_fit.c ---- */

/* Whether the command has every option that the text recommends. */
bool hint_fits(const struct opt_program *program, const struct opt_command *command,
	       const char *text);
/*
 * The words for the running command; "" if none fit the command. command NULL: the command
 * is not known.
 */
void hint_words_for(const struct ef_hint *hint, const struct opt_program *program,
		    const struct opt_command *command, char ret[HINT_WORDS_SIZE]);

/* The words that follow an event's text; "" when there are none. */
const char *hint_event_words(enum ef_hint_id id);

/* Cut off HINT_FORCED: where nothing was refused, nothing needs to be forced. */
void hint_cut_force(char *text);

#endif
