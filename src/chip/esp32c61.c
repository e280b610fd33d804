/* SPDX-License-Identifier: MIT */
/*
 * ESP32-C61.
 * Sources: esptool targets/esp32c61.py (5.2.0 for the console's number), bin_image.py (MMU
 * pages), espefuse efuse_defs/esp32c61.yaml (memory in the package), espflash target/mod.rs.
 */
#include "chip/chip_hooks.h"

#define BLOCK1 0x600b4844u
#define LP_WDT 0x600b1c00u

static const struct ef_feature_table table = {
	.words = "WiFi 6, BT 5, Single Core, 160MHz",
	.package = { "ESP32-C61" },
};

const struct ef_chip ef_chip_esp32c61 = {
	.name = "esp32c61",
	.label = "ESP32-C61",
	.arch = EF_ARCH_RISCV,
	.image_id = 20,
	.magic_count = 3,
	.magic = { 0x33f0206f, 0x2421606f, 0x7211606f },
	.flags = EF_CHIP_HAS_SECURITY_INFO | EF_CHIP_ROM_ENCRYPT_WORD |
		 EF_CHIP_STUB_32BIT_FLASH,
	.image = {
		.boot_addr = 0x0,
		.uf2_family = 0x77d850c4,
		.freqs = ef_chip_freqs_no_26m,
		.default_freq_mhz = 40,
		.default_xtal_mhz = 40,
		.mmu_page_log2 = { 13, 14, 15, 16 },
	},
	.mem = {
		{ 0x40000000, 0x4004ac00, EF_MEM_ROM, "IROM_MASK" },
		{ 0x4004ac00, 0x40050000, EF_MEM_ROM, "DROM_MASK" },
		{ 0x40800000, 0x40860000, EF_MEM_DRAM, "DRAM, IRAM" },
		{ 0x42000000, 0x44000000, EF_MEM_IROM, "DROM, IROM" },
		{ 0x50000000, 0x50004000, EF_MEM_RTC, "RTC_IRAM, RTC_DRAM" },
		{ 0x600fe000, 0x60100000, EF_MEM_OTHER, "MEM_INTERNAL2" },
	},
	.spi = SPI_SINCE_S2(0x60003000),
	.xtal = { .mhz = { 40 } },
	.efuse = {
		.mac_low = EFUSE1(BLOCK1, 0, 32),
		.mac_high = EFUSE1(BLOCK1 + 4, 0, 16),
		.rev_major = EFUSE1(BLOCK1 + 8, 4, 2),
		.rev_minor = EFUSE1(BLOCK1 + 8, 0, 4),
		.package = EFUSE1(BLOCK1 + 8, 26, 3),
		.flash_cap = EFUSE1(BLOCK1 + 8, 13, 3),
		.psram_cap = EFUSE1(BLOCK1 + 8, 19, 3),
		/* esptool esp32c61.py: EFUSE_DIS_DOWNLOAD_MANUAL_ENCRYPT */
		.no_encrypt = EFUSE1(0x600b4830, 14, 1),
	},
	/* esptool esp32c61.py: EFUSE_PURPOSE_KEY0_REG and so on */
	.crypt = { .align = 16,
		   .purpose = { EFUSE1(0x600b4834, 0, 4), EFUSE1(0x600b4834, 4, 4),
				EFUSE1(0x600b4834, 8, 4), EFUSE1(0x600b4834, 12, 4),
				EFUSE1(0x600b4834, 16, 4), EFUSE1(0x600b4834, 20, 4) } },
	.wdt = { .wprotect = LP_WDT + 0x18, .config0 = LP_WDT, .config1 = LP_WDT + 0x04,
		 .key = WDT_KEY, .swd_wprotect = LP_WDT + 0x20, .swd_conf = LP_WDT + 0x1c,
		 .swd_key = WDT_KEY, .swd_auto_feed = 1u << 18,
		 .can_reset = true, .disable_on_usb = true },
	.strap = {
		.reg = 0x60091000, /* ESP-IDF soc/gpio_reg.h: GPIO_STRAP_REG */
		.pins = { { 0x08, 0, "GPIO9" }, { 0x04, 1, "GPIO8" } },
	},
	.rom = {
		.tag = "esp32c61",
		.rst_reasons = ef_chip_rst_lp,
		.console_reg = 0x4084f5ec,
		.console_new_rev = 3,
		.console_new_reg = 0x4084f5e4,
		.console_jtag = 4, /* 3 up to revision 0.2, which was never sold */
	},
	.stub = { .name = "esp32c61" },
	.features = &table,
};
