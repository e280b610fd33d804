/* SPDX-License-Identifier: MIT */
/*
 * The gate: which partition table counts, what a slot may hold, bytes that were kept, texts that
 * are quoted, hints, and the list of findings.
 */
#include "gate_rig.h"

/* ---- which table counts ---- */

/* The chip's table counts until it is erased: then there are no partitions to pass. */
START_TEST(erased_table_does_not_count)
{
	static const struct {
		struct ef_plan_erase erase;
		bool counts;
	} cases[] = {
		{ { 0x8000, 0x1000, false, NULL }, false },
		{ { 0x7000, 0x1000, false, NULL }, true },
		{ { 0x7000, 0x1001, false, NULL }, false },
		{ { 0x8001, 0x1000, false, NULL }, true },
		{ { 0, 0, true, NULL }, false },
	};
	struct ef_target t = target_of(ef_chip_by_name("esp32c3"));
	struct ef_partition_table table;
	const struct ef_plan_region r = { .region = { 0xe000, noise, 0x1001, "x" } };

	fill_noise();
	make_table(&table);
	t.table = &table;
	check_plan(&t, &r, &cases[_i].erase);
	ck_assert_int_eq(has_finding("PAST_PARTITION"), cases[_i].counts);
}
END_TEST

/* The table that the plan's maker knows counts before the one that is on the chip. */
START_TEST(table_of_the_plan_counts_first)
{
	struct ef_target t = target_of(ef_chip_by_name("esp32c3"));
	struct ef_partition_table ours, theirs;
	const struct ef_plan_region r = { .region = { 0xe000, noise, 0x1001, "x" } };
	struct ef_plan plan = { .regions = &r, .region_count = 1, .table = &ours };

	fill_noise();
	make_table(&ours);
	theirs = ours;
	theirs.part[0].size = 0x10000;
	theirs.part[1].offset = 0x19000;
	ef_plan_check(&plan, &t, &found);
	expect("PAST_PARTITION", true, "partition 'nvs'");
	t.table = &theirs;
	ef_plan_check(&plan, &t, &found);
	expect("PAST_PARTITION", true, "partition 'nvs'");
	plan.table = &theirs;
	t.table = &ours;
	ef_plan_check(&plan, &t, &found);
	expect("", false, "");
}
END_TEST

START_TEST(a_table_is_wanted)
{
	static const struct ef_plan_erase all = { .is_whole = true },
					  part = { 0, 0x1000, false, "" };
	struct ef_partition_table table;
	static uint8_t room[4 * EF_PARTITION_TABLE_SIZE];
	uint8_t *bin = room + EF_PARTITION_TABLE_SIZE; /* what is before is not a table */
	struct ef_plan_region r = { .region = { 0x8000, bin, EF_PARTITION_TABLE_SIZE, "t" } };
	struct ef_plan plan = { .regions = &r, .region_count = 1 };
	struct ef_err err = EF_ERR_INIT;

	make_table(&table);
	ck_ok(ef_partition_to_binary(&table, bin + 0xc00, &err), &err);
	r.region.data = bin + 0xc00;
	ck_assert_ptr_eq(ef_plan_table_region(&plan), &r);
	r.region.addr = 0x8001;
	ck_assert_ptr_null(ef_plan_table_region(&plan));
	r.region = (struct ef_region){ 0x7400, bin, 0xc01, "t" };
	ck_assert_ptr_null(ef_plan_table_region(&plan)); /* one byte is not a table */
	r.region.len = 0xc00;
	ck_assert_ptr_null(ef_plan_table_region(&plan));
	r.region.len = 0x1800;
	ck_assert_ptr_eq(ef_plan_table_region(&plan), &r);

	r.region.addr = 0x100000;
	ck_assert(ef_plan_needs_table(&plan));
	plan.table_offset = EF_PLAN_NO_TABLE;
	ck_assert(!ef_plan_needs_table(&plan));
	plan.table_offset = 0;
	plan.table = &table;
	ck_assert(!ef_plan_needs_table(&plan));
	plan = (struct ef_plan){ .erases = &all, .erase_count = 1 };
	ck_assert(!ef_plan_needs_table(&plan));
	plan.erases = &part;
	ck_assert(ef_plan_needs_table(&plan));
}
END_TEST

