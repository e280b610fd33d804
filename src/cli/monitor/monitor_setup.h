/* SPDX-License-Identifier: MIT */
/* Translates the monitor's command line options for the library. */
#ifndef EF_CLI_MONITOR_SETUP_H
#define EF_CLI_MONITOR_SETUP_H

#include "cli/monitor/monitor_elf.h"
#include "cli/monitor/rom_elf.h"

struct monitor_setup {
	struct cli *cli;
	struct ef_monitor_opts opts; /* complete, except for the keyboard and idle */
	struct ef_monitor_keys keys;
	const struct monitor_args *args;
	const char *app_elf;
	struct monitor_elves *elves;
	bool is_refresh_due; /* another command had the port and may have flashed another build */
	struct rom_elf rom;  /* the ROM that introduced itself last */
	bool is_rom_new;     /* no ROM ELF was open before, or another one was */
	bool has_rom;        /* the search found the ROM ELF that is in use */
	int log_fd;
	bool is_json;
	bool is_out_lost;      /* the reader of the JSON has left, or writing failed */
	struct lender *lender; /* monitor_run.c's */
};

/*
 * Read the ELFs, open the log file and check all options, before the port is
 * touched. app_elf: the file that is being flashed, used unless --elf names
 * others; NULL. The struct must not move afterwards. USAGE, INPUT, IO.
 */
bool monitor_setup_open(struct monitor_setup *s, struct cli *cli, const struct monitor_args *args,
			const char *app_elf, const struct ef_map *opened,
			struct ef_err *err) EF_MUST_CHECK;
/*
 * Call this from idle. It reads ELFs again that were rebuilt while another command
 * had the port, looks for the ELF of a ROM that introduced itself, and ends the monitor if its
 * output is lost.
 */
void monitor_setup_idle(struct monitor_setup *s, struct ef_monitor *m);
/* Accepts a struct of zeros. */
void monitor_setup_close(struct monitor_setup *s);

#endif
