/* SPDX-License-Identifier: MIT */
/*
 * Parses the template language of defmt's output formats: {t} {L} {s} and so
 * on, with colours, styles and widths, and groups {[{L}]%bold}. Unlike
 * defmt-decoder, which silently drops the rest of a template that it does not
 * understand, this reports the mistake and its place.
 *
 * Source: knurling-rs/defmt, decoder/src/log/format (defmt-decoder 1.1.0) and
 * the book's chapter "Customizing the log output".
 */
#include "defmt/template.h"

#define WIDTH_MAX 1024u

struct parser {
	struct pattern *t;
	unsigned depth;
	struct ef_err *err;
};

static bool parse_list(struct parser *p, const char *from, const char *end, bool is_top,
		       struct style *style, uint8_t *ret);

static bool fail_at(struct parser *p, const char *at, const char *end, const char *what)
{
	int len = end - at > 40 ? 40 : (int)(end - at);

	(void)ef_fail(p->err, EF_E_USAGE, "bad output format: %s at character %zu: '%.*s'", what,
		      (size_t)(at - p->t->text) + 1, len, at);
	return ef_hint_set(p->err, EF_HINT_DEFMT_TEMPLATE);
}

static bool add_segment(struct parser *p, const char *at, const char *end, struct segment **ret)
{
	if (p->t->count == SEGMENTS_MAX)
		return fail_at(p, at, end, "too many parts");
	*ret = &p->t->segment[p->t->count++];
	**ret = (struct segment){ .kind = PART_TEXT, .text = at, .len = (size_t)(end - at) };
	return true;
}

static bool is_word(const char *from, const char *end, const char *word)
{
	size_t n = strlen(word);

	return (size_t)(end - from) == n && memcmp(from, word, n) == 0;
}

static bool take_specifier(const char *from, const char *end, struct segment *ret)
{
	static const struct {
		char letter;
		enum segment_kind kind;
	} letters[] = {
		{ 'c', PART_CRATE }, { 'F', PART_FILE_PATH }, { 'l', PART_LINE }, { 's', PART_LOG },
		{ 'L', PART_LEVEL }, { 'm', PART_MODULE },    { 't', PART_TIME },
	};
	size_t n = 0;

	while (from + n < end && from[n] == 'f')
		n++;
	if (n && from + n == end && n <= UINT8_MAX) {
		ret->kind = PART_FILE_NAME;
		ret->parts = (uint8_t)n;
		return true;
	}
	for (size_t i = 0; end - from == 1 && i < EF_ARRAY_LEN(letters); i++)
		if (*from == letters[i].letter) {
			ret->kind = letters[i].kind;
			return true;
		}
	return false;
}

/* Return the SGR code of a colour name, or COLOR_...; 0: no such colour. */
static uint8_t color_code(const char *from, const char *end)
{
	static const struct {
		const char *name;
		uint8_t code;
	} colors[] = {
		{ "severity", COLOR_SEVERITY },
		{ "werror", COLOR_WERROR },
		{ "black", 30 },
		{ "red", 31 },
		{ "green", 32 },
		{ "yellow", 33 },
		{ "blue", 34 },
		{ "magenta", 35 },
		{ "purple", 35 },
		{ "cyan", 36 },
		{ "white", 37 },
	};
	static const char bright[] = "bright ";
	uint8_t more = 0;

	if ((size_t)(end - from) > sizeof(bright) - 1 &&
	    memcmp(from, bright, sizeof(bright) - 1) == 0) {
		from += sizeof(bright) - 1;
		more = 60;
	}
	for (size_t i = 0; i < EF_ARRAY_LEN(colors); i++)
		if (is_word(from, end, colors[i].name) && (more == 0 || colors[i].code >= 30))
			return (uint8_t)(colors[i].code + more);
	return 0;
}

static uint8_t style_bit(const char *from, const char *end)
{
	static const struct {
		const char *name;
		uint8_t bit;
	} styles[] = {
		{ "bold", STYLE_BOLD },           { "italic", STYLE_ITALIC },
		{ "underline", STYLE_UNDERLINE }, { "strike", STYLE_STRIKE },
		{ "dimmed", STYLE_DIMMED },
	};

	for (size_t i = 0; i < EF_ARRAY_LEN(styles); i++)
		if (is_word(from, end, styles[i].name))
			return styles[i].bit;
	return 0;
}

/* "[<^>]digits". A leading 0 asks for padding with zeros. */
static bool take_width(const char *from, const char *end, struct style *ret)
{
	uint32_t width = 0;
	char align = 0;

	if (from < end && (*from == '<' || *from == '>' || *from == '^'))
		align = *from++;
	if (from == end)
		return false;
	ret->is_zero_padded = *from == '0';
	for (; from < end; from++) {
		if (*from < '0' || *from > '9')
			return false;
		width = width * 10 + (uint32_t)(*from - '0');
		if (width > WIDTH_MAX)
			return false;
	}
	ret->align = align;
	ret->width = (uint16_t)width;
	ret->has_width = true;
	return true;
}

