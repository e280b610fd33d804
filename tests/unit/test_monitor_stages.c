/* SPDX-License-Identifier: MIT */
/*
 * The stages of the monitor one by one, and whole monitors on a port in virtual time: what
 * they print, what they report, and how they end.
 */
#include "ck_ef.h"
#include "rig/fake_port.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/bytes.h"
#include "monitor/boot_loop.h"
#include "rig/crash_line.h"
#include "monitor/keys.h"
#include "monitor/line.h"
#include "monitor/logline.h"
#include <espflash/monitor.h>

/* ---- log lines ---- */

static const struct {
	const char *text;
	char level;
	const char *tag;
} logs[] = {
	{ "I (1234) wifi: connected", 'I', "wifi" },
	{ "E (12:00:01.123) my tag: x", 'E', "my tag" },
	{ "V (1) a:b", 'V', "a" },
	{ "W wifi: no time", 'W', "wifi" },
	{ "INFO - from Rust", 'I', "" },
	{ "ERROR - from Rust", 'E', "" },
	{ "I am no log line: really", '\0', "" },
	{ "N (1) x: y", '\0', "" },
	{ "I (1234) without a colon", '\0', "" },
	{ "I (1234", '\0', "" },
	{ "I (1)", '\0', "" },
	{ "rst:0x1 (POWERON)", '\0', "" },
	{ "", '\0', "" },
};

START_TEST(log_lines)
{
	struct log_line log;

	log_line_parse(logs[_i].text, strlen(logs[_i].text), &log);
	ck_assert_int_eq(log.level, logs[_i].level);
	ck_assert_uint_eq(log.tag_len, strlen(logs[_i].tag));
	ck_assert_mem_eq(log.tag, logs[_i].tag, log.tag_len);
}
END_TEST

static const struct {
	const char *rules, *text;
	bool passes;
} filters[] = {
	{ "*:I", "I (1) a: x", true },           { "*:I", "D (1) a: x", false },
	{ "*:I,wifi:D", "D (1) wifi: x", true }, { "*:I wifi:D", "D (1) wif: x", false },
	{ "wifi", "V (1) wifi: x", true },       { "wifi", "E (1) other: x", false },
	{ "wifi:N", "E (1) wifi: x", false },    { "wifi", "no log line", true },
	{ "*:N", "no log line", false },         { "*:e", "E (1) a: x", true },
	{ "a:I,a:D", "D (1) a: x", true },       { "", "V (1) a: x", true },
};

START_TEST(tag_filters)
{
	struct ef_err err = EF_ERR_INIT;
	struct tag_filter f;
	struct log_line log;

	ck_ok(tag_filter_parse(filters[_i].rules, &f, &err), &err);
	log_line_parse(filters[_i].text, strlen(filters[_i].text), &log);
	ck_assert_int_eq(tag_filter_passes(&f, &log), filters[_i].passes);
}
END_TEST

/* ---- lines ---- */

START_TEST(long_lines_are_cut)
{
	static struct line l;
	static uint8_t data[2 * LINE_SIZE];
	bool is_end, is_cut;
	size_t n;

	memset(data, 'x', sizeof(data));
	data[sizeof(data) - 1] = '\n';
	l.is_new = true;
	n = line_feed(&l, data, sizeof(data), 5, &is_end, &is_cut);
	ck_assert(is_end && is_cut);
	ck_assert_uint_eq(n, LINE_SIZE - 1);
	line_next(&l, is_cut);
	ck_assert(!l.is_new);
	n += line_feed(&l, data + n, sizeof(data) - n, 5, &is_end, &is_cut);
	ck_assert(is_end && is_cut);
	line_next(&l, is_cut);
	n += line_feed(&l, data + n, sizeof(data) - n, 5, &is_end, &is_cut);
	ck_assert(is_end && !is_cut);
	ck_assert_uint_eq(n, sizeof(data));
	ck_assert_uint_eq(l.len, 1);
}
END_TEST

