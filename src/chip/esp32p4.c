/* SPDX-License-Identifier: MIT */
/*
 * ESP32-P4, both families. Revisions below 3.0 have their own stub and console
 * variable. Revisions 3.1, 3.2 and 3.3 (ECO6 to ECO8) leave the flash unpowered in download
 * mode; esptool knows ECO8 since 5.7.0.
 * Sources: esptool targets/esp32p4.py (5.2.0 for the console's number), espefuse
 * efuse_defs/esp32p4.yaml (memory in the package), espflash target/mod.rs and
 * flasher/mod.rs. espflash 4.6 ends the flash window at 0x44000000, esptool and
 * espflash 4.5 at 0x4c000000; the larger window is right. Both tools list 26 MHz,
 * though ESP-IDF doesn't offer it.
 */
#include "base/util.h"
#include "chip/chip_hooks.h"

#define EFUSE_BASE 0x5012d000u
#define BLOCK1     (EFUSE_BASE + 0x44)
#define LP_WDT     0x50116000u

#define EFUSE_REPEAT_DATA1       (EFUSE_BASE + 0x34)
#define DOWNLOAD_MODE_XPD_ON     (1u << 16)
#define LP_SYS_ANA_XPD_PAD_GROUP 0x5011010cu
#define PMU_LDO_P0               0x501151b8u
#define LDO_FORCE_TIEH           (1u << 7)
#define LDO_TARGET0              (0xffu << 23)
#define PMU_LDO_P0_ANA           0x501151bcu
#define LDO_ANA_CURRENT_LIMIT    (1u << 27)
#define PMU_DATE                 0x501153fcu
#define DATE_FLASH_FORCE_ON      3u

static const struct ef_feature_table table = {
	.words = "High-Performance MCU, Dual Core, 400MHz",
	.package = { "ESP32-P4" },
};

/*
 * From revision 3.2 on (esp-flasher-stub asks for ECO7 or later), with this eFuse the ROM powers
 * the flash by itself. If the flash is already powered when download mode is entered again, the ROM
 * fails. So only release the force bits if both are set.
 */
static bool release_flash_power(const struct ef_regs *regs, struct ef_err *err)
{
	uint32_t date;

	if (!regs->read(regs->ctx, PMU_DATE, &date, err))
		return false;
	if ((date & DATE_FLASH_FORCE_ON) != DATE_FLASH_FORCE_ON)
		return true;
	return regs->write(regs->ctx, PMU_DATE, 0, DATE_FLASH_FORCE_ON, err);
}

static bool flash_power_up(const struct ef_chip *chip, const struct ef_regs *regs, uint16_t rev,
			   struct ef_err *err)
{
	static const struct {
		uint32_t addr, value, mask, wait_us;
	} steps[] = {
		{ LP_SYS_ANA_XPD_PAD_GROUP, 1, UINT32_MAX, 10000 },
		{ PMU_LDO_P0_ANA, LDO_ANA_CURRENT_LIMIT, LDO_ANA_CURRENT_LIMIT, 0 },
		{ PMU_LDO_P0, LDO_FORCE_TIEH, LDO_FORCE_TIEH, 0 },
		{ PMU_DATE, DATE_FLASH_FORCE_ON, DATE_FLASH_FORCE_ON, 50 },
		{ PMU_LDO_P0_ANA, 0, LDO_ANA_CURRENT_LIMIT, 0 },
		{ PMU_LDO_P0, 0, LDO_TARGET0, 0 },
		{ PMU_LDO_P0, 0x80, 0x80, 0 }, /* the eFuses select the voltage */
		{ PMU_LDO_P0, 0, LDO_FORCE_TIEH, 1800 },
	};
	uint32_t word = 0;

	(void)chip;
	if (rev < 301 || rev > 303)
		return true;
	if (rev >= 302 && !regs->read(regs->ctx, EFUSE_REPEAT_DATA1, &word, err))
		return false;
	if (word & DOWNLOAD_MODE_XPD_ON)
		return release_flash_power(regs, err);
	for (size_t i = 0; i < EF_ARRAY_LEN(steps); i++) {
		if (!regs->write(regs->ctx, steps[i].addr, steps[i].value, steps[i].mask, err))
			return false;
		if (steps[i].wait_us && !regs->delay_us(regs->ctx, steps[i].wait_us, err))
			return false;
	}
	return true;
}

