/* SPDX-License-Identifier: MIT */
/* The ELFs with which a monitor decodes the chip's log. */
#ifndef EF_CLI_MONITOR_ELF_H
#define EF_CLI_MONITOR_ELF_H

#include "cli/cli.h"
#include "base/util.h"
#include <espflash/monitor.h>

#define MONITOR_ELVES_MAX 16

struct monitor_elves {
	/* copies, because a linker may write to the files while the monitor runs */
	struct ef_buf file[MONITOR_ELVES_MAX];
	struct ef_symbols_elf elf[MONITOR_ELVES_MAX];
	struct ef_file_stamp stamp[MONITOR_ELVES_MAX];
	uint8_t sha256[MONITOR_ELVES_MAX][32]; /* digests of the apps, which come first */
	size_t count, app_count;
	struct ef_symbols *symbols;
	struct ef_decoder_opts decoder;
	struct ef_defmt *defmt; /* NULL: the log is plain text */
	struct ef_defmt_format *format;
};

/*
 * Read the ELFs. app_elf: the file that is being flashed, used unless --elf names
 * others; NULL. opened: its content, if the command has opened it already; NULL. rom_elf: one
 * that was found, used unless --rom-elf names others; NULL. Both paths must outlive the result.
 * USAGE, INPUT, IO.
 */
struct monitor_elves *monitor_elves_open(struct cli *cli, const struct monitor_args *args,
					 const char *app_elf, const struct ef_map *opened,
					 const char *rom_elf, struct ef_err *err) EF_MUST_CHECK;
/* Accepts NULL. */
void monitor_elves_close(struct monitor_elves *e);
/* Return the first app; NULL: none. */
const struct ef_symbols_elf *monitor_elves_app(const struct monitor_elves *e);
/* Return the options of the library's decoder; NULL: there are no ELFs. */
const struct ef_decoder_opts *monitor_elves_decoder(const struct monitor_elves *e);
/*
 * Return whether a file was replaced since it was read. A missing file does not count: it is
 * probably being built.
 */
bool monitor_elves_are_old(const struct monitor_elves *e);

#endif
