/* SPDX-License-Identifier: MIT */
/*
 * What the codec of requests and replies decides: how much a refusal can be trusted, what
 * may follow which command, and how long a chip may take. Sources: the error codes of
 * esp-flasher-stub's commands.h and of esptool's util.py, the times of docs/protocol.md.
 */
#include "rom/rom_priv.h"
#include "ck_ef.h"

/* ---- refusals ---- */

#define REFUSED(refusal) EF_FAULT_REFUSED, EF_REFUSAL_##refusal
/* no loader has such a status, so the answer itself is damaged */
#define NO_STATUS EF_FAULT_GARBLED, EF_REFUSAL_MEANT

static const struct {
	enum ef_loader loader;
	uint8_t status, reason;
	enum ef_fault_kind kind;
	enum ef_refusal refusal;
} refusals[] = {
	/* a ROM's status is 1, the reason is one of util.py's; 0x00 and 0x42 are none */
	{ EF_LOADER_ROM, 1, 0x00, NO_STATUS },
	{ EF_LOADER_ROM, 1, 0x42, NO_STATUS },
	{ EF_LOADER_ROM, 2, 0x06, NO_STATUS },
	{ EF_LOADER_ROM, 0xc1, 0x00, NO_STATUS },
	{ EF_LOADER_ROM, 1, 0x01, REFUSED(MEANT) },
	{ EF_LOADER_ROM, 1, 0x03, REFUSED(MEANT) },
	{ EF_LOADER_ROM, 1, 0x04, REFUSED(UNCERTAIN) },
	{ EF_LOADER_ROM, 1, 0x05, REFUSED(UNSUPPORTED) },
	{ EF_LOADER_ROM, 1, 0x06, REFUSED(UNCERTAIN) },
	{ EF_LOADER_ROM, 1, 0x07, REFUSED(DAMAGED) },
	{ EF_LOADER_ROM, 1, 0x08, REFUSED(MEANT) },
	{ EF_LOADER_ROM, 1, 0x0a, REFUSED(MEANT) },
	{ EF_LOADER_ROM, 1, 0x0b, REFUSED(UNCERTAIN) },
	{ EF_LOADER_ROM, 1, 0x0c, REFUSED(UNCERTAIN) },
	{ EF_LOADER_ROM, 1, 0x0d, REFUSED(MEANT) },
	{ EF_LOADER_ROM, 1, 0x69, REFUSED(MEANT) },
	/* a stub's second byte is 0; codes below 0xc0 are those of the first generation */
	{ EF_LOADER_STUB, 0x01, 0, NO_STATUS },
	{ EF_LOADER_STUB, 0xbf, 0, NO_STATUS },
	{ EF_LOADER_STUB, 0xc1, 1, NO_STATUS },
	{ EF_LOADER_STUB, 0xcc, 0, NO_STATUS },
	{ EF_LOADER_STUB, 0xc0, 0, REFUSED(DAMAGED) },   /* length */
	{ EF_LOADER_STUB, 0xc1, 0, REFUSED(DAMAGED) },   /* checksum */
	{ EF_LOADER_STUB, 0xc2, 0, REFUSED(UNCERTAIN) }, /* block size */
	{ EF_LOADER_STUB, 0xc3, 0, REFUSED(DAMAGED) },   /* unknown command */
	{ EF_LOADER_STUB, 0xc4, 0, REFUSED(MEANT) },     /* flash operation */
	{ EF_LOADER_STUB, 0xc5, 0, REFUSED(MEANT) },     /* unlock */
	{ EF_LOADER_STUB, 0xc6, 0, REFUSED(UNCERTAIN) }, /* not in a transfer */
	{ EF_LOADER_STUB, 0xc7, 0, REFUSED(UNCERTAIN) }, /* inflate */
	{ EF_LOADER_STUB, 0xc8, 0, REFUSED(DAMAGED) },   /* too little */
	{ EF_LOADER_STUB, 0xc9, 0, REFUSED(DAMAGED) },   /* too much */
	{ EF_LOADER_STUB, 0xca, 0, REFUSED(MEANT) },
	{ EF_LOADER_STUB, 0xff, 0, REFUSED(UNCERTAIN) }, /* not implemented */
};

