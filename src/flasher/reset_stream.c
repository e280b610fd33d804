/* SPDX-License-Identifier: MIT */
/*
 * Proves a reset by what it interrupts. A stub that has begun to send a packet of flash sends all
 * of it, unless the chip is reset meanwhile. So a packet that breaks off at the pulse is evidence.
 * USB may also stand still at that moment, so the evidence is worth no more than the silence behind
 * the last byte. The silence of a loader that is asked is worth as much, but begins later.
 */
#include "flasher/reset_stream.h"

#include <espflash/log.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "flasher/read_part.h"
#include "flasher/recover.h"
#include "flasher/reset_check.h"

/* The stub takes 44 ms to send a packet at 921600 baud, and 20 ms at 2 Mbaud. */
#define PACKET EF_READ_PACKET
/* At slower rates a packet takes longer than to ask the loader. */
#define RATE_MIN_HZ 460800u
/*
 * The link must be prompt, or the packet is on its way before the pulse reaches the chip. On a link
 * with FTDI's usual latency timer (16 ms; AN232B-04) two SYNCs are quicker. USB passes the pulse on
 * within 1 ms; the rest is for a busy host.
 */
#define SLOWEST_US 8000u
#define PULSE_US   15000u
/*
 * A line that has lost nothing so far does not lose this many. They take 2.6 ms at 2 Mbaud: the
 * pulse must come so long before the packet's end.
 */
#define MISSING_MIN 512u
/* This many bytes are not noise: the stub has begun to send the packet. */
#define BEGUN 8u
/* The stub answers at once. */
#define ANSWER_MS 100u
/*
 * A packet is cut only if nothing comes for so long, and for the slowest answer's time: USB may
 * stand still. The two SYNCs, which are the other proof, wait as long.
 */
#define SILENCE_US 100000u
/* What arrived while this process did not run is there after this time, at the latest. */
#define QUIET_US 20000u
/* A packet that was not cut has arrived so long after its time. */
#define SPARE_US 5000u
/* What comes later than this is no packet: escapes at most double one. */
#define LATEST_US 100000u

/* What comes of a packet. */
struct rest {
	uint64_t whole_us; /* when a packet that was not cut has arrived */
	uint64_t last_us;  /* when the last bytes came */
	uint64_t count;    /* of bytes */
	bool is_over;      /* nothing came any more */
};

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

static bool is_short(const struct rest *r)
{
	return r->count + MISSING_MIN <= PACKET;
}

/* *ret: something came. */
static bool take(struct ef_port *port, uint64_t until_us, struct rest *r, bool *ret,
		 struct ef_err *err)
{
	uint8_t data[256];
	size_t got;

	if (!ef_port_read(port, data, sizeof(data), until_us, &got, err))
		return false;
	*ret = got > 0;
	r->count += got;
	if (got)
		r->last_us = ef_port_now_us(port);
	return true;
}

/* Count what comes during the pulse, or the time of the last byte would not be known. */
static bool count_in_pulse(void *ctx, struct ef_port *port, uint64_t end_us, struct ef_err *err)
{
	bool has_more;

	do
		if (!take(port, end_us, ctx, &has_more, err))
			return false;
	while (ef_port_now_us(port) < end_us);
	return true;
}

/* Return until when nothing may come, so that no more is awaited. */
static uint64_t silent_until_us(const struct ef_rom *rom, const struct rest *r)
{
	uint64_t until_us = r->last_us + (is_short(r) ? SILENCE_US + rom->slowest_us : QUIET_US);
	uint64_t least_us = ef_port_now_us(rom->port) + QUIET_US;

	until_us = until_us < r->whole_us ? r->whole_us : until_us;
	return until_us < least_us ? least_us : until_us;
}

/*
 * Count the bytes that still come, until a read that has the time to find some finds none. All that
 * arrived before has been read by then, even if this process did not run for a while.
 */
static bool count_rest(struct ef_rom *rom, struct rest *r, struct ef_err *err)
{
	struct ef_port *port = rom->port;
	uint64_t latest_us = r->whole_us + LATEST_US;
	bool has_more;

	do
		if (!take(port, silent_until_us(rom, r), r, &has_more, err))
			return false;
	while (has_more && ef_port_now_us(port) < latest_us);
	r->is_over = !has_more;
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
	uint64_t from = rom->received;
	struct rest rest = { .is_over = false };
	bool has_begun;

	*ret = STREAM_NONE;
	if (!is_apt(rom))
		return true;
	*ret = STREAM_DOUBT;
	if (!begin(rom, &has_begun, err))
		return false;
	rest.count = rom->received - from;
	rest.last_us = ef_port_now_us(rom->port);
	rest.whole_us = rest.last_us + packet_us(rom) + SPARE_US;
	if (!reset_with_pulse(reset, rom->port, count_in_pulse, &rest, err) ||
	    !count_rest(rom, &rest, err) || !ef_rom_discard(rom, err))
		return false;
	ef_log(EF_LOG_DEBUG, "%u of %u bytes came", (unsigned)rest.count, PACKET);
	if (has_begun && rest.is_over && is_short(&rest))
		*ret = STREAM_CUT;
	return *ret == STREAM_CUT || end_read(rom, err);
}
