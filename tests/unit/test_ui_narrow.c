/* SPDX-License-Identifier: MIT */
/* Narrow terminals: the bar and line breaks. Also the JSON for progress and work. */
#include <cjson/cJSON.h>
#include <stdio.h>

#include "ck_ef.h"
#include "cli/board/work.h"
#include "cli/table/commands.h"
#include "cli/ui/json_out.h"
#include "cli/ui/ui.h"

#define SUFFIX " Verifying..." /* the longest thing that follows a bar */

static struct cli cli;
static char *out_text, *err_text;
static size_t out_len, err_len;
static struct ef_err err;

static void setup(void)
{
	memset(&cli, 0, sizeof(cli));
	ef_err_clear(&err);
	cli.program = &cli_program;
	cli.command = "flash";
	cli.out = open_memstream(&out_text, &out_len);
	cli.err = open_memstream(&err_text, &err_len);
	ck_assert(cli.out && cli.err);
}

static void teardown(void)
{
	json_free(cli.work);
	json_free(cli.result);
	fclose(cli.out);
	fclose(cli.err);
	free(out_text);
	free(err_text);
}

static const struct ef_event half = {
	.kind = EF_EVENT_PROGRESS,
	.stage = EF_STAGE_WRITE,
	.label = "partition table",
	.addr = 0x8000,
	.done = 500,
	.total = 1000,
	.text = "",
};

/* ---- the bar ---- */

START_TEST(bar_fits_everywhere)
{
	static const char *const labels[] = { "", "app", "a very long name of a file.bin" };
	char line[256];

	for (unsigned columns = 1; columns <= 300; columns++)
		for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
			struct ef_event e = half;

			e.label = labels[i];
			ui_bar_line(line, sizeof(line), &e, 360000, columns);
			ck_assert_msg(!*line || strlen(line) + strlen(SUFFIX) < columns,
				      "%u columns: '%s'", columns, line);
		}
}
END_TEST

START_TEST(bar_by_width)
{
	static const struct {
		unsigned columns;
		const char *line;
	} cases[] = {
		{ 30, " 50 % partition" },
		{ 49, " 50 % partition table" },
		{ 60, "[=======>       ]  50 % partition table" },
		{ 80, "[00:01:01] [====>    ]     500/1000    partition table" },
		{ 111, "[00:01:01] [====================>                   ]     500/1000    "
		       "0x8000     partition table" },
	};
	char line[256];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ui_bar_line(line, sizeof(line), &half, 61, cases[i].columns);
		ck_assert_str_eq(line, cases[i].line);
	}
}
END_TEST

/* Done without a total, more than there is room for, control characters in the name. */
START_TEST(bar_of_odd_things)
{
	struct ef_event e = half;
	char line[256];

	e.total = 0;
	e.label = "a\x1b[31m\n";
	ui_bar_line(line, sizeof(line), &e, 0, 60);
	ck_assert_str_eq(line, "[===============] 100 % a?[31m?");
}
END_TEST

/* ---- broken lines ---- */

static const char *wrapped(const char *text, unsigned used, unsigned indent, unsigned width)
{
	rewind(cli.out);
	ui_wrap_at(cli.out, text, used, indent, width);
	fflush(cli.out);
	out_text[out_len] = '\0';
	return out_text;
}

START_TEST(wraps_between_words)
{
	ck_assert_str_eq(wrapped("one two three", 0, 2, 0), "one two three\n");
	ck_assert_str_eq(wrapped("one two three", 0, 2, 13), "one two three\n");
	ck_assert_str_eq(wrapped("one two three", 0, 2, 12), "one two\n  three\n");
	ck_assert_str_eq(wrapped("one two three", 6, 2, 10), "one\n  two\n  three\n");
	/* what is too long stays in one piece */
	ck_assert_str_eq(wrapped("see /dev/serial/by-id/usb", 0, 2, 10),
			 "see\n  /dev/serial/by-id/usb\n");
	/* letters, not bytes */
	ck_assert_str_eq(wrapped("\xc3\xa4\xc3\xa4 \xc3\xa4\xc3\xa4", 0, 2, 5),
			 "\xc3\xa4\xc3\xa4 \xc3\xa4\xc3\xa4\n");
	ck_assert_str_eq(wrapped("", 8, 4, 60), "\n");
}
END_TEST

