/* SPDX-License-Identifier: MIT */
/* Resolves host names within a time limit. */
#ifndef EF_PORT_NET_RESOLVE_H
#define EF_PORT_NET_RESOLVE_H

#include <netdb.h>

#include "port/host.h"

/*
 * Like getaddrinfo. It may run in a thread of its own, and end long after its caller has given
 * up.
 */
typedef int net_lookup_fn(const char *host, const char *service, const struct addrinfo *hints,
			  struct addrinfo **ret);

/*
 * Find the stream addresses of a host; the caller frees *ret with freeaddrinfo. lookup: NULL for
 * the system's. PORT: there is no such host. TIMEOUT: the system did not find them by the deadline.
 * INTR.
 */
bool net_resolve(net_lookup_fn *lookup, const char *host, const char *service, uint64_t deadline_us,
		 host_flag *interrupt, struct addrinfo **ret, struct ef_err *err) EF_MUST_CHECK;

#endif
