/* SPDX-License-Identifier: MIT */
/*
 * Shows CBOR (display hint ":cbor") in diagnostic notation (RFC 8949, sections
 * 3 and 8), as a sequence of items with commas between them. Damaged CBOR is
 * reported with its bytes.
 */
#include "defmt/show.h"

#define DEPTH_MAX 16

enum { UINT, NEGATIVE, BYTES, TEXT, ARRAY, MAP, TAG, SIMPLE };

struct cbor {
	struct ef_rd rd;
	struct defmt_out *out;
	unsigned depth;
};

struct head {
	unsigned major, info;
	uint64_t value;
	bool is_indefinite;
};

static bool item(struct cbor *c);

static bool read_head(struct cbor *c, struct head *ret)
{
	uint8_t first = ef_rd_u8(&c->rd);
	size_t more;
	const uint8_t *p;

	*ret = (struct head){ .major = first >> 5, .info = first & 31 };
	ret->value = ret->info;
	ret->is_indefinite = ret->info == 31;
	if (c->rd.bad || (ret->info > 27 && !ret->is_indefinite))
		return false;
	if (ret->info < 24 || ret->is_indefinite)
		return true;
	more = (size_t)1 << (ret->info - 24);
	p = ef_rd_bytes(&c->rd, more);
	if (p == NULL)
		return false;
	ret->value = 0;
	for (size_t i = 0; i < more; i++)
		ret->value = ret->value << 8 | p[i];
	return true;
}

static void add_u64(struct cbor *c, struct defmt_int v)
{
	char digits[DEFMT_DIGITS_MAX];

	(void)defmt_int_digits(v, 10, false, digits);
	defmt_out_text(c->out, digits);
}

static bool add_string(struct cbor *c, const struct head *h)
{
	static const char hex[] = "0123456789abcdef";
	const uint8_t *p = h->value <= c->rd.left ? ef_rd_bytes(&c->rd, (size_t)h->value) : NULL;

	if (p == NULL)
		return false;
	defmt_out_text(c->out, h->major == BYTES ? "h'" : "\"");
	for (size_t i = 0; i < h->value && !c->out->is_cut; i++) {
		if (h->major == BYTES) {
			defmt_out_char(c->out, hex[p[i] >> 4]);
			defmt_out_char(c->out, hex[p[i] & 15]);
			continue;
		}
		if (p[i] == '"' || p[i] == '\\')
			defmt_out_char(c->out, '\\');
		defmt_out_char(c->out, (char)p[i]);
	}
	defmt_out_text(c->out, h->major == BYTES ? "'" : "\"");
	return true;
}

static bool at_break(struct cbor *c)
{
	if (c->rd.bad || c->rd.left == 0 || *c->rd.p != 0xff)
		return false;
	ef_rd_skip(&c->rd, 1);
	return true;
}

/* Write the items of an array, or the pairs of a map, up to the count or the break. */
static bool add_items(struct cbor *c, const struct head *h, const char *open, const char *close)
{
	defmt_out_text(c->out, open);
	if (h->is_indefinite)
		defmt_out_text(c->out, "_ ");
	for (uint64_t i = 0; h->is_indefinite ? !at_break(c) : i < h->value; i++) {
		if (i)
			defmt_out_text(c->out, ", ");
		if (!item(c))
			return false;
		if (h->major != MAP)
			continue;
		defmt_out_text(c->out, ": ");
		if (!item(c))
			return false;
	}
	defmt_out_text(c->out, close);
	return true;
}

/* Convert IEEE 754 half precision to the bits of single precision. */
static uint64_t half_bits(uint64_t half)
{
	uint32_t sign = (uint32_t)(half & 0x8000) << 16, exponent = half >> 10 & 31;
	uint32_t mantissa = half & 0x3ff;

	if (exponent == 31)
		return sign | 0x7f800000u | mantissa << 13;
	if (exponent == 0) {
		if (mantissa == 0)
			return sign;
		for (exponent = 1; !(mantissa & 0x400); exponent--)
			mantissa <<= 1;
	}
	return sign | (exponent + 112) << 23 | (mantissa & 0x3ff) << 13;
}

static bool add_simple(struct cbor *c, const struct head *h)
{
	static const char *const names[] = { "false", "true", "null", "undefined" };
	char text[DEFMT_FLOAT_MAX];

	if (h->is_indefinite) /* a break outside an array or map */
		return false;
	if (h->info >= 25) {
		defmt_float(h->info == 25 ? half_bits(h->value) : h->value, h->info == 27, text);
		defmt_out_text(c->out, strcmp(text, "inf") == 0    ? "Infinity"
				       : strcmp(text, "-inf") == 0 ? "-Infinity"
								   : text);
		return true;
	}
	if (h->value >= 20 && h->value < 24) {
		defmt_out_text(c->out, names[h->value - 20]);
		return true;
	}
	defmt_out_text(c->out, "simple(");
	add_u64(c, (struct defmt_int){ .lo = h->value });
	defmt_out_char(c->out, ')');
	return true;
}

static bool item_inside(struct cbor *c)
{
	struct defmt_int v = { 0, 0 };
	struct head h;

	if (!read_head(c, &h))
		return false;
	v.lo = h.value;
	if (h.is_indefinite && (h.major <= NEGATIVE || h.major == TAG))
		return false;
	switch (h.major) {
	case UINT:
		add_u64(c, v);
		return true;
	case NEGATIVE: /* -1 - value: up to 2^64 */
		v.hi = v.lo == UINT64_MAX;
		v.lo++;
		defmt_out_char(c->out, '-');
		add_u64(c, v);
		return true;
	case BYTES:
	case TEXT:
		return h.is_indefinite ? add_items(c, &h, "(", ")") : add_string(c, &h);
	case ARRAY:
		return add_items(c, &h, "[", "]");
	case MAP:
		return add_items(c, &h, "{", "}");
	case TAG:
		add_u64(c, v);
		defmt_out_char(c->out, '(');
		if (!item(c))
			return false;
		defmt_out_char(c->out, ')');
		return true;
	default:
		return add_simple(c, &h);
	}
}

/* Recursive, at most DEPTH_MAX deep. */
static bool item(struct cbor *c)
{
	bool ok;

	if (c->depth >= DEPTH_MAX || c->out->is_cut)
		return false;
	c->depth++;
	ok = item_inside(c);
	c->depth--;
	return ok;
}

void defmt_show_cbor(const uint8_t *data, size_t len, struct defmt_out *out)
{
	struct cbor c = { .rd = ef_rd_init(data, len), .out = out };
	size_t start = out->len;
	char hex[4];
	bool ok = true;

	for (size_t i = 0; ok && c.rd.left; i++) {
		if (i)
			defmt_out_text(out, ", ");
		ok = item(&c);
	}
	if (ok || out->is_cut)
		return;
	out->len = start;
	defmt_out_text(out, "invalid CBOR (bytes: [");
	for (size_t i = 0; i < len && !out->is_cut; i++) {
		(void)ef_snprintf(hex, sizeof(hex), "%02x", data[i]);
		defmt_out_text(out, i ? ", " : "");
		defmt_out_text(out, hex);
	}
	defmt_out_text(out, "])");
}
