/* SPDX-License-Identifier: MIT */
/* Partition table binary: what is read, what is refused, names, defaults, targets. */
#include <espflash/partition.h>

#include "base/hash.h"
#include "base/util.h"
#include "ck_ef.h"

#define SIZE EF_PARTITION_TABLE_SIZE

/* espflash's default table for 4 MB, as bytes. */
static void make_default(uint8_t ret[SIZE])
{
	static struct ef_partition_table t;
	struct ef_err err = EF_ERR_INIT;

	ef_partition_default_at(0, 4 * EF_MIB, &t);
	ck_ok(ef_partition_to_binary(&t, ret, &err), &err);
}

START_TEST(default_table)
{
	/* MD5 row of espflash's default for 4 MB: espflash-behaviour, 4.8 */
	static const char want[] = "56fdfae32072518175d59553fc851e49";
	static const struct ef_partition_opts opts = { .flash_size = 16 * EF_MIB };
	static struct ef_partition_table t;
	struct ef_err err = EF_ERR_INIT;
	uint8_t b[SIZE];
	char have[33];

	make_default(b);
	ef_hex(have, b + 3 * 32 + 16, 16);
	ck_assert_str_eq(have, want);
	ck_assert_uint_eq(b[3 * 32], 0xeb);
	ck_assert_uint_eq(b[3 * 32 + 15], 0xff);
	ck_assert_uint_eq(b[SIZE - 1], 0xff);

	ef_partition_default_at(0, 16 * EF_MIB, &t);
	ck_assert_uint_eq(t.part[2].size, 0xfa0000);
	ck_ok(ef_partition_check(&t, &opts, &err), &err);
	ef_partition_default_at(0, 0, &t);
	ck_assert_uint_eq(t.part[2].size, 0);
	ef_partition_default_at(0, 0x8000, &t);
	ck_assert_uint_eq(t.part[2].size, 0);
}
END_TEST

/* The parts follow the table, in this order and with these sizes; an app is aligned to 64 KiB. */
START_TEST(default_table_moves)
{
	static const uint32_t rows[][4] = {
		/* table, nvs, phy_init, factory */
		{ 0, 0x9000, 0xf000, 0x10000 },         { 0x8000, 0x9000, 0xf000, 0x10000 },
		{ 0x9000, 0xa000, 0x10000, 0x20000 },   { 0x10000, 0x11000, 0x17000, 0x20000 },
		{ 0x18000, 0x19000, 0x1f000, 0x20000 },
	};
	const uint32_t *row = rows[_i];
	const struct ef_partition_opts opts = { .table_offset = row[0], .flash_size = 4 * EF_MIB };
	static struct ef_partition_table t;
	struct ef_err err = EF_ERR_INIT;

	ef_partition_default_at(row[0], 4 * EF_MIB, &t);
	ck_ok(ef_partition_check(&t, &opts, &err), &err);
	ck_assert_uint_eq(t.part[0].offset, row[1]);
	ck_assert_uint_eq(t.part[1].offset, row[2]);
	ck_assert_uint_eq(t.part[2].offset, row[3]);
	ck_assert_uint_eq(t.part[2].offset + t.part[2].size, 4 * EF_MIB);
	/* no wrap at the end of the addresses */
	ef_partition_default_at(0xfffff000, 4 * EF_MIB, &t);
	ck_assert_uint_eq(t.part[2].size, 0);
}
END_TEST

/* esp_flash_partitions.h: PART_FLAG_ENCRYPTED is bit 0, PART_FLAG_READONLY bit 1. */
START_TEST(unknown_flags)
{
	struct ef_partition p = { .flags = 3 };

	ck_assert_uint_eq(ef_partition_unknown_flags(&p), 0);
	p.flags = 0x80000006;
	ck_assert_uint_eq(ef_partition_unknown_flags(&p), 0x80000004);
}
END_TEST

