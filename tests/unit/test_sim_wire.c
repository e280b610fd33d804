/* SPDX-License-Identifier: MIT */
/*
 * The virtual board's wire: rates, pacing, lost bytes, faults; and registers
 * that do something. Frames are written by hand here.
 */
#include <stdio.h>

#include "ck_ef.h"
#include "sim/sim.h"

static struct ef_err err;
static struct sim *sim;
static struct ef_port *port;

static void open_board(const struct sim_opts *opts)
{
	memset(&err, 0, sizeof(err));
	sim = sim_new(opts);
	ck_assert_ptr_nonnull(sim);
	ck_ok(sim_port_open(sim, &port, &err), &err);
	ck_ok(port->ops->sleep_us(port, 100000, &err), &err); /* past the greeting */
	ck_ok(port->ops->discard(port, &err), &err);
}

static struct sim_opts download(const char *chip)
{
	return (struct sim_opts){ .chip = chip,
				  .revision = SIM_DEFAULT_REV,
				  .circuit = SIM_CIRCUIT_NONE_DOWNLOAD };
}

static void teardown(void)
{
	port->ops->close(port);
	sim_free(sim);
}

static void write_bytes(const void *data, size_t len)
{
	ck_ok(port->ops->write(port, data, len, UINT64_MAX, &err), &err);
}

static size_t read_for(unsigned ms, uint8_t *buf, size_t cap)
{
	uint64_t deadline = port->ops->now_us(port) + ms * 1000u;
	size_t len = 0, n = 1;

	while (n && len < cap) {
		ck_ok(port->ops->read(port, buf + len, cap - len, deadline, &n, &err), &err);
		len += n;
	}
	return len;
}

static void send_words(uint8_t op, unsigned n, const uint32_t *w)
{
	uint8_t frame[128] = { 0xc0, 0, op, (uint8_t)(4 * n), 0, 0, 0, 0, 0 };
	size_t len = 9;

	for (unsigned i = 0; i < n; i++) {
		for (unsigned k = 0; k < 4; k++) {
			uint8_t b = (uint8_t)(w[i] >> 8 * k);

			if (b == 0xc0 || b == 0xdb) {
				frame[len++] = 0xdb;
				b = b == 0xc0 ? 0xdc : 0xdd;
			}
			frame[len++] = b;
		}
	}
	frame[len++] = 0xc0;
	write_bytes(frame, len);
}
#define SEND(op, ...)                                                                              \
	send_words(op, (unsigned)(sizeof((uint32_t[]){ __VA_ARGS__ }) / 4),                        \
		   (const uint32_t[]){ __VA_ARGS__ })

static void send_sync(void)
{
	uint8_t frame[46] = { 0xc0, 0, 8, 36, 0, 0, 0, 0, 0, 7, 7, 0x12, 0x20 };

	memset(frame + 13, 0x55, 32);
	frame[45] = 0xc0;
	write_bytes(frame, sizeof(frame));
}

/* Answers to SYNC: eight frames of 14 bytes. */
static bool is_synced(void)
{
	uint8_t buf[512];

	send_sync();
	return read_for(200, buf, sizeof(buf)) == 8 * 14 && buf[1] == 1 && buf[2] == 8;
}

static void set_rate(uint32_t rate)
{
	ck_ok(port->ops->set_baud(port, rate, &err), &err);
}

/* The first run of 55 sets the rate of a ROM that has heard nothing yet. */
START_TEST(rom_finds_the_rate)
{
	struct sim_opts opts = download("esp32s3");

	open_board(&opts);
	set_rate(57600);
	ck_assert(!is_synced());
	ck_assert(is_synced());
	ck_assert_uint_eq(sim_rate_hz(sim), 57600);
	set_rate(115200); /* and it doesn't look again */
	ck_assert(!is_synced());
	ck_assert(!is_synced());
	teardown();
}
END_TEST

/*
 * The ESP32 computes its divider with a crystal that it measured 5 % wrong. A request for
 * esptool's value (rate * measured / real) results in the intended rate.
 */
START_TEST(rates_of_the_rom)
{
	static const struct {
		const char *chip;
		uint32_t xtal, ask, get;
	} rows[] = {
		{ "esp32", 40, 437760, 460800 },   /* 460800 * 38 / 40 */
		{ "esp32c2", 26, 708923, 460799 }, /* 460800 * 40 / 26 */
		{ "esp32c2", 40, 460800, 460800 }, { "esp32c5", 48, 460800, 460800 },
		{ "esp32c6", 40, 460800, 460800 },
	};
	struct sim_opts opts = download(rows[_i].chip);

	opts.xtal_mhz = rows[_i].xtal;
	open_board(&opts);
	(void)is_synced();
	ck_assert(is_synced());
	SEND(0x0f, rows[_i].ask, 0);
	ck_ok(port->ops->sleep_us(port, 1000, &err), &err);
	ck_assert_uint_eq(sim_rate_hz(sim), rows[_i].get);
	ck_ok(port->ops->discard(port, &err), &err);
	ck_assert(!is_synced()); /* still at the old rate here */
	set_rate(460800);
	ck_assert(is_synced());
	teardown();
}
END_TEST

