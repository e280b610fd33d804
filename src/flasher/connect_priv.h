/* SPDX-License-Identifier: MIT */
/* Private to the files of the connect loop and the diagnosis. */
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
	uint64_t deadline_us; /* end of this round */
	uint64_t end_us;      /* end of all rounds, including those of wait_ms */
	unsigned inverted;    /* lines that the user gave as inverted: EF_DTR, EF_RTS */
	bool was_seen;        /* the port carried a SYNC since the last reset or reopening */
	/* how the chip got into download mode in which it was deaf; NULL: not by a reset */
	const struct ef_reset *deaf_reset;
	unsigned deaf_inverted;
	bool is_joined; /* this round found TX and RX joined: no attempt can help */
};

/* Return whether the port has DTR and RTS and the user allows resets. */
bool connect_may_reset(const struct ef_flasher *f);
void connect_choose_strategies(struct connecting *c);
bool connect_choose_rate(struct ef_flasher *f, unsigned attempt_no, unsigned attempts,
			 struct ef_err *err) EF_MUST_CHECK;
/* Return the first sequence of the order that is not quick, for attempts that prove something. */
const struct ef_reset *connect_sure_reset(const struct connecting *c);
/*
 * Return the sequence for the attempt with inverted lines: a long one where EN seems to rise
 * slowly.
 */
const struct ef_reset *connect_inverted_reset(const struct connecting *c);
bool connect_tries_inverted(const struct connecting *c, unsigned attempt_no);

/* ---- connect_pace.c ---- */

/* How long to wait for the answer to a SYNC, and to the one before the first reset */
uint32_t connect_sync_ms(const struct ef_flasher *f);
uint32_t connect_first_sync_ms(const struct ef_flasher *f);
/* How long to ask in this attempt: longer if the board seems slow to start */
uint32_t connect_attempt_ms(const struct connecting *c, unsigned attempt_no);
/* How long to listen before the attempt's nth SYNC, from 1 on; 0: not at all */
uint32_t connect_pause_ms(const struct ef_flasher *f, unsigned nth);

/* ---- connect_report.c ---- */

/* How an attempt's record begins if both lines were inverted */
#define CONNECT_INVERTED "inverted "
/*
 * Fill the caller's report. is_whole is false when a signal or a port error ended the loop
 * early: then there is not enough evidence for a verdict.
 */
void connect_report(struct ef_flasher *f, bool is_connected, bool is_whole);
/* Tell the user if the lines that worked are not polarised as expected. */
void connect_tell_polarity(struct ef_flasher *f, unsigned expected);

/* ---- connect_log.c ---- */

void connect_log_clear(struct ef_rx_log *rx);
/*
 * Return how informative a log is: 3 the chip is in download mode, 2 it names another boot mode, 1
 * it has any other boot line, 0 it has none.
 */
int connect_log_rank(const struct ef_rx_log *rx);
/*
 * Call begin before the attempt's reset and end after its last SYNC. strategy is "" for
 * an attempt without a reset.
 */
void connect_log_begin(struct ef_flasher *f, const char *strategy, bool is_inverted);
void connect_log_end(struct ef_flasher *f);
/* Call before an attempt's reset: bytes that came earlier prove nothing about its effect. */
void connect_log_reset(struct ef_flasher *f);
/*
 * Drop the bytes that came while a reset ran, because no attempt caused them. But they show that
 * the chip is not silent, so count them, and use them as evidence as long as no attempt has any.
 */
bool connect_log_strays(struct ef_flasher *f, struct ef_err *err) EF_MUST_CHECK;
/* Call after receiving: adds the new bytes to the present attempt and counts boot lines. */
void connect_log_bytes(struct ef_flasher *f);
/*
 * Return whether a ROM named its start after the present attempt's reset, but began so late that
 * the words after another reset would come too late to wait for.
 */
bool connect_log_starts_late(const struct ef_flasher *f);
/*
 * Return whether a reset of ours surely brought the chip into download mode, rather than a user:
 * each of our resets was followed by a start. A chip that only answers after a reset may have
 * been in download mode before: some answers come late, or from the second SYNC on. Unreadable
 * text may come from an application.
 */
bool connect_log_has_reset(const struct ef_flasher *f);
/* Keep the present log as evidence if it is more informative than the one kept so far. */
void connect_log_keep(struct ef_flasher *f);

/*
 * A ROM that assumes a 40 MHz crystal prints at this rate if the crystal has 26 MHz.
 * Most ESP32-C2 boards do; in download mode their ROM still measures the host's rate.
 */
#define CONNECT_OTHER_RATE 74880u
/*
 * Return whether this attempt should use that rate, because the output after the resets was
 * garbage.
 */
bool connect_log_wants_other_rate(const struct ef_flasher *f, unsigned attempt_no);
/* Call after an attempt: if that rate gave readable text, note it in the evidence. */
void connect_log_note_rate(struct ef_flasher *f);

/*
 * Listen for ms milliseconds, or until a ROM has spoken. Earlier bytes stay in the log: a chip that
 * reset by itself may have printed everything already.
 */
bool connect_hear(struct ef_flasher *f, uint32_t ms, struct ef_err *err) EF_MUST_CHECK;
/* Do the same, but also end with the answers to an earlier SYNC. */
bool connect_hear_anything(struct ef_flasher *f, uint32_t ms, enum ef_sync_result *ret,
			   struct ef_err *err) EF_MUST_CHECK;
/*
 * The two ends of a reset (struct ef_reset_ear): what came before it is strays; then do the same as
 * connect_hear. ctx: the flasher.
 */
bool connect_hear_release(void *ctx, struct ef_err *err) EF_MUST_CHECK;
bool connect_hear_reset(void *ctx, uint32_t ms, struct ef_err *err) EF_MUST_CHECK;

/*
 * Listen at other rates until one gives readable text, and note that rate in the
 * evidence. Each rate begins with this reset, unless it is NULL.
 */
bool connect_listen(struct ef_flasher *f, const struct ef_reset *reset, uint64_t deadline_us,
		    struct ef_err *err) EF_MUST_CHECK;
/*
 * If the application seems to restart with each reset, prove it: hold EN low for longer than any
 * attempt took, and note in the evidence how many bytes came during that time.
 */
bool connect_hold(struct ef_flasher *f, uint64_t deadline_us, struct ef_err *err) EF_MUST_CHECK;

/* The verdict's message, adapted to a port without reset lines and to EF_BEFORE_NO_RESET. */
#define DIAGNOSE_WHAT_SIZE 200
void diagnose_what(const struct ef_evidence *ev, char ret[DIAGNOSE_WHAT_SIZE]);

/*
 * Count the SYNC requests in what was received. *ret_end: how far it was searched; the rest may
 * be the beginning of one.
 */
unsigned diagnose_echoes(const uint8_t *data, size_t len, size_t *ret_end);
/*
 * A ROM that measures the host's rate answers the second SYNC at the latest. If a chip in download
 * mode leaves this many unanswered, no SYNC reaches it.
 */
#define DIAGNOSE_DEAF_MIN 3u
/* Return whether the log proves that the chip was in download mode while it got SYNCs. */
bool diagnose_is_deaf(const struct ef_evidence *ev);

/*
 * Return whether only a chip that is held in reset can show whose starts these are: see
 * connect_hold.
 */
bool diagnose_wants_hold(const struct ef_evidence *ev);

#endif
