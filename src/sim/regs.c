/* SPDX-License-Identifier: MIT */
/*
 * Models the chip's address space as the loader sees it. RAM and most registers only store what is
 * written. eFuses, the SPI controller, the RTC watchdog and the UART divider have functions.
 */
#include <stdlib.h>

#include "sim/parts.h"

#define MAGIC_REG 0x40001000u
#define WDT_KEY   0x50d83aa1u
/* ESP32: result of the RTC calibration, esptool targets/esp32.py RTCCALICFG1 */
#define ESP32_CALI_REG 0x3ff5f06cu
#define ESP32_CK8M_REG 0x3ff5a010u
/* C5: the crystal that the ROM assumes, esptool targets/esp32c5.py */
#define C5_XTAL_REG 0x60096110u
/* P4 revisions 3.1 to 3.3: flash power in download mode, esptool targets/esp32p4.py (5.7) */
#define P4_POWER_REG 0x501153fcu

static struct sim_page *find_page(const struct sim *sim, uint32_t base)
{
	for (size_t i = 0; i < sim->regs.page_count; i++)
		if (sim->regs.pages[i]->base == base)
			return sim->regs.pages[i];
	return NULL;
}

static struct sim_page *make_page(struct sim *sim, uint32_t base)
{
	struct sim_page *page = find_page(sim, base);

	if (page || sim->regs.page_count == SIM_PAGES_MAX)
		return page;
	page = calloc(1, sizeof(*page));
	if (!page)
		return NULL;
	page->base = base;
	sim->regs.pages[sim->regs.page_count++] = page;
	return page;
}

bool sim_mem_write(struct sim *sim, uint32_t addr, const uint8_t *data, size_t len)
{
	while (len) {
		uint32_t off = addr % 4096u;
		size_t n = 4096u - off < len ? 4096u - off : len;
		struct sim_page *page = make_page(sim, addr - off);

		if (!page)
			return false;
		memcpy(page->data + off, data, n);
		addr += (uint32_t)n;
		data += n;
		len -= n;
	}
	return true;
}

void sim_mem_read(const struct sim *sim, uint32_t addr, uint8_t *buf, size_t len)
{
	while (len) {
		uint32_t off = addr % 4096u;
		size_t n = 4096u - off < len ? 4096u - off : len;
		const struct sim_page *page = find_page(sim, addr - off);

		if (page)
			memcpy(buf, page->data + off, n);
		else
			memset(buf, 0, n);
		addr += (uint32_t)n;
		buf += n;
		len -= n;
	}
}

void sim_mem_clear(struct sim *sim)
{
	for (size_t i = 0; i < sim->regs.page_count; i++)
		free(sim->regs.pages[i]);
	sim->regs.page_count = 0;
}

static uint32_t load(const struct sim *sim, uint32_t addr)
{
	uint8_t b[4];

	sim_mem_read(sim, addr, b, 4);
	return ef_le32(b);
}

static void store(struct sim *sim, uint32_t addr, uint32_t value)
{
	uint8_t b[4];

	ef_put_le32(b, value);
	if (!sim_mem_write(sim, addr, b, 4))
		sim->is_failed = sim->regs.page_count < SIM_PAGES_MAX;
}

static void store_field(struct sim *sim, const struct sim_field *f, uint32_t value)
{
	uint32_t mask = (1u << f->width) - 1;

	if (f->reg)
		store(sim, f->reg,
		      (load(sim, f->reg) & ~(mask << f->shift)) | (value >> f->lsb & mask)
									  << f->shift);
}

/* The ESP32 has a CRC-8 beside its MAC: polynomial x^8 + x^5 + x^4 + 1, lowest bit first. */
static uint8_t mac_crc(const uint8_t *mac, size_t len)
{
	unsigned crc = 0;

	while (len--) {
		crc ^= *mac++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x8cu : 0);
	}
	return (uint8_t)crc;
}

/*
 * Store a key for AES-128; the ESP32 and the C2 have one block for it, which is then
 * read-protected.
 */
static void store_crypt(struct sim *sim, const struct sim_efuse *e, enum sim_encryption how)
{
	bool has_block = sim_crypt_has_key(sim) && how != SIM_ENCRYPTION_KEY_MANAGER;

	store_field(sim, &e->crypt_cnt, sim_crypt_is_on(sim) ? 1 : 0);
	store_field(sim, &e->no_encrypt, how == SIM_ENCRYPTION_RELEASE);
	store_field(sim, &e->key_manager, how == SIM_ENCRYPTION_KEY_MANAGER ? 2 : 0);
	store_field(sim, &e->key_purpose, has_block ? SIM_PURPOSE_XTS_AES_128 : 0);
	store_field(sim, &e->key_hidden, has_block);
	store_field(sim, &e->crypt_config, has_block ? 0xf : 0);
}