START_TEST(plain_text)
{
	static const char text[] = "\x1b[0;32mI (1) a: b\x1b[0m\r";
	char plain[LINE_SIZE];

	ck_assert_uint_eq(line_plain(text, sizeof(text) - 1, plain), 10);
	ck_assert_str_eq(plain, "I (1) a: b");
	ck_assert_uint_eq(line_plain("a\x1b[", 3, plain), 1);
	ck_assert_uint_eq(line_plain("a\x1b", 2, plain), 1);
}
END_TEST

/* ---- keys ---- */

START_TEST(keys_are_parsed)
{
	static const char *const bad[] = { "c",  "ctrl-m",        "^[", "ctrl-", "f1",
					   "^1", "^A,^B,^D,^E,^F" };
	struct ef_err err = EF_ERR_INIT;
	char set[EF_MONITOR_KEYS_MAX];

	ck_ok(ef_monitor_keys_parse("ctrl-c,^]", set, &err), &err);
	ck_assert_mem_eq(set, "\x03\x1d\0\0", 4);
	ck_ok(ef_monitor_keys_parse("none", set, &err), &err);
	ck_assert_mem_eq(set, "\0\0\0\0", 4);
	ck_ok(ef_monitor_keys_parse("Ctrl+x ^?", set, &err), &err);
	ck_assert_mem_eq(set, "\x18\x7f\0\0", 4);
	for (size_t i = 0; i < EF_ARRAY_LEN(bad); i++) {
		ck_fails(ef_monitor_keys_parse(bad[i], set, &err), &err, EF_E_USAGE, "key");
		ef_err_clear(&err);
	}
}
END_TEST

START_TEST(the_menu)
{
	struct keys k = { .set = keys_default };

	ck_assert_int_eq(keys_feed(&k, 'a'), KEY_SEND);
	ck_assert_int_eq(keys_feed(&k, 0), KEY_SEND);
	ck_assert_int_eq(keys_feed(&k, 0x03), KEY_EXIT);
	ck_assert_int_eq(keys_feed(&k, 0x1d), KEY_EXIT);
	ck_assert_int_eq(keys_feed(&k, 0x12), KEY_RESET);
	ck_assert_int_eq(keys_feed(&k, 0x14), KEY_NOTHING);
	ck_assert_int_eq(keys_feed(&k, 'P'), KEY_LOADER);
	ck_assert_int_eq(keys_feed(&k, 0x14), KEY_NOTHING);
	ck_assert_int_eq(keys_feed(&k, 0x03), KEY_SEND);
	ck_assert_int_eq(keys_feed(&k, 0x14), KEY_NOTHING);
	ck_assert_int_eq(keys_feed(&k, 0x14), KEY_SEND);
	ck_assert_int_eq(keys_feed(&k, 0x14), KEY_NOTHING);
	ck_assert_int_eq(keys_feed(&k, '?'), KEY_HELP);
}
END_TEST

/* ---- verdicts ---- */

START_TEST(reset_reasons)
{
	struct reset reset;

	ck_assert(line_is_reset("rst:0x1 (POWERON),boot:0x8 (X)", &reset));
	ck_assert_str_eq(reset.reason, "POWERON");
	ck_assert(line_is_reset("\xef\xbf\xbdrst:0xc (SW_CPU_RESET),boot", &reset));
	ck_assert_str_eq(reset.reason, "SW_CPU_RESET");
	ck_assert(!line_is_reset("rst:0x1", &reset));
	ck_assert(!line_is_reset("first:0x (x", &reset));
}
END_TEST

