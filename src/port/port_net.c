/* SPDX-License-Identifier: MIT */
/*
 * Knows sockets: socket://host:port (raw TCP: bytes only, no lines, no rate)
 * and rfc2217://host:port (telnet with the serial port option: rate, DTR, RTS
 * and purge on the far side). The wire format is telnet.c's.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/util.h"
#include "port/port_priv.h"
#include "port/telnet.h"
#include <espflash/log.h>

#define CONNECT_US   5000000u
#define NEGOTIATE_US 3000000u /* pyserial's client waits as long */
/* Two lines further apart than this meet an EN that has risen. */
#define GAP_MAX_US     5000u
#define ANSWER_US      3000000u /* rate and format: needed */
#define OBEY_US        500000u  /* lines and purge: some servers never answer those */
#define WRITE_US       5000000u
#define REJOIN_POLL_US 250000u
#define RX_CAP         65536u
#define CHUNK          2048u

struct net_port {
	struct ef_port base;
	int fd;
	host_flag *interrupt;
	struct port_url url;
	bool keeps_lines;
	bool is_telnet;
	struct telnet telnet;
	/* the last answer to each command, and whether one came at all */
	uint32_t answer[RFC2217_PURGE_DATA + 1];
	bool has_answer[RFC2217_PURGE_DATA + 1];
	unsigned controls_seen; /* answers to SET_CONTROL since the request */
	uint64_t control_us[2]; /* when the first and the last of them came */
	bool has_told_gap;
	bool ignores_control, ignores_purge;
	bool is_closed;    /* by the far side; what came before can still be read */
	bool is_digesting; /* an answer is being sent from within the receiver */
	uint8_t rx[RX_CAP];
	size_t rx_pos, rx_len;
};

static struct net_port *net_of(struct ef_port *port)
{
	return (struct net_port *)port;
}

static bool fail_closed(struct net_port *n, struct ef_err *err)
{
	n->is_closed = true;
	ef_fail(err, EF_E_PORT, "'%s' is gone: the server closed the connection",
		n->base.info.name);
	return ef_hint_set(err, EF_HINT_SERVER_CLOSED);
}

static bool fail_socket(struct net_port *n, int errnum, struct ef_err *err)
{
	if (errnum == ECONNRESET || errnum == EPIPE || errnum == ENOTCONN)
		return fail_closed(n, err);
	return ef_fail(err, EF_E_PORT, "cannot use port '%s': %s", n->base.info.name,
		       strerror(errnum));
}

/* ---- receiving ---- */

static size_t rx_room(struct net_port *n)
{
	if (n->rx_pos == n->rx_len) {
		n->rx_pos = n->rx_len = 0;
	} else if (n->rx_pos > RX_CAP / 2) {
		memmove(n->rx, n->rx + n->rx_pos, n->rx_len - n->rx_pos);
		n->rx_len -= n->rx_pos;
		n->rx_pos = 0;
	}
	return RX_CAP - n->rx_len;
}

static bool send_now(struct net_port *n, const uint8_t *data, size_t len, uint64_t deadline_us,
		     struct ef_err *err);

static bool handle_event(struct net_port *n, const struct telnet_event *ev, struct ef_err *err)
{
	uint8_t cmd = (uint8_t)(ev->cmd - RFC2217_ANSWER), room[16];
	struct ef_wr out = ef_wr_init(room, sizeof(room));

	if (ev->kind == TELNET_EV_OPTION) {
		telnet_negotiate(&n->telnet, ev, &out);
		return out.len == 0 || send_now(n, room, out.len, host_now_us() + WRITE_US, err);
	}
	if (ev->kind == TELNET_EV_COM && ev->cmd >= RFC2217_ANSWER &&
	    cmd < EF_ARRAY_LEN(n->answer)) {
		n->answer[cmd] = ev->value;
		n->has_answer[cmd] = true;
		if (cmd == RFC2217_SET_CONTROL && ev->value >= RFC2217_DTR_ON &&
		    ev->value <= RFC2217_RTS_OFF)
			n->control_us[n->controls_seen++ > 0] = host_now_us();
	}
	return true;
}

/* Received bytes to rx, which has room for them all. */
static bool digest(struct net_port *n, const uint8_t *data, size_t len, struct ef_err *err)
{
	struct telnet_event ev;
	size_t data_len;

	if (!n->is_telnet) {
		memcpy(n->rx + n->rx_len, data, len);
		n->rx_len += len;
		return true;
	}
	while (len > 0) {
		size_t used = telnet_decode(&n->telnet, data, len, n->rx + n->rx_len, &data_len,
					    &ev);

		n->rx_len += data_len;
		data += used;
		len -= used;
		if (!handle_event(n, &ev, err))
			return false;
	}
	return true;
}

