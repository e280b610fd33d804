/* SPDX-License-Identifier: MIT */
/* Which parts of a window of flash have arrived, and which are proved by the chip's MD5. */
#ifndef EF_FLASHER_READ_MAP_H
#define EF_FLASHER_READ_MAP_H

#include "flasher/flasher_priv.h"

#define READ_WINDOW (256u * EF_KIB) /* bounds memory */
#define READ_UNIT   64u             /* the map's grain: what a ROM sends at once */

enum read_state { READ_MISSING, READ_ARRIVED, READ_PROVED };

struct read_map {
	uint32_t len;                           /* bytes of the window */
	uint32_t run_from, run_to;              /* bytes that arrived without a gap */
	uint8_t state[READ_WINDOW / READ_UNIT]; /* an enum read_state for each unit */
};

/* Bytes, without the end. */
struct read_range {
	uint32_t from, to;
};

/*
 * Return the position of the first unit in this state at or after a position; len: there is none.
 */
uint32_t read_map_first(const struct read_map *m, uint32_t from, enum read_state state);
/* Return the run of units in this state that begins there, up to a limit. */
struct read_range read_map_run(const struct read_map *m, uint32_t from, uint32_t limit,
			       enum read_state state);
/*
 * Return the first run of missing bytes below limit. It includes runs that have arrived, up to
 * bridge bytes each. Empty: nothing is missing.
 */
struct read_range read_map_missing(const struct read_map *m, uint32_t limit, uint32_t bridge);
/*
 * Units count as arrived when all their bytes have. Bytes that don't continue what arrived before
 * begin a unit.
 */
void read_map_arrived(struct read_map *m, uint32_t from, uint32_t to);
void read_map_set(struct read_map *m, struct read_range range, enum read_state state);
/* Return the bytes in this state below limit. */
uint32_t read_map_count(const struct read_map *m, uint32_t limit, enum read_state state);

#endif
