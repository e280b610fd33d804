/* SPDX-License-Identifier: MIT */
/*
 * A serial wire between a flasher and QEMU's ESP32, with a USB bridge at its end:
 *
 *     wire --uart SOCKET --qmp SOCKET --modem SOCKET [--latency US] [--en-rise US]
 *          [--rom-start US] [--log FILE]
 *
 * prints the name of a pseudo terminal, whose user has a serial port with modem lines (by
 * tests/sim/fake_modem.c, through the socket --modem). README.md beside this file lists what the
 * wire models. At its end it prints by how many us it was late at most.
 */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "chip.h"
#include "lane.h"
#include "terminal.h"

#define PACKET 62u      /* a bridge's USB packet: 64 bytes, two of them status (FTDI AN232B-04) */
#define TICK   (MS / 4) /* bytes to the chip are delivered this often */
#define OLD    (5 * MS) /* QEMU reports a new rate sooner than this after the first byte at it */
#define DTR    1u
#define RTS    2u

struct bridge {
	uint8_t held[PACKET];
	size_t len;
	bool is_noisy;
	uint64_t latency, release_at;
};

struct circuit {
	unsigned lines;
	bool is_en_low, is_io0_low;
	uint64_t rise, rise_at;
	uint64_t wait, go_at; /* the ROM waits for so long before it does anything */
};

struct wire {
	struct terminal terminal;
	int uart, listener;
	uint32_t rate; /* the host's */
	struct lane to_chip, to_host;
	struct bridge bridge;
	struct circuit circuit;
	struct chip chip;
	uint32_t rate_before; /* the chip's, before its last change */
	uint64_t rate_changed_at;
	uint8_t due[QUEUE]; /* bytes that have arrived at the chip */
	size_t due_len;
	bool is_due_noisy;
	FILE *log;
	uint64_t start, latest; /* the most that this process was late */
};

static volatile sig_atomic_t is_stopped;

static void on_signal(int number)
{
	(void)number;
	is_stopped = 1;
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 * MS + (uint64_t)t.tv_nsec;
}

/* ---- the log ---- */

static void note(struct wire *w, uint64_t at, const char *what, unsigned long value)
{
	if (w->log)
		fprintf(w->log, "%llu %s %lu\n", (unsigned long long)(at - w->start) / 1000, what,
			value);
}

static void note_bytes(struct wire *w, uint64_t at, const char *what, const uint8_t *v, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	char text[2 * QUEUE + 1];

	if (!w->log)
		return;
	for (size_t i = 0; i < len; i++) {
		text[2 * i] = digits[v[i] >> 4];
		text[2 * i + 1] = digits[v[i] & 15];
	}
	text[2 * len] = '\0';
	fprintf(w->log, "%llu %s %s\n", (unsigned long long)(at - w->start) / 1000, what, text);
}

/* QEMU reports a change of the chip's rate by another socket, so the one before counts longer. */
static bool agrees_with_chip(const struct wire *w, uint32_t rate, uint64_t now)
{
	return lane_rates_agree(rate, w->chip.rate_hz) ||
	       (lane_rates_agree(rate, w->rate_before) && now - w->rate_changed_at < OLD);
}

/* ---- to the chip ---- */

static void take_from_host(struct wire *w, uint64_t now)
{
	uint8_t buf[QUEUE];
	ssize_t n = read(w->terminal.master, buf, QUEUE - w->to_chip.len);

	for (ssize_t i = 0; i < n; i++)
		lane_push(&w->to_chip, buf[i], w->rate, now);
	if (n > 0)
		note(w, now, "host-wrote", (unsigned long)n);
}

