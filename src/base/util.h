/* SPDX-License-Identifier: MIT */
/*
 * A growable buffer with a ceiling, parsing of numbers, reading and atomic
 * writing of files, and the ceilings for files and frames in one list.
 */
#ifndef EF_BASE_UTIL_H
#define EF_BASE_UTIL_H

#include <stdio.h>

#include "base/bytes.h"
#include "base/text.h"
#include <espflash/err.h>

#define EF_KIB 1024u
#define EF_MIB (1024u * 1024u)

/* Ceilings: no number in a file or from a device makes an allocation larger than these. */
#define EF_MAX_IMAGE (256u * EF_MIB) /* the largest size that a flash id can encode */
#define EF_MAX_ELF   (256u * EF_MIB) /* debug builds of large Rust projects pass 64 MiB */
#define EF_MAX_CSV   (64u * EF_KIB)
#define EF_MAX_JSON  (1u * EF_MIB)
#define EF_MAX_FRAME (20u * EF_KIB) /* unescaped SLIP frame: 16 KiB block + margin */

/* ---- growable buffer ---- */

struct ef_buf {
	uint8_t *data; /* NULL until something is added */
	size_t len, cap;
	size_t max; /* ceiling on len */
};

#define EF_BUF_INIT(ceiling)                                                                       \
	{                                                                                          \
		NULL, 0, 0, (ceiling)                                                              \
	}

/*
 * Append len uninitialised bytes; *ret points at them until the next call. All
 * functions that append fail with INPUT at the ceiling and with IO if memory is
 * short; then the buffer is as it was.
 */
bool ef_buf_extend(struct ef_buf *b, size_t len, uint8_t **ret, struct ef_err *err) EF_MUST_CHECK;
bool ef_buf_add(struct ef_buf *b, const void *data, size_t len, struct ef_err *err) EF_MUST_CHECK;
bool ef_buf_fill(struct ef_buf *b, uint8_t value, size_t len, struct ef_err *err) EF_MUST_CHECK;
bool ef_buf_printf(struct ef_buf *b, struct ef_err *err, const char *fmt, ...)
	EF_PRINTF(3, 4) EF_MUST_CHECK;
/* Free the content and keep the ceiling. Accepts an empty buffer; may be called twice. */
void ef_buf_release(struct ef_buf *b);

/* ---- numbers from text ---- */

/*
 * Parse a number: decimal, or hexadecimal after 0x, octal after 0o, binary after
 * 0b; '_' may follow a digit (espflash's grammar). Sign, blanks, trailing text,
 * an empty string and values above max are errors. On failure they return false
 * and leave *ret alone; the caller reports the error.
 */
bool ef_parse_u64(const char *text, uint64_t max, uint64_t *ret) EF_MUST_CHECK;
bool ef_parse_u32(const char *text, uint32_t max, uint32_t *ret) EF_MUST_CHECK;
/* Return the value of a hexadecimal digit; -1 for any other character. */
int ef_digit_value(char c);
/* Like ef_parse_u32, with an optional suffix k, K, m, M (KiB, MiB). */
bool ef_parse_size(const char *text, uint32_t max, uint32_t *ret) EF_MUST_CHECK;

/* ---- files ---- */

/*
 * Append a whole file, or standard input ("-"), to buf. Errors: INPUT (missing, a directory, more
 * than buf->max bytes), IO (also a FIFO that no process opens for writing within a second), INTR (a
 * signal ended the wait for a pipe or a terminal).
 */
bool ef_file_read(const char *path, struct ef_buf *buf, struct ef_err *err) EF_MUST_CHECK;

/*
 * Call open() for writing with these flags, and O_CLOEXEC and O_NOCTTY. A FIFO has a second in
 * which its reader must open it (ENOTCONN). -1: errno has the cause.
 */
int ef_file_open_out(const char *path, int flags);
/*
 * Write all of it. A FIFO or a terminal that takes nothing for a second is given up (ETIMEDOUT), if
 * the descriptor is non-blocking; a FIFO always. Goes on after a few signals. False: errno has the
 * cause, which can be EINTR.
 */
bool ef_fd_write(int fd, const void *data, size_t len) EF_MUST_CHECK;
/* For a descriptor that shares its flags with no other process. */
bool ef_fd_set_nonblocking(int fd);
/* Return strerror's text, or the meaning of ENOTCONN here. */
const char *ef_file_words(int number);

/* Shows whether a path still leads to the same file, with the content that it had. */
struct ef_file_stamp {
	uint64_t device, inode, size;
	int64_t seconds;
	long nanoseconds;
};
/* False: there is no such file. */
bool ef_file_stamp(const char *path, struct ef_file_stamp *ret);

/* A read-only view of a whole file. Release it; that may be done twice. Errors as ef_file_read. */
struct ef_map {
	const uint8_t *data;
	size_t len;
	struct ef_file_stamp stamp; /* recorded when the file was opened */
	void *handle;               /* private; NULL: nothing to release */
};
bool ef_map_open(struct ef_map *map, const char *path, size_t max,
		 struct ef_err *err) EF_MUST_CHECK;
void ef_map_release(struct ef_map *map);
/*
 * Let the system drop the pages up to the end of these bytes, if they are of a file that is mapped
 * now; it reads them again when needed. Other memory stays. A pass over long data calls this, see
 * pass.h; any thread may.
 */
