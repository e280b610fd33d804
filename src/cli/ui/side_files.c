/* SPDX-License-Identifier: MIT */
/*
 * Knows the files that a run leaves beside its results: --log-file and
 * --trace. Both begin anew with each run (a report is about one), are opened
 * before anything else is done, and when they can't be completed that is an
 * error at the end, never in place of another one.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "cli/cli.h"
#include "base/util.h"

void stamp_time(char ret[STAMP_SIZE], bool has_ms)
{
	struct timespec now = { 0, 0 };
	char date[24] = "", ms[8] = "";
	struct tm tm;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	if (gmtime_r(&now.tv_sec, &tm))
		(void)strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
	if (has_ms)
		(void)ef_snprintf(ms, sizeof(ms), ".%03u",
				  (unsigned)(now.tv_nsec / 1000000) % 1000);
	(void)ef_snprintf(ret, STAMP_SIZE, "%s%sZ", date, ms);
}

void side_line(struct side_file *side, const char *line)
{
	if (!side->file || side->error)
		return;
	errno = 0;
	if (fputs(line, side->file) < 0 || fputc('\n', side->file) < 0)
		side->error = errno ? errno : EIO;
}

void log_file_line(struct cli *cli, const char *level, const char *text)
{
	char head[STAMP_SIZE + 16], stamp[STAMP_SIZE];
	struct side_file *side = &cli->log_file;

	if (!side->file)
		return;
	stamp_time(stamp, true);
	(void)ef_snprintf(head, sizeof(head), "[%s %-5s] ", stamp, level);
	if (fputs(head, side->file) < 0 && !side->error)
		side->error = errno ? errno : EIO;
	side_line(side, text);
}

static bool cannot_write(const char *what, const char *path, int number, struct ef_err *err)
{
	ef_fail(err, EF_E_IO, "cannot write %s '%s': %s", what, path, strerror(number));
	return ef_hint(err, "name a file in a folder that there is, that you may write to, and "
			    "that has room");
}

static bool open_side(struct side_file *side, const char *what, const char *path,
		      struct ef_err *err)
{
	*side = (struct side_file){ .what = what, .path = path };
	if (!path)
		return true;
	side->file = fopen(path, "w");
	if (!side->file)
		return cannot_write(what, path, errno, err);
	/* whole lines, so that a run that is killed leaves what happened before */
	(void)setvbuf(side->file, NULL, _IOLBF, 8192);
	return true;
}

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

bool side_open(struct cli *cli, int argc, char **argv, struct ef_err *err)
{
	if (!check_names(cli, err))
		return false;
	if (!open_side(&cli->log_file, "log", cli->global.log_file, err) ||
	    !open_side(&cli->trace, "trace", cli->global.trace, err))
		return false;
	log_command(cli, argc, argv);
	return true;
}

static bool close_side(struct side_file *side, struct ef_err *err)
{
	FILE *file = side->file;

	side->file = NULL;
	if (!file)
		return true;
	errno = 0;
	if (fclose(file) != 0 && !side->error)
		side->error = errno ? errno : EIO;
	if (!side->error)
		return true;
	return cannot_write(side->what, side->path, side->error, err);
}

/* One more failure, when there is one already, is a warning. */
bool side_close(struct cli *cli, struct ef_err *err)
{
	struct side_file *sides[] = { &cli->trace, &cli->log_file };
	bool ok = true;

	for (size_t i = 0; i < EF_ARRAY_LEN(sides); i++) {
		struct ef_err mine = EF_ERR_INIT;

		if (close_side(sides[i], &mine))
			continue;
		if (err->code != EF_OK)
			ui_log(cli, EF_LOG_WARN, "%s", mine.msg);
		else
			*err = mine;
		ok = false;
	}
	return ok;
}
