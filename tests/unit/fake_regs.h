/* SPDX-License-Identifier: MIT */
/* A fake register file: it has the words that a test gives it, and logs what is written. */
#ifndef FAKE_REGS_H
#define FAKE_REGS_H

#include <espflash/chip.h>

#include "ck_ef.h"

struct word {
	uint32_t addr, value;
};

#define LOG_MAX 32
struct fake {
	const struct word *words; /* addr 0 ends; others read as 0 */
	unsigned fail_at;         /* the n-th access fails; 0 never */
	unsigned accesses, writes;
	struct {
		uint32_t addr, value, mask, us;
	} log[LOG_MAX];
};

static inline bool fake_access(struct fake *f, struct ef_err *err)
{
	if (++f->accesses == f->fail_at)
		return ef_fail(err, EF_E_TIMEOUT, "no answer");
	return true;
}

static inline bool fake_read(void *ctx, uint32_t addr, uint32_t *ret, struct ef_err *err)
{
	struct fake *f = ctx;

	if (!fake_access(f, err))
		return false;
	*ret = 0;
	for (const struct word *w = f->words; w && w->addr; w++)
		if (w->addr == addr)
			*ret = w->value;
	return true;
}

static inline bool fake_write(void *ctx, uint32_t addr, uint32_t value, uint32_t mask,
			      struct ef_err *err)
{
	struct fake *f = ctx;

	if (!fake_access(f, err))
		return false;
	ck_assert_uint_lt(f->writes, LOG_MAX);
	f->log[f->writes].addr = addr;
	f->log[f->writes].value = value;
	f->log[f->writes++].mask = mask;
	return true;
}

static inline bool fake_delay(void *ctx, uint32_t us, struct ef_err *err)
{
	struct fake *f = ctx;

	if (!fake_access(f, err))
		return false;
	ck_assert_uint_gt(f->writes, 0);
	f->log[f->writes - 1].us = us;
	return true;
}

static inline struct ef_regs fake_regs(struct fake *f)
{
	return (struct ef_regs){ f, fake_read, fake_write, fake_delay };
}

#endif
