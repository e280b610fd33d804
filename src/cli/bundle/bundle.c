/* SPDX-License-Identifier: MIT */
/* Reads the parts to save, and sets the flash settings in the bootloader. */
#include "cli/bundle/bundle.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "cli/bootloader/boot_find.h"
#include "cli/bundle/bundle_pairs.h"
#include "cli/firmware/boot_header.h"
#include "cli/firmware/pairs_meant.h"
#include "cli/firmware/thing.h"
#include "cli/ui/ui.h"

/* ---- an ELF ---- */

/* espflash prints these facts before it builds the image. */
static void print_start(const struct bundle *b)
{
	FILE *out = b->cli->out;

	if (b->cli->is_json)
		return;
	fprintf(out, "Chip type:         %s\n", b->chip->name);
	fprintf(out, "Merge:             %s\n", b->args->merge ? "true" : "false");
	fprintf(out, "Skip padding:      %s\n", b->args->skip_padding ? "true" : "false");
}

/* Take the layout's regions as parts, with the names that ESP-IDF's build gives them. */
static void take_layout(struct bundle *b)
{
	const struct firmware *fw = b->fw;
	struct ef_app_desc desc;

	b->in.format = "an ELF";
	b->in.chip = b->chip;
	b->in.parts = b->elf_parts;
	b->in.table_offset = fw->table_offset;
	for (size_t i = 0; i < fw->layout.count; i++) {
		const struct ef_region *r = &fw->layout.region[i];
		struct ef_input_part *p = &b->elf_parts[b->in.part_count++];
		bool is_app = r->data == fw->app, is_table = r->data == fw->layout.table_bin;

		p->addr = r->addr;
		p->data = r->data;
		p->len = r->len;
		p->role = is_app ? EF_ROLE_APP : is_table ? EF_ROLE_TABLE : EF_ROLE_BOOTLOADER;
		(void)ef_strlcpy(p->name, sizeof(p->name),
				 is_app     ? "app"
				 : is_table ? "partition-table"
					    : "bootloader");
		(void)ef_strlcpy(p->origin, sizeof(p->origin),
				 is_app     ? fw->elf_path
				 : is_table ? fw->table_from.path
					    : fw->bootloader_from.path);
		ef_clean_text(p->origin);
	}
	if (ef_image_app_desc(fw->app, fw->app_len, &desc)) {
		(void)ef_strlcpy(b->in.name, sizeof(b->in.name), desc.project);
		ef_clean_text(b->in.name);
	}
}

/* Return whether the bundle has more than the app. */
static bool wants_all(const struct save_image_args *a)
{
	return a->merge || a->split || a->openocd;
}

static bool build_elf(struct bundle *b, struct ef_err *err)
{
	const struct save_image_args *a = b->args;
	struct firmware_target target = {
		.xtal_mhz = (uint32_t)a->xtal_mhz,
		.flash_size = a->config.size ? (uint32_t)a->config.size : FIRMWARE_FLASH_SIZE,
		.wants_bootloader = wants_all(a),
		.takes_any = true,
		.is_final = true,
	};

	if (!firmware_open_elf(b->fw, a->file, true, NULL, err))
		return false;
	b->chip = a->chip ? a->chip : ef_elf_chip(&b->fw->elf);
	if (!bundle_needs_chip(b, err))
		return false;
	target.chip = b->chip;
	if (!ef_elf_check_chip(&b->fw->elf, b->chip, err) ||
	    !firmware_load_table(b->fw, &target, err) ||
	    !firmware_load_bootloader(b->fw, &target, err))
		return false;
	if (wants_all(a) && !b->fw->has_bootloader)
		return boot_none(b->chip, ", and the saved firmware needs one", true, err);
	print_start(b);
	if (!firmware_build(b->fw, &target, err))
		return false;
	if (!b->cli->is_json)
		firmware_print_size(b->fw, b->cli->out);
	b->flash_size = target.flash_size;
	take_layout(b);
	return true;
}

static bool open_elf(struct bundle *b, struct ef_map *opened, struct ef_err *err)
{
	const struct save_image_args *a = b->args;

	b->kind = BUNDLE_ELF;
	b->parts = &b->in;
	b->fw = firmware_new(b->cli, &a->config, &a->image, &a->idf, err);
	if (!b->fw) {
		ef_map_release(opened);
		return false;
	}
	b->fw->elf_map = *opened;
	return thing_not_elf(b->cli, a->file, err) && build_elf(b, err);
}

