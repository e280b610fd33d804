/* SPDX-License-Identifier: MIT */
/*
 * A driver that fails at each operation of a connection, one after the other, on boards whose
 * identification takes unusual ways. That error ends the session: nothing is asked any more. The
 * same holds for a user who interrupts the work.
 */
#include "flasher/baud.h"
#include "flasher/flasher_priv.h"
#include "rig/tap_port.h"
#include "work_rig.h"

static struct {
	unsigned calls, fails_at, after;
	bool is_interrupt;    /* of the user, in place of a failure */
	unsigned syncs_until; /* at TOP, later SYNCs are lost; 0: none is */
	unsigned syncs;
} driver;

static bool fails(struct ef_err *err)
{
	driver.after += driver.fails_at && driver.calls >= driver.fails_at;
	if (++driver.calls != driver.fails_at)
		return false;
	ef_fail(err, driver.is_interrupt ? EF_E_INTR : EF_E_IO, "the driver fails");
	return true;
}

static bool bad_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		      struct ef_err *err)
{
	return !fails(err) && tap_real->write(port, data, len, deadline_us, err);
}

static bool bad_discard(struct ef_port *port, struct ef_err *err)
{
	return !fails(err) && tap_real->discard(port, err);
}

static bool bad_sleep(struct ef_port *port, uint64_t us, struct ef_err *err)
{
	return !fails(err) && tap_real->sleep_us(port, us, err);
}

static bool bad_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
		     size_t *ret_len, struct ef_err *err)
{
	return !fails(err) && tap_real->read(port, buf, cap, deadline_us, ret_len, err);
}

static const struct {
	struct sim_opts board;
	uint32_t rate_hz;
	bool is_auto, reads; /* reads fail, too */
} sessions[] = {
	{ .board = { .chip = "esp32", .faults.lies.refuse_from = 2 } },
	{ .board = { .chip = "esp32c3", .faults.lies.refuse_from = 2 } },
	{ .board = { .chip = "esp32c3", .faults.lies.values_from = 3 } },
	{ .board = { .chip = "esp32s2", .secure_download = true }, .rate_hz = 460800 },
	{ .board = { .chip = "esp32s2" }, .rate_hz = 460800 },
	{ .board = { .chip = "esp32c2", .xtal_mhz = 26 }, .rate_hz = 460800 },
	{ .board = { .chip = "esp32" }, .rate_hz = 921600, .is_auto = true },
	{ .board = { .chip = "esp32c5" }, .rate_hz = 460800 },
	{ .board = { .chip = "esp32p4" }, .rate_hz = 460800 },
	{ .board = { .chip = "esp32c3", .circuit = SIM_CIRCUIT_USB_JTAG } },
	{ .board = { .chip = "esp32c3", .stub_running = true } },
	{ .board = { .chip = "esp32c3", .secure_boot = true } },
	{ .board = { .chip = "esp32c3", .faults = { .delay_reply = 9, .delay_ms = 500 } },
	  .reads = true },
	{ .board = { .chip = "esp32c3", .faults = { .delay_reply = 9, .delay_ms = 900 } },
	  .reads = true },
	{ .board = { .chip = "esp32", .faults = { .delay_reply = 8, .delay_ms = 900 } },
	  .reads = true },
	{ .board = { .chip = "esp32c3" }, .reads = true },
};

/* fails_at 0: nothing fails */
static bool connect_with(struct rig *r, int i, unsigned fails_at)
{
	struct ef_port_ops *ops;
	bool ok;

	rig_power(r, &sessions[i].board);
	r->opts.rate_hz = sessions[i].rate_hz;
	r->opts.speed.is_auto = sessions[i].is_auto;
	r->opts.no_stub = !sessions[i].board.stub_running;
	r->opts.attempts = 1;
	memset(&driver, 0, sizeof(driver));
	driver.fails_at = fails_at;
	ops = tap_open(r->port);
	ops->write = bad_write;
	ops->discard = bad_discard;
	ops->sleep_us = bad_sleep;
	if (sessions[i].reads)
		ops->read = bad_read;
	ok = rig_connect(r);
	tap_close(r->port);
	return ok;
}

START_TEST(error_ends_the_session)
{
	struct rig r;
	unsigned calls;

	(void)connect_with(&r, _i, 0);
	calls = driver.calls;
	rig_done(&r);
	for (unsigned n = 1; n <= calls && n <= 400; n++) {
		ck_assert_msg(!connect_with(&r, _i, n), "operation %u of %u has no effect", n,
			      calls);
		ck_assert_msg(r.err.code == EF_E_IO, "operation %u of %u: %s", n, calls, r.err.msg);
		ck_assert_msg(!driver.after, "operation %u of %u: %u after it", n, calls,
			      driver.after);
		rig_done(&r);
	}
}
END_TEST

/* ---- a user who interrupts the work ---- */

#define ADDR 0x10000u
#define LEN  0x5000u
#define LOW  460800u
#define TOP  921600u

