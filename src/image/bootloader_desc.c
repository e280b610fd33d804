/* SPDX-License-Identifier: MIT */
/*
 * Reads the bootloader descriptor: 80 bytes at the start of the first segment
 * (esp_bootloader_desc_t in ESP-IDF's esp_bootloader_desc.h). Older bootloaders have code or data
 * there.
 */
#include "image/image_priv.h"

#define MAGIC    0x50u
#define RESERVED 2u

/* Read a text field. It must be printable, not empty, and padded with NULs. dst is all 0. */
static bool read_text(struct ef_rd *r, char *dst, size_t field_len)
{
	const uint8_t *p = ef_rd_bytes(r, field_len);
	size_t len = 0;

	if (p == NULL)
		return false;
	while (len < field_len && p[len] >= 0x20 && p[len] < 0x7f)
		len++;
	for (size_t i = len; i < field_len; i++)
		if (p[i] != 0)
			return false;
	memcpy(dst, p, len);
	return len > 0;
}

bool ef_bootloader_desc_parse(const uint8_t *data, size_t len, struct ef_bootloader_desc *ret)
{
	struct ef_rd r = ef_rd_init(data, len);
	struct ef_bootloader_desc d = { .version = 0 };

	if (len < EF_BOOTLOADER_DESC_SIZE || ef_rd_u8(&r) != MAGIC)
		return false;
	ef_rd_skip(&r, RESERVED);
	d.secure_version = ef_rd_u8(&r);
	d.version = ef_rd_le32(&r);
	if (!read_text(&r, d.idf_version, sizeof(d.idf_version) - 1) ||
	    !read_text(&r, d.date_time, sizeof(d.date_time) - 1))
		return false;
	*ret = d;
	return true;
}

bool ef_image_bootloader_desc(const uint8_t *image, size_t len, struct ef_bootloader_desc *ret)
{
	const size_t off = EF_IMAGE_HEADER_LEN + EF_SEGMENT_HEADER_LEN;
	uint32_t segment;

	if (len < off || image[0] != EF_IMAGE_MAGIC)
		return false;
	segment = ef_le32(image + off - 4);
	return ef_bootloader_desc_parse(image + off, len - off < segment ? len - off : segment,
					ret);
}