static void deliver_to_chip(struct wire *w, uint64_t now)
{
	struct lane *l = &w->to_chip;
	ssize_t n;

	while (l->len && l->end <= now && w->due_len < QUEUE) {
		bool is_noise = !agrees_with_chip(w, l->v[l->head].rate, now);
		uint8_t byte = lane_pop(l);

		w->is_due_noisy |= is_noise;
		w->due[w->due_len++] = is_noise ? lane_noise(byte) : byte;
	}
	if (w->due_len && !w->chip.is_on) {
		note(w, now, "chip-missed", w->due_len);
		w->due_len = 0;
	}
	if (!w->due_len)
		return;
	n = write(w->uart, w->due, w->due_len);
	if (n <= 0)
		return;
	note_bytes(w, now, w->is_due_noisy ? ">!" : ">", w->due, (size_t)n);
	w->due_len -= (size_t)n;
	memmove(w->due, w->due + n, w->due_len);
	w->is_due_noisy = w->is_due_noisy && w->due_len;
}

/* ---- to the host ---- */

static void take_from_chip(struct wire *w, uint64_t now)
{
	uint8_t buf[QUEUE];
	ssize_t n = read(w->uart, buf, QUEUE - w->to_host.len);

	if (n == 0)
		is_stopped = 1;
	if (n <= 0 || !w->chip.is_on)
		return;
	for (ssize_t i = 0; i < n; i++)
		lane_push(&w->to_host, buf[i], w->chip.rate_hz, now);
	note(w, now, "chip-sent", (unsigned long)n);
}

static void release(struct wire *w, uint64_t now)
{
	struct bridge *b = &w->bridge;

	note_bytes(w, now, !w->terminal.opens ? "<-" : b->is_noisy ? "<!" : "<", b->held, b->len);
	if (w->terminal.opens) {
		ssize_t n = write(w->terminal.master, b->held, b->len);

		if (n < (ssize_t)b->len)
			note(w, now, "lost", b->len - (n > 0 ? (size_t)n : 0));
	}
	b->len = 0;
	b->is_noisy = false;
	b->release_at = NEVER;
}

/*
 * FTDI's timer runs from the packet before, so a byte waits for a part of the latency. Here the
 * first byte of a packet starts the timer: each packet gets the longest wait.
 */
static void deliver_to_host(struct wire *w, uint64_t now)
{
	struct bridge *b = &w->bridge;
	struct lane *l = &w->to_host;

	while (l->len && l->end <= now) {
		uint32_t rate = l->v[l->head].rate;
		bool is_noise = !lane_rates_agree(rate, w->rate) &&
				!agrees_with_chip(w, w->rate, now);

		if (b->len && b->release_at <= l->end)
			release(w, now);
		if (b->len == 0)
			b->release_at = l->end + b->latency;
		b->held[b->len++] = is_noise ? lane_noise(l->v[l->head].byte) : l->v[l->head].byte;
		b->is_noisy |= is_noise;
		(void)lane_pop(l);
		if (b->len == PACKET)
			release(w, now);
	}
	if (b->len && b->release_at <= now)
		release(w, now);
}

/* ---- DTR and RTS ---- */

static void set_lines(struct wire *w, unsigned lines, uint64_t now)
{
	struct circuit *c = &w->circuit;
	bool dtr = lines & DTR, rts = lines & RTS, is_low = rts && !dtr;

	if (lines != c->lines)
		note(w, now, "lines", lines);
	c->lines = lines;
	c->is_io0_low = dtr && !rts;
	if (is_low == c->is_en_low)
		return;
	c->is_en_low = is_low;
	c->rise_at = is_low ? NEVER : now + c->rise;
	c->go_at = NEVER;
	if (!is_low || !w->chip.is_on)
		return;
	chip_off(&w->chip);
	w->to_host.len = 0;
	w->to_host.end = now;
	note(w, now, "reset", 0);
}

static void en_rises(struct wire *w, uint64_t now)
{
	w->circuit.rise_at = NEVER;
	chip_start(&w->chip, w->circuit.is_io0_low);
	note(w, now, "en-high", w->circuit.is_io0_low);
	if (!w->circuit.wait)
		return;
	chip_pause(&w->chip);
	w->circuit.go_at = now + w->circuit.wait;
}

