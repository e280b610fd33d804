/* SPDX-License-Identifier: MIT */
/*
 * What the files of the defmt decoder share. The facts come from
 * knurling-rs/defmt: defmt-parser 1.0.0 (grammar of format strings) and
 * defmt-decoder 1.1.0 (wire formats 3 and 4, rendering).
 *
 *   ELF -> table          frames -> stream -> decode (tree) -> show (text)
 *
 * decode and show both read format strings with parse.
 */
#ifndef EF_DEFMT_PRIV_H
#define EF_DEFMT_PRIV_H

#include "base/util.h"
#include "defmt/int128.h"
#include <espflash/defmt.h>
#include <espflash/image.h>

/* Ceilings for what an ELF or a frame can ask for. */
#define DEFMT_NAME_MAX    (64u * EF_KIB) /* name of one symbol: a derived enum can be long */
#define DEFMT_NAMES_MAX   (32u * EF_MIB) /* names of all symbols together */
#define DEFMT_ENTRIES_MAX 65536u         /* indices on the wire have 16 bits */
#define DEFMT_FRAME_MAX   (64u * EF_KIB) /* bytes of one frame */
#define DEFMT_MESSAGE_MAX (64u * EF_KIB) /* bytes of text that one frame makes */
#define DEFMT_ARGS_MAX    256u           /* arguments of one format string */
#define DEFMT_NODES_MAX   32768u         /* arguments of one frame, on all levels */
#define DEFMT_DEPTH_MAX   32u            /* formats nested in formats */
#define DEFMT_WORK_MAX    (4u * EF_MIB)  /* characters of format strings read for one frame */
#define DEFMT_PAD_MAX     4096u          /* columns of zero padding */

struct defmt_text {
	const char *p;
	size_t len;
};

/* ---- parse.c: format strings ---- */

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
	const char *bad; /* what is wrong with the string; NULL: nothing */
};

struct defmt_cursor defmt_parse_begin(struct defmt_text text);
/* False: the string ended, or c->bad says what is wrong with it. */
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
	DEFMT_TAG_PRINTLN, /* from here on: a frame can begin with it */
	DEFMT_TAG_TRACE,
	DEFMT_TAG_DEBUG,
	DEFMT_TAG_INFO,
	DEFMT_TAG_WARN,
	DEFMT_TAG_ERROR,
};

struct defmt_entry {
	uint32_t index;
	uint32_t order; /* index in the symbol table */
	enum defmt_tag tag;
	char *text; /* owned: the format string */
	size_t text_len;
	char *crate;         /* owned */
	const char *symbol;  /* the whole symbol name; points into the ELF */
	char *file, *module; /* owned; NULL: unknown */
	uint32_t line;
};

struct defmt_flag {
	char *key, *name; /* owned */
	uint32_t order;
	struct defmt_int value;
};

struct defmt_table {
	struct defmt_entry *entry; /* sorted by index */
	size_t count, cap;
	struct defmt_flag *flag; /* sorted by key, then order */
	size_t flag_count, flag_cap;
	char *timestamp;  /* owned format string; NULL: none */
	bool is_raw;      /* frames have no encoding; else rzcobs */
	size_t log_count; /* entries that a frame can begin with */
};

bool defmt_table_read(const struct ef_elf *elf, struct defmt_table *ret,
		      struct ef_err *err) EF_MUST_CHECK;
void defmt_table_release(struct defmt_table *t);
const struct defmt_entry *defmt_table_find(const struct defmt_table *t, uint32_t index);

/* ---- location.c: DWARF ---- */

/* Set file, line and module of the entries whose place DWARF has. */
void defmt_locate(struct defmt_table *t, const struct ef_elf *elf);

/* ---- decode.c: a frame into a tree ---- */

struct defmt_node {
	enum defmt_type type;
	uint8_t low, high;
	uint32_t len;           /* bytes of an integer */
	struct defmt_int value; /* a number, a bool, a char, or the bits of a float */
	struct defmt_text text; /* bytes of a string; the format string of a format */
	uint32_t first, count;  /* nodes of arguments or elements */
	uint32_t next;          /* the next element of a sequence; 0: last */
};

struct defmt_frame {
	const struct defmt_table *table;
	struct ef_rd rd;
	struct defmt_node *node; /* owned; reused for the next frame */
	size_t count, cap;
	unsigned depth;
	size_t work;
	const char *bad; /* why it can't be decoded; NULL: it can */
	bool is_short;   /* it ended too early: more bytes may help */
	const struct defmt_entry *entry;
	uint32_t timestamp, message; /* nodes of type DEFMT_FORMAT; timestamp is 0 without one */
};

/* Decode a frame whose encoding was taken off. False: f->bad and f->is_short say why. */
bool defmt_decode(struct defmt_frame *f, const struct defmt_table *table, const uint8_t *data,
		  size_t len);
void defmt_frame_release(struct defmt_frame *f);

/* ---- out.c, show.c, number.c: a tree into text ---- */

struct defmt_out {
	char *p; /* always NUL-terminated */
	size_t len, cap;
	size_t work;
	bool is_cut;
};

void defmt_out_add(struct defmt_out *out, const void *data, size_t len);
void defmt_out_char(struct defmt_out *out, char c);
void defmt_out_text(struct defmt_out *out, const char *text);
/* Write one node of type DEFMT_FORMAT, without control characters. */
void defmt_show(const struct defmt_frame *f, uint32_t node, struct defmt_out *out);

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
