/* SPDX-License-Identifier: MIT */
/*
 * The virtual board's loaders, spoken to byte by byte: no code of src/rom
 * takes part, so that client and board can't share a mistake.
 */
#include <zlib.h>

#include "base/hash.h"
#include "ck_ef.h"
#include "sim/sim.h"

static struct ef_err err;
static struct sim *sim;
static struct ef_port *port;

struct reply {
	uint8_t frame[8192];
	size_t len;
	bool is_there;
};

static void open_board(const struct sim_opts *opts)
{
	memset(&err, 0, sizeof(err));
	sim = sim_new(opts);
	ck_assert_ptr_nonnull(sim);
	ck_ok(sim_port_open(sim, &port, &err), &err);
}

static void open_chip(const char *chip, enum sim_circuit circuit)
{
	open_board(&(struct sim_opts){
		.chip = chip, .revision = SIM_DEFAULT_REV, .circuit = circuit });
}

static void teardown(void)
{
	port->ops->close(port);
	sim_free(sim);
	port = NULL;
	sim = NULL;
}

static void lines(unsigned value)
{
	ck_ok(port->ops->set_lines(port, EF_DTR | EF_RTS, value, &err), &err);
}

static void wait_ms(unsigned ms)
{
	ck_ok(port->ops->sleep_us(port, ms * 1000u, &err), &err);
}

/* esptool's UnixTightReset, as one table of line states and waits. */
static void enter_download(void)
{
	lines(0);
	lines(EF_DTR | EF_RTS);
	lines(EF_RTS);
	wait_ms(100);
	lines(EF_DTR);
	wait_ms(50);
	lines(0);
}

static void send_frame(const uint8_t *data, size_t len)
{
	uint8_t wire[40000];
	size_t n = 0;

	wire[n++] = 0xc0;
	for (size_t i = 0; i < len; i++) {
		if (data[i] == 0xc0 || data[i] == 0xdb) {
			wire[n++] = 0xdb;
			wire[n++] = data[i] == 0xc0 ? 0xdc : 0xdd;
		} else {
			wire[n++] = data[i];
		}
	}
	wire[n++] = 0xc0;
	ck_ok(port->ops->write(port, wire, n, UINT64_MAX, &err), &err);
}

/* The next frame within the time; text between frames is skipped. */
static struct reply receive(unsigned timeout_ms)
{
	static struct reply r;
	uint64_t deadline = port->ops->now_us(port) + timeout_ms * 1000u;
	bool is_in = false, is_escape = false;

	r.len = 0;
	r.is_there = false;
	for (;;) {
		uint8_t b;
		size_t n;

		ck_ok(port->ops->read(port, &b, 1, deadline, &n, &err), &err);
		if (!n)
			return r;
		if (b == 0xc0) {
			r.is_there = is_in && r.len;
			if (r.is_there)
				return r;
			is_in = true;
		} else if (is_in && is_escape) {
			r.frame[r.len++] = b == 0xdc ? 0xc0 : 0xdb;
			is_escape = false;
		} else if (is_in && b == 0xdb) {
			is_escape = true;
		} else if (is_in && r.len < sizeof(r.frame)) {
			r.frame[r.len++] = b;
		}
	}
}

static struct reply command(uint8_t op, const void *data, size_t len, uint32_t sum)
{
	uint8_t frame[20000] = { 0, op, (uint8_t)len, (uint8_t)(len >> 8), (uint8_t)sum };

	ck_assert_uint_le(len, sizeof(frame) - 8);
	memcpy(frame + 8, data, len);
	send_frame(frame, len + 8);
	return receive(60000);
}

static struct reply words(uint8_t op, unsigned n, const uint32_t *w)
{
	uint8_t data[64];

	for (unsigned i = 0; i < n; i++)
		for (unsigned k = 0; k < 4; k++)
			data[4 * i + k] = (uint8_t)(w[i] >> 8 * k);
	return command(op, data, 4 * n, 0);
}
#define WORDS(op, ...)                                                                             \
	words(op, (unsigned)(sizeof((uint32_t[]){ __VA_ARGS__ }) / 4),                             \
	      (const uint32_t[]){ __VA_ARGS__ })

