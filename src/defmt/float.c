/* SPDX-License-Identifier: MIT */
/*
 * Floats as the Rust library ryu writes them ("1.0", "1e16", "-0.001"), which is
 * what defmt-decoder uses: the fewest digits that read back as the same number,
 * in the layout that ryu documents for Buffer::format.
 *
 * libc has no format for the fewest digits, so this file tries one precision
 * after the other. strtod and strtof only ever read text that snprintf wrote here,
 * in the same locale.
 */
#include <math.h>
#include <stdlib.h>

#include "defmt/show.h"

static bool reads_back(const char *text, double value, bool is_double)
{
	double got = is_double ? strtod(text, NULL) : (double)strtof(text, NULL);

	return got == value;
}

/* Write value, which must be positive and finite, as "1.25e-07" with the fewest digits. */
static void find_shortest(double value, bool is_double, char *ret, size_t cap)
{
	int most = is_double ? 17 : 9; /* always enough */

	for (int count = 1; count <= most; count++) {
		char *last;

		(void)ef_snprintf(ret, cap, "%.*e", count - 1, value);
		if (count == most || reads_back(ret, value, is_double))
			return;
		/*
		 * The floats below a power of two are closer together than those above it. There a
		 * digit that is one too high can also read back as the same float.
		 */
		last = strchr(ret, 'e') - 1;
		if (*last < '9') {
			++*last;
			if (reads_back(ret, value, is_double))
				return;
		}
	}
}

/* Split "1.25e-07" into digits and exponent; the locale decides what stands for the point. */
static size_t split(const char *text, char digits[20], int *ret_exponent)
{
	const char *e = strchr(text, 'e');
	size_t count = 0;
	int exponent = 0;

	for (const char *p = text; p < e; p++)
		if (*p >= '0' && *p <= '9')
			digits[count++] = *p;
	for (const char *p = e + 2; *p; p++)
		exponent = exponent * 10 + (*p - '0');
	*ret_exponent = e[1] == '-' ? -exponent : exponent;
	return count;
}

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
	bool is_negative = bits >> (is_double ? 63 : 31) & 1;
	uint32_t low = (uint32_t)bits;
	char text[40], digits[20];
	const char *special = NULL;
	double value;
	float single;
	size_t count;
	int exponent;

	memcpy(&single, &low, sizeof(single));
	memcpy(&value, &bits, sizeof(value));
	if (!is_double)
		value = (double)single;
	if (isnan(value))
		special = "NaN";
	else if (isinf(value))
		special = is_negative ? "-inf" : "inf";
	else if (fpclassify(value) == FP_ZERO)
		special = is_negative ? "-0.0" : "0.0";
	if (special) {
		(void)ef_strlcpy(ret, DEFMT_FLOAT_MAX, special);
		return;
	}
	find_shortest(fabs(value), is_double, text, sizeof(text));
	count = split(text, digits, &exponent);
	ret[0] = '-';
	lay_out(ret, is_negative, digits, count, exponent + 1, is_double);
}
