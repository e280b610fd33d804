/* SPDX-License-Identifier: MIT */
/*
 * What a completion script may ask: __complete with any words, ended by NUL bytes. It
 * prints lines without control characters, or refuses.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/table/commands.h"
#define HAS_META_COMMANDS
#include "fuzz/no_commands.h"

#define WORDS_MAX 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool ok)
{
	if (!ok)
		abort();
}

static void run(const struct opt_parsed *parsed, const struct global_args *globals,
		const void *args)
{
	static char text[1 << 16];
	FILE *out = fmemopen(text, sizeof(text), "w");
	struct cli cli = { .program = &cli_program,
			   .parsed = parsed,
			   .global = *globals,
			   .command = parsed->command->name,
			   .out = out,
			   .err = out };
	struct ef_err err = EF_ERR_INIT;

	require(out != NULL);
	require(parsed->command->run(&cli, args, &err) || err.msg[0]);
	fclose(out);
	for (const char *c = text; *c; c++)
		require((unsigned char)*c >= 0x20 || *c == '\n' || *c == '\t');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned char args[OPT_ARGS_SIZE];
	static char name[] = "__complete";
	const struct opt_sources sources = { NULL, NULL, NULL };
	struct opt_parsed parsed = { .command = NULL };
	char *words[WORDS_MAX + 1] = { name }, *text = calloc(1, size + 1);
	struct ef_err err = EF_ERR_INIT;
	struct global_args globals;
	int count = 1;

	require(text != NULL);
	if (size)
		memcpy(text, data, size);
	for (size_t at = 0; at < size && count < WORDS_MAX; at += strlen(text + at) + 1)
		words[count++] = text + at;
	if (opt_parse(&cli_program, count, words, &sources, &globals, sizeof(globals), args,
		      &parsed, &err)) {
		if (!parsed.is_stopped && parsed.command &&
		    strcmp(parsed.command->name, name) == 0 && !globals.version)
			run(&parsed, &globals, args);
	}
	free(text);
	return 0;
}
