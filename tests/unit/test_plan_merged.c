/* SPDX-License-Identifier: MIT */
/*
 * The gate on merged files, on tables that the user did not name as tables, and on apps that are
 * larger than their slots: it looks at what will be in flash, wherever in a file that is.
 */
#include "gate_rig.h"

/* ---- a table that the user did not name ---- */

START_TEST(own_table)
{
	const struct ef_chip *c3 = ef_chip_by_name("esp32c3");
	struct ef_target t = target_of(c3);
	struct ef_partition_table is, now;
	uint8_t bin[EF_PARTITION_TABLE_SIZE];
	struct ef_plan_region r = { .region = { 0x8000, bin, sizeof(bin), "partition table" },
				    .role = EF_ROLE_TABLE };
	const struct ef_plan plan = { .regions = &r, .region_count = 1, .table = &is };
	struct ef_err err = EF_ERR_INIT;

	make_table(&is);
	now = is;
	ck_ok(ef_partition_to_binary(&is, bin, &err), &err);
	t.table = &now;
	ck_assert(ef_plan_needs_table(&plan));
	ef_plan_check(&plan, &t, &found);
	expect("", false, "");
	now.part[0].size /= 2;
	ef_plan_check(&plan, &t, &found);
	expect("", false, "");
	now.part[now.count - 1].name[0] = 'X';
	ef_plan_check(&plan, &t, &found);
	expect("TABLE_REPLACED", false, "other partitions ('X");
	r.origin = "partitions.csv"; /* a table that was named is meant */
	ck_assert(!ef_plan_needs_table(&plan));
	ef_plan_check(&plan, &t, &found);
	expect("", false, "");
}
END_TEST

/* ---- merged files ---- */

/* A flash of 256 KiB with a bootloader, a table and an app, and what a test needs around it. */
struct merged {
	struct ef_target t;
	const struct ef_chip *chip;
	uint32_t boot;
	uint8_t flash[0x40000];
	struct content c;
	struct ef_partition_table table;
	struct ef_err err;
};

static struct merged *make_merged(int index)
{
	struct merged *m = calloc(1, sizeof(*m));

	m->chip = ef_chip_by_name(rig_chips[index]);
	m->t = target_of(m->chip);
	m->boot = m->chip->image.boot_addr;
	memset(m->flash, 0xff, sizeof(m->flash));
	make_table(&m->table);
	ck_ok(ef_partition_to_binary(&m->table, m->flash + 0x8000, &m->err), &m->err);
	make_bootloader(&m->c, m->chip);
	memcpy(m->flash + m->boot, m->c.data, m->c.len);
	make_app(&m->c, m->chip);
	memcpy(m->flash + 0x10000, m->c.data, m->c.len);
	return m;
}

START_TEST(merged_files)
{
	struct merged *m = make_merged(_i);
	uint8_t *flash = m->flash;
	uint32_t boot = m->boot;

	check_at(&m->t, 0, flash, 0x40000);
	expect("", false, "");
	/* the same from the boot address on, as MicroPython publishes it */
	check_at(&m->t, boot, flash + boot, 0x40000 - boot);
	expect("", false, "");
	check_at(&m->t, boot + 0x1000, flash + boot, 0x30000);
	expect("MERGED_PLACE", true, "made for address");
	ck_assert_uint_eq(found.v[0].err.hint.number[0], boot);
	check_at(&m->t, 0x10000, flash, 0x40000);
	expect("MERGED_PLACE", true, "made for address 0x0");
	if (boot) {
		check_at(&m->t, boot, flash, 0x40000);
		expect("MERGED_PLACE", true, "made for address 0x0");
		check_at(&m->t, 0, flash + boot, 0x40000 - boot);
		expect("MERGED_PLACE", true, "made for address");
		ck_assert_uint_eq(found.v[0].err.hint.number[0], boot);
	}
	free(m);
}
END_TEST

START_TEST(merged_files_and_their_bootloader)
{
	struct merged *m = make_merged(_i);
	uint8_t *flash = m->flash;
	uint32_t boot = m->boot;

	/* without a bootloader; and with a row for it, as tables since ESP-IDF 5.4 may have */
	memset(flash + boot, 0xff, 0x1000);
	check_at(&m->t, 0, flash, 0x40000);
	expect("BOOT_ERASED", false, "will not start");
	make_bootloader(&m->c, m->chip);
	memcpy(flash + boot, m->c.data, m->c.len);
	m->table.part[m->table.count] = (struct ef_partition){
		.name = "bl", .type = EF_PART_BOOTLOADER, .offset = boot, .size = 0x8000 - boot
	};
	m->table.count++;
	ck_ok(ef_partition_to_binary(&m->table, flash + 0x8000, &m->err), &m->err);
	check_at(&m->t, 0, flash, 0x30000);
	expect("", false, "");
	check_at(&m->t, boot, flash + boot, 0x30000);
	expect("", false, "");
	free(m);
}
END_TEST

