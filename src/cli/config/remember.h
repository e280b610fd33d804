/* SPDX-License-Identifier: MIT */
/* The file that says which reset sequence worked for which device. */
#ifndef EF_CLI_REMEMBER_H
#define EF_CLI_REMEMBER_H

#include <espflash/port.h>

/*
 * The path of the file. Creates its folders. False: the environment names no
 * folder, or it can't be created.
 */
bool remember_path(char *ret, size_t cap, const char *xdg_state_home, const char *home);
/* The same path, without creating anything. */
bool remember_place(char *ret, size_t cap, const char *xdg_state_home, const char *home);
/* The strategy that worked for this device; "" if unknown. */
void remember_get(const char *path, const struct ef_port_info *port, char ret[24]);
bool remember_put(const char *path, const struct ef_port_info *port, const char *strategy,
		  struct ef_err *err) EF_MUST_CHECK;

#endif
