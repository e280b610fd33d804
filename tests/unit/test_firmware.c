/* SPDX-License-Identifier: MIT */
/* The layout of a whole firmware, and the merged file. */
#include "base/util.h"
#include <espflash/image.h>
#include <espflash/output.h>

#include "elf_maker.h"

static uint8_t boot[0x9000], app[0x200000];

static void default_parts(struct ef_partition_table *table, struct ef_firmware_parts *ret)
{
	memset(boot, 0xb0, sizeof(boot));
	memset(app, 0xaa, sizeof(app));
	ef_partition_default_at(0, 4 * EF_MIB, table);
	*ret = (struct ef_firmware_parts){
		.chip = ef_chip_by_name("esp32"),
		.flash_size = 4 * EF_MIB,
		.bootloader = boot,
		.bootloader_len = 0x6000,
		.table = table,
		.table_offset = 0x8000,
		.app = app,
		.app_len = 0x12340,
	};
}

START_TEST(lays_out)
{
	struct ef_partition_table table;
	struct ef_firmware_parts parts;
	struct ef_err err = EF_ERR_INIT;
	struct ef_firmware fw;

	default_parts(&table, &parts);
	ck_ok(ef_firmware_layout(&parts, &fw, &err), &err);
	ck_assert_uint_eq(fw.count, 3);
	ck_assert_uint_eq(fw.region[0].addr, 0x1000); /* the ESP32's boot address */
	ck_assert_uint_eq(fw.region[0].len, 0x6000);
	ck_assert_uint_eq(fw.region[1].addr, 0x8000);
	ck_assert_uint_eq(fw.region[1].len, 0xc00);
	ck_assert_mem_eq(fw.region[1].data, "\xaa\x50\x01\x02", 4);
	ck_assert_uint_eq(fw.region[2].addr, 0x10000);
	ck_assert_uint_eq(fw.region[2].len, 0x12340);
	ck_assert_str_eq(fw.app_partition->name, "factory");
	parts.bootloader = NULL;
	parts.bootloader_len = 0;
	ck_ok(ef_firmware_layout(&parts, &fw, &err), &err);
	ck_assert_uint_eq(fw.count, 2);
}
END_TEST

/*
 * A file that fills the partition exactly fits; one byte more does not (espflash compares
 * floats, W-08).
 */
START_TEST(app_fits_exactly)
{
	struct ef_partition_table table;
	struct ef_firmware_parts parts;
	struct ef_err err = EF_ERR_INIT;
	struct ef_firmware fw;

	default_parts(&table, &parts);
	table.part[2].size = 0x100000;
	parts.app_len = 0x100000;
	ck_ok(ef_firmware_layout(&parts, &fw, &err), &err);
	parts.app_len++;
	ck_fails(ef_firmware_layout(&parts, &fw, &err), &err, EF_E_INPUT,
		 "the app has 1048577 bytes, partition 'factory' only 1048576: 1 too many");
}
END_TEST

START_TEST(partition_must_end_in_flash)
{
	struct ef_partition_table table;
	struct ef_firmware_parts parts;
	struct ef_err err = EF_ERR_INIT;
	struct ef_firmware fw;

	default_parts(&table, &parts);
	ck_assert_uint_eq(table.part[2].offset + table.part[2].size, 4 * EF_MIB);
	table.part[2].offset += 0x10000;
	ck_fails(ef_firmware_layout(&parts, &fw, &err), &err, EF_E_INPUT,
		 "partition 'factory' (0x00020000, 4128768 bytes) ends at 0x00410000, beyond the "
		 "4MB of flash");
	table.part[2].offset = 0xfff00000;
	ck_fails(ef_firmware_layout(&parts, &fw, &err), &err, EF_E_INPUT, "ends at 0x1002f0000");
}
END_TEST

START_TEST(bootloader_ends_before_table)
{
	struct ef_partition_table table;
	struct ef_firmware_parts parts;
	struct ef_err err = EF_ERR_INIT;
	struct ef_firmware fw;

	default_parts(&table, &parts);
	parts.bootloader_len = 0x7000;
	ck_ok(ef_firmware_layout(&parts, &fw, &err), &err);
	parts.bootloader_len = 0x7001;
	ck_fails(ef_firmware_layout(&parts, &fw, &err), &err, EF_E_INPUT,
		 "bootloader (28673 bytes from 0x00001000) reaches into the partition table at "
		 "0x00008000");
	parts.table_offset = 0;
	ck_fails(ef_firmware_layout(&parts, &fw, &err), &err, EF_E_INPUT, "reaches into");
	parts.table_offset = 0x8100;
	ck_fails(ef_firmware_layout(&parts, &fw, &err), &err, EF_E_INPUT, "multiple of 0x1000");
}
END_TEST

