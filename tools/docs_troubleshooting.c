/* SPDX-License-Identifier: MIT */
/* Writes docs/troubleshooting.md from the table of verdicts. */
#include "docs_troubleshooting.h"
#include "cli/table/verdict_words.h"
#include "base/util.h"
#include <espflash/diagnose.h>

static void print_intro(FILE *out)
{
	fputs("# Troubleshooting\n\n"
	      "<!-- Generated from src/cli/table/verdict_words.c by tools/gen-docs.c. -->\n\n"
	      "If a chip does not answer, `espflash-c` reports what it saw and names one cause, "
	      "the verdict. This page lists every verdict with its evidence and its remedy. For a "
	      "bug report, attach the output of `espflash-c doctor`. With `--json` the verdict, "
	      "the evidence and each attempt are fields of the error.\n\n"
	      "| Verdict | Exit status | What was seen |\n|---|---|---|\n",
	      out);
	for (int i = EF_VERDICT_SILENT; i < EF_VERDICT_COUNT; i++) {
		const struct ef_verdict_info *v = ef_verdict_info((enum ef_verdict)i);

		fprintf(out, "| [%s](#%s) | %d | %s |\n", v->name, v->name,
			ef_code_exit_status(v->code), verdict_words(v->verdict)->signature);
	}
	fputc('\n', out);
}

/* Print a message as a sentence: "check the port" becomes "Check the port." */
static void print_sentence(FILE *out, const char *text)
{
	fprintf(out, "%c%s.", text[0] >= 'a' && text[0] <= 'z' ? text[0] - 'a' + 'A' : text[0],
		text + 1);
}

static void print_verdict(FILE *out, const struct ef_verdict_info *v)
{
	const struct verdict_words *w = verdict_words(v->verdict);

	fprintf(out, "## <a id=\"%s\"></a>%s\n\n`%s`, exit status %d (%s).\n\n", v->name, w->title,
		v->name, ef_code_exit_status(v->code), ef_code_meaning(v->code));
	fputs("**Evidence:** ", out);
	fprintf(out, "%s.\n\n**Message:** ", w->signature);
	print_sentence(out, v->what);
	if (v->what_no_lines) {
		fputs(" On a port without DTR and RTS: ", out);
		fprintf(out, "%s.", v->what_no_lines);
	}
	fputs("\n\n**Remedy:** ", out);
	print_sentence(out, w->next);
	if (w->options && *w->options)
		fprintf(out, " Then run the command with `%s`.", w->options + 1);
	fputs("\n\n", out);
	if (w->doc)
		fprintf(out, "%s\n\n", w->doc);
	if (w->picture)
		fprintf(out,
			"![RTS pulls EN low and DTR pulls BOOT low, through two cross-coupled "
			"transistors]"
			"(img/%s)\n\n",
			w->picture);
}

void troubleshooting_markdown(FILE *out)
{
	print_intro(out);
	for (int i = EF_VERDICT_SILENT; i < EF_VERDICT_COUNT; i++)
		print_verdict(out, ef_verdict_info((enum ef_verdict)i));
	fputs("## Exit statuses\n\n| Status | Name | Meaning |\n|---|---|---|\n", out);
	for (int i = EF_OK + 1; i < EF_CODE_COUNT; i++)
		fprintf(out, "| %d | `%s` | %s |\n", ef_code_exit_status((enum ef_code)i),
			ef_code_name((enum ef_code)i), ef_code_meaning((enum ef_code)i));
}
