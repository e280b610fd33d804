/* SPDX-License-Identifier: MIT */
/*
 * Whether a reset had an effect, for a chip in an unknown state. What the board did is known here
 * (sim_resets), so each claim can be compared with it.
 */
#include "flasher_rig.h"

#include <espflash/reset.h>

static struct ef_reset_proof prove(struct rig *r)
{
	struct ef_reset_try how = { .reset = ef_reset_hard(r->port),
				    .loader_hz = 115200,
				    .hear_hz = 115200 };
	struct ef_reset_proof proof;
	struct ef_rom rom;

	ck_ok(ef_rom_init(&rom, r->port, &r->err), &r->err);
	ck_ok(ef_reset_prove(&how, &rom, &proof, &r->err), &r->err);
	ef_rom_release(&rom);
	return proof;
}

static void let_pass(struct rig *r, uint64_t us)
{
	ck_ok(ef_port_sleep_us(r->port, us, &r->err), &r->err);
}

/* The board takes the pulse: its ROM tells of a reset by EN, whatever the application does. */
START_TEST(a_reset_is_proved)
{
	static const struct {
		enum sim_circuit circuit;
		enum sim_trouble trouble;
		bool is_chatty;
	} boards[] = {
		{ SIM_CIRCUIT_AUTO, SIM_TROUBLE_NONE, false },
		{ SIM_CIRCUIT_AUTO, SIM_TROUBLE_NONE, true },
		{ SIM_CIRCUIT_SLOW_EN, SIM_TROUBLE_NONE, false },
		{ SIM_CIRCUIT_AUTO, SIM_TROUBLE_WATCHDOG, true },
		{ SIM_CIRCUIT_AUTO, SIM_TROUBLE_BROWNOUT, true },
	};
	const size_t n = EF_ARRAY_LEN(boards);
	const struct sim_opts board = { .chip = rig_chips[(size_t)_i / n],
					.circuit = boards[(size_t)_i % n].circuit,
					.trouble = boards[(size_t)_i % n].trouble,
					/* the ROM of a C2 knows no other crystal */
					.xtal_mhz = (size_t)_i / n == 1 ? 40 : 0,
					.chatty_app = boards[(size_t)_i % n].is_chatty };
	struct ef_reset_proof proof;
	struct rig r;

	rig_power(&r, &board);
	let_pass(&r, 1000000 + UINT64_C(7000) * (unsigned)_i);
	proof = prove(&r);
	ck_assert(proof.is_proved);
	ck_assert(!proof.is_in_vain && !proof.is_download && !proof.is_by_itself);
	ck_assert_msg(strncmp(proof.line, "rst:0x1 (", 9) == 0, "%s", proof.line);
	rig_done(&r);
}
END_TEST

/* The ROM of this board talks at a rate that the program meets only on seeing garbage. */
START_TEST(a_reset_is_proved_by_the_bootloader)
{
	static const char text[] =
		"ESP-ROM:esp8684-api2-20220127\r\nBuild:Jan 27 2022\r\n"
		"rst:0x1 (POWERON),boot:0xc (SPI_FAST_FLASH_BOOT)\r\n"
		"SPIWP:0xee\r\nmode:DIO, clock div:2\r\nload:0x3fcd6108,len:0x18\r\n"
		"I (24) boot: ESP-IDF v5.1 2nd stage bootloader\r\n"
		"I (24) boot: compile time Jul 10 2023\r\nI (24) boot: chip revision: v1.0\r\n"
		"I (31) boot: Loaded app from partition at offset 0x10000\r\nready\r\n";
	const struct sim_opts board = {
		.chip = "esp32c2", .xtal_mhz = 26, .boot.text = text, .is_paced = true
	};
	struct ef_reset_proof proof;
	struct rig r;

	rig_power(&r, &board);
	let_pass(&r, 1000000);
	proof = prove(&r);
	ck_assert_msg(proof.is_proved, "%s", proof.line);
	rig_done(&r);
}
END_TEST

/* No line reaches this board, and it was plugged in a moment ago: 0 to 120 ms before the pulse. */
START_TEST(a_board_that_was_just_plugged_in_was_not_reset)
{
	const struct sim_opts board = { .chip = rig_chips[_i / 60],
					.circuit = _i % 2 ? SIM_CIRCUIT_NONE
							  : SIM_CIRCUIT_NONE_DOWNLOAD,
					.chatty_app = _i % 2 };
	struct ef_reset_proof proof;
	struct rig r;

	rig_power(&r, &board);
	let_pass(&r, 2000u * ((unsigned)_i % 60));
	proof = prove(&r);
	ck_assert_msg(!proof.is_proved, "%s", proof.line);
	ck_assert_uint_eq(proof.is_in_vain, board.circuit == SIM_CIRCUIT_NONE_DOWNLOAD);
	rig_done(&r);
}
END_TEST

/* No line reaches this board, which restarts again and again. */
START_TEST(a_boot_loop_is_no_effect)
{
	static const enum sim_trouble troubles[] = { SIM_TROUBLE_WATCHDOG, SIM_TROUBLE_BROWNOUT };
	const struct sim_opts board = { .chip = rig_chips[_i / 40],
					.circuit = SIM_CIRCUIT_NONE,
					.trouble = troubles[_i % 2],
					.chatty_app = true };
	struct ef_reset_proof proof;
	struct rig r;

	rig_power(&r, &board);
	let_pass(&r, 1000000 + 8000u * ((unsigned)_i % 40));
	proof = prove(&r);
	ck_assert_msg(!proof.is_proved, "%s", proof.line);
	rig_done(&r);
}
END_TEST

/* An application that only talks, a silent one, and a ROM that an eFuse silences prove nothing. */
START_TEST(words_of_an_application_are_no_proof)
{
	const struct sim_opts board = { .chip = rig_chips[_i / 4],
					.circuit = _i & 1 ? SIM_CIRCUIT_NONE : SIM_CIRCUIT_AUTO,
					.trouble = SIM_TROUBLE_MUTE_ROM,
					.chatty_app = true };
	struct ef_reset_proof proof;
	struct rig r;

	rig_power(&r, &board);
	let_pass(&r, 1000000);
	proof = prove(&r);
	ck_assert(!proof.is_proved);
	ck_assert(proof.has_words);
	rig_done(&r);
}
END_TEST

Suite *suite_reset_proof(void);
Suite *suite_reset_proof(void)
{
	Suite *s = suite_create("reset_proof");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, a_reset_is_proved, 0, RIG_CHIPS * 5);
	tcase_add_test(t, a_reset_is_proved_by_the_bootloader);
	tcase_add_loop_test(t, a_board_that_was_just_plugged_in_was_not_reset, 0, RIG_CHIPS * 60);
	tcase_add_loop_test(t, a_boot_loop_is_no_effect, 0, RIG_CHIPS * 40);
	tcase_add_loop_test(t, words_of_an_application_are_no_proof, 0, RIG_CHIPS * 4);
	suite_add_tcase(s, t);
	return s;
}