START_TEST(parsed)
{
	static struct ef_partition_table t;
	struct ef_err err = EF_ERR_INIT;
	uint8_t b[SIZE], again[SIZE];

	make_default(b);
	ck_assert(ef_partition_is_binary(b, sizeof(b)));
	ck_assert(!ef_partition_is_binary(b, 1));
	ck_ok(ef_partition_parse(b, sizeof(b), NULL, &t, &err), &err);
	ck_assert_uint_eq(t.count, 3);
	ck_assert(t.has_md5);
	ck_assert_str_eq(t.part[1].name, "phy_init");
	ck_assert_uint_eq(t.part[2].offset, 0x10000);
	ck_assert_uint_eq(t.part[2].line, 0);
	/* without the MD5 row, and cut right behind the end marker */
	memset(b + 3 * 32, 0xff, 32);
	ck_ok(ef_partition_parse_binary(b, 4 * 32, &t, &err), &err);
	ck_assert(!t.has_md5);
	ck_ok(ef_partition_to_binary(&t, again, &err), &err);
	ck_assert_mem_eq(again, b, SIZE);
}
END_TEST

START_TEST(refused)
{
	static const struct {
		size_t at;
		uint8_t value;
		size_t len;
		const char *text;
	} cases[] = {
		{ 3 * 32 + 20, 0, SIZE, "its MD5 is 56fdfae32072518175d59553fc851e49" },
		{ 12, 'N', SIZE, "is damaged" },
		{ 32, 0xab, SIZE, "row 2 of the partition table starts with ab 50, not aa 50" },
		{ 4 * 32, 0xaa, SIZE, "row 5 of the partition table starts with aa ff" },
		{ 0, 0xaa, 4 * 32, "no end marker" },
		{ 0, 0xaa, 3 * 32, "no end marker" },
		{ 0, 0xaa, 5 * 32 - 1, "row 5 has 31 bytes" },
		{ 0, 0xaa, 2, "row 1 has 2 bytes" },
	};
	static struct ef_partition_table t;
	struct ef_err err = EF_ERR_INIT;
	uint8_t b[SIZE];

	for (size_t i = 0; i < EF_ARRAY_LEN(cases); i++) {
		make_default(b);
		b[cases[i].at] = cases[i].value;
		ck_fails(ef_partition_parse_binary(b, cases[i].len, &t, &err), &err, EF_E_INPUT,
			 cases[i].text);
	}
	ck_fails(ef_partition_parse_binary(b, 0, &t, &err), &err, EF_E_INPUT, "no end marker");
}
END_TEST

START_TEST(two_md5_rows)
{
	static struct ef_partition_table t;
	struct ef_err err = EF_ERR_INIT;
	uint8_t b[SIZE];

	make_default(b);
	memcpy(b + 4 * 32, b + 3 * 32, 32);
	ck_fails(ef_partition_parse_binary(b, SIZE, &t, &err), &err, EF_E_INPUT, "two MD5 rows");
	make_default(b);
	memcpy(b + 4 * 32, b, 32);
	ck_fails(ef_partition_parse_binary(b, SIZE, &t, &err), &err, EF_E_INPUT,
		 "row 5 of the partition table starts with aa 50 after the MD5 row");
}
END_TEST

/* 95 rows fit without MD5; 96 leave no room for the end marker. */
START_TEST(full_table)
{
	static struct ef_partition_table t;
	struct ef_err err = EF_ERR_INIT;
	uint8_t b[SIZE];

	make_default(b);
	for (unsigned i = 3; i < 95; i++)
		memcpy(b + i * 32, b + 64, 32);
	ck_ok(ef_partition_parse_binary(b, SIZE, &t, &err), &err);
	ck_assert_uint_eq(t.count, 95);
	t.has_md5 = true;
	ck_fails(ef_partition_to_binary(&t, b, &err), &err, EF_E_INPUT,
		 "95 partitions are more than the 94");
	ck_fails(ef_partition_check(&t, NULL, &err), &err, EF_E_INPUT,
		 "95 partitions are more than the 94");
	memcpy(b + 95 * 32, b + 64, 32);
	ck_fails(ef_partition_parse_binary(b, SIZE, &t, &err), &err, EF_E_INPUT, "no end marker");
}
END_TEST

