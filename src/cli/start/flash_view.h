/* SPDX-License-Identifier: MIT */
/*
 * Shows the flash as it will be after the planned writes: the new content, and the chip's
 * elsewhere.
 */
#ifndef EF_CLI_FLASH_VIEW_H
#define EF_CLI_FLASH_VIEW_H

#include "cli/board/session.h"
#include <espflash/plan.h>

struct flash_view {
	struct cli *cli;
	struct session *session;
	const char *closed; /* why the flash can't be read: static text; NULL: it can */
	bool is_encrypted;  /* it can't be read because the chip encrypts it */
	/* The plan. If it is empty, the view shows the chip's flash. */
	const struct ef_plan_region *regions;
	size_t region_count;
	const struct ef_plan_erase *erases; /* before the regions are written */
	size_t erase_count;
};

/* Make a view of the chip's flash, without a plan. Errors: those of reading eFuses. */
bool flash_view_init(struct flash_view *v, struct cli *cli, struct session *s,
		     struct ef_err *err) EF_MUST_CHECK;

/*
 * Read a range. Bytes that the plan decides are not read from the chip. label is for the
 * progress; NULL: show none. Errors as ef_flasher_read.
 */
bool flash_view_read(const struct flash_view *v, uint32_t addr, uint32_t len, const char *label,
		     uint8_t *ret, struct ef_err *err) EF_MUST_CHECK;
/*
 * Read the partition table at this address in the same way, without progress. A closed view shows
 * what the plan writes, and blank flash around it.
 */
bool flash_view_read_table(const struct flash_view *v, uint32_t addr,
			   uint8_t ret[EF_PARTITION_TABLE_SIZE], struct ef_err *err) EF_MUST_CHECK;
/* Set the hint of an error about otadata that can't be read. Always returns false. */
bool flash_view_hint(const struct flash_view *v, struct ef_err *err);
/* Return whether a region of the plan writes this byte. */
bool flash_view_writes(const struct flash_view *v, uint32_t addr);

/* Return whether the range ends beyond the flash; false if the size of the flash is unknown. */
bool flash_view_ends_before(const struct flash_view *v, uint32_t addr, uint32_t len);

#endif
