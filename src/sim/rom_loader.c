/* SPDX-License-Identifier: MIT */
/*
 * The ROM loader: its commands, its four status bytes, and what it refuses.
 * Facts: Espressif's "serial protocol" pages and esptool's loader.py; quirks
 * per chip as esptool and esp-serial-flasher work around them.
 */
#include "sim/sim_priv.h"

/* Reasons, after status 01. */
enum { ROM_OK = 0, ROM_MALFORMED = 5, ROM_FAILED = 6, ROM_CHECKSUM = 7, ROM_FLASH_WRITE = 8,
       ROM_FLASH_READ = 9, ROM_DEFLATE = 0x0b, ROM_ADLER = 0x0c, ROM_RAM_ADDRESS = 0x0f };

/* S3 with secure boot: the pointer that the download code calls through, esptool esp32s3.py. */
#define S3_HOOK_REG 0x3fcef688u
#define ROM_DEFAULT_FLASH (2u << 20)
#define WRITE_SIZE 0x400u

static uint32_t word(const struct sim_request *rq, unsigned i)
{
	return ef_le32(rq->data + 4 * i);
}

void sim_rom_enter(struct sim *sim)
{
	sim->mode = SIM_MODE_ROM;
	/* The ROM sets its divider for the crystal that it believes in (C2: 40 MHz always). */
	sim->rate = (uint32_t)((uint64_t)SIM_ROM_RATE * sim->xtal_hz / sim->rom_xtal_hz);
	if (sim->chip->family == SIM_FAMILY_OLD)
		sim->rate = SIM_ROM_RATE;
	sim->is_autobaud = true;
	sim->autobaud_count = 0;
	sim->is_attached = false;
	sim->param_size = ROM_DEFAULT_FLASH;
	sim->upload_count = 0;
	sim->deferred = 0;
	sim->read.is_active = false;
	sim->mem.is_active = false;
	sim_slip_start(&sim->slip, SIM_ROM_FRAME, false);
}

static bool is_range_ok(const struct sim *sim, uint32_t addr, uint32_t len)
{
	return sim_flash_reachable(sim) && ef_range_ok(addr, len, sim->param_size) &&
	       ef_range_ok(addr, len, sim->flash_size);
}

static uint8_t flash_begin(struct sim *sim, struct sim_request *rq, bool is_deflated)
{
	struct sim_write *w = &sim->write;
	uint32_t size, erase;

	/* ESP32 knows no fifth word (encrypt); the others take both forms */
	if (rq->len != 16 && !(rq->len == 20 && sim->chip->family != SIM_FAMILY_OLD))
		return ROM_MALFORMED;
	sim_write_close(sim);
	size = word(rq, 0);
	w->blocks = word(rq, 1);
	w->block = word(rq, 2);
	w->addr = word(rq, 3);
	if (w->block > 0x4000 || w->blocks > 0x100000)
		return ROM_MALFORMED;
	/* a compressed write erases whole write units only: the rest of a size is not erased */
	erase = is_deflated ? size / WRITE_SIZE * WRITE_SIZE : size;
	if (w->addr % SIM_SECTOR || !is_range_ok(sim, w->addr, size) ||
	    !sim_flash_erase(sim, w->addr, erase))
		return ROM_FAILED;
	rq->answer_us = sim->now + sim_erase_us(sim, w->addr, erase);
	w->left = is_deflated ? size : w->blocks * w->block;
	w->is_deflated = is_deflated;
	w->is_active = true;
	if (is_deflated) {
		memset(&w->stream, 0, sizeof(w->stream));
		if (inflateInit(&w->stream) != Z_OK)
			return ROM_FAILED;
		w->is_stream_open = true;
		w->is_stream_done = false;
	}
	return ROM_OK;
}

static uint8_t program(struct sim *sim, struct sim_request *rq, const uint8_t *data, uint32_t len)
{
	struct sim_write *w = &sim->write;

	if (len > w->left)
		return ROM_FAILED;
	if (!is_range_ok(sim, w->addr, len) || !sim_flash_program(sim, w->addr, data, len))
		return ROM_FLASH_WRITE;
	w->addr += len;
	w->left -= len;
	if (rq->answer_us < sim->now)
		rq->answer_us = sim->now;
	rq->answer_us += sim_program_us(sim, len);
	return ROM_OK;
}

static uint8_t inflate_block(struct sim *sim, struct sim_request *rq, uint8_t *data, uint32_t len)
{
	struct sim_write *w = &sim->write;

	if (w->is_stream_done)
		return ROM_OK;
	w->stream.next_in = data;
	w->stream.avail_in = len;
	do {
		uint8_t reason;
		int code;

		w->stream.next_out = w->out;
		w->stream.avail_out = sizeof(w->out);
		code = inflate(&w->stream, Z_NO_FLUSH);
		reason = program(sim, rq, w->out, (uint32_t)sizeof(w->out) - w->stream.avail_out);
		if (reason)
			return reason;
		if (code == Z_STREAM_END) {
			w->is_stream_done = true;
			return ROM_OK;
		}
		if (code != Z_OK && code != Z_BUF_ERROR)
			return w->stream.total_out ? ROM_ADLER : ROM_DEFLATE;
	} while (w->stream.avail_in || !w->stream.avail_out);
	return ROM_OK;
}