/* Bits and numbers of a newer ESP-IDF are kept (W-11), a name may fill its field. */
START_TEST(unknown_bits)
{
	static struct ef_partition_table t;
	struct ef_err err = EF_ERR_INIT;
	uint8_t b[SIZE], again[SIZE];
	char *csv = NULL;

	make_default(b);
	b[32 + 2] = 0x77;
	b[32 + 3] = 0xee;
	memcpy(b + 32 + 12, "sixteen_letters_", 16);
	b[32 + 28] = 0xf3;
	b[32 + 31] = 0x80;
	ef_md5(b, 96, b + 96 + 16);
	ck_ok(ef_partition_parse(b, SIZE, NULL, &t, &err), &err);
	ck_assert_str_eq(t.part[1].name, "sixteen_letters_");
	ck_assert_uint_eq(t.part[1].flags, 0x800000f3);
	ck_ok(ef_partition_to_binary(&t, again, &err), &err);
	ck_assert_mem_eq(again, b, SIZE);
	ck_ok(ef_partition_to_csv(&t, &csv, &err), &err);
	ck_assert_str_eq(csv, "# ESP-IDF Partition Table\n"
			      "# Name,Type,SubType,Offset,Size,Flags\n"
			      "nvs,data,nvs,0x9000,0x6000,\n"
			      "sixteen_letters_,0x77,0xee,0xf000,0x1000,encrypted:readonly\n"
			      "factory,app,factory,0x10000,0x3f0000,\n");
	free(csv);
}
END_TEST

/* gen_esp32part.py writes the flags that are set, joined by a colon. */
START_TEST(flags_in_csv)
{
	static const struct {
		uint32_t flags;
		const char *row;
	} cases[] = {
		{ 0, "a,data,fat,0x9000,0x1000,\n" },
		{ 1, "a,data,fat,0x9000,0x1000,encrypted\n" },
		{ 2, "a,data,fat,0x9000,0x1000,readonly\n" },
		{ 3, "a,data,fat,0x9000,0x1000,encrypted:readonly\n" },
	};
	static struct ef_partition_table t;
	struct ef_err err = EF_ERR_INIT;
	char *csv = NULL;

	t.count = 1;
	t.part[0] = (struct ef_partition){ .name = "a",
					   .type = 1,
					   .subtype = 0x81,
					   .offset = 0x9000,
					   .size = 0x1000,
					   .flags = cases[_i].flags };
	ck_ok(ef_partition_to_csv(&t, &csv, &err), &err);
	ck_assert_ptr_nonnull(strstr(csv, "Flags\n"));
	ck_assert_str_eq(strstr(csv, "Flags\n") + 6, cases[_i].row);
	free(csv);
}
END_TEST

/* A name with a meaning in a CSV is quoted; one that a terminal would obey is cleaned. */
START_TEST(odd_names)
{
	static const struct {
		const char *name, *row;
	} cases[] = {
		{ "a,b", "\"a,b\",app,test,0x10000,0x10000,\n" },
		{ "a\"b", "\"a\"\"b\",app,test,0x10000,0x10000,\n" },
		{ "#a", "\"#a\",app,test,0x10000,0x10000,\n" },
		{ "$HOME", "\"$HOME\",app,test,0x10000,0x10000,\n" },
		{ " a", "\" a\",app,test,0x10000,0x10000,\n" },
		{ "", "\"\",app,test,0x10000,0x10000,\n" },
		{ "\x1b[2J\n", "?[2J?,app,test,0x10000,0x10000,\n" },
		{ "a\xff", "a?,app,test,0x10000,0x10000,\n" },
	};
	static struct ef_partition_table t;
	struct ef_err err = EF_ERR_INIT;

	for (size_t i = 0; i < EF_ARRAY_LEN(cases); i++) {
		char *csv = NULL;

		memset(&t, 0, sizeof(t));
		t.count = 1;
		t.part[0] = (struct ef_partition){ .subtype = 0x20,
						   .offset = 0x10000,
						   .size = 0x10000 };
		ef_strlcpy(t.part[0].name, sizeof(t.part[0].name), cases[i].name);
		ck_ok(ef_partition_to_csv(&t, &csv, &err), &err);
		ck_assert_ptr_nonnull(strstr(csv, "Flags\n"));
		ck_assert_str_eq(strstr(csv, "Flags\n") + 6, cases[i].row);
		free(csv);
	}
}
END_TEST

