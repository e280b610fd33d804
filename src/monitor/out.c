/* SPDX-License-Identifier: MIT */
/* Knows how much a pipe or a terminal takes without blocking the writer. */
#include "monitor/out.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TTY_PIECE  512u
#define STALL_MS   10 /* pause after EAGAIN: there was room for less than one character */
#define FILE_PIECE 65536u
/* A pipe that polls writable has room for this much. */
#ifdef PIPE_BUF
#define PIPE_PIECE ((size_t)PIPE_BUF)
#else
#define PIPE_PIECE ((size_t)_POSIX_PIPE_BUF)
#endif

/*
 * A terminal polls writable as soon as one byte fits. A larger write() then
 * blocks until all of it is taken, and the keyboard is not read meanwhile; if
 * the terminal is stopped, this lasts forever. O_NONBLOCK would help, but it
 * belongs to the open file description, which the shell shares. So open the
 * terminal a second time. If that fails, the blocking one has to do.
 */
static int open_again(int fd)
{
	struct stat was, now;
	char name[256];
	int own;

	if (fstat(fd, &was) != 0 || ttyname_r(fd, name, sizeof(name)) != 0)
		return -1;
	own = open(name, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (own >= 0 && (fstat(own, &now) != 0 || now.st_rdev != was.st_rdev)) {
		close(own);
		return -1;
	}
	return own;
}

bool out_open(struct out *o, int fd, struct ef_err *err)
{
	struct stat st;

	*o = (struct out){ .fd = fd, .own_fd = -1, .piece = TTY_PIECE };
	if (fd < 0)
		return true;
	if (isatty(fd))
		o->own_fd = open_again(fd);
	if (o->own_fd >= 0)
		o->fd = o->own_fd;
	if (fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode))
		o->piece = PIPE_PIECE;
	else if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		o->piece = FILE_PIECE;
	o->data = malloc(OUT_SIZE);
	if (o->data)
		return true;
	if (o->own_fd >= 0)
		close(o->own_fd);
	return ef_fail(err, EF_E_IO, "out of memory");
}

void out_close(struct out *o)
{
	if (o->data && o->own_fd >= 0)
		close(o->own_fd);
	free(o->data);
	o->data = NULL;
}

size_t out_room(const struct out *o)
{
	return OUT_SIZE - o->len;
}

bool out_is_ready(const struct out *o)
{
	return o->fd < 0 || o->is_gone || out_room(o) >= OUT_READY;
}

void out_add(struct out *o, const void *data, size_t len)
{
	size_t tail = (o->head + o->len) % OUT_SIZE;
	size_t first = len < OUT_SIZE - tail ? len : OUT_SIZE - tail;

	if (o->fd < 0 || o->is_gone || len == 0 || len > out_room(o))
		return;
	memcpy(o->data + tail, data, first);
	memcpy(o->data, (const uint8_t *)data + first, len - first);
	o->len += len;
}

/* Return whether the reader of a pipe left; works without writing anything. */
static bool is_reader_gone(int fd)
{
	struct pollfd p = { .fd = fd, .events = 0 };

	return fd >= 0 && poll(&p, 1, 0) > 0 && (p.revents & POLLERR);
}

bool out_flush(struct out *o, struct ef_err *err)
{
	/* while the chip is silent, no write can fail and show this */
	if (o->len == 0 && is_reader_gone(o->fd))
		o->is_gone = true;
	return out_wait(o, 0, err);
}

static void drop(struct out *o, size_t len)
{
	o->len -= len;
	o->head = o->len ? (o->head + len) % OUT_SIZE : 0;
}

/* Write once. *ret_stalls: the reader has no room after all. */
static bool write_piece(struct out *o, bool *ret_stalls, struct ef_err *err)
{
	size_t len = o->len < OUT_SIZE - o->head ? o->len : OUT_SIZE - o->head;
	ssize_t n = write(o->fd, o->data + o->head, len < o->piece ? len : o->piece);

	*ret_stalls = n < 0 && errno == EAGAIN;
	if (n >= 0) {
		drop(o, (size_t)n);
	} else if (errno == EPIPE || errno == EIO || errno == ENXIO) {
		o->is_gone = true; /* EIO: a terminal hung up */
	} else if (errno != EINTR && errno != EAGAIN) {
		return ef_fail(err, EF_E_IO, "cannot write the monitor's output: %s",
			       strerror(errno));
	}
	return true;
}

bool out_wait(struct out *o, int ms, struct ef_err *err)
{
	while (o->len > 0 && !o->is_gone) {
		struct pollfd p = { .fd = o->fd, .events = POLLOUT };
		int n = poll(&p, 1, ms);
		bool stalls;

		if (n < 0 && errno != EINTR)
			return ef_fail(err, EF_E_IO, "cannot wait for the output: %s",
				       strerror(errno));
		if (n <= 0)
			return true;
		if (!write_piece(o, &stalls, err))
			return false;
		if (stalls) {
			(void)poll(NULL, 0, ms < STALL_MS ? ms : STALL_MS);
			return true;
		}
		ms = 0;
	}
	if (o->is_gone)
		o->len = 0;
	return true;
}
