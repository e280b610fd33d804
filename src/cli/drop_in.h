/* SPDX-License-Identifier: MIT */
/* Supports what espflash's users expect besides its command line: its name and its log variable. */
#ifndef CLI_DROP_IN_H
#define CLI_DROP_IN_H

#include "cli/table/args.h"
#include "cli/opt/opt.h"

/*
 * The version of espflash whose command line this program has. When called as espflash, --version
 * prints it first.
 */
#define DROP_IN_VERSION "4.5.0"

/*
 * Return the program with the name that it was called by. The only other name is espflash, for a
 * link of that name.
 */
struct opt_program drop_in_program(const struct opt_program *program, const char *path);

/*
 * Apply RUST_LOG as --quiet or --verbose, unless one of the two options was given.
 * text may be NULL.
 */
void drop_in_log(const char *text, struct global_args *args);

#endif
