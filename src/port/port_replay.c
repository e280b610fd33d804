/* SPDX-License-Identifier: MIT */
/*
 * Plays a trace (port_trace.c) as a port, in virtual time. The program must
 * write the same bytes and set the same lines as in the trace. Received bytes
 * arrive with the same delay after what came before them. They stay until they
 * are read or discarded, as in a driver.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/util.h"
#include "port/port_priv.h"
#include "port/trace_text.h"

/* If a program waits this long, it waits for something that is not in the trace. */
#define PATIENCE_US 3600000000u

struct replay {
	struct ef_port base;
	struct trace_text text;
	size_t pos;    /* the next event */
	size_t tx_pos; /* how many bytes of it were written already */
	size_t rx,
		rx_pos; /* the next RX event to read (may lie before pos), and the offset in it */
	uint64_t now_us;
	uint64_t clock_us;  /* when the event before pos happened */
	bool is_lost;       /* the program deviates from the trace */
	struct ef_err lost; /* the first deviation */
};

static struct replay *replay_of(struct ef_port *port)
{
	return (struct replay *)port;
}

static const struct trace_event *event_at(const struct replay *r, size_t index)
{
	return index < r->text.count ? trace_event(&r->text, index) : NULL;
}

/* After a deviation every operation fails with the first difference. */
static bool still_lost(const struct replay *r, struct ef_err *err)
{
	*err = r->lost;
	return false;
}

static bool lose(struct replay *r, struct ef_err *err)
{
	r->is_lost = true;
	r->lost = *err;
	return false;
}

static bool end_of_trace(struct replay *r, const char *what, struct ef_err *err)
{
	ef_fail(err, EF_E_INPUT, "after the end of the trace (line %u) the program still %s",
		r->text.lines, what);
	return lose(r, err);
}

/* what: "writes c0", "sets the rate to 9600". Names the trace's event instead of it. */
static bool differ(struct replay *r, const char *what, struct ef_err *err)
{
	const struct trace_event *e = event_at(r, r->pos);
	char text[40];

	if (!e)
		return end_of_trace(r, what, err);
	trace_describe(&r->text, e, text, sizeof(text));
	ef_fail(err, EF_E_INPUT, "trace line %u: the program %s, the trace has '%s'", e->line, what,
		text);
	return lose(r, err);
}

static void use_facts(struct replay *r, const struct trace_facts *f)
{
	r->base.caps = f->caps;
	r->base.info.vid = f->vid;
	r->base.info.pid = f->pid;
	r->base.info.kind = f->vid ? EF_PORT_USB : EF_PORT_UNKNOWN;
}

/* Move past an event that happened at at_us; the wait of the next one starts there. */
static void pass(struct replay *r, uint64_t at_us)
{
	const struct trace_event *e;

	r->clock_us = at_us;
	r->pos++;
	r->tx_pos = 0;
	while ((e = event_at(r, r->pos)) && e->kind == TRACE_FACTS) {
		use_facts(r, &e->facts);
		r->pos++;
	}
}

/* Let all received events arrive that precede the program's next action. */
static void pass_received(struct replay *r, bool and_discards)
{
	const struct trace_event *e;

	while ((e = event_at(r, r->pos)) &&
	       (e->kind == TRACE_RX || (and_discards && e->kind == TRACE_DISCARD))) {
		if (e->kind == TRACE_DISCARD)
			r->rx = r->pos + 1;
		if (e->kind == TRACE_DISCARD)
			r->rx_pos = 0;
		pass(r, r->now_us);
	}
}

/* If the next event is a failure of this operation, fail in the same way. True: it did. */
static bool fails(struct replay *r, enum trace_op op, struct ef_err *err)
{
	const struct trace_event *e = event_at(r, r->pos);
	char text[EF_ERR_MSG_SIZE];

	if (!e || e->kind != TRACE_FAILURE || e->op != op)
		return false;
	trace_message(&r->text, e, text, sizeof(text));
	pass(r, r->now_us);
	ef_fail(err, e->code, "%s", text);
	return true;
}

/* ---- operations ---- */

static void replay_close(struct ef_port *port)
{
	trace_release(&replay_of(port)->text);
	free(port);
}

