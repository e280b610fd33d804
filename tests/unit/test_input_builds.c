/* SPDX-License-Identifier: MIT */
/*
 * Merged files, and the builds of Arduino and PlatformIO: what each part is, what is left out
 * as padding, and which of several builds is meant (see the files of src/input for the forms).
 */
#include "boot_maker.h"
#include "input_folder.h"
#include "input_words.h"

static struct folder folder;
static struct ef_input in;
static struct ef_err err;
static uint8_t boot[MADE_BOOT_MAX], table[0x1000];
static size_t boot_len;
static uint8_t flash[0x70000];

static void make_table(const char *csv)
{
	static struct ef_partition_table t;

	memset(table, 0xff, sizeof(table));
	ck_ok(ef_partition_parse_csv((const uint8_t *)csv, strlen(csv), NULL, &t, &err), &err);
	ck_ok(ef_partition_to_binary(&t, table, &err), &err);
}

/* ---- merged files ---- */

#define ROWS                                                                                       \
	"nvs,data,nvs,0x9000,0x4000\notadata,data,ota,0xd000,0x2000\nphy,data,phy,0xf000,0x1000\n" \
	"app0,app,ota_0,0x10000,0x20000\napp1,app,ota_1,0x30000,0x20000\n"                         \
	"web,data,spiffs,0x50000,0x10000\nfat,data,fat,0x60000,0x1000\n"                           \
	"lfs,data,littlefs,0x61000,0x1000\nlog,data,0x84,0x62000,0x1000\n"

static void make_flash(const char *chip)
{
	const struct make_boot m = { .chip = chip, .version = "v5.4" };

	boot_len = make_boot(&m, boot);
	make_table(ROWS);
	memset(flash, 0xff, sizeof(flash));
	memcpy(flash + ef_chip_by_name(chip)->image.boot_addr, boot, boot_len);
	memcpy(flash + 0x8000, table, sizeof(table));
	memcpy(flash + 0x10000, "app", 3);
	flash[0x11000] = 'x';
	memcpy(flash + 0x50000, "web", 3);
	memcpy(flash + 0x61000, "lfs", 3);
}

static void open_flash(size_t from, size_t len, const struct ef_input_opts *opts)
{
	describe(&in, &err, ef_input_open("m.bin", flash + from, len, NULL, opts, &in, &err));
	ef_input_release(&in);
	ef_err_clear(&err);
}

#define BOOT  "'bootloader' 'm.bin' bootloader: <e9><02><02> "
#define TABLE "\n0x8000 'partition-table' 'm.bin' table: <aa>P<01><02><00><90><00><00><00>@<00><00>"

START_TEST(a_merged_file)
{
	struct ef_input_opts opts = { .chip = NULL };

	make_flash("esp32c3");
	open_flash(0, 0x70000, &opts);
	ck_assert_str_eq(
		got,
		"a merged image, esp32c3, table 0x8000\n"
		"0x0 " BOOT "<00>0<c8>?<ee><00><00><00>... 4096" TABLE "... 4096\n"
		"0xd000 'otadata' 'm.bin' otadata: <ff><ff><ff><ff><ff><ff><ff><ff><ff><ff><ff>"
		"<ff>... 8192\n"
		"0x10000 'app0' 'm.bin' app: app<ff><ff><ff><ff><ff><ff><ff><ff><ff>... 8192\n"
		"0x50000 'web' 'm.bin' data: web<ff><ff><ff><ff><ff><ff><ff><ff><ff>... 65536\n"
		"0x61000 'lfs' 'm.bin' data: lfs<ff><ff><ff><ff><ff><ff><ff><ff><ff>... 4096\n"
		"gap 0x9000 'nvs' 0x4000\ngap 0xf000 'phy' 0x1000\ngap 0x30000 'app1' 0x20000\n"
		"gap 0x60000 'fat' 0x1000\ngap 0x62000 'log' 0x1000");
	opts.keeps_fs = true;
	open_flash(0, 0x70000, &opts);
	ck_assert_ptr_null(strstr(got, "'web' 'm.bin'"));
	ck_assert_ptr_null(strstr(got, "'lfs' 'm.bin'"));
	ck_assert_ptr_nonnull(strstr(got, "gap 0x50000 'web' 0x10000\n"));
}
END_TEST

