/* SPDX-License-Identifier: MIT */
/*
 * Checks whether a reset by DTR and RTS had an effect. A loader that still answers afterwards
 * was not reset: DTR and RTS are swapped or inverted on their way to the board, or don't
 * reach it.
 *
 * On the usual circuit of two crossed transistors RTS alone pulls EN low and DTR alone BOOT
 * (Espressif, esp-dev-kits: the auto-program circuit of the ESP32-DevKitC schematics). Swapped
 * wires and inverters in both look alike there: each turns the one pulse into the other. So
 * one other polarity serves for both.
 */
#include "flasher/recover.h"
#include "flasher/reset_check.h"
#include "flasher/reset_stream.h"

#include <espflash/log.h>

#include "base/text.h"

/*
 * The usual board's EN rises within 7 ms, and its ROM speaks at once; a USB bridge adds 16 ms. A
 * chip that takes longer is asked too early, but it can't answer either.
 */
#define HEAR_MS        40u
#define HEAR_REMOTE_MS 300u
/* A ROM's greeting has this many readable bytes in a row. Noise of the pulse has fewer. */
#define HEARD_MIN 8u
/*
 * Longer than SYNC_MS in connect.c, where another SYNC follows: silence here means that the reset
 * worked, and a host under load may hand over an answer late.
 */
#define ANSWER_MS        50u
#define ANSWER_REMOTE_MS 100u
/* If earlier answers took longer, wait twice the longest of these times, up to this limit. */
#define ANSWER_SLOW_MAX_MS 1000u
/*
 * A loader that answered after a reset may be slow, or its line bad. So its silence after the next
 * reset counts only if it lasts for four of these times: longer than FTDI's longest latency timer
 * (255 ms; AN232B-04).
 */
#define ANSWER_AGAIN_MS 250u
/* Longer than that timer: everything that was under way at the reset has arrived. */
#define STALE_US 500000u

bool reset_with_pulse(const struct ef_reset *reset, struct ef_port *port, reset_pulse_fn *pulse,
		      void *ctx, struct ef_err *err)
{
	struct ef_reset pull = *reset, release = *reset;
	struct ef_err ignored = EF_ERR_INIT;
	const struct ef_reset_step *step = &reset->step[reset->step_count - 2];

	pull.step_count--;
	pull.step[pull.step_count - 1].wait_ms = 0;
	release.step[0] = reset->step[reset->step_count - 1];
	release.step_count = 1;
	if (!ef_reset_run(&pull, port, err))
		return false;
	if (pulse(ctx, port, ef_port_deadline(port, step->wait_ms), err))
		return ef_reset_run(&release, port, err);
	/* after Ctrl-C, do not leave the chip held in reset */
	if (!ef_port_set_lines(port, EF_DTR | EF_RTS, 0, &ignored))
		ef_log(EF_LOG_DEBUG, "lines not released: %s", ignored.msg);
	return false;
}

static uint32_t answer_ms(const struct ef_rom *rom, bool is_again)
{
	uint32_t least = is_again                           ? ANSWER_AGAIN_MS
			 : rom->port->caps & EF_PORT_REMOTE ? ANSWER_REMOTE_MS
							    : ANSWER_MS;
	uint64_t ms = rom->slowest_us * 2u / 1000u;

	if (ms > ANSWER_SLOW_MAX_MS)
		ms = ANSWER_SLOW_MAX_MS;
	return ms > least ? (uint32_t)ms : least;
}

static bool ask_once(struct ef_rom *rom, bool is_again, bool in_any_step, bool *ret,
		     struct ef_err *err)
{
	if (ef_rom_is_there(rom, answer_ms(rom, is_again), in_any_step, ret, err))
		return true;
	if (!ef_is_exchange_fault(err))
		return false;
	ef_err_clear(err);
	return true;
}

/*
 * A ROM that measures the rate answers from the second SYNC on. If the line lost a delimiter, a
 * stub takes the ends of frames for starts. The first SYNC leaves a stub in step as it is.
 */
static bool ask(struct ef_rom *rom, bool is_again, bool *ret, struct ef_err *err)
{
	unsigned syncs = is_again ? 4 : 2;

	*ret = false;
	for (unsigned i = 0; i < syncs && !*ret; i++)
		if (!ask_once(rom, is_again, i > 0, ret, err))
			return false;
	return true;
}

/* An answer may be one that was under way when the chip was reset. So wait, and ask once more. */
static bool ask_again(struct ef_rom *rom, bool *ret, struct ef_err *err)
{
	return ef_port_sleep_us(rom->port, STALE_US, err) && ef_rom_discard(rom, err) &&
	       ask(rom, true, ret, err);
}

bool reset_check_loader(struct ef_rom *rom, uint32_t rate_hz, bool is_again, bool *ret,
			struct ef_err *err)
{
	struct ef_port *port = rom->port;
	uint32_t was_hz = port->rate_hz;

	/* what came before the question is no answer to it */
	if ((was_hz != rate_hz && !ef_port_set_baud(port, rate_hz, err)) ||
	    !ef_rom_discard(rom, err) || !ask(rom, is_again, ret, err) ||
	    (*ret && is_again && !ask_again(rom, ret, err)))
		return false;
	return was_hz == rate_hz || !was_hz || ef_port_set_baud(port, was_hz, err);
}

