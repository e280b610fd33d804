/* SPDX-License-Identifier: MIT */
/* The names that other programs have for our commands. */
#include "cli/table/options.h"

/*
 * Commands of idf.py and mos, and other likely guesses. docs/coming-from.md has more, and
 * esptool_words.c has esptool's.
 */
const struct opt_foreign opts_foreign[] = {
	{ "flash-write", "write-bin" }, { "app-flash", "write-bin" },
	{ "flash-read", "read-flash" }, { "info", "board-info" },
	{ "erase", "erase-flash" },     { "erase-otadata", "ota erase" },
	{ "read-otadata", "ota" },      { "switch-ota-partition", "ota switch" },
	{ "ports", "list-ports" },      { "console", "monitor" },
	{ "upload", "flash" },          { NULL, NULL },
};
