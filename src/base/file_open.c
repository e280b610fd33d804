/* SPDX-License-Identifier: MIT */
/*
 * Opens files for writing. A FIFO whose other end no process opens would block for ever: the user's
 * time limit, or a signal that came a moment earlier, would have no effect.
 */
#define _DEFAULT_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_priv.h"
#include "base/util.h"

/* No call waits for a FIFO's reader with a time limit, so the open is repeated at this interval. */
#define PEER_STEP_MS 20

const char *ef_file_words(int number)
{
	return number == ENOTCONN ? "it is a FIFO, and no process has opened its other end"
	       : number == FILE_PLANTED
		       ? "it is a symlink that another user put into a shared folder"
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

/* ENXIO: the FIFO has no reader. Some devices return it, too. */
static bool is_unread_fifo(const char *path, int number)
{
	struct stat st;

	return number == ENXIO && stat(path, &st) == 0 && S_ISFIFO(st.st_mode);
}

static int open_now(const char *path, int flags)
{
	return open(path, flags | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, 0666);
}

int ef_file_open_out(const char *path, int flags)
{
	int fd, number;
	struct stat st;

	/* a link that another process puts in place from now on is not followed */
	if (lstat(path, &st) != 0 || !S_ISLNK(st.st_mode))
		flags |= O_NOFOLLOW;
	if (file_is_planted(path)) {
		errno = FILE_PLANTED;
		return -1;
	}
	fd = open_now(path, flags);
	number = errno;
	for (int ms = 0; fd < 0 && is_unread_fifo(path, number); ms += PEER_STEP_MS) {
		if (ms < FILE_PEER_WAIT_MS && poll(NULL, 0, PEER_STEP_MS) == 0) {
			fd = open_now(path, flags);
			number = errno;
		} else {
			number = ms < FILE_PEER_WAIT_MS ? errno : ENOTCONN;
		}
	}
	if (fd >= 0) {
		if (file_set_blocking(fd))
			return fd;
		number = errno;
		(void)close(fd);
	}
	errno = number;
	return -1;
}
