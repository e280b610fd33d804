/* SPDX-License-Identifier: MIT */
/* A zip archive: its entries are the files around the thing in it. */
#include "input/input_priv.h"

#include "base/unzip.h"

#define ENTRIES_MAX 4096

struct archive {
	struct ef_unzip zip;
	struct ef_input *in; /* owns what is unpacked */
	/* Where the list of a folder goes on. From the start, each name takes a whole walk. */
	const char *listed;
	size_t next_n, next_i;
};

/* The entry of this name, else one in any folder with the same last part, as mos finds it. */
static bool find_entry(const struct archive *a, const char *name, size_t *ret)
{
	const char *base = ef_base_name(name);

	for (unsigned pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < a->zip.count; i++) {
			const char *entry = ef_unzip_name(&a->zip, i);

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
	uint8_t *out;
	size_t i;

	if (!find_entry(a, name, &i))
		return ef_fail(err, EF_E_INPUT, "the archive has no '%.100s'", name);
	if (!ef_unzip_size(&a->zip, i, EF_MAX_IMAGE, ret_len, err))
		return false;
	out = input_alloc(a->in, *ret_len, err);
	*ret = out;
	return out && ef_unzip_read(&a->zip, i, out, *ret_len, err);
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
	for (; i < a->zip.count; i++) {
		const char *name = ef_unzip_name(&a->zip, i);

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
	for (size_t i = 0; i < a->zip.count; i++)
		if (!input_path_check(src, ef_unzip_name(&a->zip, i), err))
			return false;
	return true;
}

/* The only firmware file of the archive, if there is but one. */
static bool read_single(const struct input_src *src, struct ef_input *in, struct ef_err *err)
{
	static const char *const ends[] = { ".bin", ".hex", ".uf2" };
	char name[EF_INPUT_NAME_SIZE] = "";
	struct input_src one = *src;

	for (size_t i = 0; i < EF_ARRAY_LEN(ends) && !*name; i++)
		if (!input_find(src, ends[i], "", name, err))
			return false;
	if (!*name)
		return ef_fail(err, EF_E_INPUT,
			       "the archive has no manifest.json, no flasher_args.json and no "
			       "firmware file");
	one.name = name;
	return input_file(src, name, &one.data, &one.len, err) && input_read(&one, in, err);
}

/* With everything in one folder, names are relative to that. */
static void enter_folder(struct input_src *src, const struct archive *a)
{
	const char *first = a->zip.count ? ef_unzip_name(&a->zip, 0) : "";
	const char *slash = strchr(first, '/');
	size_t len = slash ? (size_t)(slash - first) + 1 : 0;

	for (size_t i = 0; i < a->zip.count; i++)
		if (strncmp(ef_unzip_name(&a->zip, i), first, len) != 0)
			return;
	if (len < sizeof(src->base))
		(void)ef_snprintf(src->base, sizeof(src->base), "%.*s", (int)len, first);
}

static bool read_archive(const struct input_src *src, struct archive *a, struct ef_input *in,
			 struct ef_err *err)
{
	const struct ef_input_files files = { a, archive_read_file, archive_exists, archive_list,
					      NULL };
	struct input_src inner = {
		.name = "", .files = &files, .opts = src->opts, .depth = src->depth + 1
	};

	if (!check_names(&inner, a, err))
		return false;
	enter_folder(&inner, a);
	in->format = NULL;
	return input_is_known(&inner) ? input_read(&inner, in, err) : read_single(&inner, in, err);
}

static bool archive_is(const struct input_src *src)
{
	return src->data && src->content == EF_CONTENT_ZIP;
}

static bool archive_read(const struct input_src *src, struct ef_input *in, struct ef_err *err)
{
	struct archive a = { .in = in };
	bool ok;

	if (src->depth > 1)
		return ef_fail(err, EF_E_INPUT, "it is an archive within an archive");
	ok = ef_unzip_open(&a.zip, src->data, src->len, ENTRIES_MAX, err) &&
	     read_archive(src, &a, in, err);
	ef_unzip_close(&a.zip);
	in->elf[0] = '\0'; /* the monitor opens files only */
	return ok;
}

const struct input_format input_archive = { "a zip archive", archive_is, archive_read };
