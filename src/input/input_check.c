/* SPDX-License-Identifier: MIT */
/*
 * Checks all parts together before a board is touched: their order, overlaps, the chips of the
 * images, and the names from the partition table.
 */
#include "input/input_priv.h"

#include <inttypes.h>
#include <stdlib.h>

static int by_addr(const void *a, const void *b)
{
	const struct ef_input_part *x = a, *y = b;

	if (x->is_app != y->is_app)
		return x->is_app ? 1 : -1;
	return x->addr < y->addr ? -1 : x->addr > y->addr;
}

static bool check_places(const struct ef_input *in, struct ef_err *err)
{
	for (size_t i = 0; i < in->part_count; i++) {
		const struct ef_input_part *p = &in->parts[i], *last = p - 1;

		if ((uint64_t)p->addr + p->len > UINT32_MAX)
			return ef_fail(err, EF_E_INPUT, "the part '%s' ends beyond 4 GiB", p->name);
		if (i && !p->is_app && (uint64_t)last->addr + last->len > p->addr)
			return ef_fail(err, EF_E_INPUT,
				       "the parts '%s' (0x%08" PRIx32 ", %" PRIu32 " bytes) and "
				       "'%s' (0x%08" PRIx32 ") overlap",
				       last->name, last->addr, last->len, p->name, p->addr);
	}
	return true;
}

/* ---- chips ---- */

/* Return the chip of an image; NULL: the part is not an image, or its header is implausible. */
static const struct ef_chip *chip_of(const struct ef_input_part *p)
{
	struct ef_image_info info;
	struct ef_err ignored = EF_ERR_INIT; /* the gate reports damaged images */

	if (p->role == EF_ROLE_DATA || p->role == EF_ROLE_OTADATA ||
	    !ef_image_parse(p->data, p->len, &info, &ignored))
		return NULL;
	return ef_chip_by_image_id(info.chip_id);
}

static bool check_chips(const struct input_src *src, struct ef_input *in, struct ef_err *err)
{
	for (size_t i = 0; i < in->part_count; i++) {
		const struct ef_input_part *p = &in->parts[i];
		const struct ef_chip *chip = chip_of(p);

		if (chip && in->chip && chip != in->chip)
			return ef_fail(err, EF_E_INPUT, "the part '%s' is for %s, not for %s",
				       p->name, chip->label, in->chip->label);
		if (chip)
			in->chip = chip;
	}
	if (!src->opts->chip || !in->chip || src->opts->chip == in->chip)
		return true;
	ef_fail(err, EF_E_INPUT, "it is for %s, not for %s", in->chip->label,
		src->opts->chip->label);
	return ef_hint_text(err, EF_HINT_INPUT_CHIP, in->chip->label);
}

/* ---- names ---- */

static bool find_table(struct ef_input *in, struct ef_partition_table *ret)
{
	struct ef_err ignored = EF_ERR_INIT; /* the gate reports damaged images */

	for (size_t i = 0; i < in->part_count; i++) {
		struct ef_input_part *p = &in->parts[i];

		if (p->is_app || p->role > EF_ROLE_TABLE ||
		    !ef_partition_is_binary(p->data, p->len))
			continue;
		p->role = EF_ROLE_TABLE;
		(void)ef_strlcpy(p->name, sizeof(p->name), "partition-table");
		in->table_offset = p->addr;
		return ef_partition_parse_binary(p->data, p->len, ret, &ignored);
	}
	return false;
}

/* A manifest may have an empty name for a part: take that of its file, or its address. */
static void name_nameless(struct ef_input *in)
{
	for (size_t i = 0; i < in->part_count; i++) {
		struct ef_input_part *p = &in->parts[i];

		if (p->name[0])
			continue;
		(void)ef_strlcpy(p->name, sizeof(p->name), ef_base_name(p->origin));
		ef_clean_text(p->name);
		if (!p->name[0])
			(void)ef_snprintf(p->name, sizeof(p->name), "0x%" PRIx32, p->addr);
	}
}

/* A part that begins where a partition begins is named after it, if it has only a file's name. */
static void name_parts(struct ef_input *in, const struct ef_partition_table *t)
{
	for (size_t i = 0; i < in->part_count; i++) {
		struct ef_input_part *p = &in->parts[i];

		for (size_t k = 0; k < t->count && !p->is_app && p->role == EF_ROLE_UNKNOWN; k++) {
			if (t->part[k].offset != p->addr)
				continue;
			p->role = input_role_of(&t->part[k]);
			if (t->part[k].name[0])
				(void)ef_strlcpy(p->name, sizeof(p->name), t->part[k].name);
			ef_clean_text(p->name);
		}
	}
}

static void name_bootloader(struct ef_input *in)
{
	for (size_t i = 0; in->chip && i < in->part_count; i++) {
		struct ef_input_part *p = &in->parts[i];

		if (!p->is_app && p->role == EF_ROLE_UNKNOWN &&
		    p->addr == in->chip->image.boot_addr &&
		    ef_content_of(p->data, p->len) == EF_CONTENT_IMAGE) {
			p->role = EF_ROLE_BOOTLOADER;
			/* without a partition table, the ROM may start the app itself */
			if (in->table_offset != EF_PLAN_NO_TABLE)
				(void)ef_strlcpy(p->name, sizeof(p->name), "bootloader");
		}
	}
}

/* ---- what is kept ---- */

static bool is_in_fs(const struct ef_input_part *p, const struct ef_partition_table *t)
{
	for (size_t i = 0; i < t->count; i++)
		if (!p->is_app && input_is_fs(&t->part[i]) && t->part[i].offset == p->addr)
			return true;
	return false;
}

static void drop_fs(struct ef_input *in, const struct ef_partition_table *t)
{
	size_t kept = 0;

	for (size_t i = 0; i < in->part_count; i++)
		if (!is_in_fs(&in->parts[i], t))
			in->parts[kept++] = in->parts[i];
	in->part_count = kept;
}

bool input_finish(const struct input_src *src, struct ef_input *in, struct ef_err *err)
{
	struct ef_partition_table *table = malloc(sizeof(*table));
	bool ok = false;

	if (!table)
		return ef_fail(err, EF_E_IO, "out of memory");
	if (in->part_count == 0) {
		ef_fail(err, EF_E_INPUT, "there is nothing in it to write");
		goto out;
	}
	qsort(in->parts, in->part_count, sizeof(*in->parts), by_addr);
	name_nameless(in);
	if (!check_places(in, err) || !check_chips(src, in, err))
		goto out;
	if (find_table(in, table)) {
		name_parts(in, table);
		if (src->opts->keeps_fs)
			drop_fs(in, table);
	}
	name_bootloader(in);
	ok = input_join_sectors(in, err);
out:
	free(table);
	return ok;
}
