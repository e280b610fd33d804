/* SPDX-License-Identifier: MIT */
/* Opens the files of a thing, and lists its folders, for the library. */
#include "cli/firmware/thing.h"

#include <dirent.h>
#include <stdlib.h>

#include <espflash/content.h>

/* ---- struct ef_input_files ---- */

static void path_of(const struct thing *t, const char *name, char ret[THING_PATH_SIZE])
{
	(void)ef_snprintf(ret, THING_PATH_SIZE, "%s%s", name[0] == '/' ? "" : t->folder, name);
}

/* The real path of the folder, with a slash at its end, is where the real path of a file begins. */
static bool begins_with(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	while (len && folder[len - 1] == '/')
		len--;
	return strncmp(path, folder, len) == 0 && path[len] == '/';
}

static bool is_inside(const struct thing *t, const char *real)
{
	bool is = begins_with(real, t->real_folder);

	for (size_t i = 0; i < t->entered_count && !is; i++)
		is = begins_with(real, t->entered[i]);
	return is;
}

/*
 * The library refuses names that lead out of the folder, but a symbolic link in it could lead out
 * as well. If the path leads out, returns it without links, and the caller frees it; else returns
 * NULL, also for a path that can't be resolved: the function that opens it reports that.
 */
static char *leads_out(struct thing *t, const char *path)
{
	char *real = realpath(path, NULL);

	if (!t->real_folder)
		t->real_folder = realpath(*t->folder ? t->folder : ".", NULL);
	if (t->real_folder && real && !is_inside(t, real))
		return real;
	free(real);
	return NULL;
}

static bool check_links(struct thing *t, const char *name, const char *path, struct ef_err *err)
{
	char *real = t->allows_outside ? NULL : leads_out(t, path);

	if (!real)
		return true;
	ef_fail(err, EF_E_INPUT, "the part '%s' is a link to '%s', outside the folder", name, real);
	free(real);
	return ef_hint_set(err, EF_HINT_INPUT_OUTSIDE);
}

/* Check each folder on the way, because any of them may be the link. */
static bool check_trust(const struct thing *t, const char *folder, struct ef_err *err)
{
	const char *sudo_uid = getenv("SUDO_UID");
	char path[THING_PATH_SIZE];

	for (const char *at = folder, *end; *at; at = *end ? end + 1 : end) {
		enum ef_trust trust;

		end = at + strcspn(at, "/");
		(void)ef_snprintf(path, sizeof(path), "%s%.*s", t->folder, (int)(end - folder),
				  folder);
		trust = ef_folder_trust(path, sudo_uid);
		if (trust == EF_TRUST_OK)
			continue;
		ef_fail(err, EF_E_INPUT, "the build folder '%s' is not used: %s", path,
			ef_trust_words(trust));
		return ef_hint_set(err, EF_HINT_INPUT_OUTSIDE);
	}
	return true;
}

/* A build folder may be a link, to a RAM disk for instance: then its parts are there. */
static bool enter(void *user, const char *folder, struct ef_err *err)
{
	struct thing *t = user;
	char path[THING_PATH_SIZE], **grown;
	char *real;

	path_of(t, folder, path);
	real = t->allows_outside ? NULL : leads_out(t, path);
	if (!real)
		return true;
	if (!check_trust(t, folder, err)) {
		free(real);
		return false;
	}
	grown = realloc(t->entered, (t->entered_count + 1) * sizeof(*grown));
	if (!grown) {
		free(real);
		return ef_fail(err, EF_E_IO, "out of memory");
	}
	t->entered = grown;
	t->entered[t->entered_count++] = real;
	return true;
}

static bool read_file(void *user, const char *name, const uint8_t **ret, size_t *ret_len,
		      struct ef_err *err)
{
	struct thing *t = user;
	char path[THING_PATH_SIZE];
	struct ef_map *map;

	path_of(t, name, path);
	if (!check_links(t, name, path, err))
		return false;
	if (t->file_count == THING_FILES_MAX)
		return ef_fail(err, EF_E_INPUT, "there are more than %u files", THING_FILES_MAX);
	if (!t->files && !(t->files = calloc(THING_FILES_MAX, sizeof(*t->files))))
		return ef_fail(err, EF_E_IO, "out of memory");
	map = &t->files[t->file_count];
	if (!ef_map_open(map, path, EF_MAX_IMAGE, err))
		return false;
	t->file_count++;
	*ret = map->data;
	*ret_len = map->len;
	return true;
}

static bool exists(void *user, const char *name)
{
	const struct thing *t = user;
	char path[THING_PATH_SIZE];

	path_of(t, name, path);
	return ef_file_exists(path);
}

static void forget_names(struct thing *t)
{
	for (size_t i = 0; i < t->name_count; i++)
		free(t->names[i]);
	t->name_count = 0;
	t->is_listed = false;
}

static void add_name(struct thing *t, const char *folder, const char *name)
{
	char path[THING_PATH_SIZE], text[300];

	if (name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2])))
		return;
	(void)ef_snprintf(path, sizeof(path), "%s/%s", folder, name);
	(void)ef_snprintf(text, sizeof(text), "%s%s", name, ef_folder_exists(path) ? "/" : "");
	t->names[t->name_count] = strdup(text);
	if (t->names[t->name_count])
		t->name_count++;
}

