/* SPDX-License-Identifier: MIT */
/*
 * Has the sockets of espsim: a raw one, and an RFC 2217 server (telnet with the serial port
 * option), so that other people's programs can use the board.
 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/util.h"
#include "sim/parts.h"
#include "sim/server.h"

#define LEAVE_MS 20

/* RFC 854 and RFC 2217 */
enum { SE = 240, SB = 250, WILL = 251, WONT = 252, DO = 253, DONT = 254, IAC = 255 };
enum { OPT_BINARY = 0, OPT_ECHO = 1, OPT_SGA = 3, OPT_COM_PORT = 44 };
enum {
	SET_BAUD = 1,
	SET_DATASIZE = 2,
	SET_PARITY = 3,
	SET_STOPSIZE = 4,
	SET_CONTROL = 5,
	NOTIFY_LINESTATE = 6,
	NOTIFY_MODEMSTATE = 7,
	SET_LINESTATE_MASK = 10,
	SET_MODEMSTATE_MASK = 11,
	PURGE_DATA = 12,
	SERVER_OFFSET = 100
};

/* ---- listening ---- */

static bool split_url(const char *url, bool *ret_telnet, char *host, size_t cap,
		      const char **ret_port)
{
	const char *rest = strstr(url, "://"), *colon;

	if (!rest)
		return false;
	*ret_telnet = strncmp(url, "rfc2217:", 8) == 0;
	if (!*ret_telnet && strncmp(url, "socket:", 7) != 0)
		return false;
	rest += 3;
	colon = strrchr(rest, ':');
	if (!colon || !colon[1] || (size_t)(colon - rest) >= cap)
		return false;
	memcpy(host, rest, (size_t)(colon - rest));
	host[colon - rest] = '\0';
	*ret_port = colon + 1;
	return true;
}

static bool bind_first(const struct addrinfo *list, int *ret_fd)
{
	for (const struct addrinfo *a = list; a; a = a->ai_next) {
		int one = 1, fd = socket(a->ai_family, a->ai_socktype, a->ai_protocol);

		if (fd < 0)
			continue;
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
		if (bind(fd, a->ai_addr, a->ai_addrlen) == 0 && listen(fd, 2) == 0) {
			*ret_fd = fd;
			return true;
		}
		(void)close(fd);
	}
	return false;
}

bool net_listen(struct listener *l, const char *url, struct ef_err *err)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE },
			*list = NULL;
	struct sockaddr_storage sa = { 0 };
	socklen_t sa_len = sizeof(sa);
	char host[256], port_text[16];
	const char *port;

	if (!split_url(url, &l->is_telnet, host, sizeof(host), &port))
		return ef_fail(err, EF_E_USAGE,
			       "'%s' is neither rfc2217://HOST:PORT nor socket://HOST:PORT", url);
	if (getaddrinfo(host[0] ? host : "127.0.0.1", port, &hints, &list) != 0)
		return ef_fail(err, EF_E_USAGE, "cannot resolve '%s'", url);
	if (!bind_first(list, &l->fd)) {
		freeaddrinfo(list);
		return ef_fail(err, EF_E_PORT, "cannot listen on '%s': %s", url, strerror(errno));
	}
	freeaddrinfo(list);
	(void)fcntl(l->fd, F_SETFL, O_NONBLOCK);
	if (getsockname(l->fd, (struct sockaddr *)&sa, &sa_len) != 0 ||
	    getnameinfo((struct sockaddr *)&sa, sa_len, NULL, 0, port_text, sizeof(port_text),
			NI_NUMERICSERV) != 0)
		return ef_fail(err, EF_E_IO, "cannot name the socket: %s", strerror(errno));
	(void)ef_snprintf(l->url, sizeof(l->url), "%s://%s:%s", l->is_telnet ? "rfc2217" : "socket",
			  host[0] ? host : "127.0.0.1", port_text);
	return true;
}

/* ---- towards the client ---- */

static void put(struct client *c, const uint8_t *data, size_t len)
{
	if (c->fd < 0)
		return;
	if (len > sizeof(c->out) - c->out_len) {
		c->is_lost = true; /* a client that doesn't read */
		return;
	}
	memcpy(c->out + c->out_len, data, len);
	c->out_len += len;
}

static void flush(struct server *s)
{
	struct client *c = &s->client;

	while (c->fd >= 0 && c->out_len) {
		ssize_t n = send(c->fd, c->out, c->out_len, MSG_NOSIGNAL);

		if (n < 0) {
			if (errno != EAGAIN && errno != EINTR)
				c->is_lost = true;
			return;
		}
		memmove(c->out, c->out + n, c->out_len - (size_t)n);
		c->out_len -= (size_t)n;
	}
}

