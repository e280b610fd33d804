/* SPDX-License-Identifier: MIT */
/*
 * A bounded reader of TOML 1.0, as far as configuration files need it: tables,
 * arrays of tables, inline tables, dotted keys, single-line strings, integers,
 * booleans, and arrays of those. Fractions and dates are accepted and kept as
 * text, so that an unknown key may have such a value.
 *
 * The result is flat: every value has its whole path, "flash.mode".
 */
#ifndef EF_CLI_TOML_H
#define EF_CLI_TOML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <espflash/err.h>

#define TOML_SIZE_MAX    (64u * 1024u)
#define TOML_ENTRIES_MAX 256
#define TOML_ITEMS_MAX   256 /* in all arrays together */
#define TOML_PATH_SIZE   128

enum toml_kind {
	TOML_STRING,
	TOML_INTEGER,
	TOML_BOOLEAN,
	TOML_OTHER,  /* a fraction or a date, unchecked */
	TOML_ARRAY,  /* items are of the kinds above */
	TOML_TABLE,  /* a header, or an inline table: its values follow as entries */
	TOML_TABLES, /* one element of an array of tables */
};

struct toml_value {
	enum toml_kind kind;
	const char *text; /* a string's value; for other kinds the text in the file */
	bool boolean;
	size_t first, count; /* for arrays: the range in doc->item */
};

struct toml_entry {
	char path[TOML_PATH_SIZE]; /* "usb_device.vid" */
	size_t line;
	size_t element; /* number of the element of an array of tables that contains it, from 1; 0:
			   none */
	struct toml_value value;
};

struct toml_doc {
	size_t count, item_count;
	struct toml_entry entry[TOML_ENTRIES_MAX];
	struct toml_value item[TOML_ITEMS_MAX];
	char *text; /* all strings */
	size_t text_len, text_cap;
};

/*
 * Parse a document. The caller frees *ret with toml_free. Errors: INPUT ("line 3:
 * key ..."), IO (no memory).
 */
bool toml_parse(const void *data, size_t len, struct toml_doc **ret,
		struct ef_err *err) EF_MUST_CHECK;
void toml_free(struct toml_doc *doc); /* accepts NULL */

/* "a string", "an integer" and so on, for messages. */
const char *toml_kind_name(enum toml_kind kind);

#endif
