/* SPDX-License-Identifier: MIT */
/*
 * Passes the chip's bytes from the port, perhaps through log processors, to the stages that show
 * them: in pieces, and only while the output has room. While bytes wait here, the port is not read,
 * so memory is bounded.
 */
#ifndef EF_MONITOR_FEED_H
#define EF_MONITOR_FEED_H

#include "monitor/demux.h"
#include "monitor/proc.h"

#define FEED_SIZE 4096u

struct feed {
	struct demux *demux;
	const struct out *out;
	const struct ending *ending;
	const struct run_clock *clock;
	struct procs procs;
	const uint8_t *data; /* bytes not fed yet: borrowed from the port's buffer, or in made */
	size_t len;
	uint64_t at_us; /* when they arrived */
	uint8_t made[FEED_SIZE];
};

/* Return whether the port may be read, because no bytes wait. */
bool feed_is_empty(const struct feed *f);
/* Return whether a read of the port, READ_SIZE bytes, would find room. */
bool feed_has_room(const struct feed *f, size_t len);
/* Take bytes from the chip. data is borrowed until feed_is_empty. */
void feed_take(struct feed *f, const uint8_t *data, size_t len);
/* Pass on the waiting bytes as far as the output has room. Errors: IO (a log processor ended). */
bool feed_run(struct feed *f, struct ef_err *err) EF_MUST_CHECK;
/*
 * Pass on a piece of the remaining bytes at the end of a run, if the output has room. Returns
 * whether there were any. May wait for a log processor.
 */
bool feed_finish(struct feed *f);

#endif
