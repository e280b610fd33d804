/* SPDX-License-Identifier: MIT */
/* Reads the configuration files when a command first needs them, and never for other commands. */
#include "cli/config/run_config.h"

#include <stdlib.h>

#include "cli/ui/ui.h"

bool cli_config_value(void *user, const struct opt *opt, const char **ret_text,
		      const char **ret_where, struct ef_err *err)
{
	struct cli *cli = user;
	const struct config_query query = { getenv("XDG_CONFIG_HOME"), getenv("HOME"),
					    getenv("SUDO_UID") };
	const struct config_value *value;

	if (!cli->config && !config_load(cli->program, &query, &cli->config, err))
		return false;
	value = config_find(cli->config, opt->config);
	if (value) {
		*ret_text = value->text;
		*ret_where = value->where;
	}
	return true;
}

void cli_config_notes(struct cli *cli)
{
	for (size_t i = 0; cli->config && i < cli->config->note_count; i++)
		ui_log(cli, cli->config->note[i].level, "%s", cli->config->note[i].text);
}

bool cli_config(struct cli *cli, const struct config **ret, struct ef_err *err)
{
	const struct config_query query = { getenv("XDG_CONFIG_HOME"), getenv("HOME"),
					    getenv("SUDO_UID") };

	if (!cli->config) {
		if (!config_load(cli->program, &query, &cli->config, err))
			return false;
		cli_config_notes(cli);
	}
	*ret = cli->config;
	return true;
}
