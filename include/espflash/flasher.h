/* SPDX-License-Identifier: MIT */
/**
 * @file
 * A session with one chip: connect, identify, write, read, erase, verify, leave.
 *
 * The library prints nothing. What a user should see reaches the function in
 * ef_connect_opts.event. A failed exchange is repeated, the rate is lowered, or
 * the session is rebuilt, as far as that helps; an error means that it did not.
 * Use a session from one thread at a time. Facts about the protocol and their
 * sources are in docs/protocol.md. docs/examples/flash.c is a whole program.
 */
#ifndef ESPFLASH_FLASHER_H
#define ESPFLASH_FLASHER_H

#include <espflash/chip.h>
#include <espflash/console.h>
#include <espflash/diagnose.h>
#include <espflash/plan.h>
#include <espflash/port.h>
#include <espflash/region.h>
#include <espflash/rom.h>

EF_API_BEGIN

/** Every ROM starts at this rate; in download mode it then detects the host's rate. */
#define EF_RATE_ROM 115200u

/* ---- events ---- */

enum ef_event_kind {
	EF_EVENT_INFO, /**< text: a step worth a line ("Using flash stub") */
	EF_EVENT_WARN, /**< text and hint: something that the user should know */
	/** stage, label, addr, done, total: done starts at 0, never falls, ends at total */
	EF_EVENT_PROGRESS,
	EF_EVENT_SKIPPED,  /**< the flash held this region already; nothing was written */
	EF_EVENT_VERIFIED, /**< the region was written, and its MD5 is right */
	EF_EVENT_WRITTEN,  /**< the region was written, and not verified */
	/** The region was written, and the chip encrypted it: its MD5 can't be compared. */
	EF_EVENT_ENCRYPTED,
};
enum ef_stage { EF_STAGE_WRITE, EF_STAGE_VERIFY, EF_STAGE_READ, EF_STAGE_ERASE, EF_STAGE_RAM };

struct ef_event {
	enum ef_event_kind kind;
	enum ef_stage stage;
	const char *label;    /**< the region's label; "" when there is none */
	uint32_t addr;        /**< the region's address in flash */
	uint64_t done, total; /**< bytes of content, before compression */
	const char *text;     /**< "" when there is none */
	enum ef_hint_id hint; /**< the remedy of a warning, mostly EF_HINT_NONE. It has no facts. */
};
/** The session's functions call this. The event's strings end with the call. */
typedef void ef_event_fn(void *user, const struct ef_event *event);

/* ---- connecting ---- */

enum ef_before {
	EF_BEFORE_DEFAULT_RESET,    /**< reset into download mode by DTR and RTS */
	EF_BEFORE_NO_RESET,         /**< the chip is in download mode already: only SYNC */
	EF_BEFORE_NO_RESET_NO_SYNC, /**< send nothing; ef_connect_opts.chip must be set */
	EF_BEFORE_USB_RESET,        /**< the reset sequence of USB-Serial/JTAG only */
};
enum ef_after {
	EF_AFTER_HARD_RESET,       /**< reset by DTR and RTS, or by the chip's own means */
	EF_AFTER_NO_RESET,         /**< go back to the ROM loader */
	EF_AFTER_NO_RESET_NO_STUB, /**< leave the loader that runs as it is */
	EF_AFTER_WATCHDOG_RESET,   /**< let the chip's watchdog reset it */
};

struct ef_connect_speed {
	bool is_auto;  /**< rate_hz is a proposal: see ef_flasher_auto_rate */
	bool is_known; /**< such a session ended with this rate on this board */
	/**
	 * Few exchanges follow, so what speeds up more of them costs more than it saves: load no
	 * stub (one that runs already is used), and read no facts but the chip's MAC address.
	 */
	bool is_brief;
	/**
	 * The caller wants only facts, which a ROM reports as fast as a stub: load no stub, as
	 * above.
	 */
	bool is_for_facts;
	/**
	 * Content that will probably be written. A thread compresses a copy of it while the session
	 * connects. NULL: none. The address is ignored.
	 */
	const struct ef_region *likely;
};
/** How long BOOT stays low after a reset. */
struct ef_reset_delay {
	bool is_set;
	uint16_t ms; /**< see ef_reset_set_delay */
};

