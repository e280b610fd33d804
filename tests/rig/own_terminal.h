/* SPDX-License-Identifier: MIT */
/*
 * A pseudo terminal of a test. The system gives its name to the next one at once, and a program
 * that waits for the one before to come back opens ours: it writes into our terminal and takes
 * what is typed.
 */
#ifndef OWN_TERMINAL_H
#define OWN_TERMINAL_H

#include <check.h>
#include <sys/ioctl.h>
#include <termios.h>

/*
 * Nobody opens the terminal any more, not even root. Call it when the code under test has opened
 * what it wants: the monitor opens its terminal a second time.
 */
static inline void own_terminal_lock(int master)
{
#ifdef TIOCSPTLCK
	int is_locked = 1;

	ck_assert_int_eq(ioctl(master, TIOCSPTLCK, &is_locked), 0);
#else
	(void)master;
#endif
}

/* What others wrote before that is gone, too, and so is all that is there. */
static inline void own_terminal_clear(int master, int slave)
{
	own_terminal_lock(master);
	ck_assert_int_eq(tcflush(slave, TCIOFLUSH), 0);
	ck_assert_int_eq(tcflush(master, TCIFLUSH), 0);
}

#endif
