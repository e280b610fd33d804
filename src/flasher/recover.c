/* SPDX-License-Identifier: MIT */
/*
 * Decides what is tried again, after which fault, by which means and how
 * often. The rungs themselves are the session's.
 */
#include "flasher/climb.h"

#include <espflash/log.h>

/* ---- the table ---- */

/* Faults as bits. Refusals are split by how much their status code can be trusted. */
enum {
	SILENT = 1u << 0,
	LOST = 1u << 1,
	GARBLED = 1u << 2,
	DIFFERS = 1u << 3,     /* the content read or written differs from the flash */
	DAMAGED = 1u << 4,     /* refused: the loader did nothing */
	UNCERTAIN = 1u << 5,   /* refused with a status that lost bytes cause, too */
	UNSUPPORTED = 1u << 6, /* the ROM's status for both unknown and damaged requests */
	MEANT = 1u << 7,       /* refused, and the status has no other cause */
	PORT_GONE = 1u << 8,
	REFUSED = DAMAGED | UNCERTAIN | UNSUPPORTED | MEANT,
	/* on a bad line the policy adds MEANT, since the line may have damaged the request */
	OF_THE_LINE = SILENT | LOST | GARBLED | DAMAGED | UNCERTAIN | UNSUPPORTED,
};

/* The rungs, as bits, in the order in which they are climbed. */
enum {
	REPEAT = 1u << 0,       /* drop partial input; every other time, send a delimiter */
	REOPEN = 1u << 1,       /* wait for the port and open it again */
	RESYNC = 1u << 2,       /* send SYNCs until the same loader answers */
	RESYNC_QUICK = 1u << 3, /* send one SYNC */
	SLOWER = 1u << 4,       /* take the next slower rate if errors repeat at this one */
	RECONNECT = 1u << 5,    /* reset the chip until its ROM answers */
	REBUILD = 1u << 6,      /* reset it and build the session anew */
	/* these are flags, not rungs */
	NOTES_RATE = 1u << 7,  /* the fault is evidence that the rate is too fast */
	NOT_COUNTED = 1u << 8, /* no budget applies: the step itself decides when to give up */
	/*
	 * the request has no checksum: unless the line is known to be bad, a refusal that repeats
	 * is meant
	 */
	UNCHECKED = 1u << 9,
	BAD_LINE = 1u << 10,    /* the fault shows that the line damages bytes */
	ENDS_STREAM = 1u << 11, /* at a rate that is too fast, only a new stream helps */
	/* content of the flash may still come: ask shortly first, and believe only silence */
	READING = 1u << 12,
	FROM_THE_LINE = NOTES_RATE | BAD_LINE | RESYNC | SLOWER | REBUILD,
};

/*
 * The first row that matches counts. A row without rungs only tries the step again
 * (ef_try.again makes its pieces smaller). A fault without a row is reported.
 */
