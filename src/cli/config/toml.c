/* SPDX-License-Identifier: MIT */
/* Parses TOML (toml.io/en/v1.0.0) except multi-line strings, which no option can use. */
#include <stdlib.h>
#include <string.h>

#include "cli/config/toml_lex.h"
#include "base/util.h"

#define DEPTH_MAX 4 /* nesting depth of inline tables */

static bool parse_pair(struct toml_parser *p, const char *table, size_t element);

/* ---- keys ---- */

static bool accept_word(struct toml_parser *p, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(p->end - p->at) < len || memcmp(p->at, word, len) != 0)
		return false;
	p->at += len;
	return true;
}

static bool add_part(struct toml_parser *p, char path[TOML_PATH_SIZE], const char *part, size_t len,
		     bool is_quoted)
{
	size_t used = strlen(path);
	const char *quote = is_quoted ? "\"" : "";

	if (len < TOML_PATH_SIZE && ef_snprintf(path + used, TOML_PATH_SIZE - used, "%s%s%.*s%s",
						used ? "." : "", quote, (int)len, part, quote))
		return true;
	path[used] = '\0';
	return toml_bad(p, NULL, "the key is too long");
}

static bool is_bare_text(const char *text)
{
	const char *c = text;

	while (toml_is_bare(*c))
		c++;
	return *c == '\0' && c != text;
}

/* Append a key ("a", "a.b", "\"a\".b") to path. */
static bool parse_key(struct toml_parser *p, char path[TOML_PATH_SIZE])
{
	do {
		const char *start, *text;

		toml_skip_blanks(p);
		start = p->at;
		if (toml_peek(p) == '"' || toml_peek(p) == '\'') {
			if (!toml_parse_string(p, &text) ||
			    !add_part(p, path, text, strlen(text), !is_bare_text(text)))
				return false;
		} else {
			while (toml_is_bare(toml_peek(p)))
				p->at++;
			if (p->at == start)
				return toml_bad(p, NULL, "a key is missing");
			if (!add_part(p, path, start, (size_t)(p->at - start), false))
				return false;
		}
		toml_skip_blanks(p);
	} while (toml_accept(p, '.'));
	return true;
}

/* ---- entries ---- */

/* Return whether path lies below table. */
static bool is_below(const char *path, const char *table)
{
	size_t len = strlen(table);

	return strncmp(path, table, len) == 0 && path[len] == '.';
}

static bool is_value(const struct toml_entry *e)
{
	return e->value.kind != TOML_TABLE && e->value.kind != TOML_TABLES;
}

/* Return whether a key may not appear again after an earlier entry. */
static bool collide(const struct toml_entry *a, const struct toml_entry *b)
{
	bool is_same = strcmp(a->path, b->path) == 0;

	if (is_same && a->value.kind == TOML_TABLES && b->value.kind == TOML_TABLES)
		return false;
	if (a->element != b->element && a->value.kind != TOML_TABLES &&
	    b->value.kind != TOML_TABLES)
		return false;
	if (is_same)
		return true;
	return (is_value(a) && is_below(b->path, a->path)) ||
	       (is_value(b) && is_below(a->path, b->path));
}

static struct toml_entry *add_entry(struct toml_parser *p, const char *path, size_t element,
				    enum toml_kind kind)
{
	struct toml_doc *doc = p->doc;
	struct toml_entry *e = &doc->entry[doc->count];

	if (doc->count == TOML_ENTRIES_MAX) {
		toml_bad(p, path, "the file has too many keys");
		return NULL;
	}
	*e = (struct toml_entry){ .line = p->line, .element = element };
	(void)ef_strlcpy(e->path, sizeof(e->path), path);
	e->value.kind = kind;
	for (size_t i = 0; i < doc->count; i++) {
		if (!collide(e, &doc->entry[i]))
			continue;
		ef_fail(p->err, EF_E_INPUT, "line %zu: key '%s' is given twice, first in line %zu",
			p->line, path, doc->entry[i].line);
		return NULL;
	}
	doc->count++;
	return e;
}

/* Return the last element of the nearest array of tables that contains path; 0: none. */
static size_t element_of(const struct toml_doc *doc, const char *path)
{
	size_t element = 0;

	for (size_t i = 0; i < doc->count; i++)
		if (doc->entry[i].value.kind == TOML_TABLES && is_below(path, doc->entry[i].path))
			element = doc->entry[i].element;
	return element;
}

