/* SPDX-License-Identifier: MIT */
/*
 * The table: every command, option, argument and word of help. Names, letters
 * and values are espflash's, so that scripts go on working; what is not in
 * espflash says so by being new.
 */
#include "cli/cli.h"

#include <espflash/image.h>

#ifndef EF_VERSION
#define EF_VERSION "0.0.0"
#endif

#define OPT_END                                                                                    \
	{                                                                                          \
		.name = NULL                                                                       \
	}

/* ---- values ---- */

static const struct opt_choice colors[] = {
	{ "auto", COLOR_AUTO },
	{ "always", COLOR_ALWAYS },
	{ "never", COLOR_NEVER },
	{ NULL, 0 },
};
static const struct opt_choice progresses[] = {
	{ "auto", PROGRESS_AUTO },
	{ "bar", PROGRESS_BAR },
	{ "lines", PROGRESS_LINES },
	{ "none", PROGRESS_NONE },
	{ NULL, 0 },
};
static const struct opt_choice befores[] = {
	{ "default-reset", EF_BEFORE_DEFAULT_RESET },
	{ "no-reset", EF_BEFORE_NO_RESET },
	{ "no-reset-no-sync", EF_BEFORE_NO_RESET_NO_SYNC },
	{ "usb-reset", EF_BEFORE_USB_RESET },
	{ NULL, 0 },
};
static const struct opt_choice afters[] = {
	{ "hard-reset", EF_AFTER_HARD_RESET },
	{ "no-reset", EF_AFTER_NO_RESET },
	{ "no-reset-no-stub", EF_AFTER_NO_RESET_NO_STUB },
	{ "watchdog-reset", EF_AFTER_WATCHDOG_RESET },
	{ NULL, 0 },
};
static const struct opt_choice freqs[] = {
	{ "12mhz", 12 }, { "15mhz", 15 }, { "16mhz", 16 }, { "20mhz", 20 },
	{ "24mhz", 24 }, { "26mhz", 26 }, { "30mhz", 30 }, { "40mhz", 40 },
	{ "48mhz", 48 }, { "60mhz", 60 }, { "80mhz", 80 }, { NULL, 0 },
};
static const struct opt_choice modes[] = {
	{ "qio", EF_MODE_QIO + 1 },
	{ "qout", EF_MODE_QOUT + 1 },
	{ "dio", EF_MODE_DIO + 1 },
	{ "dout", EF_MODE_DOUT + 1 },
	{ NULL, 0 },
};
static const struct opt_choice sizes[] = {
	{ "256kb", 256 << 10 }, { "512kb", 512 << 10 }, { "1mb", 1 << 20 },
	{ "2mb", 2 << 20 },     { "4mb", 4 << 20 },     { "8mb", 8 << 20 },
	{ "16mb", 16 << 20 },   { "32mb", 32 << 20 },   { "64mb", 64 << 20 },
	{ "128mb", 128 << 20 }, { "256mb", 256 << 20 }, { NULL, 0 },
};
static const struct opt_choice xtals[] = {
	{ "26mhz", 26 }, { "32mhz", 32 }, { "40mhz", 40 }, { "48mhz", 48 }, { NULL, 0 },
};
static const struct opt_choice formats[] = { { "esp-idf", 0 }, { NULL, 0 } };
static const struct opt_choice log_formats[] = { { "defmt", 1 }, { "serial", 2 }, { NULL, 0 } };
static const struct opt_choice shells[] = {
	{ "bash", SHELL_BASH },
	{ "fish", SHELL_FISH },
	{ "zsh", SHELL_ZSH },
	{ NULL, 0 },
};
/* Names only: the numbers are the partition layer's. */
static const struct opt_choice data_types[] = {
	{ "ota", 0 },      { "phy", 0 },    { "nvs", 0 },       { "coredump", 0 },
	{ "nvs_keys", 0 }, { "efuse", 0 },  { "undefined", 0 }, { "esphttpd", 0 },
	{ "fat", 0 },      { "spiffs", 0 }, { "littlefs", 0 },  { NULL, 0 },
};

