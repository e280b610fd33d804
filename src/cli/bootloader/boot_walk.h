/* SPDX-License-Identifier: MIT */
/* Finds files by patterns, and all files in a folder. */
#ifndef EF_CLI_BOOT_WALK_H
#define EF_CLI_BOOT_WALK_H

#include <stdbool.h>
#include <stddef.h>

/* Ceilings of one walk. */
#define WALK_DIRS_MAX  4096  /* folders that are read */
#define WALK_NAMES_MAX 65536 /* entries of all of them */
#define WALK_KEPT_MAX  512   /* matching entries of one folder */
#define WALK_DEPTH_MAX 16    /* folders below the first one */

/* Called for each file. Returns whether the walk goes on. */
typedef bool walk_fn(void *user, const char *path);

/*
 * Find the files below root that match: components are separated by slashes, and a pattern of
 * fnmatch(3) matches within one. The newest version in a folder comes first. Links
 * are followed, which is harmless: the pattern's length bounds the walk. False: fn ended it.
 */
bool walk_pattern(const char *root, const char *pattern, walk_fn *fn, void *user);
/*
 * Visit all regular files below a folder, in the order of their names. Links are not followed. Sets
 * *ret_cut if a ceiling ended it. False: fn ended it.
 */
bool walk_all(const char *root, walk_fn *fn, void *user, bool *ret_cut);

#endif
