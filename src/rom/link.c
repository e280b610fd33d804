/* SPDX-License-Identifier: MIT */
/*
 * Moves frames over a port: bytes in, frames out, and the reverse. Knows how to
 * tell replies from the boot text and noise around them, and keeps what is no
 * reply for the diagnosis.
 */
#include "rom/link.h"

#include <stdlib.h>
#include <string.h>

/* esptool's serial_write_timeout; the wire's time comes on top */
#define WRITE_TIMEOUT_MS 10000u
#define BITS_PER_BYTE    10u

struct link *link_of(const struct ef_rom *rom)
{
	return rom->link;
}

bool ef_rom_init(struct ef_rom *rom, struct ef_port *port, struct ef_err *err)
{
	struct link *l = calloc(1, sizeof(*l));

	if (!l)
		return ef_fail(err, EF_E_IO, "out of memory");
	*rom = (struct ef_rom){ .port = port, .loader = EF_LOADER_ROM, .link = l };
	ef_slip_init(&l->slip, l->frame, sizeof(l->frame));
	return true;
}

void ef_rom_release(struct ef_rom *rom)
{
	free(rom->link);
	rom->link = NULL;
}

/* ---- receiving ---- */

/* Bytes that come within a millisecond share a mark. */
static void log_time(struct ef_rx_log *log, uint64_t now_us)
{
	if (log->marks && now_us - log->mark[log->marks - 1].at_us < 1000)
		return;
	if (log->marks == EF_RX_MARKS)
		memmove(log->mark, log->mark + 1, --log->marks * sizeof(log->mark[0]));
	log->mark[log->marks++] = (struct ef_rx_mark){ .at_us = now_us, .from = log->total };
}

static void log_rx(struct ef_rom *rom, const uint8_t *data, size_t len)
{
	struct ef_rx_log *log = rom->rx_log;
	size_t drop;

	if (!log || !len)
		return;
	log_time(log, ef_port_now_us(rom->port));
	log->total += len;
	if (log->keeps_first && len > sizeof(log->data) - log->len)
		len = sizeof(log->data) - log->len;
	if (len > sizeof(log->data)) {
		data += len - sizeof(log->data);
		len = sizeof(log->data);
	}
	drop = log->len + len > sizeof(log->data) ? log->len + len - sizeof(log->data) : 0;
	memmove(log->data, log->data + drop, log->len - drop);
	memcpy(log->data + log->len - drop, data, len);
	log->len += len - drop;
}

/*
 * Logs the bytes that the decoder holds and the log lacks: a frame that is not a reply, or its
 * beginning.
 */
static void log_frame(struct ef_rom *rom)
{
	struct link *l = link_of(rom);
	size_t len = l->slip.len;

	if (len > l->logged)
		log_rx(rom, l->frame + l->logged, len - l->logged);
	l->logged = l->slip.is_ended ? 0 : len;
}

void link_log_partial(struct ef_rom *rom)
{
	if (!link_of(rom)->slip.is_ended)
		log_frame(rom);
}

/*
 * Bytes that were there when the deadline passed still count, since the system may have kept us
 * from running. The system's buffers hold at most this much, even on a fast line.
 */
#define LATE_READS_MAX 4u

/*
 * Return whether the deadline has passed for good: a peer that never stops talking must not move
 * it.
 */
static bool is_over(struct ef_rom *rom, uint64_t deadline_us)
{
	struct link *l = link_of(rom);

	if (ef_port_now_us(rom->port) < deadline_us)
		return false;
	if (l->late_us != deadline_us)
		l->late_reads = 0;
	l->late_us = deadline_us;
	return l->late_reads++ >= LATE_READS_MAX;
}

/*
 * Read once, if the last read is used up, and push it to the decoder once. *ret_over: nothing
 * arrived, and *ret is unchanged.
 */
static bool pump(struct ef_rom *rom, uint64_t deadline_us, enum ef_slip_event *ret, bool *ret_over,
		 struct ef_err *err)
{
	struct link *l = link_of(rom);
	const uint8_t *in;
	size_t used;