struct ef_connect_opts {
	enum ef_before before;
	uint32_t rate_hz; /**< rate for the work, in baud; 0: stay at 115200 */
	struct ef_connect_speed speed;
	const struct ef_chip *chip; /**< the chip must be this one; NULL: any */
	bool no_stub;               /**< work with the ROM loader */
	const uint8_t *stub_json;   /**< a stub image to use instead of the built-in one; or NULL */
	size_t stub_json_len;       /**< bytes */
	unsigned attempts;          /**< resets to try; 0: 7, as espflash does */
	/**
	 * Bound on the time until a chip answers and is ready; 0: 10 s until it answers, and as
	 * much as recovery needs until it is ready.
	 */
	uint32_t timeout_ms;
	/** Keep trying for this long in all, if longer than timeout_ms; UINT32_MAX: for ever. */
	uint32_t wait_ms;
	bool reset_first; /**< send no SYNC before the first reset: to test a sequence */
	/**
	 * A person can press BOOT and RESET. If the connection needs only that, ask for it and
	 * wait.
	 */
	bool has_hands;
	const struct ef_reset *reset; /**< use only this sequence; NULL: strategies in turn */
	const char *first_strategy;   /**< try this strategy first; NULL: the usual order */
	struct ef_reset_delay reset_delay;
	/**
	 * NULL, or filled on success and on failure. It must outlive the session, because later
	 * errors put their verdicts there.
	 */
	struct ef_connect_report *report;
	bool skip_flash; /**< do not touch the flash: for RAM loads and resets */
	/** Bytes of flash, instead of the size in the flash chip's id; 0: detect it. */
	uint32_t flash_size;
	ef_event_fn *event; /**< NULL: no events */
	void *event_user;   /**< passed to event */
};

struct ef_device {
	const struct ef_chip *chip;
	bool has_revision;
	uint16_t revision; /**< major * 100 + minor */
	bool has_mac;
	uint8_t mac[6];
	uint32_t xtal_mhz; /**< crystal; 0: unknown (secure download mode) */
	bool has_features;
	struct ef_chip_features features;
	bool has_security;
	struct ef_security_info security; /**< as the chip sent it */
	bool is_secure_boot;              /**< the chip starts only signed bootloaders */
	bool is_secure_download;          /**< secure download mode: no register reads, no stub */
	bool is_stub;                     /**< the flasher stub runs */
	bool is_usb_jtag, is_usb_otg;     /**< the loader talks through this USB port */
	uint32_t flash_id;   /**< RDID: manufacturer | type << 8 | size << 16; 0: unknown */
	bool no_flash;       /**< the flash chip did not answer RDID */
	uint32_t flash_size; /**< bytes; 0: unknown (no flash, or secure download mode) */
};

struct ef_flasher;

/**
 * Connect in these steps: send SYNC without a reset; try the reset strategies in turn; detect the
 * chip and read its facts; start the stub; change the rate, verify it, and go back to the old one
 * if it fails; find the flash. The port stays the caller's and must outlive the session. *ret is
 * the caller's; end it with ef_flasher_close. Errors: TIMEOUT, NOT_DOWNLOAD, WIRING, NOISE, POWER
 * (no session: see diagnose.h), PROTOCOL, UNSUPP (an unknown chip), USAGE (another chip than
 * opts->chip, or opts->chip is needed), PORT, INTR.
 */
bool ef_flasher_connect(struct ef_port *port, const struct ef_connect_opts *opts,
			struct ef_flasher **ret, struct ef_err *err) EF_MUST_CHECK;
/**
 * After EF_BEFORE_NO_RESET_NO_SYNC, which sends nothing: read the facts about the
 * chip and find the flash (unless ef_connect_opts.skip_flash), as the other ways of connecting do.
 * Errors: as ef_flasher_connect.
 */
bool ef_flasher_learn(struct ef_flasher *f, struct ef_err *err) EF_MUST_CHECK;
/** End the session without touching the chip or the port. Accepts NULL. */
void ef_flasher_close(struct ef_flasher *f);