/* ---- groups ---- */

#define G struct global_args
static const struct opt global_opts[] = {
	{ OPT_FLAG('h', "help", G, help, "show help and leave"), .flags = OPT_STOP },
	{ OPT_FLAG('V', "version", G, version, "show the version and leave"), .flags = OPT_EXIT,
	  .details = "With --verbose also the versions of the libraries, and where the flasher "
		     "stubs come from and under which licence." },
	{ OPT_COUNT('v', "verbose", G, verbose, "say more; twice: every exchange"),
	  .conflicts = "quiet" },
	{ OPT_FLAG('q', "quiet", G, quiet, "say nothing but results, warnings and errors") },
	{ OPT_FLAG('S', "skip-update-check", G, skip_update_check,
		   "accepted for espflash's scripts, without effect"),
	  .details = "This program never looks for updates. ESPFLASH_SKIP_UPDATE_CHECK is "
		     "ignored too." },
	{ OPT_FILE(0, "trace", "FILE", G, trace,
		   "write every byte and line change on the port to a file") },
	{ OPT_CHOICE(0, "color", "WHEN", G, color, colors, "colours in the output"), .def = "auto",
	  .details = "auto means on a terminal, unless the variable NO_COLOR is set." },
	{ OPT_CHOICE(0, "progress", "KIND", G, progress, progresses, "how progress is shown"),
	  .def = "auto",
	  .details = "auto means a bar on a terminal, else a line every 10 percent." },
	OPT_END,
};
static const struct opt_group globals = { "Global options", global_opts };

static const struct opt json_opts[] = {
	{ OPT_FLAG(0, "json", struct json_args, json, "print the result as a JSON object") },
	OPT_END,
};
static const struct opt_group json_group = { "Output options", json_opts };

#define C struct connect_args
static const struct opt connect_opts[] = {
	{ OPT_STRING('p', "port", "PORT", C, port, "serial port, or URL of one"),
	  .complete = OPT_COMPLETE_PORT, .env = "ESPFLASH_PORT",
	  .details = "A device path, socket://HOST:PORT (raw TCP) or rfc2217://HOST:PORT "
		     "(serial over telnet). Without it: the only connected board that is "
		     "known." },
	{ OPT_U32('B', "baud", "BAUD", C, baud, 1, 20000000, "baud rate for flashing"),
	  .env = "ESPFLASH_BAUD",
	  .details = "The connection starts at 115200, and falls back to it when the chip "
		     "can't be heard at the new rate." },
	{ OPT_CHIP('c', "chip", "CHIP", C, chip, "chip that must be connected") },
	{ OPT_CHOICE('b', "before", "BEFORE", C, before, befores,
		     "how to get the chip into download mode"),
	  .def = "default-reset" },
	{ OPT_CHOICE('a', "after", "AFTER", C, after, afters, "what to do with the chip when done"),
	  .def = "hard-reset" },
	{ OPT_FLAG(0, "no-stub", C, no_stub, "talk to the ROM loader, load no flasher stub") },
	{ OPT_FILE(0, "stub", "FILE", C, stub, "flasher stub to load, in esptool's JSON form"),
	  .conflicts = "no-stub" },
	{ OPT_FLAG(0, "confirm-port", C, confirm_port, "ask before using the only known board") },
	{ OPT_FLAG(0, "list-all-ports", C, list_all_ports,
		   "choose among all ports, not only USB") },
	{ OPT_FLAG(0, "non-interactive", C, non_interactive, "never ask anything") },
	OPT_END,
};
static const struct opt_group connect_group = { "Connection options", connect_opts };

