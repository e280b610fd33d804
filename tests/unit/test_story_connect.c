/* SPDX-License-Identifier: MIT */
/*
 * Whole connections with boards that answer, one of each kind: what is done to the port and when,
 * what is put on record and what the user is told.
 */
#include "story_scene.h"

static const struct scene scenes[] = {
	{ .name = "usual-board", .board = { B(AUTO) } },
	{ .name = "usual-esp32",
	  .board = { .chip = "esp32", .is_paced = true },
	  .opts = { .rate_hz = 921600 } },
	{ .name = "usual-s2",
	  .board = { .chip = "esp32s2", .is_paced = true },
	  .opts = { .rate_hz = 460800 } },
	{ .name = "other-crystal-c2",
	  .board = { .chip = "esp32c2", .is_paced = true, .xtal_mhz = 26 },
	  .opts = { .rate_hz = 460800 } },
	{ .name = "talking-board",
	  .board = { B(AUTO), .chatty_app = true },
	  .opts = { .rate_hz = 115200 } },
	{ .name = "waiting-board", .board = { B(NONE_DOWNLOAD) } },
	{ .name = "slow-en", .board = { B(AUTO), .en_rise_us = 300000 } },
	{ .name = "very-slow-en", .board = { B(AUTO), .en_rise_us = 1100000 } },
	{ .name = "slow-en-known",
	  .board = { B(AUTO), .en_rise_us = 300000 },
	  .opts = { .first_strategy = "unix-tight-extra" } },
	{ .name = "slow-en-delay",
	  .board = { B(AUTO), .en_rise_us = 300000 },
	  .opts = { .reset_delay = { .is_set = true, .ms = 400 } } },
	{ .name = "inverters", .board = { B(INVERTED) } },
	{ .name = "inverters-slow-en", .board = { B(INVERTED), .en_rise_us = 600000 } },
	{ .name = "inverters-told", .board = { B(INVERTED) }, .inverted = EF_DTR | EF_RTS },
	{ .name = "inverters-told-wrongly", .board = { B(AUTO) }, .inverted = EF_DTR | EF_RTS },
	{ .name = "no-sync-first", .board = { B(NONE_DOWNLOAD) }, .opts = { .reset_first = true } },
	{ .name = "rom-at-74880", .board = { B(AUTO), .rom_rate_hz = 74880 } },
	{ .name = "rom-at-74880-fast",
	  .board = { B(AUTO), .rom_rate_hz = 74880 },
	  .opts = { .rate_hz = 921600 } },
	{ .name = "locked-chip",
	  .board = { B(AUTO), .secure_download = true },
	  .opts = { .rate_hz = 460800 } },
	{ .name = "locked-s2",
	  .board = { .chip = "esp32s2", .is_paced = true, .secure_download = true },
	  .opts = { .rate_hz = 460800 } },
	{ .name = "signed-chip", .board = { B(AUTO), .secure_boot = true } },
	{ .name = "usb-jtag", .board = { B(USB_JTAG), .chatty_app = true } },
	{ .name = "usb-jtag-leaves",
	  .board = { B(USB_JTAG), .usb.away_ms = 300, .chatty_app = true } },
	{ .name = "usb-jtag-no-ids", .board = { B(USB_JTAG), .chatty_app = true }, .no_ids = true },
	{ .name = "usb-jtag-demanded",
	  .board = { B(USB_JTAG), .chatty_app = true },
	  .opts = { .before = EF_BEFORE_USB_RESET },
	  .no_ids = true },
	{ .name = "usb-otg",
	  .board = { .chip = "esp32s2", .is_paced = true, .circuit = SIM_CIRCUIT_USB_OTG } },
	{ .name = "stub-left", .board = { B(AUTO), .stub_running = true } },
	{ .name = "stub-left-no-lines",
	  .board = { B(AUTO), .stub_running = true },
	  .opts = { .rate_hz = 460800 },
	  .lacks = EF_PORT_HAS_LINES },
	{ .name = "remote-port",
	  .board = { B(AUTO) },
	  .opts = { .rate_hz = 460800 },
	  .has = EF_PORT_REMOTE },
	{ .name = "raw-socket",
	  .board = { B(NONE_DOWNLOAD) },
	  .opts = { .rate_hz = 460800 },
	  .has = EF_PORT_REMOTE,
	  .lacks = EF_PORT_HAS_LINES | EF_PORT_HAS_BAUD },
	{ .name = "auto-rate",
	  .board = { B(AUTO) },
	  .opts = { .rate_hz = 921600, .speed.is_auto = true } },
	{ .name = "auto-rate-bad-line",
	  .board = { B(AUTO), .faults.max_rate_hz = 300000 },
	  .opts = { .rate_hz = 921600, .speed.is_auto = true } },
	{ .name = "auto-rate-refused",
	  .board = { B(AUTO), .bridge.max_rate_hz = 300000 },
	  .opts = { .rate_hz = 921600, .speed.is_auto = true } },
	{ .name = "rate-refused",
	  .board = { B(AUTO), .bridge.max_rate_hz = 300000 },
	  .opts = { .rate_hz = 921600 } },
	{ .name = "rate-not-heard",
	  .board = { B(AUTO), .faults.max_rate_hz = 300000 },
	  .opts = { .rate_hz = 921600 } },
	{ .name = "brief",
	  .board = { B(AUTO) },
	  .opts = { .rate_hz = 460800, .speed.is_brief = true } },
};

START_TEST(connection)
{
	play(&scenes[_i]);
}
END_TEST

Suite *suite_story_connect(void);
Suite *suite_story_connect(void)
{
	Suite *s = suite_create("story_connect");
	TCase *t = tcase_create("story_connect");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, connection, 0, EF_ARRAY_LEN(scenes));
	suite_add_tcase(s, t);
	return s;
}
