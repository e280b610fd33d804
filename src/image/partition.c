/* SPDX-License-Identifier: MIT */
/*
 * Reads and writes the binary form of a partition table (ESP-IDF: gen_esp32part.py,
 * esp_flash_partitions.h), makes espflash's default table, and finds the partition that an app goes
 * to.
 */
#include "base/hash.h"
#include "image/partition_priv.h"

static const uint8_t entry_magic[2] = { 0xaa, 0x50 };
static const uint8_t md5_magic[2] = { 0xeb, 0xeb };
#define MD5_AT 16u /* the digest is the second half of the row; FF fills the first */

bool ef_partition_is_binary(const uint8_t *data, size_t len)
{
	return len >= sizeof(entry_magic) && !memcmp(data, entry_magic, sizeof(entry_magic));
}

bool ef_partition_parse(const uint8_t *data, size_t len, const struct ef_partition_opts *opts,
			struct ef_partition_table *ret, struct ef_err *err)
{
	struct ef_partition_table table;

	if (!ef_partition_is_binary(data, len))
		return ef_partition_parse_csv(data, len, opts, ret, err);
	if (!ef_partition_parse_binary(data, len, &table, err) ||
	    !ef_partition_check(&table, opts, err))
		return false;
	*ret = table;
	return true;
}

static void parse_entry(const uint8_t *row, struct ef_partition *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->type = row[2];
	ret->subtype = row[3];
	ret->offset = ef_le32(row + 4);
	ret->size = ef_le32(row + 8);
	memcpy(ret->name, row + 12, 16);
	/* bytes after a NUL don't belong to the name */
	memset(ret->name + strlen(ret->name), 0, sizeof(ret->name) - strlen(ret->name));
	ret->flags = ef_le32(row + 28);
}

/* The digest covers all rows before this one. */
static bool check_md5_row(const uint8_t *data, size_t at, struct ef_err *err)
{
	uint8_t md5[EF_MD5_LEN];
	char want[2 * EF_MD5_LEN + 1], have[2 * EF_MD5_LEN + 1];

	ef_md5(data, at, md5);
	if (!memcmp(md5, data + at + MD5_AT, EF_MD5_LEN))
		return true;
	ef_hex(want, md5, EF_MD5_LEN);
	ef_hex(have, data + at + MD5_AT, EF_MD5_LEN);
	return ef_fail(err, EF_E_INPUT,
		       "the partition table is damaged: its MD5 is %s, but the table says %s", want,
		       have);
}

bool ef_partition_parse_binary(const uint8_t *data, size_t len, struct ef_partition_table *ret,
			       struct ef_err *err)
{
	struct ef_partition_table table = { .count = 0 };

	for (size_t at = 0; at < len; at += PART_ENTRY) {
		const uint8_t *row = data + at;

		if (len - at < PART_ENTRY)
			return ef_fail(err, EF_E_INPUT,
				       "the table is cut off: row %zu has %zu bytes, not %u",
				       at / PART_ENTRY + 1, len - at, PART_ENTRY);
		if (ef_is_blank(row, PART_ENTRY)) {
			*ret = table;
			return true;
		}
		if (!memcmp(row, md5_magic, sizeof(md5_magic))) {
			if (table.has_md5)
				return ef_fail(err, EF_E_INPUT,
					       "the partition table has two MD5 rows");
			if (!check_md5_row(data, at, err))
				return false;
			table.has_md5 = true;
			continue;
		}
		if (!ef_partition_is_binary(row, PART_ENTRY) || table.has_md5)
			return ef_fail(err, EF_E_INPUT,
				       "row %zu of the partition table starts with %02x %02x%s",
				       at / PART_ENTRY + 1, row[0], row[1],
				       table.has_md5 ? " after the MD5 row" : ", not aa 50");
		if (table.count == EF_PARTITIONS_MAX)
			break;
		parse_entry(row, &table.part[table.count++]);
	}
	return ef_fail(err, EF_E_INPUT, "the partition table has no end marker");
}

