/* SPDX-License-Identifier: MIT */
/*
 * C++ names by the Itanium ABI, section 5.1, as far as firmware has them:
 * nested and local names, templates, operators, lambdas; types are in
 * demangle_cpp_type.c. What is beyond that, expressions mostly, stays as it is.
 */
#include "base/util.h"
#include "symbols/demangle.h"
#include "symbols/demangle_cpp.h"

static void encoding(struct ef_cpp *c, bool shows_return);

/* ---- names ---- */

static const struct {
	char code[3];
	const char *text;
} operators[] = {
	{ "nw", " new" }, { "na", " new[]" }, { "dl", " delete" }, { "da", " delete[]" },
	{ "ps", "+" },    { "ng", "-" },      { "ad", "&" },       { "de", "*" },
	{ "co", "~" },    { "pl", "+" },      { "mi", "-" },       { "ml", "*" },
	{ "dv", "/" },    { "rm", "%" },      { "an", "&" },       { "or", "|" },
	{ "eo", "^" },    { "aS", "=" },      { "pL", "+=" },      { "mI", "-=" },
	{ "mL", "*=" },   { "dV", "/=" },     { "rM", "%=" },      { "aN", "&=" },
	{ "oR", "|=" },   { "eO", "^=" },     { "ls", "<<" },      { "rs", ">>" },
	{ "lS", "<<=" },  { "rS", ">>=" },    { "eq", "==" },      { "ne", "!=" },
	{ "lt", "<" },    { "gt", ">" },      { "le", "<=" },      { "ge", ">=" },
	{ "ss", "<=>" },  { "nt", "!" },      { "aa", "&&" },      { "oo", "||" },
	{ "pp", "++" },   { "mm", "--" },     { "cm", "," },       { "pm", "->*" },
	{ "pt", "->" },   { "cl", "()" },     { "ix", "[]" },
};

static bool operator_name(struct ef_cpp *c)
{
	for (size_t i = 0; i < EF_ARRAY_LEN(operators); i++) {
		if (strncmp(c->m.p, operators[i].code, 2) != 0)
			continue;
		c->m.p += 2;
		ef_mangled_puts(&c->m, "operator");
		ef_mangled_puts(&c->m, operators[i].text);
		return true;
	}
	if (strncmp(c->m.p, "cv", 2) == 0) {
		c->m.p += 2;
		ef_mangled_puts(&c->m, "operator ");
		ef_cpp_type(c);
		c->has_no_return = true;
		return true;
	}
	return false;
}

static void source_name(struct ef_cpp *c)
{
	size_t len = ef_mangled_decimal(&c->m);
	const char *p = ef_mangled_take(&c->m, len);

	if (p == NULL || len == 0)
		c->m.bad = true;
	else if (len >= 10 && strncmp(p, "_GLOBAL__N", 10) == 0)
		ef_mangled_puts(&c->m, "(anonymous namespace)");
	else
		ef_mangled_write(&c->m, p, len);
}

/* Of "_" 0, of "0_" 1 and so on, base 36 for substitutions. */
size_t ef_cpp_sequence(struct ef_cpp *c, size_t base)
{
	size_t value = 0;

	if (ef_mangled_eat(&c->m, '_'))
		return 0;
	while (!c->m.bad && *c->m.p != '_' && value < 10000) {
		char ch = *c->m.p++;

		if (ch >= '0' && ch <= '9')
			value = value * base + (size_t)(ch - '0');
		else if (base == 36 && ch >= 'A' && ch <= 'Z')
			value = value * base + (size_t)(ch - 'A') + 10;
		else
			c->m.bad = true;
	}
	if (!ef_mangled_eat(&c->m, '_'))
		c->m.bad = true;
	return value + 1;
}

/* Ul PARAMETERS E [number] _ and Ut [number] _ */
static void unnamed(struct ef_cpp *c)
{
	bool is_lambda = c->m.p[1] == 'l';

	c->m.p += 2;
	if (is_lambda) {
		ef_mangled_puts(&c->m, "{lambda(");
		c->type_depth++;
		ef_cpp_parameters(c, 'E');
		c->type_depth--;
		ef_mangled_putc(&c->m, ')');
		if (!ef_mangled_eat(&c->m, 'E'))
			c->m.bad = true;
	} else
		ef_mangled_puts(&c->m, "{unnamed type");
	ef_mangled_putc(&c->m, '#');
	ef_mangled_number(&c->m, ef_cpp_sequence(c, 10) + 1);
	ef_mangled_putc(&c->m, '}');
}

