/* SPDX-License-Identifier: MIT */
/*
 * A port in memory, in virtual time. The test fills in what the chip sends, and
 * afterwards reads the bytes and line changes that the code under test made.
 * Each line of the log begins with the time in milliseconds. A test that needs
 * more sets a hook or replaces a member of ops.
 */
#ifndef FAKE_PORT_H
#define FAKE_PORT_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <espflash/port.h>

/* Which operations fail, and how. EF_OK: it does not. */
struct fake_failures {
	enum ef_code read, write, sleep;
};

struct fake_port {
	struct ef_port base; /* first */
	struct ef_port_ops ops;
	uint64_t now_us;
	char log[8192];
	size_t log_len;
	uint8_t sent[8192];
	size_t sent_len;
	/* each read returns one of these texts, */
	const char *say[16];
	size_t say_pos, say_count;
	/* then up to in_step of these bytes (0: all), then nothing or fails.read */
	const uint8_t *in;
	size_t in_len, in_step;
	struct fake_failures fails;
	unsigned reads, discards, closes;
	/* called before each read, to act as a user or a cable */
	void (*on_read)(struct fake_port *f);
	/* receives written bytes in place of sent, to act as a chip */
	void (*on_write)(struct fake_port *f, const uint8_t *data, size_t len);
	void *user;
};

static inline struct fake_port *fake_of(struct ef_port *port)
{
	return (struct fake_port *)(void *)port;
}

static inline void fake_log(struct fake_port *f, const char *text)
{
	int n = snprintf(f->log + f->log_len, sizeof(f->log) - f->log_len, "%u %s\n",
			 (unsigned)(f->now_us / 1000), text);

	if (n > 0 && (size_t)n < sizeof(f->log) - f->log_len)
		f->log_len += (size_t)n;
}

static inline void fake_close(struct ef_port *port)
{
	fake_of(port)->closes++;
}

static inline bool fake_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
			     size_t *ret_len, struct ef_err *err)
{
	struct fake_port *f = fake_of(port);
	size_t len = 0;

	f->reads++;
	if (f->on_read)
		f->on_read(f);
	if (f->say_pos < f->say_count) {
		const char *text = f->say[f->say_pos++];

		len = strlen(text);
		if (len > cap)
			len = cap;
		memcpy(buf, text, len);
	} else if (f->in_len > 0) {
		len = f->in_step && f->in_step < f->in_len ? f->in_step : f->in_len;
		if (len > cap)
			len = cap;
		memcpy(buf, f->in, len);
		f->in += len;
		f->in_len -= len;
	} else if (f->fails.read != EF_OK) {
		return ef_fail(err, f->fails.read, "the fake port fails");
	} else if (f->now_us < deadline_us) {
		f->now_us = deadline_us;
	}
	*ret_len = len;
	return true;
}

static inline bool fake_write(struct ef_port *port, const uint8_t *data, size_t len,
			      uint64_t deadline_us, struct ef_err *err)
{
	struct fake_port *f = fake_of(port);

	(void)deadline_us;
	if (f->fails.write != EF_OK)
		return ef_fail(err, f->fails.write, "the fake port fails");
	if (f->on_write) {
		f->on_write(f, data, len);
		return true;
	}
	if (len > sizeof(f->sent) - f->sent_len)
		return ef_fail(err, EF_E_IO, "the fake port is full");
	memcpy(f->sent + f->sent_len, data, len);
	f->sent_len += len;
	return true;
}

static inline bool fake_drain(struct ef_port *port, struct ef_err *err)
{
	(void)err;
	fake_log(fake_of(port), "drain");
	return true;
}

static inline bool fake_discard(struct ef_port *port, struct ef_err *err)
{
	(void)err;
	fake_of(port)->discards++;
	return true;
}

static inline bool fake_set_lines(struct ef_port *port, unsigned mask, unsigned value,
				  struct ef_err *err)
{
	char text[32];

	(void)err;
	/* names only the lines that are set: D1R0, D0, R1 */
	snprintf(text, sizeof(text), "%s%s", mask & EF_DTR ? (value & EF_DTR ? "D1" : "D0") : "",
		 mask & EF_RTS ? (value & EF_RTS ? "R1" : "R0") : "");
	fake_log(fake_of(port), text);
	return true;
}

static inline bool fake_set_baud(struct ef_port *port, uint32_t rate_hz, struct ef_err *err)
{
	char text[32];

	(void)err;
	snprintf(text, sizeof(text), "@%u", (unsigned)rate_hz);
	fake_log(fake_of(port), text);
	return true;
}

static inline uint64_t fake_now_us(struct ef_port *port)
{
	return fake_of(port)->now_us;
}

static inline bool fake_sleep_us(struct ef_port *port, uint64_t us, struct ef_err *err)
{
	struct fake_port *f = fake_of(port);

	if (f->fails.sleep != EF_OK)
		return ef_fail(err, f->fails.sleep, "the fake port fails");
	f->now_us += us;
	return true;
}

static inline void fake_init(struct fake_port *f, unsigned caps)
{
	static const struct ef_port_ops ops = {
		.close = fake_close,
		.read = fake_read,
		.write = fake_write,
		.drain = fake_drain,
		.discard = fake_discard,
		.set_lines = fake_set_lines,
		.set_baud = fake_set_baud,
		.now_us = fake_now_us,
		.sleep_us = fake_sleep_us,
	};

	memset(f, 0, sizeof(*f));
	f->ops = ops;
	f->base.ops = &f->ops;
	f->base.caps = caps;
	f->base.rate_hz = 115200;
}

#define FAKE_SERIAL (EF_PORT_HAS_LINES | EF_PORT_HAS_BAUD | EF_PORT_ATOMIC_LINES)

#endif