/* Content that belongs to no partition counts from its first to its last sector. */
START_TEST(content_between_the_partitions)
{
	struct ef_input_opts opts = { .chip = NULL };

	make_flash("esp32");
	flash[0x65800] = 'd';
	flash[0x66fff] = 'e';
	open_flash(0, 0x70000, &opts);
	ck_assert_ptr_nonnull(strstr(got, "\n0x1000 " BOOT));
	ck_assert_ptr_nonnull(strstr(got, "\n0x65000 'data' 'm.bin': <ff>"));
	ck_assert_ptr_nonnull(strstr(got, "... 8192\ngap 0x9000 'nvs' 0x4000"));
	/* the same file without what is before the boot address */
	open_flash(0x1000, 0x6f000, &opts);
	ck_assert_ptr_nonnull(strstr(got, "a merged image, esp32, table 0x8000\n0x1000 " BOOT));
	ck_assert_ptr_nonnull(strstr(got, "\n0x65000 'data' 'm.bin': <ff>"));
	ck_assert_ptr_nonnull(strstr(got, "\n0x10000 'app0' 'm.bin' app: app"));
	/* all of it */
	opts.fills_gaps = true;
	open_flash(0, 0x70000, &opts);
	ck_assert_ptr_nonnull(strstr(got, "\n0x0 'data' 'm.bin': <ff>"));
	ck_assert_ptr_nonnull(strstr(got, "\n0x9000 'nvs' 'm.bin' data: <ff>"));
	ck_assert_ptr_nonnull(strstr(got, "\n0x30000 'app1' 'm.bin' app: <ff>"));
	ck_assert_ptr_null(strstr(got, "gap"));
}
END_TEST

/* A file that is cut off within a partition has what is there. */
START_TEST(a_merged_file_that_is_cut)
{
	const struct ef_input_opts opts = { .chip = NULL };

	make_flash("esp32c3");
	open_flash(0, 0x10003, &opts);
	ck_assert_ptr_nonnull(strstr(got, "\n0x10000 'app0' 'm.bin' app: app\ngap 0x9000"));
	open_flash(0, 0x9000, &opts);
	ck_assert_ptr_nonnull(strstr(got, TABLE "... 4096"));
	ck_assert_ptr_null(strstr(got, "gap"));
}
END_TEST

/* ---- Arduino and PlatformIO ---- */

static void put(const char *name, const void *data, size_t len)
{
	struct folder_file *f = &folder.file[folder.count++];

	ck_assert_uint_le(folder.count, FOLDER_FILES_MAX);
	(void)ef_strlcpy(f->name, sizeof(f->name), name);
	f->data = data;
	f->len = len;
}

static void put_build(const char *prefix, const char *b, const char *t, const char *app)
{
	const char *const names[] = { b, t, app };
	const void *const data[] = { boot, table, "app" };
	const size_t lens[] = { boot_len, 0xc00, 3 };
	char name[200];

	for (unsigned i = 0; i < 3; i++) {
		(void)snprintf(name, sizeof(name), "%s%s", prefix, names[i]);
		put(name, data[i], lens[i]);
	}
}

static void put_pio(const char *prefix)
{
	put_build(prefix, "bootloader.bin", "partitions.bin", "firmware.bin");
}

static void open_folder(const char *environment)
{
	const struct ef_input_opts opts = { .environment = environment };
	struct ef_input_files files = folder_files(&folder);

	describe(&in, &err, ef_input_open("", NULL, 0, &files, &opts, &in, &err));
	ef_input_release(&in);
	ef_err_clear(&err);
}

static void start(const char *rows)
{
	const struct make_boot m = { .chip = "esp32", .version = "v5.4" };

	folder_read(&folder, table, 0);
	boot_len = make_boot(&m, boot);
	make_table(rows);
}

#define OTA "otadata,data,ota,0xe000,0x2000\napp0,app,ota_0,0x10000,1M\n"
#define FACTORY                                                                                    \
	"otadata,data,ota,0xd000,0x2000\nfactory,app,factory,0x20000,1M\napp0,app,ota_0,,1M\n"

START_TEST(a_sketch)
{
	start(OTA);
	put_build("", "s.ino.bootloader.bin", "s.ino.partitions.bin", "s.ino.bin");
	put("s.ino.merged.bin", "merged", 6);
	put("s.ino.elf", "elf", 3);
	open_folder(NULL);
	ck_assert_ptr_nonnull(strstr(got, "an Arduino or PlatformIO build, esp32, elf s.ino.elf, "
					  "table 0x8000\n0x1000 'bootloader' "
					  "'s.ino.bootloader.bin' bootloader: "));
	/* what selects ota_0: sequence number 1 */
	ck_assert_ptr_nonnull(strstr(got, "\n0xe000 'otadata' '' otadata: <01><00><00><00><ff>"));
	ck_assert_ptr_nonnull(strstr(got, "... 8192\n0x10000 'app' 's.ino.bin' app: app"));
	/* two of them */
	put_build("", "t.ino.bootloader.bin", "t.ino.partitions.bin", "t.ino.bin");
	open_folder(NULL);
	ck_assert_str_eq(got, "INPUT: both 's.ino.bootloader.bin' and 't.ino.bootloader.bin' could "
			      "be meant");
}
END_TEST

