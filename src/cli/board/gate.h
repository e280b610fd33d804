/* SPDX-License-Identifier: MIT */
/* Passes a plan to the library's gate, and reports the findings to the user. */
#ifndef EF_CLI_GATE_H
#define EF_CLI_GATE_H

#include "cli/cli.h"
#include <espflash/flasher.h>

/*
 * Check a plan; warnings are logged, with force the refusals, too. *ret_changes_start
 * (may be NULL): the chip will start something else. Errors: as ef_flasher_check.
 */
bool gate_pass(struct cli *cli, struct ef_flasher *f, const struct ef_plan *plan, bool force,
	       const struct ef_checked **ret, bool *ret_changes_start,
	       struct ef_err *err) EF_MUST_CHECK;

/*
 * Do the same without a chip, as far as the target's facts go. Errors: the code of the first
 * refusal, unless force.
 */
bool gate_judge(struct cli *cli, const struct ef_plan *plan, const struct ef_target *target,
		bool force, struct ef_err *err) EF_MUST_CHECK;

#endif
