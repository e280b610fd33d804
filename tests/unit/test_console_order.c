/* SPDX-License-Identifier: MIT */
/*
 * Whole logs, line by line: which program printed each line, by the order in which a ROM, a
 * bootloader and an application can speak. And the tables of words keep their own rules.
 */
#include <espflash/console.h>

#include "ck_ef.h"
#include "console/words.h"

/* A line, and what it is: a letter for the program, one for the kind. */
struct step {
	const char *what, *line;
};

static const char *name_of(const struct ef_console_event *e)
{
	static const char *const kinds[] = {
		[EF_CONSOLE_EMPTY] = "empty",      [EF_CONSOLE_NOISE] = "noise",
		[EF_CONSOLE_TEXT] = "text",        [EF_CONSOLE_GREETING] = "greeting",
		[EF_CONSOLE_RESET] = "reset",      [EF_CONSOLE_ROM_LINE] = "line",
		[EF_CONSOLE_LOAD] = "load",        [EF_CONSOLE_ENTRY] = "entry",
		[EF_CONSOLE_GOES_ON] = "goes on",  [EF_CONSOLE_WAITS] = "waits",
		[EF_CONSOLE_FAILURE] = "failure",  [EF_CONSOLE_LOADER_ON] = "on",
		[EF_CONSOLE_LOADER_LINE] = "line", [EF_CONSOLE_PARTITION] = "partition",
		[EF_CONSOLE_LOADED] = "loaded",    [EF_CONSOLE_APP_LINE] = "line",
		[EF_CONSOLE_PROJECT] = "project",  [EF_CONSOLE_VERSION] = "version",
		[EF_CONSOLE_ELF_HASH] = "hash",    [EF_CONSOLE_CRASH] = "crash",
		[EF_CONSOLE_CRASH_PART] = "part",  [EF_CONSOLE_CRASH_END] = "end",
	};
	static const char *const stages[] = { "?", "rom", "loader", "app" };
	static char name[40];

	(void)snprintf(name, sizeof(name), "%s %s", stages[e->stage], kinds[e->kind]);
	return name;
}

static const struct step usual[] = {
	{ "? text", "words before anything is known" },
	{ "rom line", "SPIWP:0xee" },
	{ "rom text", "more than the table knows" },
	{ "rom load", "load:0x3fcd5810,len:0x1570" },
	{ "rom entry", "entry 0x403cc710" },
	{ "app text", "Hello" },
	{ "rom greeting", "ESP-ROM:esp32c3-api1-20210207" },
	{ "rom text", "not yet an application" },
	{ "rom reset", "rst:0x1 (POWERON),boot:0xc (SPI_FAST_FLASH_BOOT)" },
	{ "rom entry", "entry 0x403cc710" },
	{ "loader on", "I (24) boot: ESP-IDF v5.1 2nd stage bootloader" },
	{ "loader text", "a hook of the bootloader" },
	{ "loader loaded", "I (480) boot: Loaded app from partition at offset 0x10000" },
	{ "loader line", "I (481) boot: Disabling RNG early entropy source..." },
	{ "app text", "Hello" },
	{ "app text", "I (9) boot: Loaded app from partition at offset 0x10000" },
	{ "app text", "csum err:0x1" },
	{ "app text", "Core  0 register dump:" },
	{ "app text", "Rebooting..." },
	{ "app crash", "Guru Meditation Error: Core  0 panic'ed (LoadProhibited)." },
	{ "? part", "Core  0 register dump:" },
	{ "? text", "words behind a crash" },
	{ "? end", "Rebooting..." },
	{ "rom greeting", "ESP-ROM:esp32c3-api1-20210207" },
	{ "rom entry", "entry 0x403cc710" },
	{ "app text", "I: short words of no MCUboot" },
};

/* A boot forgets the one before: offsets are named by ESP-IDF only, short logs are MCUboot's. */
static const struct step other_loaders[] = {
	{ "rom entry", "entry 0x403cc710" },
	{ "loader on", "*** Booting MCUboot v2.1 ***" },
	{ "loader line", "I: a short line" },
	{ "loader line", "W: a short line" },
	{ "loader line", "D: a short line" },
	{ "loader failure", "E: a short line" },
	{ "app text", "X: no level" },
	{ "app text", "I: no longer the bootloader" },
	{ "rom greeting", "ESP-ROM:esp32c3-api1-20210207" },
	{ "rom entry", "entry 0x403cc710" },
	{ "loader on", "*** Booting MCUboot v2.1 ***" },
	{ "app text", "I:no blank" },
	{ "rom greeting", "ESP-ROM:esp32c3-api1-20210207" },
	{ "rom entry", "entry 0x403cc710" },
	{ "loader on", "*** Booting MCUboot v2.1 ***" },
	{ "app text", "I- a line" },
	{ "rom greeting", "ESP-ROM:esp32c3-api1-20210207" },
	{ "rom entry", "entry 0x403cc710" },
	{ "loader on", "I (24) boot: ESP-IDF v5.1 2nd stage bootloader" },
	{ "loader text", "I: not MCUboot's" },
	{ "loader loaded", "I (480) boot: Loaded app from partition at offset 0x10000" },
	{ "app text", "I: not MCUboot's" },
	/* a ROM that an eFuse mutes: the bootloader's first line begins the next boot */
	{ "loader on", "I (24) boot: ESP-IDF v5.1 2nd stage bootloader" },
	{ "loader text", "before the app is loaded" },
	{ "loader text", "csum err:0x1" },
	{ "rom failure", "user code done" },
	{ "? text", "nothing starts any more" },
};

