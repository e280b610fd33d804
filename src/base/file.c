/* SPDX-License-Identifier: MIT */
/*
 * Writes files. A crash or a full disk never leaves half a file behind. This is for
 * POSIX; a port to Windows replaces this file and its neighbours file_*.c.
 */
#define _DEFAULT_SOURCE /* O_CLOEXEC and its like, with strict C */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_priv.h"
#include "base/util.h"

static bool fail_write(struct ef_err *err, const char *what, const char *path, int number)
{
	if (number == EINTR)
		return file_fail_interrupted(err, what, path);
	ef_fail(err, EF_E_IO, "cannot %s '%s': %s", what, path, ef_file_words(number));
	if (number == ENOTCONN || number == FILE_PLANTED)
		return false;
	if (number == ENOSPC || number == EDQUOT)
		return ef_hint_set(err, EF_HINT_DISK_FULL);
	if (number == ENOENT || number == ENOTDIR)
		return ef_hint_set(err, EF_HINT_FOLDER_MISSING);
	return ef_hint_set(err, EF_HINT_FOLDER_NOT_WRITABLE);
}

/* ---- written atomically ---- */

static bool write_all(int fd, const char *path, const uint8_t *data, size_t len, struct ef_err *err)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);
		int number = errno;

		if (n < 0 && number == EINTR && !file_is_interrupted(fd))
			continue;
		if (n < 0)
			return fail_write(err, "write", path, number);
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

/* Return the process id in "NAME.PID.N.tmp"; 0: the name has another form. */
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

/* Remove only files of our own user: in a shared folder, another user's run on another machine may
 * have this process number. */
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

/* Follow symlinks, so that the write replaces the file and not the link. The caller frees *ret. */
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
					  : ef_file_open_out(path, O_WRONLY);
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
	if (file_is_planted(path))
		return fail_write(err, "write", path, FILE_PLANTED);
	if (exists && S_ISDIR(st.st_mode))
		return fail_write(err, "write", path, EISDIR);
	if (ef_file_is_stdout(path) || (exists && !S_ISREG(st.st_mode))) {
		if (open_direct(out, path, err))
			return true;
	} else if (exists && access(path, W_OK) != 0) {
		return fail_write(err, "write", path, errno);
	} else if (resolve(path, &out->path, err)) {
		/*
		 * Another user's file does not decide who may read ours, and set-id bits would make
		 * our content run with our rights.
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
