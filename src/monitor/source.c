/* SPDX-License-Identifier: MIT */
/* Knows how often to read the port, and how to look for a lost one. */
#include "monitor/source.h"

#include <poll.h>

#define READ_MS   20u   /* the keyboard waits for the chip this long at most */
#define GATHER_US 2000u /* pause between reads while the chip talks: fewer and larger reads */
#define REOPEN_MS 200u

bool source_is_open(const struct source *s)
{
	return s->port && !s->is_lost;
}

bool source_has_lines(const struct source *s)
{
	return s->port && (s->port->caps & EF_PORT_HAS_LINES);
}

bool source_rest(struct source *s, struct ef_err *err)
{
	return ef_port_sleep_us(s->port, GATHER_US, err);
}

bool source_read(struct source *s, size_t *ret_len, struct ef_err *err)
{
	*ret_len = 0;
	if (s->is_talking && !source_rest(s, err))
		return false;
	if (!ef_port_read(s->port, s->data, sizeof(s->data), ef_port_deadline(s->port, READ_MS),
			  ret_len, err))
		return false;
	run_clock_read(s->clock, s->port);
	s->is_talking = *ret_len > 0 && *ret_len < sizeof(s->data) / 2 && s->has_read;
	s->has_read = *ret_len > 0;
	if (*ret_len > 0)
		s->heard_us = s->clock->now_us;
	return true;
}

void source_not_heard(struct source *s)
{
	s->heard_us = s->clock->now_us;
}

static void forget(struct source *s)
{
	s->is_lost = s->is_talking = s->has_read = false;
}

void source_lose(struct source *s)
{
	forget(s);
	s->is_lost = true;
}

bool source_reopen(struct source *s, bool *ret_is_back, struct ef_err *err)
{
	uint64_t before_us = run_clock_host_us();

	*ret_is_back = ef_port_reopen(s->port, ef_port_deadline(s->port, REOPEN_MS), err);
	run_clock_read(s->clock, s->port);
	if (*ret_is_back) {
		s->is_lost = false;
		return true;
	}
	if (err->code != EF_E_PORT && err->code != EF_E_TIMEOUT)
		return false;
	ef_err_clear(err); /* the port is still away, which is not an error here */
	/* some backends return at once */
	if (run_clock_host_us() - before_us < REOPEN_MS * 500u)
		(void)poll(NULL, 0, (int)REOPEN_MS / 4);
	return true;
}

void source_switch(struct source *s, struct ef_port *port)
{
	run_clock_read(s->clock, s->port);
	s->port = port;
	run_clock_switch(s->clock, port);
	forget(s);
}