void net_forward(struct server *s)
{
	struct client *c = &s->client;
	uint8_t buf[1024], escaped[2 * sizeof(buf)];
	size_t n;

	while ((n = sim_uart_take(s->sim, buf, sizeof(buf))) > 0) {
		size_t len = 0;

		for (size_t i = 0; i < n; i++) {
			escaped[len++] = buf[i];
			if (c->is_telnet && buf[i] == IAC)
				escaped[len++] = IAC;
		}
		put(c, escaped, len);
	}
	flush(s);
}

static void answer_sub(struct client *c, uint8_t code, const uint8_t *data, size_t len)
{
	uint8_t msg[160] = { IAC, SB, OPT_COM_PORT, (uint8_t)(code + SERVER_OFFSET) };
	size_t n = 4;

	for (size_t i = 0; i < len && n + 4 < sizeof(msg); i++) {
		msg[n++] = data[i];
		if (data[i] == IAC)
			msg[n++] = IAC;
	}
	msg[n++] = IAC;
	msg[n++] = SE;
	put(c, msg, n);
}

/* ---- lines ---- */

static void apply_lines(struct server *s)
{
	s->client.is_pending = false;
	sim_circuit_lines(s->sim, s->client.want_lines);
}

/*
 * pyserial changes one line at a time and waits for each answer, so EN rises long
 * before BOOT is low. Therefore the step that releases EN waits a moment for the other
 * line; esptool's esp_rfc2217_server has a similar workaround.
 */
static void net_lines(struct server *s, unsigned line, bool is_on)
{
	struct client *c = &s->client;
	unsigned want = c->is_pending ? c->want_lines : s->sim->circuit.lines;

	c->want_lines = is_on ? want | line : want & ~line;
	if (s->sim->circuit.lines == EF_RTS && c->want_lines == (EF_DTR | EF_RTS) &&
	    s->line_gap_us) {
		c->is_pending = true;
		c->pending_until = s->sim->now + s->line_gap_us;
		return;
	}
	c->is_pending = true;
	c->pending_until = 0; /* the change takes effect at the end of this packet */
}

void net_settle(struct server *s)
{
	if (s->client.is_pending && s->client.pending_until <= s->sim->now)
		apply_lines(s);
}

/* ---- RFC 2217 ---- */

static void set_control(struct server *s, uint8_t value)
{
	struct client *c = &s->client;
	unsigned lines = c->is_pending ? c->want_lines : s->sim->circuit.lines;

	switch (value) {
	case 0:
		value = 1; /* flow control: none */
		break;
	case 7:
		value = lines & EF_DTR ? 8 : 9;
		break;
	case 8:
	case 9:
		net_lines(s, EF_DTR, value == 8);
		break;
	case 10:
		value = lines & EF_RTS ? 11 : 12;
		break;
	case 11:
	case 12:
		net_lines(s, EF_RTS, value == 11);
		break;
	default:
		break;
	}
	answer_sub(c, SET_CONTROL, &value, 1);
}

static void set_baud(struct server *s, const uint8_t *data)
{
	uint32_t rate = (uint32_t)data[0] << 24 | (uint32_t)data[1] << 16 | (uint32_t)data[2] << 8 |
			data[3];
	uint8_t reply[4];

	if (rate && sim_bridge_can(s->sim, rate))
		s->sim->host.rate = rate;
	rate = s->sim->host.rate;
	for (unsigned i = 0; i < 4; i++)
		reply[i] = (uint8_t)(rate >> (24 - 8 * i));
	answer_sub(&s->client, SET_BAUD, reply, sizeof(reply));
}

static void sub_option(struct server *s)
{
	struct client *c = &s->client;
	uint8_t code, value;

	if (c->sub_len < 2 || c->sub[0] != OPT_COM_PORT)
		return;
	code = c->sub[1];
	value = c->sub_len > 2 ? c->sub[2] : 0;
	switch (code) {
	case 0: /* signature */
		answer_sub(c, 0, (const uint8_t *)"espsim", 6);
		break;
	case SET_BAUD:
		if (c->sub_len == 6)
			set_baud(s, c->sub + 2);
		break;
	case SET_DATASIZE:
		answer_sub(c, code, (const uint8_t[]){ 8 }, 1);
		break;
	case SET_PARITY:
	case SET_STOPSIZE:
		answer_sub(c, code, (const uint8_t[]){ 1 }, 1);
		break;
	case SET_CONTROL:
		set_control(s, value);
		break;
	case PURGE_DATA:
		if (value & 1)
			sim_uart_forget(s->sim);
		answer_sub(c, code, &value, 1);
		break;
	case SET_LINESTATE_MASK:
	case SET_MODEMSTATE_MASK:
		answer_sub(c, code, &value, 1);
		break;
	default:
		break;
	}
}

