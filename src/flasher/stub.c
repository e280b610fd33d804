/* SPDX-License-Identifier: MIT */
/*
 * Uploads the flasher stub to RAM, starts it and waits for its greeting. Knows which
 * chips and modes can't run a stub, and the detour that starts one on a ROM that
 * refuses to jump.
 */
#include <espflash/log.h>

#include "flasher/session.h"
#include "flasher/stub.h"
#include "flasher/stub_json.h"

/* A stub sends this frame when it starts (esp-flasher-stub main.c) */
#define GREETING     "OHAI"
#define GREETING_LEN 4u

/* Early revisions of a chip may need another image. */
static const char *image_name(const struct ef_flasher *f)
{
	const struct ef_chip *chip = f->dev.chip;

	if (chip->stub.name_old && f->dev.has_revision && f->dev.revision < chip->stub.old_below)
		return chip->stub.name_old;
	return chip->stub.name;
}

/* Why no stub can run on this chip in its present state; NULL if one can. */
static const char *reason_against(const struct ef_flasher *f)
{
	const struct ef_device *d = &f->dev;
	if (!d->chip->stub.name)
		return "there is no stub for this chip";
	if (d->has_revision && d->revision < d->chip->stub.min_rev)
		return "there is no stub for this revision of the chip";
	if (d->is_secure_boot && (d->chip->flags & EF_CHIP_STUB_NOT_WITH_SECURE_BOOT))
		return "this chip's ROM starts no stub when secure boot is on";
	return NULL;
}

/* ---- upload ---- */

/* Context of the step that uploads a part of the stub. */
struct upload {
	struct ef_flasher *f;
	uint32_t addr;
	const uint8_t *data;
	uint32_t len, done;
};

/* Upload from u->done on and advance it, so that the next try does not repeat what arrived. */
static bool upload_rest(void *ctx, struct ef_err *err)
{
	struct upload *u = ctx;
	struct ef_flasher *f = u->f;
	uint32_t left = u->len - u->done, block = f->form.ram_block;

	if (!ef_rom_mem_begin(&f->rom, left, ef_div_up(left, block), block, u->addr + u->done, err))
		return false;
	for (uint32_t seq = 0; u->done < u->len; seq++) {
		uint32_t n = u->len - u->done < block ? u->len - u->done : block;

		if (!ef_rom_mem_data(&f->rom, seq, u->data + u->done, n, err))
			return false;
		u->done += n;
		ef_recover_progress(f, EF_WORK_UPLOAD);
	}
	return true;
}

/*
 * CH9102 bridges with Apple's driver lose bytes of long writes but may pass shorter ones. Only a
 * refusal for the checksum says what became of a block.
 */
static void upload_failed(void *ctx, const struct ef_err *cause)
{
	struct ef_flasher *f = ((struct upload *)ctx)->f;
	const struct ef_piece_budgets *b = &ef_budgets.pieces;
	unsigned failures = f->recovery.failures[EF_WORK_UPLOAD];

	ef_recover_suspect(f, cause);
	if (f->form.ram_block <= b->ram_bad_line ||
	    (f->form.ram_block <= b->ram_least && failures < b->ram_failures))
		return;
	f->form.ram_block /= b->shrink;
	ef_event_warn(f, "%s: trying smaller blocks (%u bytes)",
		      ef_is_damaged(cause) ? "the stub arrives damaged" : cause->msg,
		      f->form.ram_block);
}

static bool upload_part(struct ef_flasher *f, uint32_t addr, const uint8_t *data, uint32_t len,
			struct ef_err *err)
{
	struct upload u = { .f = f, .addr = addr, .data = data, .len = len };
	struct ef_try t = {
		.work = EF_WORK_UPLOAD, .step = upload_rest, .failed = upload_failed, .ctx = &u
	};

	return len == 0 || ef_try(f, &t, err);
}

/*
 * The S3's ROM refuses to jump when secure boot is on. Point the ROM's pointer to its
 * flash read function at the stub's entry, then ask for a read. run() restores the
 * pointer through the stub (esptool loader.py run_stub).
 */
static bool start_by_detour(struct ef_flasher *f, uint32_t entry, uint32_t *ret_saved,
			    struct ef_err *err)
{
	static const uint8_t nothing[8]; /* address 0, length 0 */
	const struct ef_request read = {
		.op = EF_OP_READ_FLASH_SLOW,
		.head = nothing,
		.head_len = sizeof(nothing),
	};
	uint32_t ptr = f->dev.chip->stub.hijack_ptr;

