/* SPDX-License-Identifier: MIT */
/*
 * ESP32, the oldest chip, differs from all others: no GET_SECURITY_INFO, a
 * revision in three registers, package and features in one eFuse word, and a ROM
 * that derives its baud rate from the RC oscillator.
 * Sources: esptool targets/esp32.py, espflash target/mod.rs, ESP32 TRM chapter eFuse.
 */
#include "base/util.h"
#include "chip/chip_hooks.h"

#define EFUSE_WORD(n) (0x3ff5a000u + 4u * (n)) /* EFUSE_BLK0_RDATAn */
#define RTCCALICFG1   0x3ff5f06cu              /* TIMG0: calibration of the RTC clock */
#define APB_CTL_DATE  0x3ff6607cu

/* Three bits encode the major revision; other patterns were never made. */
static bool revision(const struct ef_chip *chip, const struct ef_regs *regs, uint16_t *ret,
		     struct ef_err *err)
{
	uint32_t bits, minor, major;

	if (!ef_efuse_read(&chip->efuse.rev_major, regs, &bits, err) ||
	    !ef_efuse_read(&chip->efuse.rev_minor, regs, &minor, err))
		return false;
	major = bits == 1 ? 1 : bits == 3 ? 2 : bits == 7 ? 3 : 0;
	*ret = (uint16_t)(major * 100 + minor);
	return true;
}

static const char *package_name(uint32_t package, bool is_single_core, bool is_rev3)
{
	switch (package) {
	case 0:
		return is_single_core ? "ESP32-S0WDQ6"
		       : is_rev3      ? "ESP32-D0WDQ6-V3"
				      : "ESP32-D0WDQ6";
	case 1:
		return is_single_core ? "ESP32-S0WD" : is_rev3 ? "ESP32-D0WD-V3" : "ESP32-D0WD";
	case 2:
		return "ESP32-D2WD";
	case 4:
		return "ESP32-U4WDH";
	case 5:
		return is_rev3 ? "ESP32-PICO-V3" : "ESP32-PICO-D4";
	case 6:
		return "ESP32-PICO-V3-02";
	case 7:
		return "ESP32-D0WDR2-V3";
	default:
		return NULL;
	}
}

static void add_word3(struct ef_chip_features *f, uint32_t word3, uint32_t package)
{
	if (!(word3 & 1u << 1)) /* CHIP_VER_DIS_BT */
		ef_features_add(f, "BT");
	ef_features_add(f, word3 & 1u ? "Single Core" : "Dual Core"); /* CHIP_VER_DIS_APP_CPU */
	if (word3 & 1u << 13) /* CHIP_CPU_FREQ_RATED, then _LOW */
		ef_features_add(f, word3 & 1u << 12 ? "160MHz" : "240MHz");
	if (package == 2 || package == 4 || package == 5 || package == 6)
		ef_features_add(f, "Embedded Flash");
	if (package == 6 || package == 7)
		ef_features_add(f, "Embedded PSRAM");
}

static bool features(const struct ef_chip *chip, const struct ef_regs *regs, uint16_t rev,
		     struct ef_chip_features *ret, struct ef_err *err)
{
	static const char *const coding[] = { "None", "3/4", "Repeat (UNSUPPORTED)", "Invalid" };
	uint32_t word3, word4, word6, package;
	struct ef_chip_features f;
	const char *name;

	if (!regs->read(regs->ctx, EFUSE_WORD(3), &word3, err) ||
	    !regs->read(regs->ctx, EFUSE_WORD(4), &word4, err) ||
	    !regs->read(regs->ctx, EFUSE_WORD(6), &word6, err) ||
	    !ef_efuse_read(&chip->efuse.package, regs, &package, err))
		return false;
	ef_features_begin(&f, chip, "WiFi");
	add_word3(&f, word3, package);
	if (word4 >> 8 & 0x1f)
		ef_features_add(&f, "VRef calibration in efuse");
	if (word3 & 1u << 14)
		ef_features_add(&f, "BLK3 partially reserved");
	ef_features_add(&f, "Coding Scheme %s", coding[word6 & 3]);
	name = package_name(package, word3 & 1u, rev >= 300 && rev < 400);
	if (name)
		ef_strlcpy(f.package, sizeof(f.package), name);
	*ret = f;
	return true;
}

/*
 * The ROM computes its clock from the calibration of the RC oscillator, so its
 * rates are off by that oscillator's error. Request a rate that is wrong by the
 * same factor (esptool: ESP32ROM.change_baud).
 */
static bool rom_baud(const struct ef_chip *chip, const struct ef_regs *regs, uint32_t xtal_mhz,
		     uint32_t rate_hz, uint32_t *ret, struct ef_err *err)
{
	uint32_t calibration, word4;
	uint64_t rom_hz, true_hz, false_rate;

	(void)chip;
	(void)xtal_mhz;
	if (!regs->read(regs->ctx, RTCCALICFG1, &calibration, err) ||
	    !regs->read(regs->ctx, EFUSE_WORD(4), &word4, err))
		return false;
	rom_hz = (uint64_t)(calibration >> 7 & 0x1ffffff) * 15625 * (word4 & 0xff) / 40;
	true_hz = rom_hz > 33000000 ? 40000000 : 26000000;
	*ret = rate_hz;
	/* an emulator or an unburnt eFuse: there is no calibration, hence no factor */
	if (rom_hz < true_hz / 2 || rom_hz > true_hz * 2)
		return true;
	false_rate = rate_hz * rom_hz / true_hz;
	if (false_rate <= UINT32_MAX)
		*ret = (uint32_t)false_rate;
	return true;
}

