/* SPDX-License-Identifier: MIT */
/*
 * The 128-bit integers that defmt can send. C11 has no such type, and compilers
 * for 32-bit hosts have none either.
 */
#ifndef EF_DEFMT_INT128_H
#define EF_DEFMT_INT128_H

#include "base/bytes.h"

struct defmt_int {
	uint64_t hi, lo;
};

/* Load 1 to 16 little-endian bytes; is_signed: extend the sign. */
static inline struct defmt_int defmt_int_load(const uint8_t *p, size_t len, bool is_signed)
{
	uint8_t full[16];

	memset(full, is_signed && len && (p[len - 1] & 0x80) ? 0xff : 0, sizeof(full));
	memcpy(full, p, len < sizeof(full) ? len : sizeof(full));
	return (struct defmt_int){ .lo = ef_le64(full), .hi = ef_le64(full + 8) };
}

static inline bool defmt_int_is_negative(struct defmt_int v)
{
	return v.hi >> 63;
}

static inline bool defmt_int_is_zero(struct defmt_int v)
{
	return v.hi == 0 && v.lo == 0;
}

static inline bool defmt_int_is_equal(struct defmt_int a, struct defmt_int b)
{
	return a.hi == b.hi && a.lo == b.lo;
}

static inline struct defmt_int defmt_int_negate(struct defmt_int v)
{
	return (struct defmt_int){ .lo = 0 - v.lo, .hi = ~v.hi + (v.lo == 0) };
}

/* n < 128 */
static inline struct defmt_int defmt_int_shl(struct defmt_int v, unsigned n)
{
	if (n == 0)
		return v;
	if (n >= 64)
		return (struct defmt_int){ .hi = v.lo << (n - 64), .lo = 0 };
	return (struct defmt_int){ .hi = v.hi << n | v.lo >> (64 - n), .lo = v.lo << n };
}

static inline struct defmt_int defmt_int_shr(struct defmt_int v, unsigned n)
{
	if (n == 0)
		return v;
	if (n >= 64)
		return (struct defmt_int){ .hi = 0, .lo = v.hi >> (n - 64) };
	return (struct defmt_int){ .hi = v.hi >> n, .lo = v.lo >> n | v.hi << (64 - n) };
}

static inline struct defmt_int defmt_int_and(struct defmt_int a, struct defmt_int b)
{
	return (struct defmt_int){ .hi = a.hi & b.hi, .lo = a.lo & b.lo };
}

/* Returns the quotient and stores the remainder. by is not 0. */
static inline struct defmt_int defmt_int_div(struct defmt_int v, uint32_t by, uint32_t *ret)
{
	uint32_t word[4] = { (uint32_t)(v.hi >> 32), (uint32_t)v.hi, (uint32_t)(v.lo >> 32),
			     (uint32_t)v.lo };
	uint64_t rest = 0;

	for (size_t i = 0; i < 4; i++) {
		rest = rest << 32 | word[i];
		word[i] = (uint32_t)(rest / by);
		rest %= by;
	}
	*ret = (uint32_t)rest;
	return (struct defmt_int){ .hi = (uint64_t)word[0] << 32 | word[1],
				   .lo = (uint64_t)word[2] << 32 | word[3] };
}

#define DEFMT_DIGITS_MAX 129

/* Write the digits in base 2 to 16, and a NUL. Returns how many digits. */
static inline size_t defmt_int_digits(struct defmt_int v, uint32_t base, bool is_upper,
				      char ret[DEFMT_DIGITS_MAX])
{
	const char *set = is_upper ? "0123456789ABCDEF" : "0123456789abcdef";
	char back[DEFMT_DIGITS_MAX];
	size_t n = 0;

	do {
		uint32_t digit;

		v = defmt_int_div(v, base, &digit);
		back[n++] = set[digit];
	} while (!defmt_int_is_zero(v) && n < sizeof(back) - 1);
	for (size_t i = 0; i < n; i++)
		ret[i] = back[n - 1 - i];
	ret[n] = '\0';
	return n;
}

#endif
