/* SPDX-License-Identifier: MIT */
/*
 * Every option and argument, in groups, with its help text. Names, letters and
 * values are those of espflash, so that scripts keep working. commands.c says
 * which command takes which group.
 */
#include "cli/table/option_rows.h"
#include "cli/table/options.h"

#include "cli/table/args.h"
#include <espflash/image.h>

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
	{ "auto", PROGRESS_AUTO }, { "bar", PROGRESS_BAR },   { "lines", PROGRESS_LINES },
	{ "json", PROGRESS_JSON }, { "none", PROGRESS_NONE }, { NULL, 0 },
};
/* With OPT_MORE, the words behind the first end are accepted, too: they are esptool's. */
#define ALL_FREQS                                                                                  \
	{ "12mhz", 12 }, { "15mhz", 15 }, { "16mhz", 16 }, { "20mhz", 20 }, { "24mhz", 24 },       \
		{ "26mhz", 26 }, { "30mhz", 30 }, { "40mhz", 40 }, { "48mhz", 48 },                \
		{ "60mhz", 60 }, { "80mhz", 80 }, { NULL, 0 }, { "12m", 12 }, { "15m", 15 },       \
		{ "16m", 16 }, { "20m", 20 }, { "24m", 24 }, { "26m", 26 }, { "30m", 30 },         \
		{ "40m", 40 }, { "48m", 48 }, { "60m", 60 },                                       \
	{                                                                                          \
		"80m", 80                                                                          \
	}
static const struct opt_choice freqs[] = { ALL_FREQS, { NULL, 0 } };
/* "keep": the header of a file stays as it is. */
static const struct opt_choice header_freqs[] = { ALL_FREQS, { "keep", 0 }, { NULL, 0 } };
static const struct opt_choice modes[] = {
	{ "qio", EF_MODE_QIO + 1 },
	{ "qout", EF_MODE_QOUT + 1 },
	{ "dio", EF_MODE_DIO + 1 },
	{ "dout", EF_MODE_DOUT + 1 },
	{ NULL, 0 },
	{ "keep", 0 },
	{ NULL, 0 },
};
const struct opt_choice opt_flash_sizes[] = {
	{ "256kb", 256 << 10 },
	{ "512kb", 512 << 10 },
	{ "1mb", 1 << 20 },
	{ "2mb", 2 << 20 },
	{ "4mb", 4 << 20 },
	{ "8mb", 8 << 20 },
	{ "16mb", 16 << 20 },
	{ "32mb", 32 << 20 },
	{ "64mb", 64 << 20 },
	{ "128mb", 128 << 20 },
	{ "256mb", 256 << 20 },
	{ NULL, 0 },
	{ "keep", 0 },
	{ "detect", FLASH_SIZE_DETECT },
	{ NULL, 0 },
};
const struct opt_choice opts_xtals[] = {
	{ "26mhz", 26 }, { "32mhz", 32 }, { "40mhz", 40 }, { "48mhz", 48 }, { NULL, 0 },
};
static const struct opt_choice shells[] = {
	{ "bash", SHELL_BASH }, { "elvish", SHELL_ELVISH },
	{ "fish", SHELL_FISH }, { "powershell", SHELL_POWERSHELL },
	{ "zsh", SHELL_ZSH },   { NULL, 0 },
};
/* Only the names matter here; partition_names.c has the numbers, and a test compares both. */
static const struct opt_choice data_types[] = {
	{ "ota", 0 },      { "phy", 0 },    { "nvs", 0 },       { "coredump", 0 },
	{ "nvs_keys", 0 }, { "efuse", 0 },  { "undefined", 0 }, { "esphttpd", 0 },
	{ "fat", 0 },      { "spiffs", 0 }, { "littlefs", 0 },  { "tee_ota", 0 },
	{ NULL, 0 },
};

/* ---- groups ---- */

