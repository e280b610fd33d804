/* SPDX-License-Identifier: MIT */
/*
 * Writes and erases without the gate, for tests of how and not of what: the plan is
 * forced, and no partition table is looked for.
 */
#ifndef PLAIN_PLAN_H
#define PLAIN_PLAN_H

#include <espflash/flasher.h>

#define PLAIN_REGIONS 64

static inline bool plain_write(struct ef_flasher *f, const struct ef_region *regions, size_t count,
			       const struct ef_write_opts *opts, struct ef_write_stats *ret_stats,
			       struct ef_err *err)
{
	struct ef_plan_region region[PLAIN_REGIONS];
	const struct ef_plan plan = { .regions = region,
				      .region_count = count,
				      .table_offset = EF_PLAN_NO_TABLE };
	const struct ef_checked *checked = NULL;

	for (size_t i = 0; i < count && i < PLAIN_REGIONS; i++)
		region[i] = (struct ef_plan_region){ .region = regions[i] };
	return ef_flasher_check(f, &plan, true, NULL, &checked, err) &&
	       ef_flasher_write(f, checked, opts, ret_stats, err);
}

static inline bool plain_erase(struct ef_flasher *f, const struct ef_plan_erase *erase,
			       struct ef_err *err)
{
	const struct ef_plan plan = { .erases = erase,
				      .erase_count = 1,
				      .table_offset = EF_PLAN_NO_TABLE };
	const struct ef_checked *checked = NULL;

	return ef_flasher_check(f, &plan, true, NULL, &checked, err) &&
	       ef_flasher_erase(f, checked, 0, err);
}

static inline bool plain_erase_region(struct ef_flasher *f, uint32_t addr, uint32_t len,
				      const char *label, struct ef_err *err)
{
	return plain_erase(f, &(struct ef_plan_erase){ .addr = addr, .len = len, .label = label },
			   err);
}

static inline bool plain_erase_all(struct ef_flasher *f, struct ef_err *err)
{
	return plain_erase(f, &(struct ef_plan_erase){ .is_whole = true }, err);
}

#endif