#define F struct flash_config_args
static const struct opt flash_config_opts[] = {
	{ OPT_CHOICE('f', "flash-freq", "FREQ", F, freq_mhz, freqs, "flash frequency"),
	  .details = "Which ones exist depends on the chip. Default: the chip's usual one." },
	{ OPT_CHOICE('m', "flash-mode", "MODE", F, mode_plus, modes, "flash mode"),
	  .details = "Default: the bootloader's." },
	{ OPT_CHOICE('s', "flash-size", "SIZE", F, size, sizes, "flash size"),
	  .details = "Default: detected where a chip is connected, else 4mb." },
	OPT_END,
};
static const struct opt_group flash_config_group = { "Flash options", flash_config_opts };

#define I struct image_args
static const struct opt image_opts[] = {
	{ OPT_REV(0, "min-chip-rev", "REV", I, min_chip_rev,
		  "lowest chip revision that the image runs on"),
	  .def = "0.0" },
	{ OPT_U32(0, "mmu-page-size", "MMU_PAGE_SIZE", I, mmu_page_size, 256, 65536,
		  "flash page size that the image is laid out for"),
	  .details = "Default: what the app descriptor says, else 64 KiB." },
	{ OPT_FLAG(0, "ignore-app-descriptor", I, ignore_app_descriptor,
		   "build an image from an ELF without app descriptor"),
	  .alias = "ignore_app_descriptor" },
	OPT_END,
};
static const struct opt_group image_group = { "Image options", image_opts };

#define D struct idf_args
static const struct opt idf_opts[] = {
	{ OPT_FILE(0, "bootloader", "FILE", D, bootloader, "second-stage bootloader"),
	  .details = "Default: what the project's own build made, else one from the folders "
		     "that the manual lists under FILES, else the one that is on the chip "
		     "already." },
	{ OPT_FILE(0, "partition-table", "FILE", D, partition_table,
		   "partition table, CSV or binary"),
	  .details = "Default: what the project's own build made, else one factory app that "
		     "fills the flash." },
	{ OPT_U32(0, "partition-table-offset", "OFFSET", D, partition_table_offset, 0x1000,
		  UINT32_MAX, "where the partition table goes"),
	  .details = "Default: one sector (0x1000) below the lowest partition." },
	{ OPT_STRING(0, "target-app-partition", "LABEL", D, target_app_partition,
		     "partition that the app goes to"),
	  .details = "Default: the one called factory, else the first of type app." },
	{ OPT_CHOICE(0, "format", "FORMAT", D, format, formats, "image format"), .def = "esp-idf" },
	OPT_END,
};
static const struct opt_group idf_group = { "ESP-IDF format options", idf_opts };

#define M struct monitor_args
static const struct opt monitor_opts[] = {
	{ OPT_U32('r', "monitor-baud", "MONITOR_BAUD", M, baud, 1, 20000000,
		  "baud rate of the monitor"),
	  .def = "115_200", .env = "MONITOR_BAUD" },
	{ OPT_FLAG(0, "no-reset", M, no_reset, "do not restart the chip for the monitor"),
	  .details = "Matters with --non-interactive and an --after that doesn't start the "
		     "app: otherwise the chip is reset then." },
	{ OPT_FILE(0, "elf", "FILE", M, elf, "ELF to take symbols from"), .flags = OPT_LATER },
	{ OPT_FILE(0, "rom-elf", "FILE", M, rom_elf, "ELF to take ROM symbols from"),
	  .flags = OPT_LATER },
	{ OPT_CHOICE('L', "log-format", "LOG_FORMAT", M, log_format, log_formats,
		     "encoding of the chip's output"),
	  .flags = OPT_LATER },
	{ OPT_STRING('F', "output-format", "OUTPUT_FORMAT", M, output_format,
		     "format of defmt messages"),
	  .flags = OPT_LATER },
	{ OPT_STRING(0, "processors", "PROCESSORS", M, processors,
		     "external log processors, comma separated"),
	  .flags = OPT_LATER },
	{ OPT_FLAG(0, "no-addresses", M, no_addresses, "resolve no addresses"),
	  .flags = OPT_LATER },
	{ OPT_FLAG(0, "all-addresses", M, all_addresses, "resolve even misleading addresses"),
	  .flags = OPT_LATER },
	OPT_END,
};
static const struct opt_group monitor_group = { "Monitor options", monitor_opts };

