/* SPDX-License-Identifier: MIT */
/* Implements host.h for POSIX systems. */
#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/util.h"
#include "port/host.h"

/* Some drivers do not wake a writer as soon as there is room; the wire must not run dry. */
#define WRITE_SLICE_US 10000u

/* ---- time ---- */

uint64_t host_now_us(void)
{
	struct timespec ts = { 0, 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000u + (uint64_t)ts.tv_nsec / 1000u;
}

bool host_check_flag(host_flag *interrupt, struct ef_err *err)
{
	if (interrupt && *interrupt)
		return ef_fail(err, EF_E_INTR, "interrupted");
	return true;
}

bool host_sleep_us(uint64_t us, host_flag *interrupt, struct ef_err *err)
{
	uint64_t now = host_now_us(), end = now + us;

	while (host_check_flag(interrupt, err)) {
		uint64_t slice = now < end ? end - now : 0;
		struct timespec ts = { 0, 0 };

		if (slice == 0)
			return true;
		if (slice > SLICE_US)
			slice = SLICE_US;
		ts.tv_nsec = (long)(slice * 1000u);
		(void)nanosleep(&ts, NULL); /* a signal may end it early */
		now = host_now_us();
	}
	return false;
}

bool host_wait_fd(int fd, enum host_want want, uint64_t deadline_us, host_flag *interrupt,
		  enum host_ready *ret, struct ef_err *err)
{
	struct pollfd p = { .fd = fd, .events = want == HOST_READ ? POLLIN : POLLOUT };
	uint64_t slice = want == HOST_READ ? SLICE_US : WRITE_SLICE_US;

	while (host_check_flag(interrupt, err)) {
		uint64_t now = host_now_us();
		uint64_t left = now < deadline_us ? deadline_us - now : 0;
		int n;

		if (left > slice)
			left = slice;
		n = poll(&p, 1, (int)((left + 999) / 1000));
		if (n > 0) {
			*ret = p.revents & p.events ? HOST_READY : HOST_HUNG_UP;
			return true;
		}
		if (n < 0 && errno != EINTR)
			return ef_fail(err, EF_E_IO, "cannot wait for a port: %s", strerror(errno));
		if (left == 0) {
			*ret = HOST_TIMEOUT;
			return true;
		}
	}
	return false;
}

/* ---- what went wrong ---- */

/*
 * Name the group that owns the device: it differs between distributions
 * (dialout, uucp...). If membership in that group would not help, suggest chmod.
 */
static void hint_permission(struct ef_err *err, const char *path)
{
	const struct group *group = NULL;
	struct stat st;

	if (stat(path, &st) == 0) {
		if (st.st_gid == 0 || (st.st_mode & (S_IRGRP | S_IWGRP)) != (S_IRGRP | S_IWGRP)) {
			ef_hint_text(err, EF_HINT_PORT_OWNER_ONLY, path);
			return;
		}
		group = getgrgid(st.st_gid);
	}
	ef_hint_text(err, EF_HINT_PORT_GROUP, group ? group->gr_name : "dialout");
}

static bool fail_busy(struct ef_err *err, const char *name)
{
	char holder[96];

	if (ef_port_holder(name, holder, sizeof(holder))) {
		ef_fail(err, EF_E_PORT, "'%s' is busy: it is open in %s", name, holder);
		return ef_hint_set(err, EF_HINT_PORT_HELD);
	}
	ef_fail(err, EF_E_PORT, "'%s' is busy: another program has it open", name);
	return ef_hint_text(err, EF_HINT_PORT_BUSY, name);
}

bool host_fail_port(struct ef_err *err, const char *name, int errnum)
{
	switch (errnum) {
	case ENOENT:
	case ENOTDIR:
		ef_fail(err, EF_E_PORT, "no such port: '%s'", name);
		return ef_hint_set(err, EF_HINT_PORT_MISSING);
	case EACCES:
	case EPERM:
		ef_fail(err, EF_E_PORT, "no permission to open '%s'", name);
		hint_permission(err, name);
		return false;
	case EBUSY:
	case EWOULDBLOCK:
		return fail_busy(err, name);
	case ENXIO:
	case ENODEV:
	case EIO:
		ef_fail(err, EF_E_PORT, "'%s' is gone: the device was unplugged or reset itself",
			name);
		return ef_hint_set(err, EF_HINT_PORT_BROKEN);
	case ENOTTY:
		return ef_fail(err, EF_E_PORT, "'%s' is not a serial port", name);
	default:
		return ef_fail(err, EF_E_PORT, "cannot use port '%s': %s", name, strerror(errnum));
	}
}

bool host_device_path(const char *name, char *ret, size_t cap)
{
	struct stat st;

	/* Users and other tools write "ttyUSB0"; a file of that name in this folder comes first. */
	if (!strchr(name, '/') && stat(name, &st) != 0)
		return ef_snprintf(ret, cap, "/dev/%s", name);
	return ef_strlcpy(ret, cap, name);
}

bool host_real_path(const char *path, char *ret, size_t cap)
{
	char *real = realpath(path, NULL);
	bool ok = real && ef_strlcpy(ret, cap, real);

	free(real);
	return ok;
}
