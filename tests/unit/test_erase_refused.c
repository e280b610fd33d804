/* SPDX-License-Identifier: MIT */
/*
 * An erase that was refused once, perhaps because the line damaged it: the next one has to be
 * proved by MD5, and the flash is to blame when four have had no effect (budgets.c: misses).
 */
#include "flasher/flasher_priv.h"
#include "rig/tap_port.h"
#include "work_rig.h"

#define ADDR 0x4000u
#define LEN  0x3000u

static struct {
	struct sim *sim;
	unsigned erases, silent; /* requests so far; those behind the first that do nothing */
	bool refuses, is_rom;
} chip;

static void refuse(bool refuses)
{
	const struct sim_faults faults = { .lies.refuse_from = refuses };

	sim_set_faults(chip.sim, &faults);
}

/* The size of a request without effect is 0. */
static bool chip_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		       struct ef_err *err)
{
	uint8_t copy[64];

	/* a ROM erases what FLASH_BEGIN announces: size, blocks, their size, address */
	if (!tap_is_request(data, len, chip.is_rom ? EF_OP_FLASH_BEGIN : EF_OP_ERASE_REGION)) {
		refuse(false);
		return tap_real->write(port, data, len, deadline_us, err);
	}
	ck_assert_uint_le(len, sizeof(copy));
	ck_assert_uint_eq(tap_word(data, len, chip.is_rom ? 3 : 0), ADDR);
	ck_assert_uint_eq(tap_word(data, len, chip.is_rom ? 0 : 1), LEN);
	memcpy(copy, data, len);
	chip.erases++;
	refuse(chip.refuses && chip.erases == 1);
	if (chip.erases <= chip.silent + chip.refuses)
		memset(copy + 1 + 8 + (chip.is_rom ? 0 : 4), 0, 4);
	return tap_real->write(port, copy, len, deadline_us, err);
}

static const struct {
	bool refuses, is_bad_line;
	unsigned silent;
	bool ok; /* it says so */
	unsigned erases, md5s;
} cases[] = {
	{ false, false, 0, true, 1, 0 },
	/* nothing tells that it had no effect */
	{ false, false, 1, true, 1, 0 },
	/* before each further one and behind it */
	{ true, false, 0, true, 2, 2 },
	{ true, false, 1, true, 3, 4 },
	{ true, false, 3, true, 5, 8 },
	{ true, false, 4, false, 5, 8 },
	{ true, false, 9, false, 5, 8 },
	{ false, true, 0, true, 1, 1 },
	{ false, true, 3, true, 4, 7 },
	{ false, true, 4, false, 4, 7 },
};

/* A ROM's refusal is its word for any unknown request, so by itself it says nothing of the line. */
START_TEST(erases_by_a_rom)
{
	const struct sim_opts board = { .chip = "esp32", .is_paced = true };
	unsigned md5s;
	struct work w;

	work_start(&w, &board, true);
	memset(&chip, 0, sizeof(chip));
	chip.sim = w.rig.sim;
	chip.refuses = chip.is_rom = true;
	chip.silent = (unsigned)_i;
	md5s = sim_requests(w.rig.sim, EF_OP_SPI_FLASH_MD5);
	tap_open(w.rig.port)->write = chip_write;
	ck_ok(plain_erase_region(w.rig.f, ADDR, LEN, "x", &w.rig.err), &w.rig.err);
	tap_close(w.rig.port);
	ck_assert_uint_eq(chip.erases, 2 + (unsigned)_i);
	ck_assert_uint_eq(sim_requests(w.rig.sim, EF_OP_SPI_FLASH_MD5) - md5s,
			  2 + 2 * (unsigned)_i);
	ck_assert(ef_is_blank(sim_flash(w.rig.sim, NULL) + ADDR, LEN));
	work_done(&w);
}
END_TEST

START_TEST(erases)
{
	const struct sim_opts board = { .chip = "esp32c3", .is_paced = true };
	unsigned md5s;
	struct work w;
	bool ok;

	if (!ef_stub_count())
		return;
	work_start(&w, &board, false);
	memset(&chip, 0, sizeof(chip));
	chip.sim = w.rig.sim;
	chip.silent = cases[_i].silent;
	chip.refuses = cases[_i].refuses;
	w.rig.f->recovery.is_bad_line = cases[_i].is_bad_line;
	md5s = sim_requests(w.rig.sim, EF_OP_SPI_FLASH_MD5);
	tap_open(w.rig.port)->write = chip_write;
	ok = plain_erase_region(w.rig.f, ADDR, LEN, "x", &w.rig.err);
	tap_close(w.rig.port);
	ck_assert_msg(ok == cases[_i].ok, "%s", w.rig.err.msg);
	ck_assert_uint_eq(chip.erases, cases[_i].erases);
	ck_assert_uint_eq(sim_requests(w.rig.sim, EF_OP_SPI_FLASH_MD5) - md5s, cases[_i].md5s);
	if (!ok) {
		ck_assert_int_eq(w.rig.err.code, EF_E_VERIFY);
		ck_assert_int_eq(w.rig.err.hint.id, EF_HINT_FLASH_DIFFERS);
		ck_assert_int_eq(w.rig.err.fault.kind, EF_FAULT_NONE);
		ck_assert_ptr_nonnull(strstr(w.rig.err.msg, "MD5 is not that of erased flash"));
	} else if (!cases[_i].silent || cases[_i].refuses || cases[_i].is_bad_line) {
		ck_assert(ef_is_blank(sim_flash(w.rig.sim, NULL) + ADDR, LEN));
	}
	if (chip.erases > 1)
		rig_says(&w.rig, "erasing 0x3000 bytes at 0x00004000 again");
	else
		rig_does_not_say(&w.rig, "again");
	w.total = UINT64_MAX;
	work_done(&w);
}
END_TEST

