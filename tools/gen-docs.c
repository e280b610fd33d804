/* SPDX-License-Identifier: MIT */
/*
 * Writes commands.md, troubleshooting.md and man/ into the folder DIR, from the program's own
 * tables.
 *   gen-docs DIR
 */
#include <stdio.h>
#include <stdlib.h>

#include "cli/opt/opt.h"
#include "cli/table/commands.h"
#include "docs_commands.h"
#include "docs_troubleshooting.h"

static FILE *open_page(const char *dir, const char *middle, const char *command, const char *end)
{
	char path[1024];
	FILE *file = NULL;
	int n = snprintf(path, sizeof(path), "%s%s%s%s%s", dir, middle, command ? "-" : "",
			 command ? command : "", end);

	if (n > 0 && (size_t)n < sizeof(path))
		file = fopen(path, "w");
	if (!file)
		fprintf(stderr, "gen-docs: cannot write '%s'\n", path);
	return file;
}

static bool write_man(const char *dir, const struct opt_command *command)
{
	FILE *file = open_page(dir, "/man/espflash-c", command ? command->name : NULL, ".1");

	if (!file)
		return false;
	commands_man(file, &cli_program, command);
	return fclose(file) == 0;
}

static bool write_troubleshooting(const char *dir)
{
	FILE *file = open_page(dir, "/troubleshooting", NULL, ".md");

	if (!file)
		return false;
	troubleshooting_markdown(file);
	return fclose(file) == 0;
}

int main(int argc, char **argv)
{
	bool ok;
	FILE *file;

	if (argc != 2) {
		fputs("usage: gen-docs DIR\n", stderr);
		return EXIT_FAILURE;
	}
	file = open_page(argv[1], "/commands", NULL, ".md");
	if (!file)
		return EXIT_FAILURE;
	commands_markdown(file, &cli_program);
	ok = fclose(file) == 0 && write_troubleshooting(argv[1]) && write_man(argv[1], NULL);
	for (const struct opt_command *c = cli_program.commands; ok && c->name; c++)
		if (!c->is_hidden)
			ok = write_man(argv[1], c);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
