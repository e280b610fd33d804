/* SPDX-License-Identifier: MIT */
/* Chooses the port that a command uses. */
#ifndef EF_CLI_PORT_SELECT_H
#define EF_CLI_PORT_SELECT_H

#include "cli/cli.h"
#include "cli/config/config.h"
#include <espflash/port.h>

#define PORT_CANDIDATES_MAX 64
#define PORT_TEXT_SIZE      600

/* The candidates, known boards first. */
struct port_candidates {
	const struct ef_port_info *port[PORT_CANDIDATES_MAX];
	size_t count, known;
	const struct ef_port_info *sure; /* the one to use without a question; NULL */
};

/*
 * all: include ports other than USB; Bluetooth is never included. A bridge's JTAG channel is left
 * out; among a bridge's other channels, the UART is the one to use.
 */
void port_collect(const struct config *config, const struct ef_port_info *list, size_t count,
		  bool all, struct port_candidates *ret);

/* Return whether the built-in list or the user's configuration knows the port as a board. */
bool port_is_known(const struct config *config, const struct ef_port_info *port);
/* Return whether text is a selector: "serial=...", "vid:pid=..." or "location=...". */
bool port_selector(const char *text);
bool port_matches(const char *selector, const struct ef_port_info *port);

/*
 * Choose the port to use: --port, the only known board, or what the user picks. PORT, USAGE, INTR.
 */
bool port_select(struct cli *cli, const struct connect_args *args, char *ret, size_t cap,
		 struct ef_err *err) EF_MUST_CHECK;

#endif
