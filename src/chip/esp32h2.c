/* SPDX-License-Identifier: MIT */
/*
 * ESP32-H2. Flash frequencies are fractions of 48 MHz. Its watchdog registers are one
 * word above the C6's. There is no watchdog reset, for the same reason as on the C6.
 * Sources: esptool targets/esp32h2.py (5.2.0 for the console's number), bin_image.py (MMU
 * pages), espefuse efuse_defs/esp32h2.yaml (memory in the package), espflash target/mod.rs.
 */
#include "chip/chip_hooks.h"

#define BLOCK1 0x600b0844u
#define LP_WDT 0x600b1c00u

static const struct ef_flash_freq freqs[] = {
	{ 48, 0xf }, { 24, 0x0 }, { 16, 0x1 }, { 12, 0x2 }, { 0, 0 },
};

static const struct ef_feature_table table = {
	.words = "BLE, IEEE802.15.4, Single Core, 96MHz",
	.package = { "ESP32-H2" },
};

const struct ef_chip ef_chip_esp32h2 = {
	.name = "esp32h2",
	.label = "ESP32-H2",
	.arch = EF_ARCH_RISCV,
	.image_id = 16,
	.magic_count = 1,
	.magic = { 0xd7b73e80 },
	.flags = EF_CHIP_HAS_SECURITY_INFO | EF_CHIP_ROM_ENCRYPT_WORD,
	.image = {
		.boot_addr = 0x0,
		.uf2_family = 0x332726f6,
		.freqs = freqs,
		.default_freq_mhz = 24,
		.default_xtal_mhz = 32,
		.mmu_page_log2 = { 13, 14, 15, 16 },
	},
	.mem = {
		{ 0x40000000, 0x4004ac00, EF_MEM_ROM, "IROM_MASK" },
		{ 0x4004ac00, 0x40050000, EF_MEM_ROM, "DROM_MASK" },
		{ 0x40800000, 0x40880000, EF_MEM_DRAM, "DRAM, IRAM" },
		{ 0x42000000, 0x43000000, EF_MEM_IROM, "DROM, IROM" },
		{ 0x50000000, 0x50004000, EF_MEM_RTC, "RTC_IRAM, RTC_DRAM" },
		{ 0x600fe000, 0x60100000, EF_MEM_OTHER, "MEM_INTERNAL2" },
	},
	.spi = SPI_SINCE_S2(0x60003000),
	.xtal = { .mhz = { 32 } },
	.efuse = {
		.mac_low = EFUSE1(BLOCK1, 0, 32),
		.mac_high = EFUSE1(BLOCK1 + 4, 0, 16),
		.rev_major = EFUSE1(BLOCK1 + 12, 21, 2),
		.rev_minor = EFUSE1(BLOCK1 + 12, 18, 3),
		.package = EFUSE1(BLOCK1 + 16, 0, 3),
		.flash_cap = EFUSE1(BLOCK1 + 12, 24, 3),
		/* esptool esp32h2.py: EFUSE_DIS_DOWNLOAD_MANUAL_ENCRYPT */
		.no_encrypt = EFUSE1(0x600b0830, 20, 1),
	},
	.crypt = CRYPT_XTS_SINCE_S2(0x600b0830),
	.wdt = { .wprotect = LP_WDT + 0x1c, .config0 = LP_WDT, .config1 = LP_WDT + 0x04,
		 .key = WDT_KEY, .swd_wprotect = LP_WDT + 0x24, .swd_conf = LP_WDT + 0x20,
		 .swd_key = WDT_KEY, .swd_auto_feed = 1u << 18,
		 .can_reset = false, .disable_on_usb = true },
	.strap = {
		.reg = 0x60091038, /* ESP-IDF soc/gpio_reg.h: GPIO_STRAP_REG */
		.pins = { { 0x08, 0, "GPIO9" }, { 0x04, 1, "GPIO8" } },
	},
	.rom = {
		.tag = "esp32h2",
		.rst_reasons = ef_chip_rst_lp,
		.console_reg = 0x4084fefc,
		.console_jtag = 3,
	},
	.stub = { .name = "esp32h2" },
	.features = &table,
};
