/* SPDX-License-Identifier: MIT */
/*
 * The network ports against a small server of the test's own on the loopback. The
 * codec: test_telnet.c.
 */
#include "rfc2217_server.h"

#include <espflash/log.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <espflash/port.h>

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

/* ---- a server ---- */

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
	TCase *net = tcase_create("net");

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
