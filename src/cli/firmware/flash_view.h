/* SPDX-License-Identifier: MIT */
/* The flash as it will be after what is planned: the chip's content under the new one. */
#ifndef EF_CLI_FLASH_VIEW_H
#define EF_CLI_FLASH_VIEW_H

#include "cli/board/session.h"
#include <espflash/partition.h>

struct flash_view {
	struct cli *cli;
	struct session *session;
	/* The plan. All may be empty: then it is the chip's flash. */
	const struct ef_region *region;
	size_t region_count;
	const struct ef_partition_table *table; /* of is_erased; NULL */
	const bool *is_erased;                  /* partitions that will be erased, by row */
	bool is_all_erased;                     /* before the regions are written */
};

/*
 * Read a range. Bytes that the plan decides are not read from the chip. label is for the
 * progress; NULL: show none. Errors as ef_flasher_read.
 */
bool flash_view_read(const struct flash_view *v, uint32_t addr, uint32_t len, const char *label,
		     uint8_t *ret, struct ef_err *err) EF_MUST_CHECK;
/* Whether a region of the plan writes this byte. */
bool flash_view_writes(const struct flash_view *v, uint32_t addr);

/* Whether the range ends beyond the flash; false if the size of the flash is unknown. */
bool flash_view_ends_before(const struct flash_view *v, uint32_t addr, uint32_t len);

/* Why the content of flash can't be read: static text; NULL: it can. */
const char *flash_view_closed(const struct flash_view *v);

#endif
