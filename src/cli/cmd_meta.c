/* SPDX-License-Identifier: MIT */
/* Commands about the program itself: help, completions, version. */
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

bool cmd_help(struct cli *cli, const void *args, struct ef_err *err)
{
	const struct help_args *a = args;
	const struct opt_command *command = NULL;

	if (a->command) {
		command = opt_command_find(cli->program, a->command);
		if (!command) {
			ef_fail(err, EF_E_USAGE, "unknown command '%s'", a->command);
			return ef_hint(err, "'%s help' lists the commands", cli->program->name);
		}
	}
	if (cli->is_json) {
		struct json_out *j = json_new(cli->command);

		opt_json(j, cli->program, command);
		return json_print(j, cli->out, err);
	}
	opt_help(cli->out, cli->program, command, ui_width(STDOUT_FILENO));
	return true;
}

bool cmd_completions(struct cli *cli, const void *args, struct ef_err *err)
{
	const struct completions_args *a = args;

	(void)err;
	if (a->shell == SHELL_BASH)
		opt_complete_bash(cli->out, cli->program);
	else if (a->shell == SHELL_ZSH)
		opt_complete_zsh(cli->out, cli->program);
	else
		opt_complete_fish(cli->out, cli->program);
	return true;
}

/* What a completion script can't know: asked while the user presses Tab. */
bool cmd_complete(struct cli *cli, const void *args, struct ef_err *err)
{
	const struct complete_args *a = args;
	struct ef_port_info *list = NULL;
	size_t count = 0;

	if (strcmp(a->what, "port") != 0)
		return ef_fail(err, EF_E_USAGE, "cannot complete '%s'", a->what);
	if (!ef_port_list(&list, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		fprintf(cli->out, "%s\n", list[i].name);
	ef_port_list_free(list);
	return true;
}
