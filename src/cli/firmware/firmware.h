/* SPDX-License-Identifier: MIT */
/*
 * Makes a firmware, which is regions of flash, from an ELF and options, for flash and save-image.
 * It can be built several times as more becomes known about the chip. Nothing here touches a
 * device.
 */
#ifndef EF_CLI_FIRMWARE_H
#define EF_CLI_FIRMWARE_H

#include "cli/cli.h"
#include "cli/bootloader/find_firmware.h"
#include "cli/ui/json_out.h"
#include "base/util.h"
#include <espflash/flasher.h>
#include <espflash/image.h>
#include <espflash/partition.h>
#include <espflash/symbols.h>

/* The size of flash if neither the user nor the chip gives one, as in espflash. */
#define FIRMWARE_FLASH_SIZE (4u * EF_MIB)

/* The known facts about the target when the firmware is built. */
struct firmware_target {
	const struct ef_chip *chip;
	uint16_t revision;     /* 0: unknown */
	uint32_t xtal_mhz;     /* 0: the chip's default */
	uint32_t flash_size;   /* 0: unknown, so no size is checked */
	bool keeps_size;       /* leave the size in the bootloader's header as it is */
	bool wants_bootloader; /* search for one; --bootloader is used in any case */
	bool takes_any;        /* also use those of other tools, because the chip has none */
	bool is_final;         /* log which files are used, and why others are not */
};

struct firmware {
	struct cli *cli;
	const char *elf_path;
	const struct flash_config_args *config;
	const struct image_args *image;
	const struct idf_args *idf;

	struct ef_map elf_map;
	struct ef_elf elf;
	bool has_elf;

	/* results */
	struct find_result bootloader_from, table_from; /* path "": no file */
	struct ef_buf bootloader;                       /* patched */
	struct ef_image_info bootloader_info;
	bool has_bootloader;
	struct ef_partition_table table;
	uint32_t table_offset;
	uint8_t *app;
	size_t app_len;
	struct ef_image_opts app_opts; /* the options that app was built with... */
	uint8_t app_inherited[24];     /* ... and the bootloader's header at that time */
	struct ef_firmware layout;
};

struct firmware *firmware_new(struct cli *cli, const struct flash_config_args *config,
			      const struct image_args *image, const struct idf_args *idf,
			      struct ef_err *err) EF_MUST_CHECK;
void firmware_free(struct firmware *fw); /* accepts NULL */

/*
 * Parse the ELF: content, which must outlive fw, or if that is NULL the file, which the caller
 * may have opened into fw->elf_map already.
 * needs_desc: check its app descriptor, unless the user said not to. INPUT, IO.
 */
bool firmware_open_elf(struct firmware *fw, const char *path, bool needs_desc,
		       const struct ef_symbols_elf *content, struct ef_err *err) EF_MUST_CHECK;

/*
 * Get the chip of the --bootloader file; NULL: the option was not given. INPUT: the file is not an
 * image.
 */
bool firmware_bootloader_chip(const struct firmware *fw, const struct ef_chip **ret,
			      struct ef_err *err) EF_MUST_CHECK;
/* Find, read and check the partition table; chip may be NULL. */
bool firmware_load_table(struct firmware *fw, const struct firmware_target *target,
			 struct ef_err *err) EF_MUST_CHECK;
/*
 * Find, read, check and patch a bootloader. It is not an error if there is none: see
 * has_bootloader.
 */
bool firmware_load_bootloader(struct firmware *fw, const struct firmware_target *target,
			      struct ef_err *err) EF_MUST_CHECK;
/*
 * Return the flash size in the header of the bootloader that would be written, which is also
 * logged; 0: unknown.
 */
uint32_t firmware_header_size(struct firmware *fw, const struct ef_chip *chip);
/* Build the app from what was loaded, and lay out all regions. */
bool firmware_build(struct firmware *fw, const struct firmware_target *target,
		    struct ef_err *err) EF_MUST_CHECK;
/* Lay out all regions with an app that is an image already, and that must outlive fw. */
bool firmware_lay_out(struct firmware *fw, const struct firmware_target *target, const uint8_t *app,
		      size_t app_len, struct ef_err *err) EF_MUST_CHECK;
/* Build apps for this bootloader, which is on the chip already and will not be written. */
void firmware_inherit(struct firmware *fw, const struct ef_image_info *info);
/*
 * Limit target->flash_size to the size in that bootloader's header. INPUT: a partition ends beyond
 * it.
 */
bool firmware_fit_inherited(struct firmware *fw, struct firmware_target *target,
			    struct ef_err *err) EF_MUST_CHECK;

/*
 * Describe the app that should start once this firmware is written. *ret borrows from *desc and fw.
 */
void firmware_expect(const struct firmware *fw, struct ef_app_desc *desc,
		     struct ef_start_expect *ret);
/* Add app, bootloader and partition_table to the open object. */
void firmware_json(const struct firmware *fw, struct json_out *j);
/* Print "App/part. size:    72,624/4,128,768 bytes, 1.76%". */
void firmware_print_size(const struct firmware *fw, FILE *out);

/*
 * Mark the table's rows that --erase-parts and --erase-data-parts name. INPUT: a
 * label is unknown.
 */
bool firmware_mark_erase(const struct firmware *fw, const struct opt_list *labels,
			 const struct opt_list *types, bool ret[EF_PARTITIONS_MAX],
			 struct ef_err *err) EF_MUST_CHECK;

#endif
