/* SPDX-License-Identifier: MIT */
/*
 * Translates the words of esptool's command line, versions 4 and 5, into ours. Source: esptool
 * 4.8.1 and 5.3 `--help` of the program and of each command.
 */
#include "cli/table/esptool_words.h"

#include <stddef.h>

#define END                                                                                        \
	{                                                                                          \
		.name = NULL                                                                       \
	}
#define SPI_CONNECTION                                                                             \
	{                                                                                          \
		"spi-connection", "sc", NULL, ESPTOOL_AS_IS                                        \
	}
#define FLASH_TYPE                                                                                 \
	{                                                                                          \
		"flash-type", "ft", NULL, ESPTOOL_AS_IS                                            \
	}
#define FLASH_SETTINGS                                                                             \
	{ "flash-freq", "ff", "flash-freq", ESPTOOL_MHZ },                                         \
		{ "flash-mode", "fm", "flash-mode", ESPTOOL_WORD },                                \
	{                                                                                          \
		"flash-size", "fs", "flash-size", ESPTOOL_SIZE                                     \
	}

const struct esptool_option esptool_globals[] = {
	{ "chip", "c", "chip", ESPTOOL_CHIP },
	{ "port", "p", "port", ESPTOOL_AS_IS },
	{ "baud", "b", "baud", ESPTOOL_AS_IS },
	{ "before", NULL, "before", ESPTOOL_WORD },
	{ "after", "a", "after", ESPTOOL_AFTER },
	{ "no-stub", NULL, "no-stub", ESPTOOL_NONE },
	{ "connect-attempts", NULL, "connect-attempts", ESPTOOL_TRIES },
	{ "port-filter", NULL, "port", ESPTOOL_FILTER },
	/* esptool prints each byte; -vv prints each exchange */
	{ "trace", "t", "verbose", ESPTOOL_NONE },
	{ "verbose", "v", "verbose", ESPTOOL_NONE },
	{ "silent", "s", "quiet", ESPTOOL_NONE },
	{ "stub-version", NULL, NULL, ESPTOOL_AS_IS },
	{ "override-vddsdio", NULL, NULL, ESPTOOL_AS_IS },
	{ "help", "h", "help", ESPTOOL_NONE },
	{ "version", NULL, "version", ESPTOOL_NONE },
	END,
};

