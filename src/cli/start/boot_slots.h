/* SPDX-License-Identifier: MIT */
/* Finds out which of a table's apps the bootloader starts, and makes it start another. */
#ifndef EF_CLI_BOOT_SLOTS_H
#define EF_CLI_BOOT_SLOTS_H

#include "cli/start/flash_view.h"
#include "cli/start/slot_app.h"
#include <espflash/otadata.h>

struct boot_slots {
	const struct flash_view *view;
	const struct ef_partition_table *table;
	struct ef_ota_slots slots;
	struct ef_otadata data; /* blank if the table has no otadata */
	/* The choice: [0] if the bootloader has no rollback, [1] if it has. */
	struct {
		struct ef_ota_choice choice;
		const struct ef_partition *part; /* NULL: nothing starts */
		struct slot_app app;             /* the app in part */
	} boot[2];
};

/*
 * Read otadata, decide as the bootloader does, and read the apps that it tries. Errors as
 * ef_flasher_read, and INPUT.
 */
bool boot_slots_read(const struct flash_view *view, const struct ef_partition_table *table,
		     struct boot_slots *ret, struct ef_err *err) EF_MUST_CHECK;
/* Return whether this partition starts, with rollback and without. */
bool boot_slots_starts(const struct boot_slots *b, const struct ef_partition *part);

/* Check that the partition can be made the one that starts. INPUT, UNSUPP. */
bool boot_slots_can_switch(const struct boot_slots *b, const struct ef_partition *part,
			   struct ef_err *err) EF_MUST_CHECK;
/*
 * Make the partition the one that starts, as otatool.py does: a slot gets a new record in the
 * sector that is not in use, and for the factory app otadata is erased.
 */
bool boot_slots_switch(const struct boot_slots *b, const struct ef_partition *part,
		       struct ef_err *err) EF_MUST_CHECK;
bool boot_slots_erase(const struct boot_slots *b, struct ef_err *err) EF_MUST_CHECK;

#endif