static const struct {
	enum ef_work work;
	unsigned faults, rungs;
} table[] = {
	{ EF_WORK_QUERY, LOST, REPEAT },
	/*
	 * Something answered, but not this. The answer may still be to come, and an answer to
	 * READ_REG doesn't say to which of them: a SYNC's answer separates old from new.
	 */
	{ EF_WORK_QUERY, GARBLED, RESYNC },
	/* a ROM refuses unknown commands with the same status as damaged requests */
	{ EF_WORK_QUERY, DAMAGED | UNCERTAIN, REPEAT },
	/* an address that the line damaged may lie where the chip has no flash */
	{ EF_WORK_BEGIN, MEANT, UNCHECKED | RESYNC },
	{ EF_WORK_BLOCK, DAMAGED, NOTES_RATE | ENDS_STREAM },
	{ EF_WORK_UPLOAD, SILENT | LOST | GARBLED | REFUSED, RESYNC },
	{ EF_WORK_JUMP, LOST, 0 },
	{ EF_WORK_MEMORY, SILENT | LOST | GARBLED | REFUSED, RESYNC_QUICK },
	{ EF_WORK_PREPARE, OF_THE_LINE, RECONNECT },
	{ EF_WORK_CONNECT, PORT_GONE, REOPEN },
	{ EF_WORK_WRITE, PORT_GONE, REOPEN | RESYNC | SLOWER | REBUILD },
	{ EF_WORK_WRITE, OF_THE_LINE, FROM_THE_LINE },
	{ EF_WORK_WRITE, DIFFERS, NOT_COUNTED },
	{ EF_WORK_COMPARE, PORT_GONE, REOPEN | RESYNC | SLOWER | REBUILD },
	{ EF_WORK_COMPARE, MEANT | UNSUPPORTED, UNCHECKED | RESYNC | REBUILD },
	{ EF_WORK_COMPARE, OF_THE_LINE, FROM_THE_LINE },
	{ EF_WORK_READ, PORT_GONE, READING | REOPEN | RESYNC | SLOWER | REBUILD },
	{ EF_WORK_READ, MEANT | UNSUPPORTED, READING | UNCHECKED | RESYNC | REBUILD },
	{ EF_WORK_READ, OF_THE_LINE | DIFFERS, READING | FROM_THE_LINE },
	{ EF_WORK_ERASE, PORT_GONE, REOPEN | RESYNC | SLOWER | REBUILD },
	{ EF_WORK_ERASE, MEANT | UNSUPPORTED, UNCHECKED | RESYNC | REBUILD },
	{ EF_WORK_ERASE, OF_THE_LINE, FROM_THE_LINE },
	{ EF_WORK_ERASE, DIFFERS, 0 },
};

static unsigned refusal_bit(enum ef_refusal refusal)
{
	switch (refusal) {
	case EF_REFUSAL_DAMAGED:
		return DAMAGED;
	case EF_REFUSAL_UNCERTAIN:
		return UNCERTAIN;
	case EF_REFUSAL_UNSUPPORTED:
		return UNSUPPORTED;
	default:
		return MEANT;
	}
}

static unsigned fault_bit(const struct ef_fault *fault)
{
	switch (fault->kind) {
	case EF_FAULT_SILENT:
		return SILENT;
	case EF_FAULT_LOST:
		return LOST;
	case EF_FAULT_GARBLED:
		return GARBLED;
	case EF_FAULT_DIFFERS:
		return DIFFERS;
	case EF_FAULT_REFUSED:
		return refusal_bit(fault->refusal);
	case EF_FAULT_PORT_GONE:
		return PORT_GONE;
	default:
		return 0;
	}
}

/*
 * Return whether a row of the table covers this fault, with the exceptions that bits can't express.
 */
static bool fits(const struct ef_flasher *f, size_t row, unsigned fault)
{
	unsigned faults = table[row].faults;

	/* until the first chip answered, the connect loop itself waits for the port */
	if (fault == PORT_GONE &&
	    (!f->port->ops->reopen || (table[row].work == EF_WORK_CONNECT && !f->was_met)))
		return false;
	if (f->recovery.is_bad_line && (faults & OF_THE_LINE) == OF_THE_LINE)
		faults |= MEANT;
	if (table[row].rungs & UNCHECKED && f->recovery.is_bad_line)
		return false;
	/* a mask ROM refuses unknown requests with the same status as damaged ones */
	if (table[row].work == EF_WORK_QUERY && f->rom.loader == EF_LOADER_ROM)
		faults &= ~(unsigned)REFUSED;
	return faults & fault;
}

/* *ret: the rungs for this fault. False: it is not worth another try. */
static bool look_up(const struct ef_flasher *f, enum ef_work work, const struct ef_fault *fault,
		    unsigned *ret)
{
	unsigned bit = fault_bit(fault);

	for (size_t i = 0; i < EF_ARRAY_LEN(table); i++) {
		if (table[i].work != work || !fits(f, i, bit))
			continue;
		*ret = table[i].rungs;
		return true;
	}
	return false;
}

/* ---- classifying faults ---- */

bool ef_fault_final(struct ef_err *err)
{
	err->fault.kind = EF_FAULT_NONE;
	return false;
}

bool ef_fault_gone(struct ef_err *err)
{
	err->fault.kind = EF_FAULT_SILENT;
	return false;
}

bool ef_is_port_gone(const struct ef_err *err)
{
	return fault_bit(&err->fault) & PORT_GONE;
}

