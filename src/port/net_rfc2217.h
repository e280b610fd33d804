/* SPDX-License-Identifier: MIT */
/*
 * An RFC 2217 client over a TCP connection: it separates the device's bytes
 * from telnet commands, sends settings, and waits for the server's answers.
 */
#ifndef EF_PORT_NET_RFC2217_H
#define EF_PORT_NET_RFC2217_H

#include "port/net_tcp.h"
#include "port/telnet.h"

struct net_rfc2217 {
	struct net_tcp *tcp; /* borrowed */
	struct telnet telnet;
	/* The last answer to each command, and whether one came since the request. */
	uint32_t answer[RFC2217_PURGE_DATA + 1];
	bool has_answer[RFC2217_PURGE_DATA + 1];
	unsigned answers_given; /* answers to requests for options since the connection was made */
	unsigned controls_seen; /* number of answers to SET_CONTROL since the request */
	uint64_t control_us[2]; /* when the first and the last of them came */
	bool has_told_gap;
	bool ignores_control, ignores_purge; /* the server does not answer these */
	uint8_t data[NET_RX_CAP];            /* the device's bytes that have not been read yet */
	size_t data_pos, data_len;
};

/*
 * Begin a session on a connected tcp: negotiate the serial port option.
 * *ret_has_port: whether the server has it; a plain telnet server still
 * carries bytes, but has no lines and no rate.
 */
bool net_rfc2217_start(struct net_rfc2217 *r, struct net_tcp *tcp, bool *ret_has_port,
		       struct ef_err *err) EF_MUST_CHECK;
/* *ret_hz: the rate that the server has set. TIMEOUT: it does not answer. */
bool net_rfc2217_set_rate(struct net_rfc2217 *r, uint32_t rate_hz, uint32_t *ret_hz,
			  struct ef_err *err) EF_MUST_CHECK;
bool net_rfc2217_set_8n1(struct net_rfc2217 *r, struct ef_err *err) EF_MUST_CHECK;
/* mask and value: enum ef_line. Waits for the server's confirmation, if it sends any. */
bool net_rfc2217_set_lines(struct net_rfc2217 *r, unsigned mask, unsigned value,
			   struct ef_err *err) EF_MUST_CHECK;

/* Like read and write of ef_port_ops. */
bool net_rfc2217_read(struct net_rfc2217 *r, uint8_t *buf, size_t cap, uint64_t deadline_us,
		      size_t *ret_len, struct ef_err *err) EF_MUST_CHECK;
bool net_rfc2217_write(struct net_rfc2217 *r, const uint8_t *data, size_t len, uint64_t deadline_us,
		       struct ef_err *err) EF_MUST_CHECK;
/* Drop what the server holds (if with_purge), then what was received. */
bool net_rfc2217_discard(struct net_rfc2217 *r, bool with_purge, struct ef_err *err) EF_MUST_CHECK;

#endif