static void store_efuses(struct sim *sim)
{
	const struct sim_chip *chip = sim->chip;
	uint32_t major = sim->revision / 100, minor = sim->revision % 100;

	/* MAC 7c:df:a1:00:00:00 + image id, from an address block of Espressif */
	store(sim, chip->efuse.mac_reg, 0xa1000000u | chip->image_id);
	store(sim, chip->efuse.mac_reg + 4, load(sim, chip->efuse.mac_reg + 4) | 0x7cdfu);
	if (chip->family == SIM_FAMILY_OLD) {
		const uint8_t mac[] = { 0x7c, 0xdf, 0xa1, 0, 0, (uint8_t)chip->image_id };

		store(sim, chip->efuse.mac_reg + 4,
		      load(sim, chip->efuse.mac_reg + 4) | (uint32_t)mac_crc(mac, 6) << 16);
	}
	if (chip->family == SIM_FAMILY_OLD) /* the number of ones counts */
		major = (1u << (major > 3 ? 3 : major)) - 1;
	for (size_t i = 0; i < EF_ARRAY_LEN(chip->efuse.major); i++)
		store_field(sim, &chip->efuse.major[i], major);
	for (size_t i = 0; i < EF_ARRAY_LEN(chip->efuse.minor); i++)
		store_field(sim, &chip->efuse.minor[i], minor);
	store_field(sim, &chip->efuse.secure_boot, sim->opts.secure_boot ? UINT32_MAX : 0);
	store_field(sim, &chip->efuse.secure_boot_v1, sim->opts.locks.secure_boot_v1);
	store_crypt(sim, &chip->efuse, sim->opts.locks.encryption);
}

void sim_regs_reset(struct sim *sim, bool is_power_on)
{
	const struct sim_chip *chip = sim->chip;
	uint32_t option1 = is_power_on || !chip->option1.reg ? 0 : load(sim, chip->option1.reg);

	sim_mem_clear(sim);
	store(sim, MAGIC_REG, chip->magic);
	store_efuses(sim);
	if (chip->option1.reg)
		store(sim, chip->option1.reg, option1);
	if (chip->family == SIM_FAMILY_OLD) {
		/* rom_xtal_hz = cali * 15625 * ck8m / 40 with ck8m = 128 */
		store(sim, ESP32_CK8M_REG, load(sim, ESP32_CK8M_REG) | 128);
		store(sim, ESP32_CALI_REG, sim->rom_xtal_hz / 50000u << 7);
	}
	if (strcmp(chip->name, "esp32c5") == 0)
		store(sim, C5_XTAL_REG, sim->rom_xtal_hz / 1000000u << 24);
	sim->regs.is_wdt_open = false;
	sim->flash.is_powered = true;
	if (strcmp(chip->name, "esp32p4") == 0 && sim->revision >= 301 && sim->revision <= 303)
		sim->flash.is_powered = false;
	memset(sim->flash.status, 0, sizeof(sim->flash.status));
}

uint32_t sim_reg_read(struct sim *sim, uint32_t addr)
{
	/* the integer part of the divider; the loader's UART runs from the crystal */
	if (addr == sim->chip->clkdiv_reg && addr)
		return sim->uart.rate ? sim->xtal_hz / sim->uart.rate : 0;
	return load(sim, addr);
}

/* ---- the SPI controller's user command ---- */

static uint32_t spi_reg(const struct sim *sim, uint32_t off)
{
	return load(sim, sim->chip->spi.base + off);
}

static void spi_read_data(struct sim *sim, uint8_t op, uint32_t addr, uint8_t *out, size_t len)
{
	uint32_t id = sim_flash_id(sim);

	memset(out, sim_flash_reachable(sim) ? 0 : 0xff, len);
	if (!sim_flash_reachable(sim))
		return;
	switch (op) {
	case 0x9f: /* read id */
		for (size_t i = 0; i < len && i < 3; i++)
			out[i] = (uint8_t)(id >> 8 * i);
		break;
	case 0x05:
	case 0x35:
	case 0x15: /* status registers 1, 2, 3 */
		if (len)
			out[0] = sim->flash.status[op == 0x05 ? 0 : op == 0x35 ? 1 : 2];
		break;
	case 0x03: /* read */
		for (size_t i = 0; i < len; i++)
			out[i] = sim->flash.data[(addr + i) % sim->flash.size];
		break;
	case 0x5a: /* SFDP: the signature only */
		for (size_t i = 0; i < len && addr + i < 4; i++)
			out[i] = (uint8_t) "SFDP"[addr + i];
		break;
	default:
		break;
	}
}

