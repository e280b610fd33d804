/* SPDX-License-Identifier: MIT */
/* Knows where the chip's bytes go: to the defmt decoder, or straight on as text. */
#include "monitor/demux.h"

#define TEXT_PIECE  128u /* its lines are searched before the loop checks the clock */
#define DEFMT_PIECE 4u   /* FF 00, one byte, 00: two frames need more bytes than this to end */

static void on_text(void *user, const uint8_t *data, size_t len)
{
	struct demux *d = user;

	show_text(d->show, data, len, d->at_us);
}

static void on_record(void *user, const struct ef_defmt_record *record)
{
	struct demux *d = user;

	show_record(d->show, record, d->format, d->at_us);
}

static void on_problem(void *user, const char *what)
{
	struct demux *d = user;

	report_event(d->report, EF_MONITOR_PROBLEM, what);
}

size_t demux_piece(const struct demux *d)
{
	return d->defmt ? DEFMT_PIECE : TEXT_PIECE;
}

void demux_feed(struct demux *d, const uint8_t *data, size_t len, uint64_t at_us)
{
	const struct ef_defmt_sink sink = { on_record, on_text, on_problem, d };

	d->at_us = at_us;
	if (d->defmt) {
		ef_defmt_feed(d->defmt, data, len, &sink);
		return;
	}
	if (looks_like_defmt(&d->frames, data, len))
		report_advice(d->report, EF_HINT_DEFMT_NEEDS_ELF,
			      "this looks like defmt, which needs the app's ELF");
	show_text(d->show, data, len, at_us);
}

void demux_flush(struct demux *d, uint64_t at_us)
{
	const struct ef_defmt_sink sink = { on_record, on_text, on_problem, d };

	d->at_us = at_us;
	if (d->defmt)
		ef_defmt_flush(d->defmt, &sink);
}
