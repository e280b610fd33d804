/* SPDX-License-Identifier: MIT */
/*
 * Chooses the backend by the name of a port. The backends depend on port.c, which depends on none
 * of them.
 */
#include "port/port_priv.h"

bool ef_port_open(const char *name, const struct ef_port_config *config, struct ef_port **ret,
		  struct ef_err *err)
{
	if (name[0] == '\0')
		return ef_fail(err, EF_E_USAGE, "the name of the port is empty");
	if (port_is_url(name))
		return port_net_open(name, config, ret, err);
	return port_serial_open(name, config, ret, err);
}