#define G struct global_args
static const struct opt global_opts[] = {
	{ OPT_FLAG('h', "help", G, help, "show help and leave"), .flags = OPT_STOP | OPT_COMMON,
	  .details = "-h shows the options that are used most, --help all of them." },
	{ OPT_FLAG('V', "version", G, version, "show the version and leave"), .flags = OPT_EXIT,
	  .details = "With --verbose, print also the versions of the libraries, and the origin and "
		     "licence of the flasher stubs." },
	{ OPT_COUNT('v', "verbose", G, verbose, "print more; twice: every exchange"),
	  .conflicts = "quiet",
	  .details = "Once: print decisions and their reasons. Twice: print every request to the "
		     "chip by name, and its answer. Times then have milliseconds." },
	{ OPT_FLAG('q', "quiet", G, quiet, "print only results, warnings and errors") },
	{ OPT_FLAG('S', "skip-update-check", G, skip_update_check,
		   "accepted for espflash's scripts, without effect"),
	  .details = "This program never looks for updates. ESPFLASH_SKIP_UPDATE_CHECK is "
		     "ignored too." },
	{ OPT_FILE(0, "log-file", "FILE", G, log_file,
		   "write all messages and decisions to a file"),
	  .details = "The file has what --verbose prints, with times and errors, whatever the "
		     "terminal shows; with -vv every exchange, too. The monitor adds what the chip "
		     "prints. The log of an earlier run is replaced.",
	  .flags = OPT_WRITES },
	{ OPT_FILE(0, "trace", "FILE", G, trace,
		   "write every byte and line change on the port to a file"),
	  .details = "The file has times, and can be replayed. It contains what is written to "
		     "flash and what the chip sends. The trace of an earlier run is replaced.",
	  .flags = OPT_WRITES },
	{ OPT_CHOICE(0, "color", "WHEN", G, color, colors, "colours in the output"), .def = "auto",
	  .details = "auto means on a terminal, unless NO_COLOR or CI is set or TERM is dumb." },
	{ OPT_CHOICE(0, "progress", "KIND", G, progress, progresses, "how progress is shown"),
	  .def = "auto",
	  .details = "auto means a bar on a terminal, else (and where TERM is dumb or CI is set) a "
		     "line every 10 percent. With json each line of standard error is an object." },
	OPT_END,
};
const struct opt_group opts_global = { "Global options", global_opts };

static const struct opt json_opts[] = {
	{ OPT_FLAG(0, "json", struct json_args, json, "print the result as a JSON object") },
	OPT_END,
};
const struct opt_group opts_json = { "Output options", json_opts };

#define F struct flash_config_args
static const struct opt flash_config_opts[] = {
	{ OPT_CHOICE('f', "flash-freq", "FREQ", F, freq_mhz, freqs, "flash frequency"),
	  .flags = OPT_MORE, .config = "flash.frequency", .idle = "ram",
	  .details = "Which ones exist depends on the chip. Default: the chip's usual one." },
	{ OPT_CHOICE('m', "flash-mode", "MODE", F, mode_plus, modes, "flash mode"),
	  .config = "flash.mode", .idle = "ram", .details = "Default: the bootloader's." },
	{ OPT_CHOICE('s', "flash-size", "SIZE", F, size, opt_flash_sizes, "flash size"),
	  .flags = OPT_COMMON, .config = "flash.size", .idle = "ram",
	  .details = "Default: detected where a chip is connected, else 4mb." },
	OPT_END,
};
const struct opt_group opts_flash_config = { "Flash options", flash_config_opts };

#define I struct image_args
static const struct opt image_opts[] = {
	{ OPT_REV(0, "min-chip-rev", "REV", I, min_chip_rev,
		  "lowest chip revision that the image runs on"),
	  .flags = OPT_FOR_ELF, .def = "0.0", .config = "image.min_chip_rev" },
	{ OPT_U32(0, "mmu-page-size", "MMU_PAGE_SIZE", I, mmu_page_size, 256, 65536,
		  "flash page size that the image is laid out for"),
	  .flags = OPT_FOR_ELF, .config = "image.mmu_page_size", .idle = "ram",
	  .details = "Default: the size in the app descriptor, else 64 KiB." },
	{ OPT_FLAG(0, "ignore-app-descriptor", I, ignore_app_descriptor,
		   "build an image from an ELF without app descriptor"),
	  .flags = OPT_FOR_ELF, .alias = "ignore_app_descriptor",
	  .config = "image.ignore_app_descriptor", .idle = "ram" },
	OPT_END,
};
const struct opt_group opts_image = { "Image options", image_opts };

