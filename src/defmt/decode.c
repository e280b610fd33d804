/* SPDX-License-Identifier: MIT */
/*
 * Decodes the bytes of a frame into a tree of arguments: the index, the
 * timestamp, and the arguments that the format strings describe, in the order of
 * their indices. The limits on a hostile frame are here: depth, count, work.
 *
 * Source: knurling-rs/defmt, decoder/src/decoder.rs (defmt-decoder 1.1.0).
 */
#include <stdlib.h>

#include "defmt/decode.h"

#define NODES_MAX 32768u /* arguments of one frame, on all levels */
/*
 * Elements of slices in one frame that take no bytes, as those of a list of unit structs. Each
 * other format takes a byte at least, so a frame's bytes bound the work.
 */
#define EMPTY_MAX 256u

static bool decode_format(struct defmt_frame *f, struct defmt_text format, uint32_t node);

static bool fail(struct defmt_frame *f, const char *why)
{
	if (f->bad == NULL)
		f->bad = why;
	return false;
}

static bool fail_short(struct defmt_frame *f)
{
	if (f->bad == NULL)
		f->is_short = true;
	return fail(f, "it ends too early");
}

static bool work(struct defmt_frame *f, size_t n)
{
	f->work += n;
	return f->work <= DEFMT_WORK_MAX || fail(f, "it takes too much work");
}

/* Allocate count adjacent nodes. Nodes move, so keep indices and not pointers. */
static bool reserve(struct defmt_frame *f, size_t count, uint32_t *ret)
{
	size_t cap = f->cap ? f->cap : 256;
	struct defmt_node *p;

	if (count > NODES_MAX - f->count)
		return fail(f, "it has too many arguments");
	while (cap < f->count + count)
		cap *= 2;
	if (cap != f->cap) {
		p = realloc(f->node, cap * sizeof(*p));
		if (p == NULL)
			return fail(f, "out of memory");
		f->node = p;
		f->cap = cap;
	}
	memset(f->node + f->count, 0, count * sizeof(*f->node));
	*ret = (uint32_t)f->count;
	f->count += count;
	return true;
}

/* ---- formats that other formats refer to ---- */

/* Find a format string that an argument may refer to. Log statements with a level are excluded. */
static bool find_format(struct defmt_frame *f, uint32_t index, struct defmt_text *ret)
{
	const struct defmt_entry *e = defmt_table_find(f->table, index);

	if (e == NULL || e->tag > DEFMT_TAG_PRINTLN)
		return fail(f, "it names a format that isn't in the ELF");
	*ret = (struct defmt_text){ e->text, e->text_len };
	return true;
}

static bool read_format(struct defmt_frame *f, struct defmt_text *ret)
{
	uint16_t index = ef_rd_le16(&f->rd);

	return f->rd.bad ? fail_short(f) : find_format(f, index, ret);
}

/* "A|B({=u8})|C" is an enum. Its discriminant is one byte for up to 256 variants, else two. */
static bool read_variant(struct defmt_frame *f, struct defmt_text *format)
{
	size_t bars = 0, start = 0, i = 0;
	uint32_t n;

	if (!work(f, format->len))
		return false;
	for (size_t k = 0; k < format->len; k++)
		bars += format->p[k] == '|';
	n = bars <= UINT8_MAX ? ef_rd_u8(&f->rd) : ef_rd_le16(&f->rd);
	if (f->rd.bad)
		return fail_short(f);
	if (n > bars)
		return fail(f, "an enum has no such variant");
	for (; i < format->len; i++) {
		if (format->p[i] != '|')
			continue;
		if (n == 0)
			break;
		n--;
		start = i + 1;
	}
	*format = (struct defmt_text){ format->p + start, i - start };
	return true;
}

static bool is_enum(struct defmt_text format)
{
	return format.len && memchr(format.p, '|', format.len) != NULL;
}

/* ---- values ---- */

static bool read_bytes(struct defmt_frame *f, struct defmt_node *node, uint32_t len)
{
	const uint8_t *p = ef_rd_bytes(&f->rd, len);

	if (f->rd.bad)
		return fail_short(f);
	node->text = (struct defmt_text){ (const char *)p, len };
	return true;
}

static bool read_string(struct defmt_frame *f, struct defmt_node *node)
{
	uint32_t len = ef_rd_le32(&f->rd);

	if (f->rd.bad)
		return fail_short(f);
	if (!read_bytes(f, node, len))
		return false;
	return node->type == DEFMT_BYTES || ef_utf8_is_valid(node->text.p, node->text.len) ||
	       fail(f, "a string isn't UTF-8");
}

