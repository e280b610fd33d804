/* SPDX-License-Identifier: MIT */
/*
 * State that must be restored: registers after a flash command, the flash size after a rebuild
 * of the session, and flash that a request with a damaged address may have changed.
 */
#include "rig/tap_port.h"
#include "work_rig.h"

#define ADDR 0x10000u
#define LEN  0x8000u

/* ---- registers ---- */

/* SPI_USR and SPI_USR2 of a chip's SPI1 */
static const struct {
	const char *chip;
	uint32_t usr, usr2;
} controllers[] = { { "esp32", 0x3ff4201c, 0x3ff42024 },
		    { "esp32s3", 0x60002018, 0x60002020 },
		    { "esp32c6", 0x60003018, 0x60003020 } };

/* A second session finds the controller set up and must leave it so after its RDID. */
START_TEST(flash_command_leaves_the_controller_as_it_was)
{
	const struct sim_opts board = { .chip = controllers[_i].chip };
	const uint32_t usr = 0x12345678, usr2 = 0x7abcdef1;
	struct ef_rom *rom;
	struct rig r;

	rig_power(&r, &board);
	r.opts.no_stub = true;
	ck_ok(rig_connect(&r), &r.err);
	rom = ef_flasher_rom(r.f);
	ck_ok(ef_rom_write_reg(rom, controllers[_i].usr, usr, UINT32_MAX, 0, &r.err), &r.err);
	ck_ok(ef_rom_write_reg(rom, controllers[_i].usr2, usr2, UINT32_MAX, 0, &r.err), &r.err);
	ef_flasher_close(r.f);
	r.f = NULL;
	r.opts.before = EF_BEFORE_NO_RESET;
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_uint_eq(rig_device(&r)->flash_size, 4u << 20);
	ck_assert_uint_eq(sim_resets(r.sim), 1);
	ck_assert_uint_eq(sim_register(r.sim, controllers[_i].usr), usr);
	ck_assert_uint_eq(sim_register(r.sim, controllers[_i].usr2), usr2);
	rig_done(&r);
}
END_TEST

/* ---- the flash size ---- */

static uint32_t told_size; /* by the last SPI_SET_PARAMS */

static bool note_size(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		      struct ef_err *err)
{
	if (tap_is_request(data, len, EF_OP_SPI_SET_PARAMS))
		told_size = tap_word(data, len, 1);
	return tap_real->write(port, data, len, deadline_us, err);
}

/* The user's size (--flash-size) differs from the detected one, and the chip hangs. */
START_TEST(flash_size_survives_a_new_session)
{
	const struct sim_opts sim = { .chip = "esp32c3", .is_paced = true };
	const uint32_t size = _i / 2 ? 2u << 20 : 8u << 20; /* there are 4 MiB */
	const struct ef_write_opts opts = { .no_skip = true };
	uint8_t *data = work_content(LEN, false);
	const struct ef_region region = { ADDR, data, LEN, "app" };
	struct sim_faults faults = { 0 };
	struct work w;

	work_start(&w, &sim, _i % 2);
	ck_ok(ef_flasher_set_flash_size(w.rig.f, size, &w.rig.err), &w.rig.err);
	told_size = 0;
	tap_open(w.rig.port)->write = note_size;
	faults.hang_at_request = sim_requests(w.rig.sim, 0) + 2;
	sim_set_faults(w.rig.sim, &faults);
	ck_ok(plain_write(w.rig.f, &region, 1, &opts, NULL, &w.rig.err), &w.rig.err);
	tap_close(w.rig.port);
	rig_says(&w.rig, "connecting again");
	work_check(&w, ADDR, data, LEN);
	ck_assert_uint_eq(told_size, size);
	ck_assert_uint_eq(rig_device(&w.rig)->flash_size, size);
	work_done(&w);
	free(data);
}
END_TEST

/* ---- addresses without a checksum ---- */

static struct {
	uint8_t op;
	unsigned left; /* requests of this kind whose address gets changed */
} astray;

static bool lead_astray(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
			struct ef_err *err)
{
	uint8_t copy[64];

	if (!astray.left || !tap_is_request(data, len, astray.op) || len > sizeof(copy))
		return tap_real->write(port, data, len, deadline_us, err);
	astray.left--;
	ck_assert_ptr_null(memchr(data + 1, 0xdb, 8)); /* no escape shifts the address */
	memcpy(copy, data, len);
	copy[9 + 2] ^= 0x20; /* 2 MiB further on */
	return tap_real->write(port, copy, len, deadline_us, err);
}

