/* SPDX-License-Identifier: MIT */
/*
 * What the gate says of content at a place, word by word, one after the other: nothing of one
 * sentence may be left in the next one. And each row of a table counts, the first one, too.
 */
#include "gate_rig.h"

static const struct {
	uint32_t addr;
	const char *data;
	size_t len;
	const char *finding, *words;
} files[] = {
	{ 0, "404: Not Found\nmore", 19, "NOT_BOOTABLE",
	  "'x.bin' at 0x00000000 is text '404: Not Found', and 0x0 is where this chip's bootloader "
	  "belongs" },
	{ 0, "\177ELF", 4, "NOT_BOOTABLE",
	  "'x.bin' at 0x00000000 is an ELF file, and 0x0 is where this chip's bootloader belongs" },
	{ 0, "123456789012345678901234567890123456", 36, "NOT_BOOTABLE",
	  "'x.bin' at 0x00000000 is text '123456789012345678901234567890123456', and 0x0 is where "
	  "this chip's bootloader belongs" },
	{ 0, "1234567890123456789012345678901234567", 37, "NOT_BOOTABLE",
	  "'x.bin' at 0x00000000 is text '123456789012345678901234567890123456', and 0x0 is where "
	  "this chip's bootloader belongs" },
	{ 0, "\n404: Not Found", 15, "NOT_BOOTABLE",
	  "'x.bin' at 0x00000000 is text, and 0x0 is where this chip's bootloader belongs" },
	{ 0x8000, "Forbidden", 9, "NOT_TABLE",
	  "'x.bin' at 0x00008000 is text 'Forbidden', and this is where the partition table "
	  "belongs" },
	{ 0x8000, "PK\3\4", 4, "NOT_TABLE",
	  "'x.bin' at 0x00008000 is a zip archive, and this is where the partition table belongs" },
	{ 0x10000, "denied!", 7, "NOT_APP",
	  "'x.bin' at 0x00010000 is text 'denied!', and app partition 'factory' needs an app "
	  "image" },
	{ 0x10000, "UF2\nWQ]\x9e", 8, "NOT_APP",
	  "'x.bin' at 0x00010000 is a UF2 file, and app partition 'factory' needs an app image" },
	{ 0x300000, "Bad Request", 11, "CONTAINER",
	  "'x.bin' at 0x00300000 is text 'Bad Request', and is written as it is; no chip can start "
	  "that" },
	{ 0x300000, "%PDF-1", 6, "CONTAINER",
	  "'x.bin' at 0x00300000 is a picture or document, and is written as it is; no chip can "
	  "start that" },
};

static struct ef_partition_table table;

static void use_table(const char *csv)
{
	struct ef_err err = EF_ERR_INIT;

	ck_ok(ef_partition_parse_csv((const uint8_t *)csv, strlen(csv), NULL, &table, &err), &err);
}

START_TEST(words_of_findings)
{
	struct ef_target t = target_of(ef_chip_by_name("esp32c3"));

	use_table("nvs,data,nvs,0x9000,0x6000\nfactory,app,factory,0x10000,0x100000\n");
	t.table = &table;
	for (size_t i = 0; i < EF_ARRAY_LEN(files); i++) {
		check_at(&t, files[i].addr, (const uint8_t *)files[i].data, (uint32_t)files[i].len);
		expect(files[i].finding, found.v[0].is_refusal, "");
		ck_assert_str_eq(found.v[0].err.msg, files[i].words);
	}
}
END_TEST

/* What servers send is told from what programs keep: the first 64 bytes tell. */
START_TEST(words_of_servers)
{
	static const char *const words[] = { "404",       "Not Found", "not found", "Forbidden",
					     "forbidden", "denied",    "Denied",    "Bad Request" };
	struct ef_target t = target_of(ef_chip_by_name("esp32c3"));
	char text[80];

	for (size_t i = 0; i < EF_ARRAY_LEN(words); i++) {
		size_t len = strlen(words[i]);

		memset(text, 'x', sizeof(text));
		memcpy(text + 64 - len, words[i], len);
		check_at(&t, 0x300000, (const uint8_t *)text, sizeof(text));
		expect("CONTAINER", false, "is text");
		memset(text, 'x', sizeof(text));
		memcpy(text + 65 - len, words[i], len);
		check_at(&t, 0x300000, (const uint8_t *)text, sizeof(text));
		expect("", false, "");
	}
}
END_TEST

START_TEST(each_row_of_a_table_counts)
{
	struct ef_target t = target_of(ef_chip_by_name("esp32c3"));
	uint8_t bin[EF_PARTITION_TABLE_SIZE];
	struct ef_err err = EF_ERR_INIT;

	for (size_t i = 0; i < 3; i++) {
		use_table("a,data,nvs,0x9000,0x6000\nb,app,factory,0x10000,0x10000\n"
			  "c,data,fat,0x20000,0x10000\n");
		table.part[i].size = FLASH;
		ck_ok(ef_partition_to_binary(&table, bin, &err), &err);
		check_at(&t, 0x8000, bin, sizeof(bin));
		expect("TABLE_DAMAGED", true, (const char *[]){ "'a'", "'b'", "'c'" }[i]);
	}
}
END_TEST

Suite *suite_gate_words(void);
Suite *suite_gate_words(void)
{
	Suite *s = suite_create("gate_words");
	TCase *t = tcase_create("gate_words");

	tcase_add_test(t, words_of_findings);
	tcase_add_test(t, words_of_servers);
	tcase_add_test(t, each_row_of_a_table_counts);
	suite_add_tcase(s, t);
	return s;
}
