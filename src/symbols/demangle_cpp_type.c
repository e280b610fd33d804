/* SPDX-License-Identifier: MIT */
/*
 * The types in C++ names (Itanium ABI, section 5.1.5), and the text that is
 * wanted again. A declarator belongs into the middle of function and array
 * types ("int (*)(char)"): the place is marked in the text and filled later.
 */
#include "base/util.h"
#include "symbols/demangle_cpp.h"

/* ---- text that is wanted again ---- */

bool ef_cpp_keep(struct ef_cpp *c, size_t start, struct ef_cpp_piece *ret)
{
	size_t len = c->m.len - start;

	if (c->m.bad || len > EF_CPP_ARENA_LEN - c->arena_len) {
		c->m.bad = true;
		return false;
	}
	memcpy(c->arena + c->arena_len, c->m.out + start, len);
	*ret = (struct ef_cpp_piece){ (uint16_t)c->arena_len, (uint16_t)len, false };
	c->arena_len += len;
	return true;
}

void ef_cpp_remember(struct ef_cpp *c, size_t start)
{
	if (c->sub_count == EF_CPP_SUBS_MAX)
		c->m.bad = true;
	else if (ef_cpp_keep(c, start, &c->sub[c->sub_count]))
		c->sub_count++;
}

void ef_cpp_repeat(struct ef_cpp *c, const struct ef_cpp_piece *list, size_t count, size_t index)
{
	if (index >= count || (c->is_one && list[index].is_list))
		c->m.bad = true;
	else
		ef_mangled_write(&c->m, c->arena + list[index].off, list[index].len);
}

/* Put text where a declarator goes in the type that starts at start. */
static void declare(struct ef_cpp *c, size_t start, const char *text)
{
	char tail[EF_CPP_TEXT_LEN];
	size_t at = start, len;

	while (at < c->m.len && c->m.out[at] != EF_CPP_HOLE && c->m.out[at] != EF_CPP_HOLE_END)
		at++;
	if (at == c->m.len || c->m.bad) {
		ef_mangled_puts(&c->m, text);
		return;
	}
	len = c->m.len - at;
	memcpy(tail, c->m.out + at, len);
	c->m.len = at;
	if (tail[0] == EF_CPP_HOLE) {
		ef_mangled_putc(&c->m, '(');
		ef_mangled_puts(&c->m, text[0] == ' ' ? text + 1 : text);
		ef_mangled_putc(&c->m, EF_CPP_HOLE_END);
		ef_mangled_putc(&c->m, ')');
		ef_mangled_write(&c->m, tail + 1, len - 1);
	} else {
		ef_mangled_puts(&c->m, text);
		ef_mangled_write(&c->m, tail, len);
	}
}

/* A reference to a reference: && only of two of them. */
static void declare_reference(struct ef_cpp *c, size_t start, bool is_rvalue)
{
	const char *out = c->m.out;
	size_t len = c->m.len;

	if (c->m.bad || len <= start || out[len - 1] != '&')
		declare(c, start, is_rvalue ? "&&" : "&");
	else if (!is_rvalue && len - start >= 2 && out[len - 2] == '&')
		c->m.len--;
}

/* The marks are no part of the name. */
void ef_cpp_strip_marks(struct ef_cpp *c, size_t start)
{
	size_t n = start;

	for (size_t i = start; i < c->m.len; i++)
		if (c->m.out[i] != EF_CPP_HOLE && c->m.out[i] != EF_CPP_HOLE_END)
			c->m.out[n++] = c->m.out[i];
	c->m.len = n;
}

/* ---- types ---- */

static const char *builtin(struct ef_cpp *c)
{
	static const char *const text[] = {
		"signed char",
		"bool",
		"char",
		"double",
		"long double",
		"float",
		"__float128",
		"unsigned char",
		"int",
		"unsigned int",
		NULL,
		"long",
		"unsigned long",
		"__int128",
		"unsigned __int128",
		NULL,
		NULL,
		NULL,
		"short",
		"unsigned short",
		NULL,
		"void",
		"wchar_t",
		"long long",
		"unsigned long long",
		"...",
	};
	static const struct {
		char code;
		const char *text;
	} more[] = { { 'n', "decltype(nullptr)" },
		     { 'i', "char32_t" },
		     { 's', "char16_t" },
		     { 'u', "char8_t" },
		     { 'a', "auto" } };

	if (*c->m.p >= 'a' && *c->m.p <= 'z' && text[*c->m.p - 'a'])
		return text[*c->m.p++ - 'a'];
	for (size_t i = 0; *c->m.p == 'D' && i < EF_ARRAY_LEN(more); i++) {
		if (c->m.p[1] != more[i].code)
			continue;
		c->m.p += 2;
		return more[i].text;
	}
	return NULL;
}

