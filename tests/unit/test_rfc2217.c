/* SPDX-License-Identifier: MIT */
/*
 * The telnet codec against bytes written down from RFC 854 and RFC 2217, and
 * the network ports against a small server of the test's own (it shares no
 * code with the codec) on the loopback.
 */
#include "ck_ef.h"

#include <espflash/log.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "port/telnet.h"
#include <espflash/port.h>

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

/* ---- codec ---- */

START_TEST(client_begins)
{
	/* WILL/DO BINARY, WILL/DO SGA, WILL COM-PORT-OPTION */
	static const uint8_t want[] = { 255, 251, 0, 255, 253, 0, 255, 251, 3, 255, 253, 3,
					255, 251, 44 };
	uint8_t room[16];
	struct ef_wr out = ef_wr_init(room, sizeof(room));
	struct telnet t;

	telnet_start(&t, &out);
	ck_assert(!out.bad);
	ck_assert_uint_eq(out.len, sizeof(want));
	ck_assert_mem_eq(room, want, sizeof(want));
	ck_assert(!telnet_has_com_port(&t));
	ck_assert(!telnet_refused_com_port(&t));
}
END_TEST

static const struct {
	uint8_t cmd;
	uint32_t value;
	size_t len;
	uint8_t want[14];
} puts_[] = {
	{ 1, 115200, 10, { 255, 250, 44, 1, 0x00, 0x01, 0xc2, 0x00, 255, 240 } },
	{ 1, 0xffffffff, 14,
	  { 255, 250, 44, 1, 255, 255, 255, 255, 255, 255, 255, 255, 255, 240 } },
	{ 101, 9600, 10, { 255, 250, 44, 101, 0, 0, 0x25, 0x80, 255, 240 } },
	{ 5, 8, 7, { 255, 250, 44, 5, 8, 255, 240 } },
	{ 12, 1, 7, { 255, 250, 44, 12, 1, 255, 240 } },
	{ 107, 0xff, 8, { 255, 250, 44, 107, 255, 255, 255, 240 } },
};

START_TEST(commands_as_bytes)
{
	uint8_t room[RFC2217_PUT_MAX];
	struct ef_wr out = ef_wr_init(room, sizeof(room));

	rfc2217_put(&out, puts_[_i].cmd, puts_[_i].value);
	ck_assert(!out.bad);
	ck_assert_uint_eq(out.len, puts_[_i].len);
	ck_assert_mem_eq(room, puts_[_i].want, out.len);
}
END_TEST

/* All events and the payload as one text. */
static void describe(const uint8_t *in, size_t len, size_t first, char *text, size_t cap)
{
	size_t parts[2] = { first, len - first }, at = 0;
	struct telnet t;
	uint8_t none[16], data[512];
	struct ef_wr out = ef_wr_init(none, sizeof(none));

	telnet_start(&t, &out);
	text[0] = '\0';
	for (size_t p = 0; p < 2; p++) {
		while (parts[p] > 0) {
			struct telnet_event ev;
			size_t data_len, n = telnet_decode(&t, in, parts[p], data, &data_len, &ev);

			ck_assert_uint_ge(n, 1);
			ck_assert_uint_le(n, parts[p]);
			in += n;
			parts[p] -= n;
			for (size_t i = 0; i < data_len; i++)
				at += (size_t)snprintf(text + at, cap - at, "%02x ", data[i]);
			if (ev.kind == TELNET_EV_OPTION)
				at += (size_t)snprintf(text + at, cap - at, "O%u,%u ", ev.verb,
						       ev.option);
			if (ev.kind == TELNET_EV_COM)
				at += (size_t)snprintf(text + at, cap - at, "C%u=%u/%zu ", ev.cmd,
						       (unsigned)ev.value, ev.len);
		}
	}
}

static const struct {
	size_t len;
	uint8_t in[24];
	const char *want;
} streams[] = {
	{ 3, { 'a', 'b', 'c' }, "61 62 63 " },
	{ 4, { 'a', 255, 255, 'b' }, "61 ff 62 " },
	{ 5, { 'a', 255, 253, 44, 'b' }, "61 O253,44 62 " },
	{ 5, { 'a', 255, 241, 'b', 'c' }, "61 62 63 " }, /* NOP */
	{ 10, { 255, 250, 44, 101, 0, 1, 0xc2, 0, 255, 240 }, "C101=115200/4 " },
	{ 11, { 255, 250, 44, 101, 0, 1, 255, 255, 0, 255, 240 }, "C101=130816/4 " },
	{ 7, { 255, 250, 44, 105, 8, 255, 240 }, "C105=8/1 " },
	{ 6, { 255, 250, 44, 100, 255, 240 }, "C100=0/0 " },
	{ 8, { 255, 250, 24, 1, 255, 240, 'x', 'y' }, "78 79 " }, /* another option's */
	{ 5, { 255, 250, 255, 240, 'x' }, "78 " },		  /* empty */
	{ 6, { 255, 250, 44, 255, 240, 'x' }, "78 " },		  /* too short */
	{ 9, { 255, 250, 44, 101, 255, 253, 1, 'x', 'y' }, "O253,1 78 79 " }, /* SE lost */
	{ 10, { 'a', 255, 250, 44, 107, 16, 255, 240, 'b', 'c' }, "61 C107=16/1 62 63 " },
};