/* ---- what commands have of their own ---- */

#define FL struct flash_args
static const struct opt flash_opts[] = {
	{ OPT_FILE(0, "image", "IMAGE", FL, file, "ELF file of the app"),
	  .flags = OPT_ARG | OPT_REQUIRED },
	{ OPT_FLAG('M', "monitor", FL, monitor, "open the serial monitor afterwards"),
	  .details = "Ctrl-C leaves it, Ctrl-R resets the chip." },
	{ OPT_FLAG(0, "ram", FL, ram, "load the app into RAM and start it; flash stays as it is") },
	{ OPT_FLAG(0, "no-verify", FL, no_verify, "do not compare checksums after writing") },
	{ OPT_FLAG(0, "no-skip", FL, no_skip, "write parts that are in flash already, too") },
	{ OPT_LIST(0, "erase-parts", "LABELS", FL, erase_parts,
		   "erase these partitions first, comma separated"),
	  .conflicts = "ram" },
	{ OPT_LIST(0, "erase-data-parts", "PARTS", FL, erase_data_parts,
		   "erase all data partitions of these subtypes first"),
	  .choices = data_types, .conflicts = "ram" },
	{ OPT_FLAG(0, "force", FL, force, "flash a chip of a revision that the image excludes") },
	OPT_END,
};
static const struct opt_group flash_group = { "Options", flash_opts };

#define SI struct save_image_args
static const struct opt save_image_opts[] = {
	{ OPT_FILE(0, "image", "IMAGE", SI, file, "ELF file of the app"),
	  .flags = OPT_ARG | OPT_REQUIRED },
	{ OPT_FILE(0, "file", "FILE", SI, output, "file to write"),
	  .flags = OPT_ARG | OPT_REQUIRED },
	{ OPT_CHIP(0, "chip", "CHIP", SI, chip, "chip that the image is for"),
	  .flags = OPT_REQUIRED },
	{ OPT_FLAG(0, "merge", SI, merge,
		   "bootloader, partition table and app in one file, for address 0") },
	{ OPT_FLAG(0, "skip-padding", SI, skip_padding,
		   "do not fill the file up to the flash size"),
	  .needs = "merge" },
	{ OPT_CHOICE('x', "xtal-freq", "XTAL_FREQ", SI, xtal_mhz, xtals,
		     "crystal of the board, where bootloaders differ by it") },
	OPT_END,
};
static const struct opt_group save_image_group = { "Options", save_image_opts };

#define PT struct partition_table_args
static const struct opt partition_table_opts[] = {
	{ OPT_FILE(0, "file", "FILE", PT, file, "partition table, CSV or binary"),
	  .flags = OPT_ARG | OPT_REQUIRED },
	{ OPT_FILE('o', "output", "FILE", PT, output, "file to write instead of standard output") },
	{ OPT_FLAG(0, "to-binary", PT, to_binary, "convert to the binary form"),
	  .conflicts = "to-csv" },
	{ OPT_FLAG(0, "to-csv", PT, to_csv, "convert to CSV"), .conflicts = "json" },
	{ OPT_CHOICE('s', "flash-size", "SIZE", PT, flash_size, sizes,
		     "check that all partitions lie within this flash") },
	{ OPT_U32(0, "partition-table-offset", "OFFSET", PT, offset, 0x1000, UINT32_MAX,
		  "where the table is to go: partitions without offset follow it"),
	  .def = "0x8000" },
	OPT_END,
};
static const struct opt_group partition_table_group = { "Options", partition_table_opts };

