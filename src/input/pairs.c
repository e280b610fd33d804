/* SPDX-License-Identifier: MIT */
/* Reads files and addresses that the user gave one by one. */
#include "input/input_priv.h"

static bool add_plain(const struct ef_input_pair *pair, struct ef_input *in, struct ef_err *err)
{
	struct ef_input_part *p;

	if (pair->len == 0 || pair->len > EF_MAX_IMAGE)
		return ef_fail(err, EF_E_INPUT,
			       pair->len ? "it is larger than a flash can be" : "it is empty");
	p = input_add(in, err);
	if (!p)
		return false;
	p->addr = pair->addr;
	p->data = pair->data;
	p->len = (uint32_t)pair->len;
	(void)ef_strlcpy(p->name, sizeof(p->name), ef_base_name(pair->file));
	(void)ef_strlcpy(p->origin, sizeof(p->origin), pair->file);
	ef_clean_text(p->name);
	ef_clean_text(p->origin);
	return true;
}

static bool add_pair(const struct ef_input_pair *pair, const struct ef_input_opts *opts,
		     struct ef_input *in, struct ef_err *err)
{
	struct input_src src = { .name = ef_base_name(pair->file),
				 .data = pair->data,
				 .len = pair->len,
				 .opts = opts,
				 .is_pair = true };
	bool is_hex = pair->len && ef_content_of(pair->data, pair->len) == EF_CONTENT_IHEX;

	return (is_hex ? input_ihex.read(&src, in, err) : add_plain(pair, in, err)) ||
	       ef_context(err, "'%s'", pair->file);
}

static bool read_pairs(const struct ef_input_pair *pairs, size_t count,
		       const struct ef_input_opts *opts, struct ef_input *in, struct ef_err *err)
{
	const struct input_src all = { .name = "", .opts = opts };

	in->format = "files";
	in->chip = opts->chip;
	for (size_t i = 0; i < count; i++)
		if (!add_pair(&pairs[i], opts, in, err))
			return false;
	return input_finish(&all, in, err);
}

bool ef_input_from_pairs(const struct ef_input_pair *pairs, size_t count,
			 const struct ef_input_opts *opts, struct ef_input *ret, struct ef_err *err)
{
	memset(ret, 0, sizeof(*ret));
	if (read_pairs(pairs, count, opts, ret, err))
		return true;
	ef_input_release(ret);
	return false;
}
