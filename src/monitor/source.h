/* SPDX-License-Identifier: MIT */
/* Reads the port that the chip's bytes come from, which may go away, come back, and be lent. */
#ifndef EF_MONITOR_SOURCE_H
#define EF_MONITOR_SOURCE_H

#include "monitor/run_clock.h"

#define READ_SIZE 4096u

struct source {
	struct ef_port *port; /* NULL: another program has it */
	struct run_clock *clock;
	bool is_lost;      /* the port went away; it may come back */
	bool has_read;     /* the last read had bytes... */
	bool is_talking;   /* ...and so had the one before, but few */
	uint64_t heard_us; /* when the chip sent something last */
	uint8_t data[READ_SIZE];
};

/* Return whether the chip can be read and written to. */
bool source_is_open(const struct source *s);
/* Return whether the port can reset the chip. */
bool source_has_lines(const struct source *s);
/* Wait a moment for bytes, into data; *ret_len 0: there were none. Errors: as ef_port_read. */
bool source_read(struct source *s, size_t *ret_len, struct ef_err *err) EF_MUST_CHECK;
/* Wait as long as between two reads, without reading. Errors: as ef_port_sleep_us. */
bool source_rest(struct source *s, struct ef_err *err) EF_MUST_CHECK;
/* Note that nothing listens to the chip now, so it does not count as silent. */
void source_not_heard(struct source *s);
/* Note that the port went away. */
void source_lose(struct source *s);
/*
 * Wait a moment for a lost port. Returns whether it is open again. Errors: any
 * but PORT and TIMEOUT, which mean that it is still away.
 */
bool source_reopen(struct source *s, bool *ret_is_back, struct ef_err *err) EF_MUST_CHECK;
/* Continue with this port. NULL: without a port, until the next call. */
void source_switch(struct source *s, struct ef_port *port);

#endif
