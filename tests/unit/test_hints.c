/* SPDX-License-Identifier: MIT */
/* The words for hints, and advice about hosts that are known for hiding ports. */
#include "ck_ef.h"

#include "cli/board/port_missing.h"
#include "cli/hints.h"
#include "cli/table/commands.h"
#include "cli/table/hint_words.h"
#include "cli/table/verdict_words.h"

static const struct {
	struct ef_host_facts host;
	bool is_on_host;
	const char *hint; /* a part of it */
} hosts[] = {
	{ { .is_container = true }, true, "'--device /dev/ttyUSB0'" },
	{ { .is_container = true }, false, "plug it in" },
	{ { .is_wsl = true }, false, "usbipd attach --wsl" },
	{ { .has_brltty = true }, false, "apt remove brltty" },
	/* opens ports for a while, hides none */
	{ { .has_modem_manager = true }, true, "plug it in" },
};

START_TEST(who_hides_a_port)
{
	struct ef_err err = EF_ERR_INIT;

	ef_fail(&err, EF_E_PORT, "no such port");
	ef_hint_own(&err, "plug it in");
	port_missing_hint(&hosts[_i].host, "/dev/ttyUSB0", hosts[_i].is_on_host, &err);
	ck_assert_msg(strstr(ck_hint(&err), hosts[_i].hint) != NULL, "'%s'", ck_hint(&err));
}
END_TEST

/* Every hint has words, for an error or a warning, and every placeholder gets its fact. */
START_TEST(every_hint_has_words)
{
	struct ef_hint hint = { .id = (enum ef_hint_id)_i, .number = { 3, 4 }, .text = "fact" };
	char words[HINT_WORDS_SIZE];
	const char *after = hint_event_words(hint.id);

	hint_words(&hint, "espflash-c", words);
	ck_assert_msg((*words != '\0') != (*after != '\0'), "%s: '%s' and '%s'",
		      ef_hint_name(hint.id), words, after);
	ck_assert_msg(!strstr(words, "{text}") && !strstr(words, "{number") &&
			      !strstr(words, "{hex}") && !strstr(words, "{address}"),
		      "%s", words);
	ck_assert_str_ne(ef_hint_meaning(hint.id), "");
	/* the list says which hints have a text, and those use it */
	if (strstr(ef_hint_meaning(hint.id), "facts: text"))
		ck_assert_msg(strstr(words, "fact") != NULL, "%s: '%s'", ef_hint_name(hint.id),
			      words);
}
END_TEST

/* No hint sends the user of any command to an option that this command lacks. */
START_TEST(every_hint_fits_every_command)
{
	struct ef_hint hint = { .id = (enum ef_hint_id)_i, .number = { 3, 4 }, .text = "fact" };
	char words[HINT_WORDS_SIZE], all[HINT_WORDS_SIZE];

	hint_words(&hint, "espflash-c", all);
	for (const struct opt_command *c = cli_program.commands; c->name; c++) {
		hint_words_for(&hint, &cli_program, c, words);
		ck_assert_msg(hint_fits(&cli_program, c, words), "%s: %s", c->name, words);
		if (hint_fits(&cli_program, c, all))
			ck_assert_str_eq(words, all);
	}
}
END_TEST

/* The pairs of a hint and a command that the program does give. */
static const struct {
	enum ef_hint_id id;
	const char *command, *words, *not ;
} given[] = {
	{ EF_HINT_ELF_FOR_FLASH, "load-ram", "espflash-c flash FILE", "--ram" },
	{ EF_HINT_ELF_FOR_FLASH, "flash", "--ram", "espflash-c" },
	{ EF_HINT_TABLE_BEYOND_FLASH, "image-info", "does_not_fit", "--flash-size" },
	{ EF_HINT_ELF_STRIPPED, "flash", "--strip-section-headers", "--chip" },
};

START_TEST(hints_of_commands)
{
	struct ef_hint hint = { .id = given[_i].id, .text = "fact" };
	char words[HINT_WORDS_SIZE];

	hint_words_for(&hint, &cli_program, opt_command_find(&cli_program, given[_i].command),
		       words);
	ck_assert_msg(strstr(words, given[_i].words) != NULL, "%s", words);
	ck_assert_msg(!strstr(words, given[_i].not ), "%s", words);
}
END_TEST

START_TEST(fitting)
{
	const struct opt_command *c = opt_command_find(&cli_program, "image-info");

	ck_assert(!hint_fits(&cli_program, c, "give '--port'"));
	ck_assert(!hint_fits(&cli_program, c, "use --baud 9600"));
	ck_assert(hint_fits(&cli_program, c, "give '--json'"));
	ck_assert(hint_fits(&cli_program, c, "run 'espflash-c board-info --port X'"));
	ck_assert(!hint_fits(&cli_program, c, "run 'espflash-c board-info', or give '--port'"));
	ck_assert(!hint_fits(&cli_program, c, "'espflash-c board-info --merge'"));
	ck_assert(hint_fits(&cli_program, c, "run docker with '--device /dev/ttyUSB0'"));
	ck_assert(hint_fits(&cli_program, c, "a -- b, a--port, --"));
}
END_TEST

