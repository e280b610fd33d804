/* SPDX-License-Identifier: MIT */
/*
 * Connections over lines that lose, flip, double and add bytes, and with chips that lie, fall
 * silent or start again: how often each thing is asked again, and when.
 */
#include "story_scene.h"

#define NOISE(n, seed) .faults = { .noise_every = (n), .noise_seed = (seed) }
static const struct scene scenes[] = {
	{ .name = "noise-500-1", .board = { B(AUTO), NOISE(500, 1) } },
	{ .name = "noise-300-2",
	  .board = { B(AUTO), NOISE(300, 2) },
	  .opts = { .rate_hz = 460800 } },
	{ .name = "noise-250-3", .board = { B(AUTO), NOISE(250, 3) } },
	{ .name = "noise-250-14",
	  .board = { B(AUTO), NOISE(250, 14) },
	  .opts = { .rate_hz = 921600 } },
	{ .name = "noise-200-25", .board = { B(AUTO), NOISE(200, 25) } },
	{ .name = "noise-200-27", .board = { B(AUTO), NOISE(200, 27) } },
	{ .name = "noise-esp32-200-16",
	  .board = { .chip = "esp32", .is_paced = true, NOISE(200, 16) },
	  .opts = { .rate_hz = 460800 } },
	{ .name = "noise-esp32-120-7",
	  .board = { .chip = "esp32", .is_paced = true, NOISE(120, 7) } },
	{ .name = "noise-c2-200-18",
	  .board = { .chip = "esp32c2", .is_paced = true, .xtal_mhz = 26, NOISE(200, 18) },
	  .opts = { .rate_hz = 460800 } },
	{ .name = "noise-above",
	  .board = { B(AUTO),
		     .faults = { .noise_every = 60, .noise_seed = 9, .noise_above_hz = 300000 } },
	  .opts = { .rate_hz = 921600, .speed.is_auto = true } },
	{ .name = "noise-auto-10",
	  .board = { B(AUTO),
		     .faults = { .noise_every = 250, .noise_seed = 10, .noise_above_hz = 500000 } },
	  .opts = { .rate_hz = 921600, .speed.is_auto = true } },
	{ .name = "every-200-lost", .board = { B(AUTO), .faults.every.drop = 200 } },
	{ .name = "every-150-flipped", .board = { B(AUTO), .faults.every.flip = 150 } },
	{ .name = "reply-4-lost", .board = { B(AUTO), .faults.drop_reply = 4 } },
	{ .name = "reply-6-flipped", .board = { B(AUTO), .faults.flip_reply = 6 } },
	{ .name = "reply-5-late",
	  .board = { B(AUTO), .faults = { .delay_reply = 5, .delay_ms = 900 } } },
	{ .name = "reply-9-late",
	  .board = { B(AUTO), .faults = { .delay_reply = 9, .delay_ms = 500 } } },
	{ .name = "stalls-at-5", .board = { B(AUTO), .faults.stall_reply = 5 } },
	{ .name = "resets-at-7",
	  .board = { B(AUTO), .chatty_app = true, .faults.reset_at_request = 7 } },
	{ .name = "hangs-at-10", .board = { B(AUTO), .faults.hang_at_request = 10 } },
	{ .name = "unplugged-at-8",
	  .board = { B(AUTO), .faults = { .unplug_at_request = 8,
					  .unplug_ms = 1500,
					  .unplug_keeps_power = true } } },
	{ .name = "refuses-all", .board = { B(AUTO), .faults.lies.refuse_from = 2 } },
	{ .name = "refuses-all-esp32",
	  .board = { .chip = "esp32", .is_paced = true, .faults.lies.refuse_from = 2 } },
	{ .name = "random-values", .board = { B(AUTO), .faults.lies.values_from = 4 } },
	{ .name = "rate-answer-lost",
	  .board = { B(AUTO), .faults.drop_reply = 3 },
	  .opts = { .rate_hz = 460800 } },
	{ .name = "rate-answer-flipped",
	  .board = { B(AUTO), .faults.flip_reply = 3 },
	  .opts = { .rate_hz = 460800 } },
	{ .name = "rate-then-refuses",
	  .board = { B(AUTO), .faults.lies.refuse_from = 3 },
	  .opts = { .rate_hz = 460800 } },
	{ .name = "rate-answer-late",
	  .board = { B(AUTO), .faults = { .delay_reply = 3, .delay_ms = 600 } },
	  .opts = { .rate_hz = 460800 } },
	{ .name = "stalls-at-5-remote",
	  .board = { B(AUTO), .faults.stall_reply = 5 },
	  .opts = { .timeout_ms = 9000 },
	  .has = EF_PORT_REMOTE },
	{ .name = "reply-9-late-remote",
	  .board = { B(AUTO), .faults = { .delay_reply = 9, .delay_ms = 2000 } },
	  .has = EF_PORT_REMOTE },
	{ .name = "reply-9-lost-remote",
	  .board = { B(AUTO), .faults.drop_reply = 9 },
	  .has = EF_PORT_REMOTE },
	/* a clock of few steps: what happens at a deadline, and what only behind it */
	{ .name = "clock-10-usual", .board = { B(AUTO) }, .clock_us = 10000 },
	{ .name = "clock-10-silent",
	  .board = { B(NO_RX) },
	  .opts = { .timeout_ms = 2010, .attempts = 100 },
	  .clock_us = 10000 },
	{ .name = "clock-10-waits",
	  .board = { B(NO_RX) },
	  .opts = { .wait_ms = 11000, .attempts = 2 },
	  .clock_us = 10000 },
	{ .name = "clock-10-mute",
	  .board = { B(NO_BOOT), .chatty_app = true, .trouble = SIM_TROUBLE_MUTE_ROM },
	  .clock_us = 10000 },
	{ .name = "clock-10-noise",
	  .board = { B(AUTO), .faults.max_rate_hz = 1 },
	  .clock_us = 10000 },
	{ .name = "clock-10-late",
	  .board = { B(AUTO), .faults = { .delay_reply = 9, .delay_ms = 500 } },
	  .clock_us = 10000 },
	{ .name = "clock-10-lost",
	  .board = { B(AUTO), .faults.drop_reply = 9 },
	  .clock_us = 10000 },
	{ .name = "clock-10-stalls",
	  .board = { B(AUTO), .faults.stall_reply = 9 },
	  .clock_us = 10000 },
	{ .name = "another-chip", .board = { B(AUTO) }, .wants = "esp32s3" },
};

START_TEST(connection)
{
	play(&scenes[_i]);
}
END_TEST

Suite *suite_story_noise(void);
Suite *suite_story_noise(void)
{
	Suite *s = suite_create("story_noise");
	TCase *t = tcase_create("story_noise");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, connection, 0, EF_ARRAY_LEN(scenes));
	suite_add_tcase(s, t);
	return s;
}
