/* SPDX-License-Identifier: MIT */
/*
 * Edges of the input layer: words of settings, runs of bytes that a partition table divides,
 * the longest record, damaged archives, files that begin before the boot address.
 */
#include <espflash/output.h>

#include "boot_maker.h"
#include "input_folder.h"
#include "input_words.h"
#include "rig/tar_maker.h"

static struct folder folder;
static struct ef_input in;
static struct ef_err err;

static void open_text(const char *text)
{
	const struct ef_input_opts opts = { .chip = NULL };
	struct ef_input_files files = folder_files(&folder);

	ef_err_clear(&err);
	folder_read(&folder, (const uint8_t *)text, strlen(text));
	describe(&in, &err, ef_input_open("", NULL, 0, &files, &opts, &in, &err));
	ef_input_release(&in);
}

static void open_bytes(const char *name, const void *data, size_t len)
{
	const struct ef_input_opts opts = { .chip = NULL };

	ef_err_clear(&err);
	describe(&in, &err, ef_input_open(name, data, len, NULL, &opts, &in, &err));
	ef_input_release(&in);
}

/* ---- settings ---- */

/* An option of esptool's, and what becomes of it; NULL: it is unknown. */
static const struct {
	const char *option, *want;
} options[] = {
	{ "--flash-mode QOUT", ", mode 2" },
	{ "--flash-mode dout", ", mode 4" },
	{ "--flash-mode qio", ", mode 1" },
	{ "--flash-mode Keep", "" },
	{ "--flash-mode qi", NULL },
	{ "--flash-freq 80m", ", 80 MHz" },
	{ "--flash-freq 80M", ", 80 MHz" },
	{ "--flash-freq 80", ", 80 MHz" },
	{ "--flash-freq 1000m", ", 1000 MHz" },
	{ "--flash-freq 00080m", ", 80 MHz" },
	{ "--flash-freq 000080m", NULL },
	{ "--flash-freq 1001m", NULL },
	{ "--flash-freq 0m", NULL },
	{ "--flash-freq m", NULL },
	{ "--flash-freq keep", "" },
	{ "--flash-size 4MB", ", size 0x400000" },
	{ "--flash-size 4mb", ", size 0x400000" },
	{ "--flash-size 4M", ", size 0x400000" },
	{ "--flash-size 512KB", ", size 0x80000" },
	{ "--flash-size 256MB", ", size 0x10000000" },
	{ "--flash-size 512MB", NULL },
	{ "--flash-size 4MBB", NULL },
	{ "--flash-size 4B", NULL },
	{ "--flash-size detect", ", finds size" },
	{ "--flash-size KEEP", "" },
	{ "--before default_reset", ", before default-reset" },
	{ "--after no_reset_stub", ", after no-reset-stub" },
};

START_TEST(words_of_settings)
{
	char text[200], want[200];

	(void)snprintf(text, sizeof(text), "=== flash_args\n%s 0 a\n=== a\nA\n",
		       options[_i].option);
	open_text(text);
	if (!options[_i].want) {
		ck_assert_msg(strstr(got, " is unknown") != NULL, "%s", got);
		return;
	}
	(void)snprintf(want, sizeof(want), "arguments for esptool%s\n0x0 'a' 'a': A",
		       options[_i].want);
	ck_assert_str_eq(got, want);
}
END_TEST

/* The last setting counts: "keep" takes an earlier one back. */
START_TEST(last_setting_counts)
{
	open_text("=== flash_args\n-fm qio -fm keep -ff 40m -ff keep -fs detect -fs 4MB 0 a\n"
		  "=== a\nA\n");
	ck_assert_str_eq(got, "arguments for esptool, size 0x400000\n0x0 'a' 'a': A");
	open_text("=== flash_args\n-fs 4MB -fs keep 0 a\n=== a\nA\n");
	ck_assert_str_eq(got, "arguments for esptool\n0x0 'a' 'a': A");
}
END_TEST

/* Two that share a sector have no role together. */
START_TEST(parts_in_one_sector)
{
	open_text("=== flasher_args.json\n{\"flash_files\": {\"0xd000\": \"o\", \"0xd004\": \"x\", "
		  "\"0xdfff\": \"y\", \"0xe000\": \"z\"}, \"otadata\": {\"offset\": \"0xd000\", "
		  "\"file\": \"o\"}}\n=== o\nOO\n=== x\nX\n=== y\nY\n=== z\nZ\n");
	ck_assert_str_eq(got, "an ESP-IDF build\n0xd000 'otadata+x+y' '': "
			      "OO<ff><ff>X<ff><ff><ff><ff><ff><ff><ff>... 4096\n"
			      "0xe000 'z' 'z': Z");
}
END_TEST