static void unqualified(struct ef_cpp *c)
{
	(void)ef_mangled_eat(&c->m, 'L'); /* internal linkage */
	if (*c->m.p >= '0' && *c->m.p <= '9')
		source_name(c);
	else if (*c->m.p == 'U' && (c->m.p[1] == 'l' || c->m.p[1] == 't'))
		unnamed(c);
	else if (!operator_name(c))
		c->m.bad = true;
	while (ef_mangled_eat(&c->m, 'B')) {
		ef_mangled_puts(&c->m, "[abi:");
		source_name(c);
		ef_mangled_putc(&c->m, ']');
	}
}

/* "St", "Sa"..., "S_", "S0_". False: "St", which is only the start of a name. */
bool ef_cpp_substitution(struct ef_cpp *c)
{
	static const char *const text[] = {
		"std::allocator", "std::basic_string", "std::string",
		"std::istream",   "std::ostream",      "std::iostream"
	};
	static const char code[] = "absiod";
	const char *known;

	c->m.p++;
	if (ef_mangled_eat(&c->m, 't')) {
		ef_mangled_puts(&c->m, "std");
		return false;
	}
	known = *c->m.p ? strchr(code, *c->m.p) : NULL;
	if (known) {
		c->m.p++;
		ef_mangled_puts(&c->m, text[known - code]);
		/* Their constructors have longer names. */
		c->m.bad |= *c->m.p == 'C' || *c->m.p == 'D';
	} else
		ef_cpp_repeat(c, c->sub, c->sub_count, ef_cpp_sequence(c, 36));
	return true;
}

/* C1 or D1: the last part of what is written since start, without arguments. */
static void structor(struct ef_cpp *c, size_t start)
{
	char last[256];
	size_t end = c->m.len, from, depth = 0, at = start;

	from = start;
	for (; at + 1 < end; at++) {
		char ch = c->m.out[at];

		depth += ch == '<';
		depth -= ch == '>' && depth > 0;
		if (depth == 0 && ch == ':' && c->m.out[at + 1] == ':')
			from = at + 2;
	}
	for (at = from; at < end && c->m.out[at] != '<' && c->m.out[at] != '['; at++)
		;
	if (at == from || at - from >= sizeof(last)) {
		c->m.bad = true;
		return;
	}
	memcpy(last, c->m.out + from, at - from);
	ef_mangled_puts(&c->m, *c->m.p == 'D' ? "::~" : "::");
	ef_mangled_write(&c->m, last, at - from);
	(void)ef_mangled_take(&c->m, 2);
	c->has_no_return = true;
}

/* ---- templates ---- */

static void literal(struct ef_cpp *c)
{
	static const char *const suffix[] = { ['j' - 'a'] = "u",   ['l' - 'a'] = "l",
					      ['m' - 'a'] = "ul",  ['x' - 'a'] = "ll",
					      ['y' - 'a'] = "ull", ['i' - 'a'] = "" };
	char kind = *c->m.p;
	const char *after = "";

	if (kind == 'b') {
		c->m.p++;
		ef_mangled_puts(&c->m, *c->m.p == '0' ? "false" : "true");
		(void)ef_mangled_take(&c->m, 1);
		return;
	}
	if (kind >= 'a' && kind <= 'y' && suffix[kind - 'a']) {
		after = suffix[kind - 'a'];
		c->m.p++;
	} else if (kind == '_') {
		c->m.bad = true;
		return;
	} else {
		ef_mangled_putc(&c->m, '(');
		ef_cpp_type(c);
		ef_mangled_putc(&c->m, ')');
	}
	if (ef_mangled_eat(&c->m, 'n'))
		ef_mangled_putc(&c->m, '-');
	while (*c->m.p >= '0' && *c->m.p <= '9')
		ef_mangled_putc(&c->m, *c->m.p++);
	ef_mangled_puts(&c->m, after);
}

