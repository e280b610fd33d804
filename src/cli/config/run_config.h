/* SPDX-License-Identifier: MIT */
/* The configuration of one run. */
#ifndef EF_CLI_RUN_CONFIG_H
#define EF_CLI_RUN_CONFIG_H

#include "cli/cli.h"
#include "cli/config/config.h"

/* Get the configuration files; the first call reads them. INPUT, IO. */
bool cli_config(struct cli *cli, const struct config **ret, struct ef_err *err) EF_MUST_CHECK;
/* An opt_config_fn; user is the struct cli. It reads the files, but does not log their notes. */
bool cli_config_value(void *user, const struct opt *opt, const char **ret_text,
		      const char **ret_where, struct ef_err *err) EF_MUST_CHECK;
/* Log the notes about the files that were read. */
void cli_config_notes(struct cli *cli);

#endif
