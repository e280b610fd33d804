/* SPDX-License-Identifier: MIT */
/* The hint for each error code. It is used when the code that failed gave no hint of its own. */
#include "cli/hints.h"

#include <string.h>

void cli_default_hint(const struct cli *cli, struct ef_err *err)
{
	const char *name = cli->program->name;

	if (err->hint.id != EF_HINT_NONE)
		return;
	switch (err->code) {
	case EF_E_USAGE:
		ef_hint_own(err, "'%s %s%s--help' shows how it is used", name, cli->command,
			    *cli->command ? " " : "");
		return;
	case EF_E_INPUT:
		ef_hint_own(
			err,
			"correct the file, or make it again; '%s %s --help' says what it must be",
			name, cli->command);
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