/* Take what the socket has now, if there is room. */
static bool pull(struct net_port *n, struct ef_err *err)
{
	uint8_t chunk[CHUNK];
	size_t room = rx_room(n);
	ssize_t len;

	if (room == 0 || n->is_closed)
		return true;
	len = recv(n->fd, chunk, room < CHUNK ? room : CHUNK, 0);
	if (len > 0) {
		bool ok;

		n->is_digesting = true;
		ok = digest(n, chunk, (size_t)len, err);
		n->is_digesting = false;
		return ok;
	}
	if (len == 0) {
		n->is_closed = true;
		return true;
	}
	return errno == EAGAIN || errno == EINTR || fail_socket(n, errno, err);
}

/* ---- sending ---- */

/* A server that is blocked in sending to us would never read: so take in while waiting. */
static bool wait_to_send(struct net_port *n, uint64_t deadline_us, struct ef_err *err)
{
	bool can_take = !n->is_digesting && rx_room(n) > 0;
	struct pollfd p = { .fd = n->fd, .events = POLLOUT };
	uint64_t now = host_now_us();

	if (!host_check_flag(n->interrupt, err))
		return false;
	if (now >= deadline_us)
		return ef_fail(err, EF_E_TIMEOUT, "'%s' took no data in time", n->base.info.name);
	if (n->is_closed)
		return fail_closed(n, err);
	if (can_take)
		p.events |= POLLIN;
	(void)poll(&p, 1, deadline_us - now < SLICE_US ? 1 : (int)(SLICE_US / 1000));
	return !can_take || pull(n, err);
}

static bool send_now(struct net_port *n, const uint8_t *data, size_t len, uint64_t deadline_us,
		     struct ef_err *err)
{
	while (len > 0) {
		ssize_t sent = send(n->fd, data, len, MSG_NOSIGNAL);

		if (sent >= 0) {
			data += sent;
			len -= (size_t)sent;
		} else if (errno != EAGAIN && errno != EINTR) {
			return fail_socket(n, errno, err);
		} else if (!wait_to_send(n, deadline_us, err)) {
			return false;
		}
	}
	return true;
}

/* ---- asking the far side ---- */

/* Take in until the test holds; *ret false at the deadline. */
static bool wait_until(struct net_port *n, bool (*test)(const struct net_port *n, unsigned arg),
		       unsigned arg, uint64_t limit_us, bool *ret, struct ef_err *err)
{
	uint64_t deadline_us = host_now_us() + limit_us;
	enum host_ready ready;

	while (!test(n, arg)) {
		if (n->is_closed)
			return fail_closed(n, err);
		if (rx_room(n) == 0) /* nobody reads: rather lose old text than the answer */
			n->rx_pos = n->rx_len;
		if (!host_wait_fd(n->fd, HOST_READ, deadline_us, n->interrupt, &ready, err))
			return false;
		if (ready == HOST_TIMEOUT) {
			*ret = false;
			return true;
		}
		if (!pull(n, err))
			return false;
	}
	*ret = true;
	return true;
}

static bool is_answered(const struct net_port *n, unsigned cmd)
{
	return n->has_answer[cmd];
}

static bool are_controls_answered(const struct net_port *n, unsigned count)
{
	return n->controls_seen >= count;
}

static bool is_negotiated(const struct net_port *n, unsigned arg)
{
	(void)arg;
	return telnet_has_com_port(&n->telnet) || telnet_refused_com_port(&n->telnet);
}

/* Send one setting and return what the server made of it. */
static bool set_and_ask(struct net_port *n, uint8_t cmd, uint32_t value, uint32_t *ret,
			struct ef_err *err)
{
	uint8_t room[RFC2217_PUT_MAX];
	struct ef_wr out = ef_wr_init(room, sizeof(room));
	bool is_there = false;

	rfc2217_put(&out, cmd, value);
	n->has_answer[cmd] = false;
	if (!send_now(n, room, out.len, host_now_us() + WRITE_US, err) ||
	    !wait_until(n, is_answered, cmd, ANSWER_US, &is_there, err))
		return false;
	if (!is_there) {
		ef_fail(err, EF_E_TIMEOUT, "the server of '%s' did not answer RFC 2217 command %u",
			n->base.info.name, cmd);
		return ef_hint_set(err, EF_HINT_SERVER_NOT_RFC2217);
	}
	*ret = n->answer[cmd];
	return true;
}

/* ---- operations ---- */

static void net_close(struct ef_port *port)
{
	struct net_port *n = net_of(port);

	if (n->fd >= 0)
		close(n->fd);
	free(n);
}