/* Take bytes of RX events before pos; returns how many. */
static size_t take(struct replay *r, uint8_t *buf, size_t cap)
{
	size_t len = 0;

	for (; r->rx < r->pos && len < cap; r->rx++, r->rx_pos = 0) {
		const struct trace_event *e = trace_event(&r->text, r->rx);
		size_t part;

		if (e->kind != TRACE_RX)
			continue;
		part = e->len - r->rx_pos < cap - len ? e->len - r->rx_pos : cap - len;
		memcpy(buf + len, trace_bytes(&r->text, e) + r->rx_pos, part);
		len += part;
		r->rx_pos += part;
		if (r->rx_pos < e->len)
			break;
	}
	return len;
}

/* Let the RX events at pos arrive that are due, or else the first that is due by the deadline. */
static void arrive(struct replay *r, uint64_t deadline_us)
{
	const struct trace_event *e = event_at(r, r->pos);
	bool has_first = false;

	for (; e && e->kind == TRACE_RX; e = event_at(r, r->pos)) {
		uint64_t ready_us = r->clock_us + (uint64_t)e->wait_ms * 1000u;

		if (ready_us > r->now_us && (has_first || ready_us > deadline_us))
			return;
		if (ready_us > r->now_us)
			r->now_us = ready_us;
		has_first = true;
		pass(r, ready_us);
	}
}

static bool wait_in_vain(struct replay *r, uint64_t deadline_us, struct ef_err *err)
{
	const struct trace_event *e = event_at(r, r->pos);
	uint64_t fails_us = e ? r->clock_us + (uint64_t)e->wait_ms * 1000u : 0;

	if (e && e->kind == TRACE_FAILURE && e->op == TRACE_OP_READ && fails_us <= deadline_us) {
		if (r->now_us < fails_us)
			r->now_us = fails_us;
		return !fails(r, TRACE_OP_READ, err);
	}
	if (deadline_us > r->now_us && deadline_us - r->clock_us > PATIENCE_US)
		return differ(r, "only waits", err);
	if (deadline_us > r->now_us)
		r->now_us = deadline_us;
	return true;
}

static bool replay_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
			size_t *ret_len, struct ef_err *err)
{
	struct replay *r = replay_of(port);
	size_t len;

	if (r->is_lost)
		return still_lost(r, err);
	arrive(r, r->now_us);
	len = take(r, buf, cap);
	if (len == 0) {
		arrive(r, deadline_us);
		len = take(r, buf, cap);
	}
	if (len == 0 && !wait_in_vain(r, deadline_us, err))
		return false;
	*ret_len = len;
	return true;
}

static bool replay_write(struct ef_port *port, const uint8_t *data, size_t len,
			 uint64_t deadline_us, struct ef_err *err)
{
	struct replay *r = replay_of(port);

	(void)deadline_us;
	if (r->is_lost)
		return still_lost(r, err);
	for (size_t i = 0; i < len; i++) {
		const struct trace_event *e;
		char what[24];

		if (r->tx_pos == 0)
			pass_received(r, true);
		e = event_at(r, r->pos);
		ef_snprintf(what, sizeof(what), "writes %02x", data[i]);
		if (!e || e->kind != TRACE_TX)
			return differ(r, what, err);
		if (trace_bytes(&r->text, e)[r->tx_pos] != data[i]) {
			ef_fail(err, EF_E_INPUT,
				"trace line %u: the program %s as byte %zu, the trace has %02x",
				e->line, what, r->tx_pos + 1, trace_bytes(&r->text, e)[r->tx_pos]);
			return lose(r, err);
		}
		if (++r->tx_pos == e->len)
			pass(r, r->now_us);
	}
	return !fails(r, TRACE_OP_WRITE, err);
}

static bool replay_drain(struct ef_port *port, struct ef_err *err)
{
	struct replay *r = replay_of(port);

	return r->is_lost ? still_lost(r, err) : !fails(r, TRACE_OP_DRAIN, err);
}

static bool replay_discard(struct ef_port *port, struct ef_err *err)
{
	struct replay *r = replay_of(port);
	const struct trace_event *e;

	if (r->is_lost)
		return still_lost(r, err);
	for (size_t i = r->pos; (e = event_at(r, i)) && i - r->pos < 64; i++) {
		if (e->kind == TRACE_DISCARD) {
			while (r->pos <= i)
				pass(r, r->now_us);
			break;
		}
		if (e->kind != TRACE_RX)
			break;
	}
	r->rx = r->pos;
	r->rx_pos = 0;
	return !fails(r, TRACE_OP_DISCARD, err);
}

