/* SPDX-License-Identifier: MIT */
/* --version. */
#ifndef EF_CLI_VERSION_H
#define EF_CLI_VERSION_H

#include "cli/cli.h"

/* Print the version; with --verbose also the libraries and the flasher stubs. */
void print_version(struct cli *cli);

#endif
