/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Why a connection failed: what is recorded while connecting, the pure
 * function from that to one verdict, and the table of verdicts.
 */
#ifndef ESPFLASH_DIAGNOSE_H
#define ESPFLASH_DIAGNOSE_H

#include <espflash/reset.h>
#include <espflash/rom.h>

EF_API_BEGIN

enum ef_verdict {
	EF_VERDICT_NONE,       /**< nothing known */
	EF_VERDICT_SILENT,     /**< no byte at all, on any strategy */
	EF_VERDICT_PORT_FLAPS, /**< the port goes and comes by itself */
	EF_VERDICT_USB_BUSY,   /**< native USB: the firmware has the port */
	/** "waiting for download" was printed, SYNC not answered: host TX line */
	EF_VERDICT_NO_SYNC_REPLY,
	EF_VERDICT_FLASH_BOOT,  /**< ROM log in flash-boot mode: IO0 was not low when EN rose */
	EF_VERDICT_EMPTY_FLASH, /**< the same, and there is nothing in flash to boot */
	EF_VERDICT_BOOT_MODE,   /**< ROM log with another strap value */
	EF_VERDICT_BROWNOUT,    /**< ROM log: the supply fell too low */
	EF_VERDICT_WATCHDOG,    /**< ROM logs again and again that no reset of ours caused */
	/** download mode is reached, and a watchdog ends it again and again */
	EF_VERDICT_DOWNLOAD_RESTARTS,
	/** application text that no reset interrupted: lines not wired */
	EF_VERDICT_APP_UNAFFECTED,
	EF_VERDICT_ECHO,       /**< our own bytes came back: TX and RX are tied together */
	EF_VERDICT_OTHER_RATE, /**< the ROM's log is readable at another rate only: crystal */
	EF_VERDICT_GARBAGE,    /**< bytes that are neither text nor frames */
	EF_VERDICT_ESP8266,    /**< the boot log of a chip that is not supported */
	/* Of a chip that was connected. */
	EF_VERDICT_STUB_REFUSED,    /**< what is written to RAM arrives damaged */
	EF_VERDICT_NO_FLASH,        /**< the flash id reads all 00 or ff */
	EF_VERDICT_SECURE_DOWNLOAD, /**< secure download mode: no registers, no stub */
	EF_VERDICT_WRONG_CHIP,      /**< another chip than the one that was named */
	EF_VERDICT_COUNT
};

/**
 * What the library says of a verdict. The remedy is the program's to say: an
 * error with a verdict carries EF_HINT_VERDICT.
 */
struct ef_verdict_info {
	enum ef_verdict verdict;
	enum ef_code code;         /**< the code of an error with this verdict */
	const char *name;          /**< "flash-boot": for machines, never changes */
	const char *what;          /**< after "cannot connect on 'PORT': " */
	const char *what_no_lines; /**< ... where the port has no DTR and RTS; NULL: the same */
	const char *seen;          /**< before the quoted evidence; NULL: there is none to quote */
};
/** Never NULL. */
const struct ef_verdict_info *ef_verdict_info(enum ef_verdict verdict);

/** One reset (or none) and the SYNCs after it. */
#define EF_ATTEMPTS_MAX 24
#define EF_ATTEMPT_HEAD 48
struct ef_attempt {
	char strategy[32]; /**< name of the sequence; "" when no reset was done */
	uint32_t rate_hz;
	uint64_t start_us; /**< since connecting began */
	uint64_t took_us;
	uint64_t first_us; /**< from its start to its first byte; 0: none came */
	uint64_t bytes;
	unsigned syncs;
	enum ef_verdict seen;          /**< what its bytes alone say */
	uint8_t head[EF_ATTEMPT_HEAD]; /**< its first bytes */
	uint8_t head_len;
	bool has_repeated; /**< ... came again later in the same attempt */
};

/** Lines of ROM logs, all attempts together. */
struct ef_boot_counts {
	unsigned starts, software, watchdog, power; /**< by ef_rst_kind */
	unsigned download_restarts;                 /**< ... by a watchdog, into download mode */
	unsigned empty;                             /**< "invalid header: 0xffffffff" */
	unsigned downloads;                         /**< "waiting for download" */
};

/** What was received, with what was done: the input of the classifier. */
struct ef_evidence {
	struct ef_rx_log rx;   /**< of the most telling attempt */
	unsigned resets;       /**< line resets that were really done */
	unsigned syncs;        /**< SYNC requests sent */
	bool has_lines;        /**< ... that may be used for resets */
	bool is_kept;          /**< it has, but the user wants no reset */
	bool is_native_usb;    /**< the port is the chip's own USB */
	unsigned port_losses;  /**< times the port went away */
	unsigned port_flaps;   /**< ... that no reset of ours explains */
	bool was_answered;     /**< SYNC was, and nothing after it; boots and rx are of then */
	unsigned write_stalls; /**< SYNCs that could not be written: nobody reads */
	/** EN was held low after all attempts; the bytes that came meanwhile */
	bool was_held;
	uint64_t held_bytes;
	uint32_t text_rate_hz; /**< another rate, at which rx was received; 0: the usual one */
	struct ef_boot_counts boots;
	struct ef_attempt attempt[EF_ATTEMPTS_MAX]; /**< the first ones and the last */
	unsigned attempts;
	uint64_t took_us;
};

/** How connecting went, for the caller that asks (ef_connect_opts.report). */
struct ef_connect_report {
	enum ef_verdict verdict; /**< NONE when it connected */
	char strategy[24];       /**< what worked; "" when no reset was needed */
	bool is_inverted;        /**< ... with both lines inverted */
	struct ef_evidence evidence;
};

/** A pure function of the evidence. */
enum ef_verdict ef_diagnose(const struct ef_evidence *ev);
/**
 * The evidence in words: the line of the log that decided, or the bytes; what its numbers mean
 * on that chip ("GPIO9 low, GPIO8 low"). Both "" when there is none.
 */
#define EF_QUOTE_SIZE   120
#define EF_MEANING_SIZE 160
void ef_diagnose_quote(const struct ef_evidence *ev, char ret[EF_QUOTE_SIZE],
		       char ret_meaning[EF_MEANING_SIZE]);
/** Fill err with the verdict's words, its evidence and the next step. Always false. */
bool ef_diagnose_fail(const struct ef_evidence *ev, const char *port_name, struct ef_err *err);

/** What one log alone says, and its lines counted. */
enum ef_verdict ef_diagnose_log(const struct ef_rx_log *rx);
void ef_boot_count(const uint8_t *text, size_t len, struct ef_boot_counts *counts);

EF_API_END
#endif
