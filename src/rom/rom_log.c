/* SPDX-License-Identifier: MIT */
/*
 * Knows how requests and replies look in the log, at level TRACE: by name, with the words of a
 * command's data. Nothing here changes what goes over the wire.
 */
#include <stdio.h>

#include <espflash/log.h>

#include "rom/rom_log.h"

/* The meaning of the 32-bit words at the start of a request; NULL ends the list. */
static const struct {
	enum ef_op op;
	const char *words[6];
} layouts[] = {
	{ EF_OP_FLASH_BEGIN, { "size", "blocks", "block", "address", "encrypt" } },
	{ EF_OP_FLASH_DATA, { "len", "number" } },
	{ EF_OP_FLASH_END, { "stay" } },
	{ EF_OP_MEM_BEGIN, { "size", "blocks", "block", "address" } },
	{ EF_OP_MEM_DATA, { "len", "number" } },
	{ EF_OP_MEM_END, { "stay", "entry" } },
	{ EF_OP_WRITE_REG, { "address", "value", "mask", "delay" } },
	{ EF_OP_READ_REG, { "address" } },
	{ EF_OP_SPI_SET_PARAMS, { "id", "size", "block", "sector", "page", "status" } },
	{ EF_OP_SPI_ATTACH, { "pins", "legacy" } },
	{ EF_OP_READ_FLASH_SLOW, { "address", "size" } },
	{ EF_OP_CHANGE_BAUDRATE, { "rate", "present" } },
	{ EF_OP_FLASH_DEFL_BEGIN, { "size", "blocks", "block", "address", "encrypt" } },
	{ EF_OP_FLASH_DEFL_DATA, { "len", "number" } },
	{ EF_OP_FLASH_DEFL_END, { "stay" } },
	{ EF_OP_SPI_FLASH_MD5, { "address", "size" } },
	{ EF_OP_ERASE_REGION, { "address", "size" } },
	{ EF_OP_READ_FLASH, { "address", "size", "packet", "in_flight" } },
};

/* Return the command's name; buf has room for the text of an unknown one. */
static const char *name_of(unsigned op, char buf[24])
{
	const char *name = ef_op_name(op);

	if (name)
		return name;
	(void)ef_snprintf(buf, 24, "command 0x%02x", op);
	return buf;
}

static const char *const *words_of(enum ef_op op)
{
	for (size_t i = 0; i < EF_ARRAY_LEN(layouts); i++)
		if (layouts[i].op == op)
			return layouts[i].words;
	return NULL;
}

void ef_rom_log_request(const struct ef_request *req)
{
	const char *const *words = words_of(req->op);
	char buf[24], text[256] = "";
	size_t len = 0;

	if (!ef_log_enabled(EF_LOG_TRACE))
		return;
	for (size_t i = 0; words && i < 6 && words[i] && (i + 1) * 4 <= req->head_len; i++) {
		(void)ef_snprintf(text + len, sizeof(text) - len, " %s=0x%x", words[i],
				  ef_le32(req->head + i * 4));
		len = strlen(text);
	}
	ef_log(EF_LOG_TRACE, "> %s%s, %zu bytes", name_of(req->op, buf), text,
	       req->head_len + req->data_len + req->pad_len);
}

/* reply_len: the data that the command promises, so that the status can be found. */
void ef_rom_log_reply(enum ef_loader loader, const struct ef_rom_frame *frame, size_t reply_len,
		      uint64_t took_us)
{
	struct ef_rom_verdict v = ef_rom_judge(frame, reply_len);
	size_t shown = reply_len < 16 ? reply_len : 16;
	char buf[24], hex[2 * 16 + 1] = "";

	if (!ef_log_enabled(EF_LOG_TRACE))
		return;
	if (!v.is_short)
		ef_hex(hex, frame->data, shown);
	ef_log(EF_LOG_TRACE, "< %s value=0x%x%s%s%s: %s (%02x %02x) after %u ms",
	       name_of(frame->op, buf), frame->value, *hex ? " data=" : "", hex,
	       *hex && shown < reply_len ? "..." : "", ef_status_text(loader, v.status, v.reason),
	       v.status, v.reason, (unsigned)(took_us / 1000));
}
