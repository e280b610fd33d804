/* SPDX-License-Identifier: MIT */
/*
 * Decides which of the three schemes a name follows, and reads Rust's legacy
 * scheme: nested names as in C++, with escapes in them and a hash at the end
 * (rustc_symbol_mangling, legacy.rs).
 */
#include "base/util.h"
#include "symbols/demangle.h"
#include "symbols/demangle_text.h"

#define HASH_LEN 17u /* 'h' and 16 digits */

static bool is_hash(const char *p, size_t len)
{
	if (len != HASH_LEN || p[0] != 'h')
		return false;
	for (size_t i = 1; i < len; i++)
		if (ef_digit_value(p[i]) < 0)
			return false;
	return true;
}

/* Write what an escape such as "$LT$" stands for. Returns its length; 0: p is not an escape. */
static size_t escape(struct ef_mangled *m, const char *p, size_t left)
{
	static const struct {
		const char *name, *text;
	} known[] = { { "$SP$", "@" }, { "$BP$", "*" }, { "$RF$", "&" }, { "$LT$", "<" },
		      { "$GT$", ">" }, { "$LP$", "(" }, { "$RP$", ")" }, { "$C$", "," } };
	uint32_t code = 0;
	size_t n = 2;

	for (size_t i = 0; i < EF_ARRAY_LEN(known); i++) {
		size_t len = strlen(known[i].name);

		if (left >= len && memcmp(p, known[i].name, len) == 0) {
			ef_mangled_puts(m, known[i].text);
			return len;
		}
	}
	/* $u7e$ is a character by its number. rustc writes only ASCII this way. */
	if (left < 4 || p[1] != 'u')
		return 0;
	while (n < left && n < 6 && ef_digit_value(p[n]) >= 0)
		code = code << 4 | (uint32_t)ef_digit_value(p[n++]);
	if (n == 2 || n >= left || p[n] != '$' || code < 0x20 || code > 0x7e)
		return 0;
	ef_mangled_putc(m, (char)code);
	return n + 1;
}

static void element(struct ef_mangled *m, const char *p, size_t len)
{
	/* rustc puts an underscore before "$", which no identifier may start with. */
	if (len >= 2 && p[0] == '_' && p[1] == '$') {
		p++;
		len--;
	}
	while (len > 0 && !m->bad) {
		size_t n = p[0] == '$' ? escape(m, p, len) : 0;

		if (n == 0 && len >= 2 && p[0] == '.' && p[1] == '.') {
			ef_mangled_puts(m, "::");
			n = 2;
		} else if (n == 0) {
			ef_mangled_putc(m, p[0]);
			n = 1;
		}
		p += n;
		len -= n;
	}
}

static bool demangle_rust_legacy(const char *name, char *dst, size_t cap)
{
	char text[1024];
	struct ef_mangled m = { .p = name, .out = text, .cap = sizeof(text) };
	bool has_hash = false;

	if (strncmp(name, "_ZN", 3) != 0)
		return false;
	m.p += 3;
	while (!m.bad && *m.p >= '1' && *m.p <= '9') {
		size_t len = ef_mangled_decimal(&m);
		const char *p = ef_mangled_take(&m, len);

		if (p == NULL)
			return false;
		has_hash = is_hash(p, len) && *m.p == 'E';
		if (has_hash)
			break;
		if (m.len > 0)
			ef_mangled_puts(&m, "::");
		element(&m, p, len);
	}
	/* LLVM appends a suffix to copies of a function: ".llvm.123", ".cold". */
	if (!has_hash || !ef_mangled_eat(&m, 'E') || (*m.p != '\0' && *m.p != '.'))
		return false;
	return ef_mangled_finish(&m, dst, cap);
}

bool ef_demangle(const char *name, char *dst, size_t cap)
{
	if (name[0] != '_')
		return false;
	if (name[1] == 'R')
		return ef_demangle_rust_v0(name, dst, cap);
	if (name[1] != 'Z')
		return false;
	return demangle_rust_legacy(name, dst, cap) || ef_demangle_cpp(name, dst, cap);
}