/* ---- a thing, and files with addresses ---- */

/* Nothing is built, so refuse the options of a build. */
static bool check_options(const struct bundle *b, struct ef_err *err)
{
	const char *option = cli_given_for(b->cli, OPT_FOR_ELF | OPT_FOR_APP);

	if (!option)
		return true;
	ef_fail(err, EF_E_USAGE, "'--%s' goes with an ELF, and '%s' is not one", option,
		b->args->file);
	return ef_hint_own(err, "leave it out: the files are saved as they are");
}

static bool open_thing(struct bundle *b, struct ef_err *err)
{
	const struct ef_input_opts opts = thing_opts(&b->args->thing, b->args->chip);

	b->kind = BUNDLE_THING;
	b->parts = &b->thing.input;
	if (thing_open(&b->thing, b->args->file, &opts, err))
		return true;
	if (err->hint.id == EF_HINT_INPUT_PLACE || err->hint.id == EF_HINT_INPUT_TABLE)
		ef_hint_own(err,
			    "give each file its address: 'save-image ADDRESS FILE ADDRESS FILE "
			    "OUTPUT'; of an app 'save-image' takes the ELF");
	return false;
}

static bool open_pairs(struct bundle *b, struct ef_err *err)
{
	const struct ef_input_opts opts = thing_opts(&b->args->thing, b->args->chip);

	b->kind = BUNDLE_PAIRS;
	b->parts = &b->in;
	return bundle_open_pairs(b, &opts, err);
}

/* ---- settings ---- */

/* As with 'write-bin', a configuration file does not change files that are named one by one. */
static bool counts(const struct bundle *b, const char *option, bool has_own)
{
	return cli_is_given(b->cli, option) || (b->kind != BUNDLE_PAIRS && !has_own);
}

static struct ef_flash_settings settings_for(const struct bundle *b)
{
	const struct flash_config_args *given = &b->args->config;
	const struct ef_input_settings *own = &b->parts->settings;
	int mode = counts(b, "flash-mode", own->mode_plus) ? given->mode_plus : own->mode_plus;

	return (struct ef_flash_settings){
		.mode = mode ? (enum ef_flash_mode)(mode - 1) : EF_MODE_KEEP,
		.freq_mhz = counts(b, "flash-freq", own->freq_mhz) ? (uint16_t)given->freq_mhz
								   : own->freq_mhz,
		.size = counts(b, "flash-size", own->size) ? (uint32_t)given->size : own->size,
		.keeps = true,
		.as_esptool = true,
	};
}

static struct ef_input_part *find_bootloader(const struct bundle *b)
{
	struct ef_image_info info;

	for (size_t i = 0; b->chip && i < b->parts->part_count; i++) {
		struct ef_input_part *p = &b->parts->parts[i];

		if (!p->is_app && boot_header_fits(p->addr, p->data, p->len, b->chip, &info))
			return p;
	}
	return NULL;
}

static bool set_settings(struct bundle *b, struct ef_err *err)
{
	const struct ef_flash_settings settings = settings_for(b);
	struct ef_input_part *p = find_bootloader(b);
	struct ef_image_info info;

	if (settings.mode == EF_MODE_KEEP && !settings.freq_mhz && !settings.size)
		return true;
	if (!p) {
		ui_log(b->cli, EF_LOG_WARN,
		       b->chip ? "No bootloader is among the parts, so no flash settings are "
				 "changed: they are in its header"
			       : "The chip is unknown, so no flash settings are changed: name it "
				 "with --chip to locate the bootloader");
		return true;
	}
	if (!ef_buf_add(&b->boot, p->data, p->len, err) ||
	    !ef_bootloader_patch(b->boot.data, b->boot.len, b->chip, &settings, &info, err))
		return false;
	if (memcmp(b->boot.data, p->data, p->len) != 0)
		ui_log(b->cli, EF_LOG_INFO, "'%s': flash settings set to %s, %uMHz, %s", p->name,
		       ef_flash_mode_name((enum ef_flash_mode)info.mode),
		       settings.freq_mhz ? settings.freq_mhz
					 : ef_chip_freq_mhz(b->chip, info.freq_code),
		       ef_flash_size_name(ef_flash_size_bytes(info.size_code)));
	p->data = b->boot.data;
	return true;
}

