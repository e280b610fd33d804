/* SPDX-License-Identifier: MIT */
/* The input layer over folders in memory: what parts come of them, and what is refused. */
#include "base/util.h"
#include "ck_ef.h"
#include "input_folder.h"
#include <espflash/image.h>

#define C3_BOOTLOADER EF_CORPUS_DIR "/bootloader/idf-esp32c3.bin"

static struct folder folder;
static struct ef_input in;
static struct ef_err err;

static bool open_folder(const char *text, const struct ef_chip *chip)
{
	const struct ef_input_opts opts = { .chip = chip };
	struct ef_input_files files = folder_files(&folder);

	ef_err_clear(&err);
	folder_read(&folder, (const uint8_t *)text, strlen(text));
	return ef_input_open("", NULL, 0, &files, &opts, &in, &err);
}

static bool open_bytes(const uint8_t *data, size_t len)
{
	const struct ef_input_opts opts = { .chip = NULL };
	struct ef_input_files files = folder_files(&folder);

	ef_err_clear(&err);
	folder.count = 0;
	return ef_input_open("file.bin", data, len, &files, &opts, &in, &err);
}

static void part_is(size_t i, uint32_t addr, const char *name, const char *content)
{
	ck_assert_uint_lt(i, in.part_count);
	ck_assert_uint_eq(in.parts[i].addr, addr);
	ck_assert_str_eq(in.parts[i].name, name);
	ck_assert_uint_eq(in.parts[i].len, strlen(content));
	ck_assert_mem_eq(in.parts[i].data, content, strlen(content));
}

/* ---- PlatformIO ---- */

#define PIO(idedata)                                                                               \
	"=== bootloader.bin\nbootloader\n=== partitions.bin\ntable\n=== firmware.bin\nthe app\n"   \
	"=== idedata.json\n" idedata "\n"

/* Paths of another machine; boot_app0.bin is the framework's, and none of the build's files. */
START_TEST(idedata)
{
	/* arduino-esp32's tools/partitions/boot_app0.bin, as xxd shows it */
	static const uint8_t boot_app0[33] =
		"\x01\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
		"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x9a\x98\x43\x47";

	ck_ok(open_folder(PIO("{\"extra\": {\"flash_images\": ["
			      "{\"offset\": \"0x1000\", \"path\": \"/h/.pio/b/bootloader.bin\"},"
			      "{\"offset\": 32768, \"path\": \"C:\\\\b\\\\partitions.bin\"},"
			      "{\"offset\": \"0xe000\", \"path\": \"/h/tools/boot_app0.bin\"}],"
			      "\"application_offset\": \"0x20000\"}}"),
			  NULL),
	      &err);
	ck_assert_uint_eq(in.part_count, 4);
	part_is(0, 0x1000, "bootloader.bin", "bootloader");
	part_is(1, 0x8000, "partitions.bin", "table");
	ck_assert_uint_eq(in.parts[2].addr, 0xe000);
	ck_assert_uint_eq(in.parts[2].len, 0x2000);
	ck_assert_mem_eq(in.parts[2].data, boot_app0, 32);
	for (size_t i = 32; i < 0x2000; i++)
		ck_assert_uint_eq(in.parts[2].data[i], 0xff);
	part_is(3, 0x20000, "app", "the app");
	ef_input_release(&in);
}
END_TEST

START_TEST(idedata_broken)
{
	static const char *const files[] = {
		PIO("{\"extra\": {\"flash_images\": [{\"offset\": \"0x1000\"}]}}"),
		PIO("{\"extra\": {\"flash_images\": [7]}}"),
		PIO("{\"extra\": {\"flash_images\": [{\"offset\": 1.5, \"path\": "
		    "\"bootloader.bin\"}]}}"),
		PIO("{\"extra\": {\"flash_images\": [{\"offset\": 0, \"path\": \"../secret\"}]}}"),
		PIO("{\"extra\": {\"flash_images\": [{\"offset\": 0, \"path\": "
		    "\"/etc/secret\"}]}}"),
		PIO("{\"extra\": {\"flash_images\": [{\"offset\": 0, \"path\": "
		    "\"bootloader.bin\"}],"
		    "\"application_offset\": \"there\"}}"),
	};

	for (size_t i = 0; i < EF_ARRAY_LEN(files); i++) {
		ck_assert(!open_folder(files[i], NULL));
		ck_assert_int_eq(err.code, EF_E_INPUT);
		ck_assert_ptr_nonnull(strstr(err.msg, "idedata.json"));
	}
}
END_TEST

