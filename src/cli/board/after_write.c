/* SPDX-License-Identifier: MIT */
/* Logs the totals of a write, leaves the chip, and listens if its app was started. */
#include "cli/board/after_write.h"

#include "cli/board/start.h"
#include "cli/board/start_require.h"
#include "cli/board/work.h"
#include "cli/ui/ui.h"
#include "base/util.h"

bool after_write(struct cli *cli, struct session *s, const struct ef_write_stats *stats,
		 const struct after_write *how, struct ef_err *err)
{
	bool starts = how->after == EF_AFTER_HARD_RESET || how->after == EF_AFTER_WATCHDOG_RESET;
	bool listens = how->wants_start && starts;
	struct ef_start start;

	if (!ef_map_used(err))
		return false;
	auto_rate_advise(cli, &s->rate, s->port, s->flasher);
	work_stats(cli, stats);
	work_print_stats(cli, stats);
	if (listens)
		ef_flasher_will_listen(s->flasher);
	if (!ef_flasher_finish(s->flasher, how->after, err))
		return false;
	ui_log(cli, EF_LOG_INFO, "%s", how->done);
	if (!listens) {
		start_json(NULL, cli->work);
		return true;
	}
	return start_report(cli, s, "everything is written, but", how->expect, &start, err) &&
	       (!how->needs_start || start_require(&start, err));
}
