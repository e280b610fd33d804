/* SPDX-License-Identifier: MIT */
/*
 * Opens files for writing. A FIFO whose other end no process opens would block for ever: the user's
 * time limit, or a signal that came a moment earlier, would have no effect.
 */
#define _DEFAULT_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_priv.h"
#include "base/util.h"

/* No call waits for a FIFO's reader with a time limit, so the open is repeated at this interval. */
#define PEER_STEP_MS 20

const char *ef_file_words(int number)
{
	return number == ENOTCONN    ? "it is a FIFO, and no process has opened its other end"
	       : number == ETIMEDOUT ? "for a second, no process has taken what is written"
	       : number == FILE_PLANTED
		       ? "another user's link or file is there, which could lead anywhere"
		       : strerror(number);
}

bool file_is_interrupted(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && !S_ISREG(st.st_mode);
}

bool file_set_blocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 &&
	       (!(flags & O_NONBLOCK) || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) >= 0);
}

bool file_fail_interrupted(struct ef_err *err, const char *what, const char *path)
{
	return ef_fail(err, EF_E_INTR, "cannot %s '%s': interrupted", what, path);
}

/* Opening a FIFO that has no reader fails with ENXIO. Opening a device may, too. */
static bool is_unread_fifo(const struct file_place *place, int number)
{
	struct stat st;

	return number == ENXIO && file_place_stat(place, &st) && S_ISFIFO(st.st_mode);
}

static int open_now(const struct file_place *place, int flags)
{
	return file_place_open(place, flags | O_NONBLOCK | O_NOCTTY);
}

/* Wait for the reader of a FIFO. */
static int open_patiently(const struct file_place *place, int flags)
{
	int fd = open_now(place, flags), number = errno;

	for (int ms = 0; fd < 0 && is_unread_fifo(place, number); ms += PEER_STEP_MS) {
		if (ms < FILE_PEER_WAIT_MS && poll(NULL, 0, PEER_STEP_MS) == 0) {
			fd = open_now(place, flags);
			number = errno;
		} else {
			number = ms < FILE_PEER_WAIT_MS ? errno : ENOTCONN;
		}
	}
	errno = number;
	return fd;
}

/* Check the opened file and prepare it. Only now is it known which kind of file it is. */
static bool accept_opened(const struct file_place *place, int fd, bool truncates)
{
	struct stat st;

	if (fstat(fd, &st) != 0 || !file_set_blocking(fd))
		return false;
	if (file_place_is_trap(place, &st)) {
		errno = FILE_PLANTED;
		return false;
	}
	return !truncates || !S_ISREG(st.st_mode) || ftruncate(fd, 0) == 0;
}

static int open_at(const struct file_place *place, int flags)
{
	int fd = open_patiently(place, flags & ~O_TRUNC), number;

	if (fd < 0 || accept_opened(place, fd, flags & O_TRUNC))
		return fd;
	number = errno;
	(void)close(fd);
	errno = number;
	return -1;
}

int ef_file_open_out(const char *path, int flags)
{
	struct file_place place;
	int fd;

	if (!file_place_find(&place, path))
		return -1;
	fd = open_at(&place, flags);
	file_place_leave(&place);
	return fd;
}

/* ---- writing to a peer that may never read ---- */

bool ef_fd_set_nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) >= 0;
}

/*
 * Wait until the descriptor takes bytes. poll() may report that of a terminal that takes none, so
 * after such a stall, pause.
 */
static bool await_taker(int fd, unsigned stalls)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	int n = stalls < FILE_PEER_WAIT_MS / PEER_STEP_MS ? poll(&p, 1, FILE_PEER_WAIT_MS) : 0;

	if (n > 0 && stalls > 0)
		(void)poll(NULL, 0, PEER_STEP_MS);
	if (n == 0)
		errno = ETIMEDOUT;
	return n > 0;
}

/* How many bytes were written; 0: none yet, ask again. -1: errno has the cause. */
static ssize_t write_some(int fd, const uint8_t *data, size_t len, unsigned *stalls)
{
	ssize_t n = await_taker(fd, *stalls) ? write(fd, data, len) : -1;

	if (n < 0 && errno == EAGAIN) {
		++*stalls;
		return 0;
	}
	*stalls = n < 0 ? *stalls : 0;
	return n;
}

/*
 * A signal may have ended a wait, for instance SIGCONT behind SIGSTOP, which asks nobody to end.
 * One that asks for it is obeyed by the caller, and this many waits are short.
 */
#define INTERRUPTS_MAX 3

bool ef_fd_write(int fd, const void *data, size_t len)
{
	const uint8_t *p = data;
	unsigned stalls = 0, interrupts = 0;
	struct stat st;
	/* a pipe that polls writable has room for this much */
	size_t piece = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? len : _POSIX_PIPE_BUF;

	while (len > 0) {
		ssize_t n = write_some(fd, p, len < piece ? len : piece, &stalls);

		if (n < 0 && (errno != EINTR || ++interrupts > INTERRUPTS_MAX))
			return false;
		interrupts = n > 0 ? 0 : interrupts;
		p += n < 0 ? 0 : n;
		len -= n < 0 ? 0 : (size_t)n;
	}
	return true;
}
