/* SPDX-License-Identifier: MIT */
/*
 * Reads the signature sector of secure boot V2. It follows an image at the next sector boundary and
 * has up to three blocks. Each block holds the digest of everything before the sector, and a CRC
 * (ets_secure_boot_sig_block_t in ESP-IDF's esp_rom/.../rom/secure_boot.h).
 */
#include "base/hash.h"
#include "image/image_priv.h"

#define MAGIC       0xe7u
#define BLOCKS_MAX  3u
#define BLOCK_LEN   1216u
#define DIGEST_OFF  4u
#define CRC_OFF     1196u /* the CRC covers the bytes before it */
#define VERSION_OFF 1u

static bool is_block(const uint8_t *block)
{
	return block[0] == MAGIC && ef_crc32(block, CRC_OFF) == ef_le32(block + CRC_OFF);
}

bool ef_image_signature(const uint8_t *image, size_t len, const struct ef_image_info *info,
			struct ef_image_signature *ret)
{
	struct ef_image_signature s = { .is_digest_valid = true };
	uint8_t digest[EF_SHA256_LEN];

	if (!ef_align_u32(info->len, EF_SECTOR, &s.off) ||
	    !ef_range_ok_size(s.off, BLOCK_LEN, len) || !is_block(image + s.off))
		return false;
	ef_sha256(image, s.off, digest);
	s.version = image[s.off + VERSION_OFF];
	for (; s.blocks < BLOCKS_MAX; s.blocks++) {
		size_t at = s.off + (size_t)s.blocks * BLOCK_LEN;

		if (!ef_range_ok_size(at, BLOCK_LEN, len) || !is_block(image + at))
			break;
		if (memcmp(image + at + DIGEST_OFF, digest, sizeof(digest)) != 0)
			s.is_digest_valid = false;
	}
	*ret = s;
	return true;
}