START_TEST(trust_in_a_refusal)
{
	struct ef_fault fault = ef_status_fault(refusals[_i].loader, refusals[_i].status,
						refusals[_i].reason);

	ck_assert_int_eq(fault.kind, refusals[_i].kind);
	ck_assert_int_eq(fault.refusal, refusals[_i].refusal);
	ck_assert_uint_eq(fault.status, refusals[_i].status);
	ck_assert_uint_eq(fault.reason, refusals[_i].reason);
}
END_TEST

/* Only a ROM says this, and any failure status goes with it. */
START_TEST(what_is_unsupported)
{
	ck_assert(ef_rom_is_unsupported(EF_LOADER_ROM, 1, 5));
	ck_assert(!ef_rom_is_unsupported(EF_LOADER_ROM, 0, 5));
	ck_assert(!ef_rom_is_unsupported(EF_LOADER_ROM, 1, 4));
	ck_assert(!ef_rom_is_unsupported(EF_LOADER_ROM, 1, 6));
	ck_assert(!ef_rom_is_unsupported(EF_LOADER_STUB, 1, 5));
}
END_TEST

/* ---- commands ---- */

/*
 * Prompt: what needs neither flash nor an erase before the answer. May be followed by a SYNC:
 * what exchanges nothing but requests and replies of one length. Idempotent: what may be done
 * twice.
 */
static const struct {
	enum ef_op op;
	bool is_prompt, may_be_followed, is_idempotent;
} ops[] = {
	{ EF_OP_READ_REG, true, true, true },
	{ EF_OP_WRITE_REG, true, true, true },
	{ EF_OP_SPI_ATTACH, true, true, true },
	{ EF_OP_SPI_SET_PARAMS, true, true, true },
	{ EF_OP_MEM_BEGIN, true, true, false },
	{ EF_OP_MEM_DATA, true, true, false },
	{ EF_OP_GET_SECURITY_INFO, true, false, true },
	{ EF_OP_READ_FLASH, true, false, false },
	{ EF_OP_FLASH_BEGIN, false, true, false },
	{ EF_OP_FLASH_DEFL_DATA, false, true, false },
	{ EF_OP_SPI_FLASH_MD5, false, true, false },
	{ EF_OP_ERASE_FLASH, false, true, false },
	{ EF_OP_READ_FLASH_SLOW, false, true, false },
	{ EF_OP_MEM_END, false, false, false },
	{ EF_OP_CHANGE_BAUDRATE, false, false, false },
	{ EF_OP_SYNC, false, false, false },
};

START_TEST(what_may_follow)
{
	struct ef_op_traits traits = ef_op_traits(ops[_i].op);

	ck_assert_int_eq(traits.is_prompt, ops[_i].is_prompt);
	ck_assert_int_eq(traits.may_be_followed, ops[_i].may_be_followed);
	ck_assert_int_eq(traits.is_idempotent, ops[_i].is_idempotent);
}
END_TEST

/* ---- times ---- */

/* docs/protocol.md: 42 s for a MiB to write or erase, 8.4 s to hash; at least the base. */
START_TEST(time_for_a_mib)
{
	ck_assert_uint_eq(ef_rom_timeout_scaled(3000, EF_ROM_MS_PER_MIB_WRITE, EF_MIB), 42000);
	ck_assert_uint_eq(ef_rom_timeout_scaled(3000, EF_ROM_MS_PER_MIB_ERASE, EF_MIB), 42000);
	ck_assert_uint_eq(ef_rom_timeout_scaled(3000, EF_ROM_MS_PER_MIB_MD5, EF_MIB), 8400);
	ck_assert_uint_eq(ef_rom_timeout_scaled(8400, EF_ROM_MS_PER_MIB_MD5, EF_MIB), 8400);
	ck_assert_uint_eq(ef_rom_timeout_scaled(8401, EF_ROM_MS_PER_MIB_MD5, EF_MIB), 8401);
	ck_assert_uint_eq(ef_rom_timeout_scaled(0, 1000, 4 * EF_MIB), 4000);
	ck_assert_uint_eq(ef_rom_timeout_scaled(3000, 60000, 4 * EF_MIB), 240000);
	ck_assert_uint_eq(ef_rom_timeout_scaled(3000, 60000, 4 * EF_MIB + 18), 240000);
}
END_TEST