static uint32_t value_of(const struct reply *r)
{
	return r->frame[4] | (uint32_t)r->frame[5] << 8 | (uint32_t)r->frame[6] << 16 |
	       (uint32_t)r->frame[7] << 24;
}

/* status bytes at the end, as many as the loader sends */
static void check_status(struct reply r, size_t data_len, size_t status_len, unsigned first,
			 unsigned second)
{
	ck_assert(r.is_there);
	ck_assert_uint_eq(r.len, 8 + data_len + status_len);
	ck_assert_uint_eq(r.frame[0], 1);
	ck_assert_uint_eq(r.frame[8 + data_len], first);
	ck_assert_uint_eq(r.frame[9 + data_len], second);
}

static unsigned sync_replies(uint32_t *ret_value)
{
	static const uint8_t payload[36] = { 7,    7,    0x12, 0x20, 0x55, 0x55, 0x55, 0x55, 0x55,
					     0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55,
					     0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55,
					     0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55 };
	struct reply r = command(8, payload, sizeof(payload), 0);
	unsigned n = 0;

	while (r.is_there) {
		n++;
		*ret_value = value_of(&r);
		r = receive(100);
	}
	return n;
}

static uint32_t value_of_register(uint32_t addr)
{
	struct reply r = WORDS(0x0a, addr);

	check_status(r, 0, 4, 0, 0);
	return value_of(&r);
}

static uint32_t checksum(const uint8_t *data, size_t len)
{
	uint8_t sum = 0xef;

	for (size_t i = 0; i < len; i++)
		sum ^= data[i];
	return sum;
}

static struct reply data_block(uint8_t op, const uint8_t *data, size_t len, uint32_t seq)
{
	uint8_t buf[17000] = { (uint8_t)len, (uint8_t)(len >> 8), 0, 0, (uint8_t)seq };

	memcpy(buf + 16, data, len);
	return command(op, buf, len + 16, checksum(data, len));
}

static void attach_rom(void)
{
	check_status(WORDS(0x0d, 0, 0), 0, 4, 0, 0);
	check_status(WORDS(0x0b, 0, 4u << 20, 0x10000, 0x1000, 0x100, 0xffff), 0, 4, 0, 0);
}

START_TEST(power_on_runs_and_reset_enters_download)
{
	open_chip("esp32c3", SIM_CIRCUIT_AUTO);
	ck_assert(!sim_is_download(sim));
	enter_download();
	ck_assert(sim_is_download(sim));
	ck_assert_ptr_nonnull(strstr(sim_console(sim), "boot:0x5 (DOWNLOAD(USB/UART0/1))\r\n"
						       "waiting for download\r\n"));
	teardown();
}
END_TEST

START_TEST(sync_is_answered_eight_times)
{
	static const char *const chips[] = { "esp32",   "esp32s2", "esp32s3", "esp32c2",
					     "esp32c3", "esp32c5", "esp32c6", "esp32c61",
					     "esp32h2", "esp32p4", "esp32s31" };
	uint32_t value = 0;

	open_chip(chips[_i], SIM_CIRCUIT_AUTO);
	enter_download();
	if (_i == 3) /* C2 with 26 MHz starts at 74880: the first SYNC sets the rate */
		ck_assert_uint_eq(sync_replies(&value), 0);
	ck_assert_uint_eq(sync_replies(&value), 8);
	ck_assert_uint_ne(value, 0);
	ck_assert_uint_eq(sim_rate_hz(sim), 115200);
	teardown();
}
END_TEST

