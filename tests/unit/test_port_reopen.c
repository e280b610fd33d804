/* SPDX-License-Identifier: MIT */
/*
 * A device that disappears and returns: how it is recognised, a pseudo terminal
 * that another one replaces, and the program that holds a port.
 */
#define _GNU_SOURCE
#include "ck_ef.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/util.h"
#include "port/port_priv.h"
#include "rig/fake_port.h"
#include "rig/own_terminal.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

#define USB(n, v, p, s, l)                                                                         \
	{                                                                                          \
		.name = n, .kind = EF_PORT_USB, .vid = v, .pid = p, .serial = s, .location = l     \
	}

static const struct {
	const char *what;
	struct ef_port_info was, now;
	bool is_same;
} pairs[] = {
	{ "renamed", USB("/dev/ttyACM0", 0x303a, 0x1001, "7C:DF:A1:00:00:05", "1-2:1.0"),
	  USB("/dev/ttyACM1", 0x303a, 0x1001, "7C:DF:A1:00:00:05", "1-2:1.0"), true },
	{ "another socket", USB("/dev/ttyACM0", 0x303a, 0x1001, "7C:DF:A1:00:00:05", "1-2:1.0"),
	  USB("/dev/ttyACM0", 0x303a, 0x1001, "7C:DF:A1:00:00:05", "1-3:1.0"), true },
	{ "application for loader",
	  USB("/dev/ttyACM0", 0x303a, 0x0009, "7C:DF:A1:00:00:05", "1-2:1.0"),
	  USB("/dev/ttyACM0", 0x303a, 0x4001, "7C:DF:A1:00:00:05", "1-2:1.2"), true },
	{ "a loader without a number",
	  USB("/dev/ttyACM0", 0x303a, 0x4001, "my-board-17", "1-2:1.0"),
	  USB("/dev/ttyACM0", 0x303a, 0x0002, "", "1-2:1.0"), true },
	{ "another board at the same socket",
	  USB("/dev/ttyACM0", 0x303a, 0x1001, "7C:DF:A1:00:00:05", "1-2:1.0"),
	  USB("/dev/ttyACM0", 0x303a, 0x1001, "7C:DF:A1:00:00:06", "1-2:1.0"), false },
	{ "another vendor", USB("/dev/ttyUSB0", 0x10c4, 0xea60, "a1b2c3d4e5f6", "1-2:1.0"),
	  USB("/dev/ttyUSB0", 0x1a86, 0x7523, "a1b2c3d4e5f6", "1-2:1.0"), false },
	{ "no number, same socket", USB("/dev/ttyUSB0", 0x1a86, 0x7523, "", "1-2.4:1.0"),
	  USB("/dev/ttyUSB1", 0x1a86, 0x7523, "", "1-2.4:1.0"), true },
	{ "no number, next socket", USB("/dev/ttyUSB0", 0x1a86, 0x7523, "", "1-2.4:1.0"),
	  USB("/dev/ttyUSB0", 0x1a86, 0x7523, "", "1-2.40:1.0"), false },
	{ "every CP2102's number", USB("/dev/ttyUSB0", 0x10c4, 0xea60, "0001", "1-2:1.0"),
	  USB("/dev/ttyUSB1", 0x10c4, 0xea60, "0001", "1-3:1.0"), false },
	{ "zeros are no number", USB("/dev/ttyUSB0", 0x10c4, 0xea60, "00000000", "1-2:1.0"),
	  USB("/dev/ttyUSB1", 0x10c4, 0xea60, "00000000", "1-3:1.0"), false },
	{ "nothing known but the name", USB("/dev/ttyUSB0", 0x10c4, 0xea60, "0001", ""),
	  USB("/dev/ttyUSB0", 0x10c4, 0xea60, "0001", ""), true },
	{ "no USB device", { .name = "/dev/ttyS0" }, { .name = "/dev/ttyS0" }, true },
	{ "no USB device, another", { .name = "/dev/ttyS0" }, { .name = "/dev/ttyS1" }, false },
};

START_TEST(what_is_the_same_device)
{
	ck_assert_msg((port_likeness(&pairs[_i].was, &pairs[_i].now) > 0) == pairs[_i].is_same,
		      "%s", pairs[_i].what);
}
END_TEST

