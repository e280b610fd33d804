/* SPDX-License-Identifier: MIT */
/* Judges from the chip's first output whether the app runs. */
#include "cli/board/start.h"

#include "cli/ui/ui.h"

/* An ESP-IDF app's first line comes within half a second of the reset. */
#define LISTEN_MS 1000u

bool start_report(struct cli *cli, struct session *s, const char *but, struct ef_start *ret,
		  struct ef_err *err)
{
	if (!ef_flasher_listen(s->flasher, LISTEN_MS, ret, err))
		return false;
	switch (ret->state) {
	case EF_START_RUNNING:
		ui_log(cli, EF_LOG_INFO, "The app runs: '%s'", ret->line);
		return true;
	case EF_START_SILENT:
		ui_log(cli, EF_LOG_INFO,
		       "The app said nothing within %u s; whether it runs is not known",
		       LISTEN_MS / 1000u);
		return true;
	case EF_START_DOWNLOAD:
		ef_fail(err, EF_E_NOT_STARTED, "%s the chip is still in download mode: '%s'", but,
			ret->line);
		return ef_hint_own(err, "let go of BOOT and press RESET; IO0 has to be high then");
	case EF_START_CRASHED:
		/*
		 * The start itself worked, so this is no error; a monitor shows what happens
		 * next.
		 */
		ui_log(cli, EF_LOG_WARN,
		       "The app was started, and crashed: '%s'; see where: "
		       "espflash-c monitor --elf FILE",
		       ret->line);
		return true;
	case EF_START_LOOP:
		break;
	}
	ef_fail(err, EF_E_NOT_STARTED, "%s the chip restarts again and again: '%s'", but,
		ret->line);
	return ef_hint_own(err,
			   "see what it says: espflash-c monitor; is a bootloader for this chip, "
			   "and a partition table, in flash?");
}
