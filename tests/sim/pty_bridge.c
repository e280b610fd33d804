/* SPDX-License-Identifier: MIT */
/*
 * A pseudo terminal whose other end is a virtual board:
 *
 *     pty_bridge URL SOCKET
 *
 * prints the name of the terminal, then carries bytes between it and the
 * network port URL (espsim), and the terminal's rate. DTR and RTS, which no
 * pseudo terminal has, come from fake_modem.c through the Unix socket SOCKET:
 * one byte (1: DTR, 2: RTS) for a change, answered by the same byte when done.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include <espflash/port.h>

struct bridge {
	int master, holder, listener, modem;
	struct ef_port *wire;
	speed_t speed;
	uint8_t buf[1024]; /* from the wire; up to at, the terminal has it */
	size_t at, len;
};

static volatile sig_atomic_t is_stopped;

static void on_signal(int number)
{
	(void)number;
	is_stopped = 1;
}

static bool fail(const char *what)
{
	perror(what);
	return false;
}

static bool make_terminal(struct bridge *b)
{
	struct termios t;
	const char *name;

	b->master = posix_openpt(O_RDWR | O_NOCTTY);
	if (b->master < 0 || grantpt(b->master) != 0 || unlockpt(b->master) != 0)
		return fail("posix_openpt");
	name = ptsname(b->master);
	if (!name)
		return fail("ptsname");
	/* keep one end open, or the master would hang up between two users */
	b->holder = open(name, O_RDWR | O_NOCTTY);
	if (b->holder < 0 || tcgetattr(b->holder, &t) != 0)
		return fail(name);
	t.c_iflag = t.c_oflag = t.c_lflag = 0;
	if (tcsetattr(b->holder, TCSANOW, &t) != 0 || fcntl(b->master, F_SETFL, O_NONBLOCK) != 0)
		return fail(name);
	printf("%s\n", name);
	fflush(stdout);
	return true;
}

static bool listen_for_modem(struct bridge *b, const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(a.sun_path)) {
		fputs("the socket's path is too long\n", stderr);
		return false;
	}
	memcpy(a.sun_path, path, strlen(path) + 1);
	b->listener = socket(AF_UNIX, SOCK_STREAM, 0);
	if (b->listener < 0 || bind(b->listener, (const void *)&a, sizeof(a)) != 0 ||
	    listen(b->listener, 4) != 0)
		return fail(path);
	return true;
}

static uint32_t rate_of(speed_t speed)
{
	static const struct {
		speed_t speed;
		uint32_t rate_hz;
	} table[] = {
		{ B9600, 9600 },       { B57600, 57600 },     { B115200, 115200 },
		{ B230400, 230400 },   { B460800, 460800 },   { B921600, 921600 },
		{ B1500000, 1500000 }, { B2000000, 2000000 },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].speed == speed)
			return table[i].rate_hz;
	return 0;
}

/* Pass the terminal's rate on before any byte, and before a reset causes output. */
static bool follow_rate(struct bridge *b, struct ef_err *err)
{
	struct termios t;

	if (tcgetattr(b->master, &t) != 0 || cfgetospeed(&t) == b->speed)
		return true;
	b->speed = cfgetospeed(&t);
	return rate_of(b->speed) == 0 || ef_port_set_baud(b->wire, rate_of(b->speed), err);
}

static bool serve_modem(struct bridge *b, struct ef_err *err)
{
	unsigned char lines;

	if (read(b->modem, &lines, 1) != 1) {
		close(b->modem);
		b->modem = -1;
		return true;
	}
	if (!follow_rate(b, err) || !ef_port_set_lines(b->wire, EF_DTR | EF_RTS, lines, err))
		return false;
	(void)!write(b->modem, &lines, 1);
	return true;
}

static bool from_terminal(struct bridge *b, struct ef_err *err)
{
	uint8_t buf[4096];
	ssize_t n = read(b->master, buf, sizeof(buf));

	if (n <= 0)
		return true;
	return follow_rate(b, err) &&
	       ef_port_write(b->wire, buf, (size_t)n, ef_port_deadline(b->wire, 10000), err);
}

/*
 * A terminal that nobody reads takes no more at some time, while the chip talks on. The rest waits,
 * and the lines are served meanwhile: a program sets them before it reads.
 */
static bool from_wire(struct bridge *b, struct ef_err *err)
{
	ssize_t n;

	if (b->at == b->len) {
		b->at = b->len = 0;
		if (!ef_port_read(b->wire, b->buf, sizeof(b->buf), ef_port_now_us(b->wire), &b->len,
				  err))
			return false;
	}
	n = b->at < b->len ? write(b->master, b->buf + b->at, b->len - b->at) : 0;
	if (n > 0)
		b->at += (size_t)n;
	return true;
}

/*
 * A new client replaces the one before. A client whose close() failed, as tests/torture makes it,
 * still has its old connection open and waits on the new one.
 */
static void take_modem(struct bridge *b)
{
	if (b->modem >= 0)
		close(b->modem);
	b->modem = accept(b->listener, NULL, NULL);
}

static bool run(struct bridge *b, struct ef_err *err)
{
	while (!is_stopped) {
		struct pollfd p[] = {
			{ .fd = b->master, .events = POLLIN },
			{ .fd = b->modem, .events = POLLIN },
			{ .fd = b->listener, .events = POLLIN },
		};

		/* the port has no descriptor to wait for, so poll every millisecond */
		if (poll(p, 3, 1) > 0) {
			if (p[1].revents && !serve_modem(b, err))
				return false;
			if (p[2].revents)
				take_modem(b);
			if (p[0].revents && !from_terminal(b, err))
				return false;
		}
		if (!from_wire(b, err))
			return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	struct bridge b = { .master = -1, .holder = -1, .listener = -1, .modem = -1 };
	struct ef_port_config config = { .rate_hz = 115200, .interrupt = &is_stopped };
	struct sigaction action = { .sa_handler = on_signal };
	struct ef_err err = EF_ERR_INIT;

	if (argc != 3) {
		fputs("usage: pty_bridge URL SOCKET\n", stderr);
		return 2;
	}
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	if (!listen_for_modem(&b, argv[2]))
		return 1;
	if (ef_port_open(argv[1], &config, &b.wire, &err) && make_terminal(&b) && run(&b, &err))
		err.code = EF_OK;
	ef_port_close(b.wire);
	unlink(argv[2]);
	if (err.code == EF_OK || err.code == EF_E_INTR)
		return 0;
	fprintf(stderr, "pty_bridge: %s\n", err.msg);
	return 1;
}
