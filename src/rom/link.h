/* SPDX-License-Identifier: MIT */
/* Frames over a port, for the files of this folder. */
#ifndef EF_ROM_LINK_H
#define EF_ROM_LINK_H

#include <espflash/rom.h>

#include "rom/rom_cmd.h"

#define LINK_RX_CHUNK 4096u
#define LINK_TX_SIZE  EF_SLIP_MAX(EF_ROM_HEADER + EF_DATA_HEAD_SIZE + EF_BLOCK_STUB)
/* Loaders send nothing outside their replies: more bytes than two damaged ones are a boot log. */
#define LINK_STRAYS_MAX 64u

/* Behind ef_rom.link: the only allocation of a session. */
struct link {
	struct ef_slip slip;
	uint64_t sent_us;  /* latest time at which the last request has left */
	uint64_t asked_us; /* ... the last one that was not a SYNC; UINT64_MAX: not to be timed */
	size_t rx_pos, rx_len;
	size_t logged;       /* bytes of the unfinished frame that are in the log already */
	size_t strays;       /* bytes that belong to no reply since the last request */
	uint64_t late_us;    /* the deadline that has passed, and how often the port was */
	unsigned late_reads; /* ... read since then */
	bool is_held;        /* the frame in the decoder is for the next ef_rom_read_frame */
	bool is_spoilt;      /* ... and is damaged */
	bool is_answer_owed; /* the last request got no answer, which may still come */
	bool stops_at_text;  /* a wait ends when the strays are a boot log */
	bool stops_at_junk;  /* ... or with the first frame that is not a reply */
	bool has_junk;       /* that frame came */
	uint8_t rx[LINK_RX_CHUNK];
	uint8_t frame[EF_MAX_FRAME];
	uint8_t tx[LINK_TX_SIZE];
};

struct link *link_of(const struct ef_rom *rom);

/*
 * Wait for a frame, which is then in link.frame. Success with *ret false: no frame came until the
 * deadline.
 */
bool link_next_frame(struct ef_rom *rom, uint64_t deadline_us, bool *ret,
		     struct ef_err *err) EF_MUST_CHECK;
/*
 * Do the same for replies of any opcode. Other frames go to the log. *ret points into link.frame.
 */
bool link_next_reply(struct ef_rom *rom, uint64_t deadline_us, struct ef_rom_frame *ret,
		     bool *ret_found, struct ef_err *err) EF_MUST_CHECK;
/* Write a whole request with one call; notes when it will have left. */
bool link_write(struct ef_rom *rom, const struct ef_slip_out *out,
		struct ef_err *err) EF_MUST_CHECK;
/* Log the beginning of a frame whose end may never come. */
void link_log_partial(struct ef_rom *rom);

#endif
