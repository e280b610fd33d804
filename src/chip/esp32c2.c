/* SPDX-License-Identifier: MIT */
/*
 * ESP32-C2 (ESP8684). Its eFuse layout differs from all other chips. Its ROM
 * computes baud rates for a 40 MHz crystal even if the board has 26 MHz.
 * Sources: esptool targets/esp32c2.py, bin_image.py (MMU pages), espflash target/mod.rs.
 */
#include "chip/chip_hooks.h"

#define BLOCK2 0x60008840u

static const struct ef_flash_freq freqs[] = {
	{ 60, 0xf }, { 30, 0x0 }, { 20, 0x1 }, { 15, 0x2 }, { 0, 0 },
};

static const struct ef_feature_table table = {
	.words = "WiFi, BLE, Single Core, 120MHz",
	.flash_size = { NULL, "4MB", "2MB", "1MB" },
	.flash_vendor = { NULL, "XMC", "GD", "FM", "TT", "ZBIT" },
	.package = { "ESP32-C2", "ESP8684H" },
};

static bool rom_baud(const struct ef_chip *chip, const struct ef_regs *regs, uint32_t xtal_mhz,
		     uint32_t rate_hz, uint32_t *ret, struct ef_err *err)
{
	(void)chip;
	(void)regs;
	(void)err;
	*ret = xtal_mhz == 26 ? (uint32_t)((uint64_t)rate_hz * 40 / 26) : rate_hz;
	return true;
}

const struct ef_chip ef_chip_esp32c2 = {
	.name = "esp32c2",
	.label = "ESP32-C2",
	.arch = EF_ARCH_RISCV,
	.image_id = 12,
	.magic_count = 3,
	.magic = { 0x6f51306f, 0x7c41a06f, 0x0c21e06f },
	.flags = EF_CHIP_HAS_SECURITY_INFO | EF_CHIP_ROM_ENCRYPT_WORD |
		 EF_CHIP_ROM_BAUD_ASSUMES_40M | EF_CHIP_SDM_NO_BAUD,
	.image = {
		.boot_addr = 0x0,
		.uf2_family = 0x2b88d29c,
		.freqs = freqs,
		.default_freq_mhz = 30,
		.default_xtal_mhz = 40,
		.mmu_page_log2 = { 14, 15, 16 },
	},
	.mem = {
		{ 0x3c000000, 0x3c400000, EF_MEM_DROM, "DROM" },
		{ 0x3fca0000, 0x3fce0000, EF_MEM_DRAM, "DRAM" },
		{ 0x3ff00000, 0x3ff50000, EF_MEM_ROM, "DROM_MASK" },
		{ 0x40000000, 0x40090000, EF_MEM_ROM, "IROM_MASK" },
		{ 0x4037c000, 0x403c0000, EF_MEM_IRAM, "IRAM" },
		{ 0x42000000, 0x42400000, EF_MEM_IROM, "IROM" },
	},
	.spi = SPI_SINCE_S2(0x60002000),
	.xtal = { .mhz = { 26, 40 }, .clkdiv_reg = 0x60000014, .clkdiv_mask = 0xfffff },
	.efuse = {
		.mac_low = EFUSE1(BLOCK2, 0, 32),
		.mac_high = EFUSE1(BLOCK2 + 4, 0, 16),
		.rev_major = EFUSE1(BLOCK2 + 4, 20, 2),
		.rev_minor = EFUSE1(BLOCK2 + 4, 16, 4),
		.package = EFUSE1(BLOCK2 + 4, 22, 3),
		.flash_cap = EFUSE1(BLOCK2 + 28, 29, 3),
		.flash_vendor = EFUSE1(BLOCK2 + 28, 24, 3),
		/* esptool esp32c2.py: EFUSE_DIS_DOWNLOAD_MANUAL_ENCRYPT */
		.no_encrypt = EFUSE1(0x60008830, 6, 1),
	},
	/* esptool esp32c2.py: EFUSE_BLOCK_KEY0_REG, EFUSE_XTS_KEY_LENGTH_256, EFUSE_RD_DIS */
	.crypt = { .align = 16,
		   .block = 0x60008860,
		   .block_words = 4,
		   .is_long = EFUSE1(0x60008830, 10, 1),
		   .hidden = EFUSE1(0x60008830, 0, 2) },
	.wdt = { .wprotect = 0x6000809c, .config0 = 0x60008084, .config1 = 0x60008088,
		 .key = WDT_KEY, .can_reset = true },
	.strap = {
		.reg = 0x60004038, /* ESP-IDF soc/gpio_reg.h: GPIO_STRAP_REG */
		.pins = { { 0x08, 0, "GPIO9" }, { 0x04, 1, "GPIO8" } },
	},
	.rom = {
		.tag = "esp8684",
		.rst_reasons = ef_chip_rst_rtc,
	},
	.stub = {
		.name = "esp32c2",
		.min_rev = 100, /* the stub needs ROM functions that revision 0 lacks */
	},
	.features = &table,
	.hooks = { .rom_baud = rom_baud },
};
