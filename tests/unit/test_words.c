/* SPDX-License-Identifier: MIT */
/*
 * Registers that are asked for at once: by the real bytes no answer is lost, none is taken for
 * another's, no more bytes are under way than the loader has room for, and no register is read
 * more often than needed. Byte values come from esptool's documentation of the protocol.
 */
#include "rig/script_port.h"
#include "rig/tap_port.h"
#include "work_rig.h"

/* ---- the exchange ---- */

#define TWO     "> c0000a04000000000000100040c0c0000a040000000000dbdcdbdd5a3fc0\n"
#define FIRST   "c0010a0400831df00000000000c0"
#define REFUSED "c0010a04001111111101060000c0"

static const uint32_t two[] = { 0x40001000, 0x3f5adbc0 };

static const struct {
	const char *what, *answers;
	enum ef_code code;
	enum ef_fault_kind fault;
} bursts[] = {
	{ "both", "< " FIRST "c0010a04004433221100000000c0\n", EF_OK, EF_FAULT_NONE },
	{ "one after the other", "< " FIRST "\n~ 5\n< c0010a04004433221100000000c0\n", EF_OK,
	  EF_FAULT_NONE },
	{ "one is lost", "< " FIRST "\n", EF_E_TIMEOUT, EF_FAULT_LOST },
	{ "none comes", "", EF_E_TIMEOUT, EF_FAULT_LOST },
	{ "one lost its delimiter", "< 010a0400831df00000000000c0c0010a04004433221100000000c0\n",
	  EF_E_PROTOCOL, EF_FAULT_GARBLED },
	{ "one is damaged", "< c0050a0400831df00000000000c0c0010a04004433221100000000c0\n",
	  EF_E_TIMEOUT, EF_FAULT_LOST },
	{ "a byte too many", "< 55" FIRST "c0010a04004433221100000000c0\n", EF_E_PROTOCOL,
	  EF_FAULT_GARBLED },
	{ "an answer to something else", "< c0010904001111111100000000c0" FIRST "\n", EF_E_PROTOCOL,
	  EF_FAULT_GARBLED },
	{ "an answer too many", "< " FIRST FIRST "c0010a04004433221100000000c0\n", EF_E_PROTOCOL,
	  EF_FAULT_GARBLED },
	{ "a refusal", "< " FIRST REFUSED "\n", EF_E_PROTOCOL, EF_FAULT_REFUSED },
};

START_TEST(all_answers_count_or_none)
{
	const struct ef_read_ahead ahead = { .room = 128, .timeout_ms = 400 };
	struct ef_err err = EF_ERR_INIT;
	struct script_port port;
	uint32_t got[2] = { 0 };
	char script[512];
	size_t n = 0;
	struct ef_rom rom;
	bool ok;

	(void)snprintf(script, sizeof(script), TWO "%s", bursts[_i].answers);
	script_init(&port, script);
	ck_ok(ef_rom_init(&rom, &port.base, &err), &err);
	ok = ef_rom_read_regs(&rom, two, 2, &ahead, got, &n, &err);
	ck_assert_msg(err.code == bursts[_i].code && err.fault.kind == bursts[_i].fault, "%s: %s",
		      bursts[_i].what, err.msg);
	ck_assert_int_eq(ok, bursts[_i].code == EF_OK);
	ck_assert_uint_eq(port.writes, 1);
	ck_assert_uint_eq(rom.requests, 2);
	ck_assert_uint_eq(n, ok ? 2 : 0);
	ck_assert_uint_le(port.now_us, 403000); /* 30 bytes take 2.6 ms */
	if (ok) {
		ck_assert_uint_eq(got[0], 0x00f01d83);
		ck_assert_uint_eq(got[1], 0x11223344);
	}
	ef_rom_release(&rom);
	script_done(&port);
}
END_TEST

/* The second request has 16 bytes on the wire, since two of its bytes are escaped. */
START_TEST(room_counts_escapes)
{
	const struct ef_read_ahead ahead = { .room = _i ? 30 : 29, .timeout_ms = 400 };
	const char *script = _i ? TWO "< " FIRST "c0010a04004433221100000000c0\n"
				: "> c0000a04000000000000100040c0\n< " FIRST "\n";
	struct ef_err err = EF_ERR_INIT;
	struct script_port port;
	uint32_t got[2] = { 0 };
	struct ef_rom rom;
	size_t n = 0;

	script_init(&port, script);
	ck_ok(ef_rom_init(&rom, &port.base, &err), &err);
	ck_ok(ef_rom_read_regs(&rom, two, 2, &ahead, got, &n, &err), &err);
	ck_assert_uint_eq(n, _i ? 2 : 1);
	ef_rom_release(&rom);
	script_done(&port);
}
END_TEST

