/* SPDX-License-Identifier: MIT */
/* What the shells and scripts of espflash's users hold besides command lines. */
#ifndef CLI_DROP_IN_H
#define CLI_DROP_IN_H

#include "cli/table/args.h"
#include "cli/opt/opt.h"

/* The program as its caller named it: a link called espflash is the only other name. */
struct opt_program drop_in_program(const struct opt_program *program, const char *path);

/* RUST_LOG as --quiet or --verbose. text may be NULL; what was typed counts more. */
void drop_in_log(const char *text, struct global_args *args);

#endif
