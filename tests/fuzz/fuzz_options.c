/* SPDX-License-Identifier: MIT */
/*
 * The option parser on any words: the input is the command line, its words
 * ended by NUL bytes (and the last one by the end). Whatever they are, the
 * answer is success or one error of two kinds, and help can be rendered (which
 * depends on nothing but command and width, and takes ten times as long as the
 * parser: inputs of every 64th length are enough).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/opt/opt.h"
#include "cli/table/args.h"
#include "cli/table/commands.h"
#include "fuzz/no_commands.h"

#define WORDS_MAX 32

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *no_environment(void *user, const char *name)
{
	/* One variable has whatever the last word is, so that this path is tried. */
	return strcmp(name, "ESPFLASH_BAUD") == 0 ? user : NULL;
}

static void require(bool what)
{
	if (!what)
		abort();
}

static void render(const struct opt_command *command, size_t width)
{
	char text[65536];
	FILE *out = fmemopen(text, sizeof(text), "w");

	require(out != NULL);
	opt_help(out, &cli_program, command, (unsigned)width);
	fclose(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned char args[OPT_ARGS_SIZE];
	struct global_args globals;
	struct opt_parsed parsed = { .command = NULL };
	struct opt_sources sources = { no_environment, NULL, NULL };
	struct ef_err err = EF_ERR_INIT;
	char *words[WORDS_MAX + 1] = { NULL };
	char *text = calloc(1, size + 1);
	int count = 0;
	bool ok;

	require(text != NULL);
	if (size)
		memcpy(text, data, size);
	for (size_t at = 0; at < size && count < WORDS_MAX; at += strlen(text + at) + 1)
		words[count++] = text + at;
	sources.user = count ? words[count - 1] : NULL;
	ok = opt_parse(&cli_program, count, words, &sources, &globals, sizeof(globals), args,
		       &parsed, &err);
	require(ok == (err.code == EF_OK));
	require(ok || err.code == EF_E_USAGE || err.code == EF_E_UNSUPP);
	require(ok || *err.msg);
	if (size % 64 == 63)
		render(parsed.command, size);
	free(text);
	return 0;
}