/* A row is the same if name, place and kind are; its size may differ. */
START_TEST(rows_of_a_table_that_is_replaced)
{
	struct ef_target t = target_of(ef_chip_by_name("esp32c3"));
	struct ef_partition_table is, now;
	static uint8_t bin[EF_PARTITION_TABLE_SIZE];
	const struct ef_plan_region r = { .region = { 0x8000, bin, sizeof(bin), "t" },
					  .role = EF_ROLE_TABLE };
	struct ef_err err = EF_ERR_INIT;
	struct ef_partition *last;

	make_table(&is);
	ck_ok(ef_partition_to_binary(&is, bin, &err), &err);
	now = is;
	t.table = &now;
	last = &now.part[now.count - 1];
	check_plan(&t, &r, NULL);
	expect("", false, "");
	for (int i = 0; i < 4; i++) {
		now = is;
		last->offset += i == 0 ? 0x1000 : 0;
		last->type = (uint8_t)(last->type + (i == 1));
		last->subtype = (uint8_t)(last->subtype + (i == 2));
		last->name[1] = (char)(last->name[1] + (i == 3));
		check_plan(&t, &r, NULL);
		expect("TABLE_REPLACED", false, "other partitions ('s");
		ck_assert_int_eq(found.v[0].err.hint.id, EF_HINT_GATE_KEEP_TABLE);
		ck_assert_uint_eq(found.v[0].err.hint.number[0], 0x8000);
	}
	now = is;
	now.part[0].name[0] = 'N'; /* the first row counts as the last one does */
	check_plan(&t, &r, NULL);
	expect("TABLE_REPLACED", false, "other partitions ('Nvs' at 0x9000)");
}
END_TEST

/* ---- what was kept of a sector ---- */

START_TEST(kept_bytes_are_not_judged)
{
	struct ef_target t = target_of(ef_chip_by_name("esp32c3"));
	struct ef_plan_region r = { .region = { 0x8000, noise, 0x1000, "x" }, .kept = 0xc00 };

	fill_noise();
	check_plan(&t, &r, NULL);
	expect("", false, "");
	r.kept = 0;
	check_plan(&t, &r, NULL);
	expect("NOT_TABLE", true, "at 0x00008000");
	/* the user's bytes begin where the table does, behind those that are kept */
	r = (struct ef_plan_region){ .region = { 0x7000, noise, 0x2000, "x" }, .kept = 0x1000 };
	check_plan(&t, &r, NULL);
	expect("NOT_TABLE", true, "at 0x00008000");
	/* and end before it */
	r = (struct ef_plan_region){ .region = { 0x7000, noise, 0x2000, "x" },
				     .role = EF_ROLE_TABLE,
				     .kept_end = 0x1000 };
	check_plan(&t, &r, NULL);
	ck_assert(!has_finding("NOT_TABLE"));
	r.kept_end = 0xfff;
	check_plan(&t, &r, NULL);
	ck_assert(has_finding("NOT_TABLE"));
}
END_TEST

/* ---- what is in a slot ---- */

