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

/*
 * A ROM that has a crystal of 26 MHz and takes it for one of 40 prints at this
 * rate: always on most ESP32-C2, which measures the host's rate all the same.
 */
#define CONNECT_OTHER_RATE 74880u
/* Whether this attempt is to be made there: what resets brought began with garbage. */
bool connect_log_wants_other_rate(const struct ef_flasher *f, unsigned attempt_no);
/* After an attempt: if it was made there, and gave text, the rate goes into the evidence. */
void connect_log_note_rate(struct ef_flasher *f);

/* Listen at other rates until one gives text, after a reset (if any); into the evidence. */
bool connect_listen(struct ef_flasher *f, const struct ef_reset *reset, uint64_t deadline_us,
		    struct ef_err *err) EF_MUST_CHECK;
/*
 * Where the application seems to start anew with each reset: hold the chip in
 * reset for longer than an attempt took, and count what comes; into the evidence.
 */
bool connect_hold(struct ef_flasher *f, uint64_t deadline_us, struct ef_err *err) EF_MUST_CHECK;

/* The verdict's words, as they are for this port and what the user allows. */
#define DIAGNOSE_WHAT_SIZE 200
void diagnose_what(const struct ef_evidence *ev, char ret[DIAGNOSE_WHAT_SIZE]);

/* Each reset was followed by the same first lines: an application that starts anew, or so. */
bool ef_diagnose_seems_restarted(const struct ef_evidence *ev);

#endif
