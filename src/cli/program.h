/* SPDX-License-Identifier: MIT */
/* The whole program, without main(), so that tests can call it. */
#ifndef EF_CLI_PROGRAM_H
#define EF_CLI_PROGRAM_H

/* Parse the command line and run the command. Returns the exit status. */
int cli_main(int argc, char **argv);

#endif
