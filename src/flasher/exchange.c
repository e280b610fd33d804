/* SPDX-License-Identifier: MIT */
/*
 * Makes one exchange under the recovery policy. Idempotent exchanges are repeated. If an answer
 * doesn't come, a SYNC sent behind the request tells whether the chip is still there: the chip
 * answers it once it has finished its work. So lost bytes don't cost the whole timeout, and a chip
 * that is gone is noticed.
 */
#include <espflash/log.h>

#include "flasher/session.h"

/* A request that was sent and not answered yet. */
struct asking {
	struct ef_flasher *f;
	const struct ef_request *req;
	struct ef_op_traits traits;
	uint64_t patience_us; /* silence before a SYNC; 0: no SYNC may follow this request */
	uint64_t sent_us, deadline_us;
	unsigned nudges; /* SYNCs that were sent behind it */
};

/* ---- finding out whether the chip is there ---- */

/* When to send the next SYNC. */
static uint64_t nudge_us(const struct asking *a)
{
	const struct ef_nudge_budget *b = &ef_budgets.nudge;
	unsigned times = a->nudges == 0 ? 1u : a->traits.is_prompt ? b->second_prompt : b->second;

	if (!a->patience_us || a->nudges == b->count)
		return UINT64_MAX;
	return a->sent_us + a->patience_us * times;
}

/* Shorten the timeout to the time that all the SYNCs need. */
static void expect_soon(struct asking *a)
{
	uint64_t us = a->sent_us + (ef_budgets.nudge.count + 1u) * a->patience_us;

	if (us < a->deadline_us)
		a->deadline_us = us;
}

static void begin(struct asking *a)
{
	uint64_t timeout_us = (uint64_t)a->req->timeout_ms * 1000u;
	uint64_t patience_us = (uint64_t)a->f->recovery.patience_ms * 1000u;
	uint64_t short_us = patience_us * ef_budgets.nudge.unnudged;

	a->traits = ef_op_traits(a->req->op);
	a->patience_us = a->traits.may_be_followed ? patience_us : 0;
	a->sent_us = ef_rom_sent_us(&a->f->rom);
	a->deadline_us = a->sent_us + timeout_us;
	if (a->patience_us && a->traits.is_prompt)
		expect_soon(a);
	else if (a->traits.is_prompt && short_us < timeout_us)
		a->deadline_us = a->sent_us + short_us;
}

/*
 * A SYNC's first delimiter also ends a frame whose own end got lost. A decoder that
 * then takes the second delimiter for a start gets the next SYNC shifted.
 */
static bool nudge(struct asking *a, struct ef_err *err)
{
	struct ef_rom *rom = &a->f->rom;

	if (!ef_recover_shift(a->f, a->nudges++, err))
		return false;
	ef_log(EF_LOG_TRACE, "no answer yet: sending a SYNC");
	return ef_rom_send_sync(rom, err);
}

/* How the chip reacted when an answer did not come. */
enum presence {
	NOT_HEARD, /* no reaction; if all SYNCs were sent, the chip counts as gone */
	THERE,     /* it answered a SYNC */
	GONE,      /* it printed a boot log */
};

static bool no_answer(struct asking *a, enum presence presence, struct ef_err *err)
{
	const char *name = ef_op_name(a->req->op);

	ef_rom_no_answer(&a->f->rom, a->req, a->deadline_us - a->sent_us, err);
	if (presence == THERE) {
		ef_err_clear(err); /* the chip is there, so a better message is possible */
		return ef_fail(err, EF_E_TIMEOUT, "no answer to %s: bytes got lost",
			       name ? name : "a command");
	}
	if (presence == GONE || a->nudges == ef_budgets.nudge.count)
		ef_fault_gone(err);
	return false;
}

/* ---- after an answer that came late ---- */

static bool refuse_late(struct asking *a, const uint8_t status[2], struct ef_err *err)
{
	return status[0] == 0 ||
	       ef_rom_refused(a->f->rom.loader, a->req->op, status[0], status[1], err);
}

/* Discard late SYNC answers. If one carries a failure that a stub held back, report it. */
static bool take_off(struct asking *a, uint32_t gap_ms, struct ef_err *err)
{
	uint8_t status[2];
	bool found = true;

	for (unsigned i = 0; found && i < ef_budgets.nudge.late_answers; i++) {
		if (!ef_rom_await_sync(&a->f->rom, gap_ms, &found, status, err))
			return false;
		if (found && !refuse_late(a, status, err))
			return false;
	}
	return true;
}

