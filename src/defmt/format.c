/* SPDX-License-Identifier: MIT */
/*
 * Writes records as lines, by the formats "oneline" and "full" or by a template.
 * As in defmt-decoder 1.1.0 with the library colored 2 (knurling-rs/defmt,
 * decoder/src/log/format), padding is inside the colours, and the style of a group
 * is set again after each of its parts.
 */
#include <stdlib.h>

#include "defmt/template.h"

/* A preset has a variant for records with and without a timestamp, and with and without a place. */
enum { WITH_TIME = 1, WITH_PLACE = 2, VARIANTS = 4 };

struct ef_defmt_format {
	bool is_preset;
	struct pattern variant[VARIANTS]; /* a template has only the first */
};

static const char *const *find_preset(const char *text)
{
	static const char *const oneline[VARIANTS] = {
		"{[{L}]%bold} {s}",
		"{t} {[{L}]%bold} {s}",
		"{[{L}]%bold} {s} {({c:bold} {fff}:{l:1})%dimmed}",
		"{t} {[{L}]%bold} {s} {({c:bold} {fff}:{l:1})%dimmed}",
	};
	static const char *const full[VARIANTS] = {
		"{L} {s}",
		"{t} {L} {s}",
		"{L} {s}\n└─ {m} @ {F}:{l}",
		"{t} {L} {s}\n└─ {m} @ {F}:{l}",
	};

	if (text == NULL || strcmp(text, "oneline") == 0)
		return oneline;
	return strcmp(text, "full") == 0 ? full : NULL;
}

bool ef_defmt_format_parse(const char *text, struct ef_defmt_format **ret, struct ef_err *err)
{
	const char *const *preset = find_preset(text);
	struct ef_defmt_format *format = calloc(1, sizeof(*format));
	bool ok = true;

	if (format == NULL)
		return ef_fail(err, EF_E_IO, "out of memory for the output format");
	format->is_preset = preset != NULL;
	if (preset == NULL)
		ok = defmt_template_parse(text, &format->variant[0], err);
	for (size_t i = 0; ok && preset && i < VARIANTS; i++)
		ok = defmt_template_parse(preset[i], &format->variant[i], err);
	if (!ok) {
		free(format);
		return false;
	}
	*ret = format;
	return true;
}

void ef_defmt_format_free(struct ef_defmt_format *format)
{
	free(format);
}

/* ---- writing ---- */

struct writer {
	const struct pattern *t;
	const struct ef_defmt_record *record;
	bool has_color;
	struct defmt_out out;
	const struct segment *open[TEMPLATE_DEPTH_MAX + 1]; /* enclosing groups, outermost first */
	size_t open_count;
};

static uint8_t resolve_color(const struct writer *w, const struct segment *s)
{
	static const uint8_t of_level[] = { 0, 90, 97, 32, 33, 31 };
	enum ef_defmt_level level = w->record->level;
	uint8_t color = s->style.color;

	if (s->kind == PART_LEVEL && color == COLOR_NONE)
		color = COLOR_SEVERITY;
	if (color == COLOR_WERROR && level < EF_DEFMT_WARN)
		return 0;
	return color == COLOR_SEVERITY || color == COLOR_WERROR ? of_level[level] : color;
}

/* Returns whether there was anything to write. */
static bool write_style(struct writer *w, const struct segment *s)
{
	static const struct {
		uint8_t bit;
		char code;
	} order[] = {
		{ STYLE_BOLD, '1' },   { STYLE_DIMMED, '2' }, { STYLE_UNDERLINE, '4' },
		{ STYLE_ITALIC, '3' }, { STYLE_STRIKE, '9' },
	};
	uint8_t color = resolve_color(w, s);
	const char *between = "\033[";
	char code[8];

	if (!w->has_color || (color == 0 && s->style.styles == 0))
		return false;
	for (size_t i = 0; i < EF_ARRAY_LEN(order); i++)
		if (s->style.styles & order[i].bit) {
			defmt_out_text(&w->out, between);
			defmt_out_char(&w->out, order[i].code);
			between = ";";
		}
	if (color) {
		(void)ef_snprintf(code, sizeof(code), "%s%u", between, color);
		defmt_out_text(&w->out, code);
	}
	defmt_out_char(&w->out, 'm');
	return true;
}

/* End a style: set those of the surrounding groups again. */
static void end_style(struct writer *w)
{
	defmt_out_text(&w->out, "\033[0m");
	for (size_t i = 0; i < w->open_count; i++)
		(void)write_style(w, w->open[i]);
}

/* Return the width of the text in characters, without SGR sequences. */
static size_t columns(const char *p, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len;) {
		if (p[i] == '\033')
			i += ef_escape_len(p + i, len - i);
		else
			n += ((uint8_t)p[i++] & 0xc0) != 0x80;
	}
	return n;
}

static void insert(struct defmt_out *out, size_t at, char c, size_t count)
{
	size_t end = out->len;

	for (size_t i = 0; i < count; i++)
		defmt_out_char(out, c);
	count = out->len - end;
	memmove(out->p + at + count, out->p + at, end - at);
	memset(out->p + at, c, count);
}

