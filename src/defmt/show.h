/* SPDX-License-Identifier: MIT */
/* Writes the tree of a frame as text. */
#ifndef EF_DEFMT_SHOW_H
#define EF_DEFMT_SHOW_H

#include "defmt/decode.h"
#include "defmt/out.h"

/* Write one node of type DEFMT_FORMAT, without control characters. */
void defmt_show(const struct defmt_frame *f, uint32_t node, struct defmt_out *out);

/* number.c */
void defmt_show_uint(const struct defmt_table *t, struct defmt_int v, const struct defmt_hint *hint,
		     struct defmt_out *out);
void defmt_show_sint(struct defmt_int v, uint32_t bytes, const struct defmt_hint *hint,
		     struct defmt_out *out);
void defmt_show_iso8601(struct defmt_int v, uint32_t per_second, struct defmt_out *out);
void defmt_show_bytes(const struct defmt_table *t, const uint8_t *data, size_t len,
		      const struct defmt_hint *hint, struct defmt_out *out);

/* float.c: the fewest digits that read back as the same number. */
#define DEFMT_FLOAT_MAX 40
void defmt_float(uint64_t bits, bool is_double, char ret[DEFMT_FLOAT_MAX]);

/* cbor.c: a CBOR sequence in diagnostic notation (RFC 8949, section 8). */
void defmt_show_cbor(const uint8_t *data, size_t len, struct defmt_out *out);

#endif
