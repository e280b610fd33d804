/* SPDX-License-Identifier: MIT */
/* Reads a mangled name and writes its readable form. A failure sticks. */
#ifndef EF_SYMBOLS_DEMANGLE_TEXT_H
#define EF_SYMBOLS_DEMANGLE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct ef_mangled {
	const char *p; /* NUL-terminated */
	char *out;
	size_t len, cap;
	unsigned depth;
	bool bad;
};

/* How deep a name may nest. A deeper one is refused as a whole. */
#define EF_MANGLED_DEPTH 64u

static inline void ef_mangled_write(struct ef_mangled *m, const char *text, size_t len)
{
	if (m->bad || len >= m->cap - m->len) {
		m->bad = true;
		return;
	}
	memcpy(m->out + m->len, text, len);
	m->len += len;
}

static inline void ef_mangled_puts(struct ef_mangled *m, const char *text)
{
	ef_mangled_write(m, text, strlen(text));
}

static inline void ef_mangled_putc(struct ef_mangled *m, char c)
{
	ef_mangled_write(m, &c, 1);
}

static inline void ef_mangled_number(struct ef_mangled *m, uint64_t value)
{
	char digits[20];
	size_t n = sizeof(digits);

	do {
		digits[--n] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	ef_mangled_write(m, digits + n, sizeof(digits) - n);
}

static inline bool ef_mangled_eat(struct ef_mangled *m, char c)
{
	if (m->bad || *m->p != c)
		return false;
	m->p++;
	return true;
}

/* Read a decimal number; bad when there is none. */
static inline size_t ef_mangled_decimal(struct ef_mangled *m)
{
	size_t value = 0;

	if (*m->p < '0' || *m->p > '9')
		m->bad = true;
	while (*m->p >= '0' && *m->p <= '9' && value < 100000)
		value = value * 10 + (size_t)(*m->p++ - '0');
	return value;
}

/* Read a number of Rust's v0 scheme, in base 62: "_" is 0, "0_" is 1. */
static inline uint64_t ef_mangled_base62(struct ef_mangled *m)
{
	static const char alphabet[] =
		"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	uint64_t value = 0;

	if (ef_mangled_eat(m, '_'))
		return 0;
	while (!m->bad && *m->p != '_') {
		const char *at = *m->p ? strchr(alphabet, *m->p) : NULL;
		unsigned digit = at ? (unsigned)(at - alphabet) : 0;

		if (at == NULL || value > (UINT64_MAX - digit) / 62 - 1) {
			m->bad = true;
			return 0;
		}
		value = value * 62 + digit;
		m->p++;
	}
	ef_mangled_eat(m, '_');
	return value + 1;
}

/* Take the next len characters, or NULL and bad. */
static inline const char *ef_mangled_take(struct ef_mangled *m, size_t len)
{
	const char *p = m->p;

	if (m->bad || memchr(p, '\0', len)) {
		m->bad = true;
		return NULL;
	}
	m->p += len;
	return p;
}

/* Copy the readable name to dst; false, with dst untouched, when it failed or does not fit. */
static inline bool ef_mangled_finish(const struct ef_mangled *m, char *dst, size_t cap)
{
	if (m->bad || m->len == 0 || m->len >= cap)
		return false;
	memcpy(dst, m->out, m->len);
	dst[m->len] = '\0';
	return true;
}

static inline bool ef_mangled_enter(struct ef_mangled *m)
{
	if (m->bad || m->depth == EF_MANGLED_DEPTH) {
		m->bad = true;
		return false;
	}
	m->depth++;
	return true;
}

static inline void ef_mangled_leave(struct ef_mangled *m)
{
	m->depth--;
}

#endif
