/* SPDX-License-Identifier: MIT */
/*
 * Reads one file with bootloader, partition table and app, as esptool's merge-bin, Arduino
 * (*.merged.bin), ESPHome and Tasmota (*.factory.bin) make it for address 0, or as MicroPython
 * makes it for the chip's boot address. The FF between its parts is padding. The flash keeps its
 * content there, as if the parts had been written one by one. otadata is an exception: it is
 * written even if it is blank, because that tells the bootloader to start the first app.
 */
#include "input/input_priv.h"

#include <stdlib.h>

struct merged {
	const uint8_t *data;
	uint32_t len;
	struct ef_file_layout layout;
	const struct ef_input_opts *opts;
};

/* ---- recognizing ---- */

static bool survey(const struct input_src *src, struct merged *m)
{
	if (!src->data || src->len > EF_MAX_IMAGE ||
	    (src->content != EF_CONTENT_IMAGE && src->content != EF_CONTENT_UNKNOWN))
		return false;
	*m = (struct merged){ .data = src->data, .len = (uint32_t)src->len, .opts = src->opts };
	ef_file_survey(src->data, src->len, &m->layout);
	return m->layout.kind == EF_FILE_MERGED;
}

static bool merged_is(const struct input_src *src)
{
	struct merged *m = malloc(sizeof(*m));
	bool is = m && survey(src, m);

	free(m);
	return is;
}

/* ---- stretches: what belongs together ---- */

struct stretch {
	uint32_t start, end; /* addresses */
	const char *name;
	enum ef_role role;
	bool is_partition, is_fs;
};

static bool is_blank(const struct merged *m, uint32_t start, uint32_t end)
{
	return start >= end || ef_is_blank(m->data + (start - m->layout.base), end - start);
}

/* Return the end of an image at the start of a stretch; its start if there is none. */
static uint32_t image_end(const struct merged *m, const struct stretch *s)
{
	struct ef_err ignored = EF_ERR_INIT; /* the gate reports damaged images */
	struct ef_image_info info;

	if (s->role != EF_ROLE_APP && s->role != EF_ROLE_BOOTLOADER)
		return s->start;
	return ef_image_parse(m->data + (s->start - m->layout.base), s->end - s->start, &info,
			      &ignored)
		       ? s->start + info.len
		       : s->start;
}

/* Return the length of the content in a stretch: up to the last sector that isn't blank. */
static uint32_t content_end(const struct merged *m, const struct stretch *s)
{
	uint32_t end = s->end, image = image_end(m, s);

	if (m->opts->fills_gaps || s->role == EF_ROLE_OTADATA)
		return end;
	if (s->is_partition && s->role == EF_ROLE_DATA)
		return is_blank(m, s->start, end) ? s->start : end;
	return m->layout.base + input_content_end(m->data, s->start - m->layout.base,
						  image - m->layout.base, end - m->layout.base);
}

static void add_gap(struct ef_input *in, const struct stretch *s, uint32_t start)
{
	struct ef_input_gap *gap = &in->gaps[in->gap_count];

	if (!s->is_partition || start != s->start)
		return; /* the last sector of a range is erased up to its end */
	if (in->gap_count == EF_INPUT_GAPS_MAX) {
		in->gaps_left_out++;
		return;
	}
	in->gap_count++;
	*gap = (struct ef_input_gap){ .addr = start, .len = s->end - start };
	(void)ef_strlcpy(gap->name, sizeof(gap->name), s->name);
	ef_clean_text(gap->name);
}

/* Return the first sector with content, used only if no address for it is known. */
static uint32_t content_start(const struct merged *m, const struct stretch *s, uint32_t end)
{
	uint32_t at = s->start;

	while (!m->opts->fills_gaps && s->role == EF_ROLE_UNKNOWN && !s->is_partition && at < end) {
		uint32_t next = (at / EF_SECTOR + 1) * EF_SECTOR;

		if (at % EF_MIB == 0)
			ef_map_passed(m->data, m->len);
		if (next > end || !is_blank(m, at, next))
			break;
		at = next;
	}
	return at;
}

