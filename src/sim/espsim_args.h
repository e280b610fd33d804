/* SPDX-License-Identifier: MIT */
/* The settings of the program espsim, as its command line gives them. */
#ifndef EF_SIM_ESPSIM_ARGS_H
#define EF_SIM_ESPSIM_ARGS_H

#include <espflash/err.h>

#include "sim/board_opts.h"
#include "sim/server.h"

struct settings {
	struct sim_opts board;
	const char *flash_path, *text_path;
	const char *urls[LISTENERS_MAX];
	size_t url_count;
	bool is_once, is_quiet, has_circuit;
	uint32_t line_gap_ms;
	uint32_t press_reset_ms; /* time after each client has connected; 0: never */
};

extern const char espsim_help[];

/* set holds the defaults before the call. Error: USAGE. */
bool espsim_args(int argc, char **argv, struct settings *set, struct ef_err *err) EF_MUST_CHECK;

#endif
