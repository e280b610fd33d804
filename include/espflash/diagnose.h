/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Finds out why connecting failed. While it connects, the flasher records what it did and what it
 * received (`struct ef_evidence`). ef_diagnose is a pure function from that record to one verdict.
 * A verdict needs evidence: where two causes look the same, the more general one is given.
 */
#ifndef ESPFLASH_DIAGNOSE_H
#define ESPFLASH_DIAGNOSE_H

#include <espflash/reset.h>
#include <espflash/rom.h>

EF_API_BEGIN

enum ef_verdict {
	EF_VERDICT_NONE,       /**< nothing is known */
	EF_VERDICT_SILENT,     /**< no byte arrived after any reset, and hardly one before */
	EF_VERDICT_PORT_FLAPS, /**< the port disappears and comes back by itself */
	EF_VERDICT_USB_BUSY,   /**< the firmware uses the chip's own USB port */
	/** the chip printed "waiting for download" but no SYNC reached it */
	EF_VERDICT_NO_SYNC_REPLY,
	/** the resets work, but the ROM boots from flash: IO0 was not low when EN rose */
	EF_VERDICT_FLASH_BOOT,
	EF_VERDICT_EMPTY_FLASH, /**< the same, and the flash is empty */
	/** boots from flash were heard, but not after each reset: their cause isn't known */
	EF_VERDICT_OTHER_STARTS,
	EF_VERDICT_BOOT_MODE, /**< the strapping pins chose another boot mode */
	EF_VERDICT_BROWNOUT,  /**< the ROM reports that the supply fell too low */
	EF_VERDICT_WATCHDOG,  /**< the chip restarts again and again without being reset */
	/** the chip reaches download mode, and a watchdog ends it again and again */
	EF_VERDICT_DOWNLOAD_RESTARTS,
	/** an application prints on through every reset: DTR and RTS are not connected */
	EF_VERDICT_APP_UNAFFECTED,
	EF_VERDICT_ECHO,       /**< the bytes sent came back, perhaps with a chip's answers */
	EF_VERDICT_OTHER_RATE, /**< the ROM's log is readable at another rate: a wrong crystal */
	EF_VERDICT_GARBAGE,    /**< the bytes received are neither text nor frames */
	EF_VERDICT_ESP8266,    /**< the boot log is an ESP8266's, which is not supported */
	/* The chip is connected: */
	EF_VERDICT_STUB_REFUSED,    /**< writes to RAM arrive damaged */
	EF_VERDICT_NO_FLASH,        /**< the flash id reads 000000 or ffffff */
	EF_VERDICT_SECURE_DOWNLOAD, /**< secure download mode: no registers, no stub */
	EF_VERDICT_WRONG_CHIP,      /**< the chip is not the one that the caller demands */
	EF_VERDICT_COUNT
};

/**
 * What the library states about a verdict. The program words the remedy: an error with a verdict
 * carries EF_HINT_VERDICT.
 */
struct ef_verdict_info {
	enum ef_verdict verdict;
	enum ef_code code;         /**< the code of an error with this verdict */
	const char *name;          /**< "flash-boot": for machines, never changes */
	const char *what;          /**< after "cannot connect on 'PORT': " */
	const char *what_no_lines; /**< ... where the port has no DTR and RTS; NULL: the same */
	const char *seen;          /**< before the quoted evidence; NULL: there is none to quote */
};
/** Never NULL; an unknown verdict counts as EF_VERDICT_NONE. */
const struct ef_verdict_info *ef_verdict_info(enum ef_verdict verdict);

/**
 * One attempt to connect: a reset (or none) and the SYNCs after it. The
 * record keeps at most EF_ATTEMPTS_MAX of them, and EF_ATTEMPT_HEAD bytes each.
 */
#define EF_ATTEMPTS_MAX 24
#define EF_ATTEMPT_HEAD 48
struct ef_attempt {
	char strategy[32]; /**< name of the reset sequence; "" without a reset */
	uint32_t rate_hz;
	uint64_t start_us; /**< microseconds since connecting began */
	uint64_t took_us;
	uint64_t first_us;             /**< from the start to the first byte; 0: no byte arrived */
	uint64_t bytes;                /**< received */
	unsigned syncs;                /**< SYNC requests sent */
	enum ef_verdict seen;          /**< the verdict on these bytes alone */
	uint8_t head[EF_ATTEMPT_HEAD]; /**< the first bytes received */
	uint8_t head_len;
	bool has_repeated; /**< the same head arrived again later in this attempt */
};

