/* SPDX-License-Identifier: MIT */
/*
 * Listens after a reset. Knows how long to listen, and that the port may disappear and come back;
 * start_judge.c knows what the chip's output proves. Silence proves nothing, since many
 * applications print nothing.
 */
#include "flasher/connect_priv.h"
#include "flasher/reset_check.h"
#include "flasher/start_judge.h"

#include <espflash/log.h>

/* The device goes away for our reset, and perhaps for the application's own USB; more is a loop. */
#define RETURNS_MAX 3u
/* An application that crashes at once does so within this time after its first output. */
#define SETTLE_US 200000u

/*
 * The reset made the USB device vanish: wait for it. *ret false: it did not come back in
 * time, which is not an error.
 */
static bool listen_again(struct ef_flasher *f, bool *ret, struct ef_err *err)
{
	ef_log(EF_LOG_DEBUG, "listening: %s", err->msg);
	if (!ef_is_port_gone(err))
		return false;
	ef_err_clear(err);
	*ret = ef_port_reopen(f->port, ef_port_deadline(f->port, ef_budgets.enumerate_ms), err);
	if (err->code == EF_E_INTR)
		return false;
	ef_err_clear(err); /* the flash is written, so a lost port only ends the listening */
	return true;
}

static void keeps_leaving(const struct ef_flasher *f, unsigned times, struct ef_start *ret)
{
	ret->state = EF_START_LOOP;
	(void)ef_snprintf(ret->line, sizeof(ret->line), "'%s' went away %u times",
			  f->port->info.name, times);
}

void ef_flasher_will_listen(struct ef_flasher *f)
{
	f->is_listened_to = true;
}

struct listening {
	struct ef_flasher *f;
	struct start_judge judge;
	uint64_t from_us, deadline_us;
	uint64_t word_us; /* when the application's first output came; 0: not yet */
	unsigned returns;
	bool is_there;
};

/*
 * The time until which to listen: shortly after the application's first output, if there was any.
 */
static uint64_t end_us(const struct listening *l)
{
	uint64_t settled_us = l->word_us + SETTLE_US;

	return l->word_us && start_judge_has_app(&l->judge) && settled_us < l->deadline_us
		       ? settled_us
		       : l->deadline_us;
}

static bool goes_on(const struct listening *l)
{
	return l->is_there && l->returns <= RETURNS_MAX && !start_judge_is_certain(&l->judge) &&
	       ef_port_now_us(l->f->port) < end_us(l);
}

static bool hear(struct listening *l, uint32_t limit_ms, struct ef_err *err)
{
	struct ef_port *port = l->f->port;
	uint8_t data[256];
	size_t got;

	if (ef_port_read(port, data, sizeof(data), end_us(l), &got, err)) {
		start_judge_feed(&l->judge, data, got);
		if (!l->word_us && start_judge_has_text(&l->judge))
			l->word_us = ef_port_now_us(port);
		return true;
	}
	if (!listen_again(l->f, &l->is_there, err))
		return false;
	/* the chip's output begins only now, so start the time again */
	l->returns += l->is_there;
	l->deadline_us = ef_port_deadline(port, limit_ms);
	return true;
}

/* ---- silence ---- */

/*
 * The chip was silent after a reset by DTR and RTS. Perhaps the reset had no effect. *ret: the
 * loader still answers. is_again: it answered after the previous reset, too.
 */
static bool is_in_loader(struct ef_flasher *f, bool is_again, bool *ret, struct ef_err *err)
{
	*ret = false;
	if (!f->last_reset || !(f->port->caps & EF_PORT_HAS_LINES))
		return true;
	return reset_check_loader(&f->rom, f->rate_hz, is_again, ret, err);
}

/*
 * Reset the chip otherwise than the last time: with a pulse of full length, then with the other
 * polarity of both lines. was: the polarity of the first reset. *ret false: all was tried.
 */
static bool reset_otherwise(struct ef_flasher *f, unsigned was, bool *ret, struct ef_err *err)
{
	bool is_quick = f->last_reset->is_quick;

	*ret = is_quick || f->port->inverted == was;
	if (!*ret)
		return true;
	f->last_reset = ef_reset_sure(f->last_reset);
	if (!is_quick && !ef_port_invert_lines(f->port, was ^ (EF_DTR | EF_RTS), err))
		return false;
	return ef_rom_discard(&f->rom, err) && ef_reset_run(f->last_reset, f->port, err);
}

static void tell_loader(struct ef_start *ret)
{
	*ret = (struct ef_start){ .state = EF_START_DOWNLOAD };
	(void)ef_strlcpy(ret->line, sizeof(ret->line),
			 "the loader still answers: DTR and RTS did not reset the chip");
}

/*
 * *ret_silent: the chip was silent on a port that stayed. Bytes that prove nothing count as
 * silence: they may be noise, or late answers of a loader.
 */
static bool listen_once(struct ef_flasher *f, const struct ef_listen_opts *opts,
			struct ef_start *ret, bool *ret_silent, struct ef_err *err)
{
	struct listening l = { .f = f, .is_there = true };

	l.from_us = ef_port_now_us(f->port);
	l.deadline_us = ef_port_deadline(f->port, opts->limit_ms);
	start_judge_init(&l.judge, &opts->expect);
	while (goes_on(&l))
		if (!hear(&l, opts->limit_ms, err))
			return false;
	start_judge_result(&l.judge, ret);
	ret->has_first_word = l.word_us && ret->state != EF_START_SILENT;
	if (ret->has_first_word)
		ret->first_word_ms = (uint32_t)((l.word_us - l.from_us) / 1000u);
	if (l.returns > RETURNS_MAX)
		keeps_leaving(f, l.returns, ret);
	*ret_silent = ret->state == EF_START_SILENT && l.is_there && !l.returns;
	return true;
}

/*
 * *ret_in_loader: the chip was silent, and its loader still answers. is_again: it answered after
 * the previous reset, too.
 */
static bool listen_and_ask(struct ef_flasher *f, const struct ef_listen_opts *opts, bool is_again,
			   struct ef_start *ret, bool *ret_in_loader, struct ef_err *err)
{
	bool is_silent;

	*ret_in_loader = false;
	return listen_once(f, opts, ret, &is_silent, err) &&
	       (!is_silent || is_in_loader(f, is_again, ret_in_loader, err));
}

bool ef_flasher_listen(struct ef_flasher *f, const struct ef_listen_opts *opts,
		       struct ef_start *ret, struct ef_err *err)
{
	unsigned inverted = f->port->inverted;
	bool answers = false, goes_on = true;

	do {
		if (!listen_and_ask(f, opts, answers, ret, &answers, err))
			return false;
		if (!answers) {
			connect_tell_polarity(f, inverted);
			return true;
		}
		if (!reset_otherwise(f, inverted, &goes_on, err))
			return false;
	} while (goes_on);
	tell_loader(ret);
	return ef_port_invert_lines(f->port, inverted, err);
}
