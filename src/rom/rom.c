/* SPDX-License-Identifier: MIT */
/*
 * Does one plain exchange: one write a request, one deadline, and the first reply that fits. Knows
 * which replies are stale and how a ROM rejects what it doesn't know. Nothing is tried again here;
 * that is the session's policy.
 */
#include "rom/link.h"
#include "rom/rom_log.h"
#include "rom/rom_priv.h"

#include <string.h>

#include <espflash/log.h>

/* ---- sending ---- */

/* Reads and drops late answers, which would be taken for the answer to the next request. */
static bool forget_late_answers(struct ef_rom *rom, struct ef_err *err)
{
	uint64_t now_us = ef_port_now_us(rom->port);
	struct ef_rom_frame frame;
	bool found = true;

	link_of(rom)->is_answer_owed = false;
	while (found)
		if (!link_next_reply(rom, now_us, &frame, &found, err))
			return false;
	return true;
}

static bool changes_flash(enum ef_op op)
{
	switch (op) {
	case EF_OP_FLASH_BEGIN:
	case EF_OP_FLASH_DEFL_BEGIN:
	case EF_OP_ERASE_FLASH:
	case EF_OP_ERASE_REGION:
		return true;
	default:
		return false;
	}
}

/* Bytes that are left from earlier exchanges do not belong to the next answer. */
static bool begin_request(struct ef_rom *rom, enum ef_op op, struct ef_err *err)
{
	struct link *l = link_of(rom);

	l->is_held = l->is_spoilt = l->stops_at_text = l->stops_at_junk = false;
	rom->flash_changes += changes_flash(op);
	if (op != EF_OP_SYNC)
		l->strays = 0;
	return !l->is_answer_owed || forget_late_answers(rom, err);
}

static bool send(struct ef_rom *rom, enum ef_op op, const struct ef_slip_out *out,
		 struct ef_err *err)
{
	struct link *l = link_of(rom);

	if (!link_write(rom, out, err))
		return false;
	if (op != EF_OP_SYNC)
		l->asked_us = l->sent_us;
	return true;
}

/* is_twice: send the frame once more. The two share a delimiter. */
static bool encode_and_send(struct ef_rom *rom, const struct ef_request *req, bool is_twice,
			    struct ef_err *err)
{
	struct link *l = link_of(rom);
	struct ef_slip_out out = { .p = l->tx, .cap = sizeof(l->tx) };
	bool fits;

	ef_rom_log_request(req);
	if (!begin_request(rom, req->op, err))
		return false;
	fits = ef_rom_encode(req, &out);
	if (fits && is_twice) {
		out.len--;
		fits = ef_rom_encode(req, &out);
	}
	if (!fits)
		return ef_fail(err, EF_E_USAGE, "a request of %zu bytes is too long",
			       req->head_len + req->data_len + req->pad_len);
	return send(rom, req->op, &out, err);
}

bool ef_rom_send(struct ef_rom *rom, const struct ef_request *req, struct ef_err *err)
{
	return encode_and_send(rom, req, false, err);
}

bool rom_send_in_any_step(struct ef_rom *rom, const struct ef_request *req, struct ef_err *err)
{
	return encode_and_send(rom, req, true, err);
}

uint64_t ef_rom_sent_us(const struct ef_rom *rom)
{
	return link_of(rom)->sent_us;
}

/* ---- receiving ---- */

/* sent_us is the latest possible time of sending, so an answer may come before it. */
static uint64_t since_us(uint64_t sent_us, uint64_t now_us)
{
	return now_us > sent_us ? now_us - sent_us : 0;
}

/* Note the time to the request's own answer, even if a SYNC was sent behind the request. */
static void note_delay(struct ef_rom *rom, enum ef_op op, uint64_t now_us)
{
	uint64_t us = since_us(link_of(rom)->asked_us, now_us);

	if (ef_op_traits(op).is_prompt && us > rom->slowest_us)
		rom->slowest_us = us;
}

bool ef_rom_no_answer(struct ef_rom *rom, const struct ef_request *req, uint64_t waited_us,
		      struct ef_err *err)
{
	unsigned ms = (unsigned)(waited_us / 1000u);
	const char *name = ef_op_name(req->op);

	link_log_partial(rom);
	link_of(rom)->is_answer_owed = true;
	name = name ? name : "a command";
	ef_log(EF_LOG_TRACE, "no answer to %s within %u ms", name, ms);
	return ms ? ef_fail(err, EF_E_TIMEOUT, "no answer to %s within %u ms", name, ms)
		  : ef_fail(err, EF_E_TIMEOUT, "no time was left for an answer to %s", name);
}

bool ef_rom_drain_burst(struct ef_rom *rom, struct ef_err *err)
{
	struct ef_rom_frame frame;
	bool found = true;

	for (unsigned i = 1; found && i < EF_SYNC_REPLIES; i++) {
		uint64_t deadline_us = ef_port_deadline(rom->port, EF_ROM_BURST_GAP_MS);

		if (!link_next_reply(rom, deadline_us, &frame, &found, err))
			return false;
	}
	return true;
}

