/* SPDX-License-Identifier: MIT */
/*
 * ESP32-C6. After a watchdog reset its USB port doesn't come back, so there is no
 * watchdog reset (esptool: ESP32C6ROM.watchdog_reset).
 * Sources: esptool targets/esp32c6.py (5.2.0 for the console's number), bin_image.py (MMU
 * pages), espflash target/mod.rs.
 */
#include "base/util.h"
#include "chip/chip_hooks.h"

#define BLOCK1 0x600b0844u
#define LP_WDT 0x600b1c00u

static const struct ef_feature_table table = {
	.words = "WiFi 6, BT 5, IEEE802.15.4, Single Core, 160MHz",
	.flash_size = { NULL, "4MB", "8MB" },
	.package = { "ESP32-C6 (QFN40)" },
};

static bool features(const struct ef_chip *chip, const struct ef_regs *regs, uint16_t rev,
		     struct ef_chip_features *ret, struct ef_err *err)
{
	uint32_t package, flash;
	struct ef_chip_features f;

	(void)rev;
	if (!ef_features_from_table(&table, chip, regs, &f, err) ||
	    !ef_efuse_read(&chip->efuse.package, regs, &package, err) ||
	    !ef_efuse_read(&chip->efuse.flash_cap, regs, &flash, err))
		return false;
	/* FH4 and FH8 have the same package code */
	if (package == 1 && (flash == 1 || flash == 2))
		ef_strlcpy(f.package, sizeof(f.package),
			   flash == 1 ? "ESP32-C6FH4 (QFN32)" : "ESP32-C6FH8 (QFN32)");
	*ret = f;
	return true;
}

/*
 * esptool targets/esp32c6.py: 80 MHz has the code of 40, because the ROM divides the clock wrongly
 */
static const struct ef_flash_freq freqs_esptool[] = {
	{ 80, 0x0 },
	{ 40, 0x0 },
	{ 20, 0x2 },
	{ 0, 0 },
};

const struct ef_chip ef_chip_esp32c6 = {
	.name = "esp32c6",
	.label = "ESP32-C6",
	.arch = EF_ARCH_RISCV,
	.image_id = 13,
	.magic_count = 1,
	.magic = { 0x2ce0806f },
	.flags = EF_CHIP_HAS_SECURITY_INFO | EF_CHIP_ROM_ENCRYPT_WORD,
	.image = {
		.boot_addr = 0x0,
		.uf2_family = 0x540ddf62,
		.freqs = ef_chip_freqs_no_26m,
		.freqs_esptool = freqs_esptool,
		.default_freq_mhz = 40,
		.default_xtal_mhz = 40,
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
	.xtal = { .mhz = { 40 } },
	.efuse = {
		.mac_low = EFUSE1(BLOCK1, 0, 32),
		.mac_high = EFUSE1(BLOCK1 + 4, 0, 16),
		.rev_major = EFUSE1(BLOCK1 + 12, 22, 2),
		.rev_minor = EFUSE1(BLOCK1 + 12, 18, 4),
		.package = EFUSE1(BLOCK1 + 12, 24, 3),
		.flash_cap = EFUSE1(BLOCK1 + 16, 0, 3),
		/* esptool esp32c6.py: EFUSE_DIS_DOWNLOAD_MANUAL_ENCRYPT */
		.no_encrypt = EFUSE1(0x600b0830, 20, 1),
	},
	.crypt = CRYPT_XTS_SINCE_S2(0x600b0830),
	.wdt = { .wprotect = LP_WDT + 0x18, .config0 = LP_WDT, .config1 = LP_WDT + 0x04,
		 .key = WDT_KEY, .swd_wprotect = LP_WDT + 0x20, .swd_conf = LP_WDT + 0x1c,
		 .swd_key = WDT_KEY, .swd_auto_feed = 1u << 18,
		 .can_reset = false, .disable_on_usb = true },
	.strap = {
		.reg = 0x60091038, /* ESP-IDF soc/gpio_reg.h: GPIO_STRAP_REG */
		.pins = { { 0x08, 0, "GPIO9" }, { 0x04, 1, "GPIO8" } },
	},
	.rom = {
		.tag = "esp32c6",
		.rst_reasons = ef_chip_rst_lp,
		.console_reg = 0x4087f580,
		.console_jtag = 3,
	},
	.stub = { .name = "esp32c6" },
	.hooks = { .features = features },
};
