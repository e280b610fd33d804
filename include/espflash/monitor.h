/* SPDX-License-Identifier: MIT */
/**
 * @file
 * A serial monitor on an open port: what the chip says, as lines with times
 * and colours, filtered and decoded; what is typed, to the chip; and an end
 * that a script can ask for.
 */
#ifndef ESPFLASH_MONITOR_H
#define ESPFLASH_MONITOR_H

#include <espflash/defmt.h>
#include <espflash/port.h>
#include <espflash/symbols.h>

#ifdef __cplusplus
extern "C" {
#endif

enum ef_stamp {
	EF_STAMP_NONE,
	EF_STAMP_WALL,    /**< date and time of the host, with milliseconds */
	EF_STAMP_ELAPSED, /**< seconds since the monitor began */
	EF_STAMP_DELTA,   /**< seconds since the line before */
};

/**
 * What Enter sends. DEFAULT: CR from a terminal, and what comes from a pipe
 * goes as it is; the others stand for the line ends of a pipe, too.
 */
enum ef_eol { EF_EOL_DEFAULT, EF_EOL_CR, EF_EOL_LF, EF_EOL_CRLF };

/** Whether a panic or a boot loop ends the monitor. */
enum ef_on_panic {
	EF_ON_PANIC_AUTO, /**< yes when until, fail or a time-out was given */
	EF_ON_PANIC_EXIT,
	EF_ON_PANIC_GO_ON,
};

enum ef_monitor_event_kind {
	EF_MONITOR_TEXT,      /**< a complete line of plain text */
	EF_MONITOR_RECORD,    /**< a defmt message */
	EF_MONITOR_DECODED,   /**< a line that explains the one before (function and source line) */
	EF_MONITOR_PROBLEM,   /**< a defmt frame that can't be decoded */
	EF_MONITOR_RESET,     /**< the ROM says why it starts */
	EF_MONITOR_PANIC,     /**< the first line of a crash */
	EF_MONITOR_BOOT_LOOP, /**< text: how often in how long */
	EF_MONITOR_DISCONNECT, /**< the port went away */
	EF_MONITOR_RECONNECT,  /**< it is back */
	EF_MONITOR_LENT,       /**< another program uses the port now */
	EF_MONITOR_RETURNED,   /**< and doesn't any more */
	EF_MONITOR_NOTE,       /**< something else that the user should know */
	EF_MONITOR_END,        /**< text: why, or "": the user left; code: what is returned */
};

struct ef_monitor_event {
	enum ef_monitor_event_kind kind;
	uint64_t time_us;                     /**< since the monitor began */
	const char *text;                     /**< cleaned; valid during the call only */
	char level;                           /**< E W I D V of a log line, 0: none */
	const char *tag;                      /**< of a log line; "" none */
	const struct ef_defmt_record *record; /**< of RECORD; else NULL */
	enum ef_code code;                    /**< of END, and of BOOT_LOOP when it is the end */
};

/** "text", "record", "reset"...: as --json names them. Never NULL. */
const char *ef_monitor_event_name(enum ef_monitor_event_kind kind);

#define EF_MONITOR_KEYS_MAX 4

/** Control characters (1 to 31, 127) that are commands on a terminal; 0 ends a list. */
struct ef_monitor_keys {
	char exit[EF_MONITOR_KEYS_MAX];   /**< leave */
	char reset[EF_MONITOR_KEYS_MAX];  /**< restart the app */
	char loader[EF_MONITOR_KEYS_MAX]; /**< restart into the ROM loader */
	char menu[EF_MONITOR_KEYS_MAX];   /**< the next key is a command, or sent if it isn't */
};

/**
 * "ctrl-c", "^]", several with commas, or "none". Errors: USAGE, naming the word.
 */
bool ef_monitor_keys_parse(const char *text, char ret[EF_MONITOR_KEYS_MAX],
			   struct ef_err *err) EF_MUST_CHECK;

struct ef_monitor;

struct ef_monitor_opts {
	int in_fd;  /**< keyboard; -1: none */
	int out_fd; /**< where the chip's text goes; -1: nowhere (events tell) */
	const volatile sig_atomic_t *interrupt; /**< end when non-zero; NULL */
	bool is_quiet;                          /**< do not show the key help */

	/* the picture */
	bool has_color;            /**< log lines without colour get one by their level */
	bool is_ascii;             /**< a terminal that isn't one of UTF-8: '?' for the rest */
	enum ef_stamp stamp;       /**< before each line */
	const char *filter;        /**< "*:I,wifi:D"; NULL: everything */
	int log_fd;                /**< a copy goes here; -1: none */
	bool is_log_raw;           /**< the copy is what the chip sent, byte by byte */
	uint64_t (*wall_us)(void); /**< microseconds since 1970; NULL: the system's clock */

	/* the end */
	const char *const *until; /**< extended regular expressions: success */
	size_t until_count;
	const char *const *fail; /**< FAIL_SEEN */
	size_t fail_count;
	uint32_t timeout_ms; /**< TIME_UP; 0: never */
	enum ef_on_panic on_panic;
	uint32_t loop_resets;  /**< so many resets... 0: boot loops are not looked for */
	uint32_t loop_time_ms; /**< ...in this time are a boot loop */

	/* keys */
	const struct ef_monitor_keys *keys; /**< NULL: Ctrl-C and Ctrl-], Ctrl-R, none, Ctrl-T */
	enum ef_eol eol;
	bool has_echo; /**< what is typed is shown, too */

	/* the port */
	bool no_reconnect; /**< a port that goes away is the end */

	/* decoding; borrowed */
	const struct ef_decoder_opts *decoder; /**< NULL: none */
	struct ef_defmt *defmt;                /**< NULL: the chip sends plain text */
	const struct ef_defmt_format *defmt_format;
	/** Shell command lines through which the chip's bytes go, in order. */
	const char *const *processors;
	size_t processor_count;
	const char *processor_arg; /**< added to each; NULL: nothing */

	/** NULL: none. Called from within ef_monitor_run. */
	void (*event)(void *user, const struct ef_monitor_event *event);
	/** Called about every 20 ms; may call ef_monitor_set_port. NULL: none. */
	void (*idle)(void *user, struct ef_monitor *monitor);
	void *user;
};

#define EF_MONITOR_OPTS_INIT                                                                       \
	{                                                                                          \
		.in_fd = -1, .out_fd = -1, .log_fd = -1                                            \
	}

/** What can be wrong with the options before a port is open. Errors: USAGE. */
bool ef_monitor_check(const struct ef_monitor_opts *opts, struct ef_err *err) EF_MUST_CHECK;

/**
 * Copy what the chip says to out_fd and what is typed to the chip. On a
 * terminal: raw mode, restored on every way out and while stopped. Ends with
 * success on the exit key, when until is seen, on the end of out_fd's reader,
 * or interrupt. Errors: USAGE (as ef_monitor_check), PORT (the port went away
 * for good), FAIL_SEEN, PANIC, BOOT_LOOP, TIME_UP, IO.
 */
bool ef_monitor_run(struct ef_port *port, const struct ef_monitor_opts *opts,
		    struct ef_err *err) EF_MUST_CHECK;

/**
 * Only from within idle. NULL: the port was closed, because another program
 * needs it; the monitor goes on listening to the keyboard alone. Not NULL:
 * the port to go on with.
 */
void ef_monitor_set_port(struct ef_monitor *monitor, struct ef_port *port);

/** Only from within idle: leave, as with the exit key. */
void ef_monitor_leave(struct ef_monitor *monitor);

/**
 * Only from within idle: from now on the log is decoded with these instead of those of the
 * options, which aren't used any more. NULLs as there. Errors: IO, and nothing has changed.
 */
bool ef_monitor_set_decoding(struct ef_monitor *monitor, const struct ef_decoder_opts *decoder,
			     struct ef_defmt *defmt, const struct ef_defmt_format *format,
			     struct ef_err *err) EF_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
