/* SPDX-License-Identifier: MIT */
/*
 * The table of the forms that are recognized, and the way from a thing to its parts.
 */
#include "input/input_priv.h"

#include <stdlib.h>

const struct input_format *const input_formats[] = {
	/* the order matters only where one thing has two forms: build systems before files */
	&input_idf,   &input_idf_project, &input_idf_args, &input_zephyr,
	&input_nuttx, &input_sketch,      &input_mos,      &input_web,
	&input_ihex,  &input_uf2,         &input_gzip,     &input_archive,
	&input_bare,  &input_merged,      &input_app,      NULL,
};

static const struct input_format *find_format(const struct input_src *src)
{
	for (size_t i = 0; input_formats[i]; i++)
		if (input_formats[i]->is(src))
			return input_formats[i];
	return NULL;
}

static bool fail_unknown(const struct input_src *src, struct ef_err *err)
{
	if (!src->data) {
		ef_fail(err, EF_E_INPUT, "the folder has no build that is known");
		return ef_hint_set(err, EF_HINT_INPUT_FOLDER);
	}
	ef_fail(err, EF_E_INPUT, "it is %s, and nothing tells its place in flash",
		ef_content_name(src->content));
	if (src->content == EF_CONTENT_PACKED)
		return ef_hint_text(err, EF_HINT_INPUT_PACKED, src->name);
	if (src->content == EF_CONTENT_TABLE)
		return ef_hint_text(err, EF_HINT_INPUT_TABLE, src->name);
	if (src->content == EF_CONTENT_MCUBOOT)
		return ef_hint_text(err, EF_HINT_INPUT_MCUBOOT, src->name);
	if (src->content == EF_CONTENT_HTML || src->content == EF_CONTENT_MEDIA ||
	    src->content == EF_CONTENT_PROGRAM)
		return ef_hint_set(err, EF_HINT_INPUT_DOWNLOAD);
	return ef_hint_text(err, EF_HINT_INPUT_PLACE, src->name);
}

static void look(struct input_src *src)
{
	src->content = src->data ? ef_content_of(src->data, src->len) : EF_CONTENT_UNKNOWN;
	src->json = src->content == EF_CONTENT_JSON ? input_json_parse(src->data, src->len) : NULL;
}

bool input_is_known(const struct input_src *src)
{
	return find_format(src) != NULL;
}

bool input_read(struct input_src *src, struct ef_input *in, struct ef_err *err)
{
	const struct input_format *format;
	bool ok;

	look(src);
	if (src->content == EF_CONTENT_JSON && !src->json)
		return ef_fail(err, EF_E_INPUT,
			       src->len > EF_MAX_JSON
				       ? "it is larger than the limit for JSON (1 MiB)"
				       : "it begins as JSON, but is malformed");
	format = find_format(src);
	if (format && !in->format)
		in->format = format->name;
	ok = format ? format->read(src, in, err) : fail_unknown(src, err);
	input_json_free(src->json);
	src->json = NULL;
	return ok;
}

static bool open_src(struct input_src *src, struct ef_input *in, struct ef_err *err)
{
	return input_read(src, in, err) && input_finish(src, in, err);
}

bool ef_input_open(const char *name, const uint8_t *data, size_t len,
		   const struct ef_input_files *files, const struct ef_input_opts *opts,
		   struct ef_input *ret, struct ef_err *err)
{
	struct input_src src = {
		.name = name, .data = data, .len = len, .files = files, .opts = opts
	};

	memset(ret, 0, sizeof(*ret));
	if (open_src(&src, ret, err))
		return true;
	ef_input_release(ret);
	return false;
}

bool ef_input_is_known(const uint8_t *data, size_t len, const struct ef_input_files *files)
{
	const struct ef_input_opts opts = { 0 };
	struct input_src src = {
		.name = "", .data = data, .len = len, .files = files, .opts = &opts
	};
	bool is_known;

	look(&src);
	is_known = find_format(&src) != NULL;
	input_json_free(src.json);
	return is_known;
}

void ef_input_release(struct ef_input *in)
{
	for (size_t i = 0; i < in->owned_count; i++)
		free(in->owned[i]);
	free(in->owned);
	free(in->parts);
	memset(in, 0, sizeof(*in));
}
