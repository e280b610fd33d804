/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Reads a chip's console: bytes become lines, and lines become typed events.
 *
 * A mask ROM, a second-stage bootloader, an application and its crash handler
 * share one console. This reader tells them apart: by their words, which are
 * tables (src/console/words_*.c), and by the order in which they can come. An
 * application that only mentions a reset or a crash is not taken for one. The
 * reader does no I/O, allocates nothing, and works on any bytes.
 */
#ifndef ESPFLASH_CONSOLE_H
#define ESPFLASH_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <espflash/api.h>

EF_API_BEGIN

/** The kind of program that prints. */
enum ef_console_stage {
	EF_CONSOLE_UNKNOWN, /**< not known yet */
	EF_CONSOLE_ROM,
	EF_CONSOLE_LOADER, /**< the second-stage bootloader */
	EF_CONSOLE_APP,
};

enum ef_console_kind {
	EF_CONSOLE_EMPTY, /**< a line without text */
	EF_CONSOLE_NOISE, /**< a line that is not text */
	/** any other line; `stage`: the program that may have printed it */
	EF_CONSOLE_TEXT,
	EF_CONSOLE_GREETING,    /**< the ROM's first line; `text`: the part that names the chip */
	EF_CONSOLE_RESET,       /**< the ROM's banner: `reset`, `straps`, `mode` */
	EF_CONSOLE_ROM_LINE,    /**< an ordinary line of the ROM */
	EF_CONSOLE_LOAD,        /**< the ROM loads a segment of an image */
	EF_CONSOLE_ENTRY,       /**< the ROM starts what it loaded */
	EF_CONSOLE_GOES_ON,     /**< the ROM or bootloader goes on in spite of the failure before */
	EF_CONSOLE_WAITS,       /**< the ROM waits for a host */
	EF_CONSOLE_FAILURE,     /**< the ROM or bootloader can't start something; `is_final` */
	EF_CONSOLE_LOADER_ON,   /**< a bootloader introduces itself; `text`: its version */
	EF_CONSOLE_LOADER_LINE, /**< an ordinary line of a bootloader */
	EF_CONSOLE_PARTITION,   /**< a row of the table; `text`: its label, `offset` */
	EF_CONSOLE_LOADED,      /**< the bootloader starts the app at `offset` */
	EF_CONSOLE_APP_LINE,    /**< a line that only a starting application prints */
	EF_CONSOLE_PROJECT,     /**< the app's project name; `text` */
	EF_CONSOLE_VERSION,     /**< the app's version; `text` */
	EF_CONSOLE_ELF_HASH,    /**< the first digits of the SHA-256 of the app's ELF; `text` */
	EF_CONSOLE_CRASH,       /**< the first line of a crash, `what` */
	EF_CONSOLE_CRASH_PART,  /**< registers, stack or backtrace of a crash */
	EF_CONSOLE_CRASH_END,   /**< the last line of a crash: the chip restarts or halts */
};

/** What a ROM's banner says about its straps. */
enum ef_console_mode {
	EF_CONSOLE_MODE_UNKNOWN,
	EF_CONSOLE_MODE_FLASH,
	EF_CONSOLE_MODE_DOWNLOAD,
	EF_CONSOLE_MODE_OTHER, /**< neither: a test mode, or another way to boot */
};

/** What the reason of a reset says about the time before it. */
enum ef_console_cause {
	EF_CONSOLE_CAUSE_NONE, /**< nothing went wrong, or a tool asked for the reset */
	EF_CONSOLE_CAUSE_BROWNOUT,
	EF_CONSOLE_CAUSE_LOCKUP,
	EF_CONSOLE_CAUSE_WATCHDOG,
	EF_CONSOLE_CAUSE_WAKE_UP, /**< from deep sleep */
};

