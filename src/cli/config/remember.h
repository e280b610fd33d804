/* SPDX-License-Identifier: MIT */
/* Which reset sequence worked for which device: a file in the user's state folder. */
#ifndef EF_CLI_REMEMBER_H
#define EF_CLI_REMEMBER_H

#include <espflash/port.h>

/* The user's own folder for state, made if need be; false: there is none. */
bool remember_path(char *ret, size_t cap, const char *xdg_state_home, const char *home);
/* The strategy that worked for this device; "" when nothing is known. */
void remember_get(const char *path, const struct ef_port_info *port, char ret[24]);
bool remember_put(const char *path, const struct ef_port_info *port, const char *strategy,
		  struct ef_err *err) EF_MUST_CHECK;

#endif
