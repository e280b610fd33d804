/* SPDX-License-Identifier: MIT */
/*
 * Whatever sits behind a monitor's socket: any bytes as its answer to a command that asks
 * for the port. Only 'y' hands the port over.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli/board/lend_ask.h"
#include "cli/board/lend_socket.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char runtime[] = "/tmp/ef-lend-XXXXXX";
static char path[256];
static int listener = -1;

struct answer {
	const uint8_t *data;
	size_t size;
};

static void *serve(void *user)
{
	const struct answer *a = user;
	int fd = accept(listener, NULL, NULL);

	if (fd < 0)
		abort();
	(void)send(fd, a->data, a->size, MSG_NOSIGNAL);
	(void)shutdown(fd, SHUT_WR);
	close(fd);
	return NULL;
}

static void clean(void)
{
	(void)unlink(path);
	*strrchr(path, '/') = '\0';
	(void)rmdir(path);
	(void)rmdir(runtime);
}

static void listen_once(void)
{
	struct sockaddr_un address;

	if (listener >= 0)
		return;
	if (!mkdtemp(runtime) || setenv("XDG_RUNTIME_DIR", runtime, 1) != 0 ||
	    !lend_path("/dev/fuzz", true, path, sizeof(path)) || !lend_address(path, &address) ||
	    (listener = lend_socket()) < 0 ||
	    bind(listener, (const struct sockaddr *)&address, sizeof(address)) != 0 ||
	    listen(listener, 4) != 0 || atexit(clean) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cli cli = {
		.command = "", .out = stdout, .err = stderr, .global = { .quiet = true }
	};
	struct answer answer = { data, size };
	pthread_t thread;
	int fd;

	listen_once();
	if (pthread_create(&thread, NULL, serve, &answer) != 0)
		abort();
	fd = lend_ask(&cli, "/dev/fuzz", 1000);
	if ((fd >= 0) != (size > 0 && data[0] == 'y'))
		abort();
	if (fd >= 0)
		close(fd);
	pthread_join(thread, NULL);
	return 0;
}