/* However the network cuts it. */
START_TEST(streams_decode_the_same_when_cut)
{
	char text[512];

	for (size_t cut = 0; cut <= streams[_i].len; cut++) {
		describe(streams[_i].in, streams[_i].len, cut, text, sizeof(text));
		ck_assert_str_eq(text, streams[_i].want);
	}
}
END_TEST

START_TEST(endless_subnegotiation_is_dropped)
{
	uint8_t in[300], data[300];
	struct telnet_event ev;
	struct telnet t;
	size_t len;

	memset(&t, 0, sizeof(t));
	memset(in, 'x', sizeof(in));
	memcpy(in, "\xff\xfa\x2c\x65", 4);
	memcpy(in + 290, "\xff\xf0", 2);
	ck_assert_uint_eq(telnet_decode(&t, in, sizeof(in), data, &len, &ev), sizeof(in));
	ck_assert_int_eq(ev.kind, TELNET_EV_NONE);
	ck_assert_uint_eq(len, 8);
}
END_TEST

/* What the peer sends and what we answer: each option is answered only once. */
static const struct {
	uint8_t verb, option;
	uint8_t answer; /* 0: none */
	bool has, refused;
} talks[] = {
	{ TELNET_DO, TELNET_COM_PORT, 0, true, false },	    /* agrees to our WILL */
	{ TELNET_DONT, TELNET_COM_PORT, 0, false, true },   /* refuses it */
	{ TELNET_WILL, TELNET_COM_PORT, TELNET_DO, true, false }, /* offers it the other way */
	{ TELNET_DO, TELNET_BINARY, 0, false, false },
	{ TELNET_WILL, TELNET_SGA, 0, false, false },
	{ TELNET_WILL, TELNET_ECHO, TELNET_DONT, false, false },
	{ TELNET_DO, TELNET_ECHO, TELNET_WONT, false, false },
	{ TELNET_WONT, TELNET_ECHO, 0, false, false },
	{ TELNET_DO, 31, TELNET_WONT, false, false },
};

START_TEST(negotiation_answers_once)
{
	struct telnet_event ev = { .kind = TELNET_EV_OPTION };
	uint8_t room[16];
	struct ef_wr out = ef_wr_init(room, sizeof(room));
	struct telnet t;

	telnet_start(&t, &out);
	out = ef_wr_init(room, sizeof(room));
	ev.verb = talks[_i].verb;
	ev.option = talks[_i].option;
	telnet_negotiate(&t, &ev, &out);
	ck_assert_uint_eq(out.len, talks[_i].answer ? 3 : 0);
	if (talks[_i].answer) {
		ck_assert_uint_eq(room[0], 255);
		ck_assert_uint_eq(room[1], talks[_i].answer);
		ck_assert_uint_eq(room[2], talks[_i].option);
	}
	ck_assert_int_eq(telnet_has_com_port(&t), talks[_i].has);
	ck_assert_int_eq(telnet_refused_com_port(&t), talks[_i].refused);
	if (talks[_i].option != TELNET_COM_PORT)
		return;
	out = ef_wr_init(room, sizeof(room));
	telnet_negotiate(&t, &ev, &out);
	ck_assert_uint_eq(out.len, 0); /* no loop */
}
END_TEST

/* ---- a server ---- */

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

static void note(struct server *s, const char *text)
{
	int n = snprintf(s->log + s->log_len, sizeof(s->log) - s->log_len, "%s ", text);

	if (n > 0)
		s->log_len += (size_t)n;
}

static void say(int fd, const void *data, size_t len)
{
	/* the client may have gone: not this thread's business */
	(void)send(fd, data, len, MSG_NOSIGNAL);
}

/* sub: option, command, value... without IAC SB and IAC SE */
static void serve_sub(struct server *s, int fd, uint8_t *sub, size_t len)
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

