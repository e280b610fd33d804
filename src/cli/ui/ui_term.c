/* SPDX-License-Identifier: MIT */
/*
 * Knows the properties of the terminal: its width, its colours, and whether its last line is an
 * open bar.
 */
#include "cli/ui/ui.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/util.h"

unsigned ui_width(int fd)
{
	struct winsize size;

	if (isatty(fd) && ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return 80;
}

static bool wants_color(int when, FILE *stream, const char *no_color)
{
	if (when != COLOR_AUTO)
		return when == COLOR_ALWAYS;
	return isatty(fileno(stream)) && !(no_color && *no_color);
}

void ui_init(struct cli *cli, const struct ui_env *env)
{
	bool is_dumb = env->term && strcmp(env->term, "dumb") == 0;
	bool is_ci = env->ci && *env->ci && strcmp(env->ci, "false") != 0;
	const char *no_color = is_dumb || is_ci ? "1" : env->no_color;

	cli->is_out_color = wants_color(cli->global.color, cli->out, no_color);
	cli->is_err_color = wants_color(cli->global.color, cli->err, no_color);
	cli->progress.kind = (enum progress_kind)cli->global.progress;
	if (cli->progress.kind == PROGRESS_AUTO)
		cli->progress.kind = isatty(fileno(cli->err)) && !is_dumb && !is_ci
					     ? PROGRESS_BAR
					     : PROGRESS_LINES;
	if (cli->global.quiet && cli->progress.kind != PROGRESS_JSON)
		cli->progress.kind = PROGRESS_NONE;
}

void ui_progress_close(struct cli *cli)
{
	if (!cli->progress.is_open)
		return;
	cli->progress.is_open = false;
	fputc('\n', cli->err);
	fflush(cli->err);
}

unsigned ui_help_width(void)
{
	const char *columns = getenv("COLUMNS");
	uint32_t width;

	/* A terminal knows its width. For a pipe, only COLUMNS can give one. */
	if (!isatty(STDOUT_FILENO) && columns && ef_parse_u32(columns, 1000, &width) && width >= 20)
		return width;
	return ui_width(STDOUT_FILENO);
}
