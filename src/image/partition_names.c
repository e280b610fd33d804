/* SPDX-License-Identifier: MIT */
/*
 * The names of partition types and subtypes (ESP-IDF: gen_esp32part.py,
 * TYPES and SUBTYPES; esp_partition.h).
 */
#include "image/partition_priv.h"

#define OTA(n)                                                                                     \
	{                                                                                          \
		"ota_" #n, EF_PART_APP_OTA_0 + (n)                                                 \
	}

const struct part_keyword part_types[] = {
	{ "bootloader", EF_PART_BOOTLOADER },
	{ "partition_table", EF_PART_TABLE },
	{ "app", EF_PART_APP },
	{ "data", EF_PART_DATA },
	{ .name = NULL },
};

static const struct part_keyword app_subtypes[] = {
	{ "factory", EF_PART_APP_FACTORY },
	{ "test", EF_PART_APP_TEST },
	OTA(0),
	OTA(1),
	OTA(2),
	OTA(3),
	OTA(4),
	OTA(5),
	OTA(6),
	OTA(7),
	OTA(8),
	OTA(9),
	OTA(10),
	OTA(11),
	OTA(12),
	OTA(13),
	OTA(14),
	OTA(15),
	{ "tee_0", 0x30 },
	{ "tee_1", 0x31 },
	{ .name = NULL },
};

static const struct part_keyword data_subtypes[] = {
	{ "ota", EF_PART_DATA_OTA },
	{ "phy", EF_PART_DATA_PHY },
	{ "nvs", EF_PART_DATA_NVS },
	{ "coredump", EF_PART_DATA_COREDUMP },
	{ "nvs_keys", EF_PART_DATA_NVS_KEYS },
	{ "efuse", 0x05 },
	{ "undefined", 0x06 },
	{ "esphttpd", 0x80 },
	{ "fat", 0x81 },
	{ "spiffs", 0x82 },
	{ "littlefs", 0x83 },
	{ "tee_ota", 0x90 },
	{ .name = NULL },
};

static const struct part_keyword bootloader_subtypes[] = {
	{ "primary", 0 },
	{ "ota", 1 },
	{ "recovery", 2 },
	{ .name = NULL },
};

static const struct part_keyword table_subtypes[] = {
	{ "primary", 0 },
	{ "ota", 1 },
	{ .name = NULL },
};

const struct part_keyword *part_subtypes(uint8_t type)
{
	static const struct part_keyword *const lists[] = {
		[EF_PART_APP] = app_subtypes,
		[EF_PART_DATA] = data_subtypes,
		[EF_PART_BOOTLOADER] = bootloader_subtypes,
		[EF_PART_TABLE] = table_subtypes,
	};

	return type < EF_ARRAY_LEN(lists) ? lists[type] : NULL;
}

static void name_or_number(const struct part_keyword *list, uint8_t value,
			   char ret[EF_PART_NAME_SIZE])
{
	for (; list && list->name; list++) {
		if (list->value == value) {
			ef_strlcpy(ret, EF_PART_NAME_SIZE, list->name);
			return;
		}
	}
	ef_snprintf(ret, EF_PART_NAME_SIZE, "0x%02x", value);
}

void ef_partition_type_name(uint8_t type, char ret[EF_PART_NAME_SIZE])
{
	name_or_number(part_types, type, ret);
}

void ef_partition_subtype_name(uint8_t type, uint8_t subtype, char ret[EF_PART_NAME_SIZE])
{
	name_or_number(part_subtypes(type), subtype, ret);
}

bool ef_partition_data_subtype(const char *name, uint8_t *ret)
{
	for (const struct part_keyword *k = data_subtypes; k->name; k++) {
		if (ef_str_ieq(k->name, name)) {
			*ret = k->value;
			return true;
		}
	}
	return false;
}

void ef_partition_app_names(const struct ef_partition_table *table, char ret[EF_PART_LIST_SIZE])
{
	size_t len = 0;

	ret[0] = '\0';
	for (size_t i = 0; i < table->count; i++) {
		if (table->part[i].type != EF_PART_APP)
			continue;
		(void)ef_snprintf(ret + len, EF_PART_LIST_SIZE - len, "%s%s", len ? ", " : "",
				  table->part[i].name);
		len = strlen(ret);
	}
	ef_clean_text(ret);
}
