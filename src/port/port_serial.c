/* SPDX-License-Identifier: MIT */
/*
 * Knows libserialport, and where it has to be helped:
 *
 * - it calls a missing device a caller's bug, so the path is looked at then;
 * - it refuses devices without a sysfs node or without modem lines (pseudo
 *   terminals, nodes under another name): those are opened as plain
 *   terminals, with lines if the device turns out to have them;
 * - its release 0.1.1 takes no symlinks and locks nothing: both are done here;
 * - it sets DTR and RTS one after the other: where it gives the native handle,
 *   lines and data go through that (port_posix.c), and Ctrl-C ends a wait;
 * - a time-out of 0 means for ever: an expired deadline never gets there.
 */
#include <errno.h>
#include <libserialport.h>
#include <stdlib.h>

#include "base/util.h"
#include "port/port_priv.h"
#include <espflash/log.h>

#define VID_FTDI    0x0403u
#define DRAIN_CHUNK 1024u

struct serial_port {
	struct ef_port base;
	struct sp_port *sp; /* NULL: a plain terminal */
	int fd;             /* the native handle; -1: sp's own functions only */
	bool is_locked, keeps_lines;
	host_flag *interrupt;
};

static struct serial_port *serial_of(struct ef_port *port)
{
	return (struct serial_port *)port;
}

/* To be called at once after the failure: the system's code is still there. */
static bool fail_sp(struct ef_err *err, const char *name, enum sp_return result)
{
	int errnum = result == SP_ERR_FAIL ? sp_last_error_code() : 0;

	if (result == SP_ERR_MEM)
		return ef_fail(err, EF_E_IO, "out of memory");
	if (result == SP_ERR_SUPP)
		return ef_fail(err, EF_E_UNSUPP, "this system can't do that on '%s'", name);
	return host_fail_port(err, name, errnum ? errnum : EIO);
}

/* Of the device; a dead handle, too. */
static void let_go(struct serial_port *s)
{
	/* not when somebody else was first: the flag belongs to the device */
	if (s->is_locked)
		tty_unlock(s->fd);
	if (s->sp) {
		(void)sp_close(s->sp);
		sp_free_port(s->sp);
	} else if (s->fd >= 0) {
		tty_close(s->fd);
	}
	s->sp = NULL;
	s->fd = -1;
	s->is_locked = false;
}

static void serial_close(struct ef_port *port)
{
	let_go(serial_of(port));
	free(port);
}

/* ---- data without a native handle ---- */

/* What is left until the deadline, as a slice for libserialport; 0: expired. */
static unsigned slice_ms(uint64_t deadline_us)
{
	uint64_t now = host_now_us();
	uint64_t left = now < deadline_us ? deadline_us - now : 0;

	return (unsigned)(((left < SLICE_US ? left : SLICE_US) + 999) / 1000);
}

static bool sp_read_until(struct serial_port *s, uint8_t *buf, size_t cap, uint64_t deadline_us,
			  size_t *ret_len, struct ef_err *err)
{
	while (host_check_flag(s->interrupt, err)) {
		unsigned ms = slice_ms(deadline_us);
		enum sp_return n = ms ? sp_blocking_read_next(s->sp, buf, cap, ms)
				      : sp_nonblocking_read(s->sp, buf, cap);

		if (n < 0)
			return fail_sp(err, s->base.info.name, n);
		if (n > 0 || ms == 0) {
			*ret_len = (size_t)n;
			return true;
		}
	}
	return false;
}

static bool sp_write_until(struct serial_port *s, const uint8_t *data, size_t len,
			   uint64_t deadline_us, struct ef_err *err)
{
	while (len > 0 && host_check_flag(s->interrupt, err)) {
		unsigned ms = slice_ms(deadline_us);
		enum sp_return n = ms ? sp_blocking_write(s->sp, data, len, ms)
				      : sp_nonblocking_write(s->sp, data, len);

		if (n < 0)
			return fail_sp(err, s->base.info.name, n);
		if (n == 0 && ms == 0)
			return ef_fail(err, EF_E_TIMEOUT, "'%s' took no data in time",
				       s->base.info.name);
		data += n;
		len -= (size_t)n;
	}
	return len == 0;
}

static bool sp_discard_all(struct serial_port *s, struct ef_err *err)
{
	uint8_t buf[DRAIN_CHUNK];
	enum sp_return n = sp_flush(s->sp, SP_BUF_INPUT);

	for (unsigned i = 0; i < 64 && n >= 0; i++) {
		n = sp_nonblocking_read(s->sp, buf, sizeof(buf));
		if (n == 0)
			return true;
	}
	return n >= 0 || fail_sp(err, s->base.info.name, n);
}

