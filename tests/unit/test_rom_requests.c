/* SPDX-License-Identifier: MIT */
/*
 * Each typed command as one row: opcode, words, promised answer and time, for a ROM and for a
 * stub. Words are esptool's (loader.py); times are those of docs/protocol.md: 3 s, 42 s for
 * each MiB that is erased or written, 8.4 s for each MiB that is hashed, 240 s at most.
 */
#include "base/util.h"
#include "ck_ef.h"
#include "rig/script_port.h"
#include "rom/rom_priv.h"

static struct ef_rom rom;
static struct ef_err err;
static struct ef_request seen;
static uint8_t head[256];
static unsigned exchanges;
static struct ef_reply answer;

static bool record(void *ctx, const struct ef_request *req, struct ef_reply *ret, struct ef_err *e)
{
	(void)ctx;
	(void)e;
	exchanges++;
	seen = *req;
	ck_assert_uint_le(req->head_len, sizeof(head));
	if (req->head_len)
		memcpy(head, req->head, req->head_len);
	*ret = answer;
	return true;
}

static bool read_reg(void)
{
	uint32_t value = 0;
	bool ok = ef_rom_read_reg(&rom, 0x60008800, &value, &err);

	ck_assert_uint_eq(value, 0x1234);
	return ok;
}

static bool write_reg(void)
{
	return ef_rom_write_reg(&rom, 0x11, 0x22, 0x33, 0x44, &err);
}

static bool write_regs(void)
{
	static const struct ef_reg_write writes[] = { { 1, 2 }, { 3, 4 } };

	return ef_rom_write_regs(&rom, writes, 2, &err);
}

static bool mem_begin(void)
{
	return ef_rom_mem_begin(&rom, 0x11, 0x22, 0x33, 0x44, &err);
}

static bool mem_data(void)
{
	return ef_rom_mem_data(&rom, 7, (const uint8_t *)"abcde", 5, &err);
}

static bool mem_stay(void)
{
	return ef_rom_mem_end(&rom, 0, &err);
}

static bool mem_jump(void)
{
	return ef_rom_mem_end(&rom, 0x40080000, &err);
}

static bool begin(bool deflate, bool has_word)
{
	const struct ef_flash_begin b = { .size = 2 * EF_MIB,
					  .blocks = 5,
					  .block_size = 6,
					  .addr = 7,
					  .deflate = deflate,
					  .has_encrypt_word = has_word,
					  .encrypt = true };

	return ef_rom_flash_begin(&rom, &b, &err);
}

static bool flash_begin(void)
{
	return begin(false, true);
}

static bool defl_begin(void)
{
	return begin(true, false);
}

static bool flash_end(void)
{
	return ef_rom_flash_end(&rom, false, true, &err);
}

static bool defl_end(void)
{
	return ef_rom_flash_end_after(&rom, true, false, EF_MIB, &err);
}

static bool attach(void)
{
	return ef_rom_spi_attach(&rom, 0x1234, &err);
}

static bool set_params(void)
{
	return ef_rom_spi_set_params(&rom, 0x800000, &err);
}

static bool change_baud(void)
{
	return ef_rom_change_baud(&rom, 921600, 115200, &err);
}

static bool md5(void)
{
	uint8_t digest[17] = { 0 };
	bool ok;

	memset(answer.data, '3', sizeof(answer.data));
	answer.len = rom.loader == EF_LOADER_ROM ? 32 : 16;
	digest[16] = 0xa5;
	ok = ef_rom_flash_md5(&rom, 0x10000, EF_MIB, digest, &err);
	ck_assert_uint_eq(digest[15], 0x33);
	ck_assert_uint_eq(digest[16], 0xa5);
	return ok;
}

static bool erase_flash(void)
{
	return ef_rom_erase_flash(&rom, 4 * EF_MIB, &err);
}

/* the least that a whole chip gets, as in esptool: 120 s */
static bool erase_small_flash(void)
{
	return ef_rom_erase_flash(&rom, EF_MIB, &err);
}

static bool erase_region(void)
{
	return ef_rom_erase_region(&rom, 0x9000, EF_MIB, &err);
}

static bool read_flash(void)
{
	return ef_rom_read_flash_begin(&rom, 1, 2, 3, 4, &err);
}

static bool read_slow(void)
{
	uint8_t data[65];
	bool ok;

	for (unsigned i = 0; i < 64; i++)
		answer.data[i] = (uint8_t)(i + 1);
	memset(data, 0xa5, sizeof(data));
	ok = ef_rom_read_flash_slow(&rom, 0x1000, 64, data, &err);
	ck_assert_mem_eq(data, answer.data, 64);
	ck_assert_uint_eq(data[64], 0xa5);
	return ok;
}

