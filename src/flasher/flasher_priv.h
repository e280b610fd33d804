/* SPDX-License-Identifier: MIT */
/* The session that the files of this folder share. Nobody outside src/flasher includes this. */
#ifndef EF_FLASHER_FLASHER_PRIV_H
#define EF_FLASHER_FLASHER_PRIV_H

#include <espflash/flasher.h>
#include <espflash/reset.h>

#include "base/bytes.h"
#include "base/util.h"
#include "flasher/recover.h"

/* The rate that every ROM starts with (and finds by autobaud). */
#define EF_RATE_ROM 115200u

/* RAM that the running stub uses: user code may not be loaded over it. len 0: not used. */
struct ef_stub_range {
	uint32_t start, len;
};

/* How the loader that answers wants its commands. See session.h. */
struct ef_loader_form {
	uint32_t flash_block;  /* bytes of a FLASH_DATA or FLASH_DEFL_DATA block */
	uint32_t ram_block;    /* bytes of a MEM_DATA block on this port */
	bool has_encrypt_word; /* BEGIN commands take a fifth word */
	/* what a stub is asked for when it reads flash; 0: the default */
	uint32_t read_packet, read_in_flight;
};

/* What connecting records, for the diagnosis. See connect.h. */
struct ef_connect_record {
	struct ef_rx_log rx;         /* what came since the last reset */
	struct ef_evidence evidence; /* its rx is the most telling log so far */
	uint64_t start_us;
	uint64_t attempt_from;  /* rx.total when the present attempt began */
	uint64_t counted;       /* rx.total up to which lines have been counted */
	unsigned attempt_syncs; /* evidence.syncs when it began */
	/* of a chip that answered and was gone again */
	struct ef_boot_counts lost_boots;
	struct ef_rx_log lost_rx;
};

struct ef_flasher {
	struct ef_port *port;        /* borrowed from the caller */
	struct ef_rom rom;           /* rom.loader says who answers: ROM or stub */
	struct ef_connect_opts opts; /* a copy; opts.chip may be NULL still */
	struct ef_device dev;
	struct ef_connect_record record;
	struct ef_recovery recovery;
	const struct ef_rungs *rungs;

	uint32_t rom_rate_hz; /* the rate that connecting starts with */
	uint32_t rate_hz;     /* present rate of both sides */
	struct ef_loader_form form;
	/* text, and bss up to the end of data; both len 0 when no stub of ours runs */
	struct ef_stub_range stub_text, stub_data;

	bool warned_no_lines;
	bool is_stub_reused; /* the stub was found running: this session did not upload it */
	bool was_met;        /* a chip has answered, once */
	bool must_reset;     /* a loader that answers without a reset is not to be trusted */
	bool is_listened_to; /* the caller wants what the chip says after its reset */
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

#endif
