/* SPDX-License-Identifier: MIT */
/*
 * A folder in memory, for the input layer: one text with a line "=== NAME" before the content of
 * each file. A newline at the end of the content is not part of it.
 */
#ifndef EF_TESTS_INPUT_FOLDER_H
#define EF_TESTS_INPUT_FOLDER_H

#include <string.h>

#include <espflash/input.h>

#define FOLDER_FILES_MAX 32

struct folder_file {
	char name[128];
	const uint8_t *data;
	size_t len;
};

struct folder {
	struct folder_file file[FOLDER_FILES_MAX];
	size_t count;
	char listed[128];
};

/* The next line that begins a file; end if there is none. */
static const uint8_t *folder_mark(const uint8_t *p, const uint8_t *end)
{
	for (const uint8_t *at = p; end - at >= 4; at++)
		if (memcmp(at, "=== ", 4) == 0 && (at == p || at[-1] == '\n'))
			return at;
	return end;
}

static void folder_read(struct folder *f, const uint8_t *data, size_t len)
{
	const uint8_t *end = data + len, *at = folder_mark(data, end);

	f->count = 0;
	while (at < end && f->count < FOLDER_FILES_MAX) {
		struct folder_file *file = &f->file[f->count];
		const uint8_t *name = at + 4, *line, *next;
		size_t n;

		line = memchr(name, '\n', (size_t)(end - name));
		if (!line)
			return;
		next = folder_mark(line + 1, end);
		n = (size_t)(line - name);
		if (n < sizeof(file->name) && n && !memchr(name, '\0', n)) {
			memcpy(file->name, name, n);
			file->name[n] = '\0';
			file->data = line + 1;
			file->len = (size_t)(next - line - 1);
			file->len -= file->len && next[-1] == '\n';
			f->count++;
		}
		at = next;
	}
}

static const struct folder_file *folder_find(const struct folder *f, const char *name)
{
	for (size_t i = 0; i < f->count; i++)
		if (strcmp(f->file[i].name, name) == 0)
			return &f->file[i];
	return NULL;
}

static bool folder_read_file(void *user, const char *name, const uint8_t **ret, size_t *ret_len,
			     struct ef_err *err)
{
	const struct folder_file *file = folder_find(user, name);

	if (!file)
		return ef_fail(err, EF_E_INPUT, "there is no '%s'", name);
	*ret = file->data;
	*ret_len = file->len;
	return true;
}

static bool folder_exists(void *user, const char *name)
{
	return folder_find(user, name) != NULL;
}

/* Files of folders below count as the name of their folder, with a slash. */
static const char *folder_list(void *user, const char *name, size_t i)
{
	struct folder *f = user;
	size_t len = strlen(name);

	for (size_t k = 0; k < f->count; k++) {
		const char *rest = f->file[k].name + len, *slash;

		if (strncmp(f->file[k].name, name, len) != 0 || !*rest || i-- > 0)
			continue;
		slash = strchr(rest, '/');
		if (!slash)
			return rest;
		memcpy(f->listed, rest, (size_t)(slash - rest) + 1);
		f->listed[slash - rest + 1] = '\0';
		return f->listed;
	}
	return NULL;
}

static struct ef_input_files folder_files(struct folder *f)
{
	return (struct ef_input_files){ f, folder_read_file, folder_exists, folder_list, NULL };
}

#endif