static void qualified_type(struct ef_cpp *c, size_t start)
{
	char text[32] = "";
	bool is_restrict = ef_mangled_eat(&c->m, 'r'), is_volatile = ef_mangled_eat(&c->m, 'V'),
	     is_const = ef_mangled_eat(&c->m, 'K');

	ef_cpp_type(c);
	(void)ef_snprintf(text, sizeof(text), "%s%s%s", is_const ? " const" : "",
			  is_volatile ? " volatile" : "", is_restrict ? " __restrict" : "");
	declare(c, start, text);
}

static void function_type(struct ef_cpp *c)
{
	c->m.p++;
	(void)ef_mangled_eat(&c->m, 'Y');
	ef_cpp_type(c);
	ef_mangled_putc(&c->m, ' ');
	ef_mangled_putc(&c->m, EF_CPP_HOLE);
	ef_mangled_putc(&c->m, '(');
	ef_cpp_parameters(c, 'E');
	ef_mangled_putc(&c->m, ')');
	if (!ef_mangled_eat(&c->m, 'E'))
		c->m.bad = true;
}

static void array_type(struct ef_cpp *c)
{
	const char *digits = ++c->m.p;
	size_t len = strspn(digits, "0123456789");

	c->m.p += len;
	if (!ef_mangled_eat(&c->m, '_'))
		c->m.bad = true;
	ef_cpp_type(c);
	ef_mangled_putc(&c->m, ' ');
	ef_mangled_putc(&c->m, EF_CPP_HOLE);
	ef_mangled_puts(&c->m, " [");
	ef_mangled_write(&c->m, digits, len);
	ef_mangled_putc(&c->m, ']');
}

/* A type by its name; true when it may be referred to again. */
static bool named_type(struct ef_cpp *c, size_t start)
{
	bool is_new = true;

	if (*c->m.p == 'T') {
		c->m.p++;
		ef_cpp_repeat(c, c->arg, c->arg_count, ef_cpp_sequence(c, 10));
		if (*c->m.p == 'I') {
			ef_cpp_remember(c, start);
			ef_cpp_template_args(c);
		}
		return true;
	}
	if (*c->m.p == 'S' && c->m.p[1] != 't') {
		is_new = false;
		(void)ef_cpp_substitution(c);
		if (*c->m.p == 'I') {
			ef_cpp_template_args(c);
			is_new = true;
		}
		return is_new;
	}
	ef_cpp_name(c);
	return true;
}

static bool compound_type(struct ef_cpp *c, size_t start)
{
	static const char code[] = "PRO";
	const char *pointer = strchr(code, *c->m.p);
	bool was_one;

	if (pointer) {
		c->m.p++;
		ef_cpp_type(c);
		if (pointer == code)
			declare(c, start, "*");
		else
			declare_reference(c, start, pointer == code + 2);
		return true;
	}
	switch (*c->m.p) {
	case 'r':
	case 'V':
	case 'K':
		qualified_type(c, start);
		return true;
	case 'F':
		function_type(c);
		return true;
	case 'A':
		array_type(c);
		return true;
	case 'D':
		/* Dp: a pack, expanded; its types are in the arguments already. Others:
		 * expressions. */
		if (c->m.p[1] != 'p') {
			c->m.bad = true;
			return false;
		}
		c->m.p += 2;
		was_one = c->is_one;
		c->is_one = *c->m.p != 'T';
		ef_cpp_type(c);
		c->is_one = was_one;
		return true;
	default:
		return named_type(c, start);
	}
}

void ef_cpp_type(struct ef_cpp *c)
{
	size_t start = c->m.len;
	const char *basic;

	if (*c->m.p == '\0')
		c->m.bad = true;
	if (!ef_mangled_enter(&c->m))
		return;
	c->type_depth++;
	/* "r" is restrict and no type of its own. */
	basic = builtin(c);
	if (basic)
		ef_mangled_puts(&c->m, basic);
	else if (compound_type(c, start))
		ef_cpp_remember(c, start);
	c->type_depth--;
	ef_mangled_leave(&c->m);
}

void ef_cpp_parameters(struct ef_cpp *c, char end)
{
	bool is_first = true;

	if (*c->m.p == 'v' && (c->m.p[1] == end || c->m.p[1] == '.' || c->m.p[1] == '\0')) {
		c->m.p++;
		return;
	}
	while (!c->m.bad && *c->m.p != end && *c->m.p != '\0' && *c->m.p != '.') {
		size_t before = c->m.len, start;

		if (!is_first)
			ef_mangled_puts(&c->m, ", ");
		start = c->m.len;
		ef_cpp_type(c);
		ef_cpp_strip_marks(c, start);
		if (c->m.len == start && !c->m.bad) /* an empty pack */
			c->m.len = before;
		else
			is_first = false;
	}
}