static void pad(struct writer *w, const struct style *style, size_t start, size_t width)
{
	size_t have = columns(w->out.p + start, w->out.len - start), missing;
	char c = style->is_zero_padded && style->has_width ? '0' : ' ';
	size_t left;

	if (style->has_width)
		width = style->width;
	if (have >= width || w->out.is_cut)
		return;
	missing = width - have;
	left = style->align == '>' ? missing : style->align == '^' ? missing / 2 : 0;
	insert(&w->out, start, c, left);
	insert(&w->out, w->out.len, c, missing - left);
}

/* Return the last parts components of a path. */
static const char *path_tail(const char *path, uint8_t parts)
{
	size_t i = strlen(path);

	while (i > 0) {
		if (path[i - 1] == '/' && --parts == 0)
			break;
		i--;
	}
	return path + i;
}

static const char *or_name(const char *text, const char *name)
{
	return text && text[0] ? text : name;
}

static void write_value(struct writer *w, const struct segment *s)
{
	static const char *const levels[] = { "", "TRACE", "DEBUG", "INFO", "WARN", "ERROR" };
	const struct ef_defmt_record *r = w->record;
	const char *file = or_name(r->file, "<file>");
	char number[16];

	switch (s->kind) {
	case PART_CRATE:
		defmt_out_text(&w->out, or_name(r->crate, "<crate>"));
		break;
	case PART_FILE_NAME:
		defmt_out_text(&w->out, path_tail(file, s->parts));
		break;
	case PART_FILE_PATH:
		defmt_out_text(&w->out, file);
		break;
	case PART_LINE:
		(void)ef_snprintf(number, sizeof(number), "%u", (unsigned)r->line);
		defmt_out_text(&w->out, number);
		break;
	case PART_LOG:
		defmt_out_text(&w->out, r->message);
		break;
	case PART_LEVEL:
		defmt_out_text(&w->out, levels[r->level]);
		break;
	case PART_MODULE:
		defmt_out_text(&w->out, or_name(r->module, "<mod path>"));
		break;
	case PART_TIME:
		defmt_out_text(&w->out, or_name(r->timestamp, "<time>"));
		break;
	default:
		break;
	}
}

static void write_list(struct writer *w, uint8_t first);

static void write_segment(struct writer *w, const struct segment *s)
{
	bool is_styled;
	size_t start;

	if (s->kind == PART_TEXT) {
		defmt_out_add(&w->out, s->text, s->len);
		return;
	}
	is_styled = write_style(w, s);
	start = w->out.len;
	if (s->kind == PART_GROUP) {
		w->open[w->open_count++] = s;
		write_list(w, s->first);
		w->open_count--;
	} else {
		write_value(w, s);
	}
	/* defmt-decoder pads the level to 5 columns and the line number to 4. */
	pad(w, &s->style, start, s->kind == PART_LEVEL ? 5 : s->kind == PART_LINE ? 4 : 0);
	if (is_styled)
		end_style(w);
}

/* Recursive, at most TEMPLATE_DEPTH_MAX deep. */
static void write_list(struct writer *w, uint8_t first)
{
	for (; first; first = w->t->segment[first - 1].next)
		write_segment(w, &w->t->segment[first - 1]);
}

/* Make a line that was cut end with a whole character and with colours off. */
static void mend(struct writer *w, size_t cap)
{
	struct defmt_out *out = &w->out;
	size_t i = out->len;

	while (i > 0 && ((uint8_t)out->p[i - 1] & 0xc0) == 0x80)
		i--;
	if (i > 0 && (uint8_t)out->p[i - 1] >= 0xc0)
		out->len = i - 1;
	/* Remove half an escape sequence. */
	for (i = out->len; i > 0 && out->len - i < 16; i--)
		if (out->p[i - 1] == '\033' && !memchr(out->p + i, 'm', out->len - i)) {
			out->len = i - 1;
			break;
		}
	out->p[out->len] = '\0';
	out->cap = cap;
	if (w->has_color && cap - out->len > 4)
		defmt_out_text(out, "\033[0m");
}

size_t ef_defmt_format_write(const struct ef_defmt_format *format,
			     const struct ef_defmt_record *record, bool has_color, char *ret,
			     size_t cap)
{
	struct writer w = { .record = record, .has_color = has_color };
	size_t variant = 0;

	if (cap == 0)
		return 0;
	ret[0] = '\0';
	w.out = (struct defmt_out){ .p = ret, .cap = has_color && cap > 8 ? cap - 4 : cap };
	if (record->level == EF_DEFMT_PRINT || (unsigned)record->level > EF_DEFMT_ERROR) {
		defmt_out_text(&w.out, record->message);
	} else {
		if (format->is_preset)
			variant = (record->timestamp && record->timestamp[0] ? WITH_TIME : 0u) |
				  (record->file && record->file[0] ? WITH_PLACE : 0u);
		w.t = &format->variant[variant];
		write_list(&w, w.t->first);
	}
	if (w.out.is_cut)
		mend(&w, cap);
	return w.out.len;
}