START_TEST(boot_loops)
{
	struct boot_loop b = { .count = 0 };

	ck_assert(!boot_loop_reset(&b, 0, 3, 100));
	ck_assert(!boot_loop_reset(&b, 90, 3, 100));
	ck_assert(!boot_loop_reset(&b, 110, 3, 100));
	ck_assert(boot_loop_reset(&b, 120, 3, 100));
	ck_assert(!boot_loop_reset(&b, 121, 3, 100));
	ck_assert(!boot_loop_reset(&b, 0, 0, 100));
}
END_TEST

/* ---- whole monitors ---- */

static const char *const until[] = { "^ready" };
static const char *const fails[] = { "E \\([0-9]+\\)" };

struct seen {
	char text[2048];
	size_t len;
	bool is_back;
};

static void on_event(void *user, const struct ef_monitor_event *e)
{
	struct seen *s = user;
	int n = snprintf(s->text + s->len, sizeof(s->text) - s->len, "%s: %s\n",
			 ef_monitor_event_name(e->kind), e->text);

	if (n > 0 && (size_t)n < sizeof(s->text) - s->len)
		s->len += (size_t)n;
}

static void run(struct fake_port *port, struct ef_monitor_opts *opts, enum ef_code code,
		const char *shown, const char *told)
{
	struct ef_err err = EF_ERR_INIT;
	struct seen seen = { .len = 0 };
	char text[1024];
	ssize_t len;
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	opts->output.fd = ends[1];
	opts->event = on_event;
	opts->user = &seen;
	if (!opts->ends.timeout_ms)
		opts->ends.timeout_ms = 60000;
	ck_assert_int_eq(ef_monitor_run(&port->base, opts, &err), code == EF_OK);
	ck_assert_int_eq(err.code, code);
	close(ends[1]);
	len = read(ends[0], text, sizeof(text) - 1);
	ck_assert_int_ge(len, 0);
	text[len] = '\0';
	if (shown)
		ck_assert_str_eq(text, shown);
	if (told)
		ck_assert_ptr_nonnull(strstr(seen.text, told));
	close(ends[0]);
}

static const struct {
	const char *say[4];
	enum ef_code code;
	const char *shown, *told;
} ends_of[] = {
	{ { "boot\nrea", "dy to go\n", "more\n" },
	  EF_OK,
	  "boot\nready to go\n",
	  "end: '^ready' was seen: ready to go" },
	/* a prompt has no end */
	{ { "boot\nready> " }, EF_OK, "boot\nready> ", "end: '^ready'" },
	{ { "x\n", "\x1b[0;31mE (12) wifi: bad\x1b[0m\n" },
	  EF_E_FAIL_SEEN,
	  NULL,
	  "was seen: E (12)" },
	{ { "Guru Meditation Error: Core  0\n", "PC: 1\nready\nRebooting...\n", "more\n" },
	  EF_E_PANIC,
	  "Guru Meditation Error: Core  0\nPC: 1\nready\nRebooting...\n",
	  "panic: Guru Meditation" },
	{ { "thread 'main' panicked at src/main.rs:1:1:\n", "oops\n" },
	  EF_E_PANIC,
	  NULL,
	  "panicked at" },
	{ { "rst:0x1 (A),b\n", "rst:0xc (B),b\n", "rst:0xc (C),b\n" },
	  EF_E_BOOT_LOOP,
	  NULL,
	  "boot-loop: " },
	{ { "hello\n", "rst:0x8 (TG1WDT_SYS_RST),boot\n" }, EF_E_PANIC, NULL, "panic: rst" },
	/* a reset before the run does not count; deep sleep is not a crash */
	{ { "rst:0x8 (TG1WDT_SYS_RST),boot\n", "ready\n" }, EF_OK, NULL, "reset: TG1WDT" },
	{ { "rst:0x5 (DSLEEP),b\n", "rst:0x5 (DSLEEP),b\n", "rst:0x5 (DSLEEP),b\n", "ready\n" },
	  EF_OK,
	  NULL,
	  "reset: DSLEEP" },
	{ { "nothing of it\n" },
	  EF_E_TIME_UP,
	  "nothing of it\n",
	  "end: '^ready' was not seen within" },
};

