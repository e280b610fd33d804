/* SPDX-License-Identifier: MIT */
/* Where bootloaders and ROM ELFs are looked for: read by the search and by the manual. */
#ifndef EF_CLI_PLACES_H
#define EF_CLI_PLACES_H

enum place_kind {
	/* Made for any board and kept up to date, as those that espflash writes every time. */
	PLACE_COMMON,
	/* Made for any board, but perhaps older than the one on the chip. */
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
