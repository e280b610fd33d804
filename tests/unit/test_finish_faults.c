/* SPDX-License-Identifier: MIT */
/* A chip that does not do what it is told at the end of a session, and what is made of that. */
#include "flasher/flasher_priv.h"
#include "flasher_rig.h"
#include "rig/tap_port.h"

static struct {
	struct sim *sim;
	uint8_t op;    /* this request ... */
	uint32_t addr; /* ... to this register; 0: any */
	bool hangs;    /* the chip hangs with it until it is reset; else it resets */
	unsigned at;   /* the first such request, or a later one; 0: none */
	unsigned seen;
} fault;

static bool fault_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
			struct ef_err *err)
{
	if (tap_is_request(data, len, fault.op) &&
	    (!fault.addr || tap_word(data, len, 0) == fault.addr) && ++fault.seen == fault.at) {
		unsigned next = sim_requests(fault.sim, 0) + 1;
		struct sim_faults faults = { .hang_at_request = fault.hangs ? next : 0,
					     .reset_at_request = fault.hangs ? 0 : next };

		sim_set_faults(fault.sim, &faults);
	}
	return tap_real->write(port, data, len, deadline_us, err);
}

static void connect_to(struct rig *r, const struct sim_opts *board, uint32_t rate_hz)
{
	rig_power(r, board);
	r->opts.rate_hz = rate_hz;
	ck_ok(rig_connect(r), &r->err);
	ck_assert(rig_device(r)->is_stub);
	memset(&fault, 0, sizeof(fault));
	fault.sim = r->sim;
	fault.at = 1;
	tap_open(r->port)->write = fault_write;
}

static bool finish(struct rig *r, enum ef_after after)
{
	bool ok = ef_flasher_finish(r->f, after, &r->err);

	tap_close(r->port);
	ck_assert_uint_gt(fault.seen, 0);
	return ok;
}

/* The boot pin is held low, so the reset that the stub makes of its last request leads to the ROM.
 */
START_TEST(stub_that_leaves_for_the_rom)
{
	const struct sim_opts board = { .chip = "esp32c3",
					.circuit = SIM_CIRCUIT_NONE_DOWNLOAD,
					.is_paced = true };
	struct rig r;

	connect_to(&r, &board, 0);
	fault.op = EF_OP_FLASH_END;
	ck_ok(finish(&r, EF_AFTER_NO_RESET), &r.err);
	ck_assert_int_eq(r.f->rom.loader, EF_LOADER_ROM);
	ck_assert(!rig_device(&r)->is_stub);
	rig_does_not_say(&r, "keeps running");
	rig_done(&r);
}
END_TEST

/* Nobody answers the last request, and then somebody must be asked: the stub is still there. */
START_TEST(stub_that_stays)
{
	const struct sim_opts board = { .chip = "esp32c3", .is_paced = true };
	struct rig r;

	connect_to(&r, &board, 0);
	fault.op = EF_OP_FLASH_END;
	fault.at = 0;
	ck_ok(finish(&r, EF_AFTER_NO_RESET), &r.err);
	ck_assert_int_eq(r.f->rom.loader, EF_LOADER_STUB);
	ck_assert(rig_device(&r)->is_stub);
	rig_says(&r, "keeps running");
	rig_done(&r);
}
END_TEST

static bool stalled_sync(struct ef_port *port, const uint8_t *data, size_t len,
			 uint64_t deadline_us, struct ef_err *err)
{
	if (!tap_is_request(data, len, EF_OP_SYNC))
		return tap_real->write(port, data, len, deadline_us, err);
	fault.seen++;
	return ef_fail(err, EF_E_TIMEOUT, "the device takes no data");
}

/* Nobody can be asked who is there: that is no answer, and no error either. */
START_TEST(stub_that_can_not_be_asked)
{
	const struct sim_opts board = { .chip = "esp32c3", .is_paced = true };
	struct rig r;

	connect_to(&r, &board, 0);
	tap_close(r.port);
	tap_open(r.port)->write = stalled_sync;
	ck_ok(finish(&r, EF_AFTER_NO_RESET), &r.err);
	ck_assert_uint_eq(fault.seen, 1);
	rig_does_not_say(&r, "keeps running");
	rig_done(&r);
}
END_TEST

