/* SPDX-License-Identifier: MIT */
/* Collects the text of a frame in a buffer, which cuts off what does not fit. */
#include "defmt/out.h"

void defmt_out_add(struct defmt_out *out, const void *data, size_t len)
{
	size_t room = out->cap - 1 - out->len;

	if (len > room) {
		out->is_cut = true;
		len = room;
	}
	if (len)
		memcpy(out->p + out->len, data, len);
	out->len += len;
	out->p[out->len] = '\0';
}

void defmt_out_char(struct defmt_out *out, char c)
{
	defmt_out_add(out, &c, 1);
}

void defmt_out_text(struct defmt_out *out, const char *text)
{
	defmt_out_add(out, text, strlen(text));
}