/* Returns how many there were: 'J' is a pack. */
static size_t template_arg(struct ef_cpp *c, bool *is_first)
{
	size_t count = 0;

	if (ef_mangled_eat(&c->m, 'J')) {
		while (!c->m.bad && ef_mangled_enter(&c->m)) {
			bool is_end = ef_mangled_eat(&c->m, 'E');

			if (!is_end)
				count += template_arg(c, is_first);
			ef_mangled_leave(&c->m);
			if (is_end)
				break;
		}
		return count;
	}
	if (!*is_first)
		ef_mangled_puts(&c->m, ", ");
	*is_first = false;
	if (ef_mangled_eat(&c->m, 'L')) {
		literal(c);
		if (!ef_mangled_eat(&c->m, 'E'))
			c->m.bad = true;
	} else
		ef_cpp_type(c);
	return 1;
}

void ef_cpp_template_args(struct ef_cpp *c)
{
	bool is_first = true, is_name = c->type_depth == 0;
	struct ef_cpp_piece arg[EF_CPP_ARGS_MAX];
	size_t count = 0;

	if (!ef_mangled_enter(&c->m))
		return;
	c->m.p++;
	c->type_depth++;
	if (c->m.len > 0 && c->m.out[c->m.len - 1] == '<') /* operator< */
		ef_mangled_putc(&c->m, ' ');
	ef_mangled_putc(&c->m, '<');
	while (!c->m.bad && !ef_mangled_eat(&c->m, 'E')) {
		bool was_first = is_first, is_pack = *c->m.p == 'J';
		size_t start = c->m.len;
		size_t types = template_arg(c, &is_first);

		start += was_first || start == c->m.len ? 0 : 2;
		ef_cpp_strip_marks(c, start);
		if (is_name && count < EF_CPP_ARGS_MAX && ef_cpp_keep(c, start, &arg[count]))
			arg[count++].is_list = is_pack && types != 1;
	}
	if (c->m.len > 0 && c->m.out[c->m.len - 1] == '>')
		ef_mangled_putc(&c->m, ' ');
	ef_mangled_putc(&c->m, '>');
	c->type_depth--;
	if (is_name) {
		memcpy(c->arg, arg, sizeof(arg));
		c->arg_count = count;
		c->ends_in_args = true;
	}
	ef_mangled_leave(&c->m);
}

/* ---- compound names ---- */

static const char *member_qualifiers(struct ef_cpp *c)
{
	bool is_const = false, is_volatile = false;

	for (; *c->m.p == 'r' || *c->m.p == 'V' || *c->m.p == 'K'; c->m.p++) {
		is_const |= *c->m.p == 'K';
		is_volatile |= *c->m.p == 'V';
	}
	if (ef_mangled_eat(&c->m, 'R'))
		return is_const ? " const &" : " &";
	if (ef_mangled_eat(&c->m, 'O'))
		return is_const ? " const &&" : " &&";
	if (is_volatile)
		return is_const ? " const volatile" : " volatile";
	return is_const ? " const" : "";
}

static void nested(struct ef_cpp *c)
{
	size_t start = c->m.len;
	const char *suffix;
	bool is_first = true;

	c->m.p++;
	suffix = member_qualifiers(c);
	while (!c->m.bad && *c->m.p != 'E') {
		bool is_new = true;
		char ch = *c->m.p;

		c->ends_in_args = c->ends_in_args && c->type_depth > 0;
		if (ch == 'I')
			ef_cpp_template_args(c);
		else if (!is_first && (ch == 'C' || (ch == 'D' && c->m.p[1] <= '5')))
			structor(c, start);
		else {
			if (!is_first)
				ef_mangled_puts(&c->m, "::");
			if (ch == 'S') {
				is_new = false;
				(void)ef_cpp_substitution(c);
			} else if (ch == 'T') {
				c->m.p++;
				ef_cpp_repeat(c, c->arg, c->arg_count, ef_cpp_sequence(c, 10));
			} else
				unqualified(c);
		}
		is_first = false;
		if (is_new && *c->m.p != 'E')
			ef_cpp_remember(c, start);
	}
	if (!ef_mangled_eat(&c->m, 'E') || is_first)
		c->m.bad = true;
	if (c->type_depth == 0)
		c->suffix = suffix;
}

/* Z FUNCTION E NAME: something in a function. */
static void local(struct ef_cpp *c)
{
	c->m.p++;
	encoding(c, false);
	if (!ef_mangled_eat(&c->m, 'E'))
		c->m.bad = true;
	ef_mangled_puts(&c->m, "::");
	if (ef_mangled_eat(&c->m, 's')) {
		ef_mangled_puts(&c->m, "string literal");
		return;
	}
	ef_cpp_name(c);
	if (ef_mangled_eat(&c->m, '_')) {
		if (ef_mangled_eat(&c->m, '_'))
			(void)ef_mangled_decimal(&c->m);
		else if (*c->m.p >= '0' && *c->m.p <= '9')
			c->m.p++;
		(void)ef_mangled_eat(&c->m, '_');
	}
}

