/* SPDX-License-Identifier: MIT */
/*
 * Does what all ports have in common: buffers reads, inverts lines, and succeeds in setting lines
 * or a rate on a port that has none.
 */
#include "base/util.h"
#include "port/port_priv.h"

void ef_port_close(struct ef_port *port)
{
	if (port)
		port->ops->close(port);
}

uint64_t ef_port_now_us(struct ef_port *port)
{
	return port->ops->now_us(port);
}

uint64_t ef_port_deadline(struct ef_port *port, uint32_t timeout_ms)
{
	return port->ops->now_us(port) + (uint64_t)timeout_ms * 1000;
}

/* ---- the limit ---- */

void ef_port_set_limit(struct ef_port *port, uint64_t limit_us)
{
	if (port->bound_us && (!limit_us || limit_us > port->bound_us))
		limit_us = port->bound_us;
	port->limit_us = limit_us;
	if (port->ops->set_limit)
		port->ops->set_limit(port, limit_us);
}

void ef_port_set_bound(struct ef_port *port, uint64_t bound_us)
{
	port->bound_us = bound_us;
	ef_port_set_limit(port, bound_us);
}

bool ef_port_is_late(struct ef_port *port)
{
	return port->limit_us && port->ops->now_us(port) >= port->limit_us;
}

static bool check_limit(struct ef_port *port, struct ef_err *err)
{
	return !ef_port_is_late(port) ||
	       ef_fail(err, EF_E_TIMEOUT,
		       "nothing useful came from '%s' in the time that was given", port->info.name);
}

static uint64_t within_limit(const struct ef_port *port, uint64_t deadline_us)
{
	return port->limit_us && port->limit_us < deadline_us ? port->limit_us : deadline_us;
}

/* ---- bytes ---- */

static size_t take_buffered(struct ef_port *port, uint8_t *buf, size_t cap)
{
	size_t len = port->rx_len - port->rx_pos;

	if (len > cap)
		len = cap;
	if (len)
		memcpy(buf, port->rx + port->rx_pos, len);
	port->rx_pos += len;
	return len;
}

bool ef_port_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
		  size_t *ret_len, struct ef_err *err)
{
	size_t len = 0;

	if (!check_limit(port, err))
		return false;
	deadline_us = within_limit(port, deadline_us);
	/* Large reads bypass the buffer. */
	if (port->rx_pos == port->rx_len && cap >= sizeof(port->rx))
		return port->ops->read(port, buf, cap, deadline_us, ret_len, err);
	if (port->rx_pos == port->rx_len && cap > 0) {
		if (!port->ops->read(port, port->rx, sizeof(port->rx), deadline_us, &len, err))
			return false;
		port->rx_pos = 0;
		port->rx_len = len;
	}
	*ret_len = take_buffered(port, buf, cap);
	return true;
}

bool ef_port_hear(struct ef_port *port, size_t count, uint64_t deadline_us, size_t *ret,
		  struct ef_err *err)
{
	size_t len = port->rx_len - port->rx_pos, got = 1;

	deadline_us = within_limit(port, deadline_us);
	memmove(port->rx, port->rx + port->rx_pos, len);
	port->rx_pos = 0;
	port->rx_len = len;
	while (got && port->rx_len < count) {
		if (!check_limit(port, err) ||
		    !port->ops->read(port, port->rx + port->rx_len, sizeof(port->rx) - port->rx_len,
				     deadline_us, &got, err))
			return false;
		port->rx_len += got;
	}
	*ret = port->rx_len;
	return true;
}

bool ef_port_write(struct ef_port *port, const void *data, size_t len, uint64_t deadline_us,
		   struct ef_err *err)
{
	return len == 0 ||
	       (check_limit(port, err) &&
		port->ops->write(port, data, len, within_limit(port, deadline_us), err));
}

bool ef_port_drain(struct ef_port *port, struct ef_err *err)
{
	return port->ops->drain(port, err);
}

bool ef_port_discard(struct ef_port *port, struct ef_err *err)
{
	port->rx_pos = port->rx_len = 0;
	return port->ops->discard(port, err);
}

bool ef_port_set_lines(struct ef_port *port, unsigned mask, unsigned value, struct ef_err *err)
{
	mask &= EF_DTR | EF_RTS;
	if (!(port->caps & EF_PORT_HAS_LINES) || mask == 0)
		return true;
	if (!port->ops->set_lines(port, mask, (value ^ port->inverted) & mask, err))
		return false;
	port->lines = (port->lines & ~mask) | (value & mask);
	return true;
}

bool ef_port_invert_lines(struct ef_port *port, unsigned mask, struct ef_err *err)
{
	unsigned lines = port->lines;

	port->inverted = mask & (EF_DTR | EF_RTS);
	return ef_port_set_lines(port, EF_DTR | EF_RTS, lines, err);
}

bool ef_port_set_baud(struct ef_port *port, uint32_t rate_hz, struct ef_err *err)
{
	if (rate_hz == 0)
		return ef_fail(err, EF_E_USAGE, "the rate can't be 0 baud");
	if (!(port->caps & EF_PORT_HAS_BAUD))
		return true;
	if (!port->ops->set_baud(port, rate_hz, err))
		return false;
	port->rate_hz = rate_hz;
	return true;
}

bool ef_port_sleep_us(struct ef_port *port, uint64_t us, struct ef_err *err)
{
	uint64_t now_us = port->limit_us ? port->ops->now_us(port) : 0;

	if (port->limit_us && now_us + us > port->limit_us)
		us = now_us < port->limit_us ? port->limit_us - now_us : 0;
	return port->ops->sleep_us(port, us, err) && check_limit(port, err);
}

bool ef_port_reopen(struct ef_port *port, uint64_t deadline_us, struct ef_err *err)
{
	port->rx_pos = port->rx_len = 0;
	if (!port->ops->reopen)
		return ef_fail(err, EF_E_UNSUPP, "port '%s' can't be opened again",
			       port->info.name);
	if (!port->ops->reopen(port, within_limit(port, deadline_us), err))
		return false;
	/* Backends reopen with idle lines, which a board with an inverter sees as asserted. */
	return !port->inverted || ef_port_set_lines(port, EF_DTR | EF_RTS, 0, err);
}

bool port_rate_is_close(uint32_t asked_hz, uint32_t got_hz)
{
	uint32_t off = asked_hz > got_hz ? asked_hz - got_hz : got_hz - asked_hz;

	return off <= asked_hz / 100 * 3 || off == 0;
}
