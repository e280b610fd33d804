/* SPDX-License-Identifier: MIT */
/* Finds addresses in the lines of a log. */
#ifndef EF_SYMBOLS_ADDR_TEXT_H
#define EF_SYMBOLS_ADDR_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 0x and exactly eight digits, and the word before it if ':' or '=' separates them. */
struct ef_addr_text {
	uint32_t value;
	size_t start, end; /* offsets in the line */
	const char *name;  /* "MEPC", "RA" of "RA/x1"; not terminated */
	size_t name_len;   /* 0: none */
};

/* Find the next address at or after *at, and move *at past it. */
bool ef_addr_next(const char *line, size_t len, size_t *at, struct ef_addr_text *ret);
/* Read 1 to 8 hexadecimal digits. Returns how many; 0: none, or more than 8. */
size_t ef_hex_at(const char *p, size_t left, uint32_t *ret);
/* Return whether the word before the address is this name. */
bool ef_addr_is(const struct ef_addr_text *a, const char *name);
/* Return whether the line begins with prefix. */
bool ef_text_starts(const char *line, size_t len, const char *prefix);

#endif
