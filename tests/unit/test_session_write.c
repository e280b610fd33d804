/* SPDX-License-Identifier: MIT */
/* Writing on good days and to defective flash, and faults within a stream of blocks. */
#include "session_writes.h"

static const struct session works[] = {
	{ "short", do_short, C3, .opts.rate_hz = 460800, FILLED },
	{ "short, ROM", do_short, .board = { .chip = "esp32" }, .opts.no_stub = true, FILLED },
	{ "several", do_several, C3, FILLED },
	{ "several, ROM", do_several, C3, .opts.no_stub = true, FILLED },
	{ "differing", do_differing, C3, .opts.rate_hz = 921600, FILLED },
	{ "differing, ROM", do_differing, C3, .opts.no_stub = true, FILLED },
	{ "encrypted", do_encrypted, LOCKED, FILLED },
	{ "encrypted, ROM", do_encrypted, LOCKED, .opts.no_stub = true, FILLED },
	{ "same", do_same, C3, FILLED },
	{ "blank", do_blank, .board = { .chip = "esp32c3", .flash_size = 4u << 20 },
	  .opts.rate_hz = 921600, .flash_filled = 4u << 20 },
	{ "blank, ROM", do_blank, .board = { .chip = "esp32", .flash_size = 4u << 20 },
	  .opts.no_stub = true, .flash_filled = 4u << 20 },
	{ "unchecked", do_unchecked, C3, FILLED },
	{ "unchecked, ROM", do_unchecked, .board = { .chip = "esp32s2" }, .opts.no_stub = true,
	  FILLED },
	{ "unaligned", do_unaligned, C3, FILLED },
	{ "beyond the end", do_beyond, C3, FILLED },
	{ "locked", do_several, .board = { .chip = "esp32c3", .secure_download = true }, FILLED },
	{ "over USB-OTG", do_short, .board = { .chip = "esp32s2", .circuit = SIM_CIRCUIT_USB_OTG },
	  FILLED },
	{
		"no flash",
		do_short,
		.board = { .chip = "esp32", .flash_size = SIM_NO_FLASH },
	},
	{ "flash of 32 MiB", do_short, .board = { .chip = "esp32s3", .flash_size = 32u << 20 },
	  FILLED },
	{ "flash that fails", do_short, .board = { .chip = "esp32c3", .faults.fail_program_at = 7 },
	  FILLED },
	{ "flash that lies", do_short, .board = { .chip = "esp32c3", .faults.corrupt_flash = 1 },
	  FILLED },
	{ "flash that lies on", do_short,
	  .board = { .chip = "esp32c3", .faults.corrupt_flash = 100 }, FILLED },
	{ "flash that lies, ROM", do_short, .board = { .chip = "esp32", .faults.corrupt_flash = 1 },
	  .opts.no_stub = true, FILLED },
	{ "a weak supply", do_short,
	  .board = { .chip = "esp32c3", .faults.every = { .brownout = 20 } }, FILLED },
	{ "a failing supply", do_short,
	  .board = { .chip = "esp32c3", .faults.every = { .brownout = 1 } }, FILLED },
	{ "remote", do_several, C3, .opts.rate_hz = 460800, .is_remote = true, FILLED },
	/* they depend on how blocks are cut, so on the library that compresses */
	{ "long", do_long, C3, FILLED },
	{ "long, auto", do_long, C3, .opts = { .rate_hz = 921600, .speed.is_auto = true }, FILLED },
};
#define LONG 2u

START_TEST(good_day)
{
	if ((size_t)_i < EF_ARRAY_LEN(works) - LONG || cuts_blocks())
		session_check("write", &works[_i]);
}
END_TEST

START_TEST(fault_in_blocks)
{
	if (!cuts_blocks())
		return;
	for (size_t i = EF_ARRAY_LEN(works) - LONG; i < EF_ARRAY_LEN(works); i++)
		session_check_fault("write", &works[i], (unsigned)_i, 1, 1, 7);
}
END_TEST

Suite *suite_session_write(void);
Suite *suite_session_write(void)
{
	Suite *s = suite_create("session_write");
	TCase *t = tcase_create("session_write");

	if (ef_stub_count()) {
		tcase_add_loop_test(t, good_day, 0, EF_ARRAY_LEN(works));
		tcase_add_loop_test(t, fault_in_blocks, 0, SESSION_FAULTS);
	}
	suite_add_tcase(s, t);
	return s;
}
