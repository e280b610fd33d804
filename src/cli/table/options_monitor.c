/* SPDX-License-Identifier: MIT */
/*
 * The options of the monitor, shared by the commands that can open one. The first
 * ten are espflash's.
 */
#include "cli/table/options.h"

#include "cli/table/args.h"
#include <espflash/monitor.h>

static const struct opt_choice log_formats[] = {
	{ "defmt", LOG_FORMAT_DEFMT },
	{ "serial", LOG_FORMAT_SERIAL },
	{ NULL, 0 },
};
static const struct opt_choice stamps[] = {
	{ "none", EF_STAMP_NONE },
	{ "wall", EF_STAMP_WALL },
	{ "elapsed", EF_STAMP_ELAPSED },
	{ "delta", EF_STAMP_DELTA },
	{ NULL, 0 },
};
static const struct opt_choice eols[] = {
	{ "cr", EF_EOL_CR },
	{ "lf", EF_EOL_LF },
	{ "crlf", EF_EOL_CRLF },
	{ NULL, 0 },
};
static const struct opt_choice on_panics[] = {
	{ "auto", EF_ON_PANIC_AUTO },
	{ "exit", EF_ON_PANIC_EXIT },
	{ "continue", EF_ON_PANIC_GO_ON },
	{ NULL, 0 },
};

