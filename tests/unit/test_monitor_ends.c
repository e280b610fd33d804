/* SPDX-License-Identifier: MIT */
/*
 * Real crashes, and lines that only mention one; patterns on lines that come in pieces; dumps
 * with pauses and lines of any length on their way to the decoder.
 */
#define _GNU_SOURCE
#include "ck_ef.h"
#include "rig/fake_port.h"
#include "rig/own_terminal.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "decoder_rig.h"
#include "rig/crash_line.h"
#include "monitor/frame_watch.h"
#include "monitor/out.h"
#include "monitor/patterns.h"
#include "symbols/addr_text.h"
#include <espflash/monitor.h>

#define UNWIND_DIR EF_SOURCE_DIR "/tests/golden/unwind"

/* ---- words ---- */

static const struct {
	const char *line;
	bool is_panic;
} lines[] = {
	{ "Guru Meditation Error: Core  0 panic'ed (LoadProhibited). Exception was unhandled.",
	  true },
	{ "Guru Meditation Error: Core 1 panic'ed (Interrupt wdt timeout on CPU1)", true },
	{ "I (123) wifi: connGuru Meditation Error: Core  0 panic'ed (StoreProhibited)", true },
	{ "abort() was called at PC 0x400d1234 on core 0", true },
	{ "assert failed: xQueueSemaphoreTake queue.c:1545 (( pxQueue ))", true },
	{ "assertion \"0\" failed: file \"../main/main.c\", line 16, function: app_main", true },
	{ "***ERROR*** A stack overflow in task main has been detected.", true },
	{ "E (52) BOD: Brownout detector was triggered", true },
	{ "Brownout detector was triggered", true },
	{ "CORRUPT HEAP: Bad head at 0x3ffb5030. Expected 0xabba1234 got 0x00000000", true },
	{ "Stack smashing protect failure!", true },
	{ "thread 'main' panicked at src/main.rs:22:5:", true },
	{ "thread '<unnamed>' panicked at 'oops', src/main.rs:22:5", true },
	{ "panicked at src/bin/main.rs:42:5:", true },
	{ "panicked at 'explicit panic', src/main.rs:3:1", true },
	{ "[ERROR] panicked at 'init called more than once!' (esp_hal peripheral.rs:82)", true },
	{ "ERROR - panicked at src/lib.rs:1:1", true },
	{ "!! A panic occured in 'src/main.rs', at line 25, column 5:", true },
	{ "====================== PANIC ======================", true },
	{ "Exception occured 'LoadProhibited'", true },
	{ "Exception 'Load access fault' mepc=0x42000a3c, mtval=0x00000000", true },
	{ "Stack overflow detected at 0x42000a3c called by 0x42000b00", true },
	{ "[00:00:00.004,000] <err> os: >>> ZEPHYR FATAL ERROR 4: Kernel panic on CPU 0", true },
	{ "E (5525) task_wdt: Aborting.", true },
	{ "Undefined behavior of type out_of_bounds", true },
	{ "!! A panic occured", true },
	{ "ELF file SHA256: 625c592f6", true }, /* after words that only the program knows */
	{ " ** FATAL EXCEPTION", true },
	/* words only */
	{ "I (244) cpu_start: ELF file SHA256:  625c592f6...", false },
	{ "E (5525) task_wdt: Tasks currently running:", false },
	{ "I (100) app: no Guru Meditation Error: today", false },
	{ "I (100) app: last crash: Guru Meditation Error: Core  0 panic'ed (Illegal)", false },
	{ "W (100) app: \"abort() was called at PC 0x400d1234 on core 0\"", false },
	{ "I (100) app: handler installed, panicked at boot 0 times", false },
	{ "INFO - the tasks panicked at will", false },
	{ "I (100) app: the last run panicked at src/main.rs:22:5", false },
	{ "assert failed: see the manual", false },
	{ "call abort() was called at PC", false },
	{ "heap poisoning finds CORRUPT HEAP: lines", false },
	{ "Task watchdog got triggered. The following tasks did not reset the watchdog in time:",
	  false },
	{ "the interrupt wdt is on: 'Interrupt wdt timeout on CPU0' is its reason", false },
	{ "MPY: soft reboot", false },
	{ "", false },
};

