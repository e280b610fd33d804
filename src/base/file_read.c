/* SPDX-License-Identifier: MIT */
/*
 * Reads and maps files. This is for POSIX; a port to Windows replaces it.
 */
#define _DEFAULT_SOURCE /* madvise */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_priv.h"
#include "base/util.h"

static bool fail_errno(struct ef_err *err, const char *what, const char *path, int number)
{
	enum ef_code code = number == ENOENT || number == ENOTDIR || number == EISDIR ? EF_E_INPUT
										      : EF_E_IO;

	if (number == EINTR)
		return file_fail_interrupted(err, what, path);
	ef_fail(err, code, "cannot %s '%s': %s", what, path, ef_file_words(number));
	if (number == EACCES || number == EPERM)
		ef_hint_set(err, EF_HINT_FILE_PERMISSION);
	if (number == ENOENT || number == ENOTDIR)
		ef_hint_set(err, EF_HINT_FILE_MISSING);
	return false;
}

/*
 * Return whether the kernel may have made this file, which claims to be a regular, empty one:
 * reading /proc/kmsg to its end waits for the next message, and a signal does not end that wait for
 * a regular file.
 */
static bool may_be_kernels(const struct stat *st)
{
	return S_ISREG(st->st_mode) && st->st_size == 0;
}

/*
 * Reading a terminal, a serial port or /dev/kmsg may wait forever. The user's standard input is an
 * exception, by whatever name it is opened: the user chose it.
 */
static bool may_wait_for_ever(const struct stat *st)
{
	struct stat in;

	return S_ISCHR(st->st_mode) &&
	       (fstat(STDIN_FILENO, &in) != 0 || !S_ISCHR(in.st_mode) || in.st_rdev != st->st_rdev);
}

/*
 * Opening a FIFO would wait for its writer, perhaps for ever. So the open does not wait, and
 * read_all waits for a limited time.
 */
static int open_file(const char *path, struct stat *ret_st)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY), number;

	if (fd < 0 ||
	    (fstat(fd, ret_st) == 0 && (S_ISFIFO(ret_st->st_mode) || may_be_kernels(ret_st) ||
					may_wait_for_ever(ret_st) || file_set_blocking(fd))))
		return fd;
	number = errno;
	(void)close(fd);
	errno = number;
	return -1;
}

/* Open a file, a pipe, or standard input ("-"). */
static bool open_input(const char *path, int *ret_fd, struct stat *ret_st, struct ef_err *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : open_file(path, ret_st);

	if (fd < 0) {
		fail_errno(err, "open", path, errno);
		return false;
	}
	if (fstat(fd, ret_st) != 0) {
		fail_errno(err, "read", path, errno);
		close(fd);
		return false;
	}
	if (S_ISDIR(ret_st->st_mode)) {
		close(fd);
		ef_fail(err, EF_E_INPUT, "cannot read '%s': it is a directory", path);
		return ef_hint_set(err, EF_HINT_FILE_IS_FOLDER);
	}
	*ret_fd = fd;
	return true;
}

static bool fail_too_large(struct ef_err *err, const char *path, size_t max)
{
	return ef_fail(err, EF_E_INPUT, "'%s' is larger than the limit of %zu bytes", path, max);
}

/*
 * Give the writer of a FIFO a moment to open it: the shortest time limit that a user can set. A
 * writer that has opened it may be silent for longer. *ret: nothing arrived, so there may be no
 * writer.
 */
static bool await_writer(int fd, bool *ret)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int flags = fcntl(fd, F_GETFL), n = 1;

	if (flags >= 0 && flags & O_NONBLOCK)
		n = poll(&p, 1, FILE_PEER_WAIT_MS);
	*ret = n == 0;
	return n >= 0;
}

static bool fail_endless(struct ef_err *err, const char *path)
{
	ef_fail(err, EF_E_INPUT, "cannot read '%s': it is a device, whose content has no end",
		path);
	return ef_hint_own(err, "name a file, or '-' for standard input");
}

/*
 * Return whether this is a device that never runs out of bytes, as /dev/zero. Devices with an end
 * (a flash chip of the host) know it; a terminal's user ends the input.
 */
static bool is_endless(int fd)
{
	struct stat st;
	off_t end;

	if (fstat(fd, &st) != 0 || !S_ISCHR(st.st_mode) || isatty(fd))
		return false;
	end = lseek(fd, 0, SEEK_END);
	return end <= 0 || lseek(fd, 0, SEEK_SET) != 0;
}

/* No more bytes are there yet. Return whether to wait for the rest. */
static bool waits_for_more(int fd, const char *path, struct ef_err *err)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && S_ISCHR(st.st_mode))
		return fail_endless(err, path);
	return file_set_blocking(fd) || fail_errno(err, "read", path, errno);
}

