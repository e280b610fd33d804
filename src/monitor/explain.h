/* SPDX-License-Identifier: MIT */
/* Passes the chip's lines to the decoder of addresses, and its explanations to the screen. */
#ifndef EF_MONITOR_EXPLAIN_H
#define EF_MONITOR_EXPLAIN_H

#include "base/util.h"
#include "monitor/log_copy.h"
#include "monitor/report.h"

struct explain {
	struct report *report;
	struct screen *screen;
	struct log_copy *copy;
	struct ef_decoder *decoder; /* NULL: nothing is explained */
	struct ef_buf long_line;    /* the pieces of a line that was cut */
};

void explain_init(struct explain *e, struct report *report, struct screen *screen,
		  struct log_copy *copy);
/* Use this decoding from now on. NULL: nothing. Errors: IO, and nothing has changed. */
bool explain_use(struct explain *e, const struct ef_decoder_opts *opts,
		 struct ef_err *err) EF_MUST_CHECK;
void explain_close(struct explain *e);
/* Take a line without escape sequences; is_cut: more of it follows. */
void explain_line(struct explain *e, const char *plain, size_t len, bool is_cut);
/* Note that the chip is silent: explain a dump that may be complete. */
void explain_flush(struct explain *e);

#endif
