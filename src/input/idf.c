/* SPDX-License-Identifier: MIT */
/*
 * Reads the files that ESP-IDF's build leaves. flasher_args.json
 * (components/esptool_py/flasher_args.json.in) has all that "idf.py flash" writes, with paths
 * relative to its folder; project_description.json (tools/cmake/project_description.json.in) names
 * the app's ELF.
 */
#include "input/input_priv.h"

#include <cjson/cJSON.h>

#define ARGS_FILE    "flasher_args.json"
#define PROJECT_FILE "project_description.json"

/* The build's names for its parts, and their roles. */
static const struct {
	const char *key;
	enum ef_role role;
} roles[] = {
	{ "bootloader", EF_ROLE_BOOTLOADER },
	{ "partition-table", EF_ROLE_TABLE },
	{ "app", EF_ROLE_APP },
	{ "otadata", EF_ROLE_OTADATA },
};

static bool set_settings(struct ef_input *in, const cJSON *args, struct ef_err *err)
{
	const cJSON *s = cJSON_GetObjectItemCaseSensitive(args, "flash_settings");
	const char *mode = input_json_text(s, "flash_mode");
	const char *freq = input_json_text(s, "flash_freq");
	const char *size = input_json_text(s, "flash_size");

	return (!mode || input_set_mode(in, mode, err)) &&
	       (!freq || input_set_freq(in, freq, err)) && (!size || input_set_size(in, size, err));
}

static bool set_extra(struct ef_input *in, const cJSON *args, struct ef_err *err)
{
	const cJSON *extra = cJSON_GetObjectItemCaseSensitive(args, "extra_esptool_args");
	const char *before = input_json_text(extra, "before");
	const char *after = input_json_text(extra, "after");
	const char *chip = input_json_text(extra, "chip");

	if (before)
		input_set_before(in, before);
	if (after)
		input_set_after(in, after);
	in->no_stub = cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(extra, "stub"));
	return !chip || input_set_chip(in, chip, ARGS_FILE, err);
}

static bool is_true(const cJSON *item)
{
	return cJSON_IsTrue(item) ||
	       (cJSON_IsString(item) && ef_str_ieq(item->valuestring, "true"));
}

/*
 * Return the object that describes the part at this address, with its offset; NULL: there is none.
 */
static const cJSON *part_object(const cJSON *args, uint32_t addr)
{
	const cJSON *item;
	uint32_t offset;

	cJSON_ArrayForEach (item, args)
		if (cJSON_IsObject(item) && input_json_text(item, "file") &&
		    input_json_u32(cJSON_GetObjectItemCaseSensitive(item, "offset"), &offset) &&
		    offset == addr)
			return item;
	return NULL;
}

static enum ef_role role_of(const char *key)
{
	for (size_t i = 0; i < EF_ARRAY_LEN(roles); i++)
		if (strcmp(roles[i].key, key) == 0)
			return roles[i].role;
	return EF_ROLE_UNKNOWN;
}

static bool add_entry(const struct input_src *src, struct ef_input *in, const cJSON *args,
		      const cJSON *entry, struct ef_err *err)
{
	const cJSON *object;
	uint32_t addr;

	if (!ef_parse_u32(entry->string, UINT32_MAX, &addr) || !cJSON_IsString(entry))
		return ef_fail(err, EF_E_INPUT,
			       "flash_files: '%.40s' is not an address with a file", entry->string);
	if (in->part_count == EF_INPUT_PARTS_MAX)
		return ef_fail(err, EF_E_INPUT, "flash_files has more than %u entries",
			       EF_INPUT_PARTS_MAX);
	object = part_object(args, addr);
	if (!input_add_file(src, in, addr, entry->valuestring,
			    object ? role_of(object->string) : EF_ROLE_UNKNOWN,
			    object ? object->string : ef_base_name(entry->valuestring), err))
		return false;
	in->parts[in->part_count - 1].is_encrypted = is_true(
		cJSON_GetObjectItemCaseSensitive(object, "encrypted"));
	return true;
}

/* ---- the project: its name and the ELF ---- */

