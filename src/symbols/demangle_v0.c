/* SPDX-License-Identifier: MIT */
/*
 * Demangles Rust's v0 names (RFC 2603), as the compiler prints paths: without hashes and without
 * the types of constants.
 */
#include "base/util.h"
#include "symbols/demangle.h"
#include "symbols/demangle_text.h"

/* A name may refer back to its own parts, so a short one could print without end. */
#define STEPS_MAX 4096u

struct v0 {
	struct ef_mangled m;
	const char *start; /* after "_R": references count from here */
	unsigned steps;
	uint64_t bound; /* number of lifetimes in scope */
};

static void path(struct v0 *v, bool is_value);
static void type(struct v0 *v);

static uint64_t optional62(struct v0 *v, char tag)
{
	return ef_mangled_eat(&v->m, tag) ? ef_mangled_base62(&v->m) + 1 : 0;
}

static uint64_t disambiguator(struct v0 *v)
{
	return optional62(v, 's');
}

/* Names beyond ASCII are in Punycode, which this does not decode: they stay mangled. */
static const char *identifier(struct v0 *v, size_t *ret_len)
{
	if (*v->m.p == 'u')
		v->m.bad = true;
	/* A 0 is the whole length: the text after an empty name may begin with a digit. */
	*ret_len = ef_mangled_eat(&v->m, '0') ? 0 : ef_mangled_decimal(&v->m);
	ef_mangled_eat(&v->m, '_');
	return ef_mangled_take(&v->m, *ret_len);
}

static void put_identifier(struct v0 *v)
{
	size_t len;
	const char *name = identifier(v, &len);

	if (name)
		ef_mangled_write(&v->m, name, len);
}

/* Read again at the earlier place that the reference names, then go on from here. */
static void back_reference(struct v0 *v, void (*read)(struct v0 *v, bool is_value), bool is_value)
{
	const char *here = v->m.p - 1;
	uint64_t at = ef_mangled_base62(&v->m);
	const char *after = v->m.p;

	if (v->m.bad || at >= (uint64_t)(here - v->start)) {
		v->m.bad = true;
		return;
	}
	v->m.p = v->start + at;
	read(v, is_value);
	v->m.p = after;
}

/* Count the step that a path or a type takes, and the nesting. */
static bool enter(struct v0 *v)
{
	if (++v->steps > STEPS_MAX || *v->m.p == '\0')
		v->m.bad = true;
	return ef_mangled_enter(&v->m);
}

static void type_again(struct v0 *v, bool is_value)
{
	(void)is_value;
	type(v);
}

/* ---- lifetimes ---- */

static void lifetime(struct v0 *v, uint64_t index)
{
	uint64_t depth;

	if (index == 0) {
		ef_mangled_puts(&v->m, "'_");
		return;
	}
	if (index > v->bound) {
		v->m.bad = true;
		return;
	}
	depth = v->bound - index;
	ef_mangled_putc(&v->m, '\'');
	if (depth < 26)
		ef_mangled_putc(&v->m, (char)('a' + depth));
	else {
		ef_mangled_putc(&v->m, '_');
		ef_mangled_number(&v->m, depth);
	}
}

/* Write "for<'a, 'b> ". The caller restores v->bound. */
static void binder(struct v0 *v)
{
	uint64_t count = optional62(v, 'G');

	if (v->m.bad || count == 0)
		return;
	if (count > 64) {
		v->m.bad = true;
		return;
	}
	ef_mangled_puts(&v->m, "for<");
	for (uint64_t i = 0; i < count; i++) {
		if (i)
			ef_mangled_puts(&v->m, ", ");
		v->bound++;
		lifetime(v, 1);
	}
	ef_mangled_puts(&v->m, "> ");
}

/* ---- constants ---- */

static void hex_constant(struct v0 *v, char kind)
{
	const char *digits = v->m.p;
	uint64_t value = 0;
	size_t n = 0;

	for (; (digits[n] >= '0' && digits[n] <= '9') || (digits[n] >= 'a' && digits[n] <= 'f');
	     n++)
		value = value << 4 | (uint64_t)ef_digit_value(digits[n]);
	v->m.p += n;
	if (!ef_mangled_eat(&v->m, '_'))
		v->m.bad = true;
	if (kind == 'b')
		ef_mangled_puts(&v->m, value ? "true" : "false");
	else if (kind == 'c' && value >= 0x20 && value < 0x7f) {
		const char quoted[] = { '\'', (char)value, '\'' };

		ef_mangled_write(&v->m, quoted, sizeof(quoted));
	} else if (kind == 'c')
		v->m.bad = true;
	else if (n > 16) {
		ef_mangled_puts(&v->m, "0x");
		ef_mangled_write(&v->m, digits, n);
	} else
		ef_mangled_number(&v->m, value);
}

