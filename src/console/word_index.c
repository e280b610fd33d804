/* SPDX-License-Identifier: MIT */
/*
 * Tells which words of the tables a line may have. The tables have some two hundred words, and a
 * line has the first characters of few of them, so one walk over the line finds these few.
 */
#include <assert.h>
#include <pthread.h>
#include <string.h>

#include "console/words.h"

#define HEAD_LEN  4u /* characters that words are found by */
#define SLOT_BITS 11u

static struct {
	struct console_entry entry[CONSOLE_WORDS_MAX]; /* in the tables' order; 0 is none */
	unsigned first[CONSOLE_TABLES + 1];            /* each table's first word */
	uint8_t slot[1u << SLOT_BITS];     /* the last word with these first characters */
	uint8_t before[CONSOLE_WORDS_MAX]; /* the word before it in the same slot */
	struct console_set short_words;    /* words of fewer characters */
} all;

static void put(struct console_set *set, unsigned n)
{
	set->bits[n / 8] |= (uint8_t)(1u << n % 8);
}

static unsigned slot_of(const char *head)
{
	return ef_le32((const uint8_t *)head) * 2654435761u >> (32 - SLOT_BITS);
}

static void add_word(unsigned n, const struct words *of, const struct word *word)
{
	uint8_t *slot;

	assert(n < CONSOLE_WORDS_MAX);
	all.entry[n] = (struct console_entry){ of, word };
	if (strlen(word->text) < HEAD_LEN) {
		put(&all.short_words, n);
		return;
	}
	slot = &all.slot[slot_of(word->text)];
	all.before[n] = *slot;
	*slot = (uint8_t)n;
}

static void build(void)
{
	const struct words *const tables[CONSOLE_TABLES] = {
		[CONSOLE_CRASH_WORDS] = console_crash_words,
		[CONSOLE_ROM_WORDS] = console_rom_words,
		[CONSOLE_LOADER_WORDS] = console_loader_words,
		[CONSOLE_APP_WORDS] = console_app_words,
	};
	unsigned n = 1;

	for (unsigned i = 0; i < CONSOLE_TABLES; i++) {
		all.first[i] = n;
		for (const struct words *w = tables[i]; w->source; w++)
			for (const struct word *word = w->word; word->text; word++)
				add_word(n++, w, word);
	}
	all.first[CONSOLE_TABLES] = n;
}

void console_words_of(const char *line, size_t len, struct console_set *ret)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, build);
	*ret = all.short_words;
	for (size_t i = 0; i + HEAD_LEN <= len; i++)
		for (unsigned n = all.slot[slot_of(line + i)]; n; n = all.before[n])
			if (memcmp(all.entry[n].word->text, line + i, HEAD_LEN) == 0)
				put(ret, n);
}

const struct console_entry *console_next_word(const struct console_set *set,
					      enum console_table table, unsigned *n)
{
	unsigned i = *n ? *n + 1 : all.first[table], end = all.first[table + 1];

	while (i < end && !(set->bits[i / 8] >> i % 8 & 1))
		i = set->bits[i / 8] >> i % 8 ? i + 1 : (i | 7) + 1;
	*n = i;
	return i < end ? &all.entry[i] : NULL;
}
