/* SPDX-License-Identifier: MIT */
/*
 * Lends a monitor's port to commands that ask for it. One client at a time has the port; the next
 * one waits in the socket's queue. A socket without a listener was left by a killed monitor.
 */
#include "cli/board/lend.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli/board/lend_socket.h"
#include "cli/ui/ui.h"
#include "base/util.h"
#include <espflash/reset.h>

#define RETRY_TURNS 12u /* turns of the monitor between two tries to open the port */

void lend_open(struct lender *l, struct cli *cli, struct session *s, uint32_t rate_hz, bool resets)
{
	struct sockaddr_un address;
	int other;

	*l = (struct lender){ .cli = cli,
			      .session = s,
			      .rate_hz = rate_hz,
			      .resets = resets,
			      .info = s->port->info,
			      .listen_fd = -1,
			      .client_fd = -1 };
	if (!lend_path(l->info.name, true, l->path, sizeof(l->path)) ||
	    !lend_address(l->path, &address)) {
		l->path[0] = '\0';
		return;
	}
	other = lend_connect(l->path);
	if (other >= 0) { /* another monitor has the same port and lends it */
		close(other);
		l->path[0] = '\0';
		return;
	}
	(void)unlink(l->path);
	l->listen_fd = lend_socket();
	if (l->listen_fd >= 0 && fcntl(l->listen_fd, F_SETFL, O_NONBLOCK) == 0 &&
	    bind(l->listen_fd, (const struct sockaddr *)&address, sizeof(address)) == 0 &&
	    listen(l->listen_fd, 4) == 0)
		return;
	lend_close(l);
}

void lend_close(struct lender *l)
{
	if (!l->cli)
		return;
	if (l->client_fd >= 0)
		close(l->client_fd);
	if (l->listen_fd >= 0) {
		close(l->listen_fd);
		(void)unlink(l->path);
	}
	l->listen_fd = l->client_fd = -1;
	l->path[0] = '\0';
}

/* If a client waits, close the port and give it away. */
static bool give(struct lender *l, struct ef_monitor *m)
{
	struct pollfd p = { .fd = l->listen_fd, .events = POLLIN };

	if (poll(&p, 1, 0) <= 0)
		return false;
	l->client_fd = accept(l->listen_fd, NULL, NULL);
	if (l->client_fd < 0)
		return false;
	(void)fcntl(l->client_fd, F_SETFD, FD_CLOEXEC);
	(void)fcntl(l->client_fd, F_SETFL, O_NONBLOCK);
	if (l->session->port) {
		ef_monitor_set_port(m, NULL);
		session_close(l->session);
	}
	if (write(l->client_fd, "y", 1) != 1) {
		close(l->client_fd); /* the client has left */
		l->client_fd = -1;
	}
	l->is_told = false;
	l->wait = 0;
	return true;
}

/* Return whether the client is done: it closes its connection then. */
static bool is_given_back(struct lender *l)
{
	struct pollfd p = { .fd = l->client_fd, .events = POLLIN };
	char c;
	ssize_t n;

	if (l->client_fd < 0)
		return true;
	if (poll(&p, 1, 0) <= 0)
		return false;
	n = read(l->client_fd, &c, 1);
	if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
		return false;
	close(l->client_fd);
	l->client_fd = -1;
	return true;
}

static void take_back(struct lender *l, struct ef_monitor *m)
{
	struct ef_err err = EF_ERR_INIT;
	struct session *s = l->session;

	if (l->wait > 0) {
		l->wait--;
		return;
	}
	if (!session_reopen_port(l->cli, s, &l->info, l->rate_hz, &err)) {
		if (!l->is_told)
			ui_log(l->cli, EF_LOG_WARN, "%s; retrying", err.msg);
		l->is_told = true;
		l->wait = RETRY_TURNS;
		return;
	}
	ef_monitor_set_port(m, s->port);
	if (l->resets && !ef_reset_run(ef_reset_hard(s->port), s->port, &err))
		ui_log(l->cli, EF_LOG_WARN, "%s", err.msg);
}

void lend_idle(struct lender *l, struct ef_monitor *m)
{
	struct session *s = l->session;

	if (l->listen_fd < 0)
		return;
	/* the device may have come back under another name; the socket must follow */
	if (s->port && strcmp(s->port->info.name, l->info.name) != 0) {
		lend_close(l);
		lend_open(l, l->cli, s, l->rate_hz, l->resets);
	}
	if (s->port)
		(void)give(l, m);
	else if (is_given_back(l) && !give(l, m))
		take_back(l, m);
}
