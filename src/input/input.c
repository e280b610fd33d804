/* SPDX-License-Identifier: MIT */
/* Has the table of the forms of input, and finds the parts of a thing. */
#include "input/input_priv.h"

#include <stdlib.h>

/* The first form that fits is used. */
static const struct input_format *const formats[] = {
	/* the order matters only if one thing has two forms: build systems come before files */
	&input_idf,
	&input_idf_project,
	&input_idf_args,
	&input_zephyr,
	&input_nuttx_merged,
	&input_nuttx,
	&input_sketch,
	&input_mos,
	&input_web,
	&input_ihex,
	&input_uf2,
	&input_gzip,
	&input_archive,
	&input_bare,
	&input_merged,
	&input_app,
	/* must follow all forms of build folders */
	&input_only_file,
};

static const struct input_format *find_format(const struct input_src *src)
{
	for (size_t i = 0; i < EF_ARRAY_LEN(formats); i++)
		if (formats[i]->is(src))
			return formats[i];
	return NULL;
}

static bool fail_unknown(const struct input_src *src, struct ef_err *err)
{
	if (!src->data) {
		ef_fail(err, EF_E_INPUT, "the folder has no build that is known");
		return ef_hint_set(err, EF_HINT_INPUT_FOLDER);
	}
	ef_fail(err, EF_E_INPUT, "it is %s, and its place in flash is unknown",
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

static bool read_src(struct input_src *src, struct ef_input *in, struct ef_err *err);

static bool read_inner(const struct input_format *format, const struct input_src *src,
		       struct ef_input *in, struct ef_err *err)
{
	struct input_src inner;
	bool ok;

	if (!format->open(src, in, &inner, err))
		return false;
	ok = read_src(&inner, in, err);
	if (format->close)
		format->close(&inner);
	if (src->data)
		in->elf[0] = '\0'; /* the monitor can't open a file that is inside another one */
	return ok;
}

static bool read_format(const struct input_format *format, const struct input_src *src,
			struct ef_input *in, struct ef_err *err)
{
	if (!in->format)
		in->format = format->name;
	return format->read ? format->read(src, in, err) : read_inner(format, src, in, err);
}

/* Recognize and read. A thing may contain another one, up to the depth that the forms allow. */
static bool read_src(struct input_src *src, struct ef_input *in, struct ef_err *err)
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
	ok = format ? read_format(format, src, in, err) : fail_unknown(src, err);
	input_json_free(src->json);
	src->json = NULL;
	return ok;
}

static bool open_src(struct input_src *src, struct ef_input *in, struct ef_err *err)
{
	return read_src(src, in, err) && input_finish(src, in, err);
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