START_TEST(crashes)
{
	ck_assert_msg(line_is_panic(lines[_i].line) == lines[_i].is_panic, "%s", lines[_i].line);
}
END_TEST

START_TEST(resets)
{
	static const char *const no[] = { "burst:0x12 (long)", "rst:0x (A),boot", "rst:0x1 A),boot",
					  "rst:0x1 (),boot", "first:0x1 (x) y" };
	static const char *const yes[] = {
		"rst:0x1 (POWERON),boot:0x8 (SPI_FAST_FLASH_BOOT)",
		"rst:0x15 (USB_UART_CHIP_RESET),boot:0x8 (SPI_FAST_FLASH_BOOT)",
		"\357\277\275x~rst:0xc (SW_CPU_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)",
	};
	struct reset reset;

	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		ck_assert_msg(!line_is_reset(no[i], &reset), "%s", no[i]);
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		ck_assert_msg(line_is_reset(yes[i], &reset), "%s", yes[i]);
	ck_assert_str_eq(reset.reason, "SW_CPU_RESET");
}
END_TEST

/* The words are those of the mask ROMs. */
static const struct {
	const char *reason;
	bool is_crash, is_wake_up;
} reasons[] = {
	{ "TG1WDT_SYS_RST", true, false },
	{ "TG0_WDT_HPSYS", true, false },
	{ "HP_SYS_HP_WDT_RESET", true, false },
	{ "SUPER_WDT_RST", true, false },
	{ "BROWNOUT_RST", true, false },
	{ "RTCWDT_BROWN_OUT_RESET", true, false },
	{ "LP_BOD_SYS", true, false },
	{ "CPU_LOCKUP", true, false },
	{ "RTCWDT_RTC_RST", false, false },
	{ "RTC_WDT_SYS", false, false },
	{ "LP_WDT_SYS", false, false },
	{ "CHIP_LP_WDT_RESET", false, false },
	{ "HP_SYS_LP_WDT_RESET", false, false },
	{ "POWERON", false, false },
	{ "SW_CPU_RESET", false, false },
	{ "DEEPSLEEP_RESET", false, true },
	{ "DSLEEP", false, true },
	{ "SLEEP_WAKEUP", false, true },
	{ "PMU_SYS_PWR_DOWN_RESET", false, true },
};

START_TEST(reset_causes)
{
	const char *reason = reasons[_i].reason;
	struct reset reset;
	char line[128];

	(void)snprintf(line, sizeof(line), "rst:0x1 (%s),boot:0x8 (SPI_FAST_FLASH_BOOT)", reason);
	ck_assert(line_is_reset(line, &reset));
	ck_assert_msg((reset.crash != NULL) == reasons[_i].is_crash, "%s", reason);
	ck_assert_msg(reset.is_wake_up == reasons[_i].is_wake_up, "%s", reason);
}
END_TEST

/* Three frames near each other; text and single ones are none, however they are cut. */
START_TEST(undecoded_defmt)
{
	static const uint8_t frames[] =
		"boot\r\n\xff\0\x01\x7e\0text \xff\0\x06\x0c\x7e\0\xff\0\x01\x7e\0";
	static const uint8_t none[] =
		"\xff\0\x01\x7e\0\xff\xff\0\0\0 text \xff\xfe\0\x01\0 \xff text\0\0";
	struct frame_watch whole = { 0 }, bytes = { 0 }, far = { 0 };
	uint8_t gap[2048];
	unsigned told = 0;

	ck_assert(looks_like_defmt(&whole, frames, sizeof(frames) - 1));
	ck_assert(!looks_like_defmt(&whole, frames, sizeof(frames) - 1)); /* once */
	for (size_t i = 0; i < sizeof(frames) - 1; i++)
		told += looks_like_defmt(&bytes, frames + i, 1);
	ck_assert_uint_eq(told, 1);
	memset(gap, 'x', sizeof(gap));
	for (unsigned i = 0; i < 20; i++) {
		ck_assert(!looks_like_defmt(&far, none, sizeof(none) - 1));
		ck_assert(!looks_like_defmt(&far, gap, sizeof(gap)));
	}
}
END_TEST

