/* SPDX-License-Identifier: MIT */
/*
 * Dispatches requests: counts them, applies the faults that a test asked for, and passes them to
 * the loader that runs.
 */
#include "sim/parts.h"
#include "sim/request.h"

static bool is_unplug_fault(struct sim *sim)
{
	const struct sim_faults *f = &sim->opts.faults;

	if (f->unplug_at_request == 0 || f->unplug_at_request != sim->loader.request_total)
		return false;
	sim->cable.is_unplugged = true;
	sim->cable.replug_at = sim->now + (uint64_t)f->unplug_ms * 1000;
	sim_uart_cut(sim);
	if (!f->unplug_keeps_power) {
		sim->mode = SIM_MODE_DEAD;
		sim->reset.at = sim->cable.replug_at;
		sim->reset.cause = SIM_POWERON;
	}
	return true;
}

static bool is_reset_fault(struct sim *sim)
{
	if (sim->opts.faults.hang_at_request == sim->loader.request_total) {
		sim->mode = SIM_MODE_DEAD;
		return true;
	}
	if (sim->opts.faults.reset_at_request != sim->loader.request_total)
		return false;
	sim->reset.at = sim->now + 1000;
	sim->reset.cause = SIM_RTCWDT;
	sim->mode = SIM_MODE_DEAD;
	return true;
}

/*
 * ESP32's mask ROM relies on the length in the header, and takes the bytes that a short frame lacks
 * from the buffer. frame has room for the longest frame.
 */
static void take_from_buffer(const uint8_t *frame, uint16_t data_len, struct sim_request *rq)
{
	rq->data = frame + 8;
	rq->room = SIM_ROM_FRAME - 8u;
	rq->len = data_len < rq->room ? data_len : rq->room;
}

void sim_loader_frame(struct sim *sim, const uint8_t *frame, size_t len)
{
	bool is_old_rom = sim->mode == SIM_MODE_ROM && sim->chip->family == SIM_FAMILY_OLD;

	struct ef_rd r = ef_rd_init(frame, is_old_rom && len < 8 ? 8 : len);
	struct sim_request rq = { .copies = 1 };
	uint8_t direction;
	uint16_t data_len;

	if (sim->mode == SIM_MODE_STUB && sim->loader.read.is_active) {
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
		rq.op = 0xff; /* no ROM knows this opcode */
	rq.data = r.p;
	rq.len = rq.room = (uint16_t)r.left; /* other ROMs ignore the length field */
	if (is_old_rom)
		take_from_buffer(frame, data_len, &rq);
	sim->loader.requests[rq.op]++;
	sim->loader.request_total++;
	if (is_reset_fault(sim) || is_unplug_fault(sim))
		return;
	if (sim->mode == SIM_MODE_STUB)
		sim_stub_request(sim, &rq);
	else
		sim_rom_request(sim, &rq);
}
