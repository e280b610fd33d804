/* SPDX-License-Identifier: MIT */
/*
 * Models the ROM loader: its commands, its four status bytes, and its refusals. Sources:
 * Espressif's "serial protocol" pages, esptool's loader.py, and the workarounds of esptool and
 * esp-serial-flasher. Where those are silent, the mask ROMs of ESP32, C3 and S3 were run under
 * emulation. They keep the answer in one record and set only some of its fields, so opcode, value
 * and reason of an earlier answer may appear again. Facts that were only tested on the ESP32's ROM
 * depend on is_old().
 */
#include "sim/boot_parts.h"
#include "sim/parts.h"
#include "sim/request.h"

/* Reasons, after status 01. */
enum {
	ROM_OK = 0,
	ROM_MALFORMED = 5,
	ROM_FAILED = 6,
	ROM_CHECKSUM = 7,
	ROM_FLASH_WRITE = 8,
	ROM_FLASH_READ = 9,
	ROM_READ_LENGTH = 0x0a,
	ROM_DEFLATE = 0x0b,
	ROM_ADLER = 0x0c
};

/* S3 with secure boot: the pointer that the download code calls through, esptool esp32s3.py. */
#define S3_HOOK_REG       0x3fcef688u
#define ROM_DEFAULT_FLASH (2u << 20)
#define BLOCK_MAX         0x1800u
#define OTG_BLOCK_MAX     0x800u /* esptool: USB_RAM_BLOCK */
#define HANG              0x100u /* the ROM never comes back */

static bool is_old(const struct sim *sim)
{
	return sim->chip->family == SIM_FAMILY_OLD;
}

/* Most commands ignore the length. Words that were never received read as zero. */
static uint32_t word(const struct sim_request *rq, unsigned i)
{
	return rq->room >= 4 * i + 4 ? ef_le32(rq->data + 4 * i) : 0;
}

void sim_rom_enter(struct sim *sim)
{
	sim->mode = SIM_MODE_ROM;
	/* The ROM sets its divider for the crystal that it assumes (C2: always 40 MHz). */
	sim->uart.rate = (uint32_t)((uint64_t)SIM_ROM_RATE * sim->xtal_hz / sim->rom_xtal_hz);
	if (sim->chip->family == SIM_FAMILY_OLD)
		sim->uart.rate = SIM_ROM_RATE;
	if (sim->opts.rom_rate_hz)
		sim->uart.rate = sim->opts.rom_rate_hz;
	sim->uart.is_autobaud = true;
	sim->uart.autobaud_count = 0;
	sim->flash.is_attached = false;
	sim->flash.param_size = ROM_DEFAULT_FLASH;
	sim->loader.upload_count = 0;
	sim->loader.deferred = 0;
	sim->loader.read.is_active = false;
	sim->loader.mem.is_active = false;
	sim->loader.last = (struct sim_last){ .op = 0, .copies = 1 };
	sim_slip_start(&sim->uart.slip, SIM_ROM_FRAME);
}

static bool is_range_ok(const struct sim *sim, uint32_t addr, uint32_t len)
{
	return sim_flash_reachable(sim) && ef_range_ok(addr, len, sim->flash.param_size) &&
	       ef_range_ok(addr, len, sim->flash.size);
}

