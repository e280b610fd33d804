/* SPDX-License-Identifier: MIT */
/*
 * Does what ROM loader and stub have in common: sends answers, with the faults that a test asked
 * for, and reads the parts of requests that both read in the same way.
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
	if (f->delay_reply == n || sim_lies_now(sim, f->lies.late_from))
		at += (uint64_t)f->delay_ms * 1000;
	if (f->flip_reply == n && len)
		frame[len - 1 - (len > 12 ? 4 : 0)] ^= 0x04;
	sim_uart_frame(sim, at, frame, len);
}

/* ---- a chip that lies ---- */

bool sim_lies_now(const struct sim *sim, unsigned from)
{
	return from && sim->loader.request_total >= from;
}

void sim_lie(struct sim *sim, void *data, size_t len)
{
	uint8_t *p = data;

	for (size_t i = 0; i < len; i++) {
		/* Numerical Recipes' constants; the seed of the noise is the seed of the lies */
		sim->loader.lie = sim->loader.lie * 1664525u + 1013904223u +
				  sim->opts.faults.noise_seed;
		p[i] = (uint8_t)(sim->loader.lie >> 24);
	}
}

/* Changes the number of data bytes; added bytes are made up. */
static size_t falsify_size(struct sim *sim, struct sim_answer *answer)
{
	uint8_t len;

	sim_lie(sim, &len, sizeof(len));
	len %= sizeof(answer->data) + 1u;
	if (len > answer->len)
		sim_lie(sim, answer->data + answer->len, len - answer->len);
	return len;
}

/* Change the head of a frame: the request that it answers, and the length of the data. */
static void falsify_head(struct sim *sim, uint8_t *frame)
{
	const struct sim_lies *lies = &sim->opts.faults.lies;

	if (sim_lies_now(sim, lies->opcode_from))
		sim_lie(sim, frame + 1, 1);
	if (sim_lies_now(sim, lies->length_from))
		sim_lie(sim, frame + 2, 2);
}

/* Change the content of an answer. *status has at least one byte. */
static void falsify(struct sim *sim, uint8_t op, struct sim_answer *answer, uint8_t *status,
		    size_t status_len)
{
	const struct sim_lies *lies = &sim->opts.faults.lies;
	uint32_t value = answer->value;

	if (sim_lies_now(sim, lies->values_from)) {
		sim_lie(sim, &answer->value, sizeof(answer->value));
		sim_lie(sim, answer->data, answer->len);
	}
	if (sim_lies_now(sim, lies->stale_from))
		answer->value = sim->loader.stale;
	if (sim_lies_now(sim, lies->digest_from) && op == SIM_OP_FLASH_MD5)
		sim_lie(sim, answer->data, answer->len);
	if (sim_lies_now(sim, lies->size_from))
		answer->len = falsify_size(sim, answer);
	if (sim_lies_now(sim, lies->refuse_from) && op != SIM_OP_SYNC) {
		status[0] = 1;
		status[status_len > 1] = 5; /* "invalid message" */
	}
	sim->loader.stale = value;
}

void sim_reply(struct sim *sim, const struct sim_request *rq, const struct sim_answer *answer,
	       const uint8_t *status, size_t status_len)
{
	uint64_t at = rq->answer_us > sim->now ? rq->answer_us : sim->now;
	struct sim_answer told = *answer;
	uint8_t end[8];

	if (status_len > sizeof(end))
		return;
	memcpy(end, status, status_len);
	falsify(sim, rq->op, &told, end, status_len);
	for (unsigned i = 0; i < rq->copies; i++) {
		uint8_t frame[96];
		struct ef_wr w = ef_wr_init(frame, sizeof(frame));

		ef_wr_u8(&w, 1);
		ef_wr_u8(&w, rq->op);
		ef_wr_le16(&w, (uint16_t)(told.len + status_len));
		ef_wr_le32(&w, told.value);
		ef_wr_bytes(&w, told.data, told.len);
		ef_wr_bytes(&w, end, status_len);
		falsify_head(sim, frame);
		send_answer(sim, at + THINK_US, frame, w.len);
	}
	if (rq->answer_us > sim->now)
		sim->uart.busy_until = rq->answer_us;
}

/* Read a group of 16 bytes each: address, value, mask, delay. */
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
	ret[4] = sim_crypt_is_on(sim) ? 1 : 0; /* SPI_BOOT_CRYPT_CNT */
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

bool sim_write_program(struct sim *sim, const uint8_t *data, uint32_t len)
{
	const struct sim_write *w = &sim->loader.write;

	return w->is_encrypted ? sim_crypt_program(sim, w->addr, data, len)
			       : sim_flash_program(sim, w->addr, data, len);
}
