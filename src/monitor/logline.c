/* SPDX-License-Identifier: MIT */
/* Knows the colours of log lines, and the grammar of idf-monitor's print filter. */
#include "monitor/logline.h"

#include <string.h>

#include <espflash/console.h>

#include "base/util.h"

static const char ranks[] = "NEWIDV"; /* esp_log_level_t */

static int rank_of(char level)
{
	const char *at = level ? strchr(ranks, level) : NULL;

	return at ? (int)(at - ranks) : -1;
}

void log_line_parse(const char *text, size_t len, struct log_line *ret)
{
	struct ef_console_log log;

	ef_console_log_line(text, len, &log);
	*ret = (struct log_line){ log.level, log.tag, log.tag_len };
}

/* ESP-IDF's own colours (esp_log_color.h), which has none for D and V. */
const char *log_line_color(char level)
{
	switch (level) {
	case 'E':
		return "\x1b[0;31m";
	case 'W':
		return "\x1b[0;33m";
	case 'I':
		return "\x1b[0;32m";
	default:
		return "";
	}
}

/* ---- filter ---- */

static bool fail_rule(const char *word, size_t len, const char *what, struct ef_err *err)
{
	ef_fail(err, EF_E_USAGE, "filter '%.*s': %s", (int)(len < 80 ? len : 80), word, what);
	return ef_hint_set(err, EF_HINT_TAG_FILTER);
}

static bool add_rule(struct tag_filter *f, const char *word, size_t len, struct ef_err *err)
{
	const char *colon = memchr(word, ':', len);
	size_t tag_len = colon ? (size_t)(colon - word) : len;
	int rank = (int)sizeof(ranks) - 2;

	if (colon && tag_len + 2 != len)
		return fail_rule(word, len, "a colon is followed by one letter", err);
	if (colon) {
		char c = colon[1];

		rank = rank_of(c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c);
	}
	if (rank < 0)
		return fail_rule(word, len, "no such level", err);
	if (tag_len == 0 || tag_len >= TAG_SIZE)
		return fail_rule(word, len, "the tag is empty or too long", err);
	if (f->count == TAG_RULES_MAX)
		return fail_rule(word, len, "too many rules", err);
	memcpy(f->rule[f->count].tag, word, tag_len);
	f->rule[f->count].tag[tag_len] = '\0';
	f->rule[f->count++].rank = rank;
	return true;
}

bool tag_filter_parse(const char *text, struct tag_filter *ret, struct ef_err *err)
{
	static const char parts[] = ", \t";

	ret->count = 0;
	for (;;) {
		size_t len;

		text += strspn(text, parts);
		if (!*text)
			return true;
		len = strcspn(text, parts);
		if (!add_rule(ret, text, len, err))
			return false;
		text += len;
	}
}

bool tag_filter_passes(const struct tag_filter *f, const struct log_line *line)
{
	int others = f->count ? 0 : (int)sizeof(ranks) - 2;
	bool has_others = false;

	/* if several rules name a tag, the last one counts */
	for (size_t i = f->count; i > 0; i--) {
		const char *tag = f->rule[i - 1].tag;

		if (line->level && strlen(tag) == line->tag_len &&
		    memcmp(tag, line->tag, line->tag_len) == 0)
			return rank_of(line->level) <= f->rule[i - 1].rank;
		if (!has_others && strcmp(tag, "*") == 0) {
			others = f->rule[i - 1].rank;
			has_others = true;
		}
	}
	if (!line->level)
		return others > 0 || !has_others;
	return rank_of(line->level) <= others;
}
