/* SPDX-License-Identifier: MIT */
/* --require-start: only proof that the app runs is success. */
#ifndef EF_CLI_START_REQUIRE_H
#define EF_CLI_START_REQUIRE_H

#include "cli/cli.h"
#include <espflash/flasher.h>

/* Call this after the start was reported: NOT_STARTED unless the app is known to run. */
bool start_require(const struct ef_start *start, struct ef_err *err) EF_MUST_CHECK;

#endif