#define T struct table_args
static const struct opt table_opts[] = {
	{ OPT_FILE(0, "partition-table", "FILE", T, file, "partition table that names partitions"),
	  .flags = OPT_FOR_PLACES, .config = "idf_format_args.partition_table",
	  .details = "CSV or binary. Default: the one in the chip's flash." },
	{ OPT_U32(0, "partition-table-offset", "OFFSET", T, offset, 0x1000, UINT32_MAX,
		  "where the partition table is"),
	  .flags = OPT_FOR_PLACES, .def = "0x8000",
	  .config = "idf_format_args.partition_table_offset" },
	BOOTLOADER_ROWS(T, OPT_FOR_PLACES),
	OPT_END,
};
const struct opt_group opts_table = { "Partition options", table_opts };

/* Like flash_config_opts, but each changes nothing unless it is given: esptool's "keep". */
static const struct opt header_opts[] = {
	{ OPT_CHOICE('f', "flash-freq", "FREQ", F, freq_mhz, header_freqs,
		     "flash frequency in the bootloader's header"),
	  .flags = OPT_MORE,
	  .details = "Changes the header of a bootloader that is written to the chip's boot "
		     "address. Default: as the file has it. The same holds for mode and size. "
		     "esptool's words are understood, too: 40m, keep, and detect for the size." },
	{ OPT_CHOICE('m', "flash-mode", "MODE", F, mode_plus, modes,
		     "flash mode in the bootloader's header"),
	  .flags = OPT_MORE },
	{ OPT_CHOICE('s', "flash-size", "SIZE", F, size, opt_flash_sizes,
		     "flash size in the bootloader's header, instead of the detected one"),
	  .flags = OPT_MORE },
	OPT_END,
};
const struct opt_group opts_header = { "Flash options", header_opts };

static const struct opt force_opts[] = {
	{ OPT_FLAG(0, "force", struct force_args, force,
		   "erase even content without which the chip may never start again") },
	OPT_END,
};
const struct opt_group opts_force = { "Safety options", force_opts };

static const struct opt flash_size_opts[] = {
	{ OPT_CHOICE('s', "flash-size", "SIZE", struct connect_args, flash_size, opt_flash_sizes,
		     "flash size, instead of the detected one"),
	  .details = "Needed if the chip can't report it: in secure download mode." },
	OPT_END,
};
const struct opt_group opts_flash_size = { "Flash options", flash_size_opts };

/* ---- what commands have of their own ---- */

#define REQUIRE_DETAILS                                                                            \
	"Without it, the exit status is 0 if nothing is known, because the app prints nothing "    \
	"within a second, or at another rate. With it, the status is then 10."
#define BOOT_DETAILS                                                                               \
	"Only if the bootloader would start another app. The other one stays as it is: 'ota "      \
	"switch' goes back to it."

#define THING_DETAILS                                                                              \
	"Recognized by content, not by name: an ESP-IDF build folder (or its flasher_args.json, "  \
	"flash_args, project_description.json); an Arduino or PlatformIO build; a merged image "   \
	"(factory.bin); an app (.bin), "                                                           \
	"which goes to the slot that the chip starts; a Zephyr or NuttX build; Intel HEX and "     \
	"UF2; a Mongoose OS fw.zip or "                                                            \
	"manifest.json; a manifest.json of ESP Web Tools; and an archive (zip, tar, gzip) with "   \
	"one of these."
#define ENCRYPT_DETAILS                                                                            \
	"Nothing is skipped, and the encrypted content can't be compared with the files. It is "   \
	"only proved that the chip took every block, that blank flash is blank no longer, and "    \
	"that the content is not plain."