void ef_map_passed(const void *data, size_t len);
/*
 * Copy like memcpy, but read the bytes of a mapped file, which takes no memory except for the copy.
 */
void ef_map_copy(void *ret, const void *data, size_t len);
/*
 * For a handler of SIGBUS, which a mapped file causes whose page is gone: put zeros in its place,
 * so that the run can end in order. False: no mapped file is there.
 */
bool ef_map_mend(const void *at);
/*
 * IO: what was read may be wrong, because ef_map_mend had something to do, or a mapped file was
 * changed before it was released.
 */
bool ef_map_check(struct ef_err *err) EF_MUST_CHECK;
/* Check, and take no notice of later changes: what was made of the files is complete. */
bool ef_map_used(struct ef_err *err) EF_MUST_CHECK;

/*
 * Write a file so that it has either its old content or all of the new: write a
 * temporary file beside it, then rename. Keeps the read, write and execute permissions of
 * a file that it replaces, if that is the user's own. Removes what a killed run left beside
 * it. Standard output ("-") and targets that are not regular files (pipes,
 * terminals) are written directly. Error: IO.
 */
bool ef_file_write(const char *path, const void *data, size_t len,
		   struct ef_err *err) EF_MUST_CHECK;
/* Do the same, and give the file these permissions instead of its old or the default ones. */
bool ef_file_write_mode(const char *path, unsigned mode, const void *data, size_t len,
			struct ef_err *err) EF_MUST_CHECK;

/*
 * The same in pieces: open, write, then commit or abort. Commit puts the file in
 * place. Abort leaves the old content; it accepts an object that was never opened
 * or is already closed. Both close the object, commit also if it fails.
 */
struct ef_file_out {
	int fd;
	int dir;          /* the folder, kept open: its path may lead elsewhere later */
	char *path;       /* owned, as it was given */
	char *name, *tmp; /* owned, in the folder; tmp is NULL if the file is written directly */
	unsigned mode;    /* permissions of the new file */
	bool keeps_mode;  /* it gets them, and not the default */
};
#define EF_FILE_OUT_INIT                                                                           \
	{                                                                                          \
		-1, -1, NULL, NULL, NULL, 0, false                                                 \
	}
bool ef_file_out_open(struct ef_file_out *out, const char *path, struct ef_err *err) EF_MUST_CHECK;
bool ef_file_out_write(struct ef_file_out *out, const void *data, size_t len,
		       struct ef_err *err) EF_MUST_CHECK;
bool ef_file_out_commit(struct ef_file_out *out, struct ef_err *err) EF_MUST_CHECK;
void ef_file_out_abort(struct ef_file_out *out);
/*
 * Return whether a path is "-", "/dev/stdout", or the file that standard output is redirected to.
 */
bool ef_file_is_stdout(const char *path);

/* Return whether a path names a regular file that we may read. */
bool ef_file_exists(const char *path);
/* Return whether a path names a folder. */
bool ef_folder_exists(const char *path);
/* mkdir and unlink, which follow links as outputs do. A missing file is removed. errno says why. */
bool ef_make_folder(const char *path, unsigned mode);
bool ef_file_remove(const char *path);
/* Make every folder above path that is missing, with these permissions. Error: IO. */
bool ef_make_folders_above(const char *path, unsigned mode, struct ef_err *err);

/* The verdict on a file that the user did not name (file_trust.c). */
enum ef_trust {
	EF_TRUST_OK,
	EF_TRUST_MISSING,
	EF_TRUST_NO_FILE,  /* a pipe, a device, a folder */
	EF_TRUST_FOREIGN,  /* neither the user's nor root's */
	EF_TRUST_WRITABLE, /* by everybody */
};
/* sudo_uid: the variable SUDO_UID, which counts for root only; NULL. */
enum ef_trust ef_file_trust(const char *path, const char *sudo_uid);
/* "it belongs to another user, ..." */
const char *ef_trust_words(enum ef_trust trust);
/*
 * Return whether a file that the program found may be used. If it belongs to another user or
 * everybody can write to it, refused gets "'PATH': why", unless it has a text already; NULL: not
 * wanted.
 */
bool ef_may_use_found(const char *path, const char *sudo_uid, char *refused, size_t cap);
/* Apply the same rule for a folder, and for a link that leads to one. */
enum ef_trust ef_folder_trust(const char *path, const char *sudo_uid);
/* Like ef_file_read, but never waits: anything but a regular file is an INPUT error. */
bool ef_file_read_regular(const char *path, struct ef_buf *buf, struct ef_err *err) EF_MUST_CHECK;
/*
 * Do the same for a found file: what was opened is judged once more, because another file may have
 * come into its place since ef_file_trust. may_be_writable: it is in the user's own folder.
 */
bool ef_file_read_found(const char *path, const char *sudo_uid, bool may_be_writable,
			struct ef_buf *buf, struct ef_err *err) EF_MUST_CHECK;
/*
 * Return whether a path, or the folder in which it would be made, belongs to neither us nor root.
 */
bool ef_is_foreign_place(const char *path);
/* Append the rest of an open file. path is for messages. Errors as ef_file_read. */
bool ef_file_read_fd(int fd, const char *path, struct ef_buf *buf,
		     struct ef_err *err) EF_MUST_CHECK;

#endif
