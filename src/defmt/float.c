/* SPDX-License-Identifier: MIT */
/*
 * Floats in the fewest digits that read back as the same number, written as
 * the Rust library ryu writes them ("1.0", "1e16", "-0.001"), which is what
 * defmt-decoder uses. Exact: big integers, no libc (whose output depends on
 * the locale and may need 17 digits for what 3 say).
 *
 * The digits come from Steele and White's algorithm (free-format Dragon4,
 * "How to print floating-point numbers accurately", 1990); the layout from
 * ryu's documentation of Buffer::format.
 */
#include "defmt/defmt_priv.h"

#define WORDS 40 /* 1280 bits: 2^1074 * 10 and some */

struct big {
	uint32_t w[WORDS]; /* least first */
};

static void big_set(struct big *b, uint64_t v)
{
	memset(b, 0, sizeof(*b));
	b->w[0] = (uint32_t)v;
	b->w[1] = (uint32_t)(v >> 32);
}

static void big_mul(struct big *b, uint32_t by)
{
	uint64_t carry = 0;

	for (size_t i = 0; i < WORDS; i++) {
		carry += (uint64_t)b->w[i] * by;
		b->w[i] = (uint32_t)carry;
		carry >>= 32;
	}
}

static void big_shl(struct big *b, unsigned bits)
{
	for (; bits >= 31; bits -= 31)
		big_mul(b, 1u << 31);
	big_mul(b, 1u << bits);
}

static int big_compare(const struct big *a, const struct big *b)
{
	for (size_t i = WORDS; i-- > 0;)
		if (a->w[i] != b->w[i])
			return a->w[i] < b->w[i] ? -1 : 1;
	return 0;
}

static void big_add(struct big *a, const struct big *b)
{
	uint64_t carry = 0;

	for (size_t i = 0; i < WORDS; i++) {
		carry += (uint64_t)a->w[i] + b->w[i];
		a->w[i] = (uint32_t)carry;
		carry >>= 32;
	}
}

/* a - b, where a >= b */
static void big_subtract(struct big *a, const struct big *b)
{
	uint64_t borrow = 0;

	for (size_t i = 0; i < WORDS; i++) {
		uint64_t v = (uint64_t)a->w[i] - b->w[i] - borrow;

		a->w[i] = (uint32_t)v;
		borrow = v >> 63;
	}
}

/* The number is r / s; what is within minus / s below and plus / s above reads back as it. */
struct scaled {
	struct big r, s, plus, minus;
	bool is_even; /* so do the ends of that range */
};

/* Whether r + plus reaches s: one digit more in front of the point. */
static bool is_high(const struct scaled *n)
{
	struct big sum = n->r;
	int c;

	big_add(&sum, &n->plus);
	c = big_compare(&sum, &n->s);
	return n->is_even ? c >= 0 : c > 0;
}

static bool is_low(const struct scaled *n)
{
	int c = big_compare(&n->r, &n->minus);

	return n->is_even ? c <= 0 : c < 0;
}

/* mantissa * 2^exponent; is_edge: the numbers below are twice as close. */
static void scale(struct scaled *n, uint64_t mantissa, int exponent, bool is_edge)
{
	unsigned up = (unsigned)(exponent > 0 ? exponent : 0);
	unsigned down = (unsigned)(exponent < 0 ? -exponent : 0);

	n->is_even = (mantissa & 1) == 0;
	big_set(&n->r, mantissa);
	big_shl(&n->r, up + 1 + is_edge);
	big_set(&n->s, 1);
	big_shl(&n->s, down + 1 + is_edge);
	big_set(&n->plus, 1);
	big_shl(&n->plus, up + is_edge);
	big_set(&n->minus, 1);
	big_shl(&n->minus, up);
}

