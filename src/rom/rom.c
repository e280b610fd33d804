/* SPDX-License-Identifier: MIT */
/*
 * Knows how a request meets its answer on a line that also carries boot text,
 * repetitions and answers that come too late: one write a request, one
 * deadline, everything that isn't the wanted reply passed over (and kept for
 * the diagnosis).
 */
#include "rom/rom_priv.h"

#include <stdlib.h>
#include <string.h>

#include <espflash/log.h>

#define RX_CHUNK 4096u
#define TX_SIZE  EF_SLIP_MAX(EF_ROM_HEADER + EF_DATA_HEAD_SIZE + EF_BLOCK_STUB)
/* esptool's serial_write_timeout; the wire's time comes on top */
#define WRITE_TIMEOUT_MS 10000u
#define BITS_PER_BYTE    10u
/* No loader says anything outside its replies: more than two damaged ones is a boot log. */
#define STRAYS_MAX 64u

/* What `struct ef_rom`.slip points at: the only allocation of a session. */
struct link {
	struct ef_slip slip;
	uint64_t sent_us; /* when the last request will have left, at the latest */
	size_t rx_pos, rx_len;
	size_t logged;       /* bytes of the unfinished frame that are in the log already */
	bool is_held;        /* the frame in the decoder is for the next ef_rom_read_frame */
	bool is_answer_owed; /* the last request got no answer: it may still come */
	unsigned nudges;     /* SYNCs that were sent because the answer did not come */
	bool stops_at_junk;  /* a frame that is no reply may have been the one */
	size_t strays;       /* bytes that belong to no reply since the last request */
	uint8_t rx[RX_CHUNK];
	uint8_t frame[EF_MAX_FRAME];
	uint8_t tx[TX_SIZE];
};

static struct link *link_of(const struct ef_rom *rom)
{
	return rom->slip;
}

bool ef_rom_init(struct ef_rom *rom, struct ef_port *port, struct ef_err *err)
{
	struct link *l = calloc(1, sizeof(*l));

	if (!l)
		return ef_fail(err, EF_E_IO, "out of memory");
	*rom = (struct ef_rom){ .port = port, .loader = EF_LOADER_ROM, .slip = l };
	ef_slip_init(&l->slip, l->frame, sizeof(l->frame));
	return true;
}

void ef_rom_release(struct ef_rom *rom)
{
	free(rom->slip);
	rom->slip = NULL;
}

/* ---- receiving ---- */

/* What came within a millisecond came at once. */
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
	if (len > sizeof(log->data)) {
		data += len - sizeof(log->data);
		len = sizeof(log->data);
	}
	drop = log->len + len > sizeof(log->data) ? log->len + len - sizeof(log->data) : 0;
	memmove(log->data, log->data + drop, log->len - drop);
	memcpy(log->data + log->len - drop, data, len);
	log->len += len - drop;
}

/* The decoder's content that isn't logged yet: a frame that is none, or may become one. */
static void log_frame(struct ef_rom *rom)
{
	struct link *l = link_of(rom);
	size_t len = l->slip.len;

	if (len > l->logged)
		log_rx(rom, l->frame + l->logged, len - l->logged);
	l->logged = l->slip.is_ended ? 0 : len;
}

/* The same of a frame that hasn't ended: it may never. */
static void log_partial(struct ef_rom *rom)
{
	if (!link_of(rom)->slip.is_ended)
		log_frame(rom);
}

/* The next frame into link.frame. *ret false and success: none until the deadline. */
static bool next_frame(struct ef_rom *rom, uint64_t deadline_us, bool *ret, struct ef_err *err)
{
	struct link *l = link_of(rom);

	for (;;) {
		enum ef_slip_event event;
		const uint8_t *in = l->rx + l->rx_pos;
		size_t used;

		if (l->rx_pos == l->rx_len) {
			l->rx_pos = l->rx_len = 0;
			if (!ef_port_read(rom->port, l->rx, sizeof(l->rx), deadline_us, &l->rx_len,
					  err))
				return false;
			if (l->rx_len == 0) {
				*ret = false;
				return true;
			}
			in = l->rx;
		}
		used = ef_slip_push(&l->slip, in, l->rx_len - l->rx_pos, &event);
		l->rx_pos += used;
		if (event == EF_SLIP_NOISE) {
			log_rx(rom, in, used);
			l->strays += used;
			if (l->stops_at_junk && l->strays > STRAYS_MAX) {
				*ret = false;
				return true;
			}
		}
		if (event == EF_SLIP_DROPPED)
			log_frame(rom);
		else if (event == EF_SLIP_FRAME) {
			*ret = true;
			return true;
		}
		/*
		 * A line that never stops talking must not keep us past the deadline:
		 * ef_port_read returns what is there even when it has passed.
		 */
		if (ef_port_now_us(rom->port) >= deadline_us && l->rx_pos == l->rx_len) {
			*ret = false;
			return true;
		}
	}
}

