/* SPDX-License-Identifier: MIT */
/* Asks the monitor that uses a port to lend it. */
#include "cli/board/lend_ask.h"

#include <poll.h>
#include <unistd.h>

#include "cli/board/lend_socket.h"
#include "cli/ui/ui.h"

#define ANSWER_MS 5000 /* a third command may hold the port for longer; then the port is busy */

int lend_ask(struct cli *cli, const char *port_name, uint32_t limit_ms)
{
	int wait_ms = limit_ms && limit_ms < ANSWER_MS ? (int)limit_ms : ANSWER_MS;
	char path[256], answer = '\0';
	struct pollfd p = { .fd = -1, .events = POLLIN };

	if (!lend_path(port_name, false, path, sizeof(path)))
		return -1;
	p.fd = lend_connect(path);
	if (p.fd < 0)
		return -1;
	ui_log(cli, EF_LOG_INFO, "a monitor has the port; asking it to release the port");
	if (poll(&p, 1, wait_ms) > 0 && read(p.fd, &answer, 1) == 1 && answer == 'y')
		return p.fd;
	close(p.fd);
	return -1;
}