/*
 * Return whether this is a file of the kernel: what it has now is all, as only later events add
 * more.
 */
static bool is_kernels(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && may_be_kernels(&st);
}

/*
 * Append the rest of fd to buf. At the ceiling, read one more byte to tell the end from more data.
 */
static bool read_all(int fd, const char *path, struct ef_buf *buf, struct ef_err *err)
{
	bool is_unheard, is_endless_device = is_endless(fd);

	if (!await_writer(fd, &is_unheard))
		return fail_errno(err, "read", path, errno);
	for (;;) {
		size_t want = buf->max - buf->len < 65536 ? buf->max - buf->len : 65536;
		uint8_t extra, *p = &extra;
		ssize_t n;
		int number;

		if (want == 0) {
			want = 1;
		} else if (!ef_buf_extend(buf, want, &p, err)) {
			return false;
		} else {
			buf->len -= want;
		}
		n = read(fd, p, want);
		number = errno;
		if (n < 0 && number == EINTR && !file_is_interrupted(fd))
			continue;
		if (n < 0 && number == EAGAIN && is_kernels(fd))
			return true;
		if (n < 0 && number == EAGAIN) {
			if (!waits_for_more(fd, path, err))
				return false;
			is_unheard = false;
			continue;
		}
		if (n < 0)
			return fail_errno(err, "read", path, number);
		if (n == 0)
			return !is_unheard || fail_errno(err, "read", path, ENOTCONN);
		is_unheard = false;
		if (is_endless_device)
			return fail_endless(err, path);
		if (p == &extra)
			return fail_too_large(err, path, buf->max);
		buf->len += (size_t)n;
	}
}

bool ef_file_read_fd(int fd, const char *path, struct ef_buf *buf, struct ef_err *err)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size > buf->max)
		return fail_too_large(err, path, buf->max);
	return read_all(fd, path, buf, err);
}

bool ef_file_read(const char *path, struct ef_buf *buf, struct ef_err *err)
{
	struct stat st;
	bool ok;
	int fd;

	if (!open_input(path, &fd, &st, err))
		return false;
	ok = ef_file_read_fd(fd, path, buf, err);
	close(fd);
	return ok;
}

/* ---- mapped ---- */

/* Behind ef_map.handle: a mapping, or the content of something that can't be mapped. */
struct mapping {
	void *addr;
	size_t len;
	struct ef_buf buf;
	int fd; /* the mapped file's, for ef_map_copy */
	struct ef_file_stamp stamp;
	bool is_used; /* its content was used: changes don't matter any more */
	struct mapping *next;
};

/* All mapped files of the process: code that passes over bytes can't tell where they are from. */
static struct mapping *mappings;
static pthread_mutex_t mappings_lock = PTHREAD_MUTEX_INITIALIZER;

static void list_mapping(struct mapping *m)
{
	pthread_mutex_lock(&mappings_lock);
	m->next = mappings;
	mappings = m;
	pthread_mutex_unlock(&mappings_lock);
}

static void unlist_mapping(const struct mapping *m)
{
	struct mapping **at = &mappings;

	pthread_mutex_lock(&mappings_lock);
	while (*at && *at != m)
		at = &(*at)->next;
	if (*at)
		*at = m->next;
	pthread_mutex_unlock(&mappings_lock);
}

static struct ef_file_stamp stamp_of(const struct stat *st)
{
	return (struct ef_file_stamp){
		.device = (uint64_t)st->st_dev,
		.inode = (uint64_t)st->st_ino,
		.size = (uint64_t)st->st_size,
		.seconds = (int64_t)st->st_mtim.tv_sec,
		.nanoseconds = st->st_mtim.tv_nsec,
	};
}

bool ef_file_stamp(const char *path, struct ef_file_stamp *ret)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return false;
	*ret = stamp_of(&st);
	return true;
}

static bool map_regular(struct mapping *m, int fd, const char *path, const struct stat *st,
			struct ef_err *err)
{
	size_t len = (size_t)st->st_size;
	void *addr = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);

	if (addr == MAP_FAILED)
		return fail_errno(err, "map", path, errno);
	m->addr = addr;
	m->len = len;
	m->fd = fd;
	m->stamp = stamp_of(st);
	list_mapping(m);
	return true;
}

