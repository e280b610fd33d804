/* SPDX-License-Identifier: MIT */
/*
 * The user's terminal in raw mode, and its way back: on every way out, while
 * the program is stopped, and before a signal kills it.
 */
#ifndef EF_MONITOR_TERM_H
#define EF_MONITOR_TERM_H

#include <signal.h>
#include <stdbool.h>
#include <termios.h>

struct term {
	int fd;  /* the keyboard; -1: none, or at its end */
	int tty; /* the same, for the way back */
	bool is_tty;
	bool is_raw;
	bool is_blocked; /* signals are held back */
	sigset_t held, before;
	struct termios saved;
};

/* Raw mode when fd is a terminal in whose foreground we are; holds back signals. */
void term_open(struct term *t, int fd);
/*
 * Look for signals that came: stop and go on where that is asked for. The
 * number of one that is to end the program, once term_close gave it free; 0.
 */
int term_check(struct term *t);
/* Restores everything. A signal that was held back acts now. */
void term_close(struct term *t);
/* Whether a byte can be read without a wait, and without being stopped for it. */
bool term_has_key(const struct term *t);

#endif
