/* SPDX-License-Identifier: MIT */
/*
 * Knows what the bytes of requests and replies mean: header, checksum, where the status is and what
 * it means. Pure functions; rom.c moves the bytes. Facts: ESP-IDF's "Serial Protocol" page of
 * esptool's manual, esptool loader.py and util.py, esp-flasher-stub command_handler.c.
 */
#include "rom/rom_cmd.h"

#include <string.h>

const char *ef_op_name(unsigned op)
{
	switch (op) {
#define OP_NAME(name, number)                                                                      \
	case number:                                                                               \
		return #name;
		EF_OP_LIST(OP_NAME)
#undef OP_NAME
	default:
		return NULL;
	}
}

/* A mask ROM's reason for unknown requests and for requests that it can't parse. */
#define ROM_UNSUPPORTED 0x05u

struct status_text {
	uint8_t code;
	const char *text;
};

/* status 1, reason = code (esptool util.py, ESP32 ROM's error enum) */
static const struct status_text rom_reasons[] = {
	{ 0x00, "undefined error" },
	{ 0x01, "bad parameter" },
	{ 0x02, "out of memory" },
	{ 0x03, "could not send a message" },
	{ 0x04, "could not receive a message" },
	{ 0x05, "unknown or malformed command" },
	{ 0x06, "command understood, but it failed" },
	{ 0x07, "bad checksum" },
	{ 0x08, "flash write failed" },
	{ 0x09, "flash read failed" },
	{ 0x0a, "bad flash read length" },
	{ 0x0b, "decompression failed" },
	{ 0x0c, "bad Adler-32 of the compressed data" },
	{ 0x0d, "bad compression parameter" },
	{ 0x0e, "bad size of a RAM image" },
	{ 0x0f, "bad address of a RAM image" },
	{ 0x64, "bad parameter" },
	{ 0x65, "bad format" },
	{ 0x66, "description too long" },
	{ 0x67, "bad encoding of a description" },
	{ 0x69, "not enough storage" },
};

/* status = code (esp-flasher-stub commands.h) */
static const struct status_text stub_codes[] = {
	{ 0xc0, "wrong data length" },       { 0xc1, "bad checksum" },
	{ 0xc2, "bad block size" },          { 0xc3, "unknown command" },
	{ 0xc4, "flash operation failed" },  { 0xc5, "flash could not be unlocked" },
	{ 0xc6, "no transfer was begun" },   { 0xc7, "decompression failed" },
	{ 0xc8, "not enough data" },         { 0xc9, "too much data" },
	{ 0xca, "NAND program failed" },     { 0xcb, "NAND erase failed" },
	{ 0xff, "command not implemented" },
};

static bool has_text(const struct status_text *table, size_t count, uint8_t code)
{
	for (size_t i = 0; i < count; i++)
		if (table[i].code == code)
			return true;
	return false;
}

static const char *find_text(const struct status_text *table, size_t count, uint8_t code)
{
	for (size_t i = 0; i < count; i++)
		if (table[i].code == code)
			return table[i].text;
	return "unknown error";
}

const char *ef_status_text(enum ef_loader loader, uint8_t status, uint8_t reason)
{
	if (status == 0)
		return "success";
	if (loader == EF_LOADER_ROM && status == 1)
		return find_text(rom_reasons, EF_ARRAY_LEN(rom_reasons), reason);
	if (status == 1) /* the first generation of stubs has no finer code */
		return "operation failed";
	return find_text(stub_codes, EF_ARRAY_LEN(stub_codes), status);
}

bool ef_rom_is_unsupported(enum ef_loader loader, uint8_t status, uint8_t reason)
{
	return loader == EF_LOADER_ROM && status != 0 && reason == ROM_UNSUPPORTED;
}

/* A mask ROM answers an unknown opcode and a damaged request with the same status. */
static enum ef_refusal rom_refusal(uint8_t reason)
{
	switch (reason) {
	case ROM_UNSUPPORTED:
		return EF_REFUSAL_UNSUPPORTED;
	case 0x07:
		return EF_REFUSAL_DAMAGED;
	case 0x04: /* the line changed an opcode or a length */
	case 0x06:
	case 0x0b:
	case 0x0c:
		return EF_REFUSAL_UNCERTAIN;
	default:
		return EF_REFUSAL_MEANT;
	}
}

static enum ef_refusal stub_refusal(uint8_t status)
{
	switch (status) {
	case 0xc0: /* esp-flasher-stub checks length, checksum and amount before it acts */
	case 0xc1:
	case 0xc3: /* another opcode arrived */
	case 0xc8:
	case 0xc9:
		return EF_REFUSAL_DAMAGED;
	case 0xc2:
	case 0xc6: /* this status and the next follow a stream that was cut short */
	case 0xc7:
	case 0xff: /* another opcode arrived */
		return EF_REFUSAL_UNCERTAIN;
	default:
		return EF_REFUSAL_MEANT;
	}
}

struct ef_fault ef_status_fault(enum ef_loader loader, uint8_t status, uint8_t reason)
{
	bool is_rom = loader == EF_LOADER_ROM;
	bool is_known = is_rom ? status == 1 && reason != 0 &&
					 has_text(rom_reasons, EF_ARRAY_LEN(rom_reasons), reason)
			       : reason == 0 &&
					 has_text(stub_codes, EF_ARRAY_LEN(stub_codes), status);

