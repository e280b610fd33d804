/* SPDX-License-Identifier: MIT */
/* The parts of a boot: the image, the partition table, the log. */
#ifndef EF_SIM_BOOT_PARTS_H
#define EF_SIM_BOOT_PARTS_H

#include <espflash/err.h>

#include "sim/board.h"

enum sim_image_fault {
	SIM_IMAGE_OK,
	SIM_IMAGE_MAGIC,
	SIM_IMAGE_SEGMENTS, /* more than 16 */
	SIM_IMAGE_LENGTH,   /* a segment exceeds its slot, or its length isn't a multiple of 4 */
	SIM_IMAGE_CHECKSUM,
	SIM_IMAGE_HASH,
};

struct sim_segment {
	uint32_t addr, len, off; /* off: offset of the data in flash */
};

/* An ESP image in flash. The fields up to the first fault are filled in. */
struct sim_image {
	enum sim_image_fault fault;
	uint32_t first_word, off, entry, end;
	uint8_t mode, size_code, freq_code, hash_flag;
	uint16_t chip_id, min_rev, max_rev;
	unsigned count;
	struct sim_segment seg[16];
	uint8_t sum, want_sum;
	uint8_t hash[32], want_hash[32];
};

void sim_image_check(const struct sim *sim, uint32_t off, uint32_t limit, struct sim_image *ret);

struct sim_part {
	uint8_t type, subtype;
	uint32_t off, size;
	char label[17];
};

struct sim_table {
	unsigned count;
	struct sim_part part[96];
};

/* ---- boot_log.c ---- */

/* The log of a boot. us is the time since reset; each line takes the UART's time. */
struct sim_log {
	struct sim *sim;
	uint64_t us;
};

void sim_log(struct sim_log *log, char level, const char *tag, const char *fmt, ...)
	EF_PRINTF(4, 5);
/* Print the lines of the text, one every 2 ms. */
void sim_boot_say(struct sim *sim, const char *text);
void sim_text(struct sim *sim, uint64_t at, const char *fmt, ...) EF_PRINTF(3, 4);
void sim_copy_text(char *dst, size_t cap, const uint8_t *src, size_t len);

/* Print and check the table; false after printing an error. */
bool sim_table_load(struct sim_log *log, uint32_t header_size, struct sim_table *ret);
/* Check the application in a partition, and print what is wrong with it. */
bool sim_app_check(struct sim_log *log, const struct sim_part *part, struct sim_image *ret);
/* Find the application to start by otadata; false if no partition has one. May write otadata. */
bool sim_slot_choose(struct sim_log *log, const struct sim_table *table, struct sim_image *ret);
/* Choose, check and "start" the application; false after printing errors. */
bool sim_app_boot(struct sim_log *log, const struct sim_table *table, uint32_t header_size);
/* Return whether this address is mapped from flash. */
bool sim_is_mapped(const struct sim_chip *chip, uint32_t addr);
/* Start firmware that has no partition table; false if the ROM loaded something else. */
bool sim_bare_boot(struct sim_log *log, const struct sim_image *img);
/*
 * Check the image at the chip's boot address as the ROM does, and print; false if it can't start.
 */
bool sim_boot_rom_image(struct sim *sim, uint64_t at, struct sim_image *ret);
/* Print the ROM's greeting, the cause of the reset and the straps. */
void sim_boot_rom_text(struct sim *sim, enum sim_cause cause, bool is_download);

/* ---- boot.c ---- */
void sim_boot(struct sim *sim);
void sim_boot_tick(struct sim *sim);
void sim_boot_run(struct sim *sim, uint64_t at);

#endif