/** How a crash came about. */
enum ef_console_crash {
	EF_CONSOLE_PANIC, /**< an exception, an abort or a failed check */
	EF_CONSOLE_BROWNOUT,
	EF_CONSOLE_WATCHDOG,
};

#define EF_CONSOLE_TEXT_SIZE 65

struct ef_console_event {
	enum ef_console_kind kind;
	enum ef_console_stage stage;
	/** FAILURE: this boot ends here. Otherwise another slot or another try may follow. */
	bool is_final;
	/** GREETING: the ROM of an older family, which this library can't flash */
	bool is_unsupported;
	bool is_erased; /**< FAILURE: the ROM read erased flash */
	/** CRASH: only a heading. The next line says what happened. */
	bool is_heading;
	enum ef_console_mode mode;
	enum ef_console_cause cause; /**< RESET */
	bool has_reset;              /**< RESET: the line has the number of the reason */
	bool has_straps;             /**< RESET: the line has the number of the straps */
	uint32_t reset, straps, offset;
	enum ef_console_crash what;
	const char *source; /**< the program that prints such lines: "ESP-IDF"; "": unknown */
	char text[EF_CONSOLE_TEXT_SIZE]; /**< "" when there is none */
};

/**
 * Classify one line by its words alone, as if any stage could have printed it. len
 * bytes without the line end and without escape sequences.
 */
void ef_console_classify(const char *line, size_t len, struct ef_console_event *ret);

/* ---- in order ---- */

/** Longer lines are cut here, and the rest of them is ignored. */
#define EF_CONSOLE_LINE_MAX 512

/** A reader; initialise with zeros. Only its functions change it. */
struct ef_console {
	enum ef_console_stage stage;
	bool has_load;     /**< this boot: the ROM loaded segments */
	bool has_entry;    /**< this boot: the ROM started what it had loaded */
	bool names_offset; /**< this boot: the bootloader is one that names the app's offset */
	bool is_loaded;    /**< this boot: the bootloader has named it */
	bool is_ended;     /**< this boot: a final failure or a crash; nothing else starts now */
	bool is_mcuboot;   /**< this boot: the bootloader is MCUboot */
	size_t len;
	char line[EF_CONSOLE_LINE_MAX];
};

/** Judge one whole line, as ef_console_classify, in the order in which lines came. */
void ef_console_line(struct ef_console *c, const char *line, size_t len,
		     struct ef_console_event *ret);

/**
 * Do the second half of ef_console_line: correct what ef_console_classify made of the line by the
 * order in which lines came.
 */
void ef_console_place(struct ef_console *c, const char *line, size_t len,
		      struct ef_console_event *event);

/** Receives one whole line, without escape sequences and unprintable bytes at its ends. */
typedef void ef_console_sink(void *user, const char *line, size_t len,
			     const struct ef_console_event *event);
/** Take bytes as they come; the sink gets each line that they complete. */
void ef_console_feed(struct ef_console *c, const void *data, size_t len, ef_console_sink *sink,
		     void *user);

/* ---- rates ---- */

/** Rates at which consoles talk, the likeliest first; ends with 0. */
extern const uint32_t ef_console_rates[];
/** Return whether the received bytes are text throughout. False for very few bytes. */
bool ef_console_is_text(const void *data, size_t len);
/**
 * Return whether so many of the bytes are not text that the rate may be wrong. False for very few
 * bytes.
 */
bool ef_console_is_garbage(const void *data, size_t len);

/* ---- log lines ---- */

struct ef_console_log {
	char level;      /**< E, W, I, D, V; 0: not a log line */
	const char *tag; /**< in the text */
	size_t tag_len;  /**< 0: no tag */
	size_t at;       /**< where the message begins */
};

/**
 * Parse ESP-IDF's "I (1234) wifi: text" (the time may be another, or missing) and
 * esp-println's "INFO - text". text has no escape sequences.
 */
void ef_console_log_line(const char *text, size_t len, struct ef_console_log *ret);

EF_API_END
#endif
