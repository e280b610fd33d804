/* SPDX-License-Identifier: MIT */
/*
 * Ctrl-C at every operation on the port, one after the other, on the best and on bad days of a
 * session. The session must end with the interruption, not with a verdict, a retry or a success,
 * and from then on it must leave the port alone: it only releases DTR and RTS, once.
 */
#include "rig/tap_port.h"
#include "work_rig.h"

static struct {
	unsigned calls, fails_at; /* operations so far; the one that is interrupted, from 1 on */
	unsigned after;           /* operations after it, without those that release the lines */
	unsigned releases;        /* these */
	char what[16];            /* its name */
} ctrl_c;

static bool is_interrupted(const char *what, struct ef_err *err)
{
	bool is_release = strcmp(what, "set_lines") == 0;

	ctrl_c.calls++;
	if (ctrl_c.calls > ctrl_c.fails_at)
		*(is_release ? &ctrl_c.releases : &ctrl_c.after) += 1;
	if (ctrl_c.calls != ctrl_c.fails_at)
		return false;
	(void)snprintf(ctrl_c.what, sizeof(ctrl_c.what), "%s", what);
	ef_fail(err, EF_E_INTR, "interrupted");
	return true;
}

static bool tap_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
		     size_t *ret_len, struct ef_err *err)
{
	return !is_interrupted("read", err) &&
	       tap_real->read(port, buf, cap, deadline_us, ret_len, err);
}

static bool tap_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		      struct ef_err *err)
{
	return !is_interrupted("write", err) && tap_real->write(port, data, len, deadline_us, err);
}

static bool tap_drain(struct ef_port *port, struct ef_err *err)
{
	return !is_interrupted("drain", err) && tap_real->drain(port, err);
}

static bool tap_discard(struct ef_port *port, struct ef_err *err)
{
	return !is_interrupted("discard", err) && tap_real->discard(port, err);
}

static bool tap_set_lines(struct ef_port *port, unsigned mask, unsigned value, struct ef_err *err)
{
	return !is_interrupted("set_lines", err) && tap_real->set_lines(port, mask, value, err);
}

static bool tap_set_baud(struct ef_port *port, uint32_t rate_hz, struct ef_err *err)
{
	return !is_interrupted("set_baud", err) && tap_real->set_baud(port, rate_hz, err);
}

static bool tap_sleep(struct ef_port *port, uint64_t us, struct ef_err *err)
{
	return !is_interrupted("sleep", err) && tap_real->sleep_us(port, us, err);
}

static bool tap_reopen(struct ef_port *port, uint64_t deadline_us, struct ef_err *err)
{
	return !is_interrupted("reopen", err) && tap_real->reopen(port, deadline_us, err);
}

static void plug(struct ef_port *port, unsigned fails_at)
{
	struct ef_port_ops *ops = tap_open(port);

	ops->read = tap_read;
	ops->write = tap_write;
	ops->drain = tap_drain;
	ops->discard = tap_discard;
	ops->set_lines = tap_set_lines;
	ops->set_baud = tap_set_baud;
	ops->sleep_us = tap_sleep;
	if (ops->reopen)
		ops->reopen = tap_reopen;
	memset(&ctrl_c, 0, sizeof(ctrl_c));
	ctrl_c.fails_at = fails_at;
}

/* ---- what is done ---- */

#define ADDR 0x10000u
#define LEN  0x3000u

static bool drop(void *user, const uint8_t *data, size_t len, struct ef_err *err)
{
	(void)user;
	(void)data;
	(void)len;
	(void)err;
	return true;
}

static bool do_connect(struct rig *r)
{
	return rig_connect(r);
}

static bool do_write(struct rig *r)
{
	static uint8_t data[LEN];
	const struct ef_region region = { ADDR, data, LEN, "app" };
	const struct ef_write_opts opts = { 0 };

	memset(data, 0xa5, sizeof(data));
	return rig_connect(r) && plain_write(r->f, &region, 1, &opts, NULL, &r->err);
}

static bool do_read(struct rig *r)
{
	return rig_connect(r) && ef_flasher_read(r->f, ADDR, LEN, drop, NULL, &r->err);
}

static bool do_erase(struct rig *r)
{
	return rig_connect(r) && plain_erase_region(r->f, ADDR, LEN, NULL, &r->err);
}

static bool do_erase_all(struct rig *r)
{
	return rig_connect(r) && plain_erase_all(r->f, &r->err);
}

