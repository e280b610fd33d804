/* SPDX-License-Identifier: MIT */
/* Ask a monitor for its port. */
#ifndef EF_CLI_LEND_ASK_H
#define EF_CLI_LEND_ASK_H

#include "cli/cli.h"

/*
 * Ask the monitor that has this port, if there is one, to let go of it.
 * Returns a descriptor; closing it gives the port back. -1: no monitor let go. limit_ms:
 * the user's own limit for connecting; 0: none.
 */
int lend_ask(struct cli *cli, const char *port_name, uint32_t limit_ms);

#endif
