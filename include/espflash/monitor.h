/* SPDX-License-Identifier: MIT */
/**
 * @file
 * A serial monitor on an open port. It shows what the chip prints as lines,
 * with times and colours, filtered and decoded; it sends what the user types to
 * the chip; and it can end by itself when a line, a crash or a time limit is
 * reached.
 *
 * The functions work on POSIX file descriptors and on one thread. The library
 * prints nothing itself but the chip's text to output.fd and the key help.
 */
#ifndef ESPFLASH_MONITOR_H
#define ESPFLASH_MONITOR_H

#include <espflash/defmt.h>
#include <espflash/port.h>
#include <espflash/symbols.h>

EF_API_BEGIN

/** The time before each line. */
enum ef_stamp {
	EF_STAMP_NONE,
	EF_STAMP_WALL,    /**< date and time of the host, with milliseconds */
	EF_STAMP_ELAPSED, /**< seconds since the monitor began */
	EF_STAMP_DELTA,   /**< seconds since the line before began */
};

/** What Enter sends, and what the line ends of a pipe become. */
enum ef_eol {
	EF_EOL_DEFAULT, /**< Enter sends CR; bytes from a pipe are not changed */
	EF_EOL_CR,
	EF_EOL_LF,
	EF_EOL_CRLF,
};

/** Whether a crash or a boot loop ends the monitor. */
enum ef_on_panic {
	EF_ON_PANIC_AUTO, /**< yes if until, fail or timeout_ms is set */
	EF_ON_PANIC_EXIT,
	EF_ON_PANIC_GO_ON,
};

/** How many of the patterns must be seen. */
enum ef_until_mode {
	EF_UNTIL_ANY, /**< one is enough */
	EF_UNTIL_ALL, /**< each, in any order */
	EF_UNTIL_SEQ, /**< each, in the order given; a match out of turn doesn't count */
};

/* ---- events ---- */

enum ef_monitor_event_kind {
	EF_MONITOR_TEXT,       /**< a complete line of plain text */
	EF_MONITOR_RECORD,     /**< a defmt message */
	EF_MONITOR_DECODED,    /**< a line that explains the one before (function, source line) */
	EF_MONITOR_PROBLEM,    /**< a defmt frame that cannot be decoded */
	EF_MONITOR_RESET,      /**< the chip starts; text: the reason that its ROM prints */
	EF_MONITOR_PANIC,      /**< the first line of a crash */
	EF_MONITOR_BOOT_LOOP,  /**< text: how many resets in how many seconds */
	EF_MONITOR_DISCONNECT, /**< the port went away; text: why */
	EF_MONITOR_RECONNECT,  /**< the port is back */
	EF_MONITOR_LENT,       /**< another program uses the port now */
	EF_MONITOR_RETURNED,   /**< the other program gave the port back */
	EF_MONITOR_NOTE,       /**< something else that the user should know */
	EF_MONITOR_END,        /**< the last event; text: why, "" if the user left; code: result */
};

struct ef_monitor_event {
	enum ef_monitor_event_kind kind;
	uint64_t time_us;                     /**< since the monitor began */
	const char *text;                     /**< cleaned; valid during the call only */
	char level;                           /**< E, W, I, D, V of a log line; 0: none */
	const char *tag;                      /**< the log line's; "": none */
	const struct ef_defmt_record *record; /**< RECORD only, otherwise NULL */
	enum ef_code code;                    /**< END; BOOT_LOOP if it ends the monitor */
	enum ef_hint_id hint;                 /**< PROBLEM only: its remedy. It has no facts. */
	const bool *met; /**< END only: which of ends.until were seen, in their order */
};

/** Return the name of an event in JSON: "text", "record", "reset"... Never NULL. */
const char *ef_monitor_event_name(enum ef_monitor_event_kind kind);

/* ---- keys ---- */

#define EF_MONITOR_KEYS_MAX 4

/**
 * Control characters (1 to 31, 127) that are commands on a terminal. A list
 * with less than EF_MONITOR_KEYS_MAX keys ends with 0.
 */
struct ef_monitor_keys {
	char exit[EF_MONITOR_KEYS_MAX];   /**< end the monitor */
	char reset[EF_MONITOR_KEYS_MAX];  /**< restart the app */
	char loader[EF_MONITOR_KEYS_MAX]; /**< restart into the ROM loader */
	char menu[EF_MONITOR_KEYS_MAX]; /**< the next key is a command, or is sent if it is none */
};

/**
 * Parse a list of keys: "ctrl-c", "^]", several separated by commas, or "none".
 * ret is not changed on failure. Errors: USAGE, naming the word.
 */
bool ef_monitor_keys_parse(const char *text, char ret[EF_MONITOR_KEYS_MAX],
			   struct ef_err *err) EF_MUST_CHECK;

/* ---- options ---- */

/** Where the user types. */
struct ef_monitor_input {
	int fd;                             /**< -1: there is no input */
	const struct ef_monitor_keys *keys; /**< NULL: exit Ctrl-C and Ctrl-], reset Ctrl-R,
					       loader none, menu Ctrl-T */
	enum ef_eol eol;
	bool has_echo; /**< show what is typed */
	bool is_quiet; /**< do not show the key help */
};

