/* SPDX-License-Identifier: MIT */
/* Writes a bundle, or the app in it, as one file. */
#include "cli/bundle/bundle.h"

#include <stdlib.h>

static bool take_app(const struct bundle *b, struct ef_region *ret, struct ef_err *err)
{
	struct ef_input_part p;

	if (!bundle_find_app(b, &p, err))
		return false;
	if (p.is_app && b->args->idf.format != SAVE_RAW)
		return bundle_needs_places(b, err);
	*ret = (struct ef_region){ p.addr, p.data, p.len, "app" };
	return true;
}

static void take_all(const struct bundle *b, struct ef_region *ret)
{
	for (size_t i = 0; i < b->parts->part_count; i++) {
		const struct ef_input_part *p = &b->parts->parts[i];

		ret[i] = (struct ef_region){ p->addr, p->data, p->len, p->name };
	}
}

/* esptool pads only on request; espflash always pads a merged image. */
static uint32_t end_for(const struct bundle *b)
{
	const struct save_image_args *a = b->args;

	if (a->pad_to_size)
		return (uint32_t)a->pad_to_size;
	return b->kind == BUNDLE_ELF && !a->skip_padding ? b->flash_size : 0;
}

static bool make_raw(const struct bundle *b, const struct ef_region *r, size_t count, uint8_t **ret,
		     size_t *ret_len, struct ef_err *err)
{
	return ef_output_raw(r, count, b->args->target_offset.value, end_for(b), ret, ret_len, err);
}

static bool make_uf2(const struct bundle *b, const struct ef_region *r, size_t count, uint8_t **ret,
		     size_t *ret_len, struct ef_err *err)
{
	const struct ef_uf2_opts opts = {
		.family = b->chip ? b->chip->image.uf2_family : 0,
		.chunk = b->args->chunk_size.value,
		.no_md5 = b->args->no_md5,
	};

	return bundle_needs_chip(b, err) && ef_output_uf2(r, count, &opts, ret, ret_len, err);
}

static bool make(const struct bundle *b, const struct ef_region *r, size_t count, uint8_t **ret,
		 size_t *ret_len, struct ef_err *err)
{
	switch ((enum save_format)b->args->idf.format) {
	case SAVE_HEX:
		return ef_output_ihex(r, count, ret, ret_len, err);
	case SAVE_UF2:
		return make_uf2(b, r, count, ret, ret_len, err);
	case SAVE_RAW:
		break;
	}
	return make_raw(b, r, count, ret, ret_len, err);
}

/* A single app is the file as it is, so it is not copied. */
static bool write_regions(const struct bundle *b, const struct ef_region *r, size_t count,
			  const char *path, size_t *ret_len, struct ef_err *err)
{
	uint8_t *file = NULL;
	bool ok;

	if (!bundle_is_merged(b) && b->args->idf.format == SAVE_RAW) {
		*ret_len = r->len;
		return ef_file_write(path, r->data, r->len, err);
	}
	ok = make(b, r, count, &file, ret_len, err) && ef_file_write(path, file, *ret_len, err);
	free(file);
	return ok;
}

bool bundle_write_file(const struct bundle *b, const char *path, size_t *ret_len,
		       struct ef_err *err)
{
	struct ef_region *regions = calloc(b->parts->part_count + 1, sizeof(*regions));
	size_t count = bundle_is_merged(b) ? b->parts->part_count : 1;
	bool ok;

	if (!regions)
		return ef_fail(err, EF_E_IO, "out of memory");
	if (bundle_is_merged(b)) {
		take_all(b, regions);
		ok = bundle_needs_places(b, err);
	} else {
		ok = take_app(b, regions, err);
	}
	ok = ok && write_regions(b, regions, count, path, ret_len, err);
	free(regions);
	return ok;
}
