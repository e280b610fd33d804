/* SPDX-License-Identifier: MIT */
/*
 * The list of chips, the lookups, and reading the fields that the records
 * describe. No number of any chip is in this file.
 */
#include <espflash/chip.h>

#include "base/util.h"
#include "chip/chip_hooks.h"

const struct ef_chip *const ef_chips[] = {
	&ef_chip_esp32,   &ef_chip_esp32c2,  &ef_chip_esp32c3,  &ef_chip_esp32c5,
	&ef_chip_esp32c6, &ef_chip_esp32c61, &ef_chip_esp32h2,  &ef_chip_esp32p4,
	&ef_chip_esp32s2, &ef_chip_esp32s3,  &ef_chip_esp32s31, NULL,
};

const struct ef_chip *ef_chip_by_name(const char *name)
{
	for (unsigned i = 0; ef_chips[i]; i++)
		if (ef_str_ieq(name, ef_chips[i]->name) || ef_str_ieq(name, ef_chips[i]->label))
			return ef_chips[i];
	return NULL;
}

const struct ef_chip *ef_chip_by_image_id(uint16_t id)
{
	for (unsigned i = 0; ef_chips[i]; i++)
		if (ef_chips[i]->image_id == id)
			return ef_chips[i];
	return NULL;
}

const struct ef_chip *ef_chip_by_magic(uint32_t magic)
{
	for (unsigned i = 0; ef_chips[i]; i++)
		for (unsigned k = 0; k < ef_chips[i]->magic_count; k++)
			if (ef_chips[i]->magic[k] == magic)
				return ef_chips[i];
	return NULL;
}

const struct ef_chip *ef_chip_by_rom_tag(const char *text, size_t len)
{
	for (size_t i = 0; ef_chips[i]; i++) {
		const char *tag = ef_chips[i]->rom.tag;
		size_t n = strlen(tag);

		if (n && len > n && memcmp(text, tag, n) == 0 && text[n] == '-')
			return ef_chips[i];
	}
	return NULL;
}

const struct ef_chip *ef_chip_by_flag(enum ef_chip_flag flag)
{
	const struct ef_chip *found = NULL;

	for (unsigned i = 0; ef_chips[i]; i++) {
		if (!(ef_chips[i]->flags & (uint32_t)flag))
			continue;
		if (found)
			return NULL;
		found = ef_chips[i];
	}
	return found;
}

const struct ef_mem *ef_chip_mem(const struct ef_chip *chip, uint32_t addr)
{
	/* regions don't overlap (a test checks), so the first match is the only one */
	for (unsigned i = 0; i < EF_CHIP_MEMS && chip->mem[i].end; i++)
		if (addr >= chip->mem[i].start && addr < chip->mem[i].end)
			return &chip->mem[i];
	return NULL;
}

bool ef_chip_is_flash_addr(const struct ef_chip *chip, uint32_t addr)
{
	const struct ef_mem *mem = ef_chip_mem(chip, addr);

	return mem && (mem->kind == EF_MEM_IROM || mem->kind == EF_MEM_DROM);
}

static bool find_freq(const struct ef_flash_freq *freqs, uint16_t mhz, uint8_t *ret)
{
	for (unsigned i = 0; freqs[i].mhz; i++) {
		if (freqs[i].mhz == mhz) {
			*ret = freqs[i].code;
			return true;
		}
	}
	return false;
}

bool ef_chip_freq_code(const struct ef_chip *chip, uint16_t mhz, uint8_t *ret)
{
	return find_freq(chip->image.freqs, mhz, ret);
}

bool ef_chip_freq_code_esptool(const struct ef_chip *chip, uint16_t mhz, uint8_t *ret)
{
	const struct ef_flash_freq *own = chip->image.freqs_esptool;

	return find_freq(own ? own : chip->image.freqs, mhz, ret);
}

uint16_t ef_chip_freq_mhz(const struct ef_chip *chip, uint8_t code)
{
	for (unsigned i = 0; chip->image.freqs[i].mhz; i++)
		if (chip->image.freqs[i].code == code)
			return chip->image.freqs[i].mhz;
	return 0;
}

bool ef_chip_revision(const struct ef_chip *chip, const struct ef_regs *regs, uint16_t *ret,
		      struct ef_err *err)
{
	uint32_t major, minor;

	if (chip->hooks.revision)
		return chip->hooks.revision(chip, regs, ret, err);
	if (!ef_efuse_read(&chip->efuse.rev_major, regs, &major, err) ||
	    !ef_efuse_read(&chip->efuse.rev_minor, regs, &minor, err))
		return false;
	*ret = (uint16_t)(major * 100 + minor);
	return true;
}

bool ef_chip_mac(const struct ef_chip *chip, const struct ef_regs *regs, uint8_t ret[6],
		 struct ef_err *err)
{
	uint32_t low, high;