START_TEST(content_of_a_slot)
{
	const struct ef_chip *chip = ef_chip_by_name("esp32c3");
	struct ef_target t = target_of(chip);
	struct content *c = malloc(sizeof(*c));
	static uint8_t bin[EF_PARTITION_TABLE_SIZE], flash[0x40000];
	/* one segment of four bytes at the start of its IRAM */
	static const uint8_t esp8266[20] = {
		0xe9, 1, 2, 0x40, 0, 0, 0x10, 0x40, 0, 0, 0x10, 0x40, 4
	};
	struct ef_partition_table table;
	struct ef_err err = EF_ERR_INIT;

	fill_noise();
	make_table(&table);
	ck_ok(ef_partition_to_binary(&table, bin, &err), &err);
	t.table = &table;
	check_at(&t, 0x20000, bin, sizeof(bin));
	expect("NOT_APP", true, "a partition table, and app partition 'ota_0'");
	check_at(&t, 0x20000, esp8266, sizeof(esp8266));
	expect("NOT_APP", true, "an ESP8266 image");
	ck_assert_int_eq(found.v[0].err.hint.id, EF_HINT_GATE_ESP8266);
	make_ram(c, chip);
	check_at(&t, 0x20000, c->data, c->len);
	expect("SLOT_UNKNOWN", false, "no app descriptor");
	check_at(&t, 0x20000, noise, 0x100);
	expect("SLOT_UNKNOWN", false, "not an app image that is known here");
	t.locks.is_encrypted = true;
	check_at(&t, 0x20000, noise, 0x100);
	expect("", false, "");
	t.locks.is_encrypted = false;
	memset(flash, 0xff, sizeof(flash));
	make_bootloader(c, chip);
	memcpy(flash, c->data, c->len);
	memcpy(flash + 0x10000, c->data, c->len);
	memcpy(flash + 0x8000, bin, sizeof(bin));
	check_at(&t, 0, flash, sizeof(flash));
	expect("BOOTLOADER_PLACE", true, "at 0x00010000");
	/* the only app of a copied flash must be right; with two, one may be broken */
	memset(flash, 0xff, sizeof(flash));
	make_bootloader(c, chip);
	memcpy(flash, c->data, c->len);
	make_app(c, chip);
	memcpy(flash + 0x10000, c->data, 300);
	memcpy(flash + 0x8000, bin, sizeof(bin));
	check_at(&t, 0, flash, sizeof(flash));
	expect("SLOT_UNKNOWN", false, "partition 'factory'");
	table.part[3] = table.part[5];
	table.part[4] = table.part[--table.count];
	table.count = 4;
	ck_ok(ef_partition_to_binary(&table, flash + 0x8000, &err), &err);
	check_at(&t, 0, flash, sizeof(flash));
	expect("DAMAGED", true, "at 0x00010000");
	ck_assert_int_eq(found.v[0].err.hint.id, EF_HINT_GATE_DAMAGED);
	free(c);
}
END_TEST

/* The file ends before the table that lies behind it in memory. */
START_TEST(merged_file_that_is_cut)
{
	const struct ef_chip *chip = ef_chip_by_name("esp32"); /* boots from 0x1000 */
	const struct ef_target t = target_of(chip);
	static uint8_t flash[0x9000];
	struct content *c = malloc(sizeof(*c));
	struct ef_partition_table table;
	struct ef_err err = EF_ERR_INIT;

	memset(flash, 0xff, sizeof(flash));
	make_table(&table);
	ck_ok(ef_partition_to_binary(&table, flash + 0x8000, &err), &err);
	make_bootloader(c, chip);
	memcpy(flash + 0x1000, c->data, c->len);
	check_at(&t, 0x10000, flash, sizeof(flash));
	expect("MERGED_PLACE", true, "made for address 0x0");
	check_at(&t, 0x10000, flash, 0x7800);
	expect("", false, "");
	free(c);
}
END_TEST

/* ---- words of a server, and of a text ---- */

START_TEST(first_words_of_a_text)
{
	static char text[80];
	struct ef_target t = target_of(ef_chip_by_name("esp32c3"));

	memset(text, 'x', sizeof(text));
	check_at(&t, 0x30000, (const uint8_t *)text, sizeof(text));
	expect("", false, "");
	memcpy(text + 61, "404", 3);
	check_at(&t, 0x30000, (const uint8_t *)text, sizeof(text));
	expect("CONTAINER", false, " is text 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', and");
	ck_assert_int_eq(found.v[0].err.hint.id, EF_HINT_GATE_DOWNLOAD);
	memcpy(text + 61, "x404", 4);
	check_at(&t, 0x30000, (const uint8_t *)text, sizeof(text));
	expect("", false, "");
	check_at(&t, 0x30000, (const uint8_t *)"Denied\n", 7);
	expect("CONTAINER", false, "text 'Denied', and");
	check_at(&t, 0x30000, (const uint8_t *)"<html><body>", 12);
	expect("CONTAINER", false, "is a web page (HTML), and");
	check_at(&t, 0x30000, (const uint8_t *)"\tForbidden", 10);
	expect("CONTAINER", false, "text, and");
}
END_TEST

/* ---- hints ---- */