START_TEST(unknown_commands_are_refused_eight_times)
{
	uint32_t value = 0;
	unsigned n = 0;

	open_chip("esp32", SIM_CIRCUIT_NONE_DOWNLOAD);
	/* as the mask ROM does: the last answer again, turned into a refusal */
	ck_assert_uint_eq(sync_replies(&value), 8);
	for (struct reply r = command(0x14, "", 0, 0); r.is_there; r = receive(50), n++) {
		check_status(r, 0, 4, 1, 5);
		ck_assert_uint_eq(r.frame[1], 8);
	}
	ck_assert_uint_eq(n, 8);
	ck_assert_uint_eq(value_of_register(0x40001000), 0x00f01d83);
	check_status(command(0x33, "", 0, 0), 0, 4, 1, 5);
	ck_assert(!receive(50).is_there);
	teardown();
}
END_TEST

START_TEST(rom_writes_flash)
{
	uint8_t page[1024];
	struct reply r;

	open_chip("esp32c6", SIM_CIRCUIT_NONE_DOWNLOAD);
	memset(page, 0x5a, sizeof(page));
	/* nothing works before the flash is attached */
	check_status(WORDS(0x02, 1024, 1, 1024, 0x1000, 0), 0, 4, 1, 6);
	attach_rom();
	check_status(WORDS(0x02, 1024, 1, 1024, 0x1000, 0), 0, 4, 0, 0);
	check_status(data_block(0x03, page, sizeof(page), 0), 0, 4, 0, 0);
	ck_assert_int_eq(memcmp(sim_flash(sim, NULL) + 0x1000, page, sizeof(page)), 0);
	/* and the digest comes as text */
	r = WORDS(0x13, 0x1000, 1024, 0, 0);
	check_status(r, 32, 4, 0, 0);
	/* md5 of 1024 bytes of 5a: printf 'Z%.0s' $(seq 1024) | md5sum */
	ck_assert_int_eq(memcmp(r.frame + 8, "3b371344772c85d37a8004977756a8a4", 32), 0);
	/* the flash has an end */
	check_status(WORDS(0x02, 0x2000, 8, 1024, 0x3ff000, 0), 0, 4, 1, 6);
	check_status(WORDS(0x13, 0x3ff000, 0x2000, 0, 0), 32, 4, 1, 9);
	/* END(1) leaves the loader: no answer comes */
	check_status(WORDS(0x02, 0, 0, 0, 0, 0), 0, 4, 0, 9);
	check_status(WORDS(0x04, 1), 0, 4, 0, 9);
	ck_assert(!command(8, "", 0, 0).is_there);
	teardown();
}
END_TEST

/* Recorded from the mask ROMs of ESP32 and ESP32-C3. */
START_TEST(rom_counts_blocks)
{
	uint8_t page[1024], buf[16 + 1024] = { 0, 4 };

	open_chip("esp32c3", SIM_CIRCUIT_NONE_DOWNLOAD);
	attach_rom();
	memset(page, 0x11, sizeof(page));
	check_status(WORDS(0x04, 1), 0, 4, 1, 6);                        /* END without BEGIN */
	check_status(WORDS(0x02, 2048, 2, 1024, 0x1000), 0, 4, 1, 5);    /* a word is missing */
	check_status(WORDS(0x02, 2048, 2, 1024, 0x1010, 0), 0, 4, 1, 6); /* not aligned */
	check_status(WORDS(0x02, 2048, 2, 1024, 0x1000, 0), 0, 4, 0, 6); /* old reason, no error */
	check_status(data_block(0x03, page, 1024, 1), 0, 4, 1, 5);
	check_status(command(0x03, buf, sizeof(buf), 1), 0, 4, 1, 7);
	check_status(data_block(0x03, page, 1024, 0), 0, 4, 1, 5); /* the number is used up */
	check_status(data_block(0x03, page, 512, 1), 0, 4, 0, 5);
	ck_assert_uint_eq(sim_flash(sim, NULL)[0x11ff], 0x11);
	ck_assert_uint_eq(sim_flash(sim, NULL)[0x1200], 0xff);
	teardown();
}
END_TEST

