/* SPDX-License-Identifier: MIT */
/*
 * How long the wire to the chip is idle between two blocks of a write, in the board's virtual
 * time, and that the stub loses nothing. The wire's time follows from the rate: ten bits a byte.
 */
#include "rig/plain_plan.h"
#include "rig/tap_port.h"
#include "work_rig.h"

#define ADDR 0x10000u
#define LEN  0x80000u

static struct {
	uint64_t free_us, idle_us, longest_us;
	unsigned blocks;
} line;

static bool time_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		       struct ef_err *err)
{
	uint64_t now_us = tap_real->now_us(port), gap_us;

	if (line.blocks && now_us > line.free_us &&
	    (tap_is_request(data, len, EF_OP_FLASH_DEFL_DATA) ||
	     tap_is_request(data, len, EF_OP_FLASH_DATA))) {
		gap_us = now_us - line.free_us;
		line.idle_us += gap_us;
		line.longest_us = gap_us > line.longest_us ? gap_us : line.longest_us;
	}
	line.blocks += tap_is_request(data, len, EF_OP_FLASH_DEFL_DATA) ||
		       tap_is_request(data, len, EF_OP_FLASH_DATA);
	line.free_us = now_us + len * 10000000ull / port->rate_hz;
	return tap_real->write(port, data, len, deadline_us, err);
}

/* The most that the wire may be idle before a block, on average. */
static const struct {
	uint32_t rate_hz, latency_us;
	bool no_stub;
	uint64_t most_us;
} lines[] = {
	/* the answer's 12 bytes, 0.1 ms of the stub's and the bridge's latency */
	{ 460800, 1000, false, 1600 },
	{ 460800, 16000, false, 16600 },
	{ 921600, 1000, false, 1400 },
	{ 921600, 16000, false, 16400 },
	/* a ROM programs a block before it answers: 4 pages of 0.4 ms more */
	{ 460800, 1000, true, 3200 },
	{ 460800, 16000, true, 18200 },
};

/* Flash that is erased, so that the chip is never slower than the wire. */
static void start(struct work *w, const struct sim_opts *sim, bool no_stub, uint32_t rate_hz)
{
	memset(w, 0, sizeof(*w));
	w->total = UINT64_MAX;
	rig_power(&w->rig, sim);
	w->rig.opts.event = work_event;
	w->rig.opts.event_user = w;
	w->rig.opts.no_stub = no_stub;
	w->rig.opts.rate_hz = rate_hz;
	ck_ok(rig_connect(&w->rig), &w->rig.err);
	w->before = malloc(WORK_FLASH);
	ck_assert_ptr_nonnull(w->before);
	memset(w->before, 0xff, WORK_FLASH);
	memset(sim_flash_mut(w->rig.sim), 0xff, WORK_FLASH);
}

/* Noise, which the wire takes longer for than the flash. The first block waits for an erase. */
START_TEST(wire_is_idle_for_one_answer)
{
	const struct sim_opts sim = { .chip = "esp32c3",
				      .is_paced = true,
				      .bridge = { .latency_us = lines[_i].latency_us } };
	const struct ef_write_opts opts = { .no_skip = true };
	uint32_t len = lines[_i].no_stub ? LEN / 8 : LEN;
	uint8_t *data = work_content(len, false);
	const struct ef_region r = { ADDR, data, len, "app" };
	struct work w;

	start(&w, &sim, lines[_i].no_stub, lines[_i].rate_hz);
	memset(&line, 0, sizeof(line));
	tap_open(w.rig.port)->write = time_write;
	ck_ok(plain_write(w.rig.f, &r, 1, &opts, NULL, &w.rig.err), &w.rig.err);
	tap_close(w.rig.port);
	work_check(&w, ADDR, data, len);
	ck_assert_uint_ge(line.blocks, len / (lines[_i].no_stub ? 0x400 : 0x4000));
	ck_assert_msg(line.idle_us <= lines[_i].most_us * (line.blocks - 1),
		      "%u us a block, the longest %u", (unsigned)(line.idle_us / line.blocks),
		      (unsigned)line.longest_us);
	ck_assert_uint_eq(sim_lost_bytes(w.rig.sim), 0);
	work_done(&w);
	free(data);
}
END_TEST

/* ---- reading ---- */

static bool count_bytes(void *user, const uint8_t *data, size_t len, struct ef_err *err)
{
	(void)data;
	(void)err;
	*(size_t *)user += len;
	return true;
}

