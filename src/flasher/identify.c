/* SPDX-License-Identifier: MIT */
/*
 * Finds out which chip answers. Knows what each ROM says of itself: the words of its start, its
 * security information or, on the oldest chips, a magic word; and what a locked ROM refuses.
 */
#include <espflash/log.h>

#include "flasher/agree.h"
#include "flasher/device.h"
#include "flasher/session.h"
#include "flasher/words.h"

/* GET_SECURITY_INFO flags: esptool loader.py, SECURITY_INFO_FLAG_MAP */
#define SECURITY_SECURE_BOOT     (1u << 0)
#define SECURITY_SECURE_DOWNLOAD (1u << 2)

/* Return whether this is the common answer: a known chip, the wanted one, without locks. */
static bool is_plain(const struct ef_flasher *f, const struct ef_security_info *info)
{
	const struct ef_chip *chip = NULL;

	if (info->has_chip_id && info->chip_id <= UINT16_MAX)
		chip = ef_chip_by_image_id((uint16_t)info->chip_id);
	if (info->has_chip_id && (!chip || (f->opts.chip && f->opts.chip != chip)))
		return false;
	return !(info->flags & (SECURITY_SECURE_BOOT | SECURITY_SECURE_DOWNLOAD));
}

static bool security_again(void *ctx, unsigned nth, bool *ret, struct ef_err *err)
{
	struct ef_flasher *f = ctx;
	struct ef_security_info *info = &f->dev.security;
	const struct ef_security_info was = *info;

	(void)nth;
	if (!ef_rom_security_info(&f->rom, info, err))
		return false;
	*ret = was.flags == info->flags && was.chip_id == info->chip_id;
	f->recovery.damages += !*ret;
	*ret = *ret || is_plain(f, info);
	return true;
}

/* The answer has no checksum, so an unusual one is believed only if it comes twice. */
static bool security_info(struct ef_flasher *f, struct ef_err *err)
{
	const struct ef_agree a = { .again = security_again,
				    .ctx = f,
				    .budget = &ef_budgets.reread.security };
	bool is_sure;

	if (!ef_rom_security_info(&f->rom, &f->dev.security, err))
		return false;
	if (is_plain(f, &f->dev.security))
		return true;
	if (!ef_agree(f, &a, &is_sure, err))
		return false;
	return is_sure || ef_fail(err, EF_E_TIMEOUT,
				  "the chip's security information differs from one time to the "
				  "next");
}

/* *ret_known false: this loader does not know GET_SECURITY_INFO. */
static bool read_security(struct ef_flasher *f, bool *ret_known, struct ef_err *err)
{
	*ret_known = security_info(f, err);
	if (*ret_known)
		return true;
	/* the ESP32's ROM and old stubs refuse; the magic word identifies these chips */
	if (!ef_is_refusal(err))
		return false;
	ef_err_clear(err);
	return true;
}

static bool by_id(struct ef_flasher *f, struct ef_err *err)
{
	uint32_t id = f->dev.security.chip_id;

	f->dev.chip = id <= UINT16_MAX ? ef_chip_by_image_id((uint16_t)id) : NULL;
	if (f->dev.chip)
		return true;
	ef_fail(err, EF_E_UNSUPP, "unknown chip: its id is %u (0x%x)", id, id);
	return ef_hint_set(err, EF_HINT_CHIP_TOO_NEW);
}

/*
 * Ask again after a refusal or an unknown word: on a bad line a refusal may belong to an
 * earlier command, and a damaged request may read another address.
 */
static bool read_magic(struct ef_flasher *f, uint32_t *ret, struct ef_err *err)
{
	const struct ef_budget *b = &ef_budgets.reread.magic;

	for (unsigned i = 0;; i++) {
		bool ok = ef_rom_read_reg(&f->rom, EF_CHIP_MAGIC_REG, ret, err);

		if (i == b->tries || (ok && ef_chip_by_magic(*ret)) || (!ok && !ef_is_refusal(err)))
			return ok;
		ef_err_clear(err); /* only the last try's error counts */
		if (!ef_port_sleep_us(f->port, b->ms * 1000u, err) || !ef_rom_discard(&f->rom, err))
			return false;
	}
}

/*
 * A damaged request is refused, too: so ask again. A chip that then gives its security information
 * is not one of those without it.
 */
static bool is_still_refused(struct ef_flasher *f, struct ef_err *err)
{
	struct ef_security_info info;

	for (unsigned i = 0; !ef_rom_security_info(&f->rom, &info, err); i++) {
		if (!ef_is_refusal(err))
			return false;
		ef_err_clear(err);
		if (i == ef_budgets.reread.security.tries)
			return true;
	}
	f->recovery.damages++;
	return ef_fail(err, EF_E_TIMEOUT, "the chip accepted a request that it had refused before");
}

/*
 * esptool takes a ROM that has no chip id and refuses READ_REG for an S2 in secure download
 * mode. A loader that refuses everything would look the same, so it must accept a request
 * that this mode permits, and that only repeats what the ROM has done already.
 */
