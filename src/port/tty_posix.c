/* SPDX-License-Identifier: MIT */
/*
 * Knows serial devices on POSIX systems: termios, modem lines, locks, and the
 * habits of drivers. Pseudo terminals work too; they have no modem lines.
 *
 * libserialport is not used here. It opens no pseudo terminal, changes DTR and
 * RTS in two system calls (the usual reset circuit reacts to the state in
 * between), restarts interrupted calls, and waits forever if the time-out is
 * 0.
 */
/* TIOCEXCL, CRTSCTS and flock are not part of POSIX.1-2008. */
#define _DEFAULT_SOURCE 1

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/serial.h>
#endif

#include "base/util.h"
#include "port/tty.h"

/* Longer than the largest driver buffer (64 KiB) takes at 115200 baud. */
#define DRAIN_LIMIT_US 10000000u

struct tty {
	int fd;
	bool is_locked;
	host_flag *interrupt;
	char name[256]; /* for messages */
};

static bool fail(struct tty *t, int errnum, struct ef_err *err)
{
	return host_fail_port(err, t->name, errnum);
}

/* ---- opening ---- */

static bool check_path(const char *path, struct ef_err *err)
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

static bool lock(struct tty *t, struct ef_err *err)
{
	/* TIOCEXCL alone does not stop root, nor a program that has the device open already. */
	if (flock(t->fd, LOCK_EX | LOCK_NB) != 0)
		return fail(t, errno, err);
	t->is_locked = true;
	(void)ioctl(t->fd, TIOCEXCL); /* keeps out programs that do not lock */
	return true;
}

static bool set_raw(struct tty *t, struct ef_err *err)
{
	struct termios m;

	if (tcgetattr(t->fd, &m) != 0)
		return fail(t, errno, err);
	m.c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | INPCK | ISTRIP | INLCR | IGNCR | ICRNL |
				 IXON | IXOFF | IXANY);
	m.c_oflag &= ~(tcflag_t)OPOST;
	m.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
	/* Without HUPCL the close leaves the lines alone; changing them would reset the board. */
	m.c_cflag &= ~(tcflag_t)(CSIZE | PARENB | CSTOPB | HUPCL | CRTSCTS);
	m.c_cflag |= CS8 | CREAD | CLOCAL;
	m.c_cc[VMIN] = 0;
	m.c_cc[VTIME] = 0;
	return tcsetattr(t->fd, TCSANOW, &m) == 0 || fail(t, errno, err);
}

bool tty_open(const char *path, host_flag *interrupt, struct tty **ret, struct ef_err *err)
{
	struct tty *t;

	if (!check_path(path, err))
		return false;
	t = calloc(1, sizeof(*t));
	if (!t)
		return ef_fail(err, EF_E_IO, "out of memory");
	t->interrupt = interrupt;
	(void)ef_strlcpy(t->name, sizeof(t->name), path);
	/* O_NONBLOCK: do not wait for a carrier here, and never block in read or write. */
	t->fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (t->fd < 0) {
		fail(t, errno, err);
		goto fail;
	}
	if (!isatty(t->fd)) {
		fail(t, ENOTTY, err);
		goto fail;
	}
	if (!lock(t, err) || !set_raw(t, err))
		goto fail;
	*ret = t;
	return true;
fail:
	tty_close(t);
	return false;
}

void tty_close(struct tty *t)
{
	if (!t)
		return;
	/* TIOCEXCL belongs to the device: if another program holds it, leave it alone. */
	if (t->is_locked) {
		(void)ioctl(t->fd, TIOCNXCL);
		(void)flock(t->fd, LOCK_UN);
	}
	if (t->fd >= 0)
		close(t->fd);
	free(t);
}

/* ---- modem lines ---- */

bool tty_get_lines(struct tty *t, unsigned *ret)
{
	int bits = 0;

	if (ioctl(t->fd, TIOCMGET, &bits) != 0)
		return false;
	*ret = (bits & TIOCM_DTR ? (unsigned)EF_DTR : 0) |
	       (bits & TIOCM_RTS ? (unsigned)EF_RTS : 0);
	return true;
}

bool tty_set_lines(struct tty *t, unsigned mask, unsigned value, struct ef_err *err)
{
	static const struct {
		unsigned line;
		int bit;
	} map[] = { { EF_DTR, TIOCM_DTR }, { EF_RTS, TIOCM_RTS } };
	int bits = 0;

	if (ioctl(t->fd, TIOCMGET, &bits) != 0)
		return fail(t, errno, err);
	for (size_t i = 0; i < EF_ARRAY_LEN(map); i++) {
		if (!(mask & map[i].line))
			continue;
		bits &= ~map[i].bit;
		if (value & map[i].line)
			bits |= map[i].bit;
	}
	/* One call for both: between two, the usual circuit would release EN and BOOT. */
	return ioctl(t->fd, TIOCMSET, &bits) == 0 || fail(t, errno, err);
}

/* ---- rate ---- */

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

