/* SPDX-License-Identifier: MIT */
/*
 * Finds bootloaders and partition tables in the folders where build systems and
 * users put them. Sources: ESP-IDF's build system (flasher_args.json),
 * esp-idf-sys' OUT_DIR, the documentation of PlatformIO and Arduino, espflash's
 * resources/bootloaders.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/firmware/find_firmware.h"
#include "base/util.h"

#define LEVELS 4 /* how many folders to search, from the ELF's folder upwards */

void find_query_env(struct find_query *query)
{
	query->home = getenv("HOME");
	query->xdg_data_home = getenv("XDG_DATA_HOME");
	query->xdg_data_dirs = getenv("XDG_DATA_DIRS");
	query->cargo_home = getenv("CARGO_HOME");
	query->sudo_uid = getenv("SUDO_UID");
}

/* The user named no file, so one that somebody else put there must not be flashed. */
static bool may_use(const struct find_query *q, const char *path, struct find_result *ret)
{
	enum ef_trust trust = ef_file_trust(path, q->sudo_uid);

	if (trust == EF_TRUST_OK)
		return ef_file_exists(path);
	if (!ret->refused[0] && (trust == EF_TRUST_FOREIGN || trust == EF_TRUST_WRITABLE))
		(void)ef_snprintf(ret->refused, sizeof(ret->refused), "'%s': %s", path,
				  ef_trust_words(trust));
	return false;
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

/* The absolute path of the folder that is so many levels above the ELF's. */
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
	const char *slash = strrchr(q->elf_path, '/');

	return strcmp(slash ? slash + 1 : q->elf_path, "firmware.elf") == 0 &&
	       elf_dir(q, 0, dir, sizeof(dir)) &&
	       try_file(q, ret, "the project's PlatformIO build", dir,
			q->kind == FIND_BOOTLOADER ? "bootloader.bin" : "partitions.bin");
}

static bool find_arduino(const struct find_query *q, struct find_result *ret)
{
	static const char suffix[] = ".ino.elf";
	char dir[FIND_PATH_SIZE], name[256];
	const char *slash = strrchr(q->elf_path, '/');
	const char *file = slash ? slash + 1 : q->elf_path;
	size_t len = strlen(file);

	if (len <= strlen(suffix) || strcmp(file + len - strlen(suffix), suffix) != 0)
		return false;
	return ef_snprintf(name, sizeof(name), "%.*s.%s.bin", (int)(len - strlen(".elf")), file,
			   q->kind == FIND_BOOTLOADER ? "bootloader" : "partitions") &&
	       elf_dir(q, 0, dir, sizeof(dir)) &&
	       try_file(q, ret, "the sketch's Arduino build", dir, name);
}

/* ---- collections: bootloaders by chip ---- */

/* espflash's naming: there are separate files for other crystals and other major revisions. */
static bool find_in_collection(const struct find_query *q, const char *origin, const char *dir,
			       struct find_result *ret)
{
	const char *chip = q->chip->name;
	char name[64];

	if (q->xtal_mhz && q->xtal_mhz != q->chip->image.default_xtal_mhz &&
	    ef_snprintf(name, sizeof(name), "%s_%u-bootloader.bin", chip, (unsigned)q->xtal_mhz) &&
	    try_file(q, ret, origin, dir, name))
		return true;
	for (unsigned major = q->revision / 100u + 1; major-- > 0;)
		if (ef_snprintf(name, sizeof(name), "%s-v%u-bootloader.bin", chip, major) &&
		    try_file(q, ret, origin, dir, name))
			return true;
	return ef_snprintf(name, sizeof(name), "%s-bootloader.bin", chip) &&
	       try_file(q, ret, origin, dir, name);
}

static bool find_xdg_home(const struct find_query *q, struct find_result *ret)
{
	char dir[FIND_PATH_SIZE];
	bool ok;

	if (q->kind != FIND_BOOTLOADER || !q->chip)
		return false;
	if (q->xdg_data_home && q->xdg_data_home[0] == '/')
		ok = ef_snprintf(dir, sizeof(dir), "%s/espflash-c/bootloaders", q->xdg_data_home);
	else
		ok = q->home && ef_snprintf(dir, sizeof(dir),
					    "%s/.local/share/espflash-c/bootloaders", q->home);
	return ok && find_in_collection(q, "your collection", dir, ret);
}

