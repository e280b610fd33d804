/* SPDX-License-Identifier: MIT */
/* Descriptions of each command's --json object for the manual. docs/json.md has the types. */
#ifndef EF_CLI_JSON_FIELDS_H
#define EF_CLI_JSON_FIELDS_H

/* ---- shared by commands ---- */

#define DEVICE_JSON                                                                                \
	"chip, revision (\"0.4\"), crystal_mhz, flash_size (bytes), flash_id, features "           \
	"(array), package, mac (each of these but chip is null or empty where it could not be "    \
	"found out), loader (\"stub\" or \"rom\"), usb "                                           \
	"(\"jtag\", \"otg\" or null), secure_download_mode, security (object or null: flags, "     \
	"key_purposes, chip_id, api_version, secure_boot, flash_encryption, crypt_count), "        \
	"verdict (null, \"no-flash\" or \"secure-download\")"

#define REGIONS_JSON                                                                               \
	"regions: array of objects with address, size, label (or null), result (\"written\", "     \
	"\"verified\", \"encrypted\", \"skipped\", \"erased\", \"loaded\")"
#define WORK_JSON "chip, mac, flash_size (bytes, or null), "
#define SUMS_JSON                                                                                  \
	"written_bytes, wire_bytes (what was sent for them), skipped_bytes, seconds; with "        \
	"--monitor all in one line, and the lines of monitor follow"

/* ---- for each command ---- */

#define JSON_BOARD_INFO DEVICE_JSON
#define JSON_BOOTLOADERS                                                                           \
	"bootloaders: array of objects with chip, idf_version, date (each a text or null), "       \
	"crystal_mhz (or null), min_revision, max_revision (major * 100 + minor; null: any), "     \
	"flash_mode, flash_frequency_mhz (or null), flash_size (bytes), size, origin, file, "      \
	"entry (in an archive, or null), offset (in the file, or null), burns_efuses, "            \
	"imported (import: the file that was written, or null), sha256"
#define JSON_CHECKSUM_MD5 "address, size, partition (name or null), md5"
#define JSON_CONFIG                                                                                \
	"files: array of objects with path, kind (\"project\", \"ports\"), scope "                 \
	"(\"local\", \"global\"), exists, not_used (why, or null); values: array of objects with " \
	"option, "                                                                                 \
	"value (text or null), source (\"command-line\", \"environment\", "                        \
	"\"config\", \"default\" or null), environment, key (names, or null), "                    \
	"file, line (null unless source is config); usb_devices: array of objects "                \
	"with vid, pid, file, line"
#define JSON_DOCTOR                                                                                \
	"version, host (object: system, distribution, wsl, container, brltty, "                    \
	"modem_manager), port (object: name, open, device, may_open, owner, group, "               \
	"in_group, held_by, driver, usb_path, usb_speed_mbit, vid, pid, serial, "                  \
	"latency_timer_ms), device (object or null: as board-info, and straps, "                   \
	"reads_match_md5), strategies (array: strategy, connects, took_ms, bytes, "                \
	"first_byte_ms, seen), rates (array: baud, reached, asked, lost, "                         \
	"round_trip_ms, read_bytes_per_s), highest_safe_baud, connected, cut_short, attempts "     \
	"(array: strategy, baud, start_ms, took_ms, syncs, bytes, first_byte_ms, "                 \
	"seen, first_bytes); an error has verdict, evidence and meaning, too"
#define JSON_DUMP_MEM     "address, size, file"
#define JSON_ERASE_FLASH  WORK_JSON REGIONS_JSON ", seconds"
#define JSON_ERASE_PARTS  WORK_JSON REGIONS_JSON ", seconds"
#define JSON_ERASE_REGION WORK_JSON REGIONS_JSON ", seconds"
#define PLAN_JSON                                                                                  \
	"plan: object: format, project (or null), chip (name or null), flash_mode, "               \
	"flash_frequency_mhz, flash_size (each null: as in the file), before, after, elf (path), " \
	"parts: array of objects with address (null: the app slot that the chip starts), size, "   \
	"name, file (or null), encrypted; gaps: array of objects with address, size, partition"
#define JSON_FLASH                                                                                 \
	WORK_JSON                                                                                  \
	"app: object or null (with --ram): file, size, partition, partition_size; "                \
	"bootloader, partition_table (files, or null); boots (the partition that starts "          \
	"then; null where that is not known); " REGIONS_JSON ", " SUMS_JSON                        \
	". Of anything but an ELF, in place of app, bootloader and partition_table: " PLAN_JSON    \
	"; with --dry-run only that"