/* ---- operations ---- */

/* Not after a reopen that found nothing: no call may end up at a dead handle. */
static bool check_open(struct serial_port *s, struct ef_err *err)
{
	return s->sp || s->fd >= 0 || host_fail_port(err, s->base.info.name, ENODEV);
}

static bool serial_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
			size_t *ret_len, struct ef_err *err)
{
	struct serial_port *s = serial_of(port);

	if (!check_open(s, err))
		return false;
	if (s->fd >= 0)
		return tty_read(s->fd, buf, cap, deadline_us, s->interrupt, port->info.name,
				ret_len, err);
	return sp_read_until(s, buf, cap, deadline_us, ret_len, err);
}

static bool serial_write(struct ef_port *port, const uint8_t *data, size_t len,
			 uint64_t deadline_us, struct ef_err *err)
{
	struct serial_port *s = serial_of(port);

	if (!check_open(s, err))
		return false;
	if (s->fd >= 0)
		return tty_write(s->fd, data, len, deadline_us, s->interrupt, port->info.name, err);
	return sp_write_until(s, data, len, deadline_us, err);
}

static bool serial_drain(struct ef_port *port, struct ef_err *err)
{
	struct serial_port *s = serial_of(port);
	enum sp_return result;

	if (!check_open(s, err))
		return false;
	if (s->fd >= 0)
		return tty_drain(s->fd, s->interrupt, port->info.name, err);
	result = sp_drain(s->sp);
	return result == SP_OK || fail_sp(err, port->info.name, result);
}

static bool serial_discard(struct ef_port *port, struct ef_err *err)
{
	struct serial_port *s = serial_of(port);

	if (!check_open(s, err))
		return false;
	if (s->fd >= 0)
		return tty_discard(s->fd, port->info.name, err);
	return sp_discard_all(s, err);
}

static bool serial_set_lines(struct ef_port *port, unsigned mask, unsigned value,
			     struct ef_err *err)
{
	struct serial_port *s = serial_of(port);
	enum sp_return result = SP_OK;

	if (!check_open(s, err))
		return false;
	if (s->fd >= 0)
		return tty_set_lines(s->fd, mask, value, port->info.name, err);
	if (mask & EF_DTR)
		result = sp_set_dtr(s->sp, value & EF_DTR ? SP_DTR_ON : SP_DTR_OFF);
	if (result == SP_OK && (mask & EF_RTS))
		result = sp_set_rts(s->sp, value & EF_RTS ? SP_RTS_ON : SP_RTS_OFF);
	return result == SP_OK || fail_sp(err, port->info.name, result);
}

/* The rate that the driver really set; 0 when it does not say. */
static uint32_t rate_in_force(struct sp_port *sp)
{
	struct sp_port_config *config = NULL;
	int rate = 0;

	if (sp_new_config(&config) != SP_OK)
		return 0;
	if (sp_get_config(sp, config) != SP_OK || sp_get_config_baudrate(config, &rate) != SP_OK ||
	    rate < 0)
		rate = 0;
	sp_free_config(config);
	return (uint32_t)rate;
}

static bool fail_rate(struct ef_err *err, const char *name, uint32_t rate_hz)
{
	ef_fail(err, EF_E_UNSUPP, "'%s' can't do %u baud", name, (unsigned)rate_hz);
	return ef_hint_set(err, EF_HINT_RATE_REFUSED);
}

static bool serial_set_baud(struct ef_port *port, uint32_t rate_hz, struct ef_err *err)
{
	struct serial_port *s = serial_of(port);
	enum sp_return result;
	uint32_t got;
	int errnum;

	if (!check_open(s, err))
		return false;
	if (!s->sp)
		return tty_set_rate(s->fd, rate_hz, port->info.name, err);
	if (rate_hz > INT32_MAX)
		return fail_rate(err, port->info.name, rate_hz);
	result = sp_set_baudrate(s->sp, (int)rate_hz);
	errnum = result == SP_ERR_FAIL ? sp_last_error_code() : 0;
	if (errnum == EIO || errnum == ENXIO || errnum == ENODEV)
		return host_fail_port(err, port->info.name, errnum);
	got = result == SP_OK ? rate_in_force(s->sp) : 0;
	if (result == SP_OK && (got == 0 || port_rate_is_close(rate_hz, got)))
		return true;
	/* the driver chose something else: go back to what was agreed */
	(void)sp_set_baudrate(s->sp, (int)port->rate_hz);
	return fail_rate(err, port->info.name, rate_hz);
}