bool ef_map_open(struct ef_map *map, const char *path, size_t max, struct ef_err *err)
{
	struct mapping *m;
	struct stat st;
	bool ok = false;
	int fd;

	if (!open_input(path, &fd, &st, err))
		return false;
	if (S_ISREG(st.st_mode) && (uint64_t)st.st_size > max) {
		fail_too_large(err, path, max);
		goto out;
	}
	m = calloc(1, sizeof(*m));
	if (!m) {
		ef_fail(err, EF_E_IO, "out of memory");
		goto out;
	}
	m->buf.max = max;
	if (S_ISREG(st.st_mode) && st.st_size > 0)
		ok = map_regular(m, fd, path, &st, err);
	else
		ok = read_all(fd, path, &m->buf, err);
	if (ok) {
		map->data = m->addr ? m->addr : m->buf.data;
		map->len = m->addr ? m->len : m->buf.len;
		map->stamp = stamp_of(&st);
		map->handle = m;
	} else {
		ef_buf_release(&m->buf);
		free(m);
	}
out:
	if (!ok || !m->addr)
		close(fd);
	return ok;
}

static bool holds(const struct mapping *m, const void *data, size_t len)
{
	uintptr_t at = (uintptr_t)data, start = (uintptr_t)m->addr;

	return at >= start && at - start <= m->len && len <= m->len - (at - start);
}

/*
 * Drop only pages behind the reader. Where the system maps many pages at once, those before it are
 * mapped already and would have to be mapped again.
 */
void ef_map_passed(const void *data, size_t len)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

	pthread_mutex_lock(&mappings_lock);
	for (const struct mapping *m = mappings; m; m = m->next) {
		size_t end = (uintptr_t)data + len - (uintptr_t)m->addr;

		if (!holds(m, data, len))
			continue;
		if (end < m->len)
			end = end / page * page;
		/* glibc's posix_madvise ignores this advice. */
		(void)madvise(m->addr, end, MADV_DONTNEED);
	}
	pthread_mutex_unlock(&mappings_lock);
}

/* *ret_off: where in the file the bytes are. -1: they are in no mapped file. */
static int file_of(const void *data, size_t len, off_t *ret_off)
{
	int fd = -1;

	pthread_mutex_lock(&mappings_lock);
	for (const struct mapping *m = mappings; m && fd < 0; m = m->next)
		if (holds(m, data, len)) {
			fd = m->fd;
			*ret_off = (off_t)((uintptr_t)data - (uintptr_t)m->addr);
		}
	pthread_mutex_unlock(&mappings_lock);
	return fd;
}

void ef_map_copy(void *ret, const void *data, size_t len)
{
	size_t done = 0;
	off_t off = 0;
	int fd = file_of(data, len, &off);

	while (fd >= 0 && done < len) {
		ssize_t n = pread(fd, (uint8_t *)ret + done, len - done, off + (off_t)done);

		if (n <= 0)
			break;
		done += (size_t)n;
	}
	memcpy((uint8_t *)ret + done, (const uint8_t *)data + done, len - done);
}

static volatile sig_atomic_t was_cut;

bool ef_map_mend(const void *at)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	bool is_ours = false;

	pthread_mutex_lock(&mappings_lock);
	for (const struct mapping *m = mappings; m && !is_ours; m = m->next)
		is_ours = holds(m, at, 1);
	pthread_mutex_unlock(&mappings_lock);
	if (!is_ours || mmap((void *)((uintptr_t)at / page * page), page, PROT_READ,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
		return false;
	was_cut = 1;
	return true;
}

static bool was_changed;

/* A build that writes its file again need not take a page away: a page may hold zeros, or both
 * contents. */
static void judge(const struct mapping *m)
{
	struct stat st;

	if (m->is_used)
		return;
	if (fstat(m->fd, &st) != 0 || (uint64_t)st.st_size < m->stamp.size)
		was_cut = 1;
	else if ((int64_t)st.st_mtim.tv_sec != m->stamp.seconds ||
		 st.st_mtim.tv_nsec != m->stamp.nanoseconds)
		was_changed = true;
}

static void judge_all(void)
{
	pthread_mutex_lock(&mappings_lock);
	for (const struct mapping *m = mappings; m; m = m->next)
		judge(m);
	pthread_mutex_unlock(&mappings_lock);
}

bool ef_map_check(struct ef_err *err)
{
	judge_all();
	if (!was_cut && !was_changed)
		return true;
	ef_fail(err, EF_E_IO,
		was_cut ? "another program cut a file short, or took its disk away, while it was "
			  "read"
			: "another program changed a file while it was read");
	return ef_hint_own(err, "wait until the build has ended, and run the command again");
}

bool ef_map_used(struct ef_err *err)
{
	if (!ef_map_check(err))
		return false;
	pthread_mutex_lock(&mappings_lock);
	for (struct mapping *m = mappings; m; m = m->next)
		m->is_used = true;
	pthread_mutex_unlock(&mappings_lock);
	return true;
}

void ef_map_release(struct ef_map *map)
{
	struct mapping *m = map->handle;

	if (!m)
		return;
	if (m->addr) {
		judge(m);
		unlist_mapping(m);
		munmap(m->addr, m->len);
		close(m->fd);
	}
	ef_buf_release(&m->buf);
	free(m);
	*map = (struct ef_map){ 0 };
}
