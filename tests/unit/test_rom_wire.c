/* SPDX-License-Identifier: MIT */
/*
 * Every typed command says on the wire what esptool says, and reads the same
 * out of the answer. The conversations are esptool's (tests/golden/wire).
 */
#include "base/util.h"
#include "rom/rom_priv.h"
#include "rig/script_port.h"

static uint8_t pattern[0x3000]; /* record.py's PATTERN */

static bool do_sync_rom(struct ef_rom *rom, struct ef_err *err)
{
	enum ef_sync_result got;

	if (!ef_rom_sync(rom, 100, &got, err))
		return false;
	ck_assert_int_eq(got, EF_SYNC_ROM);
	return true;
}

static bool do_sync_stub(struct ef_rom *rom, struct ef_err *err)
{
	enum ef_sync_result got;

	if (!ef_rom_sync(rom, 100, &got, err))
		return false;
	ck_assert_int_eq(got, EF_SYNC_STUB);
	return true;
}

static bool do_read_reg(struct ef_rom *rom, struct ef_err *err)
{
	uint32_t value;

	if (!ef_rom_read_reg(rom, 0x40001000, &value, err))
		return false;
	ck_assert_uint_eq(value, 0x6921506f);
	return true;
}

static bool do_write_reg(struct ef_rom *rom, struct ef_err *err)
{
	return ef_rom_write_reg(rom, 0x600080c0, 0xdbc0, 0xff00ff, 10, err);
}

static bool do_mem(struct ef_rom *rom, struct ef_err *err)
{
	return ef_rom_mem_begin(rom, 0x1805, 2, EF_BLOCK_RAM, 0x40380000, err) &&
	       ef_rom_mem_data(rom, 0, pattern, EF_BLOCK_RAM, err) &&
	       ef_rom_mem_data(rom, 1, pattern + EF_BLOCK_RAM, 5, err) &&
	       ef_rom_mem_end(rom, 0x40380010, err);
}

static bool do_attach(struct ef_rom *rom, struct ef_err *err)
{
	return ef_rom_spi_attach(rom, 0, err);
}

static bool do_set_params(struct ef_rom *rom, struct ef_err *err)
{
	return ef_rom_spi_set_params(rom, 0x400000, err);
}

static bool do_baud(struct ef_rom *rom, struct ef_err *err)
{
	return ef_rom_change_baud(rom, 921600, 115200, err);
}

/* MD5 of "espflash-c", as the recorder answers */
static bool do_md5(struct ef_rom *rom, struct ef_err *err)
{
	char hex[33];
	uint8_t md5[16];

	if (!ef_rom_flash_md5(rom, 0x10000, 0x123456, md5, err))
		return false;
	ef_hex(hex, md5, sizeof(md5));
	ck_assert_str_eq(hex, "b7fb1078cf0cc38f9040a8ad291db71c");
	return true;
}

static bool check_info(struct ef_rom *rom, bool has_id, struct ef_err *err)
{
	static const uint8_t purposes[7] = { 0, 1, 2, 3, 4, 5, 6 };
	struct ef_security_info info;

	if (!ef_rom_security_info(rom, &info, err))
		return false;
	ck_assert_uint_eq(info.flags, 5);
	ck_assert_uint_eq(info.crypt_cnt, 1);
	ck_assert_mem_eq(info.key_purposes, purposes, 7);
	ck_assert_int_eq(info.has_chip_id, has_id);
	ck_assert_uint_eq(info.chip_id, has_id ? 5 : 0);
	ck_assert_uint_eq(info.api_version, has_id ? 3 : 0);
	return true;
}

static bool do_info(struct ef_rom *rom, struct ef_err *err)
{
	return check_info(rom, true, err);
}

/* esptool asks a second time when the long form doesn't come */
static bool do_info_s2(struct ef_rom *rom, struct ef_err *err)
{
	return check_info(rom, false, err) && check_info(rom, false, err);
}

