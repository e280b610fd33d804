/* SPDX-License-Identifier: MIT */
/* The tables of words: what each program on a chip's console prints. */
#ifndef EF_CONSOLE_WORDS_H
#define EF_CONSOLE_WORDS_H

#include <espflash/console.h>

#include "base/util.h"

/* The place of the words in a line. */
enum word_place {
	WORD_AT_START, /* at the start of the line, perhaps after noise */
	WORD_ANYWHERE, /* anywhere; a mention in a log line or in quotes does not count */
	WORD_IN_LOG,   /* in the message of a log line with this tag; tag NULL: any of the table */
};

struct word {
	const char *text;
	const char *then; /* must follow somewhere behind text; NULL: nothing must */
	enum ef_console_kind kind;
	enum word_place place;
	bool is_final; /* a failure: this boot ends; a crash: only a heading */
	enum ef_console_crash what;
};

/* Words with one origin. */
struct words {
	const char *source;
	enum ef_console_stage stage;
	const char *const *tags; /* for WORD_IN_LOG; ends with NULL */
	const struct word *word; /* ends with text NULL */
};

/* End with source NULL. The first match counts. */
extern const struct words console_rom_words[], console_loader_words[], console_app_words[],
	console_crash_words[];

/* ---- word_index.c: which of them a line may have ---- */

#define CONSOLE_WORDS_MAX 256u

enum console_table {
	CONSOLE_CRASH_WORDS,
	CONSOLE_ROM_WORDS,
	CONSOLE_LOADER_WORDS,
	CONSOLE_APP_WORDS,
	CONSOLE_TABLES
};

struct console_entry {
	const struct words *of;
	const struct word *word;
};

struct console_set {
	uint8_t bits[CONSOLE_WORDS_MAX / 8];
};

/* Find the words whose first characters are in the line. It has no others. */
void console_words_of(const char *line, size_t len, struct console_set *ret);
/* Return the set's next word of the table after number *n, which starts at 0; NULL: no more. */
const struct console_entry *console_next_word(const struct console_set *set,
					      enum console_table table, unsigned *n);

/* ---- words_loader.c ---- */

/* Return whether the tag is one that second-stage bootloaders use. */
bool console_is_loader_tag(const char *tag, size_t len);

#endif
