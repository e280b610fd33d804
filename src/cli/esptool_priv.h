/* SPDX-License-Identifier: MIT */
/* A command line of esptool's as it was read, shared by the two files that handle it. */
#ifndef EF_CLI_ESPTOOL_PRIV_H
#define EF_CLI_ESPTOOL_PRIV_H

#include "cli/esptool_line.h"
#include "cli/table/esptool_words.h"

#define GIVEN_MAX 32

/* An option of the line. */
struct given {
	const struct esptool_option *opt; /* NULL: esptool has no such option either */
	const char *word;                 /* as it was typed */
	const char *value;                /* NULL: none */
	int many_at, many;                /* further words of the line that are its values */
	const struct opt *same;           /* an option of ours among esptool's words; NULL */
	bool is_global;
};

struct esptool_reader {
	const struct opt_program *program;
	int argc, at;
	char *const *argv;
	const struct esptool_command *command;
	struct given given[GIVEN_MAX];
	size_t given_count;
	const char *arg[ESPTOOL_WORDS_MAX]; /* positional */
	int arg_count;
	char target[32]; /* our command */
	bool has_prefix; /* the line names esptool itself */
	bool is_shared;  /* we have a command of this name, too */
	bool is_wrong;   /* the option may be a mistake in one of our own command lines */
	struct esptool_line *line;
};

/* Return our option of this name, from our command or from all. NULL: there is none. */
const struct opt *esptool_find_ours(const struct esptool_reader *r, const char *command,
				    const char *name);
/* Write the words of our line. */
void esptool_write(struct esptool_reader *r);

#endif
