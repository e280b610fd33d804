/* SPDX-License-Identifier: MIT */
/* Shows what the command bootloaders found (cmd_bootloaders_show.c). */
#ifndef EF_CLI_CMD_BOOTLOADERS_H
#define EF_CLI_CMD_BOOTLOADERS_H

#include "cli/cli.h"
#include "cli/bootloader/boot_list.h"

/* Print one bootloader as a line, and the file's name. */
void bootloader_print(struct cli *cli, const struct boot_found *b);
/*
 * Add one bootloader as an object to the open array; imported: the file in the collection, or NULL.
 */
void bootloader_json(struct json_out *j, const struct boot_found *b, const char *imported);

#endif