static bool do_block(struct ef_rom *rom, bool deflate, uint32_t seq, const uint8_t *data,
		     size_t len, size_t pad_to, struct ef_err *err)
{
	uint8_t head[EF_DATA_HEAD_SIZE];
	struct ef_request req;
	struct ef_reply reply;

	ef_rom_flash_data_request(&req, head, deflate, seq, data, len, pad_to, 0);
	return ef_rom_command(rom, &req, &reply, err);
}

static bool do_flash(struct ef_rom *rom, struct ef_err *err)
{
	const struct ef_flash_begin begin = {
		.size = 0x405,
		.blocks = 2,
		.block_size = EF_BLOCK_ROM,
		.addr = 0x10000,
		.has_encrypt_word = true,
	};

	return ef_rom_flash_begin(rom, &begin, err) &&
	       do_block(rom, false, 0, pattern, 0x400, 0x400, err) &&
	       do_block(rom, false, 1, pattern + 0x400, 5, 0x400, err);
}

static bool do_flash_esp32(struct ef_rom *rom, struct ef_err *err)
{
	const struct ef_flash_begin begin = {
		.size = 0x405,
		.blocks = 2,
		.block_size = EF_BLOCK_ROM,
		.addr = 0x10000,
	};

	return ef_rom_flash_begin(rom, &begin, err);
}

static bool do_deflate(struct ef_rom *rom, struct ef_err *err)
{
	const struct ef_flash_begin begin = {
		.size = 0x123456,
		.blocks = 2,
		.block_size = EF_BLOCK_STUB,
		.addr = 0x10000,
		.deflate = true,
		.has_encrypt_word = true,
	};
	static uint8_t block[EF_BLOCK_STUB];

	memcpy(block, pattern, 0x2000);
	memcpy(block + 0x2000, pattern, 0x2000);
	return ef_rom_flash_begin(rom, &begin, err) &&
	       do_block(rom, true, 0, block, sizeof(block), 0, err) &&
	       do_block(rom, true, 1, pattern, 5, 0, err) &&
	       ef_rom_flash_end(rom, true, false, err);
}

static bool do_encrypt(struct ef_rom *rom, struct ef_err *err)
{
	const struct ef_flash_begin begin = {
		.size = 0x410,
		.blocks = 2,
		.block_size = EF_BLOCK_ROM,
		.addr = 0x10000,
		.has_encrypt_word = true,
		.encrypt = true,
	};

	return ef_rom_flash_begin(rom, &begin, err) &&
	       do_block(rom, false, 0, pattern, 0x400, 0x400, err) &&
	       do_block(rom, false, 1, pattern + 0x400, 16, 0x400, err);
}

static bool do_encrypt_packed(struct ef_rom *rom, struct ef_err *err)
{
	const struct ef_flash_begin begin = {
		.size = 0x12340,
		.blocks = 2,
		.block_size = EF_BLOCK_STUB,
		.addr = 0x10000,
		.deflate = true,
		.has_encrypt_word = true,
		.encrypt = true,
	};
	static uint8_t block[EF_BLOCK_STUB];

	memcpy(block, pattern, 0x2000);
	memcpy(block + 0x2000, pattern, 0x2000);
	return ef_rom_flash_begin(rom, &begin, err) &&
	       do_block(rom, true, 0, block, sizeof(block), 0, err) &&
	       do_block(rom, true, 1, pattern, 5, 0, err) &&
	       ef_rom_flash_end(rom, false, false, err);
}

static bool do_read_slow(struct ef_rom *rom, struct ef_err *err)
{
	uint8_t piece[64];

	for (uint32_t pos = 0; pos < 200; pos += 64) {
		uint32_t len = 200 - pos < 64 ? 200 - pos : 64;

		if (!ef_rom_read_flash_slow(rom, pos, len, piece, err))
			return false;
		ck_assert_mem_eq(piece, pattern + pos, len);
	}
	return true;
}

