/* SPDX-License-Identifier: MIT */
/*
 * Regions of any places and lengths as raw, Intel HEX and UF2: a file is read back as the same
 * bytes at the same places, with any options. The length of the input says which forms of a file
 * are written: one, or both.
 */
#include <stdlib.h>
#include <string.h>

#include <espflash/chip.h>
#include <espflash/input.h>
#include <espflash/output.h>

#define REGIONS 6
#define SPACE   0x2000u /* content of all regions together */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool is_true)
{
	if (!is_true)
		abort();
}

/*
 * Each region takes four bytes: a gap and a length, both short unless the last byte says otherwise.
 * Its content begins like no known form.
 */
static size_t make_regions(const uint8_t *data, size_t size, struct ef_region *ret, uint8_t *space)
{
	uint32_t at = 0, used = 0;
	size_t count = 0;

	for (size_t i = 0; i + 4 <= size && count < REGIONS; i += 4, count++) {
		uint32_t far = data[i + 3] & 0x80 ? 0x100 : 1;
		uint32_t len = 1 + data[i + 2] % 64u * (data[i + 3] % 64u == 15 ? 16u : 1u);

		at += data[i] + far * data[i + 1];
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

/* Whether the parts have the region's bytes; more than one part may have them. */
static bool has(const struct ef_input *in, const struct ef_region *r)
{
	uint32_t at = 0;

	for (size_t i = 0; i < in->part_count && at < r->len; i++) {
		const struct ef_input_part *p = &in->parts[i];
		uint32_t skip = r->addr + at - p->addr, n;

		if (r->addr + at < p->addr || skip >= p->len)
			continue;
		n = p->len - skip < r->len - at ? p->len - skip : r->len - at;
		if (memcmp(p->data + skip, r->data + at, n) != 0)
			return false;
		at += n;
	}
	return at == r->len;
}

static void read_back(const uint8_t *file, size_t len, const struct ef_region *r, size_t count)
{
	const struct ef_input_opts opts = { .fills_gaps = false };
	struct ef_err err = EF_ERR_INIT;
	struct ef_input in;

	check(ef_input_open("file", file, len, NULL, &opts, &in, &err));
	for (size_t i = 0; i < count; i++)
		check(has(&in, &r[i]));
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

static void write_ihex(const struct ef_region *r, size_t count)
{
	struct ef_err err = EF_ERR_INIT;
	uint8_t *file;
	size_t len;

	check(ef_output_ihex(r, count, &file, &len, &err));
	read_back(file, len, r, count);
	free(file);
}

static void write_uf2(const struct ef_region *r, size_t count, const uint8_t head[2])
{
	const struct ef_uf2_opts uf2 = { .family = 0x1c5f21b0, /* ESP32 */
					 .chunk = head[0] * 4u,
					 .no_md5 = head[1] & 1 };
	struct ef_err err = EF_ERR_INIT;
	uint8_t *file;
	size_t len;

	if (!ef_output_uf2(r, count, &uf2, &file, &len, &err)) {
		check(err.code == EF_E_USAGE && uf2.chunk > EF_UF2_CHUNK_MAX_MD5);
		return;
	}
	read_back(file, len, r, count);
	free(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ef_region regions[REGIONS];
	uint8_t *space;
	size_t count;

	if (size < 6)
		return 0;
	space = malloc(SPACE);
	check(space != NULL);
	count = make_regions(data + 2, size - 2, regions, space);
	write_raw(regions, count, data[1] * 16u);
	if (size % 3 != 1)
		write_ihex(regions, count);
	if (size % 3 != 2)
		write_uf2(regions, count, data);
	free(space);
	return 0;
}
