/* SPDX-License-Identifier: MIT */
/* Rows that groups in several files share. */
#ifndef EF_CLI_OPTION_ROWS_H
#define EF_CLI_OPTION_ROWS_H

#include "cli/opt/opt.h"

extern const struct opt_choice opt_flash_sizes[]; /* 256kb to 256mb, in bytes (options.c) */

/* The names are those of ESP-IDF's gen_esp32part.py. use: OPT_FOR_..., or 0. */
#define BOOTLOADER_ROWS(s, use)                                                                    \
	{ OPT_U32(0, "primary-bootloader-offset", "OFFSET", s, primary_bootloader_offset, 0,       \
		  0xfffff000, "where rows of type bootloader, subtype primary, are"),              \
	  .flags = (use),                                                                          \
	  .details =                                                                               \
		  "Only tables in CSV that have such rows need it: the file itself does not show " \
		  "where the chip's ROM looks for the bootloader. Commands that know the chip "    \
		  "know the offset." },                                                            \
	{                                                                                          \
		OPT_U32(0, "recovery-bootloader-offset", "OFFSET", s, recovery_bootloader_offset,  \
			0x1000, 0xfffff000,                                                        \
			"where rows of type bootloader, subtype recovery, are"),                   \
			.flags = (use)                                                             \
	}

/*
 * The options that make a firmware in ESP-IDF's form from an ELF. formats: the choices of --format.
 * ram: the option for which no firmware is made, if the command has it. label_use says which files
 * --target-app-partition is for: OPT_FOR_..., or 0.
 */
#define IDF_ROWS(s, ram, label_use, formats, def_format, format_help)                              \
	{ OPT_FILE(0, "bootloader", "FILE", s, bootloader, "second-stage bootloader"),             \
	  .flags = OPT_COMMON | OPT_FOR_APP, .config = "idf_format_args.bootloader",               \
	  .conflicts = (ram),                                                                      \
	  .details = "Default: what the project's own build made, else one from the folders "      \
		     "that the manual lists under FILES, else the one that is already on the "     \
		     "chip." },                                                                    \
		{ OPT_FILE(0, "partition-table", "FILE", s, partition_table,                       \
			   "partition table, CSV or binary"),                                      \
		  .flags = OPT_COMMON | OPT_FOR_APP, .config = "idf_format_args.partition_table",  \
		  .conflicts = (ram),                                                              \
		  .details = "Default: what the project's own build made, else one factory app "   \
			     "that fills the flash." },                                            \
		{ OPT_U32(0, "partition-table-offset", "OFFSET", s, partition_table_offset,        \
			  0x1000, UINT32_MAX, "where the partition table goes"),                   \
		  .flags = OPT_FOR_APP, .config = "idf_format_args.partition_table_offset",        \
		  .idle = (ram),                                                                   \
		  .details = "Default: one sector (0x1000) below the lowest partition." },         \
		BOOTLOADER_ROWS(s, OPT_FOR_APP),                                                   \
		{ OPT_STRING(0, "target-app-partition", "LABEL", s, target_app_partition,          \
			     "partition that the app goes to"),                                    \
		  .flags = (label_use), .config = "idf_format_args.target_app_partition",          \
		  .idle = (ram),                                                                   \
		  .details = "Default: the one called factory, else the first of type app." },     \
	{                                                                                          \
		OPT_CHOICE(0, "format", "FORMAT", s, format, formats, format_help),                \
			.def = (def_format), .config = "format", .idle = (ram)                     \
	}

#endif
