/* SPDX-License-Identifier: MIT */
/*
 * Judges a start. Knows which events prove a state: an application runs when it
 * prints, and it is the expected one unless the bootloader or the application names
 * another. A failure counts for the boot in which it was printed; some flash chips
 * fail once after power-on.
 */
#include "flasher/start_judge.h"

#include "base/util.h"

/* This many resets are a loop, and this many failed boots are no accident. */
#define LOOP_RESETS  3u
#define FAILED_BOOTS 2u
/*
 * The ROM can also start a program where it lies in flash, without loading
 * anything. One unknown line may then be the ROM's; so many are a program's.
 */
#define OTHER_LINES 2u

static void quote(char ret[START_LINE], const char *line, size_t len)
{
	(void)ef_strip_escapes(ret, START_LINE, line, len);
	ef_clean_text(ret);
}

static void quote_once(char ret[START_LINE], const char *line, size_t len)
{
	if (!ret[0])
		quote(ret, line, len);
}

/* ---- events ---- */

static void end_boot(struct start_judge *j)
{
	if (j->boot.has_failed && !j->boot.has_app) {
		j->failed_boots++;
		(void)ef_strlcpy(j->reason, sizeof(j->reason), j->boot.reason);
	}
	/* a crash before the first banner may be the old application's */
	if (j->resets == 0)
		j->crash[0] = '\0';
	j->boot = (struct start_boot){ .has_app = false };
}

/*
 * Only an application puts a chip to sleep, so each wake-up but the first, which may
 * be the old application's, proves that one ran; nothing went wrong.
 */
static void take_wake_up(struct start_judge *j, const char *line, size_t len)
{
	if (j->resets + j->wake_ups++ == 0)
		return;
	j->boot.has_app = true;
	quote(j->boot.app, line, len);
}

static void take_banner(struct start_judge *j, const struct ef_console_event *e, const char *line,
			size_t len)
{
	end_boot(j);
	if (e->cause == EF_CONSOLE_CAUSE_WAKE_UP) {
		take_wake_up(j, line, len);
		return;
	}
	j->found.has_offset = j->found.is_known = j->is_other = false;
	j->resets++;
	j->is_download = e->mode == EF_CONSOLE_MODE_DOWNLOAD;
	quote(j->banner, line, len);
}

static void take_failure(struct start_judge *j, const struct ef_console_event *e, const char *line,
			 size_t len)
{
	j->boot.has_failed = true;
	j->boot.is_over |= e->stage == EF_CONSOLE_ROM || e->is_final || j->console.names_offset;
	if (!j->boot.reason[0])
		j->found.stage = e->stage;
	quote_once(j->boot.reason, line, len);
}

static void take_app(struct start_judge *j, const char *line, size_t len)
{
	if (j->boot.has_crash)
		return;
	j->boot.has_app = true;
	quote_once(j->boot.app, line, len);
}

static void take_text(struct start_judge *j, const struct ef_console_event *e, const char *line,
		      size_t len)
{
	/* USB consoles have no ROM text */
	bool is_first = j->console.stage == EF_CONSOLE_UNKNOWN && !j->console.is_ended;

	if (e->stage == EF_CONSOLE_APP || is_first) {
		j->boot.is_guess = is_first;
		take_app(j, line, len);
	} else {
		quote_once(j->boot.other, line, len);
	}
	j->boot.others += e->stage == EF_CONSOLE_ROM && !j->console.has_load;
}

static bool differs(const char *want, const char *is)
{
	return want && *want && *is && strcmp(want, is) != 0;
}

/* The console shows the first digits only; zeros are an image without the hash. */
static bool is_other_elf(const uint8_t *want, const char *digits)
{
	char hex[65];

	ef_hex(hex, want, 32);
	return memcmp(hex, digits, strlen(digits)) != 0;
}

static bool is_hash(const char *digits)
{
	size_t n = strlen(digits);

	return n >= 8 && n <= 64 && strspn(digits, "0") < n;
}

static void take_name(struct start_judge *j, const struct ef_console_event *e)
{
	const struct ef_start_expect *x = j->expect;

	if (e->kind == EF_CONSOLE_PROJECT) {
		(void)ef_strlcpy(j->found.project, sizeof(j->found.project), e->text);
		j->is_other |= differs(x->project, e->text);
	} else if (e->kind == EF_CONSOLE_VERSION) {
		(void)ef_strlcpy(j->found.version, sizeof(j->found.version), e->text);
		j->is_other |= differs(x->version, e->text);
	} else if (x->elf_sha256 && is_hash(e->text)) {
		j->is_other |= is_other_elf(x->elf_sha256, e->text);
		j->found.is_known = true;
	}
}

static void take_crash(struct start_judge *j, const struct ef_console_event *e, const char *line,
		       size_t len)
{
	j->boot.has_app = false;
	j->boot.has_crash = true;
	if (!j->crash[0]) {
		j->found.crash = e->what;
		j->wants_crash = e->is_heading;
	}
	quote_once(j->crash, line, len);
}

/* Quote what happened, not the heading before it. */
static void take_after_heading(struct start_judge *j, const struct ef_console_event *e,
			       const char *line, size_t len)
{
	if (!j->wants_crash || e->is_heading ||
	    (e->kind != EF_CONSOLE_CRASH && e->kind != EF_CONSOLE_RESET))
		return;
	j->wants_crash = false;
	if (e->kind == EF_CONSOLE_CRASH)
		quote(j->crash, line, len);
}

