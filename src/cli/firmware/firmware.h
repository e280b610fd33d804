/* SPDX-License-Identifier: MIT */
/*
 * A firmware on its way from an ELF and some options to the pieces of flash:
 * what flash and save-image share. It can be made several times, each time
 * with more known of the chip; nothing here touches a device.
 */
#ifndef EF_CLI_FIRMWARE_H
#define EF_CLI_FIRMWARE_H

#include "cli/cli.h"
#include "cli/firmware/find_firmware.h"
#include "cli/ui/json_out.h"
#include "base/util.h"
#include <espflash/image.h>
#include <espflash/partition.h>
#include <espflash/symbols.h>

/* What is known when it is made. */
struct firmware_target {
	const struct ef_chip *chip;
	uint16_t revision;     /* 0 unknown */
	uint32_t xtal_mhz;     /* 0: the chip's default */
	uint32_t flash_size;   /* 0 unknown: nothing is refused for its size */
	bool wants_bootloader; /* look for one; --bootloader is always used */
	bool is_final;         /* say what is used, and why something isn't */
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

	/* made */
	struct find_result bootloader_from, table_from; /* path "": none */
	struct ef_buf bootloader;                       /* patched */
	struct ef_image_info bootloader_info;
	bool has_bootloader;
	struct ef_partition_table table;
	uint32_t table_offset;
	uint8_t *app;
	size_t app_len;
	struct ef_image_opts app_opts; /* what app was built with... */
	uint8_t app_inherited[24];     /* ... and the header that it inherited from */
	struct ef_firmware layout;
};

struct firmware *firmware_new(struct cli *cli, const struct flash_config_args *config,
			      const struct image_args *image, const struct idf_args *idf,
			      struct ef_err *err) EF_MUST_CHECK;
void firmware_free(struct firmware *fw); /* accepts NULL */

/*
 * Parse the ELF: content, which must outlive fw, or if that is NULL the file.
 * needs_desc: check its app descriptor, unless the user said not to. INPUT, IO.
 */
bool firmware_open_elf(struct firmware *fw, const char *path, bool needs_desc,
		       const struct ef_symbols_elf *content, struct ef_err *err) EF_MUST_CHECK;

/* The chip that the file of --bootloader is for; NULL without one. INPUT: it is no image. */
bool firmware_bootloader_chip(const struct firmware *fw, const struct ef_chip **ret,
			      struct ef_err *err) EF_MUST_CHECK;
/* Find, read and check the partition table; chip may be NULL. */
bool firmware_load_table(struct firmware *fw, const struct firmware_target *target,
			 struct ef_err *err) EF_MUST_CHECK;
/* Find, read, check and patch a bootloader. has_bootloader tells whether there is one. */
bool firmware_load_bootloader(struct firmware *fw, const struct firmware_target *target,
			      struct ef_err *err) EF_MUST_CHECK;
/* Build the app with what was loaded, and lay everything out. */
bool firmware_build(struct firmware *fw, const struct firmware_target *target,
		    struct ef_err *err) EF_MUST_CHECK;
/* Use this image's header (of a bootloader that is on the chip); written it is not. */
void firmware_inherit(struct firmware *fw, const struct ef_image_info *info);

/* app, bootloader and partition_table, into the open object. */
void firmware_json(const struct firmware *fw, struct json_out *j);
/* "App/part. size:    72,624/4,128,768 bytes, 1.76%" */
void firmware_print_size(const struct firmware *fw, FILE *out);

/* --erase-parts and --erase-data-parts as marks on the table's rows. INPUT for an unknown label. */
bool firmware_mark_erase(const struct firmware *fw, const struct opt_list *labels,
			 const struct opt_list *types, bool ret[EF_PARTITIONS_MAX],
			 struct ef_err *err) EF_MUST_CHECK;

#endif
