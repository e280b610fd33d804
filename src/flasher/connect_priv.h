/* SPDX-License-Identifier: MIT */
/* What the connect loop records, and its ear for other rates; connect.c alone uses this. */
#ifndef EF_FLASHER_CONNECT_PRIV_H
#define EF_FLASHER_CONNECT_PRIV_H

#include "flasher/flasher_priv.h"

void connect_log_clear(struct ef_rx_log *rx);
/* How telling a log is: 3 download mode, 2 another by the straps, 1 any boot line, 0 none. */
int connect_log_rank(const struct ef_rx_log *rx);
/* An attempt: begins before its reset, ends after its last SYNC. */
void connect_log_begin(struct ef_flasher *f, const char *strategy, bool is_inverted);
void connect_log_end(struct ef_flasher *f);
/* After something was received: into the present attempt, and lines counted. */
void connect_log_bytes(struct ef_flasher *f);
/* Keep the log if it tells more than the one that is kept. */
void connect_log_keep(struct ef_flasher *f);

/* Reset the chip and listen at other rates until one gives text; into the evidence. */
bool connect_listen(struct ef_flasher *f, bool may_reset, uint64_t deadline_us,
		    struct ef_err *err) EF_MUST_CHECK;
/*
 * Where the application seems to start anew with each reset: hold the chip in
 * reset for longer than an attempt took, and count what comes; into the evidence.
 */
bool connect_hold(struct ef_flasher *f, uint64_t deadline_us, struct ef_err *err) EF_MUST_CHECK;

/* Each reset was followed by the same first lines: an application that starts anew, or so. */
bool ef_diagnose_seems_restarted(const struct ef_evidence *ev);

#endif
