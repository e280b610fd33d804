/* SPDX-License-Identifier: MIT */
/*
 * Writes the table as completion scripts for elvish and PowerShell. Both scripts
 * have one list of words for each command. The values of options are in the same
 * list, under the option's name.
 */
#include <string.h>

#include "cli/opt/opt_priv.h"

/* Both shells double a single quote inside single quotes. */
static void quoted(FILE *out, const char *text)
{
	fputc('\'', out);
	for (; *text; text++)
		fprintf(out, *text == '\'' ? "''" : "%c", *text);
	fputc('\'', out);
}

/* The syntax of one shell for an offered word and for a list of words. */
struct dialect {
	const char *begin, *end; /* put around "command;option" */
	void (*word)(FILE *out, const char *word, const char *help);
	const char *files, *ports; /* entries of the list that stand for files and for ports */
};

static void elvish_word(FILE *out, const char *word, const char *help)
{
	fputs("        cand ", out);
	quoted(out, word);
	fputc(' ', out);
	quoted(out, help);
	fputc('\n', out);
}

/* Print one string with a tab inside: PowerShell would unroll an array in a pipeline. */
static void powershell_word(FILE *out, const char *word, const char *help)
{
	char line[512];

	snprintf(line, sizeof(line), "%s\t%s", word, help);
	fputs("            ", out);
	quoted(out, line);
	fputc('\n', out);
}

static const struct dialect elvish = { "    &'", "'= {\n", elvish_word,
				       "        edit:complete-filename $words[-1]\n",
				       "        espflash-c-ports\n" };
static const struct dialect powershell = { "        '", "' {\n", powershell_word, "",
					   "            Get-EspflashPorts\n" };

static void values(FILE *out, const struct dialect *d, const struct opt_program *program,
		   const struct opt *o)
{
	const char *name;

	for (size_t i = 0; (name = opt_choice_name(o, i)); i++)
		d->word(out, name, o->help);
	if (o->complete == OPT_COMPLETE_PORT)
		fputs(d->ports, out);
	else if (o->complete == OPT_COMPLETE_FILE)
		fputs(d->files, out);
	for (const struct opt_command *c = program->commands;
	     o->complete == OPT_COMPLETE_COMMAND && c->name; c++)
		if (!c->is_hidden)
			d->word(out, c->name, c->summary);
}

static void one_list(FILE *out, const struct dialect *d, const char *close,
		     const struct opt_program *program, const char *key, const struct opt *o)
{
	fprintf(out, "%s%s%s", d->begin, key, d->end);
	values(out, d, program, o);
	fputs(close, out);
}

/*
 * The list "flash" has the options, "flash;--before" the values of one option,
 * "flash;" the arguments.
 */
static void command_lists(FILE *out, const struct dialect *d, const char *close,
			  const struct opt_program *program, const struct opt_command *c)
{
	const char *command = c ? c->name : "";
	struct opt_ref ref = { 0 };
	char key[128];

	fprintf(out, "%s%s%s", d->begin, command, d->end);
	while (opt_next(program, c, &ref)) {
		if (!opt_is_shown(ref.opt))
			continue;
		snprintf(key, sizeof(key), "--%s", ref.opt->name);
		d->word(out, key, ref.opt->help);
	}
	fputs(close, out);
	ref = (struct opt_ref){ 0 };
	while (opt_next(program, c, &ref)) {
		const struct opt *o = ref.opt;

		if (!opt_is_shown(o) || !opt_takes_value(o))
			continue;
		snprintf(key, sizeof(key), "%s;--%s", command, o->name);
		one_list(out, d, close, program, key, o);
		if (!o->letter)
			continue;
		snprintf(key, sizeof(key), "%s;-%c", command, o->letter);
		one_list(out, d, close, program, key, o);
	}
	ref = (struct opt_ref){ 0 };
	while (opt_next(program, c, &ref) && !(ref.opt->flags & OPT_ARG))
		;
	if (!c || !ref.opt->name || !(ref.opt->flags & OPT_ARG))
		return;
	snprintf(key, sizeof(key), "%s;", command);
	one_list(out, d, close, program, key, ref.opt);
}

