/* SPDX-License-Identifier: MIT */
/*
 * Breaks long lines on a narrow terminal: between words, but not inside a quoted
 * command, which the user may want to copy.
 */
#include <string.h>
#include <unistd.h>

#include "cli/ui/ui.h"

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Return the length of a piece that is not broken: a word, or several words in single quotes. */
static size_t piece_len(const char *text)
{
	bool is_quoted = false;
	size_t i;

	for (i = 0; text[i] && (is_quoted || text[i] != ' '); i++) {
		if (text[i] != '\'')
			continue;
		/* An apostrophe ("chip's") and a quote without its partner open nothing. */
		if (is_quoted)
			is_quoted = is_word(text[i + 1]);
		else if (i == 0 || !is_word(text[i - 1]))
			is_quoted = strchr(text + i + 1, '\'') != NULL;
	}
	return i;
}

/* Return the columns of UTF-8 text without wide characters. */
static unsigned columns_of(const char *text, size_t len)
{
	unsigned n = 0;

	for (size_t i = 0; i < len; i++)
		n += ((unsigned char)text[i] & 0xc0u) != 0x80;
	return n;
}

void ui_wrap_at(FILE *out, const char *text, unsigned used, unsigned indent, unsigned width)
{
	bool is_first = true;

	while (*text) {
		size_t len = piece_len(text);
		unsigned columns = columns_of(text, len);

		if (len && width && used > indent && used + !is_first + columns > width) {
			fprintf(out, "\n%*s", (int)indent, "");
			used = indent;
		} else if (!is_first) {
			fputc(' ', out);
			used++;
		}
		fwrite(text, 1, len, out);
		used += columns;
		text += len;
		text += *text == ' ';
		is_first = false;
	}
	fputc('\n', out);
}

void ui_wrap(FILE *out, const char *text, unsigned used, unsigned indent)
{
	int fd = fileno(out);

	ui_wrap_at(out, text, used, indent, fd >= 0 && isatty(fd) ? ui_width(fd) : 0);
}
