/* SPDX-License-Identifier: MIT */
/* Puts into words what the chip's first output reveals about the app. */
#include "cli/board/start.h"

#include <inttypes.h>

#include "cli/ui/ui.h"
#include "base/util.h"

/* An ESP-IDF app's first line comes within half a second of the reset. */
#define LISTEN_MS 1000u

static const struct ef_start_expect nothing;

static const char *const state_name[] = {
	[EF_START_SILENT] = "silent",       [EF_START_RUNNING] = "running",
	[EF_START_DOWNLOAD] = "download",   [EF_START_LOOP] = "loop",
	[EF_START_CRASHED] = "crashed",     [EF_START_NO_BOOT] = "no-boot",
	[EF_START_OTHER_APP] = "other-app",
};

void start_json(const struct ef_start *start, struct json_out *j)
{
	if (!start) {
		json_null(j, "start");
		return;
	}
	json_begin_object(j, "start");
	json_text(j, "state", state_name[start->state]);
	json_text(j, "reason", start->line[0] ? start->line : NULL);
	if (start->has_offset)
		json_number(j, "offset", start->offset);
	else
		json_null(j, "offset");
	json_text(j, "project", start->project[0] ? start->project : NULL);
	json_text(j, "version", start->version[0] ? start->version : NULL);
	if (start->has_first_word)
		json_number(j, "first_word_ms", start->first_word_ms);
	else
		json_null(j, "first_word_ms");
	json_end(j);
}

/* ---- the words ---- */

static void say_running(struct cli *cli, const struct ef_start *start)
{
	if (start->is_known)
		ui_log(cli, EF_LOG_INFO, "The app runs: '%s'", start->line);
	else
		ui_log(cli, EF_LOG_INFO,
		       "An app runs, but the bootloader does not name it as this one: '%s'",
		       start->line);
}

static void say_silent(struct cli *cli, const struct ef_start *start)
{
	if (start->line[0])
		ui_log(cli, EF_LOG_INFO,
		       "It is not known whether the app runs; the chip printed: '%s'", start->line);
	else
		ui_log(cli, EF_LOG_INFO,
		       "The app printed nothing within %u s; it is not known whether it runs",
		       LISTEN_MS / 1000u);
}

static bool fail_download(const char *but, const struct ef_start *start, struct ef_err *err)
{
	ef_fail(err, EF_E_NOT_STARTED, "%s the chip is still in download mode: '%s'", but,
		start->line);
	return ef_hint_own(err, "release BOOT and press RESET; IO0 must be high then");
}

static bool fail_loop(const char *but, const struct ef_start *start, struct ef_err *err)
{
	ef_fail(err, EF_E_NOT_STARTED, "%s the chip restarts again and again: '%s'", but,
		start->line);
	return ef_hint_own(err, "see its output before each restart: espflash-c monitor");
}

static bool fail_no_boot(const char *but, const struct ef_start *start, struct ef_err *err)
{
	ef_fail(err, EF_E_NOT_STARTED, "%s the chip does not boot: '%s'", but, start->line);
	if (start->stage == EF_CONSOLE_ROM)
		return ef_hint_own(
			err, "is a bootloader for this chip in flash? 'espflash-c flash' writes "
			     "one; to see all of the chip's output: espflash-c monitor");
	return ef_hint_own(err, "the bootloader runs, but starts no app; to see all of its output: "
				"espflash-c monitor");
}

static bool fail_crashed(const char *but, const struct ef_start *start, struct ef_err *err)
{
	ef_fail(err, EF_E_PANIC, "%s the app crashed: '%s'", but, start->line);
	if (start->crash == EF_CONSOLE_BROWNOUT)
		return ef_hint_own(err, "the supply is too weak: use a short cable and another USB "
					"port, or a separate supply");
	return ef_hint_own(err, "see where: espflash-c monitor --elf FILE");
}

static bool fail_other(const char *but, const struct ef_start_expect *expect,
		       const struct ef_start *start, struct ef_err *err)
{
	if (expect->has_offset && start->has_offset && start->offset != expect->offset)
		ef_fail(err, EF_E_NOT_STARTED,
			"%s another app was started: the one at 0x%" PRIx32 ", not the one at "
			"0x%" PRIx32 "%s%s%s",
			but, start->offset, expect->offset, start->line[0] ? ": '" : "",
			start->line, start->line[0] ? "'" : "");
	else
		ef_fail(err, EF_E_NOT_STARTED, "%s another app runs: '%s %s', not '%s %s'", but,
			start->project, start->version, expect->project ? expect->project : "",
			expect->version ? expect->version : "");
	return ef_hint_own(err, "'espflash-c ota' shows which app starts and why; if the table has "
				"otadata, '--boot' makes the written app start");
}

bool start_judge(struct cli *cli, const char *but, const struct ef_start_expect *expect,
		 const struct ef_start *start, struct ef_err *err)
{
	switch (start->state) {
	case EF_START_RUNNING:
		say_running(cli, start);
		return true;
	case EF_START_SILENT:
		say_silent(cli, start);
		return true;
	case EF_START_DOWNLOAD:
		return fail_download(but, start, err);
	case EF_START_LOOP:
		return fail_loop(but, start, err);
	case EF_START_CRASHED:
		return fail_crashed(but, start, err);
	case EF_START_NO_BOOT:
		return fail_no_boot(but, start, err);
	case EF_START_OTHER_APP:
		break;
	}
	return fail_other(but, expect ? expect : &nothing, start, err);
}

bool start_listen(struct cli *cli, struct session *s, const struct ef_start_expect *expect,
		  struct ef_start *ret, struct ef_err *err)
{
	const struct ef_listen_opts opts = { .limit_ms = LISTEN_MS,
					     .expect = expect ? *expect : nothing };

	if (!ef_flasher_listen(s->flasher, &opts, ret, err))
		return false;
	start_json(ret, cli->work);
	return true;
}

bool start_report(struct cli *cli, struct session *s, const char *but,
		  const struct ef_start_expect *expect, struct ef_start *ret, struct ef_err *err)
{
	return start_listen(cli, s, expect, ret, err) && start_judge(cli, but, expect, ret, err);
}