START_TEST(hints_of_images)
{
	const struct ef_chip *chip = ef_chip_by_name("esp32c3");
	struct ef_target t = target_of(chip);
	struct content *c = malloc(sizeof(*c));

	make_app(c, ef_chip_by_name("esp32"));
	check_at(&t, 0x10000, c->data, c->len);
	ck_assert_int_eq(found.v[0].err.hint.id, EF_HINT_GATE_OTHER_CHIP);
	make_app(c, chip);
	ef_put_le16(c->data + 15, 199);
	again(c);
	check_at(&t, 0x10000, c->data, c->len);
	expect("REVISION", true, "needs revision v1.99 or later, and this chip is v1.1");
	ck_assert_int_eq(found.v[0].err.hint.id, EF_HINT_GATE_REVISION);
	make_app(c, chip);
	ef_put_le16(c->data + 17, 99);
	again(c);
	check_at(&t, 0x10000, c->data, c->len);
	expect("REVISION", true, "for revisions up to v0.99, and this chip is v1.1");
	make_app(c, chip);
	check_at(&t, 0x8000, c->data, c->len);
	expect("NOT_TABLE", true, "an ESP image");
	ck_assert_int_eq(found.v[0].err.hint.id, EF_HINT_GATE_IMAGE_AT_TABLE);
	ck_assert_uint_eq(found.v[0].err.hint.number[0], 0x10000);
	ck_assert_str_eq(found.v[0].err.hint.text, "x.bin");
	make_bootloader(c, chip);
	check_at(&t, 0x10000, c->data, c->len);
	ck_assert_int_eq(found.v[0].err.hint.id, EF_HINT_GATE_WRITE_AT);
	t.locks.is_secure_boot = true;
	check_at(&t, 0, c->data, c->len);
	ck_assert_int_eq(found.v[0].err.hint.id, EF_HINT_GATE_SIGN);
	free(c);
}
END_TEST

/* ---- the list ---- */

START_TEST(more_findings_than_there_is_room_for)
{
	static struct ef_plan_region r[EF_FINDINGS_MAX + 3];
	const struct ef_plan plan = { .regions = r, .region_count = EF_ARRAY_LEN(r) };
	const struct ef_target t = target_of(ef_chip_by_name("esp32c3"));

	fill_noise();
	for (size_t i = 0; i < EF_ARRAY_LEN(r); i++)
		r[i].region = (struct ef_region){ 0x8000, noise, 16, "x" };
	r[0].region.addr = 0x7000; /* a warning */
	ef_plan_check(&plan, &t, &found);
	ck_assert_uint_eq(found.count, EF_FINDINGS_MAX);
	ck_assert_uint_eq(found.left_out, 3);
	/* refusals come first, in their order */
	for (size_t i = 0; i < EF_FINDINGS_MAX - 1; i++)
		ck_assert_ptr_eq(found.v[i].region, &r[i + 1]);
	ck_assert_str_eq(ef_finding_name(found.v[EF_FINDINGS_MAX - 1].id), "OVER_BOOTLOADER");
	ck_assert_str_eq(ef_finding_name(EF_FINDING_COUNT), "?");
}
END_TEST

/* Only what is at the start, at the table or in a slot makes another start. */
START_TEST(what_changes_the_start)
{
	static const struct {
		uint32_t addr;
		bool changes;
	} places[] = { { 0, true },
		       { 0x8000, true },
		       { 0x10000, true },
		       { 0x11000, false },
		       { 0x9000, false } };
	struct ef_target t = target_of(ef_chip_by_name("esp32c3"));
	struct ef_partition_table table;

	fill_noise();
	make_table(&table);
	t.table = &table;
	check_at(&t, places[_i].addr, noise, 16);
	ck_assert_int_eq(found.changes_start, places[_i].changes);
	check_at(&t, places[_i].addr, noise, 0);
	ck_assert(!found.changes_start);
	expect("", false, "");
}
END_TEST

Suite *suite_gate_plan(void);
Suite *suite_gate_plan(void)
{
	Suite *s = suite_create("gate_plan");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, erased_table_does_not_count, 0, 5);
	tcase_add_test(t, table_of_the_plan_counts_first);
	tcase_add_test(t, a_table_is_wanted);
	tcase_add_test(t, rows_of_a_table_that_is_replaced);
	tcase_add_test(t, kept_bytes_are_not_judged);
	tcase_add_test(t, content_of_a_slot);
	tcase_add_test(t, merged_file_that_is_cut);
	tcase_add_test(t, first_words_of_a_text);
	tcase_add_test(t, hints_of_images);
	tcase_add_test(t, more_findings_than_there_is_room_for);
	tcase_add_loop_test(t, what_changes_the_start, 0, 5);
	suite_add_tcase(s, t);
	return s;
}
