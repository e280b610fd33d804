/* SPDX-License-Identifier: MIT */
/*
 * Knows where content may end: finds files that pass the end of the partition they begin in, and
 * writes between boot address and table, where the bootloader lies. A file that ends exactly where
 * a partition or the flash ends is taken for a copy of several partitions, which is allowed.
 */
#include "gate/gate.h"

static bool is_a_partitions_end(const struct gate *g, uint64_t end)
{
	for (size_t i = 0; i < g->table->count; i++)
		if ((uint64_t)g->table->part[i].offset + g->table->part[i].size == end)
			return true;
	return end == g->target->flash_size;
}

/* Content that was refused already needs no further reason. */
static bool is_told(const struct gate *g, const struct spot *file)
{
	for (size_t i = 0; i < g->ret->count; i++)
		if (g->ret->v[i].region == file->region && g->ret->v[i].is_refusal)
			return true;
	return false;
}

static void check_partition_end(struct gate *g, const struct ef_plan_region *r,
				const struct spot *file)
{
	uint64_t end = gate_end(r);
	const struct ef_partition *p = file->part;
	uint64_t p_end = p ? (uint64_t)p->offset + p->size : 0;

	/* MCUboot has no such table: one on the chip is a remnant of other firmware */
	if (!p || (p->type != EF_PART_APP && p->type != EF_PART_DATA) ||
	    file->kind == EF_CONTENT_MCUBOOT || end <= p_end || is_a_partitions_end(g, end) ||
	    is_told(g, file))
		return;
	gate_hint(gate_add(g, EF_FINDING_PAST_PARTITION, file,
			   " (%u bytes) passes the end of partition '%.16s' at 0x%08x: %u bytes "
			   "too many",
			   (unsigned)(end - file->addr), p->name, (uint32_t)p_end,
			   (unsigned)(end - p_end)),
		  EF_HINT_GATE_PAST_PARTITION);
}

void gate_bounds(struct gate *g, const struct ef_plan_region *r)
{
	struct spot file = gate_file_start(g, r);

	if (!file.data)
		return;
	check_partition_end(g, r, &file);
	if (g->table_at != EF_PLAN_NO_TABLE && file.addr > g->boot && file.addr < g->table_at &&
	    !file.part && r->role != EF_ROLE_BOOTLOADER && !is_told(g, &file))
		gate_add(g, EF_FINDING_OVER_BOOTLOADER, &file,
			 " begins where a bootloader usually is (0x%x to 0x%x)", g->boot,
			 g->table_at);
}
