/* SPDX-License-Identifier: MIT */
/* The folders in which other tools keep bootloaders and ROM ELFs. */
#ifndef EF_CLI_BOOT_PLACES_H
#define EF_CLI_BOOT_PLACES_H

#include "cli/firmware/boot_walk.h"
#include "cli/firmware/find_firmware.h"

enum place_kind {
	/* Made for any board and kept up to date, as those that espflash writes every time. */
	PLACE_COMMON,
	/* Made for any board, but perhaps older than the one on the chip. */
	PLACE_CORE,
	/* Somebody's project: its bootloader may have been configured for that one board. */
	PLACE_PROJECT,
};

struct place {
	const char *origin; /* "an espflash crate"; NULL ends the table */
	enum place_kind kind;
	const char *root;    /* "HOME"; see place_root */
	const char *pattern; /* for walk_pattern, below the root; '@' is the chip's name */
};
extern const struct place boot_places[], rom_places[];

/* Visit the files of one place. chip NULL: those of all chips. False: fn ended it. */
bool place_visit(const struct find_query *q, const struct place *place, const struct ef_chip *chip,
		 walk_fn *fn, void *user);
/* The user's own folder for bootloaders; false: neither variable is set. */
bool place_own(const struct find_query *q, char ret[FIND_PATH_SIZE]);

#endif