static void serve_option(struct server *s, int fd, uint8_t verb, uint8_t option)
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
static bool serve_bytes(struct server *s, int fd, const uint8_t *in, size_t len)
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
static void *serve(void *arg)
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

static bool start_family(struct server *s, int family)
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

static void stop(struct server *s)
{
	pthread_join(s->thread, NULL);
	close(s->listener);
}

static struct ef_port *open_client(struct server *s, const char *format, bool keep_lines)
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

static void read_exactly(struct ef_port *port, void *buf, size_t want)
{
	uint64_t deadline = ef_port_deadline(port, 2000);
	struct ef_err err = EF_ERR_INIT;
	size_t have = 0, len;

	while (have < want) {
		ck_ok(ef_port_read(port, (uint8_t *)buf + have, want - have, deadline, &len,
				   &err), &err);
		ck_assert_uint_gt(len, 0);
		have += len;
	}
}

static void check_echo(struct ef_port *port)
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

START_TEST(a_whole_session)
{
	struct server s = { .is_raw = false };
	struct ef_port *port = open_client(&s, "rfc2217://127.0.0.1", false);
	struct ef_err err = EF_ERR_INIT;
	uint8_t in[8];
	size_t len;

	ck_assert_uint_eq(port->caps, EF_PORT_HAS_LINES | EF_PORT_HAS_BAUD |
			  EF_PORT_ATOMIC_LINES | EF_PORT_REMOTE);
	ck_ok(ef_port_set_lines(port, EF_DTR | EF_RTS, EF_RTS, &err), &err);
	ck_ok(ef_port_set_lines(port, EF_DTR, EF_DTR, &err), &err);
	ck_ok(ef_port_set_baud(port, 921600, &err), &err);
	ck_assert_uint_eq(port->rate_hz, 921600);
	check_echo(port);
	/* what was on its way when the purge was confirmed is gone */
	ck_ok(ef_port_discard(port, &err), &err);
	ck_ok(ef_port_write(port, "new", 3, ef_port_deadline(port, 2000), &err), &err);
	read_exactly(port, in, 3);
	ck_assert_mem_eq(in, "new", 3);
	ck_ok(ef_port_read(port, in, sizeof(in), ef_port_now_us(port), &len, &err), &err);
	ck_assert_uint_eq(len, 0);
	ef_port_close(port);
	stop(&s);
	/* rate, 8 bits, no parity, one stop bit, DTR off, RTS off; then ours */
	ck_assert_str_eq(s.log, "@115200 2:8 3:1 4:1 5:9 5:12 5:9 5:11 5:8 @921600 12:1 ");
	ck_assert_uint_eq(s.recvs_at_both, 2);
}
END_TEST

static void keep_line(void *user, enum ef_log_level level, const char *line)
{
	char *kept = user;

	if (level == EF_LOG_DEBUG && strstr(line, "DTR and RTS"))
		(void)snprintf(kept + strlen(kept), 256 - strlen(kept), "%s|", line);
}

/* Once, however often they move. */
START_TEST(the_gap_between_two_lines_is_told)
{
	struct server s = { .is_raw = false };
	struct ef_err err = EF_ERR_INIT;
	char kept[256] = "";
	struct ef_port *port;

	ef_log_set_sink(keep_line, kept, EF_LOG_DEBUG);
	port = open_client(&s, "rfc2217://127.0.0.1", false);
	ck_ok(ef_port_set_lines(port, EF_DTR | EF_RTS, EF_RTS, &err), &err);
	ck_ok(ef_port_set_lines(port, EF_DTR | EF_RTS, EF_DTR, &err), &err);
	ef_log_set_sink(NULL, NULL, EF_LOG_WARN);
	ef_port_close(port);
	stop(&s);
	ck_assert_ptr_nonnull(strstr(kept, "the server moves DTR and RTS "));
	ck_assert_ptr_eq(strchr(kept, '|'), kept + strlen(kept) - 1);
}
END_TEST

START_TEST(keep_lines_sends_no_change)
{
	struct server s = { .is_raw = false };
	struct ef_port *port = open_client(&s, "rfc2217://127.0.0.1", true);

	ef_port_close(port);
	stop(&s);
	ck_assert_str_eq(s.log, "@115200 2:8 3:1 4:1 ");
}
END_TEST

