/* SPDX-License-Identifier: MIT */
/*
 * Stub images: a parser for Espressif's JSON format, and access to the images that
 * are linked into the library.
 */
#ifndef EF_FLASHER_STUB_JSON_H
#define EF_FLASHER_STUB_JSON_H

#include "base/util.h"

/* Far above the size of any stub; the smallest chip has 272 KiB of RAM. */
#define EF_MAX_STUB_PART (64u * EF_KIB)

struct ef_stub {
	uint32_t entry;
	uint32_t text_start, data_start;
	uint32_t bss_start;  /* equals data_start if the image has no bss_start */
	const uint8_t *text; /* never empty */
	const uint8_t *data; /* NULL, and data_len 0, if the stub has no data */
	uint32_t text_len, data_len;
	struct ef_buf storage; /* owns the bytes of text and data */
};

#define EF_STUB_INIT                                                                               \
	{                                                                                          \
		0, 0, 0, 0, NULL, NULL, 0, 0, EF_BUF_INIT(2 * EF_MAX_STUB_PART)                    \
	}

/*
 * Parse an image into *ret, which must be EF_STUB_INIT. Call ef_stub_release even if
 * this fails. INPUT: the image is not JSON or too large, a field is missing or has the
 * wrong type, or the entry lies outside text.
 */
bool ef_stub_parse(const uint8_t *json, size_t len, struct ef_stub *ret,
		   struct ef_err *err) EF_MUST_CHECK;
/* Calling it twice is allowed. */
void ef_stub_release(struct ef_stub *stub);

/*
 * Look up the JSON text of a linked-in image by name ("esp32c3", "esp32p4-rev1"). It is
 * static. NULL: the build has no such image.
 */
const uint8_t *ef_stub_find(const char *name, size_t *ret_len);

/* ---- tables that tools/gen-stubs generates in the build tree ---- */

struct ef_stub_image {
	const char *name;
	const uint8_t *json;
	size_t len;
};
extern const struct ef_stub_image ef_stub_images[]; /* ends with name NULL */
extern const char ef_stub_images_origin[];          /* "" when there are none */
extern const char ef_stub_images_licence[];

#endif
