/* SPDX-License-Identifier: MIT */
/*
 * Writes a bundle into a folder. Each file is complete or absent, and a list exists only
 * while all parts that it names come from the same run. The first line of README.txt marks a
 * folder as ours. Files in any other folder are never replaced.
 */
#include "cli/bundle/bundle_dir.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define README "README.txt"
#define MARKER "Written by espflash-c save-image"

#define TEXT_MAX (4 * EF_MAX_CSV)

/* A file that lists the names and places of the parts. */
struct list {
	const char *file;
	bool (*make)(const struct bundle *b, const struct bundle_part *parts, struct ef_buf *ret,
		     struct ef_err *err);
};
static const struct list lists_split[] = {
	{ "flash_args", bundle_flash_args },
	{ "manifest.json", bundle_web_manifest },
	{ "flasher_args.json", bundle_flasher_args },
};
/* the web page does not read OpenOCD's script */
static const struct list lists_openocd[] = {
	{ "flash_args", bundle_flash_args },
	{ "flash.cfg", bundle_openocd },
	{ "flasher_args.json", bundle_flasher_args },
};

struct folder {
	const struct bundle *bundle;
	const char *path;
	bool with_openocd;
	struct bundle_part *parts;
	const struct list *lists;
	size_t list_count;
};

/* ---- names ---- */

