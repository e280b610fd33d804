/* SPDX-License-Identifier: MIT */
/* The settings of the program espsim, as its command line gives them. */
#ifndef EF_SIM_ESPSIM_ARGS_H
#define EF_SIM_ESPSIM_ARGS_H

#include <espflash/err.h>
#include <stdio.h>

#include "sim/board_opts.h"
#include "sim/server.h"

#define ESPSIM_DEFAULT_URL "rfc2217://127.0.0.1:0"

struct settings {
	struct sim_opts board;
	const char *flash_path, *text_path;
	const char *urls[LISTENERS_MAX];
	size_t url_count;
	bool is_once, is_quiet, has_circuit;
	uint32_t line_gap_ms;
	uint32_t press_reset_ms; /* time after each client has connected; 0: never */
};

/* set holds the defaults before the call. Error: USAGE. */
bool espsim_args(int argc, char **argv, struct settings *set, struct ef_err *err) EF_MUST_CHECK;

void espsim_help(FILE *out);
/* The rows of docs/espsim.md's tables of options and faults. */
void espsim_markdown_options(FILE *out);
void espsim_markdown_faults(FILE *out);

#endif