static uint64_t serial_now_us(struct ef_port *port)
{
	(void)port;
	return host_now_us();
}

static bool serial_sleep_us(struct ef_port *port, uint64_t us, struct ef_err *err)
{
	return host_sleep_us(us, serial_of(port)->interrupt, err);
}

static bool serial_reopen(struct ef_port *port, uint64_t deadline_us, struct ef_err *err);

static const struct ef_port_ops serial_ops = {
	.close = serial_close,
	.read = serial_read,
	.write = serial_write,
	.drain = serial_drain,
	.discard = serial_discard,
	.set_lines = serial_set_lines,
	.set_baud = serial_set_baud,
	.now_us = serial_now_us,
	.sleep_us = serial_sleep_us,
	.reopen = serial_reopen,
};

/* ---- opening ---- */

static void copy_clean(char *dst, size_t cap, const char *src)
{
	ef_strlcpy(dst, cap, src ? src : "");
	ef_clean_text(dst);
}

static void sp_facts(const struct sp_port *sp, struct ef_port_info *info)
{
	int vid = 0, pid = 0;

	if (sp_get_port_transport(sp) == SP_TRANSPORT_BLUETOOTH)
		info->kind = EF_PORT_BLUETOOTH;
	if (sp_get_port_transport(sp) != SP_TRANSPORT_USB)
		return;
	info->kind = EF_PORT_USB;
	if (sp_get_port_usb_vid_pid(sp, &vid, &pid) == SP_OK && vid >= 0 && vid <= UINT16_MAX &&
	    pid >= 0 && pid <= UINT16_MAX) {
		info->vid = (uint16_t)vid;
		info->pid = (uint16_t)pid;
	}
	copy_clean(info->serial, sizeof(info->serial), sp_get_port_usb_serial(sp));
	copy_clean(info->manufacturer, sizeof(info->manufacturer),
		   sp_get_port_usb_manufacturer(sp));
	copy_clean(info->product, sizeof(info->product), sp_get_port_usb_product(sp));
}

/* The device as a plain terminal. */
static bool open_terminal(struct serial_port *s, const char *path, struct ef_err *err)
{
	unsigned lines = 0;

	if (!host_check_path(path, err) || !tty_open(path, path, &s->fd, err))
		return false;
	s->base.caps = EF_PORT_HAS_BAUD;
	if (tty_get_lines(s->fd, &lines))
		s->base.caps |= EF_PORT_HAS_LINES | EF_PORT_ATOMIC_LINES;
	else
		ef_log(EF_LOG_WARN, "'%s' has no modem lines: no reset is possible", path);
	return true;
}

/*
 * Through libserialport. *ret_refused: it does not take such devices, so
 * nothing is open and nothing has failed yet.
 */
static bool open_sp(struct serial_port *s, const char *path, bool *ret_refused, struct ef_err *err)
{
	char real[sizeof(s->base.info.name)];
	bool has_real = host_real_path(path, real, sizeof(real));
	enum sp_return result = sp_get_port_by_name(has_real ? real : path, &s->sp);
	int errnum;

	*ret_refused = result == SP_ERR_ARG || result == SP_ERR_SUPP;
	if (*ret_refused)
		return true;
	if (result != SP_OK)
		return fail_sp(err, path, result);
	result = sp_open(s->sp, SP_MODE_READ_WRITE);
	if (result != SP_OK) {
		errnum = result == SP_ERR_FAIL ? sp_last_error_code() : EIO;
		/* it leaves its descriptor open where the lock failed */
		(void)sp_close(s->sp);
		sp_free_port(s->sp);
		s->sp = NULL;
		*ret_refused = errnum == ENOTTY || errnum == EINVAL;
		return *ret_refused || host_fail_port(err, path, errnum);
	}
	s->base.caps = EF_PORT_HAS_BAUD | EF_PORT_HAS_LINES;
	if (sp_get_port_handle(s->sp, &s->fd) == SP_OK)
		s->base.caps |= EF_PORT_ATOMIC_LINES;
	else
		s->fd = -1;
	sp_facts(s->sp, &s->base.info);
	return true;
}

/*
 * A node under another name: the device's number still leads to its facts. And
 * where a device is plugged in only the system knows.
 */
static void learn_facts(struct serial_port *s)
{
	struct ef_port_info *info = &s->base.info, more = { .kind = EF_PORT_UNKNOWN };

	if (info->vid == 0) {
		host_port_facts(info->name, info);
		return;
	}
	host_port_facts(info->name, &more);
	if (more.vid == info->vid)
		memcpy(info->location, more.location, sizeof(info->location));
}

