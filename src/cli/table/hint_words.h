/* SPDX-License-Identifier: MIT */
/* The words for the library's hints. */
#ifndef EF_CLI_HINT_WORDS_H
#define EF_CLI_HINT_WORDS_H

#include "cli/opt/opt.h"
#include <espflash/hint.h>

/* The end of a refusal's hint if '--force' overrides the refusal. */
#define HINT_FORCED     "; '--force' does it all the same"
#define HINT_WORDS_SIZE 640

/*
 * Write the words for a hint; "" when there is none. program is the name by
 * which the program was called; its own name is replaced when that one is shorter.
 */
void hint_words(const struct ef_hint *hint, const char *program, char ret[HINT_WORDS_SIZE]);

/*
 * Write other words for a command that lacks an option that hint_words names; "": there are none.
 */
void hint_words_without(const struct ef_hint *hint, const char *program, char ret[HINT_WORDS_SIZE]);

/* ---- hint_fit.c ---- */

/* Return whether the command has every option that the text recommends. */
bool hint_fits(const struct opt_program *program, const struct opt_command *command,
	       const char *text);
/*
 * Write the words for the running command; "" if none fit the command. command NULL: the command is
 * not known.
 */
void hint_words_for(const struct ef_hint *hint, const struct opt_program *program,
		    const struct opt_command *command, char ret[HINT_WORDS_SIZE]);

/* Return the words that follow an event's text; "" when there are none. */
const char *hint_event_words(enum ef_hint_id id);

/* Cut off HINT_FORCED, because a warning needs no --force. */
void hint_cut_force(char *text);

#endif