static void constant(struct v0 *v, bool is_value)
{
	char kind = *v->m.p;

	(void)is_value;
	if (!ef_mangled_enter(&v->m))
		return;
	if (ef_mangled_eat(&v->m, 'p'))
		ef_mangled_putc(&v->m, '_');
	else if (ef_mangled_eat(&v->m, 'B'))
		back_reference(v, constant, false);
	else if (kind != '\0' && strchr("ahtmyojaslxnibc", kind)) {
		v->m.p++;
		if (strchr("aslxni", kind) && ef_mangled_eat(&v->m, 'n'))
			ef_mangled_putc(&v->m, '-');
		hex_constant(v, kind);
	} else
		v->m.bad = true;
	ef_mangled_leave(&v->m);
}

/* ---- paths ---- */

static void generic_args(struct v0 *v)
{
	bool is_first = true;

	while (!v->m.bad && !ef_mangled_eat(&v->m, 'E')) {
		if (!is_first)
			ef_mangled_puts(&v->m, ", ");
		is_first = false;
		if (ef_mangled_eat(&v->m, 'L'))
			lifetime(v, ef_mangled_base62(&v->m));
		else if (ef_mangled_eat(&v->m, 'K'))
			constant(v, false);
		else
			type(v);
	}
}

static void nested(struct v0 *v, bool is_value)
{
	char space = *v->m.p;
	uint64_t number;
	const char *name;
	size_t len;

	if (space == '\0') {
		v->m.bad = true;
		return;
	}
	v->m.p++;
	path(v, is_value);
	number = disambiguator(v);
	name = identifier(v, &len);
	if (name == NULL)
		return;
	if (space >= 'a' && space <= 'z') {
		if (len > 0) {
			ef_mangled_puts(&v->m, "::");
			ef_mangled_write(&v->m, name, len);
		}
		return;
	}
	ef_mangled_puts(&v->m, "::{");
	if (space == 'C' || space == 'S')
		ef_mangled_puts(&v->m, space == 'C' ? "closure" : "shim");
	else
		ef_mangled_putc(&v->m, space);
	if (len > 0) {
		ef_mangled_putc(&v->m, ':');
		ef_mangled_write(&v->m, name, len);
	}
	ef_mangled_putc(&v->m, '#');
	ef_mangled_number(&v->m, number);
	ef_mangled_putc(&v->m, '}');
}

/* The module around an impl block is not part of its printed name. */
static void skip_impl_path(struct v0 *v)
{
	size_t len = v->m.len;

	(void)disambiguator(v);
	path(v, false);
	if (!v->m.bad)
		v->m.len = len;
}

static void implementation(struct v0 *v, char tag)
{
	if (tag != 'Y')
		skip_impl_path(v);
	ef_mangled_putc(&v->m, '<');
	type(v);
	if (tag != 'M') {
		ef_mangled_puts(&v->m, " as ");
		path(v, false);
	}
	ef_mangled_putc(&v->m, '>');
}

static void crate(struct v0 *v)
{
	(void)disambiguator(v);
	put_identifier(v);
}

static void path(struct v0 *v, bool is_value)
{
	char tag = *v->m.p;

	if (!enter(v))
		return;
	v->m.p++;
	switch (tag) {
	case 'C':
		crate(v);
		break;
	case 'N':
		nested(v, is_value);
		break;
	case 'M':
	case 'X':
	case 'Y':
		implementation(v, tag);
		break;
	case 'I':
		path(v, is_value);
		ef_mangled_puts(&v->m, is_value ? "::<" : "<");
		generic_args(v);
		ef_mangled_putc(&v->m, '>');
		break;
	case 'B':
		back_reference(v, path, is_value);
		break;
	default:
		v->m.bad = true;
		break;
	}
	ef_mangled_leave(&v->m);
}

/* ---- types ---- */

static const char *basic_type(char tag)
{
	static const char *const name[] = {
		"i8",    "bool", "char", "f64", "str",  "f32",  NULL,  "u8", "isize",
		"usize", NULL,   "i32",  "u32", "i128", "u128", "_",   NULL, NULL,
		"i16",   "u16",  "()",   "...", NULL,   "i64",  "u64", "!",
	};

	return tag >= 'a' && tag <= 'z' ? name[tag - 'a'] : NULL;
}

static void list(struct v0 *v, bool is_tuple)
{
	size_t count = 0;

	while (!v->m.bad && !ef_mangled_eat(&v->m, 'E')) {
		if (count++)
			ef_mangled_puts(&v->m, ", ");
		type(v);
	}
	if (is_tuple && count == 1) /* (T,) */
		ef_mangled_putc(&v->m, ',');
}

