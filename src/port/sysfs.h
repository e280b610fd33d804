/* SPDX-License-Identifier: MIT */
/* Reads the one-line text files of /proc and sysfs. Linux only. */
#ifndef EF_PORT_SYSFS_H
#define EF_PORT_SYSFS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Read the first line of a file, cut to fit and cleaned (ef_clean_text). False: ret is undefined.
 */
bool sysfs_read_line(const char *path, char *ret, size_t cap);
/* Do the same for the file "name" in a folder. */
bool sysfs_read_attr(const char *dir, const char *name, char *ret, size_t cap);

#endif