static bool find_xdg_dirs(const struct find_query *q, struct find_result *ret)
{
	const char *dirs = q->xdg_data_dirs && *q->xdg_data_dirs ? q->xdg_data_dirs
								 : "/usr/local/share:/usr/share";
	char dir[FIND_PATH_SIZE];

	if (q->kind != FIND_BOOTLOADER || !q->chip)
		return false;
	while (*dirs) {
		size_t len = strcspn(dirs, ":");

		/* The XDG base directory specification says to ignore relative folders. */
		if (*dirs == '/' && len < FIND_PATH_SIZE &&
		    ef_snprintf(dir, sizeof(dir), "%.*s/espflash-c/bootloaders", (int)len, dirs) &&
		    find_in_collection(q, "the system's collection", dir, ret))
			return true;
		dirs += len + (dirs[len] == ':');
	}
	return false;
}

/* Compare versions as strcmp does, but runs of digits by value: "4.10.0" is after "4.5.0". */
static int compare_versions(const char *a, const char *b)
{
	while (*a && *b) {
		size_t da = strspn(a, "0123456789"), db = strspn(b, "0123456789");
		int order;

		if (da && db) {
			if (da != db)
				return da < db ? -1 : 1;
			order = memcmp(a, b, da);
			a += da;
			b += db;
		} else {
			order = (unsigned char)*a++ - (unsigned char)*b++;
		}
		if (order)
			return order;
	}
	/* A pre-release ("-rc.1") is older than its release. */
	if (*a == '-' || *b == '-')
		return *a == '-' ? -1 : 1;
	return (unsigned char)*a - (unsigned char)*b;
}

/* Find the newest espflash crate in one registry's folder that has the bootloader. */
static bool newest_crate(const struct find_query *q, const char *registry, char *best_version,
			 size_t cap, struct find_result *ret)
{
	static const char prefix[] = "espflash-";
	struct find_result found = { .path = "" };
	struct dirent *entry;
	char dir[FIND_PATH_SIZE];
	bool has_one = false;
	DIR *d = opendir(registry);

	while (d && (entry = readdir(d))) {
		const char *version = entry->d_name + strlen(prefix);

		if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0 || *version < '0' ||
		    *version > '9' || compare_versions(version, best_version) <= 0)
			continue;
		if (!ef_snprintf(dir, sizeof(dir), "%s/%s/resources/bootloaders", registry,
				 entry->d_name) ||
		    !find_in_collection(q, "an espflash crate", dir, &found))
			continue;
		(void)ef_strlcpy(found.refused, sizeof(found.refused), ret->refused);
		*ret = found;
		has_one = ef_strlcpy(best_version, cap, version);
	}
	if (d)
		closedir(d);
	return has_one;
}

static bool find_crate(const struct find_query *q, struct find_result *ret)
{
	char src[FIND_PATH_SIZE], registry[FIND_PATH_SIZE], version[64] = "";
	struct dirent *entry;
	bool has_one = false, ok;
	DIR *dir;

	if (q->kind != FIND_BOOTLOADER || !q->chip)
		return false;
	if (q->cargo_home && *q->cargo_home)
		ok = ef_snprintf(src, sizeof(src), "%s/registry/src", q->cargo_home);
	else
		ok = q->home && ef_snprintf(src, sizeof(src), "%s/.cargo/registry/src", q->home);
	dir = ok ? opendir(src) : NULL;
	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] != '.' &&
		    ef_snprintf(registry, sizeof(registry), "%s/%s", src, entry->d_name))
			has_one |= newest_crate(q, registry, version, sizeof(version), ret);
	}
	if (dir)
		closedir(dir);
	return has_one;
}

/* ---- the order ---- */

typedef bool find_fn(const struct find_query *query, struct find_result *ret);

bool find_firmware(const struct find_query *query, unsigned *at, struct find_result *ret)
{
	static find_fn *const places[] = {
		find_idf,      find_esp_idf_sys, find_platformio, find_arduino,
		find_xdg_home, find_xdg_dirs,    find_crate,
	};

	while (*at < EF_ARRAY_LEN(places))
		if (places[(*at)++](query, ret))
			return true;
	return false;
}
