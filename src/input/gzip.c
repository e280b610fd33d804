/* SPDX-License-Identifier: MIT */
/* Opens a gzip file (RFC 1952), which may contain any other thing. */
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

	*ret = NULL;
	if (ef_gunzip(src->data, src->len, &content, err)) {
		*ret_len = content.len;
		*ret = input_adopt(in, &content, err);
	}
	ef_buf_release(&content);
	return *ret != NULL;
}

/* "firmware.bin" for "firmware.bin.gz". */
static bool name_content(struct input_src *inner, struct ef_input *in, struct ef_err *err)
{
	char name[EF_INPUT_NAME_SIZE];

	(void)ef_strlcpy(name, sizeof(name), inner->name);
	if (ef_ends_with(name, ".gz"))
		name[strlen(name) - 3] = '\0';
	inner->name = input_text(in, name, err);
	return inner->name != NULL;
}

static bool gzip_open(const struct input_src *src, struct ef_input *in, struct input_src *ret_inner,
		      struct ef_err *err)
{
	if (src->depth > 0)
		return ef_fail(err, EF_E_INPUT, "it is an archive within an archive");
	*ret_inner = *src;
	ret_inner->depth++;
	return name_content(ret_inner, in, err) &&
	       unpack(src, in, &ret_inner->data, &ret_inner->len, err);
}

const struct input_format input_gzip = { .is = gzip_is, .open = gzip_open };
