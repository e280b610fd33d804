/* SPDX-License-Identifier: MIT */
/*
 * The functions that run commands: opt_command.run of the table. args points to
 * the command's argument struct of args.h.
 */
#ifndef EF_CLI_CMD_H
#define EF_CLI_CMD_H

#include <stdbool.h>

struct cli;
struct ef_err;

bool cmd_board_info(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_bootloaders(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_checksum_md5(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_complete(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_completions(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_config(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_doctor(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_dump_mem(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_erase_flash(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_erase_parts(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_erase_region(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_flash(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_flash_id(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_help(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_hold_in_reset(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_image_info(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_list_ports(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_load_ram(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_monitor(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_ota(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_partition_table(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_read_flash(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_read_mac(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_read_mem(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_reset(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_run(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_save_image(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_verify_flash(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_write_bin(struct cli *cli, const void *args, struct ef_err *err);
bool cmd_write_mem(struct cli *cli, const void *args, struct ef_err *err);

/* opt_command.written */
const char *save_image_written(const void *args);

#endif
