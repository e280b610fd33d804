/* SPDX-License-Identifier: MIT */
/*
 * Knows the language of extended regular expressions (POSIX, XBD chapter 9.4, and the operators
 * \w \W \s \S \b \B \< \> \` \' that C libraries add), and writes it as steps. Where POSIX leaves
 * the meaning open, this one does what glibc does: ")" alone and "}" are ordinary, "{,3}" begins
 * at 0, and a repeat without anything before it is an error.
 */
#include "monitor/ere.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "monitor/ere_list.h"

struct compiler {
	struct ere *e;
	const char *at;
	size_t step_room, set_room, depth;
	enum ere_result result;
	const char *why;
};

static bool fail(struct compiler *c, enum ere_result result, const char *why)
{
	c->result = result;
	c->why = why;
	return false;
}

/* Make room for so many more steps. */
static bool reserve(struct compiler *c, size_t more)
{
	size_t room = c->step_room ? c->step_room : 64u;
	struct ere_step *steps;

	if (more > ERE_STEPS_MAX || c->e->count + more > ERE_STEPS_MAX)
		return fail(c, ERE_TOO_LARGE, NULL);
	while (room < c->e->count + more)
		room *= 2;
	if (room == c->step_room)
		return true;
	steps = realloc(c->e->steps, room * sizeof(*steps));
	if (!steps)
		return fail(c, ERE_NO_MEMORY, NULL);
	c->e->steps = steps;
	c->step_room = room;
	return true;
}

/* Put a step before the others from place on. */
static bool insert(struct compiler *c, size_t place, enum ere_op op, int32_t arg)
{
	struct ere *e = c->e;

	if (!reserve(c, 1))
		return false;
	memmove(e->steps + place + 1, e->steps + place, (e->count - place) * sizeof(*e->steps));
	e->steps[place] = (struct ere_step){ op, arg };
	e->count++;
	return true;
}

static bool append(struct compiler *c, enum ere_op op, int32_t arg)
{
	return insert(c, c->e->count, op, arg);
}

static bool append_set(struct compiler *c, const struct ere_set *set)
{
	struct ere *e = c->e;

	if (e->set_count == c->set_room) {
		size_t room = c->set_room ? 2 * c->set_room : 8u;
		struct ere_set *sets = realloc(e->sets, room * sizeof(*sets));

		if (!sets)
			return fail(c, ERE_NO_MEMORY, NULL);
		e->sets = sets;
		c->set_room = room;
	}
	e->sets[e->set_count] = *set;
	return append(c, ERE_SET, (int32_t)e->set_count++);
}

/* ---- repeats ---- */

/* Append a copy of `len` steps from place on. */
static bool copy(struct compiler *c, size_t place, size_t len)
{
	struct ere *e = c->e;

	if (!reserve(c, len))
		return false;
	memcpy(e->steps + e->count, e->steps + place, len * sizeof(*e->steps));
	e->count += len;
	return true;
}

/* The steps from place to the end: any number of times, also none. */
static bool make_star(struct compiler *c, size_t place)
{
	int32_t len = (int32_t)(c->e->count - place);

	return insert(c, place, ERE_FORK, len + 2) && append(c, ERE_JUMP, -len - 1);
}

static bool make_plus(struct compiler *c, size_t place)
{
	return append(c, ERE_FORK, -(int32_t)(c->e->count - place));
}

static bool make_option(struct compiler *c, size_t place)
{
	return insert(c, place, ERE_FORK, (int32_t)(c->e->count - place) + 1);
}

/* The steps from place to the end: low times, and up to high times (UINT32_MAX: any number). */
static bool make_repeat(struct compiler *c, size_t place, uint32_t low, uint32_t high)
{
	const size_t len = c->e->count - place;
	size_t last = place;

	if (high == 0) {
		c->e->count = place;
		return true;
	}
	if (low == 0 && high == UINT32_MAX)
		return make_star(c, place);
	/* a copy of nothing would not end at the limit */
	if (len == 0)
		return true;
	for (uint32_t i = 1; i < low; i++) {
		last = c->e->count;
		if (!copy(c, place, len))
			return false;
	}
	if (high == UINT32_MAX)
		return make_plus(c, last);
	if (low == 0 && !make_option(c, place))
		return false;
	for (uint32_t i = low ? low : 1u; i < high; i++)
		if (low ? !append(c, ERE_FORK, (int32_t)len + 1) || !copy(c, place, len)
			: !copy(c, place, len + 1))
			return false;
	return true;
}

/* More than any program has steps, but not so much that it overflows. */
static bool read_number(const char **at, uint32_t *ret)
{
	const char *begin = *at;

	for (*ret = 0; **at >= '0' && **at <= '9'; (*at)++)
		if (*ret <= ERE_STEPS_MAX)
			*ret = *ret * 10u + (uint32_t)(**at - '0');
	return *at > begin;
}

/* "{m}", "{m,}", "{m,n}" or "{,n}", from behind the brace. */
static bool take_braces(struct compiler *c, size_t place)
{
	uint32_t low, high;
	bool has_low = read_number(&c->at, &low);

	high = low;
	if (*c->at == ',') {
		c->at++;
		if (!read_number(&c->at, &high)) {
			high = UINT32_MAX;
			has_low = has_low || *c->at == '}';
		} else {
			has_low = true;
		}
	}
	if (!has_low || *c->at != '}')
		return fail(c, ERE_WRONG, "'{' begins no repeat such as {2,3}");
	c->at++;
	if (low > high)
		return fail(c, ERE_WRONG, "a repeat ends below its beginning");
	return make_repeat(c, place, low, high);
}

