/* SPDX-License-Identifier: MIT */
/*
 * Reads a range of flash, or has the chip compute its MD5. The range is read in windows, and
 * the caller gets a window when all of it is proved.
 */
#include "base/util.h"
#include "flasher/read_part.h"
#include "flasher/read_window.h"
#include "flasher/session.h"
#include "flasher/spi_flash.h"

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

/* The range is in the flash, as far as its size is known, and the loader can reach it. */
static bool check_range(struct ef_flasher *f, uint32_t addr, uint32_t len, struct ef_err *err)
{
	uint32_t size = f->dev.flash_size;

	if (!ef_flash_check(f, err))
		return false;
	if (!ef_range_ok(addr, len, size ? size : UINT32_MAX))
		return ef_fail_past_flash(NULL, addr, len, size, err);
	return ef_flash_reach_check(f, NULL, addr, len, err);
}

bool ef_flasher_md5(struct ef_flasher *f, uint32_t addr, uint32_t len, uint8_t ret[16],
		    struct ef_err *err)
{
	struct md5 m = { f, addr, len, ret };
	struct ef_try t = { .work = EF_WORK_READ, .step = md5_step, .ctx = &m };

	if (f->dev.is_secure_download) {
		ef_fail(err, EF_E_UNSUPP, "the chip is in secure download mode, which has no MD5");
		return ef_session_verdict(f, EF_VERDICT_SECURE_DOWNLOAD, err);
	}
	if (!check_range(f, addr, len, err))
		return false;
	return ef_try(f, &t, err);
}

static bool read_all(struct reading *r, struct read_window *w, ef_read_sink *sink, void *user,
		     struct ef_err *err)
{
	for (uint32_t pos = 0; pos < r->len;) {
		uint32_t len = r->len - pos < READ_WINDOW ? r->len - pos : READ_WINDOW;

		if (!read_window(w, r->addr + pos, len, err))
			return ef_context(err, "cannot read the flash at 0x%08x", r->addr + pos);
		if (!sink(user, w->buf, len, err))
			return false;
		pos += len;
		r->shown = pos;
		ef_event_progress(r->f, EF_STAGE_READ, r->label, r->addr, pos, r->len);
	}
	if (r->faults > READ_FAULTS_SHOWN)
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
	struct read_window *w;
	bool ok;

	if (f->dev.is_secure_download) {
		ef_fail(err, EF_E_UNSUPP,
			"the chip is in secure download mode: flash can't be read");
		return ef_session_verdict(f, EF_VERDICT_SECURE_DOWNLOAD, err);
	}
	if (!check_range(f, addr, len, err))
		return false;
	w = read_window_new(&r);
	if (!w)
		return ef_fail(err, EF_E_IO, "out of memory");
	ef_event_progress(f, EF_STAGE_READ, label, addr, 0, len);
	ok = read_all(&r, w, sink, user, err);
	read_window_free(w);
	return ok;
}

bool ef_flasher_read(struct ef_flasher *f, uint32_t addr, uint32_t len, ef_read_sink *sink,
		     void *user, struct ef_err *err)
{
	return ef_flasher_read_labelled(f, addr, len, NULL, sink, user, err);
}
