/* SPDX-License-Identifier: MIT */
/* Memory, RAM and the end of a session, also with each fault at one request after the other. */
#include <espflash/memory.h>

#include "session_rig.h"

static bool take(void *user, const uint8_t *data, size_t len, struct ef_err *err)
{
	(void)user;
	(void)err;
	tell("got %zu, crc %08x\n", len, ef_crc32(data, len));
	return true;
}

static bool do_hard_reset(struct rig *r)
{
	return ef_flasher_finish(r->f, EF_AFTER_HARD_RESET, &r->err);
}

static bool do_watchdog_reset(struct rig *r)
{
	return ef_flasher_finish(r->f, EF_AFTER_WATCHDOG_RESET, &r->err);
}

static bool do_stay_in_rom(struct rig *r)
{
	return ef_flasher_finish(r->f, EF_AFTER_NO_RESET, &r->err);
}

static bool do_stay(struct rig *r)
{
	return ef_flasher_finish(r->f, EF_AFTER_NO_RESET_NO_STUB, &r->err);
}

static bool listen(struct rig *r)
{
	const struct ef_listen_opts opts = { .limit_ms = 1500 };
	struct ef_start start = { .state = EF_START_SILENT };
	bool ok = ef_flasher_listen(r->f, &opts, &start, &r->err);

	tell("start %d '%s' %d %x, %d, %d %u '%s' %d %d\n", (int)start.state, start.line,
	     start.has_offset, start.offset, start.is_known, start.has_first_word,
	     start.first_word_ms, start.project, (int)start.crash, (int)start.stage);
	return ok;
}

static bool do_listen(struct rig *r)
{
	ef_flasher_will_listen(r->f);
	return do_hard_reset(r) && listen(r);
}

static bool do_listen_to_watchdog(struct rig *r)
{
	ef_flasher_will_listen(r->f);
	return do_watchdog_reset(r) && listen(r);
}

static bool do_run(struct rig *r)
{
	return ef_flasher_run(r->f, true, &r->err);
}

static bool do_run_without_reset(struct rig *r)
{
	return ef_flasher_run(r->f, false, &r->err);
}

static bool do_memory(struct rig *r)
{
	return ef_flasher_read_mem(r->f, 0x40000001, 0x413, take, NULL, &r->err);
}

static bool do_words(struct rig *r)
{
	uint32_t word = 0;

	if (!ef_flasher_write_word(r->f, 0x3fc90000, 0x12345678, 0xffff0f0f, &r->err) ||
	    !ef_flasher_read_word(r->f, 0x3fc90000, &word, &r->err))
		return false;
	tell("word %08x\n", word);
	return ef_flasher_read_word(r->f, 0x3fc90002, &word, &r->err);
}

static bool do_load_ram(struct rig *r)
{
	static uint8_t code[0x1f03];
	const struct ef_region segments[] = {
		{ 0x40380000, code, sizeof(code), "code" },
		{ 0x3fc80000, code, 0, "empty" },
		{ 0x3fc80000, code + 3, 0x10, "data" },
	};

	memset(code, 0x13, sizeof(code));
	return ef_flasher_load_ram(r->f, segments, 3, 0x40380010, &r->err);
}

#define C3 .board = { .chip = "esp32c3" }

#define ROM .opts.no_stub = true