	return ef_rom_mem_end(&f->rom, 0, err) && ef_rom_read_reg(&f->rom, ptr, ret_saved, err) &&
	       ef_rom_write_reg(&f->rom, ptr, entry, UINT32_MAX, 0, err) &&
	       ef_rom_send(&f->rom, &read, err);
}

/* *ret_is_there: the greeting came before until_us. */
static bool hear_greeting(struct ef_flasher *f, uint64_t until_us, bool *ret_is_there,
			  struct ef_err *err)
{
	uint8_t frame[16];
	size_t len;
	unsigned i = 0;

	do {
		if (!ef_rom_read_frame(&f->rom, frame, sizeof(frame), until_us, &len, err))
			return false;
		*ret_is_there = len == GREETING_LEN && memcmp(frame, GREETING, GREETING_LEN) == 0;
	} while (!*ret_is_there && ++i < ef_budgets.greeting.tries);
	return true;
}

/*
 * Find out which loader runs. If the greeting got lost, the stub still answers SYNC
 * (with zeros). If the request to jump got lost, the ROM answers it.
 */
static bool await_greeting(struct ef_flasher *f, enum ef_sync_result *ret, struct ef_err *err)
{
	uint64_t end_us = ef_port_deadline(f->port, ef_budgets.greeting.ms);

	do {
		uint64_t until_us = ef_port_deadline(f->port, f->recovery.patience_ms);
		bool is_there;

		if (!hear_greeting(f, until_us, &is_there, err))
			return false;
		if (is_there) {
			*ret = EF_SYNC_STUB;
			return true;
		}
		if (!ef_session_who(f, &ef_budgets.resync.quick, ret, err))
			return false;
	} while (*ret == EF_SYNC_NONE && ef_port_now_us(f->port) < end_us);
	return true;
}

/*
 * Some stubs raise the UART's clock and then set the rate that the ROM has noted. The ROM
 * does not note every change of its rate, so do it here.
 */
static bool note_rate(struct ef_flasher *f, struct ef_err *err)
{
	const struct ef_chip_rom *rom = &f->dev.chip->rom;
	uint32_t addr = rom->rate_var;

	if (rom->rate_new_var && f->dev.revision >= rom->console_new_rev)
		addr = rom->rate_new_var;
	if (!addr || f->rate_hz == EF_RATE_ROM)
		return true;
	return ef_rom_write_reg(&f->rom, addr, f->rate_hz, UINT32_MAX, 0, err);
}

/* Context of the step that starts the uploaded stub. */
struct jump {
	struct ef_flasher *f;
	uint32_t entry;
	bool by_detour;
	uint32_t saved; /* the ROM's pointer before the detour changed it */
};

static bool jump_once(void *ctx, struct ef_err *err)
{
	struct jump *j = ctx;
	struct ef_flasher *f = j->f;
	enum ef_sync_result who;

	if (!(j->by_detour ? start_by_detour(f, j->entry, &j->saved, err)
			   : ef_rom_mem_end(&f->rom, j->entry, err)) ||
	    !await_greeting(f, &who, err))
		return false;
	if (who == EF_SYNC_STUB)
		return true;
	if (who == EF_SYNC_ROM) {
		ef_fail(err, EF_E_TIMEOUT, "the ROM does not start it");
		if (j->by_detour) /* a retry would save the changed pointer, so prevent it */
			ef_fault_gone(err);
		return false;
	}
	ef_fail(err, EF_E_TIMEOUT, "no greeting within %u ms", ef_budgets.greeting.ms);
	return ef_fault_gone(err);
}

static bool run(struct ef_flasher *f, const struct ef_stub *stub, struct ef_err *err)
{
	struct jump j = {
		.f = f,
		.entry = stub->entry,
		.by_detour = f->dev.is_secure_boot &&
			     (f->dev.chip->flags & EF_CHIP_STUB_HIJACK_WITH_SECURE_BOOT),
	};
	struct ef_try t = { .work = EF_WORK_JUMP, .step = jump_once, .ctx = &j };

	if (!upload_part(f, stub->text_start, stub->text, stub->text_len, err) ||
	    !upload_part(f, stub->data_start, stub->data, stub->data_len, err) ||
	    !note_rate(f, err) || !ef_try(f, &t, err))
		return false;
	ef_session_use_loader(f, EF_LOADER_STUB);
	return !j.by_detour ||
	       ef_rom_write_reg(&f->rom, f->dev.chip->stub.hijack_ptr, j.saved, UINT32_MAX, 0, err);
}

