/* SPDX-License-Identifier: MIT */
/* Remembers which reset sequence and which rate worked for which device. */
#ifndef EF_CLI_REMEMBER_H
#define EF_CLI_REMEMBER_H

#include <espflash/port.h>

/*
 * Get the path of the file. Creates its folders. False: the environment names no folder, or it
 * can't be created.
 */
bool remember_path(char *ret, size_t cap, const char *xdg_state_home, const char *home);
/* Get the same path, without creating anything. */
bool remember_place(char *ret, size_t cap, const char *xdg_state_home, const char *home);
struct remembered {
	char strategy[24]; /* the reset sequence that worked; "" if unknown */
	uint32_t rate_hz;  /* the highest rate that worked; 0 if unknown */
	/* Sessions that ended at this rate since a faster one failed; it belongs to rate_hz */
	uint32_t calm;
	bool is_inverted; /* the sequence worked with both lines inverted */
};
/* Get what is known of this device. */
void remember_get(const char *path, const struct ef_port_info *port, struct remembered *ret);
/* Parts that what leaves unknown keep the file's values. */
bool remember_put(const char *path, const struct ef_port_info *port, const struct remembered *what,
		  struct ef_err *err) EF_MUST_CHECK;

#endif