static bool do_read(struct ef_rom *rom, struct ef_err *err)
{
	uint32_t total = 0x2345;
	uint8_t frame[4096], ack[4];
	size_t len;

	if (!ef_rom_read_flash_begin(rom, 0, total, 4096, 64, err))
		return false;
	for (uint32_t pos = 0; pos < total; pos += (uint32_t)len) {
		if (!ef_rom_read_frame(rom, frame, sizeof(frame), UINT64_MAX, &len, err))
			return false;
		ck_assert_uint_eq(len, total - pos < 4096 ? total - pos : 4096);
		ck_assert_mem_eq(frame, pattern + pos, len);
		ef_put_le32(ack, pos + (uint32_t)len);
		if (!ef_rom_write_frame(rom, ack, sizeof(ack), err))
			return false;
	}
	if (!ef_rom_read_frame(rom, frame, sizeof(frame), UINT64_MAX, &len, err))
		return false;
	ck_assert_uint_eq(len, 16);
	return true;
}

static bool do_erase_flash(struct ef_rom *rom, struct ef_err *err)
{
	return ef_rom_erase_flash(rom, 0x400000, err);
}

static bool do_erase_region(struct ef_rom *rom, struct ef_err *err)
{
	return ef_rom_erase_region(rom, 0x9000, 0x6000, err);
}

static const struct {
	const char *file;
	enum ef_loader loader;
	bool (*run)(struct ef_rom *rom, struct ef_err *err);
	unsigned writes; /* system calls a real port would make */
} cases[] = {
	{ "rom-sync", EF_LOADER_ROM, do_sync_rom, 1 },
	{ "stub-sync", EF_LOADER_STUB, do_sync_stub, 1 },
	{ "rom-read-reg", EF_LOADER_ROM, do_read_reg, 1 },
	{ "rom-write-reg", EF_LOADER_ROM, do_write_reg, 1 },
	{ "rom-mem", EF_LOADER_ROM, do_mem, 4 },
	{ "rom-attach", EF_LOADER_ROM, do_attach, 1 },
	{ "stub-attach", EF_LOADER_STUB, do_attach, 1 },
	{ "rom-set-params", EF_LOADER_ROM, do_set_params, 1 },
	{ "rom-baud", EF_LOADER_ROM, do_baud, 1 },
	{ "stub-baud", EF_LOADER_STUB, do_baud, 1 },
	{ "rom-md5", EF_LOADER_ROM, do_md5, 1 },
	{ "stub-md5", EF_LOADER_STUB, do_md5, 1 },
	{ "rom-security-info", EF_LOADER_ROM, do_info, 1 },
	{ "rom-security-info-s2", EF_LOADER_ROM, do_info_s2, 2 },
	{ "rom-flash", EF_LOADER_ROM, do_flash, 3 },
	{ "rom-flash-esp32", EF_LOADER_ROM, do_flash_esp32, 1 },
	{ "stub-deflate", EF_LOADER_STUB, do_deflate, 4 },
	{ "rom-encrypt", EF_LOADER_ROM, do_encrypt, 3 },
	{ "stub-encrypt", EF_LOADER_STUB, do_encrypt_packed, 4 },
	{ "rom-read-slow", EF_LOADER_ROM, do_read_slow, 4 },
	{ "stub-read", EF_LOADER_STUB, do_read, 4 },
	{ "stub-erase-flash", EF_LOADER_STUB, do_erase_flash, 1 },
	{ "stub-erase-region", EF_LOADER_STUB, do_erase_region, 1 },
};

