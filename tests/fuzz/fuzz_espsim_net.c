/* SPDX-License-Identifier: MIT */
/*
 * Whatever a client sends to espsim: telnet with the serial port option, or raw. Byte 0 selects
 * which, and how much time passes between pieces of 64 bytes. What espsim sends to a telnet client
 * has to be telnet again: each byte 255 begins a command that is known.
 */
#include <fcntl.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stddef.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sim/parts.h"
#include "sim/server.h"
#include "sim/sim.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FLASH_SIZE (256u * 1024u)
#define PIECE      64u

#define REQUIRE(x)                                                                                 \
	do {                                                                                       \
		if (!(x))                                                                          \
			abort();                                                                   \
	} while (0)

/* What the client has read of a telnet command. */
struct reader {
	bool is_telnet;
	enum { AT_DATA, AT_IAC, AT_OPTION, AT_SUB, AT_SUB_IAC } at;
};

static void take(struct reader *r, uint8_t b)
{
	switch (r->at) {
	case AT_DATA:
		r->at = b == 255 ? AT_IAC : AT_DATA;
		break;
	case AT_IAC: /* 250: SB, 251 to 254: WILL, WONT, DO, DONT */
		REQUIRE(b >= 250);
		r->at = b == 255 ? AT_DATA : b == 250 ? AT_SUB : AT_OPTION;
		break;
	case AT_OPTION:
		r->at = AT_DATA;
		break;
	case AT_SUB:
		r->at = b == 255 ? AT_SUB_IAC : AT_SUB;
		break;
	case AT_SUB_IAC: /* 240: SE */
		REQUIRE(b == 255 || b == 240);
		r->at = b == 255 ? AT_SUB : AT_DATA;
		break;
	}
}

static void drain(struct reader *r, int fd)
{
	uint8_t buf[4096];
	ssize_t n;

	while ((n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT)) > 0)
		for (ssize_t i = 0; r->is_telnet && i < n; i++)
			take(r, buf[i]);
}

static void talk(struct server *s, int fd, const uint8_t *data, size_t size, uint64_t gap_us)
{
	struct reader reader = { .is_telnet = s->client.is_telnet };

	while (size > 0 && !s->client.is_lost) {
		size_t n = size < PIECE ? size : PIECE;

		REQUIRE(send(fd, data, n, 0) == (ssize_t)n);
		net_receive(s);
		sim_advance(s->sim, s->sim->now + gap_us);
		net_settle(s);
		net_forward(s);
		drain(&reader, fd);
		data += n;
		size -= n;
	}
	REQUIRE(s->client.out_len <= OUT_MAX && s->client.sub_len <= sizeof(s->client.sub));
}

/* Keep the pages of one run for the next: a new simulator takes most of the time otherwise. */
static void keep_memory(void)
{
#ifdef __GLIBC__
	/* sanitizers have an allocator of their own, which refuses */
	(void)mallopt(M_MMAP_THRESHOLD, 1 << 24);
	(void)mallopt(M_TRIM_THRESHOLD, 1 << 28);
#endif
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct server server; /* it has a MiB for what is to be sent */
	static const char *const chips[] = { "esp32", "esp32c3", "esp32s2", "esp32s3" };
	struct sim_opts board = { .flash_size = FLASH_SIZE, .revision = SIM_DEFAULT_REV };
	int fds[2];

	if (size < 1)
		return 0;
	if (!server.sim)
		keep_memory();
	board.chip = chips[data[0] % 4u];
	board.chatty_app = data[0] & 0x10;
	memset(&server, 0, offsetof(struct server, client));
	memset(&server.client, 0, offsetof(struct client, out));
	server.client.out_len = 0;
	server.client.is_lost = server.client.is_pending = false;
	server.line_gap_us = data[0] & 0x20 ? 200000 : 0;
	server.is_quiet = true;
	server.sim = sim_new(&board);
	REQUIRE(server.sim && socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
	(void)fcntl(fds[0], F_SETFL, O_NONBLOCK);
	server.client.fd = fds[0];
	server.client.is_telnet = data[0] & 0x80;
	server.sim->host.has_no_rate = !server.client.is_telnet;
	talk(&server, fds[1], data + 1, size - 1, data[0] & 0x40 ? 100000 : 2000);
	net_hang_up(&server);
	(void)close(fds[1]);
	sim_free(server.sim);
	return 0;
}
