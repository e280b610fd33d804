/* SPDX-License-Identifier: MIT */
/*
 * Things inside of things: archives, gzip, NuttX's merged file, an app in a UF2 file that counts
 * from its partition; and NuttX's and Zephyr's builds with all their options, as one text each.
 */
#include <zlib.h>

#include "boot_maker.h"
#include "input_folder.h"
#include "input_words.h"
#include "rig/tar_maker.h"

static struct folder folder;
static struct ef_input in;
static struct ef_err err;
static uint8_t tar[0x8000], inner[0x8000], packed[0x8000];
static size_t tar_len;

#define HEX ":0300000041424337\n:00000001FF\n"

static void open_bytes(const char *name, const void *data, size_t len)
{
	const struct ef_input_opts opts = { .chip = NULL };

	ef_err_clear(&err);
	describe(&in, &err, ef_input_open(name, data, len, NULL, &opts, &in, &err));
	ef_input_release(&in);
}

/* ---- archives ---- */

static void begin_tar(void)
{
	memset(tar, 0, sizeof(tar));
	tar_len = 0;
}

static void add(const char *name, const void *data, size_t len)
{
	ck_assert_uint_lt(tar_len + len + 2048, sizeof(tar));
	tar_len += tar_put(tar + tar_len, name, '0', data, len);
}

static void add_text(const char *name, const char *text)
{
	add(name, text, strlen(text));
}

static void tar_is(const char *want)
{
	open_bytes("x.tar", tar, tar_len + 1024);
	ck_assert_str_eq(got, want);
}

START_TEST(an_archive)
{
	begin_tar();
	add_text("rel/flash_args", "0x1000 a.bin 0x8000 sub/b.bin");
	add_text("rel/a.bin", "AA");
	add_text("rel/sub/b.bin", "BB");
	tar_is("arguments for esptool\n0x1000 'a.bin' 'a.bin': AA\n0x8000 'b.bin' 'sub/b.bin': BB");
	/* not all in one folder: the list is found by the last part of its name */
	add_text("other.txt", "x");
	tar_is("arguments for esptool\n0x1000 'a.bin' 'a.bin': AA\n0x8000 'b.bin' 'sub/b.bin': BB");
	/* "./" before each name, and a file that is found by its last part */
	begin_tar();
	add_text("./flash_args", "0x1000 far/a.bin");
	add_text("./near/a.bin", "AA");
	tar_is("arguments for esptool\n0x1000 'a.bin' 'far/a.bin': AA");
	begin_tar();
	add_text("flash_args", "0x1000 b.bin");
	add_text("a.bin", "AA");
	tar_is("INPUT: flash_args: the archive has no 'b.bin'");
	begin_tar();
	add_text("../a.bin", "AA");
	tar_is("INPUT: the part '../a.bin' is outside the folder");
	begin_tar();
	add_text("/a.bin", "AA");
	tar_is("INPUT: the part '/a.bin' is named by an absolute path");
}
END_TEST

/* A build's ELF is not told: the monitor can't open a file inside of another one. */
START_TEST(an_archive_of_a_build)
{
	begin_tar();
	add_text("flasher_args.json", "{\"flash_files\": {\"0x10000\": \"a.bin\"}, \"app\": "
				      "{\"offset\": \"0x10000\", \"file\": \"a.bin\"}}");
	add_text("a.bin", "AA");
	add_text("a.elf", "elf");
	tar_is("an ESP-IDF build\n0x10000 'app' 'a.bin' app: AA");
}
END_TEST

START_TEST(the_only_file_of_an_archive)
{
	begin_tar();
	add_text("d/readme.txt", "words");
	tar_is("INPUT: the archive has no manifest.json, no flasher_args.json and no firmware "
	       "file");
	add_text("d/a.hex", HEX);
	tar_is("Intel HEX\n0x0 '0x0' 'a.hex': ABC");
	add_text("d/b.hex", HEX);
	tar_is("INPUT: both 'a.hex' and 'b.hex' could be meant");
	/* a .bin comes first */
	add_text("d/c.bin", HEX);
	tar_is("Intel HEX\n0x0 '0x0' 'c.bin': ABC");
}
END_TEST

