/* SPDX-License-Identifier: MIT */
/*
 * Models Espressif's flasher stub of the second generation (esp-flasher-stub v1.1.0,
 * src/command_handler.c). It has two status bytes, the code first. It acknowledges data before it
 * writes them, and reports an error of that work as the answer to the next command, which it
 * doesn't execute.
 */
#include "sim/parts.h"
#include "sim/request.h"

enum {
	STUB_OK = 0,
	STUB_BAD_LEN = 0xc0,
	STUB_BAD_SUM = 0xc1,
	STUB_INVALID = 0xc3,
	STUB_SPI = 0xc4,
	STUB_NOT_BEGUN = 0xc6,
	STUB_INFLATE = 0xc7,
	STUB_NOT_ENOUGH = 0xc8,
	STUB_TOO_MUCH = 0xc9,
	STUB_NOT_IMPLEMENTED = 0xff,
	STUB_SILENT = 0x100, /* no answer at all */
};

static uint32_t word(const struct sim_request *rq, unsigned i)
{
	return ef_le32(rq->data + 4 * i);
}

static void spend(struct sim *sim, uint64_t us)
{
	if (!us)
		return;
	if (sim->uart.busy_until < sim->now)
		sim->uart.busy_until = sim->now;
	sim->uart.busy_until += us;
}

/* ---- writing ---- */

/*
 * Erase one step ahead. Blank sectors are skipped up to the first one that isn't blank.
 * From there on, aligned 64 KB blocks and otherwise sectors are erased.
 */
static unsigned erase_next(struct sim *sim)
{
	struct sim_write *w = &sim->loader.write;
	uint32_t step = SIM_SECTOR;

	if (w->erase_left == 0)
		return STUB_OK;
	if (!sim_flash_reachable(sim) || !ef_range_ok(w->erase_next, SIM_SECTOR, sim->flash.size))
		return STUB_SPI;
	if (!w->is_dirty_seen)
		w->is_dirty_seen = !sim_flash_is_blank(sim, w->erase_next, SIM_SECTOR);
	if (w->is_dirty_seen) {
		if (w->erase_next % SIM_BLOCK == 0 && w->erase_left >= SIM_BLOCK)
			step = SIM_BLOCK;
		if (!sim_flash_erase(sim, w->erase_next, step))
			return STUB_SPI;
		spend(sim, sim_erase_us(sim, w->erase_next, step));
	}
	w->erase_next += step;
	w->erase_left -= step < w->erase_left ? step : w->erase_left;
	return STUB_OK;
}

static unsigned begin(struct sim *sim, const struct sim_request *rq, bool is_deflated)
{
	struct sim_write *w = &sim->loader.write;
	uint64_t end;

	if (rq->len != 16 && rq->len != 20)
		return STUB_BAD_LEN;
	sim_write_close(sim);
	w->left = word(rq, 0);
	w->blocks = word(rq, 1);
	w->block = word(rq, 2);
	w->addr = word(rq, 3);
	w->is_deflated = is_deflated;
	w->is_encrypted = rq->len == 20 && word(rq, 4) != 0;
	w->is_active = true;
	w->out_len = 0;
	w->is_stream_done = false;
	if (is_deflated) {
		memset(&w->stream, 0, sizeof(w->stream));
		if (inflateInit(&w->stream) != Z_OK)
			return STUB_INFLATE;
		w->is_stream_open = true;
	}
	end = ((uint64_t)w->addr + w->left + SIM_SECTOR - 1) / SIM_SECTOR * SIM_SECTOR;
	w->erase_next = w->addr / SIM_SECTOR * SIM_SECTOR;
	w->erase_left = (uint32_t)(end - w->erase_next);
	w->is_dirty_seen = false;
	return erase_next(sim);
}

/* Like the stub's, excess output wraps the counter, and END reports an error. */
static unsigned write_out(struct sim *sim, const uint8_t *data, uint32_t len)
{
	struct sim_write *w = &sim->loader.write;

	while (w->erase_next < w->addr + len) {
		unsigned code = erase_next(sim);

		if (code)
			return code;
		if (w->erase_left == 0 && w->erase_next < w->addr + len) {
			sim->mode = SIM_MODE_DEAD; /* the real stub loops forever here */
			return STUB_SPI;
		}
	}
	if (!sim_write_program(sim, data, len))
		return STUB_SPI;
	spend(sim, sim_program_us(sim, len));
	w->left -= len;
	w->addr += len;
	return STUB_OK;
}

