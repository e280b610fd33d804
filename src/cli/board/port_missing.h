/* SPDX-License-Identifier: MIT */
/* Explains why a port may be missing on this host. */
#ifndef EF_CLI_PORT_MISSING_H
#define EF_CLI_PORT_MISSING_H

#include <espflash/err.h>
#include <espflash/port.h>

/*
 * Replace the hint of a PORT error if this host is known to hide ports. path: the port that does
 * not exist; NULL: no port of a board was found.
 */
void port_missing(const char *path, struct ef_err *err);
/* The same from given facts. is_on_host: the computer has the port, this container does not. */
void port_missing_hint(const struct ef_host_facts *host, const char *path, bool is_on_host,
		       struct ef_err *err);

#endif