/* Equal names of full length: an error in a binary, where nothing was cut. */
START_TEST(equal_names)
{
	static struct ef_partition_table t;
	struct ef_err err = EF_ERR_INIT;

	ef_partition_default_at(0, 4 * EF_MIB, &t);
	ef_strlcpy(t.part[0].name, sizeof(t.part[0].name), "sixteen_letters_");
	ef_strlcpy(t.part[1].name, sizeof(t.part[1].name), "sixteen_letters_");
	ck_fails(ef_partition_check(&t, NULL, &err), &err, EF_E_INPUT,
		 "field 'name' of partition 'sixteen_letters_': the name is taken");
	t.part[0].line = 1;
	t.part[1].line = 2;
	ck_ok(ef_partition_check(&t, NULL, &err), &err);
}
END_TEST

/* W-08: the end counts, not the sum; and it can't wrap. */
START_TEST(places)
{
	static struct ef_partition_table t;
	struct ef_partition_opts opts = { 0, 4 * EF_MIB, EF_PART_NO_OFFSET, 0 };
	struct ef_err err = EF_ERR_INIT;

	ef_partition_default_at(0, 4 * EF_MIB, &t);
	t.part[0] = t.part[2];
	t.part[2] = (struct ef_partition){
		.type = 1, .subtype = 2, .offset = 0x9000, .size = 0x6000, .name = "nvs"
	};
	ck_ok(ef_partition_check(&t, &opts, &err), &err); /* any order */
	t.part[0].offset += 0x10000;
	ck_fails(ef_partition_check(&t, &opts, &err), &err, EF_E_INPUT, "beyond the flash");
	t.part[0].size = 0xfffff000;
	ck_fails(ef_partition_check(&t, &opts, &err), &err, EF_E_INPUT, "ends at 0x10001f000");
	t.part[2].size = 0x8000;
	ck_fails(ef_partition_check(&t, NULL, &err), &err, EF_E_INPUT,
		 "'phy_init': 0x0000f000 overlaps 'nvs' (0x00009000 + 0x8000)");
	t.part[2].size = 0x6001; /* one byte into 0xf000 */
	ck_fails(ef_partition_check(&t, NULL, &err), &err, EF_E_INPUT, "overlaps 'nvs'");
	opts.table_offset = 0x9000;
	ck_fails(ef_partition_check(&t, &opts, &err), &err, EF_E_INPUT,
		 "0x00009000 is below 0x0000a000");
}
END_TEST

/* ESP-IDF, gen_esp32part.py: ota_0 to ota_15 are 0x10 to 0x1f. */
START_TEST(names_of_ota_slots)
{
	char name[EF_PART_NAME_SIZE], want[EF_PART_NAME_SIZE];

	ck_assert(ef_snprintf(want, sizeof(want), "ota_%d", _i));
	ef_partition_subtype_name(EF_PART_APP, (uint8_t)(0x10 + _i), name);
	ck_assert_str_eq(name, want);
}
END_TEST

START_TEST(binaries_are_checked)
{
	static struct ef_partition_table t, untouched;
	static uint8_t bin[EF_PARTITION_TABLE_SIZE];
	struct ef_err err = EF_ERR_INIT;

	ef_partition_default_at(0, 4 * EF_MIB, &t);
	t.part[0].size = 0x6001;
	ck_ok(ef_partition_to_binary(&t, bin, &err), &err);
	ck_fails(ef_partition_parse(bin, sizeof(bin), NULL, &untouched, &err), &err, EF_E_INPUT,
		 "overlaps 'nvs'");
	ck_assert_uint_eq(untouched.count, 0);
	bin[4] ^= 1;
	ck_fails(ef_partition_parse(bin, sizeof(bin), NULL, &untouched, &err), &err, EF_E_INPUT,
		 "damaged");
}
END_TEST

START_TEST(finding)
{
	static struct ef_partition_table t;

	ef_partition_default_at(0, 4 * EF_MIB, &t);
	ck_assert_ptr_eq(ef_partition_find(&t, "phy_init"), &t.part[1]);
	ck_assert_ptr_null(ef_partition_find(&t, "phy"));
	ck_assert_ptr_eq(ef_partition_target(&t, NULL), &t.part[2]);
	ck_assert_ptr_eq(ef_partition_target(&t, "nvs"), &t.part[0]);
	ck_assert_ptr_null(ef_partition_target(&t, "ota_0"));
	/* by name "factory", else the first app */
	ef_strlcpy(t.part[2].name, sizeof(t.part[2].name), "main");
	ck_assert_ptr_eq(ef_partition_target(&t, NULL), &t.part[2]);
	t.part[2].type = EF_PART_DATA;
	ck_assert_ptr_null(ef_partition_target(&t, NULL));
}
END_TEST

