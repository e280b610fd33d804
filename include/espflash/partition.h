/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Partition tables: CSV and binary in, CSV and binary out, checks with line
 * and field. Byte-identical to ESP-IDF's gen_esp32part.py; refuses, besides,
 * what esp-idf-part refuses (no app partition, two factory apps).
 */
#ifndef ESPFLASH_PARTITION_H
#define ESPFLASH_PARTITION_H

#include <stddef.h>
#include <stdint.h>

#include <espflash/err.h>

#ifdef __cplusplus
extern "C" {
#endif

#define EF_PARTITION_TABLE_SIZE 0xc00u
#define EF_PARTITION_TABLE_OFFSET 0x8000u
#define EF_PARTITIONS_MAX 95 /**< 94 when the MD5 row is written */

enum ef_part_type { EF_PART_APP = 0, EF_PART_DATA = 1, EF_PART_BOOTLOADER = 2, EF_PART_TABLE = 3 };
enum ef_part_subtype {
	EF_PART_APP_FACTORY = 0x00, EF_PART_APP_OTA_0 = 0x10, EF_PART_APP_TEST = 0x20,
	EF_PART_DATA_OTA = 0x00, EF_PART_DATA_PHY = 0x01, EF_PART_DATA_NVS = 0x02,
	EF_PART_DATA_COREDUMP = 0x03, EF_PART_DATA_NVS_KEYS = 0x04,
};
enum ef_part_flag { EF_PART_ENCRYPTED = 1, EF_PART_READONLY = 2 };

struct ef_partition {
	char name[17]; /**< at most 16 characters, cleaned only when printed */
	uint8_t type, subtype;
	uint32_t offset, size, flags;
	unsigned line; /**< of the CSV; 0 from a binary */
};

struct ef_partition_table {
	struct ef_partition part[EF_PARTITIONS_MAX];
	size_t count; /**< file order */
	bool has_md5; /**< the binary had, or is to have, an MD5 row */
};

struct ef_partition_opts {
	uint32_t table_offset; /**< where the table goes; 0 means EF_PARTITION_TABLE_OFFSET */
	uint32_t flash_size;   /**< 0: not checked */
	/** of the chip, for rows of type bootloader; EF_PART_NO_OFFSET: unknown */
	uint32_t bootloader_offset;
};
#define EF_PART_NO_OFFSET UINT32_MAX

/** CSV or binary, told apart by content. Parses and checks. Error: INPUT. */
bool ef_partition_parse(const uint8_t *data, size_t len, const struct ef_partition_opts *opts,
			struct ef_partition_table *ret, struct ef_err *err) EF_MUST_CHECK;
bool ef_partition_is_binary(const uint8_t *data, size_t len);
bool ef_partition_parse_csv(const uint8_t *data, size_t len, const struct ef_partition_opts *opts,
			    struct ef_partition_table *ret, struct ef_err *err) EF_MUST_CHECK;
bool ef_partition_parse_binary(const uint8_t *data, size_t len, struct ef_partition_table *ret,
			       struct ef_err *err) EF_MUST_CHECK;
/** All the checks, on a table from anywhere. */
bool ef_partition_check(const struct ef_partition_table *table,
			const struct ef_partition_opts *opts, struct ef_err *err) EF_MUST_CHECK;

/**
 * Always EF_PARTITION_TABLE_SIZE bytes, FF filled, with the MD5 row if has_md5. INPUT when too
 * many.
 */
bool ef_partition_to_binary(const struct ef_partition_table *table,
			    uint8_t ret[EF_PARTITION_TABLE_SIZE], struct ef_err *err)
	EF_MUST_CHECK;
/** espflash's CSV (two comment lines, no blanks). *ret is a NUL-terminated string, free() it. */
bool ef_partition_to_csv(const struct ef_partition_table *table, char **ret, struct ef_err *err)
	EF_MUST_CHECK;

/**
 * espflash's default: nvs, phy_init and a factory app up to the end of flash (at most
 * 0xfa0000).
 */
void ef_partition_default(uint32_t flash_size, struct ef_partition_table *ret);

const struct ef_partition *ef_partition_find(const struct ef_partition_table *table,
					     const char *name);
/** label; NULL: "factory" by name, else the first app partition. NULL when there is none. */
const struct ef_partition *ef_partition_target(const struct ef_partition_table *table,
					       const char *label);

#define EF_PART_NAME_SIZE 16
/** "app", "0x40"; "factory", "nvs", "0x99": names as the CSV has them. */
void ef_partition_type_name(uint8_t type, char ret[EF_PART_NAME_SIZE]);
void ef_partition_subtype_name(uint8_t type, uint8_t subtype, char ret[EF_PART_NAME_SIZE]);
/** Number of a data subtype's name ("nvs"); false when unknown. */
bool ef_partition_data_subtype(const char *name, uint8_t *ret);

#ifdef __cplusplus
}
#endif
#endif
