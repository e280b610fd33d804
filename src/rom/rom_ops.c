/* SPDX-License-Identifier: MIT */
/*
 * Knows the arguments, promised answers and timeouts of each command, and
 * where the ROM's and the stub's form of it differ.
 */
#include "rom/rom_priv.h"

#include <string.h>

/* Exchange by the session's policy, if there is one. */
static bool carry_out(struct ef_rom *rom, const struct ef_request *req, struct ef_reply *ret,
		      struct ef_err *err)
{
	if (rom->exchange)
		return rom->exchange(rom->exchange_ctx, req, ret, err);
	return ef_rom_command(rom, req, ret, err);
}

/* Run a command of up to six words whose answer carries no data. */
static bool command_words(struct ef_rom *rom, enum ef_op op, const uint32_t *words, size_t count,
			  uint32_t timeout_ms, struct ef_err *err)
{
	uint8_t head[6 * 4];
	struct ef_wr w = ef_wr_init(head, sizeof(head));
	struct ef_request req = { .op = op, .head = head, .timeout_ms = timeout_ms };
	struct ef_reply reply;

	for (size_t i = 0; i < count; i++)
		ef_wr_le32(&w, words[i]);
	req.head_len = w.len;
	return carry_out(rom, &req, &reply, err);
}

bool ef_rom_read_reg(struct ef_rom *rom, uint32_t addr, uint32_t *ret, struct ef_err *err)
{
	uint8_t head[4];
	const struct ef_request req = {
		.op = EF_OP_READ_REG,
		.head = head,
		.head_len = sizeof(head),
		.timeout_ms = EF_ROM_TIMEOUT,
	};
	struct ef_reply reply;

	ef_put_le32(head, addr);
	if (!carry_out(rom, &req, &reply, err))
		return false;
	*ret = reply.value;
	return true;
}

bool ef_rom_write_reg(struct ef_rom *rom, uint32_t addr, uint32_t value, uint32_t mask,
		      uint32_t delay_us, struct ef_err *err)
{
	const uint32_t words[] = { addr, value, mask, delay_us };

	return command_words(rom, EF_OP_WRITE_REG, words, EF_ARRAY_LEN(words), EF_ROM_TIMEOUT, err);
}

/* esp-flasher-stub command_handler.c, s_write_reg: entries of address, value, mask and delay */
bool ef_rom_write_regs(struct ef_rom *rom, const struct ef_reg_write *writes, size_t count,
		       struct ef_err *err)
{
	uint8_t head[16 * EF_REG_WRITES_MAX];
	struct ef_wr w = ef_wr_init(head, sizeof(head));
	struct ef_request req = { .op = EF_OP_WRITE_REG,
				  .head = head,
				  .timeout_ms = EF_ROM_TIMEOUT };
	struct ef_reply reply;

	for (size_t i = 0; i < count; i++) {
		ef_wr_le32(&w, writes[i].addr);
		ef_wr_le32(&w, writes[i].value);
		ef_wr_le32(&w, UINT32_MAX);
		ef_wr_le32(&w, 0);
	}
	if (w.bad)
		return ef_fail(err, EF_E_USAGE, "%zu registers are too many for one request",
			       count);
	req.head_len = w.len;
	return carry_out(rom, &req, &reply, err);
}

/* ---- RAM ---- */

bool ef_rom_mem_begin(struct ef_rom *rom, uint32_t size, uint32_t blocks, uint32_t block_size,
		      uint32_t addr, struct ef_err *err)
{
	const uint32_t words[] = { size, blocks, block_size, addr };

	return command_words(rom, EF_OP_MEM_BEGIN, words, EF_ARRAY_LEN(words), EF_ROM_TIMEOUT, err);
}

static void data_head(uint8_t head[EF_DATA_HEAD_SIZE], size_t len, uint32_t seq)
{
	memset(head, 0, EF_DATA_HEAD_SIZE);
	ef_put_le32(head, (uint32_t)len);
	ef_put_le32(head + 4, seq);
}

bool ef_rom_mem_data(struct ef_rom *rom, uint32_t seq, const uint8_t *data, size_t len,
		     struct ef_err *err)
{
	uint8_t head[EF_DATA_HEAD_SIZE];
	const struct ef_request req = {
		.op = EF_OP_MEM_DATA,
		.head = head,
		.head_len = sizeof(head),
		.data = data,
		.data_len = len,
		.timeout_ms = EF_ROM_TIMEOUT,
	};
	struct ef_reply reply;

	data_head(head, len, seq);
	return carry_out(rom, &req, &reply, err);
}

