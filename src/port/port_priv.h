/* SPDX-License-Identifier: MIT */
/* Shared by the files of this layer: the constructors of the backends, and ports' facts. */
#ifndef EF_PORT_PRIV_H
#define EF_PORT_PRIV_H

#include "port/host.h"

#define DEFAULT_RATE_HZ 115200u

/* ---- backends ---- */

bool port_serial_open(const char *name, const struct ef_port_config *config, struct ef_port **ret,
		      struct ef_err *err) EF_MUST_CHECK;

enum url_scheme { URL_SOCKET, URL_RFC2217 };

struct port_url {
	enum url_scheme scheme;
	char host[256]; /* without the brackets of an IPv6 address */
	char service[6];
	bool ignores_control; /* ?ign_set_control: answers to line changes won't come */
};

/* Return whether a name is a URL at all: it has "://". */
bool port_is_url(const char *name);
/* Pure. Error: USAGE. */
bool port_url_parse(const char *text, struct port_url *ret, struct ef_err *err) EF_MUST_CHECK;
bool port_net_open(const char *name, const struct ef_port_config *config, struct ef_port **ret,
		   struct ef_err *err) EF_MUST_CHECK;

/* Return whether the rate in force is within 3 % of the one that was asked for. */
bool port_rate_is_close(uint32_t asked_hz, uint32_t got_hz);
/* Compare in the order of ef_port_list: case ignored, numbers by value. Returns as strcmp does. */
int port_name_compare(const char *a, const char *b);
/* Fill in all that is known about the device at info->name; it may be a link. */
void port_device_facts(struct ef_port_info *info);

/* ---- coming back ---- */

/*
 * Rank how likely "now" is the device that "was" described: 0 means that it is not, and higher is
 * more likely.
 */
unsigned port_likeness(const struct ef_port_info *was, const struct ef_port_info *now);
/* Poll interval of a reopen: a device gets its node some 100 ms after it was plugged in. */
#define REOPEN_POLL_US 50000u

#endif