/** Return the facts about the chip; they live as long as the session. */
const struct ef_device *ef_flasher_device(const struct ef_flasher *f);
/** Return the session's loader, for commands of rom.h; owned by the session. */
struct ef_rom *ef_flasher_rom(struct ef_flasher *f);
/** What became of ef_connect_speed.is_auto so far. */
struct ef_auto_rate {
	uint32_t rate_hz; /**< the rate to work at; 0: the port has none, or nothing was tried */
	bool is_lowered;  /**< a higher rate failed: it was proposed, tried, and lost bytes */
	/**
	 * The session stays at its first rate: no reset has worked yet, and only a reset can
	 * undo a rate that fails.
	 */
	bool is_stuck;
};
/**
 * Return what became of the proposed rate. A session with is_auto proves it by exchanges in both
 * directions, and takes the next lower one when it is refused, fails the proof, or loses a byte
 * later on.
 */
struct ef_auto_rate ef_flasher_auto_rate(const struct ef_flasher *f);
/**
 * Return access to the chip's registers, for chip.h's functions. UNSUPP in secure download mode.
 */
struct ef_regs ef_flasher_regs(struct ef_flasher *f);
/** Set the flash size, in bytes, in place of the detected one. Errors: PROTOCOL, TIMEOUT, PORT. */
bool ef_flasher_set_flash_size(struct ef_flasher *f, uint32_t size,
			       struct ef_err *err) EF_MUST_CHECK;

/**
 * Leave the chip. Only ef_flasher_listen and ef_flasher_close may follow. Errors:
 * UNSUPP (this chip has no such reset; nothing was done), WIRING (the reset had no effect:
 * see ef_reset_try), PORT, TIMEOUT, PROTOCOL, INTR.
 */
bool ef_flasher_finish(struct ef_flasher *f, enum ef_after after, struct ef_err *err) EF_MUST_CHECK;

/* ---- a reset whose effect is looked for ---- */

struct ef_reset_try {
	const struct ef_reset *reset;
	uint32_t loader_hz; /**< rate at which a loader that was not reset would answer */
	uint32_t hear_hz;   /**< rate of the chip's output after the reset; the port keeps it */
	/** after an earlier reset by these lines, the ROM printed too late to be heard here */
	bool is_late;
	/** the loader is a stub that can read flash, and the line has lost nothing so far */
	bool may_interrupt;
};
enum ef_reset_effect {
	EF_RESET_INTERRUPTED, /**< it broke off what a stub was sending */
	EF_RESET_HEARD,       /**< the chip prints; its output is left unread */
	/** it prints nothing, and no loader answers (or the port has no wires) */
	EF_RESET_QUIET,
	EF_RESET_IN_VAIN, /**< a loader answers as before */
};
/**
 * Reset a chip by DTR and RTS, and find out whether that had an effect. With is_late and
 * may_interrupt, ask the stub for flash first: a packet that the reset cuts off is proof, and the
 * chip's output need not be waited for (only where the line is fast and prompt). If a loader still
 * answers a SYNC, reset with a pulse of full length (see ef_reset_sure), and then with the other
 * polarity of both lines; where that helps, the port keeps it (ef_port.inverted). Errors: PORT,
 * INTR, TIMEOUT (the port's limit).
 */
bool ef_reset_try(const struct ef_reset_try *how, struct ef_rom *rom, enum ef_reset_effect *ret,
		  struct ef_err *err) EF_MUST_CHECK;
/**
 * Return whether the line has lost or damaged bytes in this session. If so, the caller must read
 * values without a checksum, such as words of memory and digests, until two answers agree.
 */
bool ef_flasher_line_damages(const struct ef_flasher *f);

/** Evidence of a reset. The port's RX buffer is consumed. */
struct ef_reset_proof {
	bool is_proved;    /**< after the pulse, and not before, the chip reported a reset by EN */
	bool is_download;  /**< it reported download mode */
	bool is_in_vain;   /**< a loader answers as before */
	bool is_by_itself; /**< it reported another reset, or several */
	bool is_talking;   /**< it printed during the pulse, which should have silenced it */
	bool has_words;    /**< bytes were received after the pulse */
	/** the port is the chip's own or has no lines: no evidence was looked for */
	bool has_no_wires;
	char line[160]; /**< the chip's line that proves this, or its first; may be "" */
};
/**
 * Reset as ef_reset_try does, for a caller that doesn't know whether a loader answered before. A
 * chip that starts by itself at this moment does not count as reset. Errors: as ef_reset_try.
 */
bool ef_reset_prove(const struct ef_reset_try *how, struct ef_rom *rom, struct ef_reset_proof *ret,
		    struct ef_err *err) EF_MUST_CHECK;
