/* SPDX-License-Identifier: MIT */
/* Has a hint for each error code, for errors that come without a hint of their own. */
#include "cli/hints.h"

#include <string.h>

#include "base/util.h"
#include "cli/config/config.h"
#include "cli/table/hint_words.h"

/* Return the configured file that the message names, as the place in the configuration; NULL. */
static const char *configured_file(const struct cli *cli, const char *message)
{
	struct opt_ref ref = { 0 };
	char quoted[CONFIG_PATH_SIZE + 4];

	while (cli->parsed && cli->config && opt_next(cli->program, cli->parsed->command, &ref)) {
		const struct config_value *value;

		if (ref.opt->complete != OPT_COMPLETE_FILE || !cli->parsed->where[ref.index])
			continue;
		value = config_find(cli->config, ref.opt->config);
		if (value && ef_snprintf(quoted, sizeof(quoted), "'%s'", value->text) &&
		    strstr(message, quoted))
			return cli->parsed->where[ref.index];
	}
	return NULL;
}

void cli_blame_config(const struct cli *cli, struct ef_err *err)
{
	const char *where = configured_file(cli, err->msg);

	if (!where)
		return;
	if (err->hint.id == EF_HINT_FILE_MISSING)
		ef_hint_own(err, "check the path: it starts at the current folder, or where the "
				 "configuration file is if the current folder has no such file");
	ef_context(err, "%s", where);
}

/* Choose the hint after doctor itself, whose report already has all that it can find out. */
static void doctor_hint(struct ef_err *err)
{
	ef_hint_own(err,
		    err->code == EF_E_VERIFY
			    ? "use another cable and no hub, and a slower rate for the work"
			    : "unplug the board, plug it in again, hold BOOT while you press "
			      "RESET, and run the command again; ask for help with this report");
}

void cli_default_hint(const struct cli *cli, struct ef_err *err)
{
	const char *name = cli->program->name;
	char words[HINT_WORDS_SIZE];

	hint_words_for(&err->hint, cli->program, cli->parsed ? cli->parsed->command : NULL, words);
	if (*words)
		return;
	if (strcmp(cli->command, "doctor") == 0 &&
	    (err->code == EF_E_TIMEOUT || err->code == EF_E_PROTOCOL || err->code == EF_E_VERIFY)) {
		doctor_hint(err);
		return;
	}
	switch (err->code) {
	case EF_E_USAGE:
		ef_hint_own(err, "'%s %s%s--help' shows how it is used", name, cli->command,
			    *cli->command ? " " : "");
		return;
	case EF_E_INPUT:
		/* a message that quotes a line needs no hint */
		if (strcmp(cli->command, "image-info") == 0 || strstr(err->msg, ": line "))
			ef_hint_own(err, "correct the file, or make it again");
		else
			ef_hint_own(err,
				    "correct the file, or make it again; show its content: %s "
				    "image-info FILE",
				    name);
		return;
	case EF_E_PORT:
		ef_hint_own(err, "see which ports there are: %s list-ports", name);
		return;
	case EF_E_TIMEOUT:
	case EF_E_PROTOCOL:
		ef_hint_own(err, "find out what is wrong: %s doctor", name);
		return;
	case EF_E_VERIFY:
		ef_hint_own(err, "try again, slower: '--baud 115200'; '%s doctor' tests the line",
			    name);
		return;
	case EF_E_UNSUPP:
		ef_hint_own(err, "'%s board-info' shows what the chip is", name);
		return;
	default: /* An interrupt and the ends of a monitor need no hint; an IO error names its file.
		  */
		return;
	}
}
