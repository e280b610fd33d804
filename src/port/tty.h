/* SPDX-License-Identifier: MIT */
/*
 * One serial device of the host. Another system must provide no more than this for serial devices:
 * tty_posix.c implements it with termios, and the tests implement it with a virtual board
 * (tests/sim/fake_serial.c).
 *
 * Every function but tty_get_lines reports failure as EF_E_PORT (with the
 * meaning of the errno, see host_fail_port), EF_E_TIMEOUT at a deadline, or
 * EF_E_INTR when the interrupt flag is up.
 */
#ifndef EF_PORT_TTY_H
#define EF_PORT_TTY_H

#include "port/host.h"

struct tty;

/*
 * Open a device for this process alone and put it into raw mode: 8N1, no flow
 * control, no change of DTR and RTS on close. The kernel itself asserts both
 * lines when it opens a device. The caller closes *ret.
 */
bool tty_open(const char *path, host_flag *interrupt, struct tty **ret,
	      struct ef_err *err) EF_MUST_CHECK;
/* Accepts NULL, and a device that is gone. */
void tty_close(struct tty *t);

/* Get the asserted lines (enum ef_line). False: the device has no modem lines. */
bool tty_get_lines(struct tty *t, unsigned *ret);
/* Change the lines in mask, both in one system call. */
bool tty_set_lines(struct tty *t, unsigned mask, unsigned value, struct ef_err *err) EF_MUST_CHECK;
/*
 * Set the rate. *ret_hz is the rate in force afterwards, which may differ from
 * the one that was asked for; 0 means that the driver refused it.
 */
bool tty_set_rate(struct tty *t, uint32_t rate_hz, uint32_t *ret_hz,
		  struct ef_err *err) EF_MUST_CHECK;
/* Ask the driver to hand over received bytes at once. Failure is harmless and not reported. */
void tty_set_low_latency(struct tty *t);

/* Wait for data until the deadline; *ret_len is 0 if no data came. */
bool tty_read(struct tty *t, uint8_t *buf, size_t cap, uint64_t deadline_us, size_t *ret_len,
	      struct ef_err *err) EF_MUST_CHECK;
/* Write all data. TIMEOUT: the device did not take all of it by the deadline. */
bool tty_write(struct tty *t, const uint8_t *data, size_t len, uint64_t deadline_us,
	       struct ef_err *err) EF_MUST_CHECK;
/* Wait until the device has sent all data. */
bool tty_drain(struct tty *t, struct ef_err *err) EF_MUST_CHECK;
/* Drop received data, in the driver too. */
bool tty_discard(struct tty *t, struct ef_err *err) EF_MUST_CHECK;

#endif
