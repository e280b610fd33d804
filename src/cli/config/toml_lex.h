/* SPDX-License-Identifier: MIT */
/* What the two files of the TOML reader share: the cursor, and what has no structure. */
#ifndef EF_CLI_TOML_LEX_H
#define EF_CLI_TOML_LEX_H

#include "cli/config/toml.h"

struct toml_parser {
	struct toml_doc *doc;
	const char *at, *end;
	size_t line;
	char path[TOML_PATH_SIZE]; /* of the table that keys go to */
	size_t element;
	unsigned depth;
	struct ef_err *err;
};

/* "line 3: key 'x': why"; key may be NULL. Always false. */
bool toml_bad(struct toml_parser *p, const char *key, const char *why);

/* The character at the cursor; NUL at the end (the text holds none). */
char toml_peek(const struct toml_parser *p);
bool toml_accept(struct toml_parser *p, char c);
bool toml_is_newline(const struct toml_parser *p);
bool toml_is_bare(char c); /* may be in a key without quotes */
void toml_skip_blanks(struct toml_parser *p);
void toml_skip_comment(struct toml_parser *p);
/* Blanks, comments and newlines: between statements and inside arrays. */
void toml_skip_space(struct toml_parser *p);

/* At a quote: the text between it and its twin. */
bool toml_parse_string(struct toml_parser *p, const char **ret);
/* What isn't in quotes: a number, a date, true, false. */
bool toml_parse_bare(struct toml_parser *p, const char *path, struct toml_value *ret);

#endif
