/* SPDX-License-Identifier: MIT */
/*
 * One flipped bit makes READ_FLASH an ERASE_FLASH, which needs no checksum. What was read before is
 * right and what is read then is blank, so a copy of such a flash must not pass for one.
 */
#include "rig/tap_port.h"
#include "work_rig.h"

#define READ_FLASH  0xd2u /* esptool: ESP_READ_FLASH */
#define ERASE_FLASH 0xd0u
#define LEN         0x80000u

static unsigned reads, flipped_at;

static bool flip_a_read(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
			struct ef_err *err)
{
	uint8_t copy[64];

	if (!tap_is_request(data, len, READ_FLASH) || ++reads != flipped_at)
		return tap_real->write(port, data, len, deadline_us, err);
	ck_assert_uint_le(len, sizeof(copy));
	memcpy(copy, data, len);
	copy[2] = ERASE_FLASH;
	return tap_real->write(port, copy, len, deadline_us, err);
}

/* Reads; the nth request to read is such a one. */
static bool play(int chip, struct work *w, unsigned nth, struct ef_wr *out)
{
	const struct sim_opts board = { .chip = rig_chips[chip], .is_paced = true };
	bool ok;

	work_start(w, &board, false);
	reads = 0;
	flipped_at = nth;
	tap_open(w->rig.port)->write = flip_a_read;
	ok = ef_flasher_read(w->rig.f, 0, LEN, rig_collect, out, &w->rig.err);
	tap_close(w->rig.port);
	ck_assert_uint_ge(reads, nth);
	ck_assert_uint_eq(sim_flash(w->rig.sim, NULL)[0], 0xff);
	return ok;
}

START_TEST(copy_of_an_erased_flash_is_an_error)
{
	uint8_t *copy = malloc(LEN);
	struct ef_wr out = ef_wr_init(copy, LEN);
	struct work w;

	/* the first request is for 256 KiB */
	ck_fails(play(_i, &w, 2, &out), &w.rig.err, EF_E_VERIFY, "changed while it was read");
	free(copy);
	work_done(&w);
}
END_TEST

/* Nothing had been read yet: the copy is that of the flash, as it is now. */
START_TEST(erased_before_it_was_read)
{
	uint8_t *copy = malloc(LEN);
	struct ef_wr out = ef_wr_init(copy, LEN);
	struct work w;

	ck_ok(play(_i, &w, 1, &out), &w.rig.err);
	ck_assert_mem_eq(copy, sim_flash(w.rig.sim, NULL), LEN);
	free(copy);
	work_done(&w);
}
END_TEST

Suite *suite_read_erased(void);
Suite *suite_read_erased(void)
{
	Suite *s = suite_create("read_erased");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, copy_of_an_erased_flash_is_an_error, 0, RIG_CHIPS);
	tcase_add_loop_test(t, erased_before_it_was_read, 0, RIG_CHIPS);
	suite_add_tcase(s, t);
	return s;
}