/* Bring r / s into [0.1, 1). Returns the position of the point. */
static int fix_up(struct scaled *n)
{
	struct big ten_r, ten_plus;
	int point = 0;

	while (is_high(n)) {
		big_mul(&n->s, 10);
		point++;
	}
	for (;;) {
		ten_r = n->r;
		ten_plus = n->plus;
		big_mul(&ten_r, 10);
		big_mul(&ten_plus, 10);
		big_add(&ten_r, &ten_plus);
		/* Stop when ten times as much would be too high. */
		if (big_compare(&ten_r, &n->s) >= (n->is_even ? 0 : 1))
			return point;
		big_mul(&n->r, 10);
		big_mul(&n->plus, 10);
		big_mul(&n->minus, 10);
		point--;
	}
}

/* The shortest digits of 0.digits * 10^point. Returns how many. */
static size_t make_digits(struct scaled *n, char ret[20])
{
	size_t count = 0;
	bool low, high;
	int digit;

	do {
		big_mul(&n->r, 10);
		big_mul(&n->plus, 10);
		big_mul(&n->minus, 10);
		for (digit = 0; big_compare(&n->r, &n->s) >= 0; digit++)
			big_subtract(&n->r, &n->s);
		low = is_low(n);
		high = is_high(n);
		if (low || high) {
			/* Both ends read back: the nearer one. */
			struct big twice = n->r;
			int c;

			big_add(&twice, &n->r);
			c = big_compare(&twice, &n->s);
			if (!low || (high && (c > 0 || (c == 0 && (digit & 1)))))
				digit++;
		}
		ret[count++] = (char)('0' + digit);
	} while (!low && !high && count < 18);
	return count;
}

/* ---- layout ---- */

static size_t add(char *ret, size_t at, const char *text, size_t len)
{
	memcpy(ret + at, text, len);
	return at + len;
}

static size_t add_zeros(char *ret, size_t at, int count)
{
	for (; count > 0; count--)
		ret[at++] = '0';
	return at;
}

static void lay_out(char *ret, size_t at, const char *digits, size_t count, int point,
		    bool is_double)
{
	int len = (int)count;
	size_t before;

	if (point >= len && point <= (is_double ? 16 : 13)) {
		at = add_zeros(ret, add(ret, at, digits, count), point - len);
		at = add(ret, at, ".0", 2);
	} else if (point > 0 && point <= (is_double ? 16 : 13)) {
		before = (size_t)point;
		at = add(ret, at, digits, before);
		ret[at++] = '.';
		at = add(ret, at, digits + before, count - before);
	} else if (point <= 0 && point > (is_double ? -5 : -6)) {
		at = add_zeros(ret, add(ret, at, "0.", 2), -point);
		at = add(ret, at, digits, count);
	} else {
		at = add(ret, at, digits, 1);
		if (count > 1)
			ret[at++] = '.';
		at = add(ret, at, digits + 1, count - 1);
		(void)ef_snprintf(ret + at, DEFMT_FLOAT_MAX - at, "e%d", point - 1);
		return;
	}
	ret[at] = '\0';
}

void defmt_float(uint64_t bits, bool is_double, char ret[DEFMT_FLOAT_MAX])
{
	unsigned mantissa_bits = is_double ? 52 : 23;
	uint32_t all_ones = is_double ? 0x7ff : 0xff;
	uint64_t mantissa = bits & ((UINT64_C(1) << mantissa_bits) - 1);
	uint32_t biased = (uint32_t)(bits >> mantissa_bits) & all_ones;
	bool is_negative = bits >> (is_double ? 63 : 31) & 1;
	const char *special = NULL;
	struct scaled n;
	char digits[20];
	int exponent = (int)(biased ? biased : 1) - (int)(all_ones / 2) - (int)mantissa_bits;
	int point;

	if (biased == all_ones)
		special = mantissa ? "NaN" : is_negative ? "-inf" : "inf";
	else if (biased == 0 && mantissa == 0)
		special = is_negative ? "-0.0" : "0.0";
	if (special) {
		(void)ef_strlcpy(ret, DEFMT_FLOAT_MAX, special);
		return;
	}
	scale(&n, biased ? mantissa | UINT64_C(1) << mantissa_bits : mantissa, exponent,
	      mantissa == 0 && biased > 1);
	point = fix_up(&n);
	ret[0] = '-';
	lay_out(ret, is_negative, digits, make_digits(&n, digits), point, is_double);
}
