/* SPDX-License-Identifier: MIT */
/* help, completions, and the hidden command behind the completion scripts. */
#include "cli/cmd/cmd.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cmd/help_json.h"
#include "cli/ui/json_out.h"
#include "cli/ui/ui.h"
#include <espflash/port.h>
#include "base/util.h"

bool cmd_help(struct cli *cli, const void *args, struct ef_err *err)
{
	const struct help_args *a = args;
	const struct opt_command *command = NULL;

	if (a->command) {
		command = opt_command_find(cli->program, a->command);
		if (!command)
			return opt_unknown_command(cli->program, a->command, err);
	}
	if (cli->is_json) {
		struct json_out *j = json_new(cli->command);

		help_json(j, cli->program, command);
		return ui_result(cli, j, err);
	}
	opt_help(cli->out, cli->program, command, ui_help_width());
	return true;
}

bool cmd_completions(struct cli *cli, const void *args, struct ef_err *err)
{
	static void (*const scripts[])(FILE * out, const struct opt_program *program) = {
		[SHELL_BASH] = opt_complete_bash,
		[SHELL_ZSH] = opt_complete_zsh,
		[SHELL_FISH] = opt_complete_fish,
		[SHELL_ELVISH] = opt_complete_elvish,
		[SHELL_POWERSHELL] = opt_complete_powershell,
	};
	const struct completions_args *a = args;

	(void)err;
	scripts[a->shell](cli->out, cli->program);
	return true;
}

/* A completion script calls this when the user presses Tab, for values that it can't know. */
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
