/* SPDX-License-Identifier: MIT */
/* Connections whose story is compared with a file: see story.h. None of them needs a stub. */
#ifndef STORY_SCENE_H
#define STORY_SCENE_H

#include "story.h"

/* How the session differs from a usual one. */
struct scene {
	const char *name;
	const char *wants; /* the chip that it must be; NULL: any */
	struct sim_opts board;
	struct ef_connect_opts opts;
	unsigned lacks, has; /* capabilities of the port */
	unsigned inverted;   /* lines that the user says are inverted */
	bool no_ids;         /* the port's USB ids are unknown */
	uint64_t press_us;   /* someone holds BOOT and presses RESET, so late; 0: nobody does */
	uint64_t reset_us;   /* someone presses RESET alone */
	uint64_t clock_us;   /* the host's clock goes in such steps; 0: in microseconds */
};

/* The usual board, but for its wires */
#define B(what) .chip = "esp32c3", .is_paced = true, .circuit = SIM_CIRCUIT_##what

static uint64_t scene_step_us;

static inline uint64_t scene_now(struct ef_port *port)
{
	uint64_t now_us = tap_real->now_us(port);

	return now_us - now_us % scene_step_us;
}

/* on_begin may replace operations of the port once more. */
static inline void play_on(const struct scene *s, void (*on_begin)(struct ef_port *port))
{
	static struct ef_connect_report report;
	struct ef_port_ops *ops;
	struct rig r;

	memset(&report, 0, sizeof(report));
	rig_power(&r, &s->board);
	/* what power-on printed is history */
	ck_ok(ef_port_sleep_us(r.port, 500000, &r.err) && ef_port_discard(r.port, &r.err), &r.err);
	r.opts = s->opts;
	r.opts.no_stub = !s->board.stub_running;
	r.opts.report = &report;
	r.opts.chip = s->wants ? ef_chip_by_name(s->wants) : NULL;
	r.opts.event = story_event;
	r.port->caps = (r.port->caps & ~s->lacks) | s->has;
	if (s->no_ids)
		r.port->info.vid = r.port->info.pid = 0;
	if (s->press_us)
		sim_press_buttons_at(r.sim, sim_now_us(r.sim) + s->press_us);
	if (s->reset_us)
		sim_press_reset_at(r.sim, sim_now_us(r.sim) + s->reset_us);
	if (s->inverted)
		ck_ok(ef_port_invert_lines(r.port, s->inverted, &r.err), &r.err);
	ops = story_begin(r.port);
	scene_step_us = s->clock_us;
	if (s->clock_us)
		ops->now_us = scene_now;
	if (on_begin)
		on_begin(r.port);
	if (rig_connect(&r)) {
		story_flush();
		tell_session(r.f);
	}
	story_tell("rate %u, lines %u, inverted %u", (unsigned)r.port->rate_hz, r.port->lines,
		   r.port->inverted);
	story_flush();
	tell_err(&r.err);
	tell_report(&report, true);
	story_end(s->name);
	rig_done(&r);
}

static inline void play(const struct scene *s)
{
	play_on(s, NULL);
}

#endif