#define FL struct flash_args
static const struct opt flash_opts[] = {
	{ OPT_FILE(0, "image", "IMAGE", FL, file, "ELF file of the app, or a build or download"),
	  .flags = OPT_ARG | OPT_REQUIRED, .details = THING_DETAILS },
	{ OPT_FLAG(0, "dry-run", FL, dry_run, "only show what would be written, and where"),
	  .flags = OPT_COMMON, .conflicts = "ram, monitor, require-start",
	  .details = "No board is needed." },
	{ OPT_FLAG('M', "monitor", FL, monitor, "open the serial monitor afterwards"),
	  .flags = OPT_COMMON, .details = "Ctrl-C leaves it, Ctrl-R resets the chip." },
	{ OPT_FLAG(0, "ram", FL, ram, "load the app into RAM and start it; flash stays as it is") },
	{ OPT_FLAG(0, "no-verify", FL, no_verify, "do not compare checksums after writing"),
	  .idle = "ram" },
	{ OPT_FLAG(0, "no-skip", FL, no_skip, "write even the parts that are already in flash"),
	  .idle = "ram" },
	{ OPT_FLAG(0, "no-listen", FL, no_listen, "do not wait for the app's first output"),
	  .idle = "ram, monitor, after=no-reset|no-reset-no-stub" },
	{ OPT_FLAG(0, "require-start", FL, require_start,
		   "fail unless there is proof that the app runs"),
	  .conflicts = "no-listen, ram, monitor, after=no-reset|no-reset-no-stub",
	  .details = REQUIRE_DETAILS },
	{ OPT_FLAG(0, "boot", FL, boot, "make the bootloader start this app: changes otadata"),
	  .conflicts = "ram", .details = BOOT_DETAILS },
	{ OPT_LIST(0, "erase-parts", "LABELS", FL, erase_parts,
		   "erase these partitions first, comma separated"),
	  .flags = OPT_COMMON | OPT_FOR_ELF, .conflicts = "ram" },
	{ OPT_LIST(0, "erase-data-parts", "PARTS", FL, erase_data_parts,
		   "erase all data partitions of these subtypes first"),
	  .flags = OPT_FOR_ELF, .choices = data_types, .conflicts = "ram" },
	{ OPT_FLAG(0, "encrypt", FL, encrypt, "let the chip encrypt everything that is written"),
	  .conflicts = "ram",
	  .details = "For a chip with flash encryption in development mode. Parts that a build "
		     "marks as encrypted need no option: the chip encrypts them if its flash "
		     "encryption is on. " ENCRYPT_DETAILS },
	{ OPT_FLAG(0, "force", FL, force,
		   "flash even what would not start or could make the board unusable") },
	OPT_END,
};
const struct opt_group opts_flash = { "Options", flash_opts };

#define ER struct erase_region_args
static const struct opt erase_region_opts[] = {
	{ OPT_U32(0, "address", "ADDRESS", ER, address, 0, UINT32_MAX, "first byte to erase"),
	  .flags = OPT_ARG | OPT_REQUIRED },
	{ OPT_STRING(0, "size", "SIZE", ER, size, "how many bytes to erase, or ALL"),
	  .flags = OPT_ARG | OPT_REQUIRED,
	  .details = "Address and size are multiples of 0x1000: flash is erased in sectors. ALL "
		     "means up to the end of the flash. 64K and 1M are sizes, too." },
	OPT_END,
};
const struct opt_group opts_erase_region = { "Options", erase_region_opts };

#define EP struct erase_parts_args
static const struct opt erase_parts_opts[] = {
	{ OPT_LIST(0, "labels", "LABELS", EP, labels, "partitions to erase"), .flags = OPT_ARG },
	{ OPT_LIST(0, "type", "TYPES", EP, types, "erase all partitions of these types, too"),
	  .details = "Comma separated. Types or subtypes as partition-table shows them: data, "
		     "nvs, ota_0, 0x40." },
	OPT_END,
};
const struct opt_group opts_erase_parts = { "Options", erase_parts_opts };

#define SIZE_DETAILS                                                                               \
	"ALL means up to the end of the partition or of the flash. 64K and 1M are sizes, too."

