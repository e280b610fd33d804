/* SPDX-License-Identifier: MIT */
/*
 * Shared by the chip files: the declarations of the eleven records, macros for
 * eFuse fields and the SPI controller, lists that most chips have in common, and
 * the functions that write the feature text. Private to src/chip.
 */
#ifndef EF_CHIP_CHIP_HOOKS_H
#define EF_CHIP_CHIP_HOOKS_H

#include <espflash/chip.h>

extern const struct ef_chip ef_chip_esp32;
extern const struct ef_chip ef_chip_esp32c2;
extern const struct ef_chip ef_chip_esp32c3;
extern const struct ef_chip ef_chip_esp32c5;
extern const struct ef_chip ef_chip_esp32c6;
extern const struct ef_chip ef_chip_esp32c61;
extern const struct ef_chip ef_chip_esp32h2;
extern const struct ef_chip ef_chip_esp32p4;
extern const struct ef_chip ef_chip_esp32s2;
extern const struct ef_chip ef_chip_esp32s3;
extern const struct ef_chip ef_chip_esp32s31;

/* The meanings of "rst:0xNN", by family (boot_words.c). */
extern const struct ef_rst_reason ef_chip_rst_esp32[];
extern const struct ef_rst_reason ef_chip_rst_rtc[];
extern const struct ef_rst_reason ef_chip_rst_lp[];
extern const struct ef_rst_reason ef_chip_rst_hp[];

/* A field in one word, and fields spread over two or three. */
#define EFUSE1(reg, shift, width)                                                                  \
	{                                                                                          \
		{                                                                                  \
			{                                                                          \
				(reg), (shift), (width), 0                                         \
			}                                                                          \
		}                                                                                  \
	}
#define EFUSE_PART(reg, shift, width, lsb)                                                         \
	{                                                                                          \
		(reg), (shift), (width), (lsb)                                                     \
	}
#define EFUSE2(part0, part1)                                                                       \
	{                                                                                          \
		{                                                                                  \
			part0, part1                                                               \
		}                                                                                  \
	}
#define EFUSE3(part0, part1, part2)                                                                \
	{                                                                                          \
		{                                                                                  \
			part0, part1, part2                                                        \
		}                                                                                  \
	}

/*
 * Flash encryption by XTS, in units of 16 bytes (esptool: FLASH_ENCRYPTED_WRITE_ALIGN). The
 * purposes of most chips are behind the first eFuse word that can be read (esptool:
 * EFUSE_PURPOSE_KEY0_REG and so on, EFUSE_PURPOSE_KEY0_SHIFT).
 */
#define CRYPT_XTS_SINCE_S2(rd)                                                                     \
	{                                                                                          \
		.align = 16, .purpose = {                                                          \
			EFUSE1((rd) + 4, 24, 4),                                                   \
			EFUSE1((rd) + 4, 28, 4),                                                   \
			EFUSE1((rd) + 8, 0, 4),                                                    \
			EFUSE1((rd) + 8, 4, 4),                                                    \
			EFUSE1((rd) + 8, 8, 4),                                                    \
			EFUSE1((rd) + 8, 12, 4)                                                    \
		}                                                                                  \
	}

/* SPI1 of all chips after the ESP32 (esptool: targets/esp32s2.py, SPI_*_OFFS). */
#define SPI_SINCE_S2(at)                                                                           \
	{                                                                                          \
		.base = (at), .usr = 0x18, .usr2 = 0x20, .w0 = 0x58, .miso_dlen = 0x28             \
	}

/* Keys that unlock a watchdog's registers. */
#define WDT_KEY     0x50d83aa1u /* RTC and LP watchdog; super watchdog of the LP kind */
#define SWD_KEY_RTC 0x8f1d312au /* super watchdog of the RTC kind (S3, C3) */

/* 80, 40, 26 and 20 MHz, and the same without 26; espflash's codes. */
extern const struct ef_flash_freq ef_chip_freqs_26m[];
extern const struct ef_flash_freq ef_chip_freqs_no_26m[];

/* ---- features ---- */

/* Names by code; NULL where the code is unknown. */
#define CAPS 8
struct ef_feature_table {
	const char *words;            /* features of every chip of this kind */
	const char *flash_size[CAPS]; /* by flash_cap; all NULL: not published */
	const char *flash_vendor[CAPS];
	const char *psram_size[CAPS];
	const char *psram_vendor[CAPS];
	const char *package[CAPS]; /* by package code; NULL: the chip's label */
};

/* Start a feature list with these words; the package defaults to the label. */
void ef_features_begin(struct ef_chip_features *f, const struct ef_chip *chip, const char *words);
void ef_features_add(struct ef_chip_features *f, const char *fmt, ...) EF_PRINTF(2, 3);
/* Make the whole list from the chip's eFuse fields and a table. */
bool ef_features_from_table(const struct ef_feature_table *table, const struct ef_chip *chip,
			    const struct ef_regs *regs, struct ef_chip_features *ret,
			    struct ef_err *err);

#endif
