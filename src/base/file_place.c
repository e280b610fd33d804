/* SPDX-License-Identifier: MIT */
/*
 * Finds out where the name of an output leads. Knows which symlinks may be followed: in a folder
 * that all may write to and that has the sticky bit, such as /tmp, another user could have put one
 * in place to make us overwrite a file of ours. The rule is Linux's protected_symlinks
 * (Documentation/admin-guide/sysctl/fs.rst), which may be switched off, and which realpath doesn't
 * know.
 */
#define _DEFAULT_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_priv.h"
#include "base/util.h"

/* As many links as Linux follows. */
#define LINKS_MAX 40u

/* On the heap, since a name can be long. */
struct walk {
	char path[PATH_MAX], target[PATH_MAX], rest[PATH_MAX], folder[PATH_MAX];
	size_t at; /* the component that is looked at next begins here */
	unsigned links;
};

static bool is_foreign_link(const char *folder, const struct stat *link)
{
	struct stat dir;

	return link->st_uid != geteuid() && stat(folder, &dir) == 0 && dir.st_mode & S_ISVTX &&
	       dir.st_mode & S_IWOTH && link->st_uid != dir.st_uid;
}

/* Put the target of the link that ends here before the rest. False: it can't be read. */
static bool follow(struct walk *w)
{
	ssize_t len = readlink(w->path, w->target, sizeof(w->target) - 1);
	size_t kept;

	if (len < 0 || ++w->links > LINKS_MAX)
		return false;
	w->target[len] = '\0';
	kept = w->target[0] == '/' ? 0 : w->at;
	w->at = 0; /* its target may be anywhere */
	w->path[kept] = '\0';
	return ef_snprintf(w->path + kept, sizeof(w->path) - kept, "%s%s%s", w->target,
			   *w->rest ? "/" : "", w->rest);
}

/* Look at one component. True: there are more components. */
static bool look(struct walk *w, bool *ret_planted)
{
	size_t end = w->at + strcspn(w->path + w->at, "/");
	bool has_more = w->path[end] != '\0', is_link;
	struct stat st;

	(void)ef_strlcpy(w->rest, sizeof(w->rest), has_more ? w->path + end + 1 : "");
	(void)ef_snprintf(w->folder, sizeof(w->folder), "%.*s", w->at ? (int)w->at : 1,
			  w->at ? w->path : ".");
	w->path[end] = '\0';
	is_link = end > w->at && lstat(w->path, &st) == 0 && S_ISLNK(st.st_mode);
	*ret_planted = is_link && is_foreign_link(w->folder, &st);
	if (*ret_planted)
		return false;
	if (is_link)
		return follow(w);
	if (has_more)
		w->path[end] = '/';
	w->at = end + has_more;
	return has_more;
}

bool file_is_planted(const char *name)
{
	struct walk *w = strcmp(name, "-") == 0 ? NULL : calloc(1, sizeof(*w));
	bool is_planted = false;

	if (w && ef_strlcpy(w->path, sizeof(w->path), name))
		while (look(w, &is_planted))
			;
	free(w);
	return is_planted;
}
