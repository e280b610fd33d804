/* SPDX-License-Identifier: MIT */
/*
 * A chip that falls silent for good while it is worked on: what the session knows of the board,
 * and how long it tries, when building it anew fails, too.
 */
#include "flasher/connect.h"
#include "flasher/flasher_priv.h"
#include "rig/tap_port.h"
#include "work_rig.h"

#define ADDR 0x10000u
#define LEN  0x8000u

static uint64_t took_us;

/* Write or read until the chip is silent. The session has this timeout; 0: none. */
static void fall_silent(struct work *w, const struct sim_opts *board, uint32_t timeout_ms,
			bool is_write)
{
	uint8_t *data = work_content(LEN, false), *copy = malloc(LEN);
	const struct ef_region region = { ADDR, data, LEN, "app" };
	const struct ef_write_opts opts = { .no_skip = true };
	struct ef_wr out = ef_wr_init(copy, LEN);
	struct sim_faults faults = { 0 };
	bool ok;

	ck_assert_ptr_nonnull(copy);
	work_start(w, board, false);
	w->rig.f->opts.timeout_ms = timeout_ms;
	faults.stall_reply = sim_requests(w->rig.sim, 0) + (is_write ? 2 : 1);
	sim_set_faults(w->rig.sim, &faults);
	took_us = ef_port_now_us(w->rig.port);
	ok = is_write ? plain_write(w->rig.f, &region, 1, &opts, NULL, &w->rig.err)
		      : ef_flasher_read(w->rig.f, ADDR, LEN, rig_collect, &out, &w->rig.err);
	took_us = ef_port_now_us(w->rig.port) - took_us;
	ck_assert(!ok);
	w->total = UINT64_MAX;
	free(data);
	free(copy);
}

START_TEST(board_is_known_as_before)
{
	const struct sim_opts board = { .chip = rig_chips[_i % RIG_CHIPS],
					.flash_size = 8u << 20,
					.is_paced = true };
	struct ef_device before;
	const struct ef_device *now;
	struct work w;
	struct rig r;

	rig_power(&r, &board);
	ck_ok(rig_connect(&r), &r.err);
	before = *rig_device(&r);
	rig_done(&r);
	ck_assert_uint_eq(before.flash_size, 8u << 20);

	fall_silent(&w, &board, 0, _i < RIG_CHIPS);
	now = rig_device(&w.rig);
	ck_assert_ptr_eq(now->chip, before.chip);
	ck_assert_uint_eq(now->revision, before.revision);
	ck_assert_uint_eq(now->flash_size, before.flash_size);
	ck_assert_uint_eq(now->flash_id, before.flash_id);
	ck_assert_uint_eq(now->xtal_mhz, before.xtal_mhz);
	ck_assert_int_eq(now->has_mac, before.has_mac);
	ck_assert_mem_eq(now->mac, before.mac, sizeof(before.mac));
	/* the stub is gone */
	ck_assert(before.is_stub && !now->is_stub);
	ck_assert_int_eq(w.rig.f->rom.loader, EF_LOADER_ROM);
	ck_assert(!w.rig.f->recovery.is_connecting);
	ck_assert_uint_eq(w.rig.port->limit_us, 0);
	work_done(&w);
}
END_TEST

/* The user's time is the time of each try to connect again. */
START_TEST(timeout_bounds_the_rebuild)
{
	const struct sim_opts board = { .chip = "esp32c3", .is_paced = true };
	uint64_t long_us;
	struct work w;

	fall_silent(&w, &board, 20000, _i == 0);
	long_us = took_us;
	work_done(&w);
	fall_silent(&w, &board, 2000, _i == 0);
	work_done(&w);
	ck_assert_uint_lt(took_us, long_us);
}
END_TEST

static uint64_t reset_us;

/* Nothing reaches the chip until it is reset, and then only SYNCs do. */
static bool write_syncs(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
			struct ef_err *err)
{
	if (!reset_us || !tap_is_request(data, len, EF_OP_SYNC))
		return true;
	return tap_real->write(port, data, len, deadline_us, err);
}

static bool note_reset(struct ef_port *port, unsigned mask, unsigned value, struct ef_err *err)
{
	if (!reset_us)
		reset_us = ef_port_now_us(port);
	return tap_real->set_lines(port, mask, value, err);
}

/* It is the time of all steps, and not only of those up to the first answer. */
START_TEST(timeout_bounds_all_steps)
{
	const struct sim_opts board = { .chip = "esp32c3", .is_paced = true };
	struct ef_wr out = ef_wr_init(NULL, 0);
	struct ef_port_ops *ops;
	struct work w;

	work_start(&w, &board, false);
	w.rig.f->opts.timeout_ms = 2000;
	ops = tap_open(w.rig.port);
	ops->write = write_syncs;
	ops->set_lines = note_reset;
	reset_us = 0;
	ck_assert(!ef_flasher_read(w.rig.f, ADDR, LEN, rig_collect, &out, &w.rig.err));
	ck_assert_uint_gt(reset_us, 0);
	ck_assert_uint_le(ef_port_now_us(w.rig.port) - reset_us, 2000000 + EF_LIMIT_SLACK_US);
	ck_assert_uint_eq(w.rig.port->limit_us, 0);
	tap_close(w.rig.port);
	w.total = UINT64_MAX;
	work_done(&w);
}
END_TEST

/* What a chip said when it was lost explains no later loss. */
START_TEST(old_log_is_forgotten)
{
	static const char log[] = "ESP-ROM:esp32c3-api1-20210207\r\n"
				  "rst:0xf (BROWN_OUT_RST),boot:0xc (SPI_FAST_FLASH_BOOT)\r\n";
	const struct sim_opts board = { .chip = "esp32c3" };
	struct rig r;

	rig_power(&r, &board);
	ck_ok(rig_connect(&r), &r.err);
	memcpy(r.f->record.rx.data, log, sizeof(log) - 1);
	r.f->record.rx.len = r.f->record.rx.total = sizeof(log) - 1;
	ef_connect_lost(r.f);
	ck_assert_uint_eq(r.f->record.lost_boots.power, 1);
	ck_assert_uint_eq(r.f->record.lost_rx.len, sizeof(log) - 1);
	ck_ok(r.f->rungs->rebuild(r.f, 115200, &r.err), &r.err);
	ck_assert_uint_eq(r.f->record.lost_boots.power, 0);
	ck_assert_uint_eq(r.f->record.lost_rx.len, 0);
	rig_done(&r);
}
END_TEST

Suite *suite_rebuild_fails(void);
Suite *suite_rebuild_fails(void)
{
	Suite *s = suite_create("rebuild_fails");
	TCase *t = tcase_create("rebuild_fails");

	tcase_add_loop_test(t, board_is_known_as_before, 0, 2 * RIG_CHIPS);
	tcase_add_loop_test(t, timeout_bounds_the_rebuild, 0, 2);
	tcase_add_test(t, timeout_bounds_all_steps);
	tcase_add_test(t, old_log_is_forgotten);
	suite_add_tcase(s, t);
	return s;
}
