/* SPDX-License-Identifier: MIT */
/*
 * The verdict after flashing, for every chip behind every circuit that can
 * reset it: an application that boots, one that is silent, one that crashes, a
 * chip that restarts again and again, and one that stays in download mode.
 *
 * The words of the applications are those of ESP-IDF's panic handler
 * (components/esp_system/panic.c) and of the ROMs.
 */
#include "ck_ef.h"

#include "flasher_rig.h"

static const enum sim_circuit circuits[] = {
	SIM_CIRCUIT_AUTO,     SIM_CIRCUIT_FAST_EN,  SIM_CIRCUIT_SLOW_EN,
	SIM_CIRCUIT_INVERTED, SIM_CIRCUIT_USB_JTAG,
};
#define CIRCUITS ((int)(sizeof(circuits) / sizeof(circuits[0])))

/* USB-Serial/JTAG: every chip but ESP32, S2 and C2 (esptool targets, USES_USB_JTAG...). */
static bool is_possible(const char *chip, enum sim_circuit circuit)
{
	return circuit != SIM_CIRCUIT_USB_JTAG ||
	       (strcmp(chip, "esp32") != 0 && strcmp(chip, "esp32s2") != 0 &&
		strcmp(chip, "esp32c2") != 0);
}

static void power(struct rig *rig, const struct sim_opts *sim, struct ef_start *ret)
{
	const struct ef_listen_opts listen = { .limit_ms = 1000 };

	rig_power(rig, sim);
	if (sim->circuit == SIM_CIRCUIT_INVERTED)
		ck_ok(ef_port_invert_lines(rig->port, EF_DTR | EF_RTS, &rig->err), &rig->err);
	ck_ok(rig_connect(rig), &rig->err);
	ef_flasher_will_listen(rig->f);
	ck_ok(ef_flasher_finish(rig->f, EF_AFTER_HARD_RESET, &rig->err), &rig->err);
	ck_ok(ef_flasher_listen(rig->f, &listen, ret, &rig->err), &rig->err);
}

/* Flash something, let go, and listen. */
static void start(struct rig *rig, const char *chip, enum sim_circuit circuit, bool is_factory,
		  struct ef_start *ret)
{
	const struct sim_opts sim = { .chip = chip,
				      .is_paced = true,
				      .circuit = circuit,
				      .boot.is_factory = is_factory,
				      .xtal_mhz = strcmp(chip, "esp32c2") == 0 ? 40 : 0,
				      .chatty_app = true };

	power(rig, &sim, ret);
}

/* The same for a board that says this, behind the banner of its chip. */
static void say(struct rig *rig, const char *chip, enum sim_circuit circuit, const char *text,
		struct ef_start *ret)
{
	char all[1024];
	const struct sim_opts sim = { .chip = chip,
				      .is_paced = true,
				      .circuit = circuit,
				      .xtal_mhz = strcmp(chip, "esp32c2") == 0 ? 40 : 0,
				      .boot.text = all };
	bool is_old = strcmp(chip, "esp32") == 0;

	(void)snprintf(all, sizeof(all),
		       "%s\r\nrst:0x%x (%s),boot:0x%x (SPI_FAST_FLASH_BOOT)\r\n%s",
		       is_old ? "ets Jul 29 2019 12:21:46\r\n" : "ESP-ROM:esp32xx-20210327",
		       circuit == SIM_CIRCUIT_USB_JTAG ? 0x15 : 1,
		       circuit == SIM_CIRCUIT_USB_JTAG ? "USB_UART_CHIP_RESET" : "POWERON",
		       is_old ? 0x33 : 8, text);
	power(rig, &sim, ret);
}

START_TEST(what_a_board_does)
{
	const char *chip = rig_chips[_i / CIRCUITS];
	enum sim_circuit circuit = circuits[_i % CIRCUITS];
	struct ef_start boots, loops;
	struct rig rig;

	if (!is_possible(chip, circuit))
		return;
	start(&rig, chip, circuit, false, &boots);
	ck_assert_msg(boots.state == EF_START_RUNNING, "%s, circuit %d: %d, '%s'", chip, circuit,
		      boots.state, boots.line);
	ck_assert_str_eq(boots.line, "tick 0");
	rig_done(&rig);
	/* a bootloader and no application */
	start(&rig, chip, circuit, true, &loops);
	ck_assert_msg(loops.state == EF_START_NO_BOOT, "%s, circuit %d: %d, '%s'", chip, circuit,
		      loops.state, loops.line);
	rig_done(&rig);
}
END_TEST