START_TEST(names)
{
	static const struct {
		uint8_t type, subtype;
		const char *type_name, *subtype_name;
	} cases[] = {
		{ 0, 0x00, "app", "factory" },
		{ 0, 0x1f, "app", "ota_15" },
		{ 0, 0x20, "app", "test" },
		{ 0, 0x31, "app", "tee_1" },
		{ 0, 0x05, "app", "0x05" },
		{ 1, 0x00, "data", "ota" },
		{ 1, 0x83, "data", "littlefs" },
		{ 1, 0x99, "data", "0x99" },
		{ 2, 0x02, "bootloader", "recovery" },
		{ 3, 0x01, "partition_table", "ota" },
		{ 0x40, 0x00, "0x40", "0x00" },
		{ 0xff, 0xff, "0xff", "0xff" },
	};
	char name[EF_PART_NAME_SIZE];
	uint8_t value = 0;

	for (size_t i = 0; i < EF_ARRAY_LEN(cases); i++) {
		ef_partition_type_name(cases[i].type, name);
		ck_assert_str_eq(name, cases[i].type_name);
		ef_partition_subtype_name(cases[i].type, cases[i].subtype, name);
		ck_assert_str_eq(name, cases[i].subtype_name);
	}
	ck_assert(ef_partition_data_subtype("nvs_keys", &value));
	ck_assert_uint_eq(value, 4);
	ck_assert(!ef_partition_data_subtype("factory", &value));
	ck_assert(!ef_partition_data_subtype("", &value));
}
END_TEST

/* The first rows decide what the table is, unless all of them are rows. */
START_TEST(first_rows)
{
	static struct ef_partition_table t, whole, part;
	struct ef_err err = EF_ERR_INIT;
	uint8_t b[SIZE];

	t = (struct ef_partition_table){ .count = (size_t)_i / 2, .has_md5 = _i % 2 };
	for (size_t i = 0; i < t.count; i++)
		t.part[i] = (struct ef_partition){ .name = "x",
						   .type = 1,
						   .offset = 0x10000 + (uint32_t)i * 0x1000,
						   .size = 0x1000 };
	ck_ok(ef_partition_to_binary(&t, b, &err), &err);
	ck_ok(ef_partition_parse_binary(b, SIZE, &whole, &err), &err);
	for (size_t len = 0; len <= SIZE; len += 32) {
		size_t rows = t.count + t.has_md5;

		ck_assert_int_eq(ef_partition_goes_on(b, len), len / 32 <= rows);
		if (ef_partition_goes_on(b, len))
			continue;
		ck_ok(ef_partition_parse_binary(b, len, &part, &err), &err);
		ck_assert_mem_eq(&part, &whole, sizeof(part));
	}
	b[0] = 0;
	ck_assert(!ef_partition_goes_on(b, 32));
}
END_TEST

Suite *suite_partition_binary(void);

Suite *suite_partition_binary(void)
{
	Suite *s = suite_create("partition_binary");
	TCase *tc = tcase_create("binary");

	tcase_add_test(tc, default_table);
	tcase_add_loop_test(tc, default_table_moves, 0, 5);
	tcase_add_test(tc, unknown_flags);
	tcase_add_test(tc, parsed);
	tcase_add_test(tc, refused);
	tcase_add_test(tc, two_md5_rows);
	tcase_add_test(tc, full_table);
	tcase_add_test(tc, unknown_bits);
	tcase_add_loop_test(tc, flags_in_csv, 0, 4);
	tcase_add_test(tc, odd_names);
	tcase_add_test(tc, equal_names);
	tcase_add_test(tc, places);
	tcase_add_loop_test(tc, names_of_ota_slots, 0, 16);
	tcase_add_test(tc, binaries_are_checked);
	tcase_add_test(tc, finding);
	tcase_add_loop_test(tc, first_rows, 0, 2 * 40);
	tcase_add_test(tc, names);
	suite_add_tcase(s, tc);
	return s;
}
