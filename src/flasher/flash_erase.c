/* SPDX-License-Identifier: MIT */
/*
 * Erases flash. A stub has commands for that; a ROM erases the range that a
 * FLASH_BEGIN announces. Long ranges are erased in steps, so that the user sees
 * progress and can interrupt. Steps end at multiples of 1 MiB, which keeps the
 * chip's 64 KiB block erases in one piece.
 */
#include <assert.h>

#include "flasher/proof.h"
#include "flasher/session.h"
#include "flasher/spi_flash.h"

#define STEP EF_MIB

bool ef_flash_erase_step(struct ef_flasher *f, uint32_t addr, uint32_t len, struct ef_err *err)
{
	const struct ef_flash_begin begin = {
		.size = len,
		.blocks = ef_div_up(len, f->form.flash_block),
		.block_size = f->form.flash_block,
		.addr = addr,
		.has_encrypt_word = f->form.has_encrypt_word,
	};

	if (f->rom.loader == EF_LOADER_STUB)
		return ef_rom_erase_region(&f->rom, addr, len, err);
	return ef_rom_flash_begin(&f->rom, &begin, err);
}

/* Context of the step that erases one range. */
struct erasing {
	struct ef_flasher *f;
	uint32_t addr, len;
	bool is_again;             /* a try failed */
	char why[EF_ERR_MSG_SIZE]; /* the last failure's message */
	bool was_refused;          /* perhaps because the line damaged the request */
	unsigned misses;           /* erases after which the range was not erased */
};

/* A request to erase has no checksum, so a bad line may have changed its address. */
static bool must_prove(const struct erasing *e)
{
	return (e->f->recovery.is_bad_line || e->was_refused) && !e->f->dev.is_secure_download;
}

static bool prove(struct erasing *e, struct ef_err *err)
{
	bool is_erased;

	if (!proof_is_erased(e->f, e->addr, e->len, &is_erased, err))
		return false;
	if (is_erased)
		return true;
	ef_fail(err, EF_E_VERIFY, "the chip's MD5 is not that of erased flash");
	if (++e->misses >= ef_budgets.misses.tries)
		ef_fault_final(err);
	return ef_hint_set(err, EF_HINT_FLASH_DIFFERS);
}

/* After a lost answer the range may be erased already: set *ret if it is. */
static bool look_again(struct erasing *e, bool *ret, struct ef_err *err)
{
	if (!e->is_again || e->f->dev.is_secure_download)
		return true;
	if (!proof_is_erased(e->f, e->addr, e->len, ret, err))
		return false;
	if (*ret)
		ef_event_warn(e->f, "%s: but it is erased", e->why);
	return true;
}

static bool erase_once(void *ctx, struct ef_err *err)
{
	struct erasing *e = ctx;
	bool done = false;

	if (!look_again(e, &done, err))
		return false;
	if (done)
		return true;
	if (e->is_again)
		ef_event_warn(e->f, "%s: erasing 0x%x bytes at 0x%08x again", e->why, e->len,
			      e->addr);
	return ef_flash_erase_step(e->f, e->addr, e->len, err) && (!must_prove(e) || prove(e, err));
}

static void erase_again(void *ctx, const struct ef_err *cause)
{
	struct erasing *e = ctx;

	e->is_again = true;
	(void)ef_strlcpy(e->why, sizeof(e->why), cause->msg);
	e->was_refused = e->was_refused || ef_is_refusal(cause);
}

static bool erase_surely(struct ef_flasher *f, uint32_t addr, uint32_t len, struct ef_err *err)
{
	struct erasing e = { .f = f, .addr = addr, .len = len };
	struct ef_try t = {
		.work = EF_WORK_ERASE, .step = erase_once, .again = erase_again, .ctx = &e
	};

	return ef_try(f, &t, err);
}

