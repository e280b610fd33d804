/* SPDX-License-Identifier: MIT */
/*
 * Load the flasher stub into RAM, start it and shake hands. Knows on which
 * chips and in which states no stub may run, and the detour by which one
 * starts on a ROM that refuses to jump.
 */
#include <espflash/log.h>

#include "flasher/flasher_priv.h"
#include "flasher/stub_json.h"

/* The stub's first words (esp-flasher-stub main.c), and esptool's patience for them. */
#define GREETING            "OHAI"
#define GREETING_LEN        4u
#define GREETING_TIMEOUT_MS 3000u
/* A line that chatters may put other frames before it; more than this is no stub. */
#define GREETING_FRAMES 16u
#define SYNC_TIMEOUT_MS 100u
/* Second status byte of a ROM: the checksum is wrong (docs/protocol.md). */
#define STATUS_CHECKSUM 0x07u
/* Blocks get a quarter each time, down to about this. */
#define RAM_BLOCK_MIN 0x180u
/* ... and on a line that spoils even those, to what half of the time passes one bad byte in 200 */
#define RAM_BLOCK_BAD_LINE 0x60u
/* How often a block is sent without getting through */
#define UPLOAD_TRIES 10u
/* ... and how often the jump, when the ROM still answers after it */
#define START_TRIES 3u

/* Name of the image for this revision. */
static const char *image_name(const struct ef_flasher *f)
{
	const struct ef_chip *chip = f->dev.chip;

	if (chip->stub.name_old && f->dev.has_revision && f->dev.revision < chip->stub.old_below)
		return chip->stub.name_old;
	return chip->stub.name;
}

/* Why this chip, as it is, can't run a stub; NULL when it can. */
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

void ef_session_use_loader(struct ef_flasher *f, enum ef_loader loader)
{
	const struct ef_chip *chip = f->dev.chip;
	bool is_stub = loader == EF_LOADER_STUB;

	f->rom.loader = loader;
	f->dev.is_stub = is_stub;
	f->ram_block = f->dev.is_usb_otg ? EF_BLOCK_USB_OTG : EF_BLOCK_RAM;
	if (is_stub)
		f->flash_block = f->dev.is_usb_otg ? EF_BLOCK_USB_OTG : EF_BLOCK_STUB;
	else
		f->flash_block = EF_BLOCK_ROM;
	f->has_encrypt_word = !is_stub && chip && (chip->flags & EF_CHIP_ROM_ENCRYPT_WORD);
}

/* ---- upload ---- */

/* The ROM's word for data that doesn't match its checksum: bytes get lost in long writes. */
static bool is_damaged(const struct ef_flasher *f)
{
	return f->rom.was_refused && f->rom.last_reason == STATUS_CHECKSUM;
}

/* From *done on, which says afterwards how far it came. */
static bool upload_from(struct ef_flasher *f, uint32_t addr, const uint8_t *data, uint32_t len,
			uint32_t *done, struct ef_err *err)
{
	uint32_t left = len - *done;

	if (!ef_rom_mem_begin(&f->rom, left, ef_div_up(left, f->ram_block), f->ram_block,
			      addr + *done, err))
		return false;
	for (uint32_t seq = 0; *done < len; seq++) {
		uint32_t n = len - *done < f->ram_block ? len - *done : f->ram_block;

		if (!ef_rom_mem_data(&f->rom, seq, data + *done, n, err))
			return false;
		*done += n;
	}
	return true;
}

/*
 * After a failure in *err: whether the rest can be sent, in smaller blocks. Any
 * refusal may be a damaged request or answer here: who means it refuses again.
 */
static bool may_go_on(struct ef_flasher *f, unsigned tries, struct ef_err *err)
{
	struct ef_err other = EF_ERR_INIT;
	bool answers = false;

	if (!(ef_is_line_fault(f, err) || f->rom.was_refused) || tries > UPLOAD_TRIES)
		return false;
	f->rom.damages++;
	if (f->ram_block > RAM_BLOCK_MIN || (tries > 1 && f->ram_block > RAM_BLOCK_BAD_LINE)) {
		f->ram_block /= 4;
		ef_event_warn(f, "the stub arrives damaged: trying smaller blocks (%u bytes)",
			      f->ram_block);
	}
	if (!ef_resync(f, &answers, &other)) {
		*err = other;
		return false;
	}
	if (answers)
		ef_err_clear(err); /* what is there stays there */
	return answers;
}

static bool upload_part(struct ef_flasher *f, uint32_t addr, const uint8_t *data, uint32_t len,
			struct ef_err *err)
{
	uint32_t done = 0, before = 0;
	unsigned tries = 0;

	while (done < len) {
		if (upload_from(f, addr, data, len, &done, err))
			return true;
		tries = done > before ? 0 : tries + 1;
		before = done;
		if (!may_go_on(f, tries, err))
			return false;
	}
	return true;
}

/*
 * The S3's ROM does not jump when secure boot is on. Its pointer to the flash
 * read function is bent to the stub's entry and that read is asked for; the
 * stub puts the pointer back (esptool loader.py run_stub).
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

/*
 * *ret: who is there. A greeting may have been lost on the wire; a stub that runs
 * answers SYNC with zeros. The ROM answers where the request to jump was lost.
 */
