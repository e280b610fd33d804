/* SPDX-License-Identifier: MIT */
/* --baud auto: proposes a rate for the port, reports the outcome, and remembers it. */
#ifndef EF_CLI_AUTO_RATE_H
#define EF_CLI_AUTO_RATE_H

#include "cli/cli.h"
#include "cli/config/remember.h"
#include <espflash/flasher.h>

struct auto_rate {
	bool is_on;
	uint32_t given_hz;  /* the user's rate, until a lower one was reported; 0: none */
	bool is_remembered; /* the proposal is the rate that worked for this device */
	/* the proposal is faster than that rate, because enough sessions had no fault */
	bool is_tried;
	uint32_t best_hz, proposed_hz;
	struct remembered known;
	const char *bridge; /* its name; NULL: unknown */
	char path[512];     /* the file to remember the rate in; "": none */
};

/* Propose a rate in opts. Does nothing where the user gave one. */
void auto_rate_propose(const struct connect_args *args, const struct ef_port *port,
		       struct auto_rate *ret, struct ef_connect_opts *opts);
/* Log which rate the connected session works at, and why. */
void auto_rate_tell(struct cli *cli, const struct auto_rate *rate, const struct ef_flasher *f);
/* Log once that the user's rate does not work here, if the session has left it. */
void auto_rate_advise(struct cli *cli, struct auto_rate *rate, const struct ef_port *port,
		      const struct ef_flasher *f);
/* Call this at the end of the session: remember the rate that it ended with. */
void auto_rate_learn(const struct auto_rate *rate, const struct ef_port *port,
		     const struct ef_flasher *f);

#endif