/* 46 bytes to the chip and 112 back, ten bits each. */
START_TEST(paced_bytes_take_their_time)
{
	struct sim_opts opts = download("esp32c3");
	uint64_t start, us;
	uint8_t buf[112];
	size_t len = 0, n;

	opts.is_paced = true;
	open_board(&opts);
	start = sim_now_us(sim);
	send_sync();
	while (len < sizeof(buf)) {
		ck_ok(port->ops->read(port, buf + len, sizeof(buf) - len, UINT64_MAX, &n, &err),
		      &err);
		len += n;
	}
	us = sim_now_us(sim) - start;
	ck_assert_uint_ge(us, 158 * 10000000ull / 115200);
	ck_assert_uint_le(us, 158 * 10000000ull / 115200 + 1000);
	teardown();
}
END_TEST

/* 64 KB to erase take the ROM 16 * 45 ms or one block's 150 ms; meanwhile 128 bytes fit. */
START_TEST(busy_chip_loses_bytes)
{
	struct sim_opts opts = download("esp32c3");
	uint8_t buf[512];

	opts.is_paced = true;
	open_board(&opts);
	ck_assert(is_synced());
	SEND(0x0d, 0, 0);
	SEND(0x0b, 0, 4u << 20, 0x10000, 0x1000, 0x100, 0xffff);
	(void)read_for(50, buf, sizeof(buf));
	SEND(0x02, 0x10000, 64, 1024, 0, 0);
	ck_assert_uint_eq(read_for(100, buf, sizeof(buf)), 0); /* it erases */
	for (int i = 0; i < 10; i++)
		SEND(0x0a, 0x40001000); /* 14 bytes each: nine fit */
	(void)read_for(1000, buf, 14);
	ck_assert_uint_eq(read_for(200, buf, sizeof(buf)), 9 * 14);
	teardown();
}
END_TEST

START_TEST(cut_wires)
{
	struct sim_opts opts = download("esp32c3");
	uint8_t buf[512];

	opts.circuit = SIM_CIRCUIT_NO_RX;
	open_board(&opts);
	ck_assert(!is_synced());
	teardown();
	opts.circuit = SIM_CIRCUIT_ECHO;
	open_board(&opts);
	write_bytes("abc", 3);
	ck_assert_uint_eq(read_for(10, buf, sizeof(buf)), 3);
	ck_assert_int_eq(memcmp(buf, "abc", 3), 0);
	teardown();
	opts.circuit = SIM_CIRCUIT_NO_TX;
	open_board(&opts);
	ck_ok(port->ops->set_lines(port, EF_DTR | EF_RTS, EF_RTS, &err), &err);
	ck_ok(port->ops->set_lines(port, EF_DTR | EF_RTS, EF_DTR, &err), &err);
	ck_ok(port->ops->sleep_us(port, 100000, &err), &err);
	ck_assert(sim_is_download(sim));
	ck_assert_uint_gt(read_for(10, buf, sizeof(buf)), 20);
	ck_assert(!is_synced());
	ck_assert_uint_eq(sim_requests(sim, 0), 0);
	teardown();
}
END_TEST

START_TEST(faults)
{
	struct sim_opts opts = download("esp32c3");
	uint8_t buf[512];

	opts.faults.drop_reply = 2;
	opts.faults.flip_reply = 3;
	opts.faults.delay_reply = 4;
	opts.faults.delay_ms = 500;
	opts.faults.stall_reply = 6;
	open_board(&opts);
	ck_assert(is_synced());
	SEND(0x0a, 0x40001000);
	ck_assert_uint_eq(read_for(100, buf, sizeof(buf)), 0);
	SEND(0x0a, 0x40001000);
	ck_assert_uint_eq(read_for(100, buf, sizeof(buf)), 14);
	ck_assert_int_ne(memcmp(buf + 5, "\x6f\x50\x31\x1b\0\0\0\0", 8), 0);
	SEND(0x0a, 0x40001000);
	ck_assert_uint_eq(read_for(400, buf, sizeof(buf)), 0);
	ck_assert_uint_eq(read_for(200, buf, sizeof(buf)), 14);
	ck_assert_int_eq(memcmp(buf + 5, "\x6f\x50\x31\x1b\0\0\0\0", 8), 0);
	ck_assert(is_synced());
	ck_assert(!is_synced());
	ck_assert(!is_synced());
	ck_assert_uint_eq(sim_requests(sim, 8), 4);
	teardown();
}
END_TEST