/* An argument of Zephyr's runner may have 15 characters, and no more. */
START_TEST(arguments_have_a_length)
{
	static const char *const names[] = { "app-address", "boot-address",
					     "partition-table-address" };
	char text[300];

	for (size_t i = 0; i < EF_ARRAY_LEN(names); i++)
		for (int len = 15; len <= 16; len++) {
			(void)snprintf(text, sizeof(text),
				       "=== zephyr/runners.yaml\nargs:\n  esp32:\n    - "
				       "--esp-%s=0x%0*x\n=== zephyr/zephyr.bin\napp\n",
				       names[i], len - 2, 0x10000);
			open_text(text);
			if (len == 15)
				ck_assert_ptr_nonnull(strstr(got, "\n0x10000 'app'"));
			else
				ck_assert_ptr_nonnull(strstr(got, "' is too long"));
		}
}
END_TEST

/* ---- runs ---- */

/* The longest record has 255 bytes. */
START_TEST(longest_record)
{
	char text[1024] = ":FF000000";
	unsigned sum = 0xff;
	size_t len = strlen(text);

	for (unsigned i = 0; i < 255; i++, len += 2) {
		(void)snprintf(text + len, sizeof(text) - len, "%02X", i);
		sum += i;
	}
	(void)snprintf(text + len, sizeof(text) - len, "%02X\n:00000001FF\n", (0u - sum) & 0xff);
	open_bytes("a.hex", text, strlen(text));
	ck_assert_str_eq(got, "Intel HEX\n0x0 '0x0' 'a.hex': <00><01><02><03><04><05><06><07><08>"
			      "<09><0a><0b>... 255");
}
END_TEST

static uint8_t table[0xc00];

static void make_table(void)
{
	static const char csv[] = "nvs,data,nvs,0x9000,0x5000\notadata,data,ota,0xe000,0x2000\n"
				  "app0,app,ota_0,0x10000,0x10000\napp1,app,ota_1,,0x10000\n";
	static struct ef_partition_table t;

	ck_ok(ef_partition_parse_csv((const uint8_t *)csv, sizeof(csv) - 1, NULL, &t, &err), &err);
	ck_ok(ef_partition_to_binary(&t, table, &err), &err);
}

/* otadata and two apps that touch are one run of a HEX file: the table divides it. */
START_TEST(runs_are_divided)
{
	static uint8_t data[0x12005];
	const struct ef_region regions[] = { { 0x8000, table, sizeof(table), "table" },
					     { 0xe000, data, sizeof(data), "run" } };
	uint8_t *hex;
	size_t len;

	make_table();
	memset(data, 'o', 0x2000);
	memset(data + 0x2000, 'a', 0x10000);
	memset(data + 0x12000, 'b', 5);
	ck_ok(ef_output_ihex(regions, 2, &hex, &len, &err), &err);
	open_bytes("a.hex", hex, len);
	ck_assert_str_eq(got, "Intel HEX, table 0x8000\n"
			      "0x8000 'partition-table' 'a.hex' table: <aa>P<01><02><00><90><00>"
			      "<00><00>P<00><00>... 3072\n"
			      "0xe000 'otadata' 'a.hex' otadata: oooooooooooo... 8192\n"
			      "0x10000 'app0' 'a.hex' app: aaaaaaaaaaaa... 65536\n"
			      "0x20000 'app1' 'a.hex' app: bbbbb");
	free(hex);
}
END_TEST

/* A bootloader that reaches up to the table, in one run with it. */
START_TEST(table_in_a_run)
{
	static uint8_t data[0x7c00];
	const struct ef_region regions[] = { { 0x1000, data, sizeof(data), "run" } };
	uint8_t *hex;
	size_t len;

	make_table();
	memset(data, 'b', 0x7000);
	memcpy(data + 0x7000, table, sizeof(table));
	ck_ok(ef_output_ihex(regions, 1, &hex, &len, &err), &err);
	open_bytes("a.hex", hex, len);
	ck_assert_str_eq(got, "Intel HEX, table 0x8000\n0x1000 '0x1000' 'a.hex': bbbbbbbbbbbb... "
			      "28672\n0x8000 'partition-table' 'a.hex' table: <aa>P<01><02><00><90>"
			      "<00><00><00>P<00><00>... 3072");
	free(hex);
}
END_TEST

