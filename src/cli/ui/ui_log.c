/* SPDX-License-Identifier: MIT */
/* Prints log lines as espflash's logger does, or as objects of --progress json. */
#include "cli/ui/ui.h"

#include <stdarg.h>
#include <string.h>

#include "cli/ui/json_out.h"
#include "cli/ui/side_file.h"
#include "base/util.h"

static const struct {
	const char *name, *color;
} levels[] = {
	[EF_LOG_WARN] = { "WARN", "\x1b[33m" },
	[EF_LOG_INFO] = { "INFO", "\x1b[32m" },
	[EF_LOG_DEBUG] = { "DEBUG", "\x1b[34m" },
	[EF_LOG_TRACE] = { "TRACE", "\x1b[36m" },
};

/* Return whether the terminal shows this level. The log file gets every level. */
static bool is_shown(const struct cli *cli, enum ef_log_level level)
{
	if (cli->global.quiet)
		return level <= EF_LOG_WARN;
	return (unsigned)level <= EF_LOG_INFO + cli->global.verbose;
}

static void log_line(struct cli *cli, enum ef_log_level level, const char *text)
{
	char stamp[STAMP_SIZE];

	log_file_line(cli, levels[level].name, text);
	if (!is_shown(cli, level))
		return;
	if (cli->progress.kind == PROGRESS_JSON) {
		struct json_out *j = json_new_line("log");

		json_text(j, "level", levels[level].name);
		json_text(j, "message", text);
		json_print_event(j, cli->err);
		return;
	}
	ui_progress_close(cli);
	stamp_time(stamp, cli->global.verbose > 0);
	fprintf(cli->err, "[%s %s%-5s%s] ", stamp, cli->is_err_color ? levels[level].color : "",
		levels[level].name, cli->is_err_color ? "\x1b[0m" : "");
	ui_wrap(cli->err, text, (unsigned)strlen(stamp) + 9, 4);
}

void ui_log(struct cli *cli, enum ef_log_level level, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	ef_clean_text(text);
	log_line(cli, level, text);
}

void ui_log_sink(void *user, enum ef_log_level level, const char *line)
{
	log_line(user, level, line);
}