/* Failures: some end a boot, and after "entry" only a failure is still the ROM's. */
static const struct step failures[] = {
	{ "rom greeting", "ESP-ROM:esp32c3-api1-20210207" },
	{ "rom failure", "invalid header: 0xffffffff" },
	{ "rom text", "the ROM goes on" },
	{ "rom entry", "entry 0x403cc710" },
	{ "rom failure", "csum err:0xb8!=0xff" },
	{ "app text", "waiting for download" },
	{ "rom greeting", "ESP-ROM:esp32c3-api1-20210207" },
	{ "rom waits", "waiting for download" },
	{ "rom greeting", "ESP-ROM:esp32c3-api1-20210207" },
	{ "rom entry", "entry 0x403cc710" },
	{ "loader failure", "E (103) boot: load partition table error!" },
	{ "? text", "csum err:0x1" },
	{ "? text", "words" },
	{ "rom greeting", "ESP-ROM:esp32c3-api1-20210207" },
	{ "rom entry", "entry 0x403cc710" },
	{ "loader failure", "E (90) esp_image: image at 0x110000 has invalid magic byte" },
	{ "app text", "words" },
	{ "rom greeting", "ESP-ROM:esp32c3-api1-20210207" },
	{ "rom entry", "entry 0x403cc710" },
	{ "app line", "I (250) cpu_start: Pro cpu up." },
	{ "app text", "csum err:0xb8!=0xff" },
	{ "app crash", "Brownout detector was triggered" },
	{ "app line", "I (250) cpu_start: Pro cpu up." },
	{ "? text", "still ended" },
};

#define LOG(steps)                                                                                 \
	{                                                                                          \
		steps, EF_ARRAY_LEN(steps)                                                         \
	}
static const struct {
	const struct step *step;
	size_t count;
} logs[] = { LOG(usual), LOG(other_loaders), LOG(failures) };

START_TEST(each_line_of_a_log)
{
	struct ef_console c = { .len = 0 };

	for (size_t i = 0; i < logs[_i].count; i++) {
		const struct step *s = &logs[_i].step[i];
		struct ef_console_event e;

		ef_console_line(&c, s->line, strlen(s->line), &e);
		ck_assert_msg(strcmp(name_of(&e), s->what) == 0, "line %zu is '%s': %s", i + 1,
			      name_of(&e), s->line);
	}
}
END_TEST

/* ---- the tables ---- */

/* Only a crash has a cause, and only failures and crashes end or head something. */
START_TEST(words_keep_their_rules)
{
	const struct words *const all[] = { console_rom_words, console_loader_words,
					    console_app_words, console_crash_words };
	unsigned causes[3] = { 0 }, finals = 0, headings = 0;

	for (size_t i = 0; i < EF_ARRAY_LEN(all); i++) {
		for (const struct words *w = all[i]; w->source; w++) {
			ck_assert_uint_eq(w->stage, i == 3 ? EF_CONSOLE_UNKNOWN : i + 1);
			for (const struct word *x = w->word; x->text; x++) {
				ck_assert_uint_lt(x->what, 3);
				causes[x->what]++;
				ck_assert_msg(x->what == 0 || x->kind == EF_CONSOLE_CRASH, "%s",
					      x->text);
				ck_assert_msg(!x->is_final || x->kind == EF_CONSOLE_CRASH ||
						      x->kind == EF_CONSOLE_FAILURE,
					      "%s", x->text);
				finals += x->is_final && x->kind == EF_CONSOLE_FAILURE;
				headings += x->is_final && x->kind == EF_CONSOLE_CRASH;
			}
		}
	}
	ck_assert_uint_gt(causes[EF_CONSOLE_BROWNOUT], 0);
	ck_assert_uint_lt(causes[EF_CONSOLE_BROWNOUT], 5);
	ck_assert_uint_gt(causes[EF_CONSOLE_WATCHDOG], 0);
	ck_assert_uint_lt(causes[EF_CONSOLE_WATCHDOG], 10);
	ck_assert(finals > 10 && headings > 0);
}
END_TEST

static const struct {
	const char *line;
	enum ef_console_crash what;
	bool is_heading;
} crashes[] = {
	{ "Brownout detector was triggered", EF_CONSOLE_BROWNOUT, false },
	{ "Guru Meditation Error: Core  0 panic'ed (LoadProhibited).", EF_CONSOLE_PANIC, false },
	{ "abort() was called at PC 0x400d1234 on core 0", EF_CONSOLE_PANIC, false },
	{ "assert failed: f a.c:70 (x)", EF_CONSOLE_PANIC, false },
	{ "Soft WDT reset", EF_CONSOLE_WATCHDOG, false },
	{ "====================== PANIC ======================", EF_CONSOLE_PANIC, true },
	{ "A fatal error occurred. The crash dump printed below may be used to help",
	  EF_CONSOLE_PANIC, true },
};

START_TEST(causes_of_crashes)
{
	struct ef_console_event e;

	ef_console_classify(crashes[_i].line, strlen(crashes[_i].line), &e);
	ck_assert_int_eq(e.kind, EF_CONSOLE_CRASH);
	ck_assert_int_eq(e.what, crashes[_i].what);
	ck_assert_int_eq(e.is_heading, crashes[_i].is_heading);
	ck_assert(!e.is_final);
}
END_TEST

Suite *suite_console_order(void);
Suite *suite_console_order(void)
{
	Suite *s = suite_create("console_order");
	TCase *t = tcase_create("console_order");

	tcase_add_loop_test(t, each_line_of_a_log, 0, (int)EF_ARRAY_LEN(logs));
	tcase_add_test(t, words_keep_their_rules);
	tcase_add_loop_test(t, causes_of_crashes, 0, (int)EF_ARRAY_LEN(crashes));
	suite_add_tcase(s, t);
	return s;
}
