/* SPDX-License-Identifier: MIT */
/* The groups of options that commands.c gives to commands. */
#ifndef EF_CLI_OPTIONS_H
#define EF_CLI_OPTIONS_H

#include "cli/opt/opt.h"

/* Shared by several commands. The comment names the struct of args.h. */
extern const struct opt_group opts_global;       /* global_args */
extern const struct opt_group opts_json;         /* json_args */
extern const struct opt_group opts_connect;      /* connect_args */
extern const struct opt_group opts_flash_config; /* flash_config_args */
extern const struct opt_group opts_image;        /* image_args */
extern const struct opt_group opts_idf;          /* idf_args */
extern const struct opt_group opts_monitor;      /* monitor_args */

/* Shared by commands that take places in flash. */
extern const struct opt_group opts_table;      /* table_args */
extern const struct opt_group opts_flash_size; /* connect_args */
extern const struct opt_group opts_header;     /* flash_config_args */
extern const struct opt_group opts_force;      /* force_args */
extern const struct opt_group opts_pairs;      /* pairs_args (options_thing.c) */
extern const struct opt_group opts_thing;      /* thing_args (options_thing.c) */

/* Options of one command. */
extern const struct opt_group opts_flash, opts_save_image, opts_partition_table, opts_list_ports,
	opts_completions, opts_help, opts_complete, opts_erase_region, opts_erase_parts,
	opts_read_flash, opts_checksum, opts_write_bin, opts_hold, opts_image_info, opts_ota,
	opts_run;

/* The options that save-image has in place of opts_idf (options_image.c). */
extern const struct opt_group opts_idf_save; /* idf_args */

/* Arguments of the commands that work on memory (options_mem.c). */
extern const struct opt_group opts_read_mem, opts_write_mem, opts_dump_mem, opts_load_ram;

/* Options of bootloaders (options_boot.c). */
extern const struct opt_group opts_bootloaders;
extern const struct opt_choice opts_xtals[];

/* The words of --before and --after (options_connect.c). */
extern const struct opt_choice opts_befores[], opts_afters[];

/* Commands of other programs (foreign.c). */
extern const struct opt_foreign opts_foreign[];

#endif
