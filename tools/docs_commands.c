/* SPDX-License-Identifier: MIT */
/*
 * Writes the manual pages (mdoc) and docs/commands.md from the table of commands.
 * Adds the sections that are not in the table: exit statuses, folders, --json.
 */
#include "docs_commands.h"

#include "cli/table/places.h"

#include <string.h>

struct entry {
	const char *path, *what;
};

/* The folders of a project that src/cli/bootloader/find_firmware.c searches, in the same order. */
static const struct entry project_places[] = {
	{ "build/bootloader/bootloader.bin", "ESP-IDF: beside the ELF or in a folder above it" },
	{ "build/partition_table/partition-table.bin", "the partition table of such a build" },
	{ "out/build/bootloader/bootloader.bin",
	  "esp-idf-sys: in the newest build/esp-idf-sys-* folder beside the ELF" },
	{ "bootloader.bin, partition-table.bin",
	  "esp-idf-sys: its copies beside the ELF, in target/*-espidf/PROFILE" },
	{ "bootloader.bin, partitions.bin", "PlatformIO: beside firmware.elf" },
	{ "NAME.ino.bootloader.bin, NAME.ino.partitions.bin", "Arduino: beside NAME.ino.elf" },
	{ NULL, NULL },
};

static const char any_text[] =
	"If the project has no bootloader, one that was made for any board is taken. Those of "
	"other "
	"tools than espflash, and of other projects, are taken only if the chip has none that "
	"works; one of another project also needs its sdkconfig beside it, which shows that it is "
	"an ordinary one. A bootloader that switches on secure boot or flash encryption is never "
	"taken. A variable that is not set stands for the tool's usual folder:";

static const char rom_text[] =
	"Where the monitor looks for the ELF of the chip's ROM. It has to contain the word that "
	"the ROM prints when it starts:";

static const struct entry environment[] = {
	{ "ESPFLASH_PORT", "the port, as --port" },
	{ "ESPFLASH_BAUD", "the rate for flashing, as --baud" },
	{ "MONITOR_BAUD", "the rate of the monitor, as --monitor-baud" },
	{ "ESPFLASH_SKIP_UPDATE_CHECK",
	  "accepted for espflash's scripts, with any value: there is no update check" },
	{ "RUST_LOG",
	  "espflash's log level, where neither --quiet nor --verbose is given: error and warn are "
	  "as --quiet, debug as --verbose, trace as -vv" },
	{ "NO_COLOR", "with any value: no colours, unless --color says so" },
	{ "COLUMNS", "the width of help that doesn't go to a terminal" },
	{ "TERM", "dumb: no colours, and lines instead of a progress bar" },
	{ "XDG_CONFIG_HOME, HOME", "where the user's own configuration files are" },
	{ "XDG_DATA_HOME, XDG_DATA_DIRS, CARGO_HOME, PATH, PLATFORMIO_CORE_DIR, "
	  "ARDUINO_DIRECTORIES_DATA, IDF_PATH",
	  "where bootloaders are looked for" },
	{ "ESP_ROM_ELF_DIR, IDF_TOOLS_PATH, CARGO_HOME", "where ROM ELFs are looked for" },
	{ NULL, NULL },
};

/* The files that src/cli/config/config.c reads, in the same order. */
static const struct entry config_files[] = {
	{ "espflash.toml", "settings of a project, in the current folder or the one above it" },
	{ "espflash_ports.toml", "settings of a desk: its ports; in the same folders" },
	{ "~/.config/espflash/espflash.toml, ~/.config/espflash/espflash_ports.toml",
	  "the user's own ($XDG_CONFIG_HOME/espflash with that variable): settings that the files "
	  "above leave open" },
	{ NULL, NULL },
};

static const struct {
	const char *name;
	int status;
	const char *meaning;
} errors[] = {
#define ROW(name, exit_status, meaning) { #name, exit_status, meaning },
	EF_ERR_LIST(ROW)
#undef ROW
};
#define ERROR_COUNT (sizeof(errors) / sizeof(errors[0]))

