/* SPDX-License-Identifier: MIT */
/*
 * The words of the mask ROMs. Sources: the strings in Espressif's ROM ELFs of all
 * chips, and boot logs in ESP-IDF's and esptool's documents and issues.
 */
#include "console/words.h"

#define LINE(words)                                                                                \
	{                                                                                          \
		.text = words, .kind = EF_CONSOLE_ROM_LINE                                         \
	}
#define FAILS(words)                                                                               \
	{                                                                                          \
		.text = words, .kind = EF_CONSOLE_FAILURE                                          \
	}
#define ENDS(words)                                                                                \
	{                                                                                          \
		.text = words, .kind = EF_CONSOLE_FAILURE, .is_final = true                        \
	}
#define WAITS(words)                                                                               \
	{                                                                                          \
		.text = words, .kind = EF_CONSOLE_WAITS                                            \
	}
#define GOES_ON(words)                                                                             \
	{                                                                                          \
		.text = words, .kind = EF_CONSOLE_GOES_ON                                          \
	}
#define GREETING(words, follows)                                                                   \
	{                                                                                          \
		.text = words, .then = follows, .kind = EF_CONSOLE_GREETING,                       \
		.place = WORD_ANYWHERE                                                             \
	}

static const struct word rom[] = {
	/* straps and eFuses decide which host it waits for */
	WAITS("waiting for download"),
	WAITS("wait uart0 download"),
	WAITS("wait uart download(secure mode)"),
	WAITS("wait usb download"),
	WAITS("wait uart0/sdio download"),
	WAITS("wait sdio download"),
	WAITS("wait spi download"),
	WAITS("waiting for sdio host"),
	WAITS("waiting for RMA download"),
	/* "ESP-ROM:esp32c3-api1-20210207"; ESP32: "ets Jun  8 2016 00:22:57", "ets Jul 29 2019" */
	GREETING("ESP-ROM:", "-"),
	GREETING("ets Jun ", ":"),
	GREETING("ets Jul ", ":"),
	/* ets_loader.c, ets_main.c: the image at the boot address */
	FAILS("invalid header: 0x"), /* repeated until the watchdog restarts the chip */
	FAILS("flash read err, "),
	/* erased flash where a segment's header should be: the ESP32's mask ROM stops there */
	ENDS("load:0xffffffff,len:-1"),
	FAILS("csum err:0x"),
	FAILS("Checksum failure. Calculated "),
	FAILS("Invalid chip id. Expected "),
	FAILS("wrong chip id 0x"), /* the ESP32 since revision 3 */
	FAILS("Invalid magic 0x"),
	FAILS("Too many blocks: 0x"),
	/*
	 * ", can't boot.", ", can't verify.", " count: 255 (max 16)"; C5, C61, S31: ":0x00000000,
	 * len:0x0"
	 */
	FAILS("Invalid image block"),
	FAILS("Invalid segment"),
	{ "region 0x", " overlaps 0x", EF_CONSOLE_FAILURE, WORD_AT_START, false, 0 },
	FAILS("Bootloader is too large for "),
	FAILS("image too large"),
	/* a stale digest: the ROM boots all the same, and prints that two lines later */
	FAILS("SHA-256 comparison failed"),
	GOES_ON("Attempting to boot anyway"),
	LINE("Calculated: "),
	LINE("Expected: "),
	ENDS("ets_main.c "),
	ENDS("ets_loader.c "),
	ENDS("ets_secure_boot"),
	/* the ESP32's BASIC, if no eFuse forbids it */
	ENDS("Falling back to built-in command interpreter"),
	/* the bootloader returned to the ROM */
	ENDS("user code done"),
	ENDS("Direct boot returned"),
	ENDS("invalid reset"),
	/* eFuses forbid the mode that the straps select; "... via efuse" on the S2 */
	ENDS("Download mode is disabled"),
	ENDS("Download boot modes disabled"),
	ENDS("Invalid mode for secure boot download"),
	/* secure boot, since the ESP32 revision 3; several chips name the scheme first */
	FAILS("secure boot verification failed"),
	FAILS("RSA-PSS secure boot verification failed"),
	FAILS("ECDSA secure boot verification failed"),
	FAILS("Secure boot verification failed"),
	FAILS("secure boot check fail"),
	FAILS("Secure boot check fail"),
	FAILS("No valid secure boot key"),
	FAILS("Secure boot verify failed"),
	FAILS("invalid signature"),
	FAILS("Signature Check Failed"),
	FAILS("No trusted signatures"),
	FAILS("No signature block magic byte found"),
	FAILS("Incorrect magic byte found at signature sector"),
	FAILS("SHA-256 simple hash comparison failed"),
	FAILS("Sig block "), /* there are up to three, and another one may be valid */
	GOES_ON("secure boot verification succeeded"),
	GOES_ON("RSA-PSS secure boot verification succeeded"),
	GOES_ON("ECDSA secure boot verification succeeded"),
	LINE("Valid secure boot key blocks"),
	LINE("Aggressive revoke enabled. "),
	LINE("secure boot v2 "),
	/* ordinary lines */
	{ "entry 0x", NULL, EF_CONSOLE_ENTRY, WORD_AT_START, false, 0 },
	LINE("Build:"),
	LINE("cmd len "),
	LINE("SPI flash busy detected(0x"),
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
	{ .text = NULL },
};

const struct words console_rom_words[] = {
	{ "ROM", EF_CONSOLE_ROM, NULL, rom },
	{ NULL, EF_CONSOLE_UNKNOWN, NULL, NULL },
};