static bool net_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
		     size_t *ret_len, struct ef_err *err)
{
	struct net_port *n = net_of(port);
	enum host_ready ready = HOST_READY;
	size_t len;

	while (n->rx_pos == n->rx_len && ready != HOST_TIMEOUT) {
		if (n->is_closed)
			return fail_closed(n, err);
		if (!host_wait_fd(n->fd, HOST_READ, deadline_us, n->interrupt, &ready, err))
			return false;
		if (ready != HOST_TIMEOUT && !pull(n, err))
			return false;
	}
	len = n->rx_len - n->rx_pos;
	if (len > cap)
		len = cap;
	if (len)
		memcpy(buf, n->rx + n->rx_pos, len);
	n->rx_pos += len;
	*ret_len = len;
	return true;
}

static bool net_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		      struct ef_err *err)
{
	struct net_port *n = net_of(port);
	uint8_t room[2 * CHUNK];

	if (!n->is_telnet)
		return send_now(n, data, len, deadline_us, err);
	while (len > 0) {
		size_t part = len < CHUNK ? len : CHUNK;
		struct ef_wr out = ef_wr_init(room, sizeof(room));

		telnet_data(&out, data, part);
		if (!send_now(n, room, out.len, deadline_us, err))
			return false;
		data += part;
		len -= part;
	}
	return true;
}

static bool net_drain(struct ef_port *port, struct ef_err *err)
{
	/* neither protocol says when a byte has left the far side */
	return host_check_flag(net_of(port)->interrupt, err);
}

/* What was under way when the server confirmed the purge came before it in the stream. */
static bool purge(struct net_port *n, struct ef_err *err)
{
	uint8_t room[RFC2217_PUT_MAX];
	struct ef_wr out = ef_wr_init(room, sizeof(room));
	bool is_there = true;

	rfc2217_put(&out, RFC2217_PURGE_DATA, RFC2217_PURGE_RX);
	n->has_answer[RFC2217_PURGE_DATA] = false;
	if (!send_now(n, room, out.len, host_now_us() + WRITE_US, err))
		return false;
	if (!n->ignores_purge &&
	    !wait_until(n, is_answered, RFC2217_PURGE_DATA, OBEY_US, &is_there, err))
		return false;
	n->ignores_purge |= !is_there;
	return true;
}

static bool net_discard(struct ef_port *port, struct ef_err *err)
{
	struct net_port *n = net_of(port);
	size_t before;

	if ((port->caps & EF_PORT_HAS_BAUD) && !purge(n, err))
		return false;
	/* bounded, for devices that never stop */
	for (unsigned i = 0; i < 64; i++) {
		n->rx_pos = n->rx_len;
		before = rx_room(n);
		if (!pull(n, err))
			return false;
		if (RX_CAP - n->rx_len == before)
			break;
	}
	n->rx_pos = n->rx_len = 0;
	return true;
}

/*
 * How far apart the far side moves two lines that it got in one write. The usual reset
 * circuit lets go of EN in between, which rises within ms: no sequence of ours can mend
 * that, but servers that reset the chip themselves know the classic one, which is first.
 */
static void tell_gap(struct net_port *n)
{
	uint32_t us = (uint32_t)(n->control_us[1] - n->control_us[0]);

	if (n->has_told_gap)
		return;
	n->has_told_gap = true;
	ef_log(EF_LOG_DEBUG, "the server moves DTR and RTS %u.%u ms apart%s", us / 1000u,
	       us / 100u % 10u,
	       us < GAP_MAX_US ? ""
			       : ": too far for most boards; the classic sequences come first, "
				 "which servers answer with a reset of their own");
}

static bool net_set_lines(struct ef_port *port, unsigned mask, unsigned value, struct ef_err *err)
{
	struct net_port *n = net_of(port);
	uint8_t room[2 * RFC2217_PUT_MAX];
	struct ef_wr out = ef_wr_init(room, sizeof(room));
	unsigned count = 0;
	bool is_there = true;

	if (mask & EF_DTR) {
		rfc2217_put(&out, RFC2217_SET_CONTROL,
			    value & EF_DTR ? RFC2217_DTR_ON : RFC2217_DTR_OFF);
		count++;
	}
	if (mask & EF_RTS) {
		rfc2217_put(&out, RFC2217_SET_CONTROL,
			    value & EF_RTS ? RFC2217_RTS_ON : RFC2217_RTS_OFF);
		count++;
	}
	n->controls_seen = 0;
	/* both in one write, so that they arrive together */
	if (!send_now(n, room, out.len, host_now_us() + WRITE_US, err))
		return false;
	/* the wait keeps the timing of a reset right: the next step's time starts here */
	if (!n->ignores_control &&
	    !wait_until(n, are_controls_answered, count, OBEY_US, &is_there, err))
		return false;
	if (!is_there)
		ef_log(EF_LOG_DEBUG, "the server does not confirm line changes");
	n->ignores_control |= !is_there;
	if (count == 2 && !n->ignores_control)
		tell_gap(n);
	return true;
}

