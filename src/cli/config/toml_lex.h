/* SPDX-License-Identifier: MIT */
/* The cursor and the lexical functions that the two files of the TOML reader share. */
#ifndef EF_CLI_TOML_LEX_H
#define EF_CLI_TOML_LEX_H

#include "cli/config/toml.h"

struct toml_parser {
	struct toml_doc *doc;
	const char *at, *end;
	size_t line;
	char path[TOML_PATH_SIZE]; /* the table of the last header */
	size_t element;
	unsigned depth;
	struct ef_err *err;
};

/* "line 3: key 'x': why"; key may be NULL. Always false. */
bool toml_bad(struct toml_parser *p, const char *key, const char *why);

/* Return the character at the cursor; NUL at the end (the text holds none). */
char toml_peek(const struct toml_parser *p);
bool toml_accept(struct toml_parser *p, char c);
bool toml_is_newline(const struct toml_parser *p);
bool toml_is_bare(char c); /* may be in a key without quotes */
void toml_skip_blanks(struct toml_parser *p);
void toml_skip_comment(struct toml_parser *p);
/* Skip blanks, comments and newlines, between statements and inside arrays. */
void toml_skip_space(struct toml_parser *p);

/* Parse a string; the cursor is at its opening quote. */
bool toml_parse_string(struct toml_parser *p, const char **ret);
/* Parse a value without quotes: a number, a date, true or false. */
bool toml_parse_bare(struct toml_parser *p, const char *path, struct toml_value *ret);

#endif