/* One archive may be in another one, as build servers pack them; not one more. */
START_TEST(archives_in_archives)
{
	size_t len;

	begin_tar();
	add_text("a.hex", HEX);
	for (unsigned depth = 1; depth <= 3; depth++) {
		if (depth <= 2)
			tar_is("Intel HEX\n0x0 '0x0' 'a.hex': ABC");
		else
			tar_is("INPUT: it is an archive within an archive");
		len = tar_len + 1024;
		memcpy(inner, tar, len);
		begin_tar();
		add("in.bin", inner, len);
	}
}
END_TEST

static size_t pack(const void *data, size_t len)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)data, .avail_in = (uInt)len };

	ck_assert_int_eq(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_out = packed;
	z.avail_out = sizeof(packed);
	ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return sizeof(packed) - z.avail_out;
}

START_TEST(gzip)
{
	size_t len = pack(HEX, sizeof(HEX) - 1);

	open_bytes("a.hex.gz", packed, len);
	ck_assert_str_eq(got, "Intel HEX\n0x0 '0x0' 'a.hex': ABC");
	open_bytes("a.hex.gzip", packed, len);
	ck_assert_str_eq(got, "Intel HEX\n0x0 '0x0' 'a.hex.gzip': ABC");
	begin_tar();
	add_text("a.hex", HEX);
	len = pack(tar, tar_len + 1024);
	open_bytes("a.tar.gz", packed, len);
	ck_assert_str_eq(got, "Intel HEX\n0x0 '0x0' 'a.hex': ABC");
	begin_tar();
	len = pack(HEX, sizeof(HEX) - 1);
	add("a.bin", packed, len);
	tar_is("INPUT: it is an archive within an archive");
	memcpy(inner, packed, len);
	len = pack(inner, len);
	open_bytes("a.gz", packed, len);
	ck_assert_str_eq(got, "INPUT: it is an archive within an archive");
}
END_TEST

/* ---- TinyUF2's app: at 0, which is the start of its partition ---- */

static size_t put_app(uint8_t *image, uint32_t addr)
{
	uint8_t sum = 0xef;

	memset(image, 0, 128);
	memcpy(image, "\xe9\1\2\x20", 4);
	image[12] = 5; /* ESP32-C3 */
	image[23] = 1;
	(void)made_segment(image, 24, addr, 16);
	image[63] = sum;
	ef_sha256(image, 64, image + 64);
	return 96;
}

static void put_uf2(uint32_t at, uint32_t addr)
{
	static uint8_t b[512];

	memset(b, 0, sizeof(b));
	ef_put_le32(b, 0x0a324655);
	ef_put_le32(b + 4, 0x9e5d5157);
	ef_put_le32(b + 8, 0x2000);
	ef_put_le32(b + 12, at);
	ef_put_le32(b + 16, (uint32_t)put_app(b + 32, addr));
	ef_put_le32(b + 24, 1);
	ef_put_le32(b + 28, 0xd42ba06c); /* uf2families.json: ESP32-C3 */
	ef_put_le32(b + 508, 0x0ab16f30);
	open_bytes("a.uf2", b, sizeof(b));
}

START_TEST(an_app_of_tinyuf2)
{
	put_uf2(0, 0x3c000020);
	ck_assert_str_eq(got, "UF2, esp32c3\n0x0 'app' 'a.uf2' app unplaced: "
			      "<e9><01><02> <00><00><00><00><00><00><00><00>... 96");
	put_uf2(0x10000, 0x3c000020);
	ck_assert_str_eq(got, "UF2, esp32c3\n0x10000 '0x10000' 'a.uf2': "
			      "<e9><01><02> <00><00><00><00><00><00><00><00>... 96");
	put_uf2(0, 0x3fc90000); /* no app: a program for RAM is where a bootloader is */
	ck_assert_str_eq(got, "UF2, esp32c3\n0x0 'bootloader' 'a.uf2' bootloader: "
			      "<e9><01><02> <00><00><00><00><00><00><00><00>... 96");
}
END_TEST