void ef_cpp_name(struct ef_cpp *c)
{
	size_t start = c->m.len;
	bool is_new = true;

	if (!ef_mangled_enter(&c->m))
		return;
	c->ends_in_args = c->ends_in_args && c->type_depth > 0;
	switch (*c->m.p) {
	case 'N':
		nested(c);
		break;
	case 'Z':
		local(c);
		break;
	default:
		if (*c->m.p != 'S')
			unqualified(c);
		else if (ef_cpp_substitution(c))
			is_new = false;
		else {
			ef_mangled_puts(&c->m, "::");
			unqualified(c);
		}
		if (*c->m.p == 'I') {
			if (is_new)
				ef_cpp_remember(c, start);
			ef_cpp_template_args(c);
		}
		break;
	}
	ef_mangled_leave(&c->m);
}

/* ---- functions ---- */

/* Move what was written since middle before what was written since start. */
static void swap_parts(struct ef_cpp *c, size_t start, size_t middle)
{
	char first[EF_CPP_TEXT_LEN];
	size_t len = middle - start;

	if (c->m.bad)
		return;
	memcpy(first, c->m.out + start, len);
	memmove(c->m.out + start, c->m.out + middle, c->m.len - middle);
	memcpy(c->m.out + start + (c->m.len - middle), first, len);
}

static void encoding(struct ef_cpp *c, bool shows_return)
{
	size_t start = c->m.len, middle;
	unsigned depth = c->type_depth;
	const char *suffix;

	if (!ef_mangled_enter(&c->m))
		return;
	c->type_depth = 0;
	c->suffix = "";
	c->has_no_return = false;
	ef_cpp_name(c);
	suffix = c->suffix;
	if (*c->m.p != '\0' && *c->m.p != 'E' && *c->m.p != '.') {
		bool has_return = c->ends_in_args && !c->has_no_return;

		if (has_return) {
			middle = c->m.len;
			ef_cpp_type(c);
			ef_cpp_strip_marks(c, middle);
			if (shows_return) {
				ef_mangled_putc(&c->m, ' ');
				swap_parts(c, start, middle);
			} else if (!c->m.bad)
				c->m.len = middle;
		}
		c->type_depth++;
		ef_mangled_putc(&c->m, '(');
		ef_cpp_parameters(c, 'E');
		ef_mangled_putc(&c->m, ')');
		ef_mangled_puts(&c->m, suffix);
	}
	c->type_depth = depth;
	ef_mangled_leave(&c->m);
}

/* What the compiler adds to names of its copies. */
static void clones(struct ef_cpp *c)
{
	while (!c->m.bad && *c->m.p == '.') {
		size_t len = 1 + strcspn(c->m.p + 1, ".");

		/* ".isra.0": the number belongs to it */
		while (c->m.p[len] == '.' && c->m.p[len + 1] >= '0' && c->m.p[len + 1] <= '9')
			len += 1 + strspn(c->m.p + len + 1, "0123456789");
		ef_mangled_puts(&c->m, " [clone ");
		ef_mangled_write(&c->m, c->m.p, len);
		ef_mangled_putc(&c->m, ']');
		c->m.p += len;
	}
}

bool ef_demangle_cpp(const char *mangled, char *dst, size_t cap)
{
	char text[EF_CPP_TEXT_LEN];
	struct ef_cpp c = { .m = { .p = mangled + 2, .out = text, .cap = sizeof(text) },
			    .suffix = "" };

	if (mangled[0] != '_' || mangled[1] != 'Z')
		return false;
	if (strncmp(c.m.p, "Thn", 3) == 0) {
		c.m.p += 3;
		(void)ef_mangled_decimal(&c.m);
		(void)ef_mangled_eat(&c.m, '_');
		ef_mangled_puts(&c.m, "non-virtual thunk to ");
	}
	encoding(&c, true);
	clones(&c);
	if (c.m.bad || *c.m.p != '\0' || c.m.len == 0 || c.m.len >= cap)
		return false;
	memcpy(dst, text, c.m.len);
	dst[c.m.len] = '\0';
	return true;
}