	*ret_over = false;
	if (l->rx_pos == l->rx_len) {
		l->rx_pos = l->rx_len = 0;
		*ret_over = is_over(rom, deadline_us);
		if (*ret_over)
			return true;
		if (!ef_port_read(rom->port, l->rx, sizeof(l->rx), deadline_us, &l->rx_len, err))
			return false;
		rom->received += l->rx_len;
		*ret_over = l->rx_len == 0;
		if (*ret_over)
			return true;
	}
	in = l->rx + l->rx_pos;
	used = ef_slip_push(&l->slip, in, l->rx_len - l->rx_pos, ret);
	l->rx_pos += used;
	if (*ret == EF_SLIP_NOISE) {
		log_rx(rom, in, used);
		l->strays += used;
	}
	if (*ret == EF_SLIP_DROPPED)
		log_frame(rom);
	return true;
}

/* Gets the next frame into link.frame. Success with *ret false: none came until the deadline. */
bool link_next_frame(struct ef_rom *rom, uint64_t deadline_us, bool *ret, struct ef_err *err)
{
	struct link *l = link_of(rom);
	enum ef_slip_event event = EF_SLIP_MORE;
	bool is_done;

	*ret = false;
	for (;;) {
		if (!pump(rom, deadline_us, &event, &is_done, err))
			return false;
		if (is_done)
			return true;
		*ret = event == EF_SLIP_FRAME;
		if (*ret)
			return true;
		if (event == EF_SLIP_NOISE && l->stops_at_text && l->strays > LINK_STRAYS_MAX)
			return true;
		/*
		 * A chip that never stops sending must not keep us past the deadline: even then
		 * ef_port_read returns the bytes that are there.
		 */
		if (ef_port_now_us(rom->port) >= deadline_us && l->rx_pos == l->rx_len)
			return true;
	}
}

bool link_next_reply(struct ef_rom *rom, uint64_t deadline_us, struct ef_rom_frame *ret,
		     bool *ret_found, struct ef_err *err)
{
	struct link *l = link_of(rom);

	for (;;) {
		if (!link_next_frame(rom, deadline_us, ret_found, err))
			return false;
		if (!*ret_found)
			return true;
		if (ef_rom_parse_frame(l->frame, l->slip.len, ret)) {
			l->logged = 0;
			return true;
		}
		l->strays += l->slip.len;
		log_frame(rom);
		ef_slip_reopen(&l->slip);
		if (l->stops_at_junk) {
			l->has_junk = true;
			*ret_found = false;
			return true;
		}
	}
}

/* ---- sending ---- */

static uint64_t wire_us(const struct ef_rom *rom, size_t len)
{
	if (!(rom->port->caps & EF_PORT_HAS_BAUD) || rom->port->rate_hz == 0)
		return 0;
	return (uint64_t)len * BITS_PER_BYTE * 1000000u / rom->port->rate_hz;
}

bool link_write(struct ef_rom *rom, const struct ef_slip_out *out, struct ef_err *err)
{
	struct link *l = link_of(rom);
	uint64_t now = ef_port_now_us(rom->port);
	uint64_t wire = wire_us(rom, out->len);

	/* twice the wire's time: the driver may still hold what was sent before */
	if (!ef_port_write(rom->port, out->p, out->len, now + WRITE_TIMEOUT_MS * 1000u + 2 * wire,
			   err))
		return false;
	l->sent_us = now + wire;
	l->late_reads = 0;
	rom->sent += out->len;
	rom->requests++;
	return true;
}

bool ef_rom_discard(struct ef_rom *rom, struct ef_err *err)
{
	struct link *l = link_of(rom);

	link_log_partial(rom);
	log_rx(rom, l->rx + l->rx_pos, l->rx_len - l->rx_pos);
	l->rx_pos = l->rx_len = 0;
	l->late_reads = 0;
	l->logged = l->strays = 0;
	l->is_held = l->is_spoilt = l->is_answer_owed = false;
	ef_slip_init(&l->slip, l->frame, sizeof(l->frame));
	return ef_port_discard(rom->port, err);
}

