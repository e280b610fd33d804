/* SPDX-License-Identifier: MIT */
/* Helpers that reading and writing files share. */
#ifndef EF_BASE_FILE_PRIV_H
#define EF_BASE_FILE_PRIV_H

#include <stdbool.h>
#include <sys/stat.h>

#include <espflash/err.h>

/* How long a FIFO's other end may be missing: the shortest limit that a user can set. */
#define FILE_PEER_WAIT_MS 1000

/*
 * Return whether an EINTR of fd ends the operation. A pipe, a terminal or a FIFO waits for another
 * process, so the signal must be obeyed. A regular file does not wait, so the call is repeated.
 */
bool file_is_interrupted(int fd);
/*
 * Where an output goes: a folder that is kept open, and a name in it. Other processes may replace
 * folders and links of the path that was given; the place stays the one that was judged.
 */
struct file_place {
	int dir;
	char name[256]; /* "": the folder itself */
	bool is_door;   /* a name like /proc/self/fd/1 */
};
#define FILE_PLACE_INIT                                                                            \
	{                                                                                          \
		-1, "", false                                                                      \
	}
/* There need be no file yet. On failure errno says why, and there is nothing to leave. */
bool file_place_find(struct file_place *ret, const char *path);
void file_place_leave(struct file_place *place);
bool file_place_stat(const struct file_place *place, struct stat *ret);
/* openat() with these flags. */
int file_place_open(const struct file_place *place, int flags);
/*
 * Return whether what was opened there, to be written in place, is another user's in a shared
 * folder, or has a second name that another user may have given it.
 */
bool file_place_is_trap(const struct file_place *place, const struct stat *opened);
/* In errno: a link or a file of another user would make us write where that user wants it. */
#define FILE_PLANTED ENOLINK
/* Let reads and writes wait, as those of a file do. errno has the cause of a failure. */
bool file_set_blocking(int fd);
bool file_fail_interrupted(struct ef_err *err, const char *what, const char *path);

#endif
