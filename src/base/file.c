/* SPDX-License-Identifier: MIT */
/*
 * Reads, maps and writes files. A crash or a full disk never leaves half a file
 * behind. This is for POSIX; a port to Windows replaces this file.
 */
#define _DEFAULT_SOURCE /* madvise */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"

static bool fail_errno(struct ef_err *err, const char *what, const char *path, int number)
{
	enum ef_code code = number == ENOENT || number == ENOTDIR || number == EISDIR ? EF_E_INPUT
										      : EF_E_IO;

	ef_fail(err, code, "cannot %s '%s': %s", what, path, strerror(number));
	if (number == EACCES || number == EPERM)
		ef_hint_set(err, EF_HINT_FILE_PERMISSION);
	if (number == ENOENT || number == ENOTDIR)
		ef_hint_set(err, EF_HINT_FILE_MISSING);
	return false;
}

static bool fail_write(struct ef_err *err, const char *what, const char *path, int number)
{
	ef_fail(err, EF_E_IO, "cannot %s '%s': %s", what, path, strerror(number));
	if (number == ENOSPC || number == EDQUOT)
		return ef_hint_set(err, EF_HINT_DISK_FULL);
	if (number == ENOENT || number == ENOTDIR)
		return ef_hint_set(err, EF_HINT_FOLDER_MISSING);
	return ef_hint_set(err, EF_HINT_FOLDER_NOT_WRITABLE);
}

/* Open a file, a pipe, or standard input ("-"). */
static bool open_input(const char *path, int *ret_fd, struct stat *ret_st, struct ef_err *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
			  : open(path, O_RDONLY | O_CLOEXEC);

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

/* Append the rest of fd to buf. At the ceiling, one more byte shows whether the file ends. */
static bool read_all(int fd, const char *path, struct ef_buf *buf, struct ef_err *err)
{
	for (;;) {
		size_t want = buf->max - buf->len < 65536 ? buf->max - buf->len : 65536;
		uint8_t extra, *p = &extra;
		ssize_t n;

		if (want == 0) {
			want = 1;
		} else if (!ef_buf_extend(buf, want, &p, err)) {
			return false;
		} else {
			buf->len -= want;
		}
		n = read(fd, p, want);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail_errno(err, "read", path, errno);
		if (n == 0)
			return true;
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
};

static bool map_regular(struct mapping *m, int fd, const char *path, size_t len, struct ef_err *err)
{
	void *addr = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);

	if (addr == MAP_FAILED)
		return fail_errno(err, "map", path, errno);
	m->addr = addr;
	m->len = len;
	return true;
}

bool ef_map_open(struct ef_map *map, const char *path, size_t max, struct ef_err *err)
{
	struct mapping *m = NULL;
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
		ok = map_regular(m, fd, path, (size_t)st.st_size, err);
	else
		ok = read_all(fd, path, &m->buf, err);
	if (ok) {
		map->data = m->addr ? m->addr : m->buf.data;
		map->len = m->addr ? m->len : m->buf.len;
		map->handle = m;
		m = NULL;
	}
out:
	if (m)
		ef_buf_release(&m->buf);
	free(m);
	close(fd);
	return ok;
}

void ef_map_trim(const struct ef_map *map)
{
	const struct mapping *m = map->handle;

	/* glibc's posix_madvise ignores this advice. */
	if (m && m->addr)
		(void)madvise(m->addr, m->len, MADV_DONTNEED);
}

void ef_map_release(struct ef_map *map)
{
	struct mapping *m = map->handle;

	if (!m)
		return;
	if (m->addr)
		munmap(m->addr, m->len);
	ef_buf_release(&m->buf);
	free(m);
	*map = (struct ef_map){ 0 };
}

/* ---- written atomically ---- */

static bool write_all(int fd, const char *path, const uint8_t *data, size_t len, struct ef_err *err)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail_write(err, "write", path, errno);
		data += n;
		len -= (size_t)n;
	}
	return true;
}