const struct ef_chip ef_chip_esp32 = {
	.name = "esp32",
	.label = "ESP32",
	.arch = EF_ARCH_XTENSA,
	.image_id = 0,
	.magic_count = 1,
	.magic = { 0x00f01d83 },
	.flags = EF_CHIP_ROM_RUNS_FLASH,
	.image = {
		.boot_addr = 0x1000,
		.uf2_family = 0x1c5f21b0,
		.freqs = ef_chip_freqs_26m,
		.default_freq_mhz = 40,
		.default_xtal_mhz = 40,
		.mmu_page_log2 = { 16 },
	},
	.mem = {
		{ 0x3f400000, 0x3f800000, EF_MEM_DROM, "DROM" },
		{ 0x3f800000, 0x3fc00000, EF_MEM_PSRAM, "EXTRAM_DATA" },
		{ 0x3ff80000, 0x3ff82000, EF_MEM_RTC, "RTC_DRAM" },
		{ 0x3ffae000, 0x40000000, EF_MEM_DRAM, "DRAM" },
		{ 0x40000000, 0x40070000, EF_MEM_ROM, "IROM_MASK" },
		{ 0x40070000, 0x40078000, EF_MEM_IRAM, "CACHE_PRO" },
		{ 0x40078000, 0x40080000, EF_MEM_IRAM, "CACHE_APP" },
		{ 0x40080000, 0x400a0000, EF_MEM_IRAM, "IRAM" },
		{ 0x400a0000, 0x400bfffc, EF_MEM_IRAM, "DIRAM_IRAM" },
		{ 0x400c0000, 0x400c2000, EF_MEM_RTC, "RTC_IRAM" },
		{ 0x400d0000, 0x40400000, EF_MEM_IROM, "IROM" },
		{ 0x50000000, 0x50002000, EF_MEM_RTC, "RTC_DATA" },
	},
	.spi = { .base = 0x3ff42000, .usr = 0x1c, .usr2 = 0x24, .w0 = 0x80, .miso_dlen = 0x2c },
	.xtal = { .mhz = { 26, 40 }, .clkdiv_reg = 0x3ff40014, .clkdiv_mask = 0xfffff },
	.efuse = {
		.mac_low = EFUSE1(EFUSE_WORD(1), 0, 32),
		.mac_high = EFUSE1(EFUSE_WORD(2), 0, 16),
		/* espefuse, efuse_defs/esp32.yaml: MAC_CRC, block 0, word 2, bits 16 to 23 */
		.mac_crc = EFUSE1(EFUSE_WORD(2), 16, 8),
		.rev_major = EFUSE3(EFUSE_PART(EFUSE_WORD(3), 15, 1, 0),
				    EFUSE_PART(EFUSE_WORD(5), 20, 1, 1),
				    EFUSE_PART(APB_CTL_DATE, 31, 1, 2)),
		.rev_minor = EFUSE1(EFUSE_WORD(5), 24, 2),
		.package = EFUSE2(EFUSE_PART(EFUSE_WORD(3), 9, 3, 0),
				  EFUSE_PART(EFUSE_WORD(3), 2, 1, 3)),
		.crypt_cnt = EFUSE1(EFUSE_WORD(0), 20, 7),
		/* bit 0: secure boot V1; bit 1: V2, valid from revision 3.0 on */
		.secure_boot = EFUSE1(EFUSE_WORD(6), 4, 2),
		/* esptool esp32.py: EFUSE_DIS_DOWNLOAD_MANUAL_ENCRYPT */
		.no_encrypt = EFUSE1(EFUSE_WORD(6), 7, 1),
	},
	/* esptool esp32.py: is_flash_encryption_key_valid, get_flash_crypt_config */
	.crypt = { .align = 32,
		   .block = EFUSE_WORD(14),
		   .block_words = 8,
		   .hidden = EFUSE1(EFUSE_WORD(0), 16, 1),
		   .config = EFUSE1(EFUSE_WORD(5), 28, 4),
		   .config_hidden = EFUSE1(EFUSE_WORD(0), 19, 1) },
	.strap = {
		.reg = 0x3ff44038, /* ESP-IDF soc/gpio_reg.h: GPIO_STRAP_REG */
		.pins = { { 0x10, 0, "GPIO0" }, { 0x08, 0, "GPIO2" }, { 0x01, -1, "GPIO5" },
			  { 0x02, -1, "GPIO15 (MTDO)" }, { 0x04, -1, "GPIO4" },
			  { 0x20, -1, "GPIO12 (MTDI)" } },
	},
	.rom = {
		.tag = "",
		.rst_reasons = ef_chip_rst_esp32,
		/* UartDev.baud_rate: ESP-IDF esp_rom/esp32/ld/esp32.rom.ld */
		.rate_var = 0x3ffe019c,
	},
	.stub = { .name = "esp32" },
	.hooks = { .revision = revision, .features = features, .rom_baud = rom_baud },
};
