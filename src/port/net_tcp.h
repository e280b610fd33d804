/* SPDX-License-Identifier: MIT */
/*
 * A TCP connection: a byte stream with deadlines and a receive buffer. While a
 * send waits for room it goes on receiving, because a server that is blocked
 * in sending to us does not read.
 */
#ifndef EF_PORT_NET_TCP_H
#define EF_PORT_NET_TCP_H

#include "port/host.h"

#define NET_RX_CAP 65536u

struct net_tcp {
	int fd;           /* -1: not connected */
	const char *name; /* the port's URL, for messages; borrowed */
	host_flag *interrupt;
	uint64_t limit_us; /* end of all waits; 0: none */
	bool is_closed;    /* the server closed it; bytes in rx can still be read */
	uint8_t rx[NET_RX_CAP];
	size_t rx_pos, rx_len; /* received and not yet taken: rx[rx_pos..rx_len) */
};

/*
 * Connect to a host and a port number; tries all addresses of the host until
 * the deadline, which covers the search for the host. PORT: no such host, or refused.
 * TIMEOUT, INTR.
 */
bool net_tcp_connect(struct net_tcp *t, const char *host, const char *service, uint64_t deadline_us,
		     struct ef_err *err) EF_MUST_CHECK;
/* Drops what was received. May be called twice. */
void net_tcp_disconnect(struct net_tcp *t);

/* TIMEOUT at the deadline, PORT if the connection is gone, INTR. */
bool net_tcp_send(struct net_tcp *t, const void *data, size_t len, uint64_t deadline_us,
		  struct ef_err *err) EF_MUST_CHECK;
/* Receive what is there, without waiting, as far as rx has room. */
bool net_tcp_pull(struct net_tcp *t, struct ef_err *err) EF_MUST_CHECK;
/*
 * Wait for bytes, or for the end of the connection, and receive them.
 * *ret_timeout: nothing came by the deadline. PORT if the server has already
 * closed the connection.
 */
bool net_tcp_wait(struct net_tcp *t, uint64_t deadline_us, bool *ret_timeout,
		  struct ef_err *err) EF_MUST_CHECK;
/* Return the time us from now, or the limit if that is earlier. */
uint64_t net_tcp_deadline(const struct net_tcp *t, uint64_t us);
/* Take up to cap bytes out of rx. */
size_t net_tcp_take(struct net_tcp *t, uint8_t *buf, size_t cap);

#endif
