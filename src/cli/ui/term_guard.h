/* SPDX-License-Identifier: MIT */
/* A terminal that is as it was even after a fault of ours. */
#ifndef EF_CLI_TERM_GUARD_H
#define EF_CLI_TERM_GUARD_H

/* From now on SIGSEGV and its like restore what the terminal on fd is now, and then kill. */
void term_guard(int fd);

#endif