static bool read_preformatted(struct defmt_frame *f, struct defmt_node *node)
{
	const uint8_t *end = f->rd.left ? memchr(f->rd.p, 0xff, f->rd.left) : NULL;

	if (end == NULL)
		return fail_short(f);
	if (!read_bytes(f, node, (uint32_t)(end - f->rd.p)))
		return false;
	ef_rd_skip(&f->rd, 1);
	return ef_utf8_is_valid(node->text.p, node->text.len) || fail(f, "a string isn't UTF-8");
}

static bool read_number(struct defmt_frame *f, struct defmt_node *node, size_t len)
{
	const uint8_t *p = ef_rd_bytes(&f->rd, len);

	if (p == NULL)
		return fail_short(f);
	node->value = defmt_int_load(p, len, node->type == DEFMT_SINT);
	return true;
}

/* The chip sends only the bytes that contain the bits, rounded up to an integer type. */
static bool read_bitfield(struct defmt_frame *f, struct defmt_node *node)
{
	unsigned first = node->low / 8u, count = (node->high - 1u) / 8u - first + 1;
	size_t len = count <= 2 ? count : count <= 4 ? 4 : count <= 8 ? 8 : 16;

	if (!read_number(f, node, len))
		return false;
	node->value = defmt_int_shl(node->value, first * 8);
	return true;
}

static bool read_scalar(struct defmt_frame *f, struct defmt_node *node)
{
	switch (node->type) {
	case DEFMT_BITFIELD:
		return read_bitfield(f, node);
	case DEFMT_BOOL:
		return read_number(f, node, 1) &&
		       (node->value.lo <= 1 || fail(f, "a bool is neither 0 nor 1"));
	case DEFMT_CHAR:
		if (!read_number(f, node, 4))
			return false;
		if (node->value.lo > 0x10ffff || (node->value.lo >> 11) == 0x1b)
			return fail(f, "the value of a char is not a character");
		return true;
	case DEFMT_F32:
		return read_number(f, node, 4);
	case DEFMT_F64:
		return read_number(f, node, 8);
	case DEFMT_UINT:
	case DEFMT_SINT:
		return read_number(f, node, node->len);
	case DEFMT_STR:
	case DEFMT_BYTES:
		return read_string(f, node);
	case DEFMT_PREFORMATTED:
		return read_preformatted(f, node);
	case DEFMT_BYTE_ARRAY:
		return read_bytes(f, node, node->len);
	case DEFMT_ISTR:
		return read_format(f, &node->text);
	default:
		return fail(f, "an argument has no type");
	}
}

/* ---- arguments with arguments of their own ---- */

static bool read_nested(struct defmt_frame *f, uint32_t node)
{
	struct defmt_text format;

	if (!read_format(f, &format) || (is_enum(format) && !read_variant(f, &format)))
		return false;
	return decode_format(f, format, node);
}

/* Decode an element, which may be one variant of an enum. */
static bool read_element(struct defmt_frame *f, struct defmt_text format, uint32_t node)
{
	size_t left = f->rd.left;

	if (!work(f, format.len) || (is_enum(format) && !read_variant(f, &format)) ||
	    !decode_format(f, format, node))
		return false;
	f->empty += f->rd.left == left;
	return f->empty <= EMPTY_MAX || fail(f, "it has too many elements without bytes");
}

/* Reserve no more nodes for the elements than the bytes that are left can fill. */
static bool reserve_elements(struct defmt_frame *f, uint32_t count, uint32_t *ret)
{
	size_t most = f->rd.left + EMPTY_MAX + 1;

	if (count > NODES_MAX - f->count)
		return fail(f, "it has too many arguments");
	return reserve(f, count < most ? count : most, ret);
}

static bool read_slice(struct defmt_frame *f, uint32_t node, bool is_array)
{
	uint32_t count = is_array ? f->node[node].len : ef_rd_le32(&f->rd), first;
	struct defmt_text format;

	if (f->rd.bad)
		return fail_short(f);
	if (!read_format(f, &format) || !reserve_elements(f, count, &first))
		return false;
	f->node[node].first = first;
	f->node[node].count = count;
	for (uint32_t i = 0; i < count; i++)
		if (!read_element(f, format, first + i))
			return false;
	return true;
}