/*
 * Send SYNCs, every other one with an extra delimiter, until the chip answers one. A stub that was
 * busy has most likely lost the SYNC before as a whole, so the first one has none.
 */
static bool bring_into_step(struct asking *a, uint32_t gap_ms, bool is_shifted, struct ef_err *err)
{
	struct ef_rom *rom = &a->f->rom;
	uint8_t status[2];
	bool found = false;

	for (unsigned i = 0; !found && i < ef_budgets.nudge.in_step; i++) {
		if ((i || is_shifted) && (!ef_recover_shift(a->f, is_shifted ? i : i - 1, err) ||
					  !ef_rom_send_sync(rom, err)))
			return false;
		if (!ef_rom_await_sync(rom, gap_ms, &found, status, err))
			return false;
	}
	if (!found)
		return true; /* the next request will fail if the chip is gone */
	return ef_rom_drain_burst(rom, err) && refuse_late(a, status, err);
}

/*
 * The answer came after a SYNC had been sent. Take that SYNC's answers off the line;
 * where there are none, bring the chip's decoder into step again.
 */
static bool settle(struct asking *a, struct ef_err *err)
{
	uint32_t gap_ms = a->f->recovery.patience_ms / ef_budgets.nudge.gap_part;
	/* if the chip answered the first SYNC, the extra delimiter before the second confused it */
	bool is_shifted = a->nudges > 1;

	if (is_shifted && !take_off(a, gap_ms, err))
		return false;
	return bring_into_step(a, gap_ms, is_shifted, err);
}

/* ---- the exchange ---- */

/* Wait once. *ret_done: there is an answer. */
static bool wait_once(struct asking *a, bool *ret_done, struct ef_reply *reply, struct ef_err *err)
{
	struct ef_rom *rom = &a->f->rom;
	bool may_nudge = a->patience_us && a->nudges < ef_budgets.nudge.count;
	uint64_t nudge_at = nudge_us(a);
	const struct ef_wait wait = {
		.until_us = nudge_at < a->deadline_us ? nudge_at : a->deadline_us,
		.takes_sync = a->nudges > 0,
		.stops_at_junk = may_nudge,
		.stops_at_text = true,
	};
	enum ef_waited waited;

	if (!ef_rom_wait(rom, a->req, &wait, &waited, reply, err))
		return false;
	*ret_done = waited == EF_WAITED_ANSWER;
	if (*ret_done)
		return true;
	if (waited == EF_WAITED_SYNC)
		return no_answer(a, THERE, err);
	if (!may_nudge || ef_port_now_us(rom->port) >= a->deadline_us)
		return no_answer(a, waited == EF_WAITED_TEXT ? GONE : NOT_HEARD, err);
	if (waited == EF_WAITED_TEXT) {
		/* the chip was most likely reset, so no long work can delay its answer any more */
		a->sent_us = ef_port_now_us(rom->port);
		a->traits.is_prompt = true;
		expect_soon(a);
	}
	return nudge(a, err);
}

bool ef_exchange_receive(struct ef_flasher *f, const struct ef_request *req, struct ef_reply *ret,
			 struct ef_err *err)
{
	struct asking a = { .f = f, .req = req };
	bool done = false;

	begin(&a);
	while (!done) {
		if (!wait_once(&a, &done, ret, err)) {
			ef_recover_note(f, err);
			return false;
		}
	}
	if (a.nudges == 0 || settle(&a, err))
		return true;
	ef_recover_note(f, err);
	return false;
}

/* Context of the step that repeats an idempotent exchange. */
struct query {
	struct ef_flasher *f;
	struct ef_request req;
	struct ef_reply *reply;
};

static bool query_step(void *ctx, struct ef_err *err)
{
	struct query *q = ctx;

	return ef_rom_send(&q->f->rom, &q->req, err) &&
	       ef_exchange_receive(q->f, &q->req, q->reply, err);
}

static void query_again(void *ctx, const struct ef_err *cause)
{
	struct query *q = ctx;

	(void)cause;
	if (q->req.timeout_ms > ef_budgets.repeat_ms)
		q->req.timeout_ms = ef_budgets.repeat_ms;
}

bool ef_exchange(void *ctx, const struct ef_request *req, struct ef_reply *ret, struct ef_err *err)
{
	struct query q = { .f = ctx, .req = *req, .reply = ret };
	struct ef_try t = {
		.work = EF_WORK_QUERY, .step = query_step, .again = query_again, .ctx = &q
	};

	if (!ef_op_traits(req->op).is_idempotent)
		return query_step(&q, err);
	return ef_try(q.f, &t, err);
}
