/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Connect to a chip, identify it, write, read, erase, verify, and let it go.
 * What the user should see comes out as events.
 */
#ifndef ESPFLASH_FLASHER_H
#define ESPFLASH_FLASHER_H

#include <espflash/chip.h>
#include <espflash/diagnose.h>
#include <espflash/port.h>
#include <espflash/region.h>
#include <espflash/rom.h>

EF_API_BEGIN

/* ---- events ---- */

enum ef_event_kind {
	EF_EVENT_INFO, /**< text: worth a line ("Using flash stub") */
	EF_EVENT_WARN, /**< text */
	/** stage, label, addr, done, total; starts at 0, never goes back, ends at total */
	EF_EVENT_PROGRESS,
	EF_EVENT_SKIPPED,  /**< region label/addr already holds its content */
	EF_EVENT_VERIFIED, /**< region label/addr was written and its MD5 is right */
	EF_EVENT_WRITTEN,  /**< region label/addr was written, not verified */
};
enum ef_stage { EF_STAGE_WRITE, EF_STAGE_VERIFY, EF_STAGE_READ, EF_STAGE_ERASE, EF_STAGE_RAM };

struct ef_event {
	enum ef_event_kind kind;
	enum ef_stage stage;
	const char *label; /**< "" when there is none */
	uint32_t addr;
	uint64_t done, total; /**< bytes of content (not compressed ones) */
	const char *text;     /**< "" when there is none */
	enum ef_hint_id hint; /**< what to do about a warning; mostly EF_HINT_NONE. No facts. */
};
typedef void ef_event_fn(void *user, const struct ef_event *event);

/* ---- connecting ---- */

enum ef_before {
	EF_BEFORE_DEFAULT_RESET,
	EF_BEFORE_NO_RESET,
	EF_BEFORE_NO_RESET_NO_SYNC,
	EF_BEFORE_USB_RESET,
};
enum ef_after {
	EF_AFTER_HARD_RESET,
	EF_AFTER_NO_RESET,         /**< back to the ROM loader */
	EF_AFTER_NO_RESET_NO_STUB, /**< stay in the stub */
	EF_AFTER_WATCHDOG_RESET,
};

struct ef_connect_opts {
	enum ef_before before;
	uint32_t rate_hz;           /**< flashing rate; 0: stay at 115200 */
	const struct ef_chip *chip; /**< must be this one; NULL: detect */
	bool no_stub;
	const uint8_t *stub_json; /**< a stub image to use instead of the built-in one; NULL */
	size_t stub_json_len;
	unsigned attempts;   /**< resets to try; 0: 7, espflash's */
	uint32_t timeout_ms; /**< bound on the time until a chip answers; 0: 10 s */
	/** Then go on for so long, for a board that comes later; UINT32_MAX: for ever. */
	uint32_t wait_ms;
	bool reset_first; /**< no SYNC before the first reset: to try a sequence */
	/** Somebody can press BOOT and RESET: where that is what is missing, wait for it. */
	bool has_hands;
	const struct ef_reset *reset; /**< the only sequence to use; NULL: strategies in turn */
	const char *first_strategy;   /**< try this one first (it worked last time); NULL */
	bool has_reset_delay;
	uint16_t reset_delay_ms; /**< see ef_reset_set_delay */
	/** Filled on success and failure; later errors note their verdict, so it outlives the
	 * session. */
	struct ef_connect_report *report;
	bool skip_flash;    /**< no SPI attach, no flash id: RAM loads, resets */
	ef_event_fn *event; /**< NULL: nobody listens */
	void *event_user;
};

struct ef_device {
	const struct ef_chip *chip;
	bool has_revision;
	uint16_t revision; /**< major * 100 + minor */
	bool has_mac;
	uint8_t mac[6];
	uint32_t xtal_mhz; /**< 0 unknown (secure download mode) */
	bool has_features;
	struct ef_chip_features features;
	bool has_security;
	struct ef_security_info security; /**< as the chip gave it */
	bool is_secure_boot;              /**< only signed bootloaders (and apps) start */
	bool is_secure_download;          /**< no register reads, no stub */
	bool is_stub;                     /**< a stub runs now */
	bool is_usb_jtag, is_usb_otg;
	uint32_t flash_id;   /**< RDID: manufacturer | type << 8 | size << 16; 0 unknown */
	bool no_flash;       /**< it was asked for, and nothing drove the line */
	uint32_t flash_size; /**< bytes; 0 unknown */
};

struct ef_flasher;

/**
 * Connect: one SYNC before any reset; strategies in turn; detect the chip;
 * read what board-info tells; start the stub; change the rate (verified, with a
 * fall-back to the old one); find the flash. The port stays the caller's and
 * must outlive the session.
 * Errors: TIMEOUT (with a diagnosis), PROTOCOL, USAGE (another chip than opts->chip, or
 * opts->chip is needed), PORT, INTR.
 */
bool ef_flasher_connect(struct ef_port *port, const struct ef_connect_opts *opts,
			struct ef_flasher **ret, struct ef_err *err) EF_MUST_CHECK;
/**
 * After EF_BEFORE_NO_RESET_NO_SYNC, which sends nothing: ask the loader that is
 * there what the other ways of connecting ask on the way, and find the flash.
 */
bool ef_flasher_learn(struct ef_flasher *f, struct ef_err *err) EF_MUST_CHECK;
/** Ends the session without touching the chip. Accepts NULL. */
void ef_flasher_close(struct ef_flasher *f);