static void all_lists(FILE *out, const struct dialect *d, const char *close,
		      const struct opt_program *program)
{
	command_lists(out, d, close, program, NULL);
	fprintf(out, "%s;%s", d->begin, d->end);
	for (const struct opt_command *c = program->commands; c->name; c++)
		if (!c->is_hidden)
			d->word(out, c->name, c->summary);
	fputs(close, out);
	for (const struct opt_command *c = program->commands; c->name; c++)
		if (!c->is_hidden)
			command_lists(out, d, close, program, c);
}

static void command_names(FILE *out, const struct opt_program *program)
{
	for (const struct opt_command *c = program->commands; c->name; c++)
		if (!c->is_hidden)
			fprintf(out, "%s'%s'", c == program->commands ? "" : " ", c->name);
}

void opt_complete_elvish(FILE *out, const struct opt_program *program)
{
	const char *name = program->name;

	fprintf(out, "# elvish completion for %s\nuse builtin\nuse str\n\n", name);
	fprintf(out,
		"fn espflash-c-ports {\n    try { (external %s) __complete port "
		"2>/dev/null } catch e { nop }\n}\n\n",
		name);
	fprintf(out, "set edit:completion:arg-completer[%s] = {|@words|\n", name);
	fputs("    fn cand {|word help|\n        edit:complex-candidate $word "
	      "&display=$word' '$help\n    }\n    var commands = [",
	      out);
	command_names(out, program);
	fputs("]\n    var command = ''\n    for word $words[1..-1] {\n"
	      "        if (and (eq $command '') (has-value $commands $word)) { set command = $word "
	      "}\n    }\n    var completions = [\n",
	      out);
	all_lists(out, &elvish, "    }\n", program);
	fputs("    ]\n    var key = $command';'$words[-2]\n"
	      "    if (not (has-key $completions $key)) {\n"
	      "        if (str:has-prefix $words[-1] '-') { set key = $command "
	      "} else { set key = $command';' }\n    }\n"
	      "    if (has-key $completions $key) { $completions[$key] }\n}\n",
	      out);
}

void opt_complete_powershell(FILE *out, const struct opt_program *program)
{
	const char *name = program->name;

	fprintf(out,
		"# PowerShell completion for %s\n"
		"using namespace System.Management.Automation\n\n"
		"function Get-EspflashPorts {\n"
		"    & %s __complete port 2>$null | ForEach-Object { \"$_`t$_\" }\n}\n\n",
		name, name);
	fprintf(out,
		"Register-ArgumentCompleter -Native -CommandName '%s' -ScriptBlock {\n"
		"    param($wordToComplete, $commandAst, $cursorPosition)\n"
		"    $commands = -split \"",
		name);
	for (const struct opt_command *c = program->commands; c->name; c++)
		if (!c->is_hidden)
			fprintf(out, "%s%s", c == program->commands ? "" : " ", c->name);
	fputs("\"\n    $words = @($commandAst.CommandElements | ForEach-Object { $_.ToString() })\n"
	      "    if ($wordToComplete -ne '' -and $words.Count -gt 1) {\n"
	      "        $words = @($words[0..($words.Count - 2)])\n    }\n"
	      "    $command = $words | Select-Object -Skip 1 |\n"
	      "        Where-Object { $commands -contains $_ } | Select-Object -First 1\n"
	      "    $keys = @(\"$command;$($words[-1])\", \"$command;\")\n"
	      "    if ($wordToComplete.StartsWith('-')) { $keys = @(\"$command\") }\n"
	      "    $lists = {\n        param($key)\n        switch -CaseSensitive ($key) {\n",
	      out);
	all_lists(out, &powershell, "        }\n", program);
	fputs("        default { return $null }\n        }\n    }\n"
	      "    foreach ($key in $keys) {\n"
	      "        $found = @(& $lists $key)\n"
	      "        if ($found.Count -eq 0) { continue }\n"
	      "        $found | Sort-Object | ForEach-Object {\n"
	      "            $word, $help = $_ -split \"`t\", 2\n"
	      "            if ($word -like \"$wordToComplete*\") {\n"
	      "                [CompletionResult]::new($word, $word, 'ParameterValue', $help)\n"
	      "            }\n        }\n"
	      "        break\n    }\n}\n",
	      out);
}