/* ---- values ---- */

static bool parse_scalar(struct toml_parser *p, const char *path, struct toml_value *ret)
{
	if (toml_peek(p) != '"' && toml_peek(p) != '\'')
		return toml_parse_bare(p, path, ret);
	ret->kind = TOML_STRING;
	return toml_parse_string(p, &ret->text);
}

/* Parse the items of an array, after its '['. */
static bool parse_items(struct toml_parser *p, const char *path, struct toml_value *ret)
{
	struct toml_value item;

	ret->kind = TOML_ARRAY;
	ret->first = p->doc->item_count;
	for (toml_skip_space(p); !toml_accept(p, ']'); toml_skip_space(p)) {
		item = (struct toml_value){ .kind = TOML_OTHER };
		if (p->at == p->end)
			return toml_bad(p, path, "the array has no end");
		if (toml_peek(p) == '[' || toml_peek(p) == '{')
			return toml_bad(p, path,
					"arrays of arrays, and of tables among other values, "
					"are not supported");
		if (!parse_scalar(p, path, &item))
			return false;
		if (p->doc->item_count == TOML_ITEMS_MAX)
			return toml_bad(p, path, "the arrays of this file are too long");
		p->doc->item[p->doc->item_count++] = item;
		ret->count++;
		toml_skip_space(p);
		if (!toml_accept(p, ',') && toml_peek(p) != ']')
			return toml_bad(p, path, "a comma is missing between the array's values");
	}
	return true;
}

/* ---- pairs and tables ---- */

/* Parse an inline table, after its '{', up to its '}' on the same line. */
static bool parse_inline(struct toml_parser *p, const char *path, size_t element)
{
	toml_skip_blanks(p);
	if (toml_accept(p, '}'))
		return true;
	if (++p->depth > DEPTH_MAX)
		return toml_bad(p, path, "tables are nested too deeply");
	do {
		toml_skip_blanks(p);
		if (!parse_pair(p, path, element))
			return false;
		toml_skip_blanks(p);
	} while (toml_accept(p, ','));
	p->depth--;
	if (toml_accept(p, '}'))
		return true;
	return toml_bad(p, path, "the table has no '}'");
}

/* Parse an array of inline tables, after its '['. It means the same as [[path]] for each. */
static bool parse_inline_tables(struct toml_parser *p, const char *path)
{
	size_t element = 0;

	for (toml_skip_space(p); !toml_accept(p, ']'); toml_skip_space(p)) {
		if (!toml_accept(p, '{'))
			return toml_bad(p, path, "tables and other values are mixed in an array");
		if (!add_entry(p, path, ++element, TOML_TABLES) || !parse_inline(p, path, element))
			return false;
		toml_skip_space(p);
		if (!toml_accept(p, ',') && toml_peek(p) != ']')
			return toml_bad(p, path, "a comma is missing between the array's values");
	}
	return true;
}

/* Return whether the array that starts here holds tables. */
static bool is_of_tables(const struct toml_parser *p)
{
	struct toml_parser ahead = *p;

	ahead.at++;
	toml_skip_space(&ahead);
	return toml_peek(&ahead) == '{';
}

/* Parse "key = value". The key is appended to table; a dotted key creates tables. */
static bool parse_pair(struct toml_parser *p, const char *table, size_t element)
{
	char path[TOML_PATH_SIZE];
	struct toml_entry *e;

	(void)ef_strlcpy(path, sizeof(path), table);
	if (!parse_key(p, path))
		return false;
	if (!toml_accept(p, '='))
		return toml_bad(p, path, "'=' is missing");
	toml_skip_blanks(p);
	if (toml_peek(p) == '[' && is_of_tables(p)) {
		p->at++;
		return parse_inline_tables(p, path);
	}
	if (toml_accept(p, '{'))
		return add_entry(p, path, element, TOML_TABLE) && parse_inline(p, path, element);
	e = add_entry(p, path, element, TOML_OTHER);
	if (!e)
		return false;
	if (toml_accept(p, '['))
		return parse_items(p, path, &e->value);
	return parse_scalar(p, path, &e->value);
}

