/* SPDX-License-Identifier: MIT */
/* Knows how much a pipe or a terminal takes without making the writer wait. */
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
#define STALL_MS   10 /* writable, but for less than a character with its CR */
#define FILE_PIECE 65536u
/* so much a pipe that polls writable has room for */
#ifdef PIPE_BUF
#define PIPE_PIECE ((size_t)PIPE_BUF)
#else
#define PIPE_PIECE ((size_t)_POSIX_PIPE_BUF)
#endif

/*
 * A terminal that polls writable blocks until all of a piece is taken, and
 * with it the keyboard: for ever, where nobody looks at it any more. Not to
 * block is a property of the open file, which the shell has, too: so we open
 * it once more. Where that can't be, the one that blocks has to do.
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
	return OUT_SIZE - (o->len - o->pos);
}

void out_add(struct out *o, const void *data, size_t len)
{
	if (o->fd < 0 || o->is_gone || len > out_room(o))
		return;
	if (len > OUT_SIZE - o->len) {
		memmove(o->data, o->data + o->pos, o->len - o->pos);
		o->len -= o->pos;
		o->pos = 0;
	}
	memcpy(o->data + o->len, data, len);
	o->len += len;
}

bool out_is_gone(int fd)
{
	struct pollfd p = { .fd = fd, .events = 0 };

	return fd >= 0 && poll(&p, 1, 0) > 0 && (p.revents & POLLERR);
}

bool out_flush(struct out *o, struct ef_err *err)
{
	/* a chip that is silent would never find out */
	if (o->pos == o->len && out_is_gone(o->fd))
		o->is_gone = true;
	return out_wait(o, 0, err);
}

/* One write. False: an error. */
static bool write_piece(struct out *o, bool *ret_stalls, struct ef_err *err)
{
	size_t len = o->len - o->pos;
	ssize_t n = write(o->fd, o->data + o->pos, len < o->piece ? len : o->piece);

	*ret_stalls = n < 0 && errno == EAGAIN;
	if (n >= 0) {
		o->pos += (size_t)n;
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
	while (o->pos < o->len && !o->is_gone) {
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
	if (o->pos == o->len || o->is_gone)
		o->pos = o->len = 0;
	return true;
}