/* Create a file beside path, with default permissions. The caller frees *ret_tmp. */
static int open_temporary(const char *path, char **ret_tmp, struct ef_err *err)
{
	size_t cap = strlen(path) + 40;
	char *tmp = malloc(cap);
	int fd = -1, number = EEXIST;

	if (!tmp) {
		ef_fail(err, EF_E_IO, "out of memory");
		return -1;
	}
	for (unsigned i = 0; fd < 0 && number == EEXIST && i < 100; i++) {
		(void)ef_snprintf(tmp, cap, "%s.%ld.%u.tmp", path, (long)getpid(), i);
		fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		number = errno;
	}
	if (fd < 0) {
		fail_write(err, "create a file beside", path, number);
		free(tmp);
		return -1;
	}
	*ret_tmp = tmp;
	return fd;
}

/* ---- what killed runs left ---- */

/* The process id in "NAME.PID.N.tmp"; 0: the name is another. */
static long leftover_pid(const char *entry, const char *name)
{
	size_t len = strlen(name);
	const char *p = entry + len + 1;
	long pid = 0;

	if (strncmp(entry, name, len) != 0 || entry[len] != '.')
		return 0;
	for (; *p >= '0' && *p <= '9' && pid < 100000000; p++)
		pid = pid * 10 + (*p - '0');
	if (*p++ != '.' || *p < '0' || *p > '9')
		return 0;
	while (*p >= '0' && *p <= '9')
		p++;
	return strcmp(p, ".tmp") == 0 ? pid : 0;
}

/* Only our own: in a shared folder somebody else's run may have a number that is free here. */
static void remove_leftover(int dir, const char *entry)
{
	struct stat st;

	if (fstatat(dir, entry, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
	    st.st_uid == geteuid())
		(void)unlinkat(dir, entry, 0);
}

/* A run that was killed can't clean up. The next one that writes the same file does it. */
static void remove_leftovers(const char *path)
{
	const char *name = ef_base_name(path);
	char dir[1024];
	struct dirent *entry;
	DIR *d;

	if (!ef_snprintf(dir, sizeof(dir), "%.*s", name > path ? (int)(name - path) : 1,
			 name > path ? path : "."))
		return;
	d = opendir(dir);
	while (d && (entry = readdir(d))) {
		long pid = leftover_pid(entry->d_name, name);

		if (pid > 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH)
			remove_leftover(dirfd(d), entry->d_name);
	}
	if (d)
		closedir(d);
}

/* ---- where a name leads ---- */

/* Resolve a symlink to a missing file: realpath needs the file, so create it for a moment. */
static char *resolve_dangling(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	char *real;

	if (fd < 0)
		return NULL;
	close(fd);
	real = realpath(path, NULL);
	if (real)
		unlink(real);
	return real;
}

/* Follow symlinks, so that the file is replaced and not the link. The caller frees *ret. */
static bool resolve(const char *path, char **ret, struct ef_err *err)
{
	char *real = realpath(path, NULL);
	struct stat st;

	if (!real && lstat(path, &st) == 0 && S_ISLNK(st.st_mode)) {
		real = resolve_dangling(path);
		if (!real)
			return fail_write(err, "write", path, errno);
	}
	if (!real)
		real = strdup(path);
	if (!real)
		return ef_fail(err, EF_E_IO, "out of memory");
	*ret = real;
	return true;
}

static bool open_direct(struct ef_file_out *out, const char *path, struct ef_err *err)
{
	out->path = strdup(path);
	if (!out->path)
		return ef_fail(err, EF_E_IO, "out of memory");
	/* A duplicate of standard output keeps its content, its position and O_APPEND. */
	out->fd = ef_file_is_stdout(path) ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)
					  : open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	if (out->fd < 0)
		return fail_write(err, "open for writing", path, errno);
	return true;
}