/* "[a.b]" and "[[a.b]]" */
static bool parse_header(struct toml_parser *p)
{
	bool is_array = accept_word(p, "[[");
	size_t element = 0;

	if (!is_array)
		p->at++;
	p->path[0] = '\0';
	if (!parse_key(p, p->path))
		return false;
	if (!accept_word(p, is_array ? "]]" : "]"))
		return toml_bad(p, p->path, is_array ? "']]' is missing" : "']' is missing");
	if (is_array) {
		for (size_t i = 0; i < p->doc->count; i++)
			if (strcmp(p->doc->entry[i].path, p->path) == 0)
				element = p->doc->entry[i].element;
		element++;
	} else {
		element = element_of(p->doc, p->path);
	}
	p->element = element;
	return add_entry(p, p->path, element, is_array ? TOML_TABLES : TOML_TABLE) != NULL;
}

static bool end_of_line(struct toml_parser *p, const char *key)
{
	toml_skip_blanks(p);
	toml_skip_comment(p);
	if (p->at == p->end || toml_is_newline(p))
		return true;
	return toml_bad(p, key, "something follows that doesn't belong there");
}

static bool parse_document(struct toml_parser *p)
{
	for (toml_skip_space(p); p->at < p->end; toml_skip_space(p)) {
		bool is_header = toml_peek(p) == '[';

		if (!(is_header ? parse_header(p) : parse_pair(p, p->path, p->element)) ||
		    !end_of_line(p, is_header ? p->path : NULL))
			return false;
	}
	return true;
}

/* ---- the whole document ---- */

/* TOML requires valid UTF-8 without control characters. Check that before parsing. */
static bool check_text(struct toml_parser *p, const char *data, size_t len)
{
	char *copy = malloc(len + 1);
	size_t i;

	if (!copy)
		return ef_fail(p->err, EF_E_IO, "out of memory");
	for (i = 0; i < len; i++)
		copy[i] = data[i] == '\t' || data[i] == '\n' || data[i] == '\r' ? ' ' : data[i];
	copy[len] = '\0';
	ef_clean_text(copy);
	for (i = 0; i < len; i++) {
		if (data[i] == '\n')
			p->line++;
		else if (data[i] == '\0' || (copy[i] != data[i] && copy[i] != ' '))
			break;
	}
	free(copy);
	if (i < len)
		return toml_bad(p, NULL, "a byte that is not UTF-8 text");
	p->line = 1;
	return true;
}

bool toml_parse(const void *data, size_t len, struct toml_doc **ret, struct ef_err *err)
{
	struct toml_parser p = { .line = 1, .err = err };
	const char *text = data;

	if (len > TOML_SIZE_MAX)
		return ef_fail(err, EF_E_INPUT, "larger than %u bytes", TOML_SIZE_MAX);
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
		len -= 3;
	}
	if (!check_text(&p, text, len))
		return false;
	/* Entries and items are set when they are added: clearing them takes most of the time. */
	p.doc = malloc(sizeof(*p.doc));
	/*
	 * Each text gets a NUL. In the file it has quotes or is followed by another
	 * character, so texts and NULs together fit into twice the length.
	 */
	if (p.doc) {
		p.doc->count = p.doc->item_count = p.doc->text_len = 0;
		p.doc->text = malloc(2 * len + 2);
	}
	if (!p.doc || !p.doc->text) {
		toml_free(p.doc);
		return ef_fail(err, EF_E_IO, "out of memory");
	}
	p.doc->text_cap = 2 * len + 1;
	p.doc->text[2 * len + 1] = '\0';
	p.at = text;
	p.end = text + len;
	if (!parse_document(&p)) {
		toml_free(p.doc);
		return false;
	}
	*ret = p.doc;
	return true;
}

void toml_free(struct toml_doc *doc)
{
	if (!doc)
		return;
	free(doc->text);
	free(doc);
}

const char *toml_kind_name(enum toml_kind kind)
{
	static const char *const names[] = {
		[TOML_STRING] = "a string",   [TOML_INTEGER] = "an integer",
		[TOML_BOOLEAN] = "a boolean", [TOML_OTHER] = "a fraction or a date",
		[TOML_ARRAY] = "an array",    [TOML_TABLE] = "a table",
		[TOML_TABLES] = "tables",
	};

	return names[kind];
}
