/* SPDX-License-Identifier: MIT */
/*
 * A request whose answer comes late, or not at all. docs/protocol.md: after 0.4 s a SYNC is
 * sent behind a request, and a second one after 0.8 s if the command takes no time. If the
 * loader answers neither, it is gone.
 */
#include "flasher/flasher_priv.h"
#include "flasher_rig.h"
#include "rig/tap_port.h"

#define MAGIC_REG 0x40001000u

/* ---- a chip that is busy with one request ---- */

static struct {
	uint8_t op;          /* the request that keeps it busy, */
	uint32_t busy_ms;    /* ... for so long, */
	uint64_t ready_us;   /* ... until then; nothing arrives before */
	bool is_answer_lost; /* ... and its answer does not arrive at all */
	unsigned syncs;      /* that the host sent since */
	const char *text;    /* arrives instead of everything */
	const uint8_t *raw;  /* these bytes arrive instead of everything, */
	size_t raw_len;
	unsigned raw_from;   /* ... when so many SYNCs were sent */
	bool breaks;         /* the port fails behind them */
	unsigned lost_sync;  /* this SYNC does not arrive */
	unsigned delimiters; /* that were sent alone */
} chip;

static bool chip_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		       struct ef_err *err)
{
	bool is_sync = tap_is_request(data, len, EF_OP_SYNC);

	chip.syncs += is_sync;
	chip.delimiters += len == 1;
	if (is_sync && chip.syncs == chip.lost_sync)
		return true;
	if (chip.op && tap_is_request(data, len, chip.op)) {
		chip.op = 0;
		chip.ready_us = tap_real->now_us(port) + chip.busy_ms * 1000ull;
		if (chip.is_answer_lost)
			return true;
	}
	return tap_real->write(port, data, len, deadline_us, err);
}

static bool chip_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
		      size_t *ret_len, struct ef_err *err)
{
	uint64_t now_us = tap_real->now_us(port);
	uint64_t until_us = chip.ready_us < deadline_us ? chip.ready_us : deadline_us;

	*ret_len = 0;
	if (chip.text && *chip.text) {
		*ret_len = strlen(chip.text) < cap ? strlen(chip.text) : cap;
		memcpy(buf, chip.text, *ret_len);
		chip.text += *ret_len;
		return true;
	}
	if (chip.raw_len && chip.syncs >= chip.raw_from) {
		*ret_len = chip.raw_len < cap ? chip.raw_len : cap;
		memcpy(buf, chip.raw, *ret_len);
		chip.raw += *ret_len;
		chip.raw_len -= *ret_len;
		return true;
	}
	if (chip.breaks && chip.syncs >= chip.raw_from)
		return ef_fail(err, EF_E_IO, "the port fails");
	if (now_us < until_us && !tap_real->sleep_us(port, until_us - now_us, err))
		return false;
	if (chip.ready_us > deadline_us)
		return true;
	return tap_real->read(port, buf, cap, deadline_us, ret_len, err);
}

static struct rig rig;

static void start(uint8_t op, uint32_t busy_ms)
{
	const struct sim_opts board = { .chip = "esp32c3" };
	struct ef_port_ops *ops;

	rig_power(&rig, &board);
	rig.opts.no_stub = true;
	ck_ok(rig_connect(&rig), &rig.err);
	memset(&chip, 0, sizeof(chip));
	chip.op = op;
	chip.busy_ms = busy_ms;
	ops = tap_open(rig.port);
	ops->read = chip_read;
	ops->write = chip_write;
}

static void finish(void)
{
	tap_close(rig.port);
	rig_done(&rig);
}

static bool read_reg(uint32_t addr, uint32_t *ret)
{
	return ef_rom_read_reg(ef_flasher_rom(rig.f), addr, ret, &rig.err);
}

static unsigned ms_since(uint64_t start_us)
{
	return (unsigned)((sim_now_us(rig.sim) - start_us) / 1000);
}

/* ---- late answers ---- */

static const struct {
	uint32_t busy_ms;
	unsigned asked; /* SYNCs before the answer */
} late[] = { { 300, 0 }, { 390, 0 }, { 420, 1 }, { 780, 1 }, { 820, 2 }, { 1150, 2 } };