/** Report EF_RESET_IN_VAIN as an error (WIRING). Always false. */
bool ef_reset_fail(struct ef_err *err);

/** What a chip's output after its reset proves. */
enum ef_start_state {
	EF_START_SILENT,    /**< nothing that proves a state */
	EF_START_RUNNING,   /**< an application prints: the expected one, as far as is known */
	EF_START_DOWNLOAD,  /**< the ROM waits for download */
	EF_START_LOOP,      /**< the chip restarts again and again */
	EF_START_CRASHED,   /**< the application, or what was to start it, crashed */
	EF_START_NO_BOOT,   /**< the ROM or the bootloader reports why it starts no application */
	EF_START_OTHER_APP, /**< another application than the expected one was started */
};
/** The application that should start. Zeros: nothing is known about it. */
struct ef_start_expect {
	bool has_offset;               /**< offset applies */
	bool is_only;                  /**< the partition table has no other application */
	uint32_t offset;               /**< where in flash it is */
	const char *project, *version; /**< what its descriptor names; NULL or "": unknown */
	const uint8_t *elf_sha256;     /**< 32 bytes of its descriptor; NULL: unknown */
};
struct ef_start {
	enum ef_start_state state;
	/**
	 * The line that proves it: the reason of a failure, the first line of a crash, or the
	 * application's first line. SILENT: "", or a line that proves nothing.
	 */
	char line[128];
	bool has_offset; /**< the bootloader named the application that it starts */
	uint32_t offset; /**< where that one is */
	bool is_known;   /**< RUNNING: it is known to be the expected application */
	bool has_first_word;
	uint32_t first_word_ms;        /**< from the reset to the application's first line */
	char project[33], version[33]; /**< as the application reports it; "": it did not */
	enum ef_console_crash crash;   /**< CRASHED: how */
	enum ef_console_stage stage;   /**< NO_BOOT: its reporter, the ROM or the bootloader */
};
/**
 * Judge text that the caller received itself, from a log or with a port of its own, as
 * ef_flasher_listen judges what it hears. Only whole lines count.
 */
void ef_start_judge(const struct ef_start_expect *expect, const char *text, size_t len,
		    struct ef_start *ret);
/** Call this before ef_flasher_finish, so that the port has the app's rate from the reset on. */
void ef_flasher_will_listen(struct ef_flasher *f);
struct ef_listen_opts {
	uint32_t limit_ms;             /**< listen this long at most */
	struct ef_start_expect expect; /**< the application that should start */
};
/**
 * Listen after ef_flasher_finish until the chip's state is proved, or until limit_ms
 * have passed. Waits for a port that disappears with the reset. Errors: INTR, IO.
 */
bool ef_flasher_listen(struct ef_flasher *f, const struct ef_listen_opts *opts,
		       struct ef_start *ret, struct ef_err *err) EF_MUST_CHECK;

/* ---- work ---- */

/** A plan that passed the gate. It belongs to the session that checked it. */
struct ef_checked;
/**
 * Check a plan against the connected chip; plan.h lists the findings. Reads eFuses, and the
 * partition table where the plan has none and the chip can tell. force: pass even what is refused
 * (but never what the loader can't reach). *ret is valid until the next check or the session's end,
 * and borrows the plan's data. *ret_findings is filled on success and on a refusal; it may be NULL.
 * Errors: INPUT and UNSUPP (refused: the first finding), IO, and those of reading.
 */
bool ef_flasher_check(struct ef_flasher *f, const struct ef_plan *plan, bool force,
		      struct ef_findings *ret_findings, const struct ef_checked **ret,
		      struct ef_err *err) EF_MUST_CHECK;

struct ef_write_opts {
	bool no_verify; /**< do not compare MD5 after writing */
	bool no_skip;   /**< write a region even if the flash holds it already */
};
struct ef_write_stats {
	uint64_t bytes;           /**< bytes of content in the written regions */
	uint64_t wire_bytes;      /**< bytes of payload sent for them, compressed */
	uint64_t skipped;         /**< bytes of content in the skipped regions */
	uint64_t elapsed_us;      /**< microseconds by the port's clock */
	uint32_t sectors;         /**< flash sectors that the regions cover */
	uint32_t written_sectors; /**< those that were written; the others had their content */
};
/**
 * Write the regions of a checked plan, in any order; each must start at a multiple of
 * EF_SECTOR. They are checked against each other and the flash size before anything is
 * written. A region whose MD5 matches is skipped. Success means that the chip confirmed
 * the whole content (by MD5, or by the answer to END), not only single blocks.
 * ret_stats may be NULL. Errors: INPUT (overlap, beyond the end, unaligned), VERIFY,
 * PROTOCOL, TIMEOUT, PORT, UNSUPP, INTR; the message names the region and says how
 * much of the flash is written.
 */
