/* SPDX-License-Identifier: MIT */
/*
 * What the files of the defmt decoder share. Facts are those of
 * knurling-rs/defmt: defmt-parser 1.0.0 (grammar of format strings),
 * defmt-decoder 1.1.0 (wire format 3 and 4, rendering).
 *
 *   ELF -> table          frames -> stream -> decode (tree) -> show (text)
 *                                   parse reads format strings for both
 */
#ifndef EF_DEFMT_PRIV_H
#define EF_DEFMT_PRIV_H

#include "base/util.h"
#include "defmt/int128.h"
#include <espflash/defmt.h>
#include <espflash/image.h>

/* Ceilings: nothing from an ELF or a frame goes beyond these. */
#define DEFMT_NAME_MAX    (64u * EF_KIB) /* of one symbol: a derived enum can be long */
#define DEFMT_NAMES_MAX   (32u * EF_MIB) /* of all symbols together */
#define DEFMT_ENTRIES_MAX 65536u         /* indices on the wire have 16 bits */
#define DEFMT_FRAME_MAX   (64u * EF_KIB) /* bytes of one frame */
#define DEFMT_MESSAGE_MAX (64u * EF_KIB) /* of text that one frame makes */
#define DEFMT_ARGS_MAX    256u           /* of one format string */
#define DEFMT_NODES_MAX   32768u         /* arguments of one frame, all levels */
#define DEFMT_DEPTH_MAX   32u            /* formats in formats */
#define DEFMT_WORK_MAX    (4u * EF_MIB)  /* characters of format strings read for one frame */
#define DEFMT_PAD_MAX     4096u          /* columns of zero padding */

struct defmt_text {
	const char *p;
	size_t len;
};

/* ---- parse.c: format strings ---- */

enum defmt_type {
	DEFMT_UNSET, /* of an argument that no parameter names */
	DEFMT_BITFIELD,
	DEFMT_BOOL,
	DEFMT_CHAR,
	DEFMT_F32,
	DEFMT_F64,
	DEFMT_UINT, /* param.len bytes */
	DEFMT_SINT, /* param.len bytes */
	DEFMT_STR,
	DEFMT_ISTR,
	DEFMT_PREFORMATTED, /* made on the chip by core::fmt, ends with 0xff */
	DEFMT_BYTES,        /* [u8]: length on the wire */
	DEFMT_BYTE_ARRAY,   /* [u8; len] */
	DEFMT_FORMAT,       /* {=?}: index of a format string on the wire */
	DEFMT_FORMAT_SLICE,
	DEFMT_FORMAT_ARRAY, /* [?; len] */
	DEFMT_SEQUENCE,     /* formats until index 0 */
};

enum defmt_hint_kind {
	DEFMT_HINT_NONE, /* nothing after a ':' */
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
	uint32_t per_second;   /* of times: 1, 1000 or 1000000 */
	struct defmt_text key; /* of bitflags: "name@package@disambiguator[@crate]" */
};

struct defmt_param {
	uint32_t index;
	enum defmt_type type;
	uint8_t low, high; /* of a bitfield: bits [low, high) */
	uint32_t len;      /* of arrays: elements; of integers: bytes */
	struct defmt_hint hint;
};

struct defmt_fragment {
	bool is_param;
	struct defmt_text literal; /* braces still doubled */
	struct defmt_param param;
};

struct defmt_cursor {
	struct defmt_text left;
	uint32_t next_index;
	const char *bad; /* what is wrong with the string; NULL nothing */
};

struct defmt_cursor defmt_parse_begin(struct defmt_text text);
/* false at the end and when the cursor is bad. */
bool defmt_parse_next(struct defmt_cursor *c, struct defmt_fragment *ret);

/* ---- table.c: the ELF ---- */

enum defmt_tag {
	DEFMT_TAG_PRIM,
	DEFMT_TAG_DERIVED,
	DEFMT_TAG_BITFLAGS,
	DEFMT_TAG_WRITE,
	DEFMT_TAG_STR,
	DEFMT_TAG_TIMESTAMP,
	DEFMT_TAG_BITFLAGS_VALUE,
	DEFMT_TAG_PRINTLN, /* from here on: what a frame can begin with */
	DEFMT_TAG_TRACE,
	DEFMT_TAG_DEBUG,
	DEFMT_TAG_INFO,
	DEFMT_TAG_WARN,
	DEFMT_TAG_ERROR,
};