bool ef_rom_mem_end(struct ef_rom *rom, uint32_t entry, struct ef_err *err)
{
	uint8_t head[8];
	struct ef_request req = {
		.op = EF_OP_MEM_END,
		.head = head,
		.head_len = sizeof(head),
		.timeout_ms = EF_ROM_TIMEOUT,
	};
	struct ef_reply reply;

	ef_put_le32(head, entry == 0);
	ef_put_le32(head + 4, entry);
	if (entry == 0 || rom->loader == EF_LOADER_STUB)
		return carry_out(rom, &req, &reply, err);
	/* the started code may change the UART before the answer has left (esptool) */
	req.timeout_ms = EF_ROM_TIMEOUT_MEM_END;
	return ef_rom_send(rom, &req, err) && ef_rom_await_jump(rom, &req, err);
}

/* ---- flash ---- */

bool ef_rom_flash_begin(struct ef_rom *rom, const struct ef_flash_begin *begin, struct ef_err *err)
{
	const uint32_t words[] = { begin->size, begin->blocks, begin->block_size, begin->addr,
				   begin->encrypt };
	enum ef_op op = begin->deflate ? EF_OP_FLASH_DEFL_BEGIN : EF_OP_FLASH_BEGIN;
	uint32_t timeout_ms = EF_ROM_TIMEOUT;

	/* the ROM erases before it answers; a stub erases as it writes */
	if (rom->loader == EF_LOADER_ROM)
		timeout_ms = ef_rom_timeout_scaled(EF_ROM_TIMEOUT, EF_ROM_MS_PER_MIB_ERASE,
						   begin->size);
	return command_words(rom, op, words, begin->has_encrypt_word ? 5 : 4, timeout_ms, err);
}

void ef_rom_flash_data_request(struct ef_request *req, uint8_t head[EF_DATA_HEAD_SIZE],
			       bool deflate, uint32_t seq, const uint8_t *data, size_t len,
			       size_t pad_to, uint32_t work_len)
{
	size_t pad_len = pad_to > len ? pad_to - len : 0;

	data_head(head, len + pad_len, seq);
	*req = (struct ef_request){
		.op = deflate ? EF_OP_FLASH_DEFL_DATA : EF_OP_FLASH_DATA,
		.head = head,
		.head_len = EF_DATA_HEAD_SIZE,
		.data = data,
		.data_len = len,
		.pad = 0xff,
		.pad_len = pad_len,
		.timeout_ms = ef_rom_timeout_scaled(EF_ROM_TIMEOUT, EF_ROM_MS_PER_MIB_WRITE,
						    work_len),
	};
}

bool ef_rom_flash_end_after(struct ef_rom *rom, bool deflate, bool reboot, uint32_t work_len,
			    struct ef_err *err)
{
	const uint32_t words[] = { !reboot };
	uint32_t timeout_ms = ef_rom_timeout_scaled(EF_ROM_TIMEOUT, EF_ROM_MS_PER_MIB_WRITE,
						    work_len);

	return command_words(rom, deflate ? EF_OP_FLASH_DEFL_END : EF_OP_FLASH_END, words, 1,
			     timeout_ms, err);
}

bool ef_rom_flash_end(struct ef_rom *rom, bool deflate, bool reboot, struct ef_err *err)
{
	return ef_rom_flash_end_after(rom, deflate, reboot, 0, err);
}

bool ef_rom_spi_attach(struct ef_rom *rom, uint32_t pins, struct ef_err *err)
{
	/* the ROM's second word says "not legacy"; a stub wants one word only */
	const uint32_t words[] = { pins, 0 };

	return command_words(rom, EF_OP_SPI_ATTACH, words, rom->loader == EF_LOADER_ROM ? 2 : 1,
			     EF_ROM_TIMEOUT, err);
}

bool ef_rom_spi_set_params(struct ef_rom *rom, uint32_t flash_size, struct ef_err *err)
{
	/* id, size, block, sector, page, status mask (esptool flash_set_parameters) */
	const uint32_t words[] = { 0, flash_size, 0x10000, EF_SECTOR, 0x100, 0xffff };

	return command_words(rom, EF_OP_SPI_SET_PARAMS, words, EF_ARRAY_LEN(words), EF_ROM_TIMEOUT,
			     err);
}

bool ef_rom_change_baud(struct ef_rom *rom, uint32_t new_rate, uint32_t old_rate,
			struct ef_err *err)
{
	const uint32_t words[] = { new_rate, rom->loader == EF_LOADER_STUB ? old_rate : 0 };

	return command_words(rom, EF_OP_CHANGE_BAUDRATE, words, EF_ARRAY_LEN(words), EF_ROM_TIMEOUT,
			     err);
}