bool reset_either_way(const struct ef_reset_try *how, struct ef_rom *rom, reset_once_fn *once,
		      void *ret, enum ef_reset_effect *ret_effect, struct ef_err *err)
{
	struct ef_port *port = rom->port;
	struct ef_reset_try sure = *how;
	unsigned was = port->inverted;

	sure.reset = ef_reset_sure(how->reset);
	sure.may_interrupt = false;
	if (!once(how, rom, false, ret, ret_effect, err))
		return false;
	if (*ret_effect == EF_RESET_IN_VAIN && sure.reset != how->reset) {
		ef_log(EF_LOG_DEBUG, "the loader still answers: trying a longer pulse");
		if (!once(&sure, rom, true, ret, ret_effect, err))
			return false;
	}
	if (*ret_effect != EF_RESET_IN_VAIN)
		return true;
	ef_log(EF_LOG_DEBUG, "the loader still answers: trying the other polarity of DTR and RTS");
	if (!ef_port_invert_lines(port, was ^ (EF_DTR | EF_RTS), err) ||
	    !once(&sure, rom, true, ret, ret_effect, err))
		return false;
	return *ret_effect != EF_RESET_IN_VAIN || ef_port_invert_lines(port, was, err);
}

static uint32_t hear_ms(const struct ef_reset_try *how, const struct ef_port *port)
{
	if (port->caps & EF_PORT_REMOTE)
		return HEAR_REMOTE_MS;
	return how->is_late ? 0 : HEAR_MS;
}

/* A loader's late answers are no words: they are frames, or unreadable at this rate. */
static bool has_words(const struct ef_port *port)
{
	static const uint8_t answer[] = { 0xc0, 0x01 };
	const uint8_t *data = port->rx + port->rx_pos;
	size_t len = port->rx_len - port->rx_pos, run = 0;

	if (ef_find_bytes(data, len, answer, sizeof(answer)))
		return false;
	for (size_t i = 0; i < len && run < HEARD_MIN; i++)
		run = (data[i] >= ' ' && data[i] < 0x7f) ? run + 1 : 0;
	return run >= HEARD_MIN;
}

static bool hear_words(struct ef_port *port, uint32_t ms, bool *ret, struct ef_err *err)
{
	uint64_t deadline_us = ef_port_deadline(port, ms);
	size_t want = 0, heard = 0;

	do {
		want = heard + HEARD_MIN;
		if (!ef_port_hear(port, want, deadline_us, &heard, err))
			return false;
		*ret = has_words(port);
	} while (!*ret && heard >= want && heard + HEARD_MIN <= sizeof(port->rx));
	return true;
}

/* *ret: whether the reset interrupted a stub. */
static bool run_reset(const struct ef_reset_try *how, struct ef_rom *rom, enum stream_end *ret,
		      struct ef_err *err)
{
	struct ef_port *port = rom->port;

	*ret = STREAM_NONE;
	if (how->may_interrupt && how->is_late && !reset_in_stream(rom, how->reset, ret, err))
		return false;
	if (!ef_port_set_baud(port, how->hear_hz, err))
		return false;
	return *ret != STREAM_NONE ||
	       (ef_rom_discard(rom, err) && ef_reset_run(how->reset, port, err));
}

/* *ret: the chip's words came. A stub may still be sending content that looks like words. */
static bool is_heard(const struct ef_reset_try *how, const struct ef_rom *rom, enum stream_end end,
		     bool *ret, struct ef_err *err)
{
	*ret = false;
	return end != STREAM_NONE || hear_words(rom->port, hear_ms(how, rom->port), ret, err);
}

static bool reset_once(const struct ef_reset_try *how, struct ef_rom *rom, bool is_again, void *ret,
		       enum ef_reset_effect *ret_effect, struct ef_err *err)
{
	enum stream_end end;
	bool speaks, answers;

	(void)ret; /* the effect is all there is */
	if (!run_reset(how, rom, &end, err))
		return false;
	*ret_effect = end == STREAM_CUT ? EF_RESET_INTERRUPTED : EF_RESET_QUIET;
	/* a port of the chip itself has no wires, and may be gone now */
	if (end == STREAM_CUT || how->reset->needs || !(rom->port->caps & EF_PORT_HAS_LINES))
		return true;
	if (!is_heard(how, rom, end, &speaks, err))
		return false;
	if (speaks) {
		*ret_effect = EF_RESET_HEARD;
		return true;
	}
	is_again |= end == STREAM_DOUBT;
	if (!reset_check_loader(rom, how->loader_hz, is_again, &answers, err))
		return false;
	if (answers)
		*ret_effect = EF_RESET_IN_VAIN;
	return true;
}

bool ef_reset_try(const struct ef_reset_try *how, struct ef_rom *rom, enum ef_reset_effect *ret,
		  struct ef_err *err)
{
	return reset_either_way(how, rom, reset_once, NULL, ret, err);
}

bool ef_reset_fail(struct ef_err *err)
{
	ef_fail(err, EF_E_WIRING,
		"the chip was not reset: its loader still answers, whichever way DTR and RTS are "
		"polarised");
	return ef_hint_set(err, EF_HINT_RESET_IN_VAIN);
}