/* The answer to an erase of the whole flash got lost: its pieces of 1 MiB are erased one by one. */
START_TEST(erases_the_whole_flash)
{
	const struct sim_opts board = { .chip = "esp32c3", .is_paced = true };
	struct sim_faults faults = { 0 };
	struct work w;

	if (!ef_stub_count())
		return;
	work_start(&w, &board, false);
	faults.drop_reply = sim_requests(w.rig.sim, 0) + 1;
	sim_set_faults(w.rig.sim, &faults);
	ck_ok(plain_erase_all(w.rig.f, &w.rig.err), &w.rig.err);
	ck_assert_uint_eq(sim_requests(w.rig.sim, EF_OP_ERASE_FLASH), 1);
	ck_assert_uint_eq(sim_requests(w.rig.sim, EF_OP_ERASE_REGION), WORK_FLASH / EF_MIB);
	rig_says(&w.rig, "erasing piece by piece");
	ck_assert(ef_is_blank(sim_flash(w.rig.sim, NULL), WORK_FLASH));
	work_done(&w);
}
END_TEST

/*
 * A flash of unknown size. A stub has a command for all of it, which is repeated where it was
 * refused; without its answer nobody knows. A ROM has none.
 */
static const struct {
	bool no_stub, is_refused, is_lost;
	enum ef_code code;
	unsigned commands;
} sizeless[] = {
	{ false, false, false, EF_OK, 1 },
	{ false, true, false, EF_OK, 2 },
	{ false, false, true, EF_E_TIMEOUT, 1 },
	{ true, false, false, EF_E_UNSUPP, 0 },
};

static bool first_is_refused(struct ef_port *port, const uint8_t *data, size_t len,
			     uint64_t deadline_us, struct ef_err *err)
{
	refuse(tap_is_request(data, len, EF_OP_ERASE_FLASH) && chip.erases++ == 0);
	return tap_real->write(port, data, len, deadline_us, err);
}

START_TEST(erases_a_flash_of_unknown_size)
{
	const struct sim_opts board = { .chip = "esp32c3", .is_paced = true };
	struct sim_faults faults = { 0 };
	struct work w;

	if (!ef_stub_count())
		return;
	work_start(&w, &board, sizeless[_i].no_stub);
	memset(&chip, 0, sizeof(chip));
	chip.sim = w.rig.sim;
	w.rig.f->dev.flash_size = 0;
	if (sizeless[_i].is_refused)
		tap_open(w.rig.port)->write = first_is_refused;
	faults.drop_reply = sizeless[_i].is_lost ? sim_requests(w.rig.sim, 0) + 1 : 0;
	sim_set_faults(w.rig.sim, &faults);
	ck_assert_int_eq(plain_erase_all(w.rig.f, &w.rig.err), sizeless[_i].code == EF_OK);
	if (sizeless[_i].is_refused)
		tap_close(w.rig.port);
	ck_assert_int_eq(w.rig.err.code, sizeless[_i].code);
	ck_assert_uint_eq(sim_requests(w.rig.sim, EF_OP_ERASE_FLASH), sizeless[_i].commands);
	ck_assert_uint_eq(sim_requests(w.rig.sim, EF_OP_ERASE_REGION), 0);
	if (sizeless[_i].is_lost)
		ck_assert_ptr_nonnull(strstr(w.rig.err.msg, "cannot tell whether the flash is "
							    "erased: "));
	if (sizeless[_i].no_stub)
		ck_assert_int_eq(w.rig.err.hint.id, EF_HINT_FLASH_SIZE_NEEDED);
	else
		ck_assert(ef_is_blank(sim_flash(w.rig.sim, NULL), WORK_FLASH));
	w.total = UINT64_MAX;
	work_done(&w);
}
END_TEST

/* Nobody claims that a flash was erased that does not answer. */
START_TEST(no_flash_is_not_erased)
{
	const struct sim_opts board = { .chip = "esp32c3" };
	struct work w;

	work_start(&w, &board, _i % 2);
	w.rig.f->dev.no_flash = true;
	w.rig.f->dev.flash_size = 0;
	ck_assert(!(_i / 2 ? plain_erase_all(w.rig.f, &w.rig.err)
			   : plain_erase_region(w.rig.f, ADDR, LEN, "x", &w.rig.err)));
	ck_assert_int_eq(w.rig.err.hint.id, EF_HINT_VERDICT);
	ck_assert_int_eq((int)w.rig.err.hint.number[0], EF_VERDICT_NO_FLASH);
	ck_assert_mem_eq(sim_flash(w.rig.sim, NULL), w.before, WORK_FLASH);
	w.total = UINT64_MAX;
	work_done(&w);
}
END_TEST

Suite *suite_erase_refused(void);
Suite *suite_erase_refused(void)
{
	Suite *s = suite_create("erase_refused");
	TCase *t = tcase_create("erase_refused");

	tcase_add_loop_test(t, erases, 0, (int)EF_ARRAY_LEN(cases));
	tcase_add_loop_test(t, erases_by_a_rom, 0, 3);
	tcase_add_test(t, erases_the_whole_flash);
	tcase_add_loop_test(t, no_flash_is_not_erased, 0, 4);
	tcase_add_loop_test(t, erases_a_flash_of_unknown_size, 0, (int)EF_ARRAY_LEN(sizeless));
	suite_add_tcase(s, t);
	return s;
}
