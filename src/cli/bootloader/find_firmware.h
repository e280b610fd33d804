/* SPDX-License-Identifier: MIT */
/* Searches the project's build for its bootloader and partition table. */
#ifndef EF_CLI_FIND_FIRMWARE_H
#define EF_CLI_FIND_FIRMWARE_H

#include <espflash/chip.h>

#define FIND_PATH_SIZE   1024
#define FIND_ORIGIN_SIZE 1300

enum find_kind { FIND_BOOTLOADER, FIND_TABLE };

struct find_query {
	enum find_kind kind;
	const char *elf_path;
	const struct ef_chip *chip; /* NULL: unknown */
	uint16_t revision;          /* major * 100 + minor; 0: unknown */
	uint32_t xtal_mhz;          /* 0: unknown */
	/* From the environment; NULL: not set. */
	const char *home, *xdg_data_home, *xdg_data_dirs, *cargo_home;
	const char *platformio_core, *arduino_data, *idf_path, *idf_tools_path, *rom_elf_dir, *path;
	const char *sudo_uid; /* see ef_file_trust */
};

struct find_result {
	char path[FIND_PATH_SIZE];
	char origin[FIND_ORIGIN_SIZE]; /* "the project's ESP-IDF build" */
	/*
	 * The first file in such a place that may not be used, and the reason; "": none.
	 */
	char refused[FIND_ORIGIN_SIZE];
};

/* Fill in the folders from the environment. */
void find_query_env(struct find_query *query);

/*
 * Find the next file that exists, in order of preference. Set *at to 0 before the
 * first call and leave it alone afterwards. False: there are no more.
 */
bool find_firmware(const struct find_query *query, unsigned *at, struct find_result *ret);

#endif
