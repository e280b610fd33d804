/* SPDX-License-Identifier: MIT */
/*
 * Knows the files that a run leaves beside its results: --log-file and
 * --trace. Both begin anew with each run (a report is about one), are opened
 * before anything else is done, and when they can't be completed that is an
 * error at the end, never in place of another one.
 */
#include <string.h>
#include <sys/stat.h>

#include "cli/side_files.h"
#include "cli/table/commands.h"
#include "cli/ui/side_file.h"
#include "cli/ui/ui.h"
#include "base/util.h"

/* The command line as it was given, into the log: a report without it is half of one. */
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

/* Each has its file: in the results, or in each other, nobody could read them. */
static bool check_names(const struct cli *cli, struct ef_err *err)
{
	const char *log = cli->global.log_file, *trace = cli->global.trace;
	struct stat st;

	if ((log && strcmp(log, "-") == 0) || (trace && strcmp(trace, "-") == 0)) {
		ef_fail(err, EF_E_USAGE,
			"neither '--log-file' nor '--trace' goes to standard "
			"output: results do");
		return ef_hint(err, "name a file; one that is called - is ./-");
	}
	if (!log || !trace || strcmp(log, trace) != 0 ||
	    (stat(log, &st) == 0 && !S_ISREG(st.st_mode)))
		return true;
	ef_fail(err, EF_E_USAGE, "'--log-file' and '--trace' can't share '%s'", log);
	return ef_hint(err, "give each a file of its own");
}

bool side_files_open(struct cli *cli, int argc, char **argv, struct ef_err *err)
{
	if (!check_names(cli, err))
		return false;
	if (!side_file_open(&cli->log_file, "log", cli->global.log_file, err) ||
	    !side_file_open(&cli->trace, "trace", cli->global.trace, err))
		return false;
	log_command(cli, argc, argv);
	return true;
}

/* One more failure, when there is one already, is a warning. */
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
