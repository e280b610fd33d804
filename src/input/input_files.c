/* SPDX-License-Identifier: MIT */
/*
 * Checks the names of files inside a thing. No name in a manifest or an archive may lead out of it.
 */
#include "input/input_priv.h"

const char *input_file_name(const char *path)
{
	const char *name = ef_base_name(path), *back = strrchr(name, '\\');

	return back ? back + 1 : name;
}

bool input_path_check(const struct input_src *src, const char *name, struct ef_err *err)
{
	if (!*name)
		return ef_fail(err, EF_E_INPUT, "a part has no file name");
	if (strlen(name) + strlen(src->base) >= EF_INPUT_NAME_SIZE)
		return ef_fail(err, EF_E_INPUT, "the file name '%.40s...' is too long", name);
	if ((!ef_path_climbs(name) && !ef_path_is_absolute(name)) ||
	    (src->opts->allows_outside && src->depth == 0))
		return true;
	ef_fail(err, EF_E_INPUT, "the part '%s' is %s", name,
		ef_path_is_absolute(name) ? "named by an absolute path" : "outside the folder");
	return ef_hint_set(err, src->depth ? EF_HINT_INPUT_OUTSIDE_ARCHIVE : EF_HINT_INPUT_OUTSIDE);
}

/* The part after the last slash; names from Windows have backslashes. */
bool input_name_check(const struct input_src *src, const char *name, struct ef_err *err)
{
	const char *last = input_file_name(name);

	if (!input_path_check(src, name, err))
		return false;
	return (*last && strcmp(last, ".") != 0 && strcmp(last, "..") != 0) ||
	       ef_fail(err, EF_E_INPUT, "the part '%s' is a folder, not a file", name);
}

/* Put the base before relative names only. */
static void full_name(const struct input_src *src, const char *name, char ret[EF_INPUT_NAME_SIZE])
{
	(void)ef_snprintf(ret, EF_INPUT_NAME_SIZE, "%s%s",
			  ef_path_is_absolute(name) ? "" : src->base, name);
	for (char *p = ret; *p; p++)
		if (*p == '\\')
			*p = '/';
}

bool input_exists(const struct input_src *src, const char *name)
{
	char full[EF_INPUT_NAME_SIZE];

	if (!src->files || strlen(name) + strlen(src->base) >= sizeof(full))
		return false;
	full_name(src, name, full);
	return src->files->exists(src->files->user, full);
}

bool input_file(const struct input_src *src, const char *name, const uint8_t **ret, size_t *ret_len,
		struct ef_err *err)
{
	char full[EF_INPUT_NAME_SIZE];

	if (!input_name_check(src, name, err))
		return false;
	full_name(src, name, full);
	return src->files->read(src->files->user, full, ret, ret_len, err);
}

const char *input_inside(const struct input_src *src, const char *path)
{
	const char *at = path;

	if (!ef_path_is_absolute(path))
		return path;
	for (unsigned i = 0; i < 32 && (at = strpbrk(at, "/\\")); i++)
		if (input_exists(src, ++at))
			return at;
	return path;
}

void input_set_elf(const struct input_src *src, struct ef_input *in, const char *name)
{
	if (*name && strlen(src->base) + strlen(name) < sizeof(in->elf) &&
	    !ef_path_is_absolute(name) && !ef_path_climbs(name) && input_exists(src, name))
		(void)ef_snprintf(in->elf, sizeof(in->elf), "%s%s", src->base, name);
}

bool input_find(const struct input_src *src, const char *end, const char *not_end,
		char ret[EF_INPUT_NAME_SIZE], struct ef_err *err)
{
	const char *name;

	*ret = '\0';
	for (size_t i = 0; (name = src->files->list(src->files->user, src->base, i)); i++) {
		if (!ef_ends_with(name, end) || (*not_end && ef_ends_with(name, not_end)))
			continue;
		if (*ret) {
			ef_fail(err, EF_E_INPUT, "both '%s' and '%s' could be meant", ret, name);
			return ef_hint_set(err, EF_HINT_INPUT_SEVERAL_FILES);
		}
		if (!ef_strlcpy(ret, EF_INPUT_NAME_SIZE, name))
			*ret = '\0';
	}
	return true;
}

bool input_enter(struct input_src *src, const char *folder, struct ef_err *err)
{
	size_t len = strlen(src->base);

	if (!input_path_check(src, folder, err))
		return false;
	(void)ef_snprintf(src->base + len, sizeof(src->base) - len, "%s", folder);
	if (src->files->enter && !src->files->enter(src->files->user, src->base, err))
		return false;
	len = strlen(src->base);
	(void)ef_snprintf(src->base + len, sizeof(src->base) - len, "/");
	return true;
}
