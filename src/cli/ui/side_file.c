/* SPDX-License-Identifier: MIT */
/*
 * Writes --log-file and --trace line by line, so that a killed run leaves its last
 * lines. The first failure is kept until the file is closed.
 */
#define _GNU_SOURCE /* fopencookie */
#include "cli/ui/side_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/util.h"

void stamp_time(char ret[STAMP_SIZE], bool has_ms)
{
	struct timespec now = { 0, 0 };
	char date[24] = "", ms[8] = "";
	struct tm tm;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	if (gmtime_r(&now.tv_sec, &tm))
		(void)strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
	if (has_ms)
		(void)ef_snprintf(ms, sizeof(ms), ".%03u",
				  (unsigned)(now.tv_nsec / 1000000) % 1000);
	(void)ef_snprintf(ret, STAMP_SIZE, "%s%sZ", date, ms);
}

void side_file_line(struct side_file *side, const char *line)
{
	if (!side->file || side->error)
		return;
	errno = 0;
	if (fputs(line, side->file) < 0 || fputc('\n', side->file) < 0)
		side->error = errno ? errno : EIO;
}

void log_file_line(struct cli *cli, const char *level, const char *text)
{
	char head[STAMP_SIZE + 16], stamp[STAMP_SIZE];
	struct side_file *side = &cli->log_file;

	if (!side->file)
		return;
	stamp_time(stamp, true);
	(void)ef_snprintf(head, sizeof(head), "[%s %-5s] ", stamp, level);
	if (!side->error && fputs(head, side->file) < 0)
		side->error = errno ? errno : EIO;
	side_file_line(side, text);
}

static bool cannot_write(const char *what, const char *path, int number, struct ef_err *err)
{
	if (number == EINTR)
		return ef_fail(err, EF_E_INTR, "cannot write %s '%s': interrupted", what, path);
	ef_fail(err, EF_E_IO, "cannot write %s '%s': %s", what, path, ef_file_words(number));
	if (number == ENOTCONN)
		return false;
	return ef_hint_own(
		err, "name a file in an existing folder that you may write to and that has room");
}

/*
 * The name of a device or a FIFO has no content that could be lost. *ret_checked is the file that
 * was looked at.
 */
static bool check_content(const char *what, const char *path, side_file_is_ours_fn *is_ours,
			  struct stat *ret_checked, struct ef_err *err)
{
	char head[SIDE_HEAD_SIZE] = "";
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	ssize_t len = 0;

	if (fd >= 0 && fstat(fd, ret_checked) == 0 && S_ISREG(ret_checked->st_mode))
		len = read(fd, head, sizeof(head) - 1);
	if (fd >= 0)
		(void)close(fd);
	if (len <= 0 || is_ours(head))
		return true;
	ef_fail(err, EF_E_USAGE, "the %s '%s' would replace a file that is no %s", what, path,
		what);
	return ef_hint_own(err, "name a new file, or delete this one first");
}

/* Empty the file, unless it has come into the place of the one that was looked at. */
static bool empty(int fd, const struct stat *checked)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return false;
	if (!S_ISREG(st.st_mode) || st.st_size == 0)
		return true;
	if (st.st_dev == checked->st_dev && st.st_ino == checked->st_ino)
		return ftruncate(fd, 0) == 0;
	errno = EEXIST;
	return false;
}

/* ---- a stream whose writes end, even if nobody takes what is written ---- */

/* After a failure nothing more is tried: each line would wait for a second. */
static ssize_t stream_write(void *cookie, const char *data, size_t len)
{
	struct side_file *side = cookie;

	if (side->error || !ef_fd_write(side->fd, data, len)) {
		side->error = side->error ? side->error : errno;
		return 0;
	}
	return (ssize_t)len;
}

static int stream_close(void *cookie)
{
	const struct side_file *side = cookie;

	return close(side->fd);
}

static FILE *stream_open(struct side_file *side, int fd)
{
	const cookie_io_functions_t functions = { .write = stream_write, .close = stream_close };

	side->fd = fd;
	return ef_fd_set_nonblocking(fd) ? fopencookie(side, "w", functions) : NULL;
}

bool side_file_open(struct side_file *side, const char *what, const char *path,
		    side_file_is_ours_fn *is_ours, struct ef_err *err)
{
	struct stat checked = { 0 };
	int fd, number;

	*side = (struct side_file){ .what = what, .path = path };
	if (!path)
		return true;
	if (!check_content(what, path, is_ours, &checked, err))
		return false;
	fd = ef_file_open_out(path, O_WRONLY | O_CREAT);
	side->file = fd >= 0 && empty(fd, &checked) ? stream_open(side, fd) : NULL;
	number = errno;
	if (fd >= 0 && !side->file)
		(void)close(fd);
	if (!side->file)
		return cannot_write(what, path, number, err);
	/* line buffered: a killed run leaves its last lines */
	(void)setvbuf(side->file, NULL, _IOLBF, 8192);
	return true;
}

bool side_file_close(struct side_file *side, struct ef_err *err)
{
	FILE *file = side->file;

	side->file = NULL;
	if (!file)
		return true;
	errno = 0;
	if (fclose(file) != 0 && !side->error)
		side->error = errno ? errno : EIO;
	if (!side->error)
		return true;
	return cannot_write(side->what, side->path, side->error, err);
}