static const char json_text[] =
	"The object has the fields schema (1; it grows when a field changes its meaning or goes "
	"away) and command, and those of the command. Numbers are decimal. When the command fails "
	"the object has error, an object with code, exit_status, message and hint (or null), and "
	"of the command's fields those that are known. Each command has a section in json.md "
	"(docs/ "
	"in the source, installed beside the README), which lists its fields with their types and "
	"meanings.";

static bool has_json(const struct opt_program *program, const struct opt_command *c)
{
	struct opt_ref ref = { 0 };

	while (opt_next(program, c, &ref))
		if (ref.opt->name && strcmp(ref.opt->name, "json") == 0)
			return true;
	return false;
}

static const char status_text[] =
	"0 means that the command did what it was asked to do. After flash, run and write-bin it "
	"doesn't mean that the app is known to run: a chip that prints nothing within a second "
	"proves nothing, so the status is 0 and a message reports that it is not known. Let a line "
	"of the app decide where that matters: --until 'LINE' --timeout 10.\n\n"
	"After a signal the status is 128 + its number (129: SIGHUP, when the terminal is closed; "
	"130: Ctrl-C; 143: SIGTERM). A reader of the output that leaves early, as head does, is no "
	"error: the status is that of the work, and never 141 (SIGPIPE). A monitor "
	"without --until, --until-all, --until-seq and --fail is meant to be left, so leaving it "
	"by a key, a signal or the reader of a pipe is status 0. With one of them it is 15, or "
	"128 + the signal's number.";

/* ---- mdoc ---- */

/* mdoc gives backslashes a meaning, and dots and quotes at the start of a line. */
static void man_text(FILE *out, const char *text)
{
	bool is_start = true;
	unsigned column = 0;

	for (; *text; text++) {
		/* mandoc warns about lines of more than 80 characters. */
		if (*text == ' ' && column + strcspn(text + 1, " \n") > 68) {
			fputc('\n', out);
			column = 0;
			is_start = true;
			continue;
		}
		/* a dash or a backslash takes two */
		column = *text == '\n' ? 0 : column + 1 + (strchr("-\\", *text) != NULL);
		if (*text == '\\')
			fputs("\\e", out);
		else if (is_start && (*text == '.' || *text == '\''))
			fprintf(out, "\\&%c", *text);
		else if (*text == '-')
			fputs("\\-", out);
		else if (*text == '\n' && text[1] == '\n')
			fputs("\n.Pp", out);
		else
			fputc(*text, out);
		/* mandoc wants each sentence on a new line. */
		is_start = *text == '\n';
		if (*text == '.' && text[1] == ' ') {
			fputc('\n', out);
			text++;
			column = 0;
			is_start = true;
		}
	}
	fputc('\n', out);
}

/* Readers copy command lines, so a dash must not be typeset as a hyphen. */
static void man_literal(FILE *out, const char *text)
{
	for (; *text; text++)
		fprintf(out, *text == '-' ? "\\-" : "%c", *text);
}

static void man_option(FILE *out, const struct opt *o)
{
	const char *name;

	fputs(".It ", out);
	if (o->flags & OPT_ARG) {
		fprintf(out, "Ar %s", o->value);
	} else {
		if (o->letter)
			fprintf(out, "Fl %c , ", o->letter);
		fprintf(out, "Fl \\-%s", o->name);
		if (o->value)
			fprintf(out, " Ar %s", o->value);
	}
	fputc('\n', out);
	man_text(out, o->help);
	if (o->details) {
		fputs(".Pp\n", out);
		man_text(out, o->details);
	}
	if (opt_choice_name(o, 0)) {
		fputs(".Pp\nValues:\n", out);
		for (size_t i = 0; (name = opt_choice_name(o, i)); i++)
			fprintf(out, ".Cm %s%s\n", name, opt_choice_name(o, i + 1) ? " ," : " .");
	}
	if (o->env)
		fprintf(out, ".Pp\nEnvironment variable:\n.Ev %s .\n", o->env);
	if (o->config)
		fprintf(out, ".Pp\nKey in a configuration file:\n.Cm %s .\n", o->config);
	if (o->def)
		/* \& stops mdoc from splitting off punctuation at the end of a value. */
		fprintf(out, ".Pp\nDefault:\n.Cm %s\\& .\n", o->def);
}

