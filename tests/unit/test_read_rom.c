/* SPDX-License-Identifier: MIT */
/*
 * Reading through a mask ROM, whose answers have no checksum: all that arrives is proved by the
 * flash's MD5. The expected requests follow from the rules: 64 bytes at a time, a proof by halves
 * down to 128 bytes, and only what is wrong is read again.
 */
#include "flasher/flasher_priv.h"
#include "rig/tap_port.h"
#include "work_rig.h"

#define ADDR  0x10000u
#define PIECE 0x40u

enum harm { NONE, FLIPPED, LOST };

/* What happens to the answer to the n-th READ_FLASH_SLOW, from 0. */
typedef enum harm harm_fn(unsigned n);

static struct {
	harm_fn *harm;
	enum harm now;
	unsigned pieces; /* asked for */
	unsigned at;     /* in the frame that arrives */
} line;

/* The questions that prove, and the pieces that were asked for after the first one of these. */
static struct {
	uint32_t at[32], len[32];
	unsigned count;
} asked;

static void note(const uint8_t *data, size_t len)
{
	if (asked.count == EF_ARRAY_LEN(asked.at))
		return;
	asked.at[asked.count] = tap_word(data, len, 0) - ADDR;
	asked.len[asked.count++] = tap_word(data, len, 1);
}

static bool watch(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		  struct ef_err *err)
{
	line.now = NONE;
	line.at = 0;
	if (tap_is_request(data, len, EF_OP_READ_FLASH_SLOW)) {
		line.now = line.harm(line.pieces++);
		if (asked.count)
			note(data, len);
	} else if (tap_is_request(data, len, EF_OP_SPI_FLASH_MD5)) {
		note(data, len);
	}
	return tap_real->write(port, data, len, deadline_us, err);
}

static bool hurt(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
		 size_t *ret_len, struct ef_err *err)
{
	size_t got;

	do {
		if (!tap_real->read(port, buf, cap, deadline_us, &got, err))
			return false;
	} while (got && line.now == LOST); /* a read of nothing would be a silence */
	for (size_t i = 0; i < got; i++)
		if (++line.at == 20 && line.now == FLIPPED)
			buf[i] = buf[i] == 0x11 ? 0x22 : 0x11;
	*ret_len = got;
	return true;
}

/* Content without bytes that SLIP escapes. */
static void fill(uint8_t *p, uint32_t len)
{
	uint32_t x = 7;

	for (uint32_t i = 0; i < len; i++) {
		x = x * 1664525u + 1013904223u;
		p[i] = (uint8_t)(x >> 24) & 0x7f;
	}
}

static void read_it(uint32_t len, harm_fn *harm)
{
	const struct sim_opts board = { .chip = "esp32c3", .is_paced = true };
	uint8_t got[0x1000];
	struct ef_wr out = ef_wr_init(got, sizeof(got));
	struct ef_port_ops *ops;
	struct work w;

	work_start(&w, &board, true);
	fill(sim_flash_mut(w.rig.sim) + ADDR, len);
	memset(&line, 0, sizeof(line));
	memset(&asked, 0, sizeof(asked));
	line.harm = harm;
	ops = tap_open(w.rig.port);
	ops->write = watch;
	ops->read = hurt;
	ck_ok(ef_flasher_read(w.rig.f, ADDR, len, rig_collect, &out, &w.rig.err), &w.rig.err);
	tap_close(w.rig.port);
	ck_assert_uint_eq(out.len, len);
	ck_assert_mem_eq(got, sim_flash(w.rig.sim, NULL) + ADDR, len);
	work_done(&w);
}

static enum harm fifth_is_flipped(unsigned n)
{
	return n == 5 ? FLIPPED : NONE;
}

START_TEST(flipped_bit)
{
	static const uint32_t want[][2] = {
		{ 0, 0x400 },     { 0, 0x200 },  { 0, 0x100 },  { 0x100, 0x80 }, { 0x180, 0x80 },
		{ 0x200, 0x200 }, { 0x100, 64 }, { 0x140, 64 }, { 0x100, 0x80 },
	};

	read_it(0x400, fifth_is_flipped);
	ck_assert_uint_eq(line.pieces, 0x400 / PIECE + 2);
	ck_assert_uint_eq(asked.count, EF_ARRAY_LEN(want));
	for (unsigned i = 0; i < asked.count; i++) {
		ck_assert_uint_eq(asked.at[i], want[i][0]);
		ck_assert_uint_eq(asked.len[i], want[i][1]);
	}
}
END_TEST

/*
 * 32 pieces: the last one gets lost, then the proof finds that all but the first two are wrong.
 * When they are read again, every second answer gets lost.
 */
static enum harm most_is_wrong_then_half_is_lost(unsigned n)
{
	if (n < 31)
		return n < 2 ? NONE : FLIPPED;
	if (n < 33)
		return n == 31 ? LOST : NONE;
	return n % 2 ? NONE : LOST;
}

/*
 * No more than 16 failures in a row may be without progress (budgets.c). Here each of some thirty
 * tries brings a piece. That more was missing after the proof than before is no step back.
 */
START_TEST(each_piece_is_progress)
{
	read_it(32 * PIECE, most_is_wrong_then_half_is_lost);
	ck_assert_uint_gt(line.pieces, 32 + 2 * 17);
}
END_TEST

Suite *suite_read_rom(void);
Suite *suite_read_rom(void)
{
	Suite *s = suite_create("read_rom");
	TCase *t = tcase_create("read_rom");

	tcase_add_test(t, flipped_bit);
	tcase_add_test(t, each_piece_is_progress);
	suite_add_tcase(s, t);
	return s;
}
