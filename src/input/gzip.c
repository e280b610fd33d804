/* SPDX-License-Identifier: MIT */
/* A file that gzip compressed (RFC 1952), with any other thing in it. */
#include "input/input_priv.h"

#include "base/gunzip.h"

static bool gzip_is(const struct input_src *src)
{
	return src->data && src->content == EF_CONTENT_GZIP;
}

static bool unpack(const struct input_src *src, struct ef_input *in, const uint8_t **ret,
		   size_t *ret_len, struct ef_err *err)
{
	struct ef_buf content = EF_BUF_INIT(EF_MAX_IMAGE);
	uint8_t *out = NULL;

	if (ef_gunzip(src->data, src->len, &content, err))
		out = input_alloc(in, content.len, err);
	if (out && content.len)
		memcpy(out, content.data, content.len);
	*ret = out;
	*ret_len = content.len;
	ef_buf_release(&content);
	return out != NULL;
}

static bool gzip_read(const struct input_src *src, struct ef_input *in, struct ef_err *err)
{
	struct input_src inner = *src;
	char name[EF_INPUT_NAME_SIZE];

	if (src->depth > 0)
		return ef_fail(err, EF_E_INPUT, "it is an archive within an archive");
	if (!unpack(src, in, &inner.data, &inner.len, err))
		return false;
	(void)ef_strlcpy(name, sizeof(name), src->name);
	if (ef_ends_with(name, ".gz"))
		name[strlen(name) - 3] = '\0';
	inner.name = name;
	inner.depth++;
	in->format = NULL;
	return input_read(&inner, in, err);
}

const struct input_format input_gzip = { "a gzip file", gzip_is, gzip_read };