/* ---- what may be wrong ---- */

/* Warn of what the flasher would refuse: another program may write the file to a board. */
static void tell_findings(const struct bundle *b)
{
	const struct ef_target target = { .chip = b->chip };
	struct ef_plan plan = { .region_count = 0, .table_offset = b->parts->table_offset };
	struct ef_plan_region *regions = calloc(b->parts->part_count + 1, sizeof(*regions));
	struct ef_findings *found = calloc(1, sizeof(*found));

	for (size_t i = 0; regions && i < b->parts->part_count; i++) {
		const struct ef_input_part *p = &b->parts->parts[i];

		if (!p->is_app)
			regions[plan.region_count++] = (struct ef_plan_region){
				.region = { p->addr, p->data, p->len, p->name },
				.role = p->role,
				.origin = *p->origin ? p->origin : NULL,
			};
	}
	plan.regions = regions;
	if (regions && found)
		ef_plan_check(&plan, &target, found);
	for (size_t i = 0; found && i < found->count; i++)
		ui_log(b->cli, EF_LOG_WARN, "%s", found->v[i].err.msg);
	free(regions);
	free(found);
}

static void find_version(struct bundle *b)
{
	struct ef_app_desc desc;

	for (size_t i = 0; i < b->parts->part_count && !*b->version; i++) {
		const struct ef_input_part *p = &b->parts->parts[i];

		if (p->role == EF_ROLE_APP && ef_image_app_desc(p->data, p->len, &desc))
			(void)ef_strlcpy(b->version, sizeof(b->version), desc.version);
	}
	ef_clean_text(b->version);
}

/* ---- the whole ---- */

/* The label chooses one of several apps. Where all parts are saved, it has no effect. */
static bool check_label(const struct bundle *b, struct ef_err *err)
{
	bool saves_one_app = !bundle_is_merged(b) && bundle_output(b->args);

	if (saves_one_app || !cli_is_given(b->cli, "target-app-partition"))
		return true;
	ef_fail(err, EF_E_USAGE,
		"'--target-app-partition' chooses the one app to save, and all parts are saved");
	return ef_hint_own(err, "leave it out");
}

static bool open_files(struct bundle *b, bool is_pairs, struct ef_err *err)
{
	if (!check_options(b, err) || (is_pairs && !pairs_no_thing(b->cli, err)) ||
	    !(is_pairs ? open_pairs(b, err) : open_thing(b, err)) || !check_label(b, err))
		return false;
	b->chip = b->args->chip ? b->args->chip : b->parts->chip;
	if (!set_settings(b, err))
		return false;
	if (b->chip && (bundle_is_merged(b) || wants_all(b->args)))
		tell_findings(b);
	return true;
}

bool bundle_open(struct bundle *b, struct cli *cli, const struct save_image_args *args,
		 struct ef_err *err)
{
	bool is_pairs = bundle_is_pairs(args), ok;
	struct ef_map elf = { .handle = NULL };

	*b = (struct bundle){ .cli = cli, .args = args, .boot = EF_BUF_INIT(EF_MAX_IMAGE) };
	ok = is_pairs || thing_is(args->file, &elf) ? open_files(b, is_pairs, err)
						    : open_elf(b, &elf, err);
	if (ok)
		find_version(b);
	return ok;
}

void bundle_release(struct bundle *b)
{
	if (b->kind == BUNDLE_THING)
		thing_release(&b->thing);
	if (b->kind == BUNDLE_PAIRS)
		ef_input_release(&b->in);
	for (size_t i = 0; i < b->file_count; i++)
		ef_map_release(&b->files[i]);
	b->file_count = 0;
	ef_buf_release(&b->boot);
	firmware_free(b->fw);
	b->fw = NULL;
}

