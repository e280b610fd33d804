/* SPDX-License-Identifier: MIT */
/*
 * Gets a part of the flash from a stub, as a stream of packets, or from a ROM, 64 bytes at a
 * time. Knows when a stub can take an acknowledgement: so the wire need not idle between two
 * packets, whatever the latency of the port is.
 */
#include "flasher/read_part.h"

#include <string.h>

#include <espflash/log.h>

#include "base/hash.h"

/* esptool's value; present stubs ignore it and keep one packet in flight */
#define IN_FLIGHT 64u
/* This many bytes of a frame are not noise: the stub has begun to send the packet. */
#define BEGUN     8u
#define ROM_PIECE 64u
#define WORD      4u

/* ---- stub ---- */

/* Allows for twice the frame's length on the wire, since SLIP may escape every byte. */
static uint32_t frame_ms(const struct ef_flasher *f, uint32_t len)
{
	const struct ef_stream_budget *b = &ef_budgets.stream;
	const struct ef_port *p = f->port;

	if (p->caps & EF_PORT_REMOTE || !(p->caps & EF_PORT_HAS_BAUD) || !p->rate_hz)
		return b->frame_ms;
	return (f->recovery.is_bad_line ? b->bad_line_ms : b->soon_ms) +
	       (uint32_t)((uint64_t)len * 2u * 10u * 1000u / p->rate_hz);
}

static bool nothing_came(const char *what, struct ef_err *err)
{
	return ef_fail(err, EF_E_TIMEOUT, "the chip stopped sending before %s", what);
}

/*
 * A stub sends the next packet when it has as many acknowledgements as it sent packets. It
 * looks between two packets, and keeps one that comes while it sends (esp-flasher-stub
 * v1.1.0, s_read_flash_post_process, slip.c). So a packet is acknowledged when it begins to
 * arrive: the acknowledgement is there when the stub has sent it. A second one would be lost;
 * one that came before the packet was begun would stop the stub. esptool's old stub compares
 * the same numbers. What is damaged is found by its length and the MD5, and read again.
 */
static bool acknowledge_begun(struct ef_flasher *f, uint32_t total, uint32_t len,
			      struct ef_err *err)
{
	uint64_t deadline_us = ef_port_deadline(f->port, frame_ms(f, BEGUN));
	uint8_t ack[4];
	bool has_begun;

	if (!ef_rom_await_frame(&f->rom, len < BEGUN ? len : BEGUN, deadline_us, &has_begun, err))
		return false;
	if (!has_begun)
		return nothing_came("a block of flash", err);
	ef_put_le32(ack, total);
	return ef_rom_write_frame(&f->rom, ack, sizeof(ack), err);
}

/* *ret_ended: instead of the packet, the MD5 came that ends a stream. */
static bool take_packet(struct ef_flasher *f, struct read_part *p, uint32_t pos, uint32_t len,
			bool *ret_ended, struct ef_err *err)
{
	uint64_t deadline_us = ef_port_deadline(f->port, frame_ms(f, len));
	bool is_whole;
	size_t got;

	*ret_ended = false;
	if (!ef_rom_read_packet(&f->rom, p->buf + pos, len, deadline_us, &got, &is_whole, err)) {
		/*
		 * the port went away within this packet: if that happens again, only shorter
		 * packets can arrive
		 */
		p->packets++;
		p->damaged++;
		return false;
	}
	if (got == 0)
		return nothing_came("a block of flash", err);
	p->packets++;
	if (is_whole && got == len) {
		p->arrived(p->ctx, pos, pos + len);
		return true;
	}
	p->damaged++;
	*ret_ended = got == EF_MD5_LEN;
	ef_log(EF_LOG_DEBUG, "0x%08x: %zu bytes came instead of %u", p->addr + pos, got, len);
	return true;
}

static bool read_md5(struct ef_flasher *f, uint8_t md5[EF_MD5_LEN], struct ef_err *err)
{
	uint64_t deadline_us = ef_port_deadline(f->port, frame_ms(f, EF_MD5_LEN));
	bool is_whole;
	size_t got;

	if (!ef_rom_read_packet(&f->rom, md5, EF_MD5_LEN, deadline_us, &got, &is_whole, err))
		return false;
	if (got == 0)
		return nothing_came("the MD5", err);
	return (is_whole && got == EF_MD5_LEN) || ef_fail(err, EF_E_VERIFY, "the MD5 came damaged");
}

