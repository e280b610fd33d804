/* SPDX-License-Identifier: MIT */
/*
 * The output of Arduino (a sketch's build folder) and of PlatformIO (.pio/build/ENV, or the
 * project): bootloader, partition table and app, each in a file of a known name. With the Arduino
 * framework, both upload a fourth file, boot_app0.bin, from the framework's folder (arduino-esp32
 * platform.txt, tools.esptool_py.upload.pattern_args); it selects ota_0. With ESP-IDF's, PlatformIO
 * makes a blank ota_data_initial.bin in the build's folder.
 */
#include "input/input_priv.h"

#include <stdlib.h>

#include <espflash/otadata.h>

/* The names' ends: arduino-esp32's platform.txt, and PlatformIO's builder. */
static const struct sketch_form {
	const char *bootloader, *table, *app, *not_app, *elf;
} forms[] = {
	{ ".ino.bootloader.bin", ".ino.partitions.bin", ".ino.bin", ".ino.merged.bin", ".ino.elf" },
	{ "bootloader.bin", "partitions.bin", "firmware.bin", "", "firmware.elf" },
};

#define PIO_BUILD ".pio/build/"
#define PIO_INI   "platformio.ini"

struct sketch {
	char bootloader[EF_INPUT_NAME_SIZE], table[EF_INPUT_NAME_SIZE], app[EF_INPUT_NAME_SIZE],
		elf[EF_INPUT_NAME_SIZE];
	struct ef_partition_table parts;
};

static bool find_files(const struct input_src *src, struct sketch *s)
{
	for (size_t i = 0; i < EF_ARRAY_LEN(forms); i++) {
		struct ef_err ignored = EF_ERR_INIT; /* two sketches in a folder are ambiguous */

		if (input_find(src, forms[i].bootloader, "", s->bootloader, &ignored) &&
		    input_find(src, forms[i].table, "", s->table, &ignored) &&
		    input_find(src, forms[i].app, forms[i].not_app, s->app, &ignored) &&
		    *s->bootloader && *s->table && *s->app) {
			if (!input_find(src, forms[i].elf, "", s->elf, &ignored))
				s->elf[0] = '\0';
			return true;
		}
	}
	return false;
}

/* ---- PlatformIO's environments ---- */

/* The first word of default_envs. */
static void default_env(const struct input_src *src, char *ret, size_t cap)
{
	static const char key[] = "default_envs";
	struct ef_err ignored = EF_ERR_INIT; /* then there is no default */
	const uint8_t *data;
	const char *at, *end;
	size_t len, n = 0;

	if (!input_exists(src, PIO_INI) || !input_file(src, PIO_INI, &data, &len, &ignored))
		return;
	at = ef_find_text(data, len, key);
	end = (const char *)data + len;
	for (at = at ? at + sizeof(key) - 1 : end; at < end && strchr(" \t\r\n=", *at); at++)
		;
	for (; at < end && n + 1 < cap && !strchr(" \t\r\n,;#", *at); at++)
		ret[n++] = *at;
	ret[n] = '\0';
}

/* The only folder in .pio/build. */
static bool only_env(const struct input_src *src, char *ret, size_t cap, struct ef_err *err)
{
	const char *name;
	unsigned count = 0;

	for (size_t i = 0; (name = src->files->list(src->files->user, PIO_BUILD, i)); i++) {
		if (!ef_ends_with(name, "/"))
			continue;
		count++;
		(void)ef_snprintf(ret, cap, "%.*s", (int)(strlen(name) - 1), name);
	}
	if (count == 1)
		return true;
	if (count)
		ef_fail(err, EF_E_INPUT,
			"the project has %u environments that are built, and none is the default",
			count);
	else
		ef_fail(err, EF_E_INPUT, "the project has no environment that is built");
	return ef_hint_set(err, EF_HINT_INPUT_ENVIRONMENT);
}

static bool enter_env(struct input_src *src, struct ef_err *err)
{
	char env[64] = "", folder[80];

	if (src->opts->environment)
		(void)ef_strlcpy(env, sizeof(env), src->opts->environment);
	else
		default_env(src, env, sizeof(env));
	if (!*env && !only_env(src, env, sizeof(env), err))
		return false;
	(void)ef_snprintf(folder, sizeof(folder), "%s%s", PIO_BUILD, env);
	return input_enter(src, folder, err);
}

/* ---- parts ---- */

