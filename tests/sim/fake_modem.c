/* SPDX-License-Identifier: MIT */
/*
 * A library to preload (LD_PRELOAD). It gives a pseudo terminal the modem lines that
 * the kernel doesn't, as a USB bridge has them. Changes go to pty_bridge
 * through the Unix socket EF_FAKE_MODEM and take effect before the call
 * returns; every request is written to the file EF_FAKE_MODEM_LOG.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/serial.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

typedef int ioctl_fn(int fd, unsigned long request, ...);

static int state = TIOCM_DTR | TIOCM_RTS; /* the state after an open */

int ioctl(int fd, unsigned long request, ...);

static ioctl_fn *real_ioctl(void)
{
	/* POSIX's way around C's rule that no data pointer is a function */
	union {
		void *data;
		ioctl_fn *fn;
	} u = { dlsym(RTLD_NEXT, "ioctl") };

	return u.fn;
}

static void note(const char *what)
{
	const char *path = getenv("EF_FAKE_MODEM_LOG");
	char line[64];
	int fd, n;

	if (!path)
		return;
	n = snprintf(line, sizeof(line), "%s %d %d\n", what, (state & TIOCM_DTR) != 0,
		     (state & TIOCM_RTS) != 0);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (fd >= 0) {
		(void)!write(fd, line, (size_t)n);
		close(fd);
	}
}

static int connect_to(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(a.sun_path))
		return -1;
	memcpy(a.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (const void *)&a, sizeof(a)) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static int pass_on(const char *path)
{
	unsigned char lines = (unsigned char)((state & TIOCM_DTR ? 1 : 0) |
					      (state & TIOCM_RTS ? 2 : 0));
	/* connect each time: another program may have got the port, or another bridge started */
	int channel = connect_to(path);
	int ok = channel >= 0 && write(channel, &lines, 1) == 1 && read(channel, &lines, 1) == 1;

	if (channel >= 0)
		close(channel);
	if (!ok)
		errno = EIO;
	return ok ? 0 : -1;
}

static int modem(unsigned long request, int *bits, const char *path)
{
	switch (request) {
	case TIOCMGET:
		*bits = state;
		return 0;
	case TIOCMSET:
		state = *bits & (TIOCM_DTR | TIOCM_RTS);
		note("set");
		break;
	case TIOCMBIS:
		state |= *bits & (TIOCM_DTR | TIOCM_RTS);
		note("bis");
		break;
	default:
		state &= ~*bits;
		note("bic");
		break;
	}
	return pass_on(path);
}

/* The kernel's driver of FTDI's bridges answers these two; a pseudo terminal does not. */
static int serial(unsigned long request, struct serial_struct *s)
{
	static int flags;

	if (request == TIOCGSERIAL) {
		memset(s, 0, sizeof(*s));
		s->flags = flags;
		return 0;
	}
	flags = s->flags;
	note(flags & ASYNC_LOW_LATENCY ? "low-latency" : "usual-latency");
	return 0;
}

int ioctl(int fd, unsigned long request, ...)
{
	const char *path = getenv("EF_FAKE_MODEM");
	void *arg;
	va_list ap;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (path && isatty(fd) &&
	    (request == TIOCMGET || request == TIOCMSET || request == TIOCMBIS ||
	     request == TIOCMBIC))
		return modem(request, arg, path);
	if (path && isatty(fd) && (request == TIOCGSERIAL || request == TIOCSSERIAL))
		return serial(request, arg);
	return real_ioctl()(fd, request, arg);
}
