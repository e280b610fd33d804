/* SPDX-License-Identifier: MIT */
/*
 * Writes the tree of a frame as text. The subtle part is which display hint
 * applies: a parameter's own, else the one of the enclosing format. Bytes and
 * nested formats have exceptions.
 *
 * Source: knurling-rs/defmt, decoder/src/frame.rs (defmt-decoder 1.1.0).
 */
#include "defmt/show.h"

/*
 * How often a format may show its arguments again, as "{0} {0}" does, on all levels together.
 * Nested formats multiply it.
 */
#define AGAIN_MAX 16u

static const struct defmt_hint no_hint = { .kind = DEFMT_HINT_NONE };

static void show_format(const struct defmt_frame *f, const struct defmt_node *node,
			const struct defmt_hint *outer, struct defmt_out *out);

static void show_literal(struct defmt_text t, struct defmt_out *out)
{
	for (size_t i = 0; i < t.len; i++) {
		defmt_out_char(out, t.p[i]);
		if ((t.p[i] == '{' || t.p[i] == '}') && i + 1 < t.len && t.p[i + 1] == t.p[i])
			i++;
	}
}

static void show_char(uint32_t c, struct defmt_out *out)
{
	char utf8[4];

	defmt_out_add(out, utf8, ef_utf8_put(utf8, c));
}

/* Like Rust's {:?}: in quotes, with control characters escaped. */
static void show_quoted(struct defmt_text t, struct defmt_out *out)
{
	char escape[12];

	defmt_out_char(out, '"');
	for (size_t i = 0; i < t.len; i++) {
		uint8_t c = (uint8_t)t.p[i];

		if (c == '"' || c == '\\')
			(void)ef_snprintf(escape, sizeof(escape), "\\%c", c);
		else if (c == '\0' || c == '\t' || c == '\n' || c == '\r')
			(void)ef_snprintf(escape, sizeof(escape), "\\%c",
					  c == '\0'   ? '0'
					  : c == '\t' ? 't'
					  : c == '\n' ? 'n'
						      : 'r');
		else if (c < 0x20 || c == 0x7f)
			(void)ef_snprintf(escape, sizeof(escape), "\\u{%x}", c);
		else if (c == 0xc2 && i + 1 < t.len && (uint8_t)t.p[i + 1] < 0xa0)
			(void)ef_snprintf(escape, sizeof(escape), "\\u{%x}", (uint8_t)t.p[++i]);
		else
			(void)ef_snprintf(escape, sizeof(escape), "%c", c);
		defmt_out_text(out, escape);
	}
	defmt_out_char(out, '"');
}

static void show_string(struct defmt_text t, const struct defmt_hint *hint, struct defmt_out *out)
{
	if (hint->kind == DEFMT_HINT_DEBUG)
		show_quoted(t, out);
	else
		defmt_out_add(out, t.p, t.len);
}

/* Write bits [low, high) of the argument. */
static void show_bitfield(const struct defmt_frame *f, const struct defmt_node *node,
			  const struct defmt_param *param, const struct defmt_hint *hint,
			  struct defmt_out *out)
{
	unsigned above = 128u - param->high, width = (unsigned)param->high - param->low;
	struct defmt_int v = defmt_int_shr(defmt_int_shl(node->value, above), above + param->low);
	uint8_t bytes[16];
	size_t len = (width + 7) / 8;

	if (hint->kind != DEFMT_HINT_ASCII) {
		defmt_show_uint(f->table, v, hint, out);
		return;
	}
	for (size_t i = len; i-- > 0; v = defmt_int_shr(v, 8))
		bytes[i] = (uint8_t)v.lo;
	defmt_show_bytes(f->table, bytes, len, hint, out);
}

static void show_uint(const struct defmt_frame *f, const struct defmt_node *node,
		      const struct defmt_hint *hint, const struct defmt_hint *outer,
		      struct defmt_out *out)
{
	if (hint->kind == DEFMT_HINT_ISO8601)
		defmt_show_iso8601(node->value, hint->per_second, out);
	else /* For {=u8:?} in a derived format the enclosing format's hint applies. */
		defmt_show_uint(f->table, node->value,
				hint->kind == DEFMT_HINT_DEBUG ? outer : hint, out);
}

/* Write a slice of u8 that was sent as formats. False: it is another slice. */
static bool show_as_bytes(const struct defmt_frame *f, const struct defmt_node *node,
			  const struct defmt_hint *hint, struct defmt_out *out)
{
	static const char u8_format[] = "{=u8}";
	const struct defmt_node *e = f->node + node->first;
	struct defmt_out content;
	char byte[8];

	for (uint32_t i = 0; i < node->count; i++)
		if (e[i].text.len != sizeof(u8_format) - 1 ||
		    memcmp(e[i].text.p, u8_format, e[i].text.len) != 0)
			return false;
	if (node->count == 0)
		return false;
	defmt_out_text(out, "b\"");
	for (uint32_t i = 0; i < node->count && !out->is_cut; i++) {
		uint8_t c = (uint8_t)f->node[e[i].first].value.lo;

		/* b"c" without the quotes */
		content = (struct defmt_out){ .p = byte, .cap = sizeof(byte) };
		defmt_show_bytes(f->table, &c, 1, hint, &content);
		defmt_out_add(out, byte + 2, content.len - 3);
	}
	defmt_out_char(out, '"');
	return true;
}

