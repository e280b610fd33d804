/* SPDX-License-Identifier: MIT */
/*
 * ESP32-S31, as far as Espressif has published it. Its magic word is 0, so only the
 * chip id identifies it. The registers of the super watchdog are those of ESP-IDF's
 * esp32s31/register/soc/rtc_wdt_reg.h (bit 18 feeds it); its bootloader uses them, and so
 * does esptool since 5.5.0. Other sources: esptool targets/esp32s31.py, espefuse
 * efuse_defs/esp32s31.yaml (memory in the package), bin_image.py (MMU pages), espflash
 * target/mod.rs. The flash window up to 0x54000000 is esptool's; espflash's ends at 0x50000000.
 */
#include "chip/chip_hooks.h"

#define BLOCK1 0x20715050u
#define LP_WDT 0x20801000u

static const struct ef_feature_table table = {
	.words = "WiFi 6, BT 5.4, IEEE802.15.4, Dual Core, 320MHz",
	.package = { "ESP32-S31" },
};

const struct ef_chip ef_chip_esp32s31 = {
	.name = "esp32s31",
	.label = "ESP32-S31",
	.arch = EF_ARCH_RISCV,
	.image_id = 32,
	.flags = EF_CHIP_HAS_SECURITY_INFO | EF_CHIP_ROM_ENCRYPT_WORD |
		 EF_CHIP_OTG_RESET_BY_WATCHDOG |
		 EF_CHIP_STUB_32BIT_FLASH,
	.image = {
		.boot_addr = 0x2000,
		.uf2_family = 0x3101f7c1,
		.freqs = ef_chip_freqs_no_26m,
		.default_freq_mhz = 40,
		.default_xtal_mhz = 40,
		/*
		 * esptool also lists 128 and 256 KiB. They are omitted because an ELF without a
		 * page size gets the largest that fits, and espflash stops at 64 KiB.
		 */
		.mmu_page_log2 = { 15, 16 },
	},
	.mem = {
		{ 0x2e000000, 0x2e008000, EF_MEM_RTC, "RTC_IRAM, RTC_DRAM" },
		{ 0x2f000000, 0x2f080000, EF_MEM_DRAM, "DRAM, IRAM" },
		{ 0x2f800000, 0x2f850000, EF_MEM_ROM, "DROM_MASK, IROM_MASK" },
		{ 0x40000000, 0x54000000, EF_MEM_IROM, "DROM, IROM" },
	},
	.spi = SPI_SINCE_S2(0x20501000),
	.xtal = { .mhz = { 40 } },
	.efuse = {
		.mac_low = EFUSE1(BLOCK1, 0, 32),
		.mac_high = EFUSE1(BLOCK1 + 4, 0, 16),
		.rev_major = EFUSE1(BLOCK1 + 12, 22, 2),
		.rev_minor = EFUSE1(BLOCK1 + 12, 18, 4),
		.package = EFUSE1(BLOCK1 + 16, 6, 2),
		.psram_cap = EFUSE2(EFUSE_PART(BLOCK1 + 12, 31, 1, 0),
				    EFUSE_PART(BLOCK1 + 16, 0, 2, 1)),
		/*
		 * esptool esp32s31.py: EFUSE_DIS_DOWNLOAD_MANUAL_ENCRYPT and
		 * EFUSE_FORCE_USE_KEY_MANAGER_KEY
		 */
		.no_encrypt = EFUSE1(0x20715030, 20, 1),
		.key_manager = EFUSE1(0x20715034, 13, 1),
	},
	/* esptool esp32s31.py: EFUSE_PURPOSE_KEY0_REG and so on; it has five */
	.crypt = { .align = 16,
		   .purpose = { EFUSE1(0x20715038, 0, 5), EFUSE1(0x20715038, 5, 5),
				EFUSE1(0x20715038, 10, 5), EFUSE1(0x20715038, 15, 5),
				EFUSE1(0x20715038, 20, 5) } },
	.wdt = { .wprotect = LP_WDT + 0x18, .config0 = LP_WDT, .config1 = LP_WDT + 0x04,
		 .key = WDT_KEY, .swd_wprotect = LP_WDT + 0x20, .swd_conf = LP_WDT + 0x1c,
		 .swd_key = WDT_KEY, .swd_auto_feed = 1u << 18,
		 .can_reset = true, .disable_on_usb = true },
	.strap = {
		.reg = 0x20583000, /* ESP-IDF soc/gpio_reg.h: GPIO_STRAP_REG */
		.pins = { { 0x08, 0, "GPIO61" }, { 0x04, 1, "GPIO60" } },
	},
	.rom = {
		.tag = "esp32s31",
		.rst_reasons = ef_chip_rst_hp,
		.otg_pid = 0x0020,
	},
	.stub = { .name = "esp32s31" },
	.features = &table,
};
