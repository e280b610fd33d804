/* SPDX-License-Identifier: MIT */
/*
 * Ends a command that wrote to flash: logs the totals, resets the chip, and checks whether the app
 * runs.
 */
#ifndef EF_CLI_AFTER_WRITE_H
#define EF_CLI_AFTER_WRITE_H

#include "cli/board/session.h"
#include <espflash/flasher.h>

struct after_write {
	enum ef_after after;
	bool wants_start;                     /* listen, if after starts an app */
	bool needs_start;                     /* only proof that the app runs is success */
	const char *done;                     /* the message when the chip was left */
	const struct ef_start_expect *expect; /* the app that was written; NULL: unknown */
};

/* Errors: those of leaving and listening, NOT_STARTED, PANIC. */
bool after_write(struct cli *cli, struct session *s, const struct ef_write_stats *stats,
		 const struct after_write *how, struct ef_err *err) EF_MUST_CHECK;

#endif
