/* SPDX-License-Identifier: MIT */
/* Configuration files: their places, which of them has precedence, and old and new spellings. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ck_ef.h"
#include "base/bytes.h"
#include "cli/table/commands.h"
#include "cli/config/config.h"

static struct ef_err err;
static struct config *config;
static char root[64], was[PATH_MAX];

/* root/home/.config/espflash, and root/work/here, where we are */
static void setup(void)
{
	static const char *const dirs[] = { "home", "home/.config", "home/.config/espflash", "work",
					    "work/here" };

	ef_err_clear(&err);
	config = NULL;
	ck_assert_ptr_nonnull(getcwd(was, sizeof(was)));
	memcpy(root, "/tmp/ef-config-XXXXXX", sizeof("/tmp/ef-config-XXXXXX"));
	ck_assert_ptr_nonnull(mkdtemp(root));
	ck_assert_int_eq(chdir(root), 0);
	for (size_t i = 0; i < EF_ARRAY_LEN(dirs); i++)
		ck_assert_int_eq(mkdir(dirs[i], 0700), 0);
	ck_assert_int_eq(chdir("work/here"), 0);
}

#define GLOBAL "../../home/.config/espflash/"

static void teardown(void)
{
	static const char *const files[] = {
		"b.bin",
		"../b.bin",
		"espflash.toml",
		"espflash_ports.toml",
		"../espflash.toml",
		"../espflash_ports.toml",
		GLOBAL "espflash.toml",
		GLOBAL "espflash_ports.toml",
	};
	static const char *const dirs[] = { "work/here", "work", "home/.config/espflash",
					    "home/.config", "home" };

	config_free(config);
	for (size_t i = 0; i < EF_ARRAY_LEN(files); i++)
		(void)remove(files[i]);
	ck_assert_int_eq(chdir(root), 0);
	for (size_t i = 0; i < EF_ARRAY_LEN(dirs); i++)
		(void)rmdir(dirs[i]);
	ck_assert_int_eq(chdir(was), 0);
	ck_assert_int_eq(rmdir(root), 0);
}

