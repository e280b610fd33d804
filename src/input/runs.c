/* SPDX-License-Identifier: MIT */
/*
 * Splits the runs of bytes in HEX and UF2 files into parts. If two files touch, like Arduino's
 * boot_app0.bin at 0xe000 and the app at 0x10000, one run has both, and the partition table among
 * the runs shows where one ends. A run may also be a whole merged file, whose padding does not
 * count as content.
 */
#include "input/input_priv.h"

#include <stdlib.h>

/* No flash is larger. A higher address is one that a linker chose. */
#define FLASH_END EF_MAX_IMAGE

static bool fail_linked(const struct input_src *src, const struct ef_input_part *p,
			struct ef_err *err)
{
	ef_fail(err, EF_E_INPUT, "its address 0x%08x is in the chip's memory, not in the flash",
		(unsigned)p->addr);
	return ef_hint_text(err, EF_HINT_INPUT_LINKED, src->name);
}

/* ---- a merged file ---- */

/* Replace the run by the parts in it. Leave a run that is not a merged file for this address. */
static bool take_merged(const struct input_src *src, struct ef_input *in, size_t i,
			struct ef_err *err)
{
	const struct ef_input_part run = in->parts[i];
	const struct input_src merged = { .name = run.origin,
					  .data = run.data,
					  .len = run.len,
					  .content = ef_content_of(run.data, run.len),
					  .opts = src->opts };
	size_t first = in->part_count;
	const struct ef_input_part *p;

	if (!input_merged.is(&merged))
		return true;
	if (!input_merged.read(&merged, in, err))
		return false;
	p = &in->parts[first];
	if (in->part_count == first || p->addr < run.addr ||
	    p->data != run.data + (p->addr - run.addr)) {
		in->part_count = first;
		return true;
	}
	in->part_count--;
	in->parts[i] = in->parts[in->part_count];
	return true;
}

/* ---- the partitions' borders ---- */

/* Return the first border behind the start of the run; 0: there is none in it. */
static uint32_t border_in(const struct ef_input_part *run, const struct ef_partition_table *t)
{
	uint32_t ret = 0;

	for (size_t i = 0; i < t->count; i++) {
		uint32_t at = t->part[i].offset;

		if (at > run->addr && at - run->addr < run->len && (!ret || at < ret))
			ret = at;
	}
	return ret;
}

static bool cut(struct ef_input *in, size_t i, uint32_t at, struct ef_err *err)
{
	struct ef_input_part *rest = input_add(in, err), *run;

	if (!rest)
		return false;
	run = &in->parts[i];
	*rest = *run;
	run->len = at - run->addr;
	rest->data += run->len;
	rest->len -= run->len;
	rest->addr = at;
	(void)ef_snprintf(rest->name, sizeof(rest->name), "0x%x", (unsigned)at);
	return true;
}

/* A bootloader may extend up to the table. */
static bool cut_table(struct ef_input *in, struct ef_err *err)
{
	for (size_t i = 0; i < in->part_count; i++) {
		const struct ef_input_part *p = &in->parts[i];
		uint32_t off = EF_PARTITION_TABLE_OFFSET - p->addr;

		if (p->addr < EF_PARTITION_TABLE_OFFSET && off < p->len &&
		    ef_partition_is_binary(p->data + off, p->len - off))
			return cut(in, i, EF_PARTITION_TABLE_OFFSET, err);
	}
	return true;
}

static bool find_table(const struct ef_input *in, struct ef_partition_table *ret)
{
	struct ef_err ignored = EF_ERR_INIT; /* the gate reports damaged images */

	for (size_t i = 0; i < in->part_count; i++) {
		const struct ef_input_part *p = &in->parts[i];
		size_t len = p->len < EF_PARTITION_TABLE_SIZE ? p->len : EF_PARTITION_TABLE_SIZE;

		if (ef_partition_is_binary(p->data, p->len))
			return ef_partition_parse_binary(p->data, len, ret, &ignored);
	}
	return false;
}

static bool cut_all(struct ef_input *in, struct ef_err *err)
{
	struct ef_partition_table *table = malloc(sizeof(*table));
	bool ok = true;
	uint32_t at;

	if (!table)
		return ef_fail(err, EF_E_IO, "out of memory");
	if (find_table(in, table))
		for (size_t i = 0; ok && i < in->part_count; i++)
			/* the rest of the run follows it in the list, and comes next */
			if ((at = border_in(&in->parts[i], table)) != 0)
				ok = cut(in, i, at, err);
	free(table);
	return ok;
}

bool input_open_merged(const struct input_src *src, struct ef_input *in, struct ef_err *err)
{
	size_t count = in->part_count;

	for (size_t i = 0; i < count; i++)
		if (!take_merged(src, in, i, err))
			return false;
	return true;
}

bool input_finish_runs(const struct input_src *src, struct ef_input *in, struct ef_err *err)
{
	if (src->is_pair)
		return true;
	for (size_t i = 0; i < in->part_count; i++)
		if (in->parts[i].addr >= FLASH_END)
			return fail_linked(src, &in->parts[i], err);
	return input_open_merged(src, in, err) && cut_table(in, err) && cut_all(in, err);
}