START_TEST(telnet_without_serial_port)
{
	struct server s = { .refuses = true };
	struct ef_port *port = open_client(&s, "rfc2217://127.0.0.1", false);
	struct ef_err err = EF_ERR_INIT;

	ck_assert_uint_eq(port->caps, EF_PORT_REMOTE);
	ck_ok(ef_port_set_lines(port, EF_DTR, EF_DTR, &err), &err);
	ck_ok(ef_port_set_baud(port, 9600, &err), &err);
	ck_ok(ef_port_discard(port, &err), &err);
	check_echo(port);
	ef_port_close(port);
	stop(&s);
	ck_assert_str_eq(s.log, "");
}
END_TEST

START_TEST(servers_that_do_not_confirm)
{
	struct server s = { .ignores_control = true, .ignores_purge = true };
	struct ef_port *port = open_client(&s, "rfc2217://127.0.0.1", false);
	struct ef_err err = EF_ERR_INIT;

	ck_ok(ef_port_set_lines(port, EF_RTS, EF_RTS, &err), &err);
	ck_ok(ef_port_discard(port, &err), &err); /* learns that no answer comes */
	ck_ok(ef_port_discard(port, &err), &err);
	check_echo(port);
	ef_port_close(port);
	stop(&s);
	ck_assert_str_eq(s.log, "@115200 2:8 3:1 4:1 5:9 5:12 5:11 12:1 12:1 ");
}
END_TEST

START_TEST(a_rate_that_the_server_refuses)
{
	struct server s = { .forced_rate = 115200 };
	struct ef_port *port = open_client(&s, "rfc2217://127.0.0.1", false);
	struct ef_err err = EF_ERR_INIT;

	ck_fails(ef_port_set_baud(port, 921600, &err), &err, EF_E_UNSUPP, "it set 115200");
	ck_assert_uint_eq(port->rate_hz, 115200);
	ef_port_close(port);
	stop(&s);
}
END_TEST

START_TEST(a_server_that_leaves)
{
	struct server s = { .is_raw = false };
	struct ef_port *port = open_client(&s, "rfc2217://127.0.0.1", false);
	struct ef_err err = EF_ERR_INIT;
	uint8_t in[4];
	size_t len;

	ck_ok(ef_port_write(port, "abq", 3, ef_port_deadline(port, 2000), &err), &err);
	read_exactly(port, in, 2);
	ck_assert_mem_eq(in, "ab", 2);
	ck_fails(ef_port_read(port, in, 1, ef_port_deadline(port, 2000), &len, &err), &err,
		 EF_E_PORT, "gone");
	ck_fails(ef_port_set_baud(port, 9600, &err), &err, EF_E_PORT, "gone");
	ef_port_close(port);
	stop(&s);
}
END_TEST

START_TEST(a_server_that_comes_back)
{
	struct server s = { .more_sessions = 1 };
	struct ef_port *port = open_client(&s, "rfc2217://127.0.0.1", false);
	struct ef_err err = EF_ERR_INIT;
	uint8_t in[4];
	size_t len;

	ck_ok(ef_port_set_baud(port, 460800, &err), &err);
	ck_ok(ef_port_write(port, "aq", 2, ef_port_deadline(port, 2000), &err), &err);
	read_exactly(port, in, 1);
	ck_fails(ef_port_read(port, in, 1, ef_port_deadline(port, 2000), &len, &err), &err,
		 EF_E_PORT, "gone");
	ck_ok(ef_port_reopen(port, ef_port_deadline(port, 5000), &err), &err);
	ck_assert_uint_eq(port->rate_hz, 460800);
	ck_assert_uint_eq(port->caps, EF_PORT_HAS_LINES | EF_PORT_HAS_BAUD | EF_PORT_ATOMIC_LINES |
					      EF_PORT_REMOTE);
	check_echo(port);
	ef_port_close(port);
	stop(&s);
	ck_assert_str_eq(s.log, "@115200 2:8 3:1 4:1 5:9 5:12 @460800 "
				"@460800 2:8 3:1 4:1 5:9 5:12 ");
}
END_TEST

START_TEST(a_server_that_stays_away)
{
	struct server s = { .is_raw = true };
	struct ef_port *port = open_client(&s, "socket://127.0.0.1", false);
	struct ef_err err = EF_ERR_INIT;
	uint8_t in[4];
	size_t len;

	ck_ok(ef_port_write(port, "q", 1, ef_port_deadline(port, 2000), &err), &err);
	ck_fails(ef_port_read(port, in, 1, ef_port_deadline(port, 2000), &len, &err), &err,
		 EF_E_PORT, "gone");
	stop(&s);
	ck_fails(ef_port_reopen(port, ef_port_deadline(port, 100), &err), &err, EF_E_PORT,
		 "cannot reach");
	/* and no call hangs on a closed connection */
	ck_fails(ef_port_read(port, in, 1, ef_port_deadline(port, 60000), &len, &err), &err,
		 EF_E_PORT, "gone");
	ck_fails(ef_port_write(port, "x", 1, ef_port_deadline(port, 60000), &err), &err, EF_E_PORT,
		 "");
	ef_port_close(port);
}
END_TEST