static bool fail_damaged(const struct read_part *p, struct ef_err *err)
{
	return ef_fail(err, EF_E_VERIFY, "%u of %u blocks of flash arrived damaged", p->damaged,
		       p->packets);
}

/* *ret_ended: the stub does not wait for another acknowledgement. */
static bool read_packets(struct ef_flasher *f, struct read_part *p, bool *ret_ended,
			 struct ef_err *err)
{
	uint8_t want[EF_MD5_LEN], got[EF_MD5_LEN];

	*ret_ended = false;
	for (uint32_t pos = 0, len; pos < p->len; pos += len) {
		len = p->len - pos < p->packet ? p->len - pos : p->packet;
		if (!acknowledge_begun(f, pos + len, len, err) ||
		    !take_packet(f, p, pos, len, ret_ended, err))
			return false;
		/* shorter packets are more likely to arrive */
		if (*ret_ended ||
		    (p->damaged >= ef_budgets.stream.damaged_many && 2 * p->damaged > p->packets))
			return fail_damaged(p, err);
	}
	if (!read_md5(f, want, err))
		return false;
	*ret_ended = true;
	if (p->damaged)
		return fail_damaged(p, err);
	ef_md5(p->buf, p->len, got);
	return memcmp(want, got, sizeof(got)) == 0 ||
	       ef_fail(err, EF_E_VERIFY, "the data received does not match the chip's MD5");
}

/*
 * After a failure in mid-stream, the stub still waits for an acknowledgement, or sends the
 * packet after one. Send one of the wrong length: it makes the stub end the stream with the
 * MD5 frame.
 */
static void end_stream(struct ef_flasher *f, uint32_t packet)
{
	/* the caller already has the error that matters */
	struct ef_err ignored = EF_ERR_INIT;
	uint8_t frame[EF_READ_PACKET];
	bool is_there = true, is_whole;
	size_t got = 0;

	for (unsigned i = 0; i < ef_budgets.stream.end_tries && got != EF_MD5_LEN; i++) {
		if (!ef_recover_shift(f, i, &ignored) ||
		    !ef_rom_write_frame(&f->rom, "", 1, &ignored))
			return;
		do {
			uint64_t begun_us = ef_port_deadline(f->port, frame_ms(f, BEGUN));
			uint64_t end_us = ef_port_deadline(f->port, frame_ms(f, packet));

			if (!ef_rom_await_frame(&f->rom, BEGUN, begun_us, &is_there, &ignored) ||
			    (is_there && !ef_rom_read_packet(&f->rom, frame, sizeof(frame), end_us,
							     &got, &is_whole, &ignored)))
				return;
		} while (is_there && got && got != EF_MD5_LEN);
	}
}

bool read_part_stub(struct ef_flasher *f, struct read_part *p, struct ef_err *err)
{
	uint32_t in_flight = f->form.read_in_flight ? f->form.read_in_flight : IN_FLIGHT;
	bool has_ended;

	p->packets = p->damaged = 0;
	p->is_in_doubt = !ef_rom_read_flash_begin(&f->rom, p->addr, p->len, p->packet, in_flight,
						  err);
	if (p->is_in_doubt)
		return false;
	if (read_packets(f, p, &has_ended, err))
		return true;
	if (!has_ended && (err->fault.kind == EF_FAULT_DIFFERS || ef_is_no_answer(err)))
		end_stream(f, p->packet);
	return false;
}

/* ---- ROM ---- */

/*
 * The ROM reads whole words only, so pieces are extended to word boundaries and
 * the surplus bytes are dropped here.
 */
bool read_part_rom(struct ef_flasher *f, struct read_part *p, struct ef_err *err)
{
	uint8_t piece[ROM_PIECE];

	for (uint32_t pos = 0, len; pos < p->len; pos += len) {
		uint32_t from = p->addr + pos, skip = from % WORD, ask;

		len = p->len - pos < ROM_PIECE - skip ? p->len - pos : ROM_PIECE - skip;
		ask = (skip + len + WORD - 1) / WORD * WORD;
		if (!ef_rom_read_flash_slow(&f->rom, from - skip, ask, piece, err))
			return false;
		memcpy(p->buf + pos, piece + skip, len);
		p->arrived(p->ctx, pos, pos + len);
	}
	return true;
}