static bool setup_sp(struct serial_port *s, struct ef_err *err)
{
	enum sp_return result = sp_set_flowcontrol(s->sp, SP_FLOWCONTROL_NONE);

	if (result == SP_OK)
		result = sp_set_bits(s->sp, 8);
	if (result == SP_OK)
		result = sp_set_parity(s->sp, SP_PARITY_NONE);
	if (result == SP_OK)
		result = sp_set_stopbits(s->sp, 1);
	return result == SP_OK || fail_sp(err, s->base.info.name, result);
}

/*
 * The kernel asserted both lines with the open, which the usual circuit takes
 * for neither; releasing them together is as harmless.
 */
static bool setup(struct serial_port *s, uint32_t rate_hz, struct ef_err *err)
{
	unsigned lines = 0;

	if (s->fd < 0 && !setup_sp(s, err))
		return false;
	s->is_locked = s->fd >= 0 && tty_lock(s->fd, s->base.info.name, err);
	if (s->fd >= 0 && (!s->is_locked || !tty_setup(s->fd, s->base.info.name, err)))
		return false;
	if (s->fd >= 0 && s->base.info.vid == VID_FTDI)
		host_set_low_latency(s->fd);
	s->base.lines = 0;
	if (s->keeps_lines && s->fd >= 0 && tty_get_lines(s->fd, &lines))
		s->base.lines = lines;
	if (!s->keeps_lines && !ef_port_set_lines(&s->base, EF_DTR | EF_RTS, 0, err))
		return false;
	s->base.rate_hz = DEFAULT_RATE_HZ;
	return ef_port_set_baud(&s->base, rate_hz, err);
}

/* What info.name leads to. Everything that it may leave open, let_go closes. */
static bool open_device(struct serial_port *s, uint32_t rate_hz, struct ef_err *err)
{
	bool is_refused = false;

	if (!open_sp(s, s->base.info.name, &is_refused, err))
		return false;
	if (is_refused && !open_terminal(s, s->base.info.name, err))
		return false;
	learn_facts(s);
	return setup(s, rate_hz, err);
}

/*
 * One try. The path that the user gave is kept where it still leads to the
 * device: it may be a link that follows it by itself.
 */
static bool reopen_once(struct serial_port *s, const struct ef_port_info *was, uint32_t rate_hz,
			struct ef_err *err)
{
	struct ef_port_info now, *info = &s->base.info;

	if (!ef_port_find_again(was, &now, err))
		return false;
	*info = (struct ef_port_info){ .kind = EF_PORT_UNKNOWN };
	(void)ef_strlcpy(info->name, sizeof(info->name), now.name);
	if (open_device(s, rate_hz, err))
		return true;
	let_go(s);
	*info = *was;
	return false;
}

/* Errors that time may heal: not there yet, no permissions yet, still held by a dying one. */
static bool serial_reopen(struct ef_port *port, uint64_t deadline_us, struct ef_err *err)
{
	struct serial_port *s = serial_of(port);
	const struct ef_port_info was = port->info;
	uint32_t rate_hz = port->rate_hz;

	let_go(s);
	for (;;) {
		if (reopen_once(s, &was, rate_hz, err))
			return true;
		port->rate_hz = rate_hz;
		if (err->code == EF_E_INTR || err->code == EF_E_IO || host_now_us() >= deadline_us)
			return false;
		ef_err_clear(err); /* the next one tells */
		if (!host_sleep_us(REOPEN_POLL_US, s->interrupt, err))
			return false;
	}
}

bool port_serial_open(const char *name, const struct ef_port_config *config, struct ef_port **ret,
		      struct ef_err *err)
{
	struct serial_port *s = calloc(1, sizeof(*s));

	if (!s)
		return ef_fail(err, EF_E_IO, "out of memory");
	s->base.ops = &serial_ops;
	s->base.info.kind = EF_PORT_UNKNOWN;
	s->fd = -1;
	s->interrupt = config->interrupt;
	s->keeps_lines = config->keep_lines;
	if (!host_device_path(name, s->base.info.name, sizeof(s->base.info.name))) {
		ef_fail(err, EF_E_USAGE, "the name of the port is too long");
		goto fail;
	}
	if (!open_device(s, config->rate_hz ? config->rate_hz : DEFAULT_RATE_HZ, err))
		goto fail;
	*ret = &s->base;
	return true;
fail:
	serial_close(&s->base);
	return false;
}