/* A terminal that is not read: writing to it never waits, and nothing is lost. */
START_TEST(stalled_terminal)
{
	static const char line[] = "a line of so many bytes that they don't fit what is left\n";
	static struct out out;
	struct ef_err err = EF_ERR_INIT;
	int master, slave;
	char room[4096];
	size_t wanted = 2000, seen = 0;
	unsigned idle = 0;

	own_terminals();
	master = posix_openpt(O_RDWR | O_NOCTTY);
	ck_assert_int_ge(master, 0);
	ck_assert_int_eq(grantpt(master), 0);
	ck_assert_int_eq(unlockpt(master), 0);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	ck_assert_int_ge(slave, 0);
	ck_assert_int_eq(fcntl(master, F_SETFL, O_NONBLOCK), 0);
	ck_ok(out_open(&out, slave, &err), &err);
	for (size_t i = 0; i < wanted; i++) {
		out_add(&out, line, sizeof(line) - 1);
		ck_ok(out_flush(&out, &err), &err);
	}
	ck_assert_uint_gt(out.len, 0);
	/* the user's own file still waits */
	ck_assert_int_eq(fcntl(slave, F_GETFL) & O_NONBLOCK, 0);
	while (seen < wanted && idle < 1000) {
		ssize_t n = read(master, room, sizeof(room));

		idle = n > 0 ? 0 : idle + 1;
		for (ssize_t i = 0; i < n; i++)
			seen += room[i] == '\n';
		ck_ok(out_wait(&out, 10, &err), &err);
	}
	ck_assert_uint_eq(seen, wanted);
	out_close(&out);
	close(slave);
	close(master);
}
END_TEST

static const struct {
	const char *text;
	bool is_fine;
} expressions[] = {
	{ "\\d+ tests", true },       { "[\\d.]+", true },      { "a\\tb", true },
	{ "\\<word", false },         { "a\\\\\\>", false },    { "C:\\\\<dir>", true },
	{ "\\bdone\\b\\s\\w", true }, { "[[:digit:]]+", true }, { "done\\.$", true },
};

START_TEST(escapes)
{
	const char *text = expressions[_i].text;
	struct patterns p;
	struct ef_err err = EF_ERR_INIT;

	if (expressions[_i].is_fine) {
		ck_ok(patterns_compile(&p, EF_HINT_UNTIL, &text, 1, &err), &err);
		patterns_release(&p);
	} else {
		ck_fails(patterns_compile(&p, EF_HINT_UNTIL, &text, 1, &err), &err, EF_E_USAGE,
			 "it is not clear what");
	}
}
END_TEST

/* ---- monitors ---- */

struct seen {
	char decoded[8192], end[512];
	size_t len;
	uint64_t pause_us; /* how long an empty piece is */
};

static void on_event(void *user, const struct ef_monitor_event *e)
{
	struct seen *s = user;
	int n;

	if (e->kind == EF_MONITOR_END)
		(void)snprintf(s->end, sizeof(s->end), "%s", e->text);
	if (e->kind != EF_MONITOR_DECODED)
		return;
	n = snprintf(s->decoded + s->len, sizeof(s->decoded) - s->len, "%s\n", e->text);
	ck_assert(n > 0 && (size_t)n < sizeof(s->decoded) - s->len);
	s->len += (size_t)n;
}

static void on_read(struct fake_port *f)
{
	struct seen *s = f->user;

	if (f->say_pos < f->say_count && f->say[f->say_pos][0] == '\0')
		f->now_us += s->pause_us;
}

static void run(struct fake_port *port, struct ef_monitor_opts *opts, struct seen *s,
		enum ef_code code)
{
	struct ef_err err = EF_ERR_INIT;

