/* SPDX-License-Identifier: MIT */
/* The parts of choosing a port that need no port: candidates, channels, selectors. */
#ifndef EF_CLI_PORT_SELECT_H
#define EF_CLI_PORT_SELECT_H

#include "cli/cli.h"

#define PORT_CANDIDATES_MAX 64
#define PORT_TEXT_SIZE      600

/* What could be meant, known boards first. */
struct port_candidates {
	const struct ef_port_info *port[PORT_CANDIDATES_MAX];
	size_t count, known;
	const struct ef_port_info *sure; /* the one that is taken without a question, or NULL */
};

/*
 * all: other ports than USB, too; Bluetooth never. A bridge's JTAG channel is
 * none, and of the other channels of one bridge the first one is its UART.
 */
void port_collect(const struct config *config, const struct ef_port_info *list, size_t count,
		  bool all, struct port_candidates *ret);

/* ---- port_channel.c ---- */

/* "channel B (UART)" of a bridge that has several, else NULL. */
const char *port_channel_name(const struct ef_port_info *list, size_t count,
			      const struct ef_port_info *port);
/* The channel of the same bridge that is the chip's UART; NULL: none is listed. */
const struct ef_port_info *port_uart_channel(const struct ef_port_info *list, size_t count,
					     const struct ef_port_info *port);
bool port_is_same_device(const struct ef_port_info *a, const struct ef_port_info *b);

/* The name that a path leads to ("/dev/serial/by-id/...") in the list, or NULL. */
const struct ef_port_info *port_find(const struct ef_port_info *list, size_t count,
				     const char *path);

#endif
