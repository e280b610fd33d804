/* SPDX-License-Identifier: MIT */
/*
 * The book of a window against a simpler one that says the same of each byte: random arrivals,
 * proofs and losses, in windows whose last unit is whole or not.
 */
#include "ck_ef.h"

#include "flasher/read_map.h"

#define LEN_MAX 2000u

static struct read_map map;
static uint8_t state[LEN_MAX]; /* of each byte */
static uint32_t len, run_from, run_to, random_state;

static uint32_t next(uint32_t n)
{
	random_state = random_state * 1664525u + 1013904223u;
	return (random_state >> 8) % n;
}

static uint32_t end_of(uint32_t unit)
{
	return (unit + 1) * READ_UNIT < len ? (unit + 1) * READ_UNIT : len;
}

static void set(uint32_t unit, enum read_state to)
{
	memset(state + unit * READ_UNIT, (int)to, end_of(unit) - unit * READ_UNIT);
}

/* A unit counts when the run that goes on with this arrival has all of it. */
static void arrive(uint32_t from, uint32_t to)
{
	if (from != run_to)
		run_from = from;
	run_to = to;
	for (uint32_t unit = 0; unit * READ_UNIT < len; unit++)
		if (unit * READ_UNIT >= run_from && end_of(unit) <= to &&
		    (unit + 1) * READ_UNIT > from)
			set(unit, READ_ARRIVED);
	read_map_arrived(&map, from, to);
}

static uint32_t first(uint32_t from, enum read_state s)
{
	for (uint32_t at = from / READ_UNIT * READ_UNIT; at < len; at += READ_UNIT)
		if (state[at] == s)
			return at;
	return len;
}

/* The end of the units in this state from a position on that begin below the limit. */
static uint32_t run_end(uint32_t from, uint32_t limit, enum read_state s)
{
	uint32_t at = from / READ_UNIT * READ_UNIT;

	while (at < len && at < limit && state[at] == s)
		at = end_of(at / READ_UNIT);
	return at;
}

static void compare_missing(uint32_t limit, uint32_t bridge)
{
	struct read_range got = read_map_missing(&map, limit, bridge);
	uint32_t from = first(0, READ_MISSING), to = from, gap;

	while (to < limit && to < len && state[to] == READ_MISSING) {
		to = run_end(to, limit, READ_MISSING);
		gap = run_end(to, limit, READ_ARRIVED) - to;
		if (gap > bridge || to + gap >= limit || to + gap >= len ||
		    state[to + gap] != READ_MISSING)
			break;
		to += gap;
	}
	ck_assert_uint_eq(got.from, from);
	ck_assert_uint_eq(got.to, to);
}

static void compare(void)
{
	uint32_t from = next(len), limit = next(len + 100), n[3] = { 0 };
	enum read_state s = (enum read_state)next(3);

	/* a limit cuts at the begin of a unit, as the callers have it */
	limit = limit / READ_UNIT * READ_UNIT;
	for (uint32_t i = 0; i < len && i < limit; i++)
		n[state[i]]++;
	for (unsigned k = 0; k < 3; k++) {
		ck_assert_uint_eq(read_map_count(&map, limit, (enum read_state)k), n[k]);
		ck_assert_uint_eq(read_map_first(&map, from, (enum read_state)k),
				  first(from, (enum read_state)k));
	}
	from = from / READ_UNIT * READ_UNIT;
	ck_assert_uint_eq(read_map_run(&map, from, limit, s).from, from);
	ck_assert_uint_eq(read_map_run(&map, from, limit, s).to, run_end(from, limit, s));
	compare_missing(limit, next(4) * READ_UNIT);
	compare_missing(len, next(300));
}

static void change(void)
{
	uint32_t from = next(len), to = from + 1 + next(len - from);

	if (next(3)) {
		/* half of the arrivals go on where the last one ended */
		if (next(2) && run_to < len)
			from = run_to;
		arrive(from, from + 1 + next(len - from));
		return;
	}
	from = from / READ_UNIT * READ_UNIT;
	to = to < len ? to / READ_UNIT * READ_UNIT : len;
	if (from >= to)
		return;
	for (uint32_t unit = from / READ_UNIT; unit * READ_UNIT < to; unit++)
		set(unit, random_state & 0x100 ? READ_PROVED : READ_MISSING);
	read_map_set(&map, (struct read_range){ from, to },
		     random_state & 0x100 ? READ_PROVED : READ_MISSING);
}

START_TEST(book_says_the_same)
{
	static const uint32_t lens[] = { 1, 63, 64, 65, 128, 1000, 1024, LEN_MAX };

	len = lens[_i];
	for (unsigned run = 0; run < 40; run++) {
		random_state = 100 * (uint32_t)_i + run;
		memset(&map, 0, sizeof(map));
		memset(state, READ_MISSING, sizeof(state));
		map.len = len;
		map.run_to = run_to = UINT32_MAX;
		run_from = 0;
		for (unsigned i = 0; i < 40; i++) {
			change();
			compare();
		}
	}
}
END_TEST

Suite *suite_read_map_model(void);
Suite *suite_read_map_model(void)
{
	Suite *s = suite_create("read_map_model");
	TCase *t = tcase_create("read_map_model");

	tcase_add_loop_test(t, book_says_the_same, 0, 8);
	suite_add_tcase(s, t);
	return s;
}