	port->on_read = on_read;
	port->user = s;
	opts->event = on_event;
	opts->user = s;
	opts->ends.timeout_ms = 60000;
	ck_assert_int_eq(ef_monitor_run(&port->base, opts, &err), code == EF_OK);
	ck_assert_int_eq(err.code, code);
}

static const struct {
	const char *until, *fail, *say[5];
	uint64_t pause_us;
	enum ef_code code;
	const char *end;
} pieces[] = {
	/* a line that pauses is not at its end */
	{ "passed$",
	  "5 failed",
	  { "tests passed", "", ", 5 failed\n" },
	  30000,
	  EF_E_FAIL_SEEN,
	  "5 failed" },
	{ "passed$", "x", { "tests passed", "", "\n" }, 30000, EF_OK, "tests passed" },
	/* but a prompt is all there will be */
	{ "^esp> $", "x", { "boot\nes", "p> ", "", "" }, 400000, EF_OK, "esp> " },
	{ "^esp> ", "x", { "boot\nes", "p> ", "" }, 30000, EF_OK, "esp> " },
	/* lines that end with LF CR */
	{ "^done$", "x", { "begun\n\rdone\n\r", "" }, 0, EF_OK, "done" },
	/* across pieces and without end of line */
	{ "all d[a-z]ne", "x", { "al", "l d", "one", "\n" }, 0, EF_OK, "all done" },
	{ "never", "bad", { "no", "t ba", "d", "", "" }, 600000, EF_E_FAIL_SEEN, "not bad" },
};

START_TEST(patterns_on_pieces)
{
	struct ef_monitor_opts opts = EF_MONITOR_OPTS_INIT;
	struct seen s = { .pause_us = pieces[_i].pause_us };
	struct fake_port port;

	fake_init(&port, FAKE_SERIAL);
	for (size_t i = 0; i < 5 && pieces[_i].say[i]; i++)
		port.say[port.say_count++] = pieces[_i].say[i];
	opts.ends.until = &pieces[_i].until;
	opts.ends.fail = &pieces[_i].fail;
	opts.ends.until_count = opts.ends.fail_count = 1;
	run(&port, &opts, &s, pieces[_i].code);
	ck_assert_msg(strstr(s.end, pieces[_i].end) != NULL, "%s", s.end);
}
END_TEST

/* ---- decoding ---- */

struct firmware {
	struct made elf, log;
	struct ef_symbols *symbols;
	struct ef_decoder_opts opts;
};

static void firmware_open(struct firmware *f)
{
	struct ef_symbols_elf one = { .name = "os.elf" };
	struct ef_err err = EF_ERR_INIT;
	uint8_t *text;

	ck_assert(load_file(UNWIND_DIR, "os.elf", &f->elf));
	ck_assert(load_file(UNWIND_DIR, "os.log", &f->log));
	text = realloc(f->log.data, f->log.len + 1);
	ck_assert_ptr_nonnull(text);
	text[f->log.len] = '\0';
	f->log.data = text;
	one.data = f->elf.data;
	one.len = f->elf.len;
	ck_ok(ef_symbols_open(&one, 1, &f->symbols, &err), &err);
	f->opts = (struct ef_decoder_opts){ .symbols = f->symbols };
}

static void firmware_close(struct firmware *f)
{
	ef_symbols_close(f->symbols);
	free(f->elf.data);
	free(f->log.data);
}

static size_t count_of(const char *text, const char *what)
{
	size_t n = 0;

	for (const char *p = strstr(text, what); p; p = strstr(p + 1, what))
		n++;
	return n;
}

