/* SPDX-License-Identifier: MIT */
/* Writes a bundle, or the app in it, as one file. */
#include "cli/firmware/bundle.h"

#include <stdlib.h>

#include <espflash/image.h>

static bool is_merged(const struct bundle *b)
{
	return b->args->merge || b->kind == BUNDLE_PAIRS;
}

/* The end of an image that is a piece of a larger file: FF behind it is the file's, not its own. */
static uint32_t app_len(const struct bundle *b, const struct ef_input_part *p)
{
	const struct ef_map *own = &b->thing.own;
	struct ef_err ignored = EF_ERR_INIT; /* then all of it counts */
	struct ef_image_signature signature;
	struct ef_image_info info;
	uint32_t end;

	if (!own->data || p->data < own->data || p->data > own->data + own->len ||
	    p->len == own->len || !ef_image_parse(p->data, p->len, &info, &ignored))
		return p->len;
	end = info.len;
	if (ef_image_signature(p->data, p->len, &info, &signature))
		end = signature.off + EF_SECTOR;
	for (uint32_t at = end; at < p->len; at++)
		if (p->data[at] != 0xff)
			return p->len;
	return end < p->len ? end : p->len;
}

static bool take_app(const struct bundle *b, struct ef_region *ret, struct ef_err *err)
{
	const char *label = b->kind == BUNDLE_THING ? b->args->idf.target_app_partition : NULL;
	const struct ef_input_part *p;

	if (!bundle_find_app(b, label, &p, err))
		return false;
	if (p->is_app && b->args->idf.format != SAVE_RAW)
		return bundle_needs_places(b, err);
	*ret = (struct ef_region){ p->addr, p->data, app_len(b, p), p->name };
	return true;
}

static void take_all(const struct bundle *b, struct ef_region *ret)
{
	for (size_t i = 0; i < b->parts->part_count; i++) {
		const struct ef_input_part *p = &b->parts->parts[i];

		ret[i] = (struct ef_region){ p->addr, p->data, p->len, p->name };
	}
}

/* esptool pads only where it is asked to, espflash a merged image always. */
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
	if (is_merged(b))
		return ef_output_raw(r, count, b->args->target_offset.value, end_for(b), ret,
				     ret_len, err);
	return ef_output_raw(r, count, r->addr, 0, ret, ret_len, err);
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

bool bundle_write_file(const struct bundle *b, const char *path, size_t *ret_len,
		       struct ef_err *err)
{
	struct ef_region *regions = calloc(b->parts->part_count + 1, sizeof(*regions));
	size_t count = is_merged(b) ? b->parts->part_count : 1;
	uint8_t *file = NULL;
	bool ok;

	if (!regions)
		return ef_fail(err, EF_E_IO, "out of memory");
	if (is_merged(b)) {
		take_all(b, regions);
		ok = bundle_needs_places(b, err);
	} else {
		ok = take_app(b, regions, err);
	}
	ok = ok && make(b, regions, count, &file, ret_len, err) &&
	     ef_file_write(path, file, *ret_len, err);
	free(file);
	free(regions);
	return ok;
}
