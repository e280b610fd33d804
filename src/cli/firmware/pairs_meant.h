/* SPDX-License-Identifier: MIT */
/* What the arguments of write-bin and verify-flash mean when they are no "ADDRESS FILE". */
#ifndef EF_CLI_PAIRS_MEANT_H
#define EF_CLI_PAIRS_MEANT_H

#include "cli/cli.h"
#include "base/util.h"

/* Turn pairs that are all "FILE ADDRESS" around, and say so. Others stay as they are. */
void pairs_turn(struct cli *cli, struct pairs_args *args);
/* One argument without a file: USAGE, unless it is a thing, whose parts know their places. */
bool pairs_alone(const struct pairs_args *args, struct ef_err *err) EF_MUST_CHECK;
/* USAGE: an option for things is given with "ADDRESS FILE". */
bool pairs_no_thing(struct cli *cli, struct ef_err *err) EF_MUST_CHECK;

#endif
