/* SPDX-License-Identifier: MIT */
/* What other programs call our commands. */
#include "cli/table/options.h"

/* Commands of esptool, idf.py and mos, and other likely guesses. docs/coming-from.md has more. */
const struct opt_foreign opts_foreign[] = {
	{ "write-flash", "write-bin" },
	{ "flash-write", "write-bin" },
	{ "app-flash", "write-bin" },
	{ "flash-read", "read-flash" },
	{ "elf2image", "save-image" },
	{ "merge-bin", "save-image --merge" },
	{ "chip-id", "board-info" },
	{ "get-security-info", "board-info" },
	{ "info", "board-info" },
	{ "erase", "erase-flash" },
	{ "erase-otadata", "ota erase" },
	{ "read-otadata", "ota" },
	{ "switch-ota-partition", "ota switch" },
	{ "ports", "list-ports" },
	{ "console", "monitor" },
	{ "upload", "flash" },
	{ "version", "--version" },
	{ NULL, NULL },
};
