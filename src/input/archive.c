/* SPDX-License-Identifier: MIT */
/*
 * A zip archive: its entries are the files around the thing in it. Sizes are those of the
 * archive's directory, and are tested against the ceilings before anything is unpacked; an
 * entry that unpacks to more is damaged.
 */
#include "input/input_priv.h"

#include <zip.h>

#define ENTRIES_MAX 4096

struct archive {
	zip_t *zip;
	size_t count;
	struct ef_input *in; /* owns what is unpacked */
};

static const char *entry_name(const struct archive *a, size_t i)
{
	const char *name = zip_get_name(a->zip, i, ZIP_FL_ENC_GUESS);

	return name ? name : "";
}

/* The entry of this name, else one in any folder with the same last part, as mos finds it. */
static bool find_entry(const struct archive *a, const char *name, size_t *ret)
{
	const char *base = ef_base_name(name);

	for (unsigned pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < a->count; i++) {
			const char *entry = entry_name(a, i);

			if (strcmp(pass ? ef_base_name(entry) : entry, pass ? base : name) !=
				    0 ||
			    !*base)
				continue;
			*ret = i;
			return true;
		}
	return false;
}

static bool fail_entry(const char *name, const char *why, struct ef_err *err)
{
	return ef_fail(err, EF_E_INPUT, "'%.100s' in the archive %s", name, why);
}

static bool unpack(struct archive *a, size_t i, const char *name, const uint8_t **ret,
		   size_t *ret_len, struct ef_err *err)
{
	struct zip_stat st;
	zip_file_t *file;
	zip_int64_t got;
	uint8_t *out, extra;
	bool is_whole;

	if (zip_stat_index(a->zip, i, 0, &st) != 0 || !(st.valid & ZIP_STAT_SIZE))
		return fail_entry(name, "has no size", err);
	if (st.size > EF_MAX_IMAGE)
		return fail_entry(name, "is larger than a flash can be", err);
	out = input_alloc(a->in, (size_t)st.size, err);
	if (!out)
		return false;
	file = zip_fopen_index(a->zip, i, 0);
	if (!file)
		return fail_entry(name, "can't be unpacked: it is encrypted, or damaged", err);
	got = zip_fread(file, out, st.size);
	/* the read past the end makes libzip compare the CRC */
	is_whole = got >= 0 && (zip_uint64_t)got == st.size && zip_fread(file, &extra, 1) == 0;
	if (zip_fclose(file) != 0 || !is_whole)
		return fail_entry(name, "is damaged", err);
	*ret = out;
	*ret_len = (size_t)st.size;
	return true;
}

/* ---- struct ef_input_files ---- */

static bool archive_read_file(void *user, const char *name, const uint8_t **ret, size_t *ret_len,
			      struct ef_err *err)
{
	struct archive *a = user;
	size_t i;

	if (!find_entry(a, name, &i))
		return ef_fail(err, EF_E_INPUT, "the archive has no '%.100s'", name);
	return unpack(a, i, name, ret, ret_len, err);
}

static bool archive_exists(void *user, const char *name)
{
	size_t i;

	return find_entry(user, name, &i);
}

/* Every file below the folder counts: archives are shallow. */
static const char *archive_list(void *user, const char *folder, size_t n)
{
	const struct archive *a = user;
	size_t len = strlen(folder);

	for (size_t i = 0; i < a->count; i++) {
		const char *name = entry_name(a, i);

		if (strncmp(name, folder, len) != 0 || !name[len] || ef_ends_with(name, "/"))
			continue;
		if (n-- == 0)
			return name + len;
	}
	return NULL;
}

/* ---- the archive ---- */

static bool zip_open_bytes(const struct input_src *src, struct archive *a, struct ef_err *err)
{
	zip_error_t error;
	zip_source_t *source;

	zip_error_init(&error);
	source = zip_source_buffer_create(src->data, src->len, 0, &error);
	a->zip = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : NULL;
	if (!a->zip) {
		ef_fail(err, EF_E_INPUT, "the archive is damaged: %s", zip_error_strerror(&error));
		zip_source_free(source);
	}
	zip_error_fini(&error);
	return a->zip != NULL;
}

static bool check_entries(const struct input_src *src, struct archive *a, struct ef_err *err)
{
	zip_int64_t count = zip_get_num_entries(a->zip, 0);

	if (count < 0 || count > ENTRIES_MAX)
		return ef_fail(err, EF_E_INPUT, "the archive has more than %u entries",
			       ENTRIES_MAX);
	a->count = (size_t)count;
	for (size_t i = 0; i < a->count; i++)
		if (!input_name_check(src, entry_name(a, i), err))
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
	const char *first = a->count ? entry_name(a, 0) : "";
	const char *slash = strchr(first, '/');
	size_t len = slash ? (size_t)(slash - first) + 1 : 0;

	for (size_t i = 0; i < a->count; i++)
		if (strncmp(entry_name(a, i), first, len) != 0)
			return;
	if (len < sizeof(src->base))
		(void)ef_snprintf(src->base, sizeof(src->base), "%.*s", (int)len, first);
}

static bool read_archive(const struct input_src *src, struct archive *a, struct ef_input *in,
			 struct ef_err *err)
{
	const struct ef_input_files files = { a, archive_read_file, archive_exists, archive_list };
	struct input_src inner = {
		.name = "", .files = &files, .opts = src->opts, .depth = src->depth + 1
	};

	if (!check_entries(&inner, a, err))
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
	ok = zip_open_bytes(src, &a, err) && read_archive(src, &a, in, err);
	if (a.zip)
		zip_discard(a.zip);
	in->elf[0] = '\0'; /* the monitor opens files only */
	return ok;
}

const struct input_format input_archive = { "a zip archive", archive_is, archive_read };
