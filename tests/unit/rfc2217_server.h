/* SPDX-License-Identifier: MIT */
/*
 * A small RFC 2217 server on the loopback, which shares no code with the codec of the product. It
 * logs what it receives, and misbehaves as its test wants.
 */
#ifndef RFC2217_SERVER_H
#define RFC2217_SERVER_H

#include "ck_ef.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <espflash/port.h>

struct server {
	int listener, port;
	unsigned more_sessions;
	pthread_t thread;
	/* behaviour */
	bool is_raw, refuses, is_mute, ignores_control, ignores_purge;
	uint32_t forced_rate;
	/* seen */
	char log[2048];
	size_t log_len;
	unsigned recvs_at_both; /* receptions that held two line changes */
};

static inline void note(struct server *s, const char *text)
{
	int n = snprintf(s->log + s->log_len, sizeof(s->log) - s->log_len, "%s ", text);

	if (n > 0)
		s->log_len += (size_t)n;
}

static inline void say(int fd, const void *data, size_t len)
{
	/* the client may have gone: not this thread's business */
	(void)send(fd, data, len, MSG_NOSIGNAL);
}

/* sub: option, command, value... without IAC SB and IAC SE */
static inline void serve_sub(struct server *s, int fd, uint8_t *sub, size_t len)
{
	uint8_t answer[32] = { 255, 250, 44, (uint8_t)(sub[1] + 100) };
	size_t n = 4;
	char text[32];
	uint32_t rate = 0;

	if (len < 3 || sub[0] != 44)
		return;
	if (sub[1] == 1 && len == 6) {
		rate = (uint32_t)sub[2] << 24 | (uint32_t)sub[3] << 16 | (uint32_t)sub[4] << 8 |
		       sub[5];
		snprintf(text, sizeof(text), "@%u", (unsigned)rate);
		note(s, text);
		if (s->forced_rate)
			for (unsigned i = 0; i < 4; i++)
				sub[2 + i] = (uint8_t)(s->forced_rate >> (24 - 8 * i));
	} else {
		snprintf(text, sizeof(text), "%u:%u", sub[1], sub[2]);
		note(s, text);
	}
	if ((sub[1] == 5 && s->ignores_control) || (sub[1] == 12 && s->ignores_purge))
		return;
	if (sub[1] == 12)
		say(fd, "stale", 5); /* was under way */
	for (size_t i = 2; i < len; i++) {
		answer[n++] = sub[i];
		if (sub[i] == 255)
			answer[n++] = 255;
	}
	answer[n++] = 255;
	answer[n++] = 240;
	say(fd, answer, n);
}

static inline void serve_option(struct server *s, int fd, uint8_t verb, uint8_t option)
{
	uint8_t answer[3] = { 255, 0, option };

	if (s->is_mute)
		return;
	if (verb == 251) /* WILL */
		answer[1] = option == 44 && s->refuses ? 254 : 253;
	else if (verb == 253) /* DO */
		answer[1] = 251;
	if (answer[1])
		say(fd, answer, 3);
}

/* "q" closes, other payload is echoed as it came, doubled 255s included. */
static inline bool serve_bytes(struct server *s, int fd, const uint8_t *in, size_t len)
{
	static uint8_t sub[64];
	static size_t sub_len;
	unsigned lines = 0;

	for (size_t i = 0; i < len; i++) {
		if (s->is_raw || in[i] != 255 || (i + 1 < len && in[i + 1] == 255)) {
			if (in[i] == 'q')
				return false;
			say(fd, in + i, !s->is_raw && in[i] == 255 ? 2 : 1);
			i += !s->is_raw && in[i] == 255;
			continue;
		}
		if (in[i + 1] >= 251) {
			serve_option(s, fd, in[i + 1], in[i + 2]);
			i += 2;
			continue;
		}
		sub_len = 0;
		for (i += 2; !(in[i] == 255 && in[i + 1] == 240); i++) {
			i += in[i] == 255;
			sub[sub_len++] = in[i];
		}
		i++;
		lines += sub[1] == 5;
		serve_sub(s, fd, sub, sub_len);
	}
	s->recvs_at_both += lines == 2;
	return true;
}

/* Our client's requests are short: each reception holds whole ones. */
static inline void *serve(void *arg)
{
	struct server *s = arg;
	uint8_t in[4096];
	ssize_t n;

	for (unsigned i = 0; i <= s->more_sessions; i++) {
		int fd = accept(s->listener, NULL, NULL);

		if (fd < 0)
			return NULL;
		while ((n = recv(fd, in, sizeof(in), 0)) > 0)
			if (!serve_bytes(s, fd, in, (size_t)n))
				break;
		close(fd);
	}
	return NULL;
}

static inline bool start_family(struct server *s, int family)
{
	struct sockaddr_in6 a6 = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr_in a4 = { .sin_family = AF_INET };
	struct sockaddr *a = family == AF_INET ? (void *)&a4 : (void *)&a6;
	socklen_t len = family == AF_INET ? sizeof(a4) : sizeof(a6);

	a4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s->listener = socket(family, SOCK_STREAM, 0);
	if (s->listener < 0 || bind(s->listener, a, len) != 0 || listen(s->listener, 1) != 0 ||
	    getsockname(s->listener, a, &len) != 0)
		return false;
	s->port = ntohs(family == AF_INET ? a4.sin_port : a6.sin6_port);
	return pthread_create(&s->thread, NULL, serve, s) == 0;
}

static inline void stop(struct server *s)
{
	pthread_join(s->thread, NULL);
	close(s->listener);
}

static inline struct ef_port *open_client(struct server *s, const char *format, bool keep_lines)
{
	struct ef_port_config config = { .rate_hz = 115200, .keep_lines = keep_lines };
	struct ef_err err = EF_ERR_INIT;
	struct ef_port *port = NULL;
	char url[128];

	ck_assert(start_family(s, strchr(format, '[') ? AF_INET6 : AF_INET));
	snprintf(url, sizeof(url), "%s:%d%s", format, s->port,
		 s->ignores_control ? "?ign_set_control" : "");
	ck_ok(ef_port_open(url, &config, &port, &err), &err);
	ck_assert_str_eq(port->info.name, url);
	ck_assert_int_eq(port->info.kind, EF_PORT_NET);
	return port;
}

static inline void read_exactly(struct ef_port *port, void *buf, size_t want)
{
	uint64_t deadline = ef_port_deadline(port, 2000);
	struct ef_err err = EF_ERR_INIT;
	size_t have = 0, len;

	while (have < want) {
		ck_ok(ef_port_read(port, (uint8_t *)buf + have, want - have, deadline, &len, &err),
		      &err);
		ck_assert_uint_gt(len, 0);
		have += len;
	}
}

static inline void check_echo(struct ef_port *port)
{
	uint8_t out[255], in[255];
	struct ef_err err = EF_ERR_INIT;
	size_t n = 0;

	for (unsigned i = 0; i < 256; i++)
		if (i != 'q')
			out[n++] = (uint8_t)i;
	ck_ok(ef_port_write(port, out, n, ef_port_deadline(port, 2000), &err), &err);
	read_exactly(port, in, n);
	ck_assert_mem_eq(in, out, n);
}

#endif
