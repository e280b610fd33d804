/* SPDX-License-Identifier: MIT */
/* Which bootloader is chosen: a home folder with the trees of other tools, made by the test. */
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "base/util.h"
#include "boot_maker.h"
#include "cli/bootloader/boot_find.h"
#include "cli/bootloader/boot_walk.h"
#include "elf_maker.h"
#include "rig/tar_maker.h"

#define CRATES "home/.cargo/registry/src/index-1"

static char root[64], home[128], nowhere[128];
static uint8_t image[MADE_BOOT_MAX];

static void setup(void)
{
	memcpy(root, "/tmp/ef-boot-XXXXXX", sizeof("/tmp/ef-boot-XXXXXX"));
	ck_assert_ptr_nonnull(mkdtemp(root));
	ck_assert(ef_snprintf(home, sizeof(home), "%s/home", root));
	ck_assert(ef_snprintf(nowhere, sizeof(nowhere), "%s/nowhere", root));
}

static void teardown(void)
{
	pid_t child = fork();

	if (child == 0) {
		execlp("rm", "rm", "-rf", root, (char *)NULL);
		_exit(127);
	}
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
}

/* Make a file below root, with its folders. */
static void put(const char *name, const void *data, size_t len)
{
	char path[512];
	FILE *file;

	ck_assert(ef_snprintf(path, sizeof(path), "%s/%s", root, name));
	for (char *p = path + strlen(root) + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		(void)mkdir(path, 0700);
		*p = '/';
	}
	file = fopen(path, "wb");
	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(data, 1, len, file), len);
	ck_assert_int_eq(fclose(file), 0);
}

static void put_boot(const char *name, const struct make_boot *m)
{
	size_t len = make_boot(m, image);

	put(name, image, len);
}

static void put_chip(const char *name, const char *chip)
{
	const struct make_boot m = { .chip = chip, .version = "v5.4" };

	put_boot(name, &m);
}

static void put_text(const char *name, const char *text)
{
	put(name, text, strlen(text));
}

static struct find_query query(const char *chip)
{
	return (struct find_query){ .chip = ef_chip_by_name(chip),
				    .home = home,
				    .xdg_data_dirs = nowhere,
				    .path = nowhere };
}

static struct boot_found found;
static char why[FIND_ORIGIN_SIZE];

/* The file that is chosen, below root; "": none. */
static const char *choose(const struct find_query *q, bool takes_any, int mode)
{
	const struct boot_want want = { .mode = mode, .takes_any = takes_any };

	if (!boot_choose(q, &want, &found, why))
		return "";
	ck_assert_uint_gt(found.boot.len, 0);
	ck_assert_ptr_eq(found.boot.chip, q->chip);
	free(found.content);
	ck_assert_int_eq(strncmp(found.path, root, strlen(root)), 0);
	return found.path + strlen(root) + 1;
}

static const char *first(const struct find_query *q)
{
	return choose(q, true, -1);
}

START_TEST(nothing)
{
	struct find_query q = query("esp32c3");

	ck_assert_str_eq(first(&q), "");
	ck_assert_str_eq(why, "");
	q.home = NULL;
	ck_assert_str_eq(first(&q), "");
}
END_TEST

/* The newest crate that has one, and before it the user's own collection. */
START_TEST(collections)
{
	struct find_query q = query("esp32c3");
	static const char bin[] = "resources/bootloaders/esp32c3-bootloader.bin";
	static const char *const crates[] = { "espflash-4.5.0", "espflash-4.10.0",
					      "espflash-4.10.0-rc.1", "cargo-espflash-9.0.0" };
	char name[256];

	for (size_t i = 0; i < EF_ARRAY_LEN(crates); i++) {
		ck_assert(ef_snprintf(name, sizeof(name), CRATES "/%s/%s", crates[i], bin));
		put_chip(name, "esp32c3");
	}
	put_text(CRATES "/espflash-9.0.0/Cargo.toml", "");
	ck_assert(ef_snprintf(name, sizeof(name), CRATES "/espflash-4.10.0/%s", bin));
	ck_assert_str_eq(first(&q), name);
	ck_assert_str_eq(found.place, "an espflash crate");
	put_chip("home/.local/share/espflash-c/bootloaders/esp32c3-v5.4-12345678-bootloader.bin",
		 "esp32c3");
	ck_assert_str_eq(
		first(&q),
		"home/.local/share/espflash-c/bootloaders/esp32c3-v5.4-12345678-bootloader.bin");
	/* one that was put there by hand comes before one that was imported */
	put_chip("home/.local/share/espflash-c/bootloaders/esp32c3-bootloader.bin", "esp32c3");
	ck_assert_str_eq(first(&q),
			 "home/.local/share/espflash-c/bootloaders/esp32c3-bootloader.bin");
}
END_TEST

