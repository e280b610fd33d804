/* SPDX-License-Identifier: MIT */
/* Knows how much of the chip's bytes is processed at a time. */
#include "monitor/feed.h"

#include "monitor/run_clock.h"

#define PUMPS 16u /* the keyboard is checked after this many reads from the processors */
/*
 * An expired time limit and the keyboard wait this long at most: searching a line may take 10 ms.
 */
#define HAND_ON_US 100000u

bool feed_is_empty(const struct feed *f)
{
	return f->len == 0;
}

bool feed_has_room(const struct feed *f, size_t len)
{
	return procs_room(&f->procs) >= len;
}

static void set(struct feed *f, const uint8_t *data, size_t len)
{
	f->data = data;
	f->len = len;
	f->at_us = f->clock->now_us;
}

void feed_take(struct feed *f, const uint8_t *data, size_t len)
{
	if (f->procs.count)
		procs_feed(&f->procs, data, len);
	else
		set(f, data, len);
}

static void hand_on(struct feed *f)
{
	uint64_t until_us = run_clock_host_us() + HAND_ON_US;
	bool is_late = false;

	while (f->len > 0 && !is_late && ending_takes_text(f->ending) && out_is_ready(f->out)) {
		size_t piece = demux_piece(f->demux);

		if (piece > f->len)
			piece = f->len;
		demux_feed(f->demux, f->data, piece, f->at_us);
		f->data += piece;
		f->len -= piece;
		is_late = run_clock_host_us() >= until_us;
	}
}

bool feed_run(struct feed *f, struct ef_err *err)
{
	size_t len;

	hand_on(f);
	for (unsigned i = 0; f->procs.count && i < PUMPS; i++) {
		if (f->len > 0 || f->ending->is_done)
			return true;
		if (!procs_pump(&f->procs, f->made, sizeof(f->made), &len, err))
			return false;
		if (len == 0)
			return true;
		set(f, f->made, len);
		hand_on(f);
	}
	return true;
}

bool feed_finish(struct feed *f)
{
	size_t len = 0;

	if (f->len == 0 && f->procs.count) {
		procs_finish(&f->procs, f->made, sizeof(f->made), &len);
		set(f, f->made, len);
	}
	if (f->len == 0)
		return false;
	hand_on(f);
	return true;
}