/* Blank rows end a table, and so does anything that is not a row. */
bool ef_partition_goes_on(const uint8_t *data, size_t len)
{
	size_t at = 0;

	while (len - at >= PART_ENTRY && (ef_partition_is_binary(data + at, PART_ENTRY) ||
					  !memcmp(data + at, md5_magic, sizeof(md5_magic))))
		at += PART_ENTRY;
	return len - at < PART_ENTRY;
}

bool ef_partition_to_binary(const struct ef_partition_table *table,
			    uint8_t ret[EF_PARTITION_TABLE_SIZE], struct ef_err *err)
{
	size_t max = EF_PARTITIONS_MAX - (table->has_md5 ? 1u : 0u), end;

	if (table->count > max)
		return ef_fail(err, EF_E_INPUT, "%zu partitions are more than the %zu that fit",
			       table->count, max);
	memset(ret, 0xff, EF_PARTITION_TABLE_SIZE);
	for (size_t i = 0; i < table->count; i++) {
		const struct ef_partition *p = &table->part[i];
		uint8_t *row = ret + i * PART_ENTRY;

		memcpy(row, entry_magic, sizeof(entry_magic));
		row[2] = p->type;
		row[3] = p->subtype;
		ef_put_le32(row + 4, p->offset);
		ef_put_le32(row + 8, p->size);
		memset(row + 12, 0, 16);
		memcpy(row + 12, p->name, strlen(p->name));
		ef_put_le32(row + 28, p->flags);
	}
	if (table->has_md5) {
		end = table->count * PART_ENTRY;
		memcpy(ret + end, md5_magic, sizeof(md5_magic));
		ef_md5(ret, end, ret + end + MD5_AT);
	}
	return true;
}

#define NVS_SIZE     0x6000u
#define PHY_SIZE     0x1000u
#define APP_MAX_SIZE 0xfa0000u /* espflash: 16 * 1000 * 1024 */

static void set_row(struct ef_partition *p, const char *name, uint8_t type, uint8_t subtype,
		    uint32_t offset, uint32_t size)
{
	*p = (struct ef_partition){
		.type = type, .subtype = subtype, .offset = offset, .size = size
	};
	ef_strlcpy(p->name, sizeof(p->name), name);
}

void ef_partition_default_at(uint32_t table_offset, uint32_t flash_size,
			     struct ef_partition_table *ret)
{
	uint32_t table = table_offset ? table_offset : EF_PARTITION_TABLE_OFFSET;
	uint64_t nvs = (uint64_t)table + EF_SECTOR, phy = nvs + NVS_SIZE;
	uint64_t app = (phy + PHY_SIZE + PART_APP_ALIGN - 1) / PART_APP_ALIGN * PART_APP_ALIGN;
	uint64_t size = flash_size > app ? flash_size - app : 0;

	memset(ret, 0, sizeof(*ret));
	set_row(&ret->part[0], "nvs", EF_PART_DATA, EF_PART_DATA_NVS, (uint32_t)nvs, NVS_SIZE);
	set_row(&ret->part[1], "phy_init", EF_PART_DATA, EF_PART_DATA_PHY, (uint32_t)phy, PHY_SIZE);
	set_row(&ret->part[2], "factory", EF_PART_APP, EF_PART_APP_FACTORY, (uint32_t)app,
		size < APP_MAX_SIZE ? (uint32_t)size : APP_MAX_SIZE);
	ret->count = 3;
	ret->has_md5 = true;
}

uint32_t ef_partition_unknown_flags(const struct ef_partition *part)
{
	return part->flags & ~(uint32_t)(EF_PART_ENCRYPTED | EF_PART_READONLY);
}

const struct ef_partition *ef_partition_find(const struct ef_partition_table *table,
					     const char *name)
{
	for (size_t i = 0; i < table->count; i++)
		if (!strcmp(table->part[i].name, name))
			return &table->part[i];
	return NULL;
}

const struct ef_partition *ef_partition_target(const struct ef_partition_table *table,
					       const char *label)
{
	const struct ef_partition *p = ef_partition_find(table, label ? label : "factory");

	if (label || (p && p->type == EF_PART_APP))
		return p;
	for (size_t i = 0; i < table->count; i++)
		if (table->part[i].type == EF_PART_APP)
			return &table->part[i];
	return NULL;
}