/* It counts, and the answers to the SYNCs are not taken for later ones. */
START_TEST(a_late_answer_counts)
{
	uint32_t value, other;
	uint64_t start_us;

	start(EF_OP_READ_REG, late[_i].busy_ms);
	start_us = sim_now_us(rig.sim);
	ck_ok(read_reg(MAGIC_REG, &value), &rig.err);
	ck_assert_uint_eq(value, sim_register(rig.sim, MAGIC_REG));
	ck_assert_uint_ge(ms_since(start_us), late[_i].busy_ms);
	ck_assert_uint_le(ms_since(start_us), late[_i].busy_ms + 400);
	/* behind a second SYNC another one finds out whether the decoder is in step */
	ck_assert_uint_eq(chip.syncs, late[_i].asked == 2 ? 3 : late[_i].asked);
	chip.syncs = 0;
	start_us = sim_now_us(rig.sim);
	ck_ok(read_reg(0x60000000, &other), &rig.err);
	ck_assert_uint_eq(other, sim_register(rig.sim, 0x60000000));
	ck_assert_uint_le(ms_since(start_us), 5);
	ck_assert_uint_eq(chip.syncs, 0);
	finish();
}
END_TEST

/* A decoder that is out of step misses the SYNC: a lone delimiter goes before the next one. */
START_TEST(a_decoder_is_brought_into_step)
{
	uint32_t value;

	start(EF_OP_READ_REG, 1000);
	chip.lost_sync = 3;
	ck_ok(read_reg(MAGIC_REG, &value), &rig.err);
	ck_assert_uint_eq(value, sim_register(rig.sim, MAGIC_REG));
	ck_assert_uint_eq(chip.syncs, 4);
	ck_assert_uint_eq(chip.delimiters, 2); /* the first one before the second SYNC */
	finish();
}
END_TEST

/* ---- no answer ---- */

/* Neither SYNC is answered in 0.4 s each: silence. */
START_TEST(a_chip_that_is_gone)
{
	uint64_t start_us;
	uint32_t value;

	start(EF_OP_READ_REG, 100000);
	start_us = sim_now_us(rig.sim);
	ck_assert(!read_reg(MAGIC_REG, &value));
	ck_assert_int_eq(rig.err.code, EF_E_TIMEOUT);
	ck_assert_int_eq(rig.err.fault.kind, EF_FAULT_SILENT);
	ck_assert_uint_eq(chip.syncs, 2);
	ck_assert_uint_ge(ms_since(start_us), 1200);
	ck_assert_uint_le(ms_since(start_us), 1210);
	finish();
}
END_TEST

/* The answer to the SYNC tells that the request, or its answer, got lost. */
START_TEST(a_request_that_got_lost)
{
	uint64_t start_us;
	uint32_t value;

	start(EF_OP_READ_REG, 0);
	chip.is_answer_lost = true;
	start_us = sim_now_us(rig.sim);
	ck_assert(!read_reg(MAGIC_REG, &value));
	ck_assert_str_eq(rig.err.msg, "no answer to READ_REG: bytes got lost");
	ck_assert_int_eq(rig.err.fault.kind, EF_FAULT_LOST);
	ck_assert_uint_eq(chip.syncs, 1);
	ck_assert_uint_ge(ms_since(start_us), 400);
	ck_assert_uint_le(ms_since(start_us), 420);
	finish();
}
END_TEST

static const struct {
	uint32_t busy_ms;
	unsigned asked;
} late_work[] = { { 390, 0 }, { 450, 1 }, { 1590, 1 }, { 1650, 3 } };

/* A command that takes long has its time, and its second SYNC comes after 1.6 s. */
START_TEST(long_work_is_asked_later)
{
	uint8_t md5[16];

	start(EF_OP_SPI_FLASH_MD5, late_work[_i].busy_ms);
	ck_ok(ef_rom_flash_md5(ef_flasher_rom(rig.f), 0, 0x1000, md5, &rig.err), &rig.err);
	ck_assert_uint_eq(chip.syncs, late_work[_i].asked);
	finish();
}
END_TEST

/*
 * A loader answers a SYNC with the failure of earlier work that it held back. Status 01 07: the
 * checksum was wrong, so the line damaged something (esptool, ROM_INVALID_RECV_MSG).
 */
