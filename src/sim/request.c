/* SPDX-License-Identifier: MIT */
/*
 * Shared by ROM loader and stub: sending an answer, with the faults that a test asked
 * for, and the parts of requests that both read in the same way.
 */
#include "sim/parts.h"
#include "sim/request.h"

/* Time between the end of a request and the start of its answer. */
#define THINK_US 120u

uint8_t sim_checksum(const uint8_t *data, size_t len)
{
	uint8_t sum = 0xef;

	for (size_t i = 0; i < len; i++)
		sum ^= data[i];
	return sum;
}

/* Send the answer to the current request, unless a fault prevents or changes it. */
static void send_answer(struct sim *sim, uint64_t at, uint8_t *frame, size_t len)
{
	const struct sim_faults *f = &sim->opts.faults;
	unsigned n = sim->loader.request_total;

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
		sim->uart.busy_until = rq->answer_us;
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

/* Flags, counter, key purposes; some chips add chip id and API version. */
size_t sim_security_info(const struct sim *sim, uint8_t ret[20])
{
	memset(ret, 0, 20);
	ret[0] = (uint8_t)((sim->opts.secure_boot ? 1 : 0) | (sim->opts.secure_download ? 4 : 0));
	ret[4] = sim->opts.locks.encryption ? 1 : 0; /* SPI_BOOT_CRYPT_CNT */
	ef_put_le32(ret + 12, sim->chip->image_id);
	return sim->chip->security_len;
}

void sim_write_close(struct sim *sim)
{
	if (sim->loader.write.is_stream_open)
		(void)inflateEnd(&sim->loader.write.stream);
	sim->loader.write.is_stream_open = false;
	sim->loader.write.is_active = false;
}
