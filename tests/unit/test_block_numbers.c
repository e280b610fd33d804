/* SPDX-License-Identifier: MIT */
/*
 * The blocks of a write are numbered from 0 after each BEGIN, without a gap, and whatever becomes
 * of a block (esptool, loader.py, flash_block and flash_defl_block: length, number).
 */
#include "rig/tap_port.h"
#include "work_rig.h"

#define ADDR 0x10000u
#define LEN  0x18000u

static struct {
	uint32_t next; /* number */
	unsigned begins, blocks;
	unsigned damage_at; /* this block arrives damaged; from 1 on; 0: none */
	bool is_stub;
} seen;

static bool watch(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		  struct ef_err *err)
{
	uint8_t begin = seen.is_stub ? EF_OP_FLASH_DEFL_BEGIN : EF_OP_FLASH_BEGIN;
	uint8_t block = seen.is_stub ? EF_OP_FLASH_DEFL_DATA : EF_OP_FLASH_DATA;
	static uint8_t damaged[0x9000];
	uint32_t number;

	if (tap_is_request(data, len, begin)) {
		seen.begins++;
		seen.next = 0;
	}
	if (!tap_is_request(data, len, block))
		return tap_real->write(port, data, len, deadline_us, err);
	number = tap_word(data, len, 1);
	/* a stub ignores what it refuses, so that number comes again; a ROM uses it up */
	if (seen.is_stub && seen.blocks && seen.blocks == seen.damage_at)
		seen.next--;
	ck_assert_uint_eq(number, seen.next);
	seen.next++;
	if (++seen.blocks != seen.damage_at)
		return tap_real->write(port, data, len, deadline_us, err);
	ck_assert_uint_le(len, sizeof(damaged));
	memcpy(damaged, data, len);
	damaged[len - 3] = damaged[len - 3] == 0x11 ? 0x12 : 0x11;
	return tap_real->write(port, damaged, len, deadline_us, err);
}

START_TEST(blocks_are_numbered)
{
	const struct sim_opts board = { .chip = "esp32c3" };
	uint8_t *data = work_content(LEN, false);
	const struct ef_region r = { ADDR, data, LEN, "app" };
	const struct ef_write_opts opts = { .no_skip = true };
	struct work w;

	memset(&seen, 0, sizeof(seen));
	seen.is_stub = _i % 2 == 0;
	seen.damage_at = _i < 2 ? 0 : 2;
	work_start(&w, &board, !seen.is_stub);
	tap_open(w.rig.port)->write = watch;
	ck_ok(plain_write(w.rig.f, &r, 1, &opts, NULL, &w.rig.err), &w.rig.err);
	tap_close(w.rig.port);
	ck_assert(memcmp(sim_flash(w.rig.sim, NULL) + ADDR, data, LEN) == 0);
	ck_assert_uint_eq(seen.begins, 1);
	ck_assert_uint_ge(seen.blocks, LEN / (seen.is_stub ? 0x4000 : 0x400));
	work_done(&w);
	free(data);
}
END_TEST

Suite *suite_block_numbers(void);
Suite *suite_block_numbers(void)
{
	Suite *s = suite_create("block_numbers");
	TCase *t = tcase_create("block_numbers");

	tcase_add_loop_test(t, blocks_are_numbered, 0, 4);
	suite_add_tcase(s, t);
	return s;
}
