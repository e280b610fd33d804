/* SPDX-License-Identifier: MIT */
/*
 * Reads an ESP image from the flash as a bootloader does, with checksum and digest. It
 * shares no code with src/image on purpose.
 */
#include "base/hash.h"
#include "sim/boot_parts.h"

/* Header: esp_app_format.h, esp_image_header_t; 24 bytes with the extended part. */
static void read_header(const uint8_t *h, struct sim_image *img)
{
	img->count = h[1];
	img->mode = h[2];
	img->size_code = h[3] >> 4;
	img->freq_code = h[3] & 15;
	img->entry = ef_le32(h + 4);
	img->chip_id = ef_le16(h + 12);
	img->min_rev = ef_le16(h + 15);
	img->max_rev = ef_le16(h + 17);
	img->hash_flag = h[23];
}

static enum sim_image_fault read_segments(const struct sim *sim, uint32_t end,
					  struct sim_image *img, uint32_t *ret_pos)
{
	uint32_t pos = img->off + 24;

	img->sum = 0xef;
	for (unsigned i = 0; i < img->count; i++) {
		struct sim_segment *seg = &img->seg[i];

		if (end - pos < 8)
			return SIM_IMAGE_LENGTH;
		seg->addr = ef_le32(sim->flash.data + pos);
		seg->len = ef_le32(sim->flash.data + pos + 4);
		seg->off = pos + 8;
		if (seg->len % 4 || seg->len > 16u << 20 || seg->len > end - pos - 8)
			return SIM_IMAGE_LENGTH;
		for (uint32_t k = 0; k < seg->len; k++)
			img->sum ^= sim->flash.data[seg->off + k];
		pos = seg->off + seg->len;
	}
	*ret_pos = pos;
	return SIM_IMAGE_OK;
}

/* The checksum is the last byte of a group of 16. A digest of everything before follows. */
static enum sim_image_fault read_tail(const struct sim *sim, uint32_t end, uint32_t pos,
				      struct sim_image *img)
{
	uint32_t sum_at = img->off + ((pos - img->off) | 15);

	if (sum_at >= end)
		return SIM_IMAGE_LENGTH;
	img->end = sum_at + 1;
	img->want_sum = sim->flash.data[sum_at];
	if (img->sum != img->want_sum)
		return SIM_IMAGE_CHECKSUM;
	if (img->hash_flag != 1)
		return SIM_IMAGE_OK;
	if (end - img->end < 32)
		return SIM_IMAGE_LENGTH;
	ef_sha256(sim->flash.data + img->off, img->end - img->off, img->hash);
	memcpy(img->want_hash, sim->flash.data + img->end, 32);
	img->end += 32;
	return memcmp(img->hash, img->want_hash, 32) ? SIM_IMAGE_HASH : SIM_IMAGE_OK;
}

void sim_image_check(const struct sim *sim, uint32_t off, uint32_t limit, struct sim_image *ret)
{
	uint32_t end, pos = 0;

	memset(ret, 0, sizeof(*ret));
	ret->off = off;
	ret->first_word = UINT32_MAX;
	ret->fault = SIM_IMAGE_MAGIC;
	if (!sim->flash.data || !ef_range_ok(off, 24, sim->flash.size))
		return;
	ret->first_word = ef_le32(sim->flash.data + off);
	if (sim->flash.data[off] != 0xe9)
		return;
	end = limit < sim->flash.size - off ? off + limit : sim->flash.size;
	read_header(sim->flash.data + off, ret);
	ret->fault = SIM_IMAGE_SEGMENTS;
	if (ret->count > EF_ARRAY_LEN(ret->seg))
		return;
	ret->fault = read_segments(sim, end, ret, &pos);
	if (ret->fault == SIM_IMAGE_OK)
		ret->fault = read_tail(sim, end, pos, ret);
}
