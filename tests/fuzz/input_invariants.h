/* SPDX-License-Identifier: MIT */
/* What holds for every thing that was read, whatever it was made of. */
#ifndef EF_FUZZ_INPUT_INVARIANTS_H
#define EF_FUZZ_INPUT_INVARIANTS_H

#include <stdlib.h>

#include <espflash/input.h>

static void check(bool is_true)
{
	if (!is_true)
		abort();
}

/* Each byte of a part is read, so that a sanitizer sees it. */
static volatile unsigned sum;

static void check_input(const struct ef_input *in)
{
	check(in->format && in->part_count > 0 && in->part_count <= EF_INPUT_PARTS_MAX);
	check(in->gap_count <= EF_INPUT_GAPS_MAX);
	for (size_t i = 0; i < in->part_count; i++) {
		const struct ef_input_part *p = &in->parts[i];

		check(p->len > 0 && *p->name);
		check(i == 0 || p->is_app || (uint64_t)p[-1].addr + p[-1].len <= p->addr);
		for (uint32_t k = 0; k < p->len; k++)
			sum += p->data[k];
	}
}

/* Whichever way it ends: the parts are in order, or there is an error and nothing else. */
static void check_end(bool ok, const struct ef_input *in, const struct ef_err *err)
{
	if (ok)
		check_input(in);
	else
		check(err->code != EF_OK && err->msg[0] && in->part_count == 0);
}

#endif
