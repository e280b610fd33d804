/* SPDX-License-Identifier: MIT */
/*
 * Runs external log processors, shell commands in a pipeline. The first one gets the chip's bytes;
 * the output of the last one is shown.
 */
#ifndef EF_MONITOR_PROC_H
#define EF_MONITOR_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <espflash/err.h>

#define PROCS_MAX  8
#define PROC_QUEUE (256u * 1024u)

struct procs {
	size_t count; /* 0: there are none */
	pid_t pid[PROCS_MAX];
	int in, out;    /* our ends of the pipes; -1: closed */
	uint8_t *queue; /* PROC_QUEUE bytes: input that the first command has not read yet */
	size_t len;
};

/* Start them. arg: the last argument of each; NULL: none. Errors: USAGE (too many), IO. */
bool procs_start(struct procs *p, const char *const *commands, size_t count, const char *arg,
		 struct ef_err *err) EF_MUST_CHECK;
/* Return how many bytes procs_feed can take. */
size_t procs_room(const struct procs *p);
void procs_feed(struct procs *p, const uint8_t *data, size_t len);
/*
 * Move bytes without waiting: from the queue into the first command, and at most cap bytes of the
 * last one's output into ret. Errors: IO, when a command ended.
 */
bool procs_pump(struct procs *p, uint8_t *ret, size_t cap, size_t *ret_len,
		struct ef_err *err) EF_MUST_CHECK;
/* End the input. Wait a moment for output; *ret_len 0: there is no more. */
void procs_finish(struct procs *p, uint8_t *ret, size_t cap, size_t *ret_len);
/* End them all. Accepts a zeroed struct, and may be called twice. */
void procs_stop(struct procs *p);

#endif
