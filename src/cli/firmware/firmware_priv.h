/* SPDX-License-Identifier: MIT */
/* Shared by firmware.c and firmware_boot.c only. */
#ifndef EF_CLI_FIRMWARE_PRIV_H
#define EF_CLI_FIRMWARE_PRIV_H

#include "cli/firmware/firmware.h"

struct find_query firmware_query(const struct firmware *fw, enum find_kind kind,
				 const struct firmware_target *target);
struct ef_flash_settings firmware_settings(const struct firmware *fw,
					   const struct firmware_target *target);
/* Set the origin to "given by --bootloader", or whatever set the option. */
void firmware_origin(const struct firmware *fw, const char *option, struct find_result *ret);
/* Warn of a file that would have been used if it were the user's. */
void firmware_tell_refused(const struct firmware *fw, const struct firmware_target *target,
			   const struct find_result *found);

#endif
