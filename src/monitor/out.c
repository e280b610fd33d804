/* SPDX-License-Identifier: MIT */
/* Knows how much a pipe or a terminal takes without making the writer wait. */
#include "monitor/out.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TTY_PIECE  512u /* a terminal blocks until all of it is taken */
#define FILE_PIECE 65536u
/* so much a pipe that polls writable has room for */
#ifdef PIPE_BUF
#define PIPE_PIECE ((size_t)PIPE_BUF)
#else
#define PIPE_PIECE ((size_t)_POSIX_PIPE_BUF)
#endif

bool out_open(struct out *o, int fd, struct ef_err *err)
{
	struct stat st;

	*o = (struct out){ .fd = fd, .piece = TTY_PIECE };
	if (fd < 0)
		return true;
	if (fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode))
		o->piece = PIPE_PIECE;
	else if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		o->piece = FILE_PIECE;
	o->data = malloc(OUT_SIZE);
	return o->data || ef_fail(err, EF_E_IO, "out of memory");
}

void out_close(struct out *o)
{
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
static bool write_piece(struct out *o, struct ef_err *err)
{
	size_t len = o->len - o->pos;
	ssize_t n = write(o->fd, o->data + o->pos, len < o->piece ? len : o->piece);

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

		if (n < 0 && errno != EINTR)
			return ef_fail(err, EF_E_IO, "cannot wait for the output: %s",
				       strerror(errno));
		if (n <= 0)
			return true;
		if (!write_piece(o, err))
			return false;
		ms = 0;
	}
	if (o->pos == o->len || o->is_gone)
		o->pos = o->len = 0;
	return true;
}