bool ef_is_damaged(const struct ef_err *err)
{
	return fault_bit(&err->fault) & DAMAGED;
}

bool ef_is_no_answer(const struct ef_err *err)
{
	return fault_bit(&err->fault) & (SILENT | LOST);
}

bool ef_is_exchange_fault(const struct ef_err *err)
{
	return fault_bit(&err->fault) & (SILENT | LOST | GARBLED | REFUSED);
}

bool ef_is_refusal(const struct ef_err *err)
{
	return err->fault.kind == EF_FAULT_REFUSED ||
	       (err->fault.kind == EF_FAULT_GARBLED && err->fault.status != 0);
}

bool ef_is_line_fault(const struct ef_flasher *f, const struct ef_err *err)
{
	unsigned of_the_line = OF_THE_LINE | (f->recovery.is_bad_line ? MEANT : 0);

	return fault_bit(&err->fault) & of_the_line;
}

/* The faults that show by themselves that the line damages bytes. */
static bool counts_as_damage(const struct ef_err *err)
{
	return fault_bit(&err->fault) & (LOST | GARBLED | DAMAGED | UNCERTAIN);
}

void ef_recover_note(struct ef_flasher *f, const struct ef_err *err)
{
	f->recovery.damages += counts_as_damage(err);
}

void ef_recover_suspect(struct ef_flasher *f, const struct ef_err *err)
{
	f->recovery.damages += !counts_as_damage(err);
}

/* ---- the rate ---- */

void ef_recover_passed(struct ef_flasher *f, uint32_t content)
{
	f->recovery.since_fault += content;
	if (f->recovery.since_fault >= ef_budgets.rate.bytes) {
		f->recovery.faults = 0;
		f->recovery.since_fault = 0;
	}
	ef_climb_passed(f, content);
}

static bool has_many_faults(const struct ef_flasher *f)
{
	return f->recovery.faults >= ef_budgets.rate.faults;
}

static bool is_too_fast(struct ef_flasher *f)
{
	return has_many_faults(f) && f->rungs->next_rate(f) != 0 &&
	       !blame_is_cleared(&f->recovery.blame, f->rate_hz);
}

/* Slower rates did not help, and the work has not gone back yet. */
static bool is_too_slow(struct ef_flasher *f)
{
	return has_many_faults(f) && !f->recovery.climb.has_returned &&
	       f->rate_hz < blame_best(&f->recovery.blame, f->rate_hz) &&
	       f->rungs->faster_rate(f) != 0;
}

/*
 * The user did not ask for a rate that the flasher chose or is trying, so the first loss rules it
 * out. Silence doesn't: the chip may have been reset, and connecting anew proves the rate again.
 */
static void note_rate_fault(struct ef_flasher *f, enum ef_work work, const struct ef_err *cause)
{
	bool is_trial = f->recovery.climb.is_trial;
	bool is_proof = (f->plan.is_auto || is_trial) && cause->fault.kind != EF_FAULT_SILENT;

	f->recovery.faults += is_proof ? ef_budgets.rate.faults : 1;
	f->recovery.since_fault = f->recovery.climb.quiet = 0;
	blame_fault(&f->recovery.blame, &f->rom, f->rate_hz, f->recovery.failures[work]);
}

/* ---- budgets ---- */

void ef_recover_progress(struct ef_flasher *f, enum ef_work work)
{
	f->recovery.failures[work] = 0;
}

static const struct ef_budget *budget_of(const struct ef_flasher *f, enum ef_work work)
{
	if (work == EF_WORK_QUERY && !f->recovery.is_connecting)
		return &ef_budgets.query_at_work;
	if (work == EF_WORK_PREPARE && f->recovery.damages > 1)
		return &ef_budgets.prepare_bad_line;
	return &ef_budgets.work[work];
}

static bool is_used_up(const struct ef_flasher *f, enum ef_work work, uint64_t start_us)
{
	const struct ef_budget *b = budget_of(f, work);
	uint64_t spent_us = ef_port_now_us(f->port) - start_us;

	return f->recovery.failures[work] > b->tries ||
	       (b->ms && spent_us >= b->ms * UINT64_C(1000));
}

