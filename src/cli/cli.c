/* SPDX-License-Identifier: MIT */
/* Decides which options count as given for this run. */
#include "cli/cli.h"

bool cli_is_given(const struct cli *cli, const char *option)
{
	return opt_from(cli->program, cli->parsed, option) >= OPT_FROM_ENV;
}