START_TEST(facts_have_their_places)
{
	static const struct {
		struct ef_hint hint;
		const char *program, *words;
	} said[] = {
		{ { EF_HINT_NONE, { 0, 0 }, "" }, "espflash-c", "" },
		{ { EF_HINT_OWN, { 0, 0 }, "{text} stays" }, "espflash-c", "{text} stays" },
		{ { EF_HINT_RATE_TOO_HIGH, { 921600, 115200 }, "" },
		  "espflash-c",
		  "the line does not carry 921600 baud: reset the board, then use '--baud "
		  "115200', or leave '--baud' out: the program then finds a rate that works" },
		{ { EF_HINT_TABLE_OFFSET, { 0x8000, 0 }, "" },
		  "espflash-c",
		  "give another --partition-table-offset, such as 0x8000" },
		{ { EF_HINT_WORD_ALIGNMENT, { 0x4000, 0 }, "" },
		  "espflash-c",
		  "the word that holds this byte is at 0x00004000" },
		{ { EF_HINT_PORT_MISSING, { 0, 0 }, "" },
		  "espflash",
		  "plug the board in, and see which ports there are: espflash list-ports" },
		{ { EF_HINT_VERDICT, { EF_VERDICT_FLASH_BOOT, EF_HINT_NO_LINES }, "/dev/tty" },
		  "espflash",
		  "hold BOOT, press RESET, release both; then run 'espflash board-info --port "
		  "/dev/tty --before no-reset'" },
		{ { EF_HINT_VERDICT, { EF_VERDICT_WATCHDOG, 0 }, "" },
		  "espflash-c",
		  "hold BOOT, press RESET, release both" },
	};
	char words[HINT_WORDS_SIZE];

	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		hint_words(&said[i].hint, said[i].program, words);
		ck_assert_str_eq(words, said[i].words);
	}
}
END_TEST

/* ---- doctor ---- */

static void check_no_circle(const char *words)
{
	ck_assert_msg(!strstr(words, "doctor"), "doctor says: %s", words);
}

/* Whatever doctor says of an error, a verdict or a warning: it doesn't send to doctor. */
START_TEST(doctor_does_not_send_to_doctor)
{
	static struct opt_parsed parsed;
	struct cli cli = { .program = &cli_program, .command = "doctor", .parsed = &parsed };

	parsed.command = opt_command_find(&cli_program, "doctor");
	for (int code = EF_E_USAGE; code <= EF_E_INTR; code++) {
		for (int id = 0; id < EF_HINT_COUNT; id++) {
			struct ef_err err = EF_ERR_INIT;
			char words[HINT_WORDS_SIZE];

			ef_fail(&err, (enum ef_code)code, "it failed");
			err.hint.id = (enum ef_hint_id)id;
			cli_default_hint(&cli, &err);
			if (strstr(err.hint.text, " doctor --help")) /* of a bad command line */
				continue;
			hint_words_for(&err.hint, cli.program, parsed.command, words);
			check_no_circle(words);
			hint_words(&err.hint, "espflash-c", words);
			check_no_circle(words);
			check_no_circle(hint_event_words((enum ef_hint_id)id));
		}
	}
	for (int v = 0; v < EF_VERDICT_COUNT; v++) {
		const struct verdict_words *w = verdict_words((enum ef_verdict)v);
		const struct ef_verdict_info *info = ef_verdict_info((enum ef_verdict)v);

		check_no_circle(w->next);
		check_no_circle(w->next_no_lines ? w->next_no_lines : "");
		check_no_circle(info->what);
		check_no_circle(info->what_no_lines ? info->what_no_lines : "");
	}
	ck_assert(!hint_fits(&cli_program, parsed.command, "see 'espflash-c doctor'"));
	ck_assert(hint_fits(&cli_program, opt_command_find(&cli_program, "flash"),
			    "see 'espflash-c doctor'"));
}
END_TEST

Suite *suite_hints(void);
Suite *suite_hints(void)
{
	Suite *s = suite_create("hints");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, who_hides_a_port, 0, (int)(sizeof(hosts) / sizeof(hosts[0])));
	tcase_add_loop_test(t, every_hint_has_words, EF_HINT_NONE + 1, EF_HINT_COUNT);
	tcase_add_loop_test(t, every_hint_fits_every_command, 0, EF_HINT_COUNT);
	tcase_add_loop_test(t, hints_of_commands, 0, sizeof(given) / sizeof(given[0]));
	tcase_add_test(t, fitting);
	tcase_add_test(t, doctor_does_not_send_to_doctor);
	tcase_add_test(t, facts_have_their_places);
	suite_add_tcase(s, t);
	return s;
}
