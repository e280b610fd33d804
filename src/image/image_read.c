/* SPDX-License-Identifier: MIT */
/*
 * Parses a finished image: header, segments, length, checksum and digest. ESP-IDF's
 * esp_app_format.h defines the format; the limits are those of its bootloader
 * (esp_image_format.c).
 */
#include "base/hash.h"
#include "image/image_priv.h"

static bool read_header(struct ef_rd *r, struct ef_image_info *info, struct ef_err *err)
{
	uint8_t magic = ef_rd_u8(r), size_freq, digest;

	if (r->bad)
		return ef_fail(err, EF_E_INPUT, "not an image: it is empty");
	if (magic != EF_IMAGE_MAGIC) {
		ef_fail(err, EF_E_INPUT, "not an image: it begins with 0x%02x, not with 0x%02x",
			magic, EF_IMAGE_MAGIC);
		if (magic == 0x7f)
			ef_hint_set(err, EF_HINT_ELF_NOT_IMAGE);
		return false;
	}
	info->segment_count = ef_rd_u8(r);
	info->mode = ef_rd_u8(r);
	size_freq = ef_rd_u8(r);
	info->size_code = size_freq >> 4;
	info->freq_code = size_freq & 0xf;
	info->entry = ef_rd_le32(r);
	info->wp_pin = ef_rd_u8(r);
	for (size_t i = 0; i < sizeof(info->drive); i++)
		info->drive[i] = ef_rd_u8(r);
	info->chip_id = ef_rd_le16(r);
	info->min_rev_legacy = ef_rd_u8(r);
	info->min_rev = ef_rd_le16(r);
	info->max_rev = ef_rd_le16(r);
	for (size_t i = 0; i < sizeof(info->reserved); i++)
		info->reserved[i] = ef_rd_u8(r);
	digest = ef_rd_u8(r);
	if (r->bad)
		return ef_fail(err, EF_E_INPUT, "truncated image: the header is incomplete");
	if (info->segment_count == 0 || info->segment_count > EF_IMAGE_SEGMENTS_MAX)
		return ef_fail(err, EF_E_INPUT, "damaged image: %u segments (1 to %d are possible)",
			       info->segment_count, EF_IMAGE_SEGMENTS_MAX);
	if (digest > 1)
		return ef_fail(err, EF_E_INPUT, "damaged image: digest flag 0x%02x (0 or 1)",
			       digest);
	info->has_digest = digest == 1;
	return true;
}

static bool read_segment(struct ef_rd *r, unsigned index, size_t image_len, struct ef_segment *ret,
			 uint8_t *sum, struct ef_err *err)
{
	const uint8_t *data;

	ret->addr = ef_rd_le32(r);
	ret->len = ef_rd_le32(r);
	if (!r->bad && (ret->len % 4 != 0 || ret->len >= EF_SEGMENT_LEN_LIMIT))
		return ef_fail(err, EF_E_INPUT, "damaged image: segment %u has %u bytes", index,
			       ret->len);
	ret->off = (uint32_t)(image_len - r->left);
	data = ef_rd_bytes(r, ret->len);
	if (data == NULL)
		return ef_fail(err, EF_E_INPUT,
			       "truncated image: segment %u goes beyond its %zu bytes", index,
			       image_len);
	*sum = ef_image_checksum(data, ret->len, *sum);
	return true;
}

/* The checksum is the last byte of a 16-byte group, the digest follows it. */
static bool read_trailer(const uint8_t *data, size_t len, size_t end, struct ef_image_info *info,
			 struct ef_err *err)
{
	size_t total = (end / 16 + 1) * 16;
	uint8_t digest[EF_SHA256_LEN];

	info->digest_off = (uint32_t)total;
	if (info->has_digest)
		total += EF_SHA256_LEN;
	if (total > len)
		return ef_fail(err, EF_E_INPUT,
			       "truncated image: checksum%s would end at %zu of %zu bytes",
			       info->has_digest ? " and digest" : "", total, len);
	info->len = (uint32_t)total;
	info->checksum_stored = data[info->digest_off - 1];
	info->is_digest_valid = true;
	if (info->has_digest) {
		ef_sha256(data, info->digest_off, digest);
		info->is_digest_valid = memcmp(digest, data + info->digest_off, sizeof(digest)) ==
					0;
	}
	return true;
}

bool ef_image_parse(const uint8_t *data, size_t len, struct ef_image_info *ret, struct ef_err *err)
{
	/* Data past the limit is ignored, so offsets fit 32 bits. */
	size_t limit = len < EF_MAX_IMAGE ? len : EF_MAX_IMAGE;
	struct ef_rd r = ef_rd_init(data, limit);
	struct ef_image_info info = { .checksum_computed = EF_CHECKSUM_SEED };

	if (!read_header(&r, &info, err))
		return false;
	for (unsigned i = 0; i < info.segment_count; i++)
		if (!read_segment(&r, i, limit, &info.segment[i], &info.checksum_computed, err))
			return false;
	if (!read_trailer(data, limit, limit - r.left, &info, err))
		return false;
	*ret = info;
	return true;
}

uint64_t ef_image_need(const uint8_t *data, size_t len)
{
	uint64_t need = EF_IMAGE_HEADER_LEN;

	if (len > 0 && data[0] != EF_IMAGE_MAGIC)
		return 0;
	if (len < need)
		return need;
	for (unsigned i = 0; i < data[EF_HDR_COUNT]; i++) {
		if (need + EF_SEGMENT_HEADER_LEN > len)
			return need + EF_SEGMENT_HEADER_LEN;
		need += EF_SEGMENT_HEADER_LEN + (uint64_t)ef_le32(data + need + 4);
	}
	return (need / 16 + 1) * 16 + (data[EF_HDR_DIGEST] ? EF_SHA256_LEN : 0);
}

bool ef_image_parse_start(const uint8_t *data, size_t len, struct ef_image_info *ret)
{
	size_t limit = len < EF_MAX_IMAGE ? len : EF_MAX_IMAGE;
	struct ef_rd r = ef_rd_init(data, limit);
	struct ef_image_info info = { .checksum_computed = 0 };
	struct ef_err ignored = EF_ERR_INIT;
	unsigned whole = 0;
	uint8_t sum = 0;

	if (!read_header(&r, &info, &ignored))
		return false;
	while (whole < info.segment_count &&
	       read_segment(&r, whole, limit, &info.segment[whole], &sum, &ignored))
		whole++;
	info.segment_count = (uint8_t)whole;
	*ret = info;
	return true;
}

bool ef_image_boots(const struct ef_image_info *info, struct ef_err *err)
{
	if (info->checksum_stored == info->checksum_computed)
		return true;
	return ef_fail(err, EF_E_INPUT, "damaged image: checksum is 0x%02x and should be 0x%02x",
		       info->checksum_stored, info->checksum_computed);
}

bool ef_image_verify(const struct ef_image_info *info, struct ef_err *err)
{
	if (!ef_image_boots(info, err))
		return false;
	if (!info->is_digest_valid)
		return ef_fail(err, EF_E_INPUT, "damaged image: the SHA-256 digest is wrong");
	return true;
}
