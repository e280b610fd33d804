/* SPDX-License-Identifier: MIT */
/*
 * Reads a manifest of ESP Web Tools (esphome.github.io/esp-web-tools): builds by chip family, each
 * with parts at offsets. Parts are read from files beside it; an error names those that are
 * elsewhere.
 */
#include "input/input_priv.h"

#include <cjson/cJSON.h>

#define MANIFEST "manifest.json"

static const struct ef_chip *chip_of(const cJSON *build)
{
	const char *family = input_json_text(build, "chipFamily");

	return family ? ef_chip_by_name(family) : NULL;
}

/* Add a word to a list in buf. */
static void add_word(char *buf, size_t cap, const char *word)
{
	size_t len = strlen(buf);

	(void)ef_snprintf(buf + len, cap - len, "%s%s", len ? ", " : "", word);
}

/* Choose the build for the user's chip, or the only one. */
static bool choose(const struct input_src *src, const cJSON *builds, const cJSON **ret,
		   struct ef_err *err)
{
	const cJSON *build;
	const struct ef_chip *first = NULL;
	char families[160] = "", chips[160] = ""; /* all, and those that are supported */

	*ret = NULL;
	if (cJSON_GetArraySize(builds) == 0)
		return ef_fail(err, EF_E_INPUT, "the manifest has no builds");
	cJSON_ArrayForEach (build, builds) {
		const char *family = input_json_text(build, "chipFamily");
		const struct ef_chip *chip = chip_of(build);

		if (src->opts->chip && chip == src->opts->chip)
			*ret = build;
		add_word(families, sizeof(families), family ? family : "?");
		if (chip)
			add_word(chips, sizeof(chips), chip->label);
		first = first ? first : chip;
	}
	if (*ret)
		return true;
	if (!src->opts->chip && cJSON_GetArraySize(builds) == 1) {
		*ret = builds->child;
		return true;
	}
	ef_fail(err, EF_E_INPUT, "the manifest has %s %s",
		src->opts->chip ? "only builds for" : "builds for", families);
	if (!first)
		return false;
	return src->opts->chip ? ef_hint_text(err, EF_HINT_INPUT_CHIP, chips)
			       : ef_hint_text(err, EF_HINT_INPUT_SEVERAL_CHIPS, first->name);
}

static bool is_url(const char *path)
{
	return strstr(path, "://") != NULL;
}

/* A path is a URL: "my%20fw.bin?v=12" is the file "my fw.bin". */
static const char *file_of(const struct input_src *src, const char *path,
			   char buf[EF_INPUT_NAME_SIZE])
{
	size_t len = strcspn(path, "?#"), n = 0;

	if (input_exists(src, path))
		return path;
	for (size_t i = 0; i < len && n + 1 < EF_INPUT_NAME_SIZE; i++) {
		int high = path[i] == '%' ? ef_digit_value(path[i + 1]) : -1;
		int low = high >= 0 && high < 16 ? ef_digit_value(path[i + 2]) : -1;
		bool is_code = low >= 0 && low < 16 && (high || low);

		buf[n++] = is_code ? (char)(high << 4 | low) : path[i];
		i += is_code ? 2 : 0;
	}
	buf[n] = '\0';
	return buf;
}

static bool add_part(const struct input_src *src, struct ef_input *in, const cJSON *part,
		     struct ef_err *err)
{
	char buf[EF_INPUT_NAME_SIZE];
	const char *path;
	uint32_t addr;

	if (!input_json_place(part, &path, &addr))
		return ef_fail(err, EF_E_INPUT, "a part has no path or no offset");
	if (is_url(path)) {
		ef_fail(err, EF_E_INPUT, "the part '%.200s' is not a file here", path);
		return ef_hint_text(err, EF_HINT_INPUT_DOWNLOAD_PART, path);
	}
	path = file_of(src, path, buf);
	return input_add_file(src, in, addr, path, EF_ROLE_UNKNOWN, ef_base_name(path), err);
}

static bool read_manifest(const struct input_src *src, struct ef_input *in, const cJSON *json,
			  struct ef_err *err)
{
	const char *name = input_json_text(json, "name");
	const cJSON *build, *part;

	if (name && ef_strlcpy(in->name, sizeof(in->name), name))
		ef_clean_text(in->name);
	if (!choose(src, cJSON_GetObjectItemCaseSensitive(json, "builds"), &build, err))
		return false;
	in->chip = chip_of(build);
	if (!in->chip) {
		const char *family = input_json_text(build, "chipFamily");

		return ef_fail(err, EF_E_UNSUPP, "the build is for '%.20s', which is not supported",
			       family ? family : "");
	}
	cJSON_ArrayForEach (part, cJSON_GetObjectItemCaseSensitive(build, "parts"))
		if (!add_part(src, in, part, err))
			return false;
	/* most manifests have one part, the merged file of "factory" */
	return input_open_merged(src, in, err);
}

static bool web_is(const struct input_src *src)
{
	cJSON *json = src->json ? src->json : input_json_file(src, MANIFEST);
	bool is = cJSON_IsArray(cJSON_GetObjectItemCaseSensitive(json, "builds"));

	if (!src->json)
		cJSON_Delete(json);
	return is;
}

static bool web_read(const struct input_src *src, struct ef_input *in, struct ef_err *err)
{
	cJSON *json = src->json ? src->json : input_json_file(src, MANIFEST);
	bool ok = json ? read_manifest(src, in, json, err) : ef_fail(err, EF_E_IO, "out of memory");

	if (!src->json)
		cJSON_Delete(json);
	return ok;
}

const struct input_format input_web = { .name = "a manifest of ESP Web Tools",
					.is = web_is,
					.read = web_read };