static uint8_t flash_begin(struct sim *sim, struct sim_request *rq, bool is_deflated)
{
	struct sim_write *w = &sim->loader.write;
	uint32_t size;

	/* the ESP32 has no fifth word (encrypt); the others require it */
	if (rq->len != (sim->chip->family == SIM_FAMILY_OLD ? 16 : 20))
		return ROM_MALFORMED;
	sim_write_close(sim);
	size = word(rq, 0);
	w->blocks = word(rq, 1);
	w->block = word(rq, 2);
	w->addr = word(rq, 3);
	w->seq = 0;
	if (w->block > BLOCK_MAX)
		return ROM_MALFORMED;
	if (w->addr % SIM_SECTOR || !is_range_ok(sim, w->addr, size) ||
	    !sim_flash_erase(sim, w->addr, size))
		return ROM_FAILED;
	rq->answer_us = sim->now + sim_erase_us(sim, w->addr, size);
	w->is_deflated = is_deflated;
	w->is_encrypted = word(rq, 4) != 0;
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
	struct sim_write *w = &sim->loader.write;

	/* the ROM doesn't enforce the announced size */
	if (!is_range_ok(sim, w->addr, len) || !sim_write_program(sim, data, len))
		return ROM_FLASH_WRITE;
	w->addr += len;
	if (rq->answer_us < sim->now)
		rq->answer_us = sim->now;
	rq->answer_us += sim_program_us(sim, len);
	return ROM_OK;
}

static unsigned inflate_block(struct sim *sim, struct sim_request *rq, const uint8_t *data,
			      uint32_t len)
{
	struct sim_write *w = &sim->loader.write;

	if (w->is_stream_done)
		return HANG;
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

/*
 * The header of all data commands: length, sequence number, two zeros. The numbers must
 * be in order. A block with a wrong checksum uses up its number.
 */
static uint8_t block(const struct sim_request *rq, uint32_t max, uint32_t *seq, const uint8_t **ret,
		     uint32_t *ret_len)
{
	if (rq->len < 16 || word(rq, 0) != rq->len - 16u || word(rq, 0) > max ||
	    word(rq, 1) != *seq)
		return ROM_MALFORMED;
	++*seq;
	*ret = rq->data + 16;
	*ret_len = rq->len - 16u;
	return sim_checksum(*ret, *ret_len) == (uint8_t)rq->sum ? ROM_OK : ROM_CHECKSUM;
}

static unsigned flash_data(struct sim *sim, struct sim_request *rq, bool is_deflated)
{
	struct sim_write *w = &sim->loader.write;
	const uint8_t *data = NULL;
	uint32_t len = 0;
	uint8_t reason;

	if (!w->is_active || w->is_deflated != is_deflated)
		return ROM_MALFORMED;
	reason = block(rq, w->block, &w->seq, &data, &len);
	if (reason)
		return reason;
	if (!is_deflated)
		return program(sim, rq, data, len);
	return inflate_block(sim, rq, data, len);
}

/*
 * 0: reboot. 1: leave the loader after a plain write, but stay after a compressed one.
 * On leaving, the ESP32 boots; the others jump to nowhere.
 */
static uint8_t flash_end(struct sim *sim, const struct sim_request *rq)
{
	bool is_reboot = word(rq, 0) == 0;

	if (!sim->loader.write.is_active)
		return ROM_FAILED;
	sim_write_close(sim);
	if (rq->op == SIM_OP_DEFL_END && !is_reboot)
		return ROM_OK;
	sim->loader.is_leaving = true;
	if (is_reboot || sim->chip->family == SIM_FAMILY_OLD) {
		sim->reset.at = sim->now + 5000;
		sim->reset.cause = SIM_SW;
	}
	return ROM_OK;
}

static uint8_t mem_begin(struct sim *sim, const struct sim_request *rq)
{
	struct sim_mem_write *m = &sim->loader.mem;

	m->left = word(rq, 0);
	m->block = word(rq, 2);
	m->addr = word(rq, 3);
	m->seq = 0;
	m->is_active = rq->len == 16 && m->block <= BLOCK_MAX;
	if (!m->is_active)
		return ROM_MALFORMED;
	sim_note_upload(sim, m->addr, m->left);
	return ROM_OK;
}

static uint8_t mem_data(struct sim *sim, const struct sim_request *rq)
{
	struct sim_mem_write *m = &sim->loader.mem;
	const uint8_t *data = NULL;
	uint32_t len = 0;
	uint8_t reason = ROM_MALFORMED;

	if (m->is_active)
		reason = block(rq, m->block, &m->seq, &data, &len);
	if (reason)
		return reason;
	if (sim->opts.faults.mem_block_max && len > sim->opts.faults.mem_block_max)
		return ROM_CHECKSUM;
	if (sim_usb_is_otg(sim) && len > OTG_BLOCK_MAX)
		return ROM_CHECKSUM;
	if (!sim_mem_write(sim, m->addr, data, len))
		return ROM_FAILED;
	m->addr += len;
	return ROM_OK;
}

/* The ROM computes the divider for the crystal that it assumes. */
static unsigned change_baud(struct sim *sim, const struct sim_request *rq, uint32_t *ret_rate)
{
	uint64_t rate;

	if (is_old(sim) && word(rq, 0) == 0)
		return HANG;
	rate = (uint64_t)word(rq, 0) * sim->xtal_hz / sim->rom_xtal_hz;
	if (rate < 1200 || rate > 6000000)
		return ROM_FAILED;
	*ret_rate = (uint32_t)rate;
	return ROM_OK;
}

/* The answer always has 64 bytes of data, even if it is a refusal. */
static uint8_t read_slow(struct sim *sim, const struct sim_request *rq, struct sim_answer *answer)
{
	uint32_t len = word(rq, 1);

	answer->len = 64;
	if (len > 64)
		return ROM_READ_LENGTH;
	if (!is_range_ok(sim, word(rq, 0), len))
		return ROM_FLASH_READ;
	sim_flash_copy(sim, word(rq, 0), answer->data, len);
	return ROM_OK;
}

static uint8_t md5(struct sim *sim, struct sim_request *rq, struct sim_answer *answer)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t digest[16];

	answer->len = 32;
	if (!is_old(sim))
		memset(answer->data, '0', 32);
	if (!is_range_ok(sim, word(rq, 0), word(rq, 1)) ||
	    !sim_flash_md5(sim, word(rq, 0), word(rq, 1), digest))
		return ROM_FLASH_READ;
	rq->answer_us = sim->now + sim_md5_us(sim, word(rq, 1));
	for (size_t i = 0; i < 16; i++) {
		answer->data[2 * i] = (uint8_t)digits[digest[i] >> 4];
		answer->data[2 * i + 1] = (uint8_t)digits[digest[i] & 15];
	}
	return ROM_OK;
}

