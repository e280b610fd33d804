/* SPDX-License-Identifier: MIT */
/*
 * A terminal that accepts no output: the keyboard works, memory is bounded, and once the
 * terminal is read again, every line arrives, in order.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "ck_ef.h"
#include "rig/fake_port.h"
#include "rig/own_terminal.h"

#include "base/util.h"
#include "monitor/out.h"
#include <espflash/monitor.h>

#define LINES 100000u /* more than the ring holds */

static const struct {
	enum ef_stamp stamp;
	bool is_empty; /* empty lines with a time stamp: each byte becomes fifteen */
} kinds[] = {
	{ EF_STAMP_NONE, false },
	{ EF_STAMP_ELAPSED, false },
	{ EF_STAMP_ELAPSED, true },
};

struct stall {
	struct fake_port port;
	int master, slave;
	bool is_empty, is_reading;
	bool leaves;           /* the exit key is pressed when the output stalls... */
	unsigned leaves_at;    /* ...or when this line was sent */
	unsigned said, seen;   /* lines */
	unsigned reads, turns; /* reads of the port, and turns since the last one */
	char chunk[4000], line[128];
	size_t line_len;
	volatile sig_atomic_t stop;
};

static void leave(struct stall *s)
{
	ck_assert_int_eq(write(s->master, "\x03", 1), 1);
	s->leaves = false;
}

/* The chip: numbered lines as fast as they are read. */
static void on_read(struct fake_port *f)
{
	struct stall *s = f->user;
	size_t len = 0;

	while (s->said < LINES && len + 32 < sizeof(s->chunk))
		len += (size_t)snprintf(s->chunk + len, sizeof(s->chunk) - len,
					s->is_empty ? "\n" : "line %u\n", s->said++);
	s->chunk[len] = '\0';
	f->say[0] = s->chunk;
	f->say_pos = len > 0 ? 0 : 1;
	s->turns = 0;
	s->reads++;
	if (s->leaves && s->leaves_at && s->said > s->leaves_at)
		leave(s);
}

/* Assertions of libcheck are slow: one for each line is too much. */
static bool is_right(const struct stall *s)
{
	char want[32];
	const char *text = strchr(s->line, ']');

	(void)snprintf(want, sizeof(want), s->is_empty ? "\r" : "line %u\r", s->seen);
	return strcmp(text ? text + 2 : s->line, want) == 0;
}

static void read_terminal(struct stall *s)
{
	char room[4096];
	ssize_t n = read(s->master, room, sizeof(room));

	for (ssize_t i = 0; i < n; i++) {
		if (room[i] != '\n') {
			s->line[s->line_len++ % (sizeof(s->line) - 1)] = room[i];
			continue;
		}
		s->line[s->line_len % sizeof(s->line)] = '\0';
		s->line_len = 0;
		if (!is_right(s))
			ck_abort_msg("line %u: '%s'", s->seen, s->line);
		if (++s->seen == LINES)
			s->stop = 1;
	}
}

static void on_idle(void *user, struct ef_monitor *m)
{
	struct stall *s = user;

	(void)m;
	if (++s->turns == 3 && s->reads > 0 && !s->is_reading) {
		/* the chip is not read beyond what the ring holds */
		ck_assert_uint_le(s->reads * sizeof(s->chunk), OUT_SIZE);
		if (s->leaves)
			leave(s);
		else
			s->is_reading = true;
	}
	if (s->is_reading)
		read_terminal(s);
}

static bool stall_open(struct stall *s, struct ef_monitor_opts *opts)
{
	own_terminals();
	s->master = posix_openpt(O_RDWR | O_NOCTTY);
	if (s->master < 0 || grantpt(s->master) != 0 || unlockpt(s->master) != 0)
		return false;
	s->slave = open(ptsname(s->master), O_RDWR | O_NOCTTY);
	ck_assert_int_ge(s->slave, 0);
	ck_assert_int_eq(fcntl(s->master, F_SETFL, O_NONBLOCK), 0);
	fake_init(&s->port, FAKE_SERIAL);
	s->port.on_read = on_read;
	s->port.user = s;
	s->port.say_count = 1;
	s->port.say[0] = "";
	opts->input.fd = opts->output.fd = s->slave;
	opts->input.is_quiet = true;
	opts->idle = on_idle;
	opts->user = s;
	opts->interrupt = &s->stop;
	return true;
}

static void stall_close(struct stall *s)
{
	close(s->master);
	close(s->slave);
	free(s);
}

START_TEST(all_lines_arrive)
{
	struct stall *s = calloc(1, sizeof(*s));
	struct ef_monitor_opts opts = EF_MONITOR_OPTS_INIT;
	struct ef_err err = EF_ERR_INIT;

	ck_assert_ptr_nonnull(s);
	s->is_empty = kinds[_i].is_empty;
	opts.output.stamp = kinds[_i].stamp;
	if (stall_open(s, &opts)) {
		ck_ok(ef_monitor_run(&s->port.base, &opts, &err), &err);
		ck_assert_uint_eq(s->seen, LINES);
	}
	stall_close(s);
}
END_TEST

/* While the chip talks, and once the run has ended but its text still waits. */
START_TEST(the_exit_key_works)
{
	static const char *const until[] = { "line 30000" };
	struct stall *s = calloc(1, sizeof(*s));
	struct ef_monitor_opts opts = EF_MONITOR_OPTS_INIT;
	struct ef_err err = EF_ERR_INIT;

	ck_assert_ptr_nonnull(s);
	s->leaves = true;
	s->leaves_at = _i ? 30000 : 0;
	opts.ends.until = until;
	opts.ends.until_count = (size_t)_i;
	if (stall_open(s, &opts)) {
		ck_ok(ef_monitor_run(&s->port.base, &opts, &err), &err);
		ck_assert(!s->leaves);
		ck_assert_uint_eq(s->seen, 0);
	}
	stall_close(s);
}
END_TEST

Suite *suite_monitor_stall(void);
Suite *suite_monitor_stall(void)
{
	Suite *s = suite_create("monitor_stall");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, all_lines_arrive, 0, EF_ARRAY_LEN(kinds));
	tcase_add_loop_test(t, the_exit_key_works, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