static bool chip_of(const struct input_src *src, const char *file, struct ef_input *in,
		    struct ef_err *err)
{
	struct ef_image_info info;
	const uint8_t *data;
	size_t len;

	if (!input_file(src, file, &data, &len, err))
		return false;
	if (!ef_image_parse(data, len, &info, err))
		return ef_context(err, "the part '%s'", file);
	in->chip = ef_chip_by_image_id(info.chip_id);
	return in->chip ||
	       ef_fail(err, EF_E_UNSUPP, "'%s' is for an unknown chip, id %u", file, info.chip_id);
}

/*
 * Where the app isn't ota_0, as in a table with a factory app, a record for ota_0 would be wrong.
 */
static bool add_otadata(const struct input_src *src, struct ef_input *in,
			const struct ef_partition *p, const struct ef_partition *app,
			struct ef_err *err)
{
	static const char *const names[] = { "boot_app0.bin", "ota_data_initial.bin" };

	for (size_t i = 0; i < EF_ARRAY_LEN(names); i++)
		if (input_exists(src, names[i]))
			return input_add_file(src, in, p->offset, names[i], EF_ROLE_OTADATA,
					      "otadata", err);
	if (app->subtype == EF_PART_APP_OTA_0)
		return input_add_boot_app0(in, p->offset, err);
	return input_add_blank(in, p->offset, p->size, err) != NULL;
}

static bool load_table(const struct input_src *src, struct sketch *s, struct ef_err *err)
{
	const uint8_t *data;
	size_t len;

	if (!input_file(src, s->table, &data, &len, err))
		return false;
	return ef_partition_parse_binary(data, len, &s->parts, err) ||
	       ef_context(err, "the part '%s'", s->table);
}

/* The app goes to the first partition that an app can be in, as the table has it. */
static bool add_parts(const struct input_src *src, struct sketch *s, struct ef_input *in,
		      struct ef_err *err)
{
	const struct ef_partition *app;

	if (!chip_of(src, s->bootloader, in, err) || !load_table(src, s, err))
		return false;
	app = ef_partition_target(&s->parts, NULL);
	if (!app)
		return ef_fail(err, EF_E_INPUT, "the table '%s' has no app partition", s->table);
	for (size_t i = 0; i < s->parts.count; i++) {
		const struct ef_partition *p = &s->parts.part[i];

		if (p->type == EF_PART_DATA && p->subtype == EF_PART_DATA_OTA &&
		    p->size <= EF_MIB && !add_otadata(src, in, p, app, err))
			return false;
	}
	return input_add_file(src, in, in->chip->image.boot_addr, s->bootloader, EF_ROLE_BOOTLOADER,
			      "bootloader", err) &&
	       input_add_file(src, in, EF_PARTITION_TABLE_OFFSET, s->table, EF_ROLE_TABLE,
			      "partition-table", err) &&
	       input_add_file(src, in, app->offset, s->app, EF_ROLE_APP, "app", err);
}

static bool is_project(const struct input_src *src)
{
	return input_exists(src, PIO_INI) &&
	       src->files->list(src->files->user, PIO_BUILD, 0) != NULL;
}

static bool sketch_is(const struct input_src *src)
{
	struct sketch *s;
	bool is;

	if (src->data)
		return false;
	s = calloc(1, sizeof(*s));
	is = s && (find_files(src, s) || is_project(src));
	free(s);
	return is;
}

static bool sketch_read(const struct input_src *src, struct ef_input *in, struct ef_err *err)
{
	struct sketch *s = calloc(1, sizeof(*s));
	struct input_src at = *src;
	bool ok, has_list;

	if (!s)
		return ef_fail(err, EF_E_IO, "out of memory");
	ok = find_files(&at, s) ||
	     (is_project(&at) && enter_env(&at, err) &&
	      (find_files(&at, s) ||
	       ef_fail(err, EF_E_INPUT,
		       "'%s' has no bootloader.bin, partitions.bin and firmware.bin", at.base)));
	ok = ok && input_read_idedata(&at, s->app, in, &has_list, err) &&
	     (has_list || add_parts(&at, s, in, err));
	if (ok && *s->elf)
		(void)ef_snprintf(in->elf, sizeof(in->elf), "%s%s", at.base, s->elf);
	free(s);
	return ok;
}

const struct input_format input_sketch = { .name = "an Arduino or PlatformIO build",
					   .is = sketch_is,
					   .read = sketch_read };