static void list_folder(struct thing *t, const char *folder)
{
	char path[THING_PATH_SIZE];
	struct dirent *entry;
	DIR *dir;

	forget_names(t);
	(void)ef_strlcpy(t->listed, sizeof(t->listed), folder);
	t->is_listed = true;
	path_of(t, folder, path);
	if (!t->names && !(t->names = calloc(THING_NAMES_MAX, sizeof(*t->names))))
		return;
	dir = opendir(*path ? path : ".");
	if (!dir)
		return;
	while (t->name_count < THING_NAMES_MAX && (entry = readdir(dir)))
		add_name(t, *path ? path : ".", entry->d_name);
	closedir(dir);
	qsort(t->names, t->name_count, sizeof(*t->names), ef_by_name);
}

static const char *list(void *user, const char *folder, size_t i)
{
	struct thing *t = user;

	if (!t->is_listed || strcmp(t->listed, folder) != 0)
		list_folder(t, folder);
	return i < t->name_count ? t->names[i] : NULL;
}

/* ---- opening ---- */

/* Set the folder: the thing itself, or the folder that contains the file. */
static void set_folder(struct thing *t)
{
	if (t->is_folder)
		(void)ef_snprintf(t->folder, sizeof(t->folder), "%s%s", t->path,
				  ef_ends_with(t->path, "/") ? "" : "/");
	else
		(void)ef_snprintf(t->folder, sizeof(t->folder), "%.*s",
				  (int)(ef_base_name(t->path) - t->path), t->path);
}

static bool open_own(struct thing *t, const char *path, struct ef_err *err)
{
	memset(t, 0, sizeof(*t));
	/* esptool's and ESP-IDF's spelling of a file of arguments: @flash_args */
	t->path = path[0] == '@' && !ef_file_exists(path) ? path + 1 : path;
	t->is_folder = ef_folder_exists(t->path);
	if (strlen(t->path) + 2 > sizeof(t->folder))
		return ef_fail(err, EF_E_INPUT, "the path is too long");
	set_folder(t);
	return t->is_folder || ef_map_open(&t->own, t->path, EF_MAX_IMAGE, err);
}

static struct ef_input_files files_of(struct thing *t)
{
	return (struct ef_input_files){ t, read_file, exists, list, enter };
}

static bool is_image(const struct ef_map *own)
{
	enum ef_content kind = ef_content_of(own->data, own->len);

	return kind == EF_CONTENT_IMAGE || kind == EF_CONTENT_ESP8266 || kind == EF_CONTENT_TABLE ||
	       kind == EF_CONTENT_BLANK || kind == EF_CONTENT_UNKNOWN;
}

/* A pipe can be read only once, so we leave it to the command. */
static bool is_plain(const char *path)
{
	return ef_folder_exists(path) || ef_file_exists(path) ||
	       (path[0] == '@' && ef_file_exists(path + 1));
}

bool thing_is(const char *path, struct ef_map *ret_elf)
{
	struct ef_err ignored =
		EF_ERR_INIT; /* the command reports the error when it opens the file itself */
	struct thing t;
	bool is;

	*ret_elf = (struct ef_map){ .handle = NULL };
	if (!is_plain(path) || !open_own(&t, path, &ignored))
		return false;
	is = t.is_folder || (t.own.len && !ef_is_elf(t.own.data, t.own.len));
	if (!is && t.path == path) {
		*ret_elf = t.own;
		t.own = (struct ef_map){ .handle = NULL };
	}
	thing_release(&t);
	return is;
}

bool thing_not_elf(struct cli *cli, const char *path, struct ef_err *err)
{
	const char *option = cli_given_for(cli, OPT_FOR_BUILD);

	if (!option || !ef_file_exists(path))
		return true;
	return ef_fail(err, EF_E_USAGE,
		       "'--%s' goes with a build or a download, and '%s' is taken for an ELF",
		       option, path);
}

bool thing_is_container(const char *path)
{
	struct ef_err ignored = EF_ERR_INIT; /* the same */
	struct thing t = { .path = path };
	struct ef_input_files files = files_of(&t);
	bool is = is_plain(path) && open_own(&t, path, &ignored) &&
		  (t.is_folder ||
		   (!is_image(&t.own) && ef_input_is_known(t.own.data, t.own.len, &files)));

	thing_release(&t);
	return is;
}

struct ef_input_opts thing_opts(const struct thing_args *args, const struct ef_chip *chip)
{
	return (struct ef_input_opts){ .chip = chip,
				       .environment = args->environment,
				       .fills_gaps = args->fill_gaps,
				       .keeps_fs = args->keep_fs };
}

bool thing_open(struct thing *t, const char *path, const struct ef_input_opts *opts,
		struct ef_err *err)
{
	struct ef_input_files files = files_of(t);

	if (!open_own(t, path, err))
		return false;
	t->allows_outside = opts->allows_outside;
	return ef_input_open(t->is_folder ? "" : ef_base_name(t->path), t->own.data, t->own.len,
			     &files, opts, &t->input, err) ||
	       ef_context(err, "'%s'", t->path);
}

void thing_release(struct thing *t)
{
	ef_input_release(&t->input);
	for (size_t i = 0; i < t->file_count; i++)
		ef_map_release(&t->files[i]);
	t->file_count = 0;
	free(t->files);
	t->files = NULL;
	for (size_t i = 0; i < t->entered_count; i++)
		free(t->entered[i]);
	t->entered_count = 0;
	free(t->entered);
	t->entered = NULL;
	forget_names(t);
	free(t->names);
	t->names = NULL;
	free(t->real_folder);
	t->real_folder = NULL;
	ef_map_release(&t->own);
}

bool thing_elf(const struct thing *t, char ret[THING_PATH_SIZE])
{
	if (!*t->input.elf)
		return false;
	path_of(t, t->input.elf, ret);
	return true;
}
