/* SPDX-License-Identifier: MIT */
/*
 * A request arrives: it is counted, suffers the faults that a test asked for, and
 * goes to the loader that runs.
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

void sim_loader_frame(struct sim *sim, const uint8_t *frame, size_t len)
{
	struct ef_rd r = ef_rd_init(frame, len);
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
	rq.len = (uint16_t)r.left; /* the ROM ignores the length field */
	sim->loader.requests[rq.op]++;
	sim->loader.request_total++;
	if (is_reset_fault(sim) || is_unplug_fault(sim))
		return;
	if (sim->mode == SIM_MODE_STUB)
		sim_stub_request(sim, &rq);
	else
		sim_rom_request(sim, &rq);
}
