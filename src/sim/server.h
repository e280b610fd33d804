/* SPDX-License-Identifier: MIT */
/* The program espsim: its sockets, its one client and the board behind them. */
#ifndef EF_SIM_SERVER_H
#define EF_SIM_SERVER_H

#include <espflash/err.h>

#include "sim/board.h"

#define LISTENERS_MAX 4
#define OUT_MAX       (1u << 20)

struct listener {
	int fd;
	bool is_telnet;
	char url[300];
};

/* The only client: socket, telnet state, and bytes to be sent. */
struct client {
	int fd; /* -1: none */
	bool is_telnet;
	enum { TN_DATA, TN_IAC, TN_OPTION, TN_SUB, TN_SUB_IAC } state;
	uint8_t verb;
	uint8_t sub[64];
	size_t sub_len;
	bool we_do[256], they_do[256]; /* telnet options in force */
	uint8_t out[OUT_MAX];
	size_t out_len;
	bool is_lost;
	/* Line changes that the client requested but that are not applied yet; see net_lines. */
	unsigned want_lines;
	bool is_pending;
	uint64_t pending_until;
};

struct server {
	struct sim *sim;
	struct listener listeners[LISTENERS_MAX];
	size_t listener_count;
	struct client client;
	uint64_t line_gap_us;
	uint64_t
		/* a person presses RESET this long after a client has connected; 0: never */
		press_reset_us;
	bool is_quiet;
};

/* "rfc2217://host:port" or "socket://host:port". Port 0 takes a free one; url then names it. */
bool net_listen(struct listener *l, const char *url, struct ef_err *err);
void net_accept(struct server *s, struct listener *l);
void net_hang_up(struct server *s);
void net_receive(struct server *s);
/* Send the bytes that arrived from the board to the client. */
void net_forward(struct server *s);
/* Apply line changes that have waited long enough for the other line. */
void net_settle(struct server *s);

#endif
