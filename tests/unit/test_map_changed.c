/* SPDX-License-Identifier: MIT */
/* A mapped file that another program changes before what was read of it is called good. */
#define _GNU_SOURCE
#include "ck_ef.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"

#define LEN 5000u /* its second page is not whole */

static struct ef_map map;
static char name[] = "/tmp/espflash-changed-XXXXXX";

static void map_one(void)
{
	static uint8_t data[LEN];
	struct ef_err err = EF_ERR_INIT;
	const struct timespec old[2] = { { 1000000000, 5 }, { 1000000000, 5 } };
	int fd = mkstemp(name);

	ck_assert_int_ge(fd, 0);
	close(fd);
	memset(data, 'x', LEN);
	ck_ok(ef_file_write(name, data, LEN, &err), &err);
	/* so that a change has another time, even on a system whose clock is coarse */
	ck_assert_int_eq(utimensat(AT_FDCWD, name, old, 0), 0);
	ck_ok(ef_map_open(&map, name, LEN, &err), &err);
	ck_ok(ef_map_check(&err), &err);
}

static void overwrite(const char *text)
{
	int fd = open(name, O_WRONLY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pwrite(fd, text, strlen(text), 100), (ssize_t)strlen(text));
	close(fd);
}

static void check_says(const char *words)
{
	struct ef_err err = EF_ERR_INIT;

	ck_fails(ef_map_check(&err), &err, EF_E_IO, words);
	ef_err_clear(&err);
	ef_map_release(&map);
	ck_fails(ef_map_check(&err), &err, EF_E_IO, words);
	ck_assert_int_eq(unlink(name), 0);
}

START_TEST(a_file_that_is_cut_within_its_last_page)
{
	map_one();
	ck_assert_int_eq(truncate(name, LEN - 1), 0);
	check_says("cut a file short");
}
END_TEST

START_TEST(a_file_that_is_written_over)
{
	map_one();
	overwrite("y");
	check_says("changed a file");
}
END_TEST

START_TEST(a_file_that_is_cut_and_written_again)
{
	map_one();
	ck_assert_int_eq(truncate(name, 0), 0);
	ck_assert_int_eq(truncate(name, LEN), 0);
	check_says("changed a file");
}
END_TEST

START_TEST(a_file_that_was_changed_when_it_was_released)
{
	struct ef_err err = EF_ERR_INIT;

	map_one();
	overwrite("y");
	ef_map_release(&map);
	ck_fails(ef_map_check(&err), &err, EF_E_IO, "changed a file");
	ck_assert_int_eq(unlink(name), 0);
}
END_TEST

/* A build ends with a new file of the same name, or with another name for the old one. */
START_TEST(another_file_of_its_name_is_no_change)
{
	static char aside[] = "/tmp/espflash-changed-XXXXXX.o";
	struct ef_err err = EF_ERR_INIT;

	map_one();
	memcpy(aside, name, strlen(name));
	ck_assert_int_eq(rename(name, aside), 0);
	ck_ok(ef_file_write(name, "new", 3, &err), &err);
	ck_assert_int_eq(unlink(aside), 0);
	ck_ok(ef_map_check(&err), &err);
	ef_map_release(&map);
	ck_ok(ef_map_check(&err), &err);
	ck_assert_int_eq(unlink(name), 0);
}
END_TEST

START_TEST(changes_after_the_use_do_not_matter)
{
	struct ef_err err = EF_ERR_INIT;

	map_one();
	ck_ok(ef_map_used(&err), &err);
	ck_assert_int_eq(truncate(name, 1), 0);
	ck_ok(ef_map_check(&err), &err);
	ef_map_release(&map);
	ck_ok(ef_map_check(&err), &err);
	ck_assert_int_eq(unlink(name), 0);
}
END_TEST

Suite *suite_map_changed(void);
Suite *suite_map_changed(void)
{
	Suite *s = suite_create("map_changed");
	TCase *t = tcase_create("map_changed");

	tcase_add_test(t, a_file_that_is_cut_within_its_last_page);
	tcase_add_test(t, a_file_that_is_written_over);
	tcase_add_test(t, a_file_that_is_cut_and_written_again);
	tcase_add_test(t, a_file_that_was_changed_when_it_was_released);
	tcase_add_test(t, another_file_of_its_name_is_no_change);
	tcase_add_test(t, changes_after_the_use_do_not_matter);
	suite_add_tcase(s, t);
	return s;
}