/* Header of all data commands: length, sequence number, two zeros. */
static uint8_t block(const struct sim_request *rq, const uint8_t **ret, uint32_t *ret_len)
{
	if (rq->len < 16 || word(rq, 0) != rq->len - 16u)
		return ROM_MALFORMED;
	*ret = rq->data + 16;
	*ret_len = rq->len - 16u;
	return sim_checksum(*ret, *ret_len) == (uint8_t)rq->sum ? ROM_OK : ROM_CHECKSUM;
}

static uint8_t flash_data(struct sim *sim, struct sim_request *rq, bool is_deflated)
{
	const uint8_t *data = NULL;
	uint32_t len = 0;
	uint8_t reason = block(rq, &data, &len), copy[SIM_ROM_FRAME];

	if (reason)
		return reason;
	if (!sim->write.is_active || sim->write.is_deflated != is_deflated ||
	    len > sim->write.block || len > sizeof(copy))
		return ROM_FAILED;
	if (!is_deflated)
		return program(sim, rq, data, len);
	memcpy(copy, data, len);
	return inflate_block(sim, rq, copy, len);
}

static uint8_t flash_end(struct sim *sim, const struct sim_request *rq)
{
	if (rq->len != 4)
		return ROM_MALFORMED;
	sim_write_close(sim);
	/* 0: reboot. 1: leave the loader and boot. Either way nobody answers any more. */
	sim->reset_at = sim->now + 5000;
	sim->reset_cause = SIM_SW;
	sim->mode = SIM_MODE_DEAD;
	return ROM_OK;
}

static uint8_t mem_begin(struct sim *sim, const struct sim_request *rq)
{
	struct sim_mem_write *m = &sim->mem;

	if (rq->len != 16)
		return ROM_MALFORMED;
	m->left = word(rq, 0);
	m->block = word(rq, 2);
	m->addr = word(rq, 3);
	if (!sim_chip_is_ram(sim->chip, m->addr, m->left))
		return ROM_RAM_ADDRESS;
	m->is_active = true;
	if (sim->upload_count == EF_ARRAY_LEN(sim->uploads))
		sim->upload_count = 0;
	sim->uploads[sim->upload_count++] = (struct sim_upload){ m->addr, m->left };
	return ROM_OK;
}

static uint8_t mem_data(struct sim *sim, const struct sim_request *rq)
{
	struct sim_mem_write *m = &sim->mem;
	const uint8_t *data = NULL;
	uint32_t len = 0;
	uint8_t reason = block(rq, &data, &len);

	if (reason)
		return reason;
	if (!m->is_active || len > m->left || len > m->block)
		return ROM_FAILED;
	if (!sim_mem_write(sim, m->addr, data, len))
		return ROM_FAILED;
	m->addr += len;
	m->left -= len;
	return ROM_OK;
}

/* The divider is computed for the crystal that the ROM believes in. */
static uint8_t change_baud(struct sim *sim, const struct sim_request *rq, uint32_t *ret_rate)
{
	uint64_t rate;

	if (rq->len != 8 || word(rq, 0) < 1200)
		return ROM_MALFORMED;
	rate = (uint64_t)word(rq, 0) * sim->xtal_hz / sim->rom_xtal_hz;
	if (rate > 6000000)
		return ROM_FAILED;
	*ret_rate = (uint32_t)rate;
	return ROM_OK;
}

static uint8_t read_slow(struct sim *sim, const struct sim_request *rq, struct sim_answer *answer)
{
	uint32_t len;

	if (rq->len < 8 || word(rq, 1) > 64)
		return ROM_MALFORMED;
	len = word(rq, 1);
	if (!is_range_ok(sim, word(rq, 0), len))
		return ROM_FLASH_READ;
	answer->len = 64;
	memcpy(answer->data, sim->flash + word(rq, 0), len);
	return ROM_OK;
}

static uint8_t md5(struct sim *sim, struct sim_request *rq, struct sim_answer *answer)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t digest[16];

	if (rq->len != 16)
		return ROM_MALFORMED;
	if (!is_range_ok(sim, word(rq, 0), word(rq, 1)) ||
	    !sim_flash_md5(sim, word(rq, 0), word(rq, 1), digest))
		return ROM_FLASH_READ;
	rq->answer_us = sim->now + sim_md5_us(sim, word(rq, 1));
	for (size_t i = 0; i < 16; i++) {
		answer->data[2 * i] = (uint8_t)digits[digest[i] >> 4];
		answer->data[2 * i + 1] = (uint8_t)digits[digest[i] & 15];
	}
	answer->len = 32;
	return ROM_OK;
}

