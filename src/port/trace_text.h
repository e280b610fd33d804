/* SPDX-License-Identifier: MIT */
/* A trace file as a list of events, for port_replay.c. No I/O. */
#ifndef EF_PORT_TRACE_TEXT_H
#define EF_PORT_TRACE_TEXT_H

#include <espflash/port.h>

#include "base/util.h"

enum trace_kind {
	TRACE_TX,
	TRACE_RX,
	TRACE_LINES, /* value: enum ef_line */
	TRACE_RATE,  /* value: baud */
	TRACE_DISCARD,
	TRACE_REOPEN,
	TRACE_FAILURE, /* op, code, and the message as text */
	TRACE_FACTS,
};

enum trace_op {
	TRACE_OP_READ,
	TRACE_OP_WRITE,
	TRACE_OP_LINES,
	TRACE_OP_RATE,
	TRACE_OP_DISCARD,
	TRACE_OP_DRAIN,
	TRACE_OP_REOPEN,
	TRACE_OP_COUNT
};

/* "# port VID:PID RATE DTR RTS CAPABILITY..." */
struct trace_facts {
	uint16_t vid, pid;
	unsigned caps, lines;
	uint32_t rate_hz;
};

struct trace_event {
	enum trace_kind kind;
	unsigned line;    /* in the file, from 1 */
	uint32_t wait_ms; /* since the event before */
	uint32_t value;
	enum trace_op op;
	enum ef_code code;
	size_t off, len; /* position of the bytes, or of the message, in trace_text.bytes */
	struct trace_facts facts;
};

struct trace_text {
	struct ef_buf events, bytes;
	size_t count;
	unsigned lines;
};

/* Error: INPUT, with the line number. The result needs trace_release after a failure, too. */
bool trace_parse(const char *text, size_t len, struct trace_text *ret,
		 struct ef_err *err) EF_MUST_CHECK;
void trace_release(struct trace_text *t);
const struct trace_event *trace_event(const struct trace_text *t, size_t index);
const uint8_t *trace_bytes(const struct trace_text *t, const struct trace_event *e);
/* Write the event as it is in the file, cut to fit. */
void trace_describe(const struct trace_text *t, const struct trace_event *e, char *ret, size_t cap);
/* Write the message of a TRACE_FAILURE event, cut to fit. */
void trace_message(const struct trace_text *t, const struct trace_event *e, char *ret, size_t cap);

/* Return the name of an operation in the file; the writer uses it too. */
const char *trace_op_name(enum trace_op op);
/* Write the "# port" line. */
void trace_print_facts(const struct ef_port *port, char *ret, size_t cap);

#endif
