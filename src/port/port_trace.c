/* SPDX-License-Identifier: MIT */
/*
 * A port that passes every operation on to another port and writes a line of
 * text about it. docs/protocol.md describes the format in full:
 *
 *   > c000        bytes written, hex, at most 32 a line
 *   < c000        bytes received
 *   ! 1 0         lines DTR and RTS, 1 is asserted
 *   @ 115200      the rate
 *   ~ 12          whole milliseconds since the line before; absent when 0
 *   # discard     received bytes were dropped; also "# drain"
 *   # read PORT: text   an operation failed (read, write, lines, rate, discard, drain, reopen)
 *   # port 303a:1001 115200 0 0 lines baud   the port's ids, state and capabilities
 *   % /dev/ttyX   the device was opened again, under this name
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/util.h"
#include "port/trace_text.h"
#include <espflash/port.h>

#define BYTES_PER_LINE 32u

struct trace_port {
	struct ef_port base;
	struct ef_port *inner;
	ef_trace_fn *sink;
	void *user;
	uint64_t last_us; /* the time up to which "~" lines have been written */
};

static struct trace_port *trace_of(struct ef_port *port)
{
	return (struct trace_port *)port;
}

static void put_time(struct trace_port *t)
{
	uint64_t ms = (ef_port_now_us(t->inner) - t->last_us) / 1000;
	char line[32];

	if (ms == 0)
		return;
	ef_snprintf(line, sizeof(line), "~ %" PRIu64, ms);
	t->last_us += ms * 1000;
	t->sink(t->user, line);
}

static void put_line(struct trace_port *t, const char *line)
{
	put_time(t);
	t->sink(t->user, line);
}

static void put_bytes(struct trace_port *t, char direction, const uint8_t *data, size_t len)
{
	char line[2 + 2 * BYTES_PER_LINE + 1];

	while (len > 0) {
		size_t n = len < BYTES_PER_LINE ? len : BYTES_PER_LINE;

		line[0] = direction;
		line[1] = ' ';
		ef_hex(line + 2, data, n);
		put_line(t, line);
		data += n;
		len -= n;
	}
}

static void put_facts(struct trace_port *t)
{
	char line[96];

	trace_print_facts(&t->base, line, sizeof(line));
	put_line(t, line);
}

/* After every operation: copy the inner port's state, and write a failure or new capabilities. */
static bool done(struct trace_port *t, bool ok, enum trace_op op, const struct ef_err *err)
{
	bool is_other = t->base.caps != t->inner->caps;
	char line[EF_ERR_MSG_SIZE + 32];

	t->base.caps = t->inner->caps;
	t->base.lines = t->inner->lines;
	t->base.rate_hz = t->inner->rate_hz;
	if (!ok) {
		ef_snprintf(line, sizeof(line), "# %s %s: %s", trace_op_name(op),
			    ef_code_name(err->code), err->msg);
		put_line(t, line);
	}
	if (is_other)
		put_facts(t);
	return ok;
}

static void trace_close(struct ef_port *port)
{
	ef_port_close(trace_of(port)->inner);
	free(port);
}

static bool trace_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
		       size_t *ret_len, struct ef_err *err)
{
	struct trace_port *t = trace_of(port);

	if (!done(t, ef_port_read(t->inner, buf, cap, deadline_us, ret_len, err), TRACE_OP_READ,
		  err))
		return false;
	put_bytes(t, '<', buf, *ret_len);
	return true;
}

static bool trace_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
			struct ef_err *err)
{
	struct trace_port *t = trace_of(port);

	put_bytes(t, '>', data, len);
	return done(t, ef_port_write(t->inner, data, len, deadline_us, err), TRACE_OP_WRITE, err);
}

static bool trace_drain(struct ef_port *port, struct ef_err *err)
{
	struct trace_port *t = trace_of(port);

	put_line(t, "# drain");
	return done(t, ef_port_drain(t->inner, err), TRACE_OP_DRAIN, err);
}

static bool trace_discard(struct ef_port *port, struct ef_err *err)
{
	struct trace_port *t = trace_of(port);

	put_line(t, "# discard");
	return done(t, ef_port_discard(t->inner, err), TRACE_OP_DISCARD, err);
}

static bool trace_set_lines(struct ef_port *port, unsigned mask, unsigned value, struct ef_err *err)
{
	struct trace_port *t = trace_of(port);
	unsigned lines = (port->lines & ~mask) | (value & mask);
	char line[16];

	ef_snprintf(line, sizeof(line), "! %d %d", (lines & EF_DTR) != 0, (lines & EF_RTS) != 0);
	put_line(t, line);
	return done(t, ef_port_set_lines(t->inner, mask, value, err), TRACE_OP_LINES, err);
}

static bool trace_set_baud(struct ef_port *port, uint32_t rate_hz, struct ef_err *err)
{
	struct trace_port *t = trace_of(port);
	char line[24];

	ef_snprintf(line, sizeof(line), "@ %" PRIu32, rate_hz);
	put_line(t, line);
	return done(t, ef_port_set_baud(t->inner, rate_hz, err), TRACE_OP_RATE, err);
}

static uint64_t trace_now_us(struct ef_port *port)
{
	return ef_port_now_us(trace_of(port)->inner);
}

static bool trace_sleep_us(struct ef_port *port, uint64_t us, struct ef_err *err)
{
	return ef_port_sleep_us(trace_of(port)->inner, us, err);
}

static bool trace_reopen(struct ef_port *port, uint64_t deadline_us, struct ef_err *err)
{
	struct trace_port *t = trace_of(port);
	char line[sizeof(t->base.info.name) + 4];
	bool ok = ef_port_reopen(t->inner, deadline_us, err);

	t->base.info = t->inner->info;
	if (ok) {
		t->base.lines = t->inner->lines;
		ef_snprintf(line, sizeof(line), "%% %s", t->base.info.name);
		put_line(t, line);
	}
	return done(t, ok, TRACE_OP_REOPEN, err);
}

static void trace_set_limit(struct ef_port *port, uint64_t limit_us)
{
	ef_port_set_limit(trace_of(port)->inner, limit_us);
}

static const struct ef_port_ops trace_ops = {
	.close = trace_close,
	.read = trace_read,
	.write = trace_write,
	.drain = trace_drain,
	.discard = trace_discard,
	.set_lines = trace_set_lines,
	.set_baud = trace_set_baud,
	.now_us = trace_now_us,
	.sleep_us = trace_sleep_us,
	.reopen = trace_reopen,
	.set_limit = trace_set_limit,
};

bool ef_port_trace(struct ef_port *inner, ef_trace_fn *sink, void *user, struct ef_port **ret,
		   struct ef_err *err)
{
	struct trace_port *t = calloc(1, sizeof(*t));

	if (!t)
		return ef_fail(err, EF_E_IO, "out of memory");
	t->base.ops = &trace_ops;
	t->base.caps = inner->caps;
	t->base.lines = inner->lines;
	t->base.rate_hz = inner->rate_hz;
	t->base.info = inner->info;
	t->base.limit_us = inner->limit_us;
	t->inner = inner;
	t->sink = sink;
	t->user = user;
	t->last_us = ef_port_now_us(inner);
	put_facts(t);
	*ret = &t->base;
	return true;
}
