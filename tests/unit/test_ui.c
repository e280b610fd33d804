/* SPDX-License-Identifier: MIT */
/*
 * The output for people and programs: numbers, log lines, progress, errors, JSON, the board
 * block.
 */
#include <cjson/cJSON.h>
#include <stdio.h>

#include "base/text.h"
#include "ck_ef.h"
#include "cli/board/device.h"
#include "cli/table/commands.h"
#include "cli/ui/json_out.h"
#include "cli/ui/ui.h"

static struct cli cli;
static char *out_text, *err_text;
static size_t out_len, err_len;
static struct ef_err err;

static void setup(void)
{
	memset(&cli, 0, sizeof(cli));
	ef_err_clear(&err);
	cli.program = &cli_program;
	cli.command = "board-info";
	cli.out = open_memstream(&out_text, &out_len);
	cli.err = open_memstream(&err_text, &err_len);
	ck_assert(cli.out && cli.err);
}

static void teardown(void)
{
	fclose(cli.out);
	fclose(cli.err);
	free(out_text);
	free(err_text);
}

static const char *out(void)
{
	fflush(cli.out);
	return out_text;
}

static const char *shown(void)
{
	fflush(cli.err);
	return err_text;
}

static size_t count(const char *text, const char *part)
{
	size_t n = 0;

	for (; (text = strstr(text, part)); text += strlen(part))
		n++;
	return n;
}

START_TEST(numbers_have_commas)
{
	static const struct {
		uint64_t value;
		const char *text;
	} cases[] = { { 0, "0" }, { 999, "999" }, { 1000, "1,000" }, { 72624, "72,624" },
		      { 4128768, "4,128,768" },
		      { UINT64_MAX, "18,446,744,073,709,551,615" } };
	char text[EF_NUMBER_SIZE];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ef_number(text, cases[i].value);
		ck_assert_str_eq(text, cases[i].text);
	}
}
END_TEST

/* env_logger's shape: "[2026-01-31T12:00:00Z INFO ] text" */
START_TEST(log_shape)
{
	const char *text;

	ui_log(&cli, EF_LOG_INFO, "Flashing has %s!", "completed");
	ui_log(&cli, EF_LOG_WARN, "a\nb\x1b[31m");
	text = shown();
	ck_assert_uint_eq(strcspn(text, "T"), 11);
	ck_assert_int_eq(text[0], '[');
	ck_assert_int_eq(strncmp(text + 20, "Z INFO ] Flashing has completed!\n", 33), 0);
	ck_assert_ptr_nonnull(strstr(text, "Z WARN ] a?b?[31m\n"));
}
END_TEST

START_TEST(quiet_keeps_warnings)
{
	cli.global.quiet = true;
	ui_log(&cli, EF_LOG_INFO, "info");
	ui_log(&cli, EF_LOG_WARN, "warning");
	ck_assert_ptr_null(strstr(shown(), "info"));
	ck_assert_ptr_nonnull(strstr(shown(), "warning"));
}
END_TEST

static void write_region(enum ef_event_kind end)
{
	struct ef_event e = { .kind = EF_EVENT_PROGRESS, .stage = EF_STAGE_WRITE, .label = "app",
			      .addr = 0x10000, .total = 1000, .text = "" };

	for (e.done = 0; e.done <= 1000; e.done += 8)
		ui_event(&cli, &e);
	e.kind = end;
	ui_event(&cli, &e);
}

START_TEST(progress_lines)
{
	cli.progress.kind = PROGRESS_LINES;
	write_region(EF_EVENT_VERIFIED);
	ck_assert_uint_eq(count(shown(), "writing"), 9);
	ck_assert_uint_eq(count(shown(), "app at 0x00010000: writing 50 %\n"), 1);
	ck_assert_uint_eq(count(shown(), "written and verified"), 1);
	ck_assert_uint_eq(count(shown(), "\r"), 0);
}
END_TEST

START_TEST(progress_bar)
{
	cli.progress.kind = PROGRESS_BAR;
	write_region(EF_EVENT_VERIFIED);
	ck_assert_uint_ge(count(shown(), "\r"), 50);
	ck_assert_uint_eq(count(shown(), "\n"), 1);
	ck_assert_ptr_nonnull(strstr(shown(), "[========================================]    "
					      "1000/1000    0x10000"));
	ck_assert_ptr_nonnull(strstr(shown(), "0x10000    app OK!\n"));
}
END_TEST

START_TEST(progress_none)
{
	cli.progress.kind = PROGRESS_NONE;
	write_region(EF_EVENT_WRITTEN);
	ck_assert_str_eq(shown(), "");
}
END_TEST

/* A log line does not land in the middle of a bar. */
START_TEST(bar_gives_way)
{
	struct ef_event e = { .kind = EF_EVENT_PROGRESS, .stage = EF_STAGE_READ, .label = "",
			      .total = 10, .text = "" };

	cli.progress.kind = PROGRESS_BAR;
	ui_event(&cli, &e);
	ui_log(&cli, EF_LOG_WARN, "careful");
	ck_assert_ptr_nonnull(strstr(shown(), "\n["));
	ck_assert(!cli.progress.is_open);
}
END_TEST

START_TEST(skipped_is_its_own_line)
{
	struct ef_event e = { .kind = EF_EVENT_SKIPPED, .stage = EF_STAGE_WRITE,
			      .label = "bootloader", .total = 10, .text = "" };

	cli.progress.kind = PROGRESS_BAR;
	write_region(EF_EVENT_VERIFIED);
	ui_event(&cli, &e);
	ck_assert_uint_eq(count(shown(), "Skipped!\n"), 1);
	ck_assert_uint_eq(count(shown(), "\n"), 2);
}
END_TEST

