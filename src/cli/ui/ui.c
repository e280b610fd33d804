/* SPDX-License-Identifier: MIT */
/*
 * Knows how the program talks to people: log lines in the shape of espflash's
 * logger, the progress bar or lines, questions, errors, colours.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/board/connect_setup.h"
#include "base/util.h"

#define BAR_CELLS   40
#define SUFFIX_ROOM 15 /* columns for what follows a bar: " Verifying..." */
#define BAR_MIDDLE  80 /* columns; narrower terminals get a bar and a percentage... */
#define BAR_LEAST   50 /* ... or a percentage */
#define ESC_RESET   "\x1b[0m"

#define ANSWER_SLICE_MS 100 /* a signal is seen that late at worst */

/* ---- terminal ---- */

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

bool ui_can_ask(const struct cli *cli)
{
	return isatty(STDIN_FILENO) && isatty(fileno(cli->err));
}

/* False: the end of the input, or a signal; one that came before the wait counts, too. */
static bool read_answer(const struct cli *cli, char *ret)
{
	struct pollfd keyboard = { .fd = STDIN_FILENO, .events = POLLIN };

	while (!*cli->interrupt) {
		int n = poll(&keyboard, 1, ANSWER_SLICE_MS);

		if (n > 0)
			return read(STDIN_FILENO, ret, 1) == 1;
		if (n < 0 && errno != EINTR)
			return false;
	}
	return false;
}

bool ui_ask(struct cli *cli, const char *question, char *ret, size_t cap)
{
	size_t len = 0;
	char c;

	ui_progress_close(cli);
	fprintf(cli->err, "%s", question);
	fflush(cli->err);
	for (;;) {
		if (!read_answer(cli, &c)) {
			fputc('\n', cli->err);
			return false;
		}
		if (c == '\n')
			break;
		if (len + 1 < cap)
			ret[len++] = c;
	}
	ret[len] = '\0';
	return true;
}

/* ---- log ---- */

static const struct {
	const char *name, *color;
} levels[] = {
	[EF_LOG_WARN] = { "WARN", "\x1b[33m" },
	[EF_LOG_INFO] = { "INFO", "\x1b[32m" },
	[EF_LOG_DEBUG] = { "DEBUG", "\x1b[34m" },
	[EF_LOG_TRACE] = { "TRACE", "\x1b[36m" },
};

/* What the terminal gets to see; the log file has more. */
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
		levels[level].name, cli->is_err_color ? ESC_RESET : "");
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

/* ---- progress ---- */

void ui_number(char ret[UI_NUMBER_SIZE], uint64_t value)
{
	char digits[24];
	size_t len, out = 0;

	(void)snprintf(digits, sizeof(digits), "%" PRIu64, value);
	len = strlen(digits);
	for (size_t i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			ret[out++] = ',';
		ret[out++] = digits[i];
	}
	ret[out] = '\0';
}