static void man_group(FILE *out, const struct opt_group *group, bool args)
{
	bool is_open = false;

	for (const struct opt *o = group->opts; o->name; o++) {
		if ((o->flags & OPT_HIDDEN) || args != !!(o->flags & OPT_ARG))
			continue;
		if (!is_open)
			fprintf(out, ".Ss %s\n.Bl -tag -width Ds\n",
				args ? "Arguments" : group->title);
		is_open = true;
		man_option(out, o);
	}
	if (is_open)
		fputs(".El\n", out);
}

static void man_tail(FILE *out)
{
	fputs(".Sh EXIT STATUS\n.Bl -tag -width 130 -compact\n.It 0\nsuccess\n", out);
	for (size_t i = 0; i < ERROR_COUNT; i++)
		fprintf(out, ".It %d\n%s\n", errors[i].status, errors[i].meaning);
	fputs(".El\n.Pp\n", out);
	man_text(out, status_text);
}

static void man_pairs(FILE *out, const char *macro, const struct entry *p)
{
	fputs(".Bl -tag -width Ds\n", out);
	for (; p->path; p++) {
		fprintf(out, ".It %s %s\n", macro, p->path);
		man_text(out, p->what);
	}
	fputs(".El\n", out);
}

/* "$CARGO_HOME/registry/...", "~/esp/...", with CHIP for the chip's name. */
static void place_path(FILE *out, const struct place *p)
{
	if (strcmp(p->root, "HOME") == 0)
		fputs("~/", out);
	else if (p->root[0] == '/')
		fprintf(out, "%s/", p->root);
	else if (strcmp(p->root, ".") != 0)
		fprintf(out, "$%s/", p->root);
	for (const char *c = p->pattern; *c; c++)
		fprintf(out, *c == '@' ? "CHIP" : "%c", *c);
}

static void man_found(FILE *out, const char *text, const struct place *p)
{
	fputs(".Pp\n", out);
	man_text(out, text);
	fputs(".Bl -tag -width Ds\n", out);
	for (; p->origin; p++) {
		fputs(".It Pa ", out);
		place_path(out, p);
		fputc('\n', out);
		man_text(out, p->origin);
	}
	fputs(".El\n", out);
}

static void man_places(FILE *out)
{
	fputs("Where a bootloader and a partition table are looked for, in this order:\n", out);
	man_pairs(out, "Pa", project_places);
	man_found(out, any_text, boot_places);
	man_found(out, rom_text, rom_places);
}

static void man_command(FILE *out, const struct opt_program *program, const struct opt_command *c)
{
	struct opt_ref ref = { 0 };

	fprintf(out, ".Sh SYNOPSIS\n.Nm %s %s\n.Op Ar options\n", program->name, c->name);
	while (opt_next(program, c, &ref))
		if (!(ref.opt->flags & OPT_ARG) && (ref.opt->flags & OPT_REQUIRED))
			fprintf(out, ".Fl \\-%s Ar %s\n", ref.opt->name, ref.opt->value);
	ref = (struct opt_ref){ 0 };
	while (opt_next(program, c, &ref))
		if (ref.opt->flags & OPT_ARG)
			fprintf(out, ref.opt->flags & OPT_REQUIRED ? ".Ar %s\n" : ".Op Ar %s\n",
				ref.opt->value);
	fputs(".Sh DESCRIPTION\n", out);
	man_text(out, c->details ? c->details : c->summary);
	for (size_t i = 0; i < OPT_USES_MAX && c->uses[i].group; i++)
		man_group(out, c->uses[i].group, true);
	for (size_t i = 0; i < OPT_USES_MAX && c->uses[i].group; i++)
		man_group(out, c->uses[i].group, false);
	fprintf(out, ".Pp\nThe global options are described in\n.Xr %s 1 .\n", program->name);
	if (has_json(program, c)) {
		fputs(".Ss JSON\n", out);
		man_text(out, json_text);
		fprintf(out, ".Pp\nThe section of this command is\n.Dq %s .\n", c->name);
	}
	if (strcmp(c->name, "flash") == 0 || strcmp(c->name, "save-image") == 0 ||
	    strcmp(c->name, "bootloaders") == 0) {
		fputs(".Sh FILES\n", out);
		man_places(out);
	}
	man_tail(out);
	if (c->examples[0])
		fputs(".Sh EXAMPLES\n.Bd -literal\n", out);
	for (size_t i = 0; i < OPT_EXAMPLES_MAX && c->examples[i]; i++) {
		man_literal(out, program->name);
		fputc(' ', out);
		man_literal(out, c->examples[i]);
		fputc('\n', out);
	}
	if (c->examples[0])
		fputs(".Ed\n", out);
	fprintf(out, ".Sh SEE ALSO\n.Xr %s 1\n", program->name);
}