/* Answer only changes, so that two ends can't loop forever (RFC 1143, simplified). */
static void option(struct client *c, uint8_t verb, uint8_t opt)
{
	bool is_known = opt == OPT_BINARY || opt == OPT_SGA || opt == OPT_COM_PORT;
	bool *state = verb == DO || verb == DONT ? &c->we_do[opt] : &c->they_do[opt];
	bool is_wanted = (verb == DO || verb == WILL) && is_known;
	uint8_t yes = verb == DO || verb == DONT ? WILL : DO;
	uint8_t no = verb == DO || verb == DONT ? WONT : DONT;
	uint8_t msg[3] = { IAC, is_wanted ? yes : no, opt };

	if (is_wanted == *state && (is_known || verb == DONT || verb == WONT))
		return;
	*state = is_wanted;
	put(c, msg, sizeof(msg));
	if (opt == OPT_COM_PORT && is_wanted && yes == WILL)
		answer_sub(c, NOTIFY_MODEMSTATE, (const uint8_t[]){ 0xb0 }, 1); /* CTS DSR CD */
}

static void telnet_byte(struct server *s, uint8_t b)
{
	struct client *c = &s->client;

	switch (c->state) {
	case TN_DATA:
		if (b == IAC) {
			c->state = TN_IAC;
			break;
		}
		if (c->is_pending && c->pending_until == 0)
			apply_lines(s);
		sim_uart_from_host(s->sim, &b, 1);
		break;
	case TN_IAC:
		c->state = TN_DATA;
		if (b == IAC) {
			sim_uart_from_host(s->sim, &b, 1);
		} else if (b == SB) {
			c->sub_len = 0;
			c->state = TN_SUB;
		} else if (b >= WILL && b <= DONT) {
			c->verb = b;
			c->state = TN_OPTION;
		}
		break;
	case TN_OPTION:
		option(c, c->verb, b);
		c->state = TN_DATA;
		break;
	case TN_SUB:
		if (b == IAC)
			c->state = TN_SUB_IAC;
		else if (c->sub_len < sizeof(c->sub))
			c->sub[c->sub_len++] = b;
		break;
	case TN_SUB_IAC:
		c->state = b == SE ? TN_DATA : TN_SUB;
		if (b == SE)
			sub_option(s);
		else if (c->sub_len < sizeof(c->sub))
			c->sub[c->sub_len++] = b;
		break;
	}
}

void net_receive(struct server *s)
{
	struct client *c = &s->client;
	uint8_t buf[4096];
	ssize_t n = recv(c->fd, buf, sizeof(buf), 0);

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
		c->is_lost = true;
		return;
	}
	if (n < 0)
		return;
	if (!c->is_telnet) {
		sim_uart_from_host(s->sim, buf, (size_t)n);
		return;
	}
	for (ssize_t i = 0; i < n; i++)
		telnet_byte(s, buf[i]);
	net_settle(s);
}

/* ---- connections ---- */

void net_hang_up(struct server *s)
{
	struct client *c = &s->client;

	if (c->fd < 0)
		return;
	(void)close(c->fd);
	c->fd = -1;
	c->is_pending = false;
	if (!s->is_quiet)
		(void)fprintf(stderr, "espsim: client gone\n");
}

/*
 * A new client often connects as soon as the previous one has left. The end of the old
 * connection is then in the queue, or will be in a moment on a busy machine.
 */
static bool has_left(struct server *s)
{
	struct client *c = &s->client;
	struct pollfd p = { .fd = c->fd, .events = POLLIN };

	for (unsigned i = 0; i < 64 && c->fd >= 0 && !c->is_lost; i++) {
		if (poll(&p, 1, LEAVE_MS) <= 0)
			return false;
		net_receive(s);
	}
	return c->is_lost;
}

void net_accept(struct server *s, struct listener *l)
{
	struct client *c = &s->client;
	int one = 1, fd = accept(l->fd, NULL, NULL);

	if (fd < 0)
		return;
	if (has_left(s))
		net_hang_up(s);
	if (c->fd >= 0) { /* one cable, one host */
		(void)close(fd);
		return;
	}
	(void)fcntl(fd, F_SETFL, O_NONBLOCK);
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	memset(c, 0, offsetof(struct client, out));
	c->out_len = 0;
	c->is_lost = false;
	c->is_pending = false;
	c->fd = fd;
	c->is_telnet = l->is_telnet;
	s->sim->host.has_no_rate = !l->is_telnet;
	sim_uart_forget(s->sim);
	if (s->press_reset_us)
		sim_circuit_hand_at(s->sim, s->sim->now + s->press_reset_us);
	if (!s->is_quiet)
		(void)fprintf(stderr, "espsim: client on %s\n", l->url);
	if (!l->is_telnet)
		return;
	/* offer what a serial port over telnet needs */
	option(c, DO, OPT_COM_PORT);
	option(c, WILL, OPT_COM_PORT);
	option(c, DO, OPT_BINARY);
	option(c, WILL, OPT_BINARY);
	option(c, DO, OPT_SGA);
	option(c, WILL, OPT_SGA);
}
