/* SPDX-License-Identifier: MIT */
/*
 * Keeps the monitor's own time. Each port has a clock of its own; this one continues while ports
 * come and go. Unit: microseconds.
 */
#ifndef EF_MONITOR_RUN_CLOCK_H
#define EF_MONITOR_RUN_CLOCK_H

#include <espflash/monitor.h>
#include <espflash/port.h>

struct run_clock {
	uint64_t started_us, now_us; /* now: as of the last run_clock_read */
	uint64_t shift_us;           /* added to the port's time; wraps */
};

/* Return the steady time of the host, for the turns in which no port is open. */
uint64_t run_clock_host_us(void);
void run_clock_start(struct run_clock *c, struct ef_port *port);
/* port NULL: no port is open. */
void run_clock_read(struct run_clock *c, struct ef_port *port);
/* From now on the time comes from this port (NULL: the host) and goes on without a jump. */
void run_clock_switch(struct run_clock *c, struct ef_port *port);

/* What is left of the time limit and of its slack. */
uint64_t run_clock_left_us(const struct run_clock *c, const struct ef_monitor_ends *ends);

#endif
