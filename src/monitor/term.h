/* SPDX-License-Identifier: MIT */
/*
 * The user's terminal in raw mode. Its mode is restored at the end of the run,
 * while the program is stopped, and before a signal ends it.
 */
#ifndef EF_MONITOR_TERM_H
#define EF_MONITOR_TERM_H

#include <signal.h>
#include <stdbool.h>
#include <termios.h>

struct term {
	int fd;  /* where keys are read; -1: nowhere, or the input ended */
	int tty; /* the same terminal, kept for restoring its mode */
	bool is_tty;
	bool is_raw;
	bool is_blocked; /* the signals in held are blocked */
	sigset_t held, before;
	struct termios saved;
};

/*
 * Block signals, and switch to raw mode if fd is a terminal and this process is in its foreground.
 * fd -1: no keyboard.
 */
void term_open(struct term *t, int fd);
/*
 * Look for pending signals. Stops and continues the process if one asks for
 * it. Returns the number of a signal that will end the program when term_close
 * unblocks it, or 0.
 */
int term_check(struct term *t);
/* Restore the mode and the signal mask. Pending signals act now and may end the process. */
void term_close(struct term *t);
/* Return whether a byte can be read without waiting and without being stopped (SIGTTIN). */
bool term_has_key(const struct term *t);

#endif
