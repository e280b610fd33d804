/* SPDX-License-Identifier: MIT */
/* From the monitor's command line options to those of the library. */
#ifndef EF_CLI_MONITOR_SETUP_H
#define EF_CLI_MONITOR_SETUP_H

#include "cli/monitor/monitor_elf.h"

struct monitor_setup {
	struct cli *cli;
	struct ef_monitor_opts opts; /* complete */
	struct ef_monitor_keys keys;
	const struct monitor_args *args;
	const char *app_elf;
	struct monitor_elves *elves;
	bool is_refresh_due; /* somebody may have built and flashed something else */
	int log_fd;
	bool is_json;
	bool is_out_lost;      /* nobody reads the JSON any more, or it can't be written */
	struct lender *lender; /* monitor_run.c's */
};

/*
 * Read the ELFs, open the log file, check all that can be wrong: before the
 * port is touched. app_elf: what is being flashed, if --elf says nothing
 * else; NULL. The struct must not move. USAGE, INPUT, IO.
 */
bool monitor_setup_open(struct monitor_setup *s, struct cli *cli, const struct monitor_args *args,
			const char *app_elf, struct ef_err *err) EF_MUST_CHECK;
/*
 * From within idle: ELFs that were built anew are used after another command had the port; where
 * nobody gets what is printed the monitor leaves.
 */
void monitor_setup_idle(struct monitor_setup *s, struct ef_monitor *m);
/* Accepts one of zeros. */
void monitor_setup_close(struct monitor_setup *s);

#endif
