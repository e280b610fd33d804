/* SPDX-License-Identifier: MIT */
/*
 * The backend for ports behind a network: socket://host:port (raw TCP: bytes,
 * no lines, no rate) and rfc2217://host:port (telnet with the serial port
 * option: rate, DTR, RTS and purge are the server's).
 */
#include <stdlib.h>

#include "base/util.h"
#include "port/net_rfc2217.h"
#include "port/port_priv.h"
#include <espflash/log.h>

#define CONNECT_US 5000000u
/* A server that still holds a dead connection refuses at once, so try four times a second. */
#define REJOIN_POLL_US 250000u

struct net_port {
	struct ef_port base;
	struct port_url url;
	bool keeps_lines;
	struct net_tcp tcp;
	struct net_rfc2217 rfc2217; /* in use if the URL asks for it */
};

static struct net_port *net_of(struct ef_port *port)
{
	return (struct net_port *)port;
}

static bool is_rfc2217(const struct net_port *n)
{
	return n->url.scheme == URL_RFC2217;
}

/* ---- operations ---- */

static void net_close(struct ef_port *port)
{
	struct net_port *n = net_of(port);

	net_tcp_disconnect(&n->tcp);
	free(n);
}

static bool net_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
		     size_t *ret_len, struct ef_err *err)
{
	struct net_port *n = net_of(port);
	bool is_late = false;

	if (is_rfc2217(n))
		return net_rfc2217_read(&n->rfc2217, buf, cap, deadline_us, ret_len, err);
	while ((*ret_len = net_tcp_take(&n->tcp, buf, cap)) == 0 && !is_late)
		if (!net_tcp_wait(&n->tcp, deadline_us, &is_late, err))
			return false;
	return true;
}

static bool net_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		      struct ef_err *err)
{
	struct net_port *n = net_of(port);

	if (is_rfc2217(n))
		return net_rfc2217_write(&n->rfc2217, data, len, deadline_us, err);
	return net_tcp_send(&n->tcp, data, len, deadline_us, err);
}

/* Neither protocol reports when the server has sent a byte to the device. */
static bool net_drain(struct ef_port *port, struct ef_err *err)
{
	return host_check_flag(net_of(port)->tcp.interrupt, err);
}

static bool net_discard(struct ef_port *port, struct ef_err *err)
{
	struct net_port *n = net_of(port);

	if (is_rfc2217(n))
		return net_rfc2217_discard(&n->rfc2217, (port->caps & EF_PORT_HAS_BAUD) != 0, err);
	/* Bounded: a device may never stop. */
	for (unsigned i = 0; i < 64; i++) {
		n->tcp.rx_pos = n->tcp.rx_len;
		if (!net_tcp_pull(&n->tcp, err))
			return false;
		if (n->tcp.rx_pos == n->tcp.rx_len)
			break;
	}
	n->tcp.rx_pos = n->tcp.rx_len;
	return true;
}

static bool net_set_lines(struct ef_port *port, unsigned mask, unsigned value, struct ef_err *err)
{
	return net_rfc2217_set_lines(&net_of(port)->rfc2217, mask, value, err);
}

static bool net_set_baud(struct ef_port *port, uint32_t rate_hz, struct ef_err *err)
{
	uint32_t got = 0;

	if (!net_rfc2217_set_rate(&net_of(port)->rfc2217, rate_hz, &got, err))
		return false;
	if (port_rate_is_close(rate_hz, got))
		return true;
	ef_fail(err, EF_E_UNSUPP, "the server of '%s' can't do %u baud (it set %u)",
		port->info.name, (unsigned)rate_hz, (unsigned)got);
	return ef_hint_set(err, EF_HINT_RATE_REFUSED_REMOTE);
}

static uint64_t net_now_us(struct ef_port *port)
{
	(void)port;
	return host_now_us();
}

static bool net_sleep_us(struct ef_port *port, uint64_t us, struct ef_err *err)
{
	return host_sleep_us(us, net_of(port)->tcp.interrupt, err);
}

/* ---- opening ---- */

