/* SPDX-License-Identifier: MIT */
/*
 * Decodes a frame into a tree of arguments:
 *
 *   ELF -> table          frames -> stream -> decode (tree) -> show (text)
 */
#ifndef EF_DEFMT_DECODE_H
#define EF_DEFMT_DECODE_H

#include "defmt/parse.h"
#include "defmt/table.h"

/* Ceilings for what one frame can ask for. */
#define DEFMT_DEPTH_MAX 32u           /* formats nested in formats */
#define DEFMT_WORK_MAX  (4u * EF_MIB) /* characters of format strings read */

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
	size_t work;     /* characters of format strings that decoding read */
	size_t empty;    /* elements that took no bytes */
	const char *bad; /* why it can't be decoded; NULL: it can */
	bool is_short;   /* it ended too early: more bytes may help */
	const struct defmt_entry *entry;
	uint32_t timestamp, message; /* nodes of type DEFMT_FORMAT; timestamp is 0 without one */
};

/* Decode a frame whose encoding was taken off. False: f->bad and f->is_short say why. */
bool defmt_decode(struct defmt_frame *f, const struct defmt_table *table, const uint8_t *data,
		  size_t len);
void defmt_frame_release(struct defmt_frame *f);

#endif
