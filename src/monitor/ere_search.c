/* SPDX-License-Identifier: MIT */
/*
 * Knows how to search in bounded time: all states advance by one byte together. A list has each
 * step once, and in the order in which the states began in the text: whoever comes to a step
 * first has the leftmost beginning, and the others can only find the same ends.
 */
#include <string.h>

#include "monitor/ere_list.h"

/* The text, and what was found in it. */
struct search {
	struct ere *e;
	const uint8_t *text;
	size_t len;
	bool has_end;
	bool is_found;
	uint32_t begin; /* of what was found */
	size_t end;
};

static bool is_word(const struct search *s, size_t pos)
{
	const uint8_t c = pos < s->len ? s->text[pos] : 0;

	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       c == '_';
}

/* Whether the text at pos is a place that this step asks for. */
static bool is_place(const struct search *s, enum ere_op op, size_t pos)
{
	const bool before = pos > 0 && is_word(s, pos - 1), after = is_word(s, pos);

	switch (op) {
	case ERE_BEGIN:
		return pos == 0;
	case ERE_END:
		return pos == s->len && s->has_end;
	case ERE_EDGE:
		return before != after;
	case ERE_INSIDE:
		return before == after;
	case ERE_WORD_BEGIN:
		return !before && after;
	case ERE_WORD_END:
		return before && !after;
	default:
		return false;
	}
}

/* A new round: no step has a mark. */
static void begin_round(struct ere *e)
{
	if (++e->round != 0)
		return;
	memset(e->mark, 0, e->count * sizeof(*e->mark));
	e->round = 1;
}

static void note_match(struct search *s, uint32_t begin, size_t pos)
{
	if (s->is_found && begin > s->begin)
		return;
	s->is_found = true;
	s->begin = begin;
	s->end = pos;
}

static size_t push(struct ere *e, size_t depth, size_t step)
{
	if (e->mark[step] == e->round)
		return depth;
	e->mark[step] = e->round;
	e->stack[depth] = (uint32_t)step;
	return depth + 1;
}

/* Follow the steps that take no byte, and add those that do to the list. */
static void enter(struct search *s, struct ere_state *list, size_t *count, struct ere_state state,
		  size_t pos)
{
	struct ere *e = s->e;
	size_t depth = push(e, 0, state.step);

	while (depth > 0) {
		const size_t at = e->stack[--depth];
		const struct ere_step *step = &e->steps[at];

		e->visits++;
		switch (step->op) {
		case ERE_FORK:
			depth = push(e, depth, at + 1);
			depth = push(e, depth, (size_t)((ptrdiff_t)at + step->arg));
			break;
		case ERE_JUMP:
			depth = push(e, depth, (size_t)((ptrdiff_t)at + step->arg));
			break;
		case ERE_MATCH:
			note_match(s, state.begin, pos);
			break;
		case ERE_BYTE:
		case ERE_ANY:
		case ERE_SET:
			list[(*count)++] = (struct ere_state){ (uint32_t)at, state.begin };
			break;
		default:
			if (is_place(s, step->op, pos))
				depth = push(e, depth, at + 1);
		}
	}
}

static bool takes(const struct ere *e, const struct ere_step *step, uint8_t byte)
{
	switch (step->op) {
	case ERE_BYTE:
		return step->arg == byte;
	case ERE_SET:
		return ere_set_has(&e->sets[step->arg], byte);
	default:
		return true;
	}
}

/* Advance over the byte at pos. Returns the number of states that are left. */
static size_t advance(struct search *s, size_t count, size_t pos)
{
	struct ere *e = s->e;
	struct ere_state *swap = e->now;
	size_t left = 0;

	begin_round(e);
	for (size_t i = 0; i < count; i++) {
		struct ere_state state = e->now[i];

		if (s->is_found && state.begin > s->begin)
			break;
		e->visits++;
		if (!takes(e, &e->steps[state.step], s->text[pos]))
			continue;
		state.step++;
		enter(s, e->next, &left, state, pos + 1);
	}
	e->now = e->next;
	e->next = swap;
	return left;
}

/* The next place where a match can begin. What a place found out elsewhere is no longer so. */
static size_t skip(struct ere *e, const struct search *s, size_t pos)
{
	const size_t begin = pos;

	while (pos < s->len && !ere_set_has(&e->first, s->text[pos]))
		pos++;
	if (pos > begin)
		begin_round(e);
	return pos;
}

bool ere_search(struct ere *e, const char *text, size_t len, size_t from, bool has_end,
		size_t *ret_end)
{
	struct search s = { .e = e, .text = (const uint8_t *)text, .len = len, .has_end = has_end };
	size_t count = 0;

	e->visits = 0;
	begin_round(e);
	for (size_t pos = from; pos <= len; pos++) {
		if (count == 0 && s.is_found)
			break;
		if (count == 0 && !e->can_be_empty)
			pos = skip(e, &s, pos);
		if (!s.is_found)
			enter(&s, e->now, &count, (struct ere_state){ 0, (uint32_t)pos }, pos);
		if (pos < len)
			count = advance(&s, count, pos);
	}
	*ret_end = s.end;
	return s.is_found;
}

/* Where a match begins: whether places hold is not known yet, so they all do. */
void ere_note_first(struct ere *e)
{
	size_t depth;

	begin_round(e);
	depth = push(e, 0, 0);
	while (depth > 0) {
		const size_t at = e->stack[--depth];
		const struct ere_step *step = &e->steps[at];

		switch (step->op) {
		case ERE_MATCH:
			e->can_be_empty = true;
			break;
		case ERE_JUMP:
			depth = push(e, depth, (size_t)((ptrdiff_t)at + step->arg));
			break;
		case ERE_FORK:
			depth = push(e, depth, (size_t)((ptrdiff_t)at + step->arg));
			depth = push(e, depth, at + 1);
			break;
		case ERE_BYTE:
		case ERE_ANY:
		case ERE_SET:
			for (unsigned byte = 0; byte < 256; byte++)
				if (takes(e, step, (uint8_t)byte))
					e->first.bits[byte / 8u] |= (uint8_t)(1u << (byte % 8u));
			break;
		default:
			depth = push(e, depth, at + 1);
		}
	}
}
