/* SPDX-License-Identifier: MIT */
/*
 * Growable buffer with a ceiling, numbers from text, whole files in, files
 * out atomically. And the ceilings of all untrusted input, in one list.
 */
#ifndef EF_BASE_UTIL_H
#define EF_BASE_UTIL_H

#include <stdio.h>

#include "base/bytes.h"
#include "base/text.h"
#include <espflash/err.h>

#define EF_KIB 1024u
#define EF_MIB (1024u * 1024u)

/* Ceilings. Nothing from a file or a wire sizes an allocation beyond these. */
#define EF_MAX_IMAGE (256u * EF_MIB)  /* the largest flash chip there is a code for */
#define EF_MAX_ELF (256u * EF_MIB)    /* debug builds of large Rust projects pass 64 MiB */
#define EF_MAX_CSV (64u * EF_KIB)
#define EF_MAX_JSON (1u * EF_MIB)
#define EF_MAX_FRAME (20u * EF_KIB)   /* unescaped SLIP frame: 16 KiB block + margin */

/* ---- growable buffer ---- */

struct ef_buf {
	uint8_t *data; /* NULL until something is added */
	size_t len, cap;
	size_t max;    /* ceiling on len; asking for more is an error, not an abort */
};

#define EF_BUF_INIT(ceiling) { NULL, 0, 0, (ceiling) }

/* Make room for len more bytes and count them in; *ret points at them, uninitialised. */
bool ef_buf_extend(struct ef_buf *b, size_t len, uint8_t **ret, struct ef_err *err) EF_MUST_CHECK;
bool ef_buf_add(struct ef_buf *b, const void *data, size_t len, struct ef_err *err) EF_MUST_CHECK;
bool ef_buf_fill(struct ef_buf *b, uint8_t value, size_t len, struct ef_err *err) EF_MUST_CHECK;
bool ef_buf_printf(struct ef_buf *b, struct ef_err *err, const char *fmt, ...)
	EF_PRINTF(3, 4) EF_MUST_CHECK;
/* Accepts an empty buffer and may be called twice. Keeps the ceiling. */
void ef_buf_release(struct ef_buf *b);

/* ---- numbers from text ---- */

/*
 * Decimal, or hexadecimal after 0x/0X, octal after 0o, binary after 0b;
 * '_' is skipped between digits (espflash's grammar). No sign, no blanks, no
 * trailing text, no empty string, not above max.
 * On failure: false and *ret untouched; the caller words the error.
 */
bool ef_parse_u64(const char *text, uint64_t max, uint64_t *ret) EF_MUST_CHECK;
bool ef_parse_u32(const char *text, uint32_t max, uint32_t *ret) EF_MUST_CHECK;
/* Of a hexadecimal digit; -1 when it is none. */
int ef_digit_value(char c);
/* As ef_parse_u32, with an optional suffix k, K, m, M (KiB, MiB). */
bool ef_parse_size(const char *text, uint32_t max, uint32_t *ret) EF_MUST_CHECK;

/* ---- files ---- */

/* Read a whole file, at most buf->max bytes, into an empty buf. Codes: INPUT (missing,
 * a directory, too large, empty is fine), IO (cannot read). */
bool ef_file_read(const char *path, struct ef_buf *buf, struct ef_err *err) EF_MUST_CHECK;

/* Read-only view of a whole file, mapped where the system can. Release it; may be called twice. */
struct ef_map {
	const uint8_t *data;
	size_t len;
	void *handle; /* NULL: nothing to release */
};
bool ef_map_open(struct ef_map *map, const char *path, size_t max, struct ef_err *err)
	EF_MUST_CHECK;
void ef_map_release(struct ef_map *map);
/* What was read of it so far needn't stay in memory; what is read again comes back. */
void ef_map_trim(const struct ef_map *map);

/*
 * Write a file so that either the old content or the whole new one is there:
 * a temporary beside it, then a rename. Keeps the permissions of a file that
 * it replaces. A target that is no regular file (a pipe, a terminal), or that
 * is standard output ("-"), is written directly. Code: IO.
 */
bool ef_file_write(const char *path, const void *data, size_t len, struct ef_err *err)
	EF_MUST_CHECK;

/*
 * The same, piece by piece: open, write, then commit, which puts the file in
 * place and is the end of it also when it fails, or abort, after which the
 * old content is as it was. Abort accepts what was never opened, or ended.
 */
struct ef_file_out {
	int fd;
	char *path, *tmp; /* owned; no tmp: written directly */
	unsigned mode;    /* permissions of the file that is replaced */
	bool keeps_mode;
};
#define EF_FILE_OUT_INIT { -1, NULL, NULL, 0, false }
bool ef_file_out_open(struct ef_file_out *out, const char *path, struct ef_err *err) EF_MUST_CHECK;
bool ef_file_out_write(struct ef_file_out *out, const void *data, size_t len, struct ef_err *err)
	EF_MUST_CHECK;
bool ef_file_out_commit(struct ef_file_out *out, struct ef_err *err) EF_MUST_CHECK;
void ef_file_out_abort(struct ef_file_out *out);
/* "-", "/dev/stdout", or a file that standard output is redirected to. */
bool ef_file_is_stdout(const char *path);

/* Whether a path names a regular file that can be read. */
bool ef_file_exists(const char *path);

#endif
