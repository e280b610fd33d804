/* SPDX-License-Identifier: MIT */
/* Finds out whether the app runs after the reset. */
#ifndef EF_CLI_START_H
#define EF_CLI_START_H

#include "cli/board/session.h"
#include "cli/ui/json_out.h"
#include <espflash/flasher.h>

/*
 * Listen to the chip after its reset, until something is proved or the time is up.
 * expect: the app that was written; NULL: nothing is known about it. Adds the
 * outcome to the run's JSON object, if one is under construction.
 */
bool start_listen(struct cli *cli, struct session *s, const struct ef_start_expect *expect,
		  struct ef_start *ret, struct ef_err *err) EF_MUST_CHECK;
/*
 * Log the outcome. Silence proves nothing and is success. If the app is known not to
 * run: NOT_STARTED or PANIC, with a message that begins with but.
 */
bool start_judge(struct cli *cli, const char *but, const struct ef_start_expect *expect,
		 const struct ef_start *start, struct ef_err *err) EF_MUST_CHECK;
/* Listen and log the outcome. */
bool start_report(struct cli *cli, struct session *s, const char *but,
		  const struct ef_start_expect *expect, struct ef_start *ret,
		  struct ef_err *err) EF_MUST_CHECK;
/* Add start as the object "start"; NULL: null. */
void start_json(const struct ef_start *start, struct json_out *j);

#endif