/* ---- a session ---- */

#define READS_MAX 256

static struct {
	uint32_t addr[READS_MAX];
	unsigned reads, writes, bursts;
	size_t most; /* bytes of requests that were sent before an answer came */
} seen;

/* A write holds one frame or several. */
static bool count_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
			struct ef_err *err)
{
	unsigned here = 0;

	seen.writes++;
	for (size_t at = 0;
	     at + 10 <= len && tap_is_request(data + at, len - at, EF_OP_READ_REG);) {
		size_t end = at + 1;

		if (seen.reads < READS_MAX)
			seen.addr[seen.reads++] = tap_word(data + at, len - at, 0);
		here++;
		while (end < len && data[end] != 0xc0)
			end++;
		at = end + 1;
	}
	seen.bursts += here > 1;
	if (here && len > seen.most)
		seen.most = len;
	return tap_real->write(port, data, len, deadline_us, err);
}

static unsigned times_read(uint32_t addr)
{
	unsigned n = 0;

	for (unsigned i = 0; i < seen.reads; i++)
		n += seen.addr[i] == addr;
	return n;
}

/*
 * Writes of a connection, in the order of rig_chips; then with a faster rate, for which some ROMs
 * must be asked for another, from registers. One by one, an ESP32 took 39.
 */
static const unsigned writes_wanted[][RIG_CHIPS] = {
	{ 23, 23, 20, 23, 21, 21, 20, 21, 22, 21, 21 },
	{ 27, 24, 22, 25, 23, 23, 22, 24, 25, 23, 23 },
};

/* Each word is read once, and once more to confirm it: an answer has no checksum. */
START_TEST(no_word_is_read_more_than_twice)
{
	const struct sim_opts board = { .chip = rig_chips[_i % RIG_CHIPS], .is_paced = true };
	unsigned most = writes_wanted[_i / RIG_CHIPS][_i % RIG_CHIPS];
	struct rig r;

	memset(&seen, 0, sizeof(seen));
	rig_power(&r, &board);
	r.opts.rate_hz = _i / RIG_CHIPS ? 921600 : 0;
	tap_open(r.port)->write = count_write;
	ck_ok(rig_connect(&r), &r.err);
	tap_close(r.port);
	ck_assert(rig_device(&r)->has_mac && rig_device(&r)->is_stub);
	ck_assert_msg(seen.writes <= most, "%s: %u writes", board.chip, seen.writes);
	ck_assert_uint_eq(seen.bursts, 2);
	ck_assert_uint_le(seen.most, 128);
	for (unsigned i = 0; i < seen.reads; i++)
		ck_assert_msg(times_read(seen.addr[i]) <= 2, "%s: 0x%08x: %u times", board.chip,
			      seen.addr[i], times_read(seen.addr[i]));
	rig_done(&r);
}
END_TEST

/* ---- faults ---- */

static void connect_with(const struct sim_faults *faults, struct ef_device *ret, bool *ret_ok)
{
	const struct sim_opts board = { .chip = "esp32", .is_paced = true, .faults = *faults };
	struct rig r;

	rig_power(&r, &board);
	*ret_ok = rig_connect(&r);
	if (*ret_ok)
		*ret = *rig_device(&r);
	rig_done(&r);
}

/* Whatever is lost or damaged among the answers: the facts are right, and the session comes up. */
START_TEST(facts_survive_any_fault)
{
	struct ef_device want, got;
	bool ok;

	connect_with(&(struct sim_faults){ 0 }, &want, &ok);
	ck_assert(ok);
	for (unsigned n = 1; n <= 36; n++) {
		struct sim_faults faults[] = { { .drop_reply = n },
					       { .flip_reply = n },
					       { .delay_reply = n, .delay_ms = 600 } };

		connect_with(&faults[_i], &got, &ok);
		ck_assert_msg(ok, "fault %d at request %u", _i, n);
		ck_assert_mem_eq(got.mac, want.mac, sizeof(got.mac));
		ck_assert_uint_eq(got.revision, want.revision);
		ck_assert_str_eq(got.features.text, want.features.text);
		ck_assert_uint_eq(got.flash_id, want.flash_id);
	}
}
END_TEST

Suite *suite_words(void);

Suite *suite_words(void)
{
	Suite *s = suite_create("words");
	TCase *t = tcase_create("words");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, all_answers_count_or_none, 0, (int)EF_ARRAY_LEN(bursts));
	tcase_add_loop_test(t, room_counts_escapes, 0, 2);
	tcase_add_loop_test(t, no_word_is_read_more_than_twice, 0, 2 * RIG_CHIPS);
	tcase_add_loop_test(t, facts_survive_any_fault, 0, 3);
	suite_add_tcase(s, t);
	return s;
}
