/* SPDX-License-Identifier: MIT */
/*
 * Whole connections that fail, one of each kind: what is done to the port and when, what is put on
 * record and what the user is told. Two of them succeed in the end, by a hand on the buttons.
 */
#include "story_scene.h"

static const struct scene scenes[] = {
	{ .name = "rx-cut", .board = { B(NO_RX) }, .opts = { .rate_hz = 460800 } },
	{ .name = "rx-cut-remote", .board = { B(NO_RX) }, .has = EF_PORT_REMOTE },
	{ .name = "rx-cut-not-reset",
	  .board = { B(NO_RX) },
	  .opts = { .before = EF_BEFORE_NO_RESET, .rate_hz = 460800 } },
	{ .name = "rx-cut-no-lines",
	  .board = { B(NO_RX) },
	  .opts = { .rate_hz = 460800 },
	  .lacks = EF_PORT_HAS_LINES },
	{ .name = "rx-cut-own-time",
	  .board = { B(NO_RX) },
	  .opts = { .timeout_ms = 2000, .attempts = 100 } },
	{ .name = "rx-cut-waits",
	  .board = { B(NO_RX) },
	  .opts = { .wait_ms = 13000, .attempts = 2 } },
	{ .name = "tx-cut", .board = { B(NO_TX) }, .opts = { .rate_hz = 460800 } },
	{ .name = "tx-cut-inverters", .board = { B(NO_TX), .bridge.swaps_lines = true } },
	{ .name = "boot-pin-cut",
	  .board = { B(NO_BOOT), .chatty_app = true },
	  .opts = { .rate_hz = 460800 } },
	{ .name = "boot-pin-cut-mute",
	  .board = { B(NO_BOOT), .chatty_app = true, .trouble = SIM_TROUBLE_MUTE_ROM } },
	{ .name = "boot-pin-cut-empty", .board = { B(NO_BOOT) } },
	{ .name = "boot-pin-cut-74880", .board = { B(NO_BOOT), .rom_rate_hz = 74880 } },
	{ .name = "strap", .board = { B(AUTO), .trouble = SIM_TROUBLE_STRAP } },
	{ .name = "brownout", .board = { B(AUTO), .trouble = SIM_TROUBLE_BROWNOUT_ALWAYS } },
	{ .name = "watchdog", .board = { B(AUTO), .trouble = SIM_TROUBLE_DOWNLOAD_WATCHDOG } },
	{ .name = "unwired", .board = { B(NONE), .chatty_app = true } },
	{ .name = "unwired-crashes",
	  .board = { B(NONE), .chatty_app = true, .trouble = SIM_TROUBLE_WATCHDOG } },
	{ .name = "unwired-9600", .board = { B(NONE), .chatty_app = true, .app_rate_hz = 9600 } },
	{ .name = "unwired-hands",
	  .board = { B(NONE), .chatty_app = true },
	  .opts = { .has_hands = true },
	  .press_us = 15000000 },
	{ .name = "unwired-no-hands",
	  .board = { B(NONE), .chatty_app = true },
	  .opts = { .has_hands = true } },
	{ .name = "unwired-reset-pressed",
	  .board = { B(NONE), .chatty_app = true },
	  .reset_us = 3000000 },
	{ .name = "echo", .board = { B(ECHO) } },
	{ .name = "joined-wires", .board = { B(AUTO), .bridge.joins_data = true } },
	{ .name = "noise", .board = { B(AUTO), .faults.max_rate_hz = 1 } },
	{ .name = "usb-busy",
	  .board = { B(USB_BUSY), .chatty_app = true, .trouble = SIM_TROUBLE_MUTE_ROM } },
	{ .name = "usb-flaps",
	  .board = { B(USB_BUSY), .chatty_app = true, .trouble = SIM_TROUBLE_FLAP } },
	/* who is asked to press the buttons, and how long that is waited for */
	{ .name = "hands-silent", .board = { B(NO_RX) }, .opts = { .has_hands = true } },
	{ .name = "hands-own-time",
	  .board = { B(NONE), .chatty_app = true },
	  .opts = { .has_hands = true, .timeout_ms = 12000 } },
	{ .name = "hands-empty", .board = { B(NO_BOOT) }, .opts = { .has_hands = true } },
	{ .name = "hands-strap",
	  .board = { B(AUTO), .trouble = SIM_TROUBLE_STRAP },
	  .opts = { .has_hands = true } },
	{ .name = "hands-usb-busy",
	  .board = { B(USB_BUSY), .chatty_app = true, .trouble = SIM_TROUBLE_MUTE_ROM },
	  .opts = { .has_hands = true } },
	{ .name = "hands-for-ever",
	  .board = { B(NONE), .chatty_app = true },
	  .opts = { .wait_ms = UINT32_MAX, .attempts = 1 },
	  .press_us = 90000000 },
	{ .name = "hands-long",
	  .board = { B(NONE), .chatty_app = true },
	  .opts = { .wait_ms = 30000, .has_hands = true },
	  .press_us = 25000000 },
	{ .name = "hands-no-lines",
	  .board = { B(NONE), .chatty_app = true },
	  .opts = { .has_hands = true },
	  .lacks = EF_PORT_HAS_LINES,
	  .press_us = 12000000 },
	{ .name = "hands-no-lines-rate",
	  .board = { B(NONE), .chatty_app = true },
	  .opts = { .has_hands = true, .rate_hz = 460800, .attempts = 6 },
	  .lacks = EF_PORT_HAS_LINES,
	  .press_us = 12000000 },
	{ .name = "hands-crashes",
	  .board = { B(NONE), .chatty_app = true, .trouble = SIM_TROUBLE_WATCHDOG },
	  .opts = { .wait_ms = 11000, .attempts = 2 } },
	{ .name = "hands-brownout",
	  .board = { B(NONE), .trouble = SIM_TROUBLE_BROWNOUT },
	  .opts = { .wait_ms = 12000, .attempts = 3 } },
	/* the chip is held in reset only if that ends in time */
	{ .name = "hold-in-time",
	  .board = { B(NO_BOOT), .chatty_app = true, .trouble = SIM_TROUBLE_MUTE_ROM },
	  .opts = { .timeout_ms = 9000 } },
	{ .name = "hold-too-late",
	  .board = { B(NO_BOOT), .chatty_app = true, .trouble = SIM_TROUBLE_MUTE_ROM },
	  .opts = { .timeout_ms = 5000 } },
	{ .name = "hold-edge-5830",
	  .board = { B(NO_BOOT), .chatty_app = true, .trouble = SIM_TROUBLE_MUTE_ROM },
	  .opts = { .timeout_ms = 5830 },
	  .clock_us = 10000 },
	{ .name = "hold-edge-5840",
	  .board = { B(NO_BOOT), .chatty_app = true, .trouble = SIM_TROUBLE_MUTE_ROM },
	  .opts = { .timeout_ms = 5840 },
	  .clock_us = 10000 },
	{ .name = "hold-edge-5850",
	  .board = { B(NO_BOOT), .chatty_app = true, .trouble = SIM_TROUBLE_MUTE_ROM },
	  .opts = { .timeout_ms = 5850 },
	  .clock_us = 10000 },
	{ .name = "waits-behind-a-round",
	  .board = { B(NO_RX) },
	  .opts = { .timeout_ms = 2000, .wait_ms = 4000, .attempts = 100 } },
	{ .name = "listen-too-late",
	  .board = { B(AUTO), .faults.max_rate_hz = 1 },
	  .opts = { .timeout_ms = 7000 } },
	{ .name = "rx-cut-one-attempt", .board = { B(NO_RX) }, .opts = { .attempts = 1 } },
	{ .name = "rx-cut-six-attempts", .board = { B(NO_RX) }, .opts = { .attempts = 6 } },
	{ .name = "rx-cut-usb-reset",
	  .board = { B(NO_RX) },
	  .opts = { .before = EF_BEFORE_USB_RESET } },
	{ .name = "unwired-57600", .board = { B(NONE), .chatty_app = true, .app_rate_hz = 57600 } },
	{ .name = "unwired-swapped", .board = { B(AUTO), .bridge.swaps_lines = true } },
	{ .name = "unwired-latency", .board = { B(NO_TX), .bridge.latency_us = 16000 } },
};

START_TEST(connection)
{
	play(&scenes[_i]);
}
END_TEST

Suite *suite_story_fails(void);
Suite *suite_story_fails(void)
{
	Suite *s = suite_create("story_fails");
	TCase *t = tcase_create("story_fails");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, connection, 0, EF_ARRAY_LEN(scenes));
	suite_add_tcase(s, t);
	return s;
}
