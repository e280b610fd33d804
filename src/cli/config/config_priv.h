/* SPDX-License-Identifier: MIT */
/* Functions that the files of the configuration reader share. */
#ifndef EF_CLI_CONFIG_PRIV_H
#define EF_CLI_CONFIG_PRIV_H

#include "cli/config/config.h"

#define CONFIG_PROJECT "espflash.toml"
#define CONFIG_PORTS   "espflash_ports.toml"

/*
 * Find the path of this file, whether it exists or not: in the user's own folder
 * (is_global) or the current one.
 */
void config_place(struct config_file *ret, const struct config_query *q, bool is_ports,
		  bool is_global);
/*
 * Return whether an earlier file of c is the same file: the current folder may be the user's own.
 */
bool config_is_read_already(const struct config *c, const struct config_file *file);

/* Keep a message for the user. There is room for CONFIG_NOTES_MAX. */
void config_note(struct config *c, enum ef_log_level level, const char *fmt, ...) EF_PRINTF(3, 4);

#endif
