/* SPDX-License-Identifier: MIT */
/*
 * A user pastes 64 KiB into a terminal, as fast as it takes them, while the chip
 * talks. All of it reaches the chip, in order, with the right line ends.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "ck_ef.h"
#include "rig/fake_port.h"
#include "rig/own_terminal.h"

#include "base/util.h"
#include <espflash/monitor.h>

#define PASTE 65536u

static const struct {
	enum ef_eol eol;
	const char *end;
} kinds[] = {
	{ EF_EOL_DEFAULT, "\r" },
	{ EF_EOL_CR, "\r" },
	{ EF_EOL_LF, "\n" },
	{ EF_EOL_CRLF, "\r\n" },
};

struct paste {
	struct fake_port port;
	int master, slave;
	const char *end;
	size_t typed, sent; /* of the pasted characters */
	size_t end_sent;    /* of the current line end */
	volatile sig_atomic_t stop;
	unsigned idle;
};

/* Lines of 50 characters; Enter is CR on a terminal. */
static char pasted(size_t at)
{
	return at % 50 == 49 ? '\r' : (char)(' ' + (at * 7 + at / 50) % 94);
}

static void on_read(struct fake_port *f)
{
	struct paste *p = f->user;
	char room[512];
	size_t len = 0;
	ssize_t n;

	while (len < sizeof(room) && p->typed + len < PASTE) {
		room[len] = pasted(p->typed + len);
		len++;
	}
	n = len ? write(p->master, room, len) : 0;
	if (n > 0)
		p->typed += (size_t)n;
	f->say_pos = 0; /* the chip repeats its text for ever */
	if (p->sent == PASTE || ++p->idle > 100000)
		p->stop = 1;
}

static bool receive(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		    struct ef_err *err)
{
	struct paste *p = fake_of(port)->user;

	(void)deadline_us;
	(void)err;
	for (size_t i = 0; i < len; i++) {
		bool is_end = pasted(p->sent) == '\r';

		ck_assert_uint_lt(p->sent, PASTE);
		ck_assert_int_eq(data[i], is_end ? p->end[p->end_sent] : pasted(p->sent));
		if (is_end && p->end[++p->end_sent])
			continue;
		p->end_sent = 0;
		p->sent++;
	}
	return true;
}

static bool open_terminal(struct paste *p)
{
	char trash[4096];

	own_terminals();
	p->master = posix_openpt(O_RDWR | O_NOCTTY);
	if (p->master < 0 || grantpt(p->master) != 0 || unlockpt(p->master) != 0)
		return false;
	p->slave = open(ptsname(p->master), O_RDWR | O_NOCTTY);
	ck_assert_int_ge(p->slave, 0);
	ck_assert_int_eq(fcntl(p->master, F_SETFL, O_NONBLOCK), 0);
	(void)!read(p->master, trash, sizeof(trash));
	return true;
}

START_TEST(all_arrives)
{
	struct paste *p = calloc(1, sizeof(*p));
	struct ef_monitor_opts opts = EF_MONITOR_OPTS_INIT;
	struct ef_err err = EF_ERR_INIT;

	ck_assert_ptr_nonnull(p);
	if (!open_terminal(p)) {
		printf("skipped: no pseudo terminals\n");
		free(p);
		return;
	}
	fake_init(&p->port, FAKE_SERIAL);
	p->port.ops.write = receive;
	p->port.base.rate_hz = 115200;
	p->port.on_read = on_read;
	p->port.user = p;
	p->port.say[p->port.say_count++] = "I (1) app: still here\r\n";
	p->end = kinds[_i].end;
	opts.input.fd = p->slave;
	opts.input.is_quiet = true;
	opts.input.eol = kinds[_i].eol;
	opts.interrupt = &p->stop;
	ck_ok(ef_monitor_run(&p->port.base, &opts, &err), &err);
	ck_assert_uint_eq(p->sent, PASTE);
	close(p->master);
	close(p->slave);
	free(p);
}
END_TEST

Suite *suite_monitor_paste(void);
Suite *suite_monitor_paste(void)
{
	Suite *s = suite_create("monitor_paste");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 30);
	tcase_add_loop_test(t, all_arrives, 0, EF_ARRAY_LEN(kinds));
	suite_add_tcase(s, t);
	return s;
}
