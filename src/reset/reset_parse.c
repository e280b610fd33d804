/* SPDX-License-Identifier: MIT */
/*
 * Parses esptool's custom reset sequences: commands separated by '|'. A command
 * is a letter in either case and its argument: D and R set one line, U sets both
 * (DTR,RTS), W waits for a number of seconds, which may have a fraction.
 */
#include "base/util.h"
#include <espflash/reset.h>

/* No board needs more, and wait_ms (16 bits) can hold it. */
#define WAIT_MAX_MS 60000u

static bool parse_bit(const char *text, size_t len, bool *ret)
{
	if (len != 1 || (text[0] != '0' && text[0] != '1'))
		return false;
	*ret = text[0] == '1';
	return true;
}

/* Convert decimal seconds to milliseconds. No sign, no exponent; further digits are cut off. */
static bool parse_seconds(const char *text, size_t len, uint16_t *ret_ms)
{
	uint32_t ms = 0, unit = 1000;
	bool has_digit = false, is_fraction = false;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '.' && !is_fraction) {
			is_fraction = true;
			continue;
		}
		if (text[i] < '0' || text[i] > '9')
			return false;
		has_digit = true;
		if (is_fraction) {
			unit /= 10;
			ms += (uint32_t)(text[i] - '0') * unit;
		} else {
			ms = ms * 10 + (uint32_t)(text[i] - '0') * 1000;
		}
		if (ms > WAIT_MAX_MS)
			return false;
	}
	*ret_ms = (uint16_t)ms;
	return has_digit;
}

static bool parse_command(const char *text, size_t len, struct ef_reset_step *ret)
{
	bool dtr = false, rts = false;

	*ret = (struct ef_reset_step){ 0, 0, 0 };
	switch (text[0]) {
	case 'D':
	case 'd':
		if (!parse_bit(text + 1, len - 1, &dtr))
			return false;
		ret->mask = EF_DTR;
		break;
	case 'R':
	case 'r':
		if (!parse_bit(text + 1, len - 1, &rts))
			return false;
		ret->mask = EF_RTS;
		break;
	case 'U':
	case 'u':
		if (len != 4 || text[2] != ',' || !parse_bit(text + 1, 1, &dtr) ||
		    !parse_bit(text + 3, 1, &rts))
			return false;
		ret->mask = EF_DTR | EF_RTS;
		break;
	case 'W':
	case 'w':
		return parse_seconds(text + 1, len - 1, &ret->wait_ms);
	default:
		return false;
	}
	ret->value = (uint8_t)((dtr ? EF_DTR : 0) | (rts ? EF_RTS : 0));
	return true;
}

/* A wait becomes part of the step before it if that step has none yet. */
static bool add_step(struct ef_reset *reset, const struct ef_reset_step *step)
{
	struct ef_reset_step *last = reset->step_count ? &reset->step[reset->step_count - 1] : NULL;

	if (step->mask == 0 && last && last->wait_ms == 0) {
		last->wait_ms = step->wait_ms;
		return true;
	}
	if (reset->step_count == EF_RESET_STEPS_MAX)
		return false;
	reset->step[reset->step_count++] = *step;
	if (step->mask == (EF_DTR | EF_RTS))
		reset->needs |= EF_RESET_NEEDS_ATOMIC;
	return true;
}

bool ef_reset_parse(const char *text, struct ef_reset *ret, struct ef_err *err)
{
	struct ef_reset reset = { .name = "custom", .help = "given by the user" };
	struct ef_reset_step step;

	for (const char *at = text; *at;) {
		size_t len = strcspn(at, "|");
		int shown = len > 40 ? 40 : (int)len;

		if (len > 0 && !parse_command(at, len, &step)) {
			ef_fail(err, EF_E_USAGE, "'%.*s' is not a command of a reset sequence",
				shown, at);
			return ef_hint_set(err, EF_HINT_RESET_SEQUENCE);
		}
		if (len > 0 && !add_step(&reset, &step))
			return ef_fail(err, EF_E_USAGE,
				       "at '%.*s' the reset sequence exceeds %d steps", shown, at,
				       EF_RESET_STEPS_MAX);
		at += len;
		at += *at == '|';
	}
	if (reset.step_count == 0)
		return ef_fail(err, EF_E_USAGE, "'%s' is an empty reset sequence", text);
	*ret = reset;
	return true;
}