static bool security(void)
{
	struct ef_security_info info;

	answer.len = 20;
	for (unsigned i = 0; i < 20; i++)
		answer.data[i] = (uint8_t)(i + 1);
	ck_assert(ef_rom_security_info(&rom, &info, &err));
	ck_assert_uint_eq(info.flags, 0x04030201);
	ck_assert_uint_eq(info.crypt_cnt, 5);
	ck_assert_mem_eq(info.key_purposes, "\6\7\10\11\12\13\14", 7);
	ck_assert(info.has_chip_id);
	ck_assert_uint_eq(info.chip_id, 0x100f0e0d);
	ck_assert_uint_eq(info.api_version, 0x14131211);
	answer.len = 12;
	ck_assert(ef_rom_security_info(&rom, &info, &err));
	ck_assert(!info.has_chip_id && info.chip_id == 0 && info.api_version == 0);
	ck_assert_mem_eq(info.key_purposes, "\6\7\10\11\12\13\14", 7);
	return true;
}

#define ROM  EF_LOADER_ROM
#define STUB EF_LOADER_STUB

static const struct {
	const char *what;
	enum ef_loader loader;
	bool (*run)(void);
	uint8_t op;
	const char *words;
	uint32_t timeout_ms;
	size_t reply_len, reply_short, data_len;
} rows[] = {
	{ "read a register", ROM, read_reg, 0x0a, "00880060", 3000, 0, 0, 0 },
	{ "write one", ROM, write_reg, 0x09, "11000000220000003300000044000000", 3000, 0, 0, 0 },
	{ "write two", STUB, write_regs, 0x09,
	  "0100000002000000ffffffff000000000300000004000000ffffffff00000000", 3000, 0, 0, 0 },
	{ "begin RAM", ROM, mem_begin, 0x05, "11000000220000003300000044000000", 3000, 0, 0, 0 },
	{ "RAM data", ROM, mem_data, 0x07, "05000000070000000000000000000000", 3000, 0, 0, 5 },
	{ "end, stay", ROM, mem_stay, 0x06, "0100000000000000", 3000, 0, 0, 0 },
	{ "end, stay (stub)", STUB, mem_stay, 0x06, "0100000000000000", 3000, 0, 0, 0 },
	{ "end, jump (stub)", STUB, mem_jump, 0x06, "0000000000000840", 3000, 0, 0, 0 },
	{ "begin flash", ROM, flash_begin, 0x02, "0000200005000000060000000700000001000000", 84000,
	  0, 0, 0 },
	{ "begin flash (stub)", STUB, flash_begin, 0x02, "0000200005000000060000000700000001000000",
	  3000, 0, 0, 0 },
	{ "begin packed", ROM, defl_begin, 0x10, "00002000050000000600000007000000", 84000, 0, 0,
	  0 },
	{ "end flash", ROM, flash_end, 0x04, "00000000", 3000, 0, 0, 0 },
	{ "end packed", STUB, defl_end, 0x12, "01000000", 42000, 0, 0, 0 },
	{ "attach", ROM, attach, 0x0d, "3412000000000000", 3000, 0, 0, 0 },
	{ "attach (stub)", STUB, attach, 0x0d, "34120000", 3000, 0, 0, 0 },
	{ "set parameters", ROM, set_params, 0x0b,
	  "0000000000008000000001000010000000010000ffff0000", 3000, 0, 0, 0 },
	{ "rate", ROM, change_baud, 0x0f, "00100e0000000000", 3000, 0, 0, 0 },
	{ "rate (stub)", STUB, change_baud, 0x0f, "00100e0000c20100", 3000, 0, 0, 0 },
	{ "MD5", ROM, md5, 0x13, "00000100000010000000000000000000", 8400, 32, 0, 0 },
	{ "MD5 (stub)", STUB, md5, 0x13, "00000100000010000000000000000000", 8400, 16, 0, 0 },
	{ "erase all", STUB, erase_flash, 0xd0, "", 168000, 0, 0, 0 },
	{ "erase all of little", STUB, erase_small_flash, 0xd0, "", 120000, 0, 0, 0 },
	{ "erase some", STUB, erase_region, 0xd1, "0090000000001000", 42000, 0, 0, 0 },
	{ "read flash", STUB, read_flash, 0xd2, "01000000020000000300000004000000", 3000, 0, 0, 0 },
	{ "read slowly", ROM, read_slow, 0x0e, "0010000040000000", 3000, 64, 0, 0 },
	{ "security", ROM, security, 0x14, "", 3000, 20, 12, 0 },
};