/* espflash's names for another crystal and for revision families. */
START_TEST(crystals_by_name)
{
	struct find_query q = query("esp32");
	static const char dir[] = CRATES "/espflash-4.5.0/resources/bootloaders";
	char want[256];

	put_chip(CRATES "/espflash-4.5.0/resources/bootloaders/esp32-bootloader.bin", "esp32");
	ck_assert(ef_snprintf(want, sizeof(want), "%s/esp32-bootloader.bin", dir));
	ck_assert_str_eq(first(&q), want);
	q.xtal_mhz = 40;
	ck_assert_str_eq(first(&q), want);
	q.xtal_mhz = 26;
	ck_assert_str_eq(first(&q), "");
	ck_assert_ptr_nonnull(strstr(why, "crystal of 40 MHz, not of 26 MHz"));
	put_chip(CRATES "/espflash-4.5.0/resources/bootloaders/esp32_26-bootloader.bin", "esp32");
	ck_assert(ef_snprintf(want, sizeof(want), "%s/esp32_26-bootloader.bin", dir));
	ck_assert_str_eq(first(&q), want);
}
END_TEST

/* The header says for which revisions it is, or the name does. */
START_TEST(revisions)
{
	struct find_query q = query("esp32p4");
	const struct make_boot v1 = { "esp32p4", 100, 199, "v6.1", NULL, NULL, 0, false };
	const struct make_boot v3 = { "esp32p4", 300, 399, "v6.1", NULL, NULL, 0, false };
	static const char dir[] = CRATES "/espflash-4.5.0/resources/bootloaders/";
	char a[256], b[256];

	ck_assert(ef_snprintf(a, sizeof(a), "%sesp32p4-v0-bootloader.bin", dir));
	ck_assert(ef_snprintf(b, sizeof(b), "%sesp32p4-v3-bootloader.bin", dir));
	put_boot(a, &v1);
	put_boot(b, &v3);
	ck_assert_str_eq(first(&q), a);
	q.revision = 103;
	ck_assert_str_eq(first(&q), a);
	q.revision = 301;
	ck_assert_str_eq(first(&q), b);
	q.revision = 200;
	ck_assert_str_eq(first(&q), "");
	ck_assert_ptr_nonnull(strstr(why, "not for v2.0"));
}
END_TEST

/* Arduino's variants: two data lines work everywhere, others only when they are asked for. */
START_TEST(variants)
{
	struct find_query q = query("esp32s3");
	const struct make_boot m = { .chip = "esp32s3", .text = "v4.4.3" };
	static const char *const names[] = { "opi_80m", "qio_80m", "dio_40m", "dio_80m" };
	static const char dir[] = "home/.platformio/packages/framework-arduinoespressif32/tools/"
				  "sdk/esp32s3/bin/bootloader_";
	char name[256];

	for (size_t i = 0; i < EF_ARRAY_LEN(names); i++) {
		ck_assert(ef_snprintf(name, sizeof(name), "%s%s.bin", dir, names[i]));
		put_boot(name, &m);
		/* the default frequency is 40 MHz */
		if (i < 2)
			ck_assert_str_eq(first(&q), "");
		else
			ck_assert_ptr_nonnull(strstr(first(&q), "dio_40m"));
	}
	ck_assert_str_eq(found.place, "a package of PlatformIO");
	ck_assert_ptr_nonnull(strstr(choose(&q, true, EF_MODE_QIO), "qio_80m"));
	/* such a package may be old: the chip's own bootloader comes before it */
	ck_assert_str_eq(choose(&q, false, -1), "");
}
END_TEST

/* ---- ELFs ---- */

static void put_elf(const char *name)
{
	static const struct make_section s[] = {
		{ ".iram_loader.text", 1, 6, 0x403cc000, 64, NULL },
		{ ".dram0.bootdesc", 1, 2, 0x3fcd5c80, 80, NULL },
	};
	struct made m = make_elf(EF_EM_RISCV, s, EF_ARRAY_LEN(s));

	put(name, m.data, m.len);
	free(m.data);
}

START_TEST(arduino)
{
	struct find_query q = query("esp32c3");
	static const char elf[] = "home/.arduino15/packages/esp32/tools/esp32-arduino-libs/"
				  "idf-5.3/esp32c3/bin/bootloader_dio_80m.elf";

	put_elf(elf);
	ck_assert_str_eq(first(&q), elf);
	ck_assert(found.is_built);
	ck_assert_uint_eq(found.boot.info.mode, EF_MODE_DIO);
	ck_assert_uint_eq(found.boot.info.freq_code, 0xf);
	ck_assert_uint_eq(found.boot.max_rev, EF_BOOT_ANY_REV);
	/* the configuration beside it has the revisions */
	put_text(
		"home/.arduino15/packages/esp32/tools/esp32-arduino-libs/idf-5.3/esp32c3/sdkconfig",
		"CONFIG_IDF_TARGET=\"esp32c3\"\nCONFIG_ESP_REV_MIN_FULL=3\n"
		"CONFIG_ESP_REV_MAX_FULL=199\n");
	ck_assert_str_eq(first(&q), elf);
	ck_assert_uint_eq(found.boot.min_rev, 3);
	ck_assert_uint_eq(found.boot.max_rev, 199);
	q = query("esp32s3");
	ck_assert_str_eq(first(&q), "");
}
END_TEST

