/* SPDX-License-Identifier: MIT */
/*
 * What ROM loader and stub have in common: a request comes in, an answer goes
 * out, and the faults that a test asked for happen in between.
 */
#include "sim/sim_priv.h"

/* Time between the end of a request and the start of its answer. */
#define THINK_US 120u

uint8_t sim_checksum(const uint8_t *data, size_t len)
{
	uint8_t sum = 0xef;

	for (size_t i = 0; i < len; i++)
		sum ^= data[i];
	return sum;
}

/* The frame that answers the current request, with what may go wrong with it. */
static void send_answer(struct sim *sim, uint64_t at, uint8_t *frame, size_t len)
{
	const struct sim_faults *f = &sim->opts.faults;
	unsigned n = sim->request_total;

	if (f->stall_reply && n >= f->stall_reply)
		return;
	if (f->drop_reply == n)
		return;
	if (f->delay_reply == n)
		at += (uint64_t)f->delay_ms * 1000;
	if (f->flip_reply == n && len)
		frame[len - 1 - (len > 12 ? 4 : 0)] ^= 0x04;
	sim_uart_frame(sim, at, frame, len);
}

void sim_reply(struct sim *sim, const struct sim_request *rq, const struct sim_answer *answer,
	       const uint8_t *status, size_t status_len)
{
	uint64_t at = rq->answer_us > sim->now ? rq->answer_us : sim->now;

	for (unsigned i = 0; i < rq->copies; i++) {
		uint8_t frame[96];
		struct ef_wr w = ef_wr_init(frame, sizeof(frame));

		ef_wr_u8(&w, 1);
		ef_wr_u8(&w, rq->op);
		ef_wr_le16(&w, (uint16_t)(answer->len + status_len));
		ef_wr_le32(&w, answer->value);
		ef_wr_bytes(&w, answer->data, answer->len);
		ef_wr_bytes(&w, status, status_len);
		send_answer(sim, at + THINK_US, frame, w.len);
	}
	if (rq->answer_us > sim->now)
		sim->busy_until = rq->answer_us;
}

/* A group of 16 bytes each: address, value, mask, delay. */
void sim_regs_from_request(struct sim *sim, const struct sim_request *rq)
{
	struct ef_rd r = ef_rd_init(rq->data, rq->len);

	while (r.left >= 16) {
		uint32_t addr = ef_rd_le32(&r), value = ef_rd_le32(&r), mask = ef_rd_le32(&r);

		ef_rd_skip(&r, 4);
		value &= mask;
		if (mask != UINT32_MAX)
			value |= sim_reg_read(sim, addr) & ~mask;
		sim_reg_write(sim, addr, value);
	}
}

/* Flags, counter, key purposes; then chip id and API version where the chip has them. */
size_t sim_security_info(const struct sim *sim, uint8_t ret[20])
{
	memset(ret, 0, 20);
	ret[0] = (uint8_t)((sim->opts.secure_boot ? 1 : 0) | (sim->opts.secure_download ? 4 : 0));
	ef_put_le32(ret + 12, sim->chip->image_id);
	return sim->chip->security_len;
}

void sim_write_close(struct sim *sim)
{
	if (sim->write.is_stream_open)
		(void)inflateEnd(&sim->write.stream);
	sim->write.is_stream_open = false;
	sim->write.is_active = false;
}

static bool is_unplug_fault(struct sim *sim)
{
	const struct sim_faults *f = &sim->opts.faults;

	if (f->unplug_at_request == 0 || f->unplug_at_request != sim->request_total)
		return false;
	sim->is_unplugged = true;
	sim->replug_at = sim->now + (uint64_t)f->unplug_ms * 1000;
	sim_uart_cut(sim);
	if (!f->unplug_keeps_power) {
		sim->mode = SIM_MODE_DEAD;
		sim->reset_at = sim->replug_at;
		sim->reset_cause = SIM_POWERON;
	}
	return true;
}

static bool is_reset_fault(struct sim *sim)
{
	if (sim->opts.faults.hang_at_request == sim->request_total) {
		sim->mode = SIM_MODE_DEAD;
		return true;
	}
	if (sim->opts.faults.reset_at_request != sim->request_total)
		return false;
	sim->reset_at = sim->now + 1000;
	sim->reset_cause = SIM_RTCWDT;
	sim->mode = SIM_MODE_DEAD;
	return true;
}

void sim_loader_frame(struct sim *sim, const uint8_t *frame, size_t len)
{
	struct ef_rd r = ef_rd_init(frame, len);
	struct sim_request rq = { .copies = 1 };
	uint8_t direction;
	uint16_t data_len;

	if (sim->mode == SIM_MODE_STUB && sim->read.is_active) {
		sim_stub_ack(sim, frame, len);
		return;
	}
	direction = ef_rd_u8(&r);
	rq.op = ef_rd_u8(&r);
	data_len = ef_rd_le16(&r);
	rq.sum = ef_rd_le32(&r);
	if (r.bad || r.left > UINT16_MAX)
		return;
	if (sim->mode == SIM_MODE_STUB && (direction != 0 || r.left != data_len)) {
		sim_reply(sim, &rq, &(struct sim_answer){ 0 },
			  (uint8_t[]){ direction ? 0xc3 : 0xc0, 0 }, 2);
		return;
	}
	if (direction != 0)
		rq.op = 0xff; /* nothing that a ROM knows */
	rq.data = r.p;
	rq.len = (uint16_t)r.left; /* the ROM doesn't look at the length field */
	sim->requests[rq.op]++;
	sim->request_total++;
	if (is_reset_fault(sim) || is_unplug_fault(sim))
		return;
	if (sim->mode == SIM_MODE_STUB)
		sim_stub_request(sim, &rq);
	else
		sim_rom_request(sim, &rq);
}
