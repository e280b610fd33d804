/* SPDX-License-Identifier: MIT */
/*
 * Knows the format of ESP-IDF's log lines, "I (1234) wifi: text" (esp_log.h and
 * esp_log_format.h, LOG_FORMAT; the time may also be "12:00:01.123" or missing, as
 * with ESP_DRAM_LOGE), and of esp-println's, "INFO - text".
 */
#include <string.h>

#include <espflash/console.h>

#include "base/util.h"

static const char levels[] = "EWIDV";

/* "INFO - text" */
static bool parse_word(const char *text, size_t len, struct ef_console_log *ret)
{
	static const struct {
		const char *word;
		char level;
	} words[] = { { "ERROR - ", 'E' },
		      { "WARN - ", 'W' },
		      { "INFO - ", 'I' },
		      { "DEBUG - ", 'D' },
		      { "TRACE - ", 'V' } };

	for (size_t i = 0; i < EF_ARRAY_LEN(words); i++) {
		size_t n = strlen(words[i].word);

		if (len >= n && memcmp(text, words[i].word, n) == 0) {
			ret->level = words[i].level;
			ret->at = n;
			return true;
		}
	}
	return false;
}

void ef_console_log_line(const char *text, size_t len, struct ef_console_log *ret)
{
	size_t at = 2;
	const char *end;

	*ret = (struct ef_console_log){ .level = '\0', .tag = "" };
	if (parse_word(text, len, ret))
		return;
	if (len < 4 || !text[0] || !strchr(levels, text[0]) || text[1] != ' ')
		return;
	if (text[2] == '(') {
		end = memchr(text + 2, ')', len - 2);
		if (!end || (size_t)(end - text) + 2 >= len || end[1] != ' ')
			return;
		at = (size_t)(end - text) + 2;
	}
	end = memchr(text + at, ':', len - at);
	if (!end || end == text + at)
		return;
	/* Without a time, the tag must be one word: "I think: ..." is not a log line. */
	if (text[2] != '(' && memchr(text + at, ' ', (size_t)(end - text) - at))
		return;
	ret->level = text[0];
	ret->tag = text + at;
	ret->tag_len = (size_t)(end - text) - at;
	ret->at = (size_t)(end - text) + 1;
	ret->at += ret->at < len && text[ret->at] == ' ';
}
