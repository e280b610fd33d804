/* SPDX-License-Identifier: MIT */
/*
 * Reads the output of Arduino (a sketch's build folder) and of PlatformIO (.pio/build/ENV, or the
 * project): bootloader, partition table and app, each in a file of a known name. With the Arduino
 * framework, both upload a fourth file, boot_app0.bin, from the framework's folder (arduino-esp32
 * platform.txt, tools.esptool_py.upload.pattern_args); it selects ota_0. With ESP-IDF's, PlatformIO
 * makes a blank ota_data_initial.bin in the build's folder.
 */
#include "input/input_priv.h"

#include <stdlib.h>

/* The names' ends: arduino-esp32's platform.txt, and PlatformIO's builder. */
static const struct sketch_form {
	const char *bootloader, *table, *app, *not_app, *elf;
	/*
	 * whether esptool detects the flash size (PlatformIO's upload, ESPHome) or keeps the
	 * header's (Arduino)
	 */
	bool finds_size;
} forms[] = {
	{ ".ino.bootloader.bin", ".ino.partitions.bin", ".ino.bin", ".ino.merged.bin", ".ino.elf",
	  false },
	{ "bootloader.bin", "partitions.bin", "firmware.bin", "", "firmware.elf", true },
};

/*
 * The places where projects have a folder for each build: PlatformIO, a project that ESPHome made
 * for PlatformIO, the folder of ESPHome's configuration, a sketch (arduino-cli --export-binaries).
 */
static const struct project {
	const char *builds,
		*mark; /* mark: the end of the name of a file in the project; "": none */
	bool has_default;
} projects[] = {
	{ ".pio/build/", "platformio.ini", true },
	{ ".pioenvs/", "platformio.ini", true },
	{ ".esphome/build/", "", false },
	{ "build/", ".ino", false },
};

#define PIO_INI      "platformio.ini"
#define PROJECTS_MAX 2 /* an ESPHome project contains a PlatformIO project */

struct sketch {
	char bootloader[EF_INPUT_NAME_SIZE], table[EF_INPUT_NAME_SIZE], app[EF_INPUT_NAME_SIZE],
		elf[EF_INPUT_NAME_SIZE];
	const struct sketch_form *form;
	struct ef_partition_table parts;
};

/* False: the files are not there. INPUT: there are several of one kind. */
static bool find_form(const struct input_src *src, const struct sketch_form *form, struct sketch *s,
		      struct ef_err *err)
{
	struct ef_err ignored = EF_ERR_INIT; /* if this fails, the monitor has no ELF */

	if (!input_find(src, form->bootloader, "", s->bootloader, err) ||
	    !input_find(src, form->table, "", s->table, err) ||
	    !input_find(src, form->app, form->not_app, s->app, err) || !*s->bootloader ||
	    !*s->table || !*s->app)
		return false;
	if (!input_find(src, form->elf, "", s->elf, &ignored))
		*s->elf = '\0';
	s->form = form;
	return true;
}

/*
 * Other things have several files called "...bootloader.bin", but only sketches have ".ino" files.
 */
static bool find_files(const struct input_src *src, struct sketch *s, struct ef_err *err)
{
	struct ef_err ignored = EF_ERR_INIT;

	return find_form(src, &forms[0], s, err) ||
	       (err->code == EF_OK && find_form(src, &forms[1], s, &ignored));
}

bool input_has_pio_build(const struct input_src *src)
{
	return input_exists(src, forms[1].bootloader) && input_exists(src, forms[1].table) &&
	       input_exists(src, forms[1].app);
}

/* ---- projects ---- */

static bool is_key(const char *line, const char *key)
{
	size_t len = strlen(key);

	return strncmp(line, key, len) == 0 && strchr(" \t=:", line[len]) && line[len];
}

/*
 * Take the first word of a value; "": there is none, or it refers to another place
 * ("${sysenv.NAME}").
 */
static void first_word(const char *text, char *ret, size_t cap)
{
	size_t len;

	text += strspn(text, " \t,");
	len = strcspn(text, " \t,;#");
	if (*text != '$' && len < cap)
		(void)ef_snprintf(ret, cap, "%.*s", (int)len, text);
}

/* Take the first of default_envs in the section [platformio]; indented lines continue the value. */
static void default_env(const struct input_src *src, char *ret, size_t cap)
{
	struct ef_err ignored = EF_ERR_INIT; /* if this fails, there is no default */
	struct input_lines lines;
	char line[INPUT_LINE_SIZE];
	bool in_section = false, in_value = false;

	*ret = '\0';
	if (!input_exists(src, PIO_INI) || !input_text_file(src, PIO_INI, &lines, &ignored))
		return;
	while (!*ret && input_line(&lines, line)) {
		const char *value = line;

		if (*line == ';' || *line == '#')
			continue;
		if (*line == '[')
			in_section = strncmp(line, "[platformio]", 12) == 0;
		if (*line && !strchr(" \t", *line)) {
			in_value = in_section &&
				   (is_key(line, "default_envs") || is_key(line, "env_default"));
			value += strcspn(line, "=:");
			value += *value != '\0';
		}
		if (in_value)
			first_word(value, ret, cap);
	}
}

