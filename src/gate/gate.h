/* SPDX-License-Identifier: MIT */
/* Checks one plan. Private to src/gate. */
#ifndef EF_GATE_GATE_H
#define EF_GATE_GATE_H

#include <espflash/chip.h>
#include <espflash/content.h>
#include <espflash/plan.h>

#include "base/util.h"

struct gate {
	const struct ef_plan *plan;
	const struct ef_target *target;
	struct ef_findings *ret;
	uint32_t boot, table_at; /* table_at: EF_PLAN_NO_TABLE if there is none */
	/* the table that will be valid: the plan's, one in a region, or the chip's */
	const struct ef_partition_table *table;
	struct ef_partition_table own; /* room for one from a region */
	struct ef_finding spare;       /* takes the findings for which ret has no room */
};

/* A place that has content of its own: the boot address, the table, a partition, a file's start. */
struct spot {
	const struct ef_plan_region *region;
	const uint8_t *data;
	size_t len; /* up to the region's end */
	uint32_t addr;
	enum ef_content kind;
	const struct ef_partition *part; /* the partition that it lies in; NULL: none */
	bool is_start;                   /* the file begins here */
	bool is_spare;                   /* an app that need not start: there are others */
};

/* ---- findings.c ---- */

/* Add a finding. The format is the sentence's after "'FILE' at 0xADDRESS". */
struct ef_finding *gate_add(struct gate *g, enum ef_finding_id id, const struct spot *spot,
			    const char *fmt, ...) EF_PRINTF(4, 5);
/* Do the same for an erase; the format is the whole sentence. */
struct ef_finding *gate_add_erase(struct gate *g, enum ef_finding_id id, uint32_t addr,
				  const char *fmt, ...) EF_PRINTF(4, 5);
/* Set the hint. If the hint has a text, it is the name of the spot's file. */
void gate_hint(struct ef_finding *f, enum ef_hint_id hint);
/* Do the same for a hint with a number: an address or a size. */
void gate_hint_number(struct ef_finding *f, enum ef_hint_id hint, uint32_t number);
/* Put the refusals before the warnings, and keep the order of each. */
void gate_sort(struct ef_findings *f);

/* ---- spot.c: what is at an address ---- */

/* Return the end of the user's own bytes. */
uint64_t gate_end(const struct ef_plan_region *r);
/* Get the spot of a region at addr. False if the region has no byte there. */
bool gate_spot(const struct gate *g, const struct ef_plan_region *r, uint32_t addr,
	       struct spot *ret);
/* Return the start of the user's own bytes. */
struct spot gate_file_start(const struct gate *g, const struct ef_plan_region *r);
const struct ef_partition *gate_partition(const struct gate *g, uint32_t addr);
/* Get the address at which a merged file has to start. False: the file is not a merged file. */
bool gate_merged_base(const struct gate *g, const struct spot *spot, uint32_t *ret);
/* Check an image: chip, revision, damage. False: a finding was added. */
bool gate_image(struct gate *g, const struct spot *spot, struct ef_image_info *ret);

/*
 * Return whether the file may hold ciphertext already. Content that the loader encrypts is plain.
 */
bool gate_may_be_cipher(const struct gate *g, const struct ef_plan_region *r);

/* ---- place.c, bounds.c, locks.c: one kind of check each ---- */

void gate_places(struct gate *g, const struct ef_plan_region *r);
void gate_bounds(struct gate *g, const struct ef_plan_region *r);
void gate_locks_write(struct gate *g, const struct ef_plan_region *r);
void gate_locks_erase(struct gate *g, const struct ef_plan_erase *e);

#endif
