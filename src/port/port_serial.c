/* SPDX-License-Identifier: MIT */
/*
 * The backend for serial devices: it knows in which order to open a device and set it up, and how
 * to open it again after it was unplugged. tty.h handles the device itself.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/util.h"
#include "port/port_priv.h"
#include "port/tty.h"
#include <espflash/log.h>

#define VID_FTDI 0x0403u

struct serial_port {
	struct ef_port base;
	struct tty *tty; /* NULL after a reopen that failed */
	bool keeps_lines;
	host_flag *interrupt;
};

static struct serial_port *serial_of(struct ef_port *port)
{
	return (struct serial_port *)port;
}

static void close_device(struct serial_port *s)
{
	tty_close(s->tty);
	s->tty = NULL;
}

/* ---- operations ---- */

static void serial_close(struct ef_port *port)
{
	close_device(serial_of(port));
	free(port);
}

static bool check_open(struct serial_port *s, struct ef_err *err)
{
	return s->tty || host_fail_port(err, s->base.info.name, ENODEV);
}

static bool serial_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
			size_t *ret_len, struct ef_err *err)
{
	struct serial_port *s = serial_of(port);

	return check_open(s, err) && tty_read(s->tty, buf, cap, deadline_us, ret_len, err);
}

static bool serial_write(struct ef_port *port, const uint8_t *data, size_t len,
			 uint64_t deadline_us, struct ef_err *err)
{
	struct serial_port *s = serial_of(port);

	return check_open(s, err) && tty_write(s->tty, data, len, deadline_us, err);
}

static bool serial_drain(struct ef_port *port, struct ef_err *err)
{
	struct serial_port *s = serial_of(port);

	return check_open(s, err) && tty_drain(s->tty, err);
}

static bool serial_discard(struct ef_port *port, struct ef_err *err)
{
	struct serial_port *s = serial_of(port);

	return check_open(s, err) && tty_discard(s->tty, err);
}

static bool serial_set_lines(struct ef_port *port, unsigned mask, unsigned value,
			     struct ef_err *err)
{
	struct serial_port *s = serial_of(port);

	return check_open(s, err) && tty_set_lines(s->tty, mask, value, err);
}

static bool serial_set_baud(struct ef_port *port, uint32_t rate_hz, struct ef_err *err)
{
	struct serial_port *s = serial_of(port);
	struct ef_err ignored = EF_ERR_INIT;
	uint32_t got = 0;

	if (!check_open(s, err) || !tty_set_rate(s->tty, rate_hz, &got, err))
		return false;
	if (port_rate_is_close(rate_hz, got))
		return true;
	/* The chip still uses the old rate. */
	(void)!tty_set_rate(s->tty, port->rate_hz, &got, &ignored);
	ef_fail(err, EF_E_UNSUPP, "'%s' can't do %u baud", port->info.name, (unsigned)rate_hz);
	return ef_hint_set(err, EF_HINT_RATE_REFUSED);
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

/* ---- opening ---- */

/*
 * The kernel asserted DTR and RTS when it opened the device; the usual reset circuit ignores that.
 */
static bool set_up_lines(struct serial_port *s, struct ef_err *err)
{
	unsigned lines = 0;

	s->base.lines = 0;
	s->base.caps = EF_PORT_HAS_BAUD;
	if (!tty_get_lines(s->tty, &lines)) {
		ef_log(EF_LOG_WARN, "'%s' has no modem lines: no reset is possible",
		       s->base.info.name);
		return true;
	}
	s->base.caps |= EF_PORT_HAS_LINES | EF_PORT_ATOMIC_LINES;
	if (s->keeps_lines)
		s->base.lines = lines;
	return s->keeps_lines || ef_port_set_lines(&s->base, EF_DTR | EF_RTS, 0, err);
}

/* Open what info.name leads to. On failure nothing is open. */
static bool open_device(struct serial_port *s, uint32_t rate_hz, struct ef_err *err)
{
	if (!tty_open(s->base.info.name, s->interrupt, &s->tty, err))
		return false;
	port_device_facts(&s->base.info);
	if (s->base.info.vid == VID_FTDI)
		tty_set_low_latency(s->tty);
	s->base.rate_hz = DEFAULT_RATE_HZ;
	if (set_up_lines(s, err) && ef_port_set_baud(&s->base, rate_hz, err))
		return true;
	close_device(s);
	return false;
}

/* ef_port_find_again keeps the user's path if it still leads to the device: it may be a link. */
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
	*info = *was;
	return false;
}

static bool serial_reopen(struct ef_port *port, uint64_t deadline_us, struct ef_err *err)
{
	struct serial_port *s = serial_of(port);
	const struct ef_port_info was = port->info;
	uint32_t rate_hz = port->rate_hz;

	close_device(s);
	for (;;) {
		if (reopen_once(s, &was, rate_hz, err))
			return true;
		port->rate_hz = rate_hz;
		/*
		 * Waiting can cure a missing node, missing permissions, and a lock of a dying
		 * process.
		 */
		if (err->code == EF_E_INTR || err->code == EF_E_IO || host_now_us() >= deadline_us)
			return false;
		ef_err_clear(err); /* the last try's error is reported */
		if (!host_sleep_us(REOPEN_POLL_US, s->interrupt, err))
			return false;
	}
}

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

bool port_serial_open(const char *name, const struct ef_port_config *config, struct ef_port **ret,
		      struct ef_err *err)
{
	struct serial_port *s = calloc(1, sizeof(*s));

	if (!s)
		return ef_fail(err, EF_E_IO, "out of memory");
	s->base.ops = &serial_ops;
	s->base.info.kind = EF_PORT_UNKNOWN;
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