/*
 * Find the n-th folder in the folder of builds; archives list files only. False: there are no more.
 */
static bool nth_build(const struct input_src *src, const char *builds, size_t n, char *ret,
		      size_t cap)
{
	char folder[EF_INPUT_NAME_SIZE];
	const char *name;

	*ret = '\0';
	(void)ef_snprintf(folder, sizeof(folder), "%s%s", src->base, builds);
	for (size_t i = 0; (name = src->files->list(src->files->user, folder, i)); i++) {
		size_t len = strcspn(name, "/");

		if (!name[len] || len >= cap ||
		    (strlen(ret) == len && strncmp(ret, name, len) == 0))
			continue;
		(void)ef_snprintf(ret, cap, "%.*s", (int)len, name);
		if (n-- == 0)
			return true;
	}
	return false;
}

/* Find the only build, or list the names of all builds. */
static bool only_build(const struct input_src *src, const char *builds, char *ret, size_t cap,
		       struct ef_err *err)
{
	char names[120] = "", name[64];
	size_t n = 0;

	for (; nth_build(src, builds, n, name, sizeof(name)); n++) {
		size_t len = strlen(names);

		(void)ef_snprintf(names + len, sizeof(names) - len, "%s%s", len ? ", " : "", name);
	}
	ef_clean_text(names);
	if (n == 1)
		return nth_build(src, builds, 0, ret, cap);
	if (n)
		ef_fail(err, EF_E_INPUT, "the project has %zu builds (%s), and none is the default",
			n, names);
	else
		ef_fail(err, EF_E_INPUT, "no environment of the project is built");
	return ef_hint_set(err, EF_HINT_INPUT_ENVIRONMENT);
}

/* NULL: the folder is no project. */
static const struct project *project_of(const struct input_src *src)
{
	char name[EF_INPUT_NAME_SIZE], mark[EF_INPUT_NAME_SIZE];
	struct ef_err ignored = EF_ERR_INIT; /* a folder with several .ino files is a sketch, too */

	for (size_t i = 0; i < EF_ARRAY_LEN(projects); i++) {
		const struct project *p = &projects[i];

		if (nth_build(src, p->builds, 0, name, sizeof(name)) &&
		    (!*p->mark || !input_find(src, p->mark, "", mark, &ignored) || *mark))
			return p;
	}
	return NULL;
}

static bool enter_build(struct input_src *src, const struct project *p, struct ef_err *err)
{
	char env[64] = "", folder[EF_INPUT_NAME_SIZE];

	if (src->opts->environment)
		(void)ef_strlcpy(env, sizeof(env), src->opts->environment);
	else if (p->has_default)
		default_env(src, env, sizeof(env));
	if (!*env && !only_build(src, p->builds, env, sizeof(env), err))
		return false;
	(void)ef_snprintf(folder, sizeof(folder), "%s%s", p->builds, env);
	return input_enter(src, folder, err);
}

static bool fail_empty(const struct input_src *src, struct ef_err *err)
{
	ef_fail(err, EF_E_INPUT, "'%s' has no bootloader, partition table and app", src->base);
	return ef_hint_set(err, EF_HINT_INPUT_ENVIRONMENT);
}

/* Read the files in the folder, or in the folder of the project's build. */
static bool find_build(struct input_src *src, struct sketch *s, struct ef_err *err)
{
	struct ef_err several = EF_ERR_INIT;
	const struct project *p;

	for (unsigned i = 0; i <= PROJECTS_MAX; i++) {
		if (find_files(src, s, &several))
			return true;
		p = project_of(src);
		if (!p)
			break;
		several = (struct ef_err)EF_ERR_INIT;
		if (!enter_build(src, p, err))
			return false;
	}
	if (several.code == EF_OK)
		return fail_empty(src, err);
	*err = several;
	return false;
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

/* If the app isn't ota_0, as in a table with a factory app, a record for ota_0 would be wrong. */
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

/* The app goes to the first app partition of the table. */
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

static bool sketch_is(const struct input_src *src)
{
	struct ef_err several = EF_ERR_INIT;
	struct sketch *s;
	bool is;

	if (src->data)
		return false;
	s = calloc(1, sizeof(*s));
	is = s && (find_files(src, s, &several) || several.code != EF_OK || project_of(src));
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
	ok = find_build(&at, s, err) && input_read_idedata(&at, s->app, in, &has_list, err) &&
	     (has_list || add_parts(&at, s, in, err)) &&
	     (!s->form->finds_size || input_set_size(in, "detect", err));
	if (ok && *s->elf)
		(void)ef_snprintf(in->elf, sizeof(in->elf), "%s%s", at.base, s->elf);
	free(s);
	return ok;
}

const struct input_format input_sketch = { .name = "an Arduino or PlatformIO build",
					   .is = sketch_is,
					   .read = sketch_read };