#define LP struct list_ports_args
static const struct opt list_ports_opts[] = {
	{ OPT_FLAG('a', "list-all-ports", LP, all, "list all ports, not only known boards") },
	{ OPT_FLAG('n', "name-only", LP, name_only, "print nothing but names"),
	  .conflicts = "json" },
	OPT_END,
};
static const struct opt_group list_ports_group = { "Options", list_ports_opts };

static const struct opt completions_opts[] = {
	{ OPT_CHOICE(0, "shell", "SHELL", struct completions_args, shell, shells,
		     "shell to make the script for"),
	  .flags = OPT_ARG | OPT_REQUIRED },
	OPT_END,
};
static const struct opt_group completions_group = { "Options", completions_opts };

static const struct opt help_opts[] = {
	{ OPT_STRING(0, "command", "COMMAND", struct help_args, command, "command to explain"),
	  .complete = OPT_COMPLETE_COMMAND, .flags = OPT_ARG },
	OPT_END,
};
static const struct opt_group help_group = { "Options", help_opts };

static const struct opt complete_opts[] = {
	{ OPT_STRING(0, "what", "WHAT", struct complete_args, what, "port or command"),
	  .flags = OPT_ARG | OPT_REQUIRED },
	OPT_END,
};
static const struct opt_group complete_group = { "Options", complete_opts };

/* ---- the commands ---- */

#define DEVICE_JSON                                                                                \
	"chip, revision (\"0.4\"), crystal_mhz, flash_size (bytes), flash_id, features "           \
	"(array), package, mac (each of these but chip is null or empty where it could not be "    \
	"found out), loader (\"stub\" or \"rom\"), usb "                                           \
	"(\"jtag\", \"otg\" or null), secure_download_mode, security (object or null: flags, "     \
	"key_purposes, chip_id, api_version, secure_boot, flash_encryption, crypt_count)"

