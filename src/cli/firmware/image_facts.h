/* SPDX-License-Identifier: MIT */
/* What image-info found out of one image, and how that is shown (image_facts.c). */
#ifndef EF_CLI_IMAGE_FACTS_H
#define EF_CLI_IMAGE_FACTS_H

#include <stdio.h>

#include "cli/ui/json_out.h"
#include <espflash/image.h>

struct image_facts {
	struct ef_image_info image;
	const struct ef_chip *chip; /* NULL: no chip has this id */
	struct ef_app_desc app;
	struct ef_bootloader_desc bootloader;
	struct ef_image_signature signature;
	bool has_app, has_bootloader, has_signature;
	bool is_cut;   /* the end is missing: header and whole segments only */
	size_t behind; /* bytes of data after the image, without the signature */
};

/* INPUT when it can't be walked; wrong sums are facts: ef_image_verify tells. */
bool image_facts_read(const uint8_t *data, size_t len, struct image_facts *ret,
		      struct ef_err *err) EF_MUST_CHECK;
/* What can be told of an image that can't be walked to its end. */
bool image_facts_read_start(const uint8_t *data, size_t len, struct image_facts *ret) EF_MUST_CHECK;
/* "app", "bootloader", "ram" */
const char *image_facts_kind(const struct image_facts *f);
void image_facts_print(FILE *out, const struct image_facts *f);
/* Members of the open object. */
void image_facts_json(struct json_out *j, const struct image_facts *f);

#endif