/* An empty region ends at total without dividing by it. */
START_TEST(progress_of_nothing)
{
	struct ef_event e = { .kind = EF_EVENT_PROGRESS, .stage = EF_STAGE_ERASE, .label = "x",
			      .text = "" };

	for (int kind = PROGRESS_BAR; kind <= PROGRESS_NONE; kind++) {
		cli.progress = (struct progress){ .kind = (enum progress_kind)kind };
		ui_event(&cli, &e);
	}
}
END_TEST

START_TEST(error_for_people)
{
	ef_fail(&err, EF_E_TIMEOUT, "no reply");
	ef_hint_own(&err, "press RESET");
	ui_error(&cli, &err);
	ck_assert_str_eq(shown(), "espflash-c: error: no reply\n  hint: press RESET\n");
	ck_assert_str_eq(out(), "");
}
END_TEST

START_TEST(error_as_json)
{
	cJSON *root, *error;

	cli.is_json = true;
	ef_fail(&err, EF_E_VERIFY, "flash \"differs\"");
	ui_error(&cli, &err);
	ck_assert_str_eq(shown(), "");
	root = cJSON_Parse(out());
	ck_assert_ptr_nonnull(root);
	error = cJSON_GetObjectItem(root, "error");
	ck_assert_int_eq(cJSON_GetObjectItem(root, "schema")->valueint, JSON_SCHEMA);
	ck_assert_str_eq(cJSON_GetObjectItem(error, "code")->valuestring, "VERIFY");
	ck_assert_int_eq(cJSON_GetObjectItem(error, "exit_status")->valueint, 7);
	ck_assert_str_eq(cJSON_GetObjectItem(error, "message")->valuestring, "flash \"differs\"");
	ck_assert(cJSON_IsNull(cJSON_GetObjectItem(error, "hint")));
	cJSON_Delete(root);
}
END_TEST

static void fill_device(struct ef_device *dev)
{
	memset(dev, 0, sizeof(*dev));
	dev->chip = ef_chip_by_name("esp32c3");
	dev->has_revision = dev->has_mac = dev->has_features = dev->has_security = true;
	dev->revision = 4;
	dev->xtal_mhz = 40;
	memcpy(dev->mac, "\x60\x55\xf9\x00\x01\x02", 6);
	memcpy(dev->features.text, "WiFi, BLE", sizeof("WiFi, BLE"));
	dev->flash_size = 4u << 20;
	dev->security.crypt_cnt = 7;
	dev->security.has_chip_id = true;
	dev->security.chip_id = 5;
}

/* espflash's block, label by label. */
START_TEST(board_block)
{
	struct ef_device dev;

	fill_device(&dev);
	device_print(cli.out, &dev, dev.flash_size);
	ck_assert_str_eq(out(), "Chip type:         esp32c3 (revision v0.4)\n"
				"Crystal frequency: 40 MHz\n"
				"Flash size:        4MB\n"
				"Features:          WiFi, BLE\n"
				"MAC address:       60:55:f9:00:01:02\n");
}
END_TEST

START_TEST(board_block_secure_download)
{
	struct ef_device dev;

	fill_device(&dev);
	dev.has_revision = dev.has_mac = dev.has_features = false;
	dev.xtal_mhz = 0;
	device_print(cli.out, &dev, 0);
	ck_assert_str_eq(out(), "Chip type:         esp32c3\nFlash size:        unknown\n");
}
END_TEST

START_TEST(board_json)
{
	struct json_out *j = json_new("board-info");
	struct ef_device dev;
	cJSON *root, *security;

	fill_device(&dev);
	device_json(j, &dev);
	ck_ok(json_print(j, cli.out, &err), &err);
	root = cJSON_Parse(out());
	ck_assert_ptr_nonnull(root);
	ck_assert_str_eq(cJSON_GetObjectItem(root, "revision")->valuestring, "0.4");
	ck_assert_int_eq(cJSON_GetArraySize(cJSON_GetObjectItem(root, "features")), 2);
	ck_assert_str_eq(cJSON_GetArrayItem(cJSON_GetObjectItem(root, "features"), 1)->valuestring,
			 "BLE");
	security = cJSON_GetObjectItem(root, "security");
	ck_assert(cJSON_IsTrue(cJSON_GetObjectItem(security, "flash_encryption")));
	ck_assert(cJSON_IsFalse(cJSON_GetObjectItem(security, "secure_boot")));
	cJSON_Delete(root);
}
END_TEST

/* Too deep a nesting is an error, not a crash. */
START_TEST(json_depth)
{
	struct json_out *j = json_new("x");

	for (int i = 0; i < 20; i++)
		json_begin_array(j, i ? NULL : "a");
	json_text(j, NULL, "t");
	for (int i = 0; i < 30; i++)
		json_end(j);
	ck_fails(json_print(j, cli.out, &err), &err, EF_E_IO, "JSON");
}
END_TEST

Suite *suite_ui(void);
Suite *suite_ui(void)
{
	Suite *s = suite_create("ui");
	TCase *t = tcase_create("ui");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, numbers_have_commas);
	tcase_add_test(t, log_shape);
	tcase_add_test(t, quiet_keeps_warnings);
	tcase_add_test(t, progress_lines);
	tcase_add_test(t, progress_bar);
	tcase_add_test(t, progress_none);
	tcase_add_test(t, bar_gives_way);
	tcase_add_test(t, skipped_is_its_own_line);
	tcase_add_test(t, progress_of_nothing);
	tcase_add_test(t, error_for_people);
	tcase_add_test(t, error_as_json);
	tcase_add_test(t, board_block);
	tcase_add_test(t, board_block_secure_download);
	tcase_add_test(t, board_json);
	tcase_add_test(t, json_depth);
	suite_add_tcase(s, t);
	return s;
}
