/* SPDX-License-Identifier: MIT */
/*
 * A peer that never lets its client rest: it repeats one pattern for ever, however
 * often it is asked for something else.
 *
 *     hostile_peer PATTERN
 *
 * It prints its TCP port, and serves any number of clients at once. The patterns are
 * written down from RFC 854, RFC 2217 and the ROM's serial protocol.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BURST 4096u

static const struct pattern {
	const char *name;
	unsigned char head[24]; /* sent once */
	size_t head_len;
	unsigned char bytes[24];
	size_t len;
	int pause_ms;  /* between bursts; the client shares our processor */
	int is_single; /* one pattern a burst */
	int is_deaf;   /* never reads */
} patterns[] = {
	/* IAC DO 1, DONT 1, WILL 24, WONT 24: options that neither side has */
	{ "telnet-options", .bytes = { 255, 253, 1, 255, 254, 1, 255, 251, 24, 255, 252, 24 },
	  .len = 12, .pause_ms = 1, .is_deaf = 1 },
	/* IAC WILL 44, WONT 44: the serial port comes and goes */
	{ "telnet-port", .bytes = { 255, 251, 44, 255, 252, 44, 255, 253, 44, 255, 254, 44 },
	  .len = 12, .pause_ms = 1 },
	/* IAC SB 44 without its end */
	{ "telnet-open", .head = { 255, 250, 44 }, .head_len = 3, .bytes = { 'x' }, .len = 1,
	  .pause_ms = 1 },
	/* agrees to the serial port, and then sends NOP instead of any answer */
	{ "telnet-nop", .head = { 255, 253, 44, 255, 251, 44 }, .head_len = 6,
	  .bytes = { 255, 241 }, .len = 2, .pause_ms = 1 },
	/* the answer to SYNC: direction 1, opcode 8, length 4, a ROM's value, status 0 */
	{ "sync", .bytes = { 0xc0, 1, 8, 4, 0, 7, 7, 0x12, 0x20, 0, 0, 0, 0, 0xc0 }, .len = 14,
	  .pause_ms = 1 },
	{ "sync-drip", .bytes = { 0xc0, 1, 8, 4, 0, 7, 7, 0x12, 0x20, 0, 0, 0, 0, 0xc0 }, .len = 14,
	  .pause_ms = 20, .is_single = 1 },
	/* SYNC failed, with the stub's error 0x05 */
	{ "sync-failed", .bytes = { 0xc0, 1, 8, 4, 0, 0, 0, 0, 0, 1, 5, 0, 0, 0xc0 }, .len = 14,
	  .pause_ms = 1 },
	/* the answer to a READ_REG that was never sent */
	{ "stale", .bytes = { 0xc0, 1, 10, 4, 0, 0x6f, 0x50, 0x21, 0x69, 0, 0, 0, 0, 0xc0 },
	  .len = 14, .pause_ms = 1 },
	{ "text", .bytes = "I (12) app: endless\r\n", .len = 21, .pause_ms = 1 },
	{ "frame", .head = { 0xc0, 1, 8 }, .head_len = 3, .bytes = { 0x55 }, .len = 1,
	  .pause_ms = 1 },
	{ "nul", .bytes = { 0 }, .len = 1, .pause_ms = 1 },
};

static void serve(int fd, const struct pattern *p)
{
	unsigned char burst[BURST], drop[BURST];
	size_t len = 0;

	do {
		memcpy(burst + len, p->bytes, p->len);
		len += p->len;
	} while (!p->is_single && len + p->len <= sizeof(burst));
	if (p->head_len && send(fd, p->head, p->head_len, 0) < 0)
		return;
	for (;;) {
		if (send(fd, burst, len, 0) < 0)
			return;
		if (!p->is_deaf && recv(fd, drop, sizeof(drop), MSG_DONTWAIT) == 0)
			return;
		(void)poll(NULL, 0, p->pause_ms);
	}
}

static int listen_anywhere(struct sockaddr_in *at)
{
	socklen_t len = sizeof(*at);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	memset(at, 0, sizeof(*at));
	at->sin_family = AF_INET;
	at->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)at, len) != 0 || listen(fd, 64) != 0 ||
	    getsockname(fd, (struct sockaddr *)at, &len) != 0) {
		perror("hostile_peer");
		exit(2);
	}
	return fd;
}

int main(int argc, char **argv)
{
	const struct pattern *p = NULL;
	struct sockaddr_in at;
	int fd;

	for (size_t i = 0; argc > 1 && i < sizeof(patterns) / sizeof(patterns[0]); i++)
		if (strcmp(argv[1], patterns[i].name) == 0)
			p = &patterns[i];
	if (!p) {
		fprintf(stderr, "hostile_peer: no such pattern\n");
		return 2;
	}
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGCHLD, SIG_IGN);
	fd = listen_anywhere(&at);
	printf("127.0.0.1:%u\n", (unsigned)ntohs(at.sin_port));
	(void)fclose(stdout);
	for (;;) {
		int client = accept(fd, NULL, NULL);

		if (client >= 0 && fork() == 0) {
			(void)close(fd);
			serve(client, p);
			_exit(0);
		}
		if (client >= 0)
			(void)close(client);
	}
}
