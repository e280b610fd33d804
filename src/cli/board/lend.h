/* SPDX-License-Identifier: MIT */
/*
 * A monitor that lends its port: other commands of the same user ask for it
 * over a private socket, and the end of the connection gives it back.
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
	bool resets; /* the chip is restarted when the port is back, so that its start is seen */
	bool is_back, is_told;
	struct ef_port_info info; /* of the port that the socket is for */
	char path[256];           /* of the socket; "" none */
	int listen_fd, client_fd;
	unsigned wait; /* turns until the port is tried again */
};

/* Nothing is wrong when this doesn't work: the port isn't lent then. */
void lend_open(struct lender *l, struct cli *cli, struct session *s, uint32_t rate_hz, bool resets);
void lend_idle(struct lender *l, struct ef_monitor *m);
/* Accepts what was never opened (all zeros). */
void lend_close(struct lender *l);

#endif