START_TEST(as_esptool)
{
	struct ef_buf text = EF_BUF_INIT(EF_MIB);
	struct ef_err err = EF_ERR_INIT;
	struct script_port port;
	struct ef_rom rom;
	char path[512];
	bool ok;

	for (size_t i = 0; i < sizeof(pattern); i++)
		pattern[i] = (uint8_t)(7 * i + (i >> 8));
	ck_assert(ef_snprintf(path, sizeof(path), "%s/tests/golden/wire/%s.trace", EF_SOURCE_DIR,
			      cases[_i].file));
	ck_ok(ef_file_read(path, &text, &err), &err);
	ck_ok(ef_buf_fill(&text, 0, 1, &err), &err);
	script_init(&port, (const char *)text.data);
	ck_ok(ef_rom_init(&rom, &port.base, &err), &err);
	rom.loader = cases[_i].loader;
	ok = cases[_i].run(&rom, &err);
	ck_assert_msg(ok && !port.mismatch, "%s: %s; esptool: '%.70s'", cases[_i].file, err.msg,
		      port.at);
	script_done(&port);
	ck_assert_uint_eq(port.writes, cases[_i].writes);
	ck_assert_uint_eq(rom.requests, cases[_i].writes);
	ck_assert_uint_eq(port.now_us, 0);
	ef_rom_release(&rom);
	ef_buf_release(&text);
}
END_TEST

/* Reasons and codes in words: esptool util.py has the same numbers. */
static const struct {
	enum ef_loader loader;
	uint8_t status, reason;
	const char *text;
} statuses[] = {
	{ EF_LOADER_ROM, 0x00, 0x00, "success" },
	{ EF_LOADER_ROM, 0x01, 0x01, "bad parameter" },
	{ EF_LOADER_ROM, 0x01, 0x05, "unknown or malformed command" },
	{ EF_LOADER_ROM, 0x01, 0x07, "bad checksum" },
	{ EF_LOADER_ROM, 0x01, 0x08, "flash write failed" },
	{ EF_LOADER_ROM, 0x01, 0x0b, "decompression failed" },
	{ EF_LOADER_ROM, 0x01, 0x69, "not enough storage" },
	{ EF_LOADER_ROM, 0x01, 0x42, "unknown error" },
	{ EF_LOADER_ROM, 0xc4, 0x00, "flash operation failed" },
	{ EF_LOADER_STUB, 0xc0, 0x00, "wrong data length" },
	{ EF_LOADER_STUB, 0xc1, 0x00, "bad checksum" },
	{ EF_LOADER_STUB, 0xc7, 0x00, "decompression failed" },
	{ EF_LOADER_STUB, 0xff, 0x00, "command not implemented" },
	{ EF_LOADER_STUB, 0x01, 0x00, "operation failed" },
	{ EF_LOADER_STUB, 0x77, 0x00, "unknown error" },
};

START_TEST(status_words)
{
	ck_assert_str_eq(
		ef_status_text(statuses[_i].loader, statuses[_i].status, statuses[_i].reason),
		statuses[_i].text);
}
END_TEST

START_TEST(op_names)
{
	ck_assert_str_eq(ef_op_name(0x11), "FLASH_DEFL_DATA");
	ck_assert_str_eq(ef_op_name(0xd2), "READ_FLASH");
	ck_assert_ptr_null(ef_op_name(0x55));
}
END_TEST

/* esptool: seconds per 10^6 bytes, at least 3 s, at most 240 s. */
START_TEST(timeouts)
{
	ck_assert_uint_eq(ef_rom_timeout_scaled(3000, EF_ROM_MS_PER_MIB_WRITE, 1000), 3000);
	ck_assert_uint_ge(ef_rom_timeout_scaled(3000, EF_ROM_MS_PER_MIB_WRITE, 1000000), 40000);
	ck_assert_uint_ge(ef_rom_timeout_scaled(3000, EF_ROM_MS_PER_MIB_MD5, 4000000), 32000);
	ck_assert_uint_eq(ef_rom_timeout_scaled(3000, EF_ROM_MS_PER_MIB_ERASE, UINT64_MAX), 240000);
}
END_TEST

Suite *suite_rom_wire(void);

Suite *suite_rom_wire(void)
{
	Suite *s = suite_create("rom_wire");
	TCase *t = tcase_create("rom_wire");

	tcase_add_loop_test(t, as_esptool, 0, (int)EF_ARRAY_LEN(cases));
	tcase_add_loop_test(t, status_words, 0, (int)EF_ARRAY_LEN(statuses));
	tcase_add_test(t, op_names);
	tcase_add_test(t, timeouts);
	suite_add_tcase(s, t);
	return s;
}
