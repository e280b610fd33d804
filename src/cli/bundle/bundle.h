/* SPDX-License-Identifier: MIT */
/*
 * A firmware that is saved, not flashed: the parts of an ELF, of a thing, or of files with
 * their addresses, in one form. The flash settings are in the bootloader's header already.
 */
#ifndef EF_CLI_BUNDLE_H
#define EF_CLI_BUNDLE_H

#include "cli/cli.h"
#include "cli/firmware/firmware.h"
#include "cli/firmware/thing.h"
#include "base/util.h"
#include <espflash/input.h>
#include <espflash/output.h>

#define BUNDLE_FILES_MAX (OPT_LIST_MAX / 2 + 1)

/* Where the parts come from. */
enum bundle_kind { BUNDLE_ELF, BUNDLE_THING, BUNDLE_PAIRS };

struct bundle {
	struct cli *cli;
	const struct save_image_args *args;
	enum bundle_kind kind;
	const struct ef_chip *chip; /* NULL: unknown */
	struct ef_input in;         /* the parts of an ELF or of pairs */
	struct ef_input *parts;     /* the parts to save: in, or those of the thing */
	char version[33];           /* the app's; "": unknown */
	struct ef_buf boot;         /* the bootloader with patched settings */
	struct firmware *fw;        /* ELF only */
	/* ELF only: the flash size that the firmware is made for, in bytes */
	uint32_t flash_size;
	struct ef_input_part elf_parts[EF_ARRAY_LEN(((struct ef_firmware *)0)->region)];
	struct thing thing;
	struct ef_map files[BUNDLE_FILES_MAX]; /* pairs only */
	const char *paths[BUNDLE_FILES_MAX];
	size_t file_count;
};

/* Return whether the words are addresses with files. */
bool bundle_is_pairs(const struct save_image_args *args);
/* Read and check everything; release it even on failure. USAGE, INPUT, UNSUPP, IO. */
bool bundle_open(struct bundle *b, struct cli *cli, const struct save_image_args *args,
		 struct ef_err *err) EF_MUST_CHECK;
void bundle_release(struct bundle *b);

/* Return whether this path is one of the files that the bundle was read from. */
bool bundle_has_source(const struct bundle *b, const char *path);
/* Fail with USAGE unless the chip is known. */
bool bundle_needs_chip(const struct bundle *b, struct ef_err *err) EF_MUST_CHECK;
/* Fail unless every part has an address. INPUT. */
bool bundle_needs_places(const struct bundle *b, struct ef_err *err) EF_MUST_CHECK;

/* Return whether a file that is written has all parts; else it has only the app. */
bool bundle_is_merged(const struct bundle *b);
/*
 * Find the app among the parts, without padding: the one that the user chose, else the only one.
 * INPUT.
 */
bool bundle_find_app(const struct bundle *b, struct ef_input_part *ret,
		     struct ef_err *err) EF_MUST_CHECK;
/* Write one file (bundle_file.c); *ret_len is its size. USAGE, INPUT, IO. */
bool bundle_write_file(const struct bundle *b, const char *path, size_t *ret_len,
		       struct ef_err *err) EF_MUST_CHECK;

/* Write the parts and lists of them into a folder (bundle_dir.c). USAGE, INPUT, IO. */
bool bundle_write_dir(const struct bundle *b, const char *dir, bool with_openocd,
		      struct ef_err *err) EF_MUST_CHECK;

#endif
