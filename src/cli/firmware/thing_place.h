/* SPDX-License-Identifier: MIT */
/* Makes regions of one chip's flash from a thing's parts. */
#ifndef EF_CLI_THING_PLACE_H
#define EF_CLI_THING_PLACE_H

#include "cli/firmware/boot_header.h"
#include "cli/firmware/firmware.h"
#include "cli/firmware/thing.h"

struct thing_place {
	struct ef_plan_region *regions;
	size_t count;
	struct boot_header header; /* the bootloader with the flash settings */
	struct pairs *pairs;       /* the same parts, for boot_header.h */
	/* parts that begin within a sector, with the content before them */
	struct ef_buf *heads;
	size_t head_count;
	struct firmware *base; /* bootloader and table for an app alone; NULL: not needed */
	bool encrypts;         /* in: the loader encrypts the parts that are marked so */
	char slot[20];         /* the app slot that was chosen; "": none was needed */
};

/*
 * An app alone gets a bootloader and a table, as an ELF does, if the chip is blank or the user
 * named a table. Call it before thing_place. settings must outlive *ret. Errors: INPUT (no
 * bootloader was found, or the app does not fit), and those of the device.
 */
bool thing_base(struct thing_place *ret, struct cli *cli, struct thing *t, struct session *s,
		const struct flash_config_args *settings, const struct flash_args *args,
		struct ef_err *err) EF_MUST_CHECK;
/*
 * Without a board: show what a blank chip would get in addition to an app alone. Errors: INPUT (a
 * file that the user named is wrong).
 */
bool thing_base_preview(struct cli *cli, const struct thing *t,
			const struct flash_config_args *settings, const struct flash_args *args,
			struct ef_err *err) EF_MUST_CHECK;
/* Get the flash settings: those that the user gave, else those of the thing. */
void thing_settings(struct cli *cli, const struct thing *t, const struct flash_config_args *given,
		    struct flash_config_args *ret);
/*
 * Place an app without address in the slot that the chip starts (or the one called label),
 * set the flash settings in the bootloader, and complete sectors. Errors: INPUT, USAGE, and
 * those of reading. Release it even on failure.
 */
bool thing_place(struct thing_place *ret, struct cli *cli, struct thing *t, struct session *s,
		 const struct flash_config_args *settings, const char *label,
		 struct ef_err *err) EF_MUST_CHECK;
/*
 * Do the same without a board, for a file or for the gate: a part that begins within a sector
 * stays as it is. The regions borrow from t and *ret. INPUT: the chip or an app's place is not
 * known.
 */
bool thing_regions(struct thing_place *ret, struct cli *cli, const struct thing *t,
		   const struct flash_config_args *settings, struct ef_err *err) EF_MUST_CHECK;
void thing_place_release(struct thing_place *p);

#endif
