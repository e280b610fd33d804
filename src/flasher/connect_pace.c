/* SPDX-License-Identifier: MIT */
/*
 * Decides how often and for how long the connect loop sends SYNCs. Knows what delays an answer, and
 * what becomes of SYNCs that come before the ROM can read them.
 */
#include "flasher/connect_priv.h"

/* espflash sends 5 SYNCs (MAX_SYNC_ATTEMPTS) and waits 100 ms for each answer. */
#define ATTEMPT_MS 500u
/* If no byte has come by this attempt, the board may be slow to start: try for longer. */
#define PATIENT_FROM 5u
#define PATIENT_MS   1400u
/*
 * A SYNC takes 4 ms on the wire, its first answer 1 ms; the rest is for the driver, whose
 * latency timer holds bytes back for up to 16 ms (FTDI). An answer that comes later counts
 * for the next SYNC.
 */
#define SYNC_MS 25u
/* Behind a network, and while the chip's own USB port comes and goes */
#define SYNC_SLOW_MS 100u
/* Before the first reset, an answer that comes too late costs only that reset. */
#define FIRST_SYNC_MS 15u
/*
 * A chip that has said nothing since the attempt began may start late. Its UART keeps the SYNCs
 * that come meanwhile, and the ROM answers each of them with 10 ms of frames, behind which our next
 * request waits. So after a few SYNCs we listen for this time before each of the others; the ROM's
 * first words end the wait.
 */
#define SILENT_SYNCS 2u
#define SILENT_MS    200u

/* Answers come late over a network, or from the chip's own USB port. */
static bool is_slow(const struct ef_flasher *f)
{
	return f->port->caps & EF_PORT_REMOTE || f->record.evidence.is_native_usb;
}

uint32_t connect_sync_ms(const struct ef_flasher *f)
{
	return is_slow(f) ? SYNC_SLOW_MS : SYNC_MS;
}

uint32_t connect_first_sync_ms(const struct ef_flasher *f)
{
	return connect_may_reset(f) && !is_slow(f) ? FIRST_SYNC_MS : SYNC_SLOW_MS;
}

uint32_t connect_attempt_ms(const struct connecting *c, unsigned attempt_no)
{
	const struct ef_flasher *f = c->f;
	bool is_patient = attempt_no >= PATIENT_FROM && connect_may_reset(f) &&
			  f->port->inverted == c->inverted && !f->record.rx.total;

	return is_patient ? PATIENT_MS : ATTEMPT_MS;
}

uint32_t connect_pause_ms(const struct ef_flasher *f, unsigned nth)
{
	bool is_silent = f->record.rx.total == f->record.attempt_from;

	return is_silent && nth > SILENT_SYNCS && !is_slow(f) ? SILENT_MS : 0;
}
