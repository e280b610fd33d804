/* SPDX-License-Identifier: MIT */
/*
 * The verdict on starts that are put together at random from what ROMs, bootloaders and
 * applications print. tests/golden/session/starts.txt has a line for each expectation: how often
 * each state is the verdict, and the CRC of all verdicts and of what was known after each line.
 * Whether a verdict is right, test_listen.c and test_start_line.c say; this notices that one
 * changed. START_LINES=1 in the environment prints the lines.
 */
#include "base/hash.h"
#include "ck_ef.h"
#include "golden_lines.h"
#include "flasher/start_judge.h"

#include <stdio.h>

static const char *const lines[] = {
	"rst:0x1 (POWERON),boot:0xc (SPI_FAST_FLASH_BOOT)\r\n",
	"rst:0x1 (POWERON),boot:0xc (SPI_FAST_FLASH_BOOT)\r\nload:0x3fcd5810,len:0x1570\r\n"
	"entry 0x403cc710\r\n",
	"rst:0x1 (POWERON),boot:0x4 (DOWNLOAD(USB/UART0))\r\n",
	"rst:0x5 (DSLEEP),boot:0xf (SPI_FAST_FLASH_BOOT)\r\nload:0x3fcd5810,len:0x1570\r\n"
	"entry 0x403cc710\r\n",
	"rst:0x7 (TG0WDT_SYS_RST),boot:0xc (SPI_FAST_FLASH_BOOT)\r\n",
	"waiting for download\r\n",
	"invalid header: 0xffffffff\r\n",
	"SHA-256 comparison failed:\r\nCalculated: 63cf02ff\r\nExpected: f4494a64\r\n",
	"Attempting to boot anyway...\r\n",
	"I (24) boot: ESP-IDF v5.5 2nd stage bootloader\r\n",
	"E (88) esp_image: image at 0x10000 has invalid magic byte (nothing flashed here?)\r\n",
	"E (66) boot: No bootable app partitions in the partition table\r\n",
	"I (480) boot: Loaded app from partition at offset 0x10000\r\n",
	"I (480) boot: Loaded app from partition at offset 0x110000\r\n",
	"I (133) cpu_start: Pro cpu start user code\r\n",
	"I (200) app_init: Project name:     blink\r\n",
	"I (200) app_init: Project name:     other\r\n",
	"I (201) app_init: App version:      1.2\r\n",
	"I (201) app_init: App version:      1.3\r\n",
	"I (202) app_init: ELF file SHA256:  0123456789abcdef...\r\n",
	"I (202) app_init: ELF file SHA256:  f123456789abcdef...\r\n",
	"I (202) app_init: ELF file SHA256:  0000000000000000...\r\n",
	"Hello \x1b[32mworld\r\n",
	"tick 1\r\n",
	"abort() was called at PC 0x400d1234\r\n",
	"Guru Meditation Error: Core  0 panic'ed (LoadProhibited). Exception was unhandled.\r\n",
	"***ERROR*** A stack overflow in task main has been detected.\r\n",
	"Brownout detector was triggered\r\n",
	"====================== PANIC ======================\r\n",
	"panicked at src/main.rs:7:5:\r\n",
	"\x80\xf8\x9c\xe0\r\n",
};
#define LINES (sizeof(lines) / sizeof(lines[0]))

static const uint8_t elf[32] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 1 };

static const struct expectation {
	const char *what;
	struct ef_start_expect expect;
} expectations[] = {
	{ "nothing", { .has_offset = false } },
	{ "an offset", { .has_offset = true, .offset = 0x10000 } },
	{ "the only app", { .has_offset = true, .offset = 0x10000, .is_only = true } },
	{ "a project", { .has_offset = true, .offset = 0x10000, .project = "blink" } },
	{ "a version", { .project = "", .version = "1.2" } },
	{ "an ELF", { .has_offset = true, .offset = 0x10000, .elf_sha256 = elf } },
	{ "all", { true, true, 0x110000, "other", "1.3", elf } },
};

#define RUNS 400u

static struct {
	char text[1u << 19];
	size_t len;
} told;

static void tell_start(const struct start_judge *j, const struct ef_start *s)
{
	int n = snprintf(told.text + told.len, sizeof(told.text) - told.len,
			 "%d '%s' %d %x %d %s %s %d %d, %d%d%d\n", (int)s->state, s->line,
			 s->has_offset, s->offset, s->is_known, s->project, s->version,
			 (int)s->crash, (int)s->stage, start_judge_is_certain(j),
			 start_judge_has_app(j), start_judge_has_text(j));

	ck_assert(n > 0 && (size_t)n < sizeof(told.text) - told.len);
	told.len += (size_t)n;
}

static uint32_t next(uint32_t *state, uint32_t n)
{
	*state = *state * 1664525u + 1013904223u;
	return (*state >> 8) % n;
}

/* A start of one to eight pieces, most of which begin with a banner. */
static enum ef_start_state run(const struct ef_start_expect *expect, uint32_t *random)
{
	uint32_t count = 1 + next(random, 8);
	struct start_judge j;
	struct ef_start s;

	start_judge_init(&j, expect);
	for (uint32_t i = 0; i < count; i++) {
		const char *text = lines[next(random, i ? LINES : 2 * LINES) % LINES];

		if (i == 0 && next(random, 3))
			text = lines[1];
		start_judge_feed(&j, text, strlen(text));
		start_judge_result(&j, &s);
		tell_start(&j, &s);
	}
	return s.state;
}

START_TEST(random_starts)
{
	const struct expectation *x = &expectations[_i];
	unsigned states[EF_START_OTHER_APP + 1] = { 0 };
	uint32_t random = (uint32_t)_i + 1;
	char line[256];

	told.len = 0;
	for (unsigned i = 0; i < RUNS; i++)
		states[run(&x->expect, &random)]++;
	(void)snprintf(line, sizeof(line),
		       "%s: %u silent, %u running, %u download, %u loop, %u crashed, %u no boot, "
		       "%u other app, %08x\n",
		       x->what, states[EF_START_SILENT], states[EF_START_RUNNING],
		       states[EF_START_DOWNLOAD], states[EF_START_LOOP], states[EF_START_CRASHED],
		       states[EF_START_NO_BOOT], states[EF_START_OTHER_APP],
		       ef_crc32(told.text, told.len));
	golden_has("starts", line, "START_LINES");
}
END_TEST

Suite *suite_start_random(void);
Suite *suite_start_random(void)
{
	Suite *s = suite_create("start_random");
	TCase *t = tcase_create("start_random");

	tcase_add_loop_test(t, random_starts, 0, sizeof(expectations) / sizeof(expectations[0]));
	suite_add_tcase(s, t);
	return s;
}
