/* SPDX-License-Identifier: MIT */
/*
 * Reads UF2 files (github.com/microsoft/uf2): blocks of 512 bytes with an address each. A file may
 * have blocks for several families; the family's number is a property of the chip. Addresses are
 * flash offsets, as "idf.py uf2" and esptool write them. TinyUF2 (CircuitPython) counts from the
 * start of the app partition instead: there an app is at 0, where a chip has a bootloader.
 */
#include "input/input_priv.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/uf2.h"

/* Blocks of one or more files that have the same number of blocks each. */
struct tally {
	uint32_t blocks_each, blocks;
};
#define TALLIES_MAX 256u

static const struct ef_chip *chip_of(const uint8_t *block)
{
	for (size_t i = 0; ef_chips[i]; i++)
		if (ef_chips[i]->image.uf2_family == ef_le32(block + UF2_FAMILY))
			return ef_chips[i];
	return NULL;
}

static bool check_block(const uint8_t *b, size_t number, struct ef_err *err)
{
	uint32_t len = ef_le32(b + UF2_LEN), flags = ef_le32(b + UF2_FLAGS);
	uint8_t md5[EF_MD5_LEN];

	if (ef_le32(b) != UF2_MAGIC || ef_le32(b + 4) != UF2_MAGIC_2 ||
	    ef_le32(b + UF2_END) != UF2_MAGIC_END || len > UF2_DATA_MAX ||
	    (uint64_t)ef_le32(b + UF2_ADDR) + len > UINT32_MAX)
		return ef_fail(err, EF_E_INPUT, "block %zu of the UF2 file is damaged", number);
	if (!(flags & UF2_HAS_MD5) || len > UF2_DATA_MAX - UF2_MD5_SIZE ||
	    ef_le32(b + UF2_DATA + len) != ef_le32(b + UF2_ADDR) ||
	    ef_le32(b + UF2_DATA + len + 4) != len)
		return true;
	ef_md5(b + UF2_DATA, len, md5);
	return memcmp(md5, b + UF2_DATA + len + 8, sizeof(md5)) == 0 ||
	       ef_fail(err, EF_E_INPUT, "block %zu of the UF2 file has a wrong MD5", number);
}

/* Return whether the block has content for the flash of this chip; NULL: for any. */
static bool is_meant(const uint8_t *b, const struct ef_chip *chip)
{
	uint32_t flags = ef_le32(b + UF2_FLAGS);

	if (flags & UF2_NOT_FLASH)
		return false;
	return !(flags & UF2_HAS_FAMILY) || (chip && chip == chip_of(b));
}

/*
 * Return the block at this offset; now and then, the pages of a mapped file that were passed leave
 * memory.
 */
static const uint8_t *block_at(const struct input_src *src, size_t at)
{
	if (at % EF_MIB == 0)
		ef_map_passed(src->data, at);
	return src->data + at;
}

/* Choose among the families of the file. */
static bool choose_chip(const struct input_src *src, struct ef_input *in, struct ef_err *err)
{
	uint32_t unknown = 0;

	for (size_t at = 0; at < src->len; at += UF2_BLOCK) {
		const uint8_t *b = block_at(src, at);
		const struct ef_chip *chip = chip_of(b);

		if (!(ef_le32(b + UF2_FLAGS) & UF2_HAS_FAMILY))
			continue;
		if (!chip)
			unknown = ef_le32(b + UF2_FAMILY);
		if (!chip || src->opts->chip || chip == in->chip)
			continue;
		if (in->chip) {
			ef_fail(err, EF_E_INPUT, "the UF2 file is for both %s and %s",
				in->chip->label, chip->label);
			return ef_hint_text(err, EF_HINT_INPUT_SEVERAL_CHIPS, chip->name);
		}
		in->chip = chip;
	}
	if (src->opts->chip)
		in->chip = src->opts->chip;
	if (!in->chip && unknown)
		return ef_fail(err, EF_E_UNSUPP,
			       "the UF2 file is for no chip that is supported (family 0x%08x)",
			       (unsigned)unknown);
	return true;
}

/* ---- is the file whole? ---- */

/*
 * Each block states the total number of blocks. esptool counts per merged file, other programs per
 * UF2 file. Either way, all must be present.
 */
static bool count_block(struct tally *tallies, size_t *count, const uint8_t *b, struct ef_err *err)
{
	uint32_t each = ef_le32(b + UF2_COUNT);
	size_t i = 0;

	while (i < *count && tallies[i].blocks_each != each)
		i++;
	if (i == TALLIES_MAX)
		return ef_fail(err, EF_E_INPUT, "the UF2 file's count of blocks is damaged");
	if (i == *count)
		tallies[(*count)++] = (struct tally){ each, 0 };
	tallies[i].blocks++;
	return true;
}

static bool fail_count(const struct input_src *src, const struct tally *t, struct ef_err *err)
{
	ef_fail(err, EF_E_INPUT,
		"blocks of the UF2 file are missing, or there twice: it has %u, and %u belong "
		"together",
		(unsigned)t->blocks, (unsigned)t->blocks_each);
	return ef_hint_text(err, EF_HINT_INPUT_DAMAGED, src->name);
}