static void spi_write_data(struct sim *sim, uint8_t op, uint32_t data)
{
	if (op == 0x06)
		sim->flash.status[0] |= 2;
	else if (op == 0x04)
		sim->flash.status[0] &= (uint8_t)~2u;
	else if ((op == 0x01 || op == 0x31 || op == 0x11) && sim_flash_reachable(sim)) {
		sim->flash.status[op == 0x01 ? 0 : op == 0x31 ? 1 : 2] = (uint8_t)data;
		sim->flash.status[0] &= (uint8_t)~2u;
	}
}

/* usr: 31 command, 30 address, 28 read, 27 write; usr1: address length - 1 in 31..26 */
static void run_spi(struct sim *sim)
{
	const struct sim_chip *chip = sim->chip;
	uint32_t usr = spi_reg(sim, chip->spi.usr), usr1 = spi_reg(sim, chip->spi.usr + 4u);
	uint8_t op = (uint8_t)spi_reg(sim, chip->spi.usr + 8u), buf[64];
	uint32_t addr = 0, bits = usr1 >> 26;
	size_t len;

	if (!(usr & 1u << 31))
		return;
	if (usr & 1u << 30) {
		addr = spi_reg(sim, 4);
		if (chip->spi.is_address_on_top)
			addr >>= 31 - (bits > 31 ? 31 : bits);
	}
	if (usr & 1u << 27 || !(usr & 1u << 28))
		spi_write_data(sim, op, spi_reg(sim, chip->spi.w0));
	if (!(usr & 1u << 28))
		return;
	len = ((size_t)(spi_reg(sim, chip->spi.miso) & 0x1ff) + 1 + 7) / 8;
	spi_read_data(sim, op, addr, buf, len);
	memset(buf + len, 0, sizeof(buf) - len);
	if (!sim_mem_write(sim, chip->spi.base + chip->spi.w0, buf, (len + 3) / 4 * 4))
		sim->is_failed = true;
}

/* ---- registers with functions ---- */

static bool is_wdt_register(const struct sim_chip *chip, uint32_t addr)
{
	return chip->wdt.protect && addr >= chip->wdt.config0 && addr < chip->wdt.protect;
}

/* Stage 0 resets the system (5, in bits 30..28) once enabled by bit 31; RTC clock 136 kHz. */
static void check_watchdog(struct sim *sim)
{
	uint32_t config0 = load(sim, sim->chip->wdt.config0);

	if (!(config0 & 1u << 31)) {
		if (sim->reset.cause == SIM_RTCWDT)
			sim->reset.at = SIM_NEVER;
		return;
	}
	if ((config0 >> 28 & 7) < 3)
		return;
	sim->reset.at = sim->now + (uint64_t)load(sim, sim->chip->wdt.config1) * 1000000u / 136000u;
	sim->reset.cause = SIM_RTCWDT;
}

/* The controllers of all chips have their copies of the eFuses in one block: read-only. */
static bool is_efuse(const struct sim *sim, uint32_t addr)
{
	return (addr ^ sim->chip->efuse.mac_reg) < 0x200u;
}

void sim_reg_write(struct sim *sim, uint32_t addr, uint32_t value)
{
	const struct sim_chip *chip = sim->chip;

	if (is_efuse(sim, addr) || (is_wdt_register(chip, addr) && !sim->regs.is_wdt_open))
		return;
	store(sim, addr, value);
	if (chip->wdt.protect && addr == chip->wdt.protect)
		sim->regs.is_wdt_open = value == WDT_KEY;
	if (chip->wdt.config0 && addr == chip->wdt.config0)
		check_watchdog(sim);
	if (addr == chip->spi.base && value & 1u << 18) {
		run_spi(sim);
		store(sim, addr, value & ~(1u << 18));
	}
	if (addr == P4_POWER_REG && strcmp(chip->name, "esp32p4") == 0 && (value & 3) == 3)
		sim->flash.is_powered = true;
}
