/* SPDX-License-Identifier: MIT */
/*
 * The gate at its limits: the last byte that passes and the first that doesn't. Limits:
 * esptool cmds.py (secure boot V1 below 0x8000, the key manager's first 0x2000, 16 MiB);
 * ESP-IDF's esp_image_format.c (an app and its partition), flash_partitions.c (a partition
 * and the flash), and its page "Flash Encryption" (what is always encrypted).
 */
#include "gate_rig.h"

static void check_erase(const struct ef_target *t, uint32_t addr, uint32_t len)
{
	const struct ef_plan_erase e = { .addr = addr, .len = len };
	const struct ef_plan plan = { .erases = &e, .erase_count = 1 };

	ef_plan_check(&plan, t, &found);
}

/* ---- locks ---- */

static struct ef_partition_table locked_table(void)
{
	static const char csv[] = "nvs,data,nvs,0x9000,0x4000\notadata,data,ota,0xd000,0x2000\n"
				  "keys,data,nvs_keys,0xf000,0x1000\n"
				  "factory,app,factory,0x10000,0x10000\n";
	struct ef_partition_table t;
	struct ef_err err = EF_ERR_INIT;

	ck_ok(ef_partition_parse((const uint8_t *)csv, sizeof(csv) - 1,
				 &(struct ef_partition_opts){ 0 }, &t, &err),
	      &err);
	return t;
}

START_TEST(first_addresses_that_are_locked)
{
	struct ef_target t = target_of(ef_chip_by_name("esp32"));
	struct ef_partition_table table = locked_table();
	static uint8_t bin[EF_PARTITION_TABLE_SIZE];
	struct ef_err err = EF_ERR_INIT;

	ck_ok(ef_partition_to_binary(&table, bin, &err), &err);
	fill_noise();
	t.locks = (struct ef_locks){ .is_secure_boot = true, .is_secure_boot_v1 = true };
	check_at(&t, 0x7fff, noise, 1);
	expect("LOCK_V1", true, "below 0x8000");
	ck_assert_int_eq(found.v[0].err.hint.id, EF_HINT_GATE_LOCKED);
	check_at(&t, 0x8000, bin, sizeof(bin));
	ck_assert(!has_finding("LOCK_V1"));

	t = target_of(ef_chip_by_name("esp32c5"));
	t.locks = (struct ef_locks){ .is_encrypted = true, .is_key_manager = true };
	check_at(&t, 0x1fff, noise, 1);
	expect("LOCK_KEY", true, "below 0x2000");
	ck_assert_int_eq(found.v[0].err.hint.id, EF_HINT_GATE_LOCKED);
	check_at(&t, 0x2000, noise, 0x100);
	ck_assert(!has_finding("LOCK_KEY"));
	t.locks.is_encrypted = false; /* without encryption there is no key to lose */
	check_at(&t, 0x1000, noise, 0x100);
	ck_assert(!has_finding("LOCK_KEY"));
}
END_TEST

/* Erases of a chip with secure boot or encryption: only plain data, and not a byte more. */
static const struct {
	uint32_t addr, len;
	bool is_encrypted, passes;
} erases[] = {
	{ 0x9000, 0x4000, true, true },   { 0x9000, 0x4001, true, false },
	{ 0x8fff, 0x4001, true, false },  { 0xd000, 0x1000, true, false },
	{ 0xf000, 0x1000, true, false },  { 0x9000, 0x7000, false, true },
	{ 0x9000, 0x7001, false, false }, { 0x8fff, 2, false, false },
	{ 0xffff, 1, false, true },       { 0x20000, 0x1000, false, false },
};

START_TEST(erases_of_a_locked_chip)
{
	struct ef_target t = target_of(ef_chip_by_name("esp32c3"));
	struct ef_partition_table table = locked_table();

	t.table = &table;
	t.locks.is_encrypted = erases[_i].is_encrypted;
	t.locks.is_secure_boot = !erases[_i].is_encrypted;
	check_erase(&t, erases[_i].addr, erases[_i].len);
	if (erases[_i].passes) {
		expect("", false, "");
		return;
	}
	expect("LOCK_ERASE", true,
	       erases[_i].is_encrypted ? "flash encryption is on" : "secure boot is on");
	ck_assert_int_eq(found.v[0].err.hint.id, EF_HINT_GATE_LOCKED);
	ck_assert_uint_eq(found.v[0].addr, erases[_i].addr);
	t.locks.is_encrypted = t.locks.is_secure_boot = true;
	check_erase(&t, erases[_i].addr, erases[_i].len);
	expect("LOCK_ERASE", true, "secure boot and flash encryption are on");
}
END_TEST

