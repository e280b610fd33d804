/* SPDX-License-Identifier: MIT */
/*
 * Finds out what the arguments of write-bin and verify-flash mean if they are not "ADDRESS FILE".
 */
#ifndef EF_CLI_PAIRS_MEANT_H
#define EF_CLI_PAIRS_MEANT_H

#include "cli/cli.h"
#include "base/util.h"

/* If all pairs are "FILE ADDRESS", turn them around and log that. Leave others as they are. */
void pairs_turn(struct cli *cli, struct pairs_args *args);
/* Check an argument without a file: USAGE, unless it is a thing, whose parts have their places. */
bool pairs_alone(const struct pairs_args *args, struct ef_err *err) EF_MUST_CHECK;
/* Refuse options for things together with "ADDRESS FILE". USAGE. */
bool pairs_no_thing(struct cli *cli, struct ef_err *err) EF_MUST_CHECK;

#endif
