/* SPDX-License-Identifier: MIT */
/*
 * Reads flash and proves that the content is right. It reads one window at a time
 * and compares it with the chip's own MD5 before the caller gets it. If the line
 * damages a window, it reads the rest of that window in shorter and shorter parts,
 * each with an MD5 of its own.
 */
#include <stdlib.h>
#include <string.h>

#include <espflash/log.h>

#include "base/hash.h"
#include "flasher/session.h"
#include "flasher/spi_flash.h"

#define WINDOW (256u * EF_KIB) /* bounds memory, and the cost of a damaged byte */
#define PACKET 4096u           /* the most that a stub sends in a frame */
/* esptool's value; stubs ignore it and keep one packet in flight */
#define IN_FLIGHT        64u
#define FRAME_TIMEOUT_MS 3000u
/* A stub reads a packet within milliseconds, so allow this beyond the time on the wire */
#define FRAME_SOON_MS 600u
#define PART_MIN      256u /* never read less at once, even on a bad line */
#define ROM_PIECE     64u
#define WORD          4u

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

/* ---- stub ---- */

/* Allows for twice the frame's length on the wire, since SLIP may escape every byte. */
static uint32_t frame_ms(const struct ef_flasher *f, uint32_t len)
{
	const struct ef_port *p = f->port;

	if (p->caps & EF_PORT_REMOTE || !(p->caps & EF_PORT_HAS_BAUD) || !p->rate_hz)
		return FRAME_TIMEOUT_MS;
	return FRAME_SOON_MS + (uint32_t)((uint64_t)len * 2u * 10u * 1000u / p->rate_hz);
}

/* One frame of exactly len bytes. */
static bool read_exact(struct ef_flasher *f, uint8_t *buf, uint32_t len, const char *what,
		       struct ef_err *err)
{
	uint64_t deadline_us = ef_port_deadline(f->port, frame_ms(f, len));
	uint8_t frame[PACKET];
	size_t got;

	if (!ef_rom_read_frame(&f->rom, frame, sizeof(frame), deadline_us, &got, err))
		return false;
	if (got == 0)
		return ef_fail(err, EF_E_TIMEOUT, "the chip stopped sending before %s", what);
	if (got != len)
		return ef_fail(err, EF_E_VERIFY, "%zu bytes came instead of %u for %s", got, len,
			       what);
	memcpy(buf, frame, len);
	return true;
}

static uint32_t packet_size(const struct ef_flasher *f)
{
	return f->form.read_packet ? f->form.read_packet : PACKET;
}

static bool read_packets(struct ef_flasher *f, uint8_t *buf, uint32_t len, uint8_t md5[EF_MD5_LEN],
			 struct ef_err *err)
{
	uint32_t packet = packet_size(f);

	for (uint32_t pos = 0; pos < len;) {
		uint32_t part = len - pos < packet ? len - pos : packet;
		uint8_t ack[4];

		if (!read_exact(f, buf + pos, part, "a block of flash", err))
			return false;
		pos += part;
		ef_put_le32(ack, pos);
		if (!ef_rom_write_frame(&f->rom, ack, sizeof(ack), err))
			return false;
	}
	return read_exact(f, md5, EF_MD5_LEN, "the MD5", err);
}

/*
 * After a failure in mid-stream, the stub still waits for an acknowledgement. Send
 * one of the wrong length: it makes the stub end the stream with the MD5 frame.
 */
static void end_stream(struct ef_flasher *f)
{
	/* the caller already has the error that matters */
	struct ef_err ignored = EF_ERR_INIT;
	uint64_t deadline_us = ef_port_deadline(f->port, frame_ms(f, PACKET));
	uint8_t frame[PACKET];
	size_t got = 0;

	if (!ef_rom_write_frame(&f->rom, "", 1, &ignored))
		return;
	do {
		if (!ef_rom_read_frame(&f->rom, frame, sizeof(frame), deadline_us, &got, &ignored))
			return;
	} while (got && got != EF_MD5_LEN);
}

static bool read_stub(struct ef_flasher *f, uint32_t addr, uint32_t len, uint8_t *buf,
		      struct ef_err *err)
{
	uint8_t want[EF_MD5_LEN], got[EF_MD5_LEN];

	if (!ef_rom_read_flash_begin(&f->rom, addr, len, packet_size(f),
				     f->form.read_in_flight ? f->form.read_in_flight : IN_FLIGHT,
				     err))
		return false;
	if (!read_packets(f, buf, len, want, err)) {
		if (err->fault.kind == EF_FAULT_DIFFERS || ef_is_no_answer(err))
			end_stream(f);
		return false;
	}
	ef_md5(buf, len, got);
	/*
	 * The stub's MD5 covers what it sent, which need not be what we asked for:
	 * READ_FLASH has no checksum over its address. So on a bad line, ask for the MD5
	 * of the range in a separate request.
	 */
	if (memcmp(want, got, sizeof(got)) == 0 && f->recovery.is_bad_line &&
	    !ef_rom_flash_md5(&f->rom, addr, len, want, err))
		return false;
	if (memcmp(want, got, sizeof(got)) != 0)
		return ef_fail(err, EF_E_VERIFY, "the data received differs from the flash (MD5)");
	return true;
}