static bool await_greeting(struct ef_flasher *f, enum ef_sync_result *ret, struct ef_err *err)
{
	uint64_t end_us = ef_port_deadline(f->port, GREETING_TIMEOUT_MS);
	uint32_t patience_ms = f->rom.patience_ms ? f->rom.patience_ms : GREETING_TIMEOUT_MS;
	uint8_t frame[16];
	size_t len;

	do {
		uint64_t until_us = ef_port_deadline(f->port, patience_ms);

		for (unsigned i = 0; i < GREETING_FRAMES; i++) {
			if (!ef_rom_read_frame(&f->rom, frame, sizeof(frame), until_us, &len, err))
				return false;
			if (len == GREETING_LEN && memcmp(frame, GREETING, GREETING_LEN) == 0) {
				*ret = EF_SYNC_STUB;
				return true;
			}
			if (len == 0)
				break;
		}
		if (!ef_rom_sync(&f->rom, SYNC_TIMEOUT_MS, ret, err))
			return false;
	} while (*ret == EF_SYNC_NONE && ef_port_now_us(f->port) < end_us);
	return true;
}

/* The data is there: jump. */
static bool start(struct ef_flasher *f, const struct ef_stub *stub, bool detour,
		  uint32_t *ret_saved, struct ef_err *err)
{
	enum ef_sync_result who = EF_SYNC_ROM;

	for (unsigned i = 0; who == EF_SYNC_ROM && i < (detour ? 1 : START_TRIES); i++) {
		if (detour ? !start_by_detour(f, stub->entry, ret_saved, err)
			   : !ef_rom_mem_end(&f->rom, stub->entry, err))
			return false;
		if (!await_greeting(f, &who, err))
			return false;
	}
	if (who == EF_SYNC_STUB)
		return true;
	if (who == EF_SYNC_ROM)
		return ef_fail(err, EF_E_TIMEOUT, "the ROM does not start it");
	return ef_fail(err, EF_E_TIMEOUT, "no greeting within %u ms", GREETING_TIMEOUT_MS);
}

static bool run(struct ef_flasher *f, const struct ef_stub *stub, struct ef_err *err)
{
	bool detour = f->dev.is_secure_boot &&
		      (f->dev.chip->flags & EF_CHIP_STUB_HIJACK_WITH_SECURE_BOOT);
	uint32_t saved = 0;

	if (!upload_part(f, stub->text_start, stub->text, stub->text_len, err) ||
	    !upload_part(f, stub->data_start, stub->data, stub->data_len, err))
		return false;
	if (!start(f, stub, detour, &saved, err))
		return false;
	ef_session_use_loader(f, EF_LOADER_STUB);
	return !detour ||
	       ef_rom_write_reg(&f->rom, f->dev.chip->stub.hijack_ptr, saved, UINT32_MAX, 0, err);
}

/* bss up to the end of data is one range, as esptool's check of load-ram sees it */
static void note_ranges(struct ef_flasher *f, const struct ef_stub *stub)
{
	uint32_t data_end = stub->data_start + stub->data_len;
	uint32_t start = stub->bss_start && stub->bss_start < stub->data_start ? stub->bss_start
									       : stub->data_start;

	f->stub_text = (struct ef_stub_range){ stub->text_start, stub->text_len };
	f->stub_data = (struct ef_stub_range){ start, data_end - start };
}

/* A stub of an earlier session is taken for ours of the same chip: its ranges are unknown. */
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

/* CH9102 bridges under Apple's driver lose bytes of long writes; shorter ones may pass. */
static bool run_in_smaller_blocks(struct ef_flasher *f, const struct ef_stub *stub,
				  struct ef_err *err)
{
	while (!run(f, stub, err)) {
		const struct ef_verdict_info *v = ef_verdict_info(EF_VERDICT_STUB_REFUSED);

		if (!is_damaged(f))
			return false;
		ef_err_clear(err);
		if (f->ram_block <= RAM_BLOCK_MIN) {
			if (f->opts.report)
				f->opts.report->verdict = v->verdict;
			ef_fail(err, v->code, "%s (status 0107, with blocks of %u bytes, too)",
				v->what, f->ram_block);
			return ef_hint(err, "%s", v->next);
		}
		f->ram_block /= 4;
		ef_event_warn(f, "the stub arrives damaged: trying smaller blocks (%u bytes)",
			      f->ram_block);
	}
	return true;
}

static bool upload(struct ef_flasher *f, const uint8_t *json, size_t len, struct ef_err *err)
{
	struct ef_stub stub = EF_STUB_INIT;
	bool ok = ef_stub_parse(json, len, &stub, err);

	if (ok) {
		ef_event_info(f, "Using flash stub");
		ok = run_in_smaller_blocks(f, &stub, err);
	}
	if (ok) {
		ef_log(EF_LOG_DEBUG, "the flasher stub (%zu bytes of JSON) runs", len);
		note_ranges(f, &stub);
	} else if (is_damaged(f)) {
		/* said already, with its own hint */
	} else if (err->code == EF_E_PROTOCOL || err->code == EF_E_TIMEOUT) {
		ef_context(err, "cannot start the flasher stub");
		ef_hint(err, "do without it: '--no-stub'");
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
		f->is_stub_reused = true;
		note_ranges_of_reused(f);
		ef_event_info(f, "Using flash stub that was running already");
		return true;
	}
	if (f->opts.no_stub) {
		ef_log(EF_LOG_DEBUG, "no flasher stub, as asked");
		return true;
	}
	if (f->dev.is_secure_download) {
		ef_event_warn(f,
			      "Stub is not supported in Secure Download Mode, setting --no-stub");
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
		ef_event_warn(f,
			      "no stub image for %s was built in: using the ROM loader, which "
			      "is slower (give one with '--stub FILE')",
			      f->dev.chip->label);
		return true;
	}
	return upload(f, json, len, err);
}