/* Which of two ports of the device it is: the first of each row. */
static const struct {
	const char *what;
	struct ef_port_info was, better, worse;
} ranks[] = {
	{ "interface before name", USB("/dev/ttyUSB1", 0x0403, 0x6010, "FT8ABCDE", "1-2:1.1"),
	  USB("/dev/ttyUSB2", 0x0403, 0x6010, "FT8ABCDE", "1-2:1.1"),
	  USB("/dev/ttyUSB1", 0x0403, 0x6010, "FT8ABCDE", "1-2:1.0") },
	{ "interface before product and name",
	  USB("/dev/ttyACM0", 0x303a, 0x4001, "my-board-17", "1-2:1.0"),
	  USB("/dev/ttyACM1", 0x303a, 0x0002, "my-board-17", "1-2:1.0"),
	  USB("/dev/ttyACM0", 0x303a, 0x4001, "my-board-17", "1-2:1.2") },
	{ "product before name", USB("/dev/ttyACM0", 0x303a, 0x4001, "my-board-17", "1-2:1.0"),
	  USB("/dev/ttyACM1", 0x303a, 0x4001, "my-board-17", "1-3:1.0"),
	  USB("/dev/ttyACM0", 0x303a, 0x0002, "my-board-17", "1-3:1.0") },
	{ "product", USB("/dev/ttyACM0", 0x303a, 0x4001, "my-board-17", "1-2:1.0"),
	  USB("/dev/ttyACM1", 0x303a, 0x4001, "my-board-17", "1-3:1.0"),
	  USB("/dev/ttyACM2", 0x303a, 0x0002, "my-board-17", "1-3:1.0") },
	{ "name", USB("/dev/ttyUSB0", 0x1a86, 0x7523, "", "1-2.4:1.0"),
	  USB("/dev/ttyUSB0", 0x1a86, 0x7523, "", "1-2.4:1.0"),
	  USB("/dev/ttyUSB1", 0x1a86, 0x7523, "", "1-2.4:1.0") },
	{ "number before socket", USB("/dev/ttyACM0", 0x303a, 0x4001, "my-board-17", "1-2:1.0"),
	  USB("/dev/ttyACM1", 0x303a, 0x1001, "my-board-17", "1-3:1.2"),
	  USB("/dev/ttyACM0", 0x303a, 0x0002, "", "1-2:1.0") },
};

START_TEST(which_port_of_the_device)
{
	ck_assert_msg(port_likeness(&ranks[_i].was, &ranks[_i].better) >
			      port_likeness(&ranks[_i].was, &ranks[_i].worse),
		      "%s", ranks[_i].what);
}
END_TEST

static int new_pty(char *ret, size_t cap)
{
	const char *name;
	int fd;

	own_terminals();
	fd = posix_openpt(O_RDWR | O_NOCTTY);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(grantpt(fd), 0);
	ck_assert_int_eq(unlockpt(fd), 0);
	name = ptsname(fd);
	ck_assert_ptr_nonnull(name);
	ck_assert(ef_strlcpy(ret, cap, name));
	return fd;
}

START_TEST(a_terminal_that_comes_back)
{
	struct ef_port_config config = { .rate_hz = 460800 };
	char dir[] = "/tmp/ef-port-XXXXXX", link[64], first[64], second[64];
	struct ef_err err = EF_ERR_INIT;
	struct ef_port *port = NULL;
	uint8_t c = 0;
	size_t len = 0;
	int a = new_pty(first, sizeof(first)), b;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(link, sizeof(link), "%s/board", dir);
	ck_assert_int_eq(symlink(first, link), 0);
	ck_ok(ef_port_open(link, &config, &port, &err), &err);
	close(a);
	ck_fails(ef_port_read(port, &c, 1, ef_port_deadline(port, 2000), &len, &err), &err,
		 EF_E_PORT, "gone");
	unlink(link);
	ck_fails(ef_port_reopen(port, ef_port_now_us(port), &err), &err, EF_E_PORT, "no such");
	/* a port that is not open fails at once, without waiting these 60 s */
	ck_fails(ef_port_read(port, &c, 1, ef_port_deadline(port, 60000), &len, &err), &err,
		 EF_E_PORT, "gone");
	ck_fails(ef_port_set_baud(port, 9600, &err), &err, EF_E_PORT, "gone");
	b = new_pty(second, sizeof(second));
	ck_assert_int_eq(symlink(second, link), 0);
	ck_ok(ef_port_reopen(port, ef_port_deadline(port, 2000), &err), &err);
	ck_assert_uint_eq(port->rate_hz, 460800);
	ck_assert_str_eq(port->info.name, link);
	ck_assert_int_eq(write(b, "x", 1), 1);
	ck_ok(ef_port_read(port, &c, 1, ef_port_deadline(port, 2000), &len, &err), &err);
	ck_assert_uint_eq(len, 1);
	ck_assert_uint_eq(c, 'x');
	ef_port_close(port);
	close(b);
	unlink(link);
	rmdir(dir);
}
END_TEST

