/* SPDX-License-Identifier: MIT */
/*
 * Knows how a session that lost its partner finds it again, in the order of
 * what it costs: ask again on the same line; open a port that went away; go
 * down with the rate where errors repeat; reset the chip and build everything
 * anew. Whoever works then goes on from the last point that the chip proves.
 * Patience is counted: it comes back with proved progress only.
 */
#include "flasher/flasher_priv.h"

#include "base/hash.h"
#include <espflash/log.h>

/* Failures in a row without anything proved in between, before a work is given up */
#define STRIKES_MAX 16u
/* To find back: a stub may be busy with the erase of 64 KiB */
#define RESYNC_TRIES      8u
#define RESYNC_TIMEOUT_MS 300u
/* A MAC that differs is read again as often. */
#define IDENTITY_TRIES 2u
/* What was unplugged has this long to come back. */
#define REOPEN_MS 20000u
/* Damaged or lost frames within this much content make a rate too fast. */
#define RATE_FAULTS 3u
#define RATE_BYTES  (256u * EF_KIB)

bool ef_is_line_fault(const struct ef_flasher *f, const struct ef_err *err)
{
	const struct ef_rom *rom = &f->rom;

	/* an address or a length that was changed on the way is refused for its own sake */
	if (err->code == EF_E_PROTOCOL)
		return !rom->was_refused || f->recovery.is_bad_line ||
		       ef_rom_is_garbled(rom->loader, rom->last_status, rom->last_reason) ||
		       ef_rom_is_line_fault(rom->loader, rom->last_status, rom->last_reason);
	return ef_is_no_answer(err) || err->code == EF_E_VERIFY;
}

/* ---- the rate ---- */

static uint32_t slower(const struct ef_flasher *f)
{
	static const uint32_t ladder[] = { 921600, 460800, 230400, EF_RATE_ROM };

	if (!(f->port->caps & EF_PORT_HAS_BAUD) || f->dev.is_usb_jtag || f->dev.is_usb_otg)
		return 0;
	for (size_t i = 0; i < EF_ARRAY_LEN(ladder); i++)
		if (ladder[i] < f->rate_hz && ladder[i] >= f->rom_rate_hz)
			return ladder[i];
	return 0;
}

bool ef_recover_is_too_fast(struct ef_flasher *f)
{
	f->recovery.faults++;
	f->recovery.since_fault = 0;
	return f->recovery.faults >= RATE_FAULTS && slower(f) != 0;
}

void ef_recover_passed(struct ef_flasher *f, uint32_t content)
{
	f->recovery.since_fault += content;
	if (f->recovery.since_fault >= RATE_BYTES) {
		f->recovery.faults = 0;
		f->recovery.since_fault = 0;
	}
}

void ef_recover_progress(struct ef_flasher *f)
{
	f->recovery.strikes = 0;
}

/* ---- what is proved ---- */

/* The first bytes of the region are right up to where? Each question halves the doubt. */
bool ef_find_proved(struct ef_flasher *f, const struct ef_region *r, uint32_t *proved,
		    uint32_t written, struct ef_err *err)
{
	uint32_t low = *proved, high = written, try = written;
	uint8_t want[EF_MD5_LEN], got[EF_MD5_LEN];

	if (high < r->len)
		try = high = high / EF_SECTOR * EF_SECTOR;
	while (high > low) {
		ef_md5(r->data + low, try - low, want);
		if (!ef_rom_flash_md5(&f->rom, r->addr + low, try - low, got, err))
			return false;
		if (memcmp(want, got, sizeof(want)) == 0)
			low = try;
		else
			high = (try - 1) / EF_SECTOR * EF_SECTOR;
		*proved = low;
		try = low + ef_div_up((high - low) / EF_SECTOR, 2) * EF_SECTOR;
	}
	return true;
}

/* ---- finding the loader ---- */

bool ef_resync_within(struct ef_flasher *f, unsigned tries, uint32_t timeout_ms, bool *ret,
		      struct ef_err *err)
{
	enum ef_sync_result want = f->rom.loader == EF_LOADER_STUB ? EF_SYNC_STUB : EF_SYNC_ROM;
	enum ef_sync_result sync = EF_SYNC_NONE;

	if (!ef_rom_discard(&f->rom, err))
		return false;
	for (unsigned i = 0; i < tries && sync == EF_SYNC_NONE; i++) {
		/* every other time, and not at first: the lost byte may have been a delimiter */
		if (i % 2 && !ef_rom_shift_frame(&f->rom, err))
			return false;
		if (!ef_rom_sync(&f->rom, timeout_ms, &sync, err)) {
			if (err->code != EF_E_PROTOCOL && err->code != EF_E_TIMEOUT)
				return false;
			ef_err_clear(err);
		}
	}
	*ret = sync == want;
	return true;
}

bool ef_resync(struct ef_flasher *f, bool *ret, struct ef_err *err)
{
	/* who is silent was asked twice already */
	unsigned tries = f->rom.is_silent ? RESYNC_TRIES / 2 : RESYNC_TRIES;

	return ef_resync_within(f, tries, RESYNC_TIMEOUT_MS, ret, err);
}

