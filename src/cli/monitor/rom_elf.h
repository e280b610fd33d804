/* SPDX-License-Identifier: MIT */
/* The ELF of the mask ROM that is in the chip, for the addresses of its functions. */
#ifndef EF_CLI_ROM_ELF_H
#define EF_CLI_ROM_ELF_H

#include "cli/bootloader/find_firmware.h"

#define ROM_WORD_SIZE 64

struct rom_elf {
	const struct ef_chip *chip; /* NULL: no ROM has introduced itself yet */
	char word[ROM_WORD_SIZE];   /* the word that identifies this ROM: "esp32c3-api1-20210207" */
	char path[FIND_PATH_SIZE];  /* "": none was found */
	const char *origin;         /* "ESP-IDF's tools" */
};

/* Return whether a line is a ROM's greeting; then set chip and word. */
bool rom_elf_greets(const char *line, struct rom_elf *ret);
/* Find the ELF that contains the word. It uses only files that belong to the user or to root. */
bool rom_elf_find(const struct find_query *q, struct rom_elf *rom);

#endif
