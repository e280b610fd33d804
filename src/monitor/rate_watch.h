/* SPDX-License-Identifier: MIT */
/*
 * Notices that the chip prints at another rate than the port has, and looks for the
 * rate at which it prints text. Only text at another rate is evidence: a binary log is
 * none at any rate.
 */
#ifndef EF_MONITOR_RATE_WATCH_H
#define EF_MONITOR_RATE_WATCH_H

#include "monitor/report.h"
#include "monitor/source.h"

#define RATE_BLOCK 32u
#define RATE_HEAR  256u

struct rate_watch {
	struct source *source;
	struct report *report;
	bool is_done;     /* the search is off, or has ended */
	bool has_text;    /* there was text at the port's rate */
	bool may_reset;   /* the chip was reset for us, and may be once more */
	bool is_probing;  /* a search runs: bytes are for rate_watch_probe only */
	bool is_settling; /* bytes of the rate before may still arrive */
	size_t garbage;   /* bytes since the last text */
	uint64_t since_us;
	uint8_t block[RATE_BLOCK];
	size_t block_len;
	/* while probing */
	uint32_t home_hz; /* the port's own rate */
	unsigned at;      /* which rate */
	uint64_t until_us;
	uint8_t heard[RATE_HEAR];
	size_t heard_len;
};

/* Take bytes that the chip sent at the port's rate. */
void rate_watch_feed(struct rate_watch *w, const uint8_t *data, size_t len, uint64_t now_us);
/*
 * Return whether to look for another rate: garbage goes on, or (*ret_reset) nothing but garbage
 * came since the chip's reset and it is silent now. heard_us: its last byte.
 */
bool rate_watch_wants_probe(const struct rate_watch *w, uint64_t now_us, uint64_t heard_us,
			    bool *ret_reset);
/* Begin to listen at other rates. Errors: PORT, IO. */
bool rate_watch_begin(struct rate_watch *w, struct ef_err *err) EF_MUST_CHECK;
/*
 * While is_probing: read the port, and report a rate that gives text. Goes back to
 * the port's own rate at the end. Errors: PORT, IO, INTR.
 */
bool rate_watch_hear(struct rate_watch *w, struct ef_err *err) EF_MUST_CHECK;
/*
 * Stop the search because another program has the port or the port is a new one, and set the port's
 * own rate again.
 */
void rate_watch_stop(struct rate_watch *w, struct ef_port *port);

#endif
