/* SPDX-License-Identifier: MIT */
/*
 * Partition table CSV: byte for byte what ESP-IDF's generator makes of it
 * (tests/golden/partition, and the corpus), and what is refused, where, why.
 */
#include <stdio.h>

#include <espflash/partition.h>

#include "base/util.h"
#include "ck_ef.h"

#define GOLDEN EF_SOURCE_DIR "/tests/golden/partition/"
#define CORPUS EF_CORPUS_DIR "/partitions/"

static const struct ef_partition_opts usual = { 0x8000, 0, 0x1000, 0 };

static void read_file(const char *dir, const char *name, const char *ext, struct ef_buf *buf)
{
	struct ef_err err = EF_ERR_INIT;
	char path[1024];

	ck_assert(ef_snprintf(path, sizeof(path), "%s%s%s", dir, name, ext));
	ck_ok(ef_file_read(path, buf, &err), &err);
}

/* CSV to binary is .bin; binary to table is the table; CSV of it is the table again. */
static void check_pair(const char *dir, const char *name, const struct ef_partition_opts *opts)
{
	struct ef_buf csv = EF_BUF_INIT(EF_MAX_CSV), bin = EF_BUF_INIT(EF_MAX_CSV);
	static struct ef_partition_table a, b;
	uint8_t out[EF_PARTITION_TABLE_SIZE], again[EF_PARTITION_TABLE_SIZE];
	struct ef_err err = EF_ERR_INIT;
	char *text = NULL;

	read_file(dir, name, ".csv", &csv);
	read_file(dir, name, ".bin", &bin);
	ck_ok(ef_partition_parse(csv.data, csv.len, opts, &a, &err), &err);
	ck_ok(ef_partition_to_binary(&a, out, &err), &err);
	ck_assert_uint_eq(bin.len, sizeof(out));
	ck_assert_msg(!memcmp(out, bin.data, sizeof(out)), "%s differs", name);

	ck_ok(ef_partition_parse_binary(bin.data, bin.len, &b, &err), &err);
	ck_assert_uint_eq(b.count, a.count);
	ck_assert(b.has_md5);
	ck_ok(ef_partition_to_binary(&b, again, &err), &err);
	ck_assert_mem_eq(again, out, sizeof(out));

	ck_ok(ef_partition_to_csv(&a, &text, &err), &err);
	/* names that were cut in a character, or are equal when cut, can't come back */
	if (strcmp(name, "long_names") != 0) {
		ck_ok(ef_partition_parse_csv((const uint8_t *)text, strlen(text), opts, &b, &err),
		      &err);
		ck_ok(ef_partition_to_binary(&b, again, &err), &err);
		ck_assert_msg(!memcmp(again, out, sizeof(out)), "%s: CSV is %s", name, text);
	}
	free(text);
	ef_buf_release(&csv);
	ef_buf_release(&bin);
}

static const char *const golden[] = {
	"blank_offsets", "numbers",   "names",      "flags",          "bootloader_rows",
	"long_names",    "line_ends", "utf8_bom",   "utf16_le",       "utf16_be",
	"utf32_be",      "most_rows", "zero_sizes", "table_at_10000", "recovery_rows",
};

START_TEST(as_the_generator)
{
	struct ef_partition_opts opts = usual;

	if (!strcmp(golden[_i], "table_at_10000"))
		opts = (struct ef_partition_opts){ 0x10000, 0, 0x2000, 0 };
	if (!strcmp(golden[_i], "recovery_rows"))
		opts = (struct ef_partition_opts){ 0x8000, 0, 0x2000, 0x3f0000 };
	check_pair(GOLDEN, golden[_i], &opts);
}
END_TEST

static const char *const corpus_good[] = {
	"factory_app_two_ota",
	"partitions-4MB",
	"partitions-8MB",
	"partitions_singleapp",
	"partitions_singleapp_large",
	"partitions_two_ota",
	"single_factory_no_ota",
};
static const struct {
	const char *name, *text;
} corpus_bad[] = {
	{ "err_conflicting_names", "line 5, field 'name'" },
	{ "err_factory_too_large", "line 3, field 'size'" },
	{ "err_multiple_factory", "line 4, field 'subtype'" },
	{ "err_multiple_otadata", "line 5, field 'subtype'" },
	{ "err_no_app_partition", "no partition of type 'app'" },
	{ "err_otadata_invalid_size", "line 4, field 'size'" },
	{ "err_overlapping_partitions", "line 8, field 'offset'" },
	{ "err_unaligned_app_partition", "line 5, field 'offset'" },
};

