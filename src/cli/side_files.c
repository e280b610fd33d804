/* SPDX-License-Identifier: MIT */
/*
 * Handles --log-file and --trace. Each run truncates both and opens them before it does anything
 * else. A file that can't be completed is an error at the end of the run, but it never hides an
 * earlier error.
 */
#include <string.h>

#include "cli/side_files.h"
#include "cli/table/commands.h"
#include "cli/ui/side_file.h"
#include "cli/ui/ui.h"
#include "base/util.h"

/* The log starts with the command line, because a report is hard to use without it. */
static void log_command(struct cli *cli, int argc, char **argv)
{
	char line[1024];
	size_t len;

	(void)ef_snprintf(line, sizeof(line), "%s %s:", cli_program.name, cli_program.version);
	for (int i = 1; i < argc; i++) {
		len = strlen(line);
		(void)ef_snprintf(line + len, sizeof(line) - len, " %s", argv[i]);
	}
	ef_clean_text(line);
	log_file_line(cli, "INFO", line);
}

/* A log that is mixed with results could not be read. file_roles.c finds all other clashes. */
static bool check_names(const struct cli *cli, struct ef_err *err)
{
	const char *log = cli->global.log_file, *trace = cli->global.trace;

	if ((log && strcmp(log, "-") == 0) || (trace && strcmp(trace, "-") == 0)) {
		ef_fail(err, EF_E_USAGE,
			"'--log-file' and '--trace' can't go to standard output: results go there");
		return ef_hint_own(err, "name a file; for one called '-' write './-'");
	}
	return true;
}

/* "[2026-01-31T": the time that each line begins with. */
static bool is_log(const char *head)
{
	static const char form[] = "[dddd-dd-ddT";

	for (size_t i = 0; form[i]; i++)
		if (form[i] == 'd' ? head[i] < '0' || head[i] > '9' : head[i] != form[i])
			return false;
	return true;
}

/* Recognize the first line that port_trace.c writes, or what tests/golden/trace puts before it. */
static bool is_trace(const char *head)
{
	return strncmp(head, "# port ", 7) == 0 || strncmp(head, "# session ", 10) == 0;
}

bool side_files_open(struct cli *cli, int argc, char **argv, struct ef_err *err)
{
	if (!check_names(cli, err))
		return false;
	if (!side_file_open(&cli->log_file, "log", cli->global.log_file, is_log, err) ||
	    !side_file_open(&cli->trace, "trace", cli->global.trace, is_trace, err))
		return false;
	log_command(cli, argc, argv);
	return true;
}

/* If the run has failed already, a lost line is only a warning. */
bool side_files_close(struct cli *cli, struct ef_err *err)
{
	struct side_file *sides[] = { &cli->trace, &cli->log_file };
	bool ok = true;

	for (size_t i = 0; i < EF_ARRAY_LEN(sides); i++) {
		struct ef_err mine = EF_ERR_INIT;

		if (side_file_close(sides[i], &mine))
			continue;
		if (err->code != EF_OK)
			ui_log(cli, EF_LOG_WARN, "%s", mine.msg);
		else
			*err = mine;
		ok = false;
	}
	return ok;
}
