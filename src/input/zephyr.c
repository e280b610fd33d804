/* SPDX-License-Identifier: MIT */
/*
 * Reads Zephyr's build folder. "west flash" starts the runner esp32
 * (scripts/west_commands/runners/esp32.py) with the arguments in zephyr/runners.yaml, which
 * cmake/flash/CMakeLists.txt writes; a build of several images (sysbuild) has one in each of the
 * folders that domains.yaml names (share/sysbuild/cmake/domains.cmake). None of these images needs
 * a partition table, unless an ESP-IDF bootloader is among the arguments.
 */
#include "input/input_priv.h"

#define RUNNERS "runners.yaml"
#define DOMAINS "domains.yaml"
#define CONFIG  ".config"
#define RUNNER  "esp32"

struct runner {
	bool is_there;
	char elf[INPUT_LINE_SIZE], bin[INPUT_LINE_SIZE];
	char bootloader[INPUT_LINE_SIZE], table[INPUT_LINE_SIZE];
	char boot_addr[16], table_addr[16], app_addr[16];
	char mode[8], freq[8], size[8];
	bool encrypts, no_stub;
};

/* The runner's own defaults: esp32.py, do_add_parser. */
static const struct runner defaults = {
	.boot_addr = "0x1000",
	.table_addr = "0x8000",
	.app_addr = "0x10000",
	.mode = "dio",
	.freq = "40m",
	.size = "detect",
};

/* ---- runners.yaml ---- */

/* Arguments of the runner, without the dashes before them. */
static const struct {
	const char *name;
	size_t at, cap;
} values[] = {
#define VALUE(name, member) name, offsetof(struct runner, member), sizeof(defaults.member)
	{ VALUE("esp-boot-address=", boot_addr) },
	{ VALUE("esp-partition-table-address=", table_addr) },
	{ VALUE("esp-app-address=", app_addr) },
	{ VALUE("esp-flash-bootloader=", bootloader) },
	{ VALUE("esp-flash-partition_table=", table) },
	{ VALUE("esp-flash-mode=", mode) },
	{ VALUE("esp-flash-freq=", freq) },
	{ VALUE("esp-flash-size=", size) },
#undef VALUE
};

static bool take_arg(struct runner *r, const char *arg, struct ef_err *err)
{
	arg += strspn(arg, "-");
	r->encrypts |= strcmp(arg, "esp-encrypt") == 0;
	r->no_stub |= strcmp(arg, "esp-no-stub") == 0;
	for (size_t i = 0; i < EF_ARRAY_LEN(values); i++) {
		size_t len = strlen(values[i].name);

		if (strncmp(arg, values[i].name, len) == 0 &&
		    !ef_strlcpy((char *)r + values[i].at, values[i].cap, arg + len))
			return ef_fail(err, EF_E_INPUT, "the argument '%.60s' is too long", arg);
	}
	return true;
}

static void take_config(struct runner *r, char *line)
{
	char *colon = strchr(line, ':');

	if (!colon)
		return;
	*colon = '\0';
	if (strcmp(line, "elf_file") == 0)
		(void)ef_strlcpy(r->elf, sizeof(r->elf), input_unquote(colon + 1));
	if (strcmp(line, "bin_file") == 0)
		(void)ef_strlcpy(r->bin, sizeof(r->bin), input_unquote(colon + 1));
}

static bool is_key(const char *line, const char *key)
{
	size_t len = strlen(key);

	return strncmp(line, key, len) == 0 && strcmp(line + len, ":") == 0;
}

/* Read two levels of keys, and lists of text, which is the form that CMake writes. */
static bool read_runner(const struct input_src *src, struct runner *r, struct ef_err *err)
{
	struct input_lines lines;
	char line[INPUT_LINE_SIZE];
	bool in_config = false, in_args = false, is_ours = false;

	*r = defaults;
	if (!input_text_file(src, RUNNERS, &lines, err))
		return false;
	while (input_line(&lines, line)) {
		char *text = line + strspn(line, " ");
		bool is_item = strncmp(text, "- ", 2) == 0;

		if (text == line && !is_item) {
			in_config = is_key(line, "config");
			in_args = is_key(line, "args");
			is_ours = false;
		} else if (in_config) {
			take_config(r, text);
		} else if (in_args && !is_item && *text && *text != '#') {
			is_ours = is_key(text, RUNNER);
			r->is_there |= is_ours;
		} else if (is_ours && is_item && !take_arg(r, input_unquote(text + 2), err)) {
			return false;
		}
	}
	return true;
}

/* ---- one image ---- */

/* Get the chip from the build's configuration (soc/espressif: CONFIG_SOC). */
static bool take_chip(const struct input_src *src, struct ef_input *in, struct ef_err *err)
{
	struct input_lines config;
	char soc[32];

	if (!input_exists(src, CONFIG))
		return true;
	if (!input_text_file(src, CONFIG, &config, err))
		return false;
	return !input_kconfig(&config, "CONFIG_SOC", soc, sizeof(soc)) ||
	       input_set_chip(in, soc, CONFIG, err);
}