static bool net_set_baud(struct ef_port *port, uint32_t rate_hz, struct ef_err *err)
{
	struct net_port *n = net_of(port);
	uint32_t got = 0;

	if (!set_and_ask(n, RFC2217_SET_BAUDRATE, rate_hz, &got, err))
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
	return host_sleep_us(us, net_of(port)->interrupt, err);
}

static bool net_reopen(struct ef_port *port, uint64_t deadline_us, struct ef_err *err);

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
};

/* ---- opening ---- */

/* The session as RFC 2217 wants it; a server without that option still carries bytes. */
static bool start_rfc2217(struct net_port *n, uint32_t rate_hz, struct ef_err *err)
{
	static const struct {
		uint8_t cmd, value;
	} format[] = {
		{ RFC2217_SET_DATASIZE, 8 },
		{ RFC2217_SET_PARITY, 1 },
		{ RFC2217_SET_STOPSIZE, 1 },
	};
	uint8_t room[16];
	struct ef_wr out = ef_wr_init(room, sizeof(room));
	bool is_there = false;
	uint32_t got;

	n->is_telnet = true;
	telnet_start(&n->telnet, TELNET_CLIENT, &out);
	if (!send_now(n, room, out.len, host_now_us() + WRITE_US, err) ||
	    !wait_until(n, is_negotiated, 0, NEGOTIATE_US, &is_there, err))
		return false;
	if (!telnet_has_com_port(&n->telnet)) {
		ef_log(EF_LOG_WARN, "'%s' is telnet without RFC 2217: no reset and no rate",
		       n->base.info.name);
		return true;
	}
	n->base.caps |= EF_PORT_HAS_LINES | EF_PORT_HAS_BAUD | EF_PORT_ATOMIC_LINES;
	if (!ef_port_set_baud(&n->base, rate_hz, err))
		return false;
	for (size_t i = 0; i < EF_ARRAY_LEN(format); i++)
		if (!set_and_ask(n, format[i].cmd, format[i].value, &got, err))
			return false;
	return n->keeps_lines || ef_port_set_lines(&n->base, EF_DTR | EF_RTS, 0, err);
}

static bool join(struct net_port *n, uint32_t rate_hz, uint64_t deadline_us, struct ef_err *err)
{
	return net_connect(&n->url, n->base.info.name, deadline_us, n->interrupt, &n->fd, err) &&
	       (n->url.scheme != URL_RFC2217 || start_rfc2217(n, rate_hz, err));
}

static void leave(struct net_port *n)
{
	if (n->fd >= 0)
		close(n->fd);
	n->fd = -1;
	n->is_closed = n->is_digesting = false;
	n->rx_pos = n->rx_len = 0;
	n->base.caps = EF_PORT_REMOTE;
	n->base.lines = 0;
}

/* A server may take a while to find out that the connection before is dead. */
static bool net_reopen(struct ef_port *port, uint64_t deadline_us, struct ef_err *err)
{
	struct net_port *n = net_of(port);
	uint32_t rate_hz = port->rate_hz ? port->rate_hz : DEFAULT_RATE_HZ;

	for (;;) {
		uint64_t limit_us = host_now_us() + CONNECT_US;

		leave(n);
		if (join(n, rate_hz, limit_us < deadline_us ? limit_us : deadline_us, err))
			return true;
		port->rate_hz = rate_hz;
		leave(n);
		if (err->code == EF_E_INTR || host_now_us() >= deadline_us)
			break;
		ef_err_clear(err); /* the next one tells */
		if (!host_sleep_us(REJOIN_POLL_US, n->interrupt, err))
			return false;
	}
	n->is_closed = true;
	if (err->code == EF_E_TIMEOUT)
		err->code = EF_E_PORT; /* as for a device that did not come back */
	return false;
}

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
	n->fd = -1;
	n->interrupt = config->interrupt;
	n->url = url;
	n->keeps_lines = config->keep_lines;
	n->ignores_control = url.ignores_control;
	if (!ef_strlcpy(n->base.info.name, sizeof(n->base.info.name), name)) {
		ef_fail(err, EF_E_USAGE, "the address of the port is too long");
		goto fail;
	}
	ef_clean_text(n->base.info.name);
	if (!join(n, config->rate_hz ? config->rate_hz : DEFAULT_RATE_HZ,
		  host_now_us() + CONNECT_US, err))
		goto fail;
	*ret = &n->base;
	return true;
fail:
	net_close(&n->base);
	return false;
}
