/* SPDX-License-Identifier: MIT */
/*
 * Identifies the flash chip: sends RDID through the registers of the SPI controller,
 * derives the size from the id, and tells the loader that size. Knows the sequence of
 * a user command (esptool loader.py run_spiflash_command; ESP32 TRM "SPI
 * Controller") and the size codes (esptool cmds.py DETECTED_FLASH_SIZES).
 */
#include "flasher/spi_flash.h"
#include "flasher/session.h"

/* SPI_USR register: enables the phases of a user command */
#define USR_COMMAND (1u << 31)
#define USR_MISO    (1u << 28)
/* SPI_USR2: length of the opcode - 1 in the top nibble, the opcode below */
#define USR2_LEN_8 (7u << 28)
/* SPI_CMD: set to start a user command, cleared by the controller when it is done */
#define CMD_USR (1u << 18)
/* esptool polls as often; a single round trip already takes far longer than the command */
#define POLLS 10u

#define OP_RDID 0x9fu

/* A ROM assumes this size until SPI_SET_PARAMS tells it another (esptool cmds.py, erase_region). */
#define ROM_DEFAULT_SIZE (2u * EF_MIB)

#define SIZE_DEFAULT (4u * EF_MIB) /* espflash assumes this for an unknown size code */

/* ---- size codes ---- */

static const struct {
	uint8_t first, last; /* range of size codes; each next code doubles the size */
	uint32_t first_size;
} size_codes[] = {
	{ 0x12, 0x1c, 256u * EF_KIB },
	{ 0x20, 0x22, 64u * EF_MIB },
	{ 0x32, 0x3a, 256u * EF_KIB },
};

/* Adesto has the density code in the second byte (esptool DETECTED_FLASH_SIZES_ADESTO) */
#define VENDOR_ADESTO       0x1fu
#define ADESTO_DENSITY_MASK 0x1fu
#define ADESTO_FIRST        0x04u
#define ADESTO_LAST         0x09u
#define ADESTO_FIRST_SIZE   (512u * EF_KIB)

uint32_t ef_flash_id_size(uint32_t flash_id)
{
	uint8_t code = (uint8_t)(flash_id >> 16);

	if ((flash_id & 0xff) == VENDOR_ADESTO) {
		uint32_t density = flash_id >> 8 & ADESTO_DENSITY_MASK;

		if (density < ADESTO_FIRST || density > ADESTO_LAST)
			return 0;
		return ADESTO_FIRST_SIZE << (density - ADESTO_FIRST);
	}
	for (size_t i = 0; i < EF_ARRAY_LEN(size_codes); i++)
		if (code >= size_codes[i].first && code <= size_codes[i].last)
			return size_codes[i].first_size << (code - size_codes[i].first);
	return 0;
}

/* ---- SPI commands through the registers ---- */

static bool wait_done(struct ef_flasher *f, uint32_t cmd_reg, struct ef_err *err)
{
	uint32_t cmd;

	for (unsigned i = 0; i < POLLS; i++) {
		if (!ef_rom_read_reg(&f->rom, cmd_reg, &cmd, err))
			return false;
		if (!(cmd & CMD_USR))
			return true;
	}
	return ef_fail(err, EF_E_PROTOCOL, "the SPI controller did not finish a flash command");
}

/* A ROM accepts a request that lost a byte, and reports success. */
static bool hold_values(struct ef_flasher *f, const struct ef_reg_write *writes, size_t count,
			bool *ret, struct ef_err *err)
{
	uint32_t addr[4], value[4];

	for (size_t i = 0; i < count; i++)
		addr[i] = writes[count - 1 - i].addr;
	if (!ef_session_read_regs(f, addr, count, value, err))
		return false;
	*ret = true;
	for (size_t i = 0; i < count; i++)
		*ret = *ret && value[i] == writes[count - 1 - i].value;
	return true;
}

/* Write the registers behind a command until they hold what was written. */
static bool write_surely(struct ef_flasher *f, const struct ef_reg_write *writes, size_t count,
			 struct ef_err *err)
{
	bool is_held = false;

	for (unsigned i = 0; !is_held && i < ef_budgets.reread.registers.tries; i++) {
		if (!ef_session_write_regs(f, writes, count, err) ||
		    !hold_values(f, writes, count, &is_held, err))
			return false;
		/* a register that never holds what was written is no damage */
		f->recovery.damages += is_held && i > 0;
	}
	return true;
}

/*
 * Read what a command returned. An answer has no checksum, and late answers belong to the request
 * before. The values of a ROM are all read once more in another order (confirm_facts in start.c);
 * a stub's is read twice here.
 */