static const struct esptool_option write_flash[] = {
	FLASH_SETTINGS,
	{ "erase-all", "e", "erase-all", ESPTOOL_NONE },
	{ "force", NULL, "force", ESPTOOL_NONE },
	/* content is compressed wherever that saves time, and is always verified */
	{ "compress", "z", "", ESPTOOL_NONE },
	{ "no-compress", "u", "", ESPTOOL_NONE },
	{ "verify", NULL, "", ESPTOOL_NONE },
	{ "skip-flashed", "s", "", ESPTOOL_NONE },
	{ "no-progress", "p", "progress none", ESPTOOL_NONE },
	{ "no-diff-verify", NULL, NULL, ESPTOOL_NONE },
	{ "diff-with", NULL, NULL, ESPTOOL_MANY },
	{ "trust-flash-content", NULL, NULL, ESPTOOL_NONE },
	{ "encrypt", NULL, "encrypt", ESPTOOL_NONE },
	{ "encrypt-files", NULL, "encrypt-files", ESPTOOL_MANY },
	{ "ignore-flash-enc-efuse", NULL, NULL, ESPTOOL_NONE },
	{ "ignore-flash-encryption-efuse-setting", NULL, NULL, ESPTOOL_NONE },
	{ "nand-end-address", NULL, NULL, ESPTOOL_AS_IS },
	SPI_CONNECTION,
	FLASH_TYPE,
	END,
};
static const struct esptool_option read_flash[] = {
	{ "no-progress", "p", "progress none", ESPTOOL_NONE },
	{ "flash-size", "fs", "flash-size", ESPTOOL_SIZE },
	SPI_CONNECTION,
	FLASH_TYPE,
	END,
};
static const struct esptool_option verify_flash[] = {
	FLASH_SETTINGS,
	{ "diff", "d", "", ESPTOOL_YES_NO }, /* the first difference is always shown */
	SPI_CONNECTION,
	FLASH_TYPE,
	END,
};
static const struct esptool_option erase[] = {
	{ "force", NULL, "force", ESPTOOL_NONE },
	SPI_CONNECTION,
	FLASH_TYPE,
	END,
};
static const struct esptool_option flash_id[] = { SPI_CONNECTION, END };
static const struct esptool_option status[] = {
	{ "bytes", NULL, NULL, ESPTOOL_AS_IS },
	{ "non-volatile", NULL, NULL, ESPTOOL_NONE },
	SPI_CONNECTION,
	END,
};
static const struct esptool_option image_info[] = {
	/* selects what is printed; we always print everything */
	{ "version", NULL, "", ESPTOOL_AS_IS },
	END,
};
static const struct esptool_option elf2image[] = {
	FLASH_SETTINGS,
	{ "output", "o", "output", ESPTOOL_AS_IS },
	{ "min-rev-full", NULL, "min-chip-rev", ESPTOOL_REV },
	{ "flash-mmu-page-size", NULL, "mmu-page-size", ESPTOOL_AS_IS },
	{ "elf-sha256-offset", NULL, "", ESPTOOL_AS_IS }, /* the app descriptor gets the digest */
	{ "use-segments", NULL, NULL, ESPTOOL_NONE },
	{ "version", "e", NULL, ESPTOOL_AS_IS },
	{ "min-rev", "r", NULL, ESPTOOL_AS_IS },
	{ "max-rev-full", NULL, NULL, ESPTOOL_AS_IS },
	{ "secure-pad", NULL, NULL, ESPTOOL_NONE },
	{ "secure-pad-v2", NULL, NULL, ESPTOOL_NONE },
	{ "dont-append-digest", NULL, NULL, ESPTOOL_NONE },
	{ "pad-to-size", NULL, NULL, ESPTOOL_AS_IS },
	{ "ram-only-header", NULL, NULL, ESPTOOL_NONE },
	END,
};
static const struct esptool_option merge_bin[] = {
	FLASH_SETTINGS,
	{ "output", "o", "output", ESPTOOL_AS_IS },
	{ "format", "f", "format", ESPTOOL_WORD },
	{ "target-offset", "t", "target-offset", ESPTOOL_AS_IS },
	{ "pad-to-size", NULL, "pad-to-size", ESPTOOL_SIZE },
	{ "fill-flash-size", NULL, "pad-to-size", ESPTOOL_SIZE }, /* esptool 4 */
	{ "chunk-size", NULL, "chunk-size", ESPTOOL_AS_IS },
	{ "md5-disable", NULL, "md5-disable", ESPTOOL_NONE },
	END,
};

const struct esptool_command esptool_commands[] = {
	{ .name = "write-flash", .ours = "write-bin", .options = write_flash },
	{ .name = "read-flash", .ours = "read-flash", .options = read_flash, .size_at = 2 },
	{ .name = "verify-flash", .ours = "verify-flash", .options = verify_flash },
	{ .name = "erase-flash", .ours = "erase-flash", .options = erase },
	{ .name = "erase-region", .ours = "erase-region", .options = erase, .size_at = 2 },
	{ .name = "flash-id", .ours = "flash-id", .options = flash_id },
	{ .name = "read-mac", .ours = "read-mac" },
	{ .name = "chip-id", .ours = "board-info" },
	{ .name = "get-security-info", .ours = "board-info" },
	{ .name = "load-ram", .ours = "load-ram" },
	{ .name = "dump-mem", .ours = "dump-mem" },
	{ .name = "read-mem", .ours = "read-mem" },
	{ .name = "write-mem", .ours = "write-mem" },
	{ .name = "run", .ours = "run" },
	{ .name = "image-info", .ours = "image-info", .options = image_info },
	{ .name = "elf2image", .ours = "save-image", .options = elf2image, .names_output = true },
	{ .name = "merge-bin", .ours = "save-image", .options = merge_bin },
	{ .name = "version", .ours = "--version" },
	{ .name = "read-flash-status", .options = status, .near = "flash-id" },
	{ .name = "write-flash-status", .options = status, .near = "flash-id" },
	{ .name = "read-flash-sfdp", .options = write_flash, .near = "flash-id" },
	{ .name = "make-image", .near = "save-image --chip CHIP APP.elf APP.bin" },
	{ .name = NULL },
};