#define JSON_FLASH_ID "flash_id, manufacturer, device, flash_size (bytes, or null)"
#define JSON_HELP                                                                                  \
	"commands: array of objects with name, summary, options (array of objects "                \
	"with name, letter, kind, value, help, positional, required, global, "                     \
	"supported, default, environment, choices)"
#define JSON_HOLD_IN_RESET "seconds (how long it was held), interrupted"
#define JSON_IMAGE_INFO                                                                            \
	"kind (\"app\", \"bootloader\", \"ram\", \"merged\", "                                     \
	"\"partition-table\"). Of an image: chip (name or null), chip_id, "                        \
	"entry, flash_mode, flash_frequency_mhz (or null), flash_size "                            \
	"(bytes), flash_wp_pin (or null), min_revision, max_revision (or "                         \
	"null), size, segments: array of objects with address, size, offset, "                     \
	"memory (name or null); checksum_valid, digest_valid (null without "                       \
	"one), signature: object or null: offset, blocks, version, "                               \
	"digest_valid; app: object or null: project, version, idf_version, "                       \
	"date, time, elf_sha256, secure_version, min_efuse_block_revision, "                       \
	"max_efuse_block_revision; bootloader: object or null: version, "                          \
	"idf_version, date_time, secure_version. Merged: size, images: array "                     \
	"of such objects with address, partition (null for the bootloader), "                      \
	"kind; partition_table: object or null: address and what a table has. "                    \
	"Of a table: has_md5, partitions as in partition-table. Of what names or contains other "  \
	"files (kind \"plan\"): plan as in flash"
#define JSON_LIST_PORTS                                                                            \
	"ports: array of objects with name, kind (\"usb\", \"pci\", "                              \
	"\"bluetooth\", \"unknown\"), vid, pid, serial, manufacturer, product, "                   \
	"location (all null unless usb), is_known, board, chips, channel (each a "                 \
	"text or null), is_jtag (the channel of a bridge that is not a UART)"
#define JSON_LOAD_RAM WORK_JSON "entry, " REGIONS_JSON
#define JSON_MONITOR                                                                               \
	"one object a line. event: text, record, decoded, problem, reset, panic, "                 \
	"boot-loop, disconnect, reconnect, lent, returned, note, end; time "                       \
	"(seconds since the monitor began), text; text and record: level, tag; "                   \
	"record: timestamp, crate, module, file, line; end: status, until (array of "              \
	"objects with pattern, met)"
#define JSON_OTA                                                                                   \
	"changed, otadata: object or null: address, size, records: array of objects with "         \
	"number, state, crc_valid, partition (all null for an erased one), is_used; slots: "       \
	"array of objects with partition, subtype, address, size, app (\"empty\", "                \
	"\"no-app\", \"damaged\", \"app\": not read whole, \"valid\"), why, project, "             \
	"version, idf_version (each a text or null); boots, boots_with_rollback "                  \
	"(partition or null), reason (\"record\", \"default\", \"damage\", "                       \
	"\"no-otadata\", \"too-small\")"
#define JSON_PARTITION_TABLE                                                                       \
	"has_md5, partitions: array of objects with name, type, subtype (names, or "               \
	"numbers in hexadecimal), type_id, subtype_id, offset, size, encrypted, "                  \
	"readonly, flags"
#define JSON_READ_FLASH "address, size, partition (name or null), file"
#define JSON_READ_MAC   "chip, mac"
#define JSON_READ_MEM   "address, value"
#define JSON_RESET                                                                                 \
	"after, method (\"lines\", \"loader\", \"watchdog\"), "                                    \
	"chip (null when it was not asked)"
#define JSON_RUN "method (\"lines\", \"loader\", \"watchdog\"), chip, proof"
#define JSON_SAVE_IMAGE                                                                            \
	"chip, file, size (bytes of the file), folder (of --split or --openocd), format, merge, "  \
	"skip_padding; of an ELF app_size, partition, partition_size, bootloader, "                \
	"partition_table (files, or null); parts: array of objects with address, size, name, "     \
	"file, encrypted"
#define JSON_VERIFY_FLASH                                                                          \
	"files: array of objects with address, size, partition (name or null), "                   \
	"file, is_same (null: not compared, after one that differs, or flash may hold its "        \
	"encrypted form)"
#define JSON_WRITE_BIN                                                                             \
	WORK_JSON                                                                                  \
	"files: array of objects with address, size, partition (name or null), "                   \
	"file, encrypted; boots (the partition that starts then; null where that is not known, "   \
	"or no app is written); " REGIONS_JSON ", " SUMS_JSON                                      \
	". Without an address, in place of files: " PLAN_JSON
#define JSON_WRITE_MEM "address, value, mask"

#endif
