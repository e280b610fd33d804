/* SPDX-License-Identifier: MIT */
/* The flasher's options from the connection options, for session.c and doctor. */
#ifndef EF_CLI_CONNECT_SETUP_H
#define EF_CLI_CONNECT_SETUP_H

#include "cli/cli.h"
#include "cli/config/remember.h"
#include <espflash/flasher.h>
#include <espflash/reset.h>

/* Storage that the flasher's options point to. It must live until the connection is made. */
struct connect_plan {
	struct ef_reset reset;
	struct remembered known;
};

/*
 * Fill in the reset sequence, the limits and what worked last time. Invert the
 * port's lines if asked for. The report goes to cli->connected.
 */
bool connect_setup(struct cli *cli, const struct connect_args *args, struct ef_port *port,
		   struct connect_plan *plan, struct ef_connect_opts *opts,
		   struct ef_err *err) EF_MUST_CHECK;
/*
 * Return the lines that this board inverts: those that the user named, else both if that is how the
 * device connected last time.
 */
unsigned connect_polarity(const struct connect_args *args, const struct ef_port *port);
/* Get the path of the file that remembers boards. False: there is none, or the user wants none. */
bool connect_state_path(const struct connect_args *args, char *ret, size_t cap);
/* Remember the reset sequence that worked. A failure is logged, but is not an error. */
void connect_learn(struct cli *cli, const struct connect_args *args, const struct ef_port *port);

/*
 * After opening a port failed with err: sleep a little and clear err if --wait
 * allows another try. False: give up.
 */
struct connect_waiting {
	uint64_t until_us; /* end of the wait; 0: the wait has not begun */
	char said[160];    /* the cause that was reported last */
};
bool connect_may_wait(struct cli *cli, const struct connect_args *args, struct connect_waiting *w,
		      struct ef_err *err);

/* Return the microseconds of a monotonic clock. */
uint64_t connect_clock_us(void);
/* Opening the port counts, too: take the time since begin_us off the user's timeout. */
void connect_spend(struct ef_connect_opts *opts, uint64_t begin_us);

#endif
