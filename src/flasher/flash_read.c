/* SPDX-License-Identifier: MIT */
/*
 * Reads a range of flash, or has the chip compute its MD5. The range is read in windows, and
 * the caller gets a window when all of it is proved.
 */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
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

/* The MD5s of the windows that were read. */
typedef uint8_t digests[EF_MD5_LEN];

static uint32_t window_len(const struct reading *r, uint32_t pos)
{
	return r->len - pos < READ_WINDOW ? r->len - pos : READ_WINDOW;
}

/* Asking has no checksum either, so a difference must repeat. */
static bool check_window(struct reading *r, uint32_t pos, const uint8_t want[EF_MD5_LEN],
			 struct ef_err *err)
{
	uint8_t got[EF_MD5_LEN];
	struct md5 m = { r->f, r->addr + pos, window_len(r, pos), got };
	struct ef_try t = { .work = EF_WORK_READ, .step = md5_step, .ctx = &m };

	for (unsigned i = 0; i < ef_budgets.reread.confirm_bad_line.tries; i++) {
		if (!ef_try(r->f, &t, err))
			return false;
		if (memcmp(got, want, sizeof(got)) == 0)
			return true;
	}
	return ef_fail(err, EF_E_VERIFY,
		       "the flash at 0x%08x changed while it was read: the line damages requests, "
		       "and a damaged one may erase",
		       m.addr);
}

/*
 * A request to read that was not answered may have become one that erases (docs/protocol.md). So
 * what was read must still be there at the end.
 */
static bool check_all(struct reading *r, digests *md5s, struct ef_err *err)
{
	if (!r->is_in_doubt)
		return true;
	for (uint32_t pos = 0; pos < r->len; pos += window_len(r, pos))
		if (!check_window(r, pos, *md5s++, err))
			return false;
	return true;
}

static bool read_all(struct reading *r, struct read_window *w, digests *md5s, ef_read_sink *sink,
		     void *user, struct ef_err *err)
{
	for (uint32_t pos = 0; pos < r->len;) {
		uint32_t len = window_len(r, pos);

		if (!read_window(w, r->addr + pos, len, err))
			return ef_context(err, "cannot read the flash at 0x%08x", r->addr + pos);
		ef_md5(w->buf, len, md5s[pos / READ_WINDOW]);
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
	return check_all(r, md5s, err);
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
	digests *md5s;
	bool ok;

	if (f->dev.is_secure_download) {
		ef_fail(err, EF_E_UNSUPP,
			"the chip is in secure download mode: flash can't be read");
		return ef_session_verdict(f, EF_VERDICT_SECURE_DOWNLOAD, err);
	}
	if (!check_range(f, addr, len, err))
		return false;
	w = read_window_new(&r);
	md5s = calloc(len / READ_WINDOW + 1, sizeof(*md5s));
	if (w && md5s) {
		ef_event_progress(f, EF_STAGE_READ, label, addr, 0, len);
		ok = read_all(&r, w, md5s, sink, user, err);
	} else {
		ok = ef_fail(err, EF_E_IO, "out of memory");
	}
	free(md5s);
	if (w)
		read_window_free(w);
	return ok;
}

bool ef_flasher_read(struct ef_flasher *f, uint32_t addr, uint32_t len, ef_read_sink *sink,
		     void *user, struct ef_err *err)
{
	return ef_flasher_read_labelled(f, addr, len, NULL, sink, user, err);
}