static bool has_corpus(void)
{
	if (ef_file_exists(CORPUS "partitions_two_ota.csv"))
		return true;
	printf("partition: skipped, no %s\n", CORPUS);
	return false;
}

START_TEST(corpus_is_accepted)
{
	if (has_corpus())
		check_pair(CORPUS, corpus_good[_i], &usual);
}
END_TEST

START_TEST(corpus_is_refused)
{
	struct ef_buf csv = EF_BUF_INIT(EF_MAX_CSV);
	static struct ef_partition_table t;
	struct ef_err err = EF_ERR_INIT;

	if (!has_corpus())
		return;
	read_file(CORPUS, corpus_bad[_i].name, ".csv", &csv);
	ck_fails(ef_partition_parse(csv.data, csv.len, &usual, &t, &err), &err, EF_E_INPUT,
		 corpus_bad[_i].text);
	ef_buf_release(&csv);
}
END_TEST

/* 29 MB of data behind the app: 31523840 bytes to the end. */
START_TEST(large_data_partition)
{
	struct ef_partition_opts opts = { 0, 30 * 1024 * 1024, EF_PART_NO_OFFSET, 0 };
	struct ef_buf csv = EF_BUF_INIT(EF_MAX_CSV);
	static struct ef_partition_table t;
	struct ef_err err = EF_ERR_INIT;

	if (!has_corpus())
		return;
	read_file(CORPUS, "large_data_partition", ".csv", &csv);
	ck_fails(ef_partition_parse(csv.data, csv.len, &opts, &t, &err), &err, EF_E_INPUT,
		 "line 6, field 'size' of partition 'storage': it ends at 0x01e10000");
	opts.flash_size = 0x1e10000;
	ck_ok(ef_partition_parse(csv.data, csv.len, &opts, &t, &err), &err);
	opts.flash_size = 0;
	ck_ok(ef_partition_parse(csv.data, csv.len, &opts, &t, &err), &err);
	ef_buf_release(&csv);
}
END_TEST

#define APP "f,app,factory,,1M\n"

