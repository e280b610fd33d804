/* SPDX-License-Identifier: MIT */
/*
 * The connection options: port, rate, resets, timeouts. Names, letters and values
 * are espflash's; --connect-attempts and the grammar of reset sequences are
 * esptool's.
 */
#include "cli/table/options.h"

#include "cli/table/args.h"
#include <espflash/flasher.h>

const struct opt_choice opts_befores[] = {
	{ "default-reset", EF_BEFORE_DEFAULT_RESET },
	{ "no-reset", EF_BEFORE_NO_RESET },
	{ "no-reset-no-sync", EF_BEFORE_NO_RESET_NO_SYNC },
	{ "usb-reset", EF_BEFORE_USB_RESET },
	{ NULL, 0 },
};
const struct opt_choice opts_afters[] = {
	{ "hard-reset", EF_AFTER_HARD_RESET },
	{ "no-reset", EF_AFTER_NO_RESET },
	{ "no-reset-no-stub", EF_AFTER_NO_RESET_NO_STUB },
	{ "watchdog-reset", EF_AFTER_WATCHDOG_RESET },
	{ NULL, 0 },
};

#define C struct connect_args
static const struct opt connect_opts[] = {
	{ OPT_STRING('p', "port", "PORT", C, port, "serial port, or URL of one"),
	  .flags = OPT_COMMON, .complete = OPT_COMPLETE_PORT, .env = "ESPFLASH_PORT",
	  .config = "connection.serial",
	  .details = "A device path, socket://HOST:PORT (raw TCP), rfc2217://HOST:PORT "
		     "(serial over telnet), or the one USB port with serial=NUMBER, "
		     "vid:pid=303a:1001 or location=1-2.3. Without it: the only connected "
		     "board that is known." },
	{ OPT_U32('B', "baud", "BAUD", C, baud, 1, 20000000, "baud rate for flashing, or auto"),
	  .flags = OPT_COMMON, .env = "ESPFLASH_BAUD", .config = "baudrate", .def = "auto",
	  .details = "The connection starts at 115200, and falls back to it when the chip "
		     "can't be heard at the new rate. With auto it takes the highest rate that "
		     "the USB bridge is known for (460800 when it is unknown), tests it, steps "
		     "down when a byte gets lost, and up again when the line has been good for a "
		     "while, and remembers what worked for the device. In espflash.toml: "
		     "baudrate = 460800, or baudrate = \"auto\"." },
	{ OPT_CHIP('c', "chip", "CHIP", C, chip, "chip that must be connected"),
	  .flags = OPT_COMMON, .config = "chip" },
	{ OPT_CHOICE('b', "before", "BEFORE", C, before, opts_befores,
		     "how to get the chip into download mode"),
	  .def = "default-reset", .config = "before" },
	{ OPT_CHOICE('a', "after", "AFTER", C, after, opts_afters,
		     "what to do with the chip when done"),
	  .flags = OPT_COMMON, .def = "hard-reset", .config = "after" },
	{ OPT_FLAG(0, "no-stub", C, no_stub, "use the ROM loader and load no flasher stub"),
	  .config = "no_stub" },
	{ OPT_FILE(0, "stub", "FILE", C, stub, "flasher stub to load, in esptool's JSON form"),
	  .conflicts = "no-stub", .config = "stub" },
	{ OPT_FLAG(0, "confirm-port", C, confirm_port, "ask before using the only known board"),
	  .config = "connection.confirm_port", .idle = "port" },
	{ OPT_FLAG(0, "list-all-ports", C, list_all_ports, "choose among all ports, not only USB"),
	  .config = "connection.list_all_ports", .idle = "port" },
	{ OPT_FLAG(0, "non-interactive", C, non_interactive, "never ask anything"),
	  .config = "non_interactive" },
	{ OPT_U32(0, "connect-attempts", "N", C, connect_attempts, 1, 10000,
		  "resets to try before giving up"),
	  .config = "connection.attempts", .details = "Default: 7.",
	  .idle = "before=no-reset-no-sync" },
	{ OPT_U32(0, "connect-timeout", "SECONDS", C, connect_timeout, 1, 86400,
		  "time limit until a chip answers"),
	  .config = "connection.timeout", .details = "Default: 10, or more with more attempts." },
	{ OPT_U32(0, "wait", "SECONDS", C, wait, 0, 86400,
		  "wait for a board that is connected later"),
	  .bare = "0",
	  .details = "Wait for the port to appear and for the chip to answer: 30 seconds with "
		     "--wait=30, forever without a number. This includes waiting for the user to "
		     "press BOOT and RESET." },
	{ OPT_STRING(0, "reset-sequence", "SEQUENCE", C, reset_sequence,
		     "how to move DTR and RTS for download mode"),
	  .config = "connection.reset_sequence",
	  .details = "In esptool's form: D0|R1|W0.1|D1|R0|W0.05|D0. D and R set DTR and RTS, "
		     "U1,0 both at once, W waits for seconds. Without it, "
		     "custom_reset_sequence of esptool's own configuration file is used.",
	  .idle = "before=no-reset|no-reset-no-sync" },
	{ OPT_U32(0, "reset-delay", "MS", C, reset_delay, 0, 10000,
		  "how long BOOT stays low after a reset, in milliseconds"),
	  .config = "connection.reset_delay", .details = "Default: 50, then 500 and 1000 in turn.",
	  .idle = "reset-sequence, before=no-reset|no-reset-no-sync|usb-reset" },
	{ OPT_FLAG(0, "invert-dtr", C, invert_dtr, "DTR goes through an inverter on this board"),
	  .config = "connection.invert_dtr" },
	{ OPT_FLAG(0, "invert-rts", C, invert_rts, "RTS goes through an inverter on this board"),
	  .config = "connection.invert_rts" },
	{ OPT_FLAG(0, "no-remember", C, no_remember,
		   "do not remember which reset worked for this device"),
	  .config = "connection.no_remember",
	  .idle = "reset-sequence, before=no-reset|no-reset-no-sync",
	  .details = "Otherwise $XDG_STATE_HOME/espflash-c/connect (~/.local/state) has a line for "
		     "each USB serial number, and that reset is tried first." },
	{ .name = NULL },
};
const struct opt_group opts_connect = { "Connection options", connect_opts };
