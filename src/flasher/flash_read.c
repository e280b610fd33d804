/* SPDX-License-Identifier: MIT */
/*
 * Reads flash and proves that the content is right. It reads one window at a time. After a
 * fault, the chip's MD5 tells how much of what arrived is right: that is kept, and the rest is
 * read again, in shorter parts while faults repeat. The caller gets a window when all of it is
 * proved.
 */
#include <stdlib.h>
#include <string.h>

#include <espflash/log.h>

#include "base/hash.h"
#include "flasher/proof.h"
#include "flasher/read_part.h"
#include "flasher/session.h"
#include "flasher/spi_flash.h"

#define WINDOW   (256u * EF_KIB) /* bounds memory */
#define PART_MIN 256u            /* never read less at once, even on a bad line */
/* A question for an MD5 costs as much as reading this again, so less is not asked about. */
#define PROOF_MIN 256u
/* On a bad line the chip is asked after this much whether it comes from the right address. */
#define CHECK_MAX (16u * EF_KIB)
/* Content between two progress events */
#define SHOW_EVERY (16u * EF_KIB)
/* The user sees so many faults one by one; the others are counted. */
#define FAULTS_SHOWN 3u

/* Context of the step that asks for the chip's MD5. */
struct md5 {
	struct ef_flasher *f;
	uint32_t addr, len;
	uint8_t *ret;
};

static bool md5_step(void *ctx, struct ef_err *err)
{
	struct md5 *m = ctx;

	return ef_rom_flash_md5(&m->f->rom, m->addr, m->len, m->ret, err);
}

bool ef_flasher_md5(struct ef_flasher *f, uint32_t addr, uint32_t len, uint8_t ret[16],
		    struct ef_err *err)
{
	struct md5 m = { f, addr, len, ret };
	struct ef_try t = { .work = EF_WORK_READ, .step = md5_step, .ctx = &m };
	uint32_t size = f->dev.flash_size;

	if (f->dev.is_secure_download) {
		ef_fail(err, EF_E_UNSUPP, "the chip is in secure download mode, which has no MD5");
		return ef_session_verdict(f, EF_VERDICT_SECURE_DOWNLOAD, err);
	}
	if (!ef_flash_check(f, err))
		return false;
	if (!ef_range_ok(addr, len, size ? size : UINT32_MAX))
		return ef_fail_past_flash(NULL, addr, len, size, err);
	if (!ef_flash_reach_check(f, NULL, addr, len, err))
		return false;
	return ef_try(f, &t, err);
}

/* ---- a window ---- */

/* What a reading of a range has met. */
struct reading {
	struct ef_flasher *f;
	const char *label;
	uint32_t addr, len;
	uint32_t shown; /* content in the last progress event */
	unsigned faults;
};

/* Bytes 0 to proved of buf are right; up to have they arrived. */
struct window {
	struct reading *reading;
	struct ef_flasher *f;
	uint32_t addr, len, proved, have;
	uint32_t part;    /* length of the part that the present try reads */
	bool is_in_doubt; /* a fault came behind proved */
	uint8_t *buf;
};

/* The last event of a reading comes when all is proved. */
static void show(void *ctx, uint32_t got)
{
	struct window *w = ctx;
	struct reading *r = w->reading;
	uint32_t done = w->addr - r->addr + w->have + got;

	if (done < r->len && done >= r->shown + SHOW_EVERY) {
		r->shown = done;
		ef_event_progress(r->f, EF_STAGE_READ, r->label, r->addr, done, r->len);
	}
}

/* Keep what the chip's MD5 proves. Less is not worth the questions: it is read again. */
static bool keep_proved(struct window *w, struct ef_err *err)
{
	const struct ef_region region = { w->addr, w->buf, w->len, "" };
	uint32_t before = w->proved, unit = w->part / 8 / PROOF_MIN * PROOF_MIN;
	bool ok = true;

	unit = unit < PROOF_MIN ? PROOF_MIN : unit < EF_SECTOR ? unit : EF_SECTOR;
	if (w->have - w->proved >= PROOF_MIN || w->have == w->len)
		ok = proof_find_units(w->f, &region, unit, &w->proved, w->have, err);
	if (w->proved > before) {
		ef_recover_progress(w->f, EF_WORK_READ);
		ef_recover_passed(w->f, w->proved - before);
	}
	return ok;
}

/* After a fault: only what is proved counts. */
static bool settle(struct window *w, struct ef_err *err)
{
	if (!keep_proved(w, err))
		return false;
	w->have = w->proved;
	w->is_in_doubt = false;
	return true;
}

/*
 * A stub's MD5 covers what it sent, which need not be what we asked for: READ_FLASH has no
 * checksum over its address. So on a bad line the MD5 of the range is asked for in a separate
 * request, for several parts at once. A ROM has no other MD5.
 */
static bool is_check_due(const struct window *w)
{
	uint32_t unproved = w->have - w->proved;

	if (!unproved)
		return false;
	if (w->f->rom.loader == EF_LOADER_ROM)
		return true;
	return w->f->recovery.is_bad_line && (w->have == w->len || unproved >= CHECK_MAX);
}

static bool check(struct window *w, struct ef_err *err)
{
	uint32_t have = w->have;

	w->is_in_doubt = true;
	if (!settle(w, err))
		return false;
	return w->have == have ||
	       ef_fail(err, EF_E_VERIFY, "the data received differs from the flash (MD5)");
}

static uint32_t packet_size(const struct window *w)
{
	uint32_t most = w->f->form.read_packet ? w->f->form.read_packet : EF_READ_PACKET;
	uint32_t packet = w->part / 4;

	/* on a bad line, a shorter packet is more likely to arrive whole */
	if (!w->f->recovery.part || packet >= most)
		return most;
	return packet > PART_MIN || PART_MIN > most ? packet : PART_MIN;
}