#define ANSWER "\xc0\x01\x0a\x04\0\x07\x70\x1b\0\0\0\0\0\xc0"
#define HELD   "\xc0\x01\x08\x04\0\x07\x07\x12\x20\x01\x07\0\0\xc0"
#define FINE   "\xc0\x01\x08\x04\0\x07\x07\x12\x20\0\0\0\0\xc0"

static const struct {
	const char *raw;
	size_t len;
	unsigned from;
	bool is_held;
} held[] = {
	{ ANSWER HELD, sizeof(ANSWER HELD) - 1, 1, true },
	{ ANSWER HELD, sizeof(ANSWER HELD) - 1, 2, true },
	{ ANSWER FINE FINE HELD, sizeof(ANSWER FINE FINE HELD) - 1, 2, true },
	{ ANSWER FINE, sizeof(ANSWER FINE) - 1, 1, false },
	{ ANSWER FINE FINE, sizeof(ANSWER FINE FINE) - 1, 2, false },
};

START_TEST(a_failure_that_was_held_back)
{
	uint32_t value = 0;
	unsigned before;
	bool ok;

	start(EF_OP_READ_REG, 100000);
	before = rig.f->recovery.damages;
	chip.raw = (const uint8_t *)held[_i].raw;
	chip.raw_len = held[_i].len;
	chip.raw_from = held[_i].from;
	ok = read_reg(MAGIC_REG, &value);
	ck_assert_int_eq(ok, !held[_i].is_held);
	ck_assert_uint_eq(value, ok ? 0x001b7007 : 0);
	ck_assert_uint_eq(rig.f->recovery.damages, before + held[_i].is_held);
	if (held[_i].is_held) {
		ck_assert_int_eq(rig.err.fault.kind, EF_FAULT_REFUSED);
		ck_assert_msg(strstr(rig.err.msg, "(status 01 07)") != NULL, "%s", rig.err.msg);
	}
	finish();
}
END_TEST

/* The SYNC's answer is read behind the late one, and the port fails there. */
START_TEST(a_port_that_fails_behind_an_answer)
{
	uint32_t value;

	start(EF_OP_READ_REG, 100000);
	chip.raw = (const uint8_t *)ANSWER;
	chip.raw_len = sizeof(ANSWER) - 1;
	chip.raw_from = (unsigned)_i;
	chip.breaks = true;
	ck_fails(read_reg(MAGIC_REG, &value), &rig.err, EF_E_IO, "the port fails");
	ck_assert_uint_eq(chip.syncs, (unsigned)_i);
	finish();
}
END_TEST

/* More than 64 bytes of text are a boot log: no need to wait for the end of long work. */
START_TEST(a_boot_log_ends_the_wait)
{
	static const char log[] = "ESP-ROM:esp32c3-api1-20210207\r\nBuild:Feb  7 2021\r\n"
				  "rst:0x7 (TG0WDT_SYS_RST),boot:0xc (SPI_FAST_FLASH_BOOT)\r\n";
	uint64_t start_us;
	uint8_t md5[16];

	start(EF_OP_SPI_FLASH_MD5, 100000);
	chip.text = log;
	start_us = sim_now_us(rig.sim);
	ck_assert(!ef_rom_flash_md5(ef_flasher_rom(rig.f), 0, 0x100000, md5, &rig.err));
	ck_assert_int_eq(rig.err.fault.kind, EF_FAULT_SILENT);
	ck_assert_uint_le(ms_since(start_us), 1300);
	finish();
}
END_TEST

Suite *suite_exchange(void);

Suite *suite_exchange(void)
{
	Suite *s = suite_create("exchange");
	TCase *t = tcase_create("exchange");

	tcase_add_loop_test(t, a_late_answer_counts, 0, (int)EF_ARRAY_LEN(late));
	tcase_add_test(t, a_decoder_is_brought_into_step);
	tcase_add_test(t, a_chip_that_is_gone);
	tcase_add_test(t, a_request_that_got_lost);
	tcase_add_loop_test(t, long_work_is_asked_later, 0, (int)EF_ARRAY_LEN(late_work));
	tcase_add_loop_test(t, a_failure_that_was_held_back, 0, (int)EF_ARRAY_LEN(held));
	tcase_add_loop_test(t, a_port_that_fails_behind_an_answer, 1, 3);
	tcase_add_test(t, a_boot_log_ends_the_wait);
	suite_add_tcase(s, t);
	return s;
}
