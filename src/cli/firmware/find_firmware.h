/* SPDX-License-Identifier: MIT */
/* Where bootloaders and partition tables lie on people's machines. */
#ifndef EF_CLI_FIND_FIRMWARE_H
#define EF_CLI_FIND_FIRMWARE_H

#include <espflash/chip.h>

#define FIND_PATH_SIZE 1024

enum find_kind { FIND_BOOTLOADER, FIND_TABLE };

struct find_query {
	enum find_kind kind;
	const char *elf_path;
	const struct ef_chip *chip; /* NULL: unknown, so no collection is searched */
	uint16_t revision;          /* major * 100 + minor; 0 when unknown */
	uint32_t xtal_mhz;          /* 0 when unknown */
	/* Folders; NULL where the environment has none. */
	const char *home, *xdg_data_home, *xdg_data_dirs, *cargo_home;
};

struct find_result {
	char path[FIND_PATH_SIZE];
	const char *origin; /* "the project's ESP-IDF build": static text */
};

/* The folders from the environment. */
void find_query_env(struct find_query *query);

/*
 * The next file that exists, in order of preference. *at is 0 before the
 * first call and the function's own afterwards. false: no more.
 */
bool find_firmware(const struct find_query *query, unsigned *at, struct find_result *ret);

#endif
