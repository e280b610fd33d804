/* SPDX-License-Identifier: MIT */
/*
 * Text helpers: copying, comparing, searching, UTF-8, terminal escape
 * sequences, and cleaning text that came from a device. Nothing here allocates
 * or reports an error record, so err.c can use it.
 *
 * The functions that take a length accept text with NUL bytes and without a
 * final one. They take const void * because device output is kept in uint8_t
 * arrays and host text in char arrays.
 */
#ifndef EF_BASE_TEXT_H
#define EF_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <espflash/err.h>

/* ---- copying and comparing ---- */

/* Copy src to dst and cut it to fit. Always terminates dst (cap > 0). False: it was cut. */
bool ef_strlcpy(char *dst, size_t cap, const char *src);
/* Like snprintf, but returns whether the whole text fitted. */
bool ef_snprintf(char *dst, size_t cap, const char *fmt, ...) EF_PRINTF(3, 4);
/* Write data as lower-case hex; dst needs 2 * len + 1 bytes. */
void ef_hex(char *dst, const uint8_t *data, size_t len);
/* Write a number as "72,624"; returns ret. */
#define EF_NUMBER_SIZE 32
const char *ef_number(char ret[EF_NUMBER_SIZE], uint64_t value);
/* Return whether two strings are equal if the case of ASCII letters is ignored. */
bool ef_str_ieq(const char *a, const char *b);
/*
 * Return the Levenshtein distance, for suggestions; limit + 1 if it is more than limit,
 * or if a string has more than 63 bytes.
 */
unsigned ef_edit_distance(const char *a, const char *b, unsigned limit);

/* Return whether text ends with end. */
bool ef_ends_with(const char *text, const char *end);

/* Compare two elements of an array of strings, for qsort. */
int ef_by_name(const void *a, const void *b);

/* ---- paths ---- */

/*
 * Return what follows the last '/' of a path: the path itself if it has none. The difference of the
 * two pointers is the length of the folder with its '/'.
 */
const char *ef_base_name(const char *path);
/*
 * These two functions judge names that a manifest or an archive contains. They know Windows'
 * syntax, too, because the build may have been made there.
 */
/* Return whether a path starts at a root: "/", "\\" or a drive letter. */
bool ef_path_is_absolute(const char *path);
/* Return whether a path has ".." as one of its parts. */
bool ef_path_climbs(const char *path);

/* ---- searching ---- */

/*
 * Return the first occurrence of a byte sequence, or NULL. An empty sequence is found at the start.
 */
const void *ef_find_bytes(const void *data, size_t len, const void *bytes, size_t n);
/* Return the first occurrence of a string, or NULL. */
const void *ef_find_text(const void *data, size_t len, const char *text);

/* ---- UTF-8 (RFC 3629) ---- */

/*
 * Return the length in bytes of a character whose first byte is head; 0 if no character starts with
 * it.
 */
size_t ef_utf8_len(uint8_t head);
/*
 * Read the character at the start of the text. Returns its length in bytes, or
 * 0 if the text is empty or does not start with a complete, valid character:
 * overlong forms, surrogates and values above U+10FFFF are invalid.
 */
size_t ef_utf8_get(const void *text, size_t len, uint32_t *ret);
/* Write a character (at most U+10FFFF); returns its length in bytes. Adds no NUL. */
size_t ef_utf8_put(char dst[4], uint32_t c);
/* Return whether the whole text is valid UTF-8. */
bool ef_utf8_is_valid(const void *text, size_t len);

/* ---- what terminals interpret ---- */

/*
 * Return the length of the escape sequence at the start of the text, which begins with ESC. Control
 * sequences (ECMA-48: ESC [ parameters final byte) are recognised; of any other sequence only the
 * ESC itself is counted. A sequence that is interrupted by a control character, or by the end of
 * the text, ends there.
 */
size_t ef_escape_len(const void *text, size_t len);
/*
 * Copy text without its escape sequences, cut to fit. Always terminates dst
 * (cap > 0). Returns the length without the NUL. dst may be the text itself.
 */
size_t ef_strip_escapes(char *dst, size_t cap, const void *text, size_t len);
/*
 * Return whether a character changes the order of the text around it, or begins a line without a
 * line feed: a terminal then shows another text than the bytes say (CVE-2021-42574).
 */
bool ef_is_deceptive(uint32_t c);
/*
 * Replace control characters (C0, DEL, C1), deceptive ones and invalid UTF-8 by '?', in
 * place.
 */
void ef_clean_text(char *text);

#endif
