/* SPDX-License-Identifier: MIT */
/* Knows how the clocks of several ports make one time line. */
#include "monitor/run_clock.h"

#include <time.h>

uint64_t run_clock_host_us(void)
{
	struct timespec ts = { 0, 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000u + (uint64_t)ts.tv_nsec / 1000u;
}

static uint64_t raw_us(struct ef_port *port)
{
	return port ? ef_port_now_us(port) : run_clock_host_us();
}

void run_clock_start(struct run_clock *c, struct ef_port *port)
{
	*c = (struct run_clock){ .now_us = raw_us(port) };
	c->started_us = c->now_us;
}

void run_clock_read(struct run_clock *c, struct ef_port *port)
{
	c->now_us = raw_us(port) + c->shift_us;
}

void run_clock_switch(struct run_clock *c, struct ef_port *port)
{
	c->shift_us = c->now_us - raw_us(port);
}

uint64_t run_clock_left_us(const struct run_clock *c, const struct ef_monitor_ends *ends)
{
	uint64_t used_us = c->now_us - c->started_us + ends->spent_ms * UINT64_C(1000);
	uint64_t all_us = ends->timeout_ms * UINT64_C(1000) + EF_LIMIT_SLACK_US;

	return used_us < all_us ? all_us - used_us : 0;
}
