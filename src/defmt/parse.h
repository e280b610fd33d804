/* SPDX-License-Identifier: MIT */
/* Reads format strings. The facts come from knurling-rs/defmt: defmt-parser 1.0.0. */
#ifndef EF_DEFMT_PARSE_H
#define EF_DEFMT_PARSE_H

#include "base/util.h"

#define DEFMT_PAD_MAX 4096u /* columns of zero padding */

struct defmt_text {
	const char *p;
	size_t len;
};

enum defmt_type {
	DEFMT_UNSET, /* no parameter uses the argument */
	DEFMT_BITFIELD,
	DEFMT_BOOL,
	DEFMT_CHAR,
	DEFMT_F32,
	DEFMT_F64,
	DEFMT_UINT, /* param.len bytes */
	DEFMT_SINT, /* param.len bytes */
	DEFMT_STR,
	DEFMT_ISTR,
	DEFMT_PREFORMATTED, /* text that core::fmt made on the chip; ends with 0xff */
	DEFMT_BYTES,        /* [u8]: length on the wire */
	DEFMT_BYTE_ARRAY,   /* [u8; len] */
	DEFMT_FORMAT,       /* {=?}: index of a format string on the wire */
	DEFMT_FORMAT_SLICE,
	DEFMT_FORMAT_ARRAY, /* [?; len] */
	DEFMT_SEQUENCE,     /* formats until index 0 */
};

enum defmt_hint_kind {
	DEFMT_HINT_NONE, /* no ':' */
	DEFMT_HINT_PLAIN,
	DEFMT_HINT_HEX,
	DEFMT_HINT_OCTAL,
	DEFMT_HINT_BINARY,
	DEFMT_HINT_ASCII,
	DEFMT_HINT_DEBUG,
	DEFMT_HINT_SECONDS,
	DEFMT_HINT_TIME,
	DEFMT_HINT_ISO8601,
	DEFMT_HINT_BITFLAGS,
	DEFMT_HINT_CBOR,
	DEFMT_HINT_UNKNOWN,
};

struct defmt_hint {
	enum defmt_hint_kind kind;
	bool is_alternate, is_upper;
	uint32_t zero_pad;
	uint32_t per_second;   /* unit of a time: 1, 1000 or 1000000 */
	struct defmt_text key; /* for bitflags: "name@package@disambiguator[@crate]" */
};

struct defmt_param {
	uint32_t index;
	enum defmt_type type;
	uint8_t low, high; /* a bitfield has bits [low, high) */
	uint32_t len;      /* elements of an array; bytes of an integer */
	struct defmt_hint hint;
};

struct defmt_fragment {
	bool is_param;
	struct defmt_text literal; /* with doubled braces as in the source */
	struct defmt_param param;
};

struct defmt_cursor {
	struct defmt_text left;
	uint32_t next_index;
	const char *bad; /* the mistake in the string; NULL: none */
};

struct defmt_cursor defmt_parse_begin(struct defmt_text text);
/* False: the string ended, or c->bad has the mistake. */
bool defmt_parse_next(struct defmt_cursor *c, struct defmt_fragment *ret);

#endif
