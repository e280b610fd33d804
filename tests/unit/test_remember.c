/* SPDX-License-Identifier: MIT */
/* What is remembered of devices, and esptool's configuration file where esptool looks for it. */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ck_ef.h"
#include "cli/config/esptool_cfg.h"
#include "cli/config/remember.h"

static char folder[64];

static void make_folder(void)
{
	(void)snprintf(folder, sizeof(folder), "/tmp/ef-remember-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chdir(folder), 0);
}

static int drop_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

static void drop_folder(void)
{
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(nftw(folder, drop_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

static void make_home(void)
{
	ck_assert_int_eq(
		mkdir("h", 0700) | mkdir("h/.config", 0700) | mkdir("h/.config/esptool", 0700), 0);
}

static struct ef_port_info device(const char *serial)
{
	struct ef_port_info info = { .vid = 0x10c4, .pid = 0xea60 };

	(void)snprintf(info.serial, sizeof(info.serial), "%s", serial);
	return info;
}

static void write_file(const char *name, const char *text)
{
	FILE *f = fopen(name, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs(text, f), 0);
	ck_assert_int_eq(fclose(f), 0);
}

static void get(const char *path, const struct ef_port_info *port, char ret[24])
{
	struct remembered what;

	remember_get(path, port, &what);
	memcpy(ret, what.strategy, sizeof(what.strategy));
}

static bool put(const char *path, const struct ef_port_info *port, const char *strategy,
		struct ef_err *err)
{
	struct remembered what = { .rate_hz = 0 };

	(void)snprintf(what.strategy, sizeof(what.strategy), "%s", strategy);
	return remember_put(path, port, &what, err);
}

static uint32_t rate(const char *path, const struct ef_port_info *port)
{
	struct remembered what;

	remember_get(path, port, &what);
	return what.rate_hz;
}

START_TEST(remembers_by_serial_number)
{
	const struct ef_port_info a = device("0001"), b = device("0002"), none = device("");
	struct ef_err err = EF_ERR_INIT;
	char path[128], got[24];

	ck_assert(remember_path(path, sizeof(path), NULL, folder));
	get(path, &a, got);
	ck_assert_str_eq(got, "");
	ck_ok(put(path, &a, "unix-tight-long", &err), &err);
	ck_ok(put(path, &b, "classic", &err), &err);
	ck_ok(put(path, &none, "classic-long", &err), &err);
	get(path, &a, got);
	ck_assert_str_eq(got, "unix-tight-long");
	ck_ok(put(path, &a, "classic-extra", &err), &err);
	get(path, &a, got);
	ck_assert_str_eq(got, "classic-extra");
	get(path, &b, got);
	ck_assert_str_eq(got, "classic");
	get(path, &none, got);
	ck_assert_str_eq(got, "");
}
END_TEST

/* Sequence and rate are learned at different times, and a file of an older version has no rate. */
START_TEST(rate_and_sequence_do_not_disturb_each_other)
{
	const struct ef_port_info a = device("0001"), b = device("0002");
	const struct remembered fast = { .rate_hz = 921600 };
	struct ef_err err = EF_ERR_INIT;
	char path[128], got[24];

	ck_assert(remember_path(path, sizeof(path), folder, NULL));
	write_file(path, "10c4:ea60:0001 classic\n");
	ck_assert_uint_eq(rate(path, &a), 0);
	ck_ok(remember_put(path, &a, &fast, &err), &err);
	ck_ok(remember_put(path, &b, &fast, &err), &err);
	ck_assert_uint_eq(rate(path, &a), 921600);
	ck_assert_uint_eq(rate(path, &b), 921600);
	get(path, &a, got);
	ck_assert_str_eq(got, "classic");
	get(path, &b, got);
	ck_assert_str_eq(got, "");
	ck_ok(put(path, &b, "classic-long", &err), &err);
	get(path, &b, got);
	ck_assert_str_eq(got, "classic-long");
	ck_assert_uint_eq(rate(path, &b), 921600);
}
END_TEST

START_TEST(damaged_rate_counts_as_unknown)
{
	static const char *const texts[] = {
		"10c4:ea60:0001 classic 9216\n",
		"10c4:ea60:0001 classic 99999999\n",
		"10c4:ea60:0001 classic x\n",
		"10c4:ea60:0001 classic \n",
		"10c4:ea60:0001 classic 921600 x\n",
		"10c4:ea60:0001 classic 921600 1 1\n",
		"10c4:ea60:0001 classic 921600 99999\n",
		"10c4:ea60:0001 classic 00000000000000921600\n",
	};
	const struct ef_port_info a = device("0001");
	char path[128], got[24];

	ck_assert(remember_path(path, sizeof(path), folder, NULL));
	write_file(path, texts[_i]);
	ck_assert_uint_eq(rate(path, &a), 0);
	get(path, &a, got);
	ck_assert_str_eq(got, "classic");
}
END_TEST

START_TEST(file_does_not_grow_without_bound)
{
	struct ef_err err = EF_ERR_INIT;
	struct stat st;
	char path[128], got[24];

	ck_assert(remember_path(path, sizeof(path), folder, NULL));
	for (int i = 0; i < 300; i++) {
		char serial[16];
		struct ef_port_info info;

		(void)snprintf(serial, sizeof(serial), "%04d", i);
		info = device(serial);
		ck_ok(put(path, &info, "classic", &err), &err);
	}
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_size, 200 * (15 + 8)); /* "10c4:ea60:0000 classic\n" */
	get(path, &(struct ef_port_info){ .vid = 0x10c4, .pid = 0xea60, .serial = "0299" }, got);
	ck_assert_str_eq(got, "classic");
}
END_TEST

START_TEST(what_is_damaged_counts_as_unknown)
{
	static const char *const texts[] = { "10c4:ea60:0001 nonsense\n", "10c4:ea60:0001 \n",
					     "\n\n\xff\xfe",
					     "10c4:ea60:0001 unix-tight-long-long-long-x\n" };
	const struct ef_port_info a = device("0001");
	struct ef_err err = EF_ERR_INIT;
	char path[128], got[24];

	ck_assert(remember_path(path, sizeof(path), folder, NULL));
	write_file(path, texts[_i]);
	get(path, &a, got);
	ck_assert_str_eq(got, "");
	ck_ok(put(path, &a, "classic", &err), &err);
	get(path, &a, got);
	ck_assert_str_eq(got, "classic");
}
END_TEST

START_TEST(pipe_is_not_waited_for)
{
	const struct ef_port_info a = device("0001");
	struct ef_err err = EF_ERR_INIT;
	char known[24] = "x";

	ck_assert_int_eq(mkfifo("f", 0600), 0);
	get("f", &a, known);
	ck_assert_str_eq(known, "");
	ck_ok(put("f", &a, "classic", &err), &err);
}
END_TEST

START_TEST(no_home_no_file)
{
	char path[128];

	ck_assert(!remember_path(path, sizeof(path), "relative", NULL));
	ck_assert(!remember_path(path, sizeof(path), NULL, ""));
	ck_assert(!remember_path(path, 10, folder, NULL));
}
END_TEST

/* ---- esptool.cfg ---- */

#define SAMPLE "# esptool.cfg\n[esptool]\nchip_erase_timeout = 140\n"

START_TEST(esptool_cfg_is_read_unchanged)
{
	static const struct {
		const char *file, *text, *want;
	} cases[] = {
		{ "esptool.cfg", SAMPLE "custom_reset_sequence = D0|R1|W1.3|D1|R0|W0.5|D0\n",
		  "D0|R1|W1.3|D1|R0|W0.5|D0" },
		{ "setup.cfg",
		  "[other]\ncustom_reset_sequence = no\n[esptool]\r\n"
		  "custom_reset_sequence: U0,1|W0.1\r\n",
		  "U0,1|W0.1" },
		{ "tox.ini", "[esptool]\n;custom_reset_sequence = D0\ncustom_reset_sequence=R1",
		  "R1" },
		{ "esptool.cfg", "[esptool]\nCustom_Reset_Sequence = D1|W0.1\n", "D1|W0.1" },
		{ "esptool.cfg", "[ESPTOOL]\ncustom_reset_sequence = D1\n", "" },
		{ "esptool.cfg", SAMPLE, "" },
		{ "esptool.cfg", "custom_reset_sequence = D0\n", "" },
		{ "h/.config/esptool/esptool.cfg", "[esptool]\ncustom_reset_sequence = D1\n",
		  "D1" },
		{ "h/setup.cfg", "[esptool]\ncustom_reset_sequence = D0|D1\n", "D0|D1" },
	};
	const struct esptool_cfg_query query = { NULL, NULL, "h", NULL };
	char got[64], path[256];

	make_home();
	write_file(cases[_i].file, cases[_i].text);
	esptool_cfg_sequence(&query, got, sizeof(got), path, sizeof(path));
	ck_assert_str_eq(got, cases[_i].want);
	if (*got)
		ck_assert_str_eq(path, cases[_i].file);
}
END_TEST

/* The first file with an [esptool] section is used, whatever it contains. */
START_TEST(esptool_cfg_has_an_order)
{
	struct esptool_cfg_query query = { NULL, NULL, "h", NULL };
	char got[64], path[256];

	make_home();
	write_file("own.cfg", "[esptool]\ncustom_reset_sequence = W1\n");
	write_file("h/.config/esptool/esptool.cfg", "[esptool]\ncustom_reset_sequence = W3\n");
	write_file("h/esptool.cfg", "[esptool]\ncustom_reset_sequence = W4\n");
	esptool_cfg_sequence(&query, got, sizeof(got), path, sizeof(path));
	ck_assert_str_eq(got, "W3");
	write_file("setup.cfg", "[esptool]\n");
	esptool_cfg_sequence(&query, got, sizeof(got), path, sizeof(path));
	ck_assert_str_eq(got, "");
	query.cfgfile = "own.cfg";
	esptool_cfg_sequence(&query, got, sizeof(got), path, sizeof(path));
	ck_assert_str_eq(got, "W1");
	query.cfgfile = "missing.cfg";
	esptool_cfg_sequence(&query, got, sizeof(got), path, sizeof(path));
	ck_assert_str_eq(got, "");
}
END_TEST

Suite *suite_remember(void);
Suite *suite_remember(void)
{
	Suite *s = suite_create("remember");
	TCase *t = tcase_create("devices");

	tcase_add_checked_fixture(t, make_folder, drop_folder);
	tcase_add_test(t, remembers_by_serial_number);
	tcase_add_test(t, rate_and_sequence_do_not_disturb_each_other);
	tcase_add_loop_test(t, damaged_rate_counts_as_unknown, 0, 8);
	tcase_add_test(t, file_does_not_grow_without_bound);
	tcase_add_loop_test(t, what_is_damaged_counts_as_unknown, 0, 4);
	tcase_add_test(t, pipe_is_not_waited_for);
	tcase_add_test(t, no_home_no_file);
	tcase_add_loop_test(t, esptool_cfg_is_read_unchanged, 0, 9);
	tcase_add_test(t, esptool_cfg_has_an_order);
	suite_add_tcase(s, t);
	return s;
}
