/* SPDX-License-Identifier: MIT */
/*
 * The story of a session: what it does to the port, what it tells the user, and what it
 * remembers, as text. See session_rig.h.
 */
#ifndef SESSION_STORY_H
#define SESSION_STORY_H

#include <stdarg.h>
#include <stdlib.h>

#include "base/hash.h"
#include "flasher/flasher_priv.h"
#include "flasher_rig.h"
#include "rig/tap_port.h"

static struct {
	char text[1u << 20];
	size_t len;
} story;

static inline void EF_PRINTF(1, 2) tell(const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(story.text + story.len, sizeof(story.text) - story.len, fmt, ap);
	va_end(ap);
	ck_assert(n >= 0 && (size_t)n < sizeof(story.text) - story.len);
	story.len += (size_t)n;
}

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

static inline void tell_err(const struct ef_err *e)
{
	tell("%s: fault %d %02x %02x %d, hint %s %u %u '%s': %s\n", ef_code_name(e->code),
	     (int)e->fault.kind, e->fault.status, e->fault.reason, (int)e->fault.refusal,
	     ef_hint_name(e->hint.id), e->hint.number[0], e->hint.number[1], e->hint.text, e->msg);
}

static inline void tell_boots(const char *what, const struct ef_boot_counts *b)
{
	tell("%s: %u starts %u software %u watchdog %u power %u download %u empty %u downloads\n",
	     what, b->starts, b->software, b->watchdog, b->power, b->download_restarts, b->empty,
	     b->downloads);
}

static inline void tell_report(const struct ef_connect_report *r)
{
	const struct ef_evidence *e = &r->evidence;

	tell("verdict %s by '%s' %d: %u resets %u syncs %d%d%d%d, %u losses %u flaps\n",
	     ef_verdict_info(r->verdict)->name, r->strategy, r->is_inverted, e->resets, e->syncs,
	     e->has_lines, e->is_kept, e->is_native_usb, e->was_answered, e->port_losses,
	     e->port_flaps);
	tell("held %d %llu, text at %u, %u attempts, rx %zu\n", e->was_held,
	     (unsigned long long)e->held_bytes, e->text_rate_hz, e->attempts, e->rx.len);
	tell("%u garbled %u restarts %u unnamed %u deaf %u echoes %d, %llu strays, %u stalls\n",
	     e->reactions.garbled, e->reactions.restarts, e->reactions.unnamed,
	     e->reactions.deaf_attempts, e->reactions.echoes, e->reactions.is_joined,
	     (unsigned long long)e->reactions.stray_bytes, e->write_stalls);
	tell_boots("boots", &e->boots);
	for (unsigned i = 0; i < e->attempts && i < EF_ATTEMPTS_MAX; i++)
		tell("attempt '%s': %u syncs %llu bytes %d\n", e->attempt[i].strategy,
		     e->attempt[i].syncs, (unsigned long long)e->attempt[i].bytes,
		     (int)e->attempt[i].seen);
}

/* ---- what the session remembers ---- */

static inline void tell_recovery(const struct ef_flasher *f)
{
	const struct ef_recovery *r = &f->recovery;
	const struct ef_climb *c = &r->climb;

	tell("%u damages (%u before) %u faults, %u since, rate %u, piece %u, part %u, patience %u, "
	     "%d%d%d\n",
	     r->damages, r->damages_before, r->faults, r->since_fault, r->rate_hz, r->piece,
	     r->part, r->patience_ms, r->is_connecting, r->is_bad_line, r->is_other_board);
	tell("climb %u %u %u %d%d\n", c->top_hz, c->quiet, c->failures, c->is_trial,
	     c->was_lowered);
	for (unsigned i = 0; i < EF_WORKS; i++)
		tell("%u ", r->failures[i]);
	tell("failures\n");
}

static inline void tell_device(const struct ef_device *d)
{
	tell("%s v%d.%u mac %d %02x%02x, crystal %u, sec %d%d%d, %d%d%d, flash %06x %d %u\n",
	     d->chip ? d->chip->name : "-", d->has_revision, d->revision, d->has_mac, d->mac[0],
	     d->mac[5], d->xtal_mhz, d->has_security, d->is_secure_boot, d->is_secure_download,
	     d->is_stub, d->is_usb_jtag, d->is_usb_otg, d->flash_id, d->no_flash, d->flash_size);
}

static inline void tell_session(const struct ef_flasher *f)
{
	const struct ef_auto_rate a = ef_flasher_auto_rate(f);

	tell_device(&f->dev);
	tell_recovery(f);
	tell("rate %u of %u, plan %u %u %d%d%d%d %u, auto %u %d%d\n", f->rate_hz, f->rom_rate_hz,
	     f->plan.early_hz, f->plan.wanted_hz, f->plan.is_auto, f->plan.is_lowered,
	     f->plan.is_stuck, f->plan.is_falling, f->plan.damages_before, a.rate_hz, a.is_lowered,
	     a.is_stuck);
	tell("loader %d, form %u %u %d, stub %x %x %x %x, %d%d%d%d%d, %u words %u %d\n",
	     (int)f->rom.loader, f->form.flash_block, f->form.ram_block, f->form.has_encrypt_word,
	     f->stub.text.start, f->stub.text.len, f->stub.data.start, f->stub.data.len,
	     f->is_stub_reused, f->was_met, f->resets_quickly, f->must_reset, f->is_listened_to,
	     (unsigned)f->record.words.count, f->record.words.confirmations,
	     f->record.words.is_confirmed);
	tell_boots("lost", &f->record.lost_boots);
	tell_boots("at work", &f->record.work_boots);
}

#endif