static unsigned inflate_out(struct sim *sim, const struct sim_request *rq)
{
	struct sim_write *w = &sim->loader.write;
	int code = Z_OK;

	w->stream.avail_in = rq->len - 16u;
	w->stream.next_in = rq->data + 16;
	while (!w->is_stream_done && (w->stream.avail_in || w->out_len == sizeof(w->out))) {
		unsigned status = erase_next(sim);

		if (status)
			return status;
		w->stream.next_out = w->out + w->out_len;
		w->stream.avail_out = (uInt)sizeof(w->out) - w->out_len;
		code = inflate(&w->stream, Z_NO_FLUSH);
		w->out_len = (uint32_t)sizeof(w->out) - w->stream.avail_out;
		if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
			return STUB_INFLATE;
		w->is_stream_done = code == Z_STREAM_END;
		if (w->is_stream_done || w->out_len == sizeof(w->out)) {
			status = write_out(sim, w->out, w->out_len);
			if (status)
				return status;
			w->out_len = 0;
		} else if (code == Z_BUF_ERROR) {
			break;
		}
	}
	return STUB_OK;
}

static unsigned check_data(struct sim *sim, const struct sim_request *rq)
{
	if (rq->len < 16)
		return rq->op == SIM_OP_FLASH_DATA ? STUB_NOT_ENOUGH : STUB_BAD_LEN;
	if (!sim->loader.write.is_active)
		return STUB_NOT_BEGUN;
	if (word(rq, 0) != rq->len - 16u)
		return STUB_TOO_MUCH;
	return sim_checksum(rq->data + 16, rq->len - 16u) == rq->sum ? STUB_OK : STUB_BAD_SUM;
}

static unsigned end(struct sim *sim, const struct sim_request *rq)
{
	if (rq->len != 4)
		return STUB_BAD_LEN;
	if (!sim->loader.write.is_active)
		return STUB_NOT_BEGUN;
	if (sim->loader.write.left != 0)
		return STUB_BAD_LEN;
	sim_write_close(sim);
	return STUB_OK;
}

/* ---- RAM ---- */

static unsigned mem_begin(struct sim *sim, const struct sim_request *rq)
{
	struct sim_mem_write *m = &sim->loader.mem;

	if (rq->len != 16)
		return STUB_BAD_LEN;
	*m = (struct sim_mem_write){
		.is_active = true, .left = word(rq, 0), .addr = word(rq, 3), .block = word(rq, 2)
	};
	sim_note_upload(sim, m->addr, m->left);
	return STUB_OK;
}

/* Like the stub, this doesn't verify the checksum. */
static unsigned mem_data(struct sim *sim, const struct sim_request *rq)
{
	struct sim_mem_write *m = &sim->loader.mem;
	uint32_t len;

	if (rq->len < 16)
		return STUB_NOT_ENOUGH;
	if (!m->is_active)
		return STUB_NOT_BEGUN;
	len = rq->len - 16u;
	if (word(rq, 0) != len || len > m->left || !sim_mem_write(sim, m->addr, rq->data + 16, len))
		return STUB_TOO_MUCH;
	m->addr += len;
	m->left -= len;
	return STUB_OK;
}

static unsigned mem_end(struct sim *sim, const struct sim_request *rq)
{
	if (rq->len != 8)
		return STUB_BAD_LEN;
	if (!sim->loader.mem.is_active)
		return STUB_NOT_BEGUN;
	sim->loader.mem.is_active = false;
	return STUB_OK;
}

/* ---- the rest ---- */

static unsigned erase_region(struct sim *sim, struct sim_request *rq)
{
	uint32_t addr = 0, len = sim->flash.size;

	if (rq->op == SIM_OP_ERASE_REGION) {
		if (rq->len != 8)
			return STUB_BAD_LEN;
		addr = word(rq, 0);
		len = word(rq, 1);
		if (addr % SIM_SECTOR || len % SIM_SECTOR)
			return STUB_BAD_LEN;
	}
	if (rq->op == SIM_OP_ERASE_FLASH) {
		/* the flash chip's own command: it has no address that could wrap */
		if (!sim_flash_reachable(sim))
			return STUB_SPI;
		memset(sim->flash.data, 0xff, len);
		sim->flash.erased += len;
	} else if (!sim_flash_erase(sim, addr, len)) {
		return STUB_SPI;
	}
	rq->answer_us = sim->now + sim_erase_us(sim, addr, len);
	return STUB_OK;
}

static unsigned security_info(struct sim *sim, const struct sim_request *rq,
			      struct sim_answer *answer)
{
	if (rq->len != 0)
		return STUB_BAD_LEN;
	if (!sim->chip->security_len)
		return STUB_NOT_IMPLEMENTED;
	answer->len = sim_security_info(sim, answer->data);
	return STUB_OK;
}