static void rom_goes_on(struct wire *w, uint64_t now)
{
	w->circuit.go_at = NEVER;
	chip_go_on(&w->chip);
	note(w, now, "rom-starts", 0);
}

static void serve_modem(struct wire *w)
{
	unsigned char lines;
	int fd = accept(w->listener, NULL, NULL);

	if (fd < 0)
		return;
	if (read(fd, &lines, 1) == 1) {
		set_lines(w, lines & (DTR | RTS), now_ns());
		(void)!write(fd, &lines, 1);
	}
	close(fd);
}

/* A driver asserts both lines when its port is opened, and releases them when it is closed. */
static void serve_opens(struct wire *w, uint64_t now)
{
	bool was_open = w->terminal.opens;

	terminal_count_opens(&w->terminal);
	if (was_open != (w->terminal.opens != 0))
		set_lines(w, was_open ? 0 : DTR | RTS, now);
	note(w, now, "opens", w->terminal.opens);
}

/* ---- rates ---- */

static void follow_host_rate(struct wire *w, uint64_t now)
{
	uint32_t rate = terminal_rate(&w->terminal);

	if (rate == w->rate || rate == 0)
		return;
	w->rate = rate;
	note(w, now, "host-rate", w->rate);
	chip_set_line_rate(&w->chip, rate);
}

static void serve_chip(struct wire *w, uint64_t now)
{
	uint32_t before = w->chip.rate_hz;

	if (!chip_read(&w->chip))
		is_stopped = 1;
	if (before == w->chip.rate_hz)
		return;
	w->rate_before = before;
	w->rate_changed_at = now;
	note(w, now, "chip-rate", w->chip.rate_hz);
}

/* ---- the loop ---- */

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t next_event(const struct wire *w, uint64_t now)
{
	uint64_t at = earlier(now + 100 * MS, earlier(w->circuit.rise_at, w->circuit.go_at));
	uint64_t end = lane_end(&w->to_chip, QUEUE);

	if (w->to_chip.len && w->due_len < QUEUE)
		at = earlier(at, earlier(end, now + TICK));
	if (w->due_len)
		at = earlier(at, now + TICK);
	at = earlier(at, lane_end(&w->to_host, PACKET - w->bridge.len));
	if (w->bridge.len)
		at = earlier(at, w->bridge.release_at);
	else if (w->to_host.len)
		at = earlier(at, lane_end(&w->to_host, 1) + w->bridge.latency);
	return at;
}

static void wait_and_serve(struct wire *w)
{
	struct pollfd p[] = {
		{ .fd = w->to_chip.len <= QUEUE / 2 ? w->terminal.master : -1, .events = POLLIN },
		{ .fd = w->to_host.len <= QUEUE / 2 ? w->uart : -1, .events = POLLIN },
		{ .fd = w->chip.fd, .events = POLLIN },
		{ .fd = w->terminal.watch, .events = POLLIN },
		{ .fd = w->listener, .events = POLLIN },
	};
	uint64_t now = now_ns(), at = next_event(w, now), wait = at > now ? at - now : 0;
	struct timespec t = { (time_t)(wait / (1000ull * MS)), (long)(wait % (1000ull * MS)) };

	if (ppoll(p, sizeof(p) / sizeof(p[0]), &t, NULL) < 0)
		return;
	now = now_ns();
	if (now > at && now - at > w->latest)
		w->latest = now - at;
	/* bytes first: the chip sent them before it changed its rate */
	if (p[1].revents)
		take_from_chip(w, now);
	if (p[2].revents)
		serve_chip(w, now);
	if (p[3].revents)
		serve_opens(w, now);
	follow_host_rate(w, now);
	if (p[0].revents)
		take_from_host(w, now);
	if (p[4].revents)
		serve_modem(w);
}

static void run(struct wire *w)
{
	while (!is_stopped) {
		uint64_t now = now_ns();

		follow_host_rate(w, now);
		if (w->circuit.rise_at <= now)
			en_rises(w, now);
		if (w->circuit.go_at <= now)
			rom_goes_on(w, now);
		deliver_to_chip(w, now);
		deliver_to_host(w, now);
		wait_and_serve(w);
	}
}

