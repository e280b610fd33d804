/* SPDX-License-Identifier: MIT */
/* Limits of the flasher's small files, each at its two sides, on a session that is only a struct.
 */
#include <stdio.h>

#include "ck_ef.h"
#include "flasher/check.h"
#include "flasher/flasher_priv.h"
#include "flasher/packer.h"
#include "flasher/spi_flash.h"
#include "flasher/write_check.h"

#define MIB (1u << 20)

static struct ef_flasher session(uint32_t flash_size)
{
	struct ef_flasher f = { .rom.loader = EF_LOADER_STUB };

	f.dev.chip = ef_chip_by_name("esp32c3");
	f.dev.flash_size = flash_size;
	return f;
}

/* ---- regions ---- */

static struct ef_region region(uint32_t addr, uint32_t len)
{
	return (struct ef_region){ addr, NULL, len, "x" };
}

START_TEST(one_region)
{
	static const struct {
		uint32_t flash, addr, len;
		enum ef_code code;
	} cases[] = {
		{ 4 * MIB, 0, 4 * MIB, EF_OK },
		{ 4 * MIB, 0x1000, 4 * MIB - 0x1000, EF_OK },
		{ 4 * MIB, 0x1000, 4 * MIB - 0xfff, EF_E_INPUT },
		{ 4 * MIB, 0x1001, 1, EF_E_INPUT },
		{ 4 * MIB, 0xfff, 1, EF_E_INPUT },
		{ 4 * MIB, 4 * MIB, 1, EF_E_INPUT },
		/* a stub of the C3 sends 24-bit addresses: they wrap at 16 MiB */
		{ 32 * MIB, 15 * MIB, MIB, EF_OK },
		{ 32 * MIB, 15 * MIB, MIB + 1, EF_E_UNSUPP },
		{ 0, 15 * MIB, MIB, EF_OK },
		{ 0, 16 * MIB, 1, EF_E_UNSUPP },
	};

	for (size_t i = 0; i < EF_ARRAY_LEN(cases); i++) {
		const struct ef_flasher f = session(cases[i].flash);
		const struct ef_region r = region(cases[i].addr, cases[i].len);
		struct ef_err err = EF_ERR_INIT;

		ck_assert_int_eq(ef_write_check(&f, &r, 1, &err), cases[i].code == EF_OK);
		ck_assert_int_eq(err.code, cases[i].code);
	}
}
END_TEST

/* An erase takes whole sectors, so a region owns the sector in which it ends. */
START_TEST(two_regions)
{
	static const struct {
		uint32_t len, next, next_len; /* the first begins at 0x10000 */
		bool ok;
	} cases[] = {
		{ 0x1000, 0x11000, 1, true },  { 0x1001, 0x11000, 1, false },
		{ 0x1001, 0x12000, 1, true },  { 1, 0xf000, 0x1000, true },
		{ 1, 0xf000, 0x1001, false },  { 1, 0x10000, 1, false },
		{ 0, 0x10000, 0x1000, true },  { 0x1000, 0x10000, 0, true },
		{ 0x5000, 0x12000, 1, false },
	};

	for (size_t i = 0; i < EF_ARRAY_LEN(cases); i++) {
		const struct ef_flasher f = session(4 * MIB);
		const struct ef_region far = region(0x100000, 1);
		const struct ef_region a = region(0x10000, cases[i].len);
		const struct ef_region b = region(cases[i].next, cases[i].next_len);
		const struct ef_region orders[2][3] = { { a, b, far }, { far, b, a } };

		for (unsigned k = 0; k < 2; k++) {
			struct ef_err err = EF_ERR_INIT;

			ck_assert_msg(ef_write_check(&f, orders[k], 3, &err) == cases[i].ok,
				      "pair %zu", i);
		}
	}
}
END_TEST

/* Without an id and without a size from the user there is no flash. */
START_TEST(flash_that_does_not_answer)
{
	struct ef_flasher f = session(0);
	struct ef_connect_report report = { 0 };
	struct ef_err err = EF_ERR_INIT;

	f.opts.report = &report;
	f.dev.no_flash = true;
	ck_assert(!ef_flash_check(&f, &err));
	ck_assert_int_eq(report.verdict, EF_VERDICT_NO_FLASH);
	ck_assert_int_eq(err.hint.id, EF_HINT_VERDICT);
	ef_err_clear(&err);
	f.dev.flash_size = MIB;
	ck_ok(ef_flash_check(&f, &err), &err);
	f.dev.no_flash = false;
	f.dev.flash_size = 0;
	ck_ok(ef_flash_check(&f, &err), &err);
}
END_TEST

/* ---- warnings ---- */

static char said[1024];

static void on_event(void *user, const struct ef_event *e)
{
	(void)user;
	(void)snprintf(said + strlen(said), sizeof(said) - strlen(said), "%s ", e->text);
}

/* The sixteen latest warnings are not repeated. */
START_TEST(warnings_come_once)
{
	struct ef_flasher f = session(0);

	f.opts.event = on_event;
	said[0] = '\0';
	for (int i = 0; i < 16; i++)
		ef_event_warn(&f, "%d", i);
	ck_assert_str_eq(said, "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 ");
	said[0] = '\0';
	for (int i = 0; i < 16; i++)
		ef_event_warn(&f, "%d", i);
	ck_assert_str_eq(said, "");
	ef_event_warn(&f, "16"); /* 0 is forgotten */
	ef_event_warn(&f, "1");
	ef_event_warn(&f, "0");
	ef_event_warn(&f, "2");
	ck_assert_str_eq(said, "16 0 ");
	said[0] = '\0';
	ef_event_info(&f, "x"); /* this is for warnings only */
	ef_event_info(&f, "x");
	ck_assert_str_eq(said, "x x ");
	f.opts.event = NULL;
	ef_event_warn(&f, "nobody listens");
}
END_TEST

/* ---- the time that a stub gets ---- */

/* Content, and an erase of 64 KiB for each full inflate buffer of 32 KiB, and one more. */
START_TEST(work_of_a_stub)
{
	ck_assert_uint_eq(pack_work(0), 0x10000);
	ck_assert_uint_eq(pack_work(1), 1 + 2 * 0x10000);
	ck_assert_uint_eq(pack_work(0x8000), 0x8000 + 2 * 0x10000);
	ck_assert_uint_eq(pack_work(0x8001), 0x8001 + 3 * 0x10000);
	ck_assert_uint_eq(pack_work(UINT32_MAX), UINT32_MAX);
}
END_TEST

/* The packets of a read are never longer than the 4 KiB that a stub has room for. */
START_TEST(packets_of_a_read)
{
	struct ef_flasher f = session(0);

	ef_flasher_set_read_packets(&f, 512, 7);
	ck_assert_uint_eq(f.form.read_packet, 512);
	ck_assert_uint_eq(f.form.read_in_flight, 7);
	ef_flasher_set_read_packets(&f, 0x1001, 1);
	ck_assert_uint_eq(f.form.read_packet, 0x1000);
}
END_TEST

Suite *suite_flasher_edges(void);
Suite *suite_flasher_edges(void)
{
	Suite *s = suite_create("flasher_edges");
	TCase *t = tcase_create("flasher_edges");

	tcase_add_test(t, one_region);
	tcase_add_test(t, two_regions);
	tcase_add_test(t, flash_that_does_not_answer);
	tcase_add_test(t, warnings_come_once);
	tcase_add_test(t, packets_of_a_read);
	tcase_add_test(t, work_of_a_stub);
	suite_add_tcase(s, t);
	return s;
}
