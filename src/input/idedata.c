/* SPDX-License-Identifier: MIT */
/*
 * Reads idedata.json, which PlatformIO leaves in .pio/build/ENV for editors (pio run -t idedata).
 * Its extra.flash_images has all that "pio run -t upload" writes beside the app, with addresses,
 * and extra.application_offset is the app's (platform-espressif32: platform.py,
 * configure_debug_session). The paths are those of the machine that built it.
 */
#include "input/input_priv.h"

#include <cjson/cJSON.h>

#define IDEDATA_FILE "idedata.json"
#define APP_OFFSET   0x10000u /* used if application_offset is missing, as in platform.py */

static const cJSON *images_of(const cJSON *json)
{
	const cJSON *extra = cJSON_GetObjectItemCaseSensitive(json, "extra");
	const cJSON *images = cJSON_GetObjectItemCaseSensitive(extra, "flash_images");

	return cJSON_IsArray(images) && cJSON_GetArraySize(images) > 0 ? images : NULL;
}

/* The framework's boot_app0.bin is not in the folder, but its content is always the same. */
static bool is_boot_app0(const struct input_src *src, const char *name)
{
	struct ef_err ignored = EF_ERR_INIT; /* if this fails, the file is not in the folder */

	return ef_str_ieq(input_file_name(name), "boot_app0.bin") &&
	       (!input_name_check(src, name, &ignored) || !input_exists(src, name));
}

static bool add_image(const struct input_src *src, struct ef_input *in, const cJSON *image,
		      struct ef_err *err)
{
	const char *path;
	uint32_t addr;

	if (!input_json_place(image, &path, &addr))
		return ef_fail(err, EF_E_INPUT, "flash_images has an entry without offset or path");
	path = input_inside(src, path);
	if (is_boot_app0(src, path))
		return input_add_boot_app0(in, addr, err);
	return input_add_file(src, in, addr, path, EF_ROLE_UNKNOWN, input_file_name(path), err);
}

static bool add_app(const struct input_src *src, const char *app, struct ef_input *in,
		    const cJSON *json, struct ef_err *err)
{
	const cJSON *extra = cJSON_GetObjectItemCaseSensitive(json, "extra");
	const cJSON *offset = cJSON_GetObjectItemCaseSensitive(extra, "application_offset");
	uint32_t addr = APP_OFFSET;

	if (offset && !input_json_u32(offset, &addr))
		return ef_fail(err, EF_E_INPUT, "application_offset is not an address");
	return input_add_file(src, in, addr, app, EF_ROLE_APP, "app", err);
}

static bool add_all(const struct input_src *src, const char *app, struct ef_input *in,
		    const cJSON *json, struct ef_err *err)
{
	const cJSON *images = images_of(json), *image;

	cJSON_ArrayForEach (image, images)
		if (!add_image(src, in, image, err))
			return false;
	return add_app(src, app, in, json, err);
}

bool input_read_idedata(const struct input_src *src, const char *app, struct ef_input *in,
			bool *ret_has, struct ef_err *err)
{
	cJSON *json = input_json_file(src, IDEDATA_FILE);
	bool ok;

	*ret_has = images_of(json) != NULL;
	ok = !*ret_has || add_all(src, app, in, json, err) || ef_context(err, IDEDATA_FILE);
	cJSON_Delete(json);
	return ok;
}
