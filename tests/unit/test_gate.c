/* SPDX-License-Identifier: MIT */
/*
 * Plans against virtual boards: what their eFuses lock, and where their loaders' addresses
 * wrap. The registers and the list of stubs that reach further are espsim's own
 * (esptool's target classes and cmds.py).
 */
#include "rig/tap_port.h"
#include "work_rig.h"

static bool check_plan(struct work *w, const struct ef_plan *plan)
{
	const struct ef_checked *checked = NULL;

	ef_err_clear(&w->rig.err);
	return ef_flasher_check(w->rig.f, plan, false, NULL, &checked, &w->rig.err);
}

static bool check_erase(struct work *w, uint32_t addr, uint32_t len)
{
	const struct ef_plan_erase e = { .addr = addr, .len = len, .is_whole = !len };

	return check_plan(w, &(struct ef_plan){ .erases = &e, .erase_count = 1 });
}

static bool check_write(struct work *w, uint32_t addr, const char *data, uint32_t len)
{
	const struct ef_plan_region r = { .region = { addr, (const uint8_t *)data, len, "x" } };

	return check_plan(w, &(struct ef_plan){ .regions = &r, .region_count = 1 });
}

static const char table[32] = "\xaa\x50\1\2\0\x90\0\0\0\x60\0\0nvs";

START_TEST(locked_chips)
{
	static const enum sim_encryption all[] = { SIM_ENCRYPTION_DEVELOPMENT,
						   SIM_ENCRYPTION_RELEASE };
	const char *name = rig_chips[_i];

	for (size_t i = 0; i < EF_ARRAY_LEN(all); i++)
		for (unsigned no_stub = 0; no_stub < 2; no_stub++) {
			const struct sim_opts sim = { .chip = name, .locks.encryption = all[i] };
			struct work w;

			work_start(&w, &sim, no_stub);
			ck_fails(check_erase(&w, 0, 0), &w.rig.err, EF_E_UNSUPP,
				 "flash encryption is on");
			ck_fails(check_erase(&w, 0x8000, 0x1000), &w.rig.err, EF_E_UNSUPP,
				 "flash encryption is on");
			/* esptool writes in development mode; a plain table is garbage all the same
			 */
			ck_fails(check_write(&w, 0x8000, table, 32), &w.rig.err, EF_E_UNSUPP,
				 all[i] == SIM_ENCRYPTION_RELEASE ? "no longer encrypts"
								  : "is plain");
			if (all[i] == SIM_ENCRYPTION_RELEASE)
				ck_fails(check_write(&w, 0x100000, "\1\2\3\4", 4), &w.rig.err,
					 EF_E_UNSUPP, "no longer encrypts");
			else
				ck_ok(check_write(&w, 0x100000, "\1\2\3\4", 4), &w.rig.err);
			ef_err_clear(&w.rig.err);
			work_done(&w);
		}
}
END_TEST

START_TEST(open_chips)
{
	const struct sim_opts sim = { .chip = rig_chips[_i] };
	struct work w;

	work_start(&w, &sim, false);
	ck_ok(check_erase(&w, 0, 0), &w.rig.err);
	ck_ok(check_erase(&w, 0, 0x1000), &w.rig.err);
	ck_ok(check_write(&w, 0x100000, "\1\2\3\4", 4), &w.rig.err);
	work_done(&w);
}
END_TEST

/* Secure download mode tells the crypt count, and nothing else (esptool write_flash). */
START_TEST(locked_in_secure_download_mode)
{
	const char *name = rig_chips[_i];
	const struct sim_opts sim = { .chip = name,
				      .secure_download = true,
				      .locks.encryption = SIM_ENCRYPTION_DEVELOPMENT };
	struct work w;

	if (strcmp(name, "esp32") == 0) /* has no such mode */
		return;
	work_start(&w, &sim, true);
	ck_fails(check_write(&w, 0x100000, "\1\2\3\4", 4), &w.rig.err, EF_E_UNSUPP,
		 "no longer encrypts");
	ef_err_clear(&w.rig.err);
	work_done(&w);
}
END_TEST

static const char *const key_chips[] = { "esp32c5", "esp32p4", "esp32s31" };

START_TEST(key_managers_info)
{
	const struct sim_opts sim = { .chip = key_chips[_i],
				      .locks.encryption = SIM_ENCRYPTION_KEY_MANAGER };
	struct work w;

	work_start(&w, &sim, false);
	ck_fails(check_write(&w, 0x1000, "\1\2\3\4", 4), &w.rig.err, EF_E_UNSUPP, "key manager");
	ck_ok(check_write(&w, 0x2000, "\1\2\3\4", 4), &w.rig.err);
	work_done(&w);
}
END_TEST

