/* SPDX-License-Identifier: MIT */
/* Encodes requests and decodes replies, for the files of this folder. Pure functions. */
#ifndef EF_ROM_ROM_CMD_H
#define EF_ROM_ROM_CMD_H

#include <espflash/rom_wire.h>

#include "base/util.h"
#include "rom/slip.h"

#define EF_ROM_HEADER        8u /* direction, opcode, length, checksum or value */
#define EF_ROM_DIR_REQUEST   0x00u
#define EF_ROM_DIR_REPLY     0x01u
#define EF_ROM_CHECKSUM_SEED 0xefu
#define EF_ROM_STATUS_LEN    2u

/* Timeouts in ms; protocol.md has their sources. */
#define EF_ROM_TIMEOUT            3000u
#define EF_ROM_TIMEOUT_MEM_END    200u
#define EF_ROM_TIMEOUT_CHIP_ERASE 120000u
#define EF_ROM_TIMEOUT_MAX        240000u
/* esptool's figures are seconds per 10^6 bytes; here ms per MiB, rounded up. */
#define EF_ROM_MS_PER_MIB_MD5   8400u
#define EF_ROM_MS_PER_MIB_ERASE 42000u
#define EF_ROM_MS_PER_MIB_WRITE 42000u

/*
 * The longest quiet time inside a burst of answers (SYNC's eight, or eight
 * "unsupported"): above an FTDI's latency timer of 16 ms.
 */
#define EF_ROM_BURST_GAP_MS 50u

/* A frame that was recognized as a reply. */
struct ef_rom_frame {
	uint8_t op;
	uint32_t value;
	const uint8_t *data; /* with the status bytes */
	size_t len;
};

/*
 * Parse a reply. False if the bytes are not a reply: too short, a request (an echo), or of another
 * length.
 */
bool ef_rom_parse_frame(const uint8_t *p, size_t len, struct ef_rom_frame *ret);

/* Write the whole request as one frame. False if it does not fit (a caller's mistake). */
bool ef_rom_encode(const struct ef_request *req, struct ef_slip_out *out);

/* Find the end of a reply's promised data, and its status. */
struct ef_rom_verdict {
	bool is_short; /* a success without the promised data */
	uint8_t status, reason;
};
struct ef_rom_verdict ef_rom_judge(const struct ef_rom_frame *frame, size_t reply_len);

/*
 * Return whether this is the mask ROM's answer to an unknown command, which it sends eight times.
 */
bool ef_rom_is_unsupported(enum ef_loader loader, uint8_t status, uint8_t reason);

#endif