static bool refused(struct ef_rom *rom, const struct ef_request *req, struct ef_rom_verdict v,
		    struct ef_err *err)
{
	if (ef_rom_is_unsupported(rom->loader, v.status, v.reason) && !ef_rom_drain_burst(rom, err))
		return false;
	return ef_rom_refused(rom->loader, req->op, v.status, v.reason, err);
}

/*
 * Answers to other commands are stale and passed over, but a ROM that rejects a
 * message as malformed may put another opcode on it (esptool loader.py,
 * command()): that is our answer.
 */
static bool is_answer(const struct ef_rom *rom, const struct ef_request *req,
		      const struct ef_rom_frame *frame)
{
	return frame->op == (uint8_t)req->op ||
	       ef_rom_is_unsupported(rom->loader, frame->data[0], frame->data[1]);
}

/* Return how many bytes of data the request promises in a frame of this length. */
static size_t promised(const struct ef_request *req, const struct ef_rom_frame *frame)
{
	if (frame->op != (uint8_t)req->op) /* rejected, without data */
		return 0;
	if (req->reply_short && frame->len < req->reply_len + EF_ROM_STATUS_LEN)
		return req->reply_short;
	return req->reply_len;
}

static bool take_answer(struct ef_rom *rom, const struct ef_request *req,
			const struct ef_rom_frame *frame, struct ef_reply *ret, struct ef_err *err)
{
	size_t len = promised(req, frame);
	struct ef_rom_verdict v = ef_rom_judge(frame, len);
	uint64_t now_us = ef_port_now_us(rom->port);

	ef_rom_log_reply(rom->loader, frame, len, since_us(link_of(rom)->sent_us, now_us));
	note_delay(rom, req->op, now_us);
	if (v.status)
		return refused(rom, req, v, err);
	if (v.is_short || len > sizeof(ret->data))
		return ef_fail(err, EF_E_PROTOCOL, "the answer to %s has %zu bytes instead of %zu",
			       ef_op_name(req->op) ? ef_op_name(req->op) : "a command", frame->len,
			       len + EF_ROM_STATUS_LEN);
	ret->value = frame->value;
	ret->len = len;
	memcpy(ret->data, frame->data, len);
	return true;
}

/* Return the event that ended the wait if no answer came in time. */
static enum ef_waited why_not(struct link *l)
{
	if (l->stops_at_text && l->strays > LINK_STRAYS_MAX) {
		l->strays = 0;
		return EF_WAITED_TEXT;
	}
	return l->has_junk ? EF_WAITED_JUNK : EF_WAITED_TIME;
}

bool ef_rom_wait(struct ef_rom *rom, const struct ef_request *req, const struct ef_wait *wait,
		 enum ef_waited *ret, struct ef_reply *reply, struct ef_err *err)
{
	struct link *l = link_of(rom);
	struct ef_rom_frame frame;
	bool found;

	l->stops_at_text = wait->stops_at_text;
	l->stops_at_junk = wait->stops_at_junk;
	l->has_junk = false;
	for (;;) {
		if (!link_next_reply(rom, wait->until_us, &frame, &found, err))
			return false;
		if (!found) {
			*ret = why_not(l);
			return true;
		}
		if (wait->takes_sync && frame.op == EF_OP_SYNC) {
			*ret = EF_WAITED_SYNC;
			/* a stub reports an earlier failure here */
			return frame.data[0] == 0 ||
			       ef_rom_refused(rom->loader, req->op, frame.data[0], frame.data[1],
					      err);
		}
		if (is_answer(rom, req, &frame)) {
			*ret = EF_WAITED_ANSWER;
			return take_answer(rom, req, &frame, reply, err);
		}
		ef_log(EF_LOG_DEBUG, "passed over a stale answer to command 0x%02x", frame.op);
		/* the answer waits behind others, so its delay is not evidence */
		l->asked_us = UINT64_MAX;
	}
}

uint64_t ef_rom_reply_deadline(const struct ef_rom *rom, uint32_t timeout_ms)
{
	return link_of(rom)->sent_us + (uint64_t)timeout_ms * 1000u;
}

bool ef_rom_receive(struct ef_rom *rom, const struct ef_request *req, struct ef_reply *ret,
		    struct ef_err *err)
{
	const struct ef_wait wait = { .until_us = ef_rom_reply_deadline(rom, req->timeout_ms) };
	enum ef_waited waited;

	if (!ef_rom_wait(rom, req, &wait, &waited, ret, err))
		return false;
	return waited == EF_WAITED_ANSWER ||
	       ef_rom_no_answer(rom, req, (uint64_t)req->timeout_ms * 1000u, err);
}

bool ef_rom_command(struct ef_rom *rom, const struct ef_request *req, struct ef_reply *ret,
		    struct ef_err *err)
{
	return ef_rom_send(rom, req, err) && ef_rom_receive(rom, req, ret, err);
}

