/* SPDX-License-Identifier: MIT */
/*
 * The ROM of an ESP32-S2 in secure download mode refuses everything that would identify it. A line
 * that damages requests makes any ROM do so.
 */
#include "fake_rom.h"
#include "flasher_rig.h"

#define REFUSES 0x0a /* READ_REG */

/* The n-th request of a kind is lost; or a request is refused for the damage that the line did. */
static struct {
	unsigned lost_at, lost_more, count;
	unsigned short_sync, syncs;
	unsigned refused, more;
	bool is_deaf_after;
} line;

static void bad_line(struct fake_port *port, const uint8_t *data, size_t len)
{
	struct fake_rom *rom = (struct fake_rom *)(void *)port;
	bool is_lost = data[2] != EF_OP_SYNC && ++line.count >= line.lost_at &&
		       line.count <= line.lost_at + line.lost_more;

	if (data[2] == EF_OP_READ_REG)
		rom->refuses = ++line.more <= line.refused ? EF_OP_READ_REG : 0;
	if (is_lost) {
		rom->len = 0;
		port->in_len = 0;
		return;
	}
	fake_rom_take(port, data, len);
	if (data[2] == EF_OP_SYNC && ++line.syncs == line.short_sync)
		port->in_len -= port->in_len / 8;
}

static bool connect_over(struct fake_rom *rom, struct ef_flasher **ret, struct ef_err *err)
{
	const struct ef_connect_opts opts = { .no_stub = true };

	fake_plug_in(rom);
	rom->port.on_write = bad_line;
	line.count = line.syncs = line.more = 0;
	return ef_flasher_connect(&rom->port.base, &opts, ret, err);
}

/* Each request in turn is lost once; what was refused is asked again over the quiet line. */
START_TEST(one_lost_request_keeps_no_locked_s2_away)
{
	struct fake_rom rom = { .has_security = false };
	struct ef_err err = EF_ERR_INIT;
	struct ef_flasher *f = NULL;

	memset(&line, 0, sizeof(line));
	line.lost_at = (unsigned)_i + 1;
	line.refused = UINT32_MAX;
	ck_ok(connect_over(&rom, &f, &err), &err);
	ck_assert_str_eq(ef_flasher_device(f)->chip->name, "esp32s2");
	ck_assert(ef_flasher_device(f)->is_secure_download);
	ef_flasher_close(f);
}
END_TEST

START_TEST(a_short_answer_to_sync_keeps_no_locked_s2_away)
{
	struct fake_rom rom = { .has_security = false };
	struct ef_err err = EF_ERR_INIT;
	struct ef_flasher *f = NULL;

	memset(&line, 0, sizeof(line));
	line.short_sync = (unsigned)_i + 1;
	line.refused = UINT32_MAX;
	ck_ok(connect_over(&rom, &f, &err), &err);
	ck_assert_str_eq(ef_flasher_device(f)->chip->name, "esp32s2");
	ef_flasher_close(f);
}
END_TEST

/* An ESP32 whose requests the line damages for a while. */
START_TEST(refusals_that_end_are_the_line_s)
{
	struct fake_rom rom = { .magic = 0x00f01d83, .divider = 347 };
	struct ef_err err = EF_ERR_INIT;
	struct ef_flasher *f = NULL;

	memset(&line, 0, sizeof(line));
	line.lost_at = 1;
	line.refused = 3 + (unsigned)_i;
	if (connect_over(&rom, &f, &err)) {
		ck_assert_str_eq(ef_flasher_device(f)->chip->name, "esp32");
		ck_assert(!ef_flasher_device(f)->is_secure_download);
	}
	ef_flasher_close(f);
}
END_TEST

Suite *suite_locked_s2(void);
Suite *suite_locked_s2(void)
{
	Suite *s = suite_create("locked_s2");
	TCase *t = tcase_create("locked_s2");

	tcase_add_loop_test(t, one_lost_request_keeps_no_locked_s2_away, 0, 12);
	tcase_add_loop_test(t, a_short_answer_to_sync_keeps_no_locked_s2_away, 0, 4);
	tcase_add_loop_test(t, refusals_that_end_are_the_line_s, 0, 3);
	suite_add_tcase(s, t);
	return s;
}
