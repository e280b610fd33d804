/* SPDX-License-Identifier: MIT */
/*
 * Keeps account of a window of flash: which bytes are missing, which have arrived, which are
 * proved.
 */
#include "flasher/read_map.h"

static uint32_t units_of(const struct read_map *m)
{
	return ef_div_up(m->len, READ_UNIT);
}

static uint32_t bytes_to(const struct read_map *m, uint32_t unit)
{
	return unit < units_of(m) ? unit * READ_UNIT : m->len;
}

uint32_t read_map_first(const struct read_map *m, uint32_t from, enum read_state state)
{
	uint32_t i = from / READ_UNIT;

	while (i < units_of(m) && m->state[i] != state)
		i++;
	return bytes_to(m, i);
}

struct read_range read_map_run(const struct read_map *m, uint32_t from, uint32_t limit,
			       enum read_state state)
{
	uint32_t i = from / READ_UNIT;

	while (i < units_of(m) && i * READ_UNIT < limit && m->state[i] == state)
		i++;
	return (struct read_range){ from, bytes_to(m, i) };
}

struct read_range read_map_missing(const struct read_map *m, uint32_t limit, uint32_t bridge)
{
	uint32_t from = read_map_first(m, 0, READ_MISSING);
	struct read_range ret = { from, from };

	while (from < limit && from < m->len) {
		struct read_range gap;

		ret.to = read_map_run(m, from, limit, READ_MISSING).to;
		gap = read_map_run(m, ret.to, limit, READ_ARRIVED);
		from = gap.to;
		if (gap.to - gap.from > bridge || from >= m->len ||
		    m->state[from / READ_UNIT] != READ_MISSING)
			break;
	}
	return ret;
}

void read_map_arrived(struct read_map *m, uint32_t from, uint32_t to)
{
	uint32_t first, end;

	if (from != m->run_to)
		m->run_from = from;
	m->run_to = to;
	first = ef_div_up(m->run_from, READ_UNIT);
	end = to == m->len ? units_of(m) : to / READ_UNIT;
	if (first < from / READ_UNIT)
		first = from / READ_UNIT; /* the units before are marked already */
	for (uint32_t i = first; i < end; i++)
		m->state[i] = READ_ARRIVED;
}

void read_map_set(struct read_map *m, struct read_range range, enum read_state state)
{
	for (uint32_t i = range.from / READ_UNIT; i * READ_UNIT < range.to; i++)
		m->state[i] = (uint8_t)state;
}

uint32_t read_map_count(const struct read_map *m, uint32_t limit, enum read_state state)
{
	uint32_t bytes = 0;

	for (uint32_t i = 0; i < units_of(m) && i * READ_UNIT < limit; i++)
		bytes += m->state[i] == state ? bytes_to(m, i + 1) - i * READ_UNIT : 0;
	return bytes;
}