START_TEST(quotes_stay_whole)
{
	ck_assert_str_eq(wrapped("type 'a b c' now", 0, 2, 10), "type\n  'a b c'\n  now\n");
	ck_assert_str_eq(wrapped("the chip's own 'x y'", 0, 2, 12), "the chip's\n  own 'x y'\n");
	/* a quote that is never closed quotes nothing */
	ck_assert_str_eq(wrapped("an 'open quote here", 0, 2, 10), "an 'open\n  quote\n  here\n");
}
END_TEST

/* ---- for programs ---- */

static cJSON *line_of(const char **text)
{
	const char *end;
	cJSON *object = cJSON_ParseWithOpts(*text, &end, false);

	ck_assert_msg(object && *end == '\n', "%s", *text);
	*text = end + 1;
	return object;
}

static const char *text_of(const cJSON *object, const char *key)
{
	const cJSON *item = cJSON_GetObjectItem(object, key);

	ck_assert_msg(item != NULL, "no %s", key);
	return cJSON_IsNull(item) ? "null" : item->valuestring;
}

START_TEST(progress_lines_of_json)
{
	static const char *const stages[] = { "writing", "writing", "written" };
	struct ef_event e = half;
	const char *at;

	cli.progress.kind = PROGRESS_JSON;
	e.done = 0;
	e.label = "";
	ui_event(&cli, &e);
	ui_event(&cli, &e); /* nothing new, but a beginning */
	e.done = 1;         /* less than a percent: no line */
	ui_event(&cli, &e);
	e.done = 1000;
	e.kind = EF_EVENT_WRITTEN;
	ui_event(&cli, &e);
	ui_log(&cli, EF_LOG_WARN, "two\nlines");
	fflush(cli.err);
	at = err_text;
	for (size_t i = 0; i < 3; i++) {
		cJSON *line = line_of(&at);

		ck_assert_str_eq(text_of(line, "event"), "progress");
		ck_assert_str_eq(text_of(line, "stage"), stages[i]);
		ck_assert_str_eq(text_of(line, "label"), "null");
		ck_assert_int_eq(cJSON_GetObjectItem(line, "address")->valueint, 0x8000);
		ck_assert_int_eq(cJSON_GetObjectItem(line, "done")->valueint, i < 2 ? 0 : 1000);
		ck_assert_int_eq(cJSON_GetObjectItem(line, "total")->valueint, 1000);
		ck_assert(cJSON_IsNull(cJSON_GetObjectItem(line, "bytes_per_second")));
		cJSON_Delete(line);
	}
	cJSON *log = line_of(&at);

	ck_assert_str_eq(text_of(log, "level"), "WARN");
	ck_assert_str_eq(text_of(log, "message"), "two?lines");
	cJSON_Delete(log);
	ck_assert_str_eq(at, "");
	ck_assert_str_eq(wrapped("", 0, 0, 0), "\n"); /* standard output had no text */
}
END_TEST

START_TEST(error_line_of_json)
{
	const char *at;
	cJSON *line;

	cli.progress.kind = PROGRESS_JSON;
	ef_fail(&err, EF_E_PORT, "no such port");
	ui_error(&cli, &err);
	fflush(cli.err);
	at = err_text;
	line = line_of(&at);
	ck_assert_str_eq(text_of(line, "event"), "error");
	ck_assert_str_eq(text_of(line, "code"), "PORT");
	ck_assert_str_eq(at, "");
	cJSON_Delete(line);
}
END_TEST