static bool fake_reopen(struct ef_port *port, uint64_t deadline_us, struct ef_err *err)
{
	(void)deadline_us;
	port->lines = 0;
	fake_log(fake_of(port), "reopen");
	return fake_set_lines(port, EF_DTR | EF_RTS, 0, err);
}

static void no_sink(void *user, const char *line)
{
	(void)user;
	(void)line;
}

/* With inverted lines, reopening must not leave them asserted on the wire. */
START_TEST(inverted_lines_are_idle_after_it)
{
	struct ef_err err = EF_ERR_INIT;
	struct ef_port *port;
	struct fake_port f;
	bool is_traced = _i & 1;
	unsigned lines = _i & 2 ? EF_RTS : EF_DTR | EF_RTS;

	fake_init(&f, FAKE_SERIAL);
	f.ops.reopen = fake_reopen;
	port = &f.base;
	if (is_traced)
		ck_ok(ef_port_trace(&f.base, no_sink, NULL, &port, &err), &err);
	ck_ok(ef_port_invert_lines(port, lines, &err), &err);
	ck_ok(ef_port_set_lines(port, EF_DTR | EF_RTS, EF_RTS, &err), &err);
	f.log_len = 0;
	ck_ok(ef_port_reopen(port, 0, &err), &err);
	f.log[f.log_len] = '\0';
	ck_assert_str_eq(f.log,
			 _i & 2 ? "0 reopen\n0 D0R0\n0 D0R1\n" : "0 reopen\n0 D0R0\n0 D1R1\n");
	ck_assert_uint_eq(port->lines, 0);
	ck_assert_uint_eq(port->inverted, lines);
	/* without inversion, nothing is set twice */
	ck_ok(ef_port_invert_lines(port, 0, &err), &err);
	f.log_len = 0;
	ck_ok(ef_port_reopen(port, 0, &err), &err);
	f.log[f.log_len] = '\0';
	ck_assert_str_eq(f.log, "0 reopen\n0 D0R0\n");
	if (is_traced)
		ef_port_close(port);
}
END_TEST

#ifdef __linux__
START_TEST(the_holder_is_named)
{
	struct ef_port_config config = { .rate_hz = 0 };
	struct ef_err err = EF_ERR_INIT;
	struct ef_port *port = NULL;
	char name[64], who[96] = "", want[32];
	int master = new_pty(name, sizeof(name)), ready[2], c = 0;
	pid_t pid;

	ck_assert(!ef_port_holder(name, who, sizeof(who)));
	ck_assert_int_eq(pipe(ready), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		bool ok = ef_port_open(name, &config, &port, &err);

		(void)!write(ready[1], ok ? "y" : "n", 1);
		for (;;)
			pause();
	}
	ck_assert_int_eq(read(ready[0], &c, 1), 1);
	ck_assert_int_eq(c, 'y');
	ck_assert(ef_port_holder(name, who, sizeof(who)));
	snprintf(want, sizeof(want), "(pid %ld)", (long)pid);
	ck_assert_msg(strstr(who, want) != NULL, "%s", who);
	ck_assert(!ef_port_open(name, &config, &port, &err));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	ck_fails(false, &err, EF_E_PORT, want);
	ck_assert(!ef_port_holder(name, who, sizeof(who)));
	close(master);
	close(ready[0]);
	close(ready[1]);
}
END_TEST
#endif

Suite *suite_port_reopen(void);
Suite *suite_port_reopen(void)
{
	Suite *s = suite_create("port-reopen");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 20);
	tcase_add_loop_test(t, what_is_the_same_device, 0, LEN(pairs));
	tcase_add_loop_test(t, which_port_of_the_device, 0, (int)LEN(ranks));
	tcase_add_test(t, a_terminal_that_comes_back);
	tcase_add_loop_test(t, inverted_lines_are_idle_after_it, 0, 4);
#ifdef __linux__
	tcase_add_test(t, the_holder_is_named);
#endif
	suite_add_tcase(s, t);
	return s;
}
