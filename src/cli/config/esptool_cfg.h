/* SPDX-License-Identifier: MIT */
/* The one setting of esptool's configuration that belongs to the board. */
#ifndef EF_CLI_ESPTOOL_CFG_H
#define EF_CLI_ESPTOOL_CFG_H

#include <stddef.h>

/*
 * esptool's own configuration: "custom_reset_sequence" from the file that it
 * would take. Empty when there is none. ret_path: which file it was.
 */
struct esptool_cfg_query {
	const char *cfgfile, *xdg_config_home, *home;
};
void esptool_cfg_sequence(const struct esptool_cfg_query *query, char *ret, size_t cap,
			  char *ret_path, size_t path_cap);

#endif
