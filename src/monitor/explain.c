/* SPDX-License-Identifier: MIT */
/* Knows that the decoder needs whole lines: esp-backtrace prints a stack in a single one. */
#include "monitor/explain.h"

#define LONG_LINE (132u * 1024u) /* the largest stack that is unwound, in digits */

static void on_explanation(void *user, const char *line)
{
	struct explain *e = user;

	report_event(e->report, EF_MONITOR_DECODED, line);
	screen_explain(e->screen, line);
	log_copy_line(e->copy, line);
}

void explain_init(struct explain *e, struct report *report, struct screen *screen,
		  struct log_copy *copy)
{
	*e = (struct explain){ .report = report,
			       .screen = screen,
			       .copy = copy,
			       .long_line = EF_BUF_INIT(LONG_LINE) };
}

bool explain_use(struct explain *e, const struct ef_decoder_opts *opts, struct ef_err *err)
{
	struct ef_decoder *decoder = NULL;

	if (opts && !ef_decoder_open(opts, on_explanation, e, &decoder, err))
		return false;
	explain_flush(e);
	ef_decoder_close(e->decoder);
	e->decoder = decoder;
	return true;
}

void explain_close(struct explain *e)
{
	ef_decoder_close(e->decoder);
	e->decoder = NULL;
	ef_buf_release(&e->long_line);
}

void explain_line(struct explain *e, const char *plain, size_t len, bool is_cut)
{
	struct ef_err err = EF_ERR_INIT;

	if (!e->decoder)
		return;
	if ((is_cut || e->long_line.len > 0) && !ef_buf_add(&e->long_line, plain, len, &err))
		ef_err_clear(&err); /* a line that is too long is explained as far as it was kept */
	if (is_cut)
		return;
	if (e->long_line.len > 0)
		ef_decoder_line(e->decoder, (const char *)e->long_line.data, e->long_line.len);
	else
		ef_decoder_line(e->decoder, plain, len);
	e->long_line.len = 0;
}

void explain_flush(struct explain *e)
{
	if (e->decoder)
		ef_decoder_flush(e->decoder);
}
