/* SPDX-License-Identifier: MIT */
/*
 * Parses defmt format strings: literals with doubled braces, and parameters
 * {index=type:hint}. A cursor yields one fragment after the other and stores
 * none, so callers parse a string again when they need it again.
 *
 * Source: defmt-parser 1.0.0 (knurling-rs/defmt, parser/src), in its
 * forward-compatible mode, where an unknown display hint is not an error.
 */
#include "defmt/parse.h"

#define ARGS_MAX 256u /* arguments of one format string */

static bool starts_with(struct defmt_text t, const char *prefix)
{
	size_t n = strlen(prefix);

	return t.len >= n && memcmp(t.p, prefix, n) == 0;
}

static bool is_text(struct defmt_text t, const char *whole)
{
	return t.len == strlen(whole) && starts_with(t, whole);
}

static void skip(struct defmt_text *t, size_t n)
{
	t->p += n;
	t->len -= n;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Take the decimal number at the front of t. False: there is none, or it exceeds 32 bits. */
static bool take_number(struct defmt_text *t, uint32_t *ret)
{
	uint64_t v = 0;
	size_t n = 0;

	for (; n < t->len && is_digit(t->p[n]); n++) {
		v = v * 10 + (uint64_t)(t->p[n] - '0');
		if (v > UINT32_MAX)
			return false;
	}
	if (n == 0)
		return false;
	skip(t, n);
	*ret = (uint32_t)v;
	return true;
}

/* "a..b" with nothing after it: a range of bits below 128. */
static bool take_range(struct defmt_text t, struct defmt_param *ret)
{
	uint32_t low, high;

	if (!take_number(&t, &low) || !starts_with(t, ".."))
		return false;
	skip(&t, 2);
	if (!take_number(&t, &high) || t.len != 0 || high <= low || high > 128)
		return false;
	ret->type = DEFMT_BITFIELD;
	ret->low = (uint8_t)low;
	ret->high = (uint8_t)high;
	return true;
}

/* "[u8; N]" or "[?; N]" after the ';' */
static bool take_array(struct defmt_text t, enum defmt_type type, struct defmt_param *ret)
{
	while (starts_with(t, " "))
		skip(&t, 1);
	ret->type = type;
	return take_number(&t, &ret->len) && is_text(t, "]");
}

static bool take_type(struct defmt_text t, struct defmt_param *ret)
{
	static const struct {
		const char *name;
		enum defmt_type type;
		uint32_t len;
	} types[] = {
		{ "u8", DEFMT_UINT, 1 },
		{ "u16", DEFMT_UINT, 2 },
		{ "u32", DEFMT_UINT, 4 },
		{ "u64", DEFMT_UINT, 8 },
		{ "u128", DEFMT_UINT, 16 },
		{ "usize", DEFMT_UINT, 4 }, /* 32 bits on every target */
		{ "i8", DEFMT_SINT, 1 },
		{ "i16", DEFMT_SINT, 2 },
		{ "i32", DEFMT_SINT, 4 },
		{ "i64", DEFMT_SINT, 8 },
		{ "i128", DEFMT_SINT, 16 },
		{ "isize", DEFMT_SINT, 4 },
		{ "f32", DEFMT_F32, 0 },
		{ "f64", DEFMT_F64, 0 },
		{ "bool", DEFMT_BOOL, 0 },
		{ "char", DEFMT_CHAR, 0 },
		{ "str", DEFMT_STR, 0 },
		{ "istr", DEFMT_ISTR, 0 },
		{ "[u8]", DEFMT_BYTES, 0 },
		{ "?", DEFMT_FORMAT, 0 },
		{ "[?]", DEFMT_FORMAT_SLICE, 0 },
		{ "__internal_Debug", DEFMT_PREFORMATTED, 0 },
		{ "__internal_Display", DEFMT_PREFORMATTED, 0 },
		{ "__internal_FormatSequence", DEFMT_SEQUENCE, 0 },
	};

	for (size_t i = 0; i < EF_ARRAY_LEN(types); i++)
		if (is_text(t, types[i].name)) {
			ret->type = types[i].type;
			ret->len = types[i].len;
			return true;
		}
	if (starts_with(t, "[u8;"))
		return take_array((struct defmt_text){ t.p + 4, t.len - 4 }, DEFMT_BYTE_ARRAY, ret);
	if (starts_with(t, "[?;"))
		return take_array((struct defmt_text){ t.p + 3, t.len - 3 }, DEFMT_FORMAT_ARRAY,
				  ret);
	return take_range(t, ret);
}

static void take_bitflags(struct defmt_text t, struct defmt_hint *ret)
{
	size_t at = 0;

	for (size_t i = 0; i < t.len; i++)
		at += t.p[i] == '@';
	ret->kind = at == 2 || at == 3 ? DEFMT_HINT_BITFLAGS : DEFMT_HINT_UNKNOWN;
	ret->key = t;
}

static void take_hint(struct defmt_text t, struct defmt_hint *ret)
{
	static const char bitflags[] = "__internal_bitflags_";
	static const struct {
		const char *name;
		enum defmt_hint_kind kind;
		uint32_t per_second;
		bool is_upper;
	} hints[] = {
		{ "", DEFMT_HINT_PLAIN, 0, false },
		{ "x", DEFMT_HINT_HEX, 0, false },
		{ "X", DEFMT_HINT_HEX, 0, true },
		{ "o", DEFMT_HINT_OCTAL, 0, false },
		{ "b", DEFMT_HINT_BINARY, 0, false },
		{ "a", DEFMT_HINT_ASCII, 0, false },
		{ "?", DEFMT_HINT_DEBUG, 0, false },
		{ "us", DEFMT_HINT_SECONDS, 1000000, false },
		{ "ms", DEFMT_HINT_SECONDS, 1000, false },
		{ "tus", DEFMT_HINT_TIME, 1000000, false },
		{ "tms", DEFMT_HINT_TIME, 1000, false },
		{ "ts", DEFMT_HINT_TIME, 1, false },
		{ "iso8601ms", DEFMT_HINT_ISO8601, 1000, false },
		{ "iso8601s", DEFMT_HINT_ISO8601, 1, false },
		{ "cbor", DEFMT_HINT_CBOR, 0, false },
	};

	*ret = (struct defmt_hint){ .kind = DEFMT_HINT_UNKNOWN };
	if (starts_with(t, "#")) {
		ret->is_alternate = true;
		skip(&t, 1);
	}
	if (starts_with(t, "0")) {
		skip(&t, 1);
		if (!take_number(&t, &ret->zero_pad))
			return;
		if (ret->zero_pad > DEFMT_PAD_MAX)
			ret->zero_pad = DEFMT_PAD_MAX;
	}
	if (starts_with(t, bitflags)) {
		skip(&t, strlen(bitflags));
		take_bitflags(t, ret);
		return;
	}
	for (size_t i = 0; i < EF_ARRAY_LEN(hints); i++)
		if (is_text(t, hints[i].name)) {
			ret->kind = hints[i].kind;
			ret->per_second = hints[i].per_second;
			ret->is_upper = hints[i].is_upper;
		}
}

/* Parse the text between the braces. Returns the mistake in it, or NULL. */
static const char *take_param(struct defmt_text t, struct defmt_cursor *c, struct defmt_param *ret)
{
	const char *colon;
	size_t len;

	*ret = (struct defmt_param){ .type = DEFMT_FORMAT };
	if (t.len == 0 || !is_digit(t.p[0]))
		ret->index = c->next_index++;
	else if (!take_number(&t, &ret->index))
		return "a parameter's index is too large";
	if (starts_with(t, "=")) {
		skip(&t, 1);
		colon = t.len ? memchr(t.p, ':', t.len) : NULL;
		len = colon ? (size_t)(colon - t.p) : t.len;
		if (!take_type((struct defmt_text){ t.p, len }, ret))
			return "a parameter's type is unknown";
		skip(&t, len);
	}
	if (starts_with(t, ":")) {
		skip(&t, 1);
		if (t.len == 0)
			return "a display hint is missing";
		take_hint(t, &ret->hint);
	} else if (t.len != 0) {
		return "a parameter isn't index=type:hint";
	}
	return ret->index < ARGS_MAX ? NULL : "a parameter's index is too large";
}

/* Braces must be doubled. As in defmt-parser, only an odd run of them is an error. */
static bool is_literal_ok(struct defmt_text t)
{
	bool open = false, close = false;

	for (size_t i = 0; i < t.len; i++) {
		if (t.p[i] == '{')
			open = !open;
		else if (t.p[i] == '}')
			close = !close;
		else if (open || close)
			return false;
	}
	return !open && !close;
}

struct defmt_cursor defmt_parse_begin(struct defmt_text text)
{
	return (struct defmt_cursor){ .left = text };
}

/* Return the offset of the first brace that opens a parameter; t.len: there is none. */
static size_t find_param(struct defmt_text t)
{
	size_t i = 0;

	while (i < t.len && t.p[i] != '{')
		i++;
	while (i + 1 < t.len && t.p[i] == '{' && t.p[i + 1] == '{')
		for (i += 2; i < t.len && t.p[i] != '{'; i++)
			;
	return i;
}

bool defmt_parse_next(struct defmt_cursor *c, struct defmt_fragment *ret)
{
	struct defmt_text *t = &c->left;
	size_t len;
	const char *end;

	if (c->bad || t->len == 0)
		return false;
	len = find_param(*t);
	ret->is_param = len == 0;
	if (len) {
		ret->literal = (struct defmt_text){ t->p, len };
		skip(t, len);
		if (!is_literal_ok(ret->literal))
			c->bad = "a single brace";
		return c->bad == NULL;
	}
	end = memchr(t->p, '}', t->len);
	if (end == NULL) {
		c->bad = "a parameter without an end";
		return false;
	}
	len = (size_t)(end - t->p);
	c->bad = take_param((struct defmt_text){ t->p + 1, len - 1 }, c, &ret->param);
	skip(t, len + 1);
	return c->bad == NULL;
}