static uint8_t simple(struct sim *sim, struct sim_request *rq, struct sim_answer *answer)
{
	switch (rq->op) {
	case SIM_OP_SYNC:
		if (rq->len != 36)
			return ROM_MALFORMED;
		rq->copies = 8;
		answer->value = 0x20120707;
		return ROM_OK;
	case SIM_OP_WRITE_REG:
		if (rq->len == 0 || rq->len % 16)
			return ROM_MALFORMED;
		sim_regs_from_request(sim, rq);
		return ROM_OK;
	case SIM_OP_READ_REG:
		if (rq->len != 4)
			return ROM_MALFORMED;
		answer->value = sim_reg_read(sim, word(rq, 0));
		return ROM_OK;
	case SIM_OP_SPI_SET_PARAMS:
		if (rq->len != 24)
			return ROM_MALFORMED;
		sim->param_size = word(rq, 1);
		return ROM_OK;
	case SIM_OP_SPI_ATTACH:
		if (rq->len != 8 && rq->len != 4)
			return ROM_MALFORMED;
		sim->is_attached = true;
		return ROM_OK;
	case SIM_OP_SECURITY_INFO:
		if (rq->len != 0)
			return ROM_MALFORMED;
		answer->len = sim_security_info(sim, answer->data);
		return ROM_OK;
	default:
		return ROM_MALFORMED;
	}
}

static uint8_t execute(struct sim *sim, struct sim_request *rq, struct sim_answer *answer)
{
	switch (rq->op) {
	case SIM_OP_FLASH_BEGIN:
		return flash_begin(sim, rq, false);
	case SIM_OP_DEFL_BEGIN:
		return flash_begin(sim, rq, true);
	case SIM_OP_FLASH_DATA:
		return flash_data(sim, rq, false);
	case SIM_OP_DEFL_DATA:
		return flash_data(sim, rq, true);
	case SIM_OP_FLASH_END:
	case SIM_OP_DEFL_END:
		return flash_end(sim, rq);
	case SIM_OP_MEM_BEGIN:
		return mem_begin(sim, rq);
	case SIM_OP_MEM_DATA:
		return mem_data(sim, rq);
	case SIM_OP_MEM_END:
		return rq->len == 8 ? ROM_OK : ROM_MALFORMED;
	case SIM_OP_READ_FLASH_SLOW:
		return read_slow(sim, rq, answer);
	case SIM_OP_FLASH_MD5:
		return md5(sim, rq, answer);
	default:
		return simple(sim, rq, answer);
	}
}

/* Commands of this chip's ROM, and what is left of them in secure download mode. */
static bool is_known(const struct sim *sim, uint8_t op)
{
	switch (op) {
	case SIM_OP_SYNC:
	case SIM_OP_FLASH_BEGIN:
	case SIM_OP_FLASH_DATA:
	case SIM_OP_FLASH_END:
	case SIM_OP_SPI_SET_PARAMS:
	case SIM_OP_SPI_ATTACH:
	case SIM_OP_CHANGE_BAUD:
	case SIM_OP_DEFL_BEGIN:
	case SIM_OP_DEFL_DATA:
	case SIM_OP_DEFL_END:
		return true;
	case SIM_OP_SECURITY_INFO:
		return sim->chip->security_len != 0;
	case SIM_OP_MEM_BEGIN:
	case SIM_OP_MEM_END:
	case SIM_OP_MEM_DATA:
	case SIM_OP_WRITE_REG:
	case SIM_OP_READ_REG:
	case SIM_OP_READ_FLASH_SLOW:
	case SIM_OP_FLASH_MD5:
		return !sim->opts.secure_download;
	default:
		return false;
	}
}

/* What follows an answered command. */
static void after(struct sim *sim, const struct sim_request *rq)
{
	if (rq->op == SIM_OP_MEM_END && word(rq, 0) == 0) {
		/* with secure boot neither chip starts code from the wire this way */
		if (sim->opts.secure_boot && sim->chip->family == SIM_FAMILY_RTC)
			return;
		sim_jump(sim, word(rq, 1));
	}
}

static bool is_hooked(struct sim *sim, const struct sim_request *rq)
{
	uint32_t entry;

	if (rq->op != SIM_OP_READ_FLASH_SLOW || !sim->opts.secure_boot || sim->chip->image_id != 9)
		return false;
	entry = sim_reg_read(sim, S3_HOOK_REG);
	if (!entry || !sim_is_stub_at(sim, entry))
		return false;
	sim_jump(sim, entry);
	return true;
}

void sim_rom_request(struct sim *sim, struct sim_request *rq)
{
	struct sim_answer answer = { 0 };
	uint8_t status[4] = { 0 };
	uint32_t rate = 0;

	if (is_hooked(sim, rq))
		return;
	if (!is_known(sim, rq->op)) {
		rq->copies = 8;
		status[1] = ROM_MALFORMED;
	} else if (rq->op == SIM_OP_CHANGE_BAUD) {
		status[1] = change_baud(sim, rq, &rate);
	} else {
		status[1] = execute(sim, rq, &answer);
	}
	status[0] = status[1] != 0;
	if (status[0])
		answer.len = 0;
	sim_reply(sim, rq, &answer, status, sizeof(status));
	if (status[0])
		return;
	if (rate)
		sim->rate = rate; /* the answer went out at the old one */
	after(sim, rq);
}