START_TEST(programming_only_clears_bits)
{
	uint8_t page[1024];
	const uint8_t *flash;

	open_chip("esp32s3", SIM_CIRCUIT_NONE_DOWNLOAD);
	attach_rom();
	sim_flash_mut(sim)[0x2000] = 0x0f;
	memset(page, 0x3c, sizeof(page));
	check_status(WORDS(0x02, 0, 1, 1024, 0x2000, 0), 0, 4, 0, 0); /* erases nothing */
	check_status(data_block(0x03, page, sizeof(page), 0), 0, 4, 0, 0);
	flash = sim_flash(sim, NULL);
	ck_assert_uint_eq(flash[0x2000], 0x0c);
	ck_assert_uint_eq(flash[0x2001], 0x3c);
	teardown();
}
END_TEST

/* ---- the stub ---- */

static void start_stub(void)
{
	struct sim_opts opts = { .chip = "esp32c3",
				 .revision = SIM_DEFAULT_REV,
				 .circuit = SIM_CIRCUIT_NONE,
				 .stub_running = true };

	open_board(&opts);
}

START_TEST(running_stub_is_known_by_zeros)
{
	uint32_t value = 1;

	start_stub();
	ck_assert_uint_eq(sync_replies(&value), 8);
	ck_assert_uint_eq(value, 0);
	ck_assert(sim_is_stub(sim));
	teardown();
}
END_TEST

/* esptool's way in: two MEM uploads, MEM_END with an entry, then the greeting. */
START_TEST(uploaded_stub_greets)
{
	uint8_t text[64] = { 0 }, data[16] = "12345678OHAI";
	struct reply r;

	open_chip("esp32", SIM_CIRCUIT_NONE_DOWNLOAD);
	check_status(WORDS(0x05, 64, 1, 0x1800, 0x400be000), 0, 4, 0, 0);
	check_status(data_block(0x07, text, sizeof(text), 0), 0, 4, 0, 0);
	check_status(WORDS(0x05, 16, 1, 0x1800, 0x3ffdebac), 0, 4, 0, 0);
	check_status(data_block(0x07, data, sizeof(data), 0), 0, 4, 0, 0);
	check_status(WORDS(0x06, 0, 0x400be010), 0, 4, 0, 0);
	r = receive(500);
	ck_assert(r.is_there);
	ck_assert_uint_eq(r.len, 4);
	ck_assert_int_eq(memcmp(r.frame, "OHAI", 4), 0);
	ck_assert(sim_is_stub(sim));
	teardown();
}
END_TEST

START_TEST(stub_inflates_and_hashes)
{
	static uint8_t plain[50000], packed[60000];
	uLongf packed_len = sizeof(packed);
	struct reply r;
	uint8_t digest[16];

	start_stub();
	memset(sim_flash_mut(sim) + 0x10000, 0, 0x10000);
	for (size_t i = 0; i < sizeof(plain); i++)
		plain[i] = (uint8_t)(i * i >> 7);
	ck_assert_int_eq(compress2(packed, &packed_len, plain, sizeof(plain), 9), Z_OK);
	check_status(WORDS(0x10, sizeof(plain), 1 + (uint32_t)packed_len / 4096, 4096, 0x10000), 0,
		     2, 0, 0);
	for (uint32_t off = 0; off < packed_len; off += 4096) {
		size_t n = packed_len - off < 4096 ? packed_len - off : 4096;

		check_status(data_block(0x11, packed + off, n, off / 4096), 0, 2, 0, 0);
	}
	r = WORDS(0x13, 0x10000, sizeof(plain), 0, 0);
	check_status(r, 16, 2, 0, 0);
	ef_md5(plain, sizeof(plain), digest);
	ck_assert_int_eq(memcmp(r.frame + 8, digest, 16), 0);
	check_status(WORDS(0x12, 1), 0, 2, 0, 0);
	/* what lies behind the last written sector is untouched */
	ck_assert_uint_eq(sim_flash(sim, NULL)[0x1d000], 0);
	teardown();
}
END_TEST

