/* SPDX-License-Identifier: MIT */
/*
 * A tap on another port. The test replaces single operations; all others reach
 * the real port. Use it to make a port fail on demand, or to watch or change
 * requests on their way. Only one tap can be open.
 */
#ifndef TAP_PORT_H
#define TAP_PORT_H

#include <espflash/port.h>

#include "base/bytes.h"

/* The real port's operations, for the replacements to call. */
static const struct ef_port_ops *tap_real;

/* Returns the operations that are now in effect. The caller replaces members of them. */
static inline struct ef_port_ops *tap_open(struct ef_port *port)
{
	static struct ef_port_ops ops;

	tap_real = port->ops;
	ops = *tap_real;
	port->ops = &ops;
	return &ops;
}

static inline void tap_close(struct ef_port *port)
{
	port->ops = tap_real;
}

/* ---- replacements that several suites use ---- */

/* What is sent gets lost. */
static inline bool tap_lost_write(struct ef_port *port, const uint8_t *data, size_t len,
				  uint64_t deadline_us, struct ef_err *err)
{
	(void)port, (void)data, (void)len, (void)deadline_us, (void)err;
	return true;
}

/* The wires of DTR and RTS came off. */
static inline bool tap_lost_lines(struct ef_port *port, unsigned mask, unsigned value,
				  struct ef_err *err)
{
	(void)port, (void)mask, (void)value, (void)err;
	return true;
}

static unsigned tap_writes, tap_fails_at;

/* The driver fails at one write, counted from 1. */
static inline bool tap_bad_write(struct ef_port *port, const uint8_t *data, size_t len,
				 uint64_t deadline_us, struct ef_err *err)
{
	if (++tap_writes == tap_fails_at)
		return ef_fail(err, EF_E_IO, "the driver fails");
	return tap_real->write(port, data, len, deadline_us, err);
}

/* ---- requests ---- */

/* The host writes each request as one whole frame. */
static inline bool tap_is_request(const uint8_t *data, size_t len, uint8_t op)
{
	return len >= 10 && data[0] == 0xc0 && data[1] == 0x00 && data[2] == op;
}

/* The word at this index behind the header of a request; UINT32_MAX if it is shorter. */
static inline uint32_t tap_word(const uint8_t *data, size_t len, size_t index)
{
	uint8_t plain[8 + 4 * 6];
	size_t want = 8 + 4 * (index + 1), n = 0;

	for (size_t i = 1; i < len && n < want && n < sizeof(plain); i++) {
		bool is_escape = data[i] == 0xdb && i + 1 < len;

		plain[n++] = !is_escape ? data[i] : data[i + 1] == 0xdc ? 0xc0 : 0xdb;
		i += is_escape;
	}
	return n == want ? ef_le32(plain + want - 4) : UINT32_MAX;
}

#endif
