/* SPDX-License-Identifier: MIT */
/*
 * The words of the mask ROMs. Sources: the strings in Espressif's ROM ELFs of all
 * chips, and boot logs in ESP-IDF's and esptool's documents and issues.
 */
#include "console/words.h"

#define LINE(words)                                                                                \
	{                                                                                          \
		words, NULL, EF_CONSOLE_ROM_LINE, WORD_AT_START, false, 0                          \
	}
#define FAILS(words)                                                                               \
	{                                                                                          \
		words, NULL, EF_CONSOLE_FAILURE, WORD_AT_START, false, 0                           \
	}
#define ENDS(words)                                                                                \
	{                                                                                          \
		words, NULL, EF_CONSOLE_FAILURE, WORD_AT_START, true, 0                            \
	}
#define WAITS(words)                                                                               \
	{                                                                                          \
		words, NULL, EF_CONSOLE_WAITS, WORD_AT_START, false, 0                             \
	}
#define GOES_ON(words)                                                                             \
	{                                                                                          \
		words, NULL, EF_CONSOLE_GOES_ON, WORD_AT_START, false, 0                           \
	}
#define GREETING(words, then)                                                                      \
	{                                                                                          \
		words, then, EF_CONSOLE_GREETING, WORD_ANYWHERE, false, 0                          \
	}

static const struct word rom[] = {
	/* the straps and the eFuses decide for what it waits */
	WAITS("waiting for download"),
	WAITS("wait uart0 download"),
	WAITS("wait uart download(secure mode)"),
	WAITS("wait usb download"),
	WAITS("wait uart0/sdio download"),
	WAITS("waiting for RMA download"),
	/* "ESP-ROM:esp32c3-api1-20210207"; ESP32: "ets Jun  8 2016 00:22:57", "ets Jul 29 2019" */
	GREETING("ESP-ROM:", "-"),
	GREETING("ets Jun ", ":"),
	GREETING("ets Jul ", ":"),
	/* ets_loader.c, ets_main.c: the image at the boot address */
	FAILS("invalid header: 0x"), /* repeated until the watchdog restarts the chip */
	FAILS("flash read err, "),
	FAILS("csum err:0x"),
	FAILS("Checksum failure. Calculated "),
	FAILS("Invalid chip id. Expected "),
	FAILS("Invalid image block, can't boot"),
	FAILS("Invalid segment"),
	FAILS("image too large"),
	/* a stale digest: the ROM boots all the same, and says so two lines later */
	FAILS("SHA-256 comparison failed"),
	GOES_ON("Attempting to boot anyway"),
	LINE("Calculated: "),
	LINE("Expected: "),
	ENDS("ets_main.c "),
	ENDS("ets_loader.c "),
	ENDS("ets_secure_boot"),
	/* the ESP32's BASIC, where no eFuse forbids it */
	ENDS("Falling back to built-in command interpreter"),
	/* the bootloader returned to the ROM */
	ENDS("user code done"),
	/* secure boot, since the ESP32 revision 3 */
	FAILS("secure boot verification failed"),
	FAILS("Secure boot verification failed"),
	FAILS("secure boot check fail"),
	FAILS("No valid secure boot key"),
	FAILS("Secure boot verify failed"),
	FAILS("invalid signature"),
	FAILS("Sig block "),
	LINE("Valid secure boot key blocks"),
	LINE("secure boot verification succeeded"),
	LINE("secure boot v2 "),
	/* ordinary lines */
	{ "entry 0x", NULL, EF_CONSOLE_ENTRY, WORD_AT_START, false, 0 },
	LINE("Build:"),
	LINE("Saved PC:"),
	LINE("Core0 Saved PC:"),
	LINE("Core1 Saved PC:"),
	LINE("SPIWP:"),
	LINE("SPI mode:"),
	LINE("mode:"),
	{ "load:0x", NULL, EF_CONSOLE_LOAD, WORD_AT_START, false, 0 },
	LINE("configsip:"),
	LINE("clk_drv:"),
	LINE("ho 0 tail "),
	LINE("tail "),
	/* the ESP8266 */
	LINE("load 0x"),
	LINE("chksum 0x"),
	LINE("csum 0x"),
	{ NULL, NULL, EF_CONSOLE_TEXT, WORD_AT_START, false, 0 },
};

const struct words console_rom_words[] = {
	{ "ROM", EF_CONSOLE_ROM, NULL, rom },
	{ NULL, EF_CONSOLE_UNKNOWN, NULL, NULL },
};