START_TEST(secure_boot_v1)
{
	const struct sim_opts v1 = { .chip = "esp32",
				     .revision = 100,
				     .locks.secure_boot_v1 = true };
	const struct sim_opts v2 = { .chip = "esp32", .revision = 300, .secure_boot = true };
	struct work w;

	work_start(&w, &v1, true);
	ck_fails(check_write(&w, 0x7000, "\1\2\3\4", 4), &w.rig.err, EF_E_UNSUPP, "secure boot V1");
	ck_fails(check_erase(&w, 0, 0), &w.rig.err, EF_E_UNSUPP, "secure boot");
	ck_ok(check_write(&w, 0x100000, "\1\2\3\4", 4), &w.rig.err);
	work_done(&w);
	work_start(&w, &v2, true);
	ck_ok(check_write(&w, 0x7000, "\1\2\3\4", 4), &w.rig.err);
	ck_fails(check_erase(&w, 0, 0), &w.rig.err, EF_E_UNSUPP, "secure boot");
	ef_err_clear(&w.rig.err);
	work_done(&w);
}
END_TEST

/* ---- above 16 MiB ---- */

static bool take(void *user, const uint8_t *data, size_t len, struct ef_err *err)
{
	(void)err;
	memcpy(user, data, len);
	return true;
}

/* esptool read_flash: "not (IS_STUB and CHIP_NAME in [...])"; esp-stub-lib's soc_caps.h. */
static bool reaches(const char *chip, bool no_stub)
{
	return !no_stub && strstr(" esp32s3 esp32p4 esp32c5 esp32c61 esp32s31 ", chip) &&
	       strcmp(chip, "esp32") != 0 && strcmp(chip, "esp32c6") != 0;
}

static void try_reach(const char *chip, bool no_stub)
{
	const struct sim_opts sim = { .chip = chip, .flash_size = 32u << 20 };
	const struct ef_region r = { (16u << 20) + 0x1000, (const uint8_t *)"above", 5, "x" };
	const struct ef_write_opts opts = { 0 };
	uint8_t got[5], md5[16];
	struct work w;

	work_start(&w, &sim, no_stub);
	ck_assert_uint_eq(rig_device(&w.rig)->flash_size, 32u << 20);
	if (reaches(chip, no_stub)) {
		ck_ok(plain_write(w.rig.f, &r, 1, &opts, NULL, &w.rig.err), &w.rig.err);
		ck_ok(ef_flasher_read(w.rig.f, r.addr, 5, take, got, &w.rig.err), &w.rig.err);
		ck_assert_mem_eq(got, "above", 5);
		ck_ok(plain_erase_region(w.rig.f, 16u << 20, 0x1000, "x", &w.rig.err), &w.rig.err);
	} else {
		ck_fails(plain_write(w.rig.f, &r, 1, &opts, NULL, &w.rig.err), &w.rig.err,
			 EF_E_UNSUPP, "can address only 16 MiB");
		ck_fails(ef_flasher_read(w.rig.f, r.addr, 5, take, got, &w.rig.err), &w.rig.err,
			 EF_E_UNSUPP, "can address");
		ck_fails(ef_flasher_md5(w.rig.f, r.addr, 5, md5, &w.rig.err), &w.rig.err,
			 EF_E_UNSUPP, "can address");
		ck_fails(plain_erase_region(w.rig.f, 0xfff000, 0x2000, "x", &w.rig.err), &w.rig.err,
			 EF_E_UNSUPP, "can address only 16 MiB");
		ef_err_clear(&w.rig.err);
	}
	/* nothing at the bottom, where addresses would wrap to, has changed */
	ck_assert_mem_eq(sim_flash(w.rig.sim, NULL), w.before, WORK_FLASH);
	work_done(&w);
}

/* A plan that brings its table, or that erases everything, doesn't ask for the chip's. */
START_TEST(table_that_is_not_needed)
{
	static const struct ef_partition_table theirs = { .count = 0 };
	const struct ef_plan_region r = { .region = { 0x10000, (const uint8_t *)table, 32, "x" } };
	const struct ef_plan_erase e = { .is_whole = true };
	const struct ef_plan plans[] = {
		{ .regions = &r, .region_count = 1, .table = &theirs },
		{ .erases = &e, .erase_count = 1 },
		{ .regions = &r, .region_count = 1 },
	};
	const struct sim_opts sim = { .chip = "esp32c3" };
	struct work w;

	work_start(&w, &sim, false);
	ck_ok(check_plan(&w, &plans[_i]), &w.rig.err);
	ck_assert_uint_eq(sim_requests(w.rig.sim, EF_OP_READ_FLASH), _i == 2);
	work_done(&w);
}
END_TEST

