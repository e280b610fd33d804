/* SPDX-License-Identifier: MIT */
/*
 * Whatever sits behind a monitor's socket: any bytes as its answer to a command that asks
 * for the port. Only 'y' hands the port over. The sources of the command are included, so that its
 * socket can be a number here: real sockets would take nearly all of the time.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli/board/lend_ask.h"
#include "cli/board/lend_socket.h"
#include "cli/ui/ui.h"
#include "rig/fuzz_check.h"

#define CONNECTION 1000000 /* no descriptor has this number */

static char home[] = "/tmp/ef-lend-XXXXXX";
static char place[256];
static struct {
	const uint8_t *data;
	size_t size;
	bool is_open, is_asked;
} monitor;

static int fuzz_socket(int domain, int type, int protocol)
{
	CHECK(domain == AF_UNIX && type == SOCK_STREAM && protocol == 0 && !monitor.is_open);
	monitor.is_open = true;
	return CONNECTION;
}

static int fuzz_fcntl(int fd, int command, int value)
{
	CHECK(fd == CONNECTION && (command == F_SETFD || command == F_SETFL) && value);
	return 0;
}

static int fuzz_connect(int fd, const struct sockaddr *address, socklen_t len)
{
	struct sockaddr_un expected;

	CHECK(fd == CONNECTION && lend_address(place, &expected) && len == sizeof(expected));
	CHECK(memcmp(address, &expected, len) == 0);
	monitor.is_asked = true;
	return 0;
}

static int fuzz_poll(struct pollfd *p, nfds_t count, int wait_ms)
{
	CHECK(p->fd == CONNECTION && count == 1 && wait_ms == 1000 && monitor.is_asked);
	p->revents = POLLIN;
	return 1;
}

/* Without bytes, the monitor has closed its end. */
static ssize_t fuzz_read(int fd, void *ret, size_t cap)
{
	size_t n = cap < monitor.size ? cap : monitor.size;

	CHECK(fd == CONNECTION && monitor.is_asked);
	memcpy(ret, monitor.data, n);
	return (ssize_t)n;
}

static int fuzz_close(int fd)
{
	CHECK(fd == CONNECTION && monitor.is_open);
	monitor.is_open = false;
	return 0;
}

void ui_log(struct cli *cli, enum ef_log_level level, const char *fmt, ...)
{
	(void)cli;
	(void)level;
	(void)fmt;
}

#define socket  fuzz_socket
#define fcntl   fuzz_fcntl
#define connect fuzz_connect
#define poll    fuzz_poll
#define read    fuzz_read
#define close   fuzz_close
#include "cli/board/lend_ask.c"
#include "cli/board/lend_socket.c"

/* The folder has to be there: it is the one that the command trusts. */
static void clean(void)
{
	*strrchr(place, '/') = '\0';
	(void)rmdir(place);
	(void)rmdir(home);
}

static void prepare(void)
{
	CHECK(mkdtemp(home) && setenv("XDG_RUNTIME_DIR", home, 1) == 0);
	CHECK(lend_path("/dev/fuzz", true, place, sizeof(place)) && atexit(clean) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cli cli = { .command = "", .global = { .quiet = true } };
	bool is_lent = size > 0 && data[0] == 'y';

	if (!place[0])
		prepare();
	monitor.data = data;
	monitor.size = size;
	monitor.is_open = monitor.is_asked = false;
	CHECK((lend_ask(&cli, "/dev/fuzz", 1000) >= 0) == is_lent);
	CHECK(monitor.is_asked && monitor.is_open == is_lent);
	return 0;
}
