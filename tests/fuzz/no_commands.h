/* SPDX-License-Identifier: MIT */
/*
 * Takes the place of the commands that the option table names, for targets that parse and never run
 * one. libFuzzer looks at the counters of everything that is linked after each run; the commands
 * and the library below them have thirty times as many as the parser.
 */
#ifndef EF_FUZZ_NO_COMMANDS_H
#define EF_FUZZ_NO_COMMANDS_H

#include <stdlib.h>

#include "cli/cmd/cmd.h"

#define NO_COMMAND(name)                                                                           \
	bool name(struct cli *cli, const void *args, struct ef_err *err)                           \
	{                                                                                          \
		(void)cli;                                                                         \
		(void)args;                                                                        \
		(void)err;                                                                         \
		abort();                                                                           \
	}

NO_COMMAND(cmd_board_info)
NO_COMMAND(cmd_bootloaders)
NO_COMMAND(cmd_checksum_md5)
NO_COMMAND(cmd_config)
NO_COMMAND(cmd_doctor)
NO_COMMAND(cmd_dump_mem)
NO_COMMAND(cmd_erase_flash)
NO_COMMAND(cmd_erase_parts)
NO_COMMAND(cmd_erase_region)
NO_COMMAND(cmd_flash)
NO_COMMAND(cmd_flash_id)
NO_COMMAND(cmd_hold_in_reset)
NO_COMMAND(cmd_image_info)
NO_COMMAND(cmd_list_ports)
NO_COMMAND(cmd_load_ram)
NO_COMMAND(cmd_monitor)
NO_COMMAND(cmd_ota)
NO_COMMAND(cmd_partition_table)
NO_COMMAND(cmd_read_flash)
NO_COMMAND(cmd_read_mac)
NO_COMMAND(cmd_read_mem)
NO_COMMAND(cmd_reset)
NO_COMMAND(cmd_run)
NO_COMMAND(cmd_save_image)
NO_COMMAND(cmd_verify_flash)
NO_COMMAND(cmd_write_bin)
NO_COMMAND(cmd_write_mem)

/* They share a file with the command that the target complete runs. */
#ifndef HAS_META_COMMANDS
NO_COMMAND(cmd_help)
NO_COMMAND(cmd_completions)
NO_COMMAND(cmd_complete)
#endif

const char *save_image_written(const void *args)
{
	(void)args;
	abort();
}

#endif
