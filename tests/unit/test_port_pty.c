/* SPDX-License-Identifier: MIT */
/*
 * The serial backend on a pseudo terminal: a device without modem lines, on
 * which everything else works.
 */
#define _GNU_SOURCE
#include "ck_ef.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <espflash/port.h>

#include "port/port_priv.h"
#include "rig/own_terminal.h"

struct pair {
	int master;
	char name[128];
	struct ef_port *port;
	volatile sig_atomic_t flag;
};

static struct pair p;

static void set_up(void)
{
	struct ef_port_config config = { .rate_hz = 460800, .interrupt = &p.flag };
	struct ef_err err = EF_ERR_INIT;
	const char *name;

	p.flag = 0;
	own_terminals();
	p.master = posix_openpt(O_RDWR | O_NOCTTY);
	ck_assert_int_ge(p.master, 0);
	ck_assert_int_eq(grantpt(p.master), 0);
	ck_assert_int_eq(unlockpt(p.master), 0);
	name = ptsname(p.master);
	ck_assert_ptr_nonnull(name);
	ck_assert_uint_lt(strlen(name), sizeof(p.name));
	memcpy(p.name, name, strlen(name) + 1);
	ck_ok(ef_port_open(p.name, &config, &p.port, &err), &err);
}

static void tear_down(void)
{
	ef_port_close(p.port);
	p.port = NULL;
	if (p.master >= 0)
		close(p.master);
}

/* The far end's bytes, waiting for at most 2 s. */
static void read_master(uint8_t *buf, size_t want)
{
	size_t have = 0;

	while (have < want) {
		struct pollfd f = { .fd = p.master, .events = POLLIN };
		ssize_t n;

		ck_assert_int_gt(poll(&f, 1, 2000), 0);
		n = read(p.master, buf + have, want - have);
		ck_assert_int_gt(n, 0);
		have += (size_t)n;
	}
}

static void read_port(uint8_t *buf, size_t want)
{
	uint64_t deadline = ef_port_deadline(p.port, 2000);
	struct ef_err err = EF_ERR_INIT;
	size_t have = 0, len = 0;

	while (have < want) {
		ck_ok(ef_port_read(p.port, buf + have, want - have, deadline, &len, &err), &err);
		ck_assert_uint_gt(len, 0);
		have += len;
	}
}

START_TEST(opens_without_lines)
{
	struct ef_err err = EF_ERR_INIT;

	ck_assert_uint_eq(p.port->caps, EF_PORT_HAS_BAUD);
	ck_assert_str_eq(p.port->info.name, p.name);
	ck_assert_int_eq(p.port->info.kind, EF_PORT_UNKNOWN);
	ck_assert_uint_eq(p.port->info.vid, 0);
	ck_assert_uint_eq(p.port->rate_hz, 460800);
	ck_ok(ef_port_set_lines(p.port, EF_DTR | EF_RTS, EF_RTS, &err), &err);
}
END_TEST

START_TEST(every_byte_passes_both_ways)
{
	struct ef_err err = EF_ERR_INIT;
	uint8_t all[256], got[256];

	for (unsigned i = 0; i < 256; i++)
		all[i] = (uint8_t)i;
	ck_ok(ef_port_write(p.port, all, sizeof(all), ef_port_deadline(p.port, 2000), &err), &err);
	read_master(got, sizeof(got));
	ck_assert_mem_eq(got, all, sizeof(all));
	ck_assert_int_eq(write(p.master, all, sizeof(all)), sizeof(all));
	read_port(got, sizeof(got));
	ck_assert_mem_eq(got, all, sizeof(all));
	ck_ok(ef_port_drain(p.port, &err), &err);
}
END_TEST

START_TEST(silence_is_no_failure)
{
	struct ef_err err = EF_ERR_INIT;
	uint64_t start = ef_port_now_us(p.port);
	uint8_t c;
	size_t len = 1;

	ck_ok(ef_port_read(p.port, &c, 1, start, &len, &err), &err);
	ck_assert_uint_eq(len, 0);
	len = 1;
	ck_ok(ef_port_read(p.port, &c, 1, start + 20000, &len, &err), &err);
	ck_assert_uint_eq(len, 0);
	ck_assert_uint_ge(ef_port_now_us(p.port), start + 20000);
}
END_TEST

START_TEST(interrupt_ends_waits)
{
	uint64_t far = ef_port_deadline(p.port, 60000);
	struct ef_err err = EF_ERR_INIT;
	uint8_t c;
	size_t len;

	p.flag = 1;
	ck_fails(ef_port_read(p.port, &c, 1, far, &len, &err), &err, EF_E_INTR, "interrupted");
	ck_fails(ef_port_sleep_us(p.port, 60000000, &err), &err, EF_E_INTR, "interrupted");
}
END_TEST

START_TEST(a_second_user_is_told)
{
	struct ef_port_config config = { .rate_hz = 0 };
	struct ef_err err = EF_ERR_INIT;
	struct ef_port *second = NULL;

	ck_assert(!ef_port_open(p.name, &config, &second, &err));
	ck_assert_ptr_nonnull(strstr(ck_hint(&err), "close the other program"));
	ck_fails(false, &err, EF_E_PORT, "busy");
	/* and after the first has left it is free */
	ef_port_close(p.port);
	p.port = NULL;
	ck_ok(ef_port_open(p.name, &config, &p.port, &err), &err);
}
END_TEST

START_TEST(a_symlink_will_do)
{
	char dir[] = "/tmp/ef-port-XXXXXX", link[64];
	struct ef_port_config config = { .rate_hz = 0 };
	struct ef_err err = EF_ERR_INIT;
	bool ok;

	ef_port_close(p.port);
	p.port = NULL;
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(link, sizeof(link), "%s/board", dir);
	ck_assert_int_eq(symlink(p.name, link), 0);
	ok = ef_port_open(link, &config, &p.port, &err);
	unlink(link);
	rmdir(dir);
	ck_ok(ok, &err);
	ck_assert_str_eq(p.port->info.name, link);
}
END_TEST

