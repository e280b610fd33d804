/* SPDX-License-Identifier: MIT */
/*
 * Writes numbers, times and bytes by defmt's display hints. The layout is that of
 * Rust's formatter: the prefix and the sign are part of the padded width.
 *
 * Source: knurling-rs/defmt, decoder/src/frame.rs (defmt-decoder 1.1.0).
 */
#include "defmt/show.h"

/* ---- integers ---- */

static void add_padded(const char *sign, const char *prefix, const char *digits, uint32_t width,
		       struct defmt_out *out)
{
	size_t len = strlen(sign) + strlen(prefix) + strlen(digits);

	defmt_out_text(out, sign);
	defmt_out_text(out, prefix);
	for (; len < width && !out->is_cut; len++)
		defmt_out_char(out, '0');
	defmt_out_text(out, digits);
}

static void add_int(const char *sign, struct defmt_int v, const struct defmt_hint *hint,
		    struct defmt_out *out)
{
	char digits[DEFMT_DIGITS_MAX];
	const char *prefix = "";
	uint32_t base = 10, width = hint->zero_pad;

	switch (hint->kind) {
	case DEFMT_HINT_HEX:
		base = 16;
		prefix = "0x";
		break;
	case DEFMT_HINT_OCTAL:
		base = 8;
		prefix = "0o";
		break;
	case DEFMT_HINT_BINARY:
		base = 2;
		prefix = "0b";
		break;
	case DEFMT_HINT_PLAIN:
		break;
	default:
		width = 0;
		break;
	}
	(void)defmt_int_digits(v, base, hint->is_upper, digits);
	add_padded(sign, hint->is_alternate && base != 10 ? prefix : "", digits, width, out);
}

static void add_decimal(struct defmt_int v, uint32_t width, struct defmt_out *out)
{
	const struct defmt_hint plain = { .kind = DEFMT_HINT_PLAIN, .zero_pad = width };

	add_int("", v, &plain, out);
}

static void add_u32(uint32_t v, uint32_t width, struct defmt_out *out)
{
	add_decimal((struct defmt_int){ .lo = v }, width, out);
}

static void add_fraction(uint32_t rest, uint32_t per_second, struct defmt_out *out)
{
	if (per_second == 1)
		return;
	defmt_out_char(out, '.');
	add_u32(rest, per_second == 1000 ? 3 : 6, out);
}

/* "days:hh:mm:ss.fraction"; "days:" is left out when it is 0. */
static void add_time(struct defmt_int v, uint32_t per_second, struct defmt_out *out)
{
	uint32_t fraction, seconds, minutes, hours;

	v = defmt_int_div(v, per_second, &fraction);
	v = defmt_int_div(v, 60, &seconds);
	v = defmt_int_div(v, 60, &minutes);
	v = defmt_int_div(v, 24, &hours);
	if (!defmt_int_is_zero(v)) {
		add_decimal(v, 0, out);
		defmt_out_char(out, ':');
	}
	add_u32(hours, 2, out);
	defmt_out_char(out, ':');
	add_u32(minutes, 2, out);
	defmt_out_char(out, ':');
	add_u32(seconds, 2, out);
	add_fraction(fraction, per_second, out);
}

/* Write days since 1970-01-01 as a date (Howard Hinnant's civil_from_days). */
static void add_date(uint64_t days, struct defmt_out *out)
{
	uint64_t z = days + 719468, era = z / 146097, day = z % 146097;
	uint64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	uint64_t in_year = day - (365 * year + year / 4 - year / 100);
	uint64_t month = (5 * in_year + 2) / 153;

	year += era * 400 + (month >= 10);
	if (year > 9999)
		defmt_out_char(out, '+');
	add_u32((uint32_t)year, 4, out);
	defmt_out_char(out, '-');
	add_u32((uint32_t)(month < 10 ? month + 3 : month - 9), 2, out);
	defmt_out_char(out, '-');
	add_u32((uint32_t)(in_year - (153 * month + 2) / 5 + 1), 2, out);
}

void defmt_show_iso8601(struct defmt_int v, uint32_t per_second, struct defmt_out *out)
{
	uint64_t seconds = v.lo / per_second;
	uint32_t fraction = (uint32_t)(v.lo % per_second), of_day = (uint32_t)(seconds % 86400);

	/* From the year 1000000 on, where the Rust library fails, show the number itself. */
	if (seconds / 86400 >= 364523221) {
		add_decimal(v, 0, out);
		return;
	}
	add_date(seconds / 86400, out);
	defmt_out_char(out, 'T');
	add_u32(of_day / 3600, 2, out);
	defmt_out_char(out, ':');
	add_u32(of_day / 60 % 60, 2, out);
	defmt_out_char(out, ':');
	add_u32(of_day % 60, 2, out);
	add_fraction(fraction, per_second, out);
	defmt_out_char(out, 'Z');
}

