/* SPDX-License-Identifier: MIT */
/*
 * Facts about the host and a serial device for bug reports, from /proc, /etc and
 * sysfs. On systems other than Linux there are few.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/util.h"
#include "port/host.h"
#include "port/sysfs.h"

#ifdef __linux__
#include <dirent.h>
#include <grp.h>
#include <pwd.h>

#define GROUPS_MAX 128
#define DEPTH_MAX  12

/* ---- the system ---- */

static void name_distribution(struct ef_host_facts *facts)
{
	FILE *f = fopen("/etc/os-release", "r");
	char line[160];

	if (!f)
		return;
	while (fgets(line, sizeof(line), f)) {
		char *value = line + strlen("PRETTY_NAME=");

		if (strncmp(line, "PRETTY_NAME=", strlen("PRETTY_NAME=")) != 0)
			continue;
		value += *value == '"';
		value[strcspn(value, "\"\n")] = '\0';
		ef_clean_text(value);
		(void)ef_strlcpy(facts->distribution, sizeof(facts->distribution), value);
	}
	(void)fclose(f);
}

static void find_guests(struct ef_host_facts *facts)
{
	char text[256];

	if (sysfs_read_line("/proc/version", text, sizeof(text)))
		facts->is_wsl = strstr(text, "icrosoft") != NULL;
	facts->is_container = access("/.dockerenv", F_OK) == 0 ||
			      access("/run/.containerenv", F_OK) == 0;
	if (sysfs_read_line("/proc/1/cgroup", text, sizeof(text)))
		facts->is_container |= strstr(text, "docker") || strstr(text, "lxc") ||
				       strstr(text, "kubepods");
}

/* Find programs that open every serial device that is plugged in. */
static void find_meddlers(struct ef_host_facts *facts)
{
	DIR *proc = opendir("/proc");
	const struct dirent *e;
	char path[300], name[64];

	if (!proc)
		return;
	while ((e = readdir(proc)) != NULL) {
		if (e->d_name[0] < '0' || e->d_name[0] > '9' ||
		    !ef_snprintf(path, sizeof(path), "/proc/%s/comm", e->d_name) ||
		    !sysfs_read_line(path, name, sizeof(name)))
			continue;
		facts->has_brltty |= strcmp(name, "brltty") == 0;
		facts->has_modem_manager |= strcmp(name, "ModemManager") == 0;
	}
	(void)closedir(proc);
}

/* ---- the device ---- */

static bool is_in_group(gid_t gid)
{
	gid_t groups[GROUPS_MAX];
	int n = getgroups(GROUPS_MAX, groups);

	for (int i = 0; i < n; i++)
		if (groups[i] == gid)
			return true;
	return getegid() == gid;
}

static void describe_node(const char *path, struct ef_host_facts *facts)
{
	const struct passwd *user;
	const struct group *group;
	struct stat st;

	if (stat(path, &st) != 0)
		return;
	facts->exists = true;
	facts->mode = st.st_mode & 07777u;
	facts->may_open = access(path, R_OK | W_OK) == 0;
	facts->is_in_group = is_in_group(st.st_gid);
	user = getpwuid(st.st_uid);
	group = getgrgid(st.st_gid);
	(void)ef_strlcpy(facts->owner, sizeof(facts->owner), user ? user->pw_name : "?");
	(void)ef_strlcpy(facts->group, sizeof(facts->group), group ? group->gr_name : "?");
}

static void find_driver(const char *dir, struct ef_host_facts *facts)
{
	char link[512], target[512];
	ssize_t n;

	if (facts->driver[0] || !ef_snprintf(link, sizeof(link), "%s/driver", dir))
		return;
	n = readlink(link, target, sizeof(target) - 1);
	if (n <= 0)
		return;
	target[n] = '\0';
	(void)ef_strlcpy(facts->driver, sizeof(facts->driver), ef_base_name(target));
	ef_clean_text(facts->driver);
}

static unsigned count_hubs(const char *location)
{
	unsigned hubs = 0;

	for (; *location && *location != ':'; location++)
		hubs += *location == '.';
	return hubs;
}

/* Walk from the tty upwards: driver, FTDI's latency timer, and finally the USB device. */
static void climb(const char *start, struct ef_host_facts *facts)
{
	char dir[512], text[64];
	uint32_t value;

	if (!host_real_path(start, dir, sizeof(dir)))
		return;
	for (unsigned i = 0; i < DEPTH_MAX && strlen(dir) > strlen("/sys/"); i++) {
		char *slash = strrchr(dir, '/');

		find_driver(dir, facts);
		if (facts->latency_ms < 0 &&
		    sysfs_read_attr(dir, "latency_timer", text, sizeof(text)) &&
		    ef_parse_u32(text, 255, &value))
			facts->latency_ms = (int)value;
		if (sysfs_read_attr(dir, "busnum", text, sizeof(text))) {
			(void)ef_strlcpy(facts->usb_path, sizeof(facts->usb_path),
					 ef_base_name(dir));
			(void)!sysfs_read_attr(dir, "speed", facts->usb_speed,
					       sizeof(facts->usb_speed));
			facts->usb_hubs = count_hubs(facts->usb_path);
			return;
		}
		if (!slash)
			return;
		*slash = '\0';
	}
}

static void fill(const char *path, struct ef_host_facts *facts)
{
	char real[256], sys[320];

	name_distribution(facts);
	find_guests(facts);
	find_meddlers(facts);
	if (!path || strstr(path, "://") || !host_device_path(path, real, sizeof(real)))
		return;
	describe_node(real, facts);
	if (!host_real_path(real, facts->real_path, sizeof(facts->real_path)))
		return;
	if (ef_snprintf(sys, sizeof(sys), "/sys/class/tty/%s/device",
			ef_base_name(facts->real_path)))
		climb(sys, facts);
}
#else
static void fill(const char *path, struct ef_host_facts *facts)
{
	facts->exists = path && access(path, F_OK) == 0;
	facts->may_open = path && access(path, R_OK | W_OK) == 0;
}
#endif

void ef_host_facts(const char *path, struct ef_host_facts *ret)
{
	struct utsname name;

	*ret = (struct ef_host_facts){ .latency_ms = -1 };
	if (uname(&name) == 0)
		(void)ef_snprintf(ret->system, sizeof(ret->system), "%s %s %s", name.sysname,
				  name.release, name.machine);
	fill(path, ret);
}