START_TEST(ways_to_end)
{
	struct ef_monitor_opts opts = EF_MONITOR_OPTS_INIT;
	struct fake_port port;

	fake_init(&port, FAKE_SERIAL);
	for (size_t i = 0; i < 4 && ends_of[_i].say[i]; i++)
		port.say[port.say_count++] = ends_of[_i].say[i];
	opts.ends.until = until;
	opts.ends.until_count = 1;
	opts.ends.fail = fails;
	opts.ends.fail_count = 1;
	opts.ends.loop_resets = 3;
	opts.ends.loop_time_ms = 30000;
	run(&port, &opts, ends_of[_i].code, ends_of[_i].shown, ends_of[_i].told);
}
END_TEST

START_TEST(the_picture)
{
	struct ef_monitor_opts opts = EF_MONITOR_OPTS_INIT;
	struct fake_port port;

	fake_init(&port, FAKE_SERIAL);
	port.say[port.say_count++] = "I (1) a: x\nD (2) a: y\nE (3) b: z\r\n\x1b[35mW (4) a: own\n";
	opts.output.has_color = true;
	opts.output.stamp = EF_STAMP_ELAPSED;
	opts.output.filter = "a:I,b";
	run(&port, &opts, EF_E_TIME_UP,
	    "[    0.000] \x1b[0;32mI (1) a: x\x1b[0m\n"
	    "[    0.000] \x1b[0;31mE (3) b: z\r\x1b[0m\n"
	    "[    0.000] \x1b[35mW (4) a: own\n",
	    "text: D (2) a: y");
}
END_TEST

START_TEST(a_crash_is_never_hidden)
{
	struct ef_monitor_opts opts = EF_MONITOR_OPTS_INIT;
	struct fake_port port;

	fake_init(&port, FAKE_SERIAL);
	port.say[port.say_count++] =
		"hidden\nabort() was called at PC 0x1\nregisters\nRebooting...\n";
	opts.output.filter = "*:N";
	opts.ends.on_panic = EF_ON_PANIC_GO_ON;
	run(&port, &opts, EF_E_TIME_UP, "abort() was called at PC 0x1\nregisters\nRebooting...\n",
	    "panic: abort()");
}
END_TEST

static bool come_back(struct ef_port *port, uint64_t deadline_us, struct ef_err *err)
{
	struct fake_port *f = fake_of(port);

	f->now_us = deadline_us;
	if (f->now_us < 2000000)
		return ef_fail(err, EF_E_PORT, "not there yet");
	f->say_pos = 0;
	f->fails.read = EF_OK;
	return true;
}

START_TEST(a_port_that_comes_back)
{
	struct ef_monitor_opts opts = EF_MONITOR_OPTS_INIT;
	struct fake_port port;

	fake_init(&port, FAKE_SERIAL);
	port.ops.reopen = come_back;
	port.say[port.say_count++] = "again\n";
	port.fails.read = EF_E_PORT;
	run(&port, &opts, EF_E_TIME_UP, "again\nagain\n",
	    "disconnect: the fake port fails\nreconnect: ");
	fake_init(&port, FAKE_SERIAL);
	port.ops.reopen = come_back;
	port.fails.read = EF_E_PORT;
	opts.no_reconnect = true;
	run(&port, &opts, EF_E_PORT, "", "end: the fake port fails");
}
END_TEST

struct lender {
	struct seen seen; /* first: on_event gets it */
	struct fake_port *port;
	bool is_lent;
};

/* Another program has the port between the second reset and the third. */
static void lend(void *user, struct ef_monitor *m)
{
	struct lender *l = user;

	if (l->port->reads < 2 || l->port->reads > 2)
		return;
	ef_monitor_set_port(m, l->is_lent ? &l->port->base : NULL);
	l->is_lent = !l->is_lent;
}

