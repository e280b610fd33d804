/* SPDX-License-Identifier: MIT */
/*
 * Knows POSIX: the clock, waits that Ctrl-C can end, what an errno means for
 * somebody with a cable in hand, and terminal devices as file descriptors.
 */
/* TIOCEXCL, CRTSCTS and flock are no part of POSIX.1-2008. */
#define _DEFAULT_SOURCE 1

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "base/util.h"
#include "port/port_priv.h"

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
		(void)nanosleep(&ts, NULL); /* a signal ends it early: the flag says why */
		now = host_now_us();
	}
	return false;
}

bool host_wait_fd(int fd, enum host_want want, uint64_t deadline_us, host_flag *interrupt,
		  enum host_ready *ret, struct ef_err *err)
{
	struct pollfd p = { .fd = fd, .events = want == HOST_READ ? POLLIN : POLLOUT };
	/* not every driver wakes a writer as soon as there is room: the wire must not run dry */
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
 * The group that owns the device: it differs between distributions (dialout,
 * uucp...). Where a group wouldn't help, being in one isn't recommended.
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

bool host_check_path(const char *path, struct ef_err *err)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return host_fail_port(err, path, errno);
	if (!S_ISCHR(st.st_mode))
		return host_fail_port(err, path, ENOTTY);
	if (access(path, R_OK | W_OK) != 0)
		return host_fail_port(err, path, errno);
	return true;
}

bool host_device_path(const char *name, char *ret, size_t cap)
{
	struct stat st;

	/* what people and other tools say; unless a file of that name is here */
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

/* ---- terminal devices ---- */

bool tty_open(const char *path, const char *name, int *ret_fd, struct ef_err *err)
{
	/* NONBLOCK: not to wait for a carrier, and never to hang in read or write */
	int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return host_fail_port(err, name, errno);
	if (!isatty(fd)) {
		close(fd);
		return host_fail_port(err, name, ENOTTY);
	}
	*ret_fd = fd;
	return true;
}

bool tty_lock(int fd, const char *name, struct ef_err *err)
{
	/* of two programs that only said TIOCEXCL neither would notice the other */
	if (flock(fd, LOCK_EX | LOCK_NB) != 0)
		return host_fail_port(err, name, errno);
	(void)ioctl(fd, TIOCEXCL); /* and programs that don't lock are kept out by it */
	return true;
}

void tty_unlock(int fd)
{
	(void)ioctl(fd, TIOCNXCL);
	(void)flock(fd, LOCK_UN);
}

void tty_close(int fd)
{
	close(fd);
}

bool tty_setup(int fd, const char *name, struct ef_err *err)
{
	struct termios t;

	if (tcgetattr(fd, &t) != 0)
		return host_fail_port(err, name, errno);
	t.c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | INPCK | ISTRIP | INLCR | IGNCR | ICRNL |
				 IXON | IXOFF | IXANY);
	t.c_oflag &= ~(tcflag_t)OPOST;
	t.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
	/* HUPCL off: a close must not move the lines, it would reset the board */
	t.c_cflag &= ~(tcflag_t)(CSIZE | PARENB | CSTOPB | HUPCL | CRTSCTS);
	t.c_cflag |= CS8 | CREAD | CLOCAL;
	t.c_cc[VMIN] = 0;
	t.c_cc[VTIME] = 0;
	if (tcsetattr(fd, TCSANOW, &t) != 0)
		return host_fail_port(err, name, errno);
	return true;
}

bool tty_get_lines(int fd, unsigned *ret)
{
	int bits = 0;

	if (ioctl(fd, TIOCMGET, &bits) != 0)
		return false;
	*ret = (bits & TIOCM_DTR ? (unsigned)EF_DTR : 0) |
	       (bits & TIOCM_RTS ? (unsigned)EF_RTS : 0);
	return true;
}

bool tty_set_lines(int fd, unsigned mask, unsigned value, const char *name, struct ef_err *err)
{
	static const struct {
		unsigned line;
		int bit;
	} map[] = { { EF_DTR, TIOCM_DTR }, { EF_RTS, TIOCM_RTS } };
	int bits = 0;

	if (ioctl(fd, TIOCMGET, &bits) != 0)
		return host_fail_port(err, name, errno);
	for (size_t i = 0; i < EF_ARRAY_LEN(map); i++) {
		if (!(mask & map[i].line))
			continue;
		bits &= ~map[i].bit;
		if (value & map[i].line)
			bits |= map[i].bit;
	}
	/* both at once: between two calls the usual circuit would release EN and BOOT */
	if (ioctl(fd, TIOCMSET, &bits) != 0)
		return host_fail_port(err, name, errno);
	return true;
}

