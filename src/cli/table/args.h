/* SPDX-License-Identifier: MIT */
/* The argument structs of the commands. The parser fills them as the table in commands.c says. */
#ifndef EF_CLI_ARGS_H
#define EF_CLI_ARGS_H

#include "cli/opt/opt.h"

enum color_when { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };
enum progress_kind { PROGRESS_AUTO, PROGRESS_BAR, PROGRESS_LINES, PROGRESS_JSON, PROGRESS_NONE };
enum shell_kind { SHELL_BASH, SHELL_ZSH, SHELL_FISH, SHELL_ELVISH, SHELL_POWERSHELL };

struct global_args {
	bool help, version;
	bool skip_update_check; /* accepted for scripts, but without effect */
	unsigned verbose;
	bool quiet;
	const char *trace, *log_file;
	int color;    /* enum color_when */
	int progress; /* enum progress_kind */
};

struct json_args {
	bool json;
};

struct connect_args {
	int after;           /* enum ef_after */
	int before;          /* enum ef_before */
	struct opt_u32 baud; /* 0: auto */
	const struct ef_chip *chip;
	bool confirm_port, list_all_ports, no_stub, non_interactive;
	const char *port;
	const char *stub;
	struct opt_u32 connect_attempts, connect_timeout, wait, reset_delay;
	const char *reset_sequence;
	bool invert_dtr, invert_rts, no_remember;
	int flash_size; /* bytes; 0: not given, or the command has no such option */
};

#define FLASH_SIZE_DETECT (-1)
struct flash_config_args {
	int freq_mhz;  /* 0: the chip's default */
	int mode_plus; /* enum ef_flash_mode + 1; 0: not given */
	int size;      /* bytes; 0: not given; FLASH_SIZE_DETECT: that of the chip's flash */
};

struct image_args {
	struct opt_u32 min_chip_rev, mmu_page_size;
	bool ignore_app_descriptor;
};

struct idf_args {
	const char *bootloader, *partition_table, *target_app_partition;
	struct opt_u32 partition_table_offset;
	struct opt_u32 primary_bootloader_offset, recovery_bootloader_offset;
	int format;
};

enum log_format { LOG_FORMAT_AUTO, LOG_FORMAT_DEFMT, LOG_FORMAT_SERIAL };

/* Options that explain the chip's log. */
struct monitor_decode_args {
	struct opt_list elf, rom_elf;
	const char *output_format;
	int log_format; /* enum log_format */
	bool no_addresses, all_addresses;
};

/* Options for showing and saving the log. */
struct monitor_show_args {
	struct opt_list processors;
	const char *filter, *log_file;
	int stamp; /* enum ef_stamp */
	bool log_raw;
};

/* Options that end the monitor. */
struct monitor_end_args {
	struct opt_list until, until_all, until_seq, fail;
	struct opt_u32 timeout, boot_loop;
	int on_panic; /* enum ef_on_panic */
};

/* Options for the keyboard. */
struct monitor_type_args {
	const char *exit_key, *reset_key, *loader_key, *menu_key;
	int eol; /* enum ef_eol */
	bool echo;
};

struct monitor_args {
	struct opt_u32 baud;
	bool no_reset, no_reconnect;
	struct monitor_decode_args decode;
	struct monitor_show_args show;
	struct monitor_end_args end;
	struct monitor_type_args type;
};

struct table_args {
	const char *file;
	struct opt_u32 offset;
	struct opt_u32 primary_bootloader_offset, recovery_bootloader_offset;
};

/* Options for the forms of firmware other than an ELF. */
struct thing_args {
	const char *environment;
	bool fill_gaps, keep_fs;
};

struct flash_args {
	struct connect_args connect;
	struct json_args json;
	struct flash_config_args config;
	struct image_args image;
	struct idf_args idf;
	struct monitor_args mon;
	struct thing_args thing;
	const char *file;
	bool monitor, ram, no_verify, no_skip, force, no_listen, boot, require_start, dry_run;
	bool encrypt;
	struct opt_list erase_parts, erase_data_parts;
};

struct board_info_args {
	struct connect_args connect;
	struct json_args json;
};

struct force_args {
	bool force;
};

