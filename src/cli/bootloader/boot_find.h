/* SPDX-License-Identifier: MIT */
/* Finds the bootloaders on this machine, and chooses the one for a board. */
#ifndef EF_CLI_BOOT_FIND_H
#define EF_CLI_BOOT_FIND_H

#include "cli/bootloader/boot_list.h"

/*
 * The board, and the settings that the user asked for; find_query has chip, revision and crystal.
 */
struct boot_want {
	int mode;          /* enum ef_flash_mode; -1: not asked for */
	uint16_t freq_mhz; /* 0: the chip's default */
	bool takes_any;    /* also use bootloaders of other tools, because nothing else works */
};

/* List everything. refused as in find_result. Leaves out files that can't be read. */
void boot_find_all(const struct find_query *q, struct boot_list *ret, char *refused, size_t cap);

/*
 * Choose for q->chip (which must be known): the first place with a bootloader that fits, and
 * there the one that fits best. *ret_why: the reason against the last one that did not fit, or
 * "". The caller releases ret->content. False: there is none.
 */
bool boot_choose(const struct find_query *q, const struct boot_want *want, struct boot_found *ret,
		 char ret_why[FIND_ORIGIN_SIZE]);

/*
 * Return whether the bootloader may be used for such a board; if not, *ret_why is the reason (or
 * "").
 */
bool boot_fits(const struct boot_found *b, const struct find_query *q, const struct boot_want *want,
	       char ret_why[FIND_ORIGIN_SIZE]);

/* Write where the bootloader comes from: "an espflash crate: src/x.bin, at 0x1234". */
void boot_origin(const struct boot_found *b, char *ret, size_t cap);

/*
 * Fail because no bootloader fits this chip. The hint has what a user of each tool can type. The
 * command has the option --bootloader, unless it is bootloaders itself. Always false.
 */
bool boot_none(const struct ef_chip *chip, const char *why, bool has_option, struct ef_err *err);

#endif