static bool lossy_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
			struct ef_err *err)
{
	bool is_sync = port->rate_hz == TOP && tap_is_request(data, len, EF_OP_SYNC);

	if (driver.syncs_until && is_sync && ++driver.syncs >= driver.syncs_until)
		return !fails(err);
	return bad_write(port, data, len, deadline_us, err);
}

static bool bad_set_baud(struct ef_port *port, uint32_t rate_hz, struct ef_err *err)
{
	return !fails(err) && tap_real->set_baud(port, rate_hz, err);
}

static uint8_t content[LEN];

static bool write_plan(struct rig *r, bool encrypts)
{
	const struct ef_plan_region region = { .region = { ADDR, content, LEN, "app" },
					       .encrypts = encrypts };
	const struct ef_plan plan = { .regions = &region,
				      .region_count = 1,
				      .table_offset = EF_PLAN_NO_TABLE };
	const struct ef_write_opts opts = { 0 };
	const struct ef_checked *checked = NULL;

	return ef_flasher_check(r->f, &plan, true, NULL, &checked, &r->err) &&
	       ef_flasher_write(r->f, checked, &opts, NULL, &r->err);
}

static bool do_write(struct rig *r)
{
	return write_plan(r, false);
}

static bool do_encrypt(struct rig *r)
{
	return write_plan(r, true);
}

static bool do_erase(struct rig *r)
{
	return plain_erase_region(r->f, ADDR, LEN, "nvs", &r->err);
}

static bool do_erase_all(struct rig *r)
{
	return plain_erase_all(r->f, &r->err);
}

static bool do_read(struct rig *r)
{
	static uint8_t buf[LEN];
	struct ef_wr out = ef_wr_init(buf, 0x900);

	return ef_flasher_read(r->f, ADDR, 0x900, rig_collect, &out, &r->err);
}

static bool do_md5(struct rig *r)
{
	uint8_t md5[16];

	return ef_flasher_md5(r->f, ADDR, LEN, md5, &r->err);
}

static bool do_slower(struct rig *r)
{
	bool ok = false;

	return ef_baud_slower(r->f, 230400, &ok, &r->err) && ok;
}

/* The faster rate works, or it fails when it is proved. */
static bool do_faster(struct rig *r)
{
	bool ok = false;

	r->f->recovery.climb.top_hz = TOP;
	return ef_baud_faster(r->f, TOP, &ok, &r->err);
}

/* The chip answers at neither rate any more. */
static bool do_lose(struct rig *r)
{
	enum ef_baud_result result = EF_BAUD_OK;
	bool ok = ef_baud_change(r->f, TOP, true, &result, &r->err);

	return ok && result == EF_BAUD_LOST;
}

static bool do_leave(struct rig *r)
{
	return ef_flasher_finish(r->f, EF_AFTER_NO_RESET, &r->err);
}

static bool do_stay(struct rig *r)
{
	return ef_flasher_finish(r->f, EF_AFTER_NO_RESET_NO_STUB, &r->err);
}

static bool do_reset(struct rig *r)
{
	return ef_flasher_finish(r->f, EF_AFTER_HARD_RESET, &r->err);
}

static bool do_watchdog(struct rig *r)
{
	return ef_flasher_finish(r->f, EF_AFTER_WATCHDOG_RESET, &r->err);
}

static const struct job {
	bool (*run)(struct rig *r);
	const char *name;
	bool no_stub, is_usb, is_blank;
	unsigned syncs_until;
} jobs[] = {
	{ do_write, "write", .no_stub = false },
	{ do_write, "write, by the ROM", .no_stub = true },
	{ do_write, "erase what is blank", .is_blank = true },
	{ do_write, "erase what is blank, by the ROM", .is_blank = true, .no_stub = true },
	{ do_encrypt, "encrypt", .no_stub = false },
	{ do_encrypt, "encrypt, by the ROM", .no_stub = true },
	{ do_erase, "erase", .no_stub = false },
	{ do_erase, "erase, by the ROM", .no_stub = true },
	{ do_erase_all, "erase all", .no_stub = false },
	{ do_read, "read", .no_stub = false },
	{ do_read, "read, by the ROM", .no_stub = true },
	{ do_md5, "md5", .no_stub = true },
	{ do_slower, "slower", .no_stub = false },
	{ do_faster, "faster", .no_stub = false },
	{ do_faster, "not faster", .syncs_until = 2 },
	{ do_lose, "lose", .syncs_until = 1 },
	{ do_leave, "leave the stub", .no_stub = false },
	{ do_stay, "stay", .no_stub = true },
	{ do_reset, "reset", .no_stub = false },
	{ do_watchdog, "watchdog", .no_stub = true },
};

