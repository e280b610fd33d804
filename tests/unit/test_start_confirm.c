/* SPDX-License-Identifier: MIT */
/*
 * How often a session reads what nothing protects: answers with a register's value have no
 * checksum. The upload of a stub without damage proves the line, so the flash's id is read once.
 * Any other session flushes late answers by a SYNC and reads the id twice.
 */
#include "flasher/flasher_priv.h"
#include "rig/tap_port.h"
#include "work_rig.h"

/* SPI1 of the ESP32-C3 (ESP-IDF spi_mem_reg.h): starting a command, and its answer */
#define CMD_RUNS "60002000=00040000/"
#define W0       0x60002058u

static unsigned times(const char *text, const char *what)
{
	unsigned n = 0;

	for (; (text = strstr(text, what)) != NULL; text++)
		n++;
	return n;
}

static const struct {
	bool no_stub, is_running, skip_flash;
	unsigned ids;   /* how often the id is read */
	unsigned syncs; /* in the session that works on the chip already */
} sessions[] = {
	{ false, false, false, 1, 0 }, { true, false, false, 2, 1 }, { false, true, false, 2, 1 },
	{ true, false, true, 0, 1 },   { false, false, true, 0, 0 },
};

static bool has_read;
static unsigned syncs;

static bool watch(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		  struct ef_err *err)
{
	has_read |= tap_is_request(data, len, EF_OP_READ_REG);
	syncs += has_read && tap_is_request(data, len, EF_OP_SYNC);
	return tap_real->write(port, data, len, deadline_us, err);
}

START_TEST(readings)
{
	const struct sim_opts board = { .chip = "esp32c3",
					.stub_running = sessions[_i].is_running,
					.is_paced = true };
	struct ef_port *real;
	struct rig r;

	rig_power(&r, &board);
	r.opts.no_stub = sessions[_i].no_stub;
	r.opts.skip_flash = sessions[_i].skip_flash;
	if (sessions[_i].is_running)
		r.opts.before = EF_BEFORE_NO_RESET;
	has_read = false;
	syncs = 0;
	real = r.port;
	rig_trace(&r);
	tap_open(real)->write = watch;
	ck_ok(rig_connect(&r), &r.err);
	tap_close(real);
	ck_assert_uint_eq(times(r.writes, CMD_RUNS), sessions[_i].ids);
	ck_assert_uint_eq(syncs, sessions[_i].syncs);
	rig_done(&r);
}
END_TEST

/* ---- an id that was read wrongly ---- */

static struct {
	unsigned reads, wrong; /* of W0, and the one whose answer is changed */
	unsigned at;           /* in that answer; 0: not now */
} w0;

static bool watch_w0(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		     struct ef_err *err)
{
	w0.at = 0;
	if (tap_is_request(data, len, EF_OP_READ_REG) && tap_word(data, len, 0) == W0 &&
	    ++w0.reads == w0.wrong)
		w0.at = 1;
	return tap_real->write(port, data, len, deadline_us, err);
}

/* The third byte of the value is the size code, four MiB: let it be eight. */
static bool change_w0(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
		      size_t *ret_len, struct ef_err *err)
{
	if (!tap_real->read(port, buf, cap, deadline_us, ret_len, err))
		return false;
	for (size_t i = 0; i < *ret_len && w0.at; i++)
		if (w0.at++ == 8)
			buf[i] = 0x17;
	return true;
}

/* Whichever reading is wrong, the size is right in the end: it goes into bootloaders' headers. */
START_TEST(wrong_id)
{
	const struct sim_opts board = { .chip = "esp32c3", .is_paced = true };
	struct ef_port_ops *ops;
	struct rig r;

	rig_power(&r, &board);
	r.opts.no_stub = true;
	memset(&w0, 0, sizeof(w0));
	w0.wrong = (unsigned)_i + 1;
	ops = tap_open(r.port);
	ops->write = watch_w0;
	ops->read = change_w0;
	ck_ok(rig_connect(&r), &r.err);
	tap_close(r.port);
	ck_assert_uint_ge(w0.reads, 3);
	ck_assert_uint_eq(rig_device(&r)->flash_size, 4u << 20);
	ck_assert_uint_eq(rig_device(&r)->flash_id >> 16, 0x16);
	rig_done(&r);
}
END_TEST

Suite *suite_start_confirm(void);
Suite *suite_start_confirm(void)
{
	Suite *s = suite_create("start_confirm");
	TCase *t = tcase_create("start_confirm");

	tcase_add_loop_test(t, readings, 0, EF_ARRAY_LEN(sessions));
	tcase_add_loop_test(t, wrong_id, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