static void plain_name(const char *text, char *ret, size_t cap)
{
	size_t len = 0;

	for (; *text && len + 1 < cap; text++) {
		bool is_plain = (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z') ||
				(*text >= '0' && *text <= '9') || *text == '_' || *text == '-' ||
				(*text == '.' && len > 0);

		ret[len++] = (char)(is_plain ? *text : '_');
	}
	ret[len] = '\0';
}

/* The lists have keys of their own, and some file systems ignore case. */
static bool is_taken(const struct bundle_part *parts, size_t count, const char *key)
{
	static const char *const reserved[] = { "write_flash_args", "flash_settings", "flash_files",
						"extra_esptool_args" };

	for (size_t i = 0; i < EF_ARRAY_LEN(reserved); i++)
		if (strcmp(reserved[i], key) == 0)
			return true;
	for (size_t i = 0; i < count; i++)
		if (ef_str_ieq(parts[i].key, key))
			return true;
	return false;
}

/* Make a name that no other part has, for the list and for the file. */
static void name_part(struct bundle_part *parts, size_t i)
{
	struct bundle_part *p = &parts[i];
	char base[BUNDLE_NAME_SIZE - 14];

	plain_name(*p->part->name ? p->part->name : "part", base, sizeof(base));
	if (ef_ends_with(base, ".bin"))
		base[strlen(base) - 4] = '\0';
	(void)ef_snprintf(p->key, sizeof(p->key), "%s", base);
	if (is_taken(parts, i, p->key))
		(void)ef_snprintf(p->key, sizeof(p->key), "%s-%" PRIx32, base, p->part->addr);
	(void)ef_snprintf(p->file, sizeof(p->file), "%.43s.bin", p->key);
}

static bool name_parts(struct folder *f, struct ef_err *err)
{
	const struct ef_input *in = f->bundle->parts;

	f->parts = calloc(in->part_count + 1, sizeof(*f->parts));
	if (!f->parts)
		return ef_fail(err, EF_E_IO, "out of memory");
	for (size_t i = 0; i < in->part_count; i++) {
		f->parts[i].part = &in->parts[i];
		name_part(f->parts, i);
	}
	return true;
}

static bool path_of(const struct folder *f, const char *name, char ret[THING_PATH_SIZE],
		    struct ef_err *err)
{
	return ef_snprintf(ret, THING_PATH_SIZE, "%s/%s", f->path, name) ||
	       ef_fail(err, EF_E_USAGE, "the folder's path is too long");
}

/* ---- the folder ---- */

static bool is_empty(const char *path)
{
	const struct dirent *entry;
	DIR *dir = opendir(path);
	bool is = dir != NULL;

	while (is && (entry = readdir(dir)))
		is = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
	if (dir)
		closedir(dir);
	return is;
}

static bool is_ours(const struct folder *f)
{
	struct ef_buf text = EF_BUF_INIT(EF_MAX_CSV);
	struct ef_err ignored = EF_ERR_INIT; /* if this fails, the folder is not ours */
	char path[THING_PATH_SIZE];
	bool is = path_of(f, README, path, &ignored) &&
		  ef_file_read_regular(path, &text, &ignored) && text.len > sizeof(MARKER) - 1 &&
		  memcmp(text.data, MARKER, sizeof(MARKER) - 1) == 0;

	ef_buf_release(&text);
	return is;
}

static bool make_folder(const struct folder *f, struct ef_err *err)
{
	int number;

	if (ef_make_folder(f->path, 0777))
		return true;
	number = errno;
	if (number == EEXIST) {
		ef_fail(err, EF_E_USAGE, "'%s' is there, and it is not a folder", f->path);
		return ef_hint_own(err, "name a new folder, or an empty one");
	}
	ef_fail(err, EF_E_IO, "cannot make the folder '%s': %s", f->path, ef_file_words(number));
	return ef_hint_set(err,
			   number == ENOENT ? EF_HINT_FOLDER_MISSING : EF_HINT_FOLDER_NOT_WRITABLE);
}

static bool check_folder(const struct folder *f, struct ef_err *err)
{
	if (!ef_folder_exists(f->path))
		return make_folder(f, err);
	if (is_empty(f->path) || is_ours(f))
		return true;
	ef_fail(err, EF_E_USAGE, "the folder '%s' has files that 'save-image' did not write",
		f->path);
	return ef_hint_own(err, "name a new folder, or an empty one");
}

/* The parts may still be read from there. */
static bool check_source(const struct folder *f, const char *name, struct ef_err *err)
{
	char path[THING_PATH_SIZE];

	if (!path_of(f, name, path, err))
		return false;
	if (!bundle_has_source(f->bundle, path))
		return true;
	ef_fail(err, EF_E_USAGE, "'%s' is an input and would be overwritten", path);
	return ef_hint_own(err, "name another folder");
}

static bool check_sources(const struct folder *f, struct ef_err *err)
{
	if (bundle_has_source(f->bundle, f->path)) {
		ef_fail(err, EF_E_USAGE, "'%s' is the input folder", f->path);
		return ef_hint_own(err, "name another folder");
	}
	for (size_t i = 0; i < f->bundle->parts->part_count; i++)
		if (!check_source(f, f->parts[i].file, err))
			return false;
	for (size_t i = 0; i < f->list_count; i++)
		if (!check_source(f, f->lists[i].file, err))
			return false;
	return true;
}

/* A list of an earlier run would name parts of this one. */
static bool remove_lists(const struct folder *f, struct ef_err *err)
{
	static const char *const names[] = { "flash_args", "manifest.json", "flasher_args.json",
					     "flash.cfg" };
	char path[THING_PATH_SIZE];

	for (size_t i = 0; i < EF_ARRAY_LEN(names); i++) {
		if (!path_of(f, names[i], path, err))
			return false;
		if (!ef_file_remove(path))
			return ef_fail(err, EF_E_IO, "cannot remove '%s': %s", path,
				       ef_file_words(errno));
	}
	return true;
}

/* ---- content ---- */

static bool readme(const struct folder *f, struct ef_buf *ret, struct ef_err *err)
{
	const struct bundle *b = f->bundle;
	const char *chip = b->chip->name;

	if (!ef_buf_printf(ret, err,
			   MARKER ": %s for %s.\n\nOne of these flashes it, in this folder:\n\n"
				  "  espflash-c flash .\n"
				  "  esptool --chip %s write-flash @flash_args\n",
			   *b->parts->name ? b->parts->name : "a firmware", b->chip->label, chip))
		return false;
	if (f->with_openocd)
		return ef_buf_printf(ret, err,
				     "  openocd -f flash.cfg      (JTAG; the file says more)\n");
	return ef_buf_printf(ret, err, "\nmanifest.json is for a web page with ESP Web Tools.\n");
}

static bool write_text(const struct folder *f, const char *name, const struct ef_buf *text,
		       struct ef_err *err)
{
	char path[THING_PATH_SIZE];

	return path_of(f, name, path, err) && ef_file_write(path, text->data, text->len, err);
}

static bool write_readme(const struct folder *f, struct ef_err *err)
{
	struct ef_buf text = EF_BUF_INIT(TEXT_MAX);
	bool ok = readme(f, &text, err) && write_text(f, README, &text, err);

	ef_buf_release(&text);
	return ok;
}

static bool write_parts(const struct folder *f, struct ef_err *err)
{
	char path[THING_PATH_SIZE];

	for (size_t i = 0; i < f->bundle->parts->part_count; i++) {
		const struct bundle_part *p = &f->parts[i];

		if (!path_of(f, p->file, path, err) ||
		    !ef_file_write(path, p->part->data, p->part->len, err))
			return false;
	}
	return true;
}

static bool write_lists(const struct folder *f, struct ef_err *err)
{
	bool ok = true;

	for (size_t i = 0; ok && i < f->list_count; i++) {
		struct ef_buf text = EF_BUF_INIT(TEXT_MAX);

		ok = f->lists[i].make(f->bundle, f->parts, &text, err) &&
		     write_text(f, f->lists[i].file, &text, err);
		ef_buf_release(&text);
	}
	return ok;
}

bool bundle_write_dir(const struct bundle *b, const char *dir, bool with_openocd,
		      struct ef_err *err)
{
	struct folder f = {
		.bundle = b,
		.path = dir,
		.with_openocd = with_openocd,
		.lists = with_openocd ? lists_openocd : lists_split,
		.list_count = with_openocd ? EF_ARRAY_LEN(lists_openocd)
					   : EF_ARRAY_LEN(lists_split),
	};
	bool ok = bundle_needs_chip(b, err) && bundle_needs_places(b, err) && name_parts(&f, err) &&
		  check_sources(&f, err) && check_folder(&f, err) && write_readme(&f, err) &&
		  remove_lists(&f, err) && write_parts(&f, err) && write_lists(&f, err);

	free(f.parts);
	return ok;
}
