/* SPDX-License-Identifier: MIT */
/*
 * A defmt decoder for each run of a fuzz target, with one table for all of them: reading the table
 * takes a hundred times as long as decoding a stream. It needs the decoder's own structure, so it
 * includes the source.
 */
#ifndef EF_FUZZ_DEFMT_AGAIN_H
#define EF_FUZZ_DEFMT_AGAIN_H

#include "defmt/stream.c"
#include "rig/fuzz_check.h"

/* A decoder as after ef_defmt_open. It is never closed. The ELF is the same in every call. */
static struct ef_defmt *defmt_again(const uint8_t *elf, size_t len)
{
	static struct ef_defmt *d;
	struct ef_err err = EF_ERR_INIT;

	if (!d) {
		CHECK(ef_defmt_open(elf, len, &d, &err));
		return d;
	}
	defmt_frame_release(&d->frame);
	*d = (struct ef_defmt){ .table = d->table,
				.held = d->held,
				.plain = d->plain,
				.message = d->message,
				.timestamp = d->timestamp };
	return d;
}

#endif