/* Text is plain for sure. Apps, otadata and keys are always encrypted; other data isn't. */
START_TEST(plain_content_of_an_encrypted_chip)
{
	static const struct {
		uint32_t addr;
		bool passes;
	} places[] = { { 0x9000, true }, { 0xd000, false }, { 0xf000, false }, { 0x20000, false } };
	static const uint8_t text[] = "plain text";
	struct ef_target t = target_of(ef_chip_by_name("esp32c3"));
	struct ef_partition_table table = locked_table();
	struct ef_plan_region r = { .region = { 0, text, sizeof(text) - 1, "x" } };

	t.table = &table;
	t.locks.is_encrypted = true;
	for (size_t i = 0; i < EF_ARRAY_LEN(places); i++) {
		r.region.addr = places[i].addr;
		check_plan(&t, &r, NULL);
		ck_assert_msg(has_finding("LOCK_PLAIN") != places[i].passes, "0x%x",
			      places[i].addr);
		if (!places[i].passes)
			ck_assert_int_eq(found.v[0].err.hint.id, EF_HINT_GATE_PLAIN);
		/* what was encrypted on the host passes, whatever it looks like */
		r.is_encrypted = true;
		check_plan(&t, &r, NULL);
		ck_assert(!has_finding("LOCK_PLAIN"));
		r.is_encrypted = false;
	}
	/* the text begins in plain data, and ends in what is decrypted */
	r.region.addr = 0xd000 - 1;
	check_plan(&t, &r, NULL);
	ck_assert(has_finding("LOCK_PLAIN"));
	t.locks.has_no_encrypt = true;
	check_plan(&t, &r, NULL);
	ck_assert_int_eq(found.v[0].err.hint.id, EF_HINT_GATE_NO_ENCRYPT);
}
END_TEST

/* ---- reach ---- */

START_TEST(reach_of_the_loader)
{
	const uint32_t reach = 16u << 20;
	struct ef_target t = target_of(ef_chip_by_name("esp32c3"));

	fill_noise();
	t.flash_size = 32u << 20;
	t.reach = reach;
	check_at(&t, reach - 0x100, noise, 0x100);
	expect("", false, "");
	check_at(&t, reach - 0x100, noise, 0x101);
	expect("REACH", true, "(257 bytes): the loader that runs can address only 16 MiB");
	ck_assert_int_eq(found.v[0].err.hint.id, EF_HINT_GATE_REACH);
	check_erase(&t, reach - 0x1000, 0x1000);
	expect("", false, "");
	check_erase(&t, reach - 0x1000, 0x1001);
	expect("REACH", true,
	       "0x1001 bytes at 0x00fff000: the loader that runs can address only 16");
	ck_assert_int_eq(found.v[0].err.hint.id, EF_HINT_GATE_REACH);
	check_erase(&t, UINT32_MAX, 2); /* the sum passes 32 bits */
	expect("REACH", true, "an erase");
	t.reach = 0;
	check_at(&t, reach, noise, 0x100);
	expect("", false, "");
}
END_TEST

/* ---- partitions ---- */

START_TEST(ends_of_partitions)
{
	struct ef_target t = target_of(ef_chip_by_name("esp32c3"));
	struct ef_partition_table table;
	static struct ef_plan_region r = { .origin = "x.bin" };

	fill_noise();
	make_table(&table);
	t.table = &table;
	check_at(&t, 0xe000, noise, 0x1000);
	expect("", false, "");
	check_at(&t, 0xe000, noise, 0x1001);
	expect("PAST_PARTITION", true,
	       "(4097 bytes) passes the end of partition 'nvs' at 0x0000f000: 1 bytes too many");
	ck_assert_int_eq(found.v[0].err.hint.id, EF_HINT_GATE_PAST_PARTITION);
	/* a copy up to the end of the flash is meant */
	t.flash_size = 0x240000;
	check_at(&t, 0x222000, noise, 0x1e000);
	expect("", false, "");
	check_at(&t, 0x222000, noise, 0x1dfff);
	expect("PAST_PARTITION", true, "partition 'secret'");
	/* a warning about the same file does not hide it, and comes after it */
	check_at(&t, 0x10000, noise, 0x10001);
	expect("PAST_PARTITION", true, "partition 'factory' at 0x00020000: 1 bytes too many");
	ck_assert_uint_eq(found.count, 2);
	ck_assert_str_eq(ef_finding_name(found.v[1].id), "SLOT_UNKNOWN");
	/* a refusal of another file does not hide it either */
	{
		const struct ef_plan_region two[] = {
			{ .region = { 0x8000, noise, 16, "table" } },
			{ .region = { 0xe000, noise, 0x1001, "nvs" } },
		};
		const struct ef_plan plan = { .regions = two, .region_count = 2, .table = &table };

		ef_plan_check(&plan, &t, &found);
		ck_assert(has_finding("NOT_TABLE"));
		ck_assert(has_finding("PAST_PARTITION"));
	}
	/* nor does what the last check found about this region */
	r.region = (struct ef_region){ 0x8000, noise, 16, "x" };
	check_plan(&t, &r, NULL);
	expect("NOT_TABLE", true, "x.bin");
	r.region = (struct ef_region){ 0xe000, noise, 0x1001, "x" };
	check_plan(&t, &r, NULL);
	expect("PAST_PARTITION", true, "x.bin");
}
END_TEST

