/* SPDX-License-Identifier: MIT */
/* The entry point alone, so that tests can link everything else. */
#include "cli/cli.h"

int main(int argc, char **argv)
{
	return cli_main(argc, argv);
}
