/* SPDX-License-Identifier: MIT */
/* The setting of esptool's configuration that describes the board. */
#ifndef EF_CLI_ESPTOOL_CFG_H
#define EF_CLI_ESPTOOL_CFG_H

#include <stdbool.h>
#include <stddef.h>

/* Return whether esptool would look for its configuration under this file name. */
bool esptool_cfg_is_name(const char *name);

/*
 * Find custom_reset_sequence in the file that esptool would use. ret becomes "" if
 * there is none, ret_path the path of the file.
 */
struct esptool_cfg_query {
	const char *cfgfile, *xdg_config_home, *home;
	const char *sudo_uid; /* see ef_file_trust */
};
void esptool_cfg_sequence(const struct esptool_cfg_query *query, char *ret, size_t cap,
			  char *ret_path, size_t path_cap);

#endif
