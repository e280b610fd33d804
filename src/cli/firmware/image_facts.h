/* SPDX-License-Identifier: MIT */
/* The facts of one image, for image-info. */
#ifndef EF_CLI_IMAGE_FACTS_H
#define EF_CLI_IMAGE_FACTS_H

#include <stdio.h>

#include "cli/ui/json_out.h"
#include <espflash/image.h>

struct image_facts {
	struct ef_image_info image;
	const struct ef_chip *chip; /* NULL: the id is unknown */
	struct ef_app_desc app;
	struct ef_bootloader_desc bootloader;
	struct ef_image_signature signature;
	bool has_app, has_bootloader, has_signature;
	bool is_cut;   /* the image is truncated: only the header and whole segments are known */
	size_t behind; /* bytes of data after the image, without the signature */
};

/*
 * Read the facts. INPUT: the image can't be walked. A wrong checksum or digest is
 * a fact, not an error.
 */
bool image_facts_read(const uint8_t *data, size_t len, struct image_facts *ret,
		      struct ef_err *err) EF_MUST_CHECK;
/*
 * Read the known part of an image that can't be walked to its end. False: not even the header is
 * readable.
 */
bool image_facts_read_start(const uint8_t *data, size_t len, struct image_facts *ret) EF_MUST_CHECK;
/* "app", "bootloader", "ram" */
const char *image_facts_kind(const struct image_facts *f);
void image_facts_print(FILE *out, const struct image_facts *f);
/* Add the facts to the open object. */
void image_facts_json(struct json_out *j, const struct image_facts *f);

#endif