static const struct opt_command commands[] = {
	{
		.name = "board-info",
		.summary = "print what is known of the connected chip",
		.details = "Connects, prints chip, revision, crystal, flash size, features, MAC "
			   "address and security settings, and does what --after says.",
		.json = DEVICE_JSON,
		.examples = { "board-info", "board-info --port /dev/ttyUSB0 --json" },
		.uses = { { &json_group, offsetof(struct board_info_args, json) },
			  { &connect_group, offsetof(struct board_info_args, connect) } },
		.args_size = sizeof(struct board_info_args),
		.run = cmd_board_info,
	},
	{
		.name = "completions",
		.summary = "print a completion script for a shell",
		.details = "The script goes to standard output; where it belongs depends on the "
			   "shell.",
		.examples = {
			"completions bash > ~/.local/share/bash-completion/completions/espflash-c",
			"completions zsh > ~/.zfunc/_espflash-c",
			"completions fish > ~/.config/fish/completions/espflash-c.fish",
		},
		.uses = { { &completions_group, 0 } },
		.args_size = sizeof(struct completions_args),
		.run = cmd_completions,
	},
	{
		.name = "flash",
		.summary = "flash an app, with bootloader and partition table",
		.details = "Everything that can be checked is checked before the port is opened: "
			   "the ELF, its app descriptor, the partition table, the bootloader and "
			   "how they fit together. Then the chip is connected and identified; "
			   "parts whose checksum in flash is right already are skipped, the "
			   "others are written and compared.\n\n"
			   "Bootloader and partition table come from the options, from the "
			   "project's own build, or from the folders that the manual lists under "
			   "FILES; what was used is printed.",
		.examples = { "flash target/riscv32imc-unknown-none-elf/release/app",
			      "flash --monitor --port /dev/ttyUSB0 --baud 921600 build/app.elf",
			      "flash --partition-table partitions.csv --erase-parts nvs app.elf",
			      "flash --port rfc2217://127.0.0.1:4000 app.elf" },
		.uses = { { &flash_group, 0 },
			  { &connect_group, offsetof(struct flash_args, connect) },
			  { &flash_config_group, offsetof(struct flash_args, config) },
			  { &image_group, offsetof(struct flash_args, image) },
			  { &idf_group, offsetof(struct flash_args, idf) },
			  { &monitor_group, offsetof(struct flash_args, mon) } },
		.args_size = sizeof(struct flash_args),
		.run = cmd_flash,
	},
	{
		.name = "help",
		.summary = "explain a command, or list all",
		.json = "commands: array of objects with name, summary, options (array of objects "
			"with name, letter, kind, value, help, positional, required, global, "
			"supported, default, environment, choices)",
		.examples = { "help flash", "help --json" },
		.uses = { { &help_group, 0 }, { &json_group, offsetof(struct help_args, json) } },
		.args_size = sizeof(struct help_args),
		.run = cmd_help,
	},
	{
		.name = "list-ports",
		.summary = "list the serial ports that may lead to a board",
		.details = "Columns: name, product id and vendor id (in this order, as espflash "
			   "prints them), manufacturer, product.",
		.json = "ports: array of objects with name, kind (\"usb\", \"pci\", "
			"\"bluetooth\", \"unknown\"), vid, pid, serial, manufacturer, product (all "
			"null unless usb), is_known",
		.examples = { "list-ports", "list-ports --list-all-ports --name-only" },
		.uses = { { &list_ports_group, 0 },
			  { &json_group, offsetof(struct list_ports_args, json) } },
		.args_size = sizeof(struct list_ports_args),
		.run = cmd_list_ports,
	},
	{
		.name = "partition-table",
		.summary = "check, show and convert partition tables",
		.details = "The input may be CSV or binary; which one is seen from its content. "
			   "Without an option the table is shown.",
		.json = "has_md5, partitions: array of objects with name, type, subtype (names, or "
			"numbers in hexadecimal), type_id, subtype_id, offset, size, encrypted, "
			"readonly",
		.examples = {
			"partition-table partitions.csv",
			"partition-table --to-binary -o partitions.bin partitions.csv",
			"partition-table --to-csv build/partition_table/partition-table.bin",
		},
		.uses = { { &partition_table_group, 0 },
			  { &json_group, offsetof(struct partition_table_args, json) } },
		.args_size = sizeof(struct partition_table_args),
		.run = cmd_partition_table,
	},
	{
		.name = "save-image",
		.summary = "build the image of an app and save it to a file",
		.details = "Without --merge the file is what goes into the app partition. With "
			   "--merge it is the whole flash: bootloader, partition table and app, "
			   "the gaps filled with 0xff.",
		.json = "chip, file, size (bytes of the file), merge, skip_padding, app_size, "
			"partition, partition_size, bootloader, partition_table (files, or null)",
		.examples = {
			"save-image --chip esp32c3 app.elf app.bin",
			"save-image --chip esp32 --merge --flash-size 8mb app.elf flash.bin",
		},
		.uses = { { &save_image_group, 0 },
			  { &flash_config_group, offsetof(struct save_image_args, config) },
			  { &image_group, offsetof(struct save_image_args, image) },
			  { &idf_group, offsetof(struct save_image_args, idf) },
			  { &json_group, offsetof(struct save_image_args, json) } },
		.args_size = sizeof(struct save_image_args),
		.run = cmd_save_image,
	},
	{
		.name = "__complete",
		.is_hidden = true,
		.uses = { { &complete_group, 0 } },
		.args_size = sizeof(struct complete_args),
		.run = cmd_complete,
	},
	{ .name = NULL },
};

const struct opt_program cli_program = {
	.name = "espflash-c",
	.version = EF_VERSION,
	.summary = "flasher for boards of the ESP32 family",
	.details = "Options may be given before and after the command. Numbers are decimal, or "
		   "hexadecimal after 0x; digits may be grouped with _.",
	.commands = commands,
	.globals = &globals,
};
