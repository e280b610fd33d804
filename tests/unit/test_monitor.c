/* SPDX-License-Identifier: MIT */
/*
 * The monitor: the loop over pipes and a pseudo terminal, with a port in virtual
 * time. Its text filter: test_monitor_filter.c.
 */
#define _GNU_SOURCE
#include "ck_ef.h"
#include "rig/fake_port.h"
#include "rig/own_terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <espflash/monitor.h>

#define LEN(a) (sizeof(a) / sizeof((a)[0]))
#define BAD    "\xef\xbf\xbd"

static volatile sig_atomic_t flag;

struct rig {
	struct fake_port port;
	int in[2], out[2];   /* pipes */
	int master, slave;   /* or a terminal */
	unsigned stop_after; /* reads; then the flag goes up */
	const char *type;    /* typed at the second read */
	bool close_input;
};

static void on_read(struct fake_port *f)
{
	struct rig *r = f->user;

	if (f->reads == 2 && r->type) {
		size_t len = strlen(r->type);
		int fd = r->master >= 0 ? r->master : r->in[1];

		ck_assert_int_eq(write(fd, r->type, len), (ssize_t)len);
		if (r->slave >= 0) { /* the kernel carries it over in its own time */
			struct pollfd p = { .fd = r->slave, .events = POLLIN };

			ck_assert_int_eq(poll(&p, 1, 2000), 1);
		}
	}
	if (f->reads == 2 && r->close_input) {
		close(r->in[1]);
		r->in[1] = -1;
	}
	if (f->reads == r->stop_after)
		flag = 1;
}

static void rig_init(struct rig *r, unsigned caps)
{
	memset(r, 0, sizeof(*r));
	r->in[0] = r->in[1] = r->out[0] = r->out[1] = r->master = r->slave = -1;
	flag = 0;
	fake_init(&r->port, caps);
	r->port.on_read = on_read;
	r->port.user = r;
	ck_assert_int_eq(pipe(r->in), 0);
	ck_assert_int_eq(pipe(r->out), 0);
	ck_assert_int_eq(fcntl(r->out[0], F_SETFL, O_NONBLOCK), 0);
}

static bool rig_terminal(struct rig *r)
{
	const char *name;

	own_terminals();
	r->master = posix_openpt(O_RDWR | O_NOCTTY);
	if (r->master < 0)
		return false;
	ck_assert_int_eq(grantpt(r->master), 0);
	ck_assert_int_eq(unlockpt(r->master), 0);
	name = ptsname(r->master);
	ck_assert_ptr_nonnull(name);
	r->slave = open(name, O_RDWR | O_NOCTTY);
	ck_assert_int_ge(r->slave, 0);
	return true;
}

