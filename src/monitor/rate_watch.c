/* SPDX-License-Identifier: MIT */
/* Knows how much garbage is no accident, and how long to listen at each rate. */
#include "monitor/rate_watch.h"

#include <inttypes.h>
#include <string.h>

#include <espflash/console.h>

#include "base/util.h"

/* Noise at a reset, and the ROM of a chip that changes its rate, are shorter or soon over. */
#define GARBAGE_MIN 128u
#define GARBAGE_US  1000000u
#define TALKING_US  300000u
#define SILENT_US   700000u
#define HEAR_MS     450u
/* The adapter and the driver deliver bytes of the old rate for this long. */
#define SETTLE_MS 50u

static void judge_block(struct rate_watch *w, uint64_t now_us)
{
	if (ef_console_is_garbage(w->block, w->block_len)) {
		if (w->garbage == 0)
			w->since_us = now_us;
		w->garbage += w->block_len;
	} else {
		w->garbage = 0;
		w->has_text |= ef_console_is_text(w->block, w->block_len);
	}
	w->block_len = 0;
}

void rate_watch_feed(struct rate_watch *w, const uint8_t *data, size_t len, uint64_t now_us)
{
	while (len > 0 && !w->is_done) {
		size_t n = RATE_BLOCK - w->block_len < len ? RATE_BLOCK - w->block_len : len;

		memcpy(w->block + w->block_len, data, n);
		w->block_len += n;
		data += n;
		len -= n;
		if (w->block_len == RATE_BLOCK)
			judge_block(w, now_us);
	}
}

bool rate_watch_wants_probe(const struct rate_watch *w, uint64_t now_us, uint64_t heard_us,
			    bool *ret_reset)
{
	if (w->is_done || w->is_probing || w->garbage < GARBAGE_MIN)
		return false;
	*ret_reset = now_us - heard_us >= SILENT_US;
	if (*ret_reset)
		return w->may_reset && !w->has_text;
	return now_us - w->since_us >= GARBAGE_US && now_us - heard_us < TALKING_US;
}

/* Listen at the next rate; at the end of the list, go back. */
static bool next_rate(struct rate_watch *w, struct ef_err *err)
{
	struct ef_port *port = w->source->port;

	if (ef_console_rates[w->at] == w->home_hz)
		w->at++;
	w->is_probing = ef_console_rates[w->at] != 0;
	w->is_settling = true;
	w->heard_len = 0;
	w->until_us = ef_port_deadline(port, SETTLE_MS);
	return ef_port_set_baud(port, w->is_probing ? ef_console_rates[w->at] : w->home_hz, err);
}

bool rate_watch_begin(struct rate_watch *w, struct ef_err *err)
{
	w->is_done = true; /* once is enough */
	w->home_hz = w->source->port->rate_hz;
	w->at = 0;
	return next_rate(w, err);
}

static bool found(struct rate_watch *w, struct ef_err *err)
{
	char text[96];

	(void)ef_snprintf(text, sizeof(text),
			  "the chip prints at %" PRIu32
			  " baud, and the monitor listens at %" PRIu32,
			  ef_console_rates[w->at], w->home_hz);
	report_advice(w->report, EF_HINT_MONITOR_RATE, text);
	w->is_probing = false;
	return ef_port_set_baud(w->source->port, w->home_hz, err);
}

static bool take(struct rate_watch *w, const uint8_t *data, size_t len, struct ef_err *err)
{
	size_t room = sizeof(w->heard) - w->heard_len, n = len < room ? len : room;

	memcpy(w->heard + w->heard_len, data, n);
	w->heard_len += n;
	if (w->heard_len < sizeof(w->heard) && ef_port_now_us(w->source->port) < w->until_us)
		return true;
	if (ef_console_is_text(w->heard, w->heard_len))
		return found(w, err);
	w->at++;
	return next_rate(w, err);
}

bool rate_watch_hear(struct rate_watch *w, struct ef_err *err)
{
	struct ef_port *port = w->source->port;
	size_t len;

	if (!source_read(w->source, &len, err))
		return false;
	if (!w->is_settling)
		return take(w, w->source->data, len, err);
	if (ef_port_now_us(port) >= w->until_us) {
		w->is_settling = false;
		w->until_us = ef_port_deadline(port, HEAR_MS);
	}
	return true;
}

void rate_watch_stop(struct rate_watch *w, struct ef_port *port)
{
	struct ef_err ignored = EF_ERR_INIT;

	if (!w->is_probing)
		return;
	w->is_probing = false;
	if (port && !ef_port_set_baud(port, w->home_hz, &ignored))
		ef_err_clear(&ignored);
}
