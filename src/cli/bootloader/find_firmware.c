/* SPDX-License-Identifier: MIT */
/*
 * Finds the bootloader and the partition table that the project's own build made. Sources:
 * ESP-IDF's build system (flasher_args.json), esp-idf-sys' OUT_DIR, the documentation of
 * PlatformIO and Arduino.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/bootloader/find_firmware.h"
#include "base/util.h"

#define LEVELS 4 /* how many folders to search, from the ELF's folder upwards */

void find_query_env(struct find_query *query)
{
	query->home = getenv("HOME");
	query->xdg_data_home = getenv("XDG_DATA_HOME");
	query->xdg_data_dirs = getenv("XDG_DATA_DIRS");
	query->cargo_home = getenv("CARGO_HOME");
	query->platformio_core = getenv("PLATFORMIO_CORE_DIR");
	query->arduino_data = getenv("ARDUINO_DIRECTORIES_DATA");
	query->idf_path = getenv("IDF_PATH");
	query->idf_tools_path = getenv("IDF_TOOLS_PATH");
	query->rom_elf_dir = getenv("ESP_ROM_ELF_DIR");
	query->path = getenv("PATH");
	query->sudo_uid = getenv("SUDO_UID");
}

/* The user named no file, so one that another user put there must not be flashed. */
static bool may_use(const struct find_query *q, const char *path, struct find_result *ret)
{
	return ef_may_use_found(path, q->sudo_uid, ret->refused, sizeof(ret->refused)) &&
	       ef_file_exists(path);
}

/* A path that is too long counts as not found. */
static bool try_file(const struct find_query *q, struct find_result *ret, const char *origin,
		     const char *dir, const char *name)
{
	(void)ef_strlcpy(ret->origin, sizeof(ret->origin), origin);
	return ef_snprintf(ret->path, sizeof(ret->path), "%s/%s", dir, name) &&
	       may_use(q, ret->path, ret);
}

/* ---- the project's own build ---- */

/* Get the absolute path of the folder that is this many levels above the ELF's. */
static bool elf_dir(const struct find_query *q, unsigned levels, char *ret, size_t cap)
{
	char *real = realpath(q->elf_path, NULL);
	bool ok = real && ef_strlcpy(ret, cap, real);

	free(real);
	for (unsigned i = 0; ok && i <= levels; i++) {
		char *slash = strrchr(ret, '/');

		ok = slash && slash != ret;
		if (ok)
			*slash = '\0';
	}
	return ok;
}

static bool find_idf(const struct find_query *q, struct find_result *ret)
{
	static const char *const names[][2] = {
		[FIND_BOOTLOADER] = { "bootloader/bootloader.bin",
				      "build/bootloader/bootloader.bin" },
		[FIND_TABLE] = { "partition_table/partition-table.bin",
				 "build/partition_table/partition-table.bin" },
	};
	char dir[FIND_PATH_SIZE];

	for (unsigned level = 0; level < LEVELS; level++) {
		if (!elf_dir(q, level, dir, sizeof(dir)))
			return false;
		for (size_t i = 0; i < EF_ARRAY_LEN(names[0]); i++)
			if (try_file(q, ret, "the project's ESP-IDF build", dir, names[q->kind][i]))
				return true;
	}
	return false;
}

/* Find name in the newest entry of folder that begins with prefix and contains it. */
static bool newest_below(const struct find_query *q, const char *folder, const char *prefix,
			 const char *name, struct find_result *ret)
{
	char path[FIND_PATH_SIZE];
	struct stat st;
	struct dirent *entry;
	time_t best = 0;
	bool has_one = false;
	DIR *dir = opendir(folder);

	while (dir && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0)
			continue;
		if (!ef_snprintf(path, sizeof(path), "%s/%s/%s", folder, entry->d_name, name))
			continue;
		if (stat(path, &st) != 0 || !may_use(q, path, ret))
			continue;
		if (has_one && st.st_mtime <= best)
			continue;
		best = st.st_mtime;
		has_one = ef_strlcpy(ret->path, sizeof(ret->path), path);
	}
	if (dir)
		closedir(dir);
	return has_one;
}

/* esp-idf-sys leaves copies in folders like "/p/target/riscv32imc-esp-espidf/release". */
static bool is_espidf_dir(const char *dir)
{
	static const char suffix[] = "-espidf";
	const char *slash = strrchr(dir, '/');
	size_t len = slash ? (size_t)(slash - dir) : 0;

	return len > strlen(suffix) &&
	       memcmp(dir + len - strlen(suffix), suffix, strlen(suffix)) == 0;
}

static bool find_esp_idf_sys(const struct find_query *q, struct find_result *ret)
{
	static const char *const names[] = {
		[FIND_BOOTLOADER] = "out/build/bootloader/bootloader.bin",
		[FIND_TABLE] = "out/build/partition_table/partition-table.bin",
	};
	static const char *const copies[] = {
		[FIND_BOOTLOADER] = "bootloader.bin",
		[FIND_TABLE] = "partition-table.bin",
	};
	char dir[FIND_PATH_SIZE], build[FIND_PATH_SIZE];

	(void)ef_strlcpy(ret->origin, sizeof(ret->origin), "the project's esp-idf-sys build");
	/* The ELF is in PROFILE/, or in PROFILE/examples/ if it is an example. */
	for (unsigned level = 0; level < 2; level++) {
		if (!elf_dir(q, level, dir, sizeof(dir)) ||
		    !ef_snprintf(build, sizeof(build), "%s/build", dir))
			return false;
		if (newest_below(q, build, "esp-idf-sys-", names[q->kind], ret))
			return true;
		if (is_espidf_dir(dir) &&
		    try_file(q, ret, "the project's esp-idf-sys build", dir, copies[q->kind]))
			return true;
	}
	return false;
}

static bool find_platformio(const struct find_query *q, struct find_result *ret)
{
	char dir[FIND_PATH_SIZE];

	return strcmp(ef_base_name(q->elf_path), "firmware.elf") == 0 &&
	       elf_dir(q, 0, dir, sizeof(dir)) &&
	       try_file(q, ret, "the project's PlatformIO build", dir,
			q->kind == FIND_BOOTLOADER ? "bootloader.bin" : "partitions.bin");
}

static bool find_arduino(const struct find_query *q, struct find_result *ret)
{
	static const char suffix[] = ".ino.elf";
	char dir[FIND_PATH_SIZE], name[256];
	const char *file = ef_base_name(q->elf_path);
	size_t len = strlen(file);

	if (len <= strlen(suffix) || !ef_ends_with(file, suffix))
		return false;
	return ef_snprintf(name, sizeof(name), "%.*s.%s.bin", (int)(len - strlen(".elf")), file,
			   q->kind == FIND_BOOTLOADER ? "bootloader" : "partitions") &&
	       elf_dir(q, 0, dir, sizeof(dir)) &&
	       try_file(q, ret, "the sketch's Arduino build", dir, name);
}

/* ---- the order ---- */

typedef bool find_fn(const struct find_query *query, struct find_result *ret);

bool find_firmware(const struct find_query *query, unsigned *at, struct find_result *ret)
{
	static find_fn *const places[] = {
		find_idf,
		find_esp_idf_sys,
		find_platformio,
		find_arduino,
	};

	while (*at < EF_ARRAY_LEN(places))
		if (places[(*at)++](query, ret))
			return true;
	return false;
}
