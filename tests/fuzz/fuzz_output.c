/* SPDX-License-Identifier: MIT */
/*
 * Regions of any places and lengths as raw, Intel HEX and UF2: a file is read back as the same
 * bytes at the same places, with any options.
 */
#include <stdlib.h>
#include <string.h>

#include <espflash/chip.h>
#include <espflash/input.h>
#include <espflash/output.h>

#define REGIONS 6
#define SPACE   0x8000u /* content of all regions together */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool is_true)
{
	if (!is_true)
		abort();
}

/* Each region takes four bytes: a gap and a length. Its content begins like no known form. */
static size_t make_regions(const uint8_t *data, size_t size, struct ef_region *ret, uint8_t *space)
{
	uint32_t at = 0, used = 0;
	size_t count = 0;

	for (size_t i = 0; i + 4 <= size && count < REGIONS; i += 4, count++) {
		uint32_t len = 1 + data[i + 2] + 256u * (data[i + 3] & 0xf);

		at += data[i] + 256u * (uint32_t)(data[i + 1] << (data[i + 3] >> 7 ? 4 : 0));
		if (used + len > SPACE)
			break;
		for (uint32_t k = 0; k < len; k++)
			space[used + k] = (uint8_t)(k ? data[(i + k) % size] : 0);
		ret[count] = (struct ef_region){ at, space + used, len, "part" };
		used += len;
		at += len;
	}
	return count;
}

static uint8_t byte_at(const struct ef_input *in, uint32_t addr)
{
	for (size_t i = 0; i < in->part_count; i++)
		if (addr >= in->parts[i].addr && addr - in->parts[i].addr < in->parts[i].len)
			return in->parts[i].data[addr - in->parts[i].addr];
	abort();
}

static void read_back(const uint8_t *file, size_t len, const struct ef_region *r, size_t count)
{
	const struct ef_input_opts opts = { .fills_gaps = false };
	struct ef_err err = EF_ERR_INIT;
	struct ef_input in;

	check(ef_input_open("file", file, len, NULL, &opts, &in, &err));
	for (size_t i = 0; i < count; i++)
		for (uint32_t k = 0; k < r[i].len; k++)
			check(byte_at(&in, r[i].addr + k) == r[i].data[k]);
	ef_input_release(&in);
}

static void write_raw(const struct ef_region *r, size_t count, uint32_t start)
{
	struct ef_err err = EF_ERR_INIT;
	uint8_t *file;
	size_t len;

	if (!ef_output_raw(r, count, start, 0, &file, &len, &err)) {
		check(err.code == EF_E_INPUT && start > r[0].addr);
		return;
	}
	check(len == r[count - 1].addr + r[count - 1].len - start);
	for (size_t i = 0; i < count; i++)
		check(memcmp(file + (r[i].addr - start), r[i].data, r[i].len) == 0);
	free(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ef_uf2_opts uf2 = { .family = 0x1c5f21b0 }; /* ESP32 */
	struct ef_region regions[REGIONS];
	struct ef_err err = EF_ERR_INIT;
	uint8_t *space, *file;
	size_t count, len;

	if (size < 6)
		return 0;
	space = malloc(SPACE);
	check(space != NULL);
	count = make_regions(data + 2, size - 2, regions, space);
	uf2.chunk = data[0] * 4u;
	uf2.no_md5 = data[1] & 1;
	write_raw(regions, count, data[1] * 16u);
	check(ef_output_ihex(regions, count, &file, &len, &err));
	read_back(file, len, regions, count);
	free(file);
	if (ef_output_uf2(regions, count, &uf2, &file, &len, &err)) {
		read_back(file, len, regions, count);
		free(file);
	} else {
		check(err.code == EF_E_USAGE && uf2.chunk > EF_UF2_CHUNK_MAX_MD5);
	}
	free(space);
	return 0;
}