/* ---- folders ---- */

#define C6 "=== .config\nCONFIG_ESPRESSIF_CHIP_SERIES=\"esp32c6\"\n"
#define MCUBOOT                                                                                    \
	"CONFIG_ESPRESSIF_BOOTLOADER_MCUBOOT=y\nCONFIG_ESPRESSIF_OTA_PRIMARY_SLOT_OFFSET="         \
	"0x10000\n"                                                                                \
	"CONFIG_ESPRESSIF_OTA_SECONDARY_SLOT_OFFSET=0x110000\n"
#define NO_TABLE ", table 0xffffffff"

static const struct {
	const char *files, *want;
} folders[] = {
	{ C6 "CONFIG_ESPRESSIF_FLASH_4M=y\nCONFIG_ESPRESSIF_FLASH_FREQ_40M=y\n"
	     "CONFIG_ESPRESSIF_ESPTOOLPY_NO_STUB=y\n=== nuttx.bin\napp\n=== nuttx\nelf\n",
	  "a NuttX build, esp32c6, mode 3, 40 MHz, size 0x400000, no stub, elf nuttx" NO_TABLE
	  "\n0x0 'app' 'nuttx.bin': app" },
	{ C6 MCUBOOT
	  "CONFIG_ESPRESSIF_EFUSE_VIRTUAL_KEEP_IN_FLASH_OFFSET=0x8000\n=== nuttx.bin\napp\n"
	  "=== mcuboot-esp32c6.bin\nboot\n=== vefuse.bin\nfuse\n",
	  "a NuttX build, esp32c6, mode 3" NO_TABLE
	  "\n0x0 'mcuboot' 'mcuboot-esp32c6.bin' bootloader: boot\n0x8000 'vefuse' 'vefuse.bin' "
	  "data: fuse\n"
	  "0x10000 'app' 'nuttx.bin': app" },
	{ C6 MCUBOOT "CONFIG_ESPRESSIF_ESPTOOL_TARGET_SECONDARY=y\n=== nuttx.bin\napp\n"
		     "=== nuttx.signed.bin\nsigned\n",
	  "a NuttX build, esp32c6, mode 3" NO_TABLE "\n0x110000 'app' 'nuttx.signed.bin': signed" },
	{ C6 MCUBOOT "=== nuttx.bin\n\x3d\xb8\xf3\x96\n=== nuttx.signed.bin\nsigned\n",
	  "a NuttX build, esp32c6, mode 3" NO_TABLE "\n0x10000 'app' 'nuttx.bin': =<b8><f3><96>" },
	{ C6 MCUBOOT "CONFIG_ESPRESSIF_SECURE_BOOT=y\n=== nuttx.bin\napp\n=== nuttx.signed.bin\n"
		     "signed\n=== mcuboot-esp32c6.bin\nboot\n",
	  "a NuttX build, esp32c6, mode 3, after no-reset" NO_TABLE
	  "\n0x10000 'app' 'nuttx.signed.bin': signed" },
	{ C6
	  "CONFIG_ESPRESSIF_SECURE_FLASH_ENC_FLASH_DEVICE_ENCRYPTED=y\nCONFIG_BUILD_PROTECTED=y\n"
	  "CONFIG_ESPRESSIF_USER_IMAGE_OFFSET=0x90000\n=== nuttx.bin\napp\n=== nuttx_user.bin\n"
	  "user\n",
	  "a NuttX build, esp32c6, mode 3" NO_TABLE
	  "\n0x0 'app' 'nuttx.bin' encrypted: app\n0x90000 'user' 'nuttx_user.bin' encrypted: "
	  "user" },
	/* one file with all of it, if the parts are not there or the build merges them */
	{ C6 "=== nuttx.merged.bin\n" HEX,
	  "a NuttX build, esp32c6, mode 3\n0x0 '0x0' 'nuttx.merged.bin': ABC" },
	{ C6 "=== nuttx.merged.bin\n" HEX "=== nuttx.bin\napp\n",
	  "a NuttX build, esp32c6, mode 3" NO_TABLE "\n0x0 'app' 'nuttx.bin': app" },
	{ C6 "CONFIG_ESPRESSIF_MERGE_BINS=y\n=== nuttx.merged.bin\n" HEX "=== nuttx.bin\napp\n",
	  "a NuttX build, esp32c6, mode 3\n0x0 '0x0' 'nuttx.merged.bin': ABC" },
	/* Zephyr: the defaults of its runner, and all that can be said */
	{ "=== zephyr/runners.yaml\nargs:\n  esp32:\n=== zephyr/zephyr.bin\napp\n",
	  "a Zephyr build, mode 3, 40 MHz, finds size, before default-reset, after "
	  "hard-reset" NO_TABLE "\n0x10000 'app' 'zephyr.bin': app" },
	{ "=== runners.yaml\nargs:\n  esp32:\n    - --esp-no-stub\n    - --esp-flash-size=8MB\n    "
	  "- --esp-flash-mode=qio\n    - --esp-boot-address=0x2000\n    - "
	  "--esp-flash-bootloader=b.bin\n=== zephyr.bin\napp\n=== b.bin\nboot\n",
	  "a Zephyr build, mode 1, 40 MHz, size 0x800000, before default-reset, after hard-reset, "
	  "no stub" NO_TABLE "\n0x2000 'bootloader' 'b.bin' bootloader: boot\n0x10000 'app' "
	  "'zephyr.bin': app" },
	/* PlatformIO's list; the app's place if it has none */
	{ "=== bootloader.bin\nboot\n=== partitions.bin\ntable\n=== firmware.bin\napp\n"
	  "=== idedata.json\n{\"extra\": {\"flash_images\": [{\"offset\": \"0x1000\", \"path\": "
	  "\"bootloader.bin\"}, {\"offset\": \"0xe000\", \"path\": \"BOOT_APP0.bin\"}]}}\n"
	  "=== BOOT_APP0.bin\nown\n",
	  "an Arduino or PlatformIO build, finds size\n0x1000 'bootloader.bin' 'bootloader.bin': "
	  "boot\n0xe000 'BOOT_APP0.bin' 'BOOT_APP0.bin': own\n0x10000 'app' 'firmware.bin' app: "
	  "app" },
};

START_TEST(a_folder)
{
	const struct ef_input_opts opts = { .chip = NULL };
	struct ef_input_files files = folder_files(&folder);

	ef_err_clear(&err);
	folder_read(&folder, (const uint8_t *)folders[_i].files, strlen(folders[_i].files));
	describe(&in, &err, ef_input_open("", NULL, 0, &files, &opts, &in, &err));
	ef_input_release(&in);
	ck_assert_str_eq(got, folders[_i].want);
}
END_TEST

Suite *suite_input_inside(void);
Suite *suite_input_inside(void)
{
	Suite *s = suite_create("input_inside");
	TCase *t = tcase_create("input_inside");

	tcase_add_test(t, an_archive);
	tcase_add_test(t, an_archive_of_a_build);
	tcase_add_test(t, the_only_file_of_an_archive);
	tcase_add_test(t, archives_in_archives);
	tcase_add_test(t, gzip);
	tcase_add_test(t, an_app_of_tinyuf2);
	tcase_add_loop_test(t, a_folder, 0, (int)EF_ARRAY_LEN(folders));
	suite_add_tcase(s, t);
	return s;
}