static const struct session works[] = {
	{ "hard reset", do_hard_reset, .board = { .chip = "esp32s3" }, .opts.rate_hz = 460800 },
	{ "watchdog", do_watchdog_reset, C3 },
	{ "stay", do_stay, C3, .opts.rate_hz = 460800 },
	{ "to the ROM", do_stay_in_rom,
	  .board = { .chip = "esp32c3", .circuit = SIM_CIRCUIT_NONE_DOWNLOAD } },
	{ "OTG reset", do_hard_reset,
	  .board = { .chip = "esp32s2", .circuit = SIM_CIRCUIT_USB_OTG } },
	{ "memory", do_memory, C3, ROM },
	{ "words", do_words, C3 },
	{ "RAM", do_load_ram, C3, ROM },
	/* without faults only */
	{ "hard reset of an esp32", do_hard_reset, .board = { .chip = "esp32" }, ROM },
	{ "hard reset of an esp32c2", do_hard_reset, .board = { .chip = "esp32c2", .xtal_mhz = 26 },
	  ROM },
	{ "hard reset, slow EN", do_hard_reset,
	  .board = { .chip = "esp32", .circuit = SIM_CIRCUIT_SLOW_EN } },
	{ "hard reset, by hand", do_hard_reset,
	  .board = { .chip = "esp32c3", .circuit = SIM_CIRCUIT_NONE_DOWNLOAD } },
	{ "hard reset, no lines", do_hard_reset,
	  .board = { .chip = "esp32c3", .circuit = SIM_CIRCUIT_NONE_DOWNLOAD },
	  .caps_less = EF_PORT_HAS_LINES },
	{ "hard reset, inverted", do_hard_reset,
	  .board = { .chip = "esp32", .circuit = SIM_CIRCUIT_INVERTED, .stub_running = true } },
	{ "hard reset, USB", do_hard_reset,
	  .board = { .chip = "esp32c3", .circuit = SIM_CIRCUIT_USB_JTAG, .usb.away_ms = 200 } },
	{ "hard reset, locked", do_hard_reset,
	  .board = { .chip = "esp32s3", .secure_download = true } },
	{ "watchdog of an esp32", do_watchdog_reset, .board = { .chip = "esp32" } },
	{ "watchdog, locked", do_watchdog_reset,
	  .board = { .chip = "esp32s3", .secure_download = true } },
	{ "watchdog of an S3", do_watchdog_reset, .board = { .chip = "esp32s3" },
	  .opts.rate_hz = 460800 },
	{ "ROM stays", do_stay_in_rom, C3, .opts = { .no_stub = true, .rate_hz = 460800 } },
	{ "ROM stays as it is", do_stay, C3, .opts = { .no_stub = true, .rate_hz = 460800 } },
	{ "stub stays", do_stay_in_rom, C3, .opts.rate_hz = 460800 },
	{
		"listen",
		do_listen,
		.board = { .chip = "esp32c3", .boot.is_factory = true },
	},
	{ "listen at a rate", do_listen, .board = { .chip = "esp32", .chatty_app = true },
	  .opts.rate_hz = 921600 },
	{ "listen, silence", do_listen,
	  .board = { .chip = "esp32c3", .trouble = SIM_TROUBLE_MUTE_ROM } },
	{ "listen, by hand", do_listen,
	  .board = { .chip = "esp32c3", .circuit = SIM_CIRCUIT_NONE_DOWNLOAD } },
	{ "listen, crashes", do_listen,
	  .board = { .chip = "esp32c3", .trouble = SIM_TROUBLE_WATCHDOG } },
	{ "listen, USB", do_listen,
	  .board = { .chip = "esp32c3",
		     .circuit = SIM_CIRCUIT_USB_JTAG,
		     .usb.away_ms = 200,
		     .chatty_app = true } },
	{ "listen, USB gone", do_listen,
	  .board = { .chip = "esp32c3",
		     .circuit = SIM_CIRCUIT_USB_JTAG,
		     .usb = { .away_ms = 200, .app = SIM_USB_APP_NONE } } },
	{ "listen to the watchdog's", do_listen_to_watchdog,
	  .board = { .chip = "esp32s3", .chatty_app = true } },
	{ "run", do_run, C3 },
	{ "run an esp32", do_run_without_reset, .board = { .chip = "esp32" }, ROM },
	{ "run a C3", do_run_without_reset, C3, ROM },
	{ "run a C6", do_run_without_reset, .board = { .chip = "esp32c6" } },
	{ "run, no lines", do_run,
	  .board = { .chip = "esp32c6", .circuit = SIM_CIRCUIT_NONE_DOWNLOAD },
	  .caps_less = EF_PORT_HAS_LINES },
	{ "memory, stub", do_memory, C3, .opts.rate_hz = 460800 },
	{ "memory, locked", do_memory, .board = { .chip = "esp32c3", .secure_download = true } },
	{ "words, locked", do_words, .board = { .chip = "esp32c3", .secure_download = true } },
	{ "RAM, stub", do_load_ram, C3 },
	{ "RAM, USB-OTG", do_load_ram,
	  .board = { .chip = "esp32s2", .circuit = SIM_CIRCUIT_USB_OTG }, ROM },
};
#define FAULTY 8u

START_TEST(good_day)
{
	struct session s = works[_i];

	if (s.board.secure_download)
		s.opts.chip = ef_chip_by_name(s.board.chip);
	session_check("finish", &s);
}
END_TEST

START_TEST(fault)
{
	const struct session *s = &works[(unsigned)_i / SESSION_FAULTS];

	session_check_fault("finish", s, (unsigned)_i % SESSION_FAULTS, 1, 1, 4);
}
END_TEST

Suite *suite_session_finish(void);
Suite *suite_session_finish(void)
{
	Suite *s = suite_create("session_finish");
	TCase *t = tcase_create("session_finish");

	if (ef_stub_count()) {
		tcase_add_loop_test(t, good_day, 0, EF_ARRAY_LEN(works));
		tcase_add_loop_test(t, fault, 0, FAULTY * SESSION_FAULTS);
	}
	suite_add_tcase(s, t);
	return s;
}