START_TEST(fault_resets_the_chip)
{
	struct sim_opts opts = download("esp32c3");

	opts.faults.reset_at_request = 2;
	open_board(&opts);
	ck_assert(is_synced());
	ck_assert(!is_synced());
	ck_assert_uint_eq(sim_resets(sim), 1);
	ck_assert_ptr_nonnull(strstr(sim_console(sim), "rst:0x10 (RTCWDT_RTC_RST)"));
	teardown();
}
END_TEST

START_TEST(rate_limit_of_the_line)
{
	struct sim_opts opts = download("esp32c3");

	opts.faults.max_rate_hz = 460800;
	open_board(&opts);
	ck_assert(is_synced());
	SEND(0x0f, 921600, 0);
	ck_ok(port->ops->sleep_us(port, 1000, &err), &err);
	set_rate(921600);
	ck_assert(!is_synced());
	teardown();
}
END_TEST

/* esptool's watchdog reset: key, time, enable, lock. It really resets. */
START_TEST(watchdog_resets)
{
	struct sim_opts opts = download("esp32s3");

	opts.circuit = SIM_CIRCUIT_AUTO;
	opts.stub_running = true;
	open_board(&opts);
	SEND(0x09, 0x60008098, 0xd0000102, 0xffffffff, 0); /* locked: nothing happens */
	ck_assert_uint_eq(sim_register(sim, 0x60008098), 0);
	SEND(0x09, 0x600080b0, 0x50d83aa1, 0xffffffff, 0);
	SEND(0x09, 0x6000809c, 2000, 0xffffffff, 0);
	SEND(0x09, 0x60008098, 0xd0000102, 0xffffffff, 0);
	SEND(0x09, 0x600080b0, 0, 0xffffffff, 0);
	ck_assert(sim_is_stub(sim));
	ck_ok(port->ops->sleep_us(port, 100000, &err), &err);
	ck_assert(!sim_is_download(sim));
	ck_assert_ptr_nonnull(strstr(sim_console(sim), "rst:0x10 (RTCWDT_RTC_RST),boot:0x8"));
	teardown();
}
END_TEST

/* Secure download mode: no memory, no registers, but security info says so. */
START_TEST(secure_download_mode)
{
	struct sim_opts opts = download("esp32c3");
	uint8_t buf[512];

	opts.secure_download = true;
	open_board(&opts);
	ck_assert(is_synced());
	SEND(0x0a, 0x40001000);
	ck_assert_uint_eq(read_for(50, buf, sizeof(buf)), 8 * 14);
	ck_assert_uint_eq(buf[9], 1);
	ck_assert_uint_eq(buf[10], 5);
	write_bytes("\xc0\0\x14\0\0\0\0\0\0\xc0", 10);
	ck_assert_uint_eq(read_for(50, buf, sizeof(buf)), 34);
	ck_assert_uint_eq(buf[9], 4);      /* flags */
	ck_assert_uint_eq(buf[9 + 12], 5); /* chip id */
	teardown();
}
END_TEST

/* esptool's way to the flash id: user command 9f with 24 bits in. */
START_TEST(flash_id_through_registers)
{
	static const struct {
		uint32_t size;
		uint32_t id;
	} rows[] = { { 1u << 20, 0x1440ef },
		     { 4u << 20, 0x1640ef },
		     { 16u << 20, 0x1840ef },
		     { 64u << 20, 0x2040ef },
		     { SIM_NO_FLASH, 0xffffff } };
	struct sim_opts opts = download("esp32c3");

	opts.flash_size = rows[_i].size;
	open_board(&opts);
	ck_assert(is_synced());
	SEND(0x0d, 0, 0);
	SEND(0x09, 0x60002028, 23, 0xffffffff, 0);
	SEND(0x09, 0x60002018, 0x90000000, 0xffffffff, 0);
	SEND(0x09, 0x60002020, 0x7000009f, 0xffffffff, 0);
	SEND(0x09, 0x60002000, 1u << 18, 0xffffffff, 0);
	ck_assert_uint_eq(sim_register(sim, 0x60002000), 0);
	ck_assert_uint_eq(sim_register(sim, 0x60002058) & 0xffffff, rows[_i].id);
	teardown();
}
END_TEST

Suite *suite_sim_wire(void);
Suite *suite_sim_wire(void)
{
	Suite *s = suite_create("sim_wire");
	TCase *tc = tcase_create("wire");

	tcase_add_test(tc, rom_finds_the_rate);
	tcase_add_loop_test(tc, rates_of_the_rom, 0, 5);
	tcase_add_test(tc, paced_bytes_take_their_time);
	tcase_add_test(tc, busy_chip_loses_bytes);
	tcase_add_test(tc, cut_wires);
	tcase_add_test(tc, faults);
	tcase_add_test(tc, fault_resets_the_chip);
	tcase_add_test(tc, rate_limit_of_the_line);
	tcase_add_test(tc, watchdog_resets);
	tcase_add_test(tc, secure_download_mode);
	tcase_add_loop_test(tc, flash_id_through_registers, 0, 5);
	suite_add_tcase(s, tc);
	return s;
}
