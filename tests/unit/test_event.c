/* SPDX-License-Identifier: MIT */
/* What reaches the caller's event function: each field, and each warning once. */
#include <espflash/log.h>

#include "ck_ef.h"
#include "flasher/flasher_priv.h"

static struct {
	struct ef_event event; /* the last one */
	char label[32], text[600];
	unsigned count;
} got;

static void on_event(void *user, const struct ef_event *event)
{
	ck_assert_ptr_eq(user, &got);
	got.event = *event;
	(void)snprintf(got.label, sizeof(got.label), "%s", event->label);
	(void)snprintf(got.text, sizeof(got.text), "%s", event->text);
	got.count++;
}

static struct ef_flasher session(void)
{
	memset(&got, 0, sizeof(got));
	return (struct ef_flasher){ .opts = { .event = on_event, .event_user = &got } };
}

START_TEST(texts)
{
	struct ef_flasher f = session();

	ef_event_info(&f, "step %d of '%s'", 3, "work");
	ck_assert_int_eq(got.event.kind, EF_EVENT_INFO);
	ck_assert_int_eq(got.event.hint, EF_HINT_NONE);
	ck_assert_str_eq(got.text, "step 3 of 'work'");
	ck_assert_str_eq(got.label, "");
	ef_event_info(&f, "step %d of '%s'", 3, "work"); /* steps may come again */
	ck_assert_uint_eq(got.count, 2);
	ef_event_warn(&f, "%s", "a\x1b[31m chip");
	ck_assert_int_eq(got.event.kind, EF_EVENT_WARN);
	ck_assert_int_eq(got.event.hint, EF_HINT_NONE);
	ck_assert_str_eq(got.text, "a?[31m chip"); /* a chip controls no terminal */
	ef_event_advise(&f, EF_HINT_NOT_RESET, "look");
	ck_assert_int_eq(got.event.kind, EF_EVENT_WARN);
	ck_assert_int_eq(got.event.hint, EF_HINT_NOT_RESET);
	ck_assert_uint_eq(got.count, 4);
	f.opts.event = NULL; /* the caller need not listen */
	ef_event_info(&f, "nothing");
	ck_assert_uint_eq(got.count, 4);
}
END_TEST

/* Long text is cut. */
START_TEST(long_text)
{
	struct ef_flasher f = session();
	char text[1000];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	ef_event_info(&f, "%s", text);
	ck_assert_uint_eq(strlen(got.text), 511);
}
END_TEST

/* The sixteen latest warnings are not told again. */
START_TEST(warnings_are_told_once)
{
	struct ef_flasher f = session();

	for (int i = 0; i < 16; i++)
		ef_event_warn(&f, "warning %d", i);
	ck_assert_uint_eq(got.count, 16);
	for (int i = 0; i < 16; i++)
		ef_event_warn(&f, "warning %d", i);
	ck_assert_uint_eq(got.count, 16);
	ef_event_warn(&f, "another");
	ck_assert_uint_eq(got.count, 17);
	for (int i = 15; i > 0; i--)
		ef_event_warn(&f, "warning %d", i);
	ef_event_advise(&f, EF_HINT_NOT_RESET, "another");
	ck_assert_uint_eq(got.count, 17);
	ef_event_warn(&f, "warning 0"); /* forgotten for another */
	ck_assert_uint_eq(got.count, 18);
	ef_event_warn(&f, "warning 1"); /* ... and this one for that */
	ck_assert_uint_eq(got.count, 19);
	ef_event_warn(&f, "warning 3");
	ck_assert_uint_eq(got.count, 19);
}
END_TEST

START_TEST(progress)
{
	struct ef_flasher f = session();

	ef_event_progress(&f, EF_STAGE_READ, "app", 0x10000, 5, 9);
	ck_assert_int_eq(got.event.kind, EF_EVENT_PROGRESS);
	ck_assert_int_eq(got.event.stage, EF_STAGE_READ);
	ck_assert_str_eq(got.label, "app");
	ck_assert_str_eq(got.text, "");
	ck_assert_uint_eq(got.event.addr, 0x10000);
	ck_assert_uint_eq(got.event.done, 5);
	ck_assert_uint_eq(got.event.total, 9);
	ef_event_progress(&f, EF_STAGE_ERASE, NULL, 0, 0, 0);
	ck_assert_str_eq(got.label, "");
}
END_TEST

static void on_log(void *user, enum ef_log_level level, const char *line)
{
	(void)level;
	(void)snprintf(user, 128, "%s", line);
}

START_TEST(regions)
{
	static const char *const words[] = { "0x00020000: 77 bytes: is in flash already",
					     "app at 0x00020000: 77 bytes: written and verified",
					     "written, not compared", "written and encrypted" };
	char line[128] = "";
	static const enum ef_event_kind kinds[] = { EF_EVENT_SKIPPED, EF_EVENT_VERIFIED,
						    EF_EVENT_WRITTEN, EF_EVENT_ENCRYPTED };
	struct ef_flasher f = session();

	for (unsigned i = 0; i < 4; i++) {
		ef_log_set_sink(on_log, line, EF_LOG_DEBUG);
		ef_event_region(&f, kinds[i], i ? "app" : NULL, 0x20000, 77);
		ef_log_set_sink(NULL, NULL, EF_LOG_WARN);
		ck_assert_msg(strstr(line, words[i]) != NULL, "%s", line);
		ck_assert_int_eq(got.event.kind, kinds[i]);
		ck_assert_int_eq(got.event.stage, EF_STAGE_WRITE);
		ck_assert_str_eq(got.label, i ? "app" : "");
		ck_assert_str_eq(got.text, "");
		ck_assert_uint_eq(got.event.addr, 0x20000);
		ck_assert_uint_eq(got.event.done, 77);
		ck_assert_uint_eq(got.event.total, 77);
		ck_assert_uint_eq(got.count, i + 1);
	}
}
END_TEST

Suite *suite_event(void);
Suite *suite_event(void)
{
	Suite *s = suite_create("event");
	TCase *t = tcase_create("event");

	tcase_add_test(t, texts);
	tcase_add_test(t, long_text);
	tcase_add_test(t, warnings_are_told_once);
	tcase_add_test(t, progress);
	tcase_add_test(t, regions);
	suite_add_tcase(s, t);
	return s;
}