START_TEST(raw_socket)
{
	struct server s = { .is_raw = true };
	struct ef_port *port = open_client(&s, "socket://127.0.0.1", false);
	struct ef_err err = EF_ERR_INIT;

	ck_assert_uint_eq(port->caps, EF_PORT_REMOTE);
	ck_ok(ef_port_set_lines(port, EF_DTR | EF_RTS, EF_DTR, &err), &err);
	ck_ok(ef_port_set_baud(port, 9600, &err), &err);
	check_echo(port);
	ck_ok(ef_port_discard(port, &err), &err);
	ck_ok(ef_port_drain(port, &err), &err);
	ef_port_close(port);
	stop(&s);
}
END_TEST

START_TEST(over_ipv6)
{
	struct server probe = { .is_raw = true }, s = { .is_raw = false };
	struct ef_port *port;

	probe.listener = socket(AF_INET6, SOCK_STREAM, 0);
	if (probe.listener >= 0) {
		struct sockaddr_in6 a = { .sin6_family = AF_INET6,
					  .sin6_addr = IN6ADDR_LOOPBACK_INIT };
		int r = bind(probe.listener, (void *)&a, sizeof(a));

		close(probe.listener);
		if (r != 0)
			return; /* no IPv6 on this machine */
		port = open_client(&s, "rfc2217://[::1]", false);
		check_echo(port);
		ef_port_close(port);
		stop(&s);
	}
}
END_TEST

START_TEST(nobody_there)
{
	struct ef_port_config config = { .rate_hz = 0 };
	struct ef_err err = EF_ERR_INIT;
	struct server s = { .is_raw = true };
	struct ef_port *port = NULL;
	char url[64];

	/* a port that was free a moment ago */
	port = open_client(&s, "socket://127.0.0.1", false);
	ef_port_close(port);
	stop(&s);
	snprintf(url, sizeof(url), "socket://127.0.0.1:%d", s.port);
	ck_assert(!ef_port_open(url, &config, &port, &err));
	ck_assert_ptr_nonnull(strstr(ck_hint(&err), "start the server"));
	ck_fails(false, &err, EF_E_PORT, "cannot reach 'socket://127.0.0.1:");
}
END_TEST

START_TEST(interrupted_negotiation)
{
	static volatile sig_atomic_t flag = 1;
	struct ef_port_config config = { .interrupt = &flag };
	struct server s = { .is_mute = true };
	struct ef_err err = EF_ERR_INIT;
	struct ef_port *port = NULL;
	char url[64];

	ck_assert(start_family(&s, AF_INET));
	snprintf(url, sizeof(url), "rfc2217://127.0.0.1:%d", s.port);
	ck_fails(ef_port_open(url, &config, &port, &err), &err, EF_E_INTR, "interrupted");
	stop(&s);
}
END_TEST

Suite *suite_rfc2217(void);
Suite *suite_rfc2217(void)
{
	Suite *s = suite_create("rfc2217");
	TCase *codec = tcase_create("codec"), *net = tcase_create("net");

	tcase_add_test(codec, client_begins);
	tcase_add_loop_test(codec, commands_as_bytes, 0, LEN(puts_));
	tcase_add_loop_test(codec, streams_decode_the_same_when_cut, 0, LEN(streams));
	tcase_add_test(codec, endless_subnegotiation_is_dropped);
	tcase_add_loop_test(codec, negotiation_answers_once, 0, LEN(talks));
	suite_add_tcase(s, codec);
	tcase_set_timeout(net, 20);
	tcase_add_test(net, a_whole_session);
	tcase_add_test(net, the_gap_between_two_lines_is_told);
	tcase_add_test(net, keep_lines_sends_no_change);
	tcase_add_test(net, telnet_without_serial_port);
	tcase_add_test(net, servers_that_do_not_confirm);
	tcase_add_test(net, a_rate_that_the_server_refuses);
	tcase_add_test(net, a_server_that_leaves);
	tcase_add_test(net, a_server_that_comes_back);
	tcase_add_test(net, a_server_that_stays_away);
	tcase_add_test(net, raw_socket);
	tcase_add_test(net, over_ipv6);
	tcase_add_test(net, nobody_there);
	tcase_add_test(net, interrupted_negotiation);
	suite_add_tcase(s, net);
	return s;
}
