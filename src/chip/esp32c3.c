/* SPDX-License-Identifier: MIT */
/*
 * ESP32-C3.
 * Sources: esptool targets/esp32c3.py (5.2.0 for the console's number), espflash target/mod.rs.
 */
#include "chip/chip_hooks.h"

#define BLOCK1   0x60008844u
#define RTC_CNTL 0x60008000u

static const struct ef_feature_table table = {
	.words = "WiFi, BLE, Single Core, 160MHz",
	.flash_size = { NULL, "4MB", "2MB", "1MB", "8MB" },
	.flash_vendor = { NULL, "XMC", "GD", "FM", "TT", "ZBIT" },
	.package = { "ESP32-C3 (QFN32)", "ESP8685 (QFN28)", "ESP32-C3 AZ (QFN32)",
		     "ESP8686 (QFN24)" },
};

const struct ef_chip ef_chip_esp32c3 = {
	.name = "esp32c3",
	.label = "ESP32-C3",
	.arch = EF_ARCH_RISCV,
	.image_id = 5,
	.magic_count = 4,
	.magic = { 0x6921506f, 0x1b31506f, 0x4881606f, 0x4361606f },
	.flags = EF_CHIP_HAS_SECURITY_INFO | EF_CHIP_ROM_ENCRYPT_WORD |
		 EF_CHIP_STUB_NOT_WITH_SECURE_BOOT |
		 EF_CHIP_LEGACY_REV_IS_MINOR,
	.image = {
		.boot_addr = 0x0,
		.uf2_family = 0xd42ba06c,
		.freqs = ef_chip_freqs_26m,
		.default_freq_mhz = 40,
		.default_xtal_mhz = 40,
		.mmu_page_log2 = { 16 },
	},
	.mem = {
		{ 0x3c000000, 0x3c800000, EF_MEM_DROM, "DROM" },
		{ 0x3fc80000, 0x3fce0000, EF_MEM_DRAM, "DRAM" },
		{ 0x3ff00000, 0x3ff20000, EF_MEM_ROM, "DROM_MASK" },
		{ 0x40000000, 0x40060000, EF_MEM_ROM, "IROM_MASK" },
		{ 0x4037c000, 0x403e0000, EF_MEM_IRAM, "IRAM" },
		{ 0x42000000, 0x42800000, EF_MEM_IROM, "IROM" },
		{ 0x50000000, 0x50002000, EF_MEM_RTC, "RTC_IRAM, RTC_DRAM" },
		{ 0x600fe000, 0x60100000, EF_MEM_OTHER, "MEM_INTERNAL2" },
	},
	.spi = SPI_SINCE_S2(0x60002000),
	.xtal = { .mhz = { 40 } },
	.efuse = {
		.mac_low = EFUSE1(BLOCK1, 0, 32),
		.mac_high = EFUSE1(BLOCK1 + 4, 0, 16),
		.rev_major = EFUSE1(BLOCK1 + 20, 24, 2),
		.rev_minor = EFUSE2(EFUSE_PART(BLOCK1 + 12, 18, 3, 0),
				    EFUSE_PART(BLOCK1 + 20, 23, 1, 3)),
		.package = EFUSE1(BLOCK1 + 12, 21, 3),
		.flash_cap = EFUSE1(BLOCK1 + 12, 27, 3),
		.flash_vendor = EFUSE1(BLOCK1 + 16, 0, 3),
		/* esptool esp32c3.py: EFUSE_DIS_DOWNLOAD_MANUAL_ENCRYPT */
		.no_encrypt = EFUSE1(0x60008830, 20, 1),
	},
	.crypt = CRYPT_XTS_SINCE_S2(0x60008830),
	.wdt = { .wprotect = RTC_CNTL + 0xa8, .config0 = RTC_CNTL + 0x90,
		 .config1 = RTC_CNTL + 0x94, .key = WDT_KEY,
		 .swd_wprotect = RTC_CNTL + 0xb0, .swd_conf = RTC_CNTL + 0xac,
		 .swd_key = SWD_KEY_RTC, .swd_auto_feed = 1u << 31,
		 .can_reset = true, .disable_on_usb = true },
	.strap = {
		.reg = 0x60004038, /* ESP-IDF soc/gpio_reg.h: GPIO_STRAP_REG */
		.pins = { { 0x08, 0, "GPIO9" }, { 0x04, 1, "GPIO8" } },
	},
	.rom = {
		.tag = "esp32c3",
		.rst_reasons = ef_chip_rst_rtc,
		.console_reg = 0x3fcdf07c,
		.console_new_rev = 101,
		.console_new_reg = 0x3fcdf078,
		.console_jtag = 3,
	},
	.stub = { .name = "esp32c3" },
	.features = &table,
};
