/* SPDX-License-Identifier: MIT */
/*
 * What users flash besides ELFs: a build folder, a list of files, an archive, a merged
 * image. Opens its files for the library, which recognizes it (espflash/input.h).
 */
#ifndef EF_CLI_THING_H
#define EF_CLI_THING_H

#include "cli/cli.h"
#include "cli/ui/json_out.h"
#include "base/util.h"
#include <espflash/input.h>

#define THING_FILES_MAX (EF_INPUT_PARTS_MAX + 64)
#define THING_PATH_SIZE 1024
#define THING_NAMES_MAX 4096

struct thing {
	const char *path; /* as given, without a '@' before it */
	/* the folder that names are relative to, with a slash; "": the current one */
	char folder[THING_PATH_SIZE];
	struct ef_map own; /* the content of a file */
	char *real_folder; /* the folder's path without links, set when it is first needed; NULL */
	bool is_folder;
	bool allows_outside;  /* ef_input_opts */
	struct ef_map *files; /* opened by the library */
	size_t file_count;
	char **entered; /* build folders elsewhere, to which links lead: their real paths */
	size_t entered_count;
	char **names; /* the folder that was listed last */
	size_t name_count;
	char listed[THING_PATH_SIZE];
	bool is_listed;
	struct ef_input input;
};

/*
 * Return whether this is a folder, or a file that is not an ELF. An ELF that was opened for that
 * stays open in *ret_elf, which the caller releases.
 */
bool thing_is(const char *path, struct ef_map *ret_elf);
/* Return whether this is a thing that is not an image itself, but names or contains files. */
bool thing_is_container(const char *path);
/* Refuse the options for a thing, because the file is taken for an ELF. */
bool thing_not_elf(struct cli *cli, const char *path, struct ef_err *err) EF_MUST_CHECK;
/* Translate a command's options for the library. */
struct ef_input_opts thing_opts(const struct thing_args *args, const struct ef_chip *chip);
/* Read and check it. Errors: INPUT, UNSUPP, IO. Release it even on failure. */
bool thing_open(struct thing *t, const char *path, const struct ef_input_opts *opts,
		struct ef_err *err) EF_MUST_CHECK;
void thing_release(struct thing *t);
/* Get the path of the app's ELF; false: the thing has none. */
bool thing_elf(const struct thing *t, char ret[THING_PATH_SIZE]);

/* Print the parts and their places (thing_show.c). */
void thing_print(struct cli *cli, const struct thing *t);
void thing_print_input(FILE *out, const struct ef_input *in);
/* Add the array "parts" to the open object. */
void thing_json_parts(struct json_out *j, const struct ef_input *in);
/* Add format, project, chip, settings and parts to the open object. */
void thing_json(struct json_out *j, const struct thing *t);
/* Log which ranges of a file are not written, and how to write them. */
void thing_say_gaps(struct cli *cli, const struct ef_input *in);

#endif
