/* SPDX-License-Identifier: MIT */
/*
 * Finds the processes that have a device open. Linux lists the open files of
 * every process under /proc; only root sees those of other users.
 */
#include "base/util.h"
#include "port/sysfs.h"
#include <espflash/port.h>

#if defined(__linux__)

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_PROCESSES 65536u
#define MAX_FILES     4096u

/* Return whether one entry of /proc/PID/fd is the device. */
static bool is_device(const char *link_path, dev_t device)
{
	char target[64];
	struct stat st;
	ssize_t len = readlink(link_path, target, sizeof(target));

	/* stat may block on a file of a network file system, so look at devices only. */
	return len > 5 && memcmp(target, "/dev/", 5) == 0 && stat(link_path, &st) == 0 &&
	       S_ISCHR(st.st_mode) && st.st_rdev == device;
}

static bool has_open(const char *pid, dev_t device)
{
	char path[300];
	struct dirent *entry;
	bool found = false;
	DIR *dir;

	if (!ef_snprintf(path, sizeof(path), "/proc/%s/fd", pid))
		return false;
	dir = opendir(path);
	if (!dir)
		return false;
	for (unsigned i = 0; i < MAX_FILES && !found && (entry = readdir(dir)) != NULL; i++)
		found = ef_snprintf(path, sizeof(path), "/proc/%s/fd/%s", pid, entry->d_name) &&
			is_device(path, device);
	closedir(dir);
	return found;
}

static void name_of(const char *pid, char *ret, size_t cap)
{
	char path[300];

	if (!ef_snprintf(path, sizeof(path), "/proc/%s/comm", pid) ||
	    !sysfs_read_line(path, ret, cap))
		(void)ef_strlcpy(ret, cap, "process");
}

bool ef_port_holder(const char *path, char *ret, size_t cap)
{
	char name[64], self[24];
	struct dirent *entry;
	size_t len = 0;
	struct stat st;
	DIR *dir;

	if (stat(path, &st) != 0 || !S_ISCHR(st.st_mode))
		return false;
	dir = opendir("/proc");
	if (!dir)
		return false;
	(void)ef_snprintf(self, sizeof(self), "%ld", (long)getpid());
	for (unsigned i = 0; i < MAX_PROCESSES && (entry = readdir(dir)) != NULL; i++) {
		const char *pid = entry->d_name;

		if (strspn(pid, "0123456789") != strlen(pid) || strcmp(pid, self) == 0 ||
		    !has_open(pid, st.st_rdev))
			continue;
		name_of(pid, name, sizeof(name));
		/* Any of them may hold the lock: name as many as fit. */
		if (!ef_snprintf(ret + len, cap - len, "%s%s (pid %s)", len ? " and " : "", name,
				 pid)) {
			ret[len] = '\0';
			break;
		}
		len += strlen(ret + len);
	}
	closedir(dir);
	return len > 0;
}

#else

bool ef_port_holder(const char *path, char *ret, size_t cap)
{
	(void)path;
	(void)ret;
	(void)cap;
	return false;
}

#endif