START_TEST(stub_reports_a_failed_write_on_the_next_command)
{
	struct sim_opts opts = { .chip = "esp32c3",
				 .revision = SIM_DEFAULT_REV,
				 .circuit = SIM_CIRCUIT_NONE,
				 .stub_running = true };
	uint8_t block[1024] = { 0 };

	opts.faults.fail_program_at = 2;
	open_board(&opts);
	check_status(WORDS(0x02, 1024, 1, 1024, 0), 0, 2, 0, 0);
	check_status(data_block(0x03, block, sizeof(block), 0), 0, 2, 0, 0);
	check_status(WORDS(0x0a, 0x40001000), 0, 2, 0xc4, 0); /* not executed: no value */
	check_status(WORDS(0x04, 1), 0, 2, 0xc0, 0);          /* and END sees bytes missing */
	teardown();
}
END_TEST

START_TEST(stub_reads_packet_by_packet)
{
	struct reply r;
	uint8_t total[4] = { 0 };
	uint8_t digest[16];

	start_stub();
	for (unsigned i = 0; i < 5000; i++)
		sim_flash_mut(sim)[i] = (uint8_t)(i * 7);
	check_status(WORDS(0xd2, 3, 4500, 4096, 64), 0, 2, 0, 0);
	r = receive(1000);
	ck_assert_uint_eq(r.len, 4096);
	ck_assert_int_eq(memcmp(r.frame, sim_flash(sim, NULL) + 3, 4096), 0);
	ck_assert(!receive(1000).is_there); /* waits for the acknowledgement */
	total[1] = 0x10;
	send_frame(total, 4);
	r = receive(1000);
	ck_assert_uint_eq(r.len, 404);
	total[0] = 0x94;
	total[1] = 0x11;
	send_frame(total, 4);
	r = receive(1000);
	ck_assert_uint_eq(r.len, 16);
	ef_md5(sim_flash(sim, NULL) + 3, 4500, digest);
	ck_assert_int_eq(memcmp(r.frame, digest, 16), 0);
	teardown();
}
END_TEST

/* As the ESP32's mask ROM does under emulation */
START_TEST(rom_ends_ram_writes)
{
	static const uint8_t block[80] = { 64 };
	struct reply r;

	open_chip("esp32", SIM_CIRCUIT_AUTO);
	enter_download();
	ck_assert_uint_eq(sync_replies(&(uint32_t){ 0 }), 8);
	r = WORDS(0x05, 64, 1, 64);
	ck_assert_uint_eq(r.frame[8], 1);
	r = WORDS(0x05, 64, 1, 64, 0x3ffc0000);
	ck_assert_uint_eq(r.frame[8], 0);
	r = command(0x07, block, sizeof(block), 0xef);
	ck_assert_uint_eq(r.frame[8], 0);
	r = WORDS(0x06, 1, 0);
	ck_assert_uint_eq(r.frame[8], 0);
	r = command(0x07, block, sizeof(block), 0xef);
	ck_assert_uint_eq(r.frame[8], 1);
	teardown();
}
END_TEST

Suite *suite_sim_loader(void);
Suite *suite_sim_loader(void)
{
	Suite *s = suite_create("sim_loader");
	TCase *tc = tcase_create("rom");

	tcase_add_test(tc, power_on_runs_and_reset_enters_download);
	tcase_add_loop_test(tc, sync_is_answered_eight_times, 0, 11);
	tcase_add_test(tc, unknown_commands_are_refused_eight_times);
	tcase_add_test(tc, rom_writes_flash);
	tcase_add_test(tc, rom_counts_blocks);
	tcase_add_test(tc, rom_ends_ram_writes);
	tcase_add_test(tc, programming_only_clears_bits);
	suite_add_tcase(s, tc);
	tc = tcase_create("stub");
	tcase_add_test(tc, running_stub_is_known_by_zeros);
	tcase_add_test(tc, uploaded_stub_greets);
	tcase_add_test(tc, stub_inflates_and_hashes);
	tcase_add_test(tc, stub_reports_a_failed_write_on_the_next_command);
	tcase_add_test(tc, stub_reads_packet_by_packet);
	suite_add_tcase(s, tc);
	return s;
}