/* Like esptool's check of load-ram, treat bss and data as one range. */
static void note_ranges(struct ef_flasher *f, const struct ef_stub *stub)
{
	uint32_t data_end = stub->data_start + stub->data_len;
	uint32_t start = stub->bss_start && stub->bss_start < stub->data_start ? stub->bss_start
									       : stub->data_start;

	f->stub.text = (struct ef_stub_range){ stub->text_start, stub->text_len };
	f->stub.data = (struct ef_stub_range){ start, data_end - start };
}

/* A running stub doesn't report its ranges, so assume that it is our image for this chip. */
static void note_ranges_of_reused(struct ef_flasher *f)
{
	struct ef_stub stub = EF_STUB_INIT;
	struct ef_err ignored = EF_ERR_INIT;
	const char *name = image_name(f);
	size_t len = 0;
	const uint8_t *json = name ? ef_stub_find(name, &len) : NULL;

	if (json && ef_stub_parse(json, len, &stub, &ignored))
		note_ranges(f, &stub);
	ef_stub_release(&stub);
}

/* Blocks of every length arrived damaged. */
static bool fail_refused(const struct ef_flasher *f, struct ef_err *err)
{
	const struct ef_verdict_info *v = ef_verdict_info(EF_VERDICT_STUB_REFUSED);

	ef_err_clear(err); /* the verdict says more than the last refusal */
	ef_fail(err, v->code, "%s (status 0107, with blocks of %u bytes, too)", v->what,
		f->form.ram_block);
	return ef_session_verdict(f, v->verdict, err);
}

static bool upload(struct ef_flasher *f, const uint8_t *json, size_t len, struct ef_err *err)
{
	struct ef_stub stub = EF_STUB_INIT;
	bool ok = ef_stub_parse(json, len, &stub, err);

	if (!ok && err->hint.id == EF_HINT_NONE)
		ef_hint_set(err, EF_HINT_STUB_FILE);
	if (ok) {
		ef_event_info(f, "Using flash stub");
		ok = run(f, &stub, err);
		if (!ok && ef_is_damaged(err) && f->form.ram_block <= ef_budgets.pieces.ram_least)
			(void)fail_refused(f, err);
	}
	if (ok) {
		ef_log(EF_LOG_DEBUG, "the flasher stub (%zu bytes of JSON) runs", len);
		note_ranges(f, &stub);
	} else if (ef_is_exchange_fault(err) && err->hint.id == EF_HINT_NONE) {
		ef_context(err, "cannot start the flasher stub");
		ef_hint_set(err, EF_HINT_STUB_FAILED);
	}
	ef_stub_release(&stub);
	return ok;
}

bool ef_stub_start(struct ef_flasher *f, struct ef_err *err)
{
	const uint8_t *json = f->opts.stub_json;
	size_t len = f->opts.stub_json_len;
	const char *reason;

	if (f->rom.loader == EF_LOADER_STUB) {
		note_ranges_of_reused(f);
		ef_event_info(f, "Using flash stub that was running already");
		return true;
	}
	if (f->opts.speed.is_brief || f->opts.speed.is_for_facts) {
		ef_log(EF_LOG_DEBUG, "no flasher stub for a few exchanges");
		return true;
	}
	if (f->opts.no_stub) {
		ef_log(EF_LOG_DEBUG, "no flasher stub, as asked");
		return true;
	}
	if (f->dev.is_secure_download) {
		ef_event_advise(f, EF_HINT_STUB_FORBIDDEN,
				"Stub is not supported in Secure Download Mode");
		return true;
	}
	reason = reason_against(f);
	if (reason) {
		ef_event_warn(f, "%s: using the ROM loader", reason);
		return true;
	}
	if (!json)
		json = ef_stub_find(image_name(f), &len);
	if (!json) {
		ef_event_advise(f, EF_HINT_STUB_NOT_BUILT_IN,
				"no stub image for %s was built in: using the ROM loader, which is "
				"slower",
				f->dev.chip->label);
		return true;
	}
	return upload(f, json, len, err);
}
