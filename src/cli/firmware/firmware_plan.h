/* SPDX-License-Identifier: MIT */
/* Shows the plan of flash --dry-run for an ELF. */
#ifndef EF_CLI_FIRMWARE_PLAN_H
#define EF_CLI_FIRMWARE_PLAN_H

#include "cli/firmware/firmware.h"

/* Print the regions of a firmware that was built. USAGE: the chip is unknown (NULL). */
bool firmware_show_plan(struct cli *cli, const struct firmware *fw, const struct ef_chip *chip,
			bool encrypts, struct ef_err *err) EF_MUST_CHECK;

#endif
