/* SPDX-License-Identifier: MIT */
/* Restore the terminal after a crash of the program. */
#ifndef EF_CLI_TERM_GUARD_H
#define EF_CLI_TERM_GUARD_H

/*
 * Save the terminal's current mode. From now on SIGSEGV, SIGBUS, SIGFPE and SIGILL
 * restore it before they kill the program.
 */
void term_guard(int fd);
/* For a handler that has one of these signals already: put the mode back, if one was saved. */
void term_guard_restore(void);

#endif