static bool add_stretch(const struct merged *m, struct ef_input *in, const struct stretch *s,
			const char *file, struct ef_err *err)
{
	uint32_t end, start;
	struct ef_input_part *p;

	if (s->start >= s->end)
		return true;
	end = s->is_fs && m->opts->keeps_fs ? s->start : content_end(m, s);
	start = content_start(m, s, end);
	add_gap(in, s, end);
	if (start >= end)
		return true;
	p = input_add(in, err);
	if (!p)
		return false;
	p->addr = start;
	p->data = m->data + (start - m->layout.base);
	p->len = end - start;
	p->role = s->role;
	(void)ef_strlcpy(p->name, sizeof(p->name), s->name);
	(void)ef_strlcpy(p->origin, sizeof(p->origin), file);
	ef_clean_text(p->name);
	ef_clean_text(p->origin);
	return true;
}

/* ---- the whole file ---- */

/* Return the stretch that begins at this address and ends before next. */
static struct stretch stretch_at(const struct merged *m, uint32_t at, uint32_t next)
{
	const struct ef_file_layout *l = &m->layout;
	struct stretch s = { at, next, "data", EF_ROLE_UNKNOWN, false, false };

	if (l->has_bootloader && at == l->bootloader_off) {
		s.name = "bootloader";
		s.role = EF_ROLE_BOOTLOADER;
	} else if (l->has_table && at == l->table_off) {
		s.name = "partition-table";
		s.role = EF_ROLE_TABLE;
	}
	for (size_t i = 0; l->is_table_valid && i < l->table.count; i++) {
		const struct ef_partition *p = &l->table.part[i];

		if (p->offset != at || p->type > EF_PART_DATA)
			continue;
		s.name = p->name;
		s.role = input_role_of(p);
		s.is_partition = true;
		s.is_fs = input_is_fs(p);
	}
	return s;
}

/*
 * Return the next address behind at where something begins or ends; the end of the file if there is
 * none.
 */
static uint32_t next_border(const struct merged *m, uint32_t at)
{
	const struct ef_file_layout *l = &m->layout;
	uint32_t end = m->layout.base + m->len, ret = end;
	const uint32_t borders[] = { l->bootloader_off, l->table_off, l->table_off + EF_SECTOR };

	for (size_t i = l->has_bootloader ? 0 : 1; i < (l->has_table ? EF_ARRAY_LEN(borders) : 1);
	     i++)
		if (borders[i] > at && borders[i] < ret)
			ret = borders[i];
	for (size_t i = 0; l->is_table_valid && i < l->table.count; i++) {
		const struct ef_partition *p = &l->table.part[i];
		uint64_t p_end = (uint64_t)p->offset + p->size;

		if (p->offset > at && p->offset < ret)
			ret = p->offset;
		if (p_end > at && p_end < ret)
			ret = (uint32_t)p_end;
	}
	return ret;
}

static bool add_all(const struct merged *m, struct ef_input *in, const char *file,
		    struct ef_err *err)
{
	uint32_t at = m->layout.base, next;

	for (; at < m->layout.base + m->len; at = next) {
		struct stretch s;

		next = next_border(m, at);
		s = stretch_at(m, at, next);
		if (!add_stretch(m, in, &s, file, err))
			return false;
	}
	return true;
}

static bool merged_read(const struct input_src *src, struct ef_input *in, struct ef_err *err)
{
	struct merged *m = malloc(sizeof(*m));
	bool ok = false;

	if (!m)
		return ef_fail(err, EF_E_IO, "out of memory");
	if (survey(src, m))
		ok = add_all(m, in, src->name, err);
	else
		ef_fail(err, EF_E_INPUT, "it is not a merged file");
	free(m);
	return ok;
}

const struct input_format input_merged = { .name = "a merged image",
					   .is = merged_is,
					   .read = merged_read };