/* fails_at 0: nothing fails */
static bool work_with(struct rig *r, const struct job *job, unsigned fails_at)
{
	struct sim_opts board = { .chip = "esp32s3",
				  .stub_running = !job->no_stub,
				  .flash_size = 1u << 20 };
	struct ef_port_ops *ops;
	uint8_t *random = work_content(LEN, false);
	bool ok;

	memcpy(content, random, LEN);
	free(random);
	if (job->is_blank)
		memset(content + 0x1000, 0xff, 0x3000);
	if (job->run == do_encrypt)
		board.locks.encryption = SIM_ENCRYPTION_DEVELOPMENT;
	rig_power(r, &board);
	r->opts.no_stub = job->no_stub;
	r->opts.rate_hz = LOW;
	ck_ok(rig_connect(r), &r->err);
	memset(sim_flash_mut(r->sim) + ADDR, 0x5a, LEN);
	memset(&driver, 0, sizeof(driver));
	driver.fails_at = fails_at;
	driver.is_interrupt = true;
	driver.syncs_until = job->syncs_until;
	ops = tap_open(r->port);
	ops->write = lossy_write;
	ops->discard = bad_discard;
	ops->sleep_us = bad_sleep;
	ops->read = bad_read;
	ops->set_baud = bad_set_baud;
	ok = job->run(r);
	tap_close(r->port);
	return ok;
}

/* Whatever is being done, it ends at once, and nothing hides that. */
START_TEST(interrupt_ends_the_work)
{
	const struct job *job = &jobs[_i];
	struct rig r;
	unsigned calls;

	ck_assert_msg(work_with(&r, job, 0), "%s: %s", job->name, r.err.msg);
	calls = driver.calls;
	ck_assert_uint_gt(calls, 1);
	rig_done(&r);
	for (unsigned n = 1; n <= calls && n <= 400; n++) {
		ck_assert_msg(!work_with(&r, job, n), "%s: operation %u of %u has no effect",
			      job->name, n, calls);
		ck_assert_msg(r.err.code == EF_E_INTR, "%s: operation %u of %u: %s", job->name, n,
			      calls, r.err.msg);
		ck_assert_msg(!driver.after, "%s: operation %u of %u: %u after it", job->name, n,
			      calls, driver.after);
		rig_done(&r);
	}
}
END_TEST

/* ---- an error between two stretches ---- */

static bool interrupted_faster(struct ef_flasher *f, uint32_t rate_hz, bool *ret,
			       struct ef_err *err)
{
	(void)f;
	(void)ret;
	ck_assert_uint_eq(rate_hz, TOP);
	return ef_fail(err, EF_E_INTR, "interrupted");
}

static uint32_t faster_rate(const struct ef_flasher *f)
{
	(void)f;
	return TOP;
}

/*
 * The work goes on at a faster rate when 256 KiB have passed without a fault, if more than that is
 * left. All but 4 KiB passed before. An encrypted stretch has 256 KiB.
 */
START_TEST(interrupt_between_stretches_ends_the_work)
{
	const struct sim_opts board = { .chip = "esp32s3",
					.locks.encryption = SIM_ENCRYPTION_DEVELOPMENT };
	const uint32_t len = 0xc0000, first = _i ? 0x40000 : EF_SECTOR;
	uint8_t *data = work_content(len, false);
	const struct ef_plan_region region = { .region = { ADDR, data, len, "app" },
					       .encrypts = _i };
	const struct ef_plan plan = { .regions = &region,
				      .region_count = 1,
				      .table_offset = EF_PLAN_NO_TABLE };
	const struct ef_write_opts opts = { .no_skip = true };
	const struct ef_checked *checked = NULL;
	struct ef_rungs rungs;
	struct rig r;

	rig_power(&r, &board);
	r.opts.rate_hz = LOW;
	ck_ok(rig_connect(&r), &r.err);
	ck_ok(ef_flasher_check(r.f, &plan, true, NULL, &checked, &r.err), &r.err);
	rungs = *r.f->rungs;
	rungs.faster = interrupted_faster;
	rungs.faster_rate = faster_rate;
	r.f->rungs = &rungs;
	r.f->recovery.climb.top_hz = TOP;
	r.f->recovery.climb.quiet = 256 * EF_KIB - EF_SECTOR;
	ck_fails(ef_flasher_write(r.f, checked, &opts, NULL, &r.err), &r.err, EF_E_INTR,
		 "interrupted");
	/* an encrypted write first asks whether the stub can */
	ck_assert_uint_eq(sim_requests(r.sim, EF_OP_FLASH_DEFL_BEGIN), _i ? 2 : 1);
	ck_assert(!ef_is_blank(sim_flash(r.sim, NULL) + ADDR, first));
	ck_assert(ef_is_blank(sim_flash(r.sim, NULL) + ADDR + first, len - first));
	rig_done(&r);
	free(data);
}
END_TEST

Suite *suite_driver_fails(void);
Suite *suite_driver_fails(void)
{
	Suite *s = suite_create("driver_fails");
	TCase *t = tcase_create("driver_fails");

	tcase_add_loop_test(t, error_ends_the_session, 0,
			    (int)(sizeof(sessions) / sizeof(sessions[0])));
	tcase_add_loop_test(t, interrupt_ends_the_work, 0, EF_ARRAY_LEN(jobs));
	tcase_add_loop_test(t, interrupt_between_stretches_ends_the_work, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
