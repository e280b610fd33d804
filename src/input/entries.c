/* SPDX-License-Identifier: MIT */
/*
 * Gives two kinds of archives one interface. A tar is not compressed, so its entries are borrowed.
 */
#include "input/entries.h"

#include <stdlib.h>

#include "base/tar.h"

#define ENTRIES_MAX 4096u

struct input_tar_entry {
	const char *name;
	const uint8_t *data;
	size_t len;
};

bool input_entries_are(const struct input_src *src)
{
	return src->data && (src->content == EF_CONTENT_ZIP || ef_tar_is(src->data, src->len));
}

/* ---- tar ---- */

/* "tar cf x.tar ." writes "./" before each name. */
static const char *inner_name(const char *name)
{
	while (strncmp(name, "./", 2) == 0)
		name += 2;
	return name;
}

static bool add_entry(struct input_entries *e, const struct ef_tar_entry *entry,
		      struct ef_input *in, struct ef_err *err)
{
	const char *name;

	if (e->count == ENTRIES_MAX)
		return ef_fail(err, EF_E_INPUT, "the archive has more than %u entries",
			       ENTRIES_MAX);
	name = input_text(in, inner_name(entry->name), err);
	if (!name)
		return false;
	e->tar[e->count++] = (struct input_tar_entry){ name, entry->data, entry->len };
	return true;
}

/* Names that lead out of the archive are kept for the caller, which refuses them. */
static bool open_tar(struct input_entries *e, const struct input_src *src, struct ef_input *in,
		     struct ef_err *err)
{
	struct ef_tar tar = { .data = src->data, .len = src->len };
	struct ef_tar_entry entry;

	e->tar = calloc(ENTRIES_MAX, sizeof(*e->tar));
	if (!e->tar)
		return ef_fail(err, EF_E_IO, "out of memory");
	do {
		if (!ef_tar_next(&tar, &entry, err))
			return false;
		if ((entry.is_file || (*entry.name && !ef_entry_is_inside(entry.name))) &&
		    !add_entry(e, &entry, in, err))
			return false;
	} while (!entry.is_end);
	return true;
}

/* ---- both ---- */

bool input_entries_open(struct input_entries *e, const struct input_src *src, struct ef_input *in,
			struct ef_err *err)
{
	if (src->content != EF_CONTENT_ZIP)
		return open_tar(e, src, in, err);
	if (!ef_unzip_open(&e->zip, src->data, src->len, ENTRIES_MAX, err))
		return false;
	e->count = e->zip.count;
	return true;
}

void input_entries_close(struct input_entries *e)
{
	ef_unzip_close(&e->zip);
	free(e->tar);
	e->tar = NULL;
}

const char *input_entry_name(const struct input_entries *e, size_t i)
{
	return e->tar ? e->tar[i].name : ef_unzip_name(&e->zip, i);
}

bool input_entry_read(const struct input_entries *e, size_t i, struct ef_input *in,
		      const uint8_t **ret, size_t *ret_len, struct ef_err *err)
{
	uint8_t *out;

	if (e->tar) {
		*ret = e->tar[i].data;
		*ret_len = e->tar[i].len;
		return true;
	}
	if (!ef_unzip_size(&e->zip, i, EF_MAX_IMAGE, ret_len, err))
		return false;
	out = input_alloc(in, *ret_len, err);
	*ret = out;
	return out && ef_unzip_read(&e->zip, i, out, *ret_len, err);
}