/* The generator refuses all of these, too, except the marked ones. */
static const struct refusal {
	const char *csv, *text;
} refusals[] = {
	{ "", "no partition of type 'app'" }, /* ours */
	{ "\n# nothing\n", "no partition of type 'app'" },
	{ "a\n", "line 1, field 'type': '' is empty" },
	{ "\n\na,,nvs,,4K\n", "line 3, field 'type': '' is empty" },
	{ "a,app,,,1M\n", "line 1, field 'subtype': '' is empty" },
	{ "a,data,fat,,4K\r\nb,apps,0,,1M\r\n", "line 2, field 'type': 'apps' is neither" },
	{ "a,apps,ota_0,,1M\n", "line 1, field 'type': 'apps' is neither" },
	{ "a,256,0,,4K\n", "line 1, field 'type': '256' is not in 0 to 255" },
	{ "a,-1,0,,4K\n", "line 1, field 'type': '-1' is not in 0 to 255" },
	{ "a,data,factory,,4K\n", "line 1, field 'subtype': 'factory' is neither" },
	{ "a,app,nvs,,1M\n", "line 1, field 'subtype': 'nvs' is neither" },
	{ "a,app,ota_16,,1M\n", "line 1, field 'subtype': 'ota_16' is neither" },
	{ "a,0x40,nvs,,4K\n", "line 1, field 'subtype': 'nvs' is neither" },
	{ "a,data,0x100,,4K\n", "line 1, field 'subtype': '0x100' is not in" },
	{ "a,data,fat,,\n", "line 1, field 'size': '' is empty" },
	{ "a,data,fat\n", "line 1, field 'size': '' is empty" },
	{ "a,data,fat,010,4K\n", "line 1, field 'offset': '010' is not a number" },
	{ "a,data,fat,,4Q\n", "line 1, field 'size': '4Q' is not a number" },
	{ "a,data,fat,,0x\n", "line 1, field 'size': '0x' is not a number" },
	{ "a,data,fat,,1__0\n", "line 1, field 'size': '1__0' is not a number" },
	{ "a,data,fat,,_10\n", "line 1, field 'size': '_10' is not a number" },
	{ "a,data,fat,,10_\n", "line 1, field 'size': '10_' is not a number" },
	{ "a,data,fat,,k\n", "line 1, field 'size': 'k' is not a number" },
	{ "a,data,fat,,--4K\n", "line 1, field 'size': '--4K' is not a number" },
	{ "a,data,fat,,- 4K\n", "line 1, field 'size': '- 4K' is not a number" },
	{ "a,data,fat,,4.0K\n", "line 1, field 'size': '4.0K' is not a number" },
	{ "a,data,fat,,0x100000000\n" APP, "line 1, field 'size': beyond 4 GiB" },
	{ "a,data,fat,,5000M\n" APP, "line 1, field 'size': beyond 4 GiB" },
	{ "a,data,fat,,99999999999999999999999\n", "line 1, field 'size'" },
	{ "a,data,fat,,1KKKKKKKKKKKKKKKKKKKKKKK\n", "line 1, field 'size'" },
	{ "a,data,fat,5G,4K\n", "line 1, field 'offset': '5G' is not a number" },
	{ "a,data,fat,5000M,4K\n", "line 1, field 'offset': beyond 4 GiB" },
	{ "a,data,fat,0xFFFFF000,8K\n" APP, "line 2, field 'offset': beyond 4 GiB" },
	{ "a,data,fat,0x8000,4K\n", "line 1, field 'offset': it is below 0x00009000" },
	{ "a,data,fat,0,4K\n", "line 1, field 'offset': it is below 0x00009000" },
	{ "a,data,fat,-4096,4K\n", "line 1, field 'offset': it is below 0x00009000" },
	{ "a,data,fat,,8K\nb,data,fat,0xa000,4K\n",
	  "line 2, field 'offset': it is below 0x0000b000" },
	{ "a,data,fat,0x20000,-0x1f000\n", "line 1, field 'size': the end is below" },
	{ "a,data,fat,0x9100,4K\n" APP,
	  "line 1, field 'offset' of partition 'a': 0x00009100 is not" },
	{ "a,0x40,0,0x9100,4K\n" APP, "line 1, field 'offset' of partition 'a'" },
	{ "f,app,factory,0x11000,1M\n", "line 1, field 'offset' of partition 'f'" },
	{ "f,app,factory,,0x1800\n", "line 1, field 'size' of partition 'f': 0x1800 is not" },
	{ "a,data,fat,,4K,secret\n", "line 1, field 'flags': 'secret' is neither" },
	{ "a,data,fat,,4K,Encrypted\n", "line 1, field 'flags': 'Encrypted' is neither" },
	{ "a,data,fat,,4K,encrypted: readonly\n", "line 1, field 'flags': ' readonly' is neither" },
	{ "a,data,ota,,8K,readonly\n" APP, "line 1, field 'flags' of partition 'a'" },
	{ "a,data,coredump,,64K,readonly\n" APP, "line 1, field 'flags' of partition 'a'" },
	{ "a,data,nvs,,8K\n" APP, "line 1, field 'size' of partition 'a': nvs of 0x2000 bytes" },
	{ "a,data,ota,,4K\n" APP, "line 1, field 'size' of partition 'a': otadata" },
	{ "a,data,tee_ota,,4K\n" APP, "line 1, field 'size' of partition 'a': otadata" },
	{ "a,data,ota,,8K\nb,data,ota,,8K\n" APP, "line 2, field 'subtype' of partition 'b'" },
	{ "a,data,tee_ota,,8K\nb,data,tee_ota,,8K\n" APP, "line 2, field 'subtype'" },
	{ "f,app,factory,,1M\ng,app,factory,,1M\n", "line 2, field 'subtype'" }, /* ours */
	{ "a,data,fat,,4K\na,data,fat,,4K\n" APP,
	  "line 2, field 'name': 'a' is the name of line 1" },
	{ "seventeen_letters,data,fat,,4K\nseventeen_letters,data,phy,,4K\n" APP,
	  "line 2, field 'name'" },
	{ "sixteen__letters,data,fat,,4K\nsixteen__letters,data,phy,,4K\n" APP,
	  "line 2, field 'name'" },
	{ "b,bootloader,recovery\n" APP, "line 1, field 'offset': the recovery bootloader's" },
	{ "b,bootloader,recovery,0x3f0000,32K\n" APP, "the recovery bootloader's offset is not" },
	{ "b,bootloader,ota,N/A,\n" APP, "line 1, field 'offset': 'N/A' is not a number" },
	{ "t,partition_table,primary\nu,partition_table,primary\n" APP,
	  "line 2, field 'offset' of partition 'u': 0x00008000 overlaps 't'" },
	{ "a,data,fat,0x9000,0x1001\nb,data,fat,0xa000,4K\n" APP, /* one byte */
	  "line 2, field 'offset': it is below 0x0000a001" },
	{ "$NAME,data,fat,,4K\n", "line 1, field 'name': '$NAME' is an environment variable" },
	{ "a,data,fat,,$SIZE\n", "line 1, field 'size': '$SIZE' is an environment variable" },
	{ "a,data,fat,x${OFF}y,4K\n", "line 1, field 'offset': '${OFF}y' is an" }, /* ours */
	{ "\"a,data,fat,,4K\n", "line 1, field 'name': '\"a,data,fat,,4K' has no" },
	{ "\"a\"b,data,fat,,4K\n", "line 1, field 'name': 'b,data,fat,,4K' follows" }, /* ours */
	{ "a,data,f\xff"
	  "at,,4K\n",
	  "line 1: byte 8 is not UTF-8 text" },
	{ "\na,data,\xc0\x80\n", "line 2: byte 8 is not UTF-8 text" },
	{ "a,\xed\xa0\x80\n", "line 1: byte 2 is not UTF-8 text" },
	{ "a,\xf4\x90\x80\x80\n", "line 1: byte 2 is not UTF-8 text" },
	{ "a,\xe2\x82", "line 1: byte 2 is not UTF-8 text" },
};
#define REFUSALS ((int)(sizeof(refusals) / sizeof(refusals[0])))

