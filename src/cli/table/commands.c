/* SPDX-License-Identifier: MIT */
/* The table of commands: name, texts, groups of options (see options.c) and function of each. */
#include "cli/table/commands.h"
#include "cli/cmd/cmd.h"
#include "cli/table/args.h"
#include "cli/table/command_details.h"
#include "cli/table/options.h"

#ifndef EF_VERSION
#define EF_VERSION "0.0.0"
#endif

/* Connection options for the loader, which some commands never talk to. */
#define LINES_ONLY                                                                                 \
	"chip, no-stub, stub, connect-attempts, reset-sequence, "                                  \
	"reset-delay, no-remember"

static const struct opt_command commands[] = {
	{
		.name = "board-info",
		.is_common = true,
		.summary = "print what is known about the connected chip",
		.details = "Connects, prints chip, revision, crystal, flash size, features, MAC "
			   "address and security settings, then resets the chip as --after asks.",
		.examples = { "board-info", "board-info --port /dev/ttyUSB0 --json" },
		.uses = { { &opts_json, offsetof(struct board_info_args, json) },
			  { &opts_connect, offsetof(struct board_info_args, connect) } },
		.args_size = sizeof(struct board_info_args),
		.run = cmd_board_info,
	},
	{
		.name = "bootloaders",
		.summary = "list the bootloaders on this machine, or take in new ones",
		.details = DETAILS_BOOTLOADERS,
		.examples = { "bootloaders", "bootloaders --chip esp32c3 --json",
			      "bootloaders import espflash-4.5.0.crate",
			      "bootloaders import ~/.arduino15/packages/esp32",
			      "bootloaders export --chip esp32c3 bootloader.bin" },
		.uses = { { &opts_bootloaders, 0 },
			  { &opts_json, offsetof(struct bootloaders_args, json) } },
		.args_size = sizeof(struct bootloaders_args),
		.run = cmd_bootloaders,
	},
	{
		.name = "checksum-md5",
		.summary = "print the MD5 of a range of the flash",
		.details = "The chip computes it, and a second time, since its answer has no "
			   "checksum. The output is 0x and all 32 digits.",
		.examples = { "checksum-md5 0x10000 0x4000", "checksum-md5 nvs ALL" },
		.uses = { { &opts_checksum, 0 },
			  { &opts_json, offsetof(struct checksum_args, json) },
			  { &opts_table, offsetof(struct checksum_args, table) },
			  { &opts_connect, offsetof(struct checksum_args, connect) },
			  { &opts_flash_size, offsetof(struct checksum_args, connect) } },
		.args_size = sizeof(struct checksum_args),
		.run = cmd_checksum_md5,
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
			"completions elvish >> ~/.config/elvish/rc.elv",
			"completions powershell >> $PROFILE",
		},
		.uses = { { &opts_completions, 0 } },
		.args_size = sizeof(struct completions_args),
		.run = cmd_completions,
	},
	{
		.name = "config",
		.summary = "print every effective setting and where it came from",
		.details = DETAILS_CONFIG,
		.examples = { "config", "config --json", "config --port /dev/ttyUSB0" },
		.uses = { { &opts_connect, offsetof(struct config_args, connect) },
			  { &opts_flash_config, offsetof(struct config_args, config) },
			  { &opts_image, offsetof(struct config_args, image) },
			  { &opts_idf, offsetof(struct config_args, idf) },
			  { &opts_monitor, offsetof(struct config_args, mon) },
			  { &opts_json, offsetof(struct config_args, json) } },
		.args_size = sizeof(struct config_args),
		.run = cmd_config,
	},
	{
		.name = "doctor",
		.is_common = true,
		.summary = "find out what is wrong with a board or its connection",
		.details = DETAILS_DOCTOR,
		.examples = { "doctor", "doctor --port /dev/ttyUSB0 --json" },
		.uses = { { &opts_json, offsetof(struct board_info_args, json) },
			  { &opts_connect, offsetof(struct board_info_args, connect) } },
		.args_size = sizeof(struct board_info_args),
		.run = cmd_doctor,
	},
	{
		.name = "dump-mem",
		.summary = "read a range of the chip's memory into a file",
		.details = "RAM, ROM or registers, any address and length. It is read word by "
			   "word, twice: registers that change when they are read do so here, too. "
			   "Reading an address without memory may crash the loader. The file "
			   "appears when it is complete.",
		.examples = { "dump-mem 0x40000000 0x10000 rom.bin",
			      "dump-mem --no-stub 0x3fc80000 4096 ram.bin" },
		.uses = { { &opts_dump_mem, 0 },
			  { &opts_json, offsetof(struct dump_mem_args, json) },
			  { &opts_connect, offsetof(struct dump_mem_args, connect) } },
		.args_size = sizeof(struct dump_mem_args),
		.run = cmd_dump_mem,
	},
	{
		.name = "erase-flash",
		.is_common = true,
		.summary = "erase the whole flash",
		.details = "Bootloader, partition table, apps and data: everything. The ROM loader "
			   "(--no-stub) does it in steps and must know the flash size.",
		.examples = { "erase-flash", "erase-flash --port /dev/ttyUSB0 --after no-reset" },
		.uses = { { &opts_json, offsetof(struct erase_flash_args, json) },
			  { &opts_connect, offsetof(struct erase_flash_args, connect) },
			  { &opts_flash_size, offsetof(struct erase_flash_args, connect) },
			  { &opts_force, offsetof(struct erase_flash_args, force) } },
		.args_size = sizeof(struct erase_flash_args),
		.run = cmd_erase_flash,
	},
	{
		.name = "erase-parts",
		.summary = "erase partitions by name or type",
		.details = "Names may be separated by commas or blanks. The partition table comes "
			   "from --partition-table, else from the chip's flash. All names are "
			   "looked up before anything is erased; partitions are erased in the "
			   "order of the table.",
		.examples = { "erase-parts nvs otadata", "erase-parts --type nvs,spiffs",
			      "erase-parts --partition-table partitions.csv storage" },
		.uses = { { &opts_erase_parts, 0 },
			  { &opts_json, offsetof(struct erase_parts_args, json) },
			  { &opts_table, offsetof(struct erase_parts_args, table) },
			  { &opts_connect, offsetof(struct erase_parts_args, connect) },
			  { &opts_flash_size, offsetof(struct erase_parts_args, connect) },
			  { &opts_force, offsetof(struct erase_parts_args, force) } },
		.args_size = sizeof(struct erase_parts_args),
		.run = cmd_erase_parts,
	},
	{
		.name = "erase-region",
		.summary = "erase a range of the flash",
		.examples = { "erase-region 0x9000 0x6000", "erase-region 0x310000 ALL" },
		.uses = { { &opts_erase_region, 0 },
			  { &opts_json, offsetof(struct erase_region_args, json) },
			  { &opts_connect, offsetof(struct erase_region_args, connect) },
			  { &opts_flash_size, offsetof(struct erase_region_args, connect) },
			  { &opts_force, offsetof(struct erase_region_args, force) } },
		.args_size = sizeof(struct erase_region_args),
		.run = cmd_erase_region,
	},
	{
		.name = "flash",
		.is_common = true,
		.summary = "flash an app, with bootloader and partition table",
		.details = DETAILS_FLASH,
		.examples = { "flash target/riscv32imc-unknown-none-elf/release/app",
			      "flash --monitor --port /dev/ttyUSB0 --baud 921600 build/app.elf",
			      "flash --partition-table partitions.csv --erase-parts nvs app.elf",
			      "flash --port rfc2217://127.0.0.1:4000 app.elf" },
		.uses = { { &opts_flash, 0 },
			  { &opts_thing, offsetof(struct flash_args, thing) },
			  { &opts_json, offsetof(struct flash_args, json) },
			  { &opts_connect, offsetof(struct flash_args, connect) },
			  { &opts_flash_config, offsetof(struct flash_args, config) },
			  { &opts_image, offsetof(struct flash_args, image) },
			  { &opts_idf, offsetof(struct flash_args, idf) },
			  { &opts_monitor, offsetof(struct flash_args, mon) } },
		.args_size = sizeof(struct flash_args),
		.run = cmd_flash,
	},
	{
		.name = "flash-id",
		.summary = "print the flash chip's id and size",
		.examples = { "flash-id" },
		.uses = { { &opts_json, offsetof(struct board_info_args, json) },
			  { &opts_connect, offsetof(struct board_info_args, connect) } },
		.args_size = sizeof(struct board_info_args),
		.run = cmd_flash_id,
	},
	{
		.name = "help",
		.is_common = true,
		.summary = "explain a command, or list all",
		.examples = { "help flash", "help --json" },
		.uses = { { &opts_help, 0 }, { &opts_json, offsetof(struct help_args, json) } },
		.args_size = sizeof(struct help_args),
		.run = cmd_help,
	},
	{
		.name = "hold-in-reset",
		.summary = "hold the chip in reset",
		.details = "Keeps EN low by the control line RTS, until Ctrl-C or for a time. "
			   "Then the chip starts its app. Nothing is sent, and --before and "
			   "--after are without effect. A chip on its own USB (USB-Serial/JTAG) "
			   "is reset, but how long it stays there is up to the chip.",
		.idle = "before, after, baud, " LINES_ONLY,
		.examples = { "hold-in-reset", "hold-in-reset --for 10" },
		.uses = { { &opts_hold, 0 },
			  { &opts_json, offsetof(struct hold_args, json) },
			  { &opts_connect, offsetof(struct hold_args, connect) } },
		.args_size = sizeof(struct hold_args),
		.run = cmd_hold_in_reset,
	},
	{
		.name = "image-info",
		.summary = "explain an image file",
		.details = DETAILS_IMAGE_INFO,
		.examples = { "image-info app.bin", "image-info --json flash.bin" },
		.uses = { { &opts_image_info, 0 },
			  { &opts_thing, offsetof(struct image_info_args, thing) },
			  { &opts_json, offsetof(struct image_info_args, json) } },
		.args_size = sizeof(struct image_info_args),
		.run = cmd_image_info,
	},
	{
		.name = "list-ports",
		.is_common = true,
		.summary = "list the serial ports that may lead to a board",
		.details = "Columns: name, product id and vendor id (in this order, as espflash "
			   "prints them), manufacturer, product; in brackets what --port can "
			   "choose it by, then the bridge or board, its chips and its channel, "
			   "as far as they are known.",
		.examples = { "list-ports", "list-ports --list-all-ports --name-only" },
		.uses = { { &opts_list_ports, 0 },
			  { &opts_json, offsetof(struct list_ports_args, json) } },
		.args_size = sizeof(struct list_ports_args),
		.run = cmd_list_ports,
	},
	{
		.name = "load-ram",
		.summary = "load a program into RAM and start it",
		.details = "An ESP image whose segments are all in RAM, or an ELF that is linked "
			   "so. Nothing is written to flash, and the chip is not reset "
			   "afterwards: --after is without effect. A program that needs the RAM "
			   "of the flasher stub is refused; --no-stub makes room.",
		.idle = "after",
		.examples = { "load-ram program.bin", "load-ram --no-stub program.elf" },
		.uses = { { &opts_load_ram, 0 },
			  { &opts_json, offsetof(struct load_ram_args, json) },
			  { &opts_connect, offsetof(struct load_ram_args, connect) } },
		.args_size = sizeof(struct load_ram_args),
		.run = cmd_load_ram,
	},
	{
		.name = "monitor",
		.is_common = true,
		.summary = "show what the chip prints",
		.details = DETAILS_MONITOR,
		.examples = { "monitor", "monitor --port /dev/ttyUSB0 --monitor-baud 74880",
			      "monitor --no-reset" },
		.uses = { { &opts_monitor, offsetof(struct attach_args, mon) },
			  { &opts_connect, offsetof(struct attach_args, connect) },
			  { &opts_json, offsetof(struct attach_args, json) } },
		.idle = "after, baud, " LINES_ONLY,
		.args_size = sizeof(struct attach_args),
		.run = cmd_monitor,
	},
	{
		.name = "ota",
		.summary = "show which app starts, or choose another one",
		.details =
			"Two records in flash, otadata, tell the bootloader which app to start. "
			"Shows the app partitions, the records, and what starts next. 'ota switch "
			"LABEL' makes another app start, if it is whole (it is read for that): for "
			"a slot a record is written as ESP-IDF's otatool.py does, for the factory "
			"app otadata is erased. 'ota erase' leads to factory, else ota_0.\n\n"
			"Whether the bootloader takes back apps that do not confirm themselves "
			"(rollback) can't be seen: where it matters, both outcomes are shown.",
		.examples = { "ota", "ota --check --json", "ota switch ota_1", "ota switch factory",
			      "ota erase" },
		.uses = { { &opts_ota, 0 },
			  { &opts_json, offsetof(struct ota_args, json) },
			  { &opts_table, offsetof(struct ota_args, table) },
			  { &opts_connect, offsetof(struct ota_args, connect) },
			  { &opts_flash_size, offsetof(struct ota_args, connect) } },
		.args_size = sizeof(struct ota_args),
		.run = cmd_ota,
	},
	{
		.name = "partition-table",
		.summary = "check, show and convert partition tables",
		.details = "The input may be CSV or binary; the content decides which. "
			   "Without an option the table is shown.",
		.examples = {
			"partition-table partitions.csv",
			"partition-table --to-binary -o partitions.bin partitions.csv",
			"partition-table --to-csv build/partition_table/partition-table.bin",
		},
		.uses = { { &opts_partition_table, 0 },
			  { &opts_json, offsetof(struct partition_table_args, json) } },
		.args_size = sizeof(struct partition_table_args),
		.run = cmd_partition_table,
	},
	{
		.name = "read-flash",
		.is_common = true,
		.summary = "read a range of the flash into a file",
		.details =
			"Each block of 256 KiB is compared with the chip's own MD5, and read again "
			"if it differs. The file appears when it is complete; until then its "
			"content goes to a temporary file beside it.",
		.examples = { "read-flash 0 ALL backup.bin", "read-flash nvs ALL nvs.bin",
			      "read-flash 0x8000 0xc00 table.bin" },
		.uses = { { &opts_read_flash, 0 },
			  { &opts_json, offsetof(struct read_flash_args, json) },
			  { &opts_table, offsetof(struct read_flash_args, table) },
			  { &opts_connect, offsetof(struct read_flash_args, connect) },
			  { &opts_flash_size, offsetof(struct read_flash_args, connect) } },
		.args_size = sizeof(struct read_flash_args),
		.run = cmd_read_flash,
	},
	{
		.name = "read-mac",
		.summary = "print the chip's MAC address",
		.examples = { "read-mac" },
		.uses = { { &opts_json, offsetof(struct board_info_args, json) },
			  { &opts_connect, offsetof(struct board_info_args, connect) } },
		.args_size = sizeof(struct board_info_args),
		.run = cmd_read_mac,
	},
	{
		.name = "read-mem",
		.summary = "print a word of the chip's memory",
		.details = "Reads RAM, ROM or a register. Reading an address without memory may "
			   "crash the loader.",
		.examples = { "read-mem 0x40001000", "read-mem --json 0x60008044" },
		.uses = { { &opts_read_mem, 0 },
			  { &opts_json, offsetof(struct read_mem_args, json) },
			  { &opts_connect, offsetof(struct read_mem_args, connect) } },
		.args_size = sizeof(struct read_mem_args),
		.run = cmd_read_mem,
	},
	{
		.name = "reset",
		.summary = "reset the chip",
		.details = DETAILS_RESET,
		.examples = { "reset", "reset --after no-reset" },
		.uses = { { &opts_json, offsetof(struct lines_args, json) },
			  { &opts_connect, offsetof(struct lines_args, connect) } },
		.args_size = sizeof(struct lines_args),
		.run = cmd_reset,
	},
	{
		.name = "run",
		.summary = "leave the loader and start the app in flash",
		.details = DETAILS_RUN,
		.idle = "baud, no-stub, stub",
		.examples = { "run --before no-reset",
			      "run --port socket://127.0.0.1:4000 --before no-reset" },
		.uses = { { &opts_run, 0 },
			  { &opts_json, offsetof(struct lines_args, json) },
			  { &opts_connect, offsetof(struct lines_args, connect) } },
		.args_size = sizeof(struct lines_args),
		.run = cmd_run,
	},
	{
		.name = "save-image",
		.is_common = true,
		.summary = "save an app or a whole firmware to files",
		.details = DETAILS_SAVE_IMAGE,
		.examples = {
			"save-image --chip esp32c3 app.elf app.bin",
			"save-image --chip esp32 --merge --flash-size 8mb app.elf flash.bin",
			"save-image --merge --format hex build firmware.hex",
			"save-image --chip esp32 0x1000 boot.bin 0x10000 app.bin flash.bin",
			"save-image fw.zip --split firmware",
			"save-image build --openocd jtag",
		},
		.written = save_image_written,
		.uses = { { &opts_save_image, 0 },
			  { &opts_flash_config, offsetof(struct save_image_args, config) },
			  { &opts_image, offsetof(struct save_image_args, image) },
			  { &opts_idf_save, offsetof(struct save_image_args, idf) },
			  { &opts_json, offsetof(struct save_image_args, json) } },
		.args_size = sizeof(struct save_image_args),
		.run = cmd_save_image,
	},
	{
		.name = "verify-flash",
		.summary = "compare the flash with files",
		.details = "Compares MD5s that the chip computes. If a file differs, MD5s of "
			   "its sectors and the content of the first ones tell where, and the "
			   "exit status is 7. It is 8 if flash encryption is on and flash may "
			   "hold the file's encrypted form: then only the chip can tell. With "
			   "one argument, everything is compared that 'flash' would write from "
			   "it.",
		.examples = { "verify-flash 0x10000 app.bin", "verify-flash build",
			      "verify-flash 0 bootloader.bin 0x8000 table.bin factory app.bin" },
		.uses = { { &opts_pairs, offsetof(struct verify_flash_args, pairs) },
			  { &opts_thing, offsetof(struct verify_flash_args, thing) },
			  { &opts_json, offsetof(struct verify_flash_args, json) },
			  { &opts_table, offsetof(struct verify_flash_args, table) },
			  { &opts_connect, offsetof(struct verify_flash_args, connect) },
			  { &opts_header, offsetof(struct verify_flash_args, settings) } },
		.args_size = sizeof(struct verify_flash_args),
		.run = cmd_verify_flash,
	},
	{
		.name = "write-bin",
		.is_common = true,
		.summary = "write files to the flash",
		.details = DETAILS_WRITE_BIN,
		.examples = { "write-bin 0 flash.bin", "write-bin nvs nvs.bin",
			      "write-bin --monitor 0x0 bootloader.bin 0x8000 table.bin 0x10000 "
			      "app.bin" },
		.uses = { { &opts_pairs, offsetof(struct write_bin_args, pairs) },
			  { &opts_write_bin, 0 },
			  { &opts_json, offsetof(struct write_bin_args, json) },
			  { &opts_table, offsetof(struct write_bin_args, table) },
			  { &opts_header, offsetof(struct write_bin_args, settings) },
			  { &opts_connect, offsetof(struct write_bin_args, connect) },
			  { &opts_monitor, offsetof(struct write_bin_args, mon) } },
		.args_size = sizeof(struct write_bin_args),
		.run = cmd_write_bin,
	},
	{
		.name = "write-mem",
		.summary = "write a word of the chip's memory",
		.details = "Writes RAM or a register. With a mask, only the bits in the mask "
			   "change; the loader reads the others first. The word is read "
			   "before, if there is a mask, and after it is written. If it "
			   "is not read as written, a message says that nothing confirms it: "
			   "a register may behave like that. The status is still 0.",
		.examples = { "write-mem 0x3fc90000 0x12345678",
			      "write-mem --after no-reset 0x60008044 0x2 0x2" },
		.uses = { { &opts_write_mem, 0 },
			  { &opts_json, offsetof(struct write_mem_args, json) },
			  { &opts_connect, offsetof(struct write_mem_args, connect) } },
		.args_size = sizeof(struct write_mem_args),
		.run = cmd_write_mem,
	},
	{
		.name = "__complete",
		.summary = "complete a word for a completion script",
		.is_hidden = true,
		.uses = { { &opts_complete, 0 } },
		.args_size = sizeof(struct complete_args),
		.run = cmd_complete,
	},
	{ .name = NULL },
};

const struct opt_program cli_program = {
	.name = "espflash-c",
	.version = EF_VERSION,
	.summary = "flasher for boards of the ESP32 family",
	.details =
		"Options follow the command; the global ones may precede it, too. Numbers are "
		"decimal, or hexadecimal after 0x, octal after 0o, binary after 0b; digits may be "
		"grouped with _. Where a command reads or writes a file, - is standard input or "
		"output.",
	.commands = commands,
	.globals = &opts_global,
	.foreign = opts_foreign,
};