/* ---- the start ---- */

static bool listen_for_modem(struct wire *w, const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(a.sun_path)) {
		errno = ENAMETOOLONG;
		return false;
	}
	memcpy(a.sun_path, path, strlen(path) + 1);
	w->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return w->listener >= 0 && bind(w->listener, (const void *)&a, sizeof(a)) == 0 &&
	       listen(w->listener, 4) == 0;
}

/* A real wire needs no processor. So the scheduler should run this process before all others. */
static void be_punctual(void)
{
	struct sched_param p = { .sched_priority = 1 };

	(void)prctl(PR_SET_TIMERSLACK, 1);
	(void)sched_setscheduler(0, SCHED_RR, &p);
}

struct paths {
	const char *uart, *qmp, *modem, *log;
};

static bool parse_us(const char *text, uint64_t *ret_ns)
{
	size_t len = strspn(text, "0123456789");

	*ret_ns = 0;
	for (size_t i = 0; i < len; i++)
		*ret_ns = 10 * *ret_ns + (uint64_t)(text[i] - '0') * 1000;
	/* so few digits do not overflow */
	return len && len < 11 && !text[len];
}

static bool parse_option(struct wire *w, const char *name, const char *value, struct paths *ret)
{
	const char **path = strcmp(name, "--uart") == 0    ? &ret->uart
			    : strcmp(name, "--qmp") == 0   ? &ret->qmp
			    : strcmp(name, "--modem") == 0 ? &ret->modem
			    : strcmp(name, "--log") == 0   ? &ret->log
							   : NULL;
	uint64_t *time = strcmp(name, "--latency") == 0     ? &w->bridge.latency
			 : strcmp(name, "--en-rise") == 0   ? &w->circuit.rise
			 : strcmp(name, "--rom-start") == 0 ? &w->circuit.wait
							    : NULL;

	if (path)
		*path = value;
	return path || (time && parse_us(value, time));
}

static bool parse(struct wire *w, int argc, char **argv, struct paths *ret)
{
	for (int i = 1; i + 1 < argc; i += 2)
		if (!parse_option(w, argv[i], argv[i + 1], ret))
			return false;
	return argc % 2 == 1 && ret->uart && ret->qmp && ret->modem;
}

static bool open_all(struct wire *w, const struct paths *p)
{
	if (p->log && !(w->log = fopen(p->log, "w")))
		return false;
	w->uart = chip_connect(p->uart);
	return w->uart >= 0 && chip_open(&w->chip, p->qmp) && listen_for_modem(w, p->modem) &&
	       terminal_make(&w->terminal);
}

static void handle_signals(void)
{
	struct sigaction stop = { .sa_handler = on_signal }, ignore = { .sa_handler = SIG_IGN };

	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGINT, &stop, NULL);
	/* the end of QEMU or of a client is noticed otherwise */
	sigaction(SIGPIPE, &ignore, NULL);
}

int main(int argc, char **argv)
{
	static struct wire w = {
		.bridge = { .latency = MS, .release_at = NEVER },
		.circuit = { .rise = 3 * MS / 2, .rise_at = NEVER, .go_at = NEVER },
	};
	struct paths paths = { 0 };

	if (!parse(&w, argc, argv, &paths)) {
		fputs("usage: wire --uart SOCKET --qmp SOCKET --modem SOCKET [--latency US]\n"
		      "            [--en-rise US] [--rom-start US] [--log FILE]\n",
		      stderr);
		return 2;
	}
	handle_signals();
	w.start = now_ns();
	if (!open_all(&w, &paths)) {
		perror("wire");
		return 1;
	}
	be_punctual();
	run(&w);
	if (!w.chip.has_told_rate)
		fputs("QMP: no event ESP32_UART_BAUD came\n", stderr);
	printf("%llu\n", (unsigned long long)w.latest / 1000);
	unlink(paths.modem);
	return w.log && fclose(w.log) != 0;
}