static bool do_md5(struct rig *r)
{
	uint8_t md5[16];

	return rig_connect(r) && ef_flasher_md5(r->f, ADDR, LEN, md5, &r->err);
}

static bool do_learn(struct rig *r)
{
	r->opts.before = EF_BEFORE_NO_RESET_NO_SYNC;
	r->opts.chip = ef_chip_by_name(r->sim_opts.chip);
	return rig_connect(r) && ef_flasher_learn(r->f, &r->err);
}

static bool do_encrypt(struct rig *r)
{
	static uint8_t data[LEN];
	struct ef_plan_region region = { .region = { ADDR, data, LEN, "app" }, .encrypts = true };
	const struct ef_plan plan = { .regions = &region,
				      .region_count = 1,
				      .table_offset = EF_PLAN_NO_TABLE };
	const struct ef_write_opts opts = { 0 };
	const struct ef_checked *checked = NULL;

	memset(data, 0xa5, sizeof(data));
	return rig_connect(r) && ef_flasher_check(r->f, &plan, true, NULL, &checked, &r->err) &&
	       ef_flasher_write(r->f, checked, &opts, NULL, &r->err);
}

static bool do_load_ram(struct rig *r)
{
	static const uint8_t code[0x2000];
	const struct ef_region segment = { 0x40380000, code, sizeof(code), "code" };

	return rig_connect(r) && ef_flasher_load_ram(r->f, &segment, 1, segment.addr, &r->err);
}

static bool do_listen(struct rig *r)
{
	const struct ef_listen_opts opts = { .limit_ms = 1000 };
	struct ef_start start;

	if (!rig_connect(r))
		return false;
	ef_flasher_will_listen(r->f);
	return ef_flasher_finish(r->f, EF_AFTER_HARD_RESET, &r->err) &&
	       ef_flasher_listen(r->f, &opts, &start, &r->err);
}

static bool do_finish(struct rig *r)
{
	return rig_connect(r) && ef_flasher_finish(r->f, EF_AFTER_HARD_RESET, &r->err);
}

static const struct job {
	const char *what;
	bool (*run)(struct rig *r);
	struct sim_opts board;
	uint32_t rate_hz, wait_ms;
	bool no_stub, is_auto, fails;
	unsigned reset_at, drop_at; /* requests after connecting */
} jobs[] = {
	{ .what = "connects", do_connect, { .chip = "esp32" }, .rate_hz = 460800 },
	{ .what = "connects to a ROM", do_connect, { .chip = "esp32s2" }, .no_stub = true },
	{ .what = "finds a rate",
	  do_connect,
	  { .chip = "esp32c3" },
	  .rate_hz = 921600,
	  .is_auto = true },
	{ .what = "meets silence",
	  do_connect,
	  { .chip = "esp32c3", .circuit = SIM_CIRCUIT_NO_RX },
	  .fails = true },
	{ .what = "meets an application",
	  do_connect,
	  { .chip = "esp32c3", .circuit = SIM_CIRCUIT_NONE, .chatty_app = true, .is_paced = true },
	  .fails = true },
	{ .what = "meets a port that leaves",
	  do_connect,
	  { .chip = "esp32s3", .circuit = SIM_CIRCUIT_USB_JTAG, .usb.away_ms = 300 },
	  .fails = false },
	{ .what = "waits for hands",
	  do_connect,
	  { .chip = "esp32", .circuit = SIM_CIRCUIT_NONE, .is_paced = true },
	  .wait_ms = 3000,
	  .fails = true },
	{ .what = "finds a stub",
	  do_connect,
	  { .chip = "esp32c3", .stub_running = true },
	  .fails = false },
	{ .what = "finds a locked ROM",
	  do_connect,
	  { .chip = "esp32c3", .secure_download = true },
	  .rate_hz = 460800 },
	{ .what = "loses the rate",
	  do_connect,
	  { .chip = "esp32", .faults.max_rate_hz = 300000 },
	  .rate_hz = 460800 },
	{ .what = "learns", do_learn, { .chip = "esp32", .stub_running = true }, .fails = false },
	{ .what = "writes", do_write, { .chip = "esp32c3" }, .fails = false },
	{ .what = "writes by a ROM", do_write, { .chip = "esp32c3" }, .no_stub = true },
	{ .what = "writes after a reset", do_write, { .chip = "esp32c3" }, .reset_at = 3 },
	{ .what = "writes after a loss", do_write, { .chip = "esp32c3" }, .drop_at = 3 },
	{ .what = "reads", do_read, { .chip = "esp32c3" }, .fails = false },
	{ .what = "reads by a ROM", do_read, { .chip = "esp32" }, .no_stub = true },
	{ .what = "reads after a reset", do_read, { .chip = "esp32c3" }, .reset_at = 1 },
	{ .what = "erases", do_erase, { .chip = "esp32c3" }, .fails = false },
	{ .what = "erases after a reset", do_erase, { .chip = "esp32c3" }, .reset_at = 1 },
	{ .what = "erases all", do_erase_all, { .chip = "esp32c3" }, .fails = false },
	{ .what = "asks for an MD5", do_md5, { .chip = "esp32c3" }, .no_stub = true },
	{ .what = "encrypts",
	  do_encrypt,
	  { .chip = "esp32c3", .locks.encryption = SIM_ENCRYPTION_DEVELOPMENT },
	  .fails = false },
	{ .what = "encrypts after a loss",
	  do_encrypt,
	  { .chip = "esp32c3", .locks.encryption = SIM_ENCRYPTION_DEVELOPMENT },
	  .drop_at = 6 },
	{ .what = "loads RAM", do_load_ram, { .chip = "esp32c3" }, .no_stub = true },
	{ .what = "listens",
	  do_listen,
	  { .chip = "esp32c3", .boot.is_factory = true, .is_paced = true },
	  .fails = false },
	{ .what = "finishes on USB",
	  do_finish,
	  { .chip = "esp32c3", .circuit = SIM_CIRCUIT_USB_JTAG, .usb.away_ms = 300 },
	  .fails = false },
	{ .what = "finishes on an S3", do_finish, { .chip = "esp32s3" }, .fails = false },
	{ .what = "finishes", do_finish, { .chip = "esp32c3" }, .fails = false },
};

