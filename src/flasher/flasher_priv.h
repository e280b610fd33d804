/* SPDX-License-Identifier: MIT */
/* The session, private to src/flasher: no other folder may include this header. */
#ifndef EF_FLASHER_FLASHER_PRIV_H
#define EF_FLASHER_FLASHER_PRIV_H

#include <espflash/flasher.h>
#include <espflash/reset.h>

#include "base/bytes.h"
#include "base/util.h"
#include "flasher/recover.h"

/* RAM that the running stub uses, so that no program is loaded over it. len 0: none. */
struct ef_stub_range {
	uint32_t start, len;
};
struct ef_stub_ranges {
	struct ef_stub_range text, data; /* data and bss, as one range */
};

/* Block sizes and command formats of the loader that answers. See ef_session_use_loader. */
struct ef_loader_form {
	uint32_t flash_block;  /* bytes of a FLASH_DATA or FLASH_DEFL_DATA block */
	uint32_t ram_block;    /* bytes of a MEM_DATA block on this port */
	bool has_encrypt_word; /* BEGIN commands take a fifth word */
	/* bytes per packet and packets in flight to ask a stub for; 0: the default */
	uint32_t read_packet, read_in_flight;
};

/* Which rate the session is to take, and when. */
struct ef_rate_plan {
	uint32_t early_hz;       /* rate that the ROM takes before it gets the stub; 0: none */
	uint32_t wanted_hz;      /* rate for the work; 0: the session's own */
	bool is_auto;            /* the flasher may lower wanted_hz: see ef_flasher_auto_rate */
	bool is_lowered;         /* it was */
	bool is_stuck;           /* no reset has worked yet, so no faster rate is tried */
	bool is_falling;         /* the last attempt failed because of the rate */
	unsigned damages_before; /* recovery.damages when the rate was raised */
};

/* The registers that the facts about the chip came from, in the order of reading. */
#define EF_WORDS_MAX 24u
struct ef_words {
	struct {
		uint32_t addr, value;
	} word[EF_WORDS_MAX];
	size_t count;
	bool is_confirmed;      /* a second reading gave the same values */
	unsigned confirmations; /* readings since the session began; see ef_words_confirm */
	/* the number of values from which the crystal's frequency was computed */
	uint32_t xtal_mix;
};

/* The partition table as it was read last; see table.c. */
struct ef_table_rows {
	uint8_t bin[EF_PARTITION_TABLE_SIZE];
	size_t len;
	uint32_t at;
	uint64_t flash_changes; /* rom.flash_changes at that time */
	bool is_kept;
};

/* What the connect loop records for the diagnosis. See connect_priv.h. */
struct ef_connect_record {
	struct ef_rx_log rx;         /* received since the last reset */
	struct ef_evidence evidence; /* evidence.rx is the most informative log so far */
	uint64_t start_us;
	uint64_t attempt_from;  /* rx.total when the present attempt began */
	uint64_t counted;       /* boot lines are counted up to this rx.total */
	uint64_t echoed;        /* echoes are counted up to this rx.total */
	unsigned attempt_syncs; /* evidence.syncs when the present attempt began */
	unsigned starts_before; /* evidence.boots.starts when the present reset began */
	bool is_kept_stray;     /* evidence.rx came while a reset ran */
	bool was_reset;         /* the present attempt has reset the chip, as far as we know */
	bool has_reset;         /* in this session a reset of ours surely had an effect */
	unsigned deaf;          /* SYNCs without an answer since the chip is in download mode */
	const struct ef_chip *spoke; /* whose ROM's words came before the answer; NULL: unknown */
	/* output of a chip that answered SYNC and then fell silent */
	struct ef_boot_counts lost_boots;
	struct ef_rx_log lost_rx;
	/* resets in mid-work; see work_log.h */
	struct ef_boot_counts work_boots;
	struct ef_rx_log work_rx;
	struct ef_words words;
	struct ef_table_rows rows;
};

/* Which warnings the user has seen; see event.c. */
#define EF_SAID_MAX 16u
struct ef_said {
	uint64_t hash[EF_SAID_MAX];
	unsigned count; /* all warnings so far; the ring keeps the latest */
};

/* A plan that passed the gate: the arrays are copies, the data is the caller's. */
struct ef_checked {
	struct ef_region *regions;
	bool *encrypts; /* for each region: whether the loader encrypts it */
	size_t region_count;
	struct ef_plan_erase *erases;
	size_t erase_count;
};

/* The content that will be written, as far as it is known. */
struct ef_to_write {
	struct ef_checked *checked; /* the last plan that passed the gate; owned */
	struct ef_ahead *ahead;     /* the compressor of opts.speed.likely; owned; NULL */
};

struct ef_flasher {
	struct ef_port *port;        /* borrowed from the caller */
	struct ef_rom rom;           /* rom.loader: whether the ROM or a stub answers */
	struct ef_connect_opts opts; /* a copy; opts.chip is NULL unless the user named a chip */
	struct ef_device dev;
	struct ef_connect_record record;
	struct ef_recovery recovery;
	const struct ef_rungs *rungs;

	uint32_t rom_rate_hz; /* the rate at which connecting starts */
	uint32_t rate_hz;     /* present rate of both sides */
	struct ef_rate_plan plan;
	struct ef_loader_form form;
	struct ef_stub_ranges stub; /* empty: no stub runs, or its ranges are unknown */

	struct ef_said said;
	bool is_stub_reused; /* the stub was running already: this session did not upload it */
	bool was_met;        /* a chip has answered in this session */
	bool resets_quickly; /* a short pulse on EN has reset this board */
	bool must_reset;     /* reset before the first SYNC, even if a loader would answer it */
	struct ef_to_write to_write;
	bool is_listened_to; /* the caller will read the chip's output after the final reset */
	const struct ef_reset *last_reset; /* the final reset, if it was one by DTR and RTS; NULL */
};

/* ---- event.c: messages and progress for the user ---- */

void ef_event_info(struct ef_flasher *f, const char *fmt, ...) EF_PRINTF(2, 3);
void ef_event_warn(struct ef_flasher *f, const char *fmt, ...) EF_PRINTF(2, 3);
/* Send a warning with a hint that has no facts. */
void ef_event_advise(struct ef_flasher *f, enum ef_hint_id hint, const char *fmt, ...)
	EF_PRINTF(3, 4);
/* label may be NULL. The first call of a stage has done 0, the last has done == total. */
void ef_event_progress(struct ef_flasher *f, enum ef_stage stage, const char *label, uint32_t addr,
		       uint64_t done, uint64_t total);
/* kind: the outcome for the region, EF_EVENT_SKIPPED and so on; label may be NULL. */
void ef_event_region(struct ef_flasher *f, enum ef_event_kind kind, const char *label,
		     uint32_t addr, uint32_t len);

#endif
