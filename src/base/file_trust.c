/* SPDX-License-Identifier: MIT */
/*
 * Knows which files may influence a run although the user did not name them. The rule is git's for
 * repositories (safe.directory, CVE-2022-24765): another user's file in a shared folder must not
 * act in the name of the user who works below it.
 */
#define _DEFAULT_SOURCE /* S_ISLNK with lstat */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"

static const char *const why[] = {
	[EF_TRUST_OK] = "",
	[EF_TRUST_MISSING] = "it is not there",
	[EF_TRUST_NO_FILE] = "it is not a regular file",
	[EF_TRUST_FOREIGN] = "it belongs to another user, who could put anything into it",
	[EF_TRUST_WRITABLE] = "everybody can write to it (if it is yours: chmod o-w)",
};

const char *ef_trust_words(enum ef_trust trust)
{
	return why[trust];
}

/*
 * sudo tells root which user it works for, and git trusts that, too. Other users could set the
 * variable to anything.
 */
static bool is_ours(uid_t owner, const char *sudo_uid)
{
	uint32_t uid;

	return owner == geteuid() || owner == 0 ||
	       (geteuid() == 0 && sudo_uid && ef_parse_u32(sudo_uid, UINT32_MAX, &uid) &&
		owner == uid);
}

static enum ef_trust judge(const struct stat *link, const struct stat *file, const char *sudo_uid)
{
	if (!is_ours(link->st_uid, sudo_uid) || !is_ours(file->st_uid, sudo_uid))
		return EF_TRUST_FOREIGN;
	return file->st_mode & S_IWOTH ? EF_TRUST_WRITABLE : EF_TRUST_OK;
}

static enum ef_trust trust_of(const char *path, mode_t type, const char *sudo_uid)
{
	struct stat link, file;

	if (lstat(path, &link) != 0 || stat(path, &file) != 0)
		return EF_TRUST_MISSING;
	return (file.st_mode & S_IFMT) == type ? judge(&link, &file, sudo_uid) : EF_TRUST_NO_FILE;
}

enum ef_trust ef_file_trust(const char *path, const char *sudo_uid)
{
	return trust_of(path, S_IFREG, sudo_uid);
}

enum ef_trust ef_folder_trust(const char *path, const char *sudo_uid)
{
	return trust_of(path, S_IFDIR, sudo_uid);
}

bool ef_may_use_found(const char *path, const char *sudo_uid, char *refused, size_t cap)
{
	enum ef_trust trust = ef_file_trust(path, sudo_uid);

	if (refused && !*refused && (trust == EF_TRUST_FOREIGN || trust == EF_TRUST_WRITABLE))
		(void)ef_snprintf(refused, cap, "'%s': %s", path, why[trust]);
	return trust == EF_TRUST_OK;
}

bool ef_is_foreign_place(const char *path)
{
	char folder[1024];
	struct stat st;
	size_t len;

	if (!ef_strlcpy(folder, sizeof(folder), path))
		return true;
	for (len = strlen(folder); len > 1 && lstat(folder, &st) != 0; folder[len] = '\0')
		do
			len--;
		while (len > 1 && folder[len] != '/');
	return lstat(folder, &st) == 0 && st.st_uid != geteuid() && st.st_uid != 0;
}

/* The conditions for a file that the program found. NULL: the user named it. */
struct wanted {
	const char *sudo_uid;
	bool may_be_writable;
};

static enum ef_trust judge_opened(const struct stat *st, const struct wanted *w)
{
	enum ef_trust trust = w ? judge(st, st, w->sudo_uid) : EF_TRUST_OK;

	return trust == EF_TRUST_WRITABLE && w->may_be_writable ? EF_TRUST_OK : trust;
}

/* O_NONBLOCK: opening a pipe without a writer would block forever. */
static bool read_regular(const char *path, const struct wanted *w, struct ef_buf *buf,
			 struct ef_err *err)
{
	struct stat st;
	enum ef_trust trust;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	bool ok = false;

	if (fd < 0 || fstat(fd, &st) != 0 || S_ISDIR(st.st_mode))
		ok = ef_file_read(path, buf, err); /* this call reports the cause */
	else if (!S_ISREG(st.st_mode))
		ef_fail(err, EF_E_INPUT, "cannot read '%s': %s", path, why[EF_TRUST_NO_FILE]);
	else if ((trust = judge_opened(&st, w)) != EF_TRUST_OK)
		ef_fail(err, EF_E_INPUT, "'%s' is not used: %s", path, why[trust]);
	else
		ok = ef_file_read_fd(fd, path, buf, err);
	if (fd >= 0)
		close(fd);
	return ok;
}

bool ef_file_read_regular(const char *path, struct ef_buf *buf, struct ef_err *err)
{
	return read_regular(path, NULL, buf, err);
}

bool ef_file_read_found(const char *path, const char *sudo_uid, bool may_be_writable,
			struct ef_buf *buf, struct ef_err *err)
{
	const struct wanted w = { sudo_uid, may_be_writable };

	return read_regular(path, &w, buf, err);
}