static void function_type(struct v0 *v)
{
	uint64_t bound = v->bound;

	binder(v);
	if (ef_mangled_eat(&v->m, 'U'))
		ef_mangled_puts(&v->m, "unsafe ");
	if (ef_mangled_eat(&v->m, 'K')) {
		size_t len = 1;
		const char *name = ef_mangled_eat(&v->m, 'C') ? "C" : identifier(v, &len);

		ef_mangled_puts(&v->m, "extern \"");
		for (size_t i = 0; name && i < len; i++)
			ef_mangled_putc(&v->m, name[i] == '_' ? '-' : name[i]);
		ef_mangled_puts(&v->m, "\" ");
	}
	ef_mangled_puts(&v->m, "fn(");
	list(v, false);
	ef_mangled_putc(&v->m, ')');
	if (!ef_mangled_eat(&v->m, 'u')) { /* a return type of () is not printed */
		ef_mangled_puts(&v->m, " -> ");
		type(v);
	}
	v->bound = bound;
}

/* Write a trait with its associated types in the same brackets: Iterator<Item = u8>. */
static void dyn_trait(struct v0 *v)
{
	bool is_open = false;

	path(v, false);
	while (ef_mangled_eat(&v->m, 'p')) {
		if (!is_open && v->m.len > 0 && v->m.out[v->m.len - 1] == '>') {
			v->m.len--;
			ef_mangled_puts(&v->m, ", ");
		} else
			ef_mangled_puts(&v->m, is_open ? ", " : "<");
		is_open = true;
		put_identifier(v);
		ef_mangled_puts(&v->m, " = ");
		type(v);
	}
	if (is_open)
		ef_mangled_putc(&v->m, '>');
}

static void dyn_type(struct v0 *v)
{
	uint64_t bound = v->bound, index;
	size_t count = 0;

	ef_mangled_puts(&v->m, "dyn ");
	binder(v);
	while (!v->m.bad && !ef_mangled_eat(&v->m, 'E')) {
		if (count++)
			ef_mangled_puts(&v->m, " + ");
		dyn_trait(v);
	}
	v->bound = bound;
	if (!ef_mangled_eat(&v->m, 'L'))
		v->m.bad = true;
	index = ef_mangled_base62(&v->m);
	if (index) {
		ef_mangled_puts(&v->m, " + ");
		lifetime(v, index);
	}
}

static void reference(struct v0 *v, const char *suffix)
{
	ef_mangled_putc(&v->m, '&');
	if (ef_mangled_eat(&v->m, 'L')) {
		uint64_t index = ef_mangled_base62(&v->m);

		if (index) {
			lifetime(v, index);
			ef_mangled_putc(&v->m, ' ');
		}
	}
	ef_mangled_puts(&v->m, suffix);
	type(v);
}

static void compound_type(struct v0 *v, char tag)
{
	v->m.p++;
	switch (tag) {
	case 'R':
		reference(v, "");
		break;
	case 'Q':
		reference(v, "mut ");
		break;
	case 'P':
	case 'O':
		ef_mangled_puts(&v->m, tag == 'P' ? "*const " : "*mut ");
		type(v);
		break;
	case 'A':
	case 'S':
		ef_mangled_putc(&v->m, '[');
		type(v);
		if (tag == 'A') {
			ef_mangled_puts(&v->m, "; ");
			constant(v, true);
		}
		ef_mangled_putc(&v->m, ']');
		break;
	case 'T':
		ef_mangled_putc(&v->m, '(');
		list(v, true);
		ef_mangled_putc(&v->m, ')');
		break;
	case 'F':
		function_type(v);
		break;
	case 'D':
		dyn_type(v);
		break;
	case 'B':
		back_reference(v, type_again, false);
		break;
	default: /* a named type: a path */
		v->m.p--;
		path(v, false);
		break;
	}
}

static void type(struct v0 *v)
{
	char tag = *v->m.p;
	const char *basic = basic_type(tag);

	if (!enter(v))
		return;
	if (basic) {
		v->m.p++;
		ef_mangled_puts(&v->m, basic);
	} else
		compound_type(v, tag);
	ef_mangled_leave(&v->m);
}

bool ef_demangle_rust_v0(const char *name, char *dst, size_t cap)
{
	char text[1024];
	struct v0 v = { .m = { .p = name + 2, .out = text, .cap = sizeof(text) } };

	if (name[0] != '_' || name[1] != 'R')
		return false;
	v.start = v.m.p;
	path(&v, true);
	if (*v.m.p >= 'A' && *v.m.p <= 'Z') { /* the crate that instantiated a generic */
		size_t len = v.m.len;

		path(&v, false);
		if (!v.m.bad)
			v.m.len = len;
	}
	if (*v.m.p != '\0' && *v.m.p != '.' && *v.m.p != '$')
		return false;
	return ef_mangled_finish(&v.m, dst, cap);
}
