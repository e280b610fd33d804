/* SPDX-License-Identifier: MIT */
/*
 * Any text as a configuration file: an error with a line, or entries that can
 * be found again, whose texts end inside the document.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/config/toml.h"

static bool is_plain(const struct toml_entry *e)
{
	return e->element == 0 && e->value.kind != TOML_TABLE && e->value.kind != TOML_TABLES;
}

/* Whether an earlier entry has the path of this one. */
static bool is_twice(const struct toml_doc *doc, size_t at)
{
	for (size_t i = 0; is_plain(&doc->entry[at]) && i < at; i++)
		if (is_plain(&doc->entry[i]) &&
		    strcmp(doc->entry[i].path, doc->entry[at].path) == 0)
			return true;
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool ok)
{
	if (!ok)
		abort();
}

static void check_text(const struct toml_doc *doc, const char *text)
{
	require(text >= doc->text && text < doc->text + doc->text_cap);
	require(text + strlen(text) <= doc->text + doc->text_cap);
}

static void check_value(const struct toml_doc *doc, const struct toml_value *v)
{
	require(toml_kind_name(v->kind)[0] != '\0');
	if (v->kind == TOML_ARRAY) {
		require(v->first <= doc->item_count && v->count <= doc->item_count - v->first);
		for (size_t i = 0; i < v->count; i++) {
			require(doc->item[v->first + i].kind != TOML_ARRAY);
			check_value(doc, &doc->item[v->first + i]);
		}
	} else if (v->kind != TOML_TABLE && v->kind != TOML_TABLES) {
		check_text(doc, v->text);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ef_err err = EF_ERR_INIT;
	struct toml_doc *doc = NULL;
	size_t line = 0;

	if (!toml_parse(data, size, &doc, &err)) {
		require(doc == NULL && err.code == EF_E_INPUT);
		require(strncmp(err.msg, "line ", 5) == 0 || size > TOML_SIZE_MAX);
		return 0;
	}
	require(doc->count <= TOML_ENTRIES_MAX && doc->item_count <= TOML_ITEMS_MAX);
	for (size_t i = 0; i < doc->count; i++) {
		const struct toml_entry *e = &doc->entry[i];

		require(e->path[0] != '\0' && e->line >= line);
		line = e->line;
		check_value(doc, &e->value);
		require(!is_twice(doc, i));
	}
	toml_free(doc);
	return 0;
}
