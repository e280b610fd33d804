/* SPDX-License-Identifier: MIT */
/*
 * Knows the forms of save-image's arguments: a thing and perhaps an output file, or addresses with
 * files and perhaps an output file.
 */
#include "cli/bundle/bundle_pairs.h"

bool bundle_is_pairs(const struct save_image_args *args)
{
	uint32_t addr;

	return args->more.count > 0 && ef_parse_u32(args->file, UINT32_MAX, &addr) &&
	       !ef_file_exists(args->file);
}

const char *bundle_output(const struct save_image_args *args)
{
	const struct opt_list *more = &args->more;
	bool is_word = bundle_is_pairs(args) ? more->count % 2 == 0 : more->count == 1;

	return !args->output && is_word ? more->item[more->count - 1] : NULL;
}

static bool open_pair(struct bundle *b, const char *place, const char *path,
		      struct ef_input_pair *ret, struct ef_err *err)
{
	struct ef_map *map = &b->files[b->file_count];

	if (!ef_parse_u32(place, UINT32_MAX, &ret->addr)) {
		ef_fail(err, EF_E_USAGE, "'%s' is not an address", place);
		return ef_hint_own(err, "places and files come in pairs: ADDRESS FILE ADDRESS "
					"FILE; the file to write comes last, or after --output");
	}
	if (!ef_map_open(map, path, EF_MAX_IMAGE, err))
		return false;
	b->paths[b->file_count++] = path;
	ret->data = map->data;
	ret->len = map->len;
	ret->file = path;
	return true;
}

bool bundle_open_pairs(struct bundle *b, const struct ef_input_opts *opts, struct ef_err *err)
{
	const struct opt_list *more = &b->args->more;
	size_t words = more->count - (bundle_output(b->args) ? 1 : 0);
	struct ef_input_pair pairs[BUNDLE_FILES_MAX];
	const char *place = b->args->file;

	if (words % 2 == 0) {
		ef_fail(err, EF_E_USAGE, "'%s' has no file", words ? more->item[words - 1] : place);
		return ef_hint_own(err,
				   "places and files come in pairs: ADDRESS FILE ADDRESS FILE");
	}
	for (size_t i = 0; i < words; i += 2) {
		if (!open_pair(b, place, more->item[i], &pairs[b->file_count], err))
			return false;
		place = i + 1 < words ? more->item[i + 1] : NULL;
	}
	return ef_input_from_pairs(pairs, b->file_count, opts, &b->in, err);
}
