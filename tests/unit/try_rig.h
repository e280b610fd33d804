/* SPDX-License-Identifier: MIT */
/* A step that always fails, under the recovery policy, with rungs that only say their names. */
#ifndef TRY_RIG_H
#define TRY_RIG_H

#include "flasher/flasher_priv.h"
#include "ck_ef.h"
#include "rig/fake_port.h"

static struct ef_flasher f;
static struct fake_port port;
static struct ef_err err;

/* What the rungs do, and the names of those that were climbed. */
static struct {
	char log[2048];
	bool answers;        /* to SYNC, and at a slower rate */
	bool fails;          /* reconnect and rebuild */
	enum ef_code resync; /* the error of the first resync; EF_OK: none */
	uint32_t next_rate;
	struct ef_budget resynced; /* of the last one */
	uint32_t rebuilt_at_hz;    /* by the last one */
	unsigned explained;
} rungs;

static inline void note(const char *name)
{
	size_t len = strlen(rungs.log);

	(void)snprintf(rungs.log + len, sizeof(rungs.log) - len, "%s%s", len ? " " : "", name);
}

/* What failed before is told to no rung by the record that it fills in. */
static inline void is_clean(const struct ef_err *e)
{
	ck_assert_msg(e->code == EF_OK, "a rung gets an error: %s", e->msg);
}

static inline bool on_resync(struct ef_flasher *self, const struct ef_budget *budget, bool *ret,
			     struct ef_err *e)
{
	enum ef_code code = rungs.resync;

	(void)self;
	is_clean(e);
	note("resync");
	rungs.resynced = *budget;
	rungs.resync = EF_OK;
	*ret = rungs.answers;
	return code == EF_OK || ef_fail(e, code, "the resync fails");
}

static inline bool on_reopen(struct ef_flasher *self, const struct ef_err *cause, struct ef_err *e)
{
	(void)self;
	(void)cause;
	is_clean(e);
	note("reopen");
	return true;
}

static inline uint32_t on_next_rate(const struct ef_flasher *self)
{
	(void)self;
	return rungs.next_rate;
}

static inline bool on_slower(struct ef_flasher *self, uint32_t rate_hz, bool *ret, struct ef_err *e)
{
	(void)self;
	is_clean(e);
	ck_assert_uint_eq(rate_hz, rungs.next_rate);
	note("slower");
	*ret = rungs.answers;
	return true;
}

static inline bool on_reconnect(struct ef_flasher *self, const struct ef_err *cause,
				struct ef_err *e)
{
	(void)self;
	(void)cause;
	is_clean(e);
	note("reconnect");
	return !rungs.fails || ef_fail(e, EF_E_TIMEOUT, "the reset fails");
}

static inline bool on_rebuild(struct ef_flasher *self, uint32_t rate_hz, struct ef_err *e)
{
	(void)self;
	is_clean(e);
	note("rebuild");
	rungs.rebuilt_at_hz = rate_hz;
	return !rungs.fails || ef_fail(e, EF_E_TIMEOUT, "the rebuild fails");
}

static inline bool on_hear(struct ef_flasher *self, enum ef_heard heard, bool *ret_was_reset,
			   struct ef_err *e)
{
	(void)self;
	(void)e;
	*ret_was_reset = false;
	note(heard == EF_HEARD_NOBODY ? "hear-silence" : "hear");
	return true;
}

static inline void on_explain(struct ef_flasher *self, struct ef_err *e)
{
	(void)self;
	(void)e;
	rungs.explained++;
}

static inline bool can_reopen(struct ef_port *self, uint64_t deadline_us, struct ef_err *e)
{
	(void)self;
	(void)deadline_us;
	(void)e;
	return true;
}

/* A step that fails with this fault as often as it is told. */
struct step {
	struct ef_fault fault;
	enum ef_code code;
	unsigned failures; /* then it succeeds */
	unsigned tries;
	uint32_t ms; /* that each takes */
};

static inline bool run_step(void *ctx, struct ef_err *e)
{
	struct step *s = ctx;

	port.now_us += s->ms * 1000ull;
	if (s->tries++ >= s->failures)
		return true;
	ef_fail(e, s->code, "the step fails");
	e->fault = s->fault;
	return false;
}

static inline void start(void)
{
	static const struct ef_rungs all = {
		.resync = on_resync,
		.reopen = on_reopen,
		.next_rate = on_next_rate,
		.slower = on_slower,
		.reconnect = on_reconnect,
		.rebuild = on_rebuild,
		.hear = on_hear,
		.explain = on_explain,
	};

	memset(&rungs, 0, sizeof(rungs));
	rungs.answers = true;
	memset(&f, 0, sizeof(f));
	fake_init(&port, FAKE_SERIAL);
	port.ops.reopen = can_reopen;
	port.now_us = 1000000;
	err = (struct ef_err)EF_ERR_INIT;
	f.port = &port.base;
	f.rungs = &all;
	f.was_met = true;
	ck_ok(ef_rom_init(&f.rom, &port.base, &err), &err);
	f.rom.loader = EF_LOADER_STUB;
}

static inline bool try_step(enum ef_work work, struct step *s)
{
	struct ef_try t = { .work = work, .step = run_step, .ctx = s };
	bool ok = ef_try(&f, &t, &err);

	ef_rom_release(&f.rom);
	return ok;
}

static const struct ef_fault silent = { .kind = EF_FAULT_SILENT }, lost = { .kind = EF_FAULT_LOST },
			     garbled = { .kind = EF_FAULT_GARBLED },
			     differs = { .kind = EF_FAULT_DIFFERS },
			     gone = { .kind = EF_FAULT_PORT_GONE },
			     damaged = { EF_FAULT_REFUSED, 0xc1, 0, EF_REFUSAL_DAMAGED },
			     uncertain = { EF_FAULT_REFUSED, 0xc7, 0, EF_REFUSAL_UNCERTAIN },
			     unsupported = { EF_FAULT_REFUSED, 1, 5, EF_REFUSAL_UNSUPPORTED },
			     meant = { EF_FAULT_REFUSED, 0xc4, 0, EF_REFUSAL_MEANT };

#endif