START_TEST(chip_that_is_lost_with_its_rate)
{
	const struct sim_opts board = { .chip = "esp32c3", .is_paced = true };
	struct rig r;

	connect_to(&r, &board, 460800);
	fault.op = EF_OP_CHANGE_BAUDRATE;
	fault.hangs = true;
	ck_ok(finish(&r, EF_AFTER_NO_RESET_NO_STUB), &r.err);
	rig_says(&r, "the chip does not answer any more");
	rig_done(&r);
}
END_TEST

/* The ESP32-S3's register that forces download mode is cleared first, but a reset follows anyway.
 */
START_TEST(register_that_is_not_cleared)
{
	const struct sim_opts board = { .chip = "esp32s3", .is_paced = true };
	unsigned resets;
	struct rig r;

	connect_to(&r, &board, 0);
	fault.op = EF_OP_WRITE_REG;
	fault.addr = 0x6000812c; /* esptool, esp32s3.py: RTC_CNTL_OPTION1_REG */
	fault.hangs = true;
	resets = sim_resets(r.sim);
	ck_ok(finish(&r, EF_AFTER_HARD_RESET), &r.err);
	ck_assert_uint_eq(sim_resets(r.sim), resets + 1);
	ck_assert(!sim_is_download(r.sim));
	rig_done(&r);
}
END_TEST

/* The watchdog resets the chip before it answers the last write to the watchdog's registers. */
START_TEST(watchdog_that_is_quick)
{
	const struct sim_opts board = { .chip = "esp32c3", .is_paced = true };
	struct rig r;

	connect_to(&r, &board, 0);
	fault.op = EF_OP_WRITE_REG;
	fault.addr = 0x600080a8; /* esptool, esp32c3.py: RTC_CNTL_WDTWPROTECT_REG */
	fault.at = 2;            /* the first one unlocks them, this one locks them again */
	ck_ok(finish(&r, EF_AFTER_WATCHDOG_RESET), &r.err);
	ck_assert(!sim_is_download(r.sim));
	rig_done(&r);
}
END_TEST

/* A reset worked before, so the wires are there, and this one is an error. Else they may not be. */
START_TEST(reset_that_reaches_nothing)
{
	const struct sim_opts board = { .chip = "esp32c3", .is_paced = true };
	struct rig r;

	rig_power(&r, &board);
	ck_ok(rig_connect(&r), &r.err);
	r.f->record.has_reset = _i;
	tap_open(r.port)->set_lines = tap_lost_lines;
	if (_i) {
		ck_assert(!ef_flasher_finish(r.f, EF_AFTER_HARD_RESET, &r.err));
		ck_assert_int_eq(r.err.hint.id, EF_HINT_RESET_IN_VAIN);
		ck_fails(false, &r.err, EF_E_WIRING, "the chip was not reset");
		rig_does_not_say(&r, "had no effect");
	} else {
		ck_ok(ef_flasher_finish(r.f, EF_AFTER_HARD_RESET, &r.err), &r.err);
		rig_says(&r, "the reset had no effect: the loader still answers");
	}
	tap_close(r.port);
	rig_done(&r);
}
END_TEST

Suite *suite_finish_faults(void);
Suite *suite_finish_faults(void)
{
	Suite *s = suite_create("finish_faults");
	TCase *t = tcase_create("finish_faults");

	tcase_add_test(t, stub_that_leaves_for_the_rom);
	tcase_add_test(t, stub_that_stays);
	tcase_add_test(t, stub_that_can_not_be_asked);
	tcase_add_test(t, chip_that_is_lost_with_its_rate);
	tcase_add_test(t, register_that_is_not_cleared);
	tcase_add_test(t, watchdog_that_is_quick);
	tcase_add_loop_test(t, reset_that_reaches_nothing, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
