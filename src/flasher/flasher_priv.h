/* SPDX-License-Identifier: MIT */
/*
 * The session that the files of this folder share, and what they call of
 * each other. Nobody outside src/flasher includes this.
 */
#ifndef EF_FLASHER_FLASHER_PRIV_H
#define EF_FLASHER_FLASHER_PRIV_H

#include <espflash/flasher.h>
#include <espflash/reset.h>

#include "base/bytes.h"
#include "base/util.h"

/* The rate that every ROM starts with (and finds by autobaud). */
#define EF_RATE_ROM 115200u

/* RAM that the running stub uses: user code may not be loaded over it. len 0: not used. */
struct ef_stub_range {
	uint32_t start, len;
};

/* See recover.c. */
struct ef_recovery {
	unsigned strikes;     /* failures since something was proved */
	unsigned faults;      /* damaged frames at the present rate */
	uint32_t since_fault; /* content that passed since the last one */
	uint32_t rate_hz;     /* what was stepped down to; 0: never */
	uint32_t piece;       /* bytes of a data block that the line carries; 0: any */
	bool is_other_board;  /* whoever answers now is not who was worked on */
	bool is_bad_line;     /* bytes got lost or damaged: requests may have been, too */
	uint32_t part;        /* the same of what is read at once */
};

struct ef_flasher {
	struct ef_port *port;        /* borrowed from the caller */
	struct ef_rom rom;           /* rom.loader says who answers: ROM or stub */
	struct ef_connect_opts opts; /* a copy; opts.chip may be NULL still */
	struct ef_device dev;
	struct ef_rx_log rx;         /* what came while connecting, for the diagnosis */
	struct ef_evidence evidence; /* the record of connecting; its rx is the best log so far */
	uint64_t connect_start_us;
	uint64_t attempt_from;  /* rx.total when the present attempt began */
	uint64_t counted;       /* rx.total up to which lines have been counted */
	unsigned attempt_syncs; /* evidence.syncs when it began */
	/* of a chip that answered and was gone again */
	struct ef_boot_counts lost_boots;
	struct ef_rx_log lost_rx;

	uint32_t rom_rate_hz; /* the rate that connecting starts with */
	uint32_t rate_hz;     /* present rate of both sides */
	uint32_t flash_block; /* bytes of a FLASH_DATA or FLASH_DEFL_DATA block for this loader */
	uint32_t ram_block;   /* bytes of a MEM_DATA block on this port */
	uint32_t read_packet, read_in_flight; /* what a stub is asked for; 0: the default */
	bool has_encrypt_word;                /* BEGIN commands to this loader take a fifth word */
	bool warned_no_lines;
	bool is_stub_reused; /* the stub was found running: it is not our upload */
	bool was_met;        /* a chip has answered, once */
	bool must_reset;     /* whoever answers now is not to be trusted */
	struct ef_recovery recovery;
	bool is_listened_to; /* what the chip says after its reset */

	/* text, and bss up to the end of data; both len 0 when no stub of ours runs */
	struct ef_stub_range stub_text, stub_data;
};

/* ---- event.c: what the user should see ---- */

void ef_event_info(struct ef_flasher *f, const char *fmt, ...) EF_PRINTF(2, 3);
void ef_event_warn(struct ef_flasher *f, const char *fmt, ...) EF_PRINTF(2, 3);
/* label may be NULL. Callers start with done 0 and end with done == total. */
void ef_event_progress(struct ef_flasher *f, enum ef_stage stage, const char *label, uint32_t addr,
		       uint64_t done, uint64_t total);
/* EF_EVENT_SKIPPED, _VERIFIED or _WRITTEN */
void ef_event_region(struct ef_flasher *f, enum ef_event_kind kind, const char *label,
		     uint32_t addr, uint32_t len);

/* ---- connect.c ---- */

/* Whether an error says that no chip answers: TIMEOUT, or a verdict on why. */
bool ef_is_no_answer(const struct ef_err *err);
/** A range that ends beyond the flash; label may be NULL. Always false. */
bool ef_fail_past_flash(const char *label, uint32_t addr, uint32_t len, uint32_t flash_size,
			struct ef_err *err);

/* Until a loader answers SYNC; sets rom.loader. TIMEOUT with a diagnosis. */
bool ef_connect_loop(struct ef_flasher *f, struct ef_err *err) EF_MUST_CHECK;
/* The chip answered SYNC and fell silent: what its log, if any, says is added up ... */
void ef_connect_lost(struct ef_flasher *f);
/* ... and told as a verdict, where it is one. Always false; else the error stays as it is. */
bool ef_connect_lost_fail(struct ef_flasher *f, struct ef_err *err);
/* For the caller's report, beside an error that this verdict explains. Always false. */
bool ef_connect_verdict(const struct ef_flasher *f, enum ef_verdict verdict, struct ef_err *err);

