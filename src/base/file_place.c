/* SPDX-License-Identifier: MIT */
/*
 * Finds out where the name of an output leads. Knows which symlinks may be followed: another user
 * could have put one in place to make us write where only we may. So each step of the way is
 * opened, and the last folder stays open: whatever is put in place of a component later, the output
 * goes to the folder that was judged.
 *
 * In a folder that all may write to and that has the sticky bit, such as /tmp, the rules are those
 * of Linux's protected_symlinks, protected_hardlinks and protected_regular (Documentation/
 * admin-guide/sysctl/fs.rst), which may be switched off. Elsewhere another user's link is followed
 * only into a folder of that user, who could write there without us.
 */
#define _GNU_SOURCE /* O_PATH */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/file_priv.h"
#include "base/util.h"

/* Linux follows this many links, too. */
#define LINKS_MAX 40u

#define FOLDER_FLAGS (O_PATH | O_DIRECTORY | O_CLOEXEC)

enum step { STEP_ON, STEP_END, STEP_FAILED };

/* On the heap, since a name can be long. */
struct walk {
	char rest[PATH_MAX], target[PATH_MAX]; /* the rest is empty or begins with a slash */
	struct file_place *place;
	unsigned links;
	bool has_guide;
	uid_t guide; /* the other user whose links were followed */
};

static enum step fail(int number)
{
	errno = number;
	return STEP_FAILED;
}

static bool is_trusted(uid_t owner)
{
	return owner == geteuid() || owner == 0;
}

static bool is_shared(const struct stat *folder)
{
	return folder->st_mode & S_ISVTX && folder->st_mode & S_IWOTH;
}

static bool may_follow(struct walk *w, const struct stat *link)
{
	struct stat folder;

	if (is_trusted(link->st_uid))
		return true;
	if (fstat(w->place->dir, &folder) != 0 || is_shared(&folder) ||
	    (w->has_guide && w->guide != link->st_uid))
		return false;
	w->has_guide = true;
	w->guide = link->st_uid;
	return true;
}

static enum step enter(struct walk *w, int dir)
{
	if (dir < 0)
		return STEP_FAILED;
	if (w->place->dir >= 0)
		(void)close(w->place->dir);
	w->place->dir = dir;
	return STEP_ON;
}

/*
 * /proc/self/fd/1 and its like are no names but doors, which only the kernel can open. What stands
 * in such a link may be no path at all.
 */
static enum step pass_door(struct walk *w)
{
	w->place->is_door = !w->rest[0];
	return w->place->is_door ? STEP_END
				 : enter(w, openat(w->place->dir, w->place->name, FOLDER_FLAGS));
}

static enum step follow(struct walk *w, int link, const struct stat *st)
{
	struct statfs fs;
	ssize_t len;
	size_t room;

	if (fstatfs(link, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC)
		return pass_door(w);
	if (++w->links > LINKS_MAX)
		return fail(ELOOP);
	if (!may_follow(w, st))
		return fail(FILE_PLANTED);
	/* the link that was judged, and not one that has come into its place */
	len = readlinkat(link, "", w->target, sizeof(w->target) - 1);
	if (len <= 0)
		return len < 0 ? STEP_FAILED : fail(ENOENT);
	w->target[len] = '\0';
	room = sizeof(w->target) - (size_t)len;
	if (!ef_strlcpy(w->target + len, room, w->rest))
		return fail(ENAMETOOLONG);
	memcpy(w->rest, w->target, sizeof(w->rest));
	return w->rest[0] == '/' ? enter(w, open("/", FOLDER_FLAGS)) : STEP_ON;
}

/* Move the first component of the rest to the name. */
static bool take(struct walk *w)
{
	const char *start = w->rest + strspn(w->rest, "/");
	size_t len = strcspn(start, "/");

	if (len >= sizeof(w->place->name))
		return false;
	memcpy(w->place->name, start, len);
	w->place->name[len] = '\0';
	memmove(w->rest, start + len, strlen(start + len) + 1);
	return true;
}

/* Look at one component. */
static enum step look(struct walk *w)
{
	enum step step;
	struct stat st;
	bool is_last;
	int fd;

	if (!take(w))
		return fail(ENAMETOOLONG);
	is_last = !w->rest[0];
	/* open it as a folder first, which triggers an automount */
	fd = is_last ? -1 : openat(w->place->dir, w->place->name, FOLDER_FLAGS | O_NOFOLLOW);
	if (fd >= 0)
		return enter(w, fd);
	if (!is_last && errno != ENOTDIR && errno != ELOOP)
		return STEP_FAILED;
	if (!w->place->name[0])
		return STEP_END;
	fd = openat(w->place->dir, w->place->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return is_last && errno == ENOENT ? STEP_END : STEP_FAILED;
	if (fstat(fd, &st) != 0)
		step = STEP_FAILED;
	else if (S_ISLNK(st.st_mode))
		step = follow(w, fd, &st);
	else
		step = is_last ? STEP_END : fail(ENOTDIR);
	(void)close(fd);
	return step;
}

/* Return whether no other user's link was followed, or it led into a folder of that user. */
static bool is_led_home(const struct walk *w)
{
	struct stat folder;

	return !w->has_guide || (fstat(w->place->dir, &folder) == 0 && folder.st_uid == w->guide);
}

static enum step walk(struct walk *w)
{
	enum step step = enter(w, open(w->rest[0] == '/' ? "/" : ".", FOLDER_FLAGS));

	while (step == STEP_ON)
		step = look(w);
	return step == STEP_END && !is_led_home(w) ? fail(FILE_PLANTED) : step;
}

bool file_place_find(struct file_place *ret, const char *path)
{
	struct walk *w = calloc(1, sizeof(*w));
	enum step step;

	*ret = (struct file_place)FILE_PLACE_INIT;
	if (!w)
		return false;
	w->place = ret;
	if (!path[0] || !ef_strlcpy(w->rest, sizeof(w->rest), path))
		step = fail(path[0] ? ENAMETOOLONG : ENOENT);
	else
		step = walk(w);
	free(w);
	if (step == STEP_END)
		return true;
	file_place_leave(ret);
	return false;
}

void file_place_leave(struct file_place *place)
{
	int number = errno;

	if (place->dir >= 0)
		(void)close(place->dir);
	place->dir = -1;
	errno = number;
}

bool file_place_stat(const struct file_place *place, struct stat *ret)
{
	if (!place->name[0])
		return fstat(place->dir, ret) == 0;
	return fstatat(place->dir, place->name, ret, place->is_door ? 0 : AT_SYMLINK_NOFOLLOW) == 0;
}

int file_place_open(const struct file_place *place, int flags)
{
	if (!place->name[0]) {
		errno = EISDIR;
		return -1;
	}
	return openat(place->dir, place->name,
		      flags | (place->is_door ? 0 : O_NOFOLLOW) | O_CLOEXEC, 0666);
}

bool file_place_is_trap(const struct file_place *place, const struct stat *opened)
{
	struct stat folder;

	if (place->is_door || fstat(place->dir, &folder) != 0 || !is_shared(&folder))
		return false;
	return !is_trusted(opened->st_uid) || (S_ISREG(opened->st_mode) && opened->st_nlink > 1);
}
