/* SPDX-License-Identifier: MIT */
/*
 * Users of other tools leave the address out, or put it last. Both can be understood without a
 * guess: a thing's parts have their places, and a number is not a file.
 */
#include "cli/firmware/pairs_meant.h"

#include "cli/firmware/thing.h"
#include "cli/ui/ui.h"

static bool is_number(const char *text)
{
	uint32_t ignored;

	return ef_parse_u32(text, UINT32_MAX, &ignored);
}

static bool is_turned(const char *first, const char *second)
{
	return !is_number(first) && is_number(second) && ef_file_exists(first) &&
	       !ef_file_exists(second);
}

static void swap(const char **a, const char **b)
{
	const char *first = *a;

	*a = *b;
	*b = first;
}

void pairs_turn(struct cli *cli, struct pairs_args *args)
{
	struct opt_list *more = &args->more;

	if (more->count % 2 || !is_turned(args->place, args->file))
		return;
	for (size_t i = 0; i < more->count; i += 2)
		if (!is_turned(more->item[i], more->item[i + 1]))
			return;
	swap(&args->place, &args->file);
	for (size_t i = 0; i < more->count; i += 2)
		swap(&more->item[i], &more->item[i + 1]);
	ui_log(cli, EF_LOG_INFO, "Taken as '%s %s': the address comes first", args->place,
	       args->file);
}

bool pairs_alone(const struct pairs_args *args, struct ef_err *err)
{
	const char *text = args->place;
	struct ef_map elf = { .handle = NULL };
	bool is_thing = thing_is(text, &elf);

	ef_map_release(&elf);
	if (is_thing)
		return true;
	if (!ef_file_exists(text)) {
		ef_fail(err, EF_E_USAGE, "'%s' has no file", text);
		return ef_hint_own(err,
				   "places and files come in pairs: ADDRESS FILE ADDRESS FILE");
	}
	ef_fail(err, EF_E_USAGE, "'%s' has no address, and is an ELF or empty", text);
	return ef_hint_own(err,
			   "flash %s writes an ELF's image to its place; save-image makes a file "
			   "of it",
			   text);
}

bool pairs_no_thing(struct cli *cli, struct ef_err *err)
{
	const char *option = cli_given_for(cli, OPT_FOR_BUILD);

	return !option || ef_fail(err, EF_E_USAGE,
				  "'--%s' goes with a build or an archive alone, not with "
				  "addresses",
				  option);
}
