/* SPDX-License-Identifier: MIT */
/*
 * The words of second-stage bootloaders. Each line of level E under one of their
 * tags is a failure. The tables name the failures that end the boot, the lines of
 * level E that are not failures, and other lines that carry facts.
 *
 * Sources: ESP-IDF v1.0 to v6.0, components/bootloader_support/src
 * (bootloader_utility.c, bootloader_init.c, esp_image_format.c,
 * bootloader_common_loader.c, flash_partitions.c, secure_boot_v1 and _v2,
 * flash_encrypt.c) and components/bootloader/subproject/main/bootloader_start.c;
 * MCUboot boot/espressif/main.c, boot/zephyr/main.c, boot/bootutil/src/loader.c;
 * Zephyr soc/espressif/common/loader.c, and the boot logs in its issues 90180 and 92656; NuttX
 * esp_loader.c of each chip and bootloader_banner_wrap.c.
 */
#include "console/words.h"

#include <string.h>

#define LOG(words, event)                                                                          \
	{                                                                                          \
		.text = words, .kind = event, .place = WORD_IN_LOG                                 \
	}
#define ENDS(words)                                                                                \
	{                                                                                          \
		.text = words, .kind = EF_CONSOLE_FAILURE, .place = WORD_IN_LOG, .is_final = true  \
	}
#define PLAIN(words, event)                                                                        \
	{                                                                                          \
		.text = words, .kind = event                                                       \
	}
#define PLAIN_ENDS(words)                                                                          \
	{                                                                                          \
		.text = words, .kind = EF_CONSOLE_FAILURE, .is_final = true                        \
	}
#define END                                                                                        \
	{                                                                                          \
		.text = NULL                                                                       \
	}

/* The tags in the files above. A tag that ends with '.' stands for all that begin so. */
static const char *const tags[] = {
	"boot",
	"boot.", /* boot.esp32c3 */
	"bootloader",
	"bootloader_", /* bootloader_flash, bootloader_mmap, bootloader_random */
	"boot_comm",
	"esp_image",
	"flash_parts",
	"flash_encrypt",
	"secure_boot",
	"secure_boot_",
	"esp_secure_boot",
	"qio_mode",
	"efuse",
	"image_process",
	"rand",
	/* Zephyr's first part, alone ("ESP Simple boot") and as MCUboot */
	"soc_init",
	"flash_init",
	NULL,
};

static const struct word idf[] = {
	/* the app that starts: since v3.0, up to v2.1, and from deep sleep */
	LOG("Loaded app from partition at offset ", EF_CONSOLE_LOADED),
	LOG("Loading app partition at offset ", EF_CONSOLE_LOADED),
	LOG("Fast booting app from partition at offset ", EF_CONSOLE_LOADED),
	{ "ESP-IDF ", "bootloader", EF_CONSOLE_LOADER_ON, WORD_IN_LOG, false, 0 },
	/* after these the bootloader resets the chip, or returns to the ROM */
	ENDS("load partition table error!"),
	ENDS("No bootable app partitions"),
	ENDS("No bootable test partition"),
	ENDS("failed to load bootloader image header!"),
	ENDS("refusing to boot"),
	ENDS("Assert failed in "),
	ENDS("HW init failed, aborting"), /* Zephyr */
	/* the bootloader then starts the factory app */
	LOG("ota data partition invalid", EF_CONSOLE_GOES_ON),
	LOG("Falling back to factory app", EF_CONSOLE_GOES_ON),
	/* Zephyr: "While it may work, ..." */
	LOG("You are using ESP32 chip revision", EF_CONSOLE_GOES_ON),
	END,
};

/* "[esp32s3] [INF] text", and built with Zephyr's logging "I: text" */
static const struct word mcuboot[] = {
	PLAIN("*** Booting MCUboot ", EF_CONSOLE_LOADER_ON),
	{ "[INF] *** Booting MCUboot", NULL, EF_CONSOLE_LOADER_ON, WORD_ANYWHERE, false, 0 },
	{ "[INF] br_image_off = ", NULL, EF_CONSOLE_LOADED, WORD_ANYWHERE, false, 0 },
	PLAIN_ENDS("E: Unable to find bootable image"),
	{ "[ERR] Unable to find bootable image", NULL, EF_CONSOLE_FAILURE, WORD_ANYWHERE, true, 0 },
	{ "] [ERR] ", NULL, EF_CONSOLE_FAILURE, WORD_ANYWHERE, false, 0 },
	{ "] [INF] ", NULL, EF_CONSOLE_LOADER_LINE, WORD_ANYWHERE, false, 0 },
	{ "] [WRN] ", NULL, EF_CONSOLE_LOADER_LINE, WORD_ANYWHERE, false, 0 },
	{ "] [DBG] ", NULL, EF_CONSOLE_LOADER_LINE, WORD_ANYWHERE, false, 0 },
	END,
};

/* The first part of a Zephyr or NuttX app without a bootloader of its own loads the rest. */
static const struct word simple[] = {
	PLAIN("*** Booting NuttX ***", EF_CONSOLE_LOADER_LINE),
	{ " 2nd stage bootloader", NULL, EF_CONSOLE_LOADER_ON, WORD_ANYWHERE, false, 0 },
	PLAIN("*** Using Zephyr OS ", EF_CONSOLE_LOADER_LINE),
	{ "dram: lma 0x", " vma 0x", EF_CONSOLE_LOADER_LINE, WORD_AT_START, false, 0 },
	{ "iram: lma 0x", " vma 0x", EF_CONSOLE_LOADER_LINE, WORD_AT_START, false, 0 },
	{ "padd: lma 0x", " vma 0x", EF_CONSOLE_LOADER_LINE, WORD_AT_START, false, 0 },
	{ "imap: lma 0x", " vma 0x", EF_CONSOLE_LOADER_LINE, WORD_AT_START, false, 0 },
	{ "dmap: lma 0x", " vma 0x", EF_CONSOLE_LOADER_LINE, WORD_AT_START, false, 0 },
	{ "total segments stored ", NULL, EF_CONSOLE_LOADER_LINE, WORD_AT_START, false, 0 },
	END,
};

const struct words console_loader_words[] = {
	{ "ESP-IDF", EF_CONSOLE_LOADER, tags, idf },
	{ "MCUboot", EF_CONSOLE_LOADER, NULL, mcuboot },
	{ "", EF_CONSOLE_LOADER, NULL, simple },
	{ NULL, EF_CONSOLE_UNKNOWN, NULL, NULL },
};

bool console_is_loader_tag(const char *tag, size_t len)
{
	for (size_t i = 0; tags[i]; i++) {
		size_t n = strlen(tags[i]);
		bool is_prefix = tags[i][n - 1] == '.' || tags[i][n - 1] == '_';

		if ((is_prefix ? len > n : len == n) && memcmp(tag, tags[i], n) == 0)
			return true;
	}
	return false;
}