START_TEST(a_request_is_complete)
{
	char hex[2 * sizeof(head) + 1] = "";

	rom = (struct ef_rom){ .loader = rows[_i].loader, .exchange = record };
	answer = (struct ef_reply){ .value = 0x1234 };
	err = (struct ef_err)EF_ERR_INIT;
	ck_ok(rows[_i].run(), &err);
	ef_hex(hex, head, seen.head_len);
	ck_assert_msg(strcmp(hex, rows[_i].words) == 0, "%s: %s", rows[_i].what, hex);
	ck_assert_uint_eq(seen.op, rows[_i].op);
	ck_assert_uint_eq(seen.timeout_ms, rows[_i].timeout_ms);
	ck_assert_uint_eq(seen.reply_len, rows[_i].reply_len);
	ck_assert_uint_eq(seen.reply_short, rows[_i].reply_short);
	ck_assert_uint_eq(seen.data_len, rows[_i].data_len);
	ck_assert_uint_eq(seen.pad_len, 0);
}
END_TEST

/* A request has room for eight registers. */
START_TEST(registers_of_one_request)
{
	static const struct ef_reg_write writes[9] = { { 1, 2 } };

	rom = (struct ef_rom){ .loader = EF_LOADER_STUB, .exchange = record };
	err = (struct ef_err)EF_ERR_INIT;
	ck_ok(ef_rom_write_regs(&rom, writes, 8, &err), &err);
	ck_assert_uint_eq(seen.head_len, 128);
	exchanges = 0;
	ck_fails(ef_rom_write_regs(&rom, writes, 9, &err), &err, EF_E_USAGE,
		 "9 registers are too many for one request");
	ck_assert_uint_eq(exchanges, 0);
}
END_TEST

/* ---- times ---- */

/* The time of a length never exceeds four minutes, however long it is. */
START_TEST(times_do_not_overflow)
{
	ck_assert_uint_eq(ef_rom_timeout_scaled(3000, 0x10000, 1ull << 48), 240000);
	ck_assert_uint_eq(ef_rom_timeout_scaled(3000, 42000, UINT32_MAX), 240000);
	ck_assert_uint_eq(ef_rom_timeout_scaled(3000, 1000, 239 * EF_MIB), 239000);
	ck_assert_uint_eq(ef_rom_timeout_scaled(3000, 1000, 3 * EF_MIB - 1), 3000);
	ck_assert_uint_eq(ef_rom_timeout_scaled(2999, 1000, 3 * EF_MIB), 3000);
}
END_TEST

/* ---- MEM_END of a ROM that starts a program ---- */

#define MEM_END "> c000060800000000000000000000000840c0\n"

static const struct {
	const char *answer;
	enum ef_code code;
	const char *text;
	uint64_t ms;
} jumps[] = {
	{ "< c0010604000000000000000000c0\n", EF_OK, "", 0 },
	{ "", EF_OK, "", 201 },
	/* flash read failed: the program is not there */
	{ "< c0010604000000000001090000c0\n", EF_E_PROTOCOL,
	  "the chip refused MEM_END: flash read failed (status 01 09)", 0 },
	{ "< c0010604000000000001050000c0\n", EF_E_PROTOCOL,
	  "the chip refused MEM_END: unknown or malformed command (status 01 05)", 50 },
};

START_TEST(a_jump_is_answered_or_not)
{
	struct script_port port;
	char script[256];
	bool ok;

	(void)snprintf(script, sizeof(script), MEM_END "%s", jumps[_i].answer);
	script_init(&port, script);
	err = (struct ef_err)EF_ERR_INIT;
	ck_ok(ef_rom_init(&rom, &port.base, &err), &err);
	ok = ef_rom_mem_end(&rom, 0x40080000, &err);
	ck_assert_int_eq(ok, jumps[_i].code == EF_OK);
	ck_assert_int_eq(err.code, jumps[_i].code);
	ck_assert_str_eq(err.msg, jumps[_i].text);
	ck_assert_uint_eq(port.now_us / 1000, jumps[_i].ms);
	ef_rom_release(&rom);
	script_done(&port);
}
END_TEST

Suite *suite_rom_requests(void);
Suite *suite_rom_requests(void)
{
	Suite *s = suite_create("rom_requests");
	TCase *t = tcase_create("rom_requests");

	tcase_add_loop_test(t, a_request_is_complete, 0, (int)EF_ARRAY_LEN(rows));
	tcase_add_test(t, registers_of_one_request);
	tcase_add_test(t, times_do_not_overflow);
	tcase_add_loop_test(t, a_jump_is_answered_or_not, 0, (int)EF_ARRAY_LEN(jumps));
	suite_add_tcase(s, t);
	return s;
}
