/* SPDX-License-Identifier: MIT */
/* Opens an archive: its entries are the files around the thing in it. */
#include "input/entries.h"

#include <stdlib.h>

struct archive {
	struct input_entries entries;
	struct ef_input_files files;
	struct ef_input *in; /* owns the unpacked content */
	/* The position in the list of a folder. Without it, each name would take a whole walk. */
	const char *listed;
	size_t next_n, next_i;
};

/* Find the entry of this name, else one in any folder with the same last part, as mos does. */
static bool find_entry(const struct archive *a, const char *name, size_t *ret)
{
	const char *base = ef_base_name(name);

	for (unsigned pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < a->entries.count; i++) {
			const char *entry = input_entry_name(&a->entries, i);

			if (strcmp(pass ? ef_base_name(entry) : entry, pass ? base : name) != 0 ||
			    !*base)
				continue;
			*ret = i;
			return true;
		}
	return false;
}

/* ---- struct ef_input_files ---- */

static bool archive_read_file(void *user, const char *name, const uint8_t **ret, size_t *ret_len,
			      struct ef_err *err)
{
	struct archive *a = user;
	size_t i;

	if (!find_entry(a, name, &i))
		return ef_fail(err, EF_E_INPUT, "the archive has no '%.100s'", name);
	return input_entry_read(&a->entries, i, a->in, ret, ret_len, err);
}

static bool archive_exists(void *user, const char *name)
{
	size_t i;

	return find_entry(user, name, &i);
}

/* Every file below the folder counts: archives are shallow. */
static const char *archive_list(void *user, const char *folder, size_t n)
{
	struct archive *a = user;
	size_t len = strlen(folder), at = 0, i = 0;

	if (n > 0 && n == a->next_n && folder == a->listed) {
		at = n;
		i = a->next_i;
	}
	for (; i < a->entries.count; i++) {
		const char *name = input_entry_name(&a->entries, i);

		if (strncmp(name, folder, len) != 0 || !name[len] || ef_ends_with(name, "/"))
			continue;
		if (at++ < n)
			continue;
		a->listed = folder;
		a->next_n = n + 1;
		a->next_i = i + 1;
		return name + len;
	}
	return NULL;
}

/* ---- the archive ---- */

static bool check_names(const struct input_src *src, const struct archive *a, struct ef_err *err)
{
	for (size_t i = 0; i < a->entries.count; i++)
		if (!input_path_check(src, input_entry_name(&a->entries, i), err))
			return false;
	return true;
}

/* With everything in one folder, names are relative to that. */
static void enter_folder(struct input_src *src, const struct archive *a)
{
	const char *first = a->entries.count ? input_entry_name(&a->entries, 0) : "";
	const char *slash = strchr(first, '/');
	size_t len = slash ? (size_t)(slash - first) + 1 : 0;

	for (size_t i = 0; i < a->entries.count; i++)
		if (strncmp(input_entry_name(&a->entries, i), first, len) != 0)
			return;
	if (len < sizeof(src->base))
		(void)ef_snprintf(src->base, sizeof(src->base), "%.*s", (int)len, first);
}

static void free_archive(struct archive *a)
{
	input_entries_close(&a->entries);
	free(a);
}

/* *ret gets the archive's files. */
static bool open_folder(const struct input_src *src, struct archive *a, struct input_src *ret,
			struct ef_err *err)
{
	a->files = (struct ef_input_files){ a, archive_read_file, archive_exists, archive_list,
					    NULL };
	*ret = (struct input_src){
		.name = "", .files = &a->files, .opts = src->opts, .depth = src->depth + 1
	};
	if (!input_entries_open(&a->entries, src, a->in, err) || !check_names(ret, a, err))
		return false;
	enter_folder(ret, a);
	return true;
}

static bool archive_open(const struct input_src *src, struct ef_input *in,
			 struct input_src *ret_inner, struct ef_err *err)
{
	struct archive *a;

	if (src->depth > 1)
		return ef_fail(err, EF_E_INPUT, "it is an archive within an archive");
	a = calloc(1, sizeof(*a));
	if (!a)
		return ef_fail(err, EF_E_IO, "out of memory");
	a->in = in;
	if (open_folder(src, a, ret_inner, err))
		return true;
	free_archive(a);
	return false;
}

static void archive_close(struct input_src *inner)
{
	free_archive(inner->files->user);
}

const struct input_format input_archive = { .is = input_entries_are,
					    .open = archive_open,
					    .close = archive_close };

/* ---- an archive that has no build, but perhaps one firmware file ---- */

static bool only_file_is(const struct input_src *src)
{
	return !src->data && src->depth > 0;
}

static bool only_file_open(const struct input_src *src, struct ef_input *in,
			   struct input_src *ret_inner, struct ef_err *err)
{
	static const char *const ends[] = { ".bin", ".hex", ".uf2" };
	char name[EF_INPUT_NAME_SIZE] = "";

	for (size_t i = 0; i < EF_ARRAY_LEN(ends) && !*name; i++)
		if (!input_find(src, ends[i], "", name, err))
			return false;
	if (!*name)
		return ef_fail(err, EF_E_INPUT,
			       "the archive has no manifest.json, no flasher_args.json and no "
			       "firmware file");
	*ret_inner = *src;
	ret_inner->name = input_text(in, name, err);
	return ret_inner->name && input_file(src, name, &ret_inner->data, &ret_inner->len, err);
}

const struct input_format input_only_file = { .is = only_file_is, .open = only_file_open };
