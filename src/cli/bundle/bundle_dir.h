/* SPDX-License-Identifier: MIT */
/* Shared by the files that write a bundle's folder: its parts with their names. */
#ifndef EF_CLI_BUNDLE_DIR_H
#define EF_CLI_BUNDLE_DIR_H

#include "cli/bundle/bundle.h"

#define BUNDLE_NAME_SIZE 48

/* A part in the folder. */
struct bundle_part {
	char key[BUNDLE_NAME_SIZE];  /* "bootloader": ESP-IDF's name, or the partition's */
	char file[BUNDLE_NAME_SIZE]; /* letters, digits, '.', '_' and '-' only */
	const struct ef_input_part *part;
};

/* Append the text of a list (bundle_lists.c). INPUT, IO. */
bool bundle_flasher_args(const struct bundle *b, const struct bundle_part *parts,
			 struct ef_buf *ret, struct ef_err *err) EF_MUST_CHECK;
bool bundle_flash_args(const struct bundle *b, const struct bundle_part *parts, struct ef_buf *ret,
		       struct ef_err *err) EF_MUST_CHECK;
bool bundle_web_manifest(const struct bundle *b, const struct bundle_part *parts,
			 struct ef_buf *ret, struct ef_err *err) EF_MUST_CHECK;
/* Append the script for OpenOCD (bundle_openocd.c). */
bool bundle_openocd(const struct bundle *b, const struct bundle_part *parts, struct ef_buf *ret,
		    struct ef_err *err) EF_MUST_CHECK;

#endif
