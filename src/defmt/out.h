/* SPDX-License-Identifier: MIT */
/* Collects the text of a frame in a buffer, which cuts off what does not fit. */
#ifndef EF_DEFMT_OUT_H
#define EF_DEFMT_OUT_H

#include "base/util.h"

struct defmt_out {
	char *p; /* always NUL-terminated */
	size_t len, cap;
	size_t work;
	bool is_cut;
};

void defmt_out_add(struct defmt_out *out, const void *data, size_t len);
void defmt_out_char(struct defmt_out *out, char c);
void defmt_out_text(struct defmt_out *out, const char *text);

#endif