START_TEST(partitions_clear_of_the_rest)
{
	struct ef_partition_table table;
	struct ef_firmware_parts parts;
	struct ef_err err = EF_ERR_INIT;
	struct ef_firmware fw;

	default_parts(&table, &parts);
	parts.table_offset = 0x9000;
	ck_fails(ef_firmware_layout(&parts, &fw, &err), &err, EF_E_INPUT,
		 "the partition table (0x00009000, 4096 bytes) overlaps partition 'nvs'");
	default_parts(&table, &parts);
	table.part[0].offset = 0x6000;
	table.part[0].size = 0x1000;
	ck_fails(ef_firmware_layout(&parts, &fw, &err), &err, EF_E_INPUT,
		 "the bootloader (0x00001000, 24576 bytes) overlaps partition 'nvs'");
}
END_TEST

START_TEST(chooses_the_slot)
{
	struct ef_partition_table table;
	struct ef_firmware_parts parts;
	struct ef_err err = EF_ERR_INIT;
	struct ef_firmware fw;

	default_parts(&table, &parts);
	table.part[3] = (struct ef_partition){
		.name = "ota_0", .type = 0, .subtype = 0x10, .offset = 0x210000, .size = 0x100000
	};
	table.part[2].size = 0x200000;
	table.count = 4;
	parts.target_label = "ota_0";
	ck_ok(ef_firmware_layout(&parts, &fw, &err), &err);
	ck_assert_uint_eq(fw.region[2].addr, 0x210000);
	parts.target_label = "ota_1";
	ck_fails(ef_firmware_layout(&parts, &fw, &err), &err, EF_E_INPUT, "no partition 'ota_1'");
	parts.target_label = "nvs";
	ck_fails(ef_firmware_layout(&parts, &fw, &err), &err, EF_E_INPUT,
		 "partition 'nvs' is not for apps: its type is data");
	parts.target_label = NULL;
	table.count = 2;
	ck_fails(ef_firmware_layout(&parts, &fw, &err), &err, EF_E_INPUT, "no app partition");
}
END_TEST

static void assert_filled(const uint8_t *p, size_t from, size_t to, uint8_t value)
{
	while (from < to && p[from] == value)
		from++;
	ck_assert_msg(from == to, "0x%zx is not 0x%02x", from, value);
}

START_TEST(merges)
{
	struct ef_partition_table table;
	struct ef_firmware_parts parts;
	struct ef_err err = EF_ERR_INIT;
	struct ef_firmware fw;
	uint8_t *file;
	size_t len;

	default_parts(&table, &parts);
	ck_ok(ef_firmware_layout(&parts, &fw, &err), &err);
	ck_ok(ef_output_raw(fw.region, fw.count, 0, 4 * EF_MIB, &file, &len, &err), &err);
	ck_assert_uint_eq(len, 4 * EF_MIB);
	assert_filled(file, 0, 0x1000, 0xff);
	assert_filled(file, 0x1000, 0x7000, 0xb0);
	assert_filled(file, 0x7000, 0x8000, 0xff);
	ck_assert_mem_eq(file + 0x8000, fw.table_bin, 0xc00);
	assert_filled(file, 0x8c00, 0x10000, 0xff);
	assert_filled(file, 0x10000, 0x22340, 0xaa);
	assert_filled(file, 0x22340, len, 0xff);
	free(file);
	ck_ok(ef_output_raw(fw.region, fw.count, 0, 0, &file, &len, &err), &err);
	ck_assert_uint_eq(len, 0x22340);
	free(file);
	ck_fails(ef_output_raw(fw.region, fw.count, 0, 0x20000, &file, &len, &err), &err,
		 EF_E_INPUT, "ends at 0x00022340");
	fw.region[1].addr = 0x7000; /* right behind the bootloader */
	ck_ok(ef_output_raw(fw.region, fw.count, 0, 0, &file, &len, &err), &err);
	assert_filled(file, 0x1000, 0x7000, 0xb0);
	ck_assert_mem_eq(file + 0x7000, fw.table_bin, 0xc00);
	free(file);
	fw.region[1].addr = 0x6fff;
	ck_fails(ef_output_raw(fw.region, fw.count, 0, 4 * EF_MIB, &file, &len, &err), &err,
		 EF_E_INPUT, "partition table at 0x00006fff overlaps");
}
END_TEST

Suite *suite_firmware(void);
Suite *suite_firmware(void)
{
	Suite *s = suite_create("firmware");
	TCase *t = tcase_create("firmware");

	tcase_add_test(t, lays_out);
	tcase_add_test(t, app_fits_exactly);
	tcase_add_test(t, partition_must_end_in_flash);
	tcase_add_test(t, bootloader_ends_before_table);
	tcase_add_test(t, partitions_clear_of_the_rest);
	tcase_add_test(t, chooses_the_slot);
	tcase_add_test(t, merges);
	suite_add_tcase(s, t);
	return s;
}