/* The next reply of any opcode. Frames that are none are logged and passed over. */
static bool next_reply(struct ef_rom *rom, uint64_t deadline_us, struct ef_rom_frame *ret,
		       bool *ret_found, struct ef_err *err)
{
	struct link *l = link_of(rom);

	for (;;) {
		if (!next_frame(rom, deadline_us, ret_found, err))
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
			*ret_found = l->stops_at_junk = false;
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

static bool write_out(struct ef_rom *rom, const struct ef_slip_out *out, struct ef_err *err)
{
	struct link *l = link_of(rom);
	uint64_t now = ef_port_now_us(rom->port);
	uint64_t wire = wire_us(rom, out->len);

	/* twice the wire's time: the driver may still hold what was sent before */
	if (!ef_port_write(rom->port, out->p, out->len, now + WRITE_TIMEOUT_MS * 1000u + 2 * wire,
			   err))
		return false;
	l->sent_us = now + wire;
	rom->requests++;
	return true;
}

bool ef_rom_discard(struct ef_rom *rom, struct ef_err *err)
{
	struct link *l = link_of(rom);

	log_partial(rom);
	log_rx(rom, l->rx + l->rx_pos, l->rx_len - l->rx_pos);
	l->rx_pos = l->rx_len = 0;
	l->logged = 0;
	l->is_held = l->is_answer_owed = false;
	ef_slip_init(&l->slip, l->frame, sizeof(l->frame));
	return ef_port_discard(rom->port, err);
}

/* A late answer would be taken for the next request's: read away what is there. */
static bool forget_late_answers(struct ef_rom *rom, struct ef_err *err)
{
	struct ef_rom_frame frame;
	bool found = true;

	link_of(rom)->is_answer_owed = false;
	while (found)
		if (!next_reply(rom, 0, &frame, &found, err))
			return false;
	return true;
}

bool ef_rom_send(struct ef_rom *rom, const struct ef_request *req, struct ef_err *err)
{
	struct link *l = link_of(rom);
	struct ef_slip_out out = { .p = l->tx, .cap = sizeof(l->tx) };

	rom->was_refused = rom->is_silent = false;
	l->is_held = false;
	ef_rom_log_request(req);
	if (l->is_answer_owed && !forget_late_answers(rom, err))
		return false;
	if (!ef_rom_encode(req, &out))
		return ef_fail(err, EF_E_USAGE, "a request of %zu bytes is too long",
			       req->head_len + req->data_len + req->pad_len);
	return write_out(rom, &out, err);
}

bool ef_rom_write_frame(struct ef_rom *rom, const void *data, size_t len, struct ef_err *err)
{
	struct link *l = link_of(rom);
	struct ef_slip_out out = { .p = l->tx, .cap = sizeof(l->tx) };

	ef_slip_put_end(&out);
	ef_slip_put(&out, data, len);
	ef_slip_put_end(&out);
	if (out.bad)
		return ef_fail(err, EF_E_USAGE, "a frame of %zu bytes is too long", len);
	return write_out(rom, &out, err);
}

/* esp-flasher-stub slip.c, slip_recv_byte: an empty frame ends the frame, too */
bool ef_rom_shift_frame(struct ef_rom *rom, struct ef_err *err)
{
	uint8_t end[2];
	struct ef_slip_out out = { .p = end, .cap = sizeof(end) };

	ef_slip_put_end(&out);
	return write_out(rom, &out, err);
}

/* ---- the exchange ---- */

/* sent_us is when the last byte leaves the wire, at the latest: an answer may be earlier. */
static uint64_t since_sent_us(const struct ef_rom *rom)
{
	uint64_t now_us = ef_port_now_us(rom->port), sent_us = link_of(rom)->sent_us;

	return now_us > sent_us ? now_us - sent_us : 0;
}

static bool no_answer(struct ef_rom *rom, const struct ef_request *req, uint64_t waited_us,
		      struct ef_err *err)
{
	unsigned ms = (unsigned)(waited_us / 1000u);
	const char *name = ef_op_name(req->op);

	log_partial(rom);
	link_of(rom)->is_answer_owed = true;
	ef_log(EF_LOG_TRACE, "no answer to %s within %u ms", name ? name : "a command", ms);
	rom->damages += !rom->is_silent;
	if (link_of(rom)->nudges && !rom->is_silent)
		return ef_fail(err, EF_E_TIMEOUT, "no answer to %s: bytes got lost",
			       name ? name : "a command");
	return ef_fail(err, EF_E_TIMEOUT, "no answer to %s within %u ms", name ? name : "a command",
		       ms);
}

static uint64_t reply_deadline(const struct ef_rom *rom, uint32_t timeout_ms)
{
	return link_of(rom)->sent_us + (uint64_t)timeout_ms * 1000u;
}

bool ef_rom_drain_burst(struct ef_rom *rom, struct ef_err *err)
{
	struct ef_rom_frame frame;
	bool found = true;

	for (unsigned i = 1; found && i < EF_SYNC_REPLIES; i++) {
		uint64_t deadline_us = ef_port_deadline(rom->port, EF_ROM_BURST_GAP_MS);

		if (!next_reply(rom, deadline_us, &frame, &found, err))
			return false;
	}
	return true;
}

/* ---- is it there still? ---- */

/* More would fill the 128 bytes of a receive buffer that nobody reads for the moment. */
#define NUDGES 2u

static bool send_sync(struct ef_rom *rom, struct ef_err *err);

/* Work of the usual length should not need the second. */
static uint64_t nudge_us(const struct ef_rom *rom, const struct ef_request *req, uint64_t sent_us)
{
	unsigned nudges = link_of(rom)->nudges;
	uint64_t patience_us = (uint64_t)rom->patience_ms * 1000u;

	if (nudges == NUDGES)
		return UINT64_MAX;
	return sent_us + patience_us * (nudges == 0 ? 1u : ef_rom_may_take_long(req) ? 4u : 2u);
}

/* Two SYNCs were given time for an answer. */
static uint64_t soon_us(const struct ef_rom *rom, uint64_t sent_us, uint64_t deadline_us)
{
	uint64_t us = sent_us + (NUDGES + 1u) * (uint64_t)rom->patience_ms * 1000u;

	return us < deadline_us ? us : deadline_us;
}

/*
 * A SYNC is answered after what came before it. Its first delimiter also ends a frame
 * whose own end got lost; for a decoder that then takes the second one for a start, the
 * next SYNC comes shifted.
 */
static bool nudge(struct ef_rom *rom, struct ef_err *err)
{
	struct link *l = link_of(rom);

	if (l->nudges++ && !ef_rom_shift_frame(rom, err))
		return false;
	ef_log(EF_LOG_TRACE, "no answer yet: is the chip there?");
	return send_sync(rom, err);
}

/*
 * The answer came after a SYNC had been sent: take that SYNC's off the line, and if there
 * is none, bring the chip's decoder into step again. *ret is the status that a stub had
 * kept for its next answer.
 */
static bool settle(struct ef_rom *rom, struct ef_rom_verdict *ret, struct ef_err *err)
{
	uint32_t gap_ms = rom->patience_ms / 3u;
	/* the second one was: where the first was answered, it put the decoder out of step */
	bool is_shifted = link_of(rom)->nudges > 1;
	struct ef_rom_frame frame = { 0 };
	bool found = false;

	*ret = (struct ef_rom_verdict){ 0 };
	while (is_shifted &&
	       next_reply(rom, ef_port_deadline(rom->port, gap_ms), &frame, &found, err) && found &&
	       ret->status == 0)
		*ret = frame.op == EF_OP_SYNC ? ef_rom_judge(&frame, 0) : *ret;
	if (err->code != EF_OK || ret->status)
		return err->code == EF_OK;
	for (unsigned i = 0; !found && i <= 2u * NUDGES; i++) {
		if ((i || is_shifted) &&
		    ((i % 2 && !ef_rom_shift_frame(rom, err)) || !send_sync(rom, err)))
			return false;
		do
			if (!next_reply(rom, ef_port_deadline(rom->port, gap_ms), &frame, &found,
					err))
				return false;
		while (found && frame.op != EF_OP_SYNC);
	}
	if (!found)
		return true; /* the next request will tell */
	*ret = ef_rom_judge(&frame, 0);
	return ef_rom_drain_burst(rom, err);
}

/*
 * Wait for the reply to req. Answers to other commands are stale and passed
 * over, but a ROM that rejects a message as malformed may put another opcode
 * on it (esptool loader.py, command()): that is our answer.
 */
static bool await_reply(struct ef_rom *rom, const struct ef_request *req, bool may_nudge,
			struct ef_rom_frame *ret, struct ef_err *err)
{
	struct link *l = link_of(rom);
	uint64_t sent_us = l->sent_us, deadline_us = reply_deadline(rom, req->timeout_ms);
	struct ef_rom_frame frame;
	bool found;

	may_nudge = may_nudge && rom->patience_ms > 0;
	if (may_nudge && !ef_rom_may_take_long(req))
		deadline_us = soon_us(rom, sent_us, deadline_us);
	for (;;) {
		uint64_t until_us = may_nudge ? nudge_us(rom, req, sent_us) : deadline_us;

		l->stops_at_junk = may_nudge && l->nudges < NUDGES;
		if (!next_reply(rom, until_us < deadline_us ? until_us : deadline_us, &frame,
				&found, err))
			return false;
		if (!found && may_nudge && l->nudges < NUDGES &&
		    ef_port_now_us(rom->port) < deadline_us) {
			if (l->strays > STRAYS_MAX) {
				/* it was reset, most likely: no work takes its time any more */
				l->strays = 0;
				sent_us = ef_port_now_us(rom->port);
				deadline_us = soon_us(rom, sent_us, deadline_us);
			}
			if (!nudge(rom, err))
				return false;
			continue;
		}
		rom->is_silent = !found && l->nudges == NUDGES;
		if (!found)
			return no_answer(rom, req, deadline_us - sent_us, err);
		if (l->nudges > 0 && frame.op == EF_OP_SYNC) {
			/* it is through with everything before; or tells what failed before */
			if (frame.data[0] == 0)
				return no_answer(rom, req, deadline_us - sent_us, err);
			*ret = frame;
			return true;
		}
		if (frame.op == (uint8_t)req->op ||
		    ef_rom_is_unsupported(rom->loader, frame.data[0], frame.data[1])) {
			ef_rom_log_reply(rom, &frame,
					 frame.op == (uint8_t)req->op ? req->reply_len : 0,
					 since_sent_us(rom));
			*ret = frame;
			return true;
		}
		ef_log(EF_LOG_DEBUG, "passed over a stale answer to command 0x%02x", frame.op);
	}
}

bool ef_rom_exchange(struct ef_rom *rom, const struct ef_request *req, struct ef_rom_frame *ret,
		     struct ef_err *err)
{
	link_of(rom)->nudges = 0;
	return ef_rom_send(rom, req, err) && await_reply(rom, req, false, ret, err);
}

static bool refused(struct ef_rom *rom, const struct ef_request *req, struct ef_rom_verdict v,
		    struct ef_err *err)
{
	if (ef_rom_is_unsupported(rom->loader, v.status, v.reason) && !ef_rom_drain_burst(rom, err))
		return false;
	return ef_rom_refused(rom, req->op, v.status, v.reason, err);
}

bool ef_rom_receive(struct ef_rom *rom, const struct ef_request *req, struct ef_reply *ret,
		    struct ef_err *err)
{
	size_t reply_len = req->reply_len;
	struct ef_rom_frame frame = { 0 };
	struct ef_rom_verdict v;

	link_of(rom)->nudges = 0;
	link_of(rom)->strays = 0;
	if (!await_reply(rom, req, ef_rom_may_follow(req), &frame, err))
		return false;
	v = ef_rom_judge(&frame, reply_len);
	if (frame.op != (uint8_t)req->op) /* rejected: no data, whatever was promised */
		v = ef_rom_judge(&frame, 0);
	if (v.status)
		return refused(rom, req, v, err);
	if (v.is_short || reply_len > sizeof(ret->data))
		return ef_fail(err, EF_E_PROTOCOL, "the answer to %s has %zu bytes instead of %zu",
			       ef_op_name(req->op) ? ef_op_name(req->op) : "a command", frame.len,
			       reply_len + EF_ROM_STATUS_LEN);
	ret->value = frame.value;
	ret->len = reply_len;
	if (frame.data) /* whoever has no data asked for none */
		memcpy(ret->data, frame.data, reply_len);
	if (link_of(rom)->nudges == 0)
		return true;
	return settle(rom, &v, err) && (v.status == 0 || refused(rom, req, v, err));
}

bool ef_rom_command(struct ef_rom *rom, const struct ef_request *req, struct ef_reply *ret,
		    struct ef_err *err)
{
	return ef_rom_send(rom, req, err) && ef_rom_receive(rom, req, ret, err);
}

bool ef_rom_await_jump(struct ef_rom *rom, const struct ef_request *req, bool *ret_answered,
		       struct ef_err *err)
{
	uint64_t deadline_us = reply_deadline(rom, req->timeout_ms);
	struct link *l = link_of(rom);
	struct ef_rom_frame frame;
	struct ef_rom_verdict v;
	bool found;

	*ret_answered = false;
	for (;;) {
		if (!next_frame(rom, deadline_us, &found, err))
			return false;
		if (!found)
			return true;
		if (!ef_rom_parse_frame(l->frame, l->slip.len, &frame)) {
			l->is_held = true;
			return true;
		}
		if (frame.op == (uint8_t)req->op)
			break;
	}
	*ret_answered = true;
	v = ef_rom_judge(&frame, 0);
	return v.status ? refused(rom, req, v, err) : true;
}

bool ef_rom_read_frame(struct ef_rom *rom, uint8_t *buf, size_t cap, uint64_t deadline_us,
		       size_t *ret_len, struct ef_err *err)
{
	struct link *l = link_of(rom);
	bool found = l->is_held;

	l->is_held = false;
	for (;;) {
		if (!found && !next_frame(rom, deadline_us, &found, err))
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

static bool send_sync(struct ef_rom *rom, struct ef_err *err)
{
	/* 07 07 12 20 and 32 bytes of 55, by which the ROM measures the rate */
	static const uint8_t sync[36] = {
		0x07, 0x07, 0x12, 0x20, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55,
		0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55,
		0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55,
	};
	const struct ef_request req = {
		.op = EF_OP_SYNC,
		.head = sync,
		.head_len = sizeof(sync),
	};

	return ef_rom_send(rom, &req, err);
}

bool ef_rom_sync(struct ef_rom *rom, uint32_t timeout_ms, enum ef_sync_result *ret,
		 struct ef_err *err)
{
	struct ef_rom_frame frame;
	uint64_t deadline_us;
	unsigned replies = 0;
	bool found, is_stub = true;

	if (!send_sync(rom, err))
		return false;
	deadline_us = reply_deadline(rom, timeout_ms);
	while (replies < EF_SYNC_REPLIES) {
		if (!next_reply(rom, deadline_us, &frame, &found, err))
			return false;
		if (!found)
			break;
		/* a failed SYNC is a stub telling an older error: ask again */
		if (frame.op != EF_OP_SYNC || frame.data[0] != 0)
			continue;
		replies++;
		is_stub = is_stub && frame.value == 0;
		deadline_us = ef_port_deadline(rom->port, EF_ROM_BURST_GAP_MS);
	}
	if (replies == 0)
		log_partial(rom);
	ef_log(EF_LOG_TRACE, "< SYNC: %u answers", replies);
	*ret = replies == 0 ? EF_SYNC_NONE : is_stub ? EF_SYNC_STUB : EF_SYNC_ROM;
	return true;
}
