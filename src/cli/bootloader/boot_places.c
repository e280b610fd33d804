/* SPDX-License-Identifier: MIT */
/* Visits the folders in which other tools keep their files: see src/cli/table/places.c. */
#include "cli/bootloader/boot_places.h"

#include <string.h>

#include "base/util.h"
#include <espflash/boot.h>

/* ---- roots ---- */

/* Use a variable, else a folder in the user's home. */
static bool or_home(const struct find_query *q, const char *variable, const char *below_home,
		    char ret[FIND_PATH_SIZE])
{
	/* The XDG base directory specification says to ignore relative folders. */
	if (variable && variable[0] == '/')
		return ef_strlcpy(ret, FIND_PATH_SIZE, variable);
	return q->home && q->home[0] == '/' &&
	       ef_snprintf(ret, FIND_PATH_SIZE, "%s%s", q->home, below_home);
}

static bool of_variable(const char *variable, char ret[FIND_PATH_SIZE])
{
	return variable && variable[0] == '/' && ef_strlcpy(ret, FIND_PATH_SIZE, variable);
}

/* Get a root that is a single folder. False: there is none, or the root is a list. */
static bool place_root(const struct find_query *q, const char *root, char ret[FIND_PATH_SIZE])
{
	if (root[0] == '/' || root[0] == '.')
		return ef_strlcpy(ret, FIND_PATH_SIZE, root);
	if (strcmp(root, "HOME") == 0)
		return or_home(q, NULL, "", ret);
	if (strcmp(root, "XDG_DATA_HOME") == 0)
		return or_home(q, q->xdg_data_home, "/.local/share", ret);
	if (strcmp(root, "CARGO_HOME") == 0)
		return or_home(q, q->cargo_home, "/.cargo", ret);
	if (strcmp(root, "ARDUINO_DIRECTORIES_DATA") == 0)
		return or_home(q, q->arduino_data, "/.arduino15", ret);
	if (strcmp(root, "PLATFORMIO_CORE_DIR") == 0)
		return or_home(q, q->platformio_core, "/.platformio", ret);
	if (strcmp(root, "IDF_TOOLS_PATH") == 0)
		return or_home(q, q->idf_tools_path, "/.espressif", ret);
	if (strcmp(root, "IDF_PATH") == 0)
		return of_variable(q->idf_path, ret);
	return strcmp(root, "ESP_ROM_ELF_DIR") == 0 && of_variable(q->rom_elf_dir, ret);
}

bool place_own(const struct find_query *q, char ret[FIND_PATH_SIZE])
{
	static const char name[] = "/espflash-c/bootloaders";
	size_t len;

	if (!place_root(q, "XDG_DATA_HOME", ret))
		return false;
	len = strlen(ret);
	return ef_strlcpy(ret + len, FIND_PATH_SIZE - len, name);
}

/* ---- patterns ---- */

/* Replace each '@'. */
static bool expand(const char *pattern, const char *name, char *ret, size_t cap)
{
	size_t len = 0;

	*ret = '\0';
	for (; *pattern; pattern++) {
		bool ok = *pattern == '@' ? ef_snprintf(ret + len, cap - len, "%s", name)
					  : ef_snprintf(ret + len, cap - len, "%c", *pattern);

		if (!ok)
			return false;
		len = strlen(ret);
	}
	return true;
}

static bool visit_list(const char *list, const char *pattern, walk_fn *fn, void *user)
{
	char root[FIND_PATH_SIZE];
	bool goes_on = true;

	while (goes_on && *list) {
		size_t len = strcspn(list, ":");

		if (*list == '/' && ef_snprintf(root, sizeof(root), "%.*s", (int)len, list))
			goes_on = walk_pattern(root, pattern, fn, user);
		list += len + (list[len] == ':');
	}
	return goes_on;
}

static bool visit_as(const struct find_query *q, const struct place *place, const char *name,
		     walk_fn *fn, void *user)
{
	char pattern[256], root[FIND_PATH_SIZE];

	if (!expand(place->pattern, name, pattern, sizeof(pattern)))
		return true;
	if (strcmp(place->root, "PATH") == 0)
		return !q->path || visit_list(q->path, pattern, fn, user);
	if (strcmp(place->root, "XDG_DATA_DIRS") == 0)
		return visit_list(q->xdg_data_dirs && *q->xdg_data_dirs
					  ? q->xdg_data_dirs
					  : "/usr/local/share:/usr/share",
				  pattern, fn, user);
	return !place_root(q, place->root, root) || walk_pattern(root, pattern, fn, user);
}

bool place_visit(const struct find_query *q, const struct place *place, const struct ef_chip *chip,
		 walk_fn *fn, void *user)
{
	char name[32];

	if (!visit_as(q, place, chip ? chip->name : "esp32*", fn, user))
		return false;
	/* Arduino's folders for engineering samples: "esp32p4_es" */
	return !chip || !ef_boot_has_families(chip) || !strchr(place->pattern, '@') ||
	       !ef_snprintf(name, sizeof(name), "%s_es", chip->name) ||
	       visit_as(q, place, name, fn, user);
}