/* After a failure the output says what was done before it. */
START_TEST(work_before_an_error)
{
	struct ef_device dev = { .chip = ef_chip_by_name("esp32c3"), .has_mac = false };
	struct ef_event e = half;
	cJSON *root, *region;

	cli.is_json = true;
	json_begin_array(work_begin(&cli, &dev, 0), "regions");
	e.kind = EF_EVENT_VERIFIED;
	work_event(&cli, &e);
	ef_fail(&err, EF_E_TIMEOUT, "gone");
	ck_assert(!work_end(&cli, false, &err));
	ck_assert_ptr_null(cli.work);
	ck_assert_ptr_nonnull(cli.result);
	ui_error(&cli, &err);
	fflush(cli.out);
	root = cJSON_Parse(out_text);
	ck_assert_ptr_nonnull(root);
	ck_assert_str_eq(text_of(root, "chip"), "esp32c3");
	ck_assert_str_eq(text_of(root, "mac"), "null");
	region = cJSON_GetArrayItem(cJSON_GetObjectItem(root, "regions"), 0);
	ck_assert_str_eq(text_of(region, "result"), "verified");
	ck_assert_int_eq(cJSON_GetObjectItem(region, "size")->valueint, 1000);
	ck_assert_str_eq(err.msg, "gone");
	cJSON_Delete(root);
}
END_TEST

/* Without --json these functions do nothing. */
START_TEST(work_of_nobody)
{
	struct ef_device dev = { .chip = ef_chip_by_name("esp32c3") };

	ck_assert_ptr_null(work_begin(&cli, &dev, 0));
	work_region(&cli, 0, 1, "x", "erased");
	work_seconds(&cli, 1);
	ck_assert(work_end(&cli, true, &err));
	fflush(cli.out);
	ck_assert_uint_eq(out_len, 0);
}
END_TEST

/* File names may contain any bytes, but JSON is UTF-8. */
START_TEST(json_is_utf8)
{
	struct json_out *j = json_new("flash");
	cJSON *root;

	json_text(j, "file", "a\xff\xc3\xa4\t\x7f");
	ck_ok(json_print(j, cli.out, &err), &err);
	fflush(cli.out);
	root = cJSON_Parse(out_text);
	ck_assert_str_eq(text_of(root, "file"), "a?\xc3\xa4\t\x7f");
	cJSON_Delete(root);
}
END_TEST

/* The result is kept until the run ends; an error is added to it even where an array is open. */
START_TEST(error_joins_the_result)
{
	struct json_out *j = json_new("flash");

	cli.is_json = cli.is_json_lines = true;
	json_begin_array(j, "regions");
	json_text(j, NULL, "one");
	ck_ok(ui_result(&cli, j, &err), &err);
	fflush(cli.out);
	ck_assert_str_eq(out_text, "");
	ef_fail(&err, EF_E_IO, "lost");
	ui_error(&cli, &err);
	fflush(cli.out);
	ck_assert_str_eq(out_text,
			 "{\"schema\":1,\"command\":\"flash\",\"regions\":[\"one\"],"
			 "\"error\":{\"code\":\"IO\",\"exit_status\":9,\"message\":\"lost\","
			 "\"hint\":null}}\n");
	ck_assert_ptr_null(cli.result);
}
END_TEST

Suite *suite_ui_narrow(void);
Suite *suite_ui_narrow(void)
{
	Suite *s = suite_create("ui_narrow");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, bar_fits_everywhere);
	tcase_add_test(t, bar_by_width);
	tcase_add_test(t, bar_of_odd_things);
	tcase_add_test(t, wraps_between_words);
	tcase_add_test(t, quotes_stay_whole);
	tcase_add_test(t, progress_lines_of_json);
	tcase_add_test(t, error_line_of_json);
	tcase_add_test(t, work_before_an_error);
	tcase_add_test(t, work_of_nobody);
	tcase_add_test(t, json_is_utf8);
	tcase_add_test(t, error_joins_the_result);
	suite_add_tcase(s, t);
	return s;
}
