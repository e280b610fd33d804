/* SPDX-License-Identifier: MIT */
/*
 * ESP32-C5. The crystal has 40 or 48 MHz, and the ROM may assume the wrong one.
 * PCR_SYSCLK_CONF holds the ROM's assumption. In secure download mode esptool kept the
 * rate up to 5.4; since 5.5.0 it changes it.
 * Sources: esptool targets/esp32c5.py (5.2.0 for the console's number), espefuse
 * efuse_defs/esp32c5.yaml (memory in the package), espflash target/mod.rs.
 */
#include "base/bytes.h"
#include "chip/chip_hooks.h"

#define BLOCK1 0x600b4844u
#define LP_WDT 0x600b1c00u

static const struct ef_feature_table table = {
	.words = "WiFi, BLE, IEEE802.15.4, 240MHz, Single Core",
	.package = { "ESP32-C5" },
};

static bool rom_baud(const struct ef_chip *chip, const struct ef_regs *regs, uint32_t xtal_mhz,
		     uint32_t rate_hz, uint32_t *ret, struct ef_err *err)
{
	uint32_t word, rom_mhz;

	if (!regs->read(regs->ctx, chip->xtal.rom_reg, &word, err))
		return false;
	rom_mhz = word >> chip->xtal.rom_shift & ef_low_mask(chip->xtal.rom_width);
	if ((xtal_mhz == 48 && rom_mhz == 40) || (xtal_mhz == 40 && rom_mhz == 48))
		*ret = (uint32_t)((uint64_t)rate_hz * rom_mhz / xtal_mhz);
	else
		*ret = rate_hz;
	return true;
}

const struct ef_chip ef_chip_esp32c5 = {
	.name = "esp32c5",
	.label = "ESP32-C5",
	.arch = EF_ARCH_RISCV,
	.image_id = 23,
	.magic_count = 3,
	.magic = { 0x1101406f, 0x63e1406f, 0x5fd1406f },
	.flags = EF_CHIP_HAS_SECURITY_INFO | EF_CHIP_ROM_ENCRYPT_WORD | EF_CHIP_STUB_32BIT_FLASH,
	.image = {
		.boot_addr = 0x2000,
		.uf2_family = 0xf71c0343,
		.freqs = ef_chip_freqs_no_26m,
		.default_freq_mhz = 40,
		.default_xtal_mhz = 48,
		.mmu_page_log2 = { 16 },
	},
	.mem = {
		{ 0x40000000, 0x4003a000, EF_MEM_ROM, "IROM_MASK" },
		{ 0x4003a000, 0x40040000, EF_MEM_ROM, "DROM_MASK" },
		{ 0x40800000, 0x40860000, EF_MEM_DRAM, "DRAM, IRAM" },
		{ 0x42000000, 0x44000000, EF_MEM_IROM, "DROM, IROM" },
		{ 0x50000000, 0x50004000, EF_MEM_RTC, "RTC_IRAM, RTC_DRAM" },
		{ 0x600fe000, 0x60100000, EF_MEM_OTHER, "MEM_INTERNAL2" },
	},
	.spi = SPI_SINCE_S2(0x60003000),
	.xtal = {
		.mhz = { 40, 48 },
		.clkdiv_reg = 0x60000014,
		.clkdiv_mask = 0xfffff,
		.rom_reg = 0x60096110,
		.rom_shift = 24,
		.rom_width = 7,
	},
	.efuse = {
		.mac_low = EFUSE1(BLOCK1, 0, 32),
		.mac_high = EFUSE1(BLOCK1 + 4, 0, 16),
		.rev_major = EFUSE1(BLOCK1 + 8, 4, 2),
		.rev_minor = EFUSE1(BLOCK1 + 8, 0, 4),
		.package = EFUSE1(BLOCK1 + 8, 26, 3),
		.flash_cap = EFUSE1(BLOCK1 + 8, 13, 3),
		.psram_cap = EFUSE1(BLOCK1 + 8, 19, 3),
		/*
		 * esptool esp32c5.py: EFUSE_DIS_DOWNLOAD_MANUAL_ENCRYPT and
		 * EFUSE_FORCE_USE_KEY_MANAGER_KEY
		 */
		.no_encrypt = EFUSE1(0x600b4830, 20, 1),
		.key_manager = EFUSE1(0x600b4834, 11, 1),
	},
	/* esptool esp32c5.py: EFUSE_PURPOSE_KEY0_REG and so on */
	.crypt = { .align = 16,
		   .purpose = { EFUSE1(0x600b4834, 22, 5), EFUSE1(0x600b4834, 27, 5),
				EFUSE1(0x600b4838, 0, 5), EFUSE1(0x600b4838, 5, 5),
				EFUSE1(0x600b4838, 10, 5), EFUSE1(0x600b4838, 15, 5) } },
	.wdt = { .wprotect = LP_WDT + 0x18, .config0 = LP_WDT, .config1 = LP_WDT + 0x04,
		 .key = WDT_KEY, .swd_wprotect = LP_WDT + 0x20, .swd_conf = LP_WDT + 0x1c,
		 .swd_key = WDT_KEY, .swd_auto_feed = 1u << 18,
		 .can_reset = true, .disable_on_usb = true },
	.strap = {
		.reg = 0x60091000, /* ESP-IDF soc/gpio_reg.h: GPIO_STRAP_REG */
		.pins = { { 0x08, 0, "GPIO28" }, { 0x04, 1, "GPIO27" } },
	},
	.rom = {
		.tag = "esp32c5",
		.rst_reasons = ef_chip_rst_lp,
		.console_reg = 0x4085f514,
		.console_jtag = 3,
	},
	.stub = { .name = "esp32c5" },
	.features = &table,
	.hooks = { .rom_baud = rom_baud },
};
