/* SPDX-License-Identifier: MIT */
/*
 * The partition table of the chip: how much of it is read, and that it is read again only after the
 * session began to change the flash.
 */
#include <espflash/rom_wire.h>

#include "work_rig.h"

#define TABLE 0x8000u
#define FIRST EF_PARTITION_TABLE_FIRST
#define SIZE  EF_PARTITION_TABLE_SIZE

static const char *const chips[] = { "esp32", "esp32c3" };

static uint8_t row[SIZE], got[SIZE];

/* What reads flash: READ_FLASH of a stub, requests of 64 bytes of a ROM. */
static unsigned reads(struct work *w)
{
	return sim_requests(w->rig.sim, EF_OP_READ_FLASH) +
	       sim_requests(w->rig.sim, EF_OP_READ_FLASH_SLOW);
}

/* A row begins with aa 50 (ESP-IDF, partition table: ESP_PARTITION_MAGIC). */
static void start(struct work *w, bool no_stub, uint32_t rows)
{
	const struct sim_opts sim = { .chip = chips[no_stub] };
	uint8_t *flash;

	work_start(w, &sim, no_stub);
	flash = sim_flash_mut(w->rig.sim);
	memset(row, 0xff, sizeof(row));
	for (uint32_t i = 0; i < rows; i++) {
		row[i * 32] = 0xaa;
		row[i * 32 + 1] = 0x50;
		row[i * 32 + 31] = (uint8_t)(i + 1);
	}
	memcpy(flash + TABLE, row, sizeof(row));
}

static void read_table(struct work *w)
{
	ck_ok(ef_flasher_read_table(w->rig.f, TABLE, got, &w->rig.err), &w->rig.err);
	ck_assert_mem_eq(got, row, sizeof(got));
}

/* Fifteen rows need one more to end; sixteen may go on. */
START_TEST(rows_are_read_and_no_more)
{
	static const struct {
		uint32_t rows, stub_reads, rom_reads;
	} tables[] = { { 0, 1, FIRST / 64 },
		       { 15, 1, FIRST / 64 },
		       { 16, 2, SIZE / 64 },
		       { SIZE / 32, 2, SIZE / 64 } };
	bool no_stub = _i % 2;
	struct work w;
	unsigned from;

	start(&w, no_stub, tables[_i / 2].rows);
	from = reads(&w);
	read_table(&w);
	ck_assert_uint_eq(reads(&w) - from,
			  no_stub ? tables[_i / 2].rom_reads : tables[_i / 2].stub_reads);
	work_done(&w);
}
END_TEST

START_TEST(kept_until_the_flash_changes)
{
	static const uint8_t page[4096] = { 1 };
	const struct ef_region region = { .addr = 0x20000, .data = page, .len = sizeof(page) };
	const struct ef_write_opts opts = { .no_skip = true };
	struct ef_write_stats stats;
	struct work w;
	unsigned from;

	start(&w, _i, 3);
	read_table(&w);
	from = reads(&w);
	read_table(&w);
	ck_assert_uint_eq(reads(&w), from);
	/* another place is not this table */
	ck_ok(ef_flasher_read_table(w.rig.f, 0x9000, got, &w.rig.err), &w.rig.err);
	ck_assert_uint_gt(reads(&w), from);
	read_table(&w);

	for (unsigned way = 0; way < 2; way++) {
		from = reads(&w);
		if (way == 0)
			ck_ok(plain_write(w.rig.f, &region, 1, &opts, &stats, &w.rig.err),
			      &w.rig.err);
		else
			ck_ok(plain_erase_region(w.rig.f, 0x20000, 4096, NULL, &w.rig.err),
			      &w.rig.err);
		sim_flash_mut(w.rig.sim)[TABLE + 31] = row[31] = (uint8_t)(0x70 + way);
		read_table(&w);
	}
	work_done(&w);
}
END_TEST

/* Nothing is kept of a table that could not be read. */
START_TEST(failure_is_no_table)
{
	struct work w;

	start(&w, true, 3);
	ck_fails(ef_flasher_read_table(w.rig.f, 0xfffff000, got, &w.rig.err), &w.rig.err,
		 EF_E_INPUT, "");
	read_table(&w);
	work_done(&w);
}
END_TEST

Suite *suite_read_table(void);
Suite *suite_read_table(void)
{
	Suite *s = suite_create("read_table");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, rows_are_read_and_no_more, 0, 8);
	tcase_add_loop_test(t, kept_until_the_flash_changes, 0, 2);
	tcase_add_test(t, failure_is_no_table);
	suite_add_tcase(s, t);
	return s;
}
