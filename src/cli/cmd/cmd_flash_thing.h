/* SPDX-License-Identifier: MIT */
/* The command flash for everything but an ELF. */
#ifndef EF_CLI_CMD_FLASH_THING_H
#define EF_CLI_CMD_FLASH_THING_H

#include "cli/cli.h"

bool cmd_flash_thing(struct cli *cli, const struct flash_args *a, struct ef_err *err);

#endif
