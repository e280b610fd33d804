/* SPDX-License-Identifier: MIT */
/* Prints the table of espsim's options and faults, as help and as rows for docs/espsim.md. */
#include <string.h>

#include "sim/espsim_args.h"
#include "sim/espsim_table.h"

#define INDENT 22
#define WIDTH  80

/* of an option and its choices */
#define TEXT_MAX 1000

/* Print a word, from the next line on if it does not fit. Return the new column. */
static size_t print_word(FILE *out, size_t column, const char *word, size_t len)
{
	if (column + 1 + len > WIDTH) {
		fprintf(out, "\n%*s", INDENT, "");
		column = INDENT;
	} else if (column > INDENT) {
		fputc(' ', out);
		column++;
	}
	(void)fwrite(word, 1, len, out);
	return column + len;
}

static size_t print_words(FILE *out, size_t column, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, " ");

		column = print_word(out, column, text, len);
		text += len + (text[len] == ' ');
	}
	return column;
}

static void print_row(FILE *out, const char *name, const char *value, const char *text)
{
	int n = fprintf(out, "  %s%s%s", name, value ? " " : "", value ? value : "");

	fprintf(out, "%*s", n < INDENT ? INDENT - n : 1, "");
	(void)print_words(out, n < INDENT ? INDENT : (size_t)n + 1, text);
	fputc('\n', out);
}

/* Return an option's text with the values that it may have. */
static const char *describe(const struct espsim_option *o, char *ret, size_t cap)
{
	size_t len = (size_t)snprintf(ret, cap, "%s", o->text);

	for (const struct espsim_choice *c = o->choices; c && c->name && len < cap; c++) {
		len += (size_t)snprintf(ret + len, cap - len, "%s'%s'",
					c == o->choices ? ": " : ", ", c->name);
		if (c->text && len < cap)
			len += (size_t)snprintf(ret + len, cap - len, " (%s)", c->text);
	}
	return ret;
}

void espsim_help(FILE *out)
{
	char text[TEXT_MAX];

	fputs("espsim: an ESP32-family board behind a socket\n\n"
	      "usage: espsim --chip CHIP [options]\n\n",
	      out);
	for (const struct espsim_option *o = espsim_options; o->name; o++)
		print_row(out, o->name, o->value, describe(o, text, sizeof(text)));
	print_row(out, "--help", NULL, "print this text");
	fputs("\nFaults (requests are counted from power-on; the n-th reply answers the n-th "
	      "request):\n\n",
	      out);
	for (const struct espsim_fault *f = espsim_faults; f->name; f++)
		print_row(out, f->name, NULL, f->text);
	fputs("\nThe URLs are printed on stdout, one a line, when the board is ready. SIGTERM and\n"
	      "SIGINT end espsim.\n",
	      out);
}

/* ---- rows for docs/espsim.md ---- */

/* Single quotes around a word become backticks; an apostrophe stays. */
static void print_markdown(FILE *out, const char *text)
{
	bool is_open = false;

	for (const char *at = text; *at; at++) {
		bool starts = at == text || at[-1] == ' ' || at[-1] == '(';

		if (*at == '\'' && (is_open || starts)) {
			is_open = !is_open;
			fputc('`', out);
		} else {
			fputc(*at, out);
		}
	}
}

void espsim_markdown_options(FILE *out)
{
	char text[TEXT_MAX];

	fputs("| Option | Meaning |\n| --- | --- |\n", out);
	for (const struct espsim_option *o = espsim_options; o->name; o++) {
		fprintf(out, "| `%s%s%s` | ", o->name, o->value ? " " : "",
			o->value ? o->value : "");
		print_markdown(out, describe(o, text, sizeof(text)));
		fputs(" |\n", out);
	}
}

void espsim_markdown_faults(FILE *out)
{
	fputs("| Name | Effect |\n| --- | --- |\n", out);
	for (const struct espsim_fault *f = espsim_faults; f->name; f++) {
		fprintf(out, "| `%s` | ", f->name);
		print_markdown(out, f->text);
		fputs(" |\n", out);
	}
}