static bool erase_steps(struct ef_flasher *f, uint32_t addr, uint32_t len, const char *label,
			struct ef_err *err)
{
	for (uint32_t pos = 0; pos < len;) {
		uint32_t step = STEP - (addr + pos) % STEP;

		if (step > len - pos)
			step = len - pos;
		if (!erase_surely(f, addr + pos, step, err))
			return ef_context(err,
					  "cannot erase 0x%x bytes at 0x%08x (the region is erased "
					  "up to this address, and unchanged after these bytes)",
					  step, addr + pos);
		pos += step;
		ef_event_progress(f, EF_STAGE_ERASE, label, addr, pos, len);
	}
	return true;
}

static bool erase_region(struct ef_flasher *f, uint32_t addr, uint32_t len, const char *label,
			 struct ef_err *err)
{
	uint32_t size = f->dev.flash_size;

	if (addr % EF_SECTOR || len % EF_SECTOR)
		return ef_fail(
			err, EF_E_INPUT,
			"an erase of 0x%x bytes at 0x%08x doesn't start and end at multiples "
			"of 0x%x",
			len, addr, EF_SECTOR);
	if (!ef_flash_check(f, err))
		return false;
	if (!ef_range_ok(addr, len, size ? size : UINT32_MAX))
		return ef_fail_past_flash(NULL, addr, len, size, err);
	if (!ef_flash_reach_check(f, label, addr, len, err))
		return false;
	ef_flash_warn_unseen(f, addr, len);
	ef_event_progress(f, EF_STAGE_ERASE, label, addr, 0, len);
	return erase_steps(f, addr, len, label, err);
}

/*
 * Erase the whole flash by one command. Ask again if the chip refuses. After any other failure do
 * nothing: the caller erases in steps.
 */
static bool erase_whole(void *ctx, struct ef_err *err)
{
	struct erasing *e = ctx;

	return e->is_again || ef_rom_erase_flash(&e->f->rom, e->len, err);
}

static void erase_whole_again(void *ctx, const struct ef_err *cause)
{
	struct erasing *e = ctx;

	if (ef_is_refusal(cause))
		ef_event_warn(e->f, "%s: erasing the flash again", cause->msg);
	else
		erase_again(ctx, cause);
}

static bool erase_all(struct ef_flasher *f, struct ef_err *err)
{
	uint32_t size = f->dev.flash_size;
	struct erasing e = { .f = f, .len = size };
	struct ef_try t = {
		.work = EF_WORK_ERASE, .step = erase_whole, .again = erase_whole_again, .ctx = &e
	};

	if (!ef_flash_check(f, err))
		return false;
	if (f->rom.loader == EF_LOADER_ROM && size == 0) {
		ef_fail(err, EF_E_UNSUPP,
			"the ROM loader erases ranges only, and the flash size is unknown");
		return ef_hint_set(err, EF_HINT_FLASH_SIZE_NEEDED);
	}
	if (f->rom.loader == EF_LOADER_ROM)
		return erase_region(f, 0, size, NULL, err);
	ef_event_progress(f, EF_STAGE_ERASE, NULL, 0, 0, size);
	if (!ef_try(f, &t, err))
		return ef_context(err, "cannot erase the flash (part of it may be erased)");
	if (!e.is_again) {
		ef_event_progress(f, EF_STAGE_ERASE, NULL, 0, size, size);
		return true;
	}
	if (size == 0)
		return ef_fail(err, EF_E_TIMEOUT, "cannot tell whether the flash is erased: %s",
			       e.why);
	ef_event_warn(f, "%s: erasing piece by piece", e.why);
	return ef_flash_reach_check(f, NULL, 0, size, err) && erase_steps(f, 0, size, NULL, err);
}

bool ef_flasher_erase(struct ef_flasher *f, const struct ef_checked *checked, size_t index,
		      struct ef_err *err)
{
	const struct ef_plan_erase *e;

	assert(checked == f->to_write.checked && index < checked->erase_count);
	e = &checked->erases[index];
	return e->is_whole ? erase_all(f, err) : erase_region(f, e->addr, e->len, e->label, err);
}
