/* SPDX-License-Identifier: MIT */
/* Describes an identified chip, for people and for programs. */
#ifndef EF_CLI_DEVICE_H
#define EF_CLI_DEVICE_H

#include <stdio.h>

#include "cli/ui/json_out.h"
#include <espflash/flasher.h>

#define MAC_TEXT_SIZE 18
/* "24:0a:c4:00:01:10" */
void device_mac_text(char ret[MAC_TEXT_SIZE], const struct ef_device *dev);
/* Print the block that espflash prints: "Chip type: ...". flash_size 0: unknown. */
void device_print(FILE *out, const struct ef_device *dev, uint32_t flash_size);
/* Add the fields of board-info to the open object. */
void device_json(struct json_out *j, const struct ef_device *dev);
/* Add "mac". */
void device_mac_json(struct json_out *j, const struct ef_device *dev);
/* NONE, NO_FLASH or SECURE_DOWNLOAD. */
enum ef_verdict device_verdict(const struct ef_device *dev);
/* Return whether flash encryption is on. */
bool device_is_encrypted(const struct ef_security_info *security);

#endif
