/* SPDX-License-Identifier: MIT */
/* The ELFs that a monitor explains the chip's log with. */
#ifndef EF_CLI_MONITOR_ELF_H
#define EF_CLI_MONITOR_ELF_H

#include "cli/cli.h"
#include "base/util.h"
#include <espflash/monitor.h>

#define MONITOR_ELVES_MAX 16

struct monitor_elves {
	/* copies: a linker may write to the files while the monitor runs */
	struct ef_buf file[MONITOR_ELVES_MAX];
	struct ef_symbols_elf elf[MONITOR_ELVES_MAX];
	struct elf_stamp {
		uint64_t device, inode, size;
		int64_t seconds;
		long nanoseconds;
	} stamp[MONITOR_ELVES_MAX];
	uint8_t sha256[MONITOR_ELVES_MAX][32]; /* of the apps, which come first */
	size_t count, app_count;
	struct ef_symbols *symbols;
	struct ef_decoder_opts decoder;
	struct ef_defmt *defmt; /* NULL: the log is plain text */
	struct ef_defmt_format *format;
};

/* app_elf: what is being flashed, if --elf says nothing else; NULL. USAGE, INPUT, IO. */
struct monitor_elves *monitor_elves_open(struct cli *cli, const struct monitor_args *args,
					 const char *app_elf, struct ef_err *err) EF_MUST_CHECK;
/* Accepts NULL. */
void monitor_elves_close(struct monitor_elves *e);
/* The first app; NULL: none. */
const struct ef_symbols_elf *monitor_elves_app(const struct monitor_elves *e);
/* What explains lines; NULL: nothing was given. */
const struct ef_decoder_opts *monitor_elves_decoder(const struct monitor_elves *e);
/* Whether a file isn't the one any more that was read. One that is missing is about to come. */
bool monitor_elves_are_old(const struct monitor_elves *e);

#endif
