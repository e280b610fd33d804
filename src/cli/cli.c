/* SPDX-License-Identifier: MIT */
/* Decides which options count as given for this run. */
#include "cli/cli.h"

#include <string.h>

#include "base/util.h"

bool cli_is_given(const struct cli *cli, const char *option)
{
	return opt_from(cli->program, cli->parsed, option) >= OPT_FROM_ENV;
}

const char *cli_given_for(const struct cli *cli, unsigned flags)
{
	struct opt_ref ref = { 0 };

	while (opt_next(cli->program, cli->parsed->command, &ref))
		if ((ref.opt->flags & flags) && cli_is_given(cli, ref.opt->name))
			return ref.opt->name;
	return NULL;
}

static const char *variable_of(const struct cli *cli, const char *option)
{
	struct opt_ref ref = { 0 };

	while (opt_next(cli->program, cli->parsed->command, &ref))
		if (strcmp(ref.opt->name, option) == 0 && ref.opt->env)
			return ref.opt->env;
	return "";
}

void cli_origin(const struct cli *cli, const char *option, char ret[CLI_ORIGIN_SIZE])
{
	const char *where = opt_where(cli->program, cli->parsed, option);

	if (where)
		(void)ef_strlcpy(ret, CLI_ORIGIN_SIZE, where);
	else if (opt_from(cli->program, cli->parsed, option) == OPT_FROM_ENV)
		(void)ef_snprintf(ret, CLI_ORIGIN_SIZE, "the variable %s",
				  variable_of(cli, option));
	else
		(void)ef_snprintf(ret, CLI_ORIGIN_SIZE, "--%s", option);
}