static uint64_t clock_us(void)
{
	struct timespec ts = { 0, 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000u + (uint64_t)ts.tv_nsec / 1000u;
}

void ui_progress_close(struct cli *cli)
{
	if (!cli->progress.is_open)
		return;
	cli->progress.is_open = false;
	fputc('\n', cli->err);
	fflush(cli->err);
}

static const char *stage_word(enum ef_stage stage)
{
	switch (stage) {
	case EF_STAGE_VERIFY:
		return "verifying";
	case EF_STAGE_READ:
		return "reading";
	case EF_STAGE_ERASE:
		return "erasing";
	case EF_STAGE_RAM:
		return "loading";
	case EF_STAGE_WRITE:
		break;
	}
	return "writing";
}

/* Narrow terminals get a shorter bar: everything else in the line takes 71 columns. */
#define BAR_REST 71u
/* ... and no address where a label says what it is. */
#define BAR_WIDE (BAR_CELLS + BAR_REST)

static unsigned bar_cells(unsigned columns)
{
	if (columns >= BAR_WIDE)
		return BAR_CELLS;
	return columns > BAR_REST + 8 ? columns - BAR_REST : 8;
}

/* --progress json: one object a line. Rate: since the stage began, by the clock of this computer.
 */
static void progress_json(struct cli *cli, const struct ef_event *e, const char *stage)
{
	struct json_out *j = json_new_line("progress");
	uint64_t us = clock_us() - cli->progress.started_us;

	json_text(j, "stage", stage);
	json_text(j, "label", *e->label ? e->label : NULL);
	json_number(j, "address", e->addr);
	json_number(j, "done", e->done);
	json_number(j, "total", e->total);
	if (e->done && us && e->kind == EF_EVENT_PROGRESS)
		json_number(j, "bytes_per_second", e->done * 1000000u / us);
	else
		json_null(j, "bytes_per_second");
	json_print_event(j, cli->err);
	fflush(cli->err);
}

static const char *end_word(enum ef_event_kind kind)
{
	return kind == EF_EVENT_SKIPPED    ? "skipped"
	       : kind == EF_EVENT_VERIFIED ? "verified"
					   : "written";
}

/* What the work is, by how much room there is for it. */
void ui_bar_line(char *ret, size_t cap, const struct ef_event *e, uint64_t seconds,
		 unsigned columns)
{
	unsigned percent = e->total ? (unsigned)(e->done * 100 / e->total) : 100;
	unsigned cells = columns >= BAR_MIDDLE ? bar_cells(columns) : columns / 4;
	unsigned filled = e->total ? (unsigned)(e->done * cells / e->total) : cells;
	char bar[BAR_CELLS + 1], where[16] = "";

	memset(bar, ' ', cells);
	memset(bar, '=', filled);
	if (filled < cells)
		bar[filled] = '>';
	bar[cells] = '\0';
	if (columns >= BAR_WIDE || !*e->label)
		(void)snprintf(where, sizeof(where), " 0x%-8" PRIX32, e->addr);
	if (columns < BAR_LEAST)
		(void)snprintf(ret, cap, "%3u %% %s", percent, e->label);
	else if (columns < BAR_MIDDLE)
		(void)snprintf(ret, cap, "[%s] %3u %% %s", bar, percent, e->label);
	else /* espflash's: [00:00:01] [=====>    ]   12345/72624   0x10000 */
		(void)snprintf(ret, cap,
			       "[%02" PRIu64 ":%02" PRIu64 ":%02" PRIu64 "] [%s] %7" PRIu64
			       "/%-7" PRIu64 "%s %s",
			       seconds / 3600, seconds / 60 % 60, seconds % 60, bar, e->done,
			       e->total, where, e->label);
	/* A line that wraps can't be drawn over. */
	if (strlen(ret) + SUFFIX_ROOM > columns)
		ret[columns > SUFFIX_ROOM ? columns - SUFFIX_ROOM : 0] = '\0';
	ef_clean_text(ret);
}

static void draw_bar(struct cli *cli, const struct ef_event *e, const char *suffix)
{
	struct progress *p = &cli->progress;
	uint64_t s = (clock_us() - p->started_us) / 1000000u;
	unsigned columns = isatty(fileno(cli->err)) ? ui_width(fileno(cli->err)) : 132;
	char line[256];
	unsigned width;

	ui_bar_line(line, sizeof(line), e, s, columns);
	width = (unsigned)(strlen(line) + strlen(suffix));
	fprintf(cli->err, "\r%s%s%*s", line, suffix, p->width > width ? (int)(p->width - width) : 0,
		"");
	fflush(cli->err);
	p->width = width;
	p->is_open = true;
}

static void show_line(struct cli *cli, const struct ef_event *e, const char *text)
{
	ui_log(cli, EF_LOG_INFO, "%s%s0x%08" PRIx32 ": %s", e->label, *e->label ? " at " : "",
	       e->addr, text);
}

/* The end of a write and all of its check are in the line that says how it went. */
static bool is_told_at_end(const struct ef_event *e)
{
	return e->stage == EF_STAGE_VERIFY || (e->stage == EF_STAGE_WRITE && e->done == e->total);
}

static void show_progress(struct cli *cli, const struct ef_event *e)
{
	struct progress *p = &cli->progress;
	unsigned percent = e->total ? (unsigned)(e->done * 100 / e->total) : 100;
	char text[80];

	if (e->done == 0) {
		/* A check of what was written goes on in the writing's bar. */
		if (e->stage != EF_STAGE_VERIFY) {
			ui_progress_close(cli);
			p->started_us = clock_us();
		}
		p->percent = 0;
		p->width = p->is_open ? p->width : 0;
	}
	if (p->kind == PROGRESS_JSON) {
		if (percent != p->percent || e->done == 0 || e->done == e->total)
			progress_json(cli, e, stage_word(e->stage));
		p->percent = percent;
	} else if (p->kind == PROGRESS_BAR) {
		if (percent != p->percent || e->done == 0 || e->done == e->total)
			draw_bar(cli, e, e->stage == EF_STAGE_VERIFY ? " Verifying..." : "");
		p->percent = percent;
	} else if (p->kind == PROGRESS_LINES && percent / 10 > p->percent / 10 &&
		   !is_told_at_end(e)) {
		p->percent = percent;
		(void)snprintf(text, sizeof(text), "%s %u %%", stage_word(e->stage), percent);
		show_line(cli, e, text);
	}
}

static void show_end(struct cli *cli, const struct ef_event *e, const char *bar_text,
		     const char *color, const char *line_text)
{
	char suffix[64];

	if (cli->progress.kind == PROGRESS_JSON) {
		progress_json(cli, e, end_word(e->kind));
	} else if (cli->progress.kind == PROGRESS_BAR) {
		struct ef_event full = *e;

		full.done = full.total;
		if (e->kind == EF_EVENT_SKIPPED) {
			ui_progress_close(cli);
			cli->progress.started_us = clock_us();
		}
		(void)snprintf(suffix, sizeof(suffix), " %s%s%s", cli->is_err_color ? color : "",
			       bar_text, cli->is_err_color ? ESC_RESET : "");
		draw_bar(cli, &full, suffix);
		ui_progress_close(cli);
	} else if (cli->progress.kind == PROGRESS_LINES) {
		show_line(cli, e, line_text);
	}
}

void ui_event(void *user, const struct ef_event *e)
{
	struct cli *cli = user;

	work_event(cli, e);
	switch (e->kind) {
	case EF_EVENT_INFO:
		ui_log(cli, EF_LOG_INFO, "%s", e->text);
		break;
	case EF_EVENT_WARN:
		ui_log(cli, EF_LOG_WARN, "%s", e->text);
		break;
	case EF_EVENT_PROGRESS:
		show_progress(cli, e);
		break;
	case EF_EVENT_SKIPPED:
		show_end(cli, e, "Skipped!", "\x1b[36m", "skipped, checksum matches");
		break;
	case EF_EVENT_VERIFIED:
		show_end(cli, e, "OK!", "\x1b[32m", "written and verified");
		break;
	case EF_EVENT_WRITTEN:
		show_end(cli, e, "Written", "", "written, not verified");
		break;
	}
}

/* ---- errors ---- */

static void error_fields(struct cli *cli, struct json_out *j, const struct ef_err *err)
{
	json_text(j, "code", ef_code_name(err->code));
	json_number(j, "exit_status", (uint64_t)ui_exit_status(cli, err));
	json_text(j, "message", err->msg);
	json_text(j, "hint", *err->hint ? err->hint : NULL);
}

static void error_json(struct cli *cli, const struct ef_err *err)
{
	struct ef_err ignored = EF_ERR_INIT;
	struct json_out *j = json_new(cli->command);

	json_begin_object(j, "error");
	error_fields(cli, j, err);
	diagnosis_json(cli, j);
	json_end(j);
	/* Nothing is left to tell of an error while telling an error. */
	if (cli->is_json_lines)
		(void)!json_print_line(j, cli->out, &ignored);
	else
		(void)!json_print(j, cli->out, &ignored);
	(void)fflush(cli->out);
}

bool ui_yield_stdout(struct cli *cli, const char *path, struct ef_err *err)
{
	if (!ef_file_is_stdout(path))
		return true;
	if (!cli->is_json) {
		cli->out = cli->err;
		return true;
	}
	ef_fail(err, EF_E_USAGE,
		"'--json' and the content of '%s' can't both go to standard output", path);
	return ef_hint(err, "name a file, or leave '--json' out");
}

int ui_exit_status(const struct cli *cli, const struct ef_err *err)
{
	int number = cli->interrupt ? (int)*cli->interrupt : 0;

	/* as shells tell it: 130 for Ctrl-C, 143 for SIGTERM, 129 for SIGHUP */
	if (err->code == EF_E_INTR && number > 0)
		return 128 + number;
	return ef_code_exit_status(err->code);
}

static void error_line(struct cli *cli, const struct ef_err *err)
{
	struct json_out *j = json_new_line("error");

	error_fields(cli, j, err);
	json_print_event(j, cli->err);
}

void ui_log_error(struct cli *cli, const struct ef_err *err)
{
	log_file_line(cli, "ERROR", err->msg);
	if (*err->hint)
		log_file_line(cli, "HINT", err->hint);
}

void ui_error(struct cli *cli, const struct ef_err *err)
{
	ui_progress_close(cli);
	if (cli->progress.kind == PROGRESS_JSON)
		error_line(cli, err);
	if (cli->is_json) {
		error_json(cli, err);
		return;
	}
	if (cli->progress.kind == PROGRESS_JSON)
		return;
	(void)fflush(cli->out);
	fprintf(cli->err, "%s: %serror:%s ", cli->program->name,
		cli->is_err_color ? "\x1b[1;31m" : "", cli->is_err_color ? ESC_RESET : "");
	ui_wrap(cli->err, err->msg, (unsigned)strlen(cli->program->name) + 9, 2);
	if (!*err->hint)
		return;
	fputs("  hint: ", cli->err);
	ui_wrap(cli->err, err->hint, 8, 4);
}

bool ui_flush(struct cli *cli, struct ef_err *err)
{
	struct pollfd reader = { .fd = fileno(cli->out), .events = POLLOUT };

	if (fflush(cli->out) == 0 && !ferror(cli->out))
		return true;
	/* "| head" has read enough and left: that is no failure of ours. */
	if (poll(&reader, 1, 0) == 1 && (reader.revents & POLLERR))
		return true;
	return ef_fail(err, EF_E_IO, "cannot write to standard output");
}