/* ---- the rungs ---- */

bool ef_recover_shift(struct ef_flasher *f, unsigned nth, struct ef_err *err)
{
	return nth % 2 == 0 || ef_rom_shift_frame(&f->rom, err);
}

/* If the chip did answer, its decoder is in step and needs no delimiter. */
static bool repeat(struct ef_flasher *f, enum ef_work work, const struct ef_err *cause,
		   struct ef_err *err)
{
	return ef_rom_discard(&f->rom, err) &&
	       (cause->fault.kind != EF_FAULT_LOST ||
		ef_recover_shift(f, f->recovery.failures[work] - 1, err));
}

/* *answers (in and out): whether the chip answers. */
static bool slow_down(struct ef_flasher *f, bool *answers, struct ef_err *err)
{
	uint32_t rate_hz = f->rungs->next_rate(f);

	if (!is_too_fast(f))
		return true;
	f->recovery.faults = 0;
	f->recovery.rate_hz = rate_hz;
	ef_climb_leaves(f, f->rate_hz);
	/* if not even a SYNC passes, only a reset can move both sides to another rate */
	return !*answers || f->rungs->slower(f, rate_hz, answers, err);
}

/*
 * Flash content may include an old boot log. While reading, damaged frames leave such content on
 * the line, so only silence lets us believe it.
 */
static enum ef_heard heard(unsigned rungs, const struct ef_err *cause)
{
	if (cause->fault.kind == EF_FAULT_SILENT)
		return EF_HEARD_NOBODY;
	return rungs & READING ? EF_HEARD_CONTENT : EF_HEARD_LOADER;
}

/* Climb until a loader answers. *ret_answers false without an error: none does. */
static bool climb(struct ef_flasher *f, enum ef_work work, unsigned rungs,
		  const struct ef_err *cause, bool *ret_answers, struct ef_err *err)
{
	bool answers = !(rungs & (RESYNC | RESYNC_QUICK | RECONNECT | REBUILD));
	uint32_t rate_hz = f->rate_hz;
	bool was_reset = false;

	if (rungs & REBUILD && !f->rungs->hear(f, heard(rungs, cause), &was_reset, err))
		return false;
	/* a ROM that answers after a reset is set up for nothing: neither flash nor stub */
	if (was_reset)
		rungs &= ~(unsigned)(RESYNC | RESYNC_QUICK);
	if (rungs & REPEAT && !repeat(f, work, cause, err))
		return false;
	if (rungs & REOPEN && !f->rungs->reopen(f, cause, err))
		return false;
	if (rungs & READING && rungs & RESYNC &&
	    !f->rungs->resync(f, &ef_budgets.resync.reading, &answers, err))
		return false;
	if (!answers && rungs & (RESYNC | RESYNC_QUICK)) {
		struct ef_budget b = rungs & RESYNC ? ef_budgets.resync.work
						    : ef_budgets.resync.quick;

		/* the exchange itself has already sent two SYNCs */
		if (cause->fault.kind == EF_FAULT_SILENT && b.tries > 1)
			b.tries /= 2;
		if (!f->rungs->resync(f, &b, &answers, err))
			return false;
	}
	if (rungs & SLOWER && !slow_down(f, &answers, err))
		return false;
	if (!answers && rungs & (RECONNECT | REBUILD)) {
		blame_count(&f->recovery.blame, &f->rom, rate_hz);
		if (!(rungs & RECONNECT ? f->rungs->reconnect(f, cause, err)
					: f->rungs->rebuild(f, f->recovery.rate_hz, err)))
			return false;
		blame_skip(&f->recovery.blame, &f->rom);
		answers = true;
	}
	*ret_answers = answers;
	return true;
}

/* If the port goes away while the rungs look for a loader, wait for it and climb again. */
static bool climb_twice(struct ef_flasher *f, enum ef_work work, unsigned rungs,
			const struct ef_err *cause, bool *ret_answers, struct ef_err *err)
{
	struct ef_err again;

	if (climb(f, work, rungs, cause, ret_answers, err))
		return true;
	if (!(rungs & REBUILD) || !ef_is_port_gone(err) || ef_is_port_gone(cause) ||
	    f->recovery.is_other_board)
		return false;
	again = *err;
	ef_err_clear(err); /* the second climb reports its own error */
	return climb(f, work, rungs | REOPEN, &again, ret_answers, err);
}