static bool is_gone(int errnum)
{
	return errnum == EIO || errnum == ENXIO || errnum == ENODEV;
}

bool tty_set_rate(struct tty *t, uint32_t rate_hz, uint32_t *ret_hz, struct ef_err *err)
{
	speed_t code = speed_code(rate_hz);
	struct termios m;
	uint32_t got;

	if (tcgetattr(t->fd, &m) != 0)
		return fail(t, errno, err);
	if (code == B0) {
		*ret_hz = host_set_any_rate(t->fd, rate_hz);
		return true;
	}
	*ret_hz = 0;
	if (cfsetispeed(&m, code) != 0 || cfsetospeed(&m, code) != 0 ||
	    tcsetattr(t->fd, TCSANOW, &m) != 0)
		return !is_gone(errno) || fail(t, errno, err);
	/* tcsetattr succeeds if any part of the setting took effect. */
	got = host_get_rate(t->fd);
	*ret_hz = got ? got : rate_hz;
	return true;
}

void tty_set_low_latency(struct tty *t)
{
#ifdef __linux__
	struct serial_struct s;

	if (ioctl(t->fd, TIOCGSERIAL, &s) != 0)
		return;
	s.flags |= (int)ASYNC_LOW_LATENCY;
	(void)ioctl(t->fd, TIOCSSERIAL, &s);
#else
	(void)t;
#endif
}

/* ---- data ---- */

static bool read_now(struct tty *t, uint8_t *buf, size_t cap, size_t *ret_len, struct ef_err *err)
{
	ssize_t n = read(t->fd, buf, cap < SSIZE_MAX ? cap : SSIZE_MAX);

	*ret_len = n > 0 ? (size_t)n : 0;
	return n >= 0 || errno == EAGAIN || errno == EINTR || fail(t, errno, err);
}

bool tty_read(struct tty *t, uint8_t *buf, size_t cap, uint64_t deadline_us, size_t *ret_len,
	      struct ef_err *err)
{
	enum host_ready ready = HOST_TIMEOUT;
	size_t len = 0;

	/*
	 * After a hang-up some drivers report "readable" but give no byte. A single
	 * such report may also mean that a flush came in between.
	 */
	for (unsigned empty = 0; empty < 4; empty++) {
		if (!host_wait_fd(t->fd, HOST_READ, deadline_us, t->interrupt, &ready, err))
			return false;
		if (ready == HOST_HUNG_UP)
			break;
		if (ready == HOST_READY && !read_now(t, buf, cap, &len, err))
			return false;
		if (ready == HOST_TIMEOUT || len > 0) {
			*ret_len = len;
			return true;
		}
	}
	return fail(t, EIO, err);
}

bool tty_write(struct tty *t, const uint8_t *data, size_t len, uint64_t deadline_us,
	       struct ef_err *err)
{
	enum host_ready ready = HOST_READY;

	while (len > 0) {
		ssize_t n = write(t->fd, data, len);

		if (n > 0) {
			data += n;
			len -= (size_t)n;
			continue;
		}
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return fail(t, errno, err);
		if (!host_wait_fd(t->fd, HOST_WRITE, deadline_us, t->interrupt, &ready, err))
			return false;
		if (ready == HOST_HUNG_UP)
			return fail(t, EIO, err);
		/* a driver may say that it takes data, and then take none */
		if (ready == HOST_TIMEOUT || host_now_us() >= deadline_us)
			return ef_fail(err, EF_E_TIMEOUT, "'%s' took no data in time", t->name);
	}
	return true;
}

bool tty_drain(struct tty *t, struct ef_err *err)
{
	uint64_t deadline_us = host_now_us() + DRAIN_LIMIT_US;
	int queued = 0;

	/*
	 * tcdrain alone can't be interrupted, and blocks if the device takes nothing. Full-speed
	 * USB moves data once a millisecond (USB 2.0, 8.4.3: start of frame), so nothing is lost by
	 * looking as often.
	 */
	while (ioctl(t->fd, TIOCOUTQ, &queued) == 0 && queued > 0) {
		if (host_now_us() >= deadline_us)
			return ef_fail(err, EF_E_TIMEOUT, "'%s' took no data in time", t->name);
		if (!host_sleep_us(1000, t->interrupt, err))
			return false;
	}
	while (tcdrain(t->fd) != 0) {
		if (errno != EINTR)
			return fail(t, errno, err);
		if (!host_check_flag(t->interrupt, err))
			return false;
	}
	return true;
}

bool tty_discard(struct tty *t, struct ef_err *err)
{
	uint8_t buf[1024];
	size_t len = 1;

	if (tcflush(t->fd, TCIFLUSH) != 0)
		return fail(t, errno, err);
	/*
	 * Some USB drivers deliver what they held back only now. Bounded: a device may never stop.
	 */
	for (unsigned i = 0; i < 64 && len > 0; i++)
		if (!read_now(t, buf, sizeof(buf), &len, err))
			return false;
	return true;
}
