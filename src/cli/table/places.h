/* SPDX-License-Identifier: MIT */
/*
 * The places where bootloaders and ROM ELFs may be; the search and the manual both read this table.
 */
#ifndef EF_CLI_PLACES_H
#define EF_CLI_PLACES_H

enum place_kind {
	/*
	 * Bootloaders made for any board and kept up to date, like those that espflash writes every
	 * time.
	 */
	PLACE_COMMON,
	/* Bootloaders made for any board, but perhaps older than the one on the chip. */
	PLACE_CORE,
	/* A project: its bootloader may have been configured for that one board. */
	PLACE_PROJECT,
};

struct place {
	const char *origin; /* "an espflash crate"; NULL ends the table */
	enum place_kind kind;
	const char *root;    /* a folder, "." or a variable; see place_visit */
	const char *pattern; /* for walk_pattern, below the root; '@' is the chip's name */
};
extern const struct place boot_places[], rom_places[];

#endif
