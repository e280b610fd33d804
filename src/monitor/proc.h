/* SPDX-License-Identifier: MIT */
/*
 * External log processors: shell commands in a pipeline. What the chip says
 * goes into the first one, what the last one prints is shown.
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
	size_t count; /* 0: bytes go straight on */
	pid_t pid[PROCS_MAX];
	int in, out;    /* our ends */
	uint8_t *queue; /* what the first one has not taken yet */
	size_t len;
};

/* arg is added to every command as its last word; NULL: nothing. USAGE (too many), IO. */
bool procs_start(struct procs *p, const char *const *commands, size_t count, const char *arg,
		 struct ef_err *err) EF_MUST_CHECK;
/* Room for more bytes. */
size_t procs_room(const struct procs *p);
void procs_feed(struct procs *p, const uint8_t *data, size_t len);
/* Hand on what can be; what came out, at most cap bytes. IO when one of them ended. */
bool procs_pump(struct procs *p, uint8_t *ret, size_t cap, size_t *ret_len,
		struct ef_err *err) EF_MUST_CHECK;
/* No more input: what still comes out, as long as something does. *ret_len 0: the end. */
void procs_finish(struct procs *p, uint8_t *ret, size_t cap, size_t *ret_len);
/* End them all. Accepts what was never started. */
void procs_stop(struct procs *p);

#endif