const struct ef_chip ef_chip_esp32p4 = {
	.name = "esp32p4",
	.label = "ESP32-P4",
	.arch = EF_ARCH_RISCV,
	.image_id = 18,
	.magic_count = 1, /* early chips read 0, which identifies nothing */
	.magic = { 0x0addbad0 },
	.flags = EF_CHIP_HAS_SECURITY_INFO | EF_CHIP_ROM_ENCRYPT_WORD |
		 EF_CHIP_OTG_RESET_BY_WATCHDOG |
		 EF_CHIP_STUB_32BIT_FLASH,
	.image = {
		.boot_addr = 0x2000,
		.uf2_family = 0x3d308e94,
		.freqs = ef_chip_freqs_26m,
		.default_freq_mhz = 40,
		.default_xtal_mhz = 40,
		.mmu_page_log2 = { 16 },
	},
	/* SPM, and the RAM that the ROM leaves to the L2 cache: ESP-IDF's esp32p4/soc.h */
	.mem = {
		{ 0x30100000, 0x30102000, EF_MEM_OTHER, "SPM" },
		{ 0x40000000, 0x4c000000, EF_MEM_IROM, "DROM, IROM" },
		{ 0x4fc00000, 0x4fc20000, EF_MEM_ROM, "DROM_MASK, IROM_MASK" },
		{ 0x4ff00000, 0x4ffa0000, EF_MEM_DRAM, "DRAM, IRAM" },
		{ 0x4ffa0000, 0x4ffc0000, EF_MEM_DRAM, "L2 RAM" },
		{ 0x50108000, 0x50110000, EF_MEM_RTC, "RTC_IRAM, RTC_DRAM" },
		{ 0x600fe000, 0x60100000, EF_MEM_OTHER, "MEM_INTERNAL2" },
	},
	.spi = SPI_SINCE_S2(0x5008d000),
	.xtal = { .mhz = { 40 } },
	.efuse = {
		.mac_low = EFUSE1(BLOCK1, 0, 32),
		.mac_high = EFUSE1(BLOCK1 + 4, 0, 16),
		.rev_major = EFUSE2(EFUSE_PART(BLOCK1 + 8, 4, 2, 0),
				    EFUSE_PART(BLOCK1 + 8, 23, 1, 2)),
		.rev_minor = EFUSE1(BLOCK1 + 8, 0, 4),
		.package = EFUSE1(BLOCK1 + 8, 20, 3),
		.psram_cap = EFUSE1(BLOCK1 + 8, 13, 3),
		/*
		 * esptool esp32p4.py: EFUSE_DIS_DOWNLOAD_MANUAL_ENCRYPT and
		 * EFUSE_FORCE_USE_KEY_MANAGER_KEY
		 */
		.no_encrypt = EFUSE1(0x5012d030, 20, 1),
		.key_manager = EFUSE1(0x5012d034, 10, 1),
	},
	.crypt = CRYPT_XTS_SINCE_S2(0x5012d030),
	.wdt = { .wprotect = LP_WDT + 0x18, .config0 = LP_WDT, .config1 = LP_WDT + 0x04,
		 .key = WDT_KEY, .swd_wprotect = LP_WDT + 0x20, .swd_conf = LP_WDT + 0x1c,
		 .swd_key = WDT_KEY, .swd_auto_feed = 1u << 18,
		 .can_reset = true, .disable_on_usb = true },
	.strap = {
		.reg = 0x500e0038, /* ESP-IDF soc/gpio_reg.h: GPIO_STRAP_REG */
		.force_download_reg = 0x50110008,
		.force_download_mask = 1u << 2,
		.pins = { { 0x08, 0, "GPIO35" }, { 0x04, 1, "GPIO36" } },
	},
	.rom = {
		.tag = "esp32p4",
		.rst_reasons = ef_chip_rst_hp,
		.console_reg = 0x4ff3fec8,
		.console_new_rev = 300,
		.console_new_reg = 0x4ffbfec8,
		.console_otg = 5,
		.console_jtag = 6,
		.otg_pid = 0x0012,
		/*
		 * UartDev.baud_rate. No list of symbols names UartDev; the console's number
		 * is 24 bytes behind it (UartDevice in ESP-IDF's esp32p4/rom/uart.h).
		 */
		.rate_var = 0x4ff3feb0,
		.rate_new_var = 0x4ffbfeb0,
	},
	.stub = { .name = "esp32p4", .name_old = "esp32p4-rev1", .old_below = 300 },
	.features = &table,
	.hooks = { .flash_power_up = flash_power_up },
};
