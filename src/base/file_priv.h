/* SPDX-License-Identifier: MIT */
/* Helpers that reading and writing files share. */
#ifndef EF_BASE_FILE_PRIV_H
#define EF_BASE_FILE_PRIV_H

#include <stdbool.h>

#include <espflash/err.h>

/* How long a FIFO's other end may be missing: the shortest limit that a user can set. */
#define FILE_PEER_WAIT_MS 1000

/*
 * Return whether an EINTR of fd ends the operation. A pipe, a terminal or a FIFO waits for another
 * process, so the signal must be obeyed. A regular file does not wait, so the call is repeated.
 */
bool file_is_interrupted(int fd);
/*
 * Return whether a name leads through a symlink that another user put into a shared folder. Nothing
 * may be written there; FILE_PLANTED stands for that in errno.
 */
bool file_is_planted(const char *name);
#define FILE_PLANTED ENOLINK
/* Let reads and writes wait, as those of a file do. errno has the cause of a failure. */
bool file_set_blocking(int fd);
bool file_fail_interrupted(struct ef_err *err, const char *what, const char *path);

#endif
