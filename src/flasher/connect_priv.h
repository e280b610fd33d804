/* SPDX-License-Identifier: MIT */
/* What the files of the connect loop share. */
#ifndef EF_FLASHER_CONNECT_PRIV_H
#define EF_FLASHER_CONNECT_PRIV_H

#include "flasher/flasher_priv.h"

/* ---- connect_choose.c ---- */

/* espflash: MAX_CONNECT_ATTEMPTS */
#define CONNECT_ATTEMPTS 7u
#define STRATEGIES_MAX   (EF_RESET_ORDER_MAX + 2)

/* One run of the loop. */
struct connecting {
	struct ef_flasher *f;
	const struct ef_reset *order[STRATEGIES_MAX];
	size_t count;
	unsigned attempts;
	uint64_t deadline_us; /* of this round */
	uint64_t end_us;      /* of everything, --wait included */
	unsigned inverted;    /* lines, as the user says */
	bool was_seen;        /* a SYNC went out since the last reset or reopening */
};

/* Whether this session may change DTR and RTS, and has them. */
bool connect_may_reset(const struct ef_flasher *f);
void connect_choose_strategies(struct connecting *c);
bool connect_choose_rate(struct ef_flasher *f, unsigned attempt_no, unsigned attempts,
			 struct ef_err *err) EF_MUST_CHECK;
bool connect_tries_inverted(const struct connecting *c, unsigned attempt_no);

/* ---- connect_log.c ---- */

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
