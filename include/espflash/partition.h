/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Partition tables: read and write CSV and binary; errors name line and field. Output is
 * byte-identical to that of ESP-IDF's gen_esp32part.py. In addition, tables without an
 * app partition and with two factory apps are refused, as esp-idf-part does.
 */
#ifndef ESPFLASH_PARTITION_H
#define ESPFLASH_PARTITION_H

#include <stddef.h>
#include <stdint.h>

#include <espflash/err.h>

EF_API_BEGIN

#define EF_PARTITION_TABLE_SIZE   0xc00u
#define EF_PARTITION_TABLE_OFFSET 0x8000u
#define EF_PARTITIONS_MAX         95 /**< 94 with an MD5 row */

enum ef_part_type { EF_PART_APP = 0, EF_PART_DATA = 1, EF_PART_BOOTLOADER = 2, EF_PART_TABLE = 3 };
enum ef_part_subtype {
	EF_PART_APP_FACTORY = 0x00,
	EF_PART_APP_OTA_0 = 0x10,
	EF_PART_APP_TEST = 0x20,
	EF_PART_DATA_OTA = 0x00,
	EF_PART_DATA_PHY = 0x01,
	EF_PART_DATA_NVS = 0x02,
	EF_PART_DATA_COREDUMP = 0x03,
	EF_PART_DATA_NVS_KEYS = 0x04,
};
enum ef_part_flag { EF_PART_ENCRYPTED = 1, EF_PART_READONLY = 2 };

struct ef_partition {
	char name[17]; /**< at most 16 bytes, as in the table: clean it before printing */
	uint8_t type, subtype;
	uint32_t offset, size, flags;
	unsigned line; /**< line of the CSV; 0 for a binary */
};

struct ef_partition_table {
	struct ef_partition part[EF_PARTITIONS_MAX];
	size_t count; /**< part[] is in the order of the file */
	bool has_md5; /**< the binary has an MD5 row, or gets one */
};

struct ef_partition_opts {
	uint32_t table_offset; /**< where the table goes; 0 means EF_PARTITION_TABLE_OFFSET */
	uint32_t flash_size;   /**< 0: don't check */
	/** the chip's boot address, for rows of type bootloader; EF_PART_NO_OFFSET: unknown */
	uint32_t bootloader_offset;
	/** where the bootloader's copy goes, for rows of subtype recovery; 0: unknown */
	uint32_t recovery_offset;
};
#define EF_PART_NO_OFFSET UINT32_MAX

/** Parse and check a table, CSV or binary; the content decides which. Error: INPUT. */
bool ef_partition_parse(const uint8_t *data, size_t len, const struct ef_partition_opts *opts,
			struct ef_partition_table *ret, struct ef_err *err) EF_MUST_CHECK;
bool ef_partition_is_binary(const uint8_t *data, size_t len);

/**
 * Sixteen rows. Few tables have more, and the rest of the region is blank: a caller that reads
 * slowly begins with these, and asks ef_partition_goes_on whether to read on.
 */
#define EF_PARTITION_TABLE_FIRST 512u
/**
 * @brief Return whether all of data are rows, so that more may follow: the first bytes of a table.
 */
bool ef_partition_goes_on(const uint8_t *data, size_t len);
bool ef_partition_parse_csv(const uint8_t *data, size_t len, const struct ef_partition_opts *opts,
			    struct ef_partition_table *ret, struct ef_err *err) EF_MUST_CHECK;
bool ef_partition_parse_binary(const uint8_t *data, size_t len, struct ef_partition_table *ret,
			       struct ef_err *err) EF_MUST_CHECK;
/** Apply all checks to a table. Error: INPUT. */
bool ef_partition_check(const struct ef_partition_table *table,
			const struct ef_partition_opts *opts, struct ef_err *err) EF_MUST_CHECK;

/**
 * Write the binary form, filled up with FF, with the MD5 row if has_md5. Error: INPUT if there
 * are too many partitions.
 */
bool ef_partition_to_binary(const struct ef_partition_table *table,
			    uint8_t ret[EF_PARTITION_TABLE_SIZE], struct ef_err *err) EF_MUST_CHECK;
/**
 * Write espflash's CSV: two comment lines, no blanks. *ret is NUL-terminated; the caller frees
 * it with free(). Error: IO (out of memory).
 */
bool ef_partition_to_csv(const struct ef_partition_table *table, char **ret,
			 struct ef_err *err) EF_MUST_CHECK;

/** Return the flag bits that have no name yet, as a newer ESP-IDF may set them. */
uint32_t ef_partition_unknown_flags(const struct ef_partition *part);

/**
 * Make espflash's default table: nvs, phy_init, and a factory app that extends to the end of flash,
 * but has at most 0xfa0000 bytes. They follow the table itself, which is at table_offset; 0 means
 * EF_PARTITION_TABLE_OFFSET.
 */
void ef_partition_default_at(uint32_t table_offset, uint32_t flash_size,
			     struct ef_partition_table *ret);

/** Return the partition of this name; NULL if there is none. */
const struct ef_partition *ef_partition_find(const struct ef_partition_table *table,
					     const char *name);
/** Bytes of a list of names for a message. */
#define EF_PART_LIST_SIZE 200
/**
 * Write the names of the app partitions, "ota_0, ota_1", as far as they fit; "": there are none.
 */
void ef_partition_app_names(const struct ef_partition_table *table, char ret[EF_PART_LIST_SIZE]);
/**
 * Return the partition that an app goes to: the one named label; without a label "factory", else
 * the first app partition. NULL if there is none.
 */
const struct ef_partition *ef_partition_target(const struct ef_partition_table *table,
					       const char *label);

#define EF_PART_NAME_SIZE 16
/** Write the names of the CSV: "app", "factory", "nvs"; a number if there is no name: "0x99". */
void ef_partition_type_name(uint8_t type, char ret[EF_PART_NAME_SIZE]);
void ef_partition_subtype_name(uint8_t type, uint8_t subtype, char ret[EF_PART_NAME_SIZE]);
/** Get the number of a data subtype ("nvs"); false if the name is unknown. */
bool ef_partition_data_subtype(const char *name, uint8_t *ret);

EF_API_END
#endif
