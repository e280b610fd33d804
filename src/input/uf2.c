/* SPDX-License-Identifier: MIT */
/*
 * UF2 (github.com/microsoft/uf2): blocks of 512 bytes with an address each. A file may have
 * blocks for several families; the family's number is a property of the chip. Addresses are
 * flash offsets, as "idf.py uf2" and esptool write them. TinyUF2 (CircuitPython) counts from the
 * start of the app partition instead: there an app is at 0, where a chip has a bootloader.
 */
#include "input/input_priv.h"

#include "base/hash.h"

#define BLOCK     512u
#define DATA_MAX  476u
#define MAGIC     0x0a324655u
#define MAGIC_2   0x9e5d5157u
#define MAGIC_END 0x0ab16f30u
#define MD5_SIZE  24u /* address, length, MD5: behind the data */

enum { FLAG_NOT_FLASH = 1, FLAG_FAMILY = 0x2000, FLAG_MD5 = 0x4000 };
enum { OFF_FLAGS = 8, OFF_ADDR = 12, OFF_LEN = 16, OFF_FAMILY = 28, OFF_DATA = 32 };

static const struct ef_chip *chip_of(const uint8_t *block)
{
	for (size_t i = 0; ef_chips[i]; i++)
		if (ef_chips[i]->image.uf2_family == ef_le32(block + OFF_FAMILY))
			return ef_chips[i];
	return NULL;
}

static bool check_block(const uint8_t *b, size_t number, struct ef_err *err)
{
	uint32_t len = ef_le32(b + OFF_LEN), flags = ef_le32(b + OFF_FLAGS);
	uint8_t md5[EF_MD5_LEN];

	if (ef_le32(b) != MAGIC || ef_le32(b + 4) != MAGIC_2 ||
	    ef_le32(b + BLOCK - 4) != MAGIC_END || len > DATA_MAX ||
	    (uint64_t)ef_le32(b + OFF_ADDR) + len > UINT32_MAX)
		return ef_fail(err, EF_E_INPUT, "block %zu of the UF2 file is damaged", number);
	if (!(flags & FLAG_MD5) || len > DATA_MAX - MD5_SIZE ||
	    ef_le32(b + OFF_DATA + len) != ef_le32(b + OFF_ADDR) ||
	    ef_le32(b + OFF_DATA + len + 4) != len)
		return true;
	ef_md5(b + OFF_DATA, len, md5);
	return memcmp(md5, b + OFF_DATA + len + 8, sizeof(md5)) == 0 ||
	       ef_fail(err, EF_E_INPUT, "block %zu of the UF2 file has a wrong MD5", number);
}

/* Whether the block has content for the flash of this chip; NULL: for any. */
static bool is_meant(const uint8_t *b, const struct ef_chip *chip)
{
	uint32_t flags = ef_le32(b + OFF_FLAGS);

	if (flags & FLAG_NOT_FLASH)
		return false;
	return !(flags & FLAG_FAMILY) || (chip && chip == chip_of(b));
}

/* The block at this offset; what was passed of a mapped file leaves memory now and then. */
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

	for (size_t at = 0; at < src->len; at += BLOCK) {
		const uint8_t *b = block_at(src, at);
		const struct ef_chip *chip = chip_of(b);

		if (!(ef_le32(b + OFF_FLAGS) & FLAG_FAMILY))
			continue;
		if (!chip)
			unknown = ef_le32(b + OFF_FAMILY);
		if (!chip || src->opts->chip || chip == in->chip)
			continue;
		if (in->chip) {
			ef_fail(err, EF_E_INPUT, "the UF2 file is for both %s and %s",
				in->chip->label, chip->label);
			return ef_hint_set(err, EF_HINT_INPUT_SEVERAL_CHIPS);
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

static bool add_block(const struct input_src *src, struct ef_input *in, const uint8_t *b,
		      uint8_t *out, struct ef_input_part **part, struct ef_err *err)
{
	uint32_t addr = ef_le32(b + OFF_ADDR), len = ef_le32(b + OFF_LEN);
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
	memcpy(out, b + OFF_DATA, len);
	p->len += len;
	return true;
}

/* TinyUF2's form: one app, counted from the start of its partition. */
static void place_app(struct ef_input *in)
{
	struct ef_input_part *p = in->parts;
	struct ef_err ignored = EF_ERR_INIT; /* then it is none */
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

static bool uf2_read(const struct input_src *src, struct ef_input *in, struct ef_err *err)
{
	struct ef_input_part *part = NULL;
	size_t at, used = 0;
	uint8_t *out;

	if (src->len % BLOCK)
		return ef_fail(err, EF_E_INPUT,
			       "the UF2 file is cut off: it does not consist of whole blocks");
	for (at = 0; at < src->len; at += BLOCK)
		if (!check_block(block_at(src, at), at / BLOCK, err))
			return false;
	out = input_alloc(in, src->len / BLOCK * DATA_MAX, err);
	if (!out || !choose_chip(src, in, err))
		return false;
	for (at = 0; at < src->len; at += BLOCK) {
		const uint8_t *b = block_at(src, at);

		if (!is_meant(b, in->chip))
			continue;
		if (!add_block(src, in, b, out + used, &part, err))
			return false;
		used += ef_le32(b + OFF_LEN);
	}
	place_app(in);
	return true;
}

const struct input_format input_uf2 = { .name = "UF2", .is = uf2_is, .read = uf2_read };