static void set_project(const struct input_src *src, struct ef_input *in, const cJSON *project)
{
	const char *name = input_json_text(project, "project_name");
	const char *elf = input_json_text(project, "app_elf");

	if (name && ef_strlcpy(in->name, sizeof(in->name), name))
		ef_clean_text(in->name);
	if (elf)
		input_set_elf(src, in, elf);
}

/* Without a description, use the ELF with the name of the app's .bin. */
static void guess_elf(const struct input_src *src, struct ef_input *in, const cJSON *args)
{
	const cJSON *app = cJSON_GetObjectItemCaseSensitive(args, "app");
	const char *bin = input_json_text(app, "file");
	char name[EF_INPUT_NAME_SIZE];

	if (!bin || !ef_ends_with(bin, ".bin") || strlen(bin) >= sizeof(name))
		return;
	(void)ef_snprintf(name, sizeof(name), "%.*s.elf", (int)(strlen(bin) - 4), bin);
	input_set_elf(src, in, name);
}

static void find_project(const struct input_src *src, struct ef_input *in, const cJSON *args)
{
	struct ef_err ignored = EF_ERR_INIT; /* the description only adds facts */
	const uint8_t *data;
	size_t len;
	cJSON *project = NULL;

	if (input_exists(src, PROJECT_FILE) && input_file(src, PROJECT_FILE, &data, &len, &ignored))
		project = input_json_parse(data, len);
	if (project)
		set_project(src, in, project);
	cJSON_Delete(project);
	if (!*in->elf)
		guess_elf(src, in, args);
}

/* ---- the forms ---- */

static bool read_args(const struct input_src *src, struct ef_input *in, const cJSON *args,
		      struct ef_err *err)
{
	const cJSON *files = cJSON_GetObjectItemCaseSensitive(args, "flash_files"), *entry;

	if (!cJSON_IsObject(files))
		return ef_fail(err, EF_E_INPUT, ARGS_FILE " has no object flash_files");
	if (!set_settings(in, args, err) || !set_extra(in, args, err))
		return ef_context(err, ARGS_FILE);
	cJSON_ArrayForEach (entry, files)
		if (!add_entry(src, in, args, entry, err))
			return ef_context(err, ARGS_FILE);
	find_project(src, in, args);
	return true;
}

/* Read the arguments in the folder of the source. */
static bool read_folder(const struct input_src *src, struct ef_input *in, struct ef_err *err)
{
	const uint8_t *data;
	cJSON *args;
	size_t len;
	bool ok;

	if (!input_file(src, ARGS_FILE, &data, &len, err))
		return false;
	if (len > EF_MAX_JSON)
		return ef_fail(err, EF_E_INPUT, ARGS_FILE " is larger than the limit of %u bytes",
			       EF_MAX_JSON);
	args = input_json_parse(data, len);
	if (!args)
		return ef_fail(err, EF_E_INPUT, ARGS_FILE " is malformed");
	ok = read_args(src, in, args, err);
	cJSON_Delete(args);
	return ok;
}

static bool idf_is(const struct input_src *src)
{
	if (src->json)
		return cJSON_GetObjectItemCaseSensitive(src->json, "flash_files") != NULL;
	return !src->data && !input_has_pio_build(src) &&
	       (input_exists(src, ARGS_FILE) || input_exists(src, "build/" ARGS_FILE));
}

static bool idf_read(const struct input_src *src, struct ef_input *in, struct ef_err *err)
{
	struct input_src at = *src;

	if (src->json)
		return read_args(src, in, src->json, err);
	if (!input_exists(src, ARGS_FILE) && !input_enter(&at, "build", err))
		return false;
	return read_folder(&at, in, err);
}

const struct input_format input_idf = { .name = "an ESP-IDF build",
					.is = idf_is,
					.read = idf_read };

static bool project_is(const struct input_src *src)
{
	return src->json && input_json_text(src->json, "app_elf") &&
	       input_json_text(src->json, "project_name");
}

const struct input_format input_idf_project = { .name = "an ESP-IDF build",
						.is = project_is,
						.read = read_folder };
