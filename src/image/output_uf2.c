/* SPDX-License-Identifier: MIT */
/*
 * Writes UF2 (github.com/microsoft/uf2): blocks of 512 bytes. As esptool's merge-bin writes them:
 * each block has the family of the chip and, directly behind its data, address, length and MD5 of
 * the data; blocks are numbered within each region, not within the file.
 */
#include <stdlib.h>

#include "base/hash.h"
#include "base/uf2.h"
#include "image/image_priv.h"
#include "image/output_priv.h"

static uint32_t blocks_of(const struct ef_region *r, uint32_t chunk)
{
	return r->len / chunk + (r->len % chunk != 0);
}

static void put_md5(uint8_t *at, uint32_t addr, const uint8_t *data, uint32_t len)
{
	ef_put_le32(at, addr);
	ef_put_le32(at + 4, len);
	ef_md5(data, len, at + 8);
}

static void put_block(uint8_t *b, const struct ef_region *r, uint32_t number, uint32_t chunk,
		      const struct ef_uf2_opts *opts)
{
	uint32_t off = number * chunk, len = r->len - off < chunk ? r->len - off : chunk;

	ef_put_le32(b, UF2_MAGIC);
	ef_put_le32(b + 4, UF2_MAGIC_2);
	ef_put_le32(b + UF2_FLAGS, UF2_HAS_FAMILY | (opts->no_md5 ? 0 : UF2_HAS_MD5));
	ef_put_le32(b + UF2_ADDR, r->addr + off);
	ef_put_le32(b + UF2_LEN, len);
	ef_put_le32(b + UF2_NUMBER, number);
	ef_put_le32(b + UF2_COUNT, blocks_of(r, chunk));
	ef_put_le32(b + UF2_FAMILY, opts->family);
	memcpy(b + UF2_DATA, r->data + off, len);
	if (!opts->no_md5)
		put_md5(b + UF2_DATA + len, r->addr + off, r->data + off, len);
	ef_put_le32(b + UF2_END, UF2_MAGIC_END);
}

static bool check_chunk(uint32_t chunk, uint32_t max, struct ef_err *err)
{
	return (chunk % 4 == 0 && chunk <= max) ||
	       ef_fail(err, EF_E_USAGE,
		       "a UF2 block can have a multiple of 4 bytes up to %u, not %u", max, chunk);
}

bool ef_output_uf2(const struct ef_region *regions, size_t count, const struct ef_uf2_opts *opts,
		   uint8_t **ret, size_t *ret_len, struct ef_err *err)
{
	uint32_t max = opts->no_md5 ? EF_UF2_CHUNK_MAX : EF_UF2_CHUNK_MAX_MD5;
	uint32_t chunk = opts->chunk ? opts->chunk : max;
	uint64_t blocks = 0;
	uint8_t *file, *at;

	if (!check_chunk(chunk, max, err) || !output_check(regions, count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		blocks += blocks_of(&regions[i], chunk);
	if (blocks > SIZE_MAX / UF2_BLOCK || blocks * UF2_BLOCK > 4ull * EF_MAX_IMAGE)
		return ef_fail(err, EF_E_INPUT, "the UF2 file would have %llu blocks",
			       (unsigned long long)blocks);
	file = at = calloc(blocks ? (size_t)blocks : 1, UF2_BLOCK);
	if (!file)
		return ef_fail(err, EF_E_IO, "out of memory for %llu bytes",
			       (unsigned long long)blocks * UF2_BLOCK);
	for (size_t i = 0; i < count; i++)
		for (uint32_t n = 0; n < blocks_of(&regions[i], chunk); n++, at += UF2_BLOCK)
			put_block(at, &regions[i], n, chunk, opts);
	*ret = file;
	*ret_len = (size_t)blocks * UF2_BLOCK;
	return true;
}