static void show_slice(const struct defmt_frame *f, const struct defmt_node *node,
		       const struct defmt_hint *hint, struct defmt_out *out)
{
	if (hint->kind == DEFMT_HINT_ASCII && show_as_bytes(f, node, hint, out))
		return;
	defmt_out_char(out, '[');
	for (uint32_t i = 0; i < node->count && !out->is_cut; i++) {
		if (i)
			defmt_out_text(out, ", ");
		show_format(f, &f->node[node->first + i], hint, out);
	}
	defmt_out_char(out, ']');
}

static void show_float(const struct defmt_node *node, struct defmt_out *out)
{
	char text[DEFMT_FLOAT_MAX];

	defmt_float(node->value.lo, node->type == DEFMT_F64, text);
	defmt_out_text(out, text);
}

static void show_param(const struct defmt_frame *f, const struct defmt_node *node,
		       const struct defmt_param *param, const struct defmt_hint *outer,
		       struct defmt_out *out)
{
	const struct defmt_hint *hint = param->hint.kind == DEFMT_HINT_NONE ? outer : &param->hint;

	switch (node->type) {
	case DEFMT_BITFIELD:
		show_bitfield(f, node, param, hint, out);
		break;
	case DEFMT_BOOL:
		defmt_out_text(out, node->value.lo ? "true" : "false");
		break;
	case DEFMT_CHAR:
		show_char((uint32_t)node->value.lo, out);
		break;
	case DEFMT_F32:
	case DEFMT_F64:
		show_float(node, out);
		break;
	case DEFMT_UINT:
		show_uint(f, node, hint, outer, out);
		break;
	case DEFMT_SINT:
		defmt_show_sint(node->value, node->len, hint, out);
		break;
	case DEFMT_STR:
	case DEFMT_ISTR:
	case DEFMT_PREFORMATTED:
		show_string(node->text, hint, out);
		break;
	case DEFMT_BYTES:
	case DEFMT_BYTE_ARRAY:
		defmt_show_bytes(f->table, (const uint8_t *)node->text.p, node->text.len, hint,
				 out);
		break;
	case DEFMT_FORMAT: /* The hint of {=[?]:a} overrides the hints of nested formats. */
		show_format(f, node, outer->kind == DEFMT_HINT_ASCII ? outer : hint, out);
		break;
	case DEFMT_FORMAT_SLICE:
	case DEFMT_FORMAT_ARRAY:
		show_slice(f, node, hint, out);
		break;
	case DEFMT_SEQUENCE:
		for (uint32_t e = node->first; e; e = f->node[e].next)
			show_format(f, &f->node[e], hint, out);
		break;
	case DEFMT_UNSET:
		break;
	}
}

/* Recursive, at most DEFMT_DEPTH_MAX deep. */
static void show_format(const struct defmt_frame *f, const struct defmt_node *node,
			const struct defmt_hint *outer, struct defmt_out *out)
{
	struct defmt_cursor c = defmt_parse_begin(node->text);
	struct defmt_fragment part;

	out->work += node->text.len + 1;
	if (out->work > DEFMT_WORK_MAX || out->work / AGAIN_MAX > f->work)
		out->is_cut = true;
	while (!out->is_cut && defmt_parse_next(&c, &part)) {
		if (!part.is_param)
			show_literal(part.literal, out);
		else if (part.param.index < node->count)
			show_param(f, &f->node[node->first + part.param.index], &part.param, outer,
				   out);
	}
}

/* Replace control characters except newline and tab, and invalid UTF-8. Drop CR before LF. */
static void clean(struct defmt_out *out)
{
	char *from = out->p, *to = out->p;
	size_t start = 0;

	for (size_t i = 0; i < out->len; i++)
		if (from[i] != '\r' || i + 1 >= out->len || from[i + 1] != '\n')
			*to++ = from[i] ? from[i] : '?';
	*to = '\0';
	out->len = (size_t)(to - from);
	while (start < out->len) {
		size_t n = strcspn(from + start, "\n\t");
		char end = from[start + n];

		from[start + n] = '\0';
		ef_clean_text(from + start);
		from[start + n] = end;
		start += n + 1;
	}
}

void defmt_show(const struct defmt_frame *f, uint32_t node, struct defmt_out *out)
{
	static const char mark[] = " [cut]";

	out->len = 0;
	out->work = 0;
	out->is_cut = false;
	out->p[0] = '\0';
	show_format(f, &f->node[node], &no_hint, out);
	if (out->is_cut && out->cap > sizeof(mark)) {
		if (out->len > out->cap - sizeof(mark))
			out->len = out->cap - sizeof(mark);
		out->is_cut = false;
		defmt_out_text(out, mark);
		out->is_cut = true;
	}
	clean(out);
}