/** How often certain lines stood in the ROM's logs of all attempts. */
struct ef_boot_counts {
	unsigned starts, software, watchdog, power; /**< "rst:" lines, by enum ef_rst_kind */
	unsigned download_restarts;                 /**< resets by a watchdog into download mode */
	unsigned empty;                             /**< "invalid header: 0xffffffff" */
	unsigned downloads;                         /**< "waiting for download" */
};

/** How the chip and the wires reacted to what was done. */
struct ef_reactions {
	unsigned garbled;  /**< resets after which all was garbage, perhaps by the rate */
	unsigned restarts; /**< resets that were followed by a start of the chip */
	unsigned unnamed;  /**< starts among them whose reason no line names: the ROM is muted */
	/** attempts in which a chip in download mode left several SYNCs unanswered */
	unsigned deaf_attempts;
	unsigned echoes; /**< SYNCs that came back themselves */
	bool is_joined;  /**< a SYNC came back and was answered, too */
	/** bytes that came before the first reset, during one, or in other frames */
	uint64_t stray_bytes;
};

/** What was done and what was received: the input of ef_diagnose. */
struct ef_evidence {
	struct ef_rx_log rx;   /**< bytes of the most informative attempt */
	unsigned resets;       /**< resets by DTR and RTS that were carried out */
	unsigned syncs;        /**< SYNC requests sent */
	bool has_lines;        /**< the port has DTR and RTS, and the session may reset */
	bool is_kept;          /**< the port has them, but the caller forbids resets */
	bool is_native_usb;    /**< the port is the chip's own USB */
	unsigned port_losses;  /**< how often the port disappeared */
	unsigned port_flaps;   /**< how many of them no reset caused */
	bool was_answered;     /**< SYNC was answered, nothing after it; boots and rx follow it */
	unsigned write_stalls; /**< SYNCs that could not be written: the chip leaves them unread */
	bool was_held;         /**< after all attempts EN was held low for a while */
	uint64_t held_bytes;   /**< bytes that arrived during that time */
	uint32_t text_rate_hz; /**< the rate at which rx was received; 0: 115200 */
	struct ef_boot_counts boots;
	struct ef_reactions reactions;
	struct ef_attempt attempt[EF_ATTEMPTS_MAX]; /**< the first ones, and the last one */
	unsigned attempts;                          /**< made; may be more than the record keeps */
	uint64_t took_us;                           /**< from the first attempt to the verdict */
};

/** How connecting went: see ef_connect_opts.report. */
struct ef_connect_report {
	enum ef_verdict verdict; /**< EF_VERDICT_NONE when it connected */
	char strategy[24];       /**< the reset sequence that worked; "" when none was needed */
	bool is_inverted;        /**< it worked with both lines inverted */
	struct ef_evidence evidence;
};

/** Return the one verdict that the evidence supports; a pure function. */
enum ef_verdict ef_diagnose(const struct ef_evidence *ev);
/**
 * Quote the evidence: the line of the log (or the bytes) that decided, and what
 * its numbers mean on this chip ("GPIO9 low, GPIO8 low"). "" when there is none.
 */
#define EF_QUOTE_SIZE   120
#define EF_MEANING_SIZE 160
void ef_diagnose_quote(const struct ef_evidence *ev, char ret[EF_QUOTE_SIZE],
		       char ret_meaning[EF_MEANING_SIZE]);
/** Fill err with the verdict, the quoted evidence and EF_HINT_VERDICT. Always false. */
bool ef_diagnose_fail(const struct ef_evidence *ev, const char *port_name, struct ef_err *err);

/** Return the verdict on one log alone, whatever was done. */
enum ef_verdict ef_diagnose_log(const struct ef_rx_log *rx);
/** Add the boot lines in this text to counts. */
void ef_boot_count(const uint8_t *text, size_t len, struct ef_boot_counts *counts);

EF_API_END
#endif
