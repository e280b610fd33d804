/* SPDX-License-Identifier: MIT */
/*
 * Proves a reset by what it interrupts. A stub that has begun to send a packet of flash sends all
 * of it, unless the chip is reset meanwhile. So a packet that breaks off at the pulse is evidence.
 * It comes sooner than the silence of a loader that is asked.
 */
#include "flasher/reset_stream.h"

#include <espflash/log.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "flasher/read_part.h"
#include "flasher/recover.h"

/*
 * The stub takes 44 ms to send a packet at 921600 baud, and 20 ms at 2 Mbaud. USB passes the pulse
 * on within 1 ms.
 */
#define PACKET EF_READ_PACKET
/*
 * A line that has lost nothing so far does not lose this many. They take 2.6 ms at 2 Mbaud: the
 * pulse must come so long before the packet's end.
 */
#define MISSING_MIN 512u
/* A chip that sends more than this does not answer our request: escapes at most double a packet. */
#define COUNT_MAX (3u * PACKET)
/* This many bytes are not noise: the stub has begun to send the packet. */
#define BEGUN 8u
/* The stub answers at once. This is six times a bridge's usual latency timer. */
#define ANSWER_MS 100u
/*
 * FTDI's latency timer holds bytes back for 16 ms, if its driver sets no other time (AN232B-04).
 * A longer time shows in slowest_us.
 */
#define QUIET_MS 20u

/*
 * *ret: the packet has begun. It does not begin if the loader refuses the request, or if the line
 * loses the request or its answer.
 */
static bool begin(struct ef_rom *rom, bool *ret, struct ef_err *err)
{
	*ret = false;
	if (ef_rom_read_flash_begin(rom, 0, PACKET, PACKET, 1, err))
		return ef_rom_await_frame(rom, BEGUN, ef_port_deadline(rom->port, ANSWER_MS), ret,
					  err);
	if (!ef_is_exchange_fault(err))
		return false;
	ef_err_clear(err);
	return true;
}

static uint32_t quiet_ms(const struct ef_rom *rom)
{
	uint64_t ms = rom->slowest_us * 2u / 1000u;

	return ms > QUIET_MS ? (uint32_t)ms : QUIET_MS;
}

/* Count the bytes that still come, until none come for a while. */
static bool count_rest(struct ef_rom *rom, uint64_t *count, struct ef_err *err)
{
	uint8_t data[256];
	size_t got;

	do {
		uint64_t deadline_us = ef_port_deadline(rom->port, quiet_ms(rom));

		if (!ef_port_read(rom->port, data, sizeof(data), deadline_us, &got, err))
			return false;
		*count += got;
	} while (got && *count < COUNT_MAX);
	return true;
}

/*
 * The packet came whole, and the stub waits for an acknowledgement, after which it sends the MD5.
 * It takes any other request for the acknowledgement, and loses one that comes before the MD5.
 */
static bool end_read(struct ef_rom *rom, struct ef_err *err)
{
	uint8_t ack[4], md5[EF_MD5_LEN];
	size_t got;

	ef_put_le32(ack, PACKET);
	return ef_rom_write_frame(rom, ack, sizeof(ack), err) &&
	       ef_rom_read_frame(rom, md5, sizeof(md5), ef_port_deadline(rom->port, ANSWER_MS),
				 &got, err);
}

bool reset_in_stream(struct ef_rom *rom, const struct ef_reset *reset, enum stream_end *ret,
		     struct ef_err *err)
{
	uint64_t from = rom->received, count;
	bool has_begun;

	*ret = STREAM_NONE;
	if (!begin(rom, &has_begun, err) || !ef_reset_run(reset, rom->port, err))
		return false;
	if (!has_begun)
		return true;
	count = rom->received - from;
	if (!count_rest(rom, &count, err))
		return false;
	ef_log(EF_LOG_DEBUG, "%u of %u bytes came", (unsigned)count, PACKET);
	*ret = count + MISSING_MIN <= PACKET ? STREAM_CUT : STREAM_WHOLE;
	return ef_rom_discard(rom, err) && (*ret == STREAM_CUT || end_read(rom, err));
}