static void put(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

static bool load(void)
{
	char home[128];
	const struct config_query query = { NULL, home, NULL };

	snprintf(home, sizeof(home), "%s/home", root);
	config_free(config);
	config = NULL;
	return config_load(&cli_program, &query, &config, &err);
}

/* The value's text, "(none)" without one. */
static const char *text_of(const char *key)
{
	const struct config_value *v = config_find(config, key);

	return v ? v->text : "(none)";
}

START_TEST(no_file)
{
	ck_ok(load(), &err);
	ck_assert_uint_eq(config->value_count, 0);
	ck_assert_uint_eq(config->note_count, 0);
}
END_TEST

/* espflash reads only the first file that exists and ignores the others (W-32). */
START_TEST(key_by_key)
{
	put("espflash.toml", "baudrate = 460800\n[flash]\nmode = \"qio\"\n");
	put(GLOBAL "espflash.toml", "baudrate = 115200\n[flash]\nmode = \"dio\"\nsize = \"8MB\"\n");
	ck_ok(load(), &err);
	ck_assert_str_eq(text_of("baudrate"), "460800");
	ck_assert_str_eq(text_of("flash.mode"), "qio");
	ck_assert_str_eq(text_of("flash.size"), "8mb");
	ck_assert(config_find(config, "flash.size")->file->is_global);
	ck_assert(!config_find(config, "flash.mode")->file->is_global);
	ck_assert_uint_eq(config_find(config, "flash.mode")->line, 3);
}
END_TEST

/* The current folder's file hides the one above it: they are the same place to espflash. */
START_TEST(above)
{
	put("../espflash.toml", "baudrate = 1\n[idf_format_args]\nbootloader = \"b.bin\"\n");
	ck_ok(load(), &err);
	ck_assert_str_eq(text_of("baudrate"), "1");
	/* espflash starts at the current folder; what isn't there is looked for beside the file */
	ck_assert_str_eq(text_of("idf_format_args.bootloader"), "b.bin");
	put("../b.bin", "x");
	ck_ok(load(), &err);
	ck_assert_str_eq(text_of("idf_format_args.bootloader"), "../b.bin");
	put("b.bin", "x");
	ck_ok(load(), &err);
	ck_assert_str_eq(text_of("idf_format_args.bootloader"), "b.bin");
	put("espflash.toml", "chip = \"esp32c3\"\n");
	ck_ok(load(), &err);
	ck_assert_str_eq(text_of("baudrate"), "(none)");
	ck_assert_str_eq(text_of("chip"), "esp32c3");
}
END_TEST

START_TEST(paths_from_the_file)
{
	char want[256];

	put(GLOBAL "espflash.toml", "stub = \"s.json\"\n[idf]\npartition_table = \"/abs/t.csv\"\n");
	ck_ok(load(), &err);
	snprintf(want, sizeof(want), "%s/home/.config/espflash/s.json", root);
	ck_assert_str_eq(text_of("stub"), want);
	ck_assert_str_eq(text_of("idf_format_args.partition_table"), "/abs/t.csv");
}
END_TEST

/* A whole file of espflash 3.3 (its cli/config.rs): keys at the top, ports in the same file. */
START_TEST(espflash_3)
{
	put("espflash.toml", "baudrate = 460800\nbootloader = \"b.bin\"\n"
			     "partition_table = \"p.csv\"\npartition_table_offset = 0x10000\n"
			     "[connection]\nserial = \"/dev/ttyUSB0\"\n"
			     "[[usb_device]]\nvid = \"303a\"\npid = \"1001\"\n"
			     "[flash]\nmode = \"qio\"\nsize = \"8MB\"\nfrequency = \"80MHz\"\n");
	ck_ok(load(), &err);
	ck_assert_str_eq(text_of("idf_format_args.bootloader"), "b.bin");
	ck_assert_str_eq(text_of("idf_format_args.partition_table"), "p.csv");
	ck_assert_str_eq(text_of("idf_format_args.partition_table_offset"), "0x10000");
	ck_assert_str_eq(text_of("connection.serial"), "/dev/ttyUSB0");
	ck_assert_str_eq(text_of("flash.frequency"), "80mhz");
	ck_assert(config_has_usb(config, 0x303a, 0x1001));
	/* one for each old key, one for the ports */
	ck_assert_uint_eq(config->note_count, 4);
	for (size_t i = 0; i < config->note_count; i++) {
		ck_assert_int_eq(config->note[i].level, EF_LOG_INFO);
		ck_assert_ptr_nonnull(strstr(config->note[i].text, "espflash@3"));
	}
}
END_TEST

static const struct {
	const char *text, *message; /* message: a part of what is said */
} bad[] = {
	{ "baudrate = \n", "'espflash.toml': line 1" },
	{ "\nbaudrate = \"x\"\n", "'espflash.toml': line 2: key 'baudrate'" },
	{ "[flash]\nmode = \"fast\"\n", "line 2: key 'flash.mode': 'fast' is not one of qio" },
	{ "size = \"8MB\"\n", "line 1: key 'size'" },
	{ "no_stub = 1\n", "must be a boolean" },
	{ "bootloader = \"a\"\n[idf]\nbootloader = \"b\"\n", "given twice" },
	{ "[connection]\nbootloader = \"b\"\n", "key 'connection.bootloader'" },
};

START_TEST(bad_file)
{
	put("espflash.toml", bad[_i].text);
	ck_fails(load(), &err, EF_E_INPUT, bad[_i].message);
	ck_assert_ptr_null(config);
}
END_TEST

/* An error in the global file is reported, although the local file has precedence. */
START_TEST(bad_global)
{
	put("espflash.toml", "baudrate = 5\n");
	put(GLOBAL "espflash.toml", "baudrate = true\n");
	ck_fails(load(), &err, EF_E_INPUT, "");
}
END_TEST

START_TEST(remembered)
{
	const char *path = NULL;

	put("../espflash_ports.toml", "# mine");
	ck_ok(load(), &err);
	ck_ok(config_add_usb(config, 0x1209, 0xa0b1, &path, &err), &err);
	ck_assert_str_eq(path, "../espflash_ports.toml");
	ck_ok(load(), &err);
	ck_assert(config_has_usb(config, 0x1209, 0xa0b1));
	ck_assert(!config_has_usb(config, 0x1209, 0xa0b2));
}
END_TEST

Suite *suite_config(void);
Suite *suite_config(void)
{
	Suite *s = suite_create("config");
	TCase *t = tcase_create("config");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, no_file);
	tcase_add_test(t, key_by_key);
	tcase_add_test(t, above);
	tcase_add_test(t, paths_from_the_file);
	tcase_add_test(t, espflash_3);
	tcase_add_loop_test(t, bad_file, 0, EF_ARRAY_LEN(bad));
	tcase_add_test(t, bad_global);
	tcase_add_test(t, remembered);
	suite_add_tcase(s, t);
	return s;
}
