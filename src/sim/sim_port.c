/* SPDX-License-Identifier: MIT */
/*
 * Implements the host's end of the cable, in process: a port that uses the board's clock. Waiting
 * advances the clock to the next event; nothing sleeps.
 */
#include <stdlib.h>

#include "base/util.h"
#include "sim/parts.h"
#include "sim/sim.h"

/* The duration of a call that changes the lines: roughly a USB transaction. */
#define LINE_CALL_US 1000u

/*
 * The host's clock began long before the board was powered up, so that a time which is taken for
 * a duration, or cut to 32 bits, is noticed.
 */
#define HOST_EPOCH_US UINT64_C(7000000000)

static uint64_t board_time(uint64_t host_us)
{
	return host_us < HOST_EPOCH_US ? 0 : host_us - HOST_EPOCH_US;
}

struct sim_port {
	struct ef_port port; /* first: the backend is found through it */
	struct sim *sim;
	/* the life of the port that was opened; the port may go away and come back */
	uint64_t life;
};

static struct sim *sim_of(struct ef_port *port)
{
	return ((struct sim_port *)(void *)port)->sim;
}

/* A handle from an earlier life doesn't work any more. */
static bool is_alive(struct ef_port *port, struct ef_err *err)
{
	struct sim_port *p = (struct sim_port *)(void *)port;
	bool is_there;

	if (sim_trouble_port_life(p->sim, &is_there) == p->life && is_there &&
	    !p->sim->cable.is_unplugged)
		return true;
	return ef_fail(err, EF_E_PORT, "'%s' is gone", port->info.name);
}

/* Plug in the cable again after a fault has pulled it. As with a kernel, the name changes. */
static bool plug_in(struct ef_port *port, uint64_t until_us, struct ef_err *err)
{
	struct sim *sim = sim_of(port);

	sim_advance(sim, sim->cable.replug_at < until_us ? sim->cable.replug_at : until_us);
	if (sim->cable.replug_at > until_us)
		return ef_fail(err, EF_E_PORT, "'%s' did not come back", port->info.name);
	sim->cable.is_unplugged = false;
	(void)ef_snprintf(port->info.name, sizeof(port->info.name), "sim:%s#2", sim->chip->name);
	return true;
}

static bool port_reopen(struct ef_port *port, uint64_t deadline_us, struct ef_err *err)
{
	struct sim_port *p = (struct sim_port *)(void *)port;
	uint64_t until_us = board_time(deadline_us);
	bool is_there;

	if (p->sim->cable.is_unplugged && !plug_in(port, until_us, err))
		return false;
	do {
		sim_advance(p->sim, p->sim->now + 10000);
		p->life = sim_trouble_port_life(p->sim, &is_there);
	} while (!is_there && p->sim->now < until_us);
	if (!is_there)
		return ef_fail(err, EF_E_PORT, "'%s' did not come back", port->info.name);
	if (sim_usb_is_used(p->sim))
		sim_usb_identity(p->sim, &port->info);
	port->lines = 0;
	sim_circuit_lines(p->sim, 0);
	sim_uart_forget(p->sim);
	return true;
}

static void port_close(struct ef_port *port)
{
	free(port);
}

static bool port_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
		      size_t *ret_len, struct ef_err *err)
{
	struct sim *sim = sim_of(port);
	uint64_t until_us = board_time(deadline_us);

	/* a call takes time, too, so that a polling loop ends */
	sim_advance(sim, sim->now + 2);
	while (!sim->host.len && sim->now < until_us && is_alive(port, err)) {
		uint64_t next = sim_next_event(sim), soon = sim->now + 50000;

		next = next < until_us ? next : until_us;
		/* a port may go away without any event */
		sim_advance(sim, next < soon || !sim->opts.trouble ? next : soon);
	}
	if (err->code != EF_OK || (!sim->host.len && !is_alive(port, err)))
		return false;
	if (sim->is_failed)
		return ef_fail(err, EF_E_IO, "out of memory");
	*ret_len = sim_uart_take(sim, buf, cap);
	return true;
}

static bool port_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		       struct ef_err *err)
{
	struct sim *sim = sim_of(port);

	(void)deadline_us;
	sim_advance(sim, sim->now + 2);
	if (!is_alive(port, err))
		return false;
	sim_uart_from_host(sim, data, len);
	sim_advance(sim, sim->now);
	return sim->is_failed ? ef_fail(err, EF_E_IO, "out of memory") : true;
}

static bool port_drain(struct ef_port *port, struct ef_err *err)
{
	struct sim *sim = sim_of(port);

	(void)err;
	if (sim->uart.to_chip.len)
		sim_advance(sim, sim->uart.to_chip.end_us);
	return true;
}

static bool port_discard(struct ef_port *port, struct ef_err *err)
{
	struct sim *sim = sim_of(port);

	(void)err;
	sim_advance(sim, sim->now + 2);
	sim_uart_forget(sim);
	return true;
}

static bool port_set_lines(struct ef_port *port, unsigned mask, unsigned value, struct ef_err *err)
{
	struct sim *sim = sim_of(port);

	if (!is_alive(port, err))
		return false;
	/* not port->lines, which the caller may have renamed */
	sim_circuit_lines(sim, (sim->circuit.lines & ~mask) | (value & mask));
	sim_advance(sim, sim->now + LINE_CALL_US);
	return true;
}

static bool port_set_baud(struct ef_port *port, uint32_t rate_hz, struct ef_err *err)
{
	struct sim *sim = sim_of(port);

	if (rate_hz == 0)
		return ef_fail(err, EF_E_USAGE, "a rate of 0");
	if (!sim_bridge_can(sim, rate_hz))
		return ef_fail(err, EF_E_UNSUPP, "the bridge refuses %u baud", rate_hz);
	sim_advance(sim, sim->now + 100);
	sim->host.rate = rate_hz;
	port->rate_hz = rate_hz;
	return true;
}

static uint64_t port_now(struct ef_port *port)
{
	struct sim *sim = sim_of(port);

	sim_advance(sim, sim->now + 1);
	return HOST_EPOCH_US + sim->now;
}

static bool port_sleep(struct ef_port *port, uint64_t us, struct ef_err *err)
{
	struct sim *sim = sim_of(port);

	(void)err;
	sim_advance(sim, sim->now + us);
	return true;
}

static const struct ef_port_ops ops = {
	.close = port_close,
	.read = port_read,
	.write = port_write,
	.drain = port_drain,
	.discard = port_discard,
	.set_lines = port_set_lines,
	.set_baud = port_set_baud,
	.now_us = port_now,
	.sleep_us = port_sleep,
	.reopen = port_reopen,
};

bool sim_port_open(struct sim *sim, struct ef_port **ret, struct ef_err *err)
{
	struct sim_port *p = calloc(1, sizeof(*p));
	struct ef_port_info *info;
	bool is_there;

	if (!p)
		return ef_fail(err, EF_E_IO, "out of memory");
	p->sim = sim;
	p->port.ops = &ops;
	p->port.caps = EF_PORT_HAS_LINES | EF_PORT_HAS_BAUD | EF_PORT_ATOMIC_LINES;
	p->port.rate_hz = sim->host.rate;
	p->port.lines = sim->circuit.lines;
	info = &p->port.info;
	(void)ef_snprintf(info->name, sizeof(info->name), "sim:%s", sim->chip->name);
	info->kind = EF_PORT_USB;
	info->vid = 0x10c4;
	info->pid = 0xea60;
	if (sim_usb_is_used(sim))
		sim_usb_identity(sim, info);
	p->life = sim_trouble_port_life(sim, &is_there);
	*ret = &p->port;
	return true;
}