static bool is_same(const struct ef_device *a, const struct ef_device *b)
{
	return a->chip == b->chip && a->has_mac == b->has_mac &&
	       (!a->has_mac || memcmp(a->mac, b->mac, sizeof(a->mac)) == 0);
}

/* Who answers after a reset has to be who answered before. */
static bool check_identity(struct ef_flasher *f, const struct ef_device *was, struct ef_err *err)
{
	const struct ef_regs regs = ef_flasher_regs(f);

	/* registers come without a checksum: once more before anything is concluded */
	for (unsigned i = 0; i < IDENTITY_TRIES && !is_same(was, &f->dev); i++)
		if (f->dev.has_mac && was->chip == f->dev.chip &&
		    !ef_chip_mac(f->dev.chip, &regs, f->dev.mac, err))
			return false;
	if (is_same(was, &f->dev))
		return true;
	f->recovery.is_other_board = true;
	ef_fail(err, EF_E_PORT, "another board answers now: the one that was worked on is gone");
	return ef_hint(err, "plug the first one in again and run the command again");
}

/* Reset, SYNC, stub, rate; and the flash size that the user may have set. */
static bool rebuild(struct ef_flasher *f, uint32_t rate_hz, struct ef_err *err)
{
	const struct ef_device was = f->dev;
	uint32_t flash_size = f->dev.flash_size;

	ef_event_warn(f, "connecting again");
	f->rom.loader = EF_LOADER_ROM;
	if (!ef_rom_discard(&f->rom, err) || !ef_session_rebuild(f, rate_hz, err) ||
	    !check_identity(f, &was, err))
		return false;
	if (flash_size == f->dev.flash_size || f->opts.skip_flash)
		return true;
	return ef_flasher_set_flash_size(f, flash_size, err);
}

static bool step_down(struct ef_flasher *f, bool *ret_is_lost, struct ef_err *err)
{
	uint32_t rate_hz = slower(f);
	enum ef_baud_result result;

	*ret_is_lost = false;
	if (f->recovery.faults < RATE_FAULTS || !rate_hz)
		return true;
	ef_event_warn(f, "the line is bad at %u baud: going on at %u", f->rate_hz, rate_hz);
	f->recovery.faults = 0;
	f->recovery.rate_hz = rate_hz;
	if (!ef_baud_change(f, rate_hz, &result, err)) {
		if (!ef_is_line_fault(f, err))
			return false;
		ef_err_clear(err); /* from a reset it will be possible */
		result = EF_BAUD_LOST;
	}
	*ret_is_lost = result == EF_BAUD_LOST;
	return true;
}

/* The port, if that is what is gone. */
bool ef_come_back(struct ef_flasher *f, const struct ef_err *cause, struct ef_err *err)
{
	if (cause->code != EF_E_PORT)
		return true;
	ef_event_warn(f, "%s: waiting for it to come back", cause->msg);
	if (!ef_port_reopen(f->port, ef_port_deadline(f->port, REOPEN_MS), err))
		return false;
	ef_event_info(f, "'%s' is back", f->port->info.name);
	return ef_port_set_baud(f->port, f->rate_hz, err);
}

static bool find_back(struct ef_flasher *f, const struct ef_err *cause, struct ef_err *err)
{
	uint32_t rate_hz = f->recovery.rate_hz ? f->recovery.rate_hz : f->opts.rate_hz;
	bool answers = false, is_lost;

	if (!ef_come_back(f, cause, err) || !ef_resync(f, &answers, err))
		return false;
	if (answers) {
		if (!step_down(f, &is_lost, err))
			return false;
		if (!is_lost)
			return true;
	} else if (f->recovery.faults >= RATE_FAULTS && slower(f)) {
		/* not even a SYNC passes */
		f->recovery.rate_hz = slower(f);
		f->recovery.faults = 0;
	}
	if (f->recovery.rate_hz)
		rate_hz = f->recovery.rate_hz;
	return rebuild(f, rate_hz, err);
}

/* A port that goes away while it is looked for is one more reason to wait for it. */
static bool find_back_twice(struct ef_flasher *f, const struct ef_err *cause, struct ef_err *err)
{
	struct ef_err again;

	if (find_back(f, cause, err))
		return true;
	if (err->code != EF_E_PORT || cause->code == EF_E_PORT || f->recovery.is_other_board)
		return false;
	again = *err;
	ef_err_clear(err);
	return find_back(f, &again, err);
}

bool ef_recover(struct ef_flasher *f, struct ef_err *err)
{
	struct ef_err cause = *err, other = EF_ERR_INIT;

	if (err->code != EF_E_PORT && !ef_is_line_fault(f, err))
		return false;
	if (++f->recovery.strikes > STRIKES_MAX || f->recovery.is_other_board)
		return false;
	if (err->code != EF_E_PORT) {
		f->recovery.is_bad_line = true;
		(void)ef_recover_is_too_fast(f);
	}
	if (find_back_twice(f, &cause, &other)) {
		ef_log(EF_LOG_DEBUG, "recovered from: %s", cause.msg);
		ef_err_clear(err);
		return true;
	}
	/* what stopped the way back, where it says more than the first failure */
	if (other.code == EF_E_INTR || (other.code == EF_E_PORT && cause.code != EF_E_PORT))
		*err = other;
	return false;
}
