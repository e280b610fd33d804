/* SPDX-License-Identifier: MIT */
/*
 * A monitor that lends its port. Another command of the same user asks for it over
 * a private socket, and gives it back by closing the connection.
 */
#ifndef EF_CLI_LEND_H
#define EF_CLI_LEND_H

#include "cli/board/session.h"
#include <espflash/monitor.h>
#include <espflash/port.h>

struct lender {
	struct cli *cli;
	struct session *session;
	uint32_t rate_hz;
	bool resets;  /* reset the chip when the port is back, so that the monitor sees it start */
	bool is_told; /* we have reported that the port can't be opened at present */
	struct ef_port_info info; /* facts of the port that the socket is for */
	char path[256];           /* path of the socket; "": there is none */
	int listen_fd, client_fd;
	unsigned wait; /* turns until the next try to open the port */
};

/* Offer the port. A failure is not an error: the port is not lent then. */
void lend_open(struct lender *l, struct cli *cli, struct session *s, uint32_t rate_hz, bool resets);
/* Call this from the monitor's idle: lend the port, wait for it, take it back. */
void lend_idle(struct lender *l, struct ef_monitor *m);
/* Accepts a struct of zeros. */
void lend_close(struct lender *l);

#endif