static bool read_answer(struct ef_flasher *f, uint32_t *ret, struct ef_err *err)
{
	uint32_t w0 = f->dev.chip->spi.base + f->dev.chip->spi.w0, again;

	if (!ef_rom_read_reg(&f->rom, w0, ret, err))
		return false;
	if (f->rom.loader != EF_LOADER_STUB)
		return true;
	return ef_rom_read_reg(&f->rom, w0, &again, err) &&
	       (again == *ret ||
		ef_fail(err, EF_E_TIMEOUT,
			"the flash chip's answer differs from one reading to the next"));
}

/*
 * Run one SPI command without an address phase. *ret: its answer of read_bits bits, 1 to 32.
 * Restores SPI_USR and SPI_USR2, unless an access fails. is_sure: check the registers before the
 * command runs.
 */
static bool spi_command(struct ef_flasher *f, uint8_t opcode, unsigned read_bits, bool is_sure,
			uint32_t *ret, struct ef_err *err)
{
	const struct ef_spi_regs *r = &f->dev.chip->spi;
	const uint32_t kept[] = { r->base + r->usr, r->base + r->usr2 };
	uint32_t was[EF_ARRAY_LEN(kept)];
	const struct ef_reg_write command[] = {
		{ r->base + r->miso_dlen, read_bits - 1 },
		{ r->base + r->usr, USR_COMMAND | USR_MISO },
		{ r->base + r->usr2, USR2_LEN_8 | opcode },
		{ r->base + r->w0, 0 },
		{ r->base, CMD_USR },
	};
	/* only the start remains to be written */
	const size_t begin = is_sure ? EF_ARRAY_LEN(command) - 1 : 0;

	if (!ef_session_read_regs(f, kept, EF_ARRAY_LEN(kept), was, err) ||
	    (is_sure && !write_surely(f, command, begin, err)) ||
	    !ef_session_write_regs(f, command + begin, EF_ARRAY_LEN(command) - begin, err) ||
	    !wait_done(f, r->base, err) || !read_answer(f, ret, err))
		return false;
	return ef_session_write_regs(
		f, (struct ef_reg_write[]){ { kept[0], was[0] }, { kept[1], was[1] } },
		EF_ARRAY_LEN(kept), err);
}

/* ---- finding the flash ---- */

/*
 * espflash's TRY_SPI_PARAMS: the default pins, then those of the ESP32-PICO-D4
 * (HD 11, CS 16, D 8, Q 17, CLK 6).
 */
static const uint32_t pin_sets[] = { 0, 11u << 24 | 16u << 18 | 8u << 12 | 17u << 6 | 6u };

static bool attach(struct ef_flasher *f, uint32_t pins, struct ef_err *err)
{
	if (ef_rom_spi_attach(&f->rom, pins, err))
		return true;
	if (!ef_is_refusal(err))
		return false;
	/* like espflash, ignore a refusal: the flash may answer all the same, as RDID will show */
	ef_err_clear(err);
	return true;
}

/* All ones: nothing drives the data line. All zeros: something holds it low. */
static bool is_no_id(uint32_t id)
{
	return id == 0 || id >> 16 == 0xff;
}

/*
 * Nothing confirms a write to a register, so an id without meaning is read once more, with all
 * checks.
 */
static bool ask_id(struct ef_flasher *f, uint32_t *ret, struct ef_err *err)
{
	if (!spi_command(f, OP_RDID, 24, false, ret, err))
		return false;
	*ret &= 0xffffff;
	if (!is_no_id(*ret) && ef_flash_id_size(*ret))
		return true;
	if (!spi_command(f, OP_RDID, 24, true, ret, err))
		return false;
	*ret &= 0xffffff;
	return true;
}

static bool read_id(struct ef_flasher *f, uint32_t *ret, struct ef_err *err)
{
	uint32_t id = 0;

	for (size_t i = 0; i < EF_ARRAY_LEN(pin_sets); i++) {
		if (!attach(f, pin_sets[i], err) || !ask_id(f, &id, err))
			return false;
		if (!is_no_id(id)) {
			*ret = id;
			return true;
		}
	}
	*ret = id;
	/* no flash on either set: go back to the default pins */
	return attach(f, pin_sets[0], err);
}

bool ef_spi_flash_id(struct ef_flasher *f, uint32_t *ret, struct ef_err *err)
{
	if (!ask_id(f, ret, err))
		return false;
	*ret = is_no_id(*ret) ? 0 : *ret;
	return true;
}

/*
 * Secure download mode forbids register access, hence RDID. The ROM's own assumption
 * of 2 MB would refuse everything beyond it, so without a size from the user tell the
 * ROM the most that it can address. The size of the flash stays unknown.
 */
static bool open_unseen(struct ef_flasher *f, struct ef_err *err)
{
	uint32_t size = f->opts.flash_size;

	f->dev.flash_size = size;
	return attach(f, pin_sets[0], err) &&
	       ef_rom_spi_set_params(&f->rom, size ? size : ef_flash_reach(f), err);
}