#define M struct monitor_args
static const struct opt monitor_opts[] = {
	{ OPT_U32('r', "monitor-baud", "MONITOR_BAUD", M, baud, 1, 20000000,
		  "baud rate of the monitor"),
	  .def = "115_200", .env = "MONITOR_BAUD", .config = "monitor.baudrate",
	  .flags = OPT_COMMON, .idle = "!monitor" },
	{ OPT_FLAG(0, "no-reset", M, no_reset, "do not restart the chip for the monitor"),
	  .details = "The command monitor resets the chip unless this is given. After flashing, a "
		     "monitor resets the chip only with --non-interactive and an --after that "
		     "doesn't start the app; this option prevents that, too.",
	  .flags = OPT_COMMON, .idle = "!monitor, monitor&!non-interactive" },
	{ OPT_LIST(0, "elf", "FILE", M, decode.elf, "ELF to take symbols and log messages from"),
	  .flags = OPT_COMMON | OPT_WORDS, .complete = OPT_COMPLETE_FILE,
	  .details = "May be given several times; name the app first. The command flash uses the "
		     "file that it flashes by default.",
	  .idle = "!monitor" },
	{ OPT_LIST(0, "rom-elf", "FILE", M, decode.rom_elf, "ELF to take ROM symbols from"),
	  .flags = OPT_WORDS, .complete = OPT_COMPLETE_FILE, .idle = "!monitor, no-addresses",
	  .details = "Default: the one of the chip's ROM, found by the ROM's first line in "
		     "$ESP_ROM_ELF_DIR, ESP-IDF's tools or an espflash crate." },
	{ OPT_CHOICE('L', "log-format", "LOG_FORMAT", M, decode.log_format, log_formats,
		     "encoding of the chip's output"),
	  .details = "Default: what the ELF says, else serial. defmt needs --elf.",
	  .flags = OPT_COMMON, .idle = "!monitor" },
	{ OPT_STRING('F', "output-format", "OUTPUT_FORMAT", M, decode.output_format,
		     "format of defmt messages"),
	  .config = "monitor.output_format",
	  .details = "oneline (the default), full, or a template in the language of "
		     "defmt-print.",
	  .idle = "!monitor, log-format=serial" },
	{ OPT_LIST(0, "processors", "PROCESSORS", M, show.processors,
		   "external log processors, comma separated"),
	  .details = "Shell commands through which the chip's output goes, in this order, "
		     "before it is shown. The first --elf is added as their last argument.",
	  .idle = "!monitor" },
	{ OPT_FLAG(0, "no-addresses", M, decode.no_addresses, "resolve no addresses"),
	  .conflicts = "all-addresses", .idle = "!monitor" },
	{ OPT_FLAG(0, "all-addresses", M, decode.all_addresses,
		   "resolve even misleading addresses"),
	  .idle = "!monitor" },
	{ OPT_CHOICE(0, "timestamps", "KIND", M, show.stamp, stamps, "a time before each line"),
	  .def = "none", .config = "monitor.timestamps",
	  .details = "wall: date and time; elapsed: since the monitor began; delta: since the "
		     "line before.",
	  .idle = "!monitor" },
	{ OPT_STRING(0, "filter", "RULES", M, show.filter, "show log lines by tag and level"),
	  .config = "monitor.filter",
	  .details = "A list like \"*:I,wifi:D,boot:N\": for each tag the highest level that is "
		     "shown (E, W, I, D, V, or N for nothing); * stands for all other tags. Other "
		     "lines are shown "
		     "unless \"*:N\" is given; a crash is always shown.",
	  .flags = OPT_COMMON, .idle = "!monitor" },
	{ OPT_FILE(0, "save-log", "FILE", M, show.log_file, "append the chip's output to a file"),
	  .config = "monitor.save_log",
	  .details =
		  "All lines with their times and decoded addresses, but no colours; "
		  "--filter does not apply. The key counts only in the user's own configuration.",
	  .flags = OPT_COMMON | OPT_WRITES, .idle = "!monitor" },
	{ OPT_FLAG(0, "save-raw", M, show.log_raw, "save the bytes that the chip sent, unchanged"),
	  .needs = "save-log", .idle = "!monitor" },
	{ OPT_LIST(0, "until", "REGEX", M, end.until, "leave with success when a line matches"),
	  .flags = OPT_WORDS | OPT_COMMON, .conflicts = "until-all, until-seq",
	  .details = "A regular expression (PCRE2), on text without colours. If it is given "
		     "several times, one match is enough. If the monitor is left before that, by "
		     "the user, a signal or the reader of a pipe, the status is not 0 (see exit "
		     "status 15). Opens the monitor by itself, as --fail and --timeout do.",
	  .implies = "monitor" },
	{ OPT_LIST(0, "until-all", "REGEX", M, end.until_all,
		   "leave with success when each of these matched a line"),
	  .flags = OPT_WORDS, .conflicts = "until-seq", .implies = "monitor",
	  .details = "Given several times; the order doesn't matter." },
	{ OPT_LIST(0, "until-seq", "REGEX", M, end.until_seq,
		   "leave with success when these matched, one after the other"),
	  .flags = OPT_WORDS, .implies = "monitor",
	  .details = "Given several times, in the order in which the log must show them. A match "
		     "before its turn doesn't count. Two may match the same line, one "
		     "behind the other." },
	{ OPT_LIST(0, "fail", "REGEX", M, end.fail, "leave with status 11 when a line matches"),
	  .flags = OPT_WORDS, .implies = "monitor" },
	{ OPT_U32(0, "timeout", "SECONDS", M, end.timeout, 1, 4000000,
		  "leave with status 14 after this time"),
	  .flags = OPT_COMMON, .implies = "monitor" },
	{ OPT_CHOICE(0, "on-panic", "WHAT", M, end.on_panic, on_panics,
		     "whether a crash, a boot loop or a failed boot ends the monitor"),
	  .def = "auto", .config = "monitor.on_panic",
	  .details = "With status 12, 13 or 10, after the whole crash was shown. auto: yes with "
		     "--until (-all, -seq), --fail or --timeout.",
	  .idle = "!monitor" },
	{ OPT_U32(0, "boot-loop", "RESETS", M, end.boot_loop, 0, 32,
		  "resets within 30 seconds that count as a boot loop; 0: never"),
	  .def = "5", .config = "monitor.boot_loop", .idle = "!monitor" },
	{ OPT_STRING(0, "exit-key", "KEYS", M, type.exit_key, "keys that leave the monitor"),
	  .def = "ctrl-c,ctrl-]", .config = "monitor.exit_key",
	  .details = "Written ctrl-x or ^X, several with commas; none for none.",
	  .idle = "!monitor" },
	{ OPT_STRING(0, "reset-key", "KEYS", M, type.reset_key, "keys that restart the app"),
	  .def = "ctrl-r", .config = "monitor.reset_key", .idle = "!monitor" },
	{ OPT_STRING(0, "loader-key", "KEYS", M, type.loader_key,
		     "keys that restart the chip into download mode"),
	  .def = "none", .config = "monitor.loader_key", .idle = "!monitor" },
	{ OPT_STRING(0, "menu-key", "KEYS", M, type.menu_key,
		     "keys that make the next letter a command"),
	  .def = "ctrl-t", .config = "monitor.menu_key",
	  .details = "h help, r reset, p download mode, x exit; any other key is sent to the "
		     "chip as it is.",
	  .idle = "!monitor" },
	{ OPT_CHOICE(0, "eol", "EOL", M, type.eol, eols, "what Enter sends"),
	  .config = "monitor.eol",
	  .details = "Default: cr on a terminal; input from a pipe is sent unchanged.",
	  .idle = "!monitor" },
	{ OPT_FLAG(0, "echo", M, type.echo, "echo what is typed"), .config = "monitor.echo",
	  .idle = "!monitor" },
	{ OPT_FLAG(0, "no-reconnect", M, no_reconnect, "leave when the port goes away"),
	  .config = "monitor.no_reconnect",
	  .details = "Otherwise the monitor waits until the same device is back.",
	  .idle = "!monitor" },
	{ .name = NULL },
};
const struct opt_group opts_monitor = { "Monitor options", monitor_opts };