static bool start_rfc2217(struct net_port *n, uint32_t rate_hz, struct ef_err *err)
{
	bool has_port = false;

	if (!net_rfc2217_start(&n->rfc2217, &n->tcp, &has_port, err))
		return false;
	if (!has_port) {
		ef_log(EF_LOG_WARN, "'%s' is telnet without RFC 2217: no reset and no rate",
		       n->base.info.name);
		return true;
	}
	n->base.caps |= EF_PORT_HAS_LINES | EF_PORT_HAS_BAUD | EF_PORT_ATOMIC_LINES;
	if (!ef_port_set_baud(&n->base, rate_hz, err) || !net_rfc2217_set_8n1(&n->rfc2217, err))
		return false;
	return n->keeps_lines || ef_port_set_lines(&n->base, EF_DTR | EF_RTS, 0, err);
}

/*
 * The deadline is for reaching the host. The negotiation that follows has its own limits and the
 * port's.
 */
static bool join(struct net_port *n, uint32_t rate_hz, uint64_t deadline_us, struct ef_err *err)
{
	return net_tcp_connect(&n->tcp, n->url.host, n->url.service, deadline_us, err) &&
	       (!is_rfc2217(n) || start_rfc2217(n, rate_hz, err));
}

static void leave(struct net_port *n)
{
	net_tcp_disconnect(&n->tcp);
	n->rfc2217.data_pos = n->rfc2217.data_len = 0;
	n->base.caps = EF_PORT_REMOTE;
	n->base.lines = 0;
}

static bool net_reopen(struct ef_port *port, uint64_t deadline_us, struct ef_err *err)
{
	struct net_port *n = net_of(port);
	uint32_t rate_hz = port->rate_hz ? port->rate_hz : DEFAULT_RATE_HZ;

	/* Try repeatedly, because a server may notice late that the old connection is dead. */
	for (;;) {
		uint64_t limit_us = host_now_us() + CONNECT_US;

		leave(n);
		if (join(n, rate_hz, limit_us < deadline_us ? limit_us : deadline_us, err))
			return true;
		port->rate_hz = rate_hz;
		leave(n);
		if (err->code == EF_E_INTR || host_now_us() >= deadline_us)
			break;
		ef_err_clear(err); /* the last try's error is reported */
		if (!host_sleep_us(REJOIN_POLL_US, n->tcp.interrupt, err))
			return false;
	}
	n->tcp.is_closed = true;
	if (err->code == EF_E_TIMEOUT)
		err->code =
			EF_E_PORT; /* a serial device that did not come back has this code, too */
	return false;
}

static void net_set_limit(struct ef_port *port, uint64_t limit_us)
{
	net_of(port)->tcp.limit_us = limit_us;
}

static const struct ef_port_ops net_ops = {
	.close = net_close,
	.read = net_read,
	.write = net_write,
	.drain = net_drain,
	.discard = net_discard,
	.set_lines = net_set_lines,
	.set_baud = net_set_baud,
	.now_us = net_now_us,
	.sleep_us = net_sleep_us,
	.reopen = net_reopen,
	.set_limit = net_set_limit,
};

bool port_net_open(const char *name, const struct ef_port_config *config, struct ef_port **ret,
		   struct ef_err *err)
{
	struct net_port *n = NULL;
	struct port_url url;

	if (!port_url_parse(name, &url, err))
		return false;
	n = calloc(1, sizeof(*n));
	if (!n)
		return ef_fail(err, EF_E_IO, "out of memory");
	n->base.ops = &net_ops;
	n->base.caps = EF_PORT_REMOTE;
	n->base.info.kind = EF_PORT_NET;
	n->url = url;
	n->keeps_lines = config->keep_lines;
	n->tcp.fd = -1;
	n->tcp.name = n->base.info.name;
	n->tcp.interrupt = config->interrupt;
	n->rfc2217.ignores_control = url.ignores_control;
	if (!ef_strlcpy(n->base.info.name, sizeof(n->base.info.name), name)) {
		ef_fail(err, EF_E_USAGE, "the address of the port is too long");
		goto fail;
	}
	ef_clean_text(n->base.info.name);
	if (config->limit_ms)
		ef_port_set_limit(&n->base, host_now_us() + config->limit_ms * UINT64_C(1000));
	if (!join(n, config->rate_hz ? config->rate_hz : DEFAULT_RATE_HZ,
		  net_tcp_deadline(&n->tcp, CONNECT_US), err))
		goto fail;
	ef_port_set_limit(&n->base, 0);
	*ret = &n->base;
	return true;
fail:
	net_close(&n->base);
	return false;
}
