/* SPDX-License-Identifier: MIT */
/* Listening after the final reset to boards that say one thing or another. See session_rig.h. */
#include "session_rig.h"

static const char *const texts[] = {
	"",
	"ESP-ROM:esp32c3-api1-20210207\r\nrst:0x1 (POWERON),boot:0xc (SPI_FAST_FLASH_BOOT)\r\n"
	"load:0x3fcd5810,len:0x1570\r\nentry 0x403cc710\r\nHello\r\n",
	"rst:0x1 (POWERON),boot:0xc (SPI_FAST_FLASH_BOOT)\r\nload:0x3fcd5810,len:0x1570\r\n"
	"entry 0x403cc710\r\nI (24) boot: ESP-IDF v5.5 2nd stage bootloader\r\n"
	"I (480) boot: Loaded app from partition at offset 0x110000\r\n"
	"I (133) cpu_start: Pro cpu start user code\r\n",
	"rst:0x1 (POWERON),boot:0x4 (DOWNLOAD(USB/UART0))\r\nwaiting for download\r\n",
	"rst:0x1 (POWERON),boot:0xc (SPI_FAST_FLASH_BOOT)\r\ninvalid header: 0xffffffff\r\n"
	"rst:0x7 (TG0WDT_SYS_RST),boot:0xc (SPI_FAST_FLASH_BOOT)\r\ninvalid header: 0xffffffff\r\n",
	"rst:0x1 (POWERON),boot:0xc (SPI_FAST_FLASH_BOOT)\r\nload:0x3fcd5810,len:0x1570\r\n"
	"entry 0x403cc710\r\nabort() was called at PC 0x400d1234\r\n",
	"unknown words\r\n",
	"\x80\xf8\x9c\xe0\xfe\x80\xf8\x9c\xe0\xfe\x80\xf8\x9c\xe0\xfe\r\n",
};

static unsigned limit_ms;

static bool listen(struct rig *r)
{
	const struct ef_listen_opts opts = { .limit_ms = limit_ms,
					     .expect = { .has_offset = true, .offset = 0x10000 } };
	struct ef_start start = { .state = EF_START_SILENT };
	bool ok = ef_flasher_listen(r->f, &opts, &start, &r->err);

	tell("start %d '%s' %d %x, %d, %d %u '%s' %d %d, lines %x\n", (int)start.state, start.line,
	     start.has_offset, start.offset, start.is_known, start.has_first_word,
	     start.first_word_ms, start.project, (int)start.crash, (int)start.stage,
	     r->port->inverted);
	return ok;
}

static bool do_listen(struct rig *r)
{
	ef_flasher_will_listen(r->f);
	return ef_flasher_finish(r->f, EF_AFTER_HARD_RESET, &r->err) && listen(r);
}

/* The reset checks its own effect, since nobody listens. */
static bool do_reset(struct rig *r)
{
	return ef_flasher_finish(r->f, EF_AFTER_HARD_RESET, &r->err);
}

static const struct session boards[] = {
	{ "wires", do_listen, .board = { .chip = "esp32c3" }, .opts.rate_hz = 460800 },
	{ "USB", do_listen,
	  .board = { .chip = "esp32c3", .circuit = SIM_CIRCUIT_USB_JTAG, .usb.away_ms = 300 } },
	{ "USB that leaves", do_listen,
	  .board = { .chip = "esp32c3",
		     .circuit = SIM_CIRCUIT_USB_JTAG,
		     .usb = { .away_ms = 300, .app = SIM_USB_APP_NONE } } },
	{ "USB that loops", do_listen,
	  .board = { .chip = "esp32c3",
		     .circuit = SIM_CIRCUIT_USB_JTAG,
		     .trouble = SIM_TROUBLE_WATCHDOG,
		     .usb.away_ms = 20 } },
	{ "no wires", do_listen,
	  .board = { .chip = "esp32", .circuit = SIM_CIRCUIT_NONE_DOWNLOAD } },
	{ "no lines", do_listen, .board = { .chip = "esp32", .circuit = SIM_CIRCUIT_NONE_DOWNLOAD },
	  .caps_less = EF_PORT_HAS_LINES },
	{ "inverted, met by a stub", do_listen,
	  .board = { .chip = "esp32", .circuit = SIM_CIRCUIT_INVERTED, .stub_running = true } },
	{ "flaps", do_listen, .board = { .chip = "esp32", .trouble = SIM_TROUBLE_FLAP } },
	{ "reset", do_reset, .board = { .chip = "esp32c2" }, .opts.no_stub = true },
	{ "reset, no wires", do_reset,
	  .board = { .chip = "esp32", .circuit = SIM_CIRCUIT_NONE_DOWNLOAD } },
	{ "reset, inverted, met by a stub", do_reset,
	  .board = { .chip = "esp32", .circuit = SIM_CIRCUIT_INVERTED, .stub_running = true } },
};

START_TEST(listening)
{
	static const unsigned limits[] = { 1500, 300 };
	struct session_line got = { .sessions = 0 };
	struct session s = boards[_i];

	(void)snprintf(got.name, sizeof(got.name), "%s", s.what);
	for (unsigned i = 0; i < EF_ARRAY_LEN(texts); i++) {
		s.board.boot.text = texts[i];
		limit_ms = limits[i % 2];
		session_tell(&s, NULL, 0, &got);
		session_keep(&got, i);
	}
	/* whatever the application of the board says */
	s.board.boot.text = NULL;
	for (unsigned i = 0; i < EF_ARRAY_LEN(limits); i++) {
		s.board.chatty_app = i;
		limit_ms = limits[i];
		session_tell(&s, NULL, 0, &got);
		session_keep(&got, EF_ARRAY_LEN(texts) + i);
	}
	session_compare("listen", &got);
}
END_TEST

Suite *suite_session_listen(void);
Suite *suite_session_listen(void)
{
	Suite *s = suite_create("session_listen");
	TCase *t = tcase_create("session_listen");

	if (ef_stub_count())
		tcase_add_loop_test(t, listening, 0, EF_ARRAY_LEN(boards));
	suite_add_tcase(s, t);
	return s;
}