/*
 * Check that the trace has this setting next. what: the words for a setting that it doesn't have.
 */
static bool replay_setting(struct replay *r, enum trace_kind kind, uint32_t value, enum trace_op op,
			   const char *what, struct ef_err *err)
{
	const struct trace_event *e;

	if (r->is_lost)
		return still_lost(r, err);
	pass_received(r, true);
	e = event_at(r, r->pos);
	if (!e || e->kind != kind || e->value != value)
		return differ(r, what, err);
	pass(r, r->now_us);
	return !fails(r, op, err);
}

static bool replay_set_lines(struct ef_port *port, unsigned mask, unsigned value,
			     struct ef_err *err)
{
	unsigned lines = (port->lines & ~mask) | (value & mask);
	char what[40];

	ef_snprintf(what, sizeof(what), "sets DTR and RTS to %d %d", (lines & EF_DTR) != 0,
		    (lines & EF_RTS) != 0);
	return replay_setting(replay_of(port), TRACE_LINES, lines, TRACE_OP_LINES, what, err);
}

static bool replay_set_baud(struct ef_port *port, uint32_t rate_hz, struct ef_err *err)
{
	char what[40];

	ef_snprintf(what, sizeof(what), "sets the rate to %" PRIu32, rate_hz);
	return replay_setting(replay_of(port), TRACE_RATE, rate_hz, TRACE_OP_RATE, what, err);
}

static uint64_t replay_now_us(struct ef_port *port)
{
	return replay_of(port)->now_us;
}

static bool replay_sleep_us(struct ef_port *port, uint64_t us, struct ef_err *err)
{
	struct replay *r = replay_of(port);

	if (r->is_lost)
		return still_lost(r, err);
	r->now_us += us;
	return true;
}

static bool replay_reopen(struct ef_port *port, uint64_t deadline_us, struct ef_err *err)
{
	struct replay *r = replay_of(port);
	const struct trace_event *e;

	if (r->is_lost)
		return still_lost(r, err);
	pass_received(r, true);
	if (fails(r, TRACE_OP_REOPEN, err)) {
		if (r->now_us < deadline_us)
			r->now_us = deadline_us;
		return false;
	}
	e = event_at(r, r->pos);
	if (!e || e->kind != TRACE_REOPEN)
		return differ(r, "opens the port again", err);
	pass(r, r->now_us);
	r->rx = r->pos;
	r->rx_pos = 0;
	port->lines = 0;
	return true;
}

static const struct ef_port_ops replay_ops = {
	.close = replay_close,
	.read = replay_read,
	.write = replay_write,
	.drain = replay_drain,
	.discard = replay_discard,
	.set_lines = replay_set_lines,
	.set_baud = replay_set_baud,
	.now_us = replay_now_us,
	.sleep_us = replay_sleep_us,
	.reopen = replay_reopen,
};

bool ef_port_replay(const char *text, size_t len, struct ef_port **ret, struct ef_err *err)
{
	struct replay *r = calloc(1, sizeof(*r));
	const struct trace_event *e;

	if (!r)
		return ef_fail(err, EF_E_IO, "out of memory");
	r->base.ops = &replay_ops;
	r->base.caps = EF_PORT_HAS_LINES | EF_PORT_HAS_BAUD | EF_PORT_ATOMIC_LINES;
	r->base.rate_hz = DEFAULT_RATE_HZ;
	r->base.info.kind = EF_PORT_UNKNOWN;
	(void)ef_strlcpy(r->base.info.name, sizeof(r->base.info.name), "trace");
	if (!trace_parse(text, len, &r->text, err)) {
		replay_close(&r->base);
		return false;
	}
	e = event_at(r, 0);
	if (e && e->kind == TRACE_FACTS) {
		use_facts(r, &e->facts);
		r->base.rate_hz = e->facts.rate_hz;
		r->base.lines = e->facts.lines;
		pass(r, 0);
	}
	*ret = &r->base;
	return true;
}

bool ef_port_replay_done(struct ef_port *port, struct ef_err *err)
{
	struct replay *r = replay_of(port);

	if (r->is_lost)
		return still_lost(r, err);
	pass_received(r, true);
	return r->pos == r->text.count || differ(r, "is done", err);
}