static speed_t speed_code(uint32_t rate_hz)
{
	static const struct {
		uint32_t rate_hz;
		speed_t code;
	} table[] = {
		{ 1200, B1200 },       { 2400, B2400 },       { 4800, B4800 },
		{ 9600, B9600 },       { 19200, B19200 },     { 38400, B38400 },
		{ 57600, B57600 },     { 115200, B115200 },   { 230400, B230400 },
#ifdef B460800
		{ 460800, B460800 },   { 921600, B921600 },
#endif
#ifdef B4000000
		{ 500000, B500000 },   { 1000000, B1000000 }, { 1500000, B1500000 },
		{ 2000000, B2000000 }, { 3000000, B3000000 }, { 4000000, B4000000 },
#endif
	};

	for (size_t i = 0; i < EF_ARRAY_LEN(table); i++)
		if (table[i].rate_hz == rate_hz)
			return table[i].code;
	return B0;
}

bool tty_set_rate(int fd, uint32_t rate_hz, const char *name, struct ef_err *err)
{
	speed_t code = speed_code(rate_hz);
	struct termios t;

	if (code == B0) {
		if (!port_rate_is_close(rate_hz, host_set_any_rate(fd, rate_hz)))
			return ef_fail(err, EF_E_UNSUPP, "'%s' can't do %u baud", name,
				       (unsigned)rate_hz);
		return true;
	}
	if (tcgetattr(fd, &t) != 0)
		return host_fail_port(err, name, errno);
	if (cfsetispeed(&t, code) != 0 || cfsetospeed(&t, code) != 0 ||
	    tcsetattr(fd, TCSANOW, &t) != 0)
		return ef_fail(err, EF_E_UNSUPP, "'%s' can't do %u baud", name, (unsigned)rate_hz);
	return true;
}

/* One attempt; *ret_gone when the device is no more. */
static bool read_now(int fd, uint8_t *buf, size_t cap, const char *name, size_t *ret_len,
		     struct ef_err *err)
{
	ssize_t n = read(fd, buf, cap < SSIZE_MAX ? cap : SSIZE_MAX);

	if (n >= 0) {
		*ret_len = (size_t)n;
		return true;
	}
	if (errno == EAGAIN || errno == EINTR) {
		*ret_len = 0;
		return true;
	}
	return host_fail_port(err, name, errno);
}

bool tty_read(int fd, uint8_t *buf, size_t cap, uint64_t deadline_us, host_flag *interrupt,
	      const char *name, size_t *ret_len, struct ef_err *err)
{
	enum host_ready ready = HOST_TIMEOUT;
	size_t len = 0;

	/*
	 * "Readable" without a byte is what a hang-up looks like on some drivers;
	 * once may also be a flush that came in between.
	 */
	for (unsigned empty = 0; empty < 4; empty++) {
		if (!host_wait_fd(fd, HOST_READ, deadline_us, interrupt, &ready, err))
			return false;
		if (ready == HOST_HUNG_UP)
			break;
		if (ready == HOST_READY && !read_now(fd, buf, cap, name, &len, err))
			return false;
		if (ready == HOST_TIMEOUT || len > 0) {
			*ret_len = len;
			return true;
		}
	}
	return host_fail_port(err, name, EIO);
}

bool tty_write(int fd, const uint8_t *data, size_t len, uint64_t deadline_us, host_flag *interrupt,
	       const char *name, struct ef_err *err)
{
	enum host_ready ready = HOST_READY;

	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n > 0) {
			data += n;
			len -= (size_t)n;
			continue;
		}
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return host_fail_port(err, name, errno);
		if (!host_wait_fd(fd, HOST_WRITE, deadline_us, interrupt, &ready, err))
			return false;
		if (ready == HOST_HUNG_UP)
			return host_fail_port(err, name, EIO);
		if (ready == HOST_TIMEOUT)
			return ef_fail(err, EF_E_TIMEOUT, "'%s' took no data in time", name);
	}
	return true;
}

/* Longer than the largest driver buffer (64 KiB) takes at 115200 baud. */
#define DRAIN_LIMIT_US 10000000u

bool tty_drain(int fd, host_flag *interrupt, const char *name, struct ef_err *err)
{
	uint64_t deadline_us = host_now_us() + DRAIN_LIMIT_US;
	int queued = 0;

	/* tcdrain alone can't be interrupted, and hangs on a device that reads nothing */
	while (ioctl(fd, TIOCOUTQ, &queued) == 0 && queued > 0) {
		if (host_now_us() >= deadline_us)
			return ef_fail(err, EF_E_TIMEOUT, "'%s' took no data in time", name);
		if (!host_sleep_us(1000, interrupt, err))
			return false;
	}
	while (tcdrain(fd) != 0) {
		if (errno != EINTR)
			return host_fail_port(err, name, errno);
		if (!host_check_flag(interrupt, err))
			return false;
	}
	return true;
}

bool tty_discard(int fd, const char *name, struct ef_err *err)
{
	uint8_t buf[1024];
	size_t len = 1;

	if (tcflush(fd, TCIFLUSH) != 0)
		return host_fail_port(err, name, errno);
	/* some USB drivers hand over what they held only now; bounded, for chatty devices */
	for (unsigned i = 0; i < 64 && len > 0; i++)
		if (!read_now(fd, buf, sizeof(buf), name, &len, err))
			return false;
	return true;
}