static void power(struct rig *r, const struct job *job, const struct sim_faults *faults)
{
	struct sim_opts board = job->board;

	if (faults)
		board.faults = *faults;
	board.flash_size = 1u << 20; /* less to erase before each run */
	rig_power(r, &board);
	r->opts.rate_hz = job->rate_hz;
	r->opts.wait_ms = job->wait_ms;
	r->opts.timeout_ms = job->fails ? 3000 : 0;
	r->opts.no_stub = job->no_stub;
	r->opts.speed.is_auto = job->is_auto;
}

static struct sim_faults faults_of(const struct job *job)
{
	struct sim_faults ret = job->board.faults;
	unsigned requests;
	struct rig r;

	if (!job->reset_at && !job->drop_at)
		return ret;
	power(&r, job, NULL);
	ck_ok(rig_connect(&r), &r.err);
	requests = sim_requests(r.sim, 0);
	ret.reset_at_request = job->reset_at ? requests + job->reset_at : 0;
	ret.drop_reply = job->drop_at ? requests + job->drop_at : 0;
	rig_done(&r);
	return ret;
}

/* Jobs of more operations consist of long waits, and are interrupted now and then only. */
#define EACH 150u
#define RUNS 12u

START_TEST(ctrl_c_ends_everything)
{
	const struct job *job = &jobs[_i];
	const struct sim_faults faults = faults_of(job);
	unsigned calls, step;
	struct rig r;

	power(&r, job, &faults);
	plug(r.port, 0);
	ck_assert_msg(job->run(&r) == !job->fails, "%s: %s", job->what, r.err.msg);
	calls = ctrl_c.calls;
	step = calls > EACH ? calls / RUNS : 1;
	tap_close(r.port);
	rig_done(&r);
	for (unsigned n = 1; n <= calls; n += step) {
		bool ok;

		power(&r, job, &faults);
		plug(r.port, n);
		ok = job->run(&r);
		ck_assert_msg(!ok && r.err.code == EF_E_INTR, "%s, %s, operation %u of %u: %s, %s",
			      job->what, ctrl_c.what, n, calls, ef_code_name(r.err.code),
			      r.err.msg);
		ck_assert_msg(!ctrl_c.after && ctrl_c.releases <= 1,
			      "%s, %s, operation %u of %u: %u operations after it, and %u releases",
			      job->what, ctrl_c.what, n, calls, ctrl_c.after, ctrl_c.releases);
		tap_close(r.port);
		rig_done(&r);
	}
}
END_TEST

Suite *suite_interrupted(void);
Suite *suite_interrupted(void)
{
	Suite *s = suite_create("interrupted");
	TCase *t = tcase_create("interrupted");

	tcase_add_loop_test(t, ctrl_c_ends_everything, 0, EF_ARRAY_LEN(jobs));
	suite_add_tcase(s, t);
	return s;
}