static bool take_style(struct parser *p, const char *from, const char *end, struct style *ret)
{
	uint8_t color = color_code(from, end), bit = style_bit(from, end);
	struct style width = *ret;

	if (color) {
		if (ret->color)
			return fail_at(p, from, end, "a second colour");
		ret->color = color;
		return true;
	}
	if (bit) {
		if (ret->styles & bit)
			return fail_at(p, from, end, "the same style again");
		ret->styles |= bit;
		return true;
	}
	if (!take_width(from, end, &width))
		return fail_at(p, from, end, "an unknown colour, style or width");
	if (ret->has_width)
		return fail_at(p, from, end, "a second width");
	*ret = width;
	return true;
}

/* "L:bold:>5", in any order. */
static bool parse_simple(struct parser *p, const char *from, const char *end, struct segment *ret)
{
	bool has_specifier = false;
	const char *at = from, *stop;

	do {
		stop = memchr(at, ':', (size_t)(end - at));
		if (stop == NULL)
			stop = end;
		if (!has_specifier && take_specifier(at, stop, ret))
			has_specifier = true;
		else if (!has_specifier && style_bit(at, stop) == 0 && color_code(at, stop) == 0 &&
			 (at == stop || *at > '>'))
			return fail_at(p, at, end, "an unknown specifier");
		else if (!take_style(p, at, stop, &ret->style))
			return false;
		at = stop < end ? stop + 1 : stop;
	} while (stop < end);
	if (!has_specifier)
		return fail_at(p, from, end, "no specifier");
	p->t->has_log = p->t->has_log || ret->kind == PART_LOG;
	return true;
}

/* Return the brace that closes the one before at; NULL: none. */
static const char *find_close(const char *at, const char *end)
{
	size_t open = 1;

	for (; at < end; at++) {
		open += *at == '{';
		open -= *at == '}';
		if (open == 0)
			return at;
	}
	return NULL;
}

static bool has_specifier(const struct pattern *t, uint8_t first)
{
	for (; first; first = t->segment[first - 1].next)
		if (t->segment[first - 1].kind != PART_TEXT)
			return true;
	return false;
}

static bool parse_argument(struct parser *p, const char *from, const char *end, struct segment *ret)
{
	size_t len = (size_t)(end - from);

	if (len == 0)
		return fail_at(p, from, end, "nothing between braces");
	if (!memchr(from, '{', len) && !memchr(from, '%', len))
		return parse_simple(p, from, end, ret);
	ret->kind = PART_GROUP;
	if (!parse_list(p, from, end, false, &ret->style, &ret->first))
		return false;
	return has_specifier(p->t, ret->first) ||
	       fail_at(p, from, end, "a group without specifier");
}

/* Return the end of plain text. */
static const char *text_end(const char *at, const char *end)
{
	while (at < end && *at != '{' && *at != '}' && *at != '%')
		at++;
	return at;
}

static const char *style_end(const char *at, const char *end)
{
	while (at < end && *at != '%' && *at != '{')
		at++;
	return at;
}

static bool parse_part(struct parser *p, const char **at, const char *end, struct segment **ret)
{
	const char *stop;

	if (**at != '{') {
		stop = text_end(*at, end);
		if (stop == *at)
			return fail_at(p, *at, end, "an unexpected '}' or '%'");
		if (!add_segment(p, *at, stop, ret))
			return false;
		*at = stop;
		return true;
	}
	stop = find_close(*at + 1, end);
	if (stop == NULL)
		return fail_at(p, *at, end, "an unclosed '{'");
	if (!add_segment(p, *at, stop, ret) || !parse_argument(p, *at + 1, stop, *ret))
		return false;
	*at = stop + 1;
	return true;
}

/* Parse text and arguments, and %style in a group. Recursive, at most TEMPLATE_DEPTH_MAX deep. */
static bool parse_list(struct parser *p, const char *from, const char *end, bool is_top,
		       struct style *style, uint8_t *ret)
{
	struct segment *segment;
	const char *stop;

	if (p->depth == TEMPLATE_DEPTH_MAX)
		return fail_at(p, from, end, "groups nested too deeply");
	p->depth++;
	*ret = 0;
	while (from < end) {
		if (*from == '%' && !is_top) {
			stop = style_end(from + 1, end);
			if (!take_style(p, from + 1, stop, style))
				return false;
			from = stop;
			continue;
		}
		if (!parse_part(p, &from, end, &segment))
			return false;
		*ret = (uint8_t)(segment - p->t->segment + 1);
		ret = &segment->next;
	}
	p->depth--;
	return true;
}

bool defmt_template_parse(const char *text, struct pattern *ret, struct ef_err *err)
{
	struct parser p = { .t = ret, .err = err };
	size_t len = strlen(text);

	if (!ef_strlcpy(ret->text, sizeof(ret->text), text))
		return ef_fail(err, EF_E_USAGE, "bad output format: longer than %u bytes",
			       TEMPLATE_MAX - 1);
	if (!parse_list(&p, ret->text, ret->text + len, true, NULL, &ret->first))
		return false;
	if (ret->has_log)
		return true;
	(void)ef_fail(err, EF_E_USAGE, "bad output format '%.60s': the message, {s}, is missing",
		      text);
	return ef_hint_set(err, EF_HINT_DEFMT_TEMPLATE);
}