struct defmt_entry {
	uint32_t index;
	uint32_t order; /* in the symbol table */
	enum defmt_tag tag;
	char *text; /* owned: the format string */
	size_t text_len;
	char *crate;         /* owned */
	const char *symbol;  /* the whole name, in the ELF */
	char *file, *module; /* owned; NULL unknown */
	uint32_t line;
};

struct defmt_flag {
	char *key, *name; /* owned */
	uint32_t order;
	struct defmt_int value;
};

struct defmt_table {
	struct defmt_entry *entry; /* by index */
	size_t count, cap;
	struct defmt_flag *flag; /* by key, then order */
	size_t flag_count, flag_cap;
	char *timestamp;  /* owned; NULL none */
	bool is_raw;      /* no encoding; else rzcobs */
	size_t log_count; /* entries that a frame can begin with */
};

bool defmt_table_read(const struct ef_elf *elf, struct defmt_table *ret,
		      struct ef_err *err) EF_MUST_CHECK;
void defmt_table_release(struct defmt_table *t);
const struct defmt_entry *defmt_table_find(const struct defmt_table *t, uint32_t index);

/* ---- location.c: DWARF ---- */

/* Fill file, line and module of the entries; what isn't there stays unknown. */
void defmt_locate(struct defmt_table *t, const struct ef_elf *elf);

/* ---- decode.c: a frame into a tree ---- */

struct defmt_node {
	enum defmt_type type;
	uint8_t low, high;
	uint32_t len;           /* of integers: bytes */
	struct defmt_int value; /* of numbers, bool, char, floats (their bits) */
	struct defmt_text text; /* bytes of strings; the format of a format */
	uint32_t first, count;  /* arguments or elements */
	uint32_t next;          /* of elements of a sequence: the next one; 0 last */
};

struct defmt_frame {
	const struct defmt_table *table;
	struct ef_rd rd;
	struct defmt_node *node; /* owned; kept from frame to frame */
	size_t count, cap;
	unsigned depth;
	size_t work;
	const char *bad; /* why it can't be decoded; NULL fine */
	bool is_short;   /* it ended too early: more bytes may help */
	const struct defmt_entry *entry;
	uint32_t timestamp, message; /* nodes of type DEFMT_FORMAT; timestamp 0: none */
};

/* A decoded frame without its encoding. false: f->bad, f->is_short say why. */
bool defmt_decode(struct defmt_frame *f, const struct defmt_table *table, const uint8_t *data,
		  size_t len);
void defmt_frame_release(struct defmt_frame *f);

/* ---- show.c, number.c: a tree into text ---- */

struct defmt_out {
	char *p; /* always terminated */
	size_t len, cap;
	size_t work;
	bool is_cut;
};

void defmt_out_add(struct defmt_out *out, const void *data, size_t len);
void defmt_out_char(struct defmt_out *out, char c);
void defmt_out_text(struct defmt_out *out, const char *text);
/* The text of one node of type DEFMT_FORMAT, cleaned. */
void defmt_show(const struct defmt_frame *f, uint32_t node, struct defmt_out *out);

void defmt_show_uint(const struct defmt_table *t, struct defmt_int v, const struct defmt_hint *hint,
		     struct defmt_out *out);
void defmt_show_sint(struct defmt_int v, uint32_t bytes, const struct defmt_hint *hint,
		     struct defmt_out *out);
void defmt_show_iso8601(struct defmt_int v, uint32_t per_second, struct defmt_out *out);
void defmt_show_bytes(const struct defmt_table *t, const uint8_t *data, size_t len,
		      const struct defmt_hint *hint, struct defmt_out *out);

/* float.c: the shortest digits that read back as the same number. */
#define DEFMT_FLOAT_MAX 40
void defmt_float(uint64_t bits, bool is_double, char ret[DEFMT_FLOAT_MAX]);

/* cbor.c: diagnostic notation (RFC 8949, 8) of a sequence. */
void defmt_show_cbor(const uint8_t *data, size_t len, struct defmt_out *out);

#endif
