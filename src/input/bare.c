/* SPDX-License-Identifier: MIT */
/*
 * Reads a file that starts without a partition table: an image for simple boot, or MCUboot with its
 * app in the first slot (merge_bin in NuttX's tools/espressif/Config.mk). For simple boot,
 * esptool's elf2image --ram-only-header counts only the segments in RAM in the header, which the
 * ROM loads; those in flash follow behind the checksum, each with its own header and with padding
 * at address 0 before it (esptool, bin_image.py, ESP32FirmwareImage.save).
 */
#include "input/input_priv.h"

#include "base/bytes.h"

#define SEGMENT_HEAD       8u
#define FLASH_SEGMENTS_MAX 32u

struct bare {
	const struct ef_chip *chip;
	uint32_t off, boot_end; /* the start and end of the ROM's image in the file */
	uint32_t app;           /* the start of MCUboot's app; 0: there is none */
};

/* Return whether segments that are mapped from flash follow. */
static bool has_flash_segments(const uint8_t *data, size_t len, const struct bare *b)
{
	size_t at = b->boot_end;
	bool is_mapped = false;

	for (unsigned i = 0; i < FLASH_SEGMENTS_MAX && len - at > SEGMENT_HEAD; i++) {
		uint32_t addr = ef_le32(data + at), size = ef_le32(data + at + 4);

		if ((addr && !ef_chip_is_flash_addr(b->chip, addr)) || size == 0 ||
		    size > len - at - SEGMENT_HEAD)
			break;
		is_mapped |= addr != 0;
		at += SEGMENT_HEAD + size;
	}
	return is_mapped;
}

static uint32_t find_mcuboot(const uint8_t *data, size_t len, uint32_t from)
{
	for (size_t at = ((size_t)from + EF_SECTOR - 1) / EF_SECTOR * EF_SECTOR; at < len;
	     at += EF_SECTOR) {
		if (at % EF_MIB == 0)
			ef_map_passed(data, at);
		if (ef_content_of(data + at, len - at > 64 ? 64 : len - at) == EF_CONTENT_MCUBOOT)
			return (uint32_t)at;
	}
	return 0;
}

/* Recognize an image that the ROM starts, at this offset of the file. */
static bool is_boot_image(const uint8_t *data, size_t len, uint32_t off, struct bare *ret)
{
	struct ef_err ignored = EF_ERR_INIT; /* if this fails, the file has another form */
	struct ef_image_info info;

	if (off >= len || !ef_image_parse(data + off, len - off, &info, &ignored) ||
	    ef_image_is_mapped(&info) || !ef_image_boots(&info, &ignored))
		return false;
	ret->chip = ef_chip_by_image_id(info.chip_id);
	ret->off = off;
	ret->boot_end = off + info.len;
	return ret->chip && (off == 0 || off == ret->chip->image.boot_addr);
}

static bool survey(const struct input_src *src, struct bare *ret)
{
	bool is_found = false;

	*ret = (struct bare){ 0 };
	if (!src->data || src->len > EF_MAX_IMAGE ||
	    (src->content != EF_CONTENT_IMAGE && src->content != EF_CONTENT_UNKNOWN))
		return false;
	is_found = is_boot_image(src->data, src->len, 0, ret);
	for (size_t i = 0; ef_chips[i] && !is_found; i++)
		is_found = ef_chips[i]->image.boot_addr &&
			   is_boot_image(src->data, src->len, ef_chips[i]->image.boot_addr, ret);
	if (!is_found)
		return false;
	if (has_flash_segments(src->data, src->len, ret))
		return true;
	ret->app = find_mcuboot(src->data, src->len, ret->boot_end);
	return ret->app != 0;
}

static bool add_range(const struct input_src *src, struct ef_input *in, const struct bare *b,
		      uint32_t start, uint32_t end, const char *name, struct ef_err *err)
{
	struct ef_input_part *p = input_add(in, err);

	if (!p)
		return false;
	p->addr = start - b->off + b->chip->image.boot_addr;
	p->data = src->data + start;
	p->len = end - start;
	p->role = start == b->off ? EF_ROLE_BOOTLOADER : EF_ROLE_UNKNOWN;
	(void)ef_strlcpy(p->name, sizeof(p->name), name);
	(void)ef_strlcpy(p->origin, sizeof(p->origin), src->name);
	ef_clean_text(p->origin);
	return true;
}

/* Padding up to the flash size (merge-bin --pad-to-size) does not count as content. */
static uint32_t content_end(const struct input_src *src, const struct bare *b)
{
	uint32_t end = (uint32_t)src->len, start = b->app ? b->app : b->boot_end;
	uint32_t least = ef_div_up(start, EF_SECTOR) * EF_SECTOR;

	return src->opts->fills_gaps || end <= least ? end
						     : input_content_end(src->data, 0, least, end);
}

static bool bare_is(const struct input_src *src)
{
	struct bare b;

	return survey(src, &b);
}

static bool bare_read(const struct input_src *src, struct ef_input *in, struct ef_err *err)
{
	struct bare b;
	uint32_t end;

	if (!survey(src, &b))
		return ef_fail(err, EF_E_INPUT, "it is not an image for simple boot");
	end = content_end(src, &b);
	in->chip = b.chip;
	in->table_offset = EF_PLAN_NO_TABLE;
	in->format = b.app ? "MCUboot with its app" : "an image for simple boot";
	if (!b.app || src->opts->fills_gaps)
		return add_range(src, in, &b, b.off, end, b.app ? "mcuboot+app" : "app", err);
	return add_range(src, in, &b, b.off, b.boot_end, "mcuboot", err) &&
	       add_range(src, in, &b, b.app, end, "app", err);
}

const struct input_format input_bare = { .name = "an image for simple boot",
					 .is = bare_is,
					 .read = bare_read };