START_TEST(discard_drops_what_the_driver_holds)
{
	struct ef_err err = EF_ERR_INIT;
	uint8_t c;
	size_t len;

	ck_assert_int_eq(write(p.master, "abcdef", 6), 6);
	read_port(&c, 1);
	ck_assert_int_eq(write(p.master, "ghi", 3), 3);
	ck_ok(ef_port_discard(p.port, &err), &err);
	ck_ok(ef_port_read(p.port, &c, 1, ef_port_now_us(p.port), &len, &err), &err);
	/* the kernel may hand over "ghi" late; "bcdef" must not be seen again */
	ck_assert(len == 0 || (c >= 'g' && c <= 'i'));
}
END_TEST

START_TEST(rates_reach_the_terminal)
{
	struct ef_err err = EF_ERR_INIT;
	struct termios t;

	ck_ok(ef_port_set_baud(p.port, 230400, &err), &err);
	ck_assert_int_eq(tcgetattr(p.master, &t), 0);
	ck_assert_uint_eq(cfgetospeed(&t), B230400);
#ifdef __linux__
	/* no standard one: an ESP8266's first words, and what a driver rounds */
	ck_ok(ef_port_set_baud(p.port, 74880, &err), &err);
	ck_assert_uint_eq(p.port->rate_hz, 74880);
	ck_assert_int_eq(tcgetattr(p.master, &t), 0);
	ck_assert_uint_ne(cfgetospeed(&t), B230400);
#endif
	ck_ok(ef_port_set_baud(p.port, 115200, &err), &err);
	ck_assert_int_eq(tcgetattr(p.master, &t), 0);
	ck_assert_uint_eq(cfgetospeed(&t), B115200);
}
END_TEST

START_TEST(a_close_does_not_hang_up)
{
	struct termios t;

	ck_assert_int_eq(tcgetattr(p.master, &t), 0);
	ck_assert_uint_eq(t.c_cflag & HUPCL, 0);
	ck_assert_uint_eq(t.c_lflag & (ECHO | ICANON | ISIG), 0);
	ck_assert_uint_eq(t.c_iflag & (IXON | IXOFF | ICRNL), 0);
	ck_assert_uint_eq(t.c_oflag & OPOST, 0);
}
END_TEST

START_TEST(a_reader_that_sleeps_is_a_timeout)
{
	struct ef_err err = EF_ERR_INIT;
	static uint8_t data[1 << 20];

	ck_fails(ef_port_write(p.port, data, sizeof(data), ef_port_deadline(p.port, 30), &err),
		 &err, EF_E_TIMEOUT, "took no data in time");
}
END_TEST

START_TEST(unplugged_is_gone)
{
	struct ef_err err = EF_ERR_INIT;
	uint8_t c;
	size_t len;

	close(p.master);
	p.master = -1;
	ck_fails(ef_port_read(p.port, &c, 1, ef_port_deadline(p.port, 2000), &len, &err), &err,
		 EF_E_PORT, "gone");
	ck_fails(ef_port_write(p.port, "x", 1, ef_port_deadline(p.port, 2000), &err), &err,
		 EF_E_PORT, "gone");
}
END_TEST

/*
 * The remedy depends on the device's owner: joining its group helps only if that group has
 * access.
 */
START_TEST(permission_names_the_group)
{
	char path[] = "/tmp/ef-port-XXXXXX";
	struct ef_err err = EF_ERR_INIT, other = EF_ERR_INIT;
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fchmod(fd, 0600), 0);
	ck_assert(!host_fail_port(&err, path, EACCES));
	ck_assert_msg(strstr(ck_hint(&err), "chmod a+rw") && !strstr(ck_hint(&err), "usermod"),
		      "'%s'", ck_hint(&err));
	/* The group 1 has the same name on all of them; only root may give a file to it. */
	if (fchown(fd, (uid_t)-1, 1) == 0 && getgrgid(1)) {
		ck_assert_int_eq(fchmod(fd, 0660), 0);
		ck_assert(!host_fail_port(&other, path, EACCES));
		ck_assert_msg(strstr(ck_hint(&other), getgrgid(1)->gr_name) != NULL, "'%s'",
			      ck_hint(&other));
		ck_assert(!strstr(ck_hint(&other), "dialout"));
	}
	close(fd);
	unlink(path);
}
END_TEST

Suite *suite_port_pty(void);
Suite *suite_port_pty(void)
{
	Suite *s = suite_create("port_pty");
	TCase *t = tcase_create("all");
	int probe = posix_openpt(O_RDWR | O_NOCTTY);

	suite_add_tcase(s, t);
	if (probe < 0) {
		fputs("no pseudo terminals here: skipped\n", stdout);
		return s;
	}
	close(probe);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, opens_without_lines);
	tcase_add_test(t, every_byte_passes_both_ways);
	tcase_add_test(t, silence_is_no_failure);
	tcase_add_test(t, interrupt_ends_waits);
	tcase_add_test(t, a_second_user_is_told);
	tcase_add_test(t, a_symlink_will_do);
	tcase_add_test(t, discard_drops_what_the_driver_holds);
	tcase_add_test(t, rates_reach_the_terminal);
	tcase_add_test(t, a_close_does_not_hang_up);
	tcase_add_test(t, a_reader_that_sleeps_is_a_timeout);
	tcase_add_test(t, unplugged_is_gone);
	tcase_add_test(t, permission_names_the_group);
	return s;
}