static bool check_whole(const struct input_src *src, const struct ef_chip *chip, struct ef_err *err)
{
	struct tally tallies[TALLIES_MAX];
	size_t count = 0;

	for (size_t at = 0; at < src->len; at += UF2_BLOCK) {
		const uint8_t *b = block_at(src, at);

		if (is_meant(b, chip) && !count_block(tallies, &count, b, err))
			return false;
	}
	for (size_t i = 0; i < count; i++) {
		const struct tally *t = &tallies[i];

		if (t->blocks_each && t->blocks % t->blocks_each)
			return fail_count(src, t, err);
	}
	return true;
}

/* ---- blocks ---- */

/* Sort by address, because the format leaves the order to the writer. */
static int by_addr(const void *a, const void *b)
{
	uint32_t x = ef_le32(*(const uint8_t *const *)a + UF2_ADDR);
	uint32_t y = ef_le32(*(const uint8_t *const *)b + UF2_ADDR);

	return x < y ? -1 : x > y;
}

static bool add_block(const struct input_src *src, struct ef_input *in, const uint8_t *b,
		      uint8_t *out, struct ef_input_part **part, struct ef_err *err)
{
	uint32_t addr = ef_le32(b + UF2_ADDR), len = ef_le32(b + UF2_LEN);
	struct ef_input_part *p = *part;

	if (len == 0)
		return true;
	if (!p || (uint64_t)p->addr + p->len != addr) {
		p = *part = input_add(in, err);
		if (!p)
			return false;
		p->addr = addr;
		p->data = out;
		(void)ef_snprintf(p->name, sizeof(p->name), "0x%x", (unsigned)addr);
		(void)ef_strlcpy(p->origin, sizeof(p->origin), src->name);
		ef_clean_text(p->origin);
	}
	memcpy(out, b + UF2_DATA, len);
	p->len += len;
	return true;
}

/* Recognize TinyUF2's form: one app, with addresses that count from the start of its partition. */
static void place_app(struct ef_input *in)
{
	struct ef_input_part *p = in->parts;
	struct ef_err ignored = EF_ERR_INIT; /* if this fails, the content is not an app */
	struct ef_image_info info;

	if (in->part_count != 1 || p->addr != 0 ||
	    !ef_image_parse(p->data, p->len, &info, &ignored) ||
	    ef_image_kind(p->data, p->len, &info) != EF_IMAGE_APP)
		return;
	p->is_app = true;
	p->role = EF_ROLE_APP;
	(void)ef_strlcpy(p->name, sizeof(p->name), "app");
}

static bool uf2_is(const struct input_src *src)
{
	return src->data && src->content == EF_CONTENT_UF2;
}

/*
 * Collect the blocks of the chosen family, by address. Sorting would bring the whole file into
 * memory.
 */
static size_t order_blocks(const struct input_src *src, const struct ef_chip *chip,
			   const uint8_t **blocks)
{
	bool is_ordered = true;
	size_t count = 0;

	for (size_t at = 0; at < src->len; at += UF2_BLOCK) {
		const uint8_t *b = block_at(src, at);

		if (!is_meant(b, chip))
			continue;
		blocks[count++] = b;
		if (count > 1 && by_addr(&blocks[count - 2], &blocks[count - 1]) > 0)
			is_ordered = false;
	}
	if (!is_ordered)
		qsort(blocks, count, sizeof(*blocks), by_addr);
	return count;
}

static bool add_blocks(const struct input_src *src, struct ef_input *in, const uint8_t **blocks,
		       struct ef_err *err)
{
	uint8_t *out = input_alloc(in, src->len / UF2_BLOCK * UF2_DATA_MAX, err);
	size_t count = order_blocks(src, in->chip, blocks), used = 0;
	struct ef_input_part *part = NULL;

	if (!out)
		return false;
	for (size_t i = 0; i < count; i++) {
		const uint8_t *b = block_at(src, (size_t)(blocks[i] - src->data));

		if (!add_block(src, in, b, out + used, &part, err))
			return false;
		used += ef_le32(b + UF2_LEN);
	}
	return true;
}

static bool uf2_read(const struct input_src *src, struct ef_input *in, struct ef_err *err)
{
	const uint8_t **blocks;
	bool ok;

	if (src->len % UF2_BLOCK)
		return ef_fail(err, EF_E_INPUT,
			       "the UF2 file is cut off: it does not consist of whole blocks");
	for (size_t at = 0; at < src->len; at += UF2_BLOCK)
		if (!check_block(block_at(src, at), at / UF2_BLOCK, err))
			return false;
	if (!choose_chip(src, in, err) || !check_whole(src, in->chip, err))
		return false;
	blocks = malloc((src->len / UF2_BLOCK + 1) * sizeof(*blocks));
	if (!blocks)
		return ef_fail(err, EF_E_IO, "out of memory");
	ok = add_blocks(src, in, blocks, err);
	free(blocks);
	if (!ok)
		return false;
	place_app(in);
	return input_finish_runs(src, in, err);
}

const struct input_format input_uf2 = { .name = "UF2", .is = uf2_is, .read = uf2_read };