/* The gate looks at each part of a merged file. */
START_TEST(parts_of_merged_files)
{
	struct merged *m = make_merged(_i);
	uint8_t *flash = m->flash;

	/* a copy of a flash in which an update of the other slot was broken off */
	make_app(&m->c, m->chip);
	memcpy(flash + 0x20000, m->c.data, 300);
	check_at(&m->t, 0, flash, 0x40000);
	expect("SLOT_UNKNOWN", false, "ota_0");
	memset(flash + 0x20000, 0xff, 300);
	/* each part of it is looked at */
	make_app(&m->c, ef_chip_by_name(_i ? "esp32" : "esp32s3"));
	memcpy(flash + 0x10000, m->c.data, m->c.len);
	check_at(&m->t, 0, flash, 0x40000);
	expect("OTHER_CHIP", true, "0x00010000");
	memset(flash + 0x10000, 0xff, 0x1000);
	memcpy(flash + 0x8004, "\0\0\x50\0", 4); /* nvs at 0x500000, and its MD5 is wrong then */
	check_at(&m->t, 0, flash, 0x40000);
	expect("TABLE_DAMAGED", true, "MD5");
	m->t.flash_size = 2 * 1024 * 1024;
	ck_ok(ef_partition_to_binary(&m->table, flash + 0x8000, &m->err), &m->err);
	check_at(&m->t, 0, flash, 0x40000);
	expect("TABLE_DAMAGED", true, "passes the end of this chip's flash");
	free(m);
}
END_TEST

/* It is told once, and the file's place is not judged: it is one for the other chip. */
START_TEST(merged_file_of_another_chip)
{
	struct merged *m = make_merged(_i);
	struct ef_target other = target_of(ef_chip_by_name(_i ? "esp32" : "esp32s3"));
	uint32_t len = 0x40000 - m->boot;

	check_at(&other, 0x10000, m->flash + m->boot, len);
	expect("OTHER_CHIP", true, m->chip->label);
	ck_assert_uint_eq(found.count, 1);
	check_at(&other, other.chip->image.boot_addr + 0x1000, m->flash + m->boot, len);
	expect("OTHER_CHIP", true, m->chip->label);
	ck_assert_uint_eq(found.count, 1);
	free(m);
}
END_TEST

/* A header without a segment that is whole is no bootloader. */
START_TEST(merged_file_without_segments)
{
	struct merged *m = make_merged(_i);

	ef_put_le32(m->flash + m->boot + 28, 0x50000);
	check_at(&m->t, 0x10000, m->flash, 0x40000);
	ck_assert(!has_finding("MERGED_PLACE"));
	free(m);
}
END_TEST

/* Rows of data partitions, and a row with their MD5 (ESP-IDF, gen_esp32part.py). */
static void fill_rows(uint8_t *bin, uint32_t rows)
{
	memset(bin, 0xff, 0x1000);
	for (uint32_t i = 0; i < rows; i++) {
		uint8_t *row = bin + i * 32;

		memset(row, 0, 32);
		memcpy(row, "\xaa\x50\x01\x02", 4);
		ef_put_le32(row + 4, 0x9000 + i * 0x1000);
		ef_put_le32(row + 8, 0x1000);
		row[12] = 'p';
	}
	memset(bin + rows * 32, 0xeb, 2);
	ef_md5(bin, rows * 32, bin + rows * 32 + 16);
}

/* A bootloader reads 0xc00 bytes, and wants a blank row among them (flash_partitions.c). */
START_TEST(table_that_is_full)
{
	struct ef_target t = target_of(ef_chip_by_name("esp32c3"));
	uint8_t bin[0x1000];

	fill_rows(bin, 94);
	check_at(&t, 0x8000, bin, sizeof(bin));
	expect("", false, "");
	fill_rows(bin, 95);
	check_at(&t, 0x8000, bin, sizeof(bin));
	expect("TABLE_DAMAGED", true, "no end marker");
}
END_TEST

START_TEST(app_over_its_slot)
{
	const struct ef_chip *chip = ef_chip_by_name("esp32s3");
	struct ef_target t = target_of(chip);
	struct content *c = malloc(sizeof(*c));
	static uint8_t seg[0x10004];
	struct ef_partition_table table;

	make_table(&table);
	t.table = &table;
	make(c, chip, address_of(chip, EF_MEM_DROM, EF_MEM_IROM), seg, sizeof(seg));
	check_at(&t, 0x10000, c->data, c->len);
	expect("APP_TOO_LARGE", true, "factory");
	ck_assert_uint_eq(found.count, 1);
	check_at(&t, 0x20000, c->data, c->len);
	expect("", false, "");
	free(c);
}
END_TEST

Suite *suite_plan_merged(void);
Suite *suite_plan_merged(void)
{
	Suite *s = suite_create("plan_merged");
	TCase *t = tcase_create("all");

	tcase_add_test(t, own_table);
	tcase_add_loop_test(t, merged_files, 0, RIG_CHIPS);
	tcase_add_loop_test(t, merged_files_and_their_bootloader, 0, RIG_CHIPS);
	tcase_add_loop_test(t, parts_of_merged_files, 0, RIG_CHIPS);
	tcase_add_loop_test(t, merged_file_of_another_chip, 0, RIG_CHIPS);
	tcase_add_loop_test(t, merged_file_without_segments, 0, RIG_CHIPS);
	tcase_add_test(t, table_that_is_full);
	tcase_add_test(t, app_over_its_slot);
	suite_add_tcase(s, t);
	return s;
}
