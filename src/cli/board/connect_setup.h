/* SPDX-License-Identifier: MIT */
/* From the connection options to a flasher's, and back: what connect.c asks for. */
#ifndef EF_CLI_CONNECT_SETUP_H
#define EF_CLI_CONNECT_SETUP_H

#include "cli/cli.h"
#include <espflash/flasher.h>
#include <espflash/reset.h>

/* What the options point to; lives as long as the connection is being made. */
struct connect_plan {
	struct ef_reset reset;
	char first[24];
};

/*
 * Fill in how to connect: sequences, bounds, what worked last time. Lines are
 * inverted on the port where that was asked for. cli->connected is the report.
 */
bool connect_setup(struct cli *cli, const struct connect_args *args, struct ef_port *port,
		   struct connect_plan *plan, struct ef_connect_opts *opts,
		   struct ef_err *err) EF_MUST_CHECK;
/* Remember what worked; nothing that goes wrong here matters. */
void connect_learn(struct cli *cli, const struct connect_args *args, const struct ef_port *port);

/* After opening failed: whether --wait says to try again now (some time has passed then). */
struct connect_waiting {
	uint64_t until_us; /* 0: not begun */
};
bool connect_may_wait(struct cli *cli, const struct connect_args *args, struct connect_waiting *w,
		      struct ef_err *err);

#endif