/* ---- Zephyr ---- */

#define RUNNERS(args) "=== zephyr/runners.yaml\nargs:\n  esp32:\n" args
#define APP           "=== zephyr/zephyr.bin\nthe app\n"

/* The defaults of esp32.py, and what is said for other runners, don't mix. */
START_TEST(zephyr_app)
{
	ck_ok(open_folder("=== zephyr/runners.yaml\n"
			  "runners:\n- openocd\n- esp32\n"
			  "config:\n  bin_file: 'app.bin'\n  elf_file: /b/zephyr/app.elf\n"
			  "args:\n  openocd:\n    - --esp-app-address=0x1\n  esp32:\n"
			  "    - \"--esp-app-address=0x20000\"\n    - --esp-flash-freq=80m\n"
			  "    - --esp-encrypt\n  jlink:\n    - --esp-app-address=0x2\r\n"
			  "=== zephyr/app.bin\nthe app\n"
			  "=== zephyr/app.elf\nELF\n"
			  "=== zephyr/.config\n# CONFIG_SOC=\"esp32\"\nCONFIG_SOC=\"esp32c3\"\n",
			  NULL),
	      &err);
	ck_assert_uint_eq(in.part_count, 1);
	part_is(0, 0x20000, "app", "the app");
	ck_assert(in.parts[0].is_encrypted);
	ck_assert_str_eq(in.chip->name, "esp32c3");
	ck_assert_str_eq(in.elf, "zephyr/app.elf");
	ck_assert_uint_eq(in.settings.freq_mhz, 80);
	ck_assert_int_eq(in.settings.mode_plus, EF_MODE_DIO + 1);
	ck_assert(in.settings.finds_size && in.table_offset == EF_PLAN_NO_TABLE);
	ef_input_release(&in);
}
END_TEST

/* With an ESP-IDF bootloader, its paths are those of the machine that built it. */
START_TEST(zephyr_bootloader)
{
	ck_ok(open_folder(RUNNERS("    - --esp-flash-bootloader=/home/x/build/idf/boot.bin\n"
				  "    - --esp-flash-partition_table=C:\\x\\build\\idf\\pt.bin\n"
				  "    - --esp-partition-table-address=0x9000\n") APP
			  "=== idf/boot.bin\nbootloader\n=== idf/pt.bin\ntable\n",
			  NULL),
	      &err);
	ck_assert_uint_eq(in.part_count, 3);
	part_is(0, 0x1000, "bootloader", "bootloader");
	part_is(1, 0x9000, "partition-table", "table");
	part_is(2, 0x10000, "app", "the app");
	ck_assert_uint_eq(in.table_offset, 0);
	ef_input_release(&in);
}
END_TEST

START_TEST(sysbuild)
{
	ck_ok(open_folder("=== build/domains.yaml\ndefault: app\nbuild_dir: /b\ndomains:\n"
			  "  - name: app\n    build_dir: /b/app\n  - name: mcuboot\n"
			  "flash_order:\n  - mcuboot\n  - app\n"
			  "=== build/app/zephyr/runners.yaml\nargs:\n  esp32:\n"
			  "    - --esp-app-address=0x20000\n"
			  "=== build/app/zephyr/zephyr.bin\nthe app\n"
			  "=== build/mcuboot/zephyr/runners.yaml\nargs:\n  esp32:\n"
			  "    - --esp-app-address=0x0\n"
			  "=== build/mcuboot/zephyr/zephyr.bin\nmcuboot\n",
			  NULL),
	      &err);
	ck_assert_uint_eq(in.part_count, 2);
	part_is(0, 0, "mcuboot", "mcuboot");
	part_is(1, 0x20000, "app", "the app");
	ef_input_release(&in);
}
END_TEST