static void rig_release(struct rig *r)
{
	int fds[] = { r->in[0], r->in[1], r->out[0], r->out[1], r->slave, r->master };

	for (size_t i = 0; i < LEN(fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

/* Reads the output: waits for the wanted length, and also reads what exceeds it. */
static void take(int fd, const char *want)
{
	char text[512];
	size_t len = 0, cap = sizeof(text);
	ssize_t n;

	while (len + 1 < cap) {
		struct pollfd p = { .fd = fd, .events = POLLIN };

		if (poll(&p, 1, len < strlen(want) ? 2000 : 0) <= 0)
			break;
		n = read(fd, text + len, cap - 1 - len);
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	text[len] = '\0';
	ck_assert_str_eq(text, want);
}

START_TEST(text_goes_to_a_pipe_as_it_is)
{
	struct ef_err err = EF_ERR_INIT;
	struct ef_monitor_opts opts = EF_MONITOR_OPTS_INIT;
	struct rig r;

	rig_init(&r, FAKE_SERIAL);
	r.port.say[r.port.say_count++] = "boot:\n\xe2\x82";
	r.port.say[r.port.say_count++] = "\xac 5\n";
	r.stop_after = 5;
	opts.output.fd = r.out[1];
	opts.interrupt = &flag;
	ck_ok(ef_monitor_run(&r.port.base, &opts, &err), &err);
	take(r.out[0], "boot:\n\xe2\x82\xac 5\n");
	ck_assert_str_eq(r.port.log, ""); /* attached without touching the lines */
	rig_release(&r);
}
END_TEST

START_TEST(a_pipe_types_and_its_end_is_not_ours)
{
	struct ef_err err = EF_ERR_INIT;
	struct ef_monitor_opts opts = EF_MONITOR_OPTS_INIT;
	struct rig r;

	rig_init(&r, FAKE_SERIAL);
	r.type = "help\n\x03\x12";
	r.close_input = true;
	r.stop_after = 9;
	opts.input.fd = r.in[0];
	opts.output.fd = r.out[1];
	opts.interrupt = &flag;
	ck_ok(ef_monitor_run(&r.port.base, &opts, &err), &err);
	ck_assert_uint_eq(r.port.reads, 9);
	/* a pipe has no key commands: bytes are bytes */
	ck_assert_uint_eq(r.port.sent_len, 7);
	ck_assert_mem_eq(r.port.sent, "help\n\x03\x12", 7);
	rig_release(&r);
}
END_TEST

START_TEST(a_pipe_has_any_line_ends)
{
	struct ef_err err = EF_ERR_INIT;
	struct ef_monitor_opts opts = EF_MONITOR_OPTS_INIT;
	struct rig r;

	rig_init(&r, FAKE_SERIAL);
	r.type = "a\nb\r\nc\rd\n\n";
	r.stop_after = 9;
	opts.input.fd = r.in[0];
	opts.output.fd = r.out[1];
	opts.interrupt = &flag;
	opts.input.eol = EF_EOL_CRLF;
	ck_ok(ef_monitor_run(&r.port.base, &opts, &err), &err);
	ck_assert_uint_eq(r.port.sent_len, 14);
	ck_assert_mem_eq(r.port.sent, "a\r\nb\r\nc\r\nd\r\n\r\n", 14);
	rig_release(&r);
}
END_TEST

START_TEST(the_reader_leaves)
{
	struct ef_err err = EF_ERR_INIT;
	struct ef_monitor_opts opts = EF_MONITOR_OPTS_INIT;
	struct rig r;

	rig_init(&r, FAKE_SERIAL);
	close(r.out[0]);
	r.out[0] = -1;
	r.port.say[r.port.say_count++] = "text\n";
	r.port.fails.read = EF_E_PROTOCOL; /* never reached */
	opts.output.fd = r.out[1];
	/* SIGPIPE has its default action here, which would end the test */
	opts.interrupt = &flag;
	ck_ok(ef_monitor_run(&r.port.base, &opts, &err), &err);
	rig_release(&r);
}
END_TEST

START_TEST(the_port_goes_away)
{
	struct ef_err err = EF_ERR_INIT;
	struct ef_monitor_opts opts = EF_MONITOR_OPTS_INIT;
	struct rig r;

	rig_init(&r, FAKE_SERIAL);
	r.port.say[r.port.say_count++] = "last words \xc3";
	r.port.fails.read = EF_E_PORT;
	opts.output.fd = r.out[1];
	ck_fails(ef_monitor_run(&r.port.base, &opts, &err), &err, EF_E_PORT, "fails");
	take(r.out[0], "last words " BAD);
	rig_release(&r);
}
END_TEST

START_TEST(an_interrupted_port_is_success)
{
	struct ef_err err = EF_ERR_INIT;
	struct ef_monitor_opts opts = EF_MONITOR_OPTS_INIT;
	struct rig r;

	rig_init(&r, FAKE_SERIAL);
	r.port.fails.read = EF_E_INTR;
	opts.output.fd = r.out[1];
	opts.interrupt = &flag;
	ck_ok(ef_monitor_run(&r.port.base, &opts, &err), &err);
	ck_assert_int_eq(err.code, EF_OK);
	rig_release(&r);
}
END_TEST

START_TEST(a_stalled_reader_does_not_hold_us)
{
	static char big[8192];
	struct ef_err err = EF_ERR_INIT;
	struct ef_monitor_opts opts = EF_MONITOR_OPTS_INIT;
	struct rig r;

	rig_init(&r, FAKE_SERIAL);
	memset(big, 'x', sizeof(big) - 1);
	/* fill the pipe, then go on talking; the flag goes up at the first read */
	ck_assert_int_eq(fcntl(r.out[1], F_SETFL, O_NONBLOCK), 0);
	while (write(r.out[1], big, sizeof(big)) > 0)
		;
	ck_assert_int_eq(fcntl(r.out[1], F_SETFL, 0), 0);
	r.port.say[r.port.say_count++] = "more";
	r.stop_after = 1;
	opts.output.fd = r.out[1];
	opts.interrupt = &flag;
	ck_ok(ef_monitor_run(&r.port.base, &opts, &err), &err);
	rig_release(&r);
}
END_TEST

static bool same_terminal(const struct termios *a, const struct termios *b)
{
	return a->c_iflag == b->c_iflag && a->c_oflag == b->c_oflag && a->c_cflag == b->c_cflag &&
	       a->c_lflag == b->c_lflag && memcmp(a->c_cc, b->c_cc, sizeof(a->c_cc)) == 0;
}

#define HELP                                                                                       \
	"Commands:\r\n    Ctrl-R               Reset chip\r\n"                                     \
	"    Ctrl-C or Ctrl-]     Exit\r\n"                                                        \
	"    Ctrl-T               then h: this help, r: reset, p: download mode, x: exit,\r\n"     \
	"                         any other key: send it as it is\r\n"

static const struct {
	const char *type;
	enum ef_code fail_read;
	bool is_quiet;
	unsigned caps;
	const char *sent, *log, *shown;
} sessions[] = {
	/* Ctrl-C leaves; keys before it are sent, Enter as CR; LF shown as CR LF */
	{ "ls\r\x1b[A\x03zz", EF_OK, true, FAKE_SERIAL, "ls\r\x1b[A", "", "hi\r\n" },
	/* Ctrl-R resets: the sequence of ef_reset_hard, 100 ms apart */
	{ "a\x12"
	  "b\x03",
	  EF_OK, true, FAKE_SERIAL, "ab", "20 D0\n20 R1\n120 R0\n", "hi\r\n" },
	/* the help, only when wanted */
	{ "\x03", EF_OK, false, FAKE_SERIAL, "", "", HELP "\r\nhi\r\n" },
	{ "\x12\x03", EF_OK, false, 0, "", "",
	  HELP "(no reset is possible: this port has no DTR and RTS)\r\n\r\nhi\r\n" },
	/* a port that goes away */
	{ NULL, EF_E_PORT, true, FAKE_SERIAL, "", "", "hi\r\n" },
	/* a signal */
	{ NULL, EF_OK, true, FAKE_SERIAL, "", "", "hi\r\n" },
};

START_TEST(on_a_terminal)
{
	struct ef_monitor_opts opts = EF_MONITOR_OPTS_INIT;
	struct ef_err err = EF_ERR_INIT;
	struct termios before, after;
	struct rig r;
	bool ok;

	rig_init(&r, sessions[_i].caps);
	if (!rig_terminal(&r))
		return; /* no pseudo terminals here */
	r.port.say[r.port.say_count++] = "hi\n";
	r.port.fails.read = sessions[_i].fail_read;
	r.type = sessions[_i].type;
	r.stop_after = r.type ? 50 : 4;
	opts.input.fd = opts.output.fd = r.slave;
	ck_assert_int_eq(tcgetattr(r.slave, &before), 0);
	opts.interrupt = &flag;
	opts.input.is_quiet = sessions[_i].is_quiet;
	ok = ef_monitor_run(&r.port.base, &opts, &err);
	ck_assert_int_eq(tcgetattr(r.slave, &after), 0);
	ck_assert(same_terminal(&before, &after));
	ck_assert_int_eq(ok, sessions[_i].fail_read == EF_OK);
	ck_assert_int_eq(err.code, sessions[_i].fail_read);
	if (r.type)
		ck_assert_int_eq(flag, 0); /* left by the key */
	ck_assert_uint_eq(r.port.sent_len, strlen(sessions[_i].sent));
	ck_assert_mem_eq(r.port.sent, sessions[_i].sent, r.port.sent_len);
	ck_assert_str_eq(r.port.log, sessions[_i].log);
	take(r.master, sessions[_i].shown);
	rig_release(&r);
}
END_TEST

/* Colours that the chip leaves on, and the output for a terminal without colours or UTF-8. */
static const struct {
	bool has_color, is_ascii;
	const char *say, *shown;
} pictures[] = {
	{ true, false, "\x1b[31mred\n", "\x1b[31mred\r\n\x1b[0m" },
	{ true, false, "\x1b[7ma\x1b[0mb\n", "\x1b[7ma\x1b[0mb\r\n" },
	{ true, false, "\x1b[7ma\x1b[m\x1b[1mb\n", "\x1b[7ma\x1b[m\x1b[1mb\r\n\x1b[0m" },
	{ true, false, "\x1b[7m> ", "\x1b[7m> \r\n\x1b[0m" },
	{ true, false, "\xc3\xbc\xff\n", "\xc3\xbc" BAD "\r\n" },
	{ true, true, "gr\xc3\xbc\xc3\x9f \xe2\x82\xac\xff.\n", "gr?? ??.\r\n" },
	{ false, false, "\x1b[31mred\x1b[0m\x1b[Kx\n", "red\x1b[Kx\r\n" },
	{ false, true, "\x1b[7mgr\xc3\xbc\xc3\x9f\x1b[m\n", "gr??\r\n" },
};

START_TEST(what_a_terminal_gets)
{
	struct ef_monitor_opts opts = EF_MONITOR_OPTS_INIT;
	struct ef_err err = EF_ERR_INIT;
	struct rig r;

	rig_init(&r, FAKE_SERIAL);
	if (!rig_terminal(&r))
		return;
	r.port.say[r.port.say_count++] = pictures[_i].say;
	r.stop_after = 4;
	opts.input.fd = opts.output.fd = r.slave;
	opts.interrupt = &flag;
	opts.input.is_quiet = true;
	opts.output.has_color = pictures[_i].has_color;
	opts.output.is_ascii = pictures[_i].is_ascii;
	ck_ok(ef_monitor_run(&r.port.base, &opts, &err), &err);
	take(r.master, pictures[_i].shown);
	rig_release(&r);
}
END_TEST

/* A line end that was typed begins a new line on the screen; control characters are not shown. */
START_TEST(echo)
{
	struct ef_monitor_opts opts = EF_MONITOR_OPTS_INIT;
	struct ef_err err = EF_ERR_INIT;
	struct rig r;

	rig_init(&r, FAKE_SERIAL);
	if (!rig_terminal(&r))
		return;
	r.type = "a\x01"
		 "b\rc\nd\x03";
	r.stop_after = 50;
	opts.input.fd = opts.output.fd = r.slave;
	opts.interrupt = &flag;
	opts.input.is_quiet = opts.input.has_echo = true;
	ck_ok(ef_monitor_run(&r.port.base, &opts, &err), &err);
	ck_assert_mem_eq(r.port.sent,
			 "a\x01"
			 "b\rc\nd",
			 7);
	take(r.master, "ab\r\nc\r\nd\r\n");
	rig_release(&r);
}
END_TEST

START_TEST(a_mute_chip_does_not_hold_the_keyboard)
{
	struct ef_monitor_opts opts = EF_MONITOR_OPTS_INIT;
	struct ef_err err = EF_ERR_INIT;
	struct rig r;

	rig_init(&r, FAKE_SERIAL);
	if (!rig_terminal(&r))
		return;
	r.port.fails.write = EF_E_TIMEOUT;
	r.type = "lost\x03";
	r.stop_after = 50;
	opts.input.fd = opts.output.fd = r.slave;
	opts.interrupt = &flag;
	ck_ok(ef_monitor_run(&r.port.base, &opts, &err), &err);
	ck_assert_int_eq(flag, 0);
	rig_release(&r);
}
END_TEST

Suite *suite_monitor(void);
Suite *suite_monitor(void)
{
	Suite *s = suite_create("monitor");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, what_a_terminal_gets, 0, LEN(pictures));
	tcase_add_test(t, text_goes_to_a_pipe_as_it_is);
	tcase_add_test(t, a_pipe_types_and_its_end_is_not_ours);
	tcase_add_test(t, a_pipe_has_any_line_ends);
	tcase_add_test(t, the_reader_leaves);
	tcase_add_test(t, the_port_goes_away);
	tcase_add_test(t, an_interrupted_port_is_success);
	tcase_add_test(t, a_stalled_reader_does_not_hold_us);
	tcase_add_loop_test(t, on_a_terminal, 0, LEN(sessions));
	tcase_add_test(t, echo);
	tcase_add_test(t, a_mute_chip_does_not_hold_the_keyboard);
	suite_add_tcase(s, t);
	return s;
}