/* After this the session knows that the line damages bytes. */
static void damage_something(struct work *w)
{
	struct sim_faults faults = { 0 };
	uint8_t md5[16];

	faults.drop_reply = sim_requests(w->rig.sim, 0) + 1;
	sim_set_faults(w->rig.sim, &faults);
	ck_ok(ef_flasher_md5(w->rig.f, 0, 16, md5, &w->rig.err), &w->rig.err);
}

/* The stub's own MD5 is right for the wrong place. */
START_TEST(read_from_the_wrong_place_is_noticed_on_a_bad_line)
{
	const struct sim_opts sim = { .chip = "esp32c3", .is_paced = true };
	uint8_t *data = work_content(LEN, false), *got = calloc(1, LEN);
	struct ef_wr out = ef_wr_init(got, LEN);
	struct work w;

	ck_assert_ptr_nonnull(got);
	work_start(&w, &sim, false);
	memcpy(sim_flash_mut(w.rig.sim) + ADDR, data, LEN);
	damage_something(&w);
	astray.op = EF_OP_READ_FLASH;
	astray.left = 1;
	tap_open(w.rig.port)->write = lead_astray;
	ck_ok(ef_flasher_read(w.rig.f, ADDR, LEN, rig_collect, &out, &w.rig.err), &w.rig.err);
	tap_close(w.rig.port);
	ck_assert_uint_eq(astray.left, 0);
	ck_assert_uint_eq(out.len, LEN);
	ck_assert_mem_eq(got, data, LEN);
	work_done(&w);
	free(got);
	free(data);
}
END_TEST

START_TEST(erase_of_the_wrong_place_is_noticed_on_a_bad_line)
{
	const struct sim_opts sim = { .chip = "esp32c3", .is_paced = true };
	const uint8_t *flash;
	struct work w;

	work_start(&w, &sim, false);
	damage_something(&w);
	astray.op = EF_OP_ERASE_REGION;
	astray.left = 1;
	tap_open(w.rig.port)->write = lead_astray;
	ck_ok(plain_erase_region(w.rig.f, ADDR, LEN, "nvs", &w.rig.err), &w.rig.err);
	tap_close(w.rig.port);
	ck_assert_uint_eq(astray.left, 0);
	flash = sim_flash(w.rig.sim, NULL);
	for (uint32_t i = 0; i < LEN; i++)
		ck_assert_uint_eq(flash[ADDR + i], 0xff);
	work_done(&w);
}
END_TEST

/* On a good line neither check costs anything. */
START_TEST(clean_line_pays_for_no_second_check)
{
	const struct sim_opts sim = { .chip = "esp32c3", .is_paced = true };
	uint8_t *got = malloc(LEN);
	struct ef_wr out = ef_wr_init(got, LEN);
	struct work w;

	ck_assert_ptr_nonnull(got);
	work_start(&w, &sim, false);
	ck_ok(ef_flasher_read(w.rig.f, ADDR, LEN, rig_collect, &out, &w.rig.err), &w.rig.err);
	ck_ok(plain_erase_region(w.rig.f, ADDR, LEN, "nvs", &w.rig.err), &w.rig.err);
	ck_assert_uint_eq(sim_requests(w.rig.sim, EF_OP_SPI_FLASH_MD5), 0);
	ck_assert_uint_eq(sim_requests(w.rig.sim, EF_OP_READ_FLASH), 1);
	ck_assert_uint_eq(sim_requests(w.rig.sim, EF_OP_ERASE_REGION), 1);
	work_done(&w);
	free(got);
}
END_TEST

Suite *suite_restored(void);

Suite *suite_restored(void)
{
	Suite *s = suite_create("restored");
	TCase *t = tcase_create("restored");

	tcase_add_loop_test(t, flash_command_leaves_the_controller_as_it_was, 0,
			    (int)EF_ARRAY_LEN(controllers));
	tcase_add_loop_test(t, flash_size_survives_a_new_session, 0, 4);
	tcase_add_test(t, read_from_the_wrong_place_is_noticed_on_a_bad_line);
	tcase_add_test(t, erase_of_the_wrong_place_is_noticed_on_a_bad_line);
	tcase_add_test(t, clean_line_pays_for_no_second_check);
	suite_add_tcase(s, t);
	return s;
}