START_TEST(size_of_an_app)
{
	const struct ef_chip *chip = ef_chip_by_name("esp32s3");
	struct ef_target t = target_of(chip);
	struct content *c = malloc(sizeof(*c));
	static uint8_t seg[0x10000];
	struct ef_partition_table table;

	make_table(&table); /* factory has 0x10000 bytes */
	t.table = &table;
	make(c, chip, address_of(chip, EF_MEM_DROM, EF_MEM_IROM), seg, 0xffb0);
	ck_assert_uint_eq(c->len, 0x10000);
	check_at(&t, 0x10000, c->data, c->len);
	expect("", false, "");
	make(c, chip, address_of(chip, EF_MEM_DROM, EF_MEM_IROM), seg, 0xffc0);
	check_at(&t, 0x10000, c->data, c->len);
	expect("APP_TOO_LARGE", true,
	       "the app has 65552 bytes, and partition 'factory' only 65536: 16 too many");
	ck_assert_int_eq(found.v[0].err.hint.id, EF_HINT_APP_TOO_LARGE);
	free(c);
}
END_TEST

/* ---- the flash ---- */

START_TEST(size_of_the_flash)
{
	const struct ef_chip *chip = ef_chip_by_name("esp32c3");
	struct ef_target t = target_of(chip);
	struct content *c = malloc(sizeof(*c));
	static uint8_t bin[EF_PARTITION_TABLE_SIZE];
	struct ef_partition_table table;
	struct ef_err err = EF_ERR_INIT;

	make_bootloader(c, chip);
	c->data[3] = 0x20; /* 4 MB */
	again(c);
	check_at(&t, 0, c->data, c->len);
	expect("", false, "");
	c->data[3] = 0x30; /* 8 MB */
	again(c);
	check_at(&t, 0, c->data, c->len);
	expect("HEADER_SIZE", true, "its header says 8MB of flash, and this chip has 4MB");
	ck_assert_int_eq(found.v[0].err.hint.id, EF_HINT_GATE_HEADER_SIZE);
	ck_assert_uint_eq(found.v[0].err.hint.number[0], 4);
	t.flash_size = 0; /* not known */
	check_at(&t, 0, c->data, c->len);
	expect("", false, "");

	make_table(&table);
	table.part[table.count - 1].size = FLASH - table.part[table.count - 1].offset;
	ck_ok(ef_partition_to_binary(&table, bin, &err), &err);
	t.flash_size = FLASH;
	check_at(&t, 0x8000, bin, sizeof(bin));
	expect("", false, "");
	table.part[table.count - 1].size += 0x1000;
	ck_ok(ef_partition_to_binary(&table, bin, &err), &err);
	check_at(&t, 0x8000, bin, sizeof(bin));
	expect("TABLE_DAMAGED", true, "partition 'secret' (0x220000, 1970176 bytes)");
	ck_assert_int_eq(found.v[0].err.hint.id, EF_HINT_GATE_TABLE);
	t.flash_size = 0;
	check_at(&t, 0x8000, bin, sizeof(bin));
	expect("", false, "");
	free(c);
}
END_TEST

/* ---- between boot address and table, and over the table ---- */

START_TEST(room_of_the_bootloader)
{
	struct ef_target t = target_of(ef_chip_by_name("esp32")); /* boots from 0x1000 */
	struct ef_partition_table table;
	struct ef_plan_region r = { .region = { 0x7fff, noise, 1, "x" } };
	const struct ef_plan no_table = { .regions = &r,
					  .region_count = 1,
					  .table_offset = EF_PLAN_NO_TABLE };

	fill_noise();
	check_at(&t, 0x1001, noise, 1);
	expect("OVER_BOOTLOADER", false, "(0x1000 to 0x8000)");
	check_at(&t, 0x0fff, noise, 1);
	expect("", false, "");
	check_plan(&t, &r, NULL);
	expect("OVER_BOOTLOADER", false, "at 0x00007fff");
	check_at(&t, 0x8c00, noise, 1);
	expect("", false, "");
	r.role = EF_ROLE_BOOTLOADER;
	check_plan(&t, &r, NULL);
	expect("", false, "");
	r.role = EF_ROLE_UNKNOWN;
	ef_plan_check(&no_table, &t, &found);
	expect("", false, "");
	/* a table since ESP-IDF 5.4 may have a row for it */
	make_table(&table);
	table.part[table.count++] = (struct ef_partition){
		.name = "bl", .type = EF_PART_BOOTLOADER, .offset = 0x1000, .size = 0x7000
	};
	t.table = &table;
	check_plan(&t, &r, NULL);
	expect("", false, "");
}
END_TEST