START_TEST(refused)
{
	const struct refusal *r = &refusals[_i];
	static struct ef_partition_table t;
	struct ef_err err = EF_ERR_INIT;

	memset(&t, 0x5a, sizeof(t));
	ck_fails(ef_partition_parse((const uint8_t *)r->csv, strlen(r->csv), &usual, &t, &err),
		 &err, EF_E_INPUT, r->text);
	for (size_t i = 0; i < sizeof(t); i++)
		ck_assert_uint_eq(((uint8_t *)&t)[i], 0x5a);
}
END_TEST

START_TEST(refused_with_nul_and_wide)
{
	static const struct {
		const char *data;
		size_t len;
		const char *text;
	} cases[] = {
		{ "a,data,\0fat", 11, "line 1: byte 7 is a NUL" },
		{ "\xff\xfe"
		  "a\0\n\0\xd8\xdc"
		  "a\0",
		  10, "line 2: byte 6 is not UTF-16 text" },
		{ "\xff\xfe"
		  "a",
		  3, "line 1: byte 2 is not UTF-16 text" },
		{ "\xfe\xff\xd8\x00\x00"
		  "a",
		  6, "line 1: byte 2 is not UTF-16 text" },
		{ "\xfe\xff\xd8\x00", 4, "line 1: byte 2 is not UTF-16 text" },
		{ "\xff\xfe\0\0\0\0\x11\0", 8, "line 1: byte 4 is not UTF-32 text" },
		{ "\xff\xff\xff\xff", 4, "erased flash" },
		{ "\xaa", 1, "line 1: byte 0 is not UTF-8" },
	};
	static struct ef_partition_table t;
	struct ef_err err = EF_ERR_INIT;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_fails(ef_partition_parse((const uint8_t *)cases[i].data, cases[i].len, NULL, &t,
					    &err),
			 &err, EF_E_INPUT, cases[i].text);
}
END_TEST