/* The user's size takes precedence, even if the id means another one. */
static bool open_as_told(struct ef_flasher *f, uint32_t detected, struct ef_err *err)
{
	uint32_t size = f->opts.flash_size;

	if (detected && size > detected)
		ef_event_warn(
			f,
			"the flash size is set to %u KiB, but by its id (0x%06X) the flash chip "
			"has %u KiB",
			size / EF_KIB, f->dev.flash_id, detected / EF_KIB);
	return ef_flasher_set_flash_size(f, size, err);
}

bool ef_spi_flash_is_sure(const struct ef_flasher *f)
{
	return f->recovery.damages == f->recovery.damages_before || f->opts.flash_size;
}

bool ef_spi_flash_open(struct ef_flasher *f, struct ef_err *err)
{
	uint32_t id, size;

	if (f->dev.is_secure_download)
		return open_unseen(f, err);
	if (!read_id(f, &id, err))
		return false;
	f->dev.no_flash = is_no_id(id);
	f->dev.flash_id = f->dev.no_flash ? 0 : id;
	if (f->dev.no_flash && ef_spi_flash_is_sure(f))
		ef_event_warn(f,
			      "the flash chip does not answer (FlashID=0x%06X): no flash, no "
			      "supply for it, or a strap (MTDI on ESP32) that selects its voltage",
			      id);
	size = ef_flash_id_size(f->dev.flash_id);
	if (f->opts.flash_size)
		return open_as_told(f, size, err);
	if (f->dev.no_flash)
		return true;
	if (size == 0) {
		size = SIZE_DEFAULT;
		ef_event_warn(f,
			      "Could not detect flash size (FlashID=0x%02X, SizeID=0x%02X), "
			      "defaulting to 4MB",
			      id, id >> 16);
	}
	return ef_flasher_set_flash_size(f, size, err);
}

/* Some flash chips have no JEDEC id, so a size that the user gave overrules a missing id. */
bool ef_flash_check(const struct ef_flasher *f, struct ef_err *err)
{
	const struct ef_verdict_info *v = ef_verdict_info(EF_VERDICT_NO_FLASH);

	if (!f->dev.no_flash || f->dev.flash_size)
		return true;
	ef_fail(err, v->code, "%s: %s nothing but ones or zeros", v->what, v->seen);
	return ef_session_verdict(f, v->verdict, err);
}

void ef_flash_warn_unseen(struct ef_flasher *f, uint32_t addr, uint32_t len)
{
	uint64_t end = (uint64_t)addr + len;

	if (!f->dev.is_secure_download || f->dev.flash_size || end <= ROM_DEFAULT_SIZE)
		return;
	ef_event_advise(f, EF_HINT_FLASH_SIZE_NEEDED,
			"secure download mode hides the size of the flash: every address up to "
			"16 MiB is taken to exist, and one beyond the flash's end would change "
			"its start");
}

bool ef_fail_past_flash(const char *label, uint32_t addr, uint32_t len, uint32_t flash_size,
			struct ef_err *err)
{
	if (label)
		ef_fail(err, EF_E_INPUT,
			"'%s' (%u bytes at 0x%08x) passes the end of the flash at 0x%08x", label,
			len, addr, flash_size);
	else
		ef_fail(err, EF_E_INPUT, "%u bytes at 0x%08x pass the end of the flash at 0x%08x",
			len, addr, flash_size);
	return ef_hint_set(err, EF_HINT_BEYOND_FLASH);
}

/* ROMs, and the stubs of most chips, send 24-bit addresses to the flash, which wrap here. */
#define SHORT_REACH (16u * EF_MIB)

uint32_t ef_flash_reach(const struct ef_flasher *f)
{
	bool is_long = f->rom.loader == EF_LOADER_STUB &&
		       f->dev.chip->flags & EF_CHIP_STUB_32BIT_FLASH;

	return is_long ? 0 : SHORT_REACH;
}

bool ef_flash_reach_check(const struct ef_flasher *f, const char *label, uint32_t addr,
			  uint32_t len, struct ef_err *err)
{
	uint32_t reach = ef_flash_reach(f);

	if (!reach || ef_range_ok(addr, len, reach))
		return true;
	ef_fail(err, EF_E_UNSUPP,
		"%s%s%s%u bytes at 0x%08x lie past the %u MiB that this chip's %s can address; "
		"above, addresses start again at 0",
		label ? "'" : "", label ? label : "", label ? "': " : "", len, addr, reach / EF_MIB,
		f->rom.loader == EF_LOADER_ROM ? "ROM loader" : "flasher stub");
	return ef_hint_set(err, EF_HINT_GATE_REACH);
}

bool ef_flasher_set_flash_size(struct ef_flasher *f, uint32_t size, struct ef_err *err)
{
	if (!ef_rom_spi_set_params(&f->rom, size, err))
		return false;
	f->dev.flash_size = size;
	return true;
}
