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
	/* a mode that the program doesn't know: the reset is named all the same */
	{ "rst:0x1 (POWERON),boot:0xc (SOME_NEW_BOOT)\r\n", true, false, false,
	  "rst:0x1 (POWERON),boot:0xc (SOME_NEW_BOOT)", true },
	/* noise took the banner's start with the reset's number */
	{ "boot:0xc (SPI_FAST_FLASH_BOOT)\r\n", true, false, false,
	  "boot:0xc (SPI_FAST_FLASH_BOOT)", true },
	/* a second start: the chip starts again and again, whatever the pulse did */
	{ IDF APP IDF, false, false, true, IDF_1, true },
	{ LOADS IDF LOADS IDF, false, false, true, "load:0x3fcd5810,len:0x1570", true },
	{ LOADS EN, false, false, true, "rst:0x1 (POWERON),boot:0xc (SPI_FAST_FLASH_BOOT)", true },
	/* a ROM that waits starts nothing more */
	{ WAITS, true, true, false, "waiting for download", true },
	/* these come from an application as well */
	{ APP, false, false, false, "I (140) main: hello", false },
	{ "hello\r\nworld\r\n", false, false, false, "hello", false },
	/* no terminal obeys what is shown */
	{ "\x1b[31mI (140) main: a\xe2\x80\xae"
	  "b\r\n",
	  false, false, false, "I (140) main: a???b", false },
	{ "", false, false, false, "", false },
};

static struct fake_port port;
static const char *to_say;
static bool is_early;  /* it speaks during the pulse, too */
static size_t in_step; /* so many bytes come at a time; 0: all */

static bool ends_with(const char *text)
{
	size_t len = strlen(text);

	return port.log_len >= len && strcmp(port.log + port.log_len - len, text) == 0;
}

static void speak(struct fake_port *p)
{
	if (is_early && ends_with(" R1\n")) {
		is_early = false;
		p->in = (const uint8_t *)".";
		p->in_len = 1;
	} else if (to_say && ends_with(" R0\n")) {
		p->in = (const uint8_t *)to_say;
		p->in_len = strlen(to_say);
		to_say = NULL;
	}
}

static void plug_in(void)
{
	fake_init(&port, EF_PORT_HAS_LINES | EF_PORT_HAS_BAUD);
	port.base.info.vid = 0x10c4;
	port.on_read = speak;
	port.in_step = in_step;
}

static struct ef_reset_proof prove(const char *text)
{
	struct ef_reset_try how = { .hear_hz = 115200, .loader_hz = 115200 };
	struct ef_err err = EF_ERR_INIT;
	struct ef_reset_proof proof;
	struct ef_rom rom;

	to_say = text;
	how.reset = ef_reset_hard(&port.base);
	ck_ok(ef_rom_init(&rom, &port.base, &err), &err);
	ck_ok(ef_reset_prove(&how, &rom, &proof, &err), &err);
	ef_rom_release(&rom);
	return proof;
}

START_TEST(words_after_the_pulse)
{
	static const size_t steps[] = { 0, 1, 3 };
	struct ef_reset_proof proof;
	const size_t n = sizeof(cases) / sizeof(cases[0]);

	in_step = steps[(size_t)_i / n];
	_i %= (int)n;
	is_early = false;
	plug_in();
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
	in_step = 0;
	plug_in();
	proof = prove(cases[_i].text);
	ck_assert(!is_early);
	ck_assert(proof.is_talking);
	ck_assert(!proof.is_proved);
	ck_assert_str_eq(proof.line, cases[_i].line);
}
END_TEST

/* The proof may be far behind: an application printed until the pulse came. */
START_TEST(many_words_before_it)
{
	static const size_t steps[] = { 0, 200, 256, 100 };
	static char text[1024];
	struct ef_reset_proof proof;
	size_t len;

	for (len = 0; len < 700; len += sizeof(APP) - 1)
		memcpy(text + len, APP, sizeof(APP) - 1);
	memcpy(text + len, EN, sizeof(EN));
	is_early = false;
	in_step = steps[_i];
	plug_in();
	proof = prove(text);
	ck_assert(proof.is_proved);
	ck_assert_str_eq(proof.line, cases[0].line);
}
END_TEST

/* ---- a ROM at another rate ---- */

static const char *then; /* what the chip says once the port has the rate of the other crystal */

static void speak_slower(struct fake_port *p)
{
	speak(p);
	if (then && ends_with(" @74880\n")) {
		p->in = (const uint8_t *)then;
		p->in_len = strlen(then);
		then = NULL;
	}
}

/*
 * A ROM that takes a crystal of 26 MHz for one of 40 MHz talks at 74880 baud, and its bootloader,
 * too (esptool, esp32c2.py). At 115200 baud that is garbage.
 */
