/* SPDX-License-Identifier: MIT */
/*
 * Accesses memory by READ_REG and WRITE_REG, and starts the application from a
 * loader. An answer to READ_REG doesn't name its address, so after a failed exchange
 * no late answer may be left on the line when the next one starts. There is no
 * faster way: neither ROMs nor stubs send memory in blocks, and requests can't
 * overlap, since a stub drops the beginning of a request that comes before it has
 * answered the last one (esp-flasher-stub slip.c: no buffer until the main loop
 * runs again).
 */
#include <espflash/memory.h>

#include "flasher/session.h"

#define WORD   4u
#define WINDOW 1024u /* bytes to read again after a lost answer */

static bool check_mode(const struct ef_flasher *f, struct ef_err *err)
{
	if (!f->dev.is_secure_download)
		return true;
	ef_fail(err, EF_E_UNSUPP,
		"the chip is in secure download mode, which has no access to memory");
	ef_hint_set(err, EF_HINT_SECURE_DOWNLOAD);
	return ef_session_verdict(f, EF_VERDICT_SECURE_DOWNLOAD, err);
}

static bool check_word(const struct ef_flasher *f, uint32_t addr, struct ef_err *err)
{
	if (!check_mode(f, err))
		return false;
	if (addr % WORD == 0)
		return true;
	ef_fail(err, EF_E_INPUT, "address 0x%08x is not a multiple of 4", addr);
	return ef_hint_numbers(err, EF_HINT_WORD_ALIGNMENT, addr - addr % WORD, 0);
}

/* If the chip fell silent, the access probably crashed the loader: say so. */
static bool explain(struct ef_err *err, const char *what, uint32_t addr)
{
	bool is_silent = ef_is_no_answer(err);

	ef_context(err, "cannot %s 0x%08x", what, addr);
	if (is_silent)
		ef_hint_set(err, EF_HINT_NO_MEMORY_THERE);
	return false;
}

bool ef_flasher_read_word(struct ef_flasher *f, uint32_t addr, uint32_t *ret, struct ef_err *err)
{
	if (!check_word(f, addr, err))
		return false;
	return ef_rom_read_reg(&f->rom, addr, ret, err) || explain(err, "read", addr);
}

bool ef_flasher_write_word(struct ef_flasher *f, uint32_t addr, uint32_t value, uint32_t mask,
			   struct ef_err *err)
{
	if (!check_word(f, addr, err))
		return false;
	return ef_rom_write_reg(&f->rom, addr, value, mask, 0, err) || explain(err, "write", addr);
}

/* ---- many words ---- */

/* Context of the step that reads several words; if one fails, all are read again. */
struct words {
	struct ef_flasher *f;
	uint32_t addr, count;
	uint8_t *buf;
};

static bool read_words(void *ctx, struct ef_err *err)
{
	const struct words *w = ctx;

	for (uint32_t i = 0; i < w->count; i++) {
		uint32_t word;

		if (!ef_rom_read_reg(&w->f->rom, w->addr + i * WORD, &word, err))
			return false;
		ef_put_le32(w->buf + i * WORD, word);
	}
	return true;
}

static void read_words_again(void *ctx, const struct ef_err *cause)
{
	const struct words *w = ctx;

	ef_event_warn(w->f, "%s: reading 0x%08x again", cause->msg, w->addr);
}

static bool read_window(struct ef_flasher *f, uint32_t addr, uint32_t count, uint8_t *buf,
			struct ef_err *err)
{
	struct words w = { f, addr, count, buf };
	struct ef_try t = {
		.work = EF_WORK_MEMORY, .step = read_words, .again = read_words_again, .ctx = &w
	};

	return ef_try(f, &t, err);
}

bool ef_flasher_read_mem(struct ef_flasher *f, uint32_t addr, uint32_t len, ef_read_sink *sink,
			 void *user, struct ef_err *err)
{
	uint32_t skip = addr % WORD, done = 0;
	uint8_t buf[WINDOW];

	if (!check_mode(f, err))
		return false;
	if (len && len - 1 > UINT32_MAX - addr)
		return ef_fail(err, EF_E_INPUT,
			       "%u bytes at 0x%08x pass the end of the address space", len, addr);
	ef_event_progress(f, EF_STAGE_READ, "memory", addr, 0, len);
	while (done < len) {
		uint32_t at = addr + done - skip;
		uint32_t part = len - done < WINDOW - skip ? len - done : WINDOW - skip;

		if (!read_window(f, at, ef_div_up(skip + part, WORD), buf, err))
			return explain(err, "read memory at", at);
		if (!sink(user, buf + skip, part, err))
			return false;
		done += part;
		skip = 0;
		ef_event_progress(f, EF_STAGE_READ, "memory", addr, done, len);
	}
	return true;
}

/* ---- starting the application ---- */

/*
 * The ESP32's ROM boots from flash if FLASH_END tells it to leave the loader after
 * nothing was written (esptool's "run"). Later ROMs then jump to an address without
 * code. Stubs ignore the request (esp-flasher-stub command_handler.c).
 */
static bool leave_loader(struct ef_flasher *f, struct ef_err *err)
{
	const struct ef_flash_begin nothing = { .block_size = EF_BLOCK_ROM,
						.has_encrypt_word = f->form.has_encrypt_word };

	ef_event_info(f, "Leaving the loader");
	return ef_rom_flash_begin(&f->rom, &nothing, err) &&
	       ef_rom_flash_end(&f->rom, false, false, err);
}

bool ef_flasher_run(struct ef_flasher *f, bool may_reset, struct ef_err *err)
{
	const struct ef_chip *chip = f->dev.chip;

	if (may_reset && f->port->caps & EF_PORT_HAS_LINES)
		return ef_flasher_finish(f, EF_AFTER_HARD_RESET, err);
	if (f->rom.loader == EF_LOADER_ROM && chip->flags & EF_CHIP_ROM_RUNS_FLASH)
		return leave_loader(f, err);
	if (chip->wdt.can_reset && !f->dev.is_secure_download)
		return ef_flasher_finish(f, EF_AFTER_WATCHDOG_RESET, err);
	ef_fail(err, EF_E_UNSUPP, "the %s's %s can't start the app by itself", chip->label,
		f->rom.loader == EF_LOADER_STUB ? "flasher stub" : "ROM loader");
	return ef_hint_set(err, may_reset ? EF_HINT_PRESS_RESET : EF_HINT_RESET_NOT_ALLOWED);
}