#define RF struct read_flash_args
static const struct opt read_flash_opts[] = {
	{ OPT_STRING(0, "address", "ADDRESS", RF, place, "first byte to read, or a partition"),
	  .flags = OPT_ARG | OPT_REQUIRED },
	{ OPT_STRING(0, "size", "SIZE", RF, size, "how many bytes to read, or ALL"),
	  .flags = OPT_ARG | OPT_REQUIRED, .details = SIZE_DETAILS },
	{ OPT_FILE(0, "file", "FILE", RF, file, "file to write"),
	  .flags = OPT_ARG | OPT_REQUIRED | OPT_WRITES },
	{ OPT_U32(0, "block-size", "BLOCK_SIZE", RF, block_size, 1, 4096,
		  "bytes that the flasher stub sends at once"),
	  .def = "0x1000", .idle = "no-stub" },
	{ OPT_U32(0, "max-in-flight", "MAX_IN_FLIGHT", RF, max_in_flight, 1, UINT32_MAX,
		  "how much the flasher stub may send ahead"),
	  .def = "64", .idle = "no-stub",
	  .details =
		  "Passed to the stub. Current stubs ignore it and send one block at a time. The "
		  "wire does not idle between two: each is acknowledged when it begins to "
		  "arrive." },
	OPT_END,
};
const struct opt_group opts_read_flash = { "Options", read_flash_opts };

#define CS struct checksum_args
static const struct opt checksum_opts[] = {
	{ OPT_STRING(0, "address", "ADDRESS", CS, place, "first byte, or a partition"),
	  .flags = OPT_ARG | OPT_REQUIRED },
	{ OPT_STRING(0, "size", "SIZE", CS, size, "how many bytes, or ALL"),
	  .flags = OPT_ARG | OPT_REQUIRED, .details = SIZE_DETAILS },
	OPT_END,
};
const struct opt_group opts_checksum = { "Options", checksum_opts };

#define WB struct write_bin_args
static const struct opt write_bin_opts[] = {
	{ OPT_FLAG('M', "monitor", WB, monitor, "open the serial monitor afterwards"),
	  .flags = OPT_COMMON, .details = "Ctrl-C leaves it, Ctrl-R resets the chip." },
	{ OPT_FLAG(0, "exact", WB, exact, "refuse files that don't fill whole sectors"),
	  .flags = OPT_FOR_PLACES },
	{ OPT_FLAG(0, "erase-all", WB, erase_all, "erase the whole flash first"),
	  .flags = OPT_COMMON | OPT_FOR_PLACES },
	{ OPT_FLAG(0, "no-verify", WB, no_verify, "do not compare checksums after writing") },
	{ OPT_FLAG(0, "no-skip", WB, no_skip, "write even content that is already in flash") },
	{ OPT_FLAG(0, "no-listen", WB, no_listen, "do not wait for the app's first output"),
	  .idle = "monitor, after=no-reset|no-reset-no-stub",
	  .details = "The program listens to the start after it wrote a bootloader, a partition "
		     "table or an app." },
	{ OPT_FLAG(0, "encrypt", WB, encrypt, "let the chip encrypt all files"),
	  .conflicts = "encrypt-files",
	  .details = "For a chip with flash encryption in development mode. Each file begins at "
		     "a multiple of 0x1000. " ENCRYPT_DETAILS },
	{ OPT_LIST(0, "encrypt-files", "PAIRS", WB, encrypt_files,
		   "let the chip encrypt these: ADDRESS FILE ADDRESS FILE"),
	  .flags = OPT_WORDS | OPT_EATS | OPT_FOR_PLACES, .complete = OPT_COMPLETE_FILE,
	  .details =
		  "Takes all words up to the next option. Other files are written as they are." },
	{ OPT_FLAG(0, "force", WB, force,
		   "write even content that would not start or could make the board unusable"),
	  .details =
		  "Files are inspected: without this option, images for another chip or revision, "
		  "damaged images, and files that can't belong at their address are refused." },
	{ OPT_FLAG(0, "require-start", WB, require_start,
		   "fail unless there is proof that the app runs"),
	  .conflicts = "no-listen, monitor, after=no-reset|no-reset-no-stub",
	  .details = REQUIRE_DETAILS },
	{ OPT_FLAG(0, "boot", WB, boot,
		   "make the bootloader start the app that is written: changes otadata"),
	  .details = BOOT_DETAILS },
	OPT_END,
};
const struct opt_group opts_write_bin = { "Options", write_bin_opts };

