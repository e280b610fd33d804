/* SPDX-License-Identifier: MIT */
/* Walks through folders within bounds. A home folder can be large, and have loops of links. */
#include "cli/bootloader/boot_walk.h"

#include <dirent.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/bootloader/find_firmware.h"
#include "base/util.h"

struct walk {
	walk_fn *fn;
	void *user;
	size_t dirs_left, names_left;
	bool is_cut;
};

#define WALK_INIT(f, u)                                                                            \
	{                                                                                          \
		.fn = (f), .user = (u), .dirs_left = WALK_DIRS_MAX, .names_left = WALK_NAMES_MAX   \
	}

/* Compare versions as strcmp does, but runs of digits by value: "4.10.0" is after "4.5.0". */
static int compare_versions(const char *a, const char *b)
{
	while (*a && *b) {
		size_t da = strspn(a, "0123456789"), db = strspn(b, "0123456789");
		int order;

		if (da && db) {
			if (da != db)
				return da < db ? -1 : 1;
			order = memcmp(a, b, da);
			a += da;
			b += db;
		} else {
			order = (unsigned char)*a++ - (unsigned char)*b++;
		}
		if (order)
			return order;
	}
	/* A pre-release ("-rc.1") is older than its release. */
	if (*a == '-' || *b == '-')
		return *a == '-' ? -1 : 1;
	return (unsigned char)*a - (unsigned char)*b;
}

/* ---- one folder ---- */

struct names {
	char *item[WALK_KEPT_MAX];
	size_t count;
};

static int newest_first(const void *a, const void *b)
{
	return compare_versions(*(char *const *)b, *(char *const *)a);
}

/* Names that begin with a dot are only for patterns that do so, too. */
static void read_names(struct walk *w, const char *path, const char *pattern, struct names *ret)
{
	struct dirent *entry;
	DIR *dir;

	ret->count = 0;
	if (w->dirs_left == 0) {
		w->is_cut = true;
		return;
	}
	w->dirs_left--;
	dir = opendir(*path ? path : ".");
	while (dir && (entry = readdir(dir))) {
		if (w->names_left == 0 || ret->count == WALK_KEPT_MAX) {
			w->is_cut = true;
			break;
		}
		w->names_left--;
		if (fnmatch(pattern, entry->d_name, FNM_PERIOD) != 0)
			continue;
		ret->item[ret->count] = strdup(entry->d_name);
		if (ret->item[ret->count])
			ret->count++;
	}
	if (dir)
		closedir(dir);
}

static void free_names(struct names *n)
{
	for (size_t i = 0; i < n->count; i++)
		free(n->item[i]);
	free(n);
}

/* ---- patterns ---- */

/* Take the first component of pattern; *ret_rest: what follows it, NULL after the last one. */
static bool take_component(const char *pattern, char ret[128], const char **ret_rest)
{
	size_t len = strcspn(pattern, "/");

	*ret_rest = pattern[len] ? pattern + len + 1 : NULL;
	return ef_snprintf(ret, 128, "%.*s", (int)len, pattern);
}

static bool match_below(struct walk *w, const char *path, const char *pattern);

static bool visit(struct walk *w, const char *path, const char *name, const char *rest)
{
	char next[FIND_PATH_SIZE];

	if (!ef_snprintf(next, sizeof(next), "%s/%s", path, name))
		return true;
	if (rest)
		return match_below(w, next, rest);
	return !ef_file_exists(next) || w->fn(w->user, next);
}

/* It calls itself once for each component of a pattern, and patterns are constants. */
static bool match_below(struct walk *w, const char *path, const char *pattern)
{
	char component[128];
	const char *rest;
	struct names *names;
	bool goes_on = true;

	if (!take_component(pattern, component, &rest))
		return true;
	if (!strpbrk(component, "*?["))
		return visit(w, path, component, rest);
	names = malloc(sizeof(*names));
	if (!names)
		return true;
	read_names(w, path, component, names);
	qsort(names->item, names->count, sizeof(names->item[0]), newest_first);
	for (size_t i = 0; goes_on && i < names->count; i++)
		goes_on = visit(w, path, names->item[i], rest);
	free_names(names);
	return goes_on;
}

bool walk_pattern(const char *root, const char *pattern, walk_fn *fn, void *user)
{
	struct walk w = WALK_INIT(fn, user);

	return match_below(&w, root, pattern);
}

/* ---- whole folders ---- */

/*
 * Search hidden folders too, since builds have names like ".pio", but not the history of a
 * repository.
 */
static bool is_skipped(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, ".git") == 0 ||
	       strcmp(name, "node_modules") == 0;
}

static void read_all_names(struct walk *w, const char *path, struct names *ret)
{
	struct names *hidden = malloc(sizeof(*hidden));

	read_names(w, path, "*", ret);
	if (!hidden)
		return;
	read_names(w, path, ".*", hidden);
	for (size_t i = 0; i < hidden->count; i++) {
		if (ret->count < WALK_KEPT_MAX && !is_skipped(hidden->item[i]))
			ret->item[ret->count++] = hidden->item[i];
		else
			free(hidden->item[i]);
	}
	free(hidden);
	qsort(ret->item, ret->count, sizeof(ret->item[0]), ef_by_name);
}

/* Its depth is bounded. */
static bool all_below(struct walk *w, const char *path, unsigned depth)
{
	struct names *names = malloc(sizeof(*names));
	char next[FIND_PATH_SIZE];
	bool goes_on = true;
	struct stat st;

	if (!names)
		return true;
	read_all_names(w, path, names);
	for (size_t i = 0; goes_on && i < names->count; i++) {
		if (is_skipped(names->item[i]) ||
		    !ef_snprintf(next, sizeof(next), "%s/%s", path, names->item[i]) ||
		    lstat(next, &st) != 0)
			continue;
		if (S_ISREG(st.st_mode))
			goes_on = w->fn(w->user, next);
		else if (S_ISDIR(st.st_mode) && depth < WALK_DEPTH_MAX)
			goes_on = all_below(w, next, depth + 1);
		else if (S_ISDIR(st.st_mode))
			w->is_cut = true;
	}
	free_names(names);
	return goes_on;
}

bool walk_all(const char *root, walk_fn *fn, void *user, bool *ret_cut)
{
	struct walk w = WALK_INIT(fn, user);
	bool goes_on = all_below(&w, root, 0);

	*ret_cut = w.is_cut;
	return goes_on;
}