	if (!ef_efuse_read(&chip->efuse.mac_low, regs, &low, err) ||
	    !ef_efuse_read(&chip->efuse.mac_high, regs, &high, err))
		return false;
	ret[0] = (uint8_t)(high >> 8);
	ret[1] = (uint8_t)high;
	for (unsigned i = 0; i < 4; i++)
		ret[2 + i] = (uint8_t)(low >> (24 - 8 * i));
	return true;
}

/* Compute the CRC-8 of Maxim's 1-Wire: ESP-IDF esp_rom_efuse_esp32.c, esp_crc8 */
static uint8_t mac_crc(const uint8_t mac[6])
{
	uint8_t crc = 0;

	for (unsigned i = 0; i < 6 * 8; i++) {
		crc ^= i % 8 == 0 ? mac[i / 8] : 0;
		crc = (uint8_t)(crc & 1 ? crc >> 1 ^ 0x8c : crc >> 1);
	}
	return crc;
}

/*
 * Espressif programmed some of its modules with a wrong CRC. ESP-IDF accepts these addresses
 * (hw_support/mac_addr.c, esp_efuse_mac_get_default).
 */
static bool is_exempt(const uint8_t mac[6])
{
	uint32_t low = (uint32_t)mac[2] << 24 | (uint32_t)mac[3] << 16 | (uint32_t)mac[4] << 8 |
		       mac[5];

	return mac[0] == 0x18 && mac[1] == 0xfe && low >= 0x346a85c7 && low <= 0x346a85f8;
}

bool ef_chip_mac_check(const struct ef_chip *chip, const struct ef_regs *regs, const uint8_t mac[6],
		       bool *ret, struct ef_err *err)
{
	static const uint8_t zero[4];
	const struct ef_efuse *field = &chip->efuse.mac_crc;
	uint32_t crc;

	/*
	 * Bit 0 of the first byte marks the address of a group (IEEE 802, 8.2.2). The address comes
	 * from two registers. If one of them is zero, it was not programmed, or a damaged request
	 * read another register: no address of Espressif's begins with 00:00 (IEEE's list of OUIs).
	 */
	*ret = !(mac[0] & 1) && memcmp(mac, zero, 2) != 0 && memcmp(mac + 2, zero, 4) != 0;
	if (!*ret || !field->part[0].width || is_exempt(mac))
		return true;
	if (!ef_efuse_read(field, regs, &crc, err))
		return false;
	*ret = crc == mac_crc(mac);
	return true;
}

static bool has_xtal(const struct ef_chip *chip, uint32_t mhz)
{
	for (unsigned i = 0; i < sizeof(chip->xtal.mhz) && chip->xtal.mhz[i]; i++)
		if (chip->xtal.mhz[i] == mhz)
			return true;
	return false;
}

static uint32_t distance(uint32_t a, uint32_t b)
{
	return a > b ? a - b : b - a;
}

/* The estimate is rough; return the nearest crystal that the chip supports. */
static uint32_t nearest_xtal(const struct ef_chip *chip, uint32_t mhz)
{
	uint32_t best = chip->xtal.mhz[0];

	for (unsigned i = 1; i < sizeof(chip->xtal.mhz) && chip->xtal.mhz[i]; i++)
		if (distance(chip->xtal.mhz[i], mhz) < distance(best, mhz))
			best = chip->xtal.mhz[i];
	return best;
}

/*
 * A quarter more or less than a crystal that the chip may have: the rate that the ROM measured is
 * a few percent off. Something else is a damaged answer, or another register's.
 */
static bool may_be_xtal(const struct ef_chip *chip, uint64_t hz)
{
	return hz >= chip->xtal.mhz[0] * UINT64_C(750000) &&
	       hz <= chip->xtal.mhz[1] * UINT64_C(1250000);
}

bool ef_chip_xtal_mhz(const struct ef_chip *chip, const struct ef_regs *regs, uint32_t rate_hz,
		      uint32_t *ret, struct ef_err *err)
{
	uint32_t word, mhz;
	uint64_t hz;

	if (!chip->xtal.mhz[1]) {
		*ret = chip->xtal.mhz[0];
		return true;
	}
	if (!regs->read(regs->ctx, chip->xtal.clkdiv_reg, &word, err))
		return false;
	hz = (uint64_t)rate_hz * (word & chip->xtal.clkdiv_mask);
	mhz = hz > 45000000 ? 48 : hz > 33000000 ? 40 : 26;
	/*
	 * Over USB the divider is meaningless and yields a crystal that the chip
	 * can't have. The ROM's assumption is then the better answer.
	 */
	if (chip->xtal.rom_reg && !has_xtal(chip, mhz)) {
		if (!regs->read(regs->ctx, chip->xtal.rom_reg, &word, err))
			return false;
		mhz = (word >> chip->xtal.rom_shift) & ef_low_mask(chip->xtal.rom_width);
		if (!has_xtal(chip, mhz)) {
			*ret = 0; /* neither value makes sense: the line is bad */
			return true;
		}
	} else if (!chip->xtal.rom_reg && !may_be_xtal(chip, hz)) {
		*ret = 0;
		return true;
	}
	*ret = nearest_xtal(chip, mhz);
	return true;
}