static void man_environment(FILE *out)
{
	fputs(".Sh ENVIRONMENT\n", out);
	man_pairs(out, "Ev", environment);
}

static void man_files(FILE *out)
{
	fputs(".Sh FILES\n", out);
	man_pairs(out, "Pa", config_files);
	fputs(".Pp\n", out);
	man_places(out);
}

static void man_program(FILE *out, const struct opt_program *program)
{
	bool is_first = true;

	fprintf(out, ".Sh SYNOPSIS\n.Nm %s\n.Op Ar options\n.Ar command\n.Op Ar arguments\n",
		program->name);
	fputs(".Sh DESCRIPTION\n", out);
	man_text(out, program->details);
	fputs(".Ss Commands\n.Bl -tag -width partition-table\n", out);
	for (const struct opt_command *c = program->commands; c->name; c++)
		if (!c->is_hidden)
			fprintf(out, ".It Cm %s\n%s\n", c->name, c->summary);
	fputs(".El\n", out);
	man_group(out, program->globals, false);
	man_environment(out);
	man_files(out);
	man_tail(out);
	fputs(".Sh SEE ALSO\n", out);
	for (const struct opt_command *c = program->commands; c->name; c++) {
		if (c->is_hidden)
			continue;
		fprintf(out, "%s.Xr %s-%s 1", is_first ? "" : " ,\n", program->name, c->name);
		is_first = false;
	}
	fputc('\n', out);
}

void commands_man(FILE *out, const struct opt_program *program, const struct opt_command *command)
{
	const char *sub = command ? command->name : "";

	/* Without a date the page changes only if the table does. */
	fprintf(out, ".\\\" SPDX-License-Identifier: MIT\n"
		     ".\\\" Generated from src/cli/table/commands.c by tools/gen-docs.c.\n"
		     ".Dd $Mdocdate$\n.Dt ");
	for (const char *p = program->name; *p; p++)
		fputc(*p >= 'a' && *p <= 'z' ? *p - 'a' + 'A' : *p, out);
	fputs(*sub ? "-" : "", out);
	for (const char *p = sub; *p; p++)
		fputc(*p >= 'a' && *p <= 'z' ? *p - 'a' + 'A' : *p, out);
	fprintf(out, " 1\n.Os\n.Sh NAME\n.Nm %s%s%s\n.Nd %s\n", program->name, *sub ? "-" : "", sub,
		command ? command->summary : program->summary);
	if (command)
		man_command(out, program, command);
	else
		man_program(out, program);
}

/* ---- Markdown ---- */

static void md_text(FILE *out, const char *text)
{
	for (; *text; text++) {
		/* Markdown gives '<', '|', '*' and '_' a meaning. */
		if (strchr("<>|*_\\", *text))
			fputc('\\', out);
		fputc(*text == '\n' ? ' ' : *text, out);
	}
}