/* ---- ROM ---- */

/*
 * The ROM reads whole words only, so pieces are extended to word boundaries and
 * the surplus bytes are dropped here.
 */
static bool read_rom(struct ef_flasher *f, uint32_t addr, uint32_t len, uint8_t *buf,
		     struct ef_err *err)
{
	uint8_t piece[ROM_PIECE], want[EF_MD5_LEN], got[EF_MD5_LEN];

	for (uint32_t pos = 0; pos < len;) {
		uint32_t skip = (addr + pos) % WORD;
		uint32_t part = len - pos < ROM_PIECE - skip ? len - pos : ROM_PIECE - skip;
		uint32_t ask = (skip + part + WORD - 1) / WORD * WORD;

		if (!ef_rom_read_flash_slow(&f->rom, addr + pos - skip, ask, piece, err))
			return false;
		memcpy(buf + pos, piece + skip, part);
		pos += part;
	}
	if (!ef_rom_flash_md5(&f->rom, addr, len, want, err))
		return false;
	ef_md5(buf, len, got);
	if (memcmp(want, got, sizeof(got)) != 0)
		return ef_fail(err, EF_E_VERIFY, "the data received differs from the flash (MD5)");
	return true;
}

/* ---- both ---- */

/* Progress within one window: pos bytes of buf are read and proved. */
struct window {
	struct ef_flasher *f;
	uint32_t addr, len, pos;
	uint32_t part; /* length of the part that the present try reads */
	uint8_t *buf;
};

/* One try to read the next part. */
static bool read_step(void *ctx, struct ef_err *err)
{
	struct window *w = ctx;
	struct ef_flasher *f = w->f;
	uint32_t addr = w->addr + w->pos, most = f->recovery.part;
	uint64_t start_us = ef_port_now_us(f->port);

	w->part = w->len - w->pos;
	if (most && most < w->part)
		w->part = most;
	if (!(f->rom.loader == EF_LOADER_STUB ? read_stub(f, addr, w->part, w->buf + w->pos, err)
					      : read_rom(f, addr, w->part, w->buf + w->pos, err)))
		return false;
	ef_log(EF_LOG_DEBUG, "0x%08x: %u bytes read, MD5 right, in %u ms", addr, w->part,
	       (unsigned)((ef_port_now_us(f->port) - start_us) / 1000));
	return true;
}

/* After a damaged byte take shorter parts, so that less has to be read again the next time. */
static void read_again(void *ctx, const struct ef_err *cause)
{
	struct window *w = ctx;
	uint32_t part = w->part / 4 / WORD * WORD;

	w->f->recovery.part = part < PART_MIN ? PART_MIN : part;
	ef_event_warn(w->f, "reading 0x%08x again: %s", w->addr + w->pos, cause->msg);
}

static void grow_part(struct ef_flasher *f)
{
	f->recovery.part = f->recovery.part * 2 < WINDOW ? f->recovery.part * 2 : 0;
}

static bool read_window(struct ef_flasher *f, uint32_t addr, uint32_t len, uint8_t *buf,
			struct ef_err *err)
{
	struct window w = { .f = f, .addr = addr, .len = len, .buf = buf };

	while (w.pos < len) {
		struct ef_try t = {
			.work = EF_WORK_READ, .step = read_step, .again = read_again, .ctx = &w
		};

		if (!ef_try(f, &t, err))
			return false;
		w.pos += w.part;
		ef_recover_passed(f, w.part);
		grow_part(f);
	}
	return true;
}

static bool read_all(struct ef_flasher *f, uint32_t addr, uint32_t len, const char *label,
		     uint8_t *buf, ef_read_sink *sink, void *user, struct ef_err *err)
{
	for (uint32_t pos = 0; pos < len;) {
		uint32_t part = len - pos < WINDOW ? len - pos : WINDOW;

		if (!read_window(f, addr + pos, part, buf, err))
			return ef_context(err, "cannot read the flash at 0x%08x", addr + pos);
		if (!sink(user, buf, part, err))
			return false;
		pos += part;
		ef_event_progress(f, EF_STAGE_READ, label, addr, pos, len);
	}
	return true;
}

void ef_flasher_set_read_packets(struct ef_flasher *f, uint32_t size, uint32_t in_flight)
{
	f->form.read_packet = size < PACKET ? size : PACKET;
	f->form.read_in_flight = in_flight;
}

bool ef_flasher_read_labelled(struct ef_flasher *f, uint32_t addr, uint32_t len, const char *label,
			      ef_read_sink *sink, void *user, struct ef_err *err)
{
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
	ok = read_all(f, addr, len, label, buf, sink, user, err);
	free(buf);
	return ok;
}

bool ef_flasher_read(struct ef_flasher *f, uint32_t addr, uint32_t len, ef_read_sink *sink,
		     void *user, struct ef_err *err)
{
	return ef_flasher_read_labelled(f, addr, len, NULL, sink, user, err);
}
