/* SPDX-License-Identifier: MIT */
/*
 * Reads the app descriptor: 256 bytes with an ESP-IDF application's name, version and build time
 * (esp_app_desc_t in ESP-IDF's esp_app_desc.h).
 */
#include "image/image_priv.h"

/*
 * Read a fixed-width text field, which need not end with a NUL. dst holds field_len + 1 bytes, all
 * of them 0.
 */
static void read_text(struct ef_rd *r, char *dst, size_t field_len)
{
	const uint8_t *p = ef_rd_bytes(r, field_len);

	if (p == NULL)
		return;
	memcpy(dst, p, field_len);
	ef_clean_text(dst);
}

bool ef_app_desc_parse(const uint8_t *data, size_t len, struct ef_app_desc *ret)
{
	struct ef_rd r = ef_rd_init(data, len);
	struct ef_app_desc d = { .secure_version = 0 };
	const uint8_t *digest;

	if (len < EF_APP_DESC_SIZE || ef_rd_le32(&r) != EF_APP_DESC_MAGIC)
		return false;
	d.secure_version = ef_rd_le32(&r);
	ef_rd_skip(&r, 8);
	read_text(&r, d.version, sizeof(d.version) - 1);
	read_text(&r, d.project, sizeof(d.project) - 1);
	read_text(&r, d.time, sizeof(d.time) - 1);
	read_text(&r, d.date, sizeof(d.date) - 1);
	read_text(&r, d.idf_version, sizeof(d.idf_version) - 1);
	digest = ef_rd_bytes(&r, sizeof(d.elf_sha256));
	d.min_efuse_blk_rev = ef_rd_le16(&r);
	d.max_efuse_blk_rev = ef_rd_le16(&r);
	d.mmu_page_log2 = ef_rd_u8(&r);
	if (r.bad || digest == NULL)
		return false;
	memcpy(d.elf_sha256, digest, sizeof(d.elf_sha256));
	*ret = d;
	return true;
}

bool ef_image_app_desc(const uint8_t *image, size_t len, struct ef_app_desc *ret)
{
	const size_t off = EF_IMAGE_HEADER_LEN + EF_SEGMENT_HEADER_LEN;

	if (len < off || image[0] != EF_IMAGE_MAGIC)
		return false;
	return ef_app_desc_parse(image + off, len - off, ret);
}