static const struct refusal {
	const char *text, *why;
	enum ef_code code;
} zephyr_refusals[] = {
	{ RUNNERS("    - --esp-app-address=here\n") APP, "'here' is not an address", EF_E_INPUT },
	{ RUNNERS("    - --esp-app-address=0x100000000\n") APP, "is not an address", EF_E_INPUT },
	{ RUNNERS("    - --esp-app-address=0x000000000000001000\n") APP, "too long", EF_E_INPUT },
	{ RUNNERS("    - --esp-flash-mode=qpi\n") APP, "'qpi' is unknown", EF_E_INPUT },
	{ RUNNERS("") "=== zephyr/no.bin\nx\n", "there is no 'zephyr/zephyr.bin'", EF_E_INPUT },
	{ RUNNERS("") "=== zephyr/zephyr.bin\n", "is empty", EF_E_INPUT },
	{ RUNNERS("") APP "=== zephyr/.config\nCONFIG_SOC=\"nrf52\"\n", "'nrf52'", EF_E_UNSUPP },
	{ RUNNERS("    - --esp-flash-bootloader=../../b.bin\n") APP, "outside", EF_E_INPUT },
	{ RUNNERS("    - --esp-flash-bootloader=/nowhere/b.bin\n") APP, "absolute", EF_E_INPUT },
	{ "=== zephyr/runners.yaml\nargs:\n  jlink:\n" APP, "another chip", EF_E_UNSUPP },
	{ "=== domains.yaml\ndefault: a\n", "names no image", EF_E_INPUT },
	{ "=== domains.yaml\ndomains:\n  - name: ../a\n", "outside", EF_E_INPUT },
	{ "=== domains.yaml\ndomains:\n  - name: /a\n", "absolute", EF_E_INPUT },
	{ "=== domains.yaml\ndomains:\n  - name:\n", "no file name", EF_E_INPUT },
	{ "=== domains.yaml\ndomains:\n  - name: a\n  - name: a\n"
	  "=== a/zephyr/runners.yaml\nargs:\n  esp32:\n=== a/zephyr/zephyr.bin\nx\n",
	  "overlap", EF_E_INPUT },
};

START_TEST(zephyr_refused)
{
	const struct refusal *r = &zephyr_refusals[_i];

	ck_fails(open_folder(r->text, NULL), &err, r->code, r->why);
	ck_assert(in.part_count == 0 && !in.owned_count);
}
END_TEST

/* ---- NuttX ---- */

#define NUTTX(config) "=== .config\n" config "\n=== nuttx.bin\nthe app\n"
#define SHARED        "CONFIG_ESPRESSIF_CHIP_SERIES=\"esp32c6\"\n"

START_TEST(nuttx_simple)
{
	ck_ok(open_folder(NUTTX("CONFIG_ESPRESSIF_CHIP_SERIES=\"esp32p4\"\n"
				"CONFIG_ESPRESSIF_FLASH_16M=y\nCONFIG_ESPRESSIF_FLASH_2M=n\n"
				"CONFIG_ESPRESSIF_FLASH_FREQ_80M=y"),
			  NULL),
	      &err);
	ck_assert_uint_eq(in.part_count, 1);
	part_is(0, 0x2000, "app", "the app");
	ck_assert_uint_eq(in.settings.size, 16u << 20);
	ck_assert_uint_eq(in.settings.freq_mhz, 80);
	ck_assert(in.table_offset == EF_PLAN_NO_TABLE);
	ef_input_release(&in);
}
END_TEST

/* tools/esp32s3/Config.mk: the older port's symbols begin with the chip's name. */
START_TEST(nuttx_legacy)
{
	ck_ok(open_folder(NUTTX("CONFIG_ARCH_CHIP=\"esp32s3\"\nCONFIG_ESP32S3_FLASH_DETECT=y\n"
				"CONFIG_ESP32S3_APP_FORMAT_LEGACY=y\nCONFIG_ESP32S3_FLASH_4M=y\n"
				"CONFIG_ESP32S3_KERNEL_OFFSET=0x30000\n"
				"CONFIG_ESP32S3_PARTITION_TABLE_OFFSET=0x9000") //
			  "=== bootloader-esp32s3.bin\nbootloader\n"
			  "=== partition-table-esp32s3.bin\ntable\n",
			  NULL),
	      &err);
	ck_assert_uint_eq(in.part_count, 3);
	part_is(0, 0, "bootloader", "bootloader");
	part_is(1, 0x9000, "partition-table", "table");
	part_is(2, 0x30000, "app", "the app");
	ck_assert(in.settings.finds_size && in.settings.size == 0);
	ef_input_release(&in);
}
END_TEST

