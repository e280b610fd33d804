/* SPDX-License-Identifier: MIT */
/*
 * What proves that a reset had an effect, word for word, on a port in memory. The chip speaks when
 * its reset line is released; the texts are those of ROMs and of ESP-IDF's bootloader.
 */
#include <espflash/flasher.h>
#include <espflash/reset.h>

#include "ck_ef.h"
#include "rig/fake_port.h"

#define EN    "rst:0x1 (POWERON),boot:0xc (SPI_FAST_FLASH_BOOT)\r\n"
#define WDT   "rst:0x7 (TG0WDT_SYS_RST),boot:0xc (SPI_FAST_FLASH_BOOT)\r\n"
#define WAITS "waiting for download\r\n"
#define LOADS "load:0x3fcd5810,len:0x1570\r\nentry 0x403cc710\r\n"
#define IDF   "I (24) boot: ESP-IDF v5.5 2nd stage bootloader\r\n"
#define IDF_1 "I (24) boot: ESP-IDF v5.5 2nd stage bootloader"
#define APP   "I (140) main: hello\r\n"

static const struct {
	const char *text;
	bool is_proved, is_download, is_by_itself;
	const char *line; /* the one that proves it, or the first */
	bool is_over;     /* nothing more can change the verdict */
} cases[] = {
	/* the banner names its reset */
	{ EN, true, false, false, "rst:0x1 (POWERON),boot:0xc (SPI_FAST_FLASH_BOOT)", true },
	{ WDT, false, false, true, "rst:0x7 (TG0WDT_SYS_RST),boot:0xc (SPI_FAST_FLASH_BOOT)",
	  true },
	{ APP EN, true, false, false, "rst:0x1 (POWERON),boot:0xc (SPI_FAST_FLASH_BOOT)", true },
	{ "rst:0x1 (POWERON),boot:0x4 (DOWNLOAD(USB/UART0))\r\n", true, true, false,
	  "rst:0x1 (POWERON),boot:0x4 (DOWNLOAD(USB/UART0))", true },
	/* only the first boot counts: the pulse is over when the second one begins */
	{ EN LOADS WDT, true, false, false, "rst:0x1 (POWERON),boot:0xc (SPI_FAST_FLASH_BOOT)",
	  true },
	{ WDT LOADS EN, false, false, true,
	  "rst:0x7 (TG0WDT_SYS_RST),boot:0xc (SPI_FAST_FLASH_BOOT)", true },
	/* without a banner, the lines of one start prove it, however many there are */
	{ LOADS, true, false, false, "load:0x3fcd5810,len:0x1570", false },
	{ IDF, true, false, false, IDF_1, false },
	{ LOADS IDF, true, false, false, "load:0x3fcd5810,len:0x1570", false },
	{ IDF "I (31) boot: Loaded app from partition at offset 0x10000\r\n" APP, true, false,
	  false, IDF_1, false },
	/* a second start: the chip starts again and again, whatever the pulse did */
	{ IDF APP IDF, false, false, true, IDF_1, true },
	{ LOADS IDF LOADS IDF, false, false, true, "load:0x3fcd5810,len:0x1570", true },
	{ LOADS EN, false, false, true, "rst:0x1 (POWERON),boot:0xc (SPI_FAST_FLASH_BOOT)", true },
	/* a ROM that waits starts nothing more */
	{ WAITS, true, true, false, "waiting for download", true },
	/* these come from an application as well */
	{ APP, false, false, false, "I (140) main: hello", false },
	{ "hello\r\nworld\r\n", false, false, false, "hello", false },
	{ "", false, false, false, "", false },
};

static struct fake_port port;
static const char *to_say;
static bool is_early; /* it speaks during the pulse, too */

static bool ends_with(const char *text)
{
	size_t len = strlen(text);

	return port.log_len >= len && strcmp(port.log + port.log_len - len, text) == 0;
}

static void speak(struct fake_port *p)
{
	if (is_early && ends_with(" R1\n")) {
		is_early = false;
		p->in = (const uint8_t *)"tick\r\n";
		p->in_len = 6;
	} else if (to_say && ends_with(" R0\n")) {
		p->in = (const uint8_t *)to_say;
		p->in_len = strlen(to_say);
		to_say = NULL;
	}
}

static struct ef_reset_proof prove(const char *text)
{
	struct ef_reset_try how = { .hear_hz = 115200, .loader_hz = 115200 };
	struct ef_err err = EF_ERR_INIT;
	struct ef_reset_proof proof;
	struct ef_rom rom;

	fake_init(&port, EF_PORT_HAS_LINES | EF_PORT_HAS_BAUD);
	port.base.info.vid = 0x10c4;
	port.on_read = speak;
	to_say = text;
	how.reset = ef_reset_hard(&port.base);
	ck_ok(ef_rom_init(&rom, &port.base, &err), &err);
	ck_ok(ef_reset_prove(&how, &rom, &proof, &err), &err);
	ef_rom_release(&rom);
	return proof;
}

START_TEST(words_after_the_pulse)
{
	struct ef_reset_proof proof;

	is_early = false;
	proof = prove(cases[_i].text);
	ck_assert_int_eq(proof.is_proved, cases[_i].is_proved);
	ck_assert_int_eq(proof.is_download, cases[_i].is_download);
	ck_assert_int_eq(proof.is_by_itself, cases[_i].is_by_itself);
	ck_assert_int_eq(proof.has_words, cases[_i].text[0] != '\0');
	ck_assert_str_eq(proof.line, cases[_i].line);
	ck_assert(!proof.is_talking && !proof.is_in_vain && !proof.has_no_wires);
	/* the pulse of 100 ms, then up to a second; only a chip without words is asked for a loader
	 */
	if (cases[_i].text[0])
		ck_assert_uint_eq(port.now_us, cases[_i].is_over ? 100000 : 1100000);
	ck_assert_int_eq(port.sent_len > 0, cases[_i].text[0] == '\0');
}
END_TEST

/* The reset line does not reach a chip that speaks while it is held. */
START_TEST(words_during_the_pulse)
{
	struct ef_reset_proof proof;

	is_early = true;
	proof = prove(cases[_i].text);
	ck_assert(!is_early);
	ck_assert(proof.is_talking);
	ck_assert(!proof.is_proved);
	ck_assert_str_eq(proof.line, cases[_i].line);
}
END_TEST

Suite *suite_proof_words(void);
Suite *suite_proof_words(void)
{
	Suite *s = suite_create("proof_words");
	TCase *t = tcase_create("proof_words");

	tcase_add_loop_test(t, words_after_the_pulse, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_loop_test(t, words_during_the_pulse, 0, sizeof(cases) / sizeof(cases[0]));
	suite_add_tcase(s, t);
	return s;
}
