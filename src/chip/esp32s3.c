/* SPDX-License-Identifier: MIT */
/*
 * ESP32-S3. Its first revision used the bits of the major version for other
 * purposes. Its force-download bit survives resets. With secure boot, its ROM starts
 * a stub only through a patched ROM pointer.
 * Sources: esptool targets/esp32s3.py and loader.py (5.2.0 for the console's number),
 * espflash target/mod.rs.
 */
#include "chip/chip_hooks.h"

#define BLOCK1   0x60007044u
#define BLOCK2   0x6000705cu
#define RTC_CNTL 0x60008000u

static const struct ef_feature_table table = {
	.words = "WiFi, BLE, Dual Core, 240MHz",
	.flash_size = { NULL, "8MB", "4MB" },
	.flash_vendor = { NULL, "XMC", "GD", "FM", "TT", "BY" },
	.psram_size = { NULL, "8MB", "2MB", "16MB", "4MB" },
	.psram_vendor = { NULL, "AP_3v3", "AP_1v8" },
	.package = { "ESP32-S3 (QFN56)", "ESP32-S3-PICO-1 (LGA56)" },
};

/* Only revision 0.0 has block version 1.1; there, the other bits mean something else. */
static bool revision(const struct ef_chip *chip, const struct ef_regs *regs, uint16_t *ret,
		     struct ef_err *err)
{
	uint32_t major, minor, blk_major, blk_minor;

	if (!ef_efuse_read(&chip->efuse.rev_major, regs, &major, err) ||
	    !ef_efuse_read(&chip->efuse.rev_minor, regs, &minor, err) ||
	    !ef_efuse_read(&chip->efuse.blk_major, regs, &blk_major, err) ||
	    !ef_efuse_read(&chip->efuse.blk_minor, regs, &blk_minor, err))
		return false;
	if ((minor & 7) == 0 && blk_major == 1 && blk_minor == 1)
		*ret = 0;
	else
		*ret = (uint16_t)(major * 100 + minor);
	return true;
}

const struct ef_chip ef_chip_esp32s3 = {
	.name = "esp32s3",
	.label = "ESP32-S3",
	.arch = EF_ARCH_XTENSA,
	.image_id = 9,
	.magic_count = 1,
	.magic = { 0x00000009 },
	.flags = EF_CHIP_HAS_SECURITY_INFO | EF_CHIP_ROM_ENCRYPT_WORD |
		 EF_CHIP_STUB_HIJACK_WITH_SECURE_BOOT | EF_CHIP_CLEAR_FORCE_DOWNLOAD |
		 EF_CHIP_OTG_RESET_BY_WATCHDOG |
		 EF_CHIP_STUB_32BIT_FLASH,
	.image = {
		.boot_addr = 0x0,
		.uf2_family = 0xc47e5767,
		.freqs = ef_chip_freqs_26m,
		.default_freq_mhz = 40,
		.default_xtal_mhz = 40,
		.mmu_page_log2 = { 16 },
	},
	.mem = {
		{ 0x3c000000, 0x3e000000, EF_MEM_DROM, "DROM" },
		{ 0x3fc88000, 0x3fd00000, EF_MEM_DRAM, "DRAM" },
		{ 0x40000000, 0x4001a100, EF_MEM_ROM, "IROM_MASK" },
		{ 0x40370000, 0x403e0000, EF_MEM_IRAM, "IRAM" },
		{ 0x42000000, 0x44000000, EF_MEM_IROM, "IROM" },
		{ 0x50000000, 0x50002000, EF_MEM_RTC, "RTC_DATA" },
		{ 0x600fe000, 0x60100000, EF_MEM_RTC, "RTC_IRAM, RTC_DRAM" },
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
		.psram_cap = EFUSE2(EFUSE_PART(BLOCK1 + 16, 3, 2, 0),
				    EFUSE_PART(BLOCK1 + 20, 19, 1, 2)),
		.flash_vendor = EFUSE1(BLOCK1 + 16, 0, 3),
		.psram_vendor = EFUSE1(BLOCK1 + 16, 7, 2),
		.blk_major = EFUSE1(BLOCK2 + 16, 0, 2),
		.blk_minor = EFUSE1(BLOCK1 + 12, 24, 3),
		/* esptool esp32s3.py: EFUSE_DIS_DOWNLOAD_MANUAL_ENCRYPT */
		.no_encrypt = EFUSE1(0x60007030, 20, 1),
	},
	.crypt = CRYPT_XTS_SINCE_S2(0x60007030),
	.wdt = { .wprotect = RTC_CNTL + 0xb0, .config0 = RTC_CNTL + 0x98,
		 .config1 = RTC_CNTL + 0x9c, .key = WDT_KEY,
		 .swd_wprotect = RTC_CNTL + 0xb8, .swd_conf = RTC_CNTL + 0xb4,
		 .swd_key = SWD_KEY_RTC, .swd_auto_feed = 1u << 31,
		 .can_reset = true, .disable_on_usb = true },
	.strap = {
		.reg = 0x60004038, /* ESP-IDF soc/gpio_reg.h: GPIO_STRAP_REG */
		.boot_mask = 1u << 3,
		.force_download_reg = RTC_CNTL + 0x12c,
		.force_download_mask = 1u,
		.pins = { { 0x08, 0, "GPIO0" }, { 0x04, 0, "GPIO46" } },
	},
	.rom = {
		.tag = "esp32s3",
		.rst_reasons = ef_chip_rst_rtc,
		.console_reg = 0x3fcef14c,
		.console_otg = 3,
		.console_jtag = 4,
		.otg_pid = 0x0009,
	},
	.stub = { .name = "esp32s3", .hijack_ptr = 0x3fcef688 },
	.features = &table,
	.hooks = { .revision = revision },
};