bool ef_flasher_write(struct ef_flasher *f, const struct ef_checked *checked,
		      const struct ef_write_opts *opts, struct ef_write_stats *ret_stats,
		      struct ef_err *err) EF_MUST_CHECK;

/**
 * Find out whether flash encryption is on: the chip decrypts what it reads from flash, and what
 * ef_flasher_read returns is ciphertext. Errors: those of reading registers.
 */
bool ef_flasher_is_encrypted(struct ef_flasher *f, bool *ret, struct ef_err *err) EF_MUST_CHECK;

/** Get the MD5 of len bytes of flash, computed by the chip. UNSUPP in secure download mode. */
bool ef_flasher_md5(struct ef_flasher *f, uint32_t addr, uint32_t len, uint8_t ret[16],
		    struct ef_err *err) EF_MUST_CHECK;

/** Called with consecutive pieces. Return false, with err filled, to stop. */
typedef bool ef_read_sink(void *user, const uint8_t *data, size_t len, struct ef_err *err);
/**
 * Read any range of the flash. Success means that the chip's MD5 of the range
 * matches what the sink got. Errors: INPUT (beyond the end), VERIFY, PROTOCOL,
 * TIMEOUT, PORT, UNSUPP, IO, INTR, and those of the sink.
 */
bool ef_flasher_read(struct ef_flasher *f, uint32_t addr, uint32_t len, ef_read_sink *sink,
		     void *user, struct ef_err *err) EF_MUST_CHECK;
/** Do the same, with a label for the events ("partition table"), which may be NULL. */
bool ef_flasher_read_labelled(struct ef_flasher *f, uint32_t addr, uint32_t len, const char *label,
			      ef_read_sink *sink, void *user, struct ef_err *err) EF_MUST_CHECK;

/**
 * Read the partition table at this address, without events. Its rows are read, and the blank bytes
 * behind them are 0xff. A table that was read already is not read again, unless the session has
 * begun to change the flash since. Errors as ef_flasher_read.
 */
bool ef_flasher_read_table(struct ef_flasher *f, uint32_t at, uint8_t ret[EF_PARTITION_TABLE_SIZE],
			   struct ef_err *err) EF_MUST_CHECK;

/**
 * Set how a stub sends what it reads: packets of at most size bytes (4096 or less;
 * 0: the default), and in_flight packets before it waits for an acknowledgement.
 * Present stubs send one packet, whatever the number.
 */
void ef_flasher_set_read_packets(struct ef_flasher *f, uint32_t size, uint32_t in_flight);

/**
 * Carry out one erase of a checked plan, by its index there; address and length must be
 * multiples of EF_SECTOR. Errors: INPUT, UNSUPP (the whole flash by a ROM loader that does
 * not know its size), PROTOCOL, TIMEOUT, PORT, INTR.
 */
bool ef_flasher_erase(struct ef_flasher *f, const struct ef_checked *checked, size_t index,
		      struct ef_err *err) EF_MUST_CHECK;

/**
 * Load segments into RAM and jump to entry. Errors: INPUT (no entry, or a range that
 * doesn't fit), UNSUPP (a segment overlaps the running stub), PROTOCOL, TIMEOUT, PORT, INTR.
 */
bool ef_flasher_load_ram(struct ef_flasher *f, const struct ef_region *segments, size_t count,
			 uint32_t entry, struct ef_err *err) EF_MUST_CHECK;

/* ---- stub images ---- */

/** Return how many stub images are built in; 0: none. */
size_t ef_stub_count(void);
/** Return where the stub images come from: "esptool-js 0.7.0". */
const char *ef_stub_origin(void);
/** Return the text of their licence. */
const char *ef_stub_licence(void);

/**
 * Return the flash size in bytes, from the answer to RDID; 0: unknown. Knows codes that espflash
 * lacks.
 */
uint32_t ef_flash_id_size(uint32_t flash_id);

EF_API_END
#endif