static const struct refusal nuttx_refusals[] = {
	{ NUTTX("CONFIG_ARCH_CHIP=\"stm32\""), "names no chip", EF_E_UNSUPP },
	{ NUTTX("CONFIG_ARCH_CHIP=\"esp32x9\""), "'esp32x9'", EF_E_UNSUPP },
	{ NUTTX(SHARED "CONFIG_ESPRESSIF_BOOTLOADER_MCUBOOT=y"),
	  "no symbol ..._OTA_PRIMARY_SLOT_OFFSET", EF_E_INPUT },
	{ NUTTX(SHARED "CONFIG_ESPRESSIF_BOOTLOADER_MCUBOOT=y\n"
		       "CONFIG_ESPRESSIF_OTA_PRIMARY_SLOT_OFFSET=-1"),
	  "is not a number", EF_E_INPUT },
	{ NUTTX(SHARED "CONFIG_ESPRESSIF_BOOTLOADER_MCUBOOT=y\n"
		       "CONFIG_ESPRESSIF_OTA_PRIMARY_SLOT_OFFSET=0x2") //
	  "=== mcuboot-esp32c6.bin\nbootloader\n",
	  "overlap", EF_E_INPUT },
};

START_TEST(nuttx_refused)
{
	const struct refusal *r = &nuttx_refusals[_i];

	ck_fails(open_folder(r->text, NULL), &err, r->code, r->why);
	ck_assert(in.part_count == 0 && !in.owned_count);
}
END_TEST

/* ---- one file without a table ---- */

static void put_segment(struct ef_buf *b, uint32_t addr, uint32_t len)
{
	const uint8_t head[8] = { (uint8_t)addr,         (uint8_t)(addr >> 8),
				  (uint8_t)(addr >> 16), (uint8_t)(addr >> 24),
				  (uint8_t)len,          (uint8_t)(len >> 8),
				  (uint8_t)(len >> 16),  (uint8_t)(len >> 24) };

	ck_ok(ef_buf_add(b, head, sizeof(head), &err) && ef_buf_fill(b, 0x11, len, &err), &err);
}

/* A bootloader alone, with padding behind it, with mapped segments, and with MCUboot's app. */
START_TEST(bare_files)
{
	static const uint8_t mcuboot[] = { 0x3d, 0xb8, 0xf3, 0x96 }; /* image.h: IMAGE_MAGIC */
	struct ef_buf b = EF_BUF_INIT(EF_MIB);
	size_t boot_len;

	if (!ef_file_exists(C3_BOOTLOADER))
		return;
	ck_ok(ef_file_read(C3_BOOTLOADER, &b, &err), &err);
	boot_len = b.len;
	ck_ok(open_bytes(b.data, b.len), &err);
	ck_assert_str_eq(in.format, "a bootloader");
	ef_input_release(&in);

	put_segment(&b, 0, 16);          /* esptool's padding */
	put_segment(&b, 0x3c000020, 64); /* DROM of the C3 */
	ck_ok(open_bytes(b.data, b.len), &err);
	ck_assert_str_eq(in.format, "an image for simple boot");
	ck_assert_uint_eq(in.part_count, 1);
	ck_assert(in.parts[0].addr == 0 && in.parts[0].len == b.len);
	ck_assert(in.table_offset == EF_PLAN_NO_TABLE);
	ef_input_release(&in);
	/* a segment that is cut off, or in RAM, is none of them */
	ck_ok(open_bytes(b.data, b.len - 1), &err);
	ck_assert_str_eq(in.format, "a bootloader");
	ef_input_release(&in);

	b.len = boot_len;
	ck_ok(ef_buf_fill(&b, 0xff, 0x10000 - boot_len, &err) &&
		      ef_buf_add(&b, mcuboot, sizeof(mcuboot), &err) &&
		      ef_buf_fill(&b, 0, 100, &err),
	      &err);
	ck_ok(open_bytes(b.data, b.len), &err);
	ck_assert_str_eq(in.format, "MCUboot with its app");
	ck_assert_uint_eq(in.part_count, 2);
	ck_assert(in.parts[0].len == boot_len && in.parts[1].addr == 0x10000 &&
		  in.parts[1].len == 104);
	ef_input_release(&in);
	ck_fails(open_bytes(b.data + 0x10000, 104), &err, EF_E_INPUT, "an app for MCUboot");
	ef_buf_release(&b);
}
END_TEST