/** How the chip's text is shown. */
struct ef_monitor_output {
	int fd;                    /**< -1: do not show it; the events carry it */
	bool has_color;            /**< colour log lines by level unless they have a colour */
	bool is_ascii;             /**< the terminal is not UTF-8: show '?' for other characters */
	enum ef_stamp stamp;       /**< before each line, here and in the log file */
	const char *filter;        /**< "*:I,wifi:D"; NULL: show everything */
	uint64_t (*wall_us)(void); /**< microseconds since 1970; NULL: the system's clock */
};

/** A copy of the chip's text, which no filter applies to. */
struct ef_monitor_log {
	int fd;      /**< -1: no copy */
	bool is_raw; /**< copy the bytes that the chip sent instead of lines of text */
};

/** What ends the monitor, besides the user. Patterns are PCRE2 regular expressions. */
struct ef_monitor_ends {
	const char *const *until; /**< lines match: success */
	size_t until_count;
	enum ef_until_mode until_mode;
	const char *const *fail; /**< a line matches: FAIL_SEEN */
	size_t fail_count;
	uint32_t timeout_ms; /**< TIME_UP after this time; 0: no limit */
	uint32_t spent_ms;   /**< part of that time that passed before the monitor began */
	enum ef_on_panic on_panic;
	uint32_t loop_resets;  /**< this many resets (32 at most)...; 0: do not look for loops */
	uint32_t loop_time_ms; /**< ...within this time are a boot loop */
};

/**
 * What explains the chip's output. Everything is borrowed: it must live until
 * the monitor ends or other decoding is set.
 */
struct ef_monitor_decoding {
	const struct ef_decoder_opts *decoder; /**< NULL: explain no addresses */
	struct ef_defmt *defmt;                /**< NULL: the chip sends plain text */
	const struct ef_defmt_format *format;  /**< how defmt messages are printed */
};

/** Shell commands that the chip's bytes go through, in this order, before they are shown. */
struct ef_monitor_processors {
	const char *const *command;
	size_t count;
	const char *arg; /**< last argument of each; NULL: none */
};

struct ef_monitor;

/** All pointers are borrowed for the whole run. */
struct ef_monitor_opts {
	struct ef_monitor_input input;
	struct ef_monitor_output output;
	struct ef_monitor_log log;
	struct ef_monitor_ends ends;
	struct ef_monitor_decoding decoding;
	struct ef_monitor_processors processors;
	const volatile sig_atomic_t *interrupt; /**< end when it becomes non-zero; NULL: none */
	/** The chip was reset for the monitor, which may do that once more to find its rate. */
	bool may_reset;
	bool no_reconnect; /**< end with PORT when the port goes away */
	/** ef_monitor_run calls this for each event; NULL: there is none. */
	void (*event)(void *user, const struct ef_monitor_event *event);
	/**
	 * ef_monitor_run calls this about every 20 ms; it may call the functions below. NULL: there
	 * is none.
	 */
	void (*idle)(void *user, struct ef_monitor *monitor);
	void *user; /**< first argument of both */
};

#define EF_MONITOR_OPTS_INIT                                                                       \
	{                                                                                          \
		.input = { .fd = -1 }, .output = { .fd = -1 }, .log = {.fd = -1 }                  \
	}

/* ---- running ---- */

/** Check the options without a port. Errors: USAGE, IO (memory). */
bool ef_monitor_check(const struct ef_monitor_opts *opts, struct ef_err *err) EF_MUST_CHECK;

/**
 * Run until something ends the monitor. If input.fd is a terminal, it is in raw
 * mode meanwhile; its mode is restored on return, while the process is stopped,
 * and before a signal ends it.
 *
 * Succeeds when what until asks for was seen. If neither until nor fail
 * is set, it also succeeds when the user presses the exit key, the reader of the
 * output goes away, or interrupt is set; otherwise that is UNMET, and INTR after a
 * signal: the rest of the log is unknown. Other errors: USAGE (see ef_monitor_check), PORT (the
 * port went away and will not come back), FAIL_SEEN, PANIC, BOOT_LOOP, TIME_UP, IO.
 */
bool ef_monitor_run(struct ef_port *port, const struct ef_monitor_opts *opts,
		    struct ef_err *err) EF_MUST_CHECK;

/* ---- only from within idle ---- */

/**
 * Change the port. NULL: another program needs it; the caller may close it once
 * this returns, and the monitor handles only the keyboard until it gets a port
 * again.
 */
void ef_monitor_set_port(struct ef_monitor *monitor, struct ef_port *port);

/** End the monitor as the exit key does. */
void ef_monitor_leave(struct ef_monitor *monitor);

/**
 * Replace the decoding of the options, for instance by that of an ELF that was
 * built anew. The monitor does not use the old one any more once this returns
 * true. Errors: IO; then the old one stays in use.
 */
bool ef_monitor_set_decoding(struct ef_monitor *monitor, const struct ef_monitor_decoding *decoding,
			     struct ef_err *err) EF_MUST_CHECK;

EF_API_END
#endif