static bool add_file(const struct input_src *src, struct ef_input *in, const char *addr,
		     const char *file, enum ef_role role, const char *name, struct ef_err *err)
{
	uint32_t number;

	return (ef_parse_u32(addr, UINT32_MAX, &number) ||
		ef_fail(err, EF_E_INPUT, "'%.16s' is not an address", addr)) &&
	       input_add_file(src, in, number, file, role, name, err);
}

/* esp32.py, do_run: a bootloader brings its table; without it, only the app is written. */
static bool add_parts(const struct input_src *src, const struct input_src *build,
		      const struct runner *r, struct ef_input *in, const char *name,
		      struct ef_err *err)
{
	if (*r->bootloader && !add_file(build, in, r->boot_addr, input_inside(build, r->bootloader),
					EF_ROLE_BOOTLOADER, "bootloader", err))
		return false;
	if (*r->bootloader && *r->table &&
	    !add_file(build, in, r->table_addr, input_inside(build, r->table), EF_ROLE_TABLE,
		      "partition-table", err))
		return false;
	return add_file(src, in, r->app_addr, *r->bin ? input_inside(src, r->bin) : "zephyr.bin",
			EF_ROLE_UNKNOWN, name, err);
}

static bool take_settings(const struct runner *r, struct ef_input *in, struct ef_err *err)
{
	input_set_before(in, "default-reset");
	input_set_after(in, "hard-reset");
	in->no_stub |= r->no_stub;
	return input_set_mode(in, r->mode, err) && input_set_freq(in, r->freq, err) &&
	       input_set_size(in, r->size, err);
}

/* src: the build of one image, which has the folder zephyr. */
static bool read_image(const struct input_src *src, struct ef_input *in, const char *name,
		       bool has_elf, struct ef_err *err)
{
	struct input_src at = *src;
	size_t first = in->part_count;
	struct runner r;

	/* else the folder zephyr itself was given */
	if (input_exists(src, "zephyr/" RUNNERS) && !input_enter(&at, "zephyr", err))
		return false;
	if (!read_runner(&at, &r, err))
		return false;
	if (!r.is_there)
		return ef_fail(err, EF_E_UNSUPP,
			       RUNNERS " has no arguments for the runner esp32: it is a build for "
				       "another chip");
	if (!take_chip(&at, in, err) || !take_settings(&r, in, err) ||
	    !add_parts(&at, src, &r, in, name, err))
		return false;
	for (size_t i = first; i < in->part_count; i++)
		in->parts[i].is_encrypted = r.encrypts;
	in->table_offset = *r.bootloader && *r.table ? 0 : EF_PLAN_NO_TABLE;
	if (has_elf && *r.elf)
		input_set_elf(&at, in, input_inside(&at, r.elf));
	return true;
}

/* ---- several images ---- */

static bool read_domain(const struct input_src *src, struct ef_input *in, const char *name,
			bool is_default, struct ef_err *err)
{
	struct input_src at = *src;

	return input_enter(&at, name, err) &&
	       (read_image(&at, in, name, is_default, err) ||
		ef_context(err, "the image '%.40s' of " DOMAINS, name));
}

static bool read_domains(const struct input_src *src, struct ef_input *in, struct ef_err *err)
{
	char line[INPUT_LINE_SIZE], fallback[INPUT_LINE_SIZE] = "";
	struct input_lines lines;
	unsigned count = 0;

	if (!input_text_file(src, DOMAINS, &lines, err))
		return false;
	while (input_line(&lines, line)) {
		char *text = line + strspn(line, " -"), *name;

		if (strncmp(line, "default:", 8) == 0)
			(void)ef_strlcpy(fallback, sizeof(fallback), input_unquote(line + 8));
		if (text == line || strncmp(text, "name:", 5) != 0)
			continue;
		count++;
		name = input_unquote(text + 5);
		if (!read_domain(src, in, name, strcmp(name, fallback) == 0, err))
			return false;
	}
	return count || ef_fail(err, EF_E_INPUT, DOMAINS " names no image");
}

/* ---- the form ---- */

static const char *const folders[] = { "", "build" };

/* Enter the folder of the build. False: there is none. */
static bool find_build(struct input_src *src, bool *ret_several, struct ef_err *err)
{
	for (size_t i = 0; !src->data && i < EF_ARRAY_LEN(folders); i++) {
		struct input_src at = *src;

		if (*folders[i] && !input_enter(&at, folders[i], err))
			return false;
		*ret_several = input_exists(&at, DOMAINS);
		if (!*ret_several && !input_exists(&at, "zephyr/" RUNNERS) &&
		    (*folders[i] || !input_exists(&at, RUNNERS)))
			continue;
		*src = at;
		return true;
	}
	return false;
}

static bool zephyr_is(const struct input_src *src)
{
	struct ef_err ignored = EF_ERR_INIT; /* if this fails, the folder has another form */
	struct input_src at = *src;
	bool several;

	return find_build(&at, &several, &ignored);
}

static bool zephyr_read(const struct input_src *src, struct ef_input *in, struct ef_err *err)
{
	struct input_src at = *src;
	bool several = false;

	if (!find_build(&at, &several, err))
		return ef_fail(err, EF_E_INPUT, "the folder has no build");
	return several ? read_domains(&at, in, err) : read_image(&at, in, "app", true, err);
}

const struct input_format input_zephyr = { .name = "a Zephyr build",
					   .is = zephyr_is,
					   .read = zephyr_read };
