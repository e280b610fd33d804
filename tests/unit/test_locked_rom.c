/* SPDX-License-Identifier: MIT */
/*
 * A ROM in secure download mode, which tells nothing about its flash: where a write goes on after a
 * reset, and what is said of flash that may not be there. Words of FLASH_BEGIN: size to erase,
 * number of blocks, block size, address (esptool, loader.py, flash_begin).
 */
#include "rig/tap_port.h"
#include "work_rig.h"

#define ADDR  0x10000u
#define LEN   0x5000u
#define BLOCK 0x400u /* of a ROM */

static struct {
	struct {
		uint32_t size, blocks, block, addr;
		uint32_t sent; /* blocks after it */
	} begin[4];
	size_t count;
} seen;

static bool watch_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
			struct ef_err *err)
{
	if (tap_is_request(data, len, EF_OP_FLASH_BEGIN) && tap_word(data, len, 0) > 0) {
		ck_assert_uint_lt(seen.count, EF_ARRAY_LEN(seen.begin));
		seen.begin[seen.count].size = tap_word(data, len, 0);
		seen.begin[seen.count].blocks = tap_word(data, len, 1);
		seen.begin[seen.count].block = tap_word(data, len, 2);
		seen.begin[seen.count++].addr = tap_word(data, len, 3);
	}
	if (tap_is_request(data, len, EF_OP_FLASH_DATA))
		seen.begin[seen.count - 1].sent++;
	return tap_real->write(port, data, len, deadline_us, err);
}

/* The number of requests before the first one that writes flash. */
static unsigned requests_before(const struct sim_opts *board, const struct ef_region *r,
				const struct ef_write_opts *opts)
{
	unsigned requests;
	struct work w;

	work_start(&w, board, true);
	ck_ok(plain_write(w.rig.f, r, 1, opts, NULL, &w.rig.err), &w.rig.err);
	requests = sim_requests(w.rig.sim, 0) - sim_requests(w.rig.sim, EF_OP_FLASH_DATA);
	work_done(&w);
	return requests;
}

/* Such a chip can't tell what is in its flash, but it answers a block only after writing it. */
static const uint32_t resets[] = { 1, 2, 4, 5, 6, 9, 19, 20 };

START_TEST(what_a_locked_rom_acknowledged_is_not_sent_again)
{
	struct sim_opts board = { .chip = "esp32c3", .secure_download = true };
	const struct ef_write_opts opts = { 0 };
	uint8_t *data = work_content(LEN, false);
	const struct ef_region r = { ADDR, data, LEN, "app" };
	uint32_t kept = (resets[_i] - 1) * BLOCK / EF_SECTOR * EF_SECTOR;
	struct ef_port_ops *ops;
	struct work w;

	board.faults.reset_at_request = requests_before(&board, &r, &opts) + resets[_i];
	memset(&seen, 0, sizeof(seen));
	work_start(&w, &board, true);
	ops = tap_open(w.rig.port);
	ops->write = watch_write;
	ck_ok(plain_write(w.rig.f, &r, 1, &opts, NULL, &w.rig.err), &w.rig.err);
	tap_close(w.rig.port);
	work_check(&w, ADDR, data, LEN);
	ck_assert_uint_eq(seen.count, 2);
	ck_assert_uint_eq(seen.begin[0].addr, ADDR);
	ck_assert_uint_ge(seen.begin[0].sent, resets[_i]);
	ck_assert_uint_eq(seen.begin[1].addr, ADDR + kept);
	ck_assert_uint_eq(seen.begin[1].block, BLOCK);
	ck_assert_uint_eq(seen.begin[1].blocks, (LEN - kept) / BLOCK);
	ck_assert_uint_eq(seen.begin[1].sent, (LEN - kept) / BLOCK);
	work_done(&w);
	free(data);
}
END_TEST

/*
 * Such a ROM believes in 2 MiB until it is told another size (esptool, cmds.py, erase_region), and
 * nobody can find out the real one.
 */
static const struct {
	uint32_t addr, len, flash_size;
	bool warns;
} unseen[] = {
	{ 0x1ff000, 0x1000, 0, false },
	{ 0x1ff000, 0x1001, 0, true },
	{ 0x200000, 0x1000, 0, true },
	{ 0x200000, 0x1000, 4 << 20, false },
};

START_TEST(flash_that_may_not_be_there_is_told)
{
	const struct sim_opts board = { .chip = "esp32c3", .secure_download = true };
	const struct ef_write_opts opts = { 0 };
	uint8_t *data = work_content(unseen[_i].len, false);
	const struct ef_region r = { unseen[_i].addr, data, unseen[_i].len, "app" };
	struct work w;

	work_start(&w, &board, true);
	if (unseen[_i].flash_size)
		ck_ok(ef_flasher_set_flash_size(w.rig.f, unseen[_i].flash_size, &w.rig.err),
		      &w.rig.err);
	ck_ok(plain_write(w.rig.f, &r, 1, &opts, NULL, &w.rig.err), &w.rig.err);
	ck_assert_int_eq(strstr(w.rig.said, "hides the size of the flash") != NULL,
			 unseen[_i].warns);
	work_done(&w);
	free(data);
}
END_TEST

Suite *suite_locked_rom(void);
Suite *suite_locked_rom(void)
{
	Suite *s = suite_create("locked_rom");
	TCase *t = tcase_create("locked_rom");

	tcase_add_loop_test(t, what_a_locked_rom_acknowledged_is_not_sent_again, 0,
			    EF_ARRAY_LEN(resets));
	tcase_add_loop_test(t, flash_that_may_not_be_there_is_told, 0, EF_ARRAY_LEN(unseen));
	suite_add_tcase(s, t);
	return s;
}
