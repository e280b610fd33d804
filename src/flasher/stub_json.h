/* SPDX-License-Identifier: MIT */
/*
 * Stub images: Espressif's JSON form (entry, text, text_start, data,
 * data_start, bss_start; the code as base64), and the collection of them that
 * was linked in.
 */
#ifndef EF_FLASHER_STUB_JSON_H
#define EF_FLASHER_STUB_JSON_H

#include "base/util.h"

/* No stub comes near these; RAM of the smallest chip is 272 KiB. */
#define EF_MAX_STUB_PART (64u * EF_KIB)

struct ef_stub {
	uint32_t entry;
	uint32_t text_start, data_start;
	uint32_t bss_start;  /* data_start where the image doesn't say */
	const uint8_t *text; /* never empty */
	const uint8_t *data; /* NULL and 0 when the stub has none */
	uint32_t text_len, data_len;
	struct ef_buf storage; /* what text and data point into */
};

#define EF_STUB_INIT                                                                               \
	{                                                                                          \
		0, 0, 0, 0, NULL, NULL, 0, 0, EF_BUF_INIT(2 * EF_MAX_STUB_PART)                    \
	}

/*
 * Parse an image into an EF_STUB_INIT record; release it in any case.
 * INPUT: not JSON, a field missing or not of its kind, too large, entry outside text.
 */
bool ef_stub_parse(const uint8_t *json, size_t len, struct ef_stub *ret,
		   struct ef_err *err) EF_MUST_CHECK;
/* May be called twice. */
void ef_stub_release(struct ef_stub *stub);

/* The JSON text of a linked-in image ("esp32c3", "esp32p4-rev1"), or NULL. */
const uint8_t *ef_stub_find(const char *name, size_t *ret_len);

/* ---- made by tools/gen-stubs in the build tree ---- */

struct ef_stub_image {
	const char *name;
	const uint8_t *json;
	size_t len;
};
extern const struct ef_stub_image ef_stub_images[]; /* ends with name NULL */
extern const char ef_stub_images_origin[];          /* "" when there are none */
extern const char ef_stub_images_licence[];

#endif
