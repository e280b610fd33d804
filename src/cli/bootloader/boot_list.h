/* SPDX-License-Identifier: MIT */
/* Bootloaders that were found, and reading them from files of any form. */
#ifndef EF_CLI_BOOT_LIST_H
#define EF_CLI_BOOT_LIST_H

#include "cli/bootloader/find_firmware.h"
#include "base/util.h"
#include <espflash/boot.h>

#define BOOTS_MAX        1024
#define BOOT_INSIDE_SIZE 512

/* What a bootloader was made for, as Arduino names it: "bootloader_qio_80m.elf". */
struct boot_variant {
	int mode;          /* enum ef_flash_mode; -1: not named */
	uint16_t freq_mhz; /* 0: not named */
	bool is_octal;     /* "opi": for flash with eight data lines */
};

struct boot_found {
	char path[FIND_PATH_SIZE];
	char inside[BOOT_INSIDE_SIZE]; /* the entry of an archive; "": the file itself */
	const char *place;             /* "an espflash crate"; static text */
	bool is_offset;                /* boot.off is its offset in the file */
	bool is_built;                 /* made from an ELF */
	uint8_t *content;              /* owned; boot.len bytes */
	struct ef_boot boot;           /* its data is content */
	struct boot_variant variant;
	bool has_config;            /* the configuration that it was built with is known */
	struct ef_sdkconfig config; /* if so */
};

struct boot_list {
	struct boot_found *item; /* owned */
	size_t count;
	const struct ef_chip *only; /* skip the others; NULL: all */
	const char *place;          /* for the items that are added */
	size_t max_unpacked;        /* bytes that an archive may unpack to */
	const char *sudo_uid;       /* see ef_file_trust */
	bool is_full;               /* there were more than BOOTS_MAX */
	/* Why the last thing with the form of a bootloader doesn't count; "": nothing. */
	char why[EF_ERR_MSG_SIZE];
};

#define BOOT_LIST_INIT                                                                             \
	{                                                                                          \
		.item = NULL, .place = "", .max_unpacked = EF_MAX_IMAGE                            \
	}

void boot_list_release(struct boot_list *l);

/*
 * Add the bootloaders in a file: an image, a merged image, an ELF, an archive, a program.
 * path may be "-". It is not an error if there are none. Errors: INPUT, IO.
 */
bool boot_read_file(struct boot_list *l, const char *path, struct ef_err *err) EF_MUST_CHECK;

/* ---- for the files that read (boot_read.c, boot_unpack.c) ---- */

struct boot_file {
	const char *path;   /* on disk */
	const char *inside; /* in an archive; "" */
	const uint8_t *data;
	size_t len;
	unsigned depth; /* archives around it */
};

/* Add what a file contains. Errors: INPUT (damaged), IO. */
bool boot_read_content(struct boot_list *l, const struct boot_file *f, struct ef_err *err);
/* Do the same for an archive; *ret_is: whether it is one. */
bool boot_unpack(struct boot_list *l, const struct boot_file *f, bool *ret_is, struct ef_err *err);

/* ---- what names say (boot_names.c) ---- */

struct boot_variant boot_variant_of(const char *name);
/* Return the chip whose name one of the path's folders or the file begins with; NULL. */
const struct ef_chip *boot_chip_of(const char *path);
/* Return the crystal in espflash's names "esp32_26-bootloader.bin", "esp32-bootloader.bin"; 0. */
uint8_t boot_crystal_of(const char *name, const struct ef_chip *chip);
/* Return the lowest revision in espflash's names "esp32p4-v3-bootloader.bin"; 0. */
uint16_t boot_revision_of(const char *name, const struct ef_chip *chip);
/*
 * Return whether the file has espflash's name for this chip, which marks a file that the user put
 * there by hand.
 */
bool boot_name_is_plain(const char *name, const struct ef_chip *chip);
/* Return whether a file of this name can be or contain a bootloader: for folders and archives. */
bool boot_name_fits(const char *name);
/* Read the configuration that lies beside a build; sudo_uid: see ef_file_trust. */
bool boot_config_of(const char *path, const char *sudo_uid, struct ef_sdkconfig *ret);

#endif