START_TEST(a_build_of_platformio)
{
	start(FACTORY);
	put_pio("");
	put("firmware.elf", "elf", 3);
	open_folder(NULL);
	ck_assert_ptr_nonnull(strstr(got, "an Arduino or PlatformIO build, esp32, finds size, elf "
					  "firmware.elf, table 0x8000"));
	/* a factory app is not selected by a record: otadata is blank */
	ck_assert_ptr_nonnull(strstr(got, "\n0xd000 'otadata' '' otadata: <ff><ff><ff><ff><ff>"));
	ck_assert_ptr_nonnull(strstr(got, "\n0x20000 'app' 'firmware.bin' app: app"));
	put("ota_data_initial.bin", "initial", 7);
	open_folder(NULL);
	ck_assert_ptr_nonnull(
		strstr(got, "\n0xd000 'otadata' 'ota_data_initial.bin' otadata: initial"));
	put("boot_app0.bin", "zero", 4);
	open_folder(NULL);
	ck_assert_ptr_nonnull(strstr(got, "\n0xd000 'otadata' 'boot_app0.bin' otadata: zero"));
}
END_TEST

/* What is in platformio.ini; which build is taken then. "": none of them. */
static const struct {
	const char *ini, *taken;
} defaults[] = {
	{ "[platformio]\ndefault_envs = two\n", "two" },
	{ "[platformio]\ndefault_envs = two, one\n", "two" },
	{ "[platformio]\ndefault_envs:two\n", "two" },
	{ "[platformio]\ndefault_envs\t=\ttwo ; words\n", "two" },
	{ "[platformio]\ndefault_envs=two#words\n", "two" },
	{ "[platformio]\nenv_default = two\n", "two" },
	{ "[platformio]\ndefault_envs =\n  two\n  one\n", "two" },
	{ "[platformio]\ndefault_envs =\n; one\n# one\n\ttwo\n", "two" },
	{ "[platformio]\nname = x\ndefault_envs = two\n", "two" },
	{ "[env:one]\n[platformio]\ndefault_envs = two\n", "two" },
	{ "[platformio]\n[env:one]\ndefault_envs = two\n", "" },
	{ "[platformio]\ndefault_envs_x = two\n", "" },
	{ "[platformio]\ndefault_env = two\n", "" },
	{ "[platformio]\ndefault_envs = ${sysenv.X}\n", "" },
	{ "[platformio]\ndefault_envs\n", "" },
	{ "[platformio]\n", "" },
	{ "default_envs = two\n", "" },
};

START_TEST(a_project_of_platformio)
{
	start(OTA);
	put("platformio.ini", defaults[_i].ini, strlen(defaults[_i].ini));
	put_pio(".pio/build/one/");
	put_pio(".pio/build/two/");
	put(".pio/build/two/firmware.elf", "elf", 3);
	open_folder(NULL);
	if (*defaults[_i].taken)
		ck_assert_ptr_nonnull(strstr(got, "elf .pio/build/two/firmware.elf"));
	else
		ck_assert_str_eq(got, "INPUT: the project has 2 builds (one, two), and none is the "
				      "default");
	open_folder("two");
	ck_assert_ptr_nonnull(strstr(got, "elf .pio/build/two/firmware.elf"));
	open_folder("one");
	ck_assert_ptr_nonnull(strstr(got, "build, esp32, finds size, table"));
	open_folder("three");
	ck_assert_str_eq(got, "INPUT: '.pio/build/three/' has no bootloader, partition table and "
			      "app");
}
END_TEST

/* Other places of builds: older PlatformIO, ESPHome, Arduino's export. */
static const struct {
	const char *mark, *prefix;
	bool is_known;
} places[] = {
	{ "platformio.ini", ".pio/build/x/", true },
	{ "platformio.ini", ".pioenvs/x/", true },
	{ "notes.txt", ".pio/build/x/", false },
	{ "home.yaml", ".esphome/build/x/", true },
	{ "s.ino", "build/x/", true },
	{ "s.inx", "build/x/", false },
	{ "platformio.ini", "other/x/", false },
};

START_TEST(places_of_builds)
{
	start(OTA);
	put(places[_i].mark, "x", 1);
	put_pio(places[_i].prefix);
	open_folder(NULL);
	if (places[_i].is_known)
		ck_assert_ptr_nonnull(strstr(got, "\n0x10000 'app' 'firmware.bin' app: app"));
	else
		ck_assert_str_eq(got, "INPUT: the folder has no build that is known");
}
END_TEST

Suite *suite_input_builds(void);
Suite *suite_input_builds(void)
{
	Suite *s = suite_create("input_builds");
	TCase *t = tcase_create("input_builds");

	tcase_add_test(t, a_merged_file);
	tcase_add_test(t, content_between_the_partitions);
	tcase_add_test(t, a_merged_file_that_is_cut);
	tcase_add_test(t, a_sketch);
	tcase_add_test(t, a_build_of_platformio);
	tcase_add_loop_test(t, a_project_of_platformio, 0, (int)EF_ARRAY_LEN(defaults));
	tcase_add_loop_test(t, places_of_builds, 0, (int)EF_ARRAY_LEN(places));
	suite_add_tcase(s, t);
	return s;
}
