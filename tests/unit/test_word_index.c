/* SPDX-License-Identifier: MIT */
/*
 * The words that a line may have are those of which it has the first four characters, in the
 * order of the tables, and all words that are shorter.
 */
#include "console/words.h"

#include "ck_ef.h"

static const struct words *const tables[CONSOLE_TABLES] = {
	[CONSOLE_CRASH_WORDS] = console_crash_words,
	[CONSOLE_ROM_WORDS] = console_rom_words,
	[CONSOLE_LOADER_WORDS] = console_loader_words,
	[CONSOLE_APP_WORDS] = console_app_words,
};

static bool begins_within(const char *line, size_t len, const char *word)
{
	return strlen(word) < 4 || ef_find_bytes(line, len, word, 4);
}

static void check_table(enum console_table table, const struct console_set *set, const char *line,
			size_t len)
{
	const struct console_entry *e;
	unsigned n = 0;

	for (const struct words *w = tables[table]; w->source; w++) {
		for (const struct word *word = w->word; word->text; word++) {
			if (!begins_within(line, len, word->text))
				continue;
			e = console_next_word(set, table, &n);
			ck_assert_msg(e && e->of == w && e->word == word, "\"%s\" in \"%s\"",
				      word->text, line);
		}
	}
	ck_assert_ptr_null(console_next_word(set, table, &n));
}

static void check_line(const char *line, size_t len)
{
	struct console_set set;

	console_words_of(line, len, &set);
	for (int i = 0; i < CONSOLE_TABLES; i++)
		check_table((enum console_table)i, &set, line, len);
}

/* Each word alone, after noise, and with its fourth character beyond the end of the line. */
START_TEST(each_word)
{
	char line[256];

	for (const struct words *w = tables[_i]; w->source; w++) {
		for (const struct word *word = w->word; word->text; word++) {
			check_line(word->text, strlen(word->text));
			(void)snprintf(line, sizeof(line), "\xf0 in%s", word->text);
			check_line(line, strlen(line));
			check_line(word->text, strlen(word->text) < 3 ? 0 : 3);
		}
	}
}
END_TEST

START_TEST(all_words_in_one_line)
{
	char line[16384] = "";
	size_t len = 0;

	for (int i = 0; i < CONSOLE_TABLES; i++)
		for (const struct words *w = tables[i]; w->source; w++)
			for (const struct word *word = w->word; word->text; word++)
				len += (size_t)snprintf(line + len, sizeof(line) - len, "%s",
							word->text);
	ck_assert_uint_lt(len, sizeof(line));
	check_line(line, len);
}
END_TEST

Suite *suite_word_index(void);
Suite *suite_word_index(void)
{
	Suite *s = suite_create("word_index");
	TCase *t = tcase_create("word_index");

	tcase_add_loop_test(t, each_word, 0, CONSOLE_TABLES);
	tcase_add_test(t, all_words_in_one_line);
	suite_add_tcase(s, t);
	return s;
}