static bool parse_hex_md5(const uint8_t *text, uint8_t ret[16])
{
	for (size_t i = 0; i < 16; i++) {
		int high = ef_digit_value((char)text[2 * i]);
		int low = ef_digit_value((char)text[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		ret[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

void ef_rom_flash_md5_request(struct ef_md5_request *md5, enum ef_loader loader, uint32_t addr,
			      uint32_t len)
{
	memset(md5->head, 0, sizeof(md5->head));
	ef_put_le32(md5->head, addr);
	ef_put_le32(md5->head + 4, len);
	md5->req = (struct ef_request){
		.op = EF_OP_SPI_FLASH_MD5,
		.head = md5->head,
		.head_len = sizeof(md5->head),
		/* 32 hexadecimal digits from a ROM, 16 bytes from a stub */
		.reply_len = loader == EF_LOADER_ROM ? 32 : 16,
		.timeout_ms = ef_rom_timeout_scaled(EF_ROM_TIMEOUT, EF_ROM_MS_PER_MIB_MD5, len),
	};
}

bool ef_rom_flash_md5_parse(const struct ef_reply *reply, uint8_t ret[16], struct ef_err *err)
{
	uint8_t digest[16];

	if (reply->len == sizeof(digest))
		memcpy(digest, reply->data, sizeof(digest));
	else if (!parse_hex_md5(reply->data, digest))
		return ef_fail(err, EF_E_PROTOCOL, "the chip's MD5 is not hexadecimal");
	memcpy(ret, digest, sizeof(digest));
	return true;
}

bool ef_rom_flash_md5(struct ef_rom *rom, uint32_t addr, uint32_t len, uint8_t ret[16],
		      struct ef_err *err)
{
	struct ef_md5_request md5;
	struct ef_reply reply;

	ef_rom_flash_md5_request(&md5, rom->loader, addr, len);
	return carry_out(rom, &md5.req, &reply, err) && ef_rom_flash_md5_parse(&reply, ret, err);
}

/* ---- security info ---- */

#define INFO_LEN    20u
#define INFO_LEN_S2 12u

static void parse_info(struct ef_security_info *info, const uint8_t *data, size_t len)
{
	struct ef_rd r = ef_rd_init(data, len);

	*info = (struct ef_security_info){ .flags = ef_rd_le32(&r), .crypt_cnt = ef_rd_u8(&r) };
	for (size_t i = 0; i < sizeof(info->key_purposes); i++)
		info->key_purposes[i] = ef_rd_u8(&r);
	info->has_chip_id = len == INFO_LEN;
	if (info->has_chip_id) {
		info->chip_id = ef_rd_le32(&r);
		info->api_version = ef_rd_le32(&r);
	}
}

bool ef_rom_security_info(struct ef_rom *rom, struct ef_security_info *ret, struct ef_err *err)
{
	const struct ef_request req = {
		.op = EF_OP_GET_SECURITY_INFO,
		.reply_len = INFO_LEN,
		.reply_short = INFO_LEN_S2,
		.timeout_ms = EF_ROM_TIMEOUT,
	};
	struct ef_reply reply;

	if (!carry_out(rom, &req, &reply, err))
		return false;
	parse_info(ret, reply.data, reply.len);
	return true;
}

/* ---- stub or ROM only ---- */

bool ef_rom_erase_flash(struct ef_rom *rom, uint32_t flash_size, struct ef_err *err)
{
	uint32_t timeout_ms = ef_rom_timeout_scaled(EF_ROM_TIMEOUT_CHIP_ERASE,
						    EF_ROM_MS_PER_MIB_ERASE, flash_size);

	return command_words(rom, EF_OP_ERASE_FLASH, NULL, 0, timeout_ms, err);
}

bool ef_rom_erase_region(struct ef_rom *rom, uint32_t addr, uint32_t len, struct ef_err *err)
{
	const uint32_t words[] = { addr, len };
	uint32_t timeout_ms = ef_rom_timeout_scaled(EF_ROM_TIMEOUT, EF_ROM_MS_PER_MIB_ERASE, len);

	return command_words(rom, EF_OP_ERASE_REGION, words, EF_ARRAY_LEN(words), timeout_ms, err);
}

bool ef_rom_read_flash_begin(struct ef_rom *rom, uint32_t addr, uint32_t len, uint32_t packet,
			     uint32_t in_flight, struct ef_err *err)
{
	const uint32_t words[] = { addr, len, packet, in_flight };

	return command_words(rom, EF_OP_READ_FLASH, words, EF_ARRAY_LEN(words), EF_ROM_TIMEOUT,
			     err);
}

bool ef_rom_read_flash_slow(struct ef_rom *rom, uint32_t addr, uint32_t len, uint8_t ret[64],
			    struct ef_err *err)
{
	uint8_t head[8];
	const struct ef_request req = {
		.op = EF_OP_READ_FLASH_SLOW,
		.head = head,
		.head_len = sizeof(head),
		.reply_len = 64, /* this length always comes, whatever length was requested */
		.timeout_ms = EF_ROM_TIMEOUT,
	};
	struct ef_reply reply;

	ef_put_le32(head, addr);
	ef_put_le32(head + 4, len);
	if (!carry_out(rom, &req, &reply, err))
		return false;
	memcpy(ret, reply.data, 64);
	return true;
}
