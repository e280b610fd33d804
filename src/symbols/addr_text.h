/* SPDX-License-Identifier: MIT */
/* Addresses as they stand in the lines of a log. */
#ifndef EF_SYMBOLS_ADDR_TEXT_H
#define EF_SYMBOLS_ADDR_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 0x and exactly eight digits, with the word before it if ':' or '=' is between. */
struct ef_addr_text {
	uint32_t value;
	size_t start, end; /* in the line */
	const char *name;  /* "MEPC", "RA" of "RA/x1"; not terminated */
	size_t name_len;   /* 0: none */
};

/* The next at or after *at, which moves behind it. */
bool ef_addr_next(const char *line, size_t len, size_t *at, struct ef_addr_text *ret);
/* Digits at p, at most 8, at least 1; their number, 0 when there are none or more. */
size_t ef_hex_at(const char *p, size_t left, uint32_t *ret);
/* Whether the name before an address is this one. */
bool ef_addr_is(const struct ef_addr_text *a, const char *name);
/* Where needle begins, or NULL. */
const char *ef_text_find(const char *line, size_t len, const char *needle);
bool ef_text_starts(const char *line, size_t len, const char *prefix);

#endif