/* ESP32 TRM, "Address Mapping": nothing is there, and an access is an exception in the ROM. */
static bool is_nowhere(const struct sim *sim, uint32_t addr)
{
	return is_old(sim) && (addr < 0x3f400000u || addr >= 0x60080000u);
}

static unsigned simple(struct sim *sim, struct sim_request *rq, struct sim_answer *answer)
{
	if ((rq->op == SIM_OP_WRITE_REG || rq->op == SIM_OP_READ_REG) &&
	    is_nowhere(sim, word(rq, 0)))
		return HANG;
	switch (rq->op) {
	case SIM_OP_SYNC:
		rq->copies = 8;
		/* the ROM ignores the value, which correct clients set to 0x20120707 */
		if (rq->len >= 4)
			sim->loader.last.value = word(rq, 0);
		return ROM_OK;
	case SIM_OP_WRITE_REG:
		sim_regs_from_request(sim, rq);
		return ROM_OK;
	case SIM_OP_READ_REG:
		sim->loader.last.value = sim_reg_read(sim, word(rq, 0));
		return ROM_OK;
	case SIM_OP_SPI_SET_PARAMS:
		if (rq->len != 24)
			return ROM_MALFORMED;
		sim->flash.param_size = word(rq, 1);
		return ROM_OK;
	case SIM_OP_SPI_ATTACH:
		sim->flash.is_attached = true;
		return ROM_OK;
	default: /* SIM_OP_SECURITY_INFO */
		answer->len = sim_security_info(sim, answer->data);
		return ROM_OK;
	}
}