	if (!is_known)
		return (struct ef_fault){ EF_FAULT_GARBLED, status, reason, EF_REFUSAL_MEANT };
	return (struct ef_fault){ EF_FAULT_REFUSED, status, reason,
				  is_rom ? rom_refusal(reason) : stub_refusal(status) };
}

bool ef_rom_refused(enum ef_loader loader, enum ef_op op, uint8_t status, uint8_t reason,
		    struct ef_err *err)
{
	const char *name = ef_op_name(op);

	ef_fail(err, EF_E_PROTOCOL, "the chip refused %s: %s (status %02x %02x)",
		name ? name : "a command", ef_status_text(loader, status, reason), status, reason);
	err->fault = ef_status_fault(loader, status, reason);
	return false;
}

bool ef_rom_parse_frame(const uint8_t *p, size_t len, struct ef_rom_frame *ret)
{
	struct ef_rd r = ef_rd_init(p, len);
	uint8_t direction = ef_rd_u8(&r);
	uint8_t op = ef_rd_u8(&r);
	uint16_t data_len = ef_rd_le16(&r);
	uint32_t value = ef_rd_le32(&r);

	if (r.bad || direction != EF_ROM_DIR_REPLY || data_len != r.left ||
	    data_len < EF_ROM_STATUS_LEN)
		return false;
	*ret = (struct ef_rom_frame){ .op = op, .value = value, .data = r.p, .len = r.left };
	return true;
}

/*
 * The status follows directly behind the data that the command promises, two bytes from a stub,
 * four from a ROM of which the last two are reserved. A failed command sends no data, so that a
 * shorter reply starts with its status.
 */
struct ef_rom_verdict ef_rom_judge(const struct ef_rom_frame *frame, size_t reply_len)
{
	struct ef_rom_verdict v = { 0 };
	const uint8_t *status = frame->data;

	if (frame->len < reply_len + EF_ROM_STATUS_LEN)
		v.is_short = true;
	else
		status += reply_len;
	v.status = status[0];
	v.reason = status[1];
	return v;
}

static uint8_t checksum(const struct ef_request *req)
{
	uint8_t sum = EF_ROM_CHECKSUM_SEED;
	const uint8_t *data = req->data;

	for (size_t i = 0; data && i < req->data_len; i++)
		sum ^= data[i];
	if (req->pad_len % 2)
		sum ^= req->pad;
	return sum;
}

bool ef_rom_encode(const struct ef_request *req, struct ef_slip_out *out)
{
	uint8_t bytes[EF_ROM_HEADER];
	struct ef_wr w = ef_wr_init(bytes, sizeof(bytes));
	size_t len = req->head_len + req->data_len + req->pad_len;
	bool has_payload = req->data || req->pad_len;

	if (len > UINT16_MAX)
		return false;
	ef_wr_u8(&w, EF_ROM_DIR_REQUEST);
	ef_wr_u8(&w, (uint8_t)req->op);
	ef_wr_le16(&w, (uint16_t)len);
	/* only the payload of data commands is summed; others carry 0 */
	ef_wr_le32(&w, has_payload ? checksum(req) : 0);
	ef_slip_put_end(out);
	ef_slip_put(out, bytes, w.len);
	ef_slip_put(out, req->head, req->head_len);
	ef_slip_put(out, req->data, req->data_len);
	ef_slip_put_fill(out, req->pad, req->pad_len);
	ef_slip_put_end(out);
	return !out->bad;
}

uint32_t ef_rom_timeout_scaled(uint32_t base_ms, uint32_t ms_per_mib, uint64_t len)
{
	uint64_t ms;

	len = len < UINT32_MAX ? len : UINT32_MAX;
	ms = len * ms_per_mib / EF_MIB;
	ms = ms > base_ms ? ms : base_ms;
	/* the limit for one command; less work ends sooner anyway */
	return (uint32_t)(ms < EF_ROM_TIMEOUT_MAX ? ms : EF_ROM_TIMEOUT_MAX);
}

/* ---- what to expect of a command ---- */

/*
 * No SYNC may follow a command after which the loader sends frames other than replies, another
 * program answers, or the rate changes. Nor may one follow GET_SECURITY_INFO: it has replies of
 * two lengths, so the host could take the reply to a SYNC for one of them.
 */
struct ef_op_traits ef_op_traits(enum ef_op op)
{
	switch (op) {
	case EF_OP_READ_REG:
	case EF_OP_WRITE_REG:
	case EF_OP_SPI_ATTACH:
	case EF_OP_SPI_SET_PARAMS:
		return (struct ef_op_traits){ true, true, true };
	case EF_OP_MEM_BEGIN:
	case EF_OP_MEM_DATA:
		return (struct ef_op_traits){ true, true, false };
	case EF_OP_GET_SECURITY_INFO:
		return (struct ef_op_traits){ true, false, true };
	case EF_OP_READ_FLASH: /* the loader answers before it reads anything */
		return (struct ef_op_traits){ true, false, false };
	case EF_OP_FLASH_BEGIN:
	case EF_OP_FLASH_DATA:
	case EF_OP_FLASH_DEFL_BEGIN:
	case EF_OP_FLASH_DEFL_DATA:
	case EF_OP_FLASH_DEFL_END:
	case EF_OP_SPI_FLASH_MD5:
	case EF_OP_ERASE_FLASH:
	case EF_OP_ERASE_REGION:
	case EF_OP_READ_FLASH_SLOW:
		return (struct ef_op_traits){ false, true, false };
	default:
		return (struct ef_op_traits){ false, false, false };
	}
}