/* ---- archives ---- */

START_TEST(a_damaged_archive)
{
	static uint8_t tar[4096];
	size_t len = tar_put(tar, "a.bin", '0', "AAAA", 4);

	len += tar_put(tar + len, "b.txt", '0', "BBBB", 4);
	tar[1024 + 1] ^= 1; /* the second name, which the checksum covers */
	open_bytes("a.tar", tar, len + 1024);
	ck_assert_msg(strncmp(got, "INPUT: ", 7) == 0 && !strstr(got, "place in flash"), "%s", got);
}
END_TEST

/* ---- names ---- */

/* An empty key names no part. Its file does, or else its address. */
START_TEST(a_part_without_a_name)
{
	open_text("=== manifest.json\n{ \"platform\": \"esp32\", \"parts\": {\n"
		  "\"\": { \"addr\": 4096, \"src\": \"b.bin\" },\n"
		  "\"\": { \"addr\": 8192, \"size\": 4, \"fill\": 17 } } }\n"
		  "=== b.bin\nboot\n");
	ck_assert_msg(strstr(got, "0x1000 'b.bin' 'b.bin'"), "%s", got);
	ck_assert_msg(strstr(got, "0x2000 '0x2000' ''"), "%s", got);
}
END_TEST

/* A partition's name may be empty: the part keeps its file's. */
START_TEST(a_partition_without_a_name)
{
	static const uint8_t nvs[] = { 0xaa, 0x50, 1, 2, 0, 0x90, 0, 0, 0, 0x40, 0, 0 };
	const struct ef_input_opts opts = { .chip = NULL };
	uint8_t rows[64];
	const struct ef_input_pair pairs[] = { { 0x8000, rows, sizeof(rows), "t.bin" },
					       { 0x9000, nvs, 4, "a.bin" } };

	memset(rows, 0, 32);
	memset(rows + 32, 0xff, 32);
	memcpy(rows, nvs, sizeof(nvs));
	ef_err_clear(&err);
	describe(&in, &err, ef_input_from_pairs(pairs, 2, &opts, &in, &err));
	ef_input_release(&in);
	ck_assert_msg(strstr(got, "0x8000 'partition-table' 't.bin'"), "%s", got);
	ck_assert_msg(strstr(got, "0x9000 'a.bin' 'a.bin'"), "%s", got);
}
END_TEST

/* ---- simple boot ---- */

/* The image of an ESP32 begins at 0x1000 in flash: the file may begin there or before it. */
START_TEST(simple_boot)
{
	const struct make_boot m = { .chip = "esp32", .version = NULL };
	static uint8_t file[0x4000], boot[MADE_BOOT_MAX];
	size_t len = make_boot(&m, boot), end;
	char want[200];

	for (unsigned i = 0; i < 3; i++) {
		static const size_t starts[] = { 0, 0x1000, 0x2000 };
		size_t at = starts[i];

		memset(file, 0xff, sizeof(file));
		memcpy(file + at, boot, len);
		end = made_segment(file, at + len, 0x3f400020, 64);
		memset(file + end, 0x11, 64);
		end += 64;
		open_bytes("a.bin", file, end);
		(void)snprintf(
			want, sizeof(want),
			"an image for simple boot, esp32, table 0xffffffff\n0x1000 'app' "
			"'a.bin' bootloader: <e9><02><02> <00><10><fb>?<ee><00><00><00>... %zu",
			end - at);
		if (i < 2)
			ck_assert_str_eq(got, want);
		else
			ck_assert_ptr_nonnull(strstr(got, "its place in flash is unknown"));
	}
}
END_TEST

Suite *suite_input_edges(void);
Suite *suite_input_edges(void)
{
	Suite *s = suite_create("input_edges");
	TCase *t = tcase_create("input_edges");

	tcase_add_loop_test(t, words_of_settings, 0, (int)EF_ARRAY_LEN(options));
	tcase_add_test(t, last_setting_counts);
	tcase_add_test(t, parts_in_one_sector);
	tcase_add_test(t, arguments_have_a_length);
	tcase_add_test(t, longest_record);
	tcase_add_test(t, runs_are_divided);
	tcase_add_test(t, table_in_a_run);
	tcase_add_test(t, a_damaged_archive);
	tcase_add_test(t, a_part_without_a_name);
	tcase_add_test(t, a_partition_without_a_name);
	tcase_add_test(t, simple_boot);
	suite_add_tcase(s, t);
	return s;
}