struct erase_flash_args {
	struct connect_args connect;
	struct json_args json;
	struct force_args force;
};

struct erase_region_args {
	struct connect_args connect;
	struct json_args json;
	struct force_args force;
	struct opt_u32 address;
	const char *size;
};

struct erase_parts_args {
	struct connect_args connect;
	struct json_args json;
	struct table_args table;
	struct force_args force;
	struct opt_list labels, types;
};

struct read_flash_args {
	struct connect_args connect;
	struct table_args table;
	struct json_args json;
	const char *place, *size, *file;
	struct opt_u32 block_size, max_in_flight;
};

struct checksum_args {
	struct connect_args connect;
	struct table_args table;
	struct json_args json;
	const char *place, *size;
};

/* ADDRESS FILE [ADDRESS FILE ...] */
struct pairs_args {
	const char *place, *file; /* file NULL: place is a thing whose parts know their places */
	struct opt_list more;
};

struct verify_flash_args {
	struct connect_args connect;
	struct flash_config_args settings;
	struct table_args table;
	struct json_args json;
	struct pairs_args pairs;
	struct thing_args thing;
};

struct write_bin_args {
	struct connect_args connect;
	struct json_args json;
	struct table_args table;
	struct monitor_args mon;
	struct pairs_args pairs;
	struct flash_config_args settings;
	bool monitor, exact, erase_all, no_verify, no_skip, force, no_listen, boot, require_start;
	bool encrypt;
	struct opt_list encrypt_files;
};

struct read_mem_args {
	struct connect_args connect;
	struct json_args json;
	struct opt_u32 address;
};

struct write_mem_args {
	struct connect_args connect;
	struct json_args json;
	struct opt_u32 address, value, mask;
};

struct dump_mem_args {
	struct connect_args connect;
	struct json_args json;
	struct opt_u32 address, size;
	const char *file;
};

struct load_ram_args {
	struct connect_args connect;
	struct json_args json;
	const char *file;
};

struct image_info_args {
	const char *file;
	const struct ef_chip *chip;
	struct thing_args thing;
	struct json_args json;
};

/* monitor */
struct attach_args {
	struct connect_args connect;
	struct monitor_args mon;
	struct json_args json;
};

/* reset, run */
struct lines_args {
	struct connect_args connect;
	struct json_args json;
	bool require_start; /* run */
};

enum ota_action { OTA_SHOW, OTA_SWITCH, OTA_ERASE };

struct ota_args {
	struct connect_args connect;
	struct json_args json;
	struct table_args table;
	int action; /* enum ota_action */
	const char *label;
	bool check, force;
};

enum boot_action { BOOT_LIST, BOOT_IMPORT, BOOT_EXPORT };

struct bootloaders_args {
	struct json_args json;
	int action; /* enum boot_action */
	struct opt_list words;
	const struct ef_chip *chip;
	struct opt_u32 revision;
	int xtal_mhz;
};

struct hold_args {
	struct connect_args connect;
	struct json_args json;
	struct opt_u32 seconds;
};

enum save_format { SAVE_RAW, SAVE_HEX, SAVE_UF2 };

struct save_image_args {
	const struct ef_chip *chip; /* NULL: not given */
	struct flash_config_args config;
	struct image_args image;
	struct idf_args idf; /* format: enum save_format */
	struct json_args json;
	struct thing_args thing;
	const char *file, *output, *split, *openocd;
	struct opt_list more;
	bool merge, skip_padding, no_md5;
	int xtal_mhz, pad_to_size; /* bytes; 0: not given */
	struct opt_u32 target_offset, chunk_size;
};

struct partition_table_args {
	const char *file, *output;
	bool to_binary, to_csv;
	int flash_size;
	struct opt_u32 offset;
	struct opt_u32 primary_bootloader_offset, recovery_bootloader_offset;
	struct json_args json;
};

struct config_args {
	struct connect_args connect;
	struct flash_config_args config;
	struct image_args image;
	struct idf_args idf;
	struct monitor_args mon;
	struct json_args json;
};

struct list_ports_args {
	bool all, name_only;
	struct json_args json;
};

struct completions_args {
	int shell;
};

struct help_args {
	const char *command;
	struct json_args json;
};

struct complete_args {
	const char *what;
};

#endif