/* The program's own table: compared by MD5 with the chip's, and read only if it differs. */
START_TEST(own_table_and_the_chips)
{
	static const char csv[] = "nvs,data,nvs,0x9000,0x6000\nfactory,app,factory,0x10000,1M\n";
	const struct sim_opts sim = { .chip = "esp32c3" };
	static uint8_t bin[EF_PARTITION_TABLE_SIZE], theirs[EF_PARTITION_TABLE_SIZE];
	const struct ef_plan_region r = { .region = { 0x8000, bin, sizeof(bin), "t" },
					  .role = EF_ROLE_TABLE };
	const struct ef_plan plan = { .regions = &r, .region_count = 1 };
	static struct ef_findings found;
	const struct ef_checked *checked = NULL;
	struct ef_partition_table t;
	struct work w;

	work_start(&w, &sim, false);
	ck_ok(ef_partition_parse((const uint8_t *)csv, sizeof(csv) - 1,
				 &(struct ef_partition_opts){ 0 }, &t, &w.rig.err),
	      &w.rig.err);
	ck_ok(ef_partition_to_binary(&t, bin, &w.rig.err), &w.rig.err);
	t.part[0].subtype = EF_PART_DATA_COREDUMP;
	ck_ok(ef_partition_to_binary(&t, theirs, &w.rig.err), &w.rig.err);
	memcpy(sim_flash_mut(w.rig.sim) + 0x8000, _i ? theirs : bin, sizeof(bin));
	ck_ok(ef_flasher_check(w.rig.f, &plan, false, &found, &checked, &w.rig.err), &w.rig.err);
	ck_assert_uint_eq(found.count, (unsigned)_i);
	if (_i)
		ck_assert_str_eq(ef_finding_name(found.v[0].id), "TABLE_REPLACED");
	ck_assert_uint_eq(sim_requests(w.rig.sim, EF_OP_READ_FLASH), (unsigned)_i);
	/* the read is silent, and what comes after it is not */
	ck_assert_uint_eq(w.finished[EF_STAGE_READ], 0);
	ck_ok(ef_flasher_finish(w.rig.f, EF_AFTER_NO_RESET_NO_STUB, &w.rig.err), &w.rig.err);
	rig_says(&w.rig, "info: Staying in flasher stub");
	work_done(&w);
}
END_TEST

/* Only the rows that are there are read, all of them: a table of 0 to 40 on the chip is replaced.
 */
START_TEST(rows_of_the_table)
{
	const struct sim_opts sim = { .chip = "esp32c3" };
	static uint8_t bin[EF_PARTITION_TABLE_SIZE];
	const struct ef_plan_region r = { .region = { 0x8000, bin, sizeof(bin), "t" },
					  .role = EF_ROLE_TABLE };
	const struct ef_plan plan = { .regions = &r, .region_count = 1 };
	static struct ef_findings found;
	static struct ef_partition_table t;
	const struct ef_checked *checked = NULL;
	struct work w;

	work_start(&w, &sim, false);
	t = (struct ef_partition_table){ .count = (size_t)_i };
	for (size_t i = 0; i < t.count; i++)
		t.part[i] = (struct ef_partition){ .type = EF_PART_DATA,
						   .subtype = EF_PART_DATA_NVS,
						   .offset = 0x10000 + (uint32_t)i * 0x1000,
						   .size = 0x1000 };
	for (size_t i = 0; i < t.count; i++)
		(void)snprintf(t.part[i].name, sizeof(t.part[i].name), "p%u", (unsigned)i % 100);
	ck_ok(ef_partition_to_binary(&t, sim_flash_mut(w.rig.sim) + 0x8000, &w.rig.err),
	      &w.rig.err);
	/* ours differs in the last row alone */
	if (t.count)
		t.part[t.count - 1].subtype = EF_PART_DATA_COREDUMP;
	else
		t.part[t.count++] = (struct ef_partition){
			.name = "p", .type = EF_PART_DATA, .offset = 0x10000, .size = 0x1000
		};
	ck_ok(ef_partition_to_binary(&t, bin, &w.rig.err), &w.rig.err);
	ck_ok(ef_flasher_check(w.rig.f, &plan, false, &found, &checked, &w.rig.err), &w.rig.err);
	ck_assert_uint_eq(found.count, _i ? 1 : 0);
	ck_assert_uint_eq(sim_requests(w.rig.sim, EF_OP_READ_FLASH), _i < 16 ? 1 : 2);
	work_done(&w);
}
END_TEST

