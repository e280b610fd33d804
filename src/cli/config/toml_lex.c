/* SPDX-License-Identifier: MIT */
/* Reads the lexical parts of TOML: blanks, comments, strings with escapes, numbers. */
#include <string.h>

#include "cli/config/toml_lex.h"
#include "base/util.h"

/* ---- errors and characters ---- */

bool toml_bad(struct toml_parser *p, const char *key, const char *why)
{
	if (key && *key)
		return ef_fail(p->err, EF_E_INPUT, "line %zu: key '%s': %s", p->line, key, why);
	return ef_fail(p->err, EF_E_INPUT, "line %zu: %s", p->line, why);
}

char toml_peek(const struct toml_parser *p)
{
	return p->at < p->end ? *p->at : '\0';
}

bool toml_accept(struct toml_parser *p, char c)
{
	if (toml_peek(p) != c || p->at == p->end)
		return false;
	p->at++;
	return true;
}

bool toml_is_bare(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-';
}

bool toml_is_newline(const struct toml_parser *p)
{
	return toml_peek(p) == '\n' ||
	       (toml_peek(p) == '\r' && p->end - p->at > 1 && p->at[1] == '\n');
}

void toml_skip_blanks(struct toml_parser *p)
{
	while (toml_peek(p) == ' ' || toml_peek(p) == '\t')
		p->at++;
}

void toml_skip_comment(struct toml_parser *p)
{
	if (toml_peek(p) == '#')
		while (p->at < p->end && !toml_is_newline(p))
			p->at++;
}

void toml_skip_space(struct toml_parser *p)
{
	for (;;) {
		toml_skip_blanks(p);
		toml_skip_comment(p);
		if (!toml_is_newline(p))
			return;
		p->at += *p->at == '\r' ? 2 : 1;
		p->line++;
	}
}

/* ---- strings ---- */

static void put(struct toml_parser *p, char c)
{
	/* A decoded string is never longer than its source, so this can't overflow. */
	if (p->doc->text_len < p->doc->text_cap)
		p->doc->text[p->doc->text_len++] = c;
}

static bool put_utf8(struct toml_parser *p, uint32_t c)
{
	char utf8[4];
	size_t n;

	if (c == 0 || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return toml_bad(p, NULL, "the escape stands for no character");
	n = ef_utf8_put(utf8, c);
	for (size_t i = 0; i < n; i++)
		put(p, utf8[i]);
	return true;
}

static bool put_code(struct toml_parser *p, size_t digits)
{
	char text[16] = "0x";
	uint32_t code;

	for (size_t i = 0; i < digits; i++) {
		text[2 + i] = toml_peek(p) == '_' ? '?' : toml_peek(p);
		if (p->at < p->end)
			p->at++;
	}
	text[2 + digits] = '\0';
	if (strlen(text) != 2 + digits || !ef_parse_u32(text, UINT32_MAX, &code))
		return toml_bad(p, NULL, "the escape needs hexadecimal digits");
	return put_utf8(p, code);
}

static bool put_escape(struct toml_parser *p)
{
	static const char from[] = "btnfr\"\\", to[] = "\b\t\n\f\r\"\\";
	char c = toml_peek(p);
	const char *found = c ? strchr(from, c) : NULL;

	if (p->at < p->end)
		p->at++;
	if (c == 'u' || c == 'U')
		return put_code(p, c == 'u' ? 4 : 8);
	if (!found) {
		toml_bad(p, NULL, "unknown escape in a string");
		return ef_hint_own(p->err, "put a path with backslashes into single quotes: "
					   "'C:\\path'");
	}
	put(p, to[found - from]);
	return true;
}

bool toml_parse_string(struct toml_parser *p, const char **ret)
{
	char quote = *p->at++;
	size_t start = p->doc->text_len;

	if (toml_peek(p) == quote && p->end - p->at > 1 && p->at[1] == quote)
		return toml_bad(p, NULL, "strings over several lines are not supported");
	while (p->at < p->end && !toml_is_newline(p)) {
		char c = *p->at++;

		if (c == quote) {
			put(p, '\0');
			*ret = p->doc->text + start;
			return true;
		}
		if (c == '\\' && quote == '"') {
			if (!put_escape(p))
				return false;
		} else {
			put(p, c);
		}
	}
	return toml_bad(p, NULL, "the string has no end");
}

/* ---- other values ---- */

static bool keep(struct toml_parser *p, const char *start, const char **ret)
{
	size_t at = p->doc->text_len;

	for (; start < p->at; start++)
		put(p, *start);
	put(p, '\0');
	*ret = p->doc->text + at;
	return true;
}

static bool is_fraction_or_date(const char *text)
{
	return (*text >= '0' && *text <= '9' && strpbrk(text, ".:eE-") != NULL) ||
	       strcmp(text, "inf") == 0 || strcmp(text, "nan") == 0;
}

/* text has no sign. TOML forbids leading zeros, and allows _ between digits only. */
static bool is_integer(const char *text)
{
	uint64_t ignored;

	if (text[0] == '0' && text[1] >= '0' && text[1] <= '9')
		return false;
	if (text[0] == '0' && text[1] >= 'A' && text[1] <= 'Z')
		return false;
	return ef_parse_u64(text, (uint64_t)INT64_MAX, &ignored);
}

bool toml_parse_bare(struct toml_parser *p, const char *path, struct toml_value *ret)
{
	const char *start = p->at;
	const char *digits;
	bool is_negative;

	while (toml_is_bare(toml_peek(p)) || (toml_peek(p) && strchr("+.:", toml_peek(p))))
		p->at++;
	if (p->at == start)
		return toml_bad(p, path, "a value is missing");
	keep(p, start, &ret->text);
	ret->kind = TOML_BOOLEAN;
	ret->boolean = strcmp(ret->text, "true") == 0;
	if (ret->boolean || strcmp(ret->text, "false") == 0)
		return true;
	is_negative = ret->text[0] == '-';
	digits = ret->text + (is_negative || ret->text[0] == '+');
	if (is_integer(digits)) {
		ret->kind = TOML_INTEGER;
		if (!is_negative)
			ret->text = digits;
		return true;
	}
	ret->kind = TOML_OTHER;
	if (is_fraction_or_date(digits))
		return true;
	ef_fail(p->err, EF_E_INPUT, "line %zu: key '%s': '%.60s' is not a value", p->line, path,
		ret->text);
	return ef_hint_own(p->err, "put text into quotes: \"%.60s\"", ret->text);
}