static const struct opt run_opts[] = {
	{ OPT_FLAG(0, "require-start", struct lines_args, require_start,
		   "fail unless there is proof that the app runs"),
	  .details = REQUIRE_DETAILS },
	OPT_END,
};
const struct opt_group opts_run = { "Options", run_opts };

#define OT struct ota_args
static const struct opt_choice ota_actions[] = {
	{ "show", OTA_SHOW }, { "switch", OTA_SWITCH }, { "erase", OTA_ERASE }, { NULL, 0 }
};
static const struct opt ota_opts[] = {
	{ OPT_CHOICE(0, "action", "ACTION", OT, action, ota_actions, "what to do"),
	  .flags = OPT_ARG, .def = "show" },
	{ OPT_STRING(0, "label", "LABEL", OT, label, "partition to switch to"), .flags = OPT_ARG,
	  .details = "Its name, or the name of its subtype: ota_1, factory." },
	{ OPT_FLAG(0, "check", OT, check, "read every app whole, and check it"),
	  .details = "Else only the first bytes of each app are read." },
	{ OPT_FLAG(0, "force", OT, force,
		   "switch even if the partition has no app that can start") },
	OPT_END,
};
const struct opt_group opts_ota = { "Options", ota_opts };

static const struct opt hold_opts[] = {
	{ OPT_U32(0, "for", "SECONDS", struct hold_args, seconds, 0, 86400 * 365,
		  "release the chip after this time"),
	  .details = "Default: hold until Ctrl-C." },
	OPT_END,
};
const struct opt_group opts_hold = { "Options", hold_opts };

#define PT struct partition_table_args
static const struct opt partition_table_opts[] = {
	{ OPT_FILE(0, "file", "FILE", PT, file, "partition table, CSV or binary"),
	  .flags = OPT_ARG | OPT_REQUIRED },
	{ OPT_FILE('o', "output", "FILE", PT, output, "file to write instead of standard output"),
	  .flags = OPT_COMMON | OPT_WRITES, .needs = "to-binary, to-csv" },
	{ OPT_FLAG(0, "to-binary", PT, to_binary, "convert to the binary form"),
	  .flags = OPT_COMMON, .conflicts = "to-csv, json" },
	{ OPT_FLAG(0, "to-csv", PT, to_csv, "convert to CSV"), .flags = OPT_COMMON,
	  .conflicts = "json" },
	{ OPT_CHOICE('s', "flash-size", "SIZE", PT, flash_size, opt_flash_sizes,
		     "check that all partitions lie within this flash") },
	{ OPT_U32(0, "partition-table-offset", "OFFSET", PT, offset, 0x1000, UINT32_MAX,
		  "where the table will be: partitions without an offset follow it"),
	  .def = "0x8000" },
	BOOTLOADER_ROWS(PT, 0),
	OPT_END,
};
const struct opt_group opts_partition_table = { "Options", partition_table_opts };

#define LP struct list_ports_args
static const struct opt list_ports_opts[] = {
	{ OPT_FLAG('a', "list-all-ports", LP, all, "list all ports, not only known boards") },
	{ OPT_FLAG('n', "name-only", LP, name_only, "print nothing but names"),
	  .conflicts = "json" },
	OPT_END,
};
const struct opt_group opts_list_ports = { "Options", list_ports_opts };

static const struct opt completions_opts[] = {
	{ OPT_CHOICE(0, "shell", "SHELL", struct completions_args, shell, shells,
		     "shell that the script is for"),
	  .flags = OPT_ARG | OPT_REQUIRED },
	OPT_END,
};
const struct opt_group opts_completions = { "Options", completions_opts };

static const struct opt help_opts[] = {
	{ OPT_STRING(0, "command", "COMMAND", struct help_args, command, "command to explain"),
	  .complete = OPT_COMPLETE_COMMAND, .flags = OPT_ARG },
	OPT_END,
};
const struct opt_group opts_help = { "Options", help_opts };

static const struct opt complete_opts[] = {
	{ OPT_STRING(0, "what", "WHAT", struct complete_args, what, "port or command"),
	  .flags = OPT_ARG | OPT_REQUIRED },
	OPT_END,
};
const struct opt_group opts_complete = { "Options", complete_opts };
