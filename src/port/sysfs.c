/* SPDX-License-Identifier: MIT */
/* Reads lines of /proc and sysfs; all files with knowledge of Linux use it. */
#include <stdio.h>

#include "base/util.h"
#include "port/sysfs.h"

bool sysfs_read_line(const char *path, char *ret, size_t cap)
{
	FILE *f = fopen(path, "re");
	bool ok;

	if (!f)
		return false;
	ok = fgets(ret, (int)cap, f) != NULL;
	(void)fclose(f);
	if (!ok)
		return false;
	ret[strcspn(ret, "\n")] = '\0';
	ef_clean_text(ret);
	return true;
}

bool sysfs_read_attr(const char *dir, const char *name, char *ret, size_t cap)
{
	char path[512];

	return ef_snprintf(path, sizeof(path), "%s/%s", dir, name) &&
	       sysfs_read_line(path, ret, cap);
}
