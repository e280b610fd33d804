/* SPDX-License-Identifier: MIT */
/* Where bootloaders and tables are looked for: trees of empty files in a folder of our own. */
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/util.h"
#include "ck_ef.h"
#include "cli/bootloader/find_firmware.h"

static char root[64];

static void setup(void)
{
	memcpy(root, "/tmp/ef-find-XXXXXX", sizeof("/tmp/ef-find-XXXXXX"));
	ck_assert_ptr_nonnull(mkdtemp(root));
}

static void remove_tree(const char *path)
{
	char command[128];
	pid_t child;
	int n = snprintf(command, sizeof(command), "%s", path);

	ck_assert_int_gt(n, 0);
	child = fork();
	if (child == 0) {
		execlp("rm", "rm", "-rf", command, (char *)NULL);
		_exit(127);
	}
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
}

static void teardown(void)
{
	remove_tree(root);
}

/* Make a file below root, with its folders. */
static void touch(const char *name)
{
	char path[512];
	FILE *file;

	ck_assert(ef_snprintf(path, sizeof(path), "%s/%s", root, name));
	for (char *p = path + strlen(root) + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		(void)mkdir(path, 0700);
		*p = '/';
	}
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fclose(file);
}

static char elf[256], home[128];

static struct find_query query(enum find_kind kind, const char *elf_name)
{
	struct find_query q = { .kind = kind, .chip = ef_chip_by_name("esp32c3") };

	touch(elf_name);
	ck_assert(ef_snprintf(elf, sizeof(elf), "%s/%s", root, elf_name));
	ck_assert(ef_snprintf(home, sizeof(home), "%s/home", root));
	q.elf_path = elf;
	q.home = home;
	q.xdg_data_dirs = "relative:/nonexistent";
	return q;
}

/* What is found, below root; "" when nothing. */
static const char *first(const struct find_query *q)
{
	static struct find_result found;
	unsigned at = 0;

	if (!find_firmware(q, &at, &found))
		return "";
	ck_assert_ptr_nonnull(found.origin);
	ck_assert_int_eq(strncmp(found.path, root, strlen(root)), 0);
	return found.path + strlen(root) + 1;
}

START_TEST(nothing)
{
	struct find_query q = query(FIND_BOOTLOADER, "app.elf");

	ck_assert_str_eq(first(&q), "");
	q.kind = FIND_TABLE;
	ck_assert_str_eq(first(&q), "");
	q.elf_path = "/nonexistent/app.elf";
	ck_assert_str_eq(first(&q), "");
}
END_TEST

START_TEST(esp_idf)
{
	struct find_query q = query(FIND_BOOTLOADER, "build/app.elf");

	touch("build/bootloader/bootloader.bin");
	touch("build/partition_table/partition-table.bin");
	ck_assert_str_eq(first(&q), "build/bootloader/bootloader.bin");
	q = query(FIND_TABLE, "app.elf");
	ck_assert_str_eq(first(&q), "build/partition_table/partition-table.bin");
	q = query(FIND_TABLE, "build/sub/app.elf");
	ck_assert_str_eq(first(&q), "build/partition_table/partition-table.bin");
}
END_TEST

START_TEST(esp_idf_sys)
{
	struct find_query q = query(FIND_BOOTLOADER, "target/t/release/app");

	touch("target/t/release/build/esp-idf-sys-0123/out/build/bootloader/bootloader.bin");
	touch("target/t/release/build/other-0123/out/build/bootloader/bootloader.bin");
	ck_assert_str_eq(first(&q), "target/t/release/build/esp-idf-sys-0123/out/build/bootloader/"
				    "bootloader.bin");
	q = query(FIND_BOOTLOADER, "target/t/release/examples/demo");
	ck_assert_str_eq(first(&q), "target/t/release/build/esp-idf-sys-0123/out/build/bootloader/"
				    "bootloader.bin");
}
END_TEST

/* What esp-idf-sys leaves beside the ELF counts only in the folder of such a target. */
START_TEST(esp_idf_sys_copies)
{
	struct find_query q = query(FIND_TABLE, "target/riscv32imc-esp-espidf/debug/app");

	touch("target/riscv32imc-esp-espidf/debug/partition-table.bin");
	touch("target/riscv32imc-esp-espidf/debug/bootloader.bin");
	ck_assert_str_eq(first(&q), "target/riscv32imc-esp-espidf/debug/partition-table.bin");
	q.kind = FIND_BOOTLOADER;
	ck_assert_str_eq(first(&q), "target/riscv32imc-esp-espidf/debug/bootloader.bin");
	q = query(FIND_BOOTLOADER, "target/riscv32imc-unknown-none-elf/debug/app");
	touch("target/riscv32imc-unknown-none-elf/debug/bootloader.bin");
	ck_assert_str_eq(first(&q), "");
}
END_TEST

START_TEST(platformio_and_arduino)
{
	struct find_query q = query(FIND_BOOTLOADER, ".pio/build/c3/firmware.elf");

	touch(".pio/build/c3/bootloader.bin");
	touch(".pio/build/c3/partitions.bin");
	ck_assert_str_eq(first(&q), ".pio/build/c3/bootloader.bin");
	q.kind = FIND_TABLE;
	ck_assert_str_eq(first(&q), ".pio/build/c3/partitions.bin");
	/* Another ELF in that folder is not PlatformIO's. */
	q = query(FIND_BOOTLOADER, ".pio/build/c3/other.elf");
	ck_assert_str_eq(first(&q), "");
	q = query(FIND_BOOTLOADER, "out/blink.ino.elf");
	touch("out/blink.ino.bootloader.bin");
	touch("out/blink.ino.partitions.bin");
	ck_assert_str_eq(first(&q), "out/blink.ino.bootloader.bin");
	q.kind = FIND_TABLE;
	ck_assert_str_eq(first(&q), "out/blink.ino.partitions.bin");
}
END_TEST

Suite *suite_ui_find(void);
Suite *suite_ui_find(void)
{
	Suite *s = suite_create("ui_find");
	TCase *t = tcase_create("places");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, nothing);
	tcase_add_test(t, esp_idf);
	tcase_add_test(t, esp_idf_sys);
	tcase_add_test(t, esp_idf_sys_copies);
	tcase_add_test(t, platformio_and_arduino);
	suite_add_tcase(s, t);
	return s;
}