/* ---- frames and answers ---- */

/* esptool's page "Serial Protocol": 01, opcode, length of the data, value, data with status. */
static const struct {
	const char *what;
	uint8_t bytes[14];
	size_t len;
	bool ok;
} frames[] = {
	{ "a stub's answer", { 1, 10, 2, 0, 1, 2, 3, 4, 0, 0 }, 10, true },
	{ "a ROM's answer", { 1, 10, 4, 0, 1, 2, 3, 4, 0, 0, 0, 0 }, 12, true },
	{ "no status", { 1, 10, 1, 0, 1, 2, 3, 4, 0 }, 9, false },
	{ "nothing behind the value", { 1, 10, 0, 0, 1, 2, 3, 4 }, 8, false },
	{ "a request", { 0, 10, 2, 0, 1, 2, 3, 4, 0, 0 }, 10, false },
	{ "another direction", { 2, 10, 2, 0, 1, 2, 3, 4, 0, 0 }, 10, false },
	{ "one byte lost", { 1, 10, 4, 0, 1, 2, 3, 4, 0, 0, 0 }, 11, false },
	{ "one byte more", { 1, 10, 2, 0, 1, 2, 3, 4, 0, 0, 0 }, 11, false },
	{ "half a header", { 1, 10, 2, 0, 1, 2 }, 6, false },
};

START_TEST(which_frames_are_replies)
{
	struct ef_rom_frame frame;

	ck_assert_msg(ef_rom_parse_frame(frames[_i].bytes, frames[_i].len, &frame) == frames[_i].ok,
		      "%s", frames[_i].what);
	if (!frames[_i].ok)
		return;
	ck_assert_uint_eq(frame.op, 10);
	ck_assert_uint_eq(frame.value, 0x04030201);
	ck_assert_uint_eq(frame.len, frames[_i].len - 8);
	ck_assert_ptr_eq(frame.data, frames[_i].bytes + 8);
}
END_TEST

/* The status follows the promised data; a refused command sends no data. */
START_TEST(where_the_status_is)
{
	static const uint8_t data[] = { 9, 8, 7, 6, 1, 5 };
	struct ef_rom_frame frame = { .data = data, .len = 6 };
	struct ef_rom_verdict v = ef_rom_judge(&frame, 4);

	ck_assert(!v.is_short && v.status == 1 && v.reason == 5);
	v = ef_rom_judge(&frame, 5);
	ck_assert(v.is_short && v.status == 9 && v.reason == 8);
	v = ef_rom_judge(&frame, 0);
	ck_assert(!v.is_short && v.status == 9 && v.reason == 8);
}
END_TEST

/* The length field has 16 bits. */
START_TEST(a_request_has_a_greatest_length)
{
	static uint8_t room[EF_SLIP_MAX(0x10010)];
	struct ef_slip_out out = { .p = room, .cap = sizeof(room) };
	struct ef_request req = { .op = EF_OP_FLASH_DATA, .pad_len = 0xffff };

	ck_assert(ef_rom_encode(&req, &out));
	ck_assert_uint_eq(out.len, 1 + 8 + 0xffff + 1);
	ck_assert(room[3] == 0xff && room[4] == 0xff);
	out.len = 0;
	req.pad_len++;
	ck_assert(!ef_rom_encode(&req, &out));
}
END_TEST

/* Padding counts in the checksum: an odd number of equal bytes leaves one (seed ef). */
START_TEST(checksum_of_padding)
{
	static const uint8_t data[] = { 0x11, 0x22 };
	uint8_t room[64];
	struct ef_slip_out out = { .p = room, .cap = sizeof(room) };
	struct ef_request req = { .op = EF_OP_FLASH_DATA,
				  .data = data,
				  .data_len = 2,
				  .pad = 0xff,
				  .pad_len = (size_t)_i };

	ck_assert(ef_rom_encode(&req, &out));
	ck_assert_uint_eq(room[5], _i % 2 ? 0xef ^ 0x33 ^ 0xff : 0xef ^ 0x33);
	ck_assert(room[6] == 0 && room[7] == 0 && room[8] == 0);
}
END_TEST

