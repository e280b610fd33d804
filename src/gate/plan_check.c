/* SPDX-License-Identifier: MIT */
/* Runs the gate: knows which checks a plan must pass, and which partition table they use. */
#include "gate/gate.h"

static uint32_t table_place(const struct ef_plan *plan)
{
	return plan->table_offset ? plan->table_offset : EF_PARTITION_TABLE_OFFSET;
}

/* Return whether the plan erases the table that is on the chip now. */
static bool erases_table(const struct gate *g)
{
	for (size_t i = 0; i < g->plan->erase_count; i++) {
		const struct ef_plan_erase *e = &g->plan->erases[i];

		if (e->is_whole || (g->table_at >= e->addr && g->table_at - e->addr < e->len))
			return true;
	}
	return false;
}

/*
 * Choose the table that is valid after the plan: a table that the plan writes overrides all
 * others.
 */
static void choose_table(struct gate *g)
{
	struct ef_err ignored = EF_ERR_INIT; /* check_table reports a damaged one */
	struct spot s;

	if (g->table_at == EF_PLAN_NO_TABLE)
		return;
	for (size_t i = 0; i < g->plan->region_count; i++)
		if (gate_spot(g, &g->plan->regions[i], g->table_at, &s) &&
		    s.kind == EF_CONTENT_TABLE &&
		    ef_partition_parse_binary(
			    s.data,
			    s.len < EF_PARTITION_TABLE_SIZE ? s.len : EF_PARTITION_TABLE_SIZE,
			    &g->own, &ignored)) {
			g->table = &g->own;
			return;
		}
	g->table = g->plan->table;
	if (!g->table && !erases_table(g))
		g->table = g->target->table;
}

static bool is_out_of_reach(const struct gate *g, uint64_t end)
{
	return g->target->reach && end > g->target->reach;
}

static void check_erase(struct gate *g, const struct ef_plan_erase *e)
{
	if (!e->is_whole && is_out_of_reach(g, (uint64_t)e->addr + e->len))
		gate_hint(gate_add_erase(g, EF_FINDING_REACH, e->addr,
					 "an erase of 0x%x bytes at 0x%08x: the loader that runs "
					 "can address only %u MiB, and would erase the bootloader "
					 "instead of what is above",
					 e->len, e->addr, g->target->reach / EF_MIB),
			  EF_HINT_GATE_REACH);
	gate_locks_erase(g, e);
}

static void check_region(struct gate *g, const struct ef_plan_region *r)
{
	struct spot file = gate_file_start(g, r);

	if (r->region.len == 0)
		return;
	if (is_out_of_reach(g, gate_end(r)))
		gate_hint(gate_add(g, EF_FINDING_REACH, &file,
				   " (%u bytes): the loader that runs can address only %u MiB, and "
				   "would write over the bootloader instead",
				   r->region.len, g->target->reach / EF_MIB),
			  EF_HINT_GATE_REACH);
	gate_locks_write(g, r);
	gate_places(g, r);
	gate_bounds(g, r);
}

void ef_plan_check(const struct ef_plan *plan, const struct ef_target *target,
		   struct ef_findings *ret)
{
	struct gate g = { .plan = plan,
			  .target = target,
			  .ret = ret,
			  .boot = target->chip->image.boot_addr,
			  .table_at = table_place(plan) };

	ret->count = ret->left_out = 0;
	ret->changes_start = false;
	choose_table(&g);
	for (size_t i = 0; i < plan->erase_count; i++)
		check_erase(&g, &plan->erases[i]);
	for (size_t i = 0; i < plan->region_count; i++)
		check_region(&g, &plan->regions[i]);
	gate_sort(ret);
}

const struct ef_plan_region *ef_plan_table_region(const struct ef_plan *plan)
{
	uint32_t at = table_place(plan);

	for (size_t i = 0; i < plan->region_count; i++) {
		const struct ef_plan_region *r = &plan->regions[i];

		if (at >= r->region.addr && at < (uint64_t)r->region.addr + r->region.len &&
		    ef_partition_is_binary(r->region.data + (at - r->region.addr),
					   r->region.len - (at - r->region.addr)))
			return r;
	}
	return NULL;
}

bool ef_plan_needs_table(const struct ef_plan *plan)
{
	const struct ef_plan_region *own;

	if (table_place(plan) == EF_PLAN_NO_TABLE)
		return false;
	/*
	 * a table that is written replaces the present one; that matters if the user did not name
	 * it
	 */
	own = ef_plan_table_region(plan);
	if (own)
		return !own->origin;
	if (plan->table)
		return false;
	for (size_t i = 0; i < plan->erase_count; i++)
		if (!plan->erases[i].is_whole)
			return true;
	return plan->region_count > 0;
}