START_TEST(a_lent_port_makes_no_boot_loop)
{
	struct ef_monitor_opts opts = EF_MONITOR_OPTS_INIT;
	struct fake_port port;
	struct lender l = { .port = &port };
	struct ef_err err = EF_ERR_INIT;

	fake_init(&port, FAKE_SERIAL);
	for (size_t i = 0; i < 3; i++)
		port.say[port.say_count++] = "rst:0x1 (A),b\n";
	opts.ends.loop_resets = 3;
	opts.ends.loop_time_ms = 30000;
	opts.ends.timeout_ms = 500;
	opts.event = on_event;
	opts.idle = lend;
	opts.user = &l;
	ck_fails(ef_monitor_run(&port.base, &opts, &err), &err, EF_E_TIME_UP, "nothing ended");
	ck_assert_ptr_nonnull(strstr(l.seen.text, "lent: \nreturned: \ntext: rst"));
	ck_assert_ptr_null(strstr(l.seen.text, "boot-loop"));
}
END_TEST

START_TEST(the_log_file)
{
	static const char want[] = "I (1) a: x\nlast";
	struct ef_monitor_opts opts = EF_MONITOR_OPTS_INIT;
	char name[] = "/tmp/ef-monitor-XXXXXX", text[64];
	struct fake_port port;
	int fd = mkstemp(name);

	ck_assert_int_ge(fd, 0);
	for (int raw = 0; raw < 2; raw++) {
		fake_init(&port, FAKE_SERIAL);
		port.say[port.say_count++] = "\x1b[32mI (1) a: x\x1b[0m\r\nlast";
		opts.log.fd = fd;
		opts.log.is_raw = raw;
		opts.output.filter = "*:N";
		ck_assert_int_eq(ftruncate(fd, 0), 0);
		ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
		run(&port, &opts, EF_E_TIME_UP, "", NULL);
		memset(text, 0, sizeof(text));
		ck_assert_int_gt(pread(fd, text, sizeof(text) - 1, 0), 0);
		ck_assert_str_eq(text, raw ? port.say[0] : want);
	}
	close(fd);
	unlink(name);
}
END_TEST

START_TEST(options_that_are_wrong)
{
	static const char *const bad[] = { "(" };
	struct ef_monitor_opts opts = EF_MONITOR_OPTS_INIT;
	struct ef_err err = EF_ERR_INIT;

	opts.output.filter = "a:b:c";
	ck_fails(ef_monitor_check(&opts, &err), &err, EF_E_USAGE, "filter 'a:b:c'");
	ef_err_clear(&err);
	opts.output.filter = NULL;
	opts.ends.fail = bad;
	opts.ends.fail_count = 1;
	ck_fails(ef_monitor_check(&opts, &err), &err, EF_E_USAGE, "'(' is no");
}
END_TEST

Suite *suite_monitor_stages(void);
Suite *suite_monitor_stages(void)
{
	Suite *s = suite_create("monitor_stages");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, log_lines, 0, EF_ARRAY_LEN(logs));
	tcase_add_loop_test(t, tag_filters, 0, EF_ARRAY_LEN(filters));
	tcase_add_test(t, long_lines_are_cut);
	tcase_add_test(t, plain_text);
	tcase_add_test(t, keys_are_parsed);
	tcase_add_test(t, the_menu);
	tcase_add_test(t, reset_reasons);
	tcase_add_test(t, boot_loops);
	tcase_add_loop_test(t, ways_to_end, 0, EF_ARRAY_LEN(ends_of));
	tcase_add_test(t, the_picture);
	tcase_add_test(t, a_crash_is_never_hidden);
	tcase_add_test(t, a_port_that_comes_back);
	tcase_add_test(t, a_lent_port_makes_no_boot_loop);
	tcase_add_test(t, the_log_file);
	tcase_add_test(t, options_that_are_wrong);
	suite_add_tcase(s, t);
	return s;
}
