/* SPDX-License-Identifier: MIT */
/* Primitives of a session: the exchange under recovery, the loader's form, finding it again. */
#ifndef EF_FLASHER_SESSION_H
#define EF_FLASHER_SESSION_H

#include "flasher/flasher_priv.h"

/* ---- exchange.c ---- */

/* An ef_exchange_fn; ctx is the session. Every typed command of rom.h goes through it. */
bool ef_exchange(void *ctx, const struct ef_request *req, struct ef_reply *ret,
		 struct ef_err *err) EF_MUST_CHECK;
/*
 * Do the second half, behind an ef_rom_send. While the answer does not come, SYNCs ask whether the
 * chip is there: fault SILENT when it answers none, LOST when it does.
 */
bool ef_exchange_receive(struct ef_flasher *f, const struct ef_request *req, struct ef_reply *ret,
			 struct ef_err *err) EF_MUST_CHECK;

/* ---- session.c ---- */

/*
 * Read registers that don't depend on each other. Requests are sent ahead of the answers where
 * the loader has room for them, until the first damage.
 */
bool ef_session_read_regs(struct ef_flasher *f, const uint32_t *addrs, size_t count, uint32_t *ret,
			  struct ef_err *err) EF_MUST_CHECK;
/* Write registers in this order, in the same way. */
bool ef_session_write_regs(struct ef_flasher *f, const struct ef_reg_write *writes, size_t count,
			   struct ef_err *err) EF_MUST_CHECK;
/* Set block sizes and BEGIN form for the loader that answers now. */
void ef_session_use_loader(struct ef_flasher *f, enum ef_loader loader);
/* Return whether that loader can be told to encrypt what it writes. */
bool ef_session_encrypts(const struct ef_flasher *f);
/* A rung: *ret is true when the loader that this session talks to answers a SYNC. */
bool ef_session_resync(struct ef_flasher *f, const struct ef_budget *budget, bool *ret,
		       struct ef_err *err) EF_MUST_CHECK;
/* *ret: which loader answers SYNCs within the budget. */
bool ef_session_who(struct ef_flasher *f, const struct ef_budget *budget, enum ef_sync_result *ret,
		    struct ef_err *err) EF_MUST_CHECK;
/* A rung: wait for the port and open it at the present rate. */
bool ef_session_reopen(struct ef_flasher *f, const struct ef_err *cause,
		       struct ef_err *err) EF_MUST_CHECK;
/* Put the verdict that explains an error into the caller's report. Always false. */
bool ef_session_verdict(const struct ef_flasher *f, enum ef_verdict verdict, struct ef_err *err);

#endif