static bool is_same_file(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* The thing's lists count, too, although they become no part. */
static bool thing_has_read(const struct thing *t, const char *path)
{
	struct ef_file_stamp file;

	if (!ef_file_stamp(path, &file))
		return false;
	for (size_t i = 0; i < t->file_count; i++)
		if (t->files[i].stamp.device == file.device &&
		    t->files[i].stamp.inode == file.inode)
			return true;
	return false;
}

bool bundle_has_source(const struct bundle *b, const char *path)
{
	/* parts of an archive have file names only */
	bool has_files = b->kind == BUNDLE_ELF || b->thing.file_count > 0;
	char origin[THING_PATH_SIZE];

	if (b->kind != BUNDLE_PAIRS &&
	    is_same_file(b->thing.path ? b->thing.path : b->args->file, path))
		return true;
	if (thing_has_read(&b->thing, path))
		return true;
	for (size_t i = 0; i < b->file_count; i++)
		if (is_same_file(b->paths[i], path))
			return true;
	for (size_t i = 0; has_files && i < b->parts->part_count; i++) {
		const char *name = b->parts->parts[i].origin;

		if (*name &&
		    ef_snprintf(origin, sizeof(origin), "%s%s", *name == '/' ? "" : b->thing.folder,
				name) &&
		    is_same_file(origin, path))
			return true;
	}
	return false;
}

bool bundle_is_merged(const struct bundle *b)
{
	return b->args->merge || b->kind == BUNDLE_PAIRS;
}

bool bundle_needs_chip(const struct bundle *b, struct ef_err *err)
{
	if (b->chip)
		return true;
	ef_fail(err, EF_E_USAGE, "the chip of '%s' is unknown: 'save-image' needs '--chip <CHIP>'",
		b->kind == BUNDLE_PAIRS ? b->paths[0] : b->args->file);
	return ef_hint_own(err, "'espflash-c board-info' shows which chip a board has");
}

bool bundle_needs_places(const struct bundle *b, struct ef_err *err)
{
	const struct ef_input *in = b->parts;

	if (!in->part_count || !in->parts[in->part_count - 1].is_app)
		return true;
	ef_fail(err, EF_E_INPUT, "'%s' is an app, and its place in flash is unknown",
		b->args->file);
	if (!b->chip)
		return ef_hint_own(err, "save its ELF or its build folder");
	return ef_hint_own(err,
			   "give addresses: save-image 0x%" PRIx32 " BOOTLOADER 0x8000 TABLE "
			   "0x10000 '%s' FILE; or save its ELF or its build folder",
			   b->chip->image.boot_addr, b->args->file);
}

static bool no_app(const struct bundle *b, size_t count, const char *label, const char *names,
		   struct ef_err *err)
{
	if (label)
		ef_fail(err, EF_E_INPUT, "'%s' has no app for '%s'", b->args->file, label);
	else
		ef_fail(err, EF_E_INPUT, count ? "'%s' has several apps" : "'%s' has no app",
			b->args->file);
	if (count)
		return ef_hint_own(err, "choose one with --target-app-partition: %s", names);
	return ef_hint_own(err, "--merge saves everything that it has");
}

/* Find the end of an image that is a piece of a larger file: FF behind it belongs to the file. */
static uint32_t app_len(const struct bundle *b, const struct ef_input_part *p)
{
	const struct ef_map *own = &b->thing.own;
	struct ef_err ignored = EF_ERR_INIT; /* if this fails, the whole file counts */
	struct ef_image_signature signature;
	struct ef_image_info info;
	uint32_t end;

	if (!own->data || p->data < own->data || p->data > own->data + own->len ||
	    p->len == own->len || !ef_image_parse(p->data, p->len, &info, &ignored))
		return p->len;
	end = info.len;
	if (ef_image_signature(p->data, p->len, &info, &signature))
		end = signature.off + EF_SECTOR;
	return end < p->len && ef_is_blank(p->data + end, p->len - end) ? end : p->len;
}

bool bundle_find_app(const struct bundle *b, struct ef_input_part *ret, struct ef_err *err)
{
	/* an ELF's app was built for that partition already */
	const char *label = b->kind == BUNDLE_THING ? b->args->idf.target_app_partition : NULL;
	const struct ef_input_part *found = NULL;
	size_t count = 0, matches = 0;
	char names[200] = "";

	for (size_t i = 0; i < b->parts->part_count; i++) {
		const struct ef_input_part *p = &b->parts->parts[i];
		size_t len = strlen(names);

		if (p->role != EF_ROLE_APP)
			continue;
		count++;
		(void)ef_snprintf(names + len, sizeof(names) - len, "%s%s", len ? ", " : "",
				  p->name);
		if (label && strcmp(p->name, label) != 0)
			continue;
		matches++;
		found = p;
	}
	if (matches != 1)
		return no_app(b, count, label, names, err);
	*ret = *found;
	ret->len = app_len(b, found);
	return true;
}