/* ---- frames that are not replies ---- */

bool ef_rom_write_frame(struct ef_rom *rom, const void *data, size_t len, struct ef_err *err)
{
	struct link *l = link_of(rom);
	struct ef_slip_out out = { .p = l->tx, .cap = sizeof(l->tx) };

	ef_slip_put_end(&out);
	ef_slip_put(&out, data, len);
	ef_slip_put_end(&out);
	if (out.bad)
		return ef_fail(err, EF_E_USAGE, "a frame of %zu bytes is too long", len);
	return link_write(rom, &out, err);
}

/* esp-flasher-stub slip.c, slip_recv_byte: an empty frame ends the frame, too */
bool ef_rom_shift_frame(struct ef_rom *rom, struct ef_err *err)
{
	uint8_t end[2];
	struct ef_slip_out out = { .p = end, .cap = sizeof(end) };

	ef_slip_put_end(&out);
	return link_write(rom, &out, err);
}

/*
 * Wait until a frame has `begun` bytes, or has ended, damaged or not, with `least` bytes or more.
 */
static bool await_frame(struct ef_rom *rom, size_t begun, size_t least, uint64_t deadline_us,
			bool *ret, struct ef_err *err)
{
	struct link *l = link_of(rom);
	struct ef_slip *slip = &l->slip;
	bool is_done = false;

	for (;;) {
		enum ef_slip_event event = EF_SLIP_MORE;

		*ret = l->is_held ||
		       (slip->state != EF_SLIP_OUTSIDE && !slip->is_ended && slip->len >= begun);
		if (*ret || is_done)
			return true;
		if (!pump(rom, deadline_us, &event, &is_done, err))
			return false;
		l->is_held = (event == EF_SLIP_FRAME || event == EF_SLIP_DROPPED) &&
			     slip->len >= least;
		l->is_spoilt = l->is_held && event == EF_SLIP_DROPPED;
		is_done = is_done || ef_port_now_us(rom->port) >= deadline_us;
	}
}

bool ef_rom_await_frame(struct ef_rom *rom, size_t least, uint64_t deadline_us, bool *ret,
			struct ef_err *err)
{
	return await_frame(rom, least, least, deadline_us, ret, err);
}

bool ef_rom_read_packet(struct ef_rom *rom, uint8_t *buf, size_t len, uint64_t deadline_us,
			size_t *ret_len, bool *ret_whole, struct ef_err *err)
{
	struct link *l = link_of(rom);
	bool is_there, is_spoilt;

	*ret_len = 0;
	*ret_whole = false;
	if (!await_frame(rom, SIZE_MAX, 1, deadline_us, &is_there, err))
		return false;
	if (!is_there)
		return true;
	is_spoilt = l->is_spoilt;
	l->is_held = l->is_spoilt = false;
	l->logged = 0;
	*ret_len = l->slip.len;
	*ret_whole = !is_spoilt && l->slip.len <= len;
	if (*ret_whole)
		memcpy(buf, l->frame, l->slip.len);
	return true;
}

bool ef_rom_read_frame(struct ef_rom *rom, uint8_t *buf, size_t cap, uint64_t deadline_us,
		       size_t *ret_len, struct ef_err *err)
{
	struct link *l = link_of(rom);
	bool found = l->is_held && !l->is_spoilt;

	l->is_held = l->is_spoilt = false;
	for (;;) {
		if (!found && !link_next_frame(rom, deadline_us, &found, err))
			return false;
		if (!found) {
			*ret_len = 0;
			return true;
		}
		if (l->slip.len <= cap) {
			l->logged = 0;
			memcpy(buf, l->frame, l->slip.len);
			*ret_len = l->slip.len;
			return true;
		}
		log_frame(rom);
		ef_slip_reopen(&l->slip);
		found = false;
	}
}
