/* SPDX-License-Identifier: MIT */
/* Takes bootloaders into the user's collection. */
#ifndef EF_CLI_BOOT_IMPORT_H
#define EF_CLI_BOOT_IMPORT_H

#include "cli/cli.h"
#include "cli/bootloader/boot_list.h"

/*
 * Add the bootloaders of a file of any form, a folder, or "-" (standard input). Skips files in a
 * folder that it can't read, with a warning. INPUT: there is no bootloader.
 */
bool boot_import_read(struct cli *cli, struct boot_list *l, const char *path,
		      struct ef_err *err) EF_MUST_CHECK;

/* Return why a bootloader can't be taken into a collection; NULL: it can. */
const char *boot_import_refusal(const struct boot_found *b);

/*
 * Write a bootloader into the user's collection; *ret_path is the file. If the same content is
 * there already, *ret_is_new is false and nothing is written. Error: IO.
 */
bool boot_import_store(const struct boot_found *b, char ret_path[FIND_PATH_SIZE], bool *ret_is_new,
		       struct ef_err *err) EF_MUST_CHECK;

#endif