static unsigned flash_md5(struct sim *sim, struct sim_request *rq, struct sim_answer *answer)
{
	if (rq->len != 16)
		return STUB_BAD_LEN;
	if (!sim_flash_md5(sim, word(rq, 0), word(rq, 1), answer->data))
		return STUB_SPI;
	rq->answer_us = sim->now + sim_md5_us(sim, word(rq, 1));
	answer->len = 16;
	return STUB_OK;
}

static unsigned simple(struct sim *sim, struct sim_request *rq, struct sim_answer *answer)
{
	switch (rq->op) {
	case SIM_OP_SYNC:
		rq->copies = 8;
		return rq->len == 36 ? STUB_OK : STUB_BAD_LEN;
	case SIM_OP_WRITE_REG:
		if (rq->len == 0 || rq->len % 16)
			return STUB_NOT_ENOUGH;
		sim_regs_from_request(sim, rq);
		return STUB_OK;
	case SIM_OP_READ_REG:
		if (rq->len != 4)
			return STUB_BAD_LEN;
		answer->value = sim_reg_read(sim, word(rq, 0));
		return STUB_OK;
	case SIM_OP_SPI_ATTACH:
		return rq->len == 4 ? STUB_OK : STUB_BAD_LEN;
	case SIM_OP_SPI_SET_PARAMS:
		return rq->len == 24 ? STUB_OK : STUB_BAD_LEN;
	case SIM_OP_CHANGE_BAUD:
		return rq->len == 8 ? STUB_OK : STUB_BAD_LEN;
	case SIM_OP_READ_FLASH:
		return rq->len == 16 ? STUB_OK : STUB_BAD_LEN;
	case SIM_OP_ERASE_FLASH:
	case SIM_OP_ERASE_REGION:
		return erase_region(sim, rq);
	case SIM_OP_RUN_USER_CODE:
		return STUB_SILENT;
	default:
		/* the plugin commands exist, but there are no plugins */
		return rq->op >= 0xd5 && rq->op <= 0xef ? STUB_NOT_IMPLEMENTED : STUB_INVALID;
	}
}

static unsigned execute(struct sim *sim, struct sim_request *rq, struct sim_answer *answer)
{
	switch (rq->op) {
	case SIM_OP_FLASH_BEGIN:
		return begin(sim, rq, false);
	case SIM_OP_DEFL_BEGIN:
		return begin(sim, rq, true);
	case SIM_OP_FLASH_DATA:
	case SIM_OP_DEFL_DATA:
		return check_data(sim, rq);
	case SIM_OP_FLASH_END:
	case SIM_OP_DEFL_END:
		return end(sim, rq);
	case SIM_OP_MEM_BEGIN:
		return mem_begin(sim, rq);
	case SIM_OP_MEM_DATA:
		return mem_data(sim, rq);
	case SIM_OP_MEM_END:
		return mem_end(sim, rq);
	case SIM_OP_FLASH_MD5:
		return flash_md5(sim, rq, answer);
	case SIM_OP_SECURITY_INFO:
		return security_info(sim, rq, answer);
	default:
		return simple(sim, rq, answer);
	}
}

/* Do the work after the answer; the next command reports its error. */
static unsigned after(struct sim *sim, const struct sim_request *rq)
{
	uint32_t len;

	switch (rq->op) {
	case SIM_OP_FLASH_DATA:
		len = rq->len - 16u;
		return write_out(sim, rq->data + 16,
				 len < sim->loader.write.left ? len : sim->loader.write.left);
	case SIM_OP_DEFL_DATA:
		if (!sim->loader.write.is_stream_open)
			return STUB_INFLATE;
		return inflate_out(sim, rq);
	case SIM_OP_READ_FLASH:
		if (word(rq, 2) == 0 || word(rq, 2) > SIM_READ_PACKET)
			return STUB_BAD_LEN;
		return sim_read_start(sim, rq) ? STUB_OK : STUB_SPI;
	case SIM_OP_CHANGE_BAUD:
		sim->uart.rate = word(rq, 0);
		return STUB_OK;
	case SIM_OP_MEM_END:
		if (word(rq, 0) == 0)
			sim_jump(sim, word(rq, 1));
		return STUB_OK;
	default:
		return STUB_OK;
	}
}

void sim_stub_request(struct sim *sim, struct sim_request *rq)
{
	struct sim_answer answer = { 0 };
	unsigned code = sim->loader.deferred;
	uint8_t status[2] = { 0 };

	if (code) {
		sim->loader.deferred = 0;
		rq->copies = 1;
	} else {
		code = execute(sim, rq, &answer);
	}
	if (code == STUB_SILENT)
		return;
	status[0] = (uint8_t)code;
	if (code) {
		memset(&answer, 0, sizeof(answer));
		rq->copies = 1;
	}
	sim_reply(sim, rq, &answer, status, sizeof(status));
	if (!code)
		sim->loader.deferred = (uint16_t)after(sim, rq);
}