/* ---- programs and archives ---- */

START_TEST(program)
{
	struct find_query q = query("esp32c6");
	static uint8_t data[70000];
	const struct make_boot m = { .chip = "esp32c6", .version = "v6.1" };
	size_t len = make_boot(&m, image);

	memcpy(data, "\177ELF\2\1\1", 7);
	memcpy(data + 12345, image, len);
	put("home/.cargo/bin/espflash", data, sizeof(data));
	ck_assert_str_eq(first(&q), "home/.cargo/bin/espflash");
	ck_assert(found.is_offset);
	ck_assert_uint_eq(found.boot.off, 12345);
	/* in PATH, too */
	q.home = NULL;
	ck_assert_str_eq(first(&q), "");
	ck_assert(ef_snprintf(nowhere, sizeof(nowhere), "/nonexistent:%s/home/.cargo/bin", root));
	q.path = nowhere;
	ck_assert_str_eq(first(&q), "home/.cargo/bin/espflash");
}
END_TEST

/* A .crate that cargo downloaded and did not unpack. */
START_TEST(crate)
{
	static uint8_t tar[32768], packed[32768];
	struct find_query q = query("esp32c3");
	size_t len = make_boot(&(struct make_boot){ .chip = "esp32c3", .version = "v5.4" }, image);
	size_t at = tar_put(tar, "espflash-4.5.0/resources/bootloaders/esp32c3-bootloader.bin", '0',
			    image, len);
	z_stream z = { .next_in = tar };

	len = make_boot(&(struct make_boot){ .chip = "esp32", .version = "v5.4" }, image);
	at += tar_put(tar + at, "espflash-4.5.0/resources/bootloaders/esp32_26-bootloader.bin", '0',
		      image, len);
	at += tar_put(tar + at, "../../../evil/esp32c2-bootloader.bin", '0', image, len);
	ck_assert_int_eq(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
	z.avail_in = (uInt)(at + 1024);
	z.next_out = packed;
	z.avail_out = sizeof(packed);
	ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	put("home/.cargo/registry/cache/index-1/espflash-4.5.0.crate", packed,
	    sizeof(packed) - z.avail_out);
	ck_assert_str_eq(first(&q), "home/.cargo/registry/cache/index-1/espflash-4.5.0.crate");
	ck_assert_str_eq(found.inside,
			 "espflash-4.5.0/resources/bootloaders/esp32c3-bootloader.bin");
	q = query("esp32");
	ck_assert_str_eq(first(&q), "");
	q.xtal_mhz = 26;
	ck_assert_str_eq(first(&q), "home/.cargo/registry/cache/index-1/espflash-4.5.0.crate");
	/* a damaged archive is no reason to fail */
	packed[100] ^= 0xff;
	put("home/.cargo/registry/cache/index-1/espflash-4.5.0.crate", packed, 4000);
	ck_assert_str_eq(first(&q), "");
	ck_assert_ptr_nonnull(strstr(why, "espflash-4.5.0.crate"));
}
END_TEST

/* ---- projects ---- */

/* Another project's bootloader counts only with an ordinary configuration. */
START_TEST(projects)
{
	struct find_query q = query("esp32c3");
	static const char bin[] = "home/esp/hello/build/bootloader/bootloader.bin";
	static const char config[] = "home/esp/hello/sdkconfig";

	put_chip(bin, "esp32c3");
	ck_assert_str_eq(first(&q), "");
	ck_assert_ptr_nonnull(strstr(why, "another project"));
	put_text(config, "CONFIG_IDF_TARGET=\"esp32c3\"\nCONFIG_PARTITION_TABLE_OFFSET=0x8000\n");
	ck_assert_str_eq(first(&q), bin);
	put_text(config, "CONFIG_IDF_TARGET=\"esp32c3\"\nCONFIG_PARTITION_TABLE_OFFSET=0x10000\n");
	ck_assert_str_eq(first(&q), "");
	ck_assert_ptr_nonnull(strstr(why, "partition table elsewhere"));
	put_text(config, "CONFIG_IDF_TARGET=\"esp32c3\"\nCONFIG_SECURE_BOOT=y\n");
	ck_assert_str_eq(first(&q), "");
	ck_assert_ptr_nonnull(strstr(why, "eFuses"));
}
END_TEST

/* PlatformIO's and ESPHome's configurations have the environment's name, elsewhere. */
START_TEST(environments)
{
	struct find_query q = query("esp32c3");
	static const char bin[] = "home/.esphome/build/lamp/.pioenvs/lamp/bootloader.bin";

	put_chip(bin, "esp32c3");
	ck_assert_str_eq(first(&q), "");
	put_text("home/.esphome/build/lamp/sdkconfig.other", "CONFIG_IDF_TARGET=\"esp32c3\"\n");
	ck_assert_str_eq(first(&q), "");
	put_text("home/.esphome/build/lamp/sdkconfig.lamp", "CONFIG_IDF_TARGET=\"esp32c3\"\n");
	ck_assert_str_eq(first(&q), bin);
}
END_TEST

/* Not even from a collection: it would encrypt the flash at its first start, for ever. */
START_TEST(burns_efuses)
{
	struct find_query q = query("esp32c3");
	const struct make_boot m = { .chip = "esp32c3",
				     .version = "v5.4",
				     .text = "flash_encrypt" };

	put_boot("home/.local/share/espflash-c/bootloaders/esp32c3-bootloader.bin", &m);
	ck_assert_str_eq(first(&q), "");
	ck_assert_ptr_nonnull(strstr(why, "eFuses"));
}
END_TEST

/* The checksum is one byte, and can be right by chance. */
START_TEST(wrong_digest)
{
	struct find_query q = query("esp32c3");
	const struct make_boot m = { .chip = "esp32c3", .version = "v5.4" };
	size_t len = make_boot(&m, image);

	image[200] ^= 1;
	image[201] ^= 1;
	put("home/.local/share/espflash-c/bootloaders/esp32c3-bootloader.bin", image, len);
	ck_assert_str_eq(first(&q), "");
	ck_assert_ptr_nonnull(strstr(why, "digest is wrong"));
}
END_TEST

/* A file that everybody can write to is not used. */
START_TEST(writable)
{
	struct find_query q = query("esp32c3");
	char path[256];

	put_chip("home/.local/share/espflash-c/bootloaders/esp32c3-bootloader.bin", "esp32c3");
	ck_assert(ef_snprintf(path, sizeof(path),
			      "%s/.local/share/espflash-c/bootloaders/esp32c3-bootloader.bin",
			      home));
	ck_assert_int_eq(chmod(path, 0646), 0);
	ck_assert_str_eq(first(&q), "");
	ck_assert_ptr_nonnull(strstr(why, "everybody can write to it"));
}
END_TEST

/* ---- walking ---- */

static bool count_file(void *user, const char *path)
{
	unsigned *count = user;

	(void)path;
	++*count;
	return true;
}

/* A loop of links ends neither walk late: patterns have a length, and folders aren't links. */
START_TEST(loops)
{
	char link[256];
	unsigned count = 0;
	bool is_cut;

	put_text("a/b/x.bin", "");
	put_text("a/.hidden/x.bin", "");
	put_text("a/.git/x.bin", "");
	ck_assert(ef_snprintf(link, sizeof(link), "%s/a/loop", root));
	ck_assert_int_eq(symlink("..", link), 0);
	ck_assert(walk_all(root, count_file, &count, &is_cut));
	ck_assert_uint_eq(count, 2);
	ck_assert(!is_cut);
	count = 0;
	/* a/b and a/loop/... */
	ck_assert(walk_pattern(root, "*/*/*/b/x.bin", count_file, &count));
	ck_assert_uint_eq(count, 1);
}
END_TEST

START_TEST(deep)
{
	char name[256] = "";
	unsigned count = 0;
	bool is_cut;

	for (unsigned i = 0; i < WALK_DEPTH_MAX + 2; i++)
		memcpy(name + 2 * i, "d/x", 4);
	put_text(name, "");
	ck_assert(walk_all(root, count_file, &count, &is_cut));
	ck_assert_uint_eq(count, 0);
	ck_assert(is_cut);
}
END_TEST

Suite *suite_boot_find(void);
Suite *suite_boot_find(void)
{
	Suite *s = suite_create("boot_find");
	TCase *t = tcase_create("boot_find");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, nothing);
	tcase_add_test(t, collections);
	tcase_add_test(t, crystals_by_name);
	tcase_add_test(t, revisions);
	tcase_add_test(t, variants);
	tcase_add_test(t, arduino);
	tcase_add_test(t, program);
	tcase_add_test(t, crate);
	tcase_add_test(t, projects);
	tcase_add_test(t, environments);
	tcase_add_test(t, burns_efuses);
	tcase_add_test(t, wrong_digest);
	tcase_add_test(t, writable);
	tcase_add_test(t, loops);
	tcase_add_test(t, deep);
	suite_add_tcase(s, t);
	return s;
}
