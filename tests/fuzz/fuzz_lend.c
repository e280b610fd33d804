/* SPDX-License-Identifier: MIT */
/*
 * Whatever sits behind a monitor's socket: any bytes as its answer to a command that asks
 * for the port. Only 'y' hands the port over. The monitor is a pair of sockets, whose
 * other end has answered already when the command connects: a thread that accepts would take
 * nearly all of the time. The program's connect takes the place of the C library's.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli/board/lend_ask.h"
#include "cli/board/lend_socket.h"
#include "rig/fuzz_check.h"

static char runtime[] = "/tmp/ef-lend-XXXXXX";
static char path[256];
static struct {
	const uint8_t *data;
	size_t size;
	bool is_asked;
} answer;

/* The folder has to be there: it is the one that the command trusts. */
static void clean(void)
{
	*strrchr(path, '/') = '\0';
	(void)rmdir(path);
	(void)rmdir(runtime);
}

static void prepare(void)
{
	CHECK(mkdtemp(runtime) && setenv("XDG_RUNTIME_DIR", runtime, 1) == 0);
	CHECK(lend_path("/dev/fuzz", true, path, sizeof(path)) && atexit(clean) == 0);
}

int connect(int fd, const struct sockaddr *address, socklen_t len)
{
	struct sockaddr_un expected;
	int pair[2];

	CHECK(lend_address(path, &expected) && len == sizeof(expected));
	CHECK(memcmp(address, &expected, len) == 0);
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	CHECK(dup2(pair[0], fd) == fd && fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
	(void)send(pair[1], answer.data, answer.size, MSG_NOSIGNAL | MSG_DONTWAIT);
	close(pair[0]);
	close(pair[1]);
	answer.is_asked = true;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cli cli = {
		.command = "", .out = stdout, .err = stderr, .global = { .quiet = true }
	};
	int fd;

	if (!path[0])
		prepare();
	answer.data = data;
	answer.size = size;
	answer.is_asked = false;
	fd = lend_ask(&cli, "/dev/fuzz", 1000);
	CHECK(answer.is_asked && (fd >= 0) == (size > 0 && data[0] == 'y'));
	if (fd >= 0)
		close(fd);
	return 0;
}
