/* SPDX-License-Identifier: MIT */
/*
 * Places in flash as users name them: an address, or a partition of a table from a
 * file or from the chip.
 */
#ifndef EF_CLI_PLACE_H
#define EF_CLI_PLACE_H

#include "cli/board/session.h"
#include <espflash/partition.h>

/* The partition table in which names are looked up. */
struct table {
	const struct table_args *args;
	struct ef_partition_table parts;
	bool is_loaded;
};

/* Read the file of --partition-table, if there is one. Call this before the port is opened. */
bool table_open(struct table *ret, const struct table_args *args, struct ef_err *err) EF_MUST_CHECK;
/* Read the table from flash, unless one was read already. */
bool table_load(struct cli *cli, struct table *t, struct session *s,
		struct ef_err *err) EF_MUST_CHECK;
/*
 * Find a partition of a loaded table. INPUT: no partition has this name; the hint lists the names.
 */
bool table_find(const struct table *t, const char *label, const struct ef_partition **ret,
		struct ef_err *err) EF_MUST_CHECK;

struct place {
	uint32_t addr;
	uint32_t room;    /* bytes up to the end of the partition or of the flash; 0: unknown */
	bool is_past_end; /* the address is beyond the end of the flash */
	const struct ef_partition *part; /* NULL: an address was given */
};

/* Check "0x10000" or "nvs" as far as possible before the port is opened. USAGE, INPUT. */
bool place_check(const struct table *t, const char *text, struct ef_err *err) EF_MUST_CHECK;
/* Return whether the address is known before the port is opened. Call place_check first. */
bool place_known(const struct table *t, const char *text, uint32_t *ret_addr);
bool place_find(struct cli *cli, struct table *t, struct session *s, const char *text,
		struct place *ret, struct ef_err *err) EF_MUST_CHECK;

/* Find the place at an address, with the room after it. */
void place_at(const struct session *s, uint32_t addr, struct place *ret);

/* Parse "4096", "0x1000" or "4K"; "ALL" becomes 0. USAGE. */
bool place_parse_size(const char *text, uint32_t *ret, struct ef_err *err) EF_MUST_CHECK;
/*
 * Get the size to use at a place: the parsed one, or for ALL the room. INPUT: it does not fit;
 * UNSUPP: the room is unknown.
 */
bool place_size(const struct place *place, uint32_t parsed, uint32_t *ret,
		struct ef_err *err) EF_MUST_CHECK;

#endif