static void grow_part(struct ef_flasher *f)
{
	f->recovery.part = f->recovery.part * 2 < WINDOW ? f->recovery.part * 2 : 0;
}

static bool read_part(struct window *w, struct ef_err *err)
{
	struct ef_flasher *f = w->f;
	struct read_part p = {
		.addr = w->addr + w->have,
		.len = w->part,
		.buf = w->buf + w->have,
		.arrived = show,
		.ctx = w,
	};
	uint64_t start_us = ef_port_now_us(f->port);
	bool ok = f->rom.loader == EF_LOADER_STUB ? read_part_stub(f, &p, packet_size(w), err)
						  : read_part_rom(f, &p, err);

	w->have += p.got;
	if (ok)
		ef_log(EF_LOG_DEBUG, "0x%08x: %u bytes read in %u ms", p.addr, p.len,
		       (unsigned)((ef_port_now_us(f->port) - start_us) / 1000));
	return ok;
}

static bool read_parts(struct window *w, struct ef_err *err)
{
	struct ef_flasher *f = w->f;

	while (w->proved < w->len) {
		w->part = w->len - w->have;
		if (f->recovery.part && f->recovery.part < w->part)
			w->part = f->recovery.part;
		if (!read_part(w, err))
			return false;
		if (is_check_due(w) && !check(w, err))
			return false;
		if (!f->recovery.is_bad_line && w->proved < w->have) {
			ef_recover_passed(f, w->have - w->proved);
			w->proved = w->have;
		}
		grow_part(f);
	}
	return true;
}

/* One try to read the rest of the window. */
static bool read_step(void *ctx, struct ef_err *err)
{
	struct window *w = ctx;

	if (w->is_in_doubt && !settle(w, err))
		return false;
	if (read_parts(w, err))
		return true;
	w->is_in_doubt = true;
	return false;
}

/* After a damaged byte take shorter parts, so that less has to be read again the next time. */
static void read_again(void *ctx, const struct ef_err *cause)
{
	struct window *w = ctx;
	uint32_t part = w->part / 4 / PART_MIN * PART_MIN, at = w->addr + w->have;

	w->f->recovery.part = part < PART_MIN ? PART_MIN : part;
	if (++w->reading->faults <= FAULTS_SHOWN)
		ef_event_warn(w->f, "reading 0x%08x again: %s", at, cause->msg);
	else
		ef_log(EF_LOG_DEBUG, "reading 0x%08x again: %s", at, cause->msg);
}

/* ---- a range ---- */

static bool read_window(struct reading *r, uint32_t addr, uint32_t len, uint8_t *buf,
			struct ef_err *err)
{
	struct window w = { .reading = r, .f = r->f, .addr = addr, .len = len, .buf = buf };
	struct ef_try t = {
		.work = EF_WORK_READ, .step = read_step, .again = read_again, .ctx = &w
	};

	return ef_try(r->f, &t, err);
}

static bool read_all(struct reading *r, uint8_t *buf, ef_read_sink *sink, void *user,
		     struct ef_err *err)
{
	for (uint32_t pos = 0; pos < r->len;) {
		uint32_t part = r->len - pos < WINDOW ? r->len - pos : WINDOW;

		if (!read_window(r, r->addr + pos, part, buf, err))
			return ef_context(err, "cannot read the flash at 0x%08x", r->addr + pos);
		if (!sink(user, buf, part, err))
			return false;
		pos += part;
		r->shown = pos;
		ef_event_progress(r->f, EF_STAGE_READ, r->label, r->addr, pos, r->len);
	}
	if (r->faults > FAULTS_SHOWN)
		ef_event_warn(r->f,
			      "the line lost or damaged bytes %u times while the flash was read: "
			      "what did not arrive was read again",
			      r->faults);
	return true;
}

void ef_flasher_set_read_packets(struct ef_flasher *f, uint32_t size, uint32_t in_flight)
{
	f->form.read_packet = size < EF_READ_PACKET ? size : EF_READ_PACKET;
	f->form.read_in_flight = in_flight;
}

bool ef_flasher_read_labelled(struct ef_flasher *f, uint32_t addr, uint32_t len, const char *label,
			      ef_read_sink *sink, void *user, struct ef_err *err)
{
	struct reading r = { .f = f, .label = label, .addr = addr, .len = len };
	uint32_t size = f->dev.flash_size;
	uint8_t *buf;
	bool ok;

	if (f->dev.is_secure_download) {
		ef_fail(err, EF_E_UNSUPP,
			"the chip is in secure download mode: flash can't be read");
		return ef_session_verdict(f, EF_VERDICT_SECURE_DOWNLOAD, err);
	}
	if (!ef_flash_check(f, err))
		return false;
	if (!ef_range_ok(addr, len, size ? size : UINT32_MAX))
		return ef_fail_past_flash(NULL, addr, len, size, err);
	if (!ef_flash_reach_check(f, NULL, addr, len, err))
		return false;
	buf = malloc(len < WINDOW ? len + 1u : WINDOW);
	if (!buf)
		return ef_fail(err, EF_E_IO, "out of memory");
	ef_event_progress(f, EF_STAGE_READ, label, addr, 0, len);
	ok = read_all(&r, buf, sink, user, err);
	free(buf);
	return ok;
}

bool ef_flasher_read(struct ef_flasher *f, uint32_t addr, uint32_t len, ef_read_sink *sink,
		     void *user, struct ef_err *err)
{
	return ef_flasher_read_labelled(f, addr, len, NULL, sink, user, err);
}