/* --force overcomes what the gate finds, but no address can reach what wraps. */
START_TEST(force_and_the_reach)
{
	const struct sim_opts sim = { .chip = "esp32c3", .flash_size = 32u << 20 };
	const struct ef_plan_erase above = { .addr = 16u << 20, .len = 0x1000 };
	const struct ef_plan_region text = { .region = { 0, (const uint8_t *)"text", 4, "x" } };
	const struct ef_plan erase = { .erases = &above, .erase_count = 1 };
	const struct ef_plan write = { .regions = &text, .region_count = 1 };
	const struct ef_checked *checked = NULL;
	struct work w;

	work_start(&w, &sim, true);
	ck_fails(ef_flasher_check(w.rig.f, &write, false, NULL, &checked, &w.rig.err), &w.rig.err,
		 EF_E_INPUT, "is text");
	ef_err_clear(&w.rig.err);
	ck_ok(ef_flasher_check(w.rig.f, &write, true, NULL, &checked, &w.rig.err), &w.rig.err);
	ck_fails(ef_flasher_check(w.rig.f, &erase, true, NULL, &checked, &w.rig.err), &w.rig.err,
		 EF_E_UNSUPP, "can address only 16 MiB");
	ef_err_clear(&w.rig.err);
	work_done(&w);
}
END_TEST

/* A flash of 16 MiB has nothing above: what passes its end is an error of another kind. */
START_TEST(flash_that_ends_at_the_reach)
{
	const struct sim_opts sim = { .chip = "esp32c3", .flash_size = 16u << 20 };
	struct work w;

	work_start(&w, &sim, true);
	ck_ok(check_erase(&w, 0xfff000, 0x2000), &w.rig.err);
	ck_fails(plain_erase_region(w.rig.f, 0xfff000, 0x2000, "x", &w.rig.err), &w.rig.err,
		 EF_E_INPUT, "pass the end of the flash at 0x01000000");
	ef_err_clear(&w.rig.err);
	work_done(&w);
}
END_TEST

static bool write_fails(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
			struct ef_err *err)
{
	(void)port;
	(void)data;
	(void)len;
	(void)deadline_us;
	return ef_fail(err, EF_E_INTR, "interrupted");
}

/* A check that can't be made has found nothing, whatever the caller's list held before. */
START_TEST(check_that_fails_finds_nothing)
{
	const struct sim_opts sim = { .chip = "esp32c3",
				      .locks.encryption = SIM_ENCRYPTION_DEVELOPMENT };
	const struct ef_plan_region text = { .region = { 0, (const uint8_t *)"text", 4, "x" } };
	const struct ef_plan write = { .regions = &text, .region_count = 1 };
	static struct ef_findings found = { .count = 3, .left_out = 2 };
	const struct ef_checked *checked = NULL;
	struct work w;

	work_start(&w, &sim, true);
	tap_open(w.rig.port)->write = write_fails;
	ck_fails(ef_flasher_check(w.rig.f, &write, true, &found, &checked, &w.rig.err), &w.rig.err,
		 EF_E_INTR, "");
	tap_close(w.rig.port);
	ck_assert_uint_eq(found.count, 0);
	ck_assert_uint_eq(found.left_out, 0);
	ck_assert_ptr_null(checked);
	ef_err_clear(&w.rig.err);
	work_done(&w);
}
END_TEST

START_TEST(above_16_mib)
{
	try_reach(rig_chips[_i], false);
	try_reach(rig_chips[_i], true);
}
END_TEST

Suite *suite_gate(void);
Suite *suite_gate(void)
{
	Suite *s = suite_create("gate");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, open_chips, 0, RIG_CHIPS);
	tcase_add_loop_test(t, locked_chips, 0, RIG_CHIPS);
	tcase_add_loop_test(t, locked_in_secure_download_mode, 0, RIG_CHIPS);
	tcase_add_loop_test(t, key_managers_info, 0, 3);
	tcase_add_test(t, secure_boot_v1);
	tcase_add_loop_test(t, table_that_is_not_needed, 0, 3);
	tcase_add_loop_test(t, own_table_and_the_chips, 0, 2);
	tcase_add_loop_test(t, rows_of_the_table, 0, 41);
	tcase_add_test(t, force_and_the_reach);
	tcase_add_test(t, flash_that_ends_at_the_reach);
	tcase_add_test(t, check_that_fails_finds_nothing);
	tcase_add_loop_test(t, above_16_mib, 0, RIG_CHIPS);
	suite_add_tcase(s, t);
	return s;
}