/* The 95th row doesn't fit with the MD5 row; and the file has a ceiling. */
START_TEST(too_many)
{
	struct ef_buf b = EF_BUF_INIT(EF_MAX_CSV + 16);
	static struct ef_partition_table t;
	struct ef_err err = EF_ERR_INIT;

	for (unsigned i = 0; i < 95; i++)
		ck_ok(ef_buf_printf(&b, &err, "p%u,0x40,1,,4K\n", i), &err);
	ck_fails(ef_partition_parse_csv(b.data, b.len, &usual, &t, &err), &err, EF_E_INPUT,
		 "line 95: more than 94 partitions");
	ck_ok(ef_buf_fill(&b, '\n', EF_MAX_CSV + 1 - b.len, &err), &err);
	ck_fails(ef_partition_parse_csv(b.data, b.len, &usual, &t, &err), &err, EF_E_INPUT,
		 "too large");
	ef_buf_release(&b);
}
END_TEST

/* Python 3, str.isspace: all of these, but not the zero width space U+200B. */
START_TEST(blanks)
{
	static const char *const blank[] = { " ",
					     "\t",
					     "\x1f",
					     "\xc2\xa0",
					     "\xe1\x9a\x80",
					     "\xe2\x80\x80",
					     "\xe2\x80\x8a",
					     "\xe2\x80\xaf",
					     "\xe2\x81\x9f",
					     "\xe3\x80\x80" };
	static struct ef_partition_table t;
	struct ef_err err = EF_ERR_INIT;
	char csv[64];

	for (size_t i = 0; i < EF_ARRAY_LEN(blank); i++) {
		ck_assert(ef_snprintf(csv, sizeof(csv), "%sf%s,app,factory,,1M%s\n", blank[i],
				      blank[i], blank[i]));
		ck_ok(ef_partition_parse_csv((const uint8_t *)csv, strlen(csv), NULL, &t, &err),
		      &err);
		ck_assert_msg(strcmp(t.part[0].name, "f") == 0, "blank %zu", i);
	}
	ck_assert(ef_snprintf(csv, sizeof(csv), "f\xe2\x80\x8b,app,factory,,1M\n"));
	ck_ok(ef_partition_parse_csv((const uint8_t *)csv, strlen(csv), NULL, &t, &err), &err);
	ck_assert_uint_eq(strlen(t.part[0].name), 4);
}
END_TEST

START_TEST(quotes)
{
	static const char csv[] = "\"nvs\" , \"data\",\"nvs\",\"\",\" 0x6000 \"\n"
				  "  \"a \"\"b\"\", $c \",app,ota_0,,1M,\"encrypted\",x\n";
	static struct ef_partition_table t;
	struct ef_err err = EF_ERR_INIT;

	ck_ok(ef_partition_parse_csv((const uint8_t *)csv, strlen(csv), NULL, &t, &err), &err);
	ck_assert_uint_eq(t.count, 2);
	ck_assert_str_eq(t.part[0].name, "nvs");
	ck_assert_uint_eq(t.part[0].offset, 0x9000);
	ck_assert_uint_eq(t.part[0].size, 0x6000);
	ck_assert_str_eq(t.part[1].name, "a \"b\", $c ");
	ck_assert_uint_eq(t.part[1].flags, EF_PART_ENCRYPTED);
	ck_assert_uint_eq(t.part[1].line, 2);
}
END_TEST

/* A row of type bootloader needs to know the chip. */
/* Like the generator, ignore a seventh field, whatever it contains. */
START_TEST(fields_past_the_sixth)
{
	static const char csv[] = "app,app,factory,,1M,,$HOME,\"\n";
	static struct ef_partition_table table;
	struct ef_err err = EF_ERR_INIT;

	ck_ok(ef_partition_parse_csv((const uint8_t *)csv, strlen(csv), &usual, &table, &err),
	      &err);
	ck_assert_uint_eq(table.count, 1);
}
END_TEST

