/* SPDX-License-Identifier: MIT */
/* Connecting to boards of every kind. See session_rig.h. */
#include <espflash/memory.h>

#include "session_rig.h"

static bool do_learn(struct rig *r)
{
	return ef_flasher_learn(r->f, &r->err);
}

static bool do_word(struct rig *r)
{
	uint32_t word;

	return ef_flasher_read_word(r->f, 0x40000000, &word, &r->err);
}

#define CHIP(name) .board = { .chip = name }

static struct session boards[] = {
	{ "esp32", NULL, CHIP("esp32"), .opts.rate_hz = 460800 },
	{ "esp32c2", NULL, CHIP("esp32c2"), .opts.rate_hz = 460800 },
	{ "esp32c3", NULL, CHIP("esp32c3"), .opts.rate_hz = 921600 },
	{ "esp32c5", NULL, CHIP("esp32c5"), .opts.rate_hz = 460800 },
	{ "esp32c6", NULL, CHIP("esp32c6"), .opts.rate_hz = 460800 },
	{ "esp32c61", NULL, CHIP("esp32c61"), .opts.rate_hz = 460800 },
	{ "esp32h2", NULL, CHIP("esp32h2"), .opts.rate_hz = 460800 },
	{ "esp32p4", NULL, CHIP("esp32p4"), .opts.rate_hz = 2000000 },
	{ "esp32s2", NULL, CHIP("esp32s2"), .opts.rate_hz = 460800 },
	{ "esp32s3", NULL, CHIP("esp32s3"), .opts.rate_hz = 460800 },
	{ "esp32s31", NULL, CHIP("esp32s31"), .opts.rate_hz = 460800 },
	{ "ROM of an esp32", NULL, CHIP("esp32"), .opts = { .no_stub = true } },
	{ "ROM of an esp32c2", NULL, CHIP("esp32c2"),
	  .opts = { .no_stub = true, .rate_hz = 230400 } },
	{ "ROM of an esp32s2", NULL, CHIP("esp32s2"),
	  .opts = { .no_stub = true, .rate_hz = 9600 } },
	{ "crystal of 26 MHz", NULL,
	  .board = { .chip = "esp32c2", .xtal_mhz = 26, .rom_rate_hz = 74880 },
	  .opts.rate_hz = 460800 },
	{
		"no flash",
		NULL,
		.board = { .chip = "esp32", .flash_size = SIM_NO_FLASH },
	},
	{ "no flash, size given", NULL, .board = { .chip = "esp32", .flash_size = SIM_NO_FLASH },
	  .opts = { .flash_size = 2u << 20 } },
	{ "size given", NULL, CHIP("esp32s3"), .opts.flash_size = 8u << 20 },
	{ "skips flash", NULL, CHIP("esp32c3"), .opts = { .skip_flash = true, .no_stub = true } },
	{ "locked", do_learn, .board = { .chip = "esp32s3", .secure_download = true },
	  .opts = { .rate_hz = 460800 } },
	{ "locked, size given", NULL, .board = { .chip = "esp32c3", .secure_download = true },
	  .opts = { .flash_size = 4u << 20 } },
	{ "secure boot", NULL, .board = { .chip = "esp32s3", .secure_boot = true },
	  .opts.rate_hz = 921600 },
	{ "secure boot c3", NULL, .board = { .chip = "esp32c3", .secure_boot = true },
	  .opts.rate_hz = 0 },
	{ "USB-Serial/JTAG", NULL,
	  .board = { .chip = "esp32s3", .circuit = SIM_CIRCUIT_USB_JTAG, .usb.away_ms = 300 },
	  .opts.rate_hz = 921600 },
	{
		"USB-OTG",
		do_word,
		.board = { .chip = "esp32s2", .circuit = SIM_CIRCUIT_USB_OTG },
	},
	{
		"slow EN",
		NULL,
		.board = { .chip = "esp32", .circuit = SIM_CIRCUIT_SLOW_EN },
	},
	{
		"inverted",
		NULL,
		.board = { .chip = "esp32", .circuit = SIM_CIRCUIT_INVERTED },
	},
	{ "by hand", do_word, .board = { .chip = "esp32c3", .circuit = SIM_CIRCUIT_NONE_DOWNLOAD },
	  .opts = { .rate_hz = 460800, .speed.is_auto = true } },
	{ "without lines", NULL,
	  .board = { .chip = "esp32c3", .circuit = SIM_CIRCUIT_NONE_DOWNLOAD },
	  .opts = { .rate_hz = 460800 }, .caps_less = EF_PORT_HAS_LINES },
	{
		"a running stub",
		do_learn,
		.board = { .chip = "esp32c3", .stub_running = true },
	},
	{ "a running stub, ROM wanted", NULL, .board = { .chip = "esp32c3", .stub_running = true },
	  .opts = { .no_stub = true } },
	{ "a running stub, no reset", do_word, .board = { .chip = "esp32s3", .stub_running = true },
	  .opts = { .before = EF_BEFORE_NO_RESET, .rate_hz = 460800 } },
	{ "asked nothing", do_learn, .board = { .chip = "esp32", .stub_running = true },
	  .opts = { .before = EF_BEFORE_NO_RESET_NO_SYNC } },
	{ "asked nothing of a ROM", do_learn,
	  .board = { .chip = "esp32", .circuit = SIM_CIRCUIT_NONE_DOWNLOAD },
	  .opts = { .before = EF_BEFORE_NO_RESET_NO_SYNC, .no_stub = true, .rate_hz = 57600 } },
	{ "brief", do_word, CHIP("esp32c3"),
	  .opts = { .speed.is_brief = true, .rate_hz = 460800 } },
	{ "for facts", do_word, CHIP("esp32"), .opts = { .speed.is_for_facts = true } },
	{ "auto", NULL, CHIP("esp32"), .opts = { .rate_hz = 921600, .speed.is_auto = true } },
	{ "auto, driver refuses", NULL,
	  .board = { .chip = "esp32c3", .bridge.max_rate_hz = 300000 },
	  .opts = { .rate_hz = 921600, .speed.is_auto = true } },
	{ "auto, line can't", NULL, .board = { .chip = "esp32c3", .faults.max_rate_hz = 300000 },
	  .opts = { .rate_hz = 921600, .speed.is_auto = true } },
	{ "auto, line can't at all", NULL,
	  .board = { .chip = "esp32", .faults.max_rate_hz = 115200 },
	  .opts = { .rate_hz = 921600, .speed.is_auto = true } },
	{ "line can't", NULL, .board = { .chip = "esp32", .faults.max_rate_hz = 300000 },
	  .opts = { .rate_hz = 460800 } },
	{ "line can't, ROM", NULL, .board = { .chip = "esp32", .faults.max_rate_hz = 300000 },
	  .opts = { .rate_hz = 460800, .no_stub = true } },
	{ "driver refuses", NULL, .board = { .chip = "esp32c3", .bridge.max_rate_hz = 300000 },
	  .opts = { .rate_hz = 460800 } },
	{ "short blocks only", NULL, .board = { .chip = "esp32c3", .faults.mem_block_max = 0x200 },
	  .opts = { .rate_hz = 0 } },
	{
		"no blocks",
		NULL,
		.board = { .chip = "esp32c3", .faults.mem_block_max = 8 },
	},
	{ "remote", do_word, CHIP("esp32c3"), .opts = { .rate_hz = 460800 }, .is_remote = true },
	{ "another chip named", NULL, CHIP("esp32c3"), .opts = { .timeout_ms = 2000 } },
	{ "silent", NULL, .board = { .chip = "esp32c3", .circuit = SIM_CIRCUIT_NO_RX },
	  .opts = { .timeout_ms = 3000 } },
	{ "an application", NULL,
	  .board = { .chip = "esp32c3", .circuit = SIM_CIRCUIT_NONE, .chatty_app = true },
	  .opts = { .timeout_ms = 3000, .rate_hz = 57600 } },
	{ "brown-out", NULL, .board = { .chip = "esp32c3", .trouble = SIM_TROUBLE_BROWNOUT_ALWAYS },
	  .opts = { .timeout_ms = 3000 } },
	{ "waits", NULL, .board = { .chip = "esp32c3", .circuit = SIM_CIRCUIT_NO_RX },
	  .opts = { .timeout_ms = 1000, .wait_ms = 4000 } },
	{ "a slow rate in time", NULL, CHIP("esp32"),
	  .opts = { .rate_hz = 9600, .timeout_ms = 2000 } },
	{ "noise", do_word,
	  .board = { .chip = "esp32c3", .faults = { .noise_every = 900, .noise_seed = 5 } },
	  .opts = { .rate_hz = 460800 } },
	{ "more noise", do_word,
	  .board = { .chip = "esp32", .faults = { .noise_every = 300, .noise_seed = 6 } },
	  .opts = { .rate_hz = 460800 } },
	{ "a running stub, auto", NULL, .board = { .chip = "esp32c3", .stub_running = true },
	  .opts = { .rate_hz = 921600, .speed = { .is_auto = true, .is_known = true } } },
	{ "a running stub, auto, line can't", NULL,
	  .board = { .chip = "esp32c3", .stub_running = true, .faults.max_rate_hz = 300000 },
	  .opts = { .rate_hz = 921600, .speed = { .is_auto = true, .is_known = true } } },
	{ "a running stub, auto, line can't at all", NULL,
	  .board = { .chip = "esp32s3", .stub_running = true, .faults.max_rate_hz = 115200 },
	  .opts = { .rate_hz = 921600, .speed = { .is_auto = true, .is_known = true } } },
	{ "a running stub, auto, unknown", NULL,
	  .board = { .chip = "esp32c3", .stub_running = true },
	  .opts = { .rate_hz = 921600, .speed.is_auto = true } },
	{ "a running stub, line can't", NULL,
	  .board = { .chip = "esp32c3", .stub_running = true, .faults.max_rate_hz = 300000 },
	  .opts.rate_hz = 460800 },
	{ "a running stub, line can't, no reset", NULL,
	  .board = { .chip = "esp32c3", .stub_running = true, .faults.max_rate_hz = 300000 },
	  .opts = { .rate_hz = 460800, .before = EF_BEFORE_NO_RESET } },
	{ "auto, noise above 300000", NULL,
	  .board = { .chip = "esp32c3",
		     .faults = { .noise_every = 3000, .noise_seed = 3, .noise_above_hz = 300000 } },
	  .opts = { .rate_hz = 921600, .speed.is_auto = true } },
	{ "auto, noise above 200000", NULL,
	  .board = { .chip = "esp32c3",
		     .faults = { .noise_every = 1000, .noise_seed = 4, .noise_above_hz = 200000 } },
	  .opts = { .rate_hz = 921600, .speed.is_auto = true } },
	{ "auto, noise above 200000, ROM", do_word,
	  .board = { .chip = "esp32",
		     .faults = { .noise_every = 700, .noise_seed = 7, .noise_above_hz = 200000 } },
	  .opts = { .rate_hz = 921600, .speed.is_auto = true, .no_stub = true } },
	{ "auto, much noise above 300000, running stub", do_word,
	  .board = { .chip = "esp32c3",
		     .stub_running = true,
		     .faults = { .noise_every = 60, .noise_seed = 1, .noise_above_hz = 300000 } },
	  .opts = { .rate_hz = 921600, .speed = { .is_auto = true, .is_known = true } } },
	{ "a slow rate, ROM kept", NULL, CHIP("esp32"),
	  .opts = { .rate_hz = 74880, .no_stub = true } },
	{ "USB reset only", NULL, .board = { .chip = "esp32c3", .circuit = SIM_CIRCUIT_USB_JTAG },
	  .opts = { .before = EF_BEFORE_USB_RESET } },
	{ "port flaps", NULL, .board = { .chip = "esp32c3", .trouble = SIM_TROUBLE_FLAP },
	  .opts = { .timeout_ms = 3000 } },
	{ "download watchdog", NULL,
	  .board = { .chip = "esp32c3", .trouble = SIM_TROUBLE_DOWNLOAD_WATCHDOG },
	  .opts = { .timeout_ms = 3000 } },
	{ "an old esp32p4", NULL, .board = { .chip = "esp32p4", .revision = 100 },
	  .opts = { .rate_hz = 460800 } },
	{ "flash of 16 MiB", NULL, .board = { .chip = "esp32s3", .flash_size = 16u << 20 },
	  .opts = { .flash_size = 32u << 20 } },
	{ "encryption", NULL,
	  .board = { .chip = "esp32", .locks.encryption = SIM_ENCRYPTION_DEVELOPMENT },
	  .opts = { .no_stub = true } },
	{ "secure boot 1", NULL, .board = { .chip = "esp32", .locks.secure_boot_v1 = true },
	  .opts = { .rate_hz = 0 } },
	{ "a locked esp32p4", NULL, .board = { .chip = "esp32p4", .secure_download = true },
	  .opts = { .rate_hz = 460800 } },
	{ "ROM of an esp32p4", NULL, CHIP("esp32p4"), .opts = { .no_stub = true } },
	{ "ROM of an esp32s31", NULL, CHIP("esp32s31"),
	  .opts = { .no_stub = true, .skip_flash = true } },
	{ "no flash, noise", NULL,
	  .board = { .chip = "esp32",
		     .flash_size = SIM_NO_FLASH,
		     .faults = { .noise_every = 800, .noise_seed = 2 } },
	  .opts = { .no_stub = true } },
	{ "no flash, noise, stub", NULL,
	  .board = { .chip = "esp32c3",
		     .flash_size = SIM_NO_FLASH,
		     .faults = { .noise_every = 3000, .noise_seed = 8 } },
	  .opts = { .rate_hz = 460800 } },
	{ "by hand after a while", NULL,
	  .board = { .chip = "esp32c3", .circuit = SIM_CIRCUIT_NO_BOOT },
	  .opts = { .timeout_ms = 1500, .wait_ms = 3000, .has_hands = true } },
	{ "attempts", NULL, .board = { .chip = "esp32c3", .circuit = SIM_CIRCUIT_NO_BOOT },
	  .opts = { .attempts = 2 } },
	{ "no lines at all", NULL, .board = { .chip = "esp32c3", .circuit = SIM_CIRCUIT_NO_RX },
	  .opts = { .timeout_ms = 1000 }, .caps_less = EF_PORT_HAS_LINES | EF_PORT_HAS_BAUD },
	{ "ROM without a rate", do_word, CHIP("esp32"),
	  .opts = { .rate_hz = 460800, .no_stub = true }, .caps_less = EF_PORT_HAS_BAUD },
	{ "a rate of 0 in time", NULL, CHIP("esp32c6"), .opts = { .timeout_ms = 300 } },
};

START_TEST(board)
{
	struct session *s = &boards[_i];

	if (strcmp(s->what, "another chip named") == 0)
		s->opts.chip = ef_chip_by_name("esp32s3");
	if (s->board.secure_download || s->opts.before == EF_BEFORE_NO_RESET_NO_SYNC)
		s->opts.chip = ef_chip_by_name(s->board.chip);
	session_check("boards", s);
}
END_TEST

Suite *suite_session_boards(void);
Suite *suite_session_boards(void)
{
	Suite *s = suite_create("session_boards");
	TCase *t = tcase_create("session_boards");

	if (ef_stub_count())
		tcase_add_loop_test(t, board, 0, EF_ARRAY_LEN(boards));
	suite_add_tcase(s, t);
	return s;
}
