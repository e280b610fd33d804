/* SPDX-License-Identifier: MIT */
/*
 * What the chip files share: the eleven records by name, short forms for
 * eFuse fields and the SPI controller, lists that are the same on most chips,
 * and the writer of the feature text. Private to src/chip.
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

/* What "rst:0xNN" means, by family (boot_words.c). */
extern const struct ef_rst_reason ef_chip_rst_esp32[];
extern const struct ef_rst_reason ef_chip_rst_rtc[];
extern const struct ef_rst_reason ef_chip_rst_lp[];
extern const struct ef_rst_reason ef_chip_rst_hp[];

/* A field in one word, and one that is spread over two or three. */
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

/* SPI1 as it is on every chip after the ESP32 (esptool: targets/esp32s2.py, SPI_*_OFFS). */
#define SPI_SINCE_S2(at)                                                                           \
	{                                                                                          \
		.base = (at), .cmd = 0x00, .usr = 0x18, .usr2 = 0x20, .w0 = 0x58,                  \
		.miso_dlen = 0x28                                                                  \
	}

/* Keys that open a watchdog's registers for writing. */
#define WDT_KEY     0x50d83aa1u /* RTC and LP watchdog; super watchdog of the LP kind */
#define SWD_KEY_RTC 0x8f1d312au /* super watchdog of the RTC kind (S3, C3) */

/* 80, 40, 26 and 20 MHz; and the same without 26. espflash's codes. */
extern const struct ef_flash_freq ef_chip_freqs_26m[];
extern const struct ef_flash_freq ef_chip_freqs_no_26m[];

/* ---- features ---- */

/* Names by number; NULL where the number isn't known. */
#define CAPS 8
struct feature_table {
	const char *words;            /* what every chip of this kind has */
	const char *flash_size[CAPS]; /* by flash_cap, from 1; all NULL: sizes aren't published */
	const char *flash_vendor[CAPS];
	const char *psram_size[CAPS];
	const char *psram_vendor[CAPS];
	const char *package[CAPS]; /* by package code; NULL: the chip's label */
};

/* Start a feature list with these words; the package is the label until set. */
void ef_features_begin(struct ef_chip_features *f, const struct ef_chip *chip, const char *words);
void ef_features_add(struct ef_chip_features *f, const char *fmt, ...) EF_PRINTF(2, 3);
/* The whole list from the eFuse fields of the chip and a table. */
bool ef_features_from_table(const struct feature_table *table, const struct ef_chip *chip,
			    const struct ef_regs *regs, struct ef_chip_features *ret,
			    struct ef_err *err);

#endif
