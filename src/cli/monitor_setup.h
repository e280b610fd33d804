/* SPDX-License-Identifier: MIT */
/* From the monitor's command line options to those of the library. */
#ifndef EF_CLI_MONITOR_SETUP_H
#define EF_CLI_MONITOR_SETUP_H

#include "cli/cli.h"
#include "base/util.h"
#include <espflash/monitor.h>

#define SETUP_ELVES_MAX 16

struct monitor_setup {
	struct cli *cli;
	struct ef_monitor_opts opts; /* complete */
	struct ef_monitor_keys keys;
	struct ef_map map[SETUP_ELVES_MAX];
	struct ef_symbols_elf elf[SETUP_ELVES_MAX];
	size_t elf_count;
	uint8_t sha256[32];
	struct ef_symbols *symbols;
	struct ef_decoder_opts decoder;
	struct ef_defmt *defmt;
	struct ef_defmt_format *format;
	int log_fd;
	bool is_json;
	struct lender *lender; /* cmd_monitor.c's */
};

/*
 * Read the ELFs, open the log file, check all that can be wrong: before the
 * port is touched. app_elf: what is being flashed, if --elf says nothing
 * else; NULL. The struct must not move. USAGE, INPUT, IO.
 */
bool monitor_setup_open(struct monitor_setup *s, struct cli *cli, const struct monitor_args *args,
			const char *app_elf, struct ef_err *err) EF_MUST_CHECK;
/* Accepts one of zeros. */
void monitor_setup_close(struct monitor_setup *s);

#endif