/* ---- a flash block ---- */

START_TEST(padding_of_a_block)
{
	static const uint8_t data[8] = { 0 };
	uint8_t head[EF_DATA_HEAD_SIZE];
	struct ef_request req;

	ef_rom_flash_data_request(&req, head, false, 3, data, 8, 0x400, 0);
	ck_assert_uint_eq(req.pad_len, 0x3f8);
	ck_assert_uint_eq(req.pad, 0xff);
	ck_assert(head[0] == 0 && head[1] == 4 && head[4] == 3);
	ck_assert_uint_eq(req.timeout_ms, 3000);
	ef_rom_flash_data_request(&req, head, true, 3, data, 8, 8, EF_MIB);
	ck_assert_uint_eq(req.pad_len, 0);
	ck_assert_uint_eq(req.timeout_ms, 42000);
	ck_assert_int_eq(req.op, EF_OP_FLASH_DEFL_DATA);
	ef_rom_flash_data_request(&req, head, true, 3, data, 8, 0, 0);
	ck_assert_uint_eq(req.pad_len, 0);
	ck_assert_uint_eq(head[0], 8);
}
END_TEST

/* ---- MD5 ---- */

START_TEST(md5_in_both_forms)
{
	static const char hex[] = "00112233445566778899aabbccddeeff";
	struct ef_err err = EF_ERR_INIT;
	struct ef_reply reply = { .len = 32 };
	struct ef_md5_request rom, stub;
	uint8_t md5[16] = { 0x5a };

	memcpy(reply.data, hex, 32);
	ck_ok(ef_rom_flash_md5_parse(&reply, md5, &err), &err);
	for (unsigned i = 0; i < 16; i++)
		ck_assert_uint_eq(md5[i], i * 0x11);
	for (unsigned i = 0; i < 32; i += 31) { /* a digit that is none, first and last */
		memcpy(reply.data, hex, 32);
		reply.data[i] = 'g';
		ck_fails(ef_rom_flash_md5_parse(&reply, md5, &err), &err, EF_E_PROTOCOL, "MD5");
		ef_err_clear(&err);
	}
	ck_assert_uint_eq(md5[15], 0xff);
	reply.len = 16;
	memset(reply.data, 'g', 16);
	ck_ok(ef_rom_flash_md5_parse(&reply, md5, &err), &err);
	ck_assert_uint_eq(md5[0], 'g');
	ef_rom_flash_md5_request(&rom, EF_LOADER_ROM, 0, EF_MIB);
	ef_rom_flash_md5_request(&stub, EF_LOADER_STUB, 0, 0);
	ck_assert_uint_eq(rom.req.reply_len, 32);
	ck_assert_uint_eq(rom.req.timeout_ms, 8400);
	ck_assert_uint_eq(stub.req.reply_len, 16);
	ck_assert_uint_eq(stub.req.timeout_ms, 3000);
}
END_TEST

Suite *suite_rom_facts(void);

Suite *suite_rom_facts(void)
{
	Suite *s = suite_create("rom_facts");
	TCase *t = tcase_create("rom_facts");

	tcase_add_loop_test(t, trust_in_a_refusal, 0, (int)EF_ARRAY_LEN(refusals));
	tcase_add_test(t, what_is_unsupported);
	tcase_add_loop_test(t, what_may_follow, 0, (int)EF_ARRAY_LEN(ops));
	tcase_add_test(t, time_for_a_mib);
	tcase_add_loop_test(t, which_frames_are_replies, 0, (int)EF_ARRAY_LEN(frames));
	tcase_add_test(t, where_the_status_is);
	tcase_add_test(t, a_request_has_a_greatest_length);
	tcase_add_loop_test(t, checksum_of_padding, 0, 3);
	tcase_add_test(t, padding_of_a_block);
	tcase_add_test(t, md5_in_both_forms);
	suite_add_tcase(s, t);
	return s;
}