static unsigned execute(struct sim *sim, struct sim_request *rq, struct sim_answer *answer)
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
		sim->loader.mem.is_active = false;
		return ROM_OK;
	case SIM_OP_READ_FLASH_SLOW:
		return read_slow(sim, rq, answer);
	case SIM_OP_FLASH_MD5:
		return md5(sim, rq, answer);
	default:
		return simple(sim, rq, answer);
	}
}

/* Return whether this chip's ROM knows the command; secure download mode removes some. */
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

/* Work that follows the answer. */
static void after(struct sim *sim, const struct sim_request *rq)
{
	if (rq->op == SIM_OP_MEM_END && word(rq, 0) == 0) {
		/* with secure boot, S3 and C3 don't start uploaded code this way */
		if (sim->opts.secure_boot && (sim->chip->image_id == 9 || sim->chip->image_id == 5))
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

/* Return whether the command leaves the reason of an earlier refusal unchanged. */
static bool keeps_reason(uint8_t op)
{
	return (op >= SIM_OP_FLASH_BEGIN && op <= SIM_OP_MEM_DATA) ||
	       (op >= SIM_OP_DEFL_BEGIN && op <= SIM_OP_DEFL_END);
}

/*
 * The ESP32 has data and status of all answers in one buffer, and sets two of the status' four
 * bytes: the others, and data that a refused command did not set, are those of earlier answers.
 */
static void take_body(const struct sim *sim, struct sim_answer *answer)
{
	if (is_old(sim))
		memcpy(answer->data, sim->loader.last.body, sizeof(answer->data));
}

static void keep_body(struct sim *sim, const struct sim_answer *answer, uint8_t status[4])
{
	uint8_t *body = sim->loader.last.body;

	if (!is_old(sim))
		return;
	memcpy(body, answer->data, answer->len);
	memcpy(body + answer->len, status, 2);
	memcpy(status, body + answer->len, 4);
}

/* An unknown command repeats the last answer as a refusal; after SYNC, eight times. */
static void refuse(struct sim *sim, struct sim_request *rq)
{
	const struct sim_answer answer = { .value = sim->loader.last.value };
	uint8_t status[4] = { 1, ROM_MALFORMED };

	rq->op = sim->loader.last.op;
	rq->copies = sim->loader.last.copies;
	sim->loader.last.reason = ROM_MALFORMED;
	keep_body(sim, &answer, status);
	sim_reply(sim, rq, &answer, status, sizeof(status));
}

void sim_rom_request(struct sim *sim, struct sim_request *rq)
{
	struct sim_answer answer = { 0 };
	uint8_t status[4] = { 0 };
	unsigned reason;
	uint32_t rate = 0;

	if (is_hooked(sim, rq))
		return;
	if (!is_known(sim, rq->op)) {
		refuse(sim, rq);
		return;
	}
	take_body(sim, &answer);
	reason = rq->op == SIM_OP_CHANGE_BAUD ? change_baud(sim, rq, &rate)
					      : execute(sim, rq, &answer);
	if (reason == HANG) {
		sim->mode = SIM_MODE_DEAD;
		return;
	}
	status[0] = reason != 0;
	if (reason || !keeps_reason(rq->op))
		sim->loader.last.reason = (uint8_t)reason;
	status[1] = sim->loader.last.reason;
	sim->loader.last.op = rq->op;
	sim->loader.last.copies = rq->copies;
	answer.value = sim->loader.last.value;
	keep_body(sim, &answer, status);
	sim_reply(sim, rq, &answer, status, sizeof(status));
	if (rq->op == SIM_OP_CHANGE_BAUD && is_old(sim))
		sim_uart_frame(sim, sim->now, NULL, 0); /* an empty frame, at the old rate */
	if (reason)
		return;
	if (sim->loader.is_leaving) {
		sim->loader.is_leaving = false;
		sim->mode = SIM_MODE_DEAD;
		if (sim->reset.at == SIM_NEVER)
			sim_text(sim, sim->now, "user code done\r\n");
	}
	if (rate)
		sim->uart.rate = rate; /* the answer must leave at the old rate */
	after(sim, rq);
}
