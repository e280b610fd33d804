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

/* The stub takes 44 ms to send a packet at 921600 baud, and 20 ms at 2 Mbaud. */
#define PACKET EF_READ_PACKET
/* At slower rates a packet takes longer than to ask the loader. */
#define RATE_MIN_HZ 460800u
/*
 * The link must be prompt, or the packet is on its way before the pulse reaches the chip. FTDI's
 * latency timer is 16 ms, if its driver sets no other time (AN232B-04). USB passes the pulse on
 * within 1 ms; the rest is for a busy host.
 */
#define SLOWEST_US 20000u
#define PULSE_US   15000u
/*
 * A line that has lost nothing so far does not lose this many. They take 2.6 ms at 2 Mbaud: the
 * pulse must come so long before the packet's end.
 */
#define MISSING_MIN 512u
/* This many bytes are not noise: the stub has begun to send the packet. */
#define BEGUN 8u
/* The stub answers at once. This is six times a bridge's usual latency timer. */
#define ANSWER_MS 100u
/* Longer than that timer: bytes that were sent before the pulse have arrived. */
#define QUIET_US 20000u
/* A packet that was not cut has arrived so long after its time. */
#define SPARE_US 5000u
/* What comes later than this is no packet: escapes at most double one. */
#define LATEST_US 100000u

static uint64_t packet_us(const struct ef_rom *rom)
{
	return (uint64_t)PACKET * 10u * 1000000u / rom->port->rate_hz;
}

static bool is_apt(const struct ef_rom *rom)
{
	const struct ef_port *port = rom->port;

	return !(port->caps & EF_PORT_REMOTE) && port->rate_hz >= RATE_MIN_HZ &&
	       rom->slowest_us <= SLOWEST_US && packet_us(rom) >= rom->slowest_us + PULSE_US;
}

/* *ret: the packet has begun. It does not if the line loses the request, or its answer is late. */
static bool begin(struct ef_rom *rom, bool *ret, struct ef_err *err)
{
	uint64_t from_us = ef_port_now_us(rom->port);

	*ret = false;
	if (!ef_rom_read_flash_begin(rom, 0, PACKET, PACKET, 1, err)) {
		if (!ef_is_exchange_fault(err))
			return false;
		ef_err_clear(err);
		return true;
	}
	if (!ef_rom_await_frame(rom, BEGUN, ef_port_deadline(rom->port, ANSWER_MS), ret, err))
		return false;
	*ret = *ret && is_apt(rom) && ef_port_now_us(rom->port) - from_us <= 2u * SLOWEST_US;
	return true;
}

/*
 * Count the bytes that still come, until none come for a while, though a packet that was not cut
 * would have had the time to arrive.
 */
static bool count_rest(struct ef_rom *rom, uint64_t whole_us, uint64_t *count, struct ef_err *err)
{
	struct ef_port *port = rom->port;
	uint64_t latest_us = whole_us + LATEST_US;
	uint8_t data[256];
	size_t got;

	do {
		uint64_t until_us = ef_port_now_us(port) + QUIET_US;

		until_us = until_us < whole_us ? whole_us : until_us;
		until_us = until_us < latest_us ? until_us : latest_us;
		if (!ef_port_read(port, data, sizeof(data), until_us, &got, err))
			return false;
		*count += got;
	} while (got && ef_port_now_us(port) < latest_us);
	return true;
}

/*
 * The packet may be whole. Then the stub waits for an acknowledgement, after which it sends the
 * MD5. It takes any other request for the acknowledgement, and loses one that comes before the MD5.
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
	uint64_t from = rom->received, count, whole_us;
	bool has_begun;

	*ret = STREAM_NONE;
	if (!is_apt(rom))
		return true;
	*ret = STREAM_DOUBT;
	if (!begin(rom, &has_begun, err))
		return false;
	whole_us = ef_port_now_us(rom->port) + packet_us(rom) + SPARE_US;
	if (!ef_reset_run(reset, rom->port, err))
		return false;
	count = rom->received - from;
	if (!count_rest(rom, whole_us, &count, err) || !ef_rom_discard(rom, err))
		return false;
	ef_log(EF_LOG_DEBUG, "%u of %u bytes came", (unsigned)count, PACKET);
	if (has_begun && count + MISSING_MIN <= PACKET)
		*ret = STREAM_CUT;
	return *ret == STREAM_CUT || end_read(rom, err);
}