static bool is_locked_rom(struct ef_flasher *f, struct ef_err *err)
{
	if (ef_rom_spi_attach(&f->rom, 0, err))
		return true;
	if (!ef_is_refusal(err))
		return false;
	ef_err_clear(err);
	ef_fail(err, EF_E_PROTOCOL,
		"the chip answers, but can't be identified: it refuses every request");
	return ef_hint_set(err, EF_HINT_CHIP_MAGIC_UNKNOWN);
}

static bool by_magic(struct ef_flasher *f, struct ef_err *err)
{
	uint32_t magic;

	if (!read_magic(f, &magic, err)) {
		if (!ef_is_refusal(err))
			return false;
		ef_err_clear(err);
		if (!is_still_refused(f, err) || !is_locked_rom(f, err))
			return false;
		/* a line that damages requests makes any chip refuse them */
		if (ef_words_are_doubtful(f))
			return ef_fail(err, EF_E_TIMEOUT,
				       "the line damages bytes, and the chip refuses to say what "
				       "it is");
		f->dev.is_secure_download = true;
		f->dev.chip = ef_chip_by_flag(EF_CHIP_SDM_REFUSES_READ_REG);
		ef_event_warn(f, "Secure Download Mode is enabled on this chip");
	} else {
		f->dev.chip = ef_chip_by_magic(magic);
		if (!f->dev.chip) {
			ef_fail(err, EF_E_UNSUPP, "unknown chip: its magic word is 0x%08x", magic);
			return ef_hint_set(err, EF_HINT_CHIP_MAGIC_UNKNOWN);
		}
	}
	return true;
}

/*
 * A ROM without security info answers that request by eight refusals (see docs/protocol.md). So
 * if its words named such a chip, only ask for its magic word. *ret false: that isn't the chip.
 */
static bool by_words(struct ef_flasher *f, bool *ret, struct ef_err *err)
{
	const struct ef_chip *spoke = f->record.spoke;
	uint32_t magic;

	*ret = false;
	if (!spoke || spoke->flags & EF_CHIP_HAS_SECURITY_INFO || f->rom.loader != EF_LOADER_ROM)
		return true;
	if (!ef_rom_read_reg(&f->rom, EF_CHIP_MAGIC_REG, &magic, err)) {
		if (!ef_is_refusal(err))
			return false;
		ef_err_clear(err);
		return true;
	}
	*ret = ef_chip_by_magic(magic) == spoke;
	if (*ret)
		f->dev.chip = spoke;
	return true;
}

static bool by_asking(struct ef_flasher *f, struct ef_err *err)
{
	bool known;

	if (!read_security(f, &known, err))
		return false;
	if (known) {
		f->dev.has_security = true;
		f->dev.is_secure_boot = f->dev.security.flags & SECURITY_SECURE_BOOT;
		f->dev.is_secure_download = f->dev.security.flags & SECURITY_SECURE_DOWNLOAD;
	}
	if (known && f->dev.security.has_chip_id)
		return by_id(f, err);
	if (!f->dev.is_secure_download)
		return by_magic(f, err);
	/* only one ROM gives security info without a chip id */
	f->dev.chip = ef_chip_by_flag(EF_CHIP_SDM_REFUSES_READ_REG);
	return f->dev.chip || ef_fail(err, EF_E_UNSUPP,
				      "the chip is in secure download mode, and gives no chip id");
}

static bool detect(struct ef_flasher *f, struct ef_err *err)
{
	const struct ef_chip *want = f->opts.chip;
	bool is_named;

	/* a reconnect detects again: facts of the last time may be of another chip, or wrong */
	ef_words_forget(f);
	f->record.rows.is_kept = false;
	f->dev.has_revision = f->dev.has_mac = f->dev.has_features = false;
	f->dev.xtal_mhz = 0;
	f->dev.has_security = false;
	f->dev.is_secure_boot = false;
	f->dev.is_secure_download = false;
	/* the analyser can't see that success implies a chip */
	if (!by_words(f, &is_named, err) || (!is_named && !by_asking(f, err)) || !f->dev.chip)
		return false;
	ef_log(EF_LOG_DEBUG, "chip: %s%s", f->dev.chip->name,
	       f->dev.is_secure_download ? ", secure download mode" : "");
	if (want && want != f->dev.chip) {
		if (f->opts.report)
			f->opts.report->verdict = EF_VERDICT_WRONG_CHIP;
		ef_fail(err, EF_E_USAGE, "this chip is an %s, not an %s", f->dev.chip->label,
			want->label);
		return ef_hint_text(err, EF_HINT_WRONG_CHIP, f->dev.chip->name);
	}
	return true;
}

bool ef_device_detect(struct ef_flasher *f, struct ef_err *err)
{
	const struct ef_device was = f->dev;

	if (detect(f, err))
		return true;
	/* a session that had a chip keeps it: what ends the session asks for its properties */
	f->dev = was;
	return false;
}
