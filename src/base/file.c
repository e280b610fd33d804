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

/* Create a file beside the one that is written, with default permissions. */
static bool open_temporary(struct ef_file_out *out, struct ef_err *err)
{
	size_t cap = strlen(out->name) + 40;
	int number = EEXIST;

	out->tmp = malloc(cap);
	if (!out->tmp)
		return ef_fail(err, EF_E_IO, "out of memory");
	for (unsigned i = 0; out->fd < 0 && number == EEXIST && i < 100; i++) {
		(void)ef_snprintf(out->tmp, cap, "%s.%ld.%u.tmp", out->name, (long)getpid(), i);
		out->fd = openat(out->dir, out->tmp,
				 O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
		number = errno;
	}
	if (out->fd >= 0)
		return true;
	free(out->tmp);
	out->tmp = NULL; /* it is not ours to remove */
	return fail_write(err, "create a file beside", out->path, number);
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

/*
 * Remove only files of our own user: in a shared folder, another user's run on another machine may
 * have this process number.
 */
static void remove_leftover(int dir, const char *entry)
{
	struct stat st;

	if (fstatat(dir, entry, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
	    st.st_uid == geteuid())
		(void)unlinkat(dir, entry, 0);
}

/* A run that was killed can't clean up. The next one that writes the same file does it. */
static void remove_leftovers(int dir, const char *name)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;

	while (d && (entry = readdir(d))) {
		long pid = leftover_pid(entry->d_name, name);

		if (pid > 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH)
			remove_leftover(dir, entry->d_name);
	}
	if (d)
		closedir(d);
	else if (fd >= 0)
		close(fd);
}

/* ---- where a name leads ---- */

static bool open_direct(struct ef_file_out *out, const char *path, struct ef_err *err)
{
	/* A duplicate of standard output keeps its content, its position and O_APPEND. */
	out->fd = ef_file_is_stdout(path) ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)
					  : ef_file_open_out(path, O_WRONLY | O_TRUNC);
	return out->fd >= 0 || fail_write(err, "open for writing", path, errno);
}

/* Begin a file that will replace what is at the place. st: what that is; NULL: nothing. */
static bool open_beside(struct ef_file_out *out, const struct file_place *place,
			const struct stat *st, struct ef_err *err)
{
	if (st && faccessat(place->dir, place->name, W_OK, AT_EACCESS) != 0)
		return fail_write(err, "write", out->path, errno);
	out->name = strdup(place->name);
	if (!out->name)
		return ef_fail(err, EF_E_IO, "out of memory");
	out->dir = fcntl(place->dir, F_DUPFD_CLOEXEC, 0);
	if (out->dir < 0)
		return fail_write(err, "write", out->path, errno);
	/*
	 * Another user's file says nothing about who may read ours, and set-id bits would
	 * make our content run with our rights.
	 */
	out->keeps_mode = st && st->st_uid == geteuid();
	out->mode = st ? (unsigned)(st->st_mode & 0777) : 0;
	remove_leftovers(out->dir, out->name);
	return open_temporary(out, err);
}

static bool open_at(struct ef_file_out *out, const struct file_place *place, struct ef_err *err)
{
	struct stat st;
	bool exists = file_place_stat(place, &st);

	if (exists && S_ISDIR(st.st_mode))
		return fail_write(err, "write", out->path, EISDIR);
	if (place->is_door || (exists && !S_ISREG(st.st_mode)))
		return open_direct(out, out->path, err);
	return open_beside(out, place, exists ? &st : NULL, err);
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
	struct file_place place = FILE_PLACE_INIT;
	bool ok;

	*out = (struct ef_file_out)EF_FILE_OUT_INIT;
	out->path = strdup(path);
	if (!out->path)
		ok = ef_fail(err, EF_E_IO, "out of memory");
	else if (ef_file_is_stdout(path))
		ok = open_direct(out, path, err);
	else if (!file_place_find(&place, path))
		ok = fail_write(err, "write", path, errno);
	else
		ok = open_at(out, &place, err);
	file_place_leave(&place);
	if (!ok)
		ef_file_out_abort(out);
	return ok;
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
	bool ok;
	int number;

	if (!ef_map_check(err)) {
		ef_file_out_abort(out);
		return false;
	}
	ok = !out->keeps_mode || fchmod(out->fd, (mode_t)out->mode) == 0;
	number = errno;
	if (close(out->fd) != 0 && ok) {
		ok = false;
		number = errno;
	}
	out->fd = -1;
	if (ok && out->tmp && renameat(out->dir, out->tmp, out->dir, out->name) != 0) {
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
		(void)unlinkat(out->dir, out->tmp, 0);
	if (out->dir >= 0)
		close(out->dir);
	free(out->tmp);
	free(out->name);
	free(out->path);
	*out = (struct ef_file_out)EF_FILE_OUT_INIT;
}

static bool write_whole(struct ef_file_out *out, const void *data, size_t len, struct ef_err *err)
{
	if (ef_file_out_write(out, data, len, err))
		return ef_file_out_commit(out, err);
	ef_file_out_abort(out);
	return false;
}

bool ef_file_write(const char *path, const void *data, size_t len, struct ef_err *err)
{
	struct ef_file_out out;

	return ef_file_out_open(&out, path, err) && write_whole(&out, data, len, err);
}

bool ef_file_write_mode(const char *path, unsigned mode, const void *data, size_t len,
			struct ef_err *err)
{
	struct ef_file_out out;

	if (!ef_file_out_open(&out, path, err))
		return false;
	out.keeps_mode = true;
	out.mode = mode;
	return write_whole(&out, data, len, err);
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

bool ef_make_folder(const char *path, unsigned mode)
{
	struct file_place place;
	bool ok;
	int number;

	if (!file_place_find(&place, path))
		return false;
	ok = mkdirat(place.dir, place.name, (mode_t)mode) == 0;
	number = place.name[0] ? errno
			       : EEXIST; /* the path ends in a slash, and the folder is there */
	file_place_leave(&place);
	errno = number;
	return ok;
}

bool ef_file_remove(const char *path)
{
	struct file_place place;
	bool ok;

	if (!file_place_find(&place, path))
		return errno == ENOENT;
	ok = unlinkat(place.dir, place.name, 0) == 0 || errno == ENOENT;
	file_place_leave(&place);
	return ok;
}

bool ef_make_folders_above(const char *path, unsigned mode, struct ef_err *err)
{
	char *folder = strdup(path);
	bool ok = folder || ef_fail(err, EF_E_IO, "out of memory");

	for (size_t i = 1; ok && path[0] && path[i]; i++) {
		if (path[i] != '/')
			continue;
		folder[i] = '\0';
		if (!ef_folder_exists(folder) && !ef_make_folder(folder, mode) && errno != EEXIST)
			ok = ef_fail(err, EF_E_IO, "cannot make the folder '%s': %s", folder,
				     ef_file_words(errno));
		folder[i] = '/';
	}
	free(folder);
	return ok;
}