/* Write the names of the flags that are set. False: the ELF has no such bitflags. */
static bool add_flags(const struct defmt_table *t, struct defmt_int v, struct defmt_text key,
		      struct defmt_out *out)
{
	bool is_known = false, is_empty = true;

	for (size_t i = 0; i < t->flag_count; i++) {
		const struct defmt_flag *f = &t->flag[i];

		if (strlen(f->key) != key.len || memcmp(f->key, key.p, key.len) != 0)
			continue;
		is_known = true;
		if (!defmt_int_is_equal(defmt_int_and(v, f->value), f->value) ||
		    (defmt_int_is_zero(f->value) && !defmt_int_is_zero(v)))
			continue;
		if (!is_empty)
			defmt_out_text(out, " | ");
		is_empty = false;
		defmt_out_text(out, f->name);
	}
	if (is_known && is_empty)
		defmt_out_text(out, "(empty)");
	return is_known;
}

void defmt_show_uint(const struct defmt_table *t, struct defmt_int v, const struct defmt_hint *hint,
		     struct defmt_out *out)
{
	uint32_t rest;

	switch (hint->kind) {
	case DEFMT_HINT_SECONDS:
		v = defmt_int_div(v, hint->per_second, &rest);
		add_decimal(v, 0, out);
		add_fraction(rest, hint->per_second, out);
		break;
	case DEFMT_HINT_TIME:
		add_time(v, hint->per_second, out);
		break;
	case DEFMT_HINT_BITFLAGS:
		if (!add_flags(t, v, hint->key, out))
			add_decimal(v, 0, out);
		break;
	default:
		add_int("", v, hint, out);
		break;
	}
}

void defmt_show_sint(struct defmt_int v, uint32_t bytes, const struct defmt_hint *hint,
		     struct defmt_out *out)
{
	/* defmt-decoder shows hex with the type's width, but octal and binary with 128 bits. */
	if (hint->kind == DEFMT_HINT_HEX && bytes < 16)
		v = defmt_int_shr(defmt_int_shl(v, 128 - bytes * 8), 128 - bytes * 8);
	else if (hint->kind != DEFMT_HINT_HEX && hint->kind != DEFMT_HINT_OCTAL &&
		 hint->kind != DEFMT_HINT_BINARY && defmt_int_is_negative(v)) {
		add_int("-", defmt_int_negate(v), hint, out);
		return;
	}
	add_int("", v, hint, out);
}

/* ---- bytes ---- */

static void add_ascii(uint8_t c, struct defmt_out *out)
{
	char hex[5];

	if (c == '\t' || c == '\n' || c == '\r' || c == '"' || c == '\\') {
		defmt_out_char(out, '\\');
		defmt_out_char(out, c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : (char)c);
	} else if (c >= 0x20 && c < 0x7f) {
		defmt_out_char(out, (char)c);
	} else {
		(void)ef_snprintf(hex, sizeof(hex), "\\x%02x", c);
		defmt_out_text(out, hex);
	}
}

void defmt_show_bytes(const struct defmt_table *t, const uint8_t *data, size_t len,
		      const struct defmt_hint *hint, struct defmt_out *out)
{
	const struct defmt_hint plain = { .kind = DEFMT_HINT_NONE };
	bool is_ascii = hint->kind == DEFMT_HINT_ASCII;

	if (hint->kind == DEFMT_HINT_CBOR) {
		defmt_show_cbor(data, len, out);
		return;
	}
	if (hint->kind != DEFMT_HINT_HEX && hint->kind != DEFMT_HINT_OCTAL &&
	    hint->kind != DEFMT_HINT_BINARY)
		hint = &plain;
	defmt_out_text(out, is_ascii ? "b\"" : "[");
	for (size_t i = 0; i < len && !out->is_cut; i++) {
		if (is_ascii) {
			add_ascii(data[i], out);
			continue;
		}
		if (i)
			defmt_out_text(out, ", ");
		defmt_show_uint(t, (struct defmt_int){ .lo = data[i] }, hint, out);
	}
	defmt_out_text(out, is_ascii ? "\"" : "]");
}