bool ef_file_is_stdout(const char *path)
{
	struct stat file, out;

	if (strcmp(path, "-") == 0)
		return true;
	/* /dev/null never stands for standard output, even if that is redirected there. */
	return strcmp(path, "/dev/null") != 0 && stat(path, &file) == 0 &&
	       fstat(STDOUT_FILENO, &out) == 0 && file.st_dev == out.st_dev &&
	       file.st_ino == out.st_ino;
}

bool ef_file_out_open(struct ef_file_out *out, const char *path, struct ef_err *err)
{
	struct stat st;
	bool exists = stat(path, &st) == 0;

	*out = (struct ef_file_out)EF_FILE_OUT_INIT;
	if (exists && S_ISDIR(st.st_mode))
		return fail_write(err, "write", path, EISDIR);
	if (ef_file_is_stdout(path) || (exists && !S_ISREG(st.st_mode))) {
		if (open_direct(out, path, err))
			return true;
	} else if (exists && access(path, W_OK) != 0) {
		return fail_write(err, "write", path, errno);
	} else if (resolve(path, &out->path, err)) {
		/*
		 * Another user's file says nothing about who may read ours, and set-id bits would
		 * make our content run with our rights.
		 */
		out->keeps_mode = exists && st.st_uid == geteuid();
		out->mode = exists ? (unsigned)(st.st_mode & 0777) : 0;
		remove_leftovers(out->path);
		/* False positive: abort and commit free both names. */
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
		out->fd = open_temporary(out->path, &out->tmp, err);
		if (out->fd >= 0)
			return true;
	}
	ef_file_out_abort(out);
	return false;
}

bool ef_file_out_write(struct ef_file_out *out, const void *data, size_t len, struct ef_err *err)
{
	return write_all(out->fd, out->path, data, len, err);
}

/*
 * There is no fsync: our output can be made again, and a sync would take longer
 * than all the rest. The rename protects against a crash of the program and a
 * full disk.
 */
bool ef_file_out_commit(struct ef_file_out *out, struct ef_err *err)
{
	bool ok = !out->keeps_mode || fchmod(out->fd, (mode_t)out->mode) == 0;
	int number = errno;

	if (close(out->fd) != 0 && ok) {
		ok = false;
		number = errno;
	}
	out->fd = -1;
	if (ok && out->tmp && rename(out->tmp, out->path) != 0) {
		ok = false;
		number = errno;
	}
	if (!ok) {
		fail_write(err, "write", out->path, number);
	} else {
		free(out->tmp);
		out->tmp = NULL;
	}
	ef_file_out_abort(out);
	return ok;
}

void ef_file_out_abort(struct ef_file_out *out)
{
	if (out->fd >= 0)
		close(out->fd);
	if (out->tmp)
		unlink(out->tmp);
	free(out->tmp);
	free(out->path);
	*out = (struct ef_file_out)EF_FILE_OUT_INIT;
}

bool ef_file_write(const char *path, const void *data, size_t len, struct ef_err *err)
{
	struct ef_file_out out;

	if (!ef_file_out_open(&out, path, err))
		return false;
	if (!ef_file_out_write(&out, data, len, err)) {
		ef_file_out_abort(&out);
		return false;
	}
	return ef_file_out_commit(&out, err);
}

bool ef_file_exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, R_OK) == 0;
}

/* ---- folders ---- */

bool ef_folder_exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool ef_make_folders_above(const char *path, unsigned mode, struct ef_err *err)
{
	char *folder = strdup(path);
	bool ok = folder || ef_fail(err, EF_E_IO, "out of memory");

	for (size_t i = 1; ok && path[0] && path[i]; i++) {
		if (path[i] != '/')
			continue;
		folder[i] = '\0';
		if (mkdir(folder, (mode_t)mode) != 0 && errno != EEXIST)
			ok = ef_fail(err, EF_E_IO, "cannot make the folder '%s': %s", folder,
				     strerror(errno));
		folder[i] = '/';
	}
	free(folder);
	return ok;
}