/* However a dump is cut into pieces: one backtrace, the whole one. */
START_TEST(dumps_with_pauses)
{
	struct firmware f;

	firmware_open(&f);
	for (size_t cut = f.log.len / 2; cut < f.log.len; cut += 37) {
		struct ef_monitor_opts opts = EF_MONITOR_OPTS_INIT;
		struct seen s = { .pause_us = 900000 };
		struct fake_port port;
		char first[8192];

		ck_assert_uint_lt(cut, sizeof(first));
		memcpy(first, f.log.data, cut);
		first[cut] = '\0';
		fake_init(&port, FAKE_SERIAL);
		port.say[port.say_count++] = first;
		port.say[port.say_count++] = "";
		port.say[port.say_count++] = (const char *)f.log.data + cut;
		opts.decoding.decoder = &f.opts;
		opts.ends.on_panic = EF_ON_PANIC_GO_ON;
		run(&port, &opts, &s, EF_E_TIME_UP);
		ck_assert_uint_eq(count_of(s.decoded, "Backtrace, unwound"), 1);
		ck_assert_uint_eq(count_of(s.decoded, "- _start"), 1);
	}
	firmware_close(&f);
}
END_TEST

/* esp-backtrace prints the whole stack in one line. */
START_TEST(long_dump_line)
{
	struct firmware f;
	const char *stack, *p;
	static char line[16384];
	size_t len;
	unsigned word;

	firmware_open(&f);
	stack = strstr((const char *)f.log.data, "Stack memory:");
	ck_assert_ptr_nonnull(stack);
	/* frame 3 of os.bt begins behind its return address: see test_unwind.c */
	p = strstr(stack, "0x800002ac");
	ck_assert_ptr_nonnull(p);
	len = (size_t)snprintf(line, sizeof(line), "STACKDUMP: 800002ac ");
	for (p = strstr(p + 10, "0x"); p; p = strstr(p + 10, "0x")) {
		ck_assert_uint_eq(ef_hex_at(p + 2, 8, &word), 8);
		len += (size_t)snprintf(line + len, sizeof(line) - len, "%02x%02x%02x%02x",
					word & 255, word >> 8 & 255, word >> 16 & 255, word >> 24);
		if (!strstr(p + 10, " 0x"))
			break;
	}
	memset(line + len, '0', sizeof(line) - 2 - len);
	line[sizeof(line) - 2] = '\n';
	for (int is_long = 0; is_long < 2; is_long++) {
		struct ef_monitor_opts opts = EF_MONITOR_OPTS_INIT;
		struct seen s = { .len = 0 };
		struct fake_port port;
		char chunk[5][4001];

		fake_init(&port, FAKE_SERIAL);
		for (size_t i = 0; i < 5 && i * 4000 < (is_long ? sizeof(line) : len); i++) {
			snprintf(chunk[i], sizeof(chunk[i]), "%.4000s", line + i * 4000);
			if (!is_long)
				snprintf(chunk[i] + len, sizeof(chunk[i]) - len, "\n");
			port.say[port.say_count++] = chunk[i];
		}
		opts.decoding.decoder = &f.opts;
		run(&port, &opts, &s, EF_E_TIME_UP);
		ck_assert_uint_eq(count_of(s.decoded, "Backtrace, unwound"), 1);
		ck_assert_msg(count_of(s.decoded, "- _start") == 1, "%d: %s", is_long, s.decoded);
	}
	firmware_close(&f);
}
END_TEST

Suite *suite_monitor_ends(void);

Suite *suite_monitor_ends(void)
{
	Suite *s = suite_create("monitor_ends");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, crashes, 0, (int)(sizeof(lines) / sizeof(lines[0])));
	tcase_add_test(t, resets);
	tcase_add_loop_test(t, reset_causes, 0, (int)(sizeof(reasons) / sizeof(reasons[0])));
	tcase_add_test(t, undecoded_defmt);
	tcase_add_test(t, stalled_terminal);
	tcase_add_loop_test(t, escapes, 0, (int)(sizeof(expressions) / sizeof(expressions[0])));
	tcase_add_loop_test(t, patterns_on_pieces, 0, (int)(sizeof(pieces) / sizeof(pieces[0])));
	tcase_add_test(t, dumps_with_pauses);
	tcase_add_test(t, long_dump_line);
	suite_add_tcase(s, t);
	return s;
}