const struct ef_device *ef_flasher_device(const struct ef_flasher *f);
struct ef_rom *ef_flasher_rom(struct ef_flasher *f);
/** Registers of the chip, for chip.h's functions. UNSUPP in secure download mode. */
struct ef_regs ef_flasher_regs(struct ef_flasher *f);
/** Tell the chip another flash size, in bytes, than the detected one. */
bool ef_flasher_set_flash_size(struct ef_flasher *f, uint32_t size,
			       struct ef_err *err) EF_MUST_CHECK;

/** What to do when done. UNSUPP when the chip can't (watchdog reset), after trying nothing. */
bool ef_flasher_finish(struct ef_flasher *f, enum ef_after after, struct ef_err *err) EF_MUST_CHECK;

/** What a chip says after its reset. */
enum ef_start_state {
	EF_START_SILENT,   /**< nothing that proves anything */
	EF_START_RUNNING,  /**< an application's text */
	EF_START_DOWNLOAD, /**< the ROM waits for download */
	EF_START_LOOP,     /**< it restarts again and again, or finds nothing to start */
	EF_START_CRASHED,  /**< it was started, and crashed */
};
struct ef_start {
	enum ef_start_state state;
	char line[128]; /**< what was said: the proof */
};
#define EF_LISTEN_MAX 4096
/** The same from text that was received. Only whole lines count. */
void ef_start_judge(const char *text, size_t len, struct ef_start *ret);
/** To be called before ef_flasher_finish, so that the port has the right rate from the reset on. */
void ef_flasher_will_listen(struct ef_flasher *f);
/**
 * Listen after ef_flasher_finish until the first proof of what became of the
 * chip, or until limit_ms have passed. A port that goes away with the reset is
 * waited for. Errors: INTR, IO.
 */
bool ef_flasher_listen(struct ef_flasher *f, uint32_t limit_ms, struct ef_start *ret,
		       struct ef_err *err) EF_MUST_CHECK;

/* ---- work ---- */

struct ef_write_opts {
	bool no_verify; /**< do not compare MD5 after writing */
	bool no_skip;   /**< write even what is there already */
};
struct ef_write_stats {
	uint64_t bytes;      /**< content of written regions */
	uint64_t wire_bytes; /**< payload sent for them (compressed) */
	uint64_t skipped;    /**< content of regions that were there already */
	uint64_t elapsed_us; /**< by the port's clock */
};
/**
 * Write regions (any order; each sector aligned at its start). All are checked against each
 * other and the
 * flash size first. A region whose MD5 matches is skipped. Success means that the chip said
 * that everything is
 * written (END or MD5), never only that blocks were acknowledged.
 * Errors: INPUT (overlap, beyond the end, unaligned), VERIFY, PROTOCOL, TIMEOUT, PORT, INTR;
 * the message says which region and what state the flash is in.
 */
bool ef_flasher_write(struct ef_flasher *f, const struct ef_region *regions, size_t count,
		      const struct ef_write_opts *opts, struct ef_write_stats *ret_stats,
		      struct ef_err *err) EF_MUST_CHECK;

bool ef_flasher_md5(struct ef_flasher *f, uint32_t addr, uint32_t len, uint8_t ret[16],
		    struct ef_err *err) EF_MUST_CHECK;

/** Called with consecutive pieces. Return false (with err filled) to stop. */
typedef bool ef_read_sink(void *user, const uint8_t *data, size_t len, struct ef_err *err);
/** Any address and length inside the flash; compared with the chip's MD5 before success. */
bool ef_flasher_read(struct ef_flasher *f, uint32_t addr, uint32_t len, ef_read_sink *sink,
		     void *user, struct ef_err *err) EF_MUST_CHECK;
/** The same; the events say what is read ("partition table"). label may be NULL. */
bool ef_flasher_read_labelled(struct ef_flasher *f, uint32_t addr, uint32_t len, const char *label,
			      ef_read_sink *sink, void *user, struct ef_err *err) EF_MUST_CHECK;

/**
 * How a stub is to send: packets of at most size bytes (at most 4096, 0: the default), and how
 * many before an acknowledgement. Present stubs send one, whatever the number.
 */
void ef_flasher_set_read_packets(struct ef_flasher *f, uint32_t size, uint32_t in_flight);

/** Sector aligned. With the ROM alone: FLASH_BEGIN erases. */
bool ef_flasher_erase_region(struct ef_flasher *f, uint32_t addr, uint32_t len, const char *label,
			     struct ef_err *err) EF_MUST_CHECK;
bool ef_flasher_erase_all(struct ef_flasher *f, struct ef_err *err) EF_MUST_CHECK;

/** Load segments into RAM and start at entry. Refuses ranges that a resident stub uses. */
bool ef_flasher_load_ram(struct ef_flasher *f, const struct ef_region *segments, size_t count,
			 uint32_t entry, struct ef_err *err) EF_MUST_CHECK;

/* ---- stub images ---- */

/**
 * What the built-in stub collection is: "esptool-js 0.7.0", its licence text; count 0: none
 * built in.
 */
size_t ef_stub_count(void);
const char *ef_stub_origin(void);
const char *ef_stub_licence(void);

/** RDID size byte to bytes; 0 unknown. Includes the codes that espflash lacks. */
uint32_t ef_flash_id_size(uint32_t flash_id);

EF_API_END
#endif