/* ---- device.c ---- */

/* Which chip it is, and whether it is in secure download mode. */
bool ef_device_detect(struct ef_flasher *f, struct ef_err *err) EF_MUST_CHECK;
/* Which USB console this is, and what follows from it; watchdogs off on USB-Serial/JTAG. */
bool ef_device_console(struct ef_flasher *f, struct ef_err *err) EF_MUST_CHECK;
/* Revision, MAC, crystal, features. Before the rate changes: the crystal is measured with it. */
bool ef_device_facts(struct ef_flasher *f, struct ef_err *err) EF_MUST_CHECK;

/* ---- spi_flash.c ---- */

/* One SPI command without address through the controller's registers; 1 to 32 bits back. */
bool ef_spi_command(struct ef_flasher *f, uint8_t opcode, unsigned read_bits, uint32_t *ret,
		    struct ef_err *err) EF_MUST_CHECK;
/* Whether there is a flash to work on. */
bool ef_flash_check(const struct ef_flasher *f, struct ef_err *err) EF_MUST_CHECK;
/* SPI_ATTACH, RDID, SPI_SET_PARAMS; fills dev.flash_id and dev.flash_size. */
bool ef_spi_flash_open(struct ef_flasher *f, struct ef_err *err) EF_MUST_CHECK;
/* What the flash answers now; 0: nothing. */
bool ef_spi_flash_id(struct ef_flasher *f, uint32_t *ret, struct ef_err *err) EF_MUST_CHECK;

/* ---- stub.c ---- */

/* Upload and start the stub, or stay with the ROM where rules or the build say so. */
bool ef_stub_start(struct ef_flasher *f, struct ef_err *err) EF_MUST_CHECK;
/* Block sizes and BEGIN form for whoever answers now. */
void ef_session_use_loader(struct ef_flasher *f, enum ef_loader loader);

/* ---- flasher.c ---- */

/* From a reset on, everything anew: SYNC, stub, flash, this rate (0: stay). */
bool ef_session_rebuild(struct ef_flasher *f, uint32_t rate_hz, struct ef_err *err) EF_MUST_CHECK;

/* ---- recover.c ---- */

/*
 * After a failure in *err: true when a loader answers again (perhaps one that
 * was started anew, and slower), and *err is empty; false when *err is to be
 * told: it is no matter of the line, or patience is at its end.
 */
bool ef_recover(struct ef_flasher *f, struct ef_err *err) EF_MUST_CHECK;
/* Whether the same loader answers still; a chip that was reset is another story. */
bool ef_resync(struct ef_flasher *f, bool *ret, struct ef_err *err) EF_MUST_CHECK;
/* The same with bounds of one's own. */
bool ef_resync_within(struct ef_flasher *f, unsigned tries, uint32_t timeout_ms, bool *ret,
		      struct ef_err *err) EF_MUST_CHECK;
/* Something was proved to be done: patience begins anew. */
void ef_recover_progress(struct ef_flasher *f);
/* So much content passed without damage. */
void ef_recover_passed(struct ef_flasher *f, uint32_t content);
/*
 * How much of a region the flash holds, by the chip's MD5: from *proved, which
 * is known to be right, up to written. *proved grows, also when it fails then.
 */
bool ef_find_proved(struct ef_flasher *f, const struct ef_region *r, uint32_t *proved,
		    uint32_t written, struct ef_err *err) EF_MUST_CHECK;
/* One more frame was damaged; whether it is time to go down with the rate. */
bool ef_recover_is_too_fast(struct ef_flasher *f);
/* Bytes that got lost or damaged, not a chip that refuses. */
bool ef_is_line_fault(const struct ef_flasher *f, const struct ef_err *err);
/* Wait for the port when *cause says that it is gone; else nothing is to be done. */
bool ef_come_back(struct ef_flasher *f, const struct ef_err *cause,
		  struct ef_err *err) EF_MUST_CHECK;

/* ---- baud.c ---- */

enum ef_baud_result {
	EF_BAUD_OK,   /* both sides run at the new rate, or a rate means nothing here */
	EF_BAUD_KEPT, /* refused: both still run at the old one; the user has been warned */
	EF_BAUD_LOST, /* the chip answers at neither: only a reset helps */
};
/* Change the rate of both sides and try it. */
bool ef_baud_change(struct ef_flasher *f, uint32_t rate_hz, enum ef_baud_result *ret,
		    struct ef_err *err) EF_MUST_CHECK;

#endif