static const struct {
	uint32_t rate_hz, latency_us;
} reads[] = {
	{ 460800, 1000 },  { 460800, 16000 },  { 921600, 1000 },
	{ 921600, 16000 }, { 2000000, 16000 },
};

/* Bytes of 0xff need no escapes, so the wire takes ten bits for each, and the frames come on top.
 */
START_TEST(reads_use_95_percent_of_the_wire)
{
	const struct sim_opts sim = { .chip = "esp32c3",
				      .is_paced = true,
				      .bridge = { .latency_us = reads[_i].latency_us } };
	uint64_t begin_us, took_us, wire_us = LEN * UINT64_C(10000000) / reads[_i].rate_hz;
	size_t got = 0;
	struct work w;

	start(&w, &sim, false, reads[_i].rate_hz);
	begin_us = ef_port_now_us(w.rig.port);
	ck_ok(ef_flasher_read(w.rig.f, ADDR, LEN, count_bytes, &got, &w.rig.err), &w.rig.err);
	took_us = ef_port_now_us(w.rig.port) - begin_us;
	ck_assert_uint_eq(got, LEN);
	ck_assert_msg(took_us * 95 <= wire_us * 100, "%u ms, and the bytes alone take %u",
		      (unsigned)(took_us / 1000), (unsigned)(wire_us / 1000));
	work_done(&w);
}
END_TEST

/* ---- why no block is sent before the last one's answer ---- */

#define READ_FRAME 0xc0, 0x00, 0x0a, 0x04, 0, 0, 0, 0, 0, 0x58, 0x88, 0x00, 0x60, 0xc0

/* Answers that come within 50 ms. */
static unsigned answers(struct ef_port *port, const uint8_t *data, size_t len)
{
	struct ef_err err = EF_ERR_INIT;
	unsigned ends = 0;
	uint8_t buf[256];
	size_t n = 1;

	ck_ok(port->ops->write(port, data, len, UINT64_MAX, &err), &err);
	while (n) {
		ck_ok(ef_port_read(port, buf, sizeof(buf), ef_port_deadline(port, 50), &n, &err),
		      &err);
		for (size_t i = 0; i < n; i++)
			ends += buf[i] == 0xc0;
	}
	return ends / 2;
}

/*
 * esp-flasher-stub slip.c and transport.c: behind the end of a frame there is no buffer until
 * the main loop has polled. The interrupt that takes the end takes up to 32 bytes, and the start of
 * the next frame is lost with it; a pause of more than these bytes keeps it.
 */
START_TEST(two_frames_at_once_are_one_to_a_stub)
{
	static const uint8_t both[] = { READ_FRAME, READ_FRAME };
	static const uint8_t apart[] = { READ_FRAME, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,         0,
					 0,          0, 0, 0, 0, 0, 0, 0, 0, 0, 0,         0,
					 0,          0, 0, 0, 0, 0, 0, 0, 0, 0, READ_FRAME };
	const struct sim_opts sim = { .chip = "esp32c3", .is_paced = true };
	struct work w;

	start(&w, &sim, false, 0);
	ck_assert_uint_eq(answers(w.rig.port, both, sizeof(both)), 1);
	ck_assert_uint_eq(sim_lost_bytes(w.rig.sim), 14);
	ck_assert_uint_eq(answers(w.rig.port, apart, sizeof(apart)), 2);
	work_done(&w);
}
END_TEST

/* A ROM reads its FIFO when it is through with a request. */
START_TEST(rom_takes_what_its_fifo_holds)
{
	static const uint8_t both[] = { READ_FRAME, READ_FRAME, READ_FRAME };
	const struct sim_opts sim = { .chip = "esp32c3", .is_paced = true };
	struct work w;

	start(&w, &sim, true, 0);
	ck_assert_uint_eq(answers(w.rig.port, both, sizeof(both)), 3);
	work_done(&w);
}
END_TEST

Suite *suite_idle_wire(void);

Suite *suite_idle_wire(void)
{
	Suite *s = suite_create("idle_wire");
	TCase *t = tcase_create("idle_wire");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, wire_is_idle_for_one_answer, 0, (int)EF_ARRAY_LEN(lines));
	tcase_add_loop_test(t, reads_use_95_percent_of_the_wire, 0, (int)EF_ARRAY_LEN(reads));
	tcase_add_test(t, two_frames_at_once_are_one_to_a_stub);
	tcase_add_test(t, rom_takes_what_its_fifo_holds);
	suite_add_tcase(s, t);
	return s;
}