static void md_option(FILE *out, const struct opt *o)
{
	const char *name;

	fputs("| ", out);
	if (o->flags & OPT_ARG) {
		fprintf(out, "`<%s>`", o->value);
	} else {
		if (o->letter)
			fprintf(out, "`-%c`, ", o->letter);
		fprintf(out, "`--%s%s%s%s`", o->name, o->value ? " <" : "",
			o->value ? o->value : "", o->value ? ">" : "");
	}
	fputs(" | ", out);
	md_text(out, o->help);
	if (o->details) {
		fputs(". ", out);
		md_text(out, o->details);
	}
	if (opt_choice_name(o, 0)) {
		fputs(" Values: ", out);
		for (size_t i = 0; (name = opt_choice_name(o, i)); i++)
			fprintf(out, "%s`%s`", i ? ", " : "", name);
	}
	fputs(" | ", out);
	if (o->def)
		fprintf(out, "`%s`", o->def);
	fputs(" | ", out);
	if (o->env)
		fprintf(out, "`%s`", o->env);
	fputs(" | ", out);
	if (o->config)
		fprintf(out, "`%s`", o->config);
	fputs(" |\n", out);
}

static void md_group(FILE *out, const struct opt_group *group)
{
	fprintf(out,
		"\n**%s**\n\n| option | meaning | default | environment | configuration |\n"
		"| --- | --- | --- | --- | --- |\n",
		group->title);
	for (const struct opt *o = group->opts; o->name; o++)
		if (!(o->flags & OPT_HIDDEN))
			md_option(out, o);
}

static void md_command(FILE *out, const struct opt_program *program, const struct opt_command *c)
{
	fprintf(out, "\n## %s\n\n", c->name);
	md_text(out, c->summary);
	fputs("\n\n```\n", out);
	opt_usage(out, program, c);
	fputs("\n```\n", out);
	if (c->details) {
		fputc('\n', out);
		md_text(out, c->details);
		fputc('\n', out);
	}
	for (size_t i = 0; i < OPT_USES_MAX && c->uses[i].group; i++)
		md_group(out, c->uses[i].group);
	if (has_json(program, c))
		fprintf(out, "\nWith `--json`: [the fields of %s](json.md#%s)\n", c->name, c->name);
	if (c->examples[0])
		fputs("\nExamples:\n\n```\n", out);
	for (size_t i = 0; i < OPT_EXAMPLES_MAX && c->examples[i]; i++)
		fprintf(out, "%s %s\n", program->name, c->examples[i]);
	if (c->examples[0])
		fputs("```\n", out);
}

static void md_found(FILE *out, const char *text, const struct place *p)
{
	fputc('\n', out);
	md_text(out, text);
	fputs("\n\n| place | what it is |\n| --- | --- |\n", out);
	for (; p->origin; p++) {
		fputs("| `", out);
		place_path(out, p);
		fprintf(out, "` | %s |\n", p->origin);
	}
}

void commands_markdown(FILE *out, const struct opt_program *program)
{
	fprintf(out,
		"<!-- Generated from src/cli/table/commands.c by tools/gen-docs.c. -->\n"
		"# Commands of %s\n\n",
		program->name);
	md_text(out, program->details);
	fputs("\n\n| command | what it does |\n| --- | --- |\n", out);
	for (const struct opt_command *c = program->commands; c->name; c++)
		if (!c->is_hidden)
			fprintf(out, "| [%s](#%s) | %s |\n", c->name, c->name, c->summary);
	md_group(out, program->globals);
	for (const struct opt_command *c = program->commands; c->name; c++)
		if (!c->is_hidden)
			md_command(out, program, c);
	fputs("\n## Bootloaders and partition tables\n\nWhere they are looked for, in this "
	      "order:\n\n| place | what it is |\n| --- | --- |\n",
	      out);
	for (const struct entry *p = project_places; p->path; p++)
		fprintf(out, "| `%s` | %s |\n", p->path, p->what);
	md_found(out, any_text, boot_places);
	md_found(out, rom_text, rom_places);
	fputs("\n## JSON\n\n", out);
	md_text(out, json_text);
	fputs("\n\n## Exit status\n\n| status | code | meaning |\n| --- | --- | --- |\n"
	      "| 0 | | success |\n",
	      out);
	for (size_t i = 0; i < ERROR_COUNT; i++)
		fprintf(out, "| %d | %s | %s |\n", errors[i].status, errors[i].name,
			errors[i].meaning);
	fputc('\n', out);
	md_text(out, status_text);
	fputc('\n', out);
}
