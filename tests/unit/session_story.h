/* SPDX-License-Identifier: MIT */
/* What a session does to the port, byte by byte, and what it tells the user. See session_rig.h. */
#ifndef SESSION_STORY_H
#define SESSION_STORY_H

#include "base/hash.h"
#include "rig/tap_port.h"
#include "story_facts.h"

/* ---- what the session does to the port ---- */

/* The words of a request. Compressed content is left out: it differs between libraries. */
static inline void tell_request(const uint8_t *p, size_t len)
{
	const char *name = ef_op_name(p[1]);
	bool is_data = p[1] == EF_OP_FLASH_DATA || p[1] == EF_OP_MEM_DATA;
	bool is_packed = p[1] == EF_OP_FLASH_DEFL_DATA;
	size_t words = is_data || is_packed ? 4 : (len - 8) / 4;

	tell("> %s", name ? name : "?");
	for (size_t i = 0; p[1] != EF_OP_SYNC && i < words && 8 + 4 * (i + 1) <= len; i++)
		if (!is_packed || i)
			tell(" %x", ef_le32(p + 8 + 4 * i));
	if (!is_packed)
		tell(" crc %08x", ef_crc32(p, len));
	tell("\n");
}

static inline void tell_write(const uint8_t *data, size_t len)
{
	static uint8_t plain[1u << 16];
	size_t n = 0;

	for (size_t i = 1; i + 1 < len && n < sizeof(plain); i++) {
		bool is_escape = data[i] == 0xdb && i + 2 < len;

		plain[n++] = !is_escape ? data[i] : data[i + 1] == 0xdc ? 0xc0 : 0xdb;
		i += is_escape;
	}
	if (n >= 8 && data[0] == 0xc0 && plain[0] == 0)
		tell_request(plain, n);
	else
		tell("> %zu bytes, crc %08x\n", len, ef_crc32(data, len));
}

/* What becomes of a request on its way to the chip. */
enum host_fault {
	HOST_SENDS,
	HOST_STALLS,  /* the driver takes no data */
	HOST_LOSES,   /* the line loses it */
	HOST_DAMAGES, /* the line damages a byte of it */
	CHIP_REFUSES, /* the chip refuses it, and no other */
};

static struct {
	enum host_fault fault;
	unsigned left; /* requests until then; 0: none */
	struct sim *sim;
	bool is_refusing;
} host;

static void refuse(bool refuses)
{
	const struct sim_faults faults = { .lies.refuse_from = refuses };

	host.is_refusing = refuses;
	sim_set_faults(host.sim, &faults);
}

static bool send_damaged(struct ef_port *port, const uint8_t *data, size_t len,
			 uint64_t deadline_us, struct ef_err *err)
{
	static uint8_t copy[1u << 16];
	size_t at = len / 2;

	ck_assert_uint_le(len, sizeof(copy));
	memcpy(copy, data, len);
	/* neither a delimiter nor an escape goes or comes */
	while (at + 1 < len && (copy[at] >= 0xc0 || copy[at - 1] == 0xdb))
		at++;
	copy[at] ^= 1;
	return tap_real->write(port, copy, len, deadline_us, err);
}

static bool told_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		       struct ef_err *err)
{
	bool is_request = len >= 10 && data[0] == 0xc0 && data[1] == 0;

	tell_write(data, len);
	if (is_request && host.is_refusing)
		refuse(false);
	if (!is_request || !host.left || --host.left)
		return tap_real->write(port, data, len, deadline_us, err);
	if (host.fault == CHIP_REFUSES) {
		refuse(true);
		return tap_real->write(port, data, len, deadline_us, err);
	}
	if (host.fault == HOST_STALLS)
		return ef_fail(err, EF_E_TIMEOUT, "the device takes no data");
	return host.fault == HOST_LOSES || send_damaged(port, data, len, deadline_us, err);
}

static bool told_discard(struct ef_port *port, struct ef_err *err)
{
	tell("discard\n");
	return tap_real->discard(port, err);
}

static bool told_lines(struct ef_port *port, unsigned mask, unsigned value, struct ef_err *err)
{
	tell("lines %x=%x\n", mask, value);
	return tap_real->set_lines(port, mask, value, err);
}

static bool told_baud(struct ef_port *port, uint32_t rate_hz, struct ef_err *err)
{
	tell("rate %u\n", rate_hz);
	return tap_real->set_baud(port, rate_hz, err);
}

static bool told_sleep(struct ef_port *port, uint64_t us, struct ef_err *err)
{
	tell("sleep %llu\n", (unsigned long long)us);
	return tap_real->sleep_us(port, us, err);
}

static bool told_reopen(struct ef_port *port, uint64_t deadline_us, struct ef_err *err)
{
	tell("reopen\n");
	return tap_real->reopen(port, deadline_us, err);
}

static inline void tell_port(struct ef_port *port)
{
	struct ef_port_ops *ops = tap_open(port);

	ops->write = told_write;
	ops->discard = told_discard;
	ops->set_lines = told_lines;
	ops->set_baud = told_baud;
	ops->sleep_us = told_sleep;
	ops->reopen = told_reopen;
}

/* ---- what it tells the user ---- */

static void told_event(void *user, const struct ef_event *e)
{
	/* how much content is in a block depends on the library that compressed it */
	uint64_t done = e->done == e->total ? e->done : e->done / 256;

	(void)user;
	tell("event %d %d '%s' %x %llu/%llu %s %s\n", (int)e->kind, (int)e->stage, e->label,
	     e->addr, (unsigned long long)done, (unsigned long long)e->total, ef_hint_name(e->hint),
	     e->text);
}

#endif
