/* SPDX-License-Identifier: MIT */
/* The monitor: create it before the port is opened, run it afterwards. */
#ifndef EF_CLI_MONITOR_RUN_H
#define EF_CLI_MONITOR_RUN_H

#include "cli/board/session.h"
#include "base/util.h"
#include <espflash/symbols.h>

struct monitor_run;

/*
 * Check all options and read the ELFs, before the port is touched. app_elf:
 * the file that is being flashed, used unless --elf names others; NULL. opened: its
 * content, if the command has opened it already, which is copied; NULL. mon must outlive the
 * result. USAGE, INPUT, IO.
 */
struct monitor_run *monitor_run_new(struct cli *cli, const struct monitor_args *mon,
				    const char *app_elf, const struct ef_map *opened,
				    struct ef_err *err) EF_MUST_CHECK;
/* Accepts NULL. */
void monitor_run_free(struct monitor_run *run);
/* Return the content of app_elf; NULL: the monitor did not read it. */
const struct ef_symbols_elf *monitor_run_app(const struct monitor_run *run);

/* Note that the chip was reset for this monitor, which may reset it once more to find its rate. */
void monitor_may_reset(struct monitor_run *r);
/* Run the monitor on an open port, until it ends. The time of --timeout began with the opening. */
bool monitor_run_timed(struct monitor_run *run, struct session *s, bool non_interactive,
		       struct ef_err *err) EF_MUST_CHECK;
/*
 * Run the monitor after another command, on its connected port: set the rate,
 * and reset the chip if nothing else started the app. is_running: the app was
 * started, though not by a reset.
 */
bool monitor_after(struct monitor_run *run, struct session *s, const struct connect_args *connect,
		   bool is_running, struct ef_err *err) EF_MUST_CHECK;

#endif
