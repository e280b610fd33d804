/* SPDX-License-Identifier: MIT */
/*
 * ESP32-S2. Its security info has no chip id, so its magic word identifies it; in
 * secure download mode, its refusal of READ_REG does.
 * Sources: esptool targets/esp32s2.py (5.2.0 for the console's number), espflash
 * target/mod.rs. The end of IROM, 0x40b80000, is esptool's; the end of DROM,
 * 0x3f400000, is espflash's.
 */
#include "base/util.h"
#include "chip/chip_hooks.h"

#define BLOCK1   0x3f41a044u
#define BLOCK2   0x3f41a05cu
#define RTC_CNTL 0x3f408000u

static void add_memory(struct ef_chip_features *f, const char *what, uint32_t cap)
{
	if (cap == 0)
		ef_features_add(f, "No Embedded %s", what);
	else if (cap <= 2)
		ef_features_add(f, "Embedded %s %s", what, cap == 1 ? "2MB" : "4MB");
	else
		ef_features_add(f, "Unknown Embedded %s", what);
}

static bool features(const struct ef_chip *chip, const struct ef_regs *regs, uint16_t rev,
		     struct ef_chip_features *ret, struct ef_err *err)
{
	static const char *const calibration[] = {
		"No calibration in BLK2 of efuse",
		"ADC and temperature sensor calibration in BLK2 of efuse V1",
		"ADC and temperature sensor calibration in BLK2 of efuse V2",
	};
	static const struct {
		uint8_t flash, psram;
		const char *name;
	} packages[] = {
		{ 0, 0, "ESP32-S2" },   { 1, 0, "ESP32-S2FH2" },  { 2, 0, "ESP32-S2FH4" },
		{ 0, 1, "ESP32-S2R2" }, { 2, 1, "ESP32-S2FNR2" },
	};
	uint32_t flash, psram, block2;
	struct ef_chip_features f;

	(void)rev;
	if (!ef_efuse_read(&chip->efuse.flash_cap, regs, &flash, err) ||
	    !ef_efuse_read(&chip->efuse.psram_cap, regs, &psram, err) ||
	    !ef_efuse_read(&chip->efuse.blk_minor, regs, &block2, err))
		return false;
	ef_features_begin(&f, chip, "WiFi");
	add_memory(&f, "Flash", flash);
	add_memory(&f, "PSRAM", psram);
	ef_features_add(&f, "%s",
			block2 < EF_ARRAY_LEN(calibration) ? calibration[block2]
							   : "Unknown Calibration in BLK2");
	ef_features_add(&f, "Single Core, 240MHz");
	for (size_t i = 0; i < EF_ARRAY_LEN(packages); i++)
		if (packages[i].flash == flash && packages[i].psram == psram)
			ef_strlcpy(f.package, sizeof(f.package), packages[i].name);
	*ret = f;
	return true;
}

const struct ef_chip ef_chip_esp32s2 = {
	.name = "esp32s2",
	.label = "ESP32-S2",
	.arch = EF_ARCH_XTENSA,
	.image_id = 2,
	.magic_count = 1,
	.magic = { 0x000007c6 },
	.flags = EF_CHIP_HAS_SECURITY_INFO | EF_CHIP_ROM_ENCRYPT_WORD |
		 EF_CHIP_SDM_REFUSES_READ_REG | EF_CHIP_OTG_RESET_BY_WATCHDOG,
	.image = {
		.boot_addr = 0x1000,
		.uf2_family = 0xbfdd4eee,
		.freqs = ef_chip_freqs_26m,
		.default_freq_mhz = 40,
		.default_xtal_mhz = 40,
		.mmu_page_log2 = { 16 },
	},
	.mem = {
		{ 0x3f000000, 0x3f400000, EF_MEM_DROM, "DROM" },
		{ 0x3f500000, 0x3ff80000, EF_MEM_PSRAM, "EXTRAM_DATA" },
		{ 0x3ff9e000, 0x3ffa0000, EF_MEM_RTC, "RTC_DRAM" },
		{ 0x3ffb0000, 0x40000000, EF_MEM_DRAM, "DRAM" },
		{ 0x40000000, 0x4001a100, EF_MEM_ROM, "IROM_MASK" },
		{ 0x40020000, 0x40070000, EF_MEM_IRAM, "IRAM" },
		{ 0x40070000, 0x40072000, EF_MEM_RTC, "RTC_IRAM" },
		{ 0x40080000, 0x40b80000, EF_MEM_IROM, "IROM" },
		{ 0x50000000, 0x50002000, EF_MEM_RTC, "RTC_DATA" },
	},
	.spi = SPI_SINCE_S2(0x3f402000),
	.xtal = { .mhz = { 40 } },
	.efuse = {
		.mac_low = EFUSE1(BLOCK1, 0, 32),
		.mac_high = EFUSE1(BLOCK1 + 4, 0, 16),
		.rev_major = EFUSE1(BLOCK1 + 12, 18, 2),
		.rev_minor = EFUSE2(EFUSE_PART(BLOCK1 + 16, 4, 3, 0),
				    EFUSE_PART(BLOCK1 + 12, 20, 1, 3)),
		.package = EFUSE1(BLOCK1 + 16, 0, 4),
		.flash_cap = EFUSE1(BLOCK1 + 12, 21, 4),
		.psram_cap = EFUSE1(BLOCK1 + 12, 28, 4),
		.blk_minor = EFUSE1(BLOCK2 + 16, 4, 3),
		/* esptool esp32s2.py: EFUSE_DIS_DOWNLOAD_MANUAL_ENCRYPT */
		.no_encrypt = EFUSE1(0x3f41a030, 19, 1),
	},
	.crypt = CRYPT_XTS_SINCE_S2(0x3f41a030),
	.wdt = { .wprotect = RTC_CNTL + 0xac, .config0 = RTC_CNTL + 0x94,
		 .config1 = RTC_CNTL + 0x98, .key = WDT_KEY, .can_reset = true },
	.strap = {
		.reg = 0x3f404038, /* ESP-IDF soc/gpio_reg.h: GPIO_STRAP_REG */
		.boot_mask = 1u << 3,
		.force_download_reg = RTC_CNTL + 0x128,
		.force_download_mask = 1u,
		.pins = { { 0x08, 0, "GPIO0" }, { 0x04, 0, "GPIO46" } },
	},
	.rom = {
		.tag = "esp32s2",
		.rst_reasons = ef_chip_rst_rtc,
		.console_reg = 0x3ffffd14,
		.console_otg = 2,
		.otg_pid = 0x0002,
		/* UartDev.baud_rate: ESP-IDF esp_rom/esp32s2/ld/esp32s2.rom.ld */
		.rate_var = 0x3ffffcfc,
	},
	.stub = { .name = "esp32s2" },
	.hooks = { .features = features },
};