static const struct {
	const char *text;
	enum ef_start_state state;
} endings[] = {
	{ "", EF_START_SILENT },
	{ "I (31) boot: ESP-IDF v5.1 2nd stage bootloader\r\n", EF_START_SILENT },
	{ "I (31) boot: x\r\nHello world!\r\n", EF_START_RUNNING },
	{ "Guru Meditation Error: Core  0 panic'ed (LoadProhibited). Exception was unhandled.\r\n",
	  EF_START_CRASHED },
	{ "waiting for download\r\n", EF_START_DOWNLOAD },
};
#define ENDINGS (sizeof(endings) / sizeof(endings[0]))

/* The greeting of this chip's last start, and what may follow it. */
START_TEST(what_a_greeting_is_followed_by)
{
	static const struct ef_start_expect nothing;
	const char *chip = rig_chips[_i / CIRCUITS], *greeting, *at;
	enum sim_circuit circuit = circuits[_i % CIRCUITS];
	struct ef_start ret;
	struct rig rig;

	if (!is_possible(chip, circuit))
		return;
	start(&rig, chip, circuit, false, &ret);
	greeting = sim_console(rig.sim);
	while ((at = strstr(greeting + 1, "rst:0x")) != NULL)
		greeting = at;
	for (size_t i = 0; i < ENDINGS; i++) {
		const char *eol = strchr(greeting, '\n');
		char text[1024];
		int len = snprintf(text, sizeof(text), "%.*s%s", (int)(eol + 1 - greeting),
				   greeting, endings[i].text);

		ef_start_judge(&nothing, text, (size_t)len, &ret);
		ck_assert_msg(ret.state == endings[i].state, "%s, circuit %d: %d, '%s' of\n%s",
			      chip, circuit, ret.state, ret.line, text);
	}
	rig_done(&rig);
}
END_TEST

/* What a board says after a reset into flash boot, and the verdict. */
static const struct {
	const char *text;
	enum ef_start_state state;
	const char *line;
} texts[] = {
	{ "", EF_START_SILENT, "" },
	{ "csum err:0xb8!=0xff\r\nets_main.c 384 \r\n", EF_START_NO_BOOT, "csum err:0xb8!=0xff" },
	{ "Invalid image block, can't boot.\r\nets_main.c 333 \r\n", EF_START_NO_BOOT,
	  "Invalid image block, can't boot." },
	{ "load:0x3fff0018,len:4\r\nentry 0x403cc710\r\n"
	  "E (31) flash_parts: partition 0 invalid magic number 0xa0a\r\n"
	  "E (46) boot: load partition table error!\r\n",
	  EF_START_NO_BOOT, "E (31) flash_parts: partition 0 invalid magic number 0xa0a" },
	{ "load:0x3fff0018,len:4\r\nentry 0x403cc710\r\n"
	  "Brownout detector was triggered\r\n",
	  EF_START_CRASHED, "Brownout detector was triggered" },
	{ "load:0x3fff0018,len:4\r\nentry 0x403cc710\r\nHello\r\n", EF_START_RUNNING, "Hello" },
};

START_TEST(what_a_board_says)
{
	const char *chip = rig_chips[_i / CIRCUITS];
	enum sim_circuit circuit = circuits[_i % CIRCUITS];

	if (!is_possible(chip, circuit))
		return;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct ef_start ret;
		struct rig rig;

		say(&rig, chip, circuit, texts[i].text, &ret);
		ck_assert_msg(ret.state == texts[i].state, "%s, circuit %d: %d, '%s' of\n%s", chip,
			      circuit, ret.state, ret.line, texts[i].text);
		ck_assert_str_eq(ret.line, texts[i].line);
		rig_done(&rig);
	}
}
END_TEST

Suite *suite_start_matrix(void);
Suite *suite_start_matrix(void)
{
	Suite *s = suite_create("start_matrix");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, what_a_board_does, 0, RIG_CHIPS * CIRCUITS);
	tcase_add_loop_test(t, what_a_board_says, 0, RIG_CHIPS * CIRCUITS);
	tcase_add_loop_test(t, what_a_greeting_is_followed_by, 0, RIG_CHIPS * CIRCUITS);
	suite_add_tcase(s, t);
	return s;
}
