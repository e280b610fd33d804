/* SPDX-License-Identifier: MIT */
/*
 * Passes typed keys to the chip: takes out commands, turns Enter into what the chip expects, and
 * queues the rest until the chip takes it.
 */
#ifndef EF_MONITOR_TYPED_H
#define EF_MONITOR_TYPED_H

#include "monitor/keys.h"
#include "monitor/report.h"
#include "monitor/term.h"

#define TYPED_SIZE (256u * 1024u)
#define KEYS_SIZE  1024u

struct typed {
	const struct ef_monitor_input *opts;
	struct report *report;
	struct screen *screen; /* for the echo */
	struct term term;
	struct keys keys;
	uint8_t key[KEYS_SIZE]; /* bytes of the keyboard that are not interpreted yet */
	size_t key_pos, key_len;
	uint8_t *data; /* TYPED_SIZE bytes; those in [pos, len) wait for the chip */
	size_t pos, len;
	bool is_told;  /* a loss was reported */
	bool after_cr; /* the last byte of a pipe was a CR that was converted */
};

/* opts, report and screen must outlive it. Errors: IO. */
bool typed_init(struct typed *t, const struct ef_monitor_input *opts, struct report *report,
		struct screen *screen, struct ef_err *err) EF_MUST_CHECK;
/* Accepts one that was never initialised. */
void typed_release(struct typed *t);

/* Read what was typed, without waiting. can_send: the port can take it. */
void typed_read(struct typed *t, bool can_send);
/* Queue the bytes that were read, up to the next command. NOTHING: all was read; never SEND. */
enum key_action typed_next(struct typed *t, bool can_send);
/* Send a piece of the queue. Errors: as ef_port_write, without TIMEOUT. */
bool typed_send(struct typed *t, struct ef_port *port, struct ef_err *err) EF_MUST_CHECK;
/* Forget the queue: the port it was for is gone. */
void typed_drop(struct typed *t);

#endif