static bool take_repeats(struct compiler *c, size_t place)
{
	bool ok = true;

	while (ok) {
		switch (*c->at) {
		case '*':
			ok = make_star(c, place);
			break;
		case '+':
			ok = make_plus(c, place);
			break;
		case '?':
			ok = make_option(c, place);
			break;
		case '{':
			c->at++;
			ok = take_braces(c, place);
			continue;
		default:
			return true;
		}
		c->at++;
	}
	return false;
}

/* ---- pieces ---- */

static bool take_alternatives(struct compiler *c);

static bool take_group(struct compiler *c)
{
	if (c->depth++ == ERE_DEPTH_MAX)
		return fail(c, ERE_TOO_LARGE, NULL);
	if (!take_alternatives(c))
		return false;
	if (*c->at != ')')
		return fail(c, ERE_WRONG, "a '(' has no ')'");
	c->at++;
	c->depth--;
	return true;
}

static bool take_list(struct compiler *c)
{
	struct ere_set set;
	const char *why = ere_read_list(&c->at, &set);

	return why ? fail(c, ERE_WRONG, why) : append_set(c, &set);
}

/* A backslash and what it makes special; every other character stands for itself. */
static bool take_escape(struct compiler *c, bool *ret_is_place)
{
	static const struct {
		char name;
		enum ere_op op;
	} places[] = {
		{ 'b', ERE_EDGE },     { 'B', ERE_INSIDE }, { '<', ERE_WORD_BEGIN },
		{ '>', ERE_WORD_END }, { '`', ERE_BEGIN },  { '\'', ERE_END },
	};
	const char name = *c->at;
	struct ere_set set;

	if (!name)
		return fail(c, ERE_WRONG, "a '\\' at its end");
	c->at++;
	if (ere_named_set(name, &set))
		return append_set(c, &set);
	for (size_t i = 0; i < EF_ARRAY_LEN(places); i++)
		if (places[i].name == name) {
			*ret_is_place = true;
			return append(c, places[i].op, 0);
		}
	return append(c, ERE_BYTE, (uint8_t)name);
}

static bool take_piece(struct compiler *c)
{
	const size_t place = c->e->count;
	const char first = *c->at++;
	bool is_place = first == '^' || first == '$', ok;

	switch (first) {
	case '^':
		ok = append(c, ERE_BEGIN, 0);
		break;
	case '$':
		ok = append(c, ERE_END, 0);
		break;
	case '(':
		ok = take_group(c);
		break;
	case '[':
		ok = take_list(c);
		break;
	case '.':
		ok = append(c, ERE_ANY, 0);
		break;
	case '\\':
		ok = take_escape(c, &is_place);
		break;
	case '*':
	case '+':
	case '?':
	case '{':
		return fail(c, ERE_WRONG, "nothing stands before a repeat");
	default:
		ok = append(c, ERE_BYTE, (uint8_t)first);
	}
	return ok && (is_place || take_repeats(c, place));
}

/* Make the jumps at the end of alternatives, each of which has the distance of the one before. */
static void join(struct compiler *c, size_t last)
{
	while (last) {
		struct ere_step *jump = &c->e->steps[last];
		const size_t before = jump->arg ? last - (size_t)jump->arg : 0;

		jump->arg = (int32_t)(c->e->count - last);
		last = before;
	}
}

static bool take_alternatives(struct compiler *c)
{
	size_t begin = c->e->count, last = 0;

	for (;;) {
		size_t jump;

		while (*c->at && *c->at != '|' && (*c->at != ')' || c->depth == 0))
			if (!take_piece(c))
				return false;
		if (*c->at != '|')
			break;
		c->at++;
		if (!insert(c, begin, ERE_FORK, (int32_t)(c->e->count - begin) + 2))
			return false;
		jump = c->e->count; /* never 0: the fork is before it */
		if (!append(c, ERE_JUMP, last ? (int32_t)(jump - last) : 0))
			return false;
		last = jump;
		begin = c->e->count;
	}
	join(c, last);
	return true;
}

/* ---- what searches need ---- */

static bool make_room(struct compiler *c)
{
	struct ere *e = c->e;

	e->now = calloc(e->count, sizeof(*e->now));
	e->next = calloc(e->count, sizeof(*e->next));
	e->stack = calloc(e->count, sizeof(*e->stack));
	e->mark = calloc(e->count, sizeof(*e->mark));
	return (e->now && e->next && e->stack && e->mark) || fail(c, ERE_NO_MEMORY, NULL);
}

enum ere_result ere_compile(struct ere *e, const char *text, const char **ret_why)
{
	struct compiler c = { .e = e, .at = text, .result = ERE_OK };

	*e = (struct ere){ .count = 0 };
	if (strlen(text) > ERE_LENGTH_MAX)
		return ERE_TOO_LARGE;
	if (take_alternatives(&c) && append(&c, ERE_MATCH, 0) && make_room(&c))
		ere_note_first(e);
	*ret_why = c.why;
	return c.result;
}

void ere_release(struct ere *e)
{
	free(e->steps);
	free(e->sets);
	free(e->now);
	free(e->next);
	free(e->stack);
	free(e->mark);
	*e = (struct ere){ .count = 0 };
}
