/* SPDX-License-Identifier: MIT */
/* The folders in which other tools keep bootloaders and ROM ELFs. */
#ifndef EF_CLI_BOOT_PLACES_H
#define EF_CLI_BOOT_PLACES_H

#include "cli/bootloader/boot_walk.h"
#include "cli/bootloader/find_firmware.h"
#include "cli/table/places.h"

/* Visit the files of one place. chip NULL: those of all chips. False: fn ended it. */
bool place_visit(const struct find_query *q, const struct place *place, const struct ef_chip *chip,
		 walk_fn *fn, void *user);
/* Get the user's own folder for bootloaders; false: neither variable is set. */
bool place_own(const struct find_query *q, char ret[FIND_PATH_SIZE]);

#endif