/* What begins where an app has its place is judged there, and not once more as any file. */
START_TEST(file_in_a_slot_is_judged_once)
{
	static const char text[] = "404: Not Found";
	const struct ef_chip *chip = ef_chip_by_name("esp32c3");
	struct ef_target t = target_of(chip);
	struct content *c = malloc(sizeof(*c));
	struct ef_partition_table table;

	make_table(&table);
	t.table = &table;
	make_app(c, chip);
	check_at(&t, 0x10000, c->data, c->len);
	ck_assert_uint_eq(found.count, 0);
	c->data[c->len - 1] ^= 1;
	check_at(&t, 0x10000, c->data, c->len);
	expect("DAMAGED", true, "digest");
	ck_assert_uint_eq(found.count, 1);
	check_at(&t, 0x20000, (const uint8_t *)text, sizeof(text) - 1);
	ck_assert_uint_eq(found.count, 1);
	free(c);
}
END_TEST

START_TEST(over_the_table)
{
	const struct ef_chip *chip = ef_chip_by_name("esp32c3");
	struct ef_target t = target_of(chip);
	struct content *c = malloc(sizeof(*c));
	static uint8_t seg[0x9000] = "ESP-IDF %s 2nd stage bootloader";
	static uint8_t app[0x8000] = { 0x32, 0x54, 0xcd, 0xab };
	uint32_t ram = address_of(chip, EF_MEM_IRAM, EF_MEM_DRAM);
	struct ef_partition_table table;

	fill_noise();
	make_table(&table);
	make(c, chip, ram, seg, 0x7fb0);
	ck_assert_uint_eq(c->len, 0x8000);
	check_at(&t, 0, c->data, c->len);
	expect("", false, "");
	make(c, chip, ram, seg, 0x7fc0);
	check_at(&t, 0, c->data, c->len);
	expect("OVER_TABLE", false, "reaches over 0x8000, where bootloaders look for");
	/* an app without a bootloader may: it needs no table */
	make(c, chip, address_of(chip, EF_MEM_DROM, EF_MEM_IROM), app, 0x7fc0);
	check_at(&t, 0, c->data, c->len);
	ck_assert(!has_finding("OVER_TABLE"));
	/* any file, if there is a table to lose */
	check_at(&t, 0x7000, noise, 0x1001);
	ck_assert(!has_finding("OVER_TABLE"));
	t.table = &table;
	check_at(&t, 0x7000, noise, 0x1000);
	ck_assert(!has_finding("OVER_TABLE"));
	check_at(&t, 0x7000, noise, 0x1001);
	ck_assert(has_finding("OVER_TABLE"));
	ck_assert_ptr_nonnull(strstr(found.v[0].err.msg, "this chip has its partition table"));
	memset(c->data, 0xff, 0x1000);
	check_at(&t, 0x8000, c->data, 0x1000);
	expect("OVER_TABLE", false, "has no table there");
	/* on an encrypted chip it may be an encrypted table */
	t.locks.is_encrypted = true;
	check_at(&t, 0x7000, noise, 0x1001);
	ck_assert(!has_finding("OVER_TABLE"));
	check_at(&t, 0x8000, noise, 0x1000);
	ck_assert(!has_finding("NOT_TABLE"));
	t.locks.is_encrypted = false;
	check_at(&t, 0x8000, noise, 0x1000);
	ck_assert(has_finding("NOT_TABLE"));
	free(c);
}
END_TEST

Suite *suite_gate_limits(void);
Suite *suite_gate_limits(void)
{
	Suite *s = suite_create("gate_limits");
	TCase *t = tcase_create("all");

	tcase_add_test(t, first_addresses_that_are_locked);
	tcase_add_loop_test(t, erases_of_a_locked_chip, 0, (int)EF_ARRAY_LEN(erases));
	tcase_add_test(t, plain_content_of_an_encrypted_chip);
	tcase_add_test(t, reach_of_the_loader);
	tcase_add_test(t, ends_of_partitions);
	tcase_add_test(t, size_of_an_app);
	tcase_add_test(t, size_of_the_flash);
	tcase_add_test(t, room_of_the_bootloader);
	tcase_add_test(t, over_the_table);
	tcase_add_test(t, file_in_a_slot_is_judged_once);
	suite_add_tcase(s, t);
	return s;
}
