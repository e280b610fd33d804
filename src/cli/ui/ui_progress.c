/* SPDX-License-Identifier: MIT */
/* Shows progress: as a bar, as lines or as JSON. */
#include "cli/ui/ui.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/table/hint_words.h"
#include "cli/ui/json_out.h"
#include "base/util.h"

#define BAR_CELLS   40
#define SUFFIX_ROOM 15 /* columns reserved for the text after a bar: " Verifying..." */
#define BAR_MIDDLE  80 /* columns; a narrower terminal gets only a bar and a percentage... */
#define BAR_LEAST   50 /* ... and one narrower than this only a percentage */
#define ESC_RESET   "\x1b[0m"

static uint64_t clock_us(void)
{
	struct timespec ts = { 0, 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000u + (uint64_t)ts.tv_nsec / 1000u;
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

/* Everything but the bar takes 71 columns; the bar gets the rest. */
#define BAR_REST 71u
/* From this width on the line has the address, too, even if there is a label. */
#define BAR_WIDE (BAR_CELLS + BAR_REST)

static unsigned bar_cells(unsigned columns)
{
	if (columns >= BAR_WIDE)
		return BAR_CELLS;
	return columns > BAR_REST + 8 ? columns - BAR_REST : 8;
}

/* --progress json prints one object per line. The rate is the average since the stage began. */
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
	return kind == EF_EVENT_SKIPPED     ? "skipped"
	       : kind == EF_EVENT_VERIFIED  ? "verified"
	       : kind == EF_EVENT_ENCRYPTED ? "encrypted"
					    : "written";
}

/* Cut text to this many columns, between characters. */
static void cut(char *text, unsigned columns)
{
	size_t at = 0;

	for (unsigned used = 0; text[at] && used < columns; used++) {
		size_t len = ef_utf8_len((uint8_t)text[at]);

		at += len && strlen(text + at) >= len ? len : 1;
	}
	text[at] = '\0';
}

unsigned ui_columns(const char *text)
{
	unsigned columns = 0;

	for (size_t len = strlen(text), n; len > 0; text += n, len -= n) {
		if (*text == '\x1b') {
			n = ef_escape_len(text, len);
			continue;
		}
		n = ef_utf8_len((uint8_t)*text);
		n = n && n <= len ? n : 1;
		columns++;
	}
	return columns;
}

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
	ef_clean_text(ret);
	/* A line that wraps can't be overwritten by the next one. */
	cut(ret, columns > SUFFIX_ROOM ? columns - SUFFIX_ROOM : 0);
}

static void draw_bar(struct cli *cli, const struct ef_event *e, const char *suffix)
{
	struct progress *p = &cli->progress;
	uint64_t s = (clock_us() - p->started_us) / 1000000u;
	unsigned columns = isatty(fileno(cli->err)) ? ui_width(fileno(cli->err)) : 132;
	char line[256];
	unsigned width;

	ui_bar_line(line, sizeof(line), e, s, columns);
	width = ui_columns(line) + ui_columns(suffix);
	/* Blanks cover the rest of a longer line; in the last column they would wrap. */
	if (p->width >= columns)
		p->width = columns - 1;
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

/*
 * Return whether the line for the end of the region will cover this event: the end of a write, and
 * its verification.
 */
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
		/* Verification continues in the bar of the write. */
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

void ui_event(struct cli *cli, const struct ef_event *e)
{
	switch (e->kind) {
	case EF_EVENT_INFO:
		ui_log(cli, EF_LOG_INFO, "%s", e->text);
		break;
	case EF_EVENT_WARN:
		ui_log(cli, EF_LOG_WARN, "%s%s", e->text, hint_event_words(e->hint));
		break;
	case EF_EVENT_PROGRESS:
		if (!cli->progress.is_hidden)
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
	case EF_EVENT_ENCRYPTED:
		show_end(cli, e, "Encrypted", "\x1b[32m",
			 "written; the chip encrypted it, so it can't be compared");
		break;
	}
}

/* ---- errors ---- */