/* Take formats until index 0. They are not enums, because write! sends complete format strings. */
static bool read_sequence(struct defmt_frame *f, uint32_t node)
{
	uint32_t last = 0, element;
	struct defmt_text format;
	uint16_t index;

	for (;;) {
		index = ef_rd_le16(&f->rd);
		if (f->rd.bad)
			return fail_short(f);
		if (index == 0)
			return true;
		if (!find_format(f, index, &format) || !reserve(f, 1, &element) ||
		    !decode_format(f, format, element))
			return false;
		if (last)
			f->node[last].next = element;
		else
			f->node[node].first = element;
		f->node[node].count++;
		last = element;
	}
}

static bool read_argument(struct defmt_frame *f, uint32_t node)
{
	switch (f->node[node].type) {
	case DEFMT_FORMAT:
		return read_nested(f, node);
	case DEFMT_FORMAT_SLICE:
		return read_slice(f, node, false);
	case DEFMT_FORMAT_ARRAY:
		return read_slice(f, node, true);
	case DEFMT_SEQUENCE:
		return read_sequence(f, node);
	default:
		return read_scalar(f, &f->node[node]);
	}
}

/* ---- one format ---- */

/* Count a format's arguments: the highest index of its parameters + 1. */
static bool count_arguments(struct defmt_frame *f, struct defmt_text format, uint32_t *ret)
{
	struct defmt_cursor c = defmt_parse_begin(format);
	struct defmt_fragment part;

	*ret = 0;
	while (defmt_parse_next(&c, &part))
		if (part.is_param && part.param.index >= *ret)
			*ret = part.param.index + 1;
	return c.bad ? fail(f, "a format string in the ELF is damaged") : true;
}

/* Set the arguments' types. Bitfields of one argument become one range, which is sent once. */
static bool type_arguments(struct defmt_frame *f, struct defmt_text format, uint32_t first)
{
	struct defmt_cursor c = defmt_parse_begin(format);
	struct defmt_fragment part;
	struct defmt_node *node;

	while (defmt_parse_next(&c, &part)) {
		if (!part.is_param)
			continue;
		node = &f->node[first + part.param.index];
		if (node->type == DEFMT_UNSET) {
			node->type = part.param.type;
			node->len = part.param.len;
			node->low = part.param.low;
			node->high = part.param.high;
			continue;
		}
		if (node->type != part.param.type || node->len != part.param.len)
			return fail(f, "a format string in the ELF contradicts itself");
		if (part.param.low < node->low)
			node->low = part.param.low;
		if (part.param.high > node->high)
			node->high = part.param.high;
	}
	return true;
}

static bool decode_arguments(struct defmt_frame *f, struct defmt_text format, uint32_t node)
{
	uint32_t count, first;

	if (!work(f, format.len + 1) || !count_arguments(f, format, &count) ||
	    !reserve(f, count, &first) || !type_arguments(f, format, first))
		return false;
	f->node[node].type = DEFMT_FORMAT;
	f->node[node].text = format;
	f->node[node].first = first;
	f->node[node].count = count;
	for (uint32_t i = 0; i < count; i++)
		if (!read_argument(f, first + i))
			return false;
	return true;
}

/* Recursive, at most DEFMT_DEPTH_MAX deep. */
static bool decode_format(struct defmt_frame *f, struct defmt_text format, uint32_t node)
{
	bool ok;

	if (f->depth >= DEFMT_DEPTH_MAX)
		return fail(f, "formats are nested too deeply");
	f->depth++;
	ok = decode_arguments(f, format, node);
	f->depth--;
	return ok;
}

bool defmt_decode(struct defmt_frame *f, const struct defmt_table *table, const uint8_t *data,
		  size_t len)
{
	struct defmt_text text;
	uint32_t none;
	uint16_t index;

	f->table = table;
	f->rd = ef_rd_init(data, len);
	f->count = f->work = f->empty = f->depth = 0;
	f->bad = NULL;
	f->is_short = false;
	f->timestamp = 0;
	index = ef_rd_le16(&f->rd);
	if (f->rd.bad)
		return fail_short(f);
	f->entry = defmt_table_find(table, index);
	if (f->entry == NULL || f->entry->tag < DEFMT_TAG_PRINTLN)
		return fail(f, "no log statement in the ELF has its index");
	if (!reserve(f, 1, &none)) /* index 0 means "no node" */
		return false;
	if (table->timestamp) {
		text = (struct defmt_text){ table->timestamp, strlen(table->timestamp) };
		if (!reserve(f, 1, &f->timestamp) || !decode_format(f, text, f->timestamp))
			return false;
	}
	text = (struct defmt_text){ f->entry->text, f->entry->text_len };
	return reserve(f, 1, &f->message) && decode_format(f, text, f->message);
}

void defmt_frame_release(struct defmt_frame *f)
{
	free(f->node);
	*f = (struct defmt_frame){ .node = NULL };
}