START_TEST(bootloader_offset)
{
	static const char csv[] = "b,bootloader,primary\n" APP;
	struct ef_partition_opts high = { 0x8000, 0, 0x8000, 0 };
	static struct ef_partition_table t;
	struct ef_err err = EF_ERR_INIT;

	ck_assert(!ef_partition_parse_csv((const uint8_t *)csv, strlen(csv), NULL, &t, &err));
	ck_assert_ptr_nonnull(strstr(ck_hint(&err), "--primary-bootloader-offset"));
	ck_fails(false, &err, EF_E_INPUT, "line 1, field 'offset'");
	ck_fails(ef_partition_parse_csv((const uint8_t *)csv, strlen(csv), &high, &t, &err), &err,
		 EF_E_INPUT, "is not below the partition table");
	ck_ok(ef_partition_parse_csv((const uint8_t *)csv, strlen(csv), &usual, &t, &err), &err);
	ck_assert_uint_eq(t.part[0].offset, 0x1000);
	ck_assert_uint_eq(t.part[0].size, 0x7000);
}
END_TEST

START_TEST(unknown_names_are_listed)
{
	static const char csv[] = "a,data,ntfs,,4K\n";
	static struct ef_partition_table t;
	struct ef_err err = EF_ERR_INIT;

	ck_assert(!ef_partition_parse_csv((const uint8_t *)csv, strlen(csv), NULL, &t, &err));
	ck_assert_ptr_nonnull(strstr(ck_hint(&err), "littlefs"));
	ef_err_clear(&err);
}
END_TEST

START_TEST(app_names)
{
	struct ef_partition_table t = { .count = 3 };
	char names[EF_PART_LIST_SIZE];

	for (size_t i = 0; i < t.count; i++) {
		t.part[i].type = i == 1 ? EF_PART_DATA : EF_PART_APP;
		(void)ef_snprintf(t.part[i].name, sizeof(t.part[i].name), "p%zu\n", i);
	}
	ef_partition_app_names(&t, names);
	ck_assert(strstr(names, "p0") == names && strstr(names, ", p2") && !strstr(names, "p1"));
	ck_assert_ptr_null(strchr(names, '\n'));
	t.part[0].type = t.part[2].type = EF_PART_DATA;
	ef_partition_app_names(&t, names);
	ck_assert_str_eq(names, "");
	/* as many as there can be: the list ends where the room does */
	t.count = EF_PARTITIONS_MAX;
	for (size_t i = 0; i < t.count; i++) {
		t.part[i].type = EF_PART_APP;
		(void)ef_strlcpy(t.part[i].name, sizeof(t.part[i].name), "0123456789abcde");
	}
	ef_partition_app_names(&t, names);
	ck_assert_uint_eq(strlen(names), EF_PART_LIST_SIZE - 1);
}
END_TEST

/* What lies behind the text is not read: one byte 0xff is damaged text, two are erased flash. */
START_TEST(erased_flash_begins_with_two_bytes)
{
	static const uint8_t data[] = { 0xff, 0xff, 0xff };
	const struct ef_partition_opts opts = { .flash_size = 0 };
	struct ef_partition_table t;
	struct ef_err err = EF_ERR_INIT;

	for (size_t len = 1; len <= sizeof(data); len++) {
		ck_assert(!ef_partition_parse_csv(data, len, &opts, &t, &err));
		ck_assert_msg((strstr(err.msg, "erased flash") != NULL) == (len >= 2), "%s",
			      err.msg);
		ef_err_clear(&err);
	}
}
END_TEST

Suite *suite_partition(void);

Suite *suite_partition(void)
{
	Suite *s = suite_create("partition");
	TCase *tc = tcase_create("csv");

	tcase_add_loop_test(tc, as_the_generator, 0, (int)EF_ARRAY_LEN(golden));
	tcase_add_loop_test(tc, corpus_is_accepted, 0, (int)EF_ARRAY_LEN(corpus_good));
	tcase_add_loop_test(tc, corpus_is_refused, 0, (int)EF_ARRAY_LEN(corpus_bad));
	tcase_add_test(tc, app_names);
	tcase_add_test(tc, large_data_partition);
	tcase_add_loop_test(tc, refused, 0, REFUSALS);
	tcase_add_test(tc, refused_with_nul_and_wide);
	tcase_add_test(tc, too_many);
	tcase_add_test(tc, blanks);
	tcase_add_test(tc, quotes);
	tcase_add_test(tc, fields_past_the_sixth);
	tcase_add_test(tc, bootloader_offset);
	tcase_add_test(tc, unknown_names_are_listed);
	tcase_add_test(tc, erased_flash_begins_with_two_bytes);
	suite_add_tcase(s, tc);
	return s;
}