/* ---- Mongoose OS ---- */

#define MOS(platform, parts)                                                                       \
	"=== manifest.json\n{ \"platform\": \"" platform "\", \"parts\": {" parts "} }\n"          \
	"=== a.bin\nabc\n"
#define PART(name, rest) "\"" name "\": { \"addr\": 4096, " rest " }"

/* The digests are those of FIPS 180-2 for "abc". */
START_TEST(mos_parts)
{
	ck_ok(open_folder(MOS("esp32",
			      PART("boot",
				   "\"src\": \"a.bin\", \"type\": \"boot\", \"encrypt\": true, "
				   "\"cs_sha1\": \"a9993e364706816aba3e25717850c26c9cd0d89d\", "
				   "\"cs_sha256\": \"ba7816bf8f01cfea414140de5dae2223b00361a396177a"
				   "9cb410ff61f20015ad\"") ", "
							   "\"cfg\": { \"addr\": \"0x8000\", "
							   "\"fill\": 85, \"size\": 4 }"),
			  NULL),
	      &err);
	ck_assert_uint_eq(in.part_count, 2);
	part_is(0, 0x1000, "boot", "abc");
	part_is(1, 0x8000, "cfg", "UUUU");
	ck_assert(in.parts[0].is_encrypted && !in.parts[1].is_encrypted);
	/* mos, common.go: dio, 80 MHz, and the size that is found */
	ck_assert_int_eq(in.settings.mode_plus, EF_MODE_DIO + 1);
	ck_assert(in.settings.freq_mhz == 80 && in.settings.finds_size);
	ef_input_release(&in);
}
END_TEST

static const struct refusal mos_refusals[] = {
	{ MOS("esp32", PART("a", "\"src\": \"a.bin\", \"cs_sha1\": \"00\"")), "sha1 differs",
	  EF_E_INPUT },
	{ MOS("esp32", PART("a", "\"src\": \"a.bin\", \"cs_sha256\": \"00\"")), "sha256 differs",
	  EF_E_INPUT },
	{ MOS("esp32", PART("a", "\"size\": 4")), "neither a file nor", EF_E_INPUT },
	{ MOS("esp32", PART("a", "\"fill\": 256, \"size\": 4")), "neither a file nor", EF_E_INPUT },
	{ MOS("esp32", PART("a", "\"fill\": 0, \"size\": 4294967295")), "larger than", EF_E_INPUT },
	{ MOS("esp32", PART("a", "\"src\": \"../a.bin\"")), "outside", EF_E_INPUT },
	{ MOS("esp32", PART("a", "\"src\": \"a.bin\", \"ptn\": \"app_0\"")), "no partition 'app_0'",
	  EF_E_INPUT },
	{ MOS("esp32", PART("a", "\"src\": \"a.bin\"") ", " PART("b", "\"src\": \"a.bin\"")),
	  "overlap", EF_E_INPUT },
	{ MOS("esp8266", PART("a", "\"src\": \"a.bin\"")), "for the ESP8266", EF_E_UNSUPP },
	{ MOS("cc3220", PART("a", "\"src\": \"a.bin\"")), "'cc3220'", EF_E_UNSUPP },
};

START_TEST(mos_refused)
{
	const struct refusal *r = &mos_refusals[_i];

	ck_fails(open_folder(r->text, NULL), &err, r->code, r->why);
	ck_assert(in.part_count == 0 && !in.owned_count);
}
END_TEST

START_TEST(mos_other_chip)
{
	ck_fails(open_folder(MOS("esp32", PART("a", "\"src\": \"a.bin\"")),
			     ef_chip_by_name("esp32c3")),
		 &err, EF_E_INPUT, "it is for ESP32, not for ESP32-C3");
}
END_TEST

/* ---- more than there can be ---- */

#define MANY 100000u

/* prefix, then one line a number, then suffix. */
static void many_is_refused(const char *name, const char *prefix, const char *line,
			    const char *suffix, const char *why)
{
	struct ef_buf b = EF_BUF_INIT(16 * EF_MIB);
	char text[64];

	ck_ok(ef_buf_add(&b, prefix, strlen(prefix), &err), &err);
	for (unsigned i = 0; i < MANY; i++) {
		(void)ef_snprintf(text, sizeof(text), "0x%x%s", i * 4096u, line);
		ck_ok(ef_buf_add(&b, text, strlen(text), &err), &err);
	}
	ck_ok(ef_buf_add(&b, suffix, strlen(suffix) + 1, &err), &err);
	ck_fails(open_folder((const char *)b.data, NULL), &err, EF_E_INPUT, why);
	ck_assert_msg(in.part_count == 0, "%s", name);
	ef_buf_release(&b);
}