START_TEST(rate_of_another_crystal)
{
	static const char garbage[] = "\xe3\x1c\xfc\x80\xe0\x9c\xff\xf0\x03\xe3\x1c\xfc"
				      "\x80\xe0\x9c\xff\xf0\x03\xe3\x1c\xfc\x80\xe0\x9c"
				      "\xe3\x1c\xfc\x80\xe0\x9c\xff\xf0\x03\xe3\x1c\xfc";
	struct ef_reset_proof proof;

	is_early = false;
	in_step = _i ? 1 : 0;
	plug_in();
	port.on_read = speak_slower;
	then = "\r\n" IDF;
	proof = prove(garbage);
	ck_assert_ptr_null(then);
	ck_assert(proof.is_proved);
	ck_assert_uint_eq(port.base.rate_hz, 74880);
	ck_assert_ptr_null(strstr(strstr(port.log, "@74880") + 1, "@")); /* it stays there */
}
END_TEST

static bool refuse_74880(struct ef_port *self, uint32_t rate_hz, struct ef_err *err)
{
	if (rate_hz == 74880)
		return ef_fail(err, EF_E_IO, "the driver has no such rate");
	return fake_set_baud(self, rate_hz, err);
}

START_TEST(driver_without_the_other_rate)
{
	static const char garbage[] = "\xe3\x1c\xfc\x80\xe0\x9c\xff\xf0\x03\xe3\x1c\xfc"
				      "\x80\xe0\x9c\xff\xf0\x03\xe3\x1c\xfc\x80\xe0\x9c"
				      "\xe3\x1c\xfc\x80\xe0\x9c\xff\xf0\x03\xe3\x1c\xfc";
	struct ef_reset_try how = { .hear_hz = 115200, .loader_hz = 115200 };
	struct ef_err err = EF_ERR_INIT;
	struct ef_reset_proof proof;
	struct ef_rom rom;

	is_early = false;
	in_step = 0;
	plug_in();
	port.ops.set_baud = refuse_74880;
	to_say = garbage;
	how.reset = ef_reset_hard(&port.base);
	ck_ok(ef_rom_init(&rom, &port.base, &err), &err);
	ck_fails(ef_reset_prove(&how, &rom, &proof, &err), &err, EF_E_IO, "has no such rate");
	ef_rom_release(&rom);
}
END_TEST

START_TEST(readable_words_keep_the_rate)
{
	is_early = false;
	in_step = (size_t)_i;
	plug_in();
	(void)prove(APP APP APP APP);
	ck_assert_ptr_null(strstr(port.log, "@74880"));
}
END_TEST

/* ---- ports that fail, and those without wires ---- */

static unsigned calls, fails_at;

static bool bad_lines(struct ef_port *self, unsigned mask, unsigned value, struct ef_err *err)
{
	if (++calls == fails_at)
		return ef_fail(err, EF_E_IO, "the driver fails");
	return fake_set_lines(self, mask, value, err);
}

/* Whichever change of a line fails: nothing is claimed of that reset. */
START_TEST(driver_that_fails)
{
	struct ef_reset_try how = { .hear_hz = 115200, .loader_hz = 115200 };
	struct ef_err err = EF_ERR_INIT;
	struct ef_reset_proof proof;
	struct ef_rom rom;

	is_early = false;
	in_step = 0;
	plug_in();
	to_say = NULL;
	port.ops.set_lines = bad_lines;
	calls = 0;
	fails_at = (unsigned)_i;
	how.reset = ef_reset_hard(&port.base);
	ck_ok(ef_rom_init(&rom, &port.base, &err), &err);
	ck_fails(ef_reset_prove(&how, &rom, &proof, &err), &err, EF_E_IO, "the driver fails");
	ck_assert_uint_eq(calls, fails_at);
	ef_rom_release(&rom);
}
END_TEST

/* The chip's own USB resets it without a wire, and a port without lines can't. */
START_TEST(ports_without_wires)
{
	struct ef_reset_proof proof;

	is_early = false;
	in_step = 0;
	plug_in();
	if (_i == 0) {
		port.base.info.vid = 0x303a;
		port.base.info.pid = 0x1001; /* USB-Serial/JTAG */
	} else {
		port.base.caps &= ~(unsigned)EF_PORT_HAS_LINES;
	}
	proof = prove(NULL);
	ck_assert(proof.has_no_wires);
	ck_assert(!proof.is_proved && !proof.is_in_vain && !proof.has_words);
	ck_assert_str_eq(proof.line, "");
	ck_assert_uint_eq(port.reads, 0);
	ck_assert_uint_eq(port.sent_len, 0);
}
END_TEST

Suite *suite_proof_words(void);
Suite *suite_proof_words(void)
{
	Suite *s = suite_create("proof_words");
	TCase *t = tcase_create("proof_words");

	tcase_add_loop_test(t, words_after_the_pulse, 0, 3 * sizeof(cases) / sizeof(cases[0]));
	tcase_add_loop_test(t, words_during_the_pulse, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_loop_test(t, many_words_before_it, 0, 4);
	tcase_add_test(t, driver_without_the_other_rate);
	tcase_add_loop_test(t, rate_of_another_crystal, 0, 2);
	tcase_add_loop_test(t, readable_words_keep_the_rate, 0, 3);
	tcase_add_loop_test(t, driver_that_fails, 1, 4);
	tcase_add_loop_test(t, ports_without_wires, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
