/* SPDX-License-Identifier: MIT */
/* The hint for each error code. It is used when the code that failed gave no hint of its own. */
#include "cli/hints.h"

#include <string.h>

/*
 * The library's hints say "espflash-c". Replace that by the name the program was
 * called by, which is never longer.
 */
static void name_as_called(const char *name, struct ef_err *err)
{
	static const char own[] = "espflash-c ";
	size_t len = strlen(name), own_len = sizeof(own) - 2;
	char *at = err->hint;

	if (len >= own_len)
		return;
	while ((at = strstr(at, own))) {
		memcpy(at, name, len);
		memmove(at + len, at + own_len, strlen(at + own_len) + 1);
		at += len;
	}
}

void cli_default_hint(const struct cli *cli, struct ef_err *err)
{
	const char *name = cli->program->name;

	name_as_called(name, err);
	if (*err->hint)
		return;
	switch (err->code) {
	case EF_E_USAGE:
		ef_hint(err, "'%s %s%s--help' shows how it is used", name, cli->command,
			*cli->command ? " " : "");
		return;
	case EF_E_INPUT:
		ef_hint(err,
			"correct the file, or make it again; '%s %s --help' says what it must be",
			name, cli->command);
		return;
	case EF_E_PORT:
		ef_hint(err, "see which ports there are: %s list-ports", name);
		return;
	case EF_E_TIMEOUT:
	case EF_E_PROTOCOL:
		ef_hint(err, "find out what is wrong: %s doctor", name);
		return;
	case EF_E_VERIFY:
		ef_hint(err, "try again, slower: '--baud 115200'; '%s doctor' tests the line",
			name);
		return;
	case EF_E_UNSUPP:
		ef_hint(err, "'%s board-info' shows what the chip is", name);
		return;
	default: /* An interrupt and the ends of a monitor need no hint; an IO error names its file.
		  */
		return;
	}
}