START_TEST(many_entries)
{
	many_is_refused("idf", "=== flasher_args.json\n{ \"flash_files\": {\"", "\":\"a\",\"",
			"1\":\"a\"}}\n=== a\nx\n", "larger than");
	/* as many images as the folder may name, each at the same place */
	many_is_refused("sysbuild", "=== domains.yaml\ndomains:\n  - name: a\n", "\n  - name: a\n",
			"=== a/zephyr/runners.yaml\nargs:\n  esp32:\n=== a/zephyr/zephyr.bin\nx\n",
			"larger than");
}
END_TEST

/* ---- names that only a folder can have ---- */

#define ARGS(name) "0x0 " name "\n"
#define IDF(name)  "{ \"flash_files\": { \"0x0\": \"" name "\" } }"
#define WEB(name)                                                                                  \
	"{ \"name\": \"w\", \"builds\": [ { \"chipFamily\": \"ESP32\", \"parts\": [ "              \
	"{ \"path\": \"" name "\", \"offset\": 0 } ] } ] }"
#define MOS_ONE(name)                                                                              \
	"{ \"platform\": \"esp32\", \"parts\": { \"a\": { \"addr\": 0, \"src\": \"" name "\" } } " \
	"}"
#define LISTS(name, json)                                                                          \
	{                                                                                          \
		ARGS(name), IDF(json), WEB(json), MOS_ONE(json)                                    \
	}

/* Lists of every form that name one file of a folder in which anything can be read. */
static const char *const folder_lists[][4] = {
	LISTS(".://", "a/b/"), LISTS("s/", "s/"),   LISTS(".", "."),
	LISTS("s/.", "s/."),   LISTS("/s/", "/s/"), LISTS("'s\\'", "s\\\\"),
};

static bool read_anything(void *user, const char *name, const uint8_t **ret, size_t *ret_len,
			  struct ef_err *why)
{
	(void)user, (void)name, (void)why;
	*ret = (const uint8_t *)"abc";
	*ret_len = 3;
	return true;
}

START_TEST(names_of_folders)
{
	const struct ef_input_opts opts = { .allows_outside = true };
	struct ef_input_files files = folder_files(&folder);

	files.read = read_anything;
	folder.count = 0;
	for (size_t form = 0; form < 4; form++) {
		const char *text = folder_lists[_i][form];

		ck_fails(ef_input_open("list", (const uint8_t *)text, strlen(text), &files, &opts,
				       &in, &err),
			 &err, EF_E_INPUT, "is a folder, not a file");
		ck_assert(in.part_count == 0 && !in.owned_count);
	}
}
END_TEST

Suite *suite_input(void);

Suite *suite_input(void)
{
	Suite *s = suite_create("input");
	TCase *tc = tcase_create("input");

	tcase_add_test(tc, idedata);
	tcase_add_test(tc, idedata_broken);
	tcase_add_test(tc, zephyr_app);
	tcase_add_test(tc, zephyr_bootloader);
	tcase_add_test(tc, sysbuild);
	tcase_add_loop_test(tc, zephyr_refused, 0, (int)EF_ARRAY_LEN(zephyr_refusals));
	tcase_add_test(tc, nuttx_simple);
	tcase_add_test(tc, nuttx_legacy);
	tcase_add_loop_test(tc, nuttx_refused, 0, (int)EF_ARRAY_LEN(nuttx_refusals));
	tcase_add_test(tc, bare_files);
	tcase_add_test(tc, mos_parts);
	tcase_add_loop_test(tc, mos_refused, 0, (int)EF_ARRAY_LEN(mos_refusals));
	tcase_add_test(tc, mos_other_chip);
	tcase_add_test(tc, many_entries);
	tcase_add_loop_test(tc, names_of_folders, 0, (int)EF_ARRAY_LEN(folder_lists));
	suite_add_tcase(s, tc);
	return s;
}