bool ef_rom_await_jump(struct ef_rom *rom, const struct ef_request *req, struct ef_err *err)
{
	uint64_t deadline_us = ef_rom_reply_deadline(rom, req->timeout_ms);
	struct link *l = link_of(rom);
	struct ef_rom_frame frame;
	struct ef_rom_verdict v;
	bool found;

	for (;;) {
		if (!link_next_frame(rom, deadline_us, &found, err))
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
	v = ef_rom_judge(&frame, 0);
	return v.status ? refused(rom, req, v, err) : true;
}

/* ---- several register accesses at once ---- */

/* A batch of requests: all are READ_REGs of addrs, or WRITE_REGs of writes. */
struct accesses {
	enum ef_op op;
	const uint32_t *addrs;
	const struct ef_reg_write *writes;
	size_t count;
};

static void access_request(const struct accesses *a, size_t i, struct ef_request *req,
			   uint8_t head[16])
{
	*req = (struct ef_request){ .op = a->op,
				    .head = head,
				    .head_len = a->op == EF_OP_READ_REG ? 4 : 16 };
	if (a->op == EF_OP_READ_REG) {
		ef_put_le32(head, a->addrs[i]);
		return;
	}
	ef_put_le32(head, a->writes[i].addr);
	ef_put_le32(head + 4, a->writes[i].value);
	ef_put_le32(head + 8, UINT32_MAX); /* the mask; no delay follows */
	ef_put_le32(head + 12, 0);
}

/* Put as many requests into the output as the loader has room for, but at least one. */
static size_t encode_accesses(const struct accesses *a, size_t room, struct ef_slip_out *out)
{
	uint8_t head[16];
	struct ef_request req;
	size_t n;

	for (n = 0; n < a->count; n++) {
		size_t before = out->len;

		access_request(a, n, &req, head);
		if (!ef_rom_encode(&req, out) || (n && out->len > room)) {
			out->len = before;
			break;
		}
		ef_rom_log_request(&req);
	}
	return n;
}

/*
 * An answer does not identify its register. So anything that is not a plain answer ends the
 * reading. Even a stray byte may be the remnant of an answer.
 */
static bool take_value(struct ef_rom *rom, enum ef_op op, uint64_t until_us, uint32_t *ret,
		       struct ef_err *err)
{
	const struct ef_request req = { .op = op };
	struct link *l = link_of(rom);
	struct ef_rom_frame frame;
	struct ef_reply reply = { 0 };
	bool found;

	if (!link_next_reply(rom, until_us, &frame, &found, err))
		return false;
	if (!found)
		return ef_rom_no_answer(rom, &req, since_us(l->sent_us, ef_port_now_us(rom->port)),
					err);
	if (frame.op != op || l->strays)
		return ef_fail(err, EF_E_PROTOCOL, "the answers to several %ss are damaged",
			       ef_op_name(op));
	if (!take_answer(rom, &req, &frame, &reply, err))
		return false;
	*ret = reply.value;
	return true;
}

/* ret: the values, or NULL. */
static bool access_regs(struct ef_rom *rom, const struct accesses *a,
			const struct ef_read_ahead *ahead, uint32_t *ret, size_t *ret_count,
			struct ef_err *err)
{
	struct link *l = link_of(rom);
	struct ef_slip_out out = { .p = l->tx, .cap = sizeof(l->tx) };
	uint64_t until_us;
	uint32_t value;
	size_t n;

	if (!begin_request(rom, a->op, err))
		return false;
	n = encode_accesses(a, ahead->room, &out);
	if (!send(rom, a->op, &out, err))
		return false;
	rom->requests += n - 1;
	until_us = ef_rom_reply_deadline(rom, ahead->timeout_ms);
	l->stops_at_text = l->stops_at_junk = true;
	for (size_t i = 0; i < n; i++)
		if (!take_value(rom, a->op, until_us, ret ? &ret[i] : &value, err))
			return false;
	if (l->rx_pos != l->rx_len)
		return ef_fail(err, EF_E_PROTOCOL, "more answers came than %ss were sent",
			       ef_op_name(a->op));
	*ret_count = n;
	return true;
}

bool ef_rom_read_regs(struct ef_rom *rom, const uint32_t *addrs, size_t count,
		      const struct ef_read_ahead *ahead, uint32_t *ret, size_t *ret_count,
		      struct ef_err *err)
{
	const struct accesses a = { .op = EF_OP_READ_REG, .addrs = addrs, .count = count };

	return access_regs(rom, &a, ahead, ret, ret_count, err);
}

bool ef_rom_write_regs_ahead(struct ef_rom *rom, const struct ef_reg_write *writes, size_t count,
			     const struct ef_read_ahead *ahead, size_t *ret_count,
			     struct ef_err *err)
{
	const struct accesses a = { .op = EF_OP_WRITE_REG, .writes = writes, .count = count };

	return access_regs(rom, &a, ahead, NULL, ret_count, err);
}
