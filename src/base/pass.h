/* SPDX-License-Identifier: MIT */
/*
 * A pass over long data, piece by piece. If the data is a file that ef_map_open mapped, each piece
 * leaves memory when the next one is asked for, so that a file of 16 MiB takes less than 1.
 */
#ifndef EF_BASE_PASS_H
#define EF_BASE_PASS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ef_pass {
	const uint8_t *data;
	size_t len;
	size_t passed; /* with the present piece */
	size_t piece;  /* the length of the present one */
};

/* Get the next piece; false: there is none. */
bool ef_pass_next(struct ef_pass *pass, const uint8_t **ret, size_t *ret_len);

#endif