/* Text at the very beginning was the end of a line of the bootloader, which goes on. */
static void drop_guess(struct start_boot *b, const struct ef_console_event *e)
{
	if (!b->is_guess || (e->stage != EF_CONSOLE_LOADER && e->stage != EF_CONSOLE_ROM))
		return;
	b->is_guess = b->has_app = false;
	b->app[0] = '\0';
}

static void on_line(void *user, const char *line, size_t len, const struct ef_console_event *e)
{
	struct start_judge *j = user;

	take_after_heading(j, e, line, len);
	drop_guess(&j->boot, e);
	switch (e->kind) {
	case EF_CONSOLE_RESET:
		take_banner(j, e, line, len);
		break;
	case EF_CONSOLE_WAITS:
		j->is_waiting = true;
		quote_once(j->wait, line, len);
		break;
	case EF_CONSOLE_FAILURE:
		take_failure(j, e, line, len);
		break;
	case EF_CONSOLE_GOES_ON:
		if (e->stage == EF_CONSOLE_ROM) {
			j->boot.has_failed = j->boot.is_over = false;
			j->boot.reason[0] = '\0';
		}
		break;
	case EF_CONSOLE_LOADED:
		j->found.has_offset = true;
		j->found.offset = e->offset;
		j->boot.is_over = false;
		break;
	case EF_CONSOLE_TEXT:
		take_text(j, e, line, len);
		break;
	case EF_CONSOLE_PROJECT:
	case EF_CONSOLE_VERSION:
	case EF_CONSOLE_ELF_HASH:
		take_name(j, e);
		take_app(j, line, len);
		break;
	case EF_CONSOLE_APP_LINE:
		take_app(j, line, len);
		break;
	case EF_CONSOLE_CRASH:
		take_crash(j, e, line, len);
		break;
	default:
		break;
	}
}

/* ---- the verdict ---- */

static bool is_elsewhere(const struct start_judge *j)
{
	return j->found.has_offset && j->expect->has_offset && j->found.offset != j->expect->offset;
}

/*
 * Return whether the bootloader named another place, or it named none and the app has another name.
 */
static bool is_other_app(const struct start_judge *j)
{
	return is_elsewhere(j) || (j->is_other && j->boot.has_app && !j->found.has_offset);
}

static bool fails_again(const struct start_judge *j)
{
	bool fails_now = j->boot.has_failed && j->boot.is_over && !j->boot.has_app;

	return j->failed_boots + fails_now >= FAILED_BOOTS;
}

static const char *first_of(const char *a, const char *b, const char *c)
{
	return *a ? a : *b ? b : c;
}

/* Return the state, and the line that proves it. */
static enum ef_start_state state_of(const struct start_judge *j, const char **ret_line)
{
	const struct start_boot *b = &j->boot;

	if (j->is_waiting) {
		*ret_line = j->wait;
		return EF_START_DOWNLOAD;
	}
	if (fails_again(j)) {
		*ret_line = first_of(b->reason, j->reason, "");
		return EF_START_NO_BOOT;
	}
	if (j->resets >= LOOP_RESETS) {
		*ret_line = first_of(j->crash, j->reason, j->banner);
		return EF_START_LOOP;
	}
	if (is_other_app(j)) {
		*ret_line = first_of(b->reason, b->app, j->crash);
		return EF_START_OTHER_APP;
	}
	if (j->crash[0]) {
		*ret_line = j->crash;
		return EF_START_CRASHED;
	}
	if (b->has_app) {
		*ret_line = b->app;
		return EF_START_RUNNING;
	}
	if (b->has_failed) {
		*ret_line = b->reason;
		return b->is_over ? EF_START_NO_BOOT : EF_START_SILENT;
	}
	if (b->others >= OTHER_LINES) {
		*ret_line = b->other;
		return EF_START_RUNNING;
	}
	/* some ROMs wait silently */
	*ret_line = j->is_download ? j->banner : b->other;
	return j->is_download ? EF_START_DOWNLOAD : EF_START_SILENT;
}

bool start_judge_is_certain(const struct start_judge *j)
{
	return j->is_waiting || fails_again(j) || j->resets >= LOOP_RESETS;
}

bool start_judge_has_app(const struct start_judge *j)
{
	return j->boot.has_app;
}

bool start_judge_has_text(const struct start_judge *j)
{
	return j->boot.has_app || j->boot.others;
}

/* Return whether there is no sign of another application than the expected one. */
static bool is_expected(const struct start_judge *j)
{
	const struct ef_start_expect *x = j->expect;

	if (!x->has_offset || j->found.is_known || j->found.has_offset)
		return true;
	return x->is_only && j->boot.has_app;
}

void start_judge_result(const struct start_judge *j, struct ef_start *ret)
{
	const char *line = "";

	*ret = j->found;
	ret->state = state_of(j, &line);
	(void)ef_strlcpy(ret->line, sizeof(ret->line), line);
	ret->is_known = ret->state == EF_START_RUNNING && is_expected(j);
}

void start_judge_init(struct start_judge *j, const struct ef_start_expect *expect)
{
	*j = (struct start_judge){ .expect = expect };
}

void start_judge_feed(struct start_judge *j, const void *data, size_t len)
{
	ef_console_feed(&j->console, data, len, on_line, j);
}

void ef_start_judge(const struct ef_start_expect *expect, const char *text, size_t len,
		    struct ef_start *ret)
{
	struct start_judge j;

	start_judge_init(&j, expect);
	start_judge_feed(&j, text, len);
	start_judge_result(&j, ret);
}
