/* SPDX-License-Identifier: MIT */
/* The book of a window that is read, and the stub's rule for acknowledgements. */
#include "ck_ef.h"

#include <string.h>

#include "flasher/read_map.h"
#include "flasher_rig.h"

static struct read_map map;

static void open_map(uint32_t len)
{
	memset(&map, 0, sizeof(map));
	map.len = len;
	map.run_to = UINT32_MAX;
}

START_TEST(units_arrive_when_all_their_bytes_have)
{
	open_map(1000);
	read_map_arrived(&map, 0, 100);
	ck_assert_uint_eq(read_map_count(&map, 1000, READ_ARRIVED), 64);
	read_map_arrived(&map, 100, 200);
	ck_assert_uint_eq(read_map_count(&map, 1000, READ_ARRIVED), 192);
	/* not one behind the other: the unit from 192 to 256 is not whole */
	read_map_arrived(&map, 210, 400);
	ck_assert_uint_eq(read_map_count(&map, 1000, READ_ARRIVED), 192 + 128);
	/* the last unit is short */
	read_map_arrived(&map, 960, 1000);
	ck_assert_uint_eq(read_map_count(&map, 1000, READ_ARRIVED), 192 + 128 + 40);
	ck_assert_uint_eq(read_map_first(&map, 0, READ_MISSING), 192);
	ck_assert_uint_eq(read_map_first(&map, 0, READ_PROVED), 1000);
}
END_TEST

/* What was proved, or has to be read again, stays so when the bytes behind it arrive. */
START_TEST(units_before_an_arrival_stay)
{
	open_map(1000);
	read_map_arrived(&map, 0, 256);
	read_map_set(&map, (struct read_range){ 0, 64 }, READ_PROVED);
	read_map_set(&map, (struct read_range){ 64, 128 }, READ_MISSING);
	read_map_arrived(&map, 256, 320);
	ck_assert_uint_eq(read_map_count(&map, 1000, READ_PROVED), 64);
	ck_assert_uint_eq(read_map_first(&map, 0, READ_MISSING), 64);
	ck_assert_uint_eq(read_map_count(&map, 1000, READ_ARRIVED), 128 + 64);
}
END_TEST

START_TEST(missing_bytes_take_short_gaps_along)
{
	struct read_range got;

	open_map(4096);
	read_map_set(&map, (struct read_range){ 0, 4096 }, READ_PROVED);
	read_map_set(&map, (struct read_range){ 512, 1024 }, READ_MISSING);
	read_map_set(&map, (struct read_range){ 1024, 1152 }, READ_ARRIVED);
	read_map_set(&map, (struct read_range){ 1152, 1280 }, READ_MISSING);
	got = read_map_missing(&map, 4096, 128);
	ck_assert_uint_eq(got.from, 512);
	ck_assert_uint_eq(got.to, 1280);
	got = read_map_missing(&map, 4096, 64);
	ck_assert_uint_eq(got.to, 1024);
	/* what is proved is never read again */
	read_map_set(&map, (struct read_range){ 1024, 1152 }, READ_PROVED);
	got = read_map_missing(&map, 4096, 4096);
	ck_assert_uint_eq(got.to, 1024);
	got = read_map_missing(&map, 768, 4096);
	ck_assert_uint_eq(got.to, 768);
	read_map_set(&map, (struct read_range){ 0, 4096 }, READ_PROVED);
	got = read_map_missing(&map, 4096, 128);
	ck_assert_uint_eq(got.from, got.to);
}
END_TEST

/* ---- the stub ---- */

static void ack(struct rig *r, uint32_t total)
{
	const uint8_t bytes[4] = { (uint8_t)total, (uint8_t)(total >> 8) };

	ck_ok(ef_rom_write_frame(ef_flasher_rom(r->f), bytes, sizeof(bytes), &r->err), &r->err);
}

/* How many packets of 1024 bytes come within so long. */
static unsigned packets(struct rig *r, unsigned ms)
{
	uint64_t until_us = ef_port_deadline(r->port, ms);
	uint8_t frame[4096];
	unsigned n = 0;
	size_t len;

	do {
		ck_ok(ef_rom_read_frame(ef_flasher_rom(r->f), frame, sizeof(frame), until_us, &len,
					&r->err),
		      &r->err);
		n += len == 1024;
	} while (len);
	return n;
}

/* One acknowledgement is kept while a packet is sent, and a second one is lost. */
START_TEST(stub_keeps_one_acknowledgement)
{
	const struct sim_opts board = { .chip = "esp32c3", .is_paced = true };
	struct ef_rom *rom;
	bool has_begun;
	struct rig r;

	rig_power(&r, &board);
	ck_ok(rig_connect(&r), &r.err);
	rom = ef_flasher_rom(r.f);
	ck_ok(ef_rom_read_flash_begin(rom, 0, 8192, 1024, 64, &r.err), &r.err);
	ck_ok(ef_rom_await_frame(rom, 8, ef_port_deadline(r.port, 100), &has_begun, &r.err),
	      &r.err);
	ck_assert(has_begun);
	ack(&r, 1024);
	if (_i)
		ack(&r, 2048);
	ck_assert_uint_eq(packets(&r, 1000), 2);
	rig_done(&r);
}
END_TEST

Suite *suite_read_map(void);
Suite *suite_read_map(void)
{
	Suite *s = suite_create("read_map");
	TCase *t = tcase_create("all");

	tcase_add_test(t, units_arrive_when_all_their_bytes_have);
	tcase_add_test(t, units_before_an_arrival_stay);
	tcase_add_test(t, missing_bytes_take_short_gaps_along);
	tcase_add_loop_test(t, stub_keeps_one_acknowledgement, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
