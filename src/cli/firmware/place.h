/* SPDX-License-Identifier: MIT */
/*
 * Places in flash as people name them: an address, or a partition of a table
 * that is read from a file or from the chip.
 */
#ifndef EF_CLI_PLACE_H
#define EF_CLI_PLACE_H

#include "cli/board/session.h"
#include <espflash/partition.h>

/* The partition table that names are looked up in. */
struct table {
	const struct table_args *args;
	struct ef_partition_table parts;
	bool is_loaded;
};

/* Read the file, if one is named: before the port is opened. */
bool table_open(struct table *ret, const struct table_args *args, struct ef_err *err) EF_MUST_CHECK;
/* Without a file: read the table that is in flash, once. */
bool table_load(struct cli *cli, struct table *t, struct session *s,
		struct ef_err *err) EF_MUST_CHECK;
/* INPUT, with the names that there are. t is loaded. */
bool table_find(const struct table *t, const char *label, const struct ef_partition **ret,
		struct ef_err *err) EF_MUST_CHECK;

struct place {
	uint32_t addr;
	uint32_t room;                   /* to the partition's or the flash's end; 0 unknown */
	bool is_past_end;                /* of the flash: there is no room */
	const struct ef_partition *part; /* NULL: an address was given */
};

/* What can be said of "0x10000" or "nvs" before the port is opened. */
bool place_check(const struct table *t, const char *text, struct ef_err *err) EF_MUST_CHECK;
bool place_find(struct cli *cli, struct table *t, struct session *s, const char *text,
		struct place *ret, struct ef_err *err) EF_MUST_CHECK;

/* An address, and what there is after it. */
void place_at(const struct session *s, uint32_t addr, struct place *ret);

/* "4096", "0x1000", "4K", or "ALL" as 0. USAGE. */
bool place_parse_size(const char *text, uint32_t *ret, struct ef_err *err) EF_MUST_CHECK;
/* The size that is meant at a place: what was parsed, or all there is. INPUT, UNSUPP. */
bool place_size(const struct place *place, uint32_t parsed, uint32_t *ret,
		struct ef_err *err) EF_MUST_CHECK;

#endif
