/* SPDX-License-Identifier: MIT */
/*
 * Prints the program's version, the versions of its libraries (defined by the build), and the
 * origin and licence of the flasher stubs.
 */
#include "cli/version.h"

#include <string.h>

#include "cli/drop_in.h"
#include "cli/table/commands.h"
#include <espflash/flasher.h>
#include <espflash/symbols.h>

void print_version(struct cli *cli)
{
	if (strcmp(cli->program->name, cli_program.name) != 0)
		/* tools take the second word for espflash's version, and compare it */
		fprintf(cli->out, "%s %s (%s %s)\n", cli->program->name, DROP_IN_VERSION,
			cli_program.name, cli_program.version);
	else
		fprintf(cli->out, "%s %s\n", cli_program.name, cli_program.version);
	if (cli->global.verbose == 0)
		return;
	fprintf(cli->out, "licence:        MIT\n");
	fprintf(cli->out, "libserialport:  %s\n", EF_LIBSERIALPORT_VERSION);
	fprintf(cli->out, "zlib:           %s\n", EF_ZLIB_VERSION);
	fprintf(cli->out, "libdeflate:     %s\n", EF_LIBDEFLATE_VERSION);
	fprintf(cli->out, "digests:        %s\n", EF_DIGEST_LIBRARY);
	fprintf(cli->out, "cJSON:          %s\n", EF_CJSON_VERSION);
	fprintf(cli->out, "PCRE2:          %s\n", EF_PCRE2_VERSION);
	fprintf(cli->out, "libzip:         %s\n", EF_LIBZIP_VERSION);
	fprintf(cli->out, "libdw:          %s\n",
		ef_symbols_has_lines() ? "built in" : "none: no source lines in backtraces");
	if (ef_stub_count() == 0) {
		fprintf(cli->out, "flasher stubs:  none built in: the ROM loader is used\n");
		return;
	}
	fprintf(cli->out, "flasher stubs:  %zu, from %s\n", ef_stub_count(), ef_stub_origin());
	fprintf(cli->out, "\n%s\n", ef_stub_licence());
}