/* Report the error that stopped the recovery if it explains more than the original cause. */
static void choose_error(unsigned rungs, const struct ef_err *cause, const struct ef_err *other,
			 struct ef_err *err)
{
	/* POWER: a boot log names the reason, and the cause is only what it did to an exchange */
	bool is_better = other->code == EF_E_INTR || other->code == EF_E_POWER ||
			 (ef_is_port_gone(other) && !ef_is_port_gone(cause)) ||
			 (other->code != EF_OK && rungs & RECONNECT);

	*err = is_better ? *other : *cause;
}

/* The work got further, or failed in another way, so the line caused the earlier refusal. */
static void blame_line(struct ef_flasher *f, struct ef_try *t)
{
	const struct ef_err cause = { .fault = t->refusal };

	if (!t->refusals)
		return;
	t->refusals = 0;
	f->recovery.is_bad_line = true;
	note_rate_fault(f, t->work, &cause);
}

/*
 * A loader that means its refusal repeats it; the line hardly damages several requests in a row so
 * that each is refused in the same way.
 */
static bool is_repeated(struct ef_flasher *f, struct ef_try *t, const struct ef_fault *fault)
{
	if (f->recovery.failures[t->work] < 2 || t->refusal.status != fault->status ||
	    t->refusal.reason != fault->reason)
		blame_line(f, t);
	t->refusal = *fault;
	return ++t->refusals > ef_budgets.refusal.tries;
}

/* Handle the failure in *err. True: *err is cleared and the step must be tried again. */
static bool recover(struct ef_flasher *f, struct ef_try *t, uint64_t start_us, struct ef_err *err)
{
	struct ef_err cause = *err, other = EF_ERR_INIT;
	bool answers = false;
	unsigned rungs;

	if (!look_up(f, t->work, &err->fault, &rungs))
		return false;
	if (t->failed)
		t->failed(t->ctx, &cause);
	if (!(rungs & NOT_COUNTED))
		f->recovery.failures[t->work]++;
	if (rungs & UNCHECKED) {
		if (is_repeated(f, t, &cause.fault))
			return false;
		ef_recover_suspect(f, &cause);
	} else {
		blame_line(f, t);
	}
	t->is_exhausted = is_used_up(f, t->work, start_us) || ef_port_is_late(f->port);
	if (t->is_exhausted || f->recovery.is_other_board)
		return false;
	if (rungs & NOTES_RATE)
		note_rate_fault(f, t->work, &cause);
	if (rungs & ENDS_STREAM && (is_too_fast(f) || is_too_slow(f)))
		return false; /* the write itself must change the rate and start a new stream */
	if (rungs & BAD_LINE)
		f->recovery.is_bad_line = true;
	if (!climb_twice(f, t->work, rungs, &cause, &answers, &other) || !answers) {
		choose_error(rungs, &cause, &other, err);
		return false;
	}
	ef_log(EF_LOG_DEBUG, "recovered from: %s", cause.msg);
	ef_err_clear(err);
	if (t->again)
		t->again(t->ctx, &cause);
	return true;
}

/* Return whether the chip may have said why it ended the session that the work needs. */
static bool has_reason(const struct ef_flasher *f, enum ef_work work, const struct ef_err *err)
{
	unsigned rungs;

	return ef_is_no_answer(err) && look_up(f, work, &err->fault, &rungs) && rungs & REBUILD;
}

bool ef_try(struct ef_flasher *f, struct ef_try *t, struct ef_err *err)
{
	uint64_t start_us = t->start_us ? t->start_us : ef_port_now_us(f->port);

	f->recovery.failures[t->work] = 0;
	while (!t->step(t->ctx, err)) {
		if (recover(f, t, start_us, err))
			continue;
		if (has_reason(f, t->work, err))
			f->rungs->explain(f, err);
		return false;
	}
	blame_line(f, t);
	if (f->recovery.is_connecting)
		blame_skip(&f->recovery.blame, &f->rom);
	return true;
}
