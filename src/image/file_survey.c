/* SPDX-License-Identifier: MIT */
/*
 * Recognizes the kind of a file: where in the contents of a flash the chips'
 * bootloaders start, where a partition table may be, and what an ESP8266 image
 * looks like.
 */
#include "image/image_priv.h"

/* ---- ESP8266: esptool bin_image.py and targets/esp8266.py ---- */

#define ESP8266_V2_MAGIC   0xeau
#define ESP8266_HEADER_LEN 8u /* no extended header */
#define ESP8266_IRAM       0x40100000u
#define ESP8266_IRAM_END   0x40108000u

/* An ESP8266 header is the first 8 bytes of ours; its first segment follows at once. */
bool ef_is_esp8266(const uint8_t *data, size_t len)
{
	struct ef_rd r = ef_rd_init(data, len);
	uint32_t entry;
	uint8_t count;

	if (len < ESP8266_HEADER_LEN)
		return false;
	entry = ef_le32(data + EF_HDR_ENTRY);
	count = data[EF_HDR_COUNT];
	if (entry < ESP8266_IRAM || entry >= ESP8266_IRAM_END)
		return false;
	if (data[0] == ESP8266_V2_MAGIC)
		return true;
	if (data[0] != EF_IMAGE_MAGIC || count == 0 || count > EF_IMAGE_SEGMENTS_MAX)
		return false;
	ef_rd_skip(&r, ESP8266_HEADER_LEN);
	for (unsigned i = 0; i < count; i++) {
		ef_rd_skip(&r, 4);
		ef_rd_skip(&r, ef_rd_le32(&r));
	}
	return !r.bad;
}

/* ---- a whole flash ---- */

/* Look for a table here, valid or not; its first bytes decide. */
static bool table_at(const uint8_t *data, size_t len, size_t off, struct ef_file_layout *ret)
{
	size_t size = len - off < EF_PARTITION_TABLE_SIZE ? len - off : EF_PARTITION_TABLE_SIZE;

	if (!ef_partition_is_binary(data + off, size))
		return false;
	ret->has_table = true;
	ret->table_off = (uint32_t)off;
	ef_err_clear(&ret->table_err); /* the error may be from an earlier offset */
	ret->is_table_valid = ef_partition_parse_binary(data + off, size, &ret->table,
							&ret->table_err);
	return true;
}

/* Look at the usual place, then for a valid table at each sector from `from` on. */
static bool find_table(const uint8_t *data, size_t len, size_t from, struct ef_file_layout *ret)
{
	if (len > EF_PARTITION_TABLE_OFFSET && from <= EF_PARTITION_TABLE_OFFSET &&
	    table_at(data, len, EF_PARTITION_TABLE_OFFSET, ret))
		return true;
	for (size_t off = (from + EF_SECTOR - 1) / EF_SECTOR * EF_SECTOR; off < len;
	     off += EF_SECTOR) {
		if (off % EF_MIB == 0)
			ef_map_passed(data, off);
		if (table_at(data, len, off, ret) && ret->is_table_valid)
			return true;
	}
	ret->has_table = ret->is_table_valid = false;
	return false;
}

static bool is_bootloader_at(const uint8_t *data, size_t len, uint32_t off)
{
	const struct ef_chip *chip;

	if (len < EF_IMAGE_HEADER_LEN || off > len - EF_IMAGE_HEADER_LEN ||
	    data[off] != EF_IMAGE_MAGIC)
		return false;
	chip = ef_chip_by_image_id(ef_le16(data + off + EF_HDR_CHIP_ID));
	return chip && chip->image.boot_addr == off;
}

static bool find_bootloader(const uint8_t *data, size_t len, struct ef_file_layout *ret)
{
	for (size_t i = 0; ef_chips[i]; i++) {
		if (!is_bootloader_at(data, len, ef_chips[i]->image.boot_addr))
			continue;
		ret->has_bootloader = true;
		ret->bootloader_off = ef_chips[i]->image.boot_addr;
		return true;
	}
	return false;
}

/* Return the end of the bootloader; its start if the image is damaged. */
static size_t bootloader_end(const uint8_t *data, size_t len, const struct ef_file_layout *layout)
{
	struct ef_err ignored = EF_ERR_INIT; /* parsing that image itself reports it */
	size_t off = layout->bootloader_off;
	struct ef_image_info info;

	if (!layout->has_bootloader || !ef_image_parse(data + off, len - off, &info, &ignored))
		return off;
	return off + info.len;
}

/*
 * Find a bootloader at the start of a file, for a chip that looks for it elsewhere, and a table
 * behind it: the file begins at the chip's boot address.
 */
static bool find_shifted(const uint8_t *data, size_t len, struct ef_file_layout *ret)
{
	struct ef_err ignored = EF_ERR_INIT; /* if this fails, the file has another form */
	const struct ef_chip *chip;
	struct ef_image_info info;
	uint32_t table;

	if (!ef_image_parse(data, len, &info, &ignored))
		return false;
	chip = ef_chip_by_image_id(info.chip_id);
	if (!chip || !chip->image.boot_addr)
		return false;
	table = EF_PARTITION_TABLE_OFFSET - chip->image.boot_addr;
	if (len <= table || !table_at(data, len, table, ret))
		return false;
	ret->base = chip->image.boot_addr;
	ret->has_bootloader = true;
	ret->bootloader_off = ret->base;
	ret->table_off += ret->base;
	return true;
}

void ef_file_survey(const uint8_t *data, size_t len, struct ef_file_layout *ret)
{
	bool is_image = len > 0 && data[0] == EF_IMAGE_MAGIC;

	*ret = (struct ef_file_layout){ .table_err = EF_ERR_INIT };
	if (len > EF_MAX_IMAGE)
		len = EF_MAX_IMAGE;
	if (ef_partition_is_binary(data, len)) {
		ret->kind = EF_FILE_TABLE;
	} else if (ef_is_esp8266(data, len)) {
		ret->kind = EF_FILE_ESP8266;
	} else if (find_bootloader(data, len, ret)) {
		/* an app may start at 0, too; only a table after it makes this a whole flash */
		if (find_table(data, len, bootloader_end(data, len, ret), ret) ||
		    ret->bootloader_off)
			ret->kind = EF_FILE_MERGED;
		else
			ret->kind = EF_FILE_IMAGE;
	} else if (is_image) {
		ret->kind = find_shifted(data, len, ret) ? EF_FILE_MERGED : EF_FILE_IMAGE;
	} else if (find_table(data, len, 0, ret)) {
		ret->kind = EF_FILE_MERGED;
	}
}
