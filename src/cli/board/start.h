/* SPDX-License-Identifier: MIT */
/* Whether the app runs after the reset. */
#ifndef EF_CLI_START_H
#define EF_CLI_START_H

#include "cli/board/session.h"

/*
 * Listen to the chip after its reset, up to the first line that proves
 * something, and log the outcome. Silence proves nothing and is success.
 * NOT_STARTED, beginning with but, when the chip is known not to run the app.
 */
bool start_report(struct cli *cli, struct session *s, const char *but, struct ef_start *ret,
		  struct ef_err *err) EF_MUST_CHECK;

#endif
